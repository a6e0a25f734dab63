"""chat.startStream, chat.appendStream, chat.stopStream"""

from typing import Annotated, get_args

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    CannotProvideBothMarkdownTextAndChunks,
    CannotReplyToMessage,
    ChannelNotFound,
    InvalidArguments,
    InvalidBlocks,
    InvalidChunks,
    InvalidMetadataFormat,
    InvalidMetadataSchema,
    InvalidThreadTs,
    IsArchived,
    MessageNotFound,
    MessageNotInStreamingState,
    MessageNotOwnedByApp,
    MetadataTooLarge,
    MissingRecipientTeamId,
    MissingRecipientUserId,
    MsgBlocksTooLong,
    MsgBlocksTooMany,
    MsgTooLong,
    NoText,
    NotInChannel,
    Refusal,
    RestrictedActionNonThreadableChannel,
    RestrictedActionReadOnlyChannel,
    StreamingModeMismatch,
    TeamNotFound,
    UserNotFound,
)
from gridhall.contract.messages import Message, ready
from gridhall.contract.rates import Tier
from gridhall.contract.scopes import IM
from gridhall.contract.timestamps import ts_text
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import chunks, conversations, metadata, people, personas, posting, reading, streams
from gridhall.domain import messages as stored
from gridhall.domain.blocks import MOST as MOST_BLOCKS
from gridhall.domain.call import Call
from gridhall.domain.conversations import Hold, Seen
from gridhall.domain.markdown import LONGEST_MARKDOWN
from gridhall.domain.metadata import WHOLE
from gridhall.domain.streamed import Display
from gridhall.methods.chat.arguments import IconEmoji, IconUrl, Metadata, Objects, Username

_CHUNKS = '[{"type": "markdown_text", "text": "**This is bold text**"}]'

Channel = Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C123456")]
Ts = Annotated[str, Arg("The `ts` of the streamed message.", missing=MessageNotFound, example="1405894322.002768")]
Text = Annotated[
    str | None,
    Arg(f"What is written next, in standard Markdown, up to {LONGEST_MARKDOWN:,} characters.", example="**This is bold text**"),
]
Chunks = Annotated[
    Objects | None,
    Arg(
        "What comes next, in place of `markdown_text`: texts, tasks, the plan's title, blocks.",
        invalid=InvalidChunks,
        example=_CHUNKS,
    ),
]

_OF_A_PIECE: tuple[type[Refusal], ...] = (
    CannotProvideBothMarkdownTextAndChunks,
    ChannelNotFound,
    InvalidBlocks,
    InvalidChunks,
    IsArchived,
    MsgBlocksTooLong,
    MsgBlocksTooMany,
    MsgTooLong,
    NotInChannel,
    RestrictedActionNonThreadableChannel,
    RestrictedActionReadOnlyChannel,
)
"""What any piece of a streamed message may be refused with, and those after the first."""

_OF_A_LATER_PIECE: tuple[type[Refusal], ...] = (
    *_OF_A_PIECE,
    MessageNotFound,
    MessageNotInStreamingState,
    MessageNotOwnedByApp,
    NoText,
    StreamingModeMismatch,
)

DISPLAYS: tuple[Display, ...] = get_args(Display)


class StartStreamArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.startStream."""

    channel: Channel
    thread_ts: Annotated[
        str, Arg("The message that this one replies to.", missing=InvalidThreadTs, example="1721609600.123456")
    ]
    markdown_text: Text = None
    chunks: Chunks = None
    recipient_user_id: Annotated[
        str | None, Arg("Who the message is for; needed outside of direct messages.", example="U0BPQUNTA")
    ] = None
    recipient_team_id: Annotated[
        str | None, Arg("The workspace of who it is for; needed outside of direct messages.", example="T0123456789")
    ] = None
    task_display_mode: Annotated[
        str, Arg("Whether tasks are shown one by one (`timeline`) or in one `plan`.", example="plan")
    ] = "timeline"
    username: Username = None
    icon_emoji: IconEmoji = None
    icon_url: IconUrl = None


class StreamResult(Ok, kw_only=True):
    """Where the message is."""

    channel: str
    ts: str


@method(
    "chat.startStream",
    tokens=Token.BOT,
    scopes=needs("chat:write"),
    rate=Tier.TWO,
    errors=(
        InvalidThreadTs,
        MissingRecipientTeamId,
        MissingRecipientUserId,
        TeamNotFound,
        UserNotFound,
        *_OF_A_PIECE,
    ),
    writes=True,
)
async def start_stream(call: Call, args: StartStreamArgs) -> StreamResult:
    """Start a message that is written piece by piece."""
    if args.task_display_mode not in DISPLAYS:
        raise InvalidArguments(f"[ERROR] must be one of {', '.join(DISPLAYS)}: task_display_mode")
    payload = chunks.read(args.markdown_text, args.chunks)
    persona = personas.choose(call, username=args.username, icon_emoji=args.icon_emoji, icon_url=args.icon_url)
    conversation = await _see(call, args.channel)
    await _require_recipient(call, conversation, args)
    try:
        parent = await posting.parent_of(call, conversation, args.thread_ts)
    except CannotReplyToMessage as refusal:
        raise InvalidThreadTs from refusal
    message = await streams.start(call, conversation, parent, payload, display=args.task_display_mode, persona=persona)
    return _result(conversation, message)


class AppendStreamArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.appendStream."""

    channel: Channel
    ts: Ts
    markdown_text: Text = None
    chunks: Chunks = None


