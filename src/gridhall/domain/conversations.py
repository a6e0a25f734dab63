"""Conversations: what they are, who may see them, and how they appear in answers."""

import json
from collections.abc import Collection
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
from msgspec import UNSET

from gridhall.contract.errors import ChannelNotFound, EkmAccessDenied, MissingScope
from gridhall.contract.objects import Conversation as ConversationObject
from gridhall.contract.objects import Note, Properties, Restriction
from gridhall.contract.roles import Role
from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.contract.timestamps import ts_text
from gridhall.contract.tokens import Token
from gridhall.domain.appearance import normalized

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.call import Call
    from gridhall.domain.work import Work


class Conversation(msgspec.Struct, gc=False):
    """A conversation, as its host organization keeps it. Times are Unix seconds.

    `previous_names`, `posting` and `threads` are JSON text; `workspace` is a channel's own, None for direct and group
    conversations, which belong to the organization; `retention_days` is 0 where the organization's count.
    """

    organization: str
    id: str
    kind: str
    name: str
    workspace: str | None
    creator: str
    created: int
    updated: int
    general: bool
    archived: bool
    org_wide: bool
    topic: str
    topic_creator: str
    topic_set: int
    purpose: str
    purpose_creator: str
    purpose_set: int
    previous_names: str
    posting: str
    threads: str
    retention_days: int
    ekm_access_withdrawn: bool
    num_members: int

    @property
    def is_direct(self) -> bool:
        """Whether it is between certain people: a direct or a group conversation."""
        return self.kind in (IM, MPIM)

    @property
    def is_group(self) -> bool:
        """Whether it is a private conversation from before March 2021, which its id tells, or one between several people.

        Source: the platform's page on the conversation object.
        """
        return self.id.startswith("G")


class Seen(Conversation, gc=False):
    """A conversation as one caller stands to it.

    `last_read` is the caller's own read mark in microseconds and `open` whether they have it open, both None where they are no
    member now; `here` is whether it is in the workspace that is meant (a direct or group conversation is in every one).
    """

    last_read: int | None
    open: bool | None
    here: bool

    @property
    def member(self) -> bool:
        """Whether the caller is in it."""
        return self.last_read is not None


class Listed(Seen, gc=False):
    """The same with what only a whole conversation object tells.

    `host_teams`, `guest_teams` and `other_teams` are ids of workspaces that it is in, comma-separated: those of the host, those
    of the caller's organization where that is not the host, and those of further organizations. `partner` is the other person
    of a direct message, None in one with oneself; `partner_deleted` tells whether their account is closed.
    """

    host_teams: str | None
    guest_teams: str | None
    other_teams: str | None
    partner: str | None
    partner_deleted: bool | None


PREFIX = {PUBLIC: "C", PRIVATE: "C", IM: "D", MPIM: "G"}
"""What ids of conversations begin with."""


def new(work: "Work", actor: "Actor", kind: str, *, name: str, workspace: str | None) -> Conversation:
    """A conversation that the caller makes now, in which nobody is yet.

    Arguments:
        workspace: the channel's own, None for a direct or group conversation.
    """
    assert actor.user is not None
    now = work.source.seconds()
    return Conversation(
        organization=actor.organization,
        id=work.source.id(PREFIX[kind]),
        kind=kind,
        name=name,
        workspace=workspace,
        creator=actor.user,
        created=now,
        updated=now,
        general=False,
        archived=False,
        org_wide=False,
        topic="",
        topic_creator="",
        topic_set=0,
        purpose="",
        purpose_creator="",
        purpose_set=0,
        previous_names="[]",
        posting=EVERYONE,
        threads=EVERYONE,
        retention_days=0,
        ekm_access_withdrawn=False,
        num_members=0,
    )


EVERYONE = '"everyone"'
"""The JSON text of who may post where nobody is kept from it."""


class Hold(Enum):
    """What a unit keeps others from until it ends. Whoever holds a conversation does so before anything else of it."""

    NOT = auto()
    STEADY = auto()
    """Nobody changes the conversation itself: it is not archived while somebody posts. Several may hold it so."""
    CHANGING = auto()
    """This unit changes it: nobody else holds it in any way."""


