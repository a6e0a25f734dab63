"""Direct and group conversations: one for the same people, which each of them opens and closes for themselves."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from gridhall.contract.errors import (
    ChannelNotFound,
    InvalidUserCombination,
    MethodNotSupportedForChannelType,
    NotEnoughUsers,
    TooManyUsers,
    UserDisabled,
    UserNotFound,
    UserNotVisible,
)
from gridhall.contract.scopes import IM, MPIM
from gridhall.domain import conversations
from gridhall.domain.conversations import Hold, Seen
from gridhall.domain.people import Person, find_visible

if TYPE_CHECKING:
    from gridhall.domain.call import Call

MOST_OTHERS = 8
"""People beside the caller. Source: the reference page of conversations.open."""

GROUP_TOPIC = "Group messaging"
"""What a group conversation is about until somebody says otherwise. Source: the example of conversations.list."""


async def see(call: "Call", id: str) -> Seen:
    """The direct or group conversation that a caller names, held in order to be opened or closed.

    Raises:
        MethodNotSupportedForChannelType: it is a channel.
        Refusal: see `conversations.see`.
    """
    found = await conversations.see(call, id, Hold.CHANGING)
    if not found.is_direct:
        raise MethodNotSupportedForChannelType
    return found


async def open(call: "Call", conversation: Seen) -> bool:
    """Have the caller's conversation open; False where it is already. It is held."""
    return await _set_open(call, conversation, True)


async def close(call: "Call", conversation: Seen) -> bool:
    """Have the caller's conversation closed, until somebody posts there; False where it is already. It is held."""
    return await _set_open(call, conversation, False)


async def _set_open(call: "Call", conversation: Seen, open: bool) -> bool:
    if conversation.open == open:
        return False
    actor = call.actor
    assert actor.user is not None
    await call.work.members.set_open(conversation, actor.organization, actor.user, open)
    return True


async def open_with(call: "Call", users: tuple[str, ...], *, create: bool) -> tuple[str, bool]:
    """The conversation between the caller and other people, opened; gives its id, and whether it was open already.

    Arguments:
        users: ids. The caller may be among them; alone, they mean the conversation with oneself.
        create: whether it is made where there is none.

    Raises:
        NotEnoughUsers: nobody is named.
        TooManyUsers: more than eight others are.
        MissingScope: the token lacks the scope for a conversation of so many.
        UserNotFound, UserNotVisible, UserDisabled, InvalidUserCombination: see `_other`.
        ChannelNotFound: there is none, and none was made.
    """
    if not users:
        raise NotEnoughUsers
    others = [user for user in dict.fromkeys(users) if user != call.actor.user]
    if len(others) > MOST_OTHERS:
        raise TooManyUsers
    kind = MPIM if len(others) > 1 else IM
    conversations.require_scope(call, kind)
    assert call.actor.user is not None
    caller = await call.work.people.find(call.actor.organization, call.actor.user)
    assert caller is not None
    everyone = [caller, *[await _other(call, user) for user in others]]
    id = await _find(call, everyone)
    if id is None and create:
        id = await _create(call, kind, everyone)
        if id is not None:
            return id, False
        # Somebody else has made it meanwhile.
        id = await _find(call, everyone)
    if id is None:
        raise ChannelNotFound
    return id, not await open(call, await see(call, id))


async def _other(call: "Call", user: str) -> Person:
    """Somebody to talk to.

    Raises:
        UserNotFound: there is no such person.
        UserNotVisible: the caller is a guest and may not know of them.
        UserDisabled: their account is closed.
        InvalidUserCombination: they are of another organization and share no conversation with the caller.
    """
    found = await find_visible(call.work, call.actor, call.team, user)
    if found is None:
        raise UserNotFound
    if not found.visible:
        raise UserNotVisible
    if found.person.deleted:
        raise UserDisabled
    if found.stranger and found.person.organization != call.actor.organization:
        raise InvalidUserCombination
    return found.person


def key_of(host: str, people: Iterable[tuple[str, str]]) -> str:
    """What tells one set of people from every other, in conversations of one organization.

    Arguments:
        host: whose the conversation is. Of other organizations' people the key tells theirs: an id may be in several.
        people: organization and id of each.
    """
    return ",".join(sorted(id if organization == host else f"{organization}/{id}" for organization, id in people))


def _key(host: str, people: list[Person]) -> str:
    return key_of(host, [(person.organization, person.id) for person in people])


async def _find(call: "Call", everyone: list[Person]) -> str | None:
    """The conversation between these people, whichever of their organizations it belongs to.

    Where they are of several, nobody else makes one between them until this unit ends.
    """
    organizations = dict.fromkeys(person.organization for person in everyone)
    if len(organizations) > 1:
        for person in sorted(everyone, key=lambda one: (one.organization, one.id)):
            await call.work.people.lock(person.organization, person.id)
    for organization in organizations:
        found = await call.work.conversations.find_direct(organization, _key(organization, everyone))
        if found is not None:
            return found
    return None


async def _create(call: "Call", kind: str, everyone: list[Person]) -> str | None:
    """Make a conversation of the caller's organization; None where somebody else was faster.

    The caller has it open, the others with its first message.
    """
    work, caller = call.work, everyone[0]
    name = f"mpdm-{'--'.join(person.name for person in everyone)}-1" if kind == MPIM else ""
    conversation = conversations.new(work, call.actor, kind, name=name, workspace=None)
    if kind == MPIM:
        purpose = f"{GROUP_TOPIC} with: {' '.join(f'@{person.name}' for person in everyone)}"
        conversation = msgspec.structs.replace(
            conversation,
            topic=GROUP_TOPIC,
            topic_creator=caller.id,
            topic_set=conversation.created,
            purpose=purpose,
            purpose_creator=caller.id,
            purpose_set=conversation.created,
        )
    if not await work.conversations.add(conversation, people_key=_key(conversation.organization, everyone)):
        return None
    for organization in dict.fromkeys(person.organization for person in everyone):
        others = [person.id for person in everyone[1:] if person.organization == organization]
        await work.members.enter(conversation, organization, others, at=conversation.created, open=False)
    await work.members.enter(conversation, caller.organization, [caller.id], at=conversation.created, open=True)
    await work.conversations.count_members(conversation.organization, conversation.id, len(everyone))
    return conversation.id
