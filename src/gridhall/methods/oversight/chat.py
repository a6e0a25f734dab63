"""oversight.chat.info, oversight.chat.tombstone, oversight.chat.restore, oversight.chat.update, oversight.chat.delete"""

from typing import Annotated, Literal, cast

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.rates import Counted, per_organization
from gridhall.catalogue.scopes import needs, needs_any
from gridhall.contract.errors import (
    ChannelNotFound,
    ExternalUpdateNotAllowed,
    InvalidArguments,
    InvalidAttachments,
    MessageNotFound,
    NonTombstonedMessageNotAllowed,
    NoText,
    TeamNotFound,
    TooManyAttachments,
)
from gridhall.contract.messages import Message, ready
from gridhall.contract.rates import Limit
from gridhall.contract.timestamps import ts_text
from gridhall.contract.wire import Ok
from gridhall.domain import audit, content, oversight, reading, story, tombstones
from gridhall.domain.call import Call
from gridhall.domain.content import Sent
from gridhall.domain.messages import Message as Stored
from gridhall.domain.metadata import WHOLE
from gridhall.domain.mrkdwn import Parse
from gridhall.domain.story import Step
from gridhall.methods.chat.arguments import Objects
from gridhall.methods.oversight.declare import overseeing

READ = needs("admin.chat:read")
WRITE = needs("admin.chat:write")
TOMBSTONE = needs_any("export:read", "admin.chat:write")
"""The page of oversight.chat.tombstone names the one, its list of scopes the other."""

CHANGING = (ExternalUpdateNotAllowed, MessageNotFound, TeamNotFound)

Channel = Annotated[str, Arg("Where the message is.", example="C123ABC456")]
Ts = Annotated[str, Arg("The message's `ts`.", example="1569520591.000500")]
Team = Annotated[
    str | None,
    Arg("The workspace that the conversation has to be in; the organization's id, or none, where it may be anywhere."),
]


class MessageArgs(msgspec.Struct, frozen=True):
    """Arguments that name a message."""

    channel: Channel
    ts: Ts
    team: Team = None


class Shown(Message, kw_only=True):
    """The message as everyone sees it. Of one that was deleted and is kept there is nothing but the type `deleted`."""

    text: str | UnsetType = UNSET  # type: ignore[assignment]
    ts: str | UnsetType = UNSET  # type: ignore[assignment]


class Previous(msgspec.Struct):
    """What a message said before a change."""

    text: str


class Edit(msgspec.Struct, kw_only=True):
    """One step of a message's story. `user` is the author, `editor_id` who changed it; `original_ts` is the message's `ts`."""

    type: Literal["message"] = "message"
    user: str
    upload: bool = False
    ts: str
    text: str
    previous: Previous
    original_ts: str
    subtype: Literal["message_changed", "message_deleted"] = "message_changed"
    editor_id: str


class InfoResult(Ok, kw_only=True):
    """A message and its story, oldest first."""

    message: Shown
    edits: list[Edit]


@overseeing(
    "oversight.chat.info",
    scopes=READ,
    rate=Counted("per hour", Limit(100, 3600, 100), per_organization),
    errors=(ChannelNotFound, MessageNotFound, TeamNotFound),
)
async def info(call: Call, args: MessageArgs) -> InfoResult:
    """Tell what a message says, and what it said before."""
    conversation = await oversight.find(call, args.channel, args.team)
    found = await story.tell(call.work, conversation, args.ts, reader=call.actor.organization)
    ts = ts_text(found.ts)
    edits = [_edit(found.author, ts, step) for step in found.steps]
    if found.deletion is not None:
        edits.append(_edit(found.author, ts, found.deletion))
        edits[-1].subtype = "message_deleted"
    oversight.look(call, "oversight_message_viewed", audit.message(conversation, found.ts))
    shown = Shown(type="deleted") if found.message is None else cast(Shown, await _shown(call, found.message))
    return InfoResult(message=shown, edits=edits)


def _edit(author: str, ts: str, step: Step) -> Edit:
    return Edit(
        user=author,
        ts=ts_text(step.at),
        text=step.text,
        previous=Previous(step.previous),
        original_ts=ts,
        editor_id=step.person,
    )