class Conversations(Protocol):
    """Storage of conversations. `organization`, `workspace` and `person` are the caller's; "" where there is none."""

    async def find(self, id: str, *, organization: str, workspace: str, person: str, hold: Hold) -> Seen | None:
        """A conversation of the caller's organization, or one that another organization shares with it."""
        ...

    async def find_listed(self, id: str, *, organization: str, workspace: str, person: str) -> Listed | None: ...

    async def workspaces_of(self, organization: str, id: str) -> list[str]:
        """The workspaces of the host organization that a channel is in."""
        ...

    async def connected_workspaces_of(self, organization: str, id: str, *, other_organization: str) -> list[str]:
        """The workspaces of another organization that the host shares a channel with."""
        ...

    async def connected_to(self, organization: str, id: str) -> list[tuple[str, str]]:
        """The workspaces of other organizations that the host shares a channel with, each behind its organization."""
        ...

    async def add(self, conversation: Conversation, *, people_key: str | None) -> bool:
        """Store a new conversation; False where there is one between the same people already.

        Arguments:
            people_key: who is in a direct or group conversation, None for a channel (see `direct.key_of`).
        """
        ...

    async def find_direct(self, organization: str, people_key: str) -> str | None:
        """The id of the conversation between these people."""
        ...

    async def save(self, conversation: Conversation) -> None:
        """Store name, topic, purpose, the names before, whether it is archived, and when it was changed."""
        ...

    async def save_retention(self, organization: str, id: str, days: int) -> None:
        """Store for how many days of its own a conversation keeps messages, 0 for none of its own."""
        ...

    async def count_members(self, organization: str, id: str, by: int) -> None:
        """Count so many members more, or fewer."""
        ...

    async def hold_names(self, organization: str, *, everywhere: bool) -> None:
        """Keep the names of channels of the whole organization from being given meanwhile.

        Arguments:
            everywhere: whether nobody else may hold them, as for a name that no unique key keeps apart: one in all
                workspaces, or of another organization's channel. Several may hold names who give one in a few workspaces.
        """
        ...

    async def namesakes(self, organization: str, name: str, workspaces: Collection[str] | None) -> set[str]:
        """The ids of the channels that go by a name in any of these workspaces of an organization, None for all of them: its
        own, those in every workspace, and those of other organizations that are connected there.
        """
        ...

    async def claim_name(self, organization: str, workspace: str, id: str, name: str) -> bool:
        """Put a new channel into a workspace under its name; False where another channel there has it."""
        ...

    async def rename(self, organization: str, id: str, name: str) -> None:
        """Have a channel go by another name in all its workspaces. Raises `Conflict` where one of them has such a channel."""
        ...


SeenT = TypeVar("SeenT", bound=Seen)


async def see(call: "Call", id: str, hold: Hold = Hold.NOT) -> Seen:
    """The conversation that a caller names, if they may see it and their token may read or write this kind.

    Arguments:
        hold: what others are kept from until the unit ends.

    Raises:
        ChannelNotFound: there is none, or none that the caller may know of.
        MissingScope: the token lacks the scope for this kind of conversation.
        EkmAccessDenied: the conversation's encryption key was withdrawn.
    """
    actor = call.actor
    found = await call.work.conversations.find(
        id, organization=actor.organization, workspace=call.team or "", person=actor.user or "", hold=hold
    )
    return await _admitted(call, found)


async def see_listed(call: "Call", id: str) -> Listed:
    """The same, with what a whole conversation object tells."""
    actor = call.actor
    found = await call.work.conversations.find_listed(
        id, organization=actor.organization, workspace=call.team or "", person=actor.user or ""
    )
    return await _admitted(call, found)


async def _admitted(call: "Call", found: SeenT | None) -> SeenT:
    if found is None or not await visible_to(call, found):
        raise ChannelNotFound
    require_scope(call, found.kind)
    if found.ekm_access_withdrawn:
        raise EkmAccessDenied
    return found


def require_scope(call: "Call", kind: str) -> None:
    """Ask for the scope that the method needs for this kind of conversation.

    Raises:
        MissingScope: the token lacks it.
    """
    if call.scopes is not None:
        accepted = call.scopes.of(kind)
        if accepted and call.actor.scopes.isdisjoint(accepted):
            raise MissingScope(needed=accepted[0], provided=call.actor.scopes_header)


async def visible_to(call: "Call", conversation: Seen) -> bool:
    """Whether the caller may know of a conversation at all.

    A member sees it, and of a public channel everybody of its workspaces but guests, who see only what they are in. A channel
    is seen from a workspace that it is in: with an org-level token, from those that the token reaches.
    """
    if not conversation.member and (conversation.kind != PUBLIC or not all_public_visible_to(call.actor)):
        return False
    return conversation.is_direct or await _is_reached(call, conversation)


def readable_to(call: "Call", conversation: Seen) -> bool:
    """Whether the caller reads a conversation that they see: members do, and in a public channel people without joining.

    Bots read only where they were added. Source: the platform's pages on scopes and on conversations.history.
    """
    return conversation.member or (conversation.kind == PUBLIC and call.actor.acts_as in Token.PERSON)


