"""Who is in a conversation: how people come in, go, and note how far they have read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract import audit as contract
from gridhall.contract.errors import (
    AccessDenied,
    AlreadyInChannel,
    CantInvite,
    CantInviteSelf,
    CantKickFromGeneral,
    CantKickSelf,
    CantLeaveGeneral,
    InviteeCantSeeChannel,
    IsArchived,
    LastMember,
    MethodNotSupportedForChannelType,
    NoExternalInvitePermission,
    NotInChannel,
    NotSupported,
    OrgUserNotInTeam,
    Refusal,
    RestrictedAction,
    UraMaxChannels,
    UserIsRestricted,
    UserNotFound,
)
from gridhall.contract.roles import Role
from gridhall.contract.scopes import PRIVATE, PUBLIC
from gridhall.domain import audit, messages, notices, people, roles
from gridhall.domain.actions import Written
from gridhall.domain.conversations import Conversation, Seen
from gridhall.domain.messages import Author

if TYPE_CHECKING:
    from gridhall.domain.call import Call
    from gridhall.domain.work import Work

SINGLE_CHANNEL = "single_channel"


class Newcomer(msgspec.Struct, gc=False):
    """Somebody who comes in or goes, and the organization that they are there from.

    `name` is their real name where they have one.
    """

    organization: str
    id: str
    name: str
    email: str
    guest: str


class Candidate(Newcomer, gc=False):
    """Somebody who may be invited, as they stand to the conversation.

    `here` tells whether they are of an organization that it is in, `reached` whether it is in a workspace of theirs, and
    `inside` whether they are in it already.
    """

    deleted: bool
    here: bool
    reached: bool
    inside: bool


class Members(Protocol):
    """Storage of who is in conversations. A conversation is named by its host organization and its id, a person by theirs."""

    async def list_candidates(self, conversation: Conversation, organization: str, people: list[str]) -> list[Candidate]:
        """Those of these people whom this organization may know of; who is in several organizations is there several times."""
        ...

    async def has_channel(self, organization: str, person: str) -> bool:
        """Whether somebody is in any channel."""
        ...

    async def find(self, conversation: Conversation, organization: str, person: str) -> Newcomer | None:
        """A member by their id; where two organizations have it, the one of this organization."""
        ...

    async def enter(self, conversation: Conversation, organization: str, people: list[str], *, at: int, open: bool) -> None:
        """Make people of one organization members from this time on; those who are stay as they are."""
        ...

    async def leave(self, conversation: Conversation, organization: str, person: str, *, at: int) -> None: ...

    async def mark(self, conversation: Conversation, organization: str, person: str, last_read: int) -> bool:
        """Set how far a member has read; False for who is none."""
        ...

    async def set_open(self, conversation: Conversation, organization: str, person: str, open: bool) -> None:
        """Have a direct or group conversation among those that a member has open, or no longer."""
        ...

    async def open_for_all(self, conversation: Conversation) -> None:
        """Open it for those who have closed it."""
        ...


def caller(call: "Call") -> Newcomer:
    """Who calls."""
    actor = call.actor
    assert actor.user is not None
    return Newcomer(actor.organization, actor.user, actor.user_real_name, actor.user_email, actor.guest)


async def enter(
    call: "Call", conversation: Seen, newcomers: list[Newcomer], *, inviter: str | None = None, told: bool = True
) -> None:
    """Make people members, and have the channel tell so. Whether they may is asked before.

    Arguments:
        newcomers: people who are no members now. The conversation is held.
        inviter: who brought them, None for whoever comes alone.
        told: whether there are messages about it.
    """
    work, now = call.work, call.work.source.seconds()
    for organization in dict.fromkeys(newcomer.organization for newcomer in newcomers):
        ids = [newcomer.id for newcomer in newcomers if newcomer.organization == organization]
        await work.members.enter(conversation, organization, ids, at=now, open=True)
    await work.conversations.count_members(conversation.organization, conversation.id, len(newcomers))
    if told:
        contents = [
            (notices.joined(conversation, newcomer.id, inviter=inviter), _author(call, newcomer)) for newcomer in newcomers
        ]
        await messages.tell_all(work, conversation, contents)
    await _note(call, conversation, newcomers, ("user_channel_join", "guest_channel_join"), by="inviter")


async def _go(call: "Call", conversation: Seen, leaver: Newcomer) -> None:
    """Make somebody a member no longer."""
    work = call.work
    await work.members.leave(conversation, leaver.organization, leaver.id, at=work.source.seconds())
    await work.conversations.count_members(conversation.organization, conversation.id, -1)
    await _note(call, conversation, [leaver], ("user_channel_leave", "guest_channel_leave"), by="kicker")


async def _note(
    call: "Call", conversation: Conversation, movers: list[Newcomer], actions: tuple[Written, Written], *, by: str
) -> None:
    """Have the audit log tell who came in or went: the host's, and those of the organizations that they and the caller are of.

    Whoever came or went acts, even where the caller moved them. Source: the platform's page on the actions of its log.

    Arguments:
        actions: what it is called of a member, and of a guest.
        by: how the details call the caller who moved somebody else.
    """
    work, actor, host = call.work, call.actor, conversation.organization
    caller, channel = await audit.doer(work, actor, at=host), await audit.channel(work, conversation)
    acts: list[audit.Act] = []
    logs: dict[str, list[audit.Act]] = {host: acts}
    for mover in movers:
        doer, details = caller, dict[str, object]()
        if (mover.organization, mover.id) != (actor.organization, actor.user):
            told = contract.User(mover.id, mover.name, mover.email, _team(call, mover))
            doer, details = audit.brought(caller, mover.organization, told), {by: caller}
        act = audit.Act(actions[mover.guest != "none"], channel, doer, details)
        acts.append(act)
        for other in {mover.organization, actor.organization} - {host}:
            logs.setdefault(other, []).append(act)
    for organization, noted in logs.items():
        await audit.write_all(work, organization, noted)


def _author(call: "Call", person: Newcomer) -> Author:
    """Somebody of whom the channel tells."""
    return Author(person.organization, person.id, _team(call, person))


def _team(call: "Call", person: Newcomer) -> str:
    """Where somebody is; of others' people the workspace is nobody's business."""
    own = person.organization == call.actor.organization
    return (call.team if own else None) or person.organization


async def join(call: "Call", channel: Seen) -> bool:
    """Have the caller come in; False where they are in already. The channel is held.

    Raises:
        MethodNotSupportedForChannelType: it is not public.
        IsArchived: it is archived.
        AccessDenied: it is in no workspace of the caller's, though their org-level token sees it.
    """
    if channel.kind != PUBLIC:
        raise MethodNotSupportedForChannelType
    if channel.archived:
        raise IsArchived
    if channel.member:
        return False
    await require_reached(call, channel)
    await enter(call, channel, [caller(call)])
    return True


async def require_reached(call: "Call", channel: Seen) -> None:
    """Ask whether a channel that the caller sees is in a workspace that they are in themselves.

    An org-level token sees the channels of every workspace that it was granted, wherever its person is.

    Raises:
        AccessDenied: it is not.
    """
    me = caller(call)
    found = await call.work.members.list_candidates(channel, me.organization, [me.id])
    if not any(candidate.reached for candidate in found if candidate.organization == me.organization):
        raise AccessDenied


async def leave(call: "Call", channel: Seen) -> bool:
    """Have the caller go; False where they are not in the channel. The channel is held.

    Raises:
        UserIsRestricted: the caller is a guest.
        IsArchived: it is archived.
        CantLeaveGeneral: it is the general channel.
        LastMember: it is private, and nobody else is in it.
    """
    if not channel.member:
        return False
    if call.actor.role is Role.GUEST:
        raise UserIsRestricted
    if channel.archived:
        raise IsArchived
    if channel.general:
        raise CantLeaveGeneral
    if channel.kind == PRIVATE and channel.num_members <= 1:
        raise LastMember
    leaver = caller(call)
    await _go(call, channel, leaver)
    await messages.tell(call.work, channel, notices.left(channel, leaver.id), author=_author(call, leaver))
    return True


@dataclass(slots=True)
class Invitation:
    """What became of an invitation.

    Arguments:
        entered: who came in.
        refused: who did not, and why, in the order in which they were named.
    """

    entered: list[Newcomer]
    refused: dict[str, type[Refusal]]


async def invite(call: "Call", channel: Seen, users: list[str], *, force: bool) -> Invitation:
    """Bring people into a channel, all or none of them. The channel is held.

    Whose account is closed stops nobody else from coming in. Source: the reference page of conversations.invite.

    Arguments:
        force: whether those come in who can, whatever hinders others.

    Raises:
        IsArchived: the channel is archived.
        NotInChannel: the caller is not in it.
        UserIsRestricted: the caller is a guest.
    """
    if channel.archived:
        raise IsArchived
    if not channel.member:
        raise NotInChannel
    if call.actor.role is Role.GUEST:
        raise UserIsRestricted
    candidates = await _candidates(call, channel, users)
    several = len(await call.work.conversations.workspaces_of(channel.organization, channel.id)) > 1
    refused: dict[str, type[Refusal]] = {}
    for user in users:
        hindrance = _hindrance(call, candidates.get(user), channel, several)
        if hindrance is not None:
            refused[user] = hindrance
    welcome = [candidates[user] for user in users if user not in refused]
    for guest in await _full_guests(call.work, welcome):
        refused[guest] = UraMaxChannels
    stops = any(user not in candidates or not candidates[user].deleted for user in refused)
    entered: list[Newcomer] = []
    if force or not stops:
        entered = [candidate for candidate in welcome if candidate.id not in refused]
    if entered:
        await enter(call, channel, entered, inviter=call.actor.user)
    return Invitation(entered, {user: refused[user] for user in users if user in refused})


async def _candidates(call: "Call", channel: Seen, users: list[str]) -> dict[str, Candidate]:
    """Whom the ids mean: the caller's own people before the host's, these before others'."""
    own = call.actor.organization
    found = await call.work.members.list_candidates(channel, own, users)
    found.sort(key=lambda one: (one.organization != own, one.organization != channel.organization, not one.here))
    return {candidate.id: candidate for candidate in reversed(found)}


