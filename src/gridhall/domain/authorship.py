"""Who may change a message, and who may take it away."""

from typing import TYPE_CHECKING

from gridhall.contract.errors import CantDeleteMessage, CantUpdateMessage, MessageNotFound
from gridhall.contract.roles import Role
from gridhall.contract.timestamps import find_ts
from gridhall.contract.tokens import Token
from gridhall.domain import roles
from gridhall.domain.messages import BROADCAST, ME, Message
from gridhall.domain.threads import TOMBSTONE

if TYPE_CHECKING:
    from gridhall.domain.call import Call
    from gridhall.domain.conversations import Seen

CHANGEABLE = frozenset({None, BROADCAST, ME, "bot_message", "file_share"})
"""Kinds of messages that somebody wrote. What the conversation tells of itself nobody changes."""

OUT_OF_SIGHT = "dlp_tombstone"
"""The kind of what stands in the place of a message that was taken out of sight; what was there is kept."""


async def hold(call: "Call", conversation: "Seen", ts: str) -> Message:
    """The message that a caller names, held until the unit ends.

    Raises:
        MessageNotFound: there is no such message, or only what is left of one that was deleted.
    """
    micros = find_ts(ts)
    message = None
    if micros is not None:
        message = await call.work.messages.lock(conversation.organization, conversation.id, micros)
    if message is None or message.subtype == TOMBSTONE:
        raise MessageNotFound
    return message


def require_change(call: "Call", message: Message) -> None:
    """Ask whether the caller may change a message: people and bots change what they wrote themselves.

    Raises:
        CantUpdateMessage: it is somebody else's, or nothing that somebody wrote.
    """
    if not _is_own(call, message) or message.subtype not in CHANGEABLE:
        raise CantUpdateMessage


async def require_removal(call: "Call", conversation: "Seen", message: Message) -> None:
    """Ask whether the caller may delete a message: their own, and administrators what people of their organization wrote.

    Source: the reference page of chat.delete, and the platform's page on changing messages.

    Raises:
        CantDeleteMessage: they may not, or the channel is archived, where nothing changes any more.
    """
    if conversation.archived or message.subtype == OUT_OF_SIGHT:
        raise CantDeleteMessage
    if not _is_own(call, message) and not await _administers(call, conversation, message):
        raise CantDeleteMessage


def _is_own(call: "Call", message: Message) -> bool:
    actor = call.actor
    return (message.person_organization, message.person) == (actor.organization, actor.user)


async def _administers(call: "Call", conversation: "Seen", message: Message) -> bool:
    """Whether a person is an administrator over the author, who is of their organization."""
    actor = call.actor
    if actor.acts_as not in Token.PERSON or message.person_organization != actor.organization:
        return False
    return await roles.over_own_people(call, conversation) >= Role.ADMIN
