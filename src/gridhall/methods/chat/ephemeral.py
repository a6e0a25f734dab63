"""chat.postEphemeral"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    CannotReplyToMessage,
    ChannelNotFound,
    IsArchived,
    NoText,
    NotInChannel,
    RestrictedAction,
    UserNotInChannel,
)
from gridhall.contract.rates import Tier
from gridhall.contract.timestamps import ts_text
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import addressees, content, personas, posting
from gridhall.domain.call import Call
from gridhall.domain.content import LONGEST_TEXT, Codes, Sent
from gridhall.domain.mrkdwn import Parse
from gridhall.methods.chat.arguments import (
    CONTENT_ERRORS,
    AsUser,
    Attachments,
    Blocks,
    IconEmoji,
    IconUrl,
    LinkNames,
    MarkdownText,
    Text,
    ThreadTs,
    Username,
    refuse_as_user,
)


class PostEphemeralArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.postEphemeral."""

    channel: Annotated[str, Arg("The conversation, or the name of a channel.", missing=ChannelNotFound, example="C123456")]
    user: Annotated[str, Arg("Who is to see it, a member of the conversation.", example="U0BPQUNTA")]
    text: Text = None
    blocks: Blocks = None
    attachments: Attachments = None
    markdown_text: MarkdownText = None
    thread_ts: ThreadTs = None
    parse: Annotated[str | None, Arg("How much of the text becomes links.", example="full")] = None
    link_names: LinkNames = False
    as_user: AsUser = None
    username: Username = None
    icon_emoji: IconEmoji = None
    icon_url: IconUrl = None


class PostEphemeralResult(Ok, kw_only=True):
    """When it was posted; no message goes by this time."""

    message_ts: str


@method(
    "chat.postEphemeral",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("chat:write"),
    rate=Tier.FOUR,
    errors=(
        CannotReplyToMessage,
        ChannelNotFound,
        IsArchived,
        NotInChannel,
        RestrictedAction,
        UserNotInChannel,
        *CONTENT_ERRORS,
    ),
    writes=True,
)
async def post_ephemeral(call: Call, args: PostEphemeralArgs) -> PostEphemeralResult:
    """Show one person a message that is kept nowhere."""
    parse = Parse.of(args.parse, link_names=args.link_names)
    sent = Sent(args.text, args.blocks, args.attachments, args.markdown_text, parse=parse)
    content.check(sent, longest=LONGEST_TEXT)
    refuse_as_user(call, args.as_user)
    # Nobody is told of it here, but what is wrong with it is.
    personas.choose(call, username=args.username, icon_emoji=args.icon_emoji, icon_url=args.icon_url)
    conversation = await addressees.see(call, args.channel)
    if sent.is_empty:
        raise NoText
    try:
        await posting.require(call, conversation, reply=args.thread_ts is not None)
    except posting.RESTRICTED as refusal:
        raise RestrictedAction from refusal
    if await call.work.members.find(conversation, call.actor.organization, args.user) is None:
        raise UserNotInChannel
    if args.thread_ts is not None:
        await posting.parent_of(call, conversation, args.thread_ts)
    await content.compose(call, sent, Codes())
    now = call.work.source.micros()
    return PostEphemeralResult(
        message_ts=ts_text(await call.work.messages.next_ts(conversation.organization, conversation.id, now))
    )
