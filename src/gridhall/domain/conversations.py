"""Conversations: what they are, who may see them, and how they appear in answers."""

import json
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import UNSET

from gridhall.contract.objects import Conversation as ConversationObject
from gridhall.contract.objects import Note, Properties, Restriction
from gridhall.contract.roles import Role
from gridhall.domain.appearance import normalized
from gridhall.domain.people import Person

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.call import Call

PUBLIC, PRIVATE, IM, MPIM = "public", "private", "im", "mpim"


class Conversation(msgspec.Struct, gc=False):
    """A conversation, as its host organization keeps it. Times are Unix seconds; `*_text` columns are JSON text."""

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


class Listed(Conversation, gc=False):
    """A conversation in somebody's list.

    `host_teams`, `guest_teams` and `other_teams` are ids of workspaces that it is in, comma-separated: those of the host, those
    of the caller's organization where that is not the host, and those of further organizations. `last_read` is the caller's
    own read mark in microseconds, None where the caller is no member. `partner` is the other person of a direct message, None
    in one with oneself; `partner_deleted` tells whether their account is closed.
    """

    host_teams: str | None
    guest_teams: str | None
    other_teams: str | None
    last_read: int | None
    partner: str | None
    partner_deleted: bool | None


class Conversations(Protocol):
    """Storage of conversations."""

    async def list_of(
        self,
        person: Person,
        organization: str,
        workspace: str,
        *,
        kinds: frozenset[str],
        seen_by: str,
        all_public: bool,
        exclude_archived: bool,
        after: str,
        limit: int,
    ) -> list[Listed]:
        """Conversations that a person, of whichever organization, is in, by id, after this one.

        Channels are those of the workspace, as `seen_by` may see them there: those that they are in as well and, if
        `all_public`, every public one. Direct messages belong to no workspace.
        """
        ...


def all_public_visible_to(actor: "Actor") -> bool:
    """Whether the caller sees every public channel of the workspace. A guest sees only those they are in."""
    return actor.role is not Role.GUEST


def appearance(call: "Call", conversation: Listed) -> ConversationObject:
    """A conversation as it appears in the caller's list."""
    if conversation.kind == IM:
        return _im(call, conversation)
    mpim = conversation.kind == MPIM
    own, others = _split(conversation.host_teams), _split(conversation.other_teams)
    if conversation.organization != call.actor.organization:
        own, others = _split(conversation.guest_teams), own + others
    # A private conversation from before March 2021 is told by its id. Source: the platform's page on the conversation object.
    group = conversation.id.startswith("G")
    return ConversationObject(
        id=conversation.id,
        name=conversation.name,
        name_normalized=normalized(conversation.name),
        created=conversation.created,
        updated=conversation.updated * 1000,
        creator=conversation.creator,
        context_team_id=call.team or conversation.organization,
        is_channel=not group,
        is_group=group,
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
        shared_team_ids=own + others,
        internal_team_ids=own if len(own) > 1 or others else UNSET,
        connected_team_ids=others or UNSET,
        conversation_host_id=conversation.organization if others else UNSET,
        enterprise_id=call.actor.enterprise or UNSET,
        topic=Note(value=conversation.topic, creator=conversation.topic_creator, last_set=conversation.topic_set),
        purpose=Note(value=conversation.purpose, creator=conversation.purpose_creator, last_set=conversation.purpose_set),
        previous_names=json.loads(conversation.previous_names),
        properties=_properties(conversation),
        is_open=True if mpim else UNSET,
        last_read=_last_read(conversation),
        priority=0 if mpim else UNSET,
    )


def _im(call: "Call", conversation: Listed) -> ConversationObject:
    return ConversationObject(
        id=conversation.id,
        created=conversation.created,
        updated=conversation.updated * 1000,
        context_team_id=call.team or conversation.organization,
        is_archived=conversation.archived,
        is_im=True,
        is_org_shared=False,
        user=conversation.partner or call.actor.user or UNSET,
        is_user_deleted=bool(conversation.partner_deleted),
        is_open=True,
        last_read=_last_read(conversation),
        priority=0,
    )


def _last_read(conversation: Listed) -> str | msgspec.UnsetType:
    if conversation.last_read is None:
        return UNSET
    seconds, micros = divmod(conversation.last_read, 1_000_000)
    return f"{seconds}.{micros:06d}" if conversation.last_read else "0000000000.000000"


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
