"""Whom or what a message is for: the conversation that the argument `channel` of a posting method means."""

from typing import TYPE_CHECKING

from gridhall.contract.errors import (
    ChannelNotFound,
    InvalidUserCombination,
    Refusal,
    UserDisabled,
    UserNotFound,
    UserNotVisible,
)
from gridhall.domain import conversations, direct, names
from gridhall.domain.conversations import Hold, Seen

if TYPE_CHECKING:
    from gridhall.domain.call import Call

_OF_CONVERSATION, _OF_PERSON = "CDG", "UW"
"""What ids begin with. Names of channels have no capitals."""


async def see(call: "Call", channel: str, *, people: bool = False, nameless: type[Refusal] = ChannelNotFound) -> Seen:
    """The conversation that an id means, or a channel's name with or without a `#`; held, so that it is not archived meanwhile.

    Arguments:
        people: whether a person's id means the conversation with them, which is opened.
        nameless: what a name is refused with where no workspace is meant.

    Raises:
        ChannelNotFound: there is none, or none that the caller may know of, or the person is nobody whom they can write to.
        MissingScope, EkmAccessDenied: see `conversations.see`.
    """
    first = channel[0]
    if first in _OF_CONVERSATION:
        return await conversations.see(call, channel, Hold.STEADY)
    if first in _OF_PERSON:
        if not people:
            raise ChannelNotFound
        return await _with(call, channel)
    if call.team is None:
        raise nameless
    return await names.see(call, channel, Hold.STEADY)


async def _with(call: "Call", person: str) -> Seen:
    try:
        id, _ = await direct.open_with(call, (person,), create=True)
    except (UserNotFound, UserNotVisible, UserDisabled, InvalidUserCombination) as refusal:
        raise ChannelNotFound from refusal
    return await conversations.see(call, id, Hold.STEADY)
