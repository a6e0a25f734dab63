"""chat.update, chat.delete"""

import re
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg, is_true
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    BlockMismatch,
    CantBroadcastMessage,
    CantDeleteMessage,
    CantUpdateMessage,
    ChannelNotFound,
    InvalidAttachments,
    IsInactive,
    MessageNotFound,
    NoDualBroadcastContentUpdate,
    NoText,
    NotInChannel,
    Refusal,
    StreamingStateConflict,
)
from gridhall.contract.messages import Content, Edited, Told
from gridhall.contract.rates import Tier
from gridhall.contract.timestamps import ts_text
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import (
    authorship,
    content,
    conversations,
    items,
    messages,
    metadata,
    posting,
    reading,
    rich_text,
    streams,
    unfurling,
)
from gridhall.domain.call import Call
from gridhall.domain.content import Codes, Sent
from gridhall.domain.conversations import Hold, Seen
from gridhall.domain.messages import BOT_MESSAGE, BROADCAST, Message
from gridhall.domain.metadata import WHOLE
from gridhall.domain.mrkdwn import Parse
from gridhall.methods.chat.arguments import (
    CONTENT_ERRORS,
    METADATA_ERRORS,
    Attachments,
    Blocks,
    MarkdownText,
    Metadata,
    Objects,
    refuse_unserved,
)

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
    markdown_text: MarkdownText = None
    unfurled_attachments: Annotated[
        Objects | None,
        Arg(
            "The previews of links that stay, each by its `id` or `from_url`; what is none of them becomes an attachment.",
            invalid=InvalidAttachments,
            example='[{"id": 1}]',
        ),
    ] = None
    metadata: Metadata = None
    reply_broadcast: Annotated[bool, Arg("Whether the channel is to show a reply from now on.", example="true")] = False
    parse: Annotated[
        str | None, Arg("`none` links no bare address, `full` takes the text for unformatted.", example="none")
    ] = None
    link_names: Annotated[
        str | None, Arg("Whether names of channels, and @here and its like, become links.", example="true")
    ] = None
    as_user: Annotated[bool, Arg("Changes nothing: everybody changes their own messages.")] = False


class UpdatedMessage(Told, kw_only=True):
    """What chat.update tells of the message."""

    username: str | UnsetType = UNSET
    icons: dict[str, str] | UnsetType = UNSET
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
        BlockMismatch,
        CantBroadcastMessage,
        CantUpdateMessage,
        ChannelNotFound,
        IsInactive,
        MessageNotFound,
        NoDualBroadcastContentUpdate,
        StreamingStateConflict,
        *CONTENT_ERRORS,
        *METADATA_ERRORS,
    ),
    writes=True,
)
async def update(call: Call, args: UpdateArgs) -> UpdateResult:
    """Change a message that one posted."""
    sent = _sent(call, args)
    has_content = _has_content(sent) or args.metadata is not None or args.unfurled_attachments is not None
    attached = metadata.read(call, args.metadata)
    conversation = await conversations.see(call, args.channel, Hold.STEADY)
    if conversation.archived:
        raise IsInactive
    message = await items.find(call, conversation, args.ts, held=True)
    authorship.require_change(call, message)
    message = await streams.settle(call.work, message)
    if args.reply_broadcast and message.subtype != BROADCAST:
        message = await _broadcast(call, conversation, message, changed=has_content)
    if args.metadata is not None and attached != message.metadata:
        message = await messages.attach(call.work, message, attached)
    if has_content:
        message = await _edit(call, conversation, message, sent, args.unfurled_attachments)
    told = _told(await reading.show_one(call, message, metadata=WHOLE))
    return UpdateResult(channel=conversation.id, ts=ts_text(message.ts), text=told.text, message=told)


def _has_content(sent: Sent) -> bool:
    return not (sent.text is None and sent.blocks is None and sent.attachments is None and sent.markdown_text is None)


