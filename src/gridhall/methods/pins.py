"""pins.*"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    AlreadyPinned,
    BadTimestamp,
    ChannelNotFound,
    MessageNotFound,
    NoItemSpecified,
    NoPin,
    NotInChannel,
    NotPinnable,
    RestrictedAction,
    TooManyPins,
)
from gridhall.contract.messages import Message, ready
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import conversations, items, pins, reading
from gridhall.domain.call import Call
from gridhall.domain.conversations import Hold


class PinArgs(msgspec.Struct, frozen=True):
    """Arguments of pins.add and pins.remove."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]
    timestamp: Annotated[str | None, Arg("The message's `ts`.", example="1234567890.123456")] = None


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of pins.list."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]


class PinnedItem(msgspec.Struct, kw_only=True):
    """One pin: when it was made, in Unix seconds, by whom, and the message."""

    type: str = "message"
    channel: str
    created: int
    created_by: str
    message: Message


class ListResult(Ok, kw_only=True):
    """The pins of a conversation, newest first."""

    items: list[PinnedItem]


@method(
    "pins.add",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("pins:write"),
    rate=Tier.TWO,
    errors=(
        AlreadyPinned,
        BadTimestamp,
        ChannelNotFound,
        MessageNotFound,
        NoItemSpecified,
        NotInChannel,
        NotPinnable,
        RestrictedAction,
        TooManyPins,
    ),
    writes=True,
)
async def add(call: Call, args: PinArgs) -> Ok:
    """Pin a message to its conversation."""
    if not args.timestamp:
        raise NoItemSpecified
    # A pin changes what the conversation holds: so nobody pins beside it, and their number stays exact.
    conversation = await conversations.see(call, args.channel, Hold.CHANGING)
    if not conversation.member:
        raise NotInChannel
    if conversation.archived:
        raise RestrictedAction
    message = await items.find_in_sight(call, conversation, args.timestamp, held=True)
    await pins.add(call.work, message, actor=call.actor)
    return Ok()


@method(
    "pins.remove",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("pins:write"),
    rate=Tier.TWO,
    errors=(BadTimestamp, ChannelNotFound, MessageNotFound, NoItemSpecified, NoPin, RestrictedAction),
    writes=True,
)
async def remove(call: Call, args: PinArgs) -> Ok:
    """Take a pin away."""
    if not args.timestamp:
        raise NoItemSpecified
    conversation = await conversations.see(call, args.channel, Hold.STEADY)
    if not conversation.member or conversation.archived:
        raise RestrictedAction
    message = await items.find_in_sight(call, conversation, args.timestamp, held=True)
    await pins.remove(call.work, message)
    return Ok()


@method(
    "pins.list",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("pins:read"),
    rate=Tier.TWO,
    errors=(ChannelNotFound, RestrictedAction),
)
async def list_pins(call: Call, args: ListArgs) -> ListResult:
    """List what is pinned to a conversation."""
    conversation = await conversations.see(call, args.channel)
    if not conversations.readable_to(call, conversation):
        raise RestrictedAction
    found = await call.work.pins.list(conversation.organization, conversation.id)
    shown = await reading.show(call, [message for _, message in found], permalinks=True)
    return ListResult(
        items=[
            PinnedItem(channel=conversation.id, created=pin.pinned, created_by=pin.person, message=ready(text))
            for (pin, _), text in zip(found, shown, strict=True)
        ]
    )