async def _is_reached(call: "Call", conversation: Seen) -> bool:
    actor = call.actor
    if call.team is not None:
        return conversation.here
    host, id = conversation.organization, conversation.id
    if host != actor.organization:
        workspaces = await call.work.conversations.connected_workspaces_of(host, id, other_organization=actor.organization)
    elif conversation.org_wide:
        return bool(actor.standings)
    else:
        workspaces = await call.work.conversations.workspaces_of(host, id)
    return any(workspace in actor.standings for workspace in workspaces)


def all_public_visible_to(actor: "Actor") -> bool:
    """Whether the caller sees every public channel of the workspace. A guest sees only those they are in."""
    return actor.role is not Role.GUEST


async def locale_of(call: "Call", conversation: Listed) -> str:
    """The language and region to write in: the other person's in a direct message, else those of who made the conversation.

    Those of other organizations' people are withheld. Source: the platform's page on Slack Connect.
    """
    id = conversation.creator if conversation.kind != IM else conversation.partner or call.actor.user or ""
    person = await call.work.people.find(call.actor.organization, id)
    return person.locale if person is not None else DEFAULT_LOCALE


def appearance(call: "Call", conversation: Listed) -> ConversationObject:
    """A conversation as it appears to the caller."""
    if conversation.kind == IM:
        return _im(call, conversation)
    mpim = conversation.kind == MPIM
    own, others = _split(conversation.host_teams), _split(conversation.other_teams)
    if conversation.organization != call.actor.organization:
        own, others = _split(conversation.guest_teams), own + others
    return ConversationObject(
        id=conversation.id,
        name=conversation.name,
        name_normalized=normalized(conversation.name),
        created=conversation.created,
        updated=conversation.updated * 1000,
        creator=conversation.creator,
        context_team_id=call.team or call.actor.organization,
        is_channel=not conversation.is_group,
        is_group=conversation.is_group,
        is_im=False,
        is_mpim=mpim,
        is_private=conversation.kind != PUBLIC,
        is_archived=conversation.archived,
        is_general=conversation.general,
        is_shared=len(own) > 1 or bool(others) or conversation.org_wide,
        is_org_shared=len(own) > 1 or conversation.org_wide,
        is_global_shared=conversation.org_wide,
        is_ext_shared=bool(others),
        is_pending_ext_shared=False,
        pending_shared=[],
        pending_connected_team_ids=[],
        parent_conversation=None,
        unlinked=0,
        shared_team_ids=UNSET if mpim else own + others,
        internal_team_ids=own if len(own) > 1 or others else UNSET,
        connected_team_ids=others or UNSET,
        conversation_host_id=conversation.organization if others else UNSET,
        topic=Note(value=conversation.topic, creator=conversation.topic_creator, last_set=conversation.topic_set),
        purpose=Note(value=conversation.purpose, creator=conversation.purpose_creator, last_set=conversation.purpose_set),
        previous_names=UNSET if mpim else json.loads(conversation.previous_names),
        properties=_properties(conversation),
        is_member=conversation.member,
        is_open=bool(conversation.open) if mpim else UNSET,
        last_read=_last_read(conversation),
        priority=0 if mpim else UNSET,
    )


def _im(call: "Call", conversation: Listed) -> ConversationObject:
    return ConversationObject(
        id=conversation.id,
        created=conversation.created,
        updated=conversation.updated * 1000,
        context_team_id=call.team or call.actor.organization,
        is_archived=conversation.archived,
        is_im=True,
        is_org_shared=False,
        user=conversation.partner or call.actor.user or UNSET,
        is_user_deleted=bool(conversation.partner_deleted),
        is_open=bool(conversation.open),
        last_read=_last_read(conversation),
        priority=0,
    )


def _last_read(conversation: Listed) -> str | msgspec.UnsetType:
    if conversation.last_read is None:
        return UNSET
    return ts_text(conversation.last_read) if conversation.last_read else NEVER_READ


NEVER_READ = "0000000000.000000"
"""The read mark of who has read nothing yet."""

DEFAULT_LOCALE = "en-US"


def _split(ids: str | None) -> list[str]:
    return sorted(ids.split(",")) if ids else []


def _properties(conversation: Conversation) -> Properties | msgspec.UnsetType:
    posting, threads = _restriction(conversation.posting), _restriction(conversation.threads)
    if posting is None and threads is None:
        return UNSET
    return Properties(posting_restricted_to=posting or UNSET, threads_restricted_to=threads or UNSET)


def _restriction(text: str) -> Restriction | None:
    """Who may post, from the JSON text `"everyone"`, `"admins"` or `{"users": [ids]}`; None for everyone."""
    who = json.loads(text)
    if who == "everyone":
        return None
    if who == "admins":
        return Restriction(type=["admin"])
    return Restriction(type=[], user=who["users"])