async def _shown(call: Call, message: Stored) -> Message:
    return ready(await reading.show_one(call, message, metadata=WHOLE))


class ChangedResult(Ok, kw_only=True):
    """The message as everyone sees it now."""

    channel: str
    ts: str
    message: Message


class TombstoneArgs(MessageArgs, frozen=True):
    """Arguments of oversight.chat.tombstone."""

    content: Annotated[
        str | None,
        Arg("What everyone sees in its place; some words of the server's own where left out.", example="Under review"),
    ] = None


@overseeing("oversight.chat.tombstone", scopes=TOMBSTONE, errors=CHANGING, writes=True)
async def tombstone(call: Call, args: TombstoneArgs) -> ChangedResult:
    """Take a message out of sight, and show other words in its place.

    `message` in the answer and its subtype `dlp_tombstone` are those of the Discovery API's method of that name: the
    platform's page has no example. It asks for `export:read`, and all else that changes messages for `admin.chat:write`:
    either will do.
    """
    words = tombstones.DEFAULT_TEXT if args.content is None or content.is_blank(args.content) else args.content
    message = await story.hide(call, args.channel, args.team, args.ts, words)
    return ChangedResult(channel=message.conversation, ts=ts_text(message.ts), message=await _shown(call, message))


@overseeing("oversight.chat.restore", scopes=WRITE, errors=(*CHANGING, NonTombstonedMessageNotAllowed), writes=True)
async def restore(call: Call, args: MessageArgs) -> ChangedResult:
    """Bring a message back that was taken out of sight, exactly as it was.

    `message` in the answer is that of the Discovery API's method of that name: the platform's page has no example.
    """
    message = await story.show_again(call, args.channel, args.team, args.ts)
    return ChangedResult(channel=message.conversation, ts=ts_text(message.ts), message=await _shown(call, message))


class UpdateArgs(MessageArgs, frozen=True):
    """Arguments of oversight.chat.update."""

    text: Annotated[
        str | None,
        Arg("What the message says from now on, unformatted; needed unless there are attachments.", example="Quarantined"),
    ] = None
    attachments: Annotated[
        Objects | None,
        Arg("Attachments in place of the message's.", example='[{"pretext": "pre-hello", "text": "text-world"}]'),
    ] = None


class UpdateResult(ChangedResult, kw_only=True):
    """The message as everyone sees it now, and its text."""

    text: str


@overseeing("oversight.chat.update", scopes=WRITE, errors=(*CHANGING, NonTombstonedMessageNotAllowed), writes=True)
async def update(call: Call, args: UpdateArgs) -> UpdateResult:
    """Have a message say something else, nothing of what it said before.

    The answer, and that an ordinary message can be updated, are as in the Discovery API's method of that name: the
    platform's page has no example.
    """
    text = None if args.text is None or content.is_blank(args.text) else args.text
    sent = Sent(text, attachments=args.attachments, parse=Parse.FULL)
    try:
        message = await story.rewrite(call, args.channel, args.team, args.ts, sent)
    except NoText as refusal:
        raise InvalidArguments("[ERROR] missing required field: text") from refusal
    except (InvalidAttachments, TooManyAttachments) as refusal:
        raise InvalidArguments(*refusal.messages) from refusal
    shown = await _shown(call, message)
    return UpdateResult(channel=message.conversation, ts=ts_text(message.ts), text=message.read().text, message=shown)


class DeleteResult(Ok, kw_only=True):
    """What was deleted."""

    channel: str
    ts: str


@overseeing("oversight.chat.delete", scopes=WRITE, errors=CHANGING, writes=True)
async def delete(call: Call, args: MessageArgs) -> DeleteResult:
    """Delete a message with all that is kept of it, beyond recovery.

    That edits and kept deletions go as well, and the `ts` of the answer, are told of the Discovery API's method of that
    name: the platform's page has no example.
    """
    ts = await story.purge(call, args.channel, args.team, args.ts)
    return DeleteResult(channel=args.channel, ts=ts_text(ts))
