"""chat.scheduleMessage, chat.deleteScheduledMessage, chat.scheduledMessages.list"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    CannotReplyToMessage,
    ChannelNotFound,
    InvalidArguments,
    InvalidChannel,
    InvalidCursor,
    InvalidScheduledMessageId,
    InvalidTime,
    IsArchived,
    NoText,
    NotInChannel,
    RestrictedTooMany,
    TimeInPast,
    TimeTooFar,
)
from gridhall.contract.messages import Content, Told
from gridhall.contract.rates import Tier
from gridhall.contract.timestamps import find_time
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import addressees, content, conversations, messages, metadata, posting, reading, scheduled
from gridhall.domain.call import Call
from gridhall.domain.content import LONGEST_TEXT, Codes, Composed, Sent
from gridhall.domain.conversations import Hold, Seen
from gridhall.domain.messages import Author, Draft, fitting
from gridhall.domain.metadata import WHOLE
from gridhall.domain.mrkdwn import Parse
from gridhall.methods.chat.arguments import (
    CONTENT_ERRORS,
    METADATA_ERRORS,
    Addressee,
    AsUser,
    Attachments,
    Blocks,
    LinkNames,
    MarkdownText,
    Metadata,
    ParseMode,
    ReplyBroadcast,
    ThreadTs,
    UnfurlLinks,
    UnfurlMedia,
    refuse_as_user,
)

USUAL, MOST = 100, 1000
"""The usual page of scheduled messages, and the largest: larger limits count as it."""

END = 2**53
"""Later than every time."""


class ScheduleArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.scheduleMessage."""

    channel: Addressee
    post_at: Annotated[
        int,
        Arg(
            "When to post it, in Unix seconds: up to 120 days ahead.",
            missing=InvalidTime,
            invalid=InvalidTime,
            example="299876400",
        ),
    ]
    text: Annotated[
        str | None,
        Arg(f"The message, up to {LONGEST_TEXT:,} characters; beside blocks what a notification says.", example="Hello world"),
    ] = None
    blocks: Blocks = None
    attachments: Attachments = None
    markdown_text: MarkdownText = None
    metadata: Metadata = None
    thread_ts: ThreadTs = None
    reply_broadcast: ReplyBroadcast = False
    parse: ParseMode = None
    link_names: LinkNames = False
    unfurl_links: UnfurlLinks = True
    unfurl_media: UnfurlMedia = True
    as_user: AsUser = None


class DelayedMessage(Told, kw_only=True):
    """The message as it will be posted; its `ts` is not known yet."""

    thread_ts: str | UnsetType = UNSET
    parent_user_id: str | UnsetType = UNSET


class ScheduleResult(Ok, kw_only=True):
    """What waits, and until when."""

    channel: str
    scheduled_message_id: str
    post_at: int
    message: DelayedMessage


_told = msgspec.json.Decoder(DelayedMessage).decode


@method(
    "chat.scheduleMessage",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("chat:write"),
    rate=Tier.THREE,
    errors=(
        ChannelNotFound,
        InvalidTime,
        IsArchived,
        NotInChannel,
        RestrictedTooMany,
        TimeInPast,
        TimeTooFar,
        *CONTENT_ERRORS,
        *METADATA_ERRORS,
        *posting.RESTRICTED,
    ),
    writes=True,
)
async def schedule_message(call: Call, args: ScheduleArgs) -> ScheduleResult:
    """Have a message posted at a later time."""
    parse = Parse.of(args.parse, link_names=args.link_names)
    sent = Sent(args.text, args.blocks, args.attachments, args.markdown_text, parse=parse)
    content.check(sent, longest=LONGEST_TEXT)
    refuse_as_user(call, args.as_user)
    attached = metadata.read(call, args.metadata)
    scheduled.require_time(call.work, args.post_at)
    conversation = await addressees.see(call, args.channel, people=True)
    if sent.is_empty and not metadata.shows(attached):
        raise NoText
    draft = await _draft(call, conversation, args, sent, attached)
    waiting = await scheduled.add(call, conversation, draft, post_at=args.post_at)
    return ScheduleResult(
        channel=conversation.id,
        scheduled_message_id=waiting.id,
        post_at=waiting.post_at,
        message=await _shown(call, conversation, draft),
    )


async def _draft(call: Call, conversation: Seen, args: ScheduleArgs, sent: Sent, attached: str | None) -> Draft:
    """What would be posted if it were now."""
    reply = args.thread_ts is not None
    await posting.require(call, conversation, reply=reply, broadcast=args.reply_broadcast, public=True)
    parent = None
    if args.thread_ts is not None:
        try:
            parent = await posting.parent_of(call, conversation, args.thread_ts)
        except CannotReplyToMessage as refusal:
            raise InvalidArguments("[ERROR] nobody can reply to this message: thread_ts") from refusal
    composed = Composed("") if sent.is_empty else await content.compose(call, sent, Codes())
    written = Content(
        text=composed.text,
        blocks=composed.blocks,
        attachments=composed.attachments,
        unfurl_links=UNSET if args.unfurl_links else False,
        unfurl_media=UNSET if args.unfurl_media else False,
    )
    return Draft(written, parent, args.reply_broadcast, metadata=attached)


