"""chat.update, chat.delete"""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg, is_true
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    CantBroadcastMessage,
    CantDeleteMessage,
    CantUpdateMessage,
    ChannelNotFound,
    InvalidAttachments,
    InvalidBlocks,
    InvalidBlocksFormat,
    IsInactive,
    MarkdownTextConflict,
    MessageNotFound,
    MsgTooLong,
    NoDualBroadcastContentUpdate,
    NoText,
    NotInChannel,
    Refusal,
    TooManyAttachments,
)
from gridhall.contract.messages import BotProfile, Content, Edited
from gridhall.contract.rates import Tier
from gridhall.contract.timestamps import ts_text
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import authorship, conversations, items, messages, names, posting, reading
from gridhall.domain.call import Call
from gridhall.domain.conversations import Hold, Seen
from gridhall.domain.messages import BROADCAST, Message
from gridhall.domain.mrkdwn import Parse
from gridhall.methods.chat.content import Attachments, Blocks, check_objects, refuse_unserved

LONGEST_UPDATE = 4_000
"""Characters of a changed text. Source: the reference page of chat.update."""

_MAY_NOT: tuple[type[Refusal], ...] = (NotInChannel, *posting.RESTRICTED)


class UpdateArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.update."""

    channel: Annotated[str, Arg("Where the message is.", missing=ChannelNotFound, example="C123456")]
    ts: Annotated[str, Arg("The message's `ts`.", missing=MessageNotFound, example="1405894322.002768")]
    text: Annotated[str | None, Arg("The new text, up to 4,000 characters.", example="Hello world")] = None
    blocks: Blocks = None
    attachments: Attachments = None
    reply_broadcast: Annotated[bool, Arg("Whether the channel is to show a reply from now on.", example="true")] = False
    parse: Annotated[
        str | None, Arg("`none` links no bare address, `full` takes the text for unformatted.", example="none")
    ] = None
    link_names: Annotated[
        str | None, Arg("Whether names of channels, and @here and its like, become links.", example="true")
    ] = None
    as_user: Annotated[bool, Arg("Changes nothing: everybody changes their own messages.")] = False


class UpdatedMessage(msgspec.Struct, kw_only=True):
    """What chat.update tells of the message."""

    type: str
    subtype: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    text: str
    team: str | UnsetType = UNSET
    app_id: str | UnsetType = UNSET
    bot_id: str | UnsetType = UNSET
    bot_profile: BotProfile | UnsetType = UNSET
    blocks: list[dict[str, Any]] | UnsetType = UNSET
    attachments: list[dict[str, Any]] | UnsetType = UNSET
    edited: Edited | UnsetType = UNSET


class UpdateResult(Ok, kw_only=True):
    """The message as it is now."""

    channel: str
    ts: str
    text: str
    message: UpdatedMessage


_told = msgspec.json.Decoder(UpdatedMessage).decode


@method(
    "chat.update",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("chat:write"),
    rate=Tier.THREE,
    errors=(
        CantBroadcastMessage,
        CantUpdateMessage,
        ChannelNotFound,
        InvalidAttachments,
        InvalidBlocks,
        InvalidBlocksFormat,
        IsInactive,
        MarkdownTextConflict,
        MessageNotFound,
        MsgTooLong,
        NoDualBroadcastContentUpdate,
        NoText,
        TooManyAttachments,
    ),
    writes=True,
)
async def update(call: Call, args: UpdateArgs) -> UpdateResult:
    """Change a message that one posted."""
    _check(call, args)
    conversation = await conversations.see(call, args.channel, Hold.STEADY)
    if conversation.archived:
        raise IsInactive
    message = await items.find(call, conversation, args.ts, held=True)
    authorship.require_change(call, message)
    if args.reply_broadcast and message.subtype != BROADCAST:
        message = await _broadcast(call, conversation, message, args)
    elif _has_content(args):
        message = await _edit(call, conversation, message, args)
    told = _told(await reading.show_one(call, message))
    return UpdateResult(channel=conversation.id, ts=ts_text(message.ts), text=told.text, message=told)


def _has_content(args: UpdateArgs) -> bool:
    return args.text is not None or args.blocks is not None or args.attachments is not None


def _check(call: Call, args: UpdateArgs) -> None:
    refuse_unserved(call)
    check_objects(args.blocks, args.attachments)
    if not _has_content(args) and not args.reply_broadcast:
        raise NoText
    if args.text is not None and len(args.text) > LONGEST_UPDATE:
        raise MsgTooLong


async def _broadcast(call: Call, conversation: Seen, message: Message, args: UpdateArgs) -> Message:
    """Have the channel show a reply."""
    if message.thread_ts is None or message.subtype is not None:
        raise CantBroadcastMessage
    if _has_content(args):
        raise NoDualBroadcastContentUpdate
    try:
        await posting.require(call, conversation, reply=True, broadcast=True, public=True)
    except _MAY_NOT as refusal:
        raise CantBroadcastMessage from refusal
    return await messages.broadcast(call.work, message)


async def _edit(call: Call, conversation: Seen, message: Message, args: UpdateArgs) -> Message:
    """Give the message the content that was sent; what is the same already is no edit."""
    before = message.read()
    after = await _changed(call, before, args)
    if (after.text, after.blocks, after.attachments) == (before.text, before.blocks, before.attachments):
        return message
    assert call.actor.user is not None
    # Source of when an edit is not told: the reference page of chat.update.
    marked = args.text is not None and not args.blocks
    return await messages.edit(call.work, conversation, message, after, editor=call.actor.user, marked=marked)


async def _changed(call: Call, before: Content, args: UpdateArgs) -> Content:
    """The content after the change: new text takes blocks away that are not sent again, attachments stay unless they are.

    Raises:
        NoText: nothing would be left.
    """
    text, blocks, attachments = before.text, before.blocks, before.attachments
    if args.text is not None:
        parse = Parse.of(args.parse, link_names=args.link_names is not None and is_true(args.link_names))
        text, blocks = await names.write(call, args.text, parse), UNSET
    if args.blocks is not None:
        blocks = args.blocks or UNSET
    if args.attachments is not None:
        attachments = args.attachments or UNSET
    if not text.strip() and blocks is UNSET and attachments is UNSET:
        raise NoText
    return msgspec.structs.replace(before, text=text, blocks=blocks, attachments=attachments)


class DeleteArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.delete."""

    channel: Annotated[str, Arg("Where the message is.", missing=ChannelNotFound, example="C123456")]
    ts: Annotated[str, Arg("The message's `ts`.", missing=MessageNotFound, example="1405894322.002768")]
    as_user: Annotated[bool, Arg("Changes nothing: everybody deletes what they may.")] = False


class DeleteResult(Ok, kw_only=True):
    """What was deleted."""

    channel: str
    ts: str


@method(
    "chat.delete",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("chat:write"),
    rate=Tier.THREE,
    errors=(CantDeleteMessage, ChannelNotFound, MessageNotFound),
    writes=True,
)
async def delete(call: Call, args: DeleteArgs) -> DeleteResult:
    """Delete a message."""
    conversation = await conversations.see(call, args.channel, Hold.STEADY)
    message = await items.find(call, conversation, args.ts, held=True)
    await authorship.remove(call, conversation, message)
    return DeleteResult(channel=conversation.id, ts=ts_text(message.ts))
