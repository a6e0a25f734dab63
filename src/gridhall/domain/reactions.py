"""Reactions to messages."""

from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from gridhall.contract.errors import AlreadyReacted, InvalidName, NoReaction, TooManyEmoji, TooManyReactions
from gridhall.contract.messages import Reaction
from gridhall.contract.tokens import Token
from gridhall.domain import conversations, emoji

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.call import Call
    from gridhall.domain.messages import Message
    from gridhall.domain.people import Person
    from gridhall.domain.work import Work

MOST_EMOJI = 50
"""Different emoji under one message."""

MOST_BY_ONE = 23
"""Reactions of one person to one message."""

AHEAD = 2000
"""Somebody's reactions that one look takes in at the most, those that the caller may not read included. Pages with numbers hold
so many of the newest; a cursor goes beyond."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Reaction]).decode


class Given(msgspec.Struct, gc=False, frozen=True):
    """A reaction that somebody gave, and its place among theirs: which message, which emoji, when in microseconds."""

    reacted: int
    organization: str
    conversation: str
    ts: int
    name: str


NEWEST = Given(reacted=2**62, organization="", conversation="", ts=0, name="")
"""Comes before every reaction."""


class GivenTo(msgspec.Struct, gc=False):
    """A reaction to one message: which emoji, by whom, when in microseconds."""

    name: str
    person_organization: str
    person: str
    reacted: int


class Reader(NamedTuple):
    """Who looks at reactions: from which workspace, and whether they read its public channels without being in them."""

    organization: str
    workspace: str
    person: str
    all_public: bool


class Reactions(Protocol):
    """Storage of reactions."""

    async def add(self, message: "Message", name: str, *, organization: str, person: str, now: int) -> bool:
        """Note a reaction, as given now or just after the person's last one; False where they gave it already."""
        ...

    async def remove(self, message: "Message", name: str, *, organization: str, person: str) -> bool:
        """Take a reaction away; False where the person did not give it."""
        ...

    async def remove_all(self, message: "Message") -> None:
        """Take every reaction off a message that is being deleted."""
        ...

    async def list_on(self, message: "Message") -> list[GivenTo]:
        """The reactions to a message, first come first."""
        ...

    async def give_back(self, message: "Message", given: list[GivenTo]) -> None:
        """Put reactions back under a message that they were taken off."""
        ...

    async def end_of_look(self, organization: str, person: str, *, after: Given, ahead: int) -> Given | None:
        """Where a look at so many of a person's reactions after this one ends, newest first; None where there are fewer."""
        ...

    async def list_given(self, organization: str, person: str, reader: Reader, *, until: Given | None) -> list[Given]:
        """What a person gave where the reader reads, newest first, as far as a look goes."""
        ...

    async def list_items(
        self, organization: str, person: str, reader: Reader, *, after: Given, until: Given | None, limit: int
    ) -> list[tuple[Given, "Message"]]:
        """The same with the messages, after this one."""
        ...


async def add(work: "Work", message: "Message", name: str, *, actor: "Actor") -> None:
    """React to a message, which was locked.

    An emoji that goes by several names is the same by each of them: it stays under the message as who came first named it.

    Raises:
        InvalidName: no emoji goes by this name.
        TooManyEmoji: there are as many different emoji under the message as can be.
        AlreadyReacted, TooManyReactions: the caller gave this one already, or as many as they may.
    """
    assert actor.user is not None
    told = _told(message)
    reaction = _same(told, name)
    if reaction is None:
        if not emoji.is_name(name):
            raise InvalidName
        if len(told) >= MOST_EMOJI:
            raise TooManyEmoji
        reaction = Reaction(name=name, users=[], count=0)
        told.append(reaction)
    elif actor.user in reaction.users:
        raise AlreadyReacted
    if sum(actor.user in other.users for other in told) >= MOST_BY_ONE:
        raise TooManyReactions
    now = work.source.micros()
    if not await work.reactions.add(message, reaction.name, organization=actor.organization, person=actor.user, now=now):
        raise AlreadyReacted
    reaction.users.append(actor.user)
    reaction.count += 1
    await _save(work, message, told)


async def remove(work: "Work", message: "Message", name: str, *, actor: "Actor") -> None:
    """Take the caller's own reaction off a message, which was locked.

    Raises:
        InvalidName: no emoji goes by this name.
        NoReaction: the caller did not react so.
    """
    assert actor.user is not None
    told = _told(message)
    reaction = _same(told, name)
    if reaction is None:
        raise NoReaction if emoji.is_name(name) else InvalidName
    if actor.user not in reaction.users:
        raise NoReaction
    if not await work.reactions.remove(message, reaction.name, organization=actor.organization, person=actor.user):
        raise NoReaction
    reaction.users.remove(actor.user)
    reaction.count -= 1
    await _save(work, message, [reaction for reaction in told if reaction.count])


def _told(message: "Message") -> list[Reaction]:
    return _decode(message.reactions) if message.reactions is not None else []


def _same(told: list[Reaction], name: str) -> Reaction | None:
    """The reaction under a message that is meant by a name: by the same one, or by another of the same emoji."""
    meant = emoji.canonical(name)
    for reaction in told:
        if reaction.name == name or (meant is not None and emoji.canonical(reaction.name) == meant):
            return reaction
    return None


async def _save(work: "Work", message: "Message", told: list[Reaction]) -> None:
    """Store what a message tells of its reactions. It tells of everybody, so that each finds themselves there."""
    text = _encode(told).decode() if told else None
    await work.messages.save_summary(message, thread=message.thread, reactions=text, pinned=message.pinned)


Item = tuple[Given, "Message"]


async def list_after(call: "Call", person: "Person", after: Given, limit: int) -> tuple[list[Item], Given | None]:
    """What a person reacted to, newest first, as far as the caller may read it, and where the next page begins after.

    What the caller may not read counts nowhere, but one look is taken at what would do and one `AHEAD`: behind so many that
    they may not read, a page may be shorter, even empty, and not be the last one.
    """
    rows, organization, id = call.work.reactions, person.organization, person.id
    found: list[Item] = []
    end: Given | None = after
    for ahead in (limit + 1, AHEAD):
        if end is None or len(found) > limit:
            break
        start, end = end, await rows.end_of_look(organization, id, after=end, ahead=ahead)
        more = limit + 1 - len(found)
        found += await rows.list_items(organization, id, _reader(call), after=start, until=end, limit=more)
    return found[:limit], found[limit - 1][0] if len(found) > limit else end


async def list_page(call: "Call", person: "Person", page: int, count: int) -> tuple[list[Item], Given | None, int]:
    """The same by the number of the page, from 1, and how many items there are in all of them."""
    rows, organization, id, reader = call.work.reactions, person.organization, person.id, _reader(call)
    end = await rows.end_of_look(organization, id, after=NEWEST, ahead=AHEAD)
    given = await rows.list_given(organization, id, reader, until=end)
    first, behind = (page - 1) * count, page * count
    last = given[behind - 1] if behind < len(given) else end
    if first >= len(given):
        return [], last, len(given)
    after = given[first - 1] if first else NEWEST
    limit = min(count, len(given) - first)
    return await rows.list_items(organization, id, reader, after=after, until=end, limit=limit), last, len(given)


def _reader(call: "Call") -> Reader:
    """The caller. Bots read only where they were added, guests see nothing else: see `conversations.readable_to`."""
    actor = call.actor
    all_public = conversations.all_public_visible_to(actor) and actor.acts_as in Token.PERSON
    return Reader(actor.organization, call.team or "", actor.user or "", all_public)