def _hindrance(call: "Call", candidate: Candidate | None, channel: Seen, several: bool) -> type[Refusal] | None:
    """Why somebody cannot be invited, None where they can.

    Arguments:
        several: whether the channel is in several workspaces of its host.
    """
    if candidate is None:
        return UserNotFound
    if (candidate.organization, candidate.id) == (call.actor.organization, call.actor.user):
        return CantInviteSelf
    if candidate.deleted or not candidate.here:
        return CantInvite
    if candidate.inside:
        return AlreadyInChannel
    if call.actor.organization not in (candidate.organization, channel.organization):
        return NoExternalInvitePermission
    if not candidate.reached:
        elsewhere = candidate.organization != channel.organization
        return InviteeCantSeeChannel if several or elsewhere or channel.org_wide else OrgUserNotInTeam
    return None


async def _full_guests(work: "Work", candidates: list[Candidate]) -> list[str]:
    """The single-channel guests who have their channel already; held, so that nobody gives them two at once."""
    guests = sorted((candidate.organization, candidate.id) for candidate in candidates if candidate.guest == SINGLE_CHANNEL)
    full: list[str] = []
    for organization, id in guests:
        await work.people.lock(organization, id)
        if await work.members.has_channel(organization, id):
            full.append(id)
    return full


async def kick(call: "Call", channel: Seen, user: str) -> None:
    """Take somebody else out of a channel. The channel is held, and does not tell of it.

    Raises:
        CantKickSelf: it is the caller.
        NotInChannel: the caller is not in it, or the person is not.
        CantKickFromGeneral: it is the general channel.
        RestrictedAction: the caller may not.
        UserNotFound: there is no such person.
        NotSupported: the channel is archived, or it is the only one of a single-channel guest.
    """
    if user == call.actor.user:
        raise CantKickSelf
    if not channel.member:
        raise NotInChannel
    if channel.general:
        raise CantKickFromGeneral
    member = await call.work.members.find(channel, call.actor.organization, user)
    if not await _may_kick(call, channel, member):
        raise RestrictedAction
    if member is None:
        known = await people.find_visible(call.work, call.actor, call.team, user)
        raise NotInChannel if known is not None else UserNotFound
    if channel.archived or member.guest == SINGLE_CHANNEL:
        raise NotSupported
    await _go(call, channel, member)


async def _may_kick(call: "Call", channel: Seen, member: Newcomer | None) -> bool:
    """Administrators may, and who made the channel; out of a private one every full member.

    Who is there from another organization takes out nobody but their own people, as they stand there.
    """
    actor = call.actor
    if actor.role is Role.GUEST:
        return False
    if actor.organization != channel.organization and member is not None and member.organization != actor.organization:
        return False
    if channel.kind == PRIVATE or channel.creator == actor.user:
        return True
    return await roles.over_own_people(call, channel) >= Role.ADMIN


async def mark(call: "Call", conversation: Seen, ts: int) -> None:
    """Move the caller's read mark, forwards or backwards.

    Raises:
        NotInChannel: the caller is no member.
    """
    actor = call.actor
    assert actor.user is not None
    if not await call.work.members.mark(conversation, actor.organization, actor.user, ts):
        raise NotInChannel
