"""What administrators of an organization do to its people's sessions: look at them, end them, and say how long they last.

Source of what they may: the reference pages of admin.users.session.*. Whoever stands above an administrator is out of their
reach; only a list of everything tells of everybody.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gridhall.contract.errors import (
    AccessDenied,
    AdminUnauthorized,
    BotsNotAllowed,
    CannotInvalidatePrimaryOwner,
    CannotResetBot,
    CannotResetPrimaryOwner,
    Refusal,
    RestrictedAction,
    SessionNotFound,
    UserNotFound,
)
from gridhall.contract.roles import Role
from gridhall.domain import audit, jobs, sessions, signing_in
from gridhall.domain.audit import Act, Doer
from gridhall.domain.jobs import Job, Later
from gridhall.domain.people import Person, standing
from gridhall.domain.roles import require_admin
from gridhall.domain.sessions import MOBILE, WEB, Session, Settings

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.call import Context
    from gridhall.domain.organizations import Organization
    from gridhall.domain.work import Work

JOB = "reset_sessions"
"""The kind of job that ends the sessions of many people: one for each request."""

PEOPLE_AT_ONCE, SESSIONS_AT_ONCE = 50, 200
"""People whose sessions one step of that job ends, and sessions: a few milliseconds, for which requests wait."""

REST = 3
"""How many times as long as a step took requests come first."""


class Refusals(NamedTuple):
    """How a method refuses those whom a caller cannot act on."""

    bot: type[Refusal]
    primary_owner: type[Refusal]
    above: type[Refusal]


LOOKING = Refusals(BotsNotAllowed, AdminUnauthorized, AdminUnauthorized)
SETTING = LOOKING
# A bot has no session that could be found.
INVALIDATING = Refusals(SessionNotFound, CannotInvalidatePrimaryOwner, AdminUnauthorized)
RESETTING = Refusals(CannotResetBot, CannotResetPrimaryOwner, AccessDenied)
RESETTING_MANY = Refusals(CannotResetBot, CannotResetPrimaryOwner, RestrictedAction)


class Reset(msgspec.Struct, frozen=True):
    """What a job is to do: whose sessions end, in the order of their ids, with which kinds of clients, and who asked for it."""

    people: tuple[str, ...]
    clients: tuple[str, ...]
    doer: Doer


async def list_all(work: "Work", *, after: int, limit: int, actor: "Actor") -> list[Session]:
    """Everybody's sessions, in the order of their ids."""
    require_admin(actor)
    return await work.sessions.list_all(actor.organization, now=work.source.seconds(), after=after, limit=limit)


async def list_of(work: "Work", id: str, place: str, *, after: int, limit: int, actor: "Actor") -> list[Session]:
    """A person's sessions in a workspace or, by its id, the organization as a whole, in the order of their ids."""
    (person,) = await _reach(work, [id], LOOKING, actor=actor)
    now = work.source.seconds()
    return await work.sessions.list_of(actor.organization, person.id, now=now, workspace=place, after=after, limit=limit)


async def invalidate(work: "Work", id: str, session_id: int, place: str | None, *, actor: "Actor") -> None:
    """End one session of a person.

    Arguments:
        place: the workspace or organization that it has to be of, None for any.

    Raises:
        SessionNotFound: they have no such session, or it has ended.
    """
    (person,) = await _reach(work, [id], INVALIDATING, actor=actor)
    session = await work.sessions.find(actor.organization, session_id, now=work.source.seconds())
    if session is None or session.person != person.id or place not in (None, session.workspace):
        raise SessionNotFound
    if not await sessions.end(work, actor.organization, [session.id]):
        # Somebody else was a moment earlier.
        raise SessionNotFound
    doer = await audit.doer(work, actor, at=actor.organization)
    await audit.write_all(work, actor.organization, [signing_in.ended(person, session, doer)])


async def reset(work: "Work", id: str, clients: tuple[str, ...], *, actor: "Actor") -> None:
    """End a person's sessions with these kinds of clients; there need be none."""
    (person,) = await _reach(work, [id], RESETTING, actor=actor)
    await sessions.end_of(work, actor.organization, [person.id], clients=clients)
    await _note_resets(work, [person], clients, await audit.doer(work, actor, at=actor.organization))


async def reset_all(work: "Work", ids: Collection[str], clients: tuple[str, ...], *, actor: "Actor") -> list[str]:
    """Have a job end the sessions of many people; gives those of them who are deactivated, and are left out.

    Who may be reset is decided now. Whoever is promoted or deactivated before the job has come to them is reset all the same.
    """
    people = await _reach(work, ids, RESETTING_MANY, actor=actor)
    failed = [person.id for person in people if person.deleted]
    wanted = tuple(sorted(person.id for person in people if not person.deleted))
    doer = await audit.doer(work, actor, at=actor.organization)
    if wanted:
        payload = msgspec.json.encode(Reset(wanted, clients, doer)).decode()
        await jobs.put(work, actor.organization, JOB, work.source.id("R"), due=work.source.micros(), payload=payload)
    # Nobody has been reset yet: an entry of each person's own tells when they are.
    details = {"queued_users": list(wanted), "failed_users": failed, **_told(clients)}
    entity = audit.organization(await _organization(work, actor.organization))
    await audit.write(work, actor.organization, "bulk_session_reset_by_admin", entity=entity, actor=doer, details=details)
    return failed


