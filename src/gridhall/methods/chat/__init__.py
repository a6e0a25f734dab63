"""chat.*"""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.rates import Counted, argument, per_workspace_and_app
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    CannotReplyToMessage,
    ChannelNotFound,
    DuplicateChannelNotFound,
    DuplicateMessageNotFound,
    IsArchived,
    NoText,
    NotInChannel,
    RestrictedAction,
    RestrictedActionNonThreadableChannel,
    RestrictedActionReadOnlyChannel,
    RestrictedActionThreadOnlyChannel,
)
from gridhall.contract.messages import Content, Message, ready
from gridhall.contract.rates import Limit
from gridhall.contract.timestamps import ts_text
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import conversations, messages, posting, reading
from gridhall.domain.actor import Actor
from gridhall.domain.call import Call
from gridhall.domain.conversations import Hold
from gridhall.domain.messages import Author, Draft


def _per_channel(actor: Actor, team: str | None, raw: Mapping[str, object]) -> str:
    return f"{per_workspace_and_app(actor, team, raw)}/{argument(raw, 'channel')}"


# Source: the platform's page on rate limits: about one a second in a channel with short bursts, and several hundred a minute in
# a workspace.
POSTING = (
    Counted("one channel", Limit(60, 60, 10), _per_channel),
    Counted("workspace", Limit(600, 60, 600), per_workspace_and_app),
)


class PostMessageArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.postMessage."""

    channel: Annotated[str, Arg("The conversation, or the person to write to.", missing=ChannelNotFound, example="C123456")]
    text: Annotated[str | None, Arg("The message.", example="Hello world")] = None
    thread_ts: Annotated[str | None, Arg("The message that this one replies to.")] = None
    reply_broadcast: Annotated[bool, Arg("Whether the channel shows a reply as well.")] = False
    client_msg_id: Annotated[str | None, Arg("An id of the client's own, with which a repetition posts nothing.")] = None


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
        CannotReplyToMessage,
        ChannelNotFound,
        DuplicateChannelNotFound,
        DuplicateMessageNotFound,
        IsArchived,
        NoText,
        NotInChannel,
        RestrictedAction,
        RestrictedActionNonThreadableChannel,
        RestrictedActionReadOnlyChannel,
        RestrictedActionThreadOnlyChannel,
    ),
    writes=True,
)
async def post_message(call: Call, args: PostMessageArgs) -> PostMessageResult:
    """Post a message."""
    conversation = await conversations.see(call, args.channel, Hold.STEADY)
    if not args.text:
        raise NoText
    await posting.require(call, conversation, reply=args.thread_ts is not None, public=True)
    parent = await posting.parent_of(call, conversation, args.thread_ts) if args.thread_ts is not None else None
    draft = Draft(Content(text=args.text), parent, args.reply_broadcast, args.client_msg_id)
    message = await messages.post(call.work, conversation, draft, author=Author.of(call.actor, call.team))
    shown = await reading.show_one(call, message)
    return PostMessageResult(channel=conversation.id, ts=ts_text(message.ts), message=ready(shown))
