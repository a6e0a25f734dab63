"""chat.*: posting"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import UNSET

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.rates import LONGEST, Counted, argument, per_workspace_and_app
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    AccessDenied,
    AttachmentPayloadLimitExceeded,
    CannotReplyToMessage,
    ChannelNotFound,
    DuplicateChannelNotFound,
    DuplicateMessageNotFound,
    InvalidArguments,
    IsArchived,
    MsgBlocksTooLong,
    MsgTooLong,
    NoText,
    NotInChannel,
    TeamNotFound,
)
from gridhall.contract.messages import Content, Message, ready
from gridhall.contract.rates import Limit, Tier
from gridhall.contract.timestamps import ts_text
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, ResponseMetadata
from gridhall.domain import addressees, content, messages, metadata, mrkdwn, personas, posting, reading
from gridhall.domain.actor import Actor
from gridhall.domain.call import Call
from gridhall.domain.content import LONGEST_TEXT, Codes, Composed, Sent
from gridhall.domain.messages import ME, Author, Draft
from gridhall.domain.metadata import WHOLE
from gridhall.domain.mrkdwn import Parse
from gridhall.methods.chat.arguments import (
    CONTENT_ERRORS,
    METADATA_ERRORS,
    Addressee,
    AsUser,
    Attachments,
    Blocks,
    IconEmoji,
    IconUrl,
    LinkNames,
    MarkdownText,
    Metadata,
    ParseMode,
    ReplyBroadcast,
    Text,
    ThreadTs,
    UnfurlLinks,
    UnfurlMedia,
    Username,
    refuse_as_user,
    refuse_unserved,
)

LONGEST_CLIENT_ID = 255

CODES = Codes(long_blocks=MsgBlocksTooLong, long_attachments=AttachmentPayloadLimitExceeded, listing=True)


def _per_channel(actor: Actor, team: str | None, raw: Mapping[str, object]) -> str:
    """A channel's name counts as one, be it written with a `#` or without; also a long one, which `argument` cuts."""
    name = argument(raw, "channel").removeprefix("#")[: LONGEST - 1]
    return f"{per_workspace_and_app(actor, team, raw)}/{name}"


# Source: the platform's page on rate limits: about one a second in a channel with short bursts, and several hundred a minute in
# a workspace.
POSTING = (
    Counted("one channel", Limit(60, 60, 10), _per_channel),
    Counted("workspace", Limit(600, 60, 600), per_workspace_and_app),
)


class PostMessageArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.postMessage."""

    channel: Addressee
    text: Text = None
    blocks: Blocks = None
    attachments: Attachments = None
    markdown_text: MarkdownText = None
    metadata: Metadata = None
    thread_ts: ThreadTs = None
    reply_broadcast: ReplyBroadcast = False
    parse: ParseMode = None
    link_names: LinkNames = False
    mrkdwn: Annotated[bool, Arg("Whether clients show the text with its markup.", example="false")] = True
    unfurl_links: UnfurlLinks = True
    unfurl_media: UnfurlMedia = True
    as_user: AsUser = None
    username: Username = None
    icon_emoji: IconEmoji = None
    icon_url: IconUrl = None
    client_msg_id: Annotated[
        str | None, Arg("An id of the client's own, up to 255 characters, with which a repetition posts nothing.")
    ] = None


class PostMessageResult(Ok, kw_only=True):
    """The message as it was posted."""

    channel: str
    ts: str
    message: Message


@method(
    "chat.postMessage",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("chat:write"),
    rate=POSTING,
    errors=(
        AttachmentPayloadLimitExceeded,
        CannotReplyToMessage,
        ChannelNotFound,
        DuplicateChannelNotFound,
        DuplicateMessageNotFound,
        IsArchived,
        MsgBlocksTooLong,
        NotInChannel,
        TeamNotFound,
        *CONTENT_ERRORS,
        *METADATA_ERRORS,
        *posting.RESTRICTED,
    ),
    writes=True,
)
async def post_message(call: Call, args: PostMessageArgs) -> PostMessageResult:
    """Post a message."""
    sent = _sent(call, args)
    attached = metadata.read(call, args.metadata)
    persona = personas.choose(call, username=args.username, icon_emoji=args.icon_emoji, icon_url=args.icon_url)
    conversation = await addressees.see(call, args.channel, people=True, nameless=TeamNotFound)
    is_empty = sent.is_empty
    if is_empty and not metadata.shows(attached):
        raise NoText
    await posting.require(call, conversation, reply=args.thread_ts is not None, broadcast=args.reply_broadcast, public=True)
    parent = await posting.parent_of(call, conversation, args.thread_ts) if args.thread_ts is not None else None
    composed = Composed("") if is_empty else await content.compose(call, sent, CODES)
    written = Content(
        text=composed.text,
        blocks=composed.blocks,
        attachments=composed.attachments,
        unfurl_links=UNSET if args.unfurl_links else False,
        unfurl_media=UNSET if args.unfurl_media else False,
    )
    draft = Draft(written, parent, args.reply_broadcast, args.client_msg_id, attached, persona)
    message = await messages.post(call.work, conversation, draft, author=Author.of(call.actor, call.team))
    shown = await reading.show_one(call, message, metadata=WHOLE)
    result = PostMessageResult(channel=conversation.id, ts=ts_text(message.ts), message=ready(shown))
    if sent.text is not None and len(sent.text) > LONGEST_TEXT:
        result.warning = "message_truncated"
        cut = f"[WARN] was cut after {LONGEST_TEXT:,} characters: text"
        result.response_metadata = ResponseMetadata(warnings=[result.warning], messages=[cut])
    return result


def _sent(call: Call, args: PostMessageArgs) -> Sent:
    """What is sent; refuses what no message can be made of, whatever the conversation."""
    refuse_unserved(call)
    sent = Sent(
        args.text,
        args.blocks,
        args.attachments,
        args.markdown_text,
        parse=Parse.of(args.parse, link_names=args.link_names),
        formatted=args.mrkdwn,
    )
    content.check(sent)
    refuse_as_user(call, args.as_user)
    if args.client_msg_id is not None and len(args.client_msg_id) > LONGEST_CLIENT_ID:
        raise InvalidArguments(f"[ERROR] must be no longer than {LONGEST_CLIENT_ID} characters: client_msg_id")
    return sent


class MeMessageArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.meMessage."""

    channel: Annotated[str, Arg("The conversation, or the name of a channel.", missing=ChannelNotFound, example="C123456")]
    text: Annotated[str, Arg("What the author is doing.", missing=NoText, example="is thinking")]


class MeMessageResult(Ok, kw_only=True):
    """Where the message is."""

    channel: str
    ts: str


@method(
    "chat.meMessage",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("chat:write"),
    rate=Tier.THREE,
    errors=(ChannelNotFound, IsArchived, MsgTooLong, NoText, NotInChannel),
    writes=True,
)
async def me_message(call: Call, args: MeMessageArgs) -> MeMessageResult:
    """Post what oneself is doing."""
    conversation = await addressees.see(call, args.channel)
    if not args.text.strip():
        raise NoText
    if len(args.text) > LONGEST_TEXT:
        raise MsgTooLong
    try:
        await posting.require(call, conversation, reply=False)
    except posting.RESTRICTED as refusal:
        raise AccessDenied from refusal
    draft = Draft(Content(subtype=ME, text=mrkdwn.written(args.text)))
    message = await messages.post(call.work, conversation, draft, author=Author.of(call.actor, call.team))
    return MeMessageResult(channel=conversation.id, ts=ts_text(message.ts))