@method(
    "chat.appendStream",
    tokens=Token.BOT,
    scopes=needs("chat:write"),
    rate=Tier.FOUR,
    errors=_OF_A_LATER_PIECE,
    writes=True,
)
async def append_stream(call: Call, args: AppendStreamArgs) -> StreamResult:
    """Write more of a streamed message."""
    payload = chunks.read(args.markdown_text, args.chunks)
    conversation = await _see(call, args.channel)
    if payload.mode is None:
        raise NoText
    return _result(conversation, await streams.append(call, conversation, args.ts, payload))


class StopStreamArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.stopStream."""

    channel: Channel
    ts: Ts
    markdown_text: Text = None
    chunks: Chunks = None
    blocks: Annotated[
        Objects | None,
        Arg(
            f"Blocks to end with, up to {MOST_BLOCKS} beside those that were streamed.",
            invalid=InvalidBlocks,
            example='[{"type": "divider"}]',
        ),
    ] = None
    metadata: Metadata = None


class StopStreamResult(StreamResult, kw_only=True):
    """The message as it was finished."""

    message: Message


@method(
    "chat.stopStream",
    tokens=Token.BOT,
    scopes=needs("chat:write"),
    rate=Tier.TWO,
    errors=(
        InvalidMetadataFormat,
        InvalidMetadataSchema,
        MetadataTooLarge,
        *_OF_A_LATER_PIECE,
    ),
    writes=True,
)
async def stop_stream(call: Call, args: StopStreamArgs) -> StopStreamResult:
    """Finish a streamed message."""
    payload = chunks.read(args.markdown_text, args.chunks)
    last = chunks.read_blocks(args.blocks, "/blocks") if args.blocks else []
    attached = metadata.read(call, args.metadata)
    conversation = await _see(call, args.channel)
    message = await streams.stop(call, conversation, args.ts, payload, last, metadata=attached)
    shown = ready(await reading.show_one(call, message, metadata=WHOLE))
    return StopStreamResult(channel=conversation.id, ts=ts_text(message.ts), message=shown)


async def _see(call: Call, channel: str) -> Seen:
    """The conversation, in which the caller may reply."""
    conversation = await conversations.see(call, channel, Hold.STEADY)
    await posting.require(call, conversation, reply=True, public=True)
    return conversation


async def _require_recipient(call: Call, conversation: Seen, args: StartStreamArgs) -> None:
    """Ask for the person whom the message is for, which a direct message tells already.

    Raises:
        MissingRecipientUserId, MissingRecipientTeamId: the caller names none.
        UserNotFound: there is no such person, or none that the caller may know of.
        TeamNotFound: they are of no such workspace or organization.
    """
    user, team = args.recipient_user_id, args.recipient_team_id
    if conversation.kind != IM:
        if user is None:
            raise MissingRecipientUserId
        if team is None:
            raise MissingRecipientTeamId
    organization = call.actor.organization
    if user is not None:
        found = await people.find_visible(call.work, call.actor, call.team, user)
        if found is None or not found.visible:
            raise UserNotFound
        organization = found.person.organization
    if team is not None and team != organization and await call.work.workspaces.find(organization, team) is None:
        raise TeamNotFound


def _result(conversation: Seen, message: stored.Message) -> StreamResult:
    return StreamResult(channel=conversation.id, ts=ts_text(message.ts))
