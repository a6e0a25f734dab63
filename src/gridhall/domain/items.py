"""Items: the messages that people react to and pin."""

from typing import TYPE_CHECKING

from gridhall.contract.errors import BadTimestamp, MessageNotFound
from gridhall.contract.scopes import PUBLIC
from gridhall.contract.timestamps import find_ts
from gridhall.contract.tokens import Token
from gridhall.domain.conversations import Seen
from gridhall.domain.messages import Message
from gridhall.domain.threads import TOMBSTONE

if TYPE_CHECKING:
    from gridhall.domain.call import Call

GONE = frozenset({TOMBSTONE, "dlp_tombstone"})
"""Kinds of what stands in the place of a message that was deleted or taken out of sight."""


def is_open_to(call: "Call", conversation: Seen) -> bool:
    """Whether the caller reads a conversation that they see: members do, and in a public channel people without joining.

    Bots read only where they were added. Source: the platform's pages on scopes and on conversations.history.
    """
    return conversation.member or (conversation.kind == PUBLIC and call.actor.acts_as in Token.PERSON)


async def find(call: "Call", conversation: Seen, timestamp: str, *, held: bool = False) -> Message:
    """The message that a caller names.

    Arguments:
        held: whether nobody else changes it until the unit ends.

    Raises:
        BadTimestamp: that is no timestamp.
        MessageNotFound: there is no such message, or not any more.
    """
    ts = find_ts(timestamp)
    if ts is None:
        raise BadTimestamp
    messages = call.work.messages
    look = messages.lock if held else messages.find
    message = await look(conversation.organization, conversation.id, ts)
    if message is None or message.subtype in GONE:
        raise MessageNotFound
    return message