async def step(work: "Work", job: Job, context: "Context") -> Later | None:
    """End the sessions of the next people: one step of the job. Who has very many takes several."""
    asked = msgspec.json.decode(job.payload, type=Reset)
    at = int(job.progress or 0)
    people = asked.people[at : at + PEOPLE_AT_ONCE]
    found = await work.sessions.list_of_all(job.organization, people, clients=asked.clients, limit=SESSIONS_AT_ONCE)
    await sessions.end(work, job.organization, [id for _, id in found])
    if len(found) == SESSIONS_AT_ONCE:
        # The last one may have more.
        last, _ = found[-1]
        people = people[: people.index(last)]
    await _note_resets(work, await work.people.list_by_ids(job.organization, people), asked.clients, asked.doer)
    at += len(people)
    return None if at == len(asked.people) else Later(work.source.micros(), str(at), rest=REST)


def progress_of(job: Job) -> str:
    """How far such a job has come, for people to read."""
    return f"{job.progress or 0} of {len(msgspec.json.decode(job.payload, type=Reset).people)} people"


async def settings_of(work: "Work", ids: Collection[str], *, actor: "Actor") -> tuple[list[Settings], list[str]]:
    """What is in force for those of these people who have settings of their own, and who has none.

    A half that nobody set is the organization's. Who is not signed in is left out of both. Source: the argument's note.
    """
    await _reach(work, ids, LOOKING, actor=actor)
    organization = await _organization(work, actor.organization)
    present = set(await work.sessions.list_signed_in(organization.id, ids, now=work.source.seconds()))
    found = {own.person: own for own in await work.sessions.settings_of(organization.id, ids)}
    applied = [_in_force(found[id], organization) for id in ids if id in found and id in present]
    return applied, [id for id in ids if id not in found and id in present]


def _in_force(own: Settings, organization: "Organization") -> Settings:
    duration, quit = own.duration, own.desktop_app_browser_quit
    return Settings(
        own.organization,
        own.person,
        organization.session_duration if duration is None else duration,
        organization.desktop_app_browser_quit if quit is None else quit,
    )


async def set_settings(
    work: "Work", ids: Collection[str], *, duration: int | None, desktop_app_browser_quit: bool | None, actor: "Actor"
) -> None:
    """Say how long sessions of these people last, running ones too. A half that is None stays as it was.

    Arguments:
        duration: seconds from the sign-in.
        desktop_app_browser_quit: whether they end with the client.
    """
    people = await _reach(work, ids, SETTING, actor=actor, hold=True)
    given = [Settings(person.organization, person.id, duration, desktop_app_browser_quit) for person in people]
    await work.sessions.save_settings(given)
    halves = {"duration": duration, "desktop_app_browser_quit": desktop_app_browser_quit}
    await _apply(work, people, {name: half for name, half in halves.items() if half is not None}, actor=actor)


async def clear_settings(work: "Work", ids: Collection[str], *, actor: "Actor") -> None:
    """Have the organization's own settings count for these people again, for running sessions too."""
    people = await _reach(work, ids, SETTING, actor=actor, hold=True)
    cleared = set(await work.sessions.clear_settings(actor.organization, ids))
    nothing: dict[str, object] = {"duration": None, "desktop_app_browser_quit": None}
    await _apply(work, [person for person in people if person.id in cleared], nothing, actor=actor)


async def _apply(work: "Work", people: Sequence[Person], details: dict[str, object], *, actor: "Actor") -> None:
    """Have changed settings count, and tell the audit log of each person's. None is what is the organization's again."""
    if not people:
        return
    organization = await _organization(work, actor.organization)
    await sessions.reckon(work, organization, [person.id for person in people])
    doer = await audit.doer(work, actor, at=organization.id)
    acts = [Act("user_session_settings_changed", audit.user(person), doer, details) for person in people]
    await audit.write_all(work, organization.id, acts)


async def _reach(work: "Work", ids: Collection[str], refusals: Refusals, *, actor: "Actor", hold: bool = False) -> list[Person]:
    """The people that an administrator acts on, in the order of their ids.

    Arguments:
        hold: whether nobody may sign in as them until this unit ends.

    Raises:
        NoPermission, NotAnAdmin: the caller is no administrator.
        UserNotFound: somebody is unknown.
        Refusal: what the method has for a bot, for the primary owner, or for whoever else stands above the caller.
    """
    require_admin(actor)
    look_up = work.people.lock_all if hold else work.people.list_by_ids
    people = await look_up(actor.organization, ids)
    if len(people) < len(set(ids)):
        raise UserNotFound
    if any(person.is_bot for person in people):
        raise refusals.bot
    highest = max(standing(person.org_role, None, person.guest) for person in people)
    if highest > actor.org_role:
        raise refusals.primary_owner if highest is Role.PRIMARY_OWNER else refusals.above
    return sorted(people, key=lambda person: person.id)


async def _note_resets(work: "Work", people: Sequence[Person], clients: tuple[str, ...], doer: Doer) -> None:
    acts = [Act("user_session_reset_by_admin", audit.user(person), doer, _told(clients)) for person in people]
    if people:
        await audit.write_all(work, people[0].organization, acts)


def _told(clients: tuple[str, ...]) -> dict[str, object]:
    """Which kinds of clients, in the platform's words."""
    return {"mobile_only": clients == (MOBILE,), "web_only": clients == (WEB,)}


async def _organization(work: "Work", id: str) -> "Organization":
    organization = await work.organizations.find(id)
    assert organization is not None
    return organization
