"""chat.getPermalink"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.rates import Counted, per_workspace_and_app
from gridhall.contract.errors import ChannelNotFound, MessageNotFound
from gridhall.contract.rates import Limit
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import conversations, items, reading
from gridhall.domain.call import Call

# Source: its reference page, which says hundreds a minute.
RATE = (Counted("hundreds a minute", Limit(600, 60, 600), per_workspace_and_app),)


class GetPermalinkArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.getPermalink."""

    channel: Annotated[str, Arg("Where the message is.", missing=ChannelNotFound, example="C123ABC456")]
    message_ts: Annotated[str, Arg("The message's `ts`.", missing=MessageNotFound, example="1234567890.123456")]


class GetPermalinkResult(Ok, kw_only=True):
    """The address."""

    channel: str
    permalink: str


@method(
    "chat.getPermalink",
    tokens=Token.BOT | Token.PERSON,
    rate=RATE,
    errors=(ChannelNotFound, MessageNotFound),
)
async def get_permalink(call: Call, args: GetPermalinkArgs) -> GetPermalinkResult:
    """Find out the address of a message."""
    conversation = await conversations.see(call, args.channel)
    message = await items.find(call, conversation, args.message_ts)
    return GetPermalinkResult(channel=conversation.id, permalink=reading.permalink(call, message))
