"""Oversight: who may look at everything in an organization, and what they find there.

An overseer sees every conversation of the organization, the private ones and the direct messages too, without being in it. Each
look of theirs is in the audit log, and so is each that was refused.
"""

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gridhall.contract.errors import (
    AccessDenied,
    ChannelNotFound,
    EkmAccessDenied,
    InvalidCursor,
    Refusal,
    TeamAccessNotGranted,
    TeamNotFound,
)
from gridhall.contract.roles import Role
from gridhall.contract.scopes import IM, MPIM
from gridhall.contract.timestamps import find_ts
from gridhall.domain import audit
from gridhall.domain.audit import Entity, Look
from gridhall.domain.conversations import Conversation, Hold
from gridhall.domain.directory import Stretch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridhall.domain.actions import Written
    from gridhall.domain.actor import Actor
    from gridhall.domain.call import Call
    from gridhall.domain.work import Work

MOST = 1000
"""Entries of a page at the most."""

READABLE_FOR = 86_400
"""Seconds for which a deleted channel is still told. Source: the page on the Admin Oversight API."""

_ID = re.compile(r"[A-Z][A-Z0-9]{1,63}")
_NAMED = ("channel", "user", "ts", "team")


class Overseen(Conversation, gc=False):
    """A conversation as an overseer sees it. `deleted_at` is 0 unless it is deleted, and will be gone soon."""

    deleted_at: int

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at > 0


class Glimpse(Overseen, gc=False):
    """The same with whether other organizations share it."""

    connected: bool


class Presence(NamedTuple):
    """That somebody is or was in a conversation: when they last came, and when they went then, 0 while they are in.

    Both in Unix seconds. `organization` is the one that they are there from.
    """

    organization: str
    person: str
    joined: int
    left: int

    @property
    def key(self) -> str:
        """Where they are in a list. Ids come first, so that one alone is a place in it too."""
        return f"{self.person}/{self.organization}"


class Oversight(Protocol):
    """Storage of what overseers find."""

    async def find(
        self, id: str, *, organization: str, workspace: str | None, deleted_since: int, hold: Hold
    ) -> Overseen | None:
        """A conversation of an organization, or one that another organization shares with it.

        Arguments:
            workspace: one that it has to be in, None where that does not matter.
            deleted_since: Unix seconds; what was deleted before is gone.
            hold: what others are kept from until the unit ends.
        """
        ...

    async def list_of_organization(
        self, organization: str, *, kind: str | None, connected: bool, deleted_since: int, after: str, limit: int
    ) -> list[Stretch[Glimpse]]:
        """The conversations after this id that belong to no workspace alone, in several stretches.

        They are its own direct and group ones and channels of several workspaces, the channels that others share with it, and
        those direct and group ones of others that its people are in.

        Arguments:
            kind: which kind alone, None for every one.
            connected: none but those that organizations share.
            deleted_since: as in `find`.
            limit: how many of each stretch at the most.
        """
        ...

    async def list_of_workspace(
        self, organization: str, workspace: str, *, kind: str | None, deleted_since: int, after: str, limit: int
    ) -> Stretch[Glimpse]:
        """The channels after this id that are in this workspace of the organization and in no other, whosever."""
        ...

    async def list_members(
        self, conversation: Conversation, *, include_left: bool, after: str, limit: int
    ) -> tuple[list[Presence], str]:
        """Who is in a conversation after this key (see `Presence.key`), or behind this id of whatever organization.

        Arguments:
            include_left: those as well that have left.

        Returns:
            Them by key, and the key that the next page begins after: "" where there is none.
        """
        ...


def require(actor: "Actor") -> None:
    """Ask whether the caller may oversee: with an org-level token, an owner or admin of an Enterprise organization.

    Raises:
        AccessDenied: they may not.
    """
    if not actor.org_level or actor.org_role < Role.ADMIN:
        raise AccessDenied