async def _shown(call: Call, conversation: Seen, draft: Draft) -> DelayedMessage:
    message = messages.compose(conversation, draft, Author.of(call.actor, call.team), 0)
    shown = _told(await reading.show_one(call, message, metadata=WHOLE))
    shown.type = "delayed_message"
    return shown


class DeleteArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.deleteScheduledMessage."""

    channel: Annotated[str, Arg("Where the message is to be posted.", missing=ChannelNotFound, example="C123456789")]
    scheduled_message_id: Annotated[
        str, Arg("The id that scheduling it gave.", missing=InvalidScheduledMessageId, example="Q1234ABCD")
    ]
    as_user: Annotated[bool, Arg("Changes nothing: everybody deletes what they scheduled.")] = False


@method(
    "chat.deleteScheduledMessage",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("chat:write"),
    rate=Tier.THREE,
    errors=(ChannelNotFound, InvalidScheduledMessageId),
    writes=True,
)
async def delete_scheduled(call: Call, args: DeleteArgs) -> Ok:
    """Take back a message that one scheduled, up to a minute before its time."""
    conversation = await conversations.see(call, args.channel, Hold.STEADY)
    await scheduled.remove(call, conversation, args.scheduled_message_id)
    return Ok()


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.scheduledMessages.list."""

    channel: Annotated[str | None, Arg("Only messages to this conversation.", example="C123456789")] = None
    oldest: Annotated[str | None, Arg("Only messages that are posted at this time or later.", example="1562137200")] = None
    latest: Annotated[str | None, Arg("Only messages that are posted at this time or earlier.", example="1562137200")] = None
    limit: Annotated[int, Arg("How many at the most, up to 1,000.", least=0, example="100")] = USUAL
    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    team_id: Annotated[str | None, Arg("The workspace or the organization, where the token is org-level.")] = None


class Scheduled(msgspec.Struct, kw_only=True):
    """One message that waits: when it is posted, and when it was scheduled, in Unix seconds."""

    id: str
    channel_id: str
    post_at: int
    date_created: int
    text: str


class ListResult(Ok, kw_only=True):
    """The messages that wait, the next one first."""

    scheduled_messages: list[Scheduled]


@method(
    "chat.scheduledMessages.list",
    tokens=Token.BOT | Token.PERSON,
    rate=Tier.THREE,
    errors=(InvalidChannel, InvalidCursor),
    org_token=OrgToken.NAMES_TEAM_OR_ORGANIZATION,
)
async def list_scheduled(call: Call, args: ListArgs) -> ListResult:
    """List the messages that one scheduled and that wait."""
    oldest = _second(args.oldest, "oldest", up=True) if args.oldest is not None else 0
    latest = _second(args.latest, "latest", up=False) if args.latest is not None else END
    if oldest > latest:
        raise InvalidArguments("[ERROR] must not be later than latest: oldest")
    channel = None
    if args.channel is not None:
        try:
            conversation = await conversations.see(call, args.channel)
        except ChannelNotFound as refusal:
            raise InvalidChannel from refusal
        channel = (conversation.organization, conversation.id)
    after = (oldest, "")
    listing = call.listing("chat.scheduledMessages.list", args.channel or "")
    if args.cursor:
        time, _, id = call.context.cursors.open(listing, args.cursor).partition("/")
        after = max(after, (int(time), id))
    limit = min(args.limit, MOST) or USUAL
    found = await call.work.scheduled.list_of(
        call.actor, workspace=call.team, conversation=channel, latest=latest, after=after, limit=limit + 1
    )
    shown = found[: fitting(found, limit)]
    end = f"{shown[-1].post_at}/{shown[-1].id}" if len(found) > len(shown) else ""
    return ListResult(
        scheduled_messages=[
            Scheduled(
                id=one.id,
                channel_id=one.conversation,
                post_at=one.post_at,
                date_created=one.created,
                text=one.read().text,
            )
            for one in shown
        ],
        response_metadata=page(call.context.cursors.seal(listing, end) if end else ""),
    )


def _second(text: str, name: str, *, up: bool) -> int:
    """The first second that is not before a moment, or the last one that is not after it.

    Raises:
        InvalidArguments: that is no time.
    """
    micros = find_time(text)
    if micros is None:
        raise InvalidArguments(f"[ERROR] must be a time: {name}")
    return -(-micros // 1_000_000) if up else micros // 1_000_000
