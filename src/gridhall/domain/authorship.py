"""Who may change a message, and who may take it away."""

from typing import TYPE_CHECKING

from gridhall.contract.errors import CantDeleteMessage, CantUpdateMessage
from gridhall.contract.roles import Role
from gridhall.contract.tokens import Token
from gridhall.domain import audit, messages, roles, streams
from gridhall.domain.messages import OUT_OF_SIGHT, WRITTEN, Message

if TYPE_CHECKING:
    from gridhall.domain.call import Call
    from gridhall.domain.conversations import Seen


def require_change(call: "Call", message: Message) -> None:
    """Ask whether the caller may change a message: people and bots change what they wrote themselves.

    Raises:
        CantUpdateMessage: it is somebody else's, or nothing that somebody wrote.
    """
    if not _is_own(call, message) or message.subtype not in WRITTEN:
        raise CantUpdateMessage


async def remove(call: "Call", conversation: "Seen", message: Message) -> None:
    """Delete a message, which is held: one's own, and for administrators what people of their organization wrote.

    The audit log tells of what somebody else wrote, in the administrator's own organization too where the conversation is
    another's. Source of who may: the reference page of chat.delete, and the platform's page on changing messages.

    Raises:
        CantDeleteMessage: they may not, or the channel is archived, where nothing changes any more.
    """
    actor = call.actor
    assert actor.user is not None
    if conversation.archived or message.subtype == OUT_OF_SIGHT:
        raise CantDeleteMessage
    own = _is_own(call, message)
    if not own and not await _administers(call, conversation, message):
        raise CantDeleteMessage
    message = await streams.abandon(call.work, message)
    await messages.delete(call.work, conversation, message, by=actor.user)
    if not own:
        entity = audit.message(conversation, message.ts)
        details: dict[str, object] = {"user": message.person}
        organization = conversation.organization
        await audit.write_at_both(call.work, organization, "message_deleted", entity=entity, actor=actor, details=details)


def _is_own(call: "Call", message: Message) -> bool:
    actor = call.actor
    return (message.person_organization, message.person) == (actor.organization, actor.user)


async def _administers(call: "Call", conversation: "Seen", message: Message) -> bool:
    """Whether a person is an administrator over the author, who is of their organization."""
    actor = call.actor
    if actor.acts_as not in Token.PERSON or message.person_organization != actor.organization:
        return False
    return await roles.over_own_people(call, conversation) >= Role.ADMIN