def workspace_of(call: "Call", team: str | None) -> str | None:
    """The workspace that an argument `team` names, None where it names the organization, or nothing.

    Raises:
        TeamNotFound: the organization has no such workspace.
        TeamAccessNotGranted: it has, but the app is not installed there.
    """
    actor = call.actor
    if team is None or team == actor.organization:
        return None
    if team not in actor.workspaces:
        raise TeamNotFound
    if team not in actor.standings:
        raise TeamAccessNotGranted
    return team


async def find(
    call: "Call", channel: str, team: str | None, *, hold: Hold = Hold.NOT, or_refuse: type[Refusal] = ChannelNotFound
) -> Overseen:
    """The conversation that an overseer names.

    Arguments:
        team: a workspace that it has to be in. A direct or group conversation is in none, but the organization's.
        or_refuse: what is raised where there is none, or where it has been deleted for a day.

    Raises:
        TeamNotFound, TeamAccessNotGranted: see `workspace_of`.
        EkmAccessDenied: its encryption key was withdrawn, and nobody reads it, nor writes over it.
    """
    found = await call.work.oversight.find(
        channel,
        organization=call.actor.organization,
        workspace=workspace_of(call, team),
        deleted_since=call.work.source.seconds() - READABLE_FOR,
        hold=hold,
    )
    if found is None:
        raise or_refuse
    if found.ekm_access_withdrawn:
        raise EkmAccessDenied
    return found


def team_of(call: "Call", conversation: Conversation) -> str:
    """The workspace that a conversation belongs to, as its team; the organization where it belongs to no one workspace."""
    if conversation.kind in (IM, MPIM) or conversation.org_wide or conversation.workspace is None:
        return call.actor.organization
    return conversation.workspace


def position(call: "Call", listing: str, *, cursor: str | None, offset: str | None, or_refuse: type[Refusal]) -> str:
    """After which key a page begins, "" for the first one.

    Both arguments take both forms, a cursor and a plain id, as clients of either way of paging send them; who sends both means
    the same by them.

    Arguments:
        listing: see `Call.listing`.
        or_refuse: what is raised where one is neither, or where they differ.
    """
    opened = {_opened(call, listing, text, or_refuse) for text in (cursor, offset) if text}
    ids = {after.partition("/")[0] for after in opened}
    if len(ids) > 1:
        raise or_refuse
    # The one that says more, where one was an id.
    return max(opened, key=len, default="")


def _opened(call: "Call", listing: str, text: str, or_refuse: type[Refusal]) -> str:
    if _ID.fullmatch(text):
        return text
    try:
        return call.context.cursors.open(listing, text)
    except InvalidCursor:
        raise or_refuse from None


def look(call: "Call", action: "Written", entity: Entity, **details: object) -> None:
    """Have the audit log tell that the caller looked at something, before they are told of it."""
    call.looks += (Look(action, entity, {name: value for name, value in details.items() if value is not None}),)


async def look_at_all(call: "Call", action: "Written", **details: object) -> None:
    """The same, where they looked at the organization as a whole."""
    look(call, action, await _own(call.work, call.actor), **details)


async def _own(work: "Work", actor: "Actor") -> Entity:
    organization = await work.organizations.find(actor.organization)
    assert organization is not None
    return audit.organization(organization)


async def refused(work: "Work", actor: "Actor", method: str, arguments: "Mapping[str, object]", code: str) -> None:
    """Have the audit log tell that somebody was refused, and what they asked for.

    Of what was sent it keeps ids and timestamps: anything else would have the log hold whatever a caller likes to write there.
    """
    named = {
        name: value.strip()
        for name in _NAMED
        if isinstance(value := arguments.get(name), str) and (_ID.fullmatch(value) or find_ts(value) is not None)
    }
    details: dict[str, object] = {"method": method, "error": code, **named}
    await audit.write(
        work, actor.organization, "oversight_refused", entity=await _own(work, actor), actor=actor, details=details
    )
