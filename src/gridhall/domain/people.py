"""People and bots, and who may see whom."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract.roles import BY_NAME, Role

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.work import Work


class Person(msgspec.Struct, gc=False):
    """A person or a bot, once in each organization that they belong to. Fields stand in the order of the table's columns.

    `photo` is the hash of the uploaded picture, None for the drawn one; `app` and `bot_id` are set for bots only; `fields` is
    the JSON text of the custom profile fields; times are Unix seconds.
    """

    organization: str
    id: str
    name: str
    real_name: str
    first_name: str
    last_name: str
    display_name: str
    email: str
    email_confirmed: bool
    org_role: str
    guest: str
    deleted: bool
    tz: str
    locale: str
    title: str
    phone: str
    pronouns: str
    status_text: str
    status_emoji: str
    status_expiration: int
    fields: str
    presence: str
    photo: str | None
    created: int
    updated: int
    has_two_factor: bool
    app: str | None
    bot_id: str | None

    @property
    def is_bot(self) -> bool:
        return self.app is not None

    def status(self, now: int) -> tuple[str, str, int]:
        """Text, emoji and expiration of the status that is in force at this time; one that has expired is none."""
        if self.status_expiration and self.status_expiration <= now:
            return "", "", 0
        return self.status_text, self.status_emoji, self.status_expiration


class Member(Person, gc=False):
    """A person as one workspace has them.

    `role` is the role in that workspace, None for who is not in it; `teams` are the ids of all their workspaces, with commas;
    `authorized` tells whether they gave the calling app a token that acts as them.
    """

    role: str | None
    teams: str | None
    authorized: bool

    def standing(self) -> Role:
        """How high the person stands in the workspace: the higher of the role there and the one in the organization."""
        return standing(self.org_role, self.role, self.guest)


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def is_email(text: str) -> bool:
    """Whether somebody may have this text as their address."""
    return text.isprintable() and _EMAIL.fullmatch(text) is not None


def standing(org_role: str, role: str | None, guest: str) -> Role:
    """How high somebody stands. A guest is a guest whatever else is said; an owner of the organization owns its workspaces."""
    if guest != "none":
        return Role.GUEST
    return max(BY_NAME[org_role], BY_NAME[role or "member"])


class People(Protocol):
    """Storage of people. Where an `app` is named, it is the one that calls (see `Member.authorized`)."""

    async def find(self, organization: str, id: str) -> Person | None: ...

    async def lock(self, organization: str, id: str) -> Person | None:
        """The person, held so that nobody else changes them until this unit ends."""
        ...

    async def list_by_ids(self, organization: str, ids: Collection[str]) -> list[Person]:
        """Those of these people that there are, in no order."""
        ...

    async def lock_all(self, organization: str, ids: Collection[str]) -> list[Person]:
        """The same, held so that nobody else changes them until this unit ends."""
        ...

    async def find_member(self, organization: str, workspace: str | None, id: str, *, app: str | None = None) -> Member | None:
        """The person with their role in this workspace; found also where they are not in it."""
        ...

    async def roles(self, organization: str, id: str) -> dict[str, str]:
        """The person's role in each of their workspaces."""
        ...

    async def find_stranger(self, organization: str, id: str) -> Person | None:
        """A person of another organization who shares a conversation with this one."""
        ...

    async def find_by_email(self, organization: str, email: str) -> str | None:
        """The id of the active person who has this address, whatever its case."""
        ...

    async def find_owner_of(self, organization: str, email: str) -> str | None:
        """The same of whoever has it, deactivated people included: nobody else can have it."""
        ...

    async def list_all(
        self, organization: str, *, include_deleted: bool, after: str, limit: int, app: str | None
    ) -> list[Member]:
        """People and bots of an organization in the order of their ids, after this one. Their role in a workspace is None."""
        ...

    async def list_members(self, organization: str, workspace: str, *, after: str, limit: int, app: str | None) -> list[Member]:
        """Members in the order of their ids, after this one."""
        ...

    async def list_seen_by(
        self, organization: str, workspace: str, person: str, *, after: str, limit: int, app: str | None
    ) -> list[Member]:
        """The same, but only this person and those who share a conversation with them."""
        ...

    async def count_members(self, organization: str, workspace: str, *, up_to: int) -> int: ...

    async def share_conversation(self, organization: str, person: str, other: Person) -> bool:
        """Whether a person of this organization is in one conversation with another, of whichever organization."""
        ...

    async def save_profile(self, person: Person) -> None:
        """Store everything of the profile, and the time of the change. Raises `Conflict` where the address is taken."""
        ...

    async def save_presence(self, organization: str, id: str, presence: str) -> None: ...

    async def save_photo(self, organization: str, id: str, photo: str | None, updated: int) -> None: ...

    async def find_everywhere(self, id_or_name_or_email: str) -> list[Person]:
        """The people of the whole database that go by this id, name or address: for the command line only."""
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """Somebody as a caller sees them.

    Arguments:
        person: a `Member` where they are of the caller's organization.
        visible: whether the caller may know of them.
        stranger: whether they are of another workspace and in no conversation with the caller.
    """

    person: Person
    visible: bool
    stranger: bool


async def find_visible(work: "Work", actor: "Actor", team: str | None, id: str) -> Sight | None:
    """The person that a caller names.

    Who is of another organization is found only where a conversation is shared with it. A guest sees only whom they share a
    conversation with. Source of what a stranger is: the platform's pages on Slack Connect and on the user object.
    """
    member = await work.people.find_member(actor.organization, team, id, app=actor.app)
    person = member or await work.people.find_stranger(actor.organization, id)
    if person is None:
        return None
    elsewhere = member is None or (team is not None and member.role is None)
    guest = actor.role is Role.GUEST
    if id == actor.user or not (elsewhere or guest):
        return Sight(person, visible=True, stranger=False)
    shared = actor.user is not None and await work.people.share_conversation(actor.organization, actor.user, person)
    return Sight(person, visible=shared or not guest, stranger=elsewhere and not shared)