def _sent(call: Call, args: UpdateArgs) -> Sent:
    """What is sent; refuses what no message can be made of, whatever the conversation."""
    refuse_unserved(call)
    parse = Parse.of(args.parse, link_names=args.link_names is not None and is_true(args.link_names))
    sent = Sent(args.text, args.blocks, args.attachments, args.markdown_text, parse=parse)
    content.check(sent, longest=LONGEST_UPDATE)
    if not (_has_content(sent) or args.metadata is not None or args.unfurled_attachments is not None or args.reply_broadcast):
        raise NoText
    return sent


async def _broadcast(call: Call, conversation: Seen, message: Message, *, changed: bool) -> Message:
    """Have the channel show a reply, which is not `changed` at the same time."""
    if message.thread_ts is None or message.subtype not in (None, BOT_MESSAGE):
        raise CantBroadcastMessage
    if changed:
        raise NoDualBroadcastContentUpdate
    try:
        await posting.require(call, conversation, reply=True, broadcast=True, public=True)
    except _MAY_NOT as refusal:
        raise CantBroadcastMessage from refusal
    return await messages.broadcast(call.work, message)


async def _edit(call: Call, conversation: Seen, message: Message, sent: Sent, unfurled: Objects | None) -> Message:
    """Give the message the content that was sent; what is the same already is no edit.

    Arguments:
        unfurled: the previews that stay, and further attachments; None where nothing was said about them.

    Raises:
        BlockMismatch: blocks without rich text would take the place of rich text that a person wrote.
        NoText: nothing would be left that anybody could see.
    """
    before = message.read()
    own, previews = unfurling.apart(before.attachments)
    after = await _changed(call, msgspec.structs.replace(before, attachments=own), sent)
    if sent.blocks and call.actor.acts_as in Token.PERSON and not _is_rich(after.blocks) and _wrote_rich_text(call, before):
        raise BlockMismatch
    if previews or unfurled:
        after = unfurling.together(call, after, previews, unfurled)
    if not (after.text.strip() or after.blocks or after.attachments or metadata.shows(message.metadata)):
        raise NoText
    if not sent.blocks and _unnamed(after.blocks) == _unnamed(before.blocks):
        after = msgspec.structs.replace(after, blocks=before.blocks)
    if (after.text, after.blocks, after.attachments) == (before.text, before.blocks, before.attachments):
        return message
    assert call.actor.user is not None
    # Source of when an edit is not told: the reference page of chat.update.
    marked = not sent.blocks and (sent.text is not None or sent.markdown_text is not None)
    return await messages.edit(call.work, conversation, message, after, editor=call.actor.user, marked=marked)


def _wrote_rich_text(call: Call, content: Content) -> bool:
    """Whether there is rich text that is more than what clients show of the text."""
    if not _is_rich(content.blocks):
        return False
    source = call.work.source
    shown = {_unnamed(rich_text.of(content.text, source, formatted=formatted)) for formatted in (True, False)}
    return _unnamed(content.blocks) not in shown


def _is_rich(blocks: msgspec.Raw | UnsetType) -> bool:
    """Whether there is rich text among blocks."""
    return blocks is not UNSET and any(block["type"] == "rich_text" for block in msgspec.json.decode(blocks))


_BLOCK_ID = re.compile(rb'"block_id":"[^"]*",?')


def _unnamed(blocks: msgspec.Raw | UnsetType) -> bytes:
    """Blocks without their ids, which those that are made of a text are given anew each time."""
    return b"" if blocks is UNSET else _BLOCK_ID.sub(b"", bytes(blocks))


async def _changed(call: Call, before: Content, sent: Sent) -> Content:
    """The content after the change: new text takes blocks away that are not sent again, attachments stay unless they are."""
    text, blocks, attachments = before.text, before.blocks, before.attachments
    if sent.attachments is not None:
        attachments = UNSET
    if not sent.is_empty:
        composed = await content.compose(call, sent, Codes())
        if sent.text is not None or sent.blocks or sent.markdown_text:
            text, blocks = composed.text, composed.blocks
        if composed.attachments is not UNSET:
            attachments = composed.attachments
    elif sent.text is not None or sent.markdown_text is not None:
        text, blocks = "", UNSET
    if sent.blocks == []:
        blocks = UNSET
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
