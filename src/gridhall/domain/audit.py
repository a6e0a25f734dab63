"""The audit log: who did what to whom, written in the transaction that did it.

An entry tells things as they were then, in the shapes of contract/audit.py: names change, and what was deleted has none any
more. Names of actions are the platform's; domain/actions.py lists them, and those of Gridhall's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from gridhall.contract import audit as contract
from gridhall.contract.timestamps import ts_text
from gridhall.domain.actions import Written

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.apps import App
    from gridhall.domain.conversations import Conversation
    from gridhall.domain.organizations import Organization, Workspace
    from gridhall.domain.people import Person
    from gridhall.domain.work import Work

NOBODY = "USLACKUSER"
"""Who acts where no person does: the operator at the command line, or time. Source: the page on the Audit Logs API."""


class Entry(msgspec.Struct, gc=False):
    """One act, in the order of the table's columns. `at` is in Unix microseconds; the last four are JSON text."""

    organization: str
    id: str
    at: int
    action: str
    actor: str
    entity: str
    actor_told: str
    entity_told: str
    context: str
    details: str


Position = tuple[int, str]
"""Where an entry stands in the log: its `at` and its id."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which entries are asked for. What is None or empty narrows nothing.

    Arguments:
        oldest, latest: Unix seconds, both included.
        actions: each once.
        after: where the page before ended.
    """

    oldest: int | None = None
    latest: int | None = None
    actions: tuple[str, ...] = ()
    actor: str | None = None
    entity: str | None = None
    after: Position | None = None
    limit: int = 100


class Page(NamedTuple):
    """Entries, the newest first, and where the next page begins; None where there is nothing more.

    Where several things narrow the question at once, a page may hold fewer than were asked for, and none at all: it ends when
    enough was looked through.
    """

    entries: list[Entry]
    after: Position | None


class Audit(Protocol):
    """Storage of the audit log."""

    async def add(self, entry: Entry) -> None: ...

    async def add_all(self, entries: Sequence[Entry]) -> None: ...

    async def list(self, organization: str, question: Question) -> Page: ...


class Entity(NamedTuple):
    """What was acted on: the id that one asks for it by, and how it is told (JSON)."""

    id: str
    told: bytes


def user(person: "Person", team: str | None = None) -> Entity:
    """A person or a bot; `team` is where they are meant, the organization where left out."""
    return Entity(person.id, contract.told("user", _user(person, team)))


def _user(person: "Person", team: str | None) -> contract.User:
    return contract.User(person.id, person.real_name or person.name, person.email, team or person.organization)


async def channel(work: "Work", conversation: "Conversation") -> Entity:
    """A conversation, with whom it is shared now."""
    host, id = conversation.organization, conversation.id
    others = dict(await work.conversations.connected_to(host, id))
    told = contract.Channel(
        id=id,
        name=conversation.name,
        privacy=conversation.kind,
        is_shared=bool(others),
        is_org_shared=conversation.org_wide or len(await work.conversations.workspaces_of(host, id)) > 1,
        teams_shared_with=list(others),
    )
    return Entity(id, contract.told("channel", told))


def message(conversation: "Conversation", ts: int) -> Entity:
    """A message, which one asks for by its conversation's id: it has none itself."""
    team = conversation.workspace or conversation.organization
    return Entity(conversation.id, contract.told("message", contract.Message(team, conversation.id, ts_text(ts))))


def workspace(workspace: "Workspace") -> Entity:
    return Entity(workspace.id, contract.told("workspace", contract.Place(workspace.id, workspace.name, workspace.domain)))


def organization(organization: "Organization") -> Entity:
    """An Enterprise organization, or the lone workspace that has its id."""
    type = "enterprise" if organization.enterprise else "workspace"
    return Entity(organization.id, contract.told(type, contract.Place(organization.id, organization.name, organization.domain)))


class Doer(msgspec.Struct, frozen=True):
    """Who acts and where from, ready to be written; kept by what goes on after the request, such as a job.

    Arguments:
        organization: the doer's own, None for nobody.
        id: the person's or bot's id.
        told, context: JSON text.
        came_from: the organization whose caller the context tells of, None where it is nobody's.

    Each log tells of its own organization's people in full. Of others' it tells who they are, as whom they meet in a channel
    sees, and not where they came from, with what: `_entry` leaves that out, so that nobody who writes can forget to.
    """

    organization: str | None
    id: str
    told: str
    context: str
    came_from: str | None


async def doer(work: "Work", actor: "Actor | None", *, at: str) -> Doer:
    """The caller as the log of an organization tells them.

    Arguments:
        actor: None for the operator at the command line, and for what no person does.
        at: the organization whose log it is.
    """
    if actor is None:
        organization = await work.organizations.find(at)
        assert organization is not None
        nobody = contract.User(NOBODY, "Gridhall", "", at)
        return Doer(None, NOBODY, contract.told("user", nobody).decode(), context(work, location_of(organization), None), None)
    standing = actor.standings.get(actor.team) if actor.team else None
    location = contract.Location("enterprise", actor.organization, actor.organization_name, actor.organization_domain)
    if standing is not None:
        location = contract.Location("workspace", standing.team, standing.team_name, standing.domain)
    told = contract.User(actor.user or actor.token, actor.user_real_name, actor.user_email, actor.team or actor.organization)
    app = await work.apps.find(actor.app) if actor.app is not None else None
    where = context(work, location, actor.session, _app(app) if app else None)
    return Doer(actor.organization, told.id, contract.told("user", told).decode(), where, actor.organization)


def person_doer(
    work: "Work", person: "Person", location: contract.Location, *, session: int | None = None, team: str | None = None
) -> Doer:
    """Somebody who acts without a token, as when signing in."""
    told = contract.told("user", _user(person, team)).decode()
    return Doer(person.organization, person.id, told, context(work, location, session), person.organization)


def brought(caller: Doer, organization: str, told: contract.User) -> Doer:
    """Somebody to whom something happens by what the caller does: they act, from where the caller is."""
    return Doer(organization, told.id, contract.told("user", told).decode(), caller.context, caller.came_from)


def location_of(organization: "Organization") -> contract.Location:
    """An organization, or the lone workspace that has its id, as a place where somebody acts."""
    type = "enterprise" if organization.enterprise else "workspace"
    return contract.Location(type, organization.id, organization.name, organization.domain)


def context(work: "Work", location: contract.Location, session: int | None, app: contract.App | None = None) -> str:
    """Where an act comes from, as JSON text; address and user agent are those of the request that the unit serves."""
    origin = work.origin
    told = contract.Context(
        location=location,
        ua=origin.user_agent if origin else "",
        ip_address=origin.address if origin else "",
        session_id=None if session is None else str(session),
        app=msgspec.UNSET if app is None else app,
    )
    return msgspec.json.encode(told).decode()


def app(app: "App") -> Entity:
    return Entity(app.id, contract.told("app", _app(app)))


def _app(app: "App") -> contract.App:
    return contract.App(
        id=app.id,
        name=app.name,
        is_distributed=app.distribution != "internal",
        scopes=_split(app.user_scopes),
        scopes_bot=_split(app.bot_scopes),
        creator=app.developer or "",
        team=app.organization,
    )


def _split(scopes: str) -> list[str]:
    return scopes.split(",") if scopes else []


async def write(
    work: "Work",
    organization: str,
    action: Written,
    *,
    entity: Entity,
    actor: "Actor | Doer | None",
    details: dict[str, object] | None = None,
) -> None:
    """Write one act into the log.

    Arguments:
        actor: who acted; None for the operator at the command line, and for what no person does.
        details: what else to tell; never a secret. A `Doer` among them is told as who they are. The log of another organization
            than the actor's tells the actor's too.
    """
    who = actor if isinstance(actor, Doer) else await doer(work, actor, at=organization)
    await write_all(work, organization, [Act(action, entity, who, details or {})])


async def write_at_both(
    work: "Work",
    organization: str,
    action: Written,
    *,
    entity: Entity,
    actor: "Actor",
    details: dict[str, object],
) -> None:
    """Write one act into the log of an organization, and into the actor's own where that is another."""
    for log in dict.fromkeys((organization, actor.organization)):
        await write(work, log, action, entity=entity, actor=actor, details=details)


async def write_all(work: "Work", organization: str, acts: "Sequence[Act]") -> None:
    """Write several acts into the log."""
    if not acts:
        return
    own = None
    if any(act.doer.came_from not in (None, organization) for act in acts):
        found = await work.organizations.find(organization)
        assert found is not None
        own = msgspec.json.encode(contract.Context(location_of(found), "", "", None)).decode()
    entries = [_entry(work, organization, act, own) for act in acts]
    await (work.audit.add_all(entries) if len(entries) > 1 else work.audit.add(entries[0]))


class Look(NamedTuple):
    """That the caller looked at something, to be written once they did: before they are told what they saw."""

    action: Written
    entity: Entity
    details: dict[str, object]


async def write_looks(work: "Work", actor: "Actor", looks: Sequence[Look]) -> None:
    """Write what somebody looked at into the log of their organization."""
    who = await doer(work, actor, at=actor.organization)
    await write_all(work, actor.organization, [Act(look.action, look.entity, who, look.details) for look in looks])


class Act(NamedTuple):
    """One act of several that are written at once."""

    action: Written
    entity: Entity
    doer: Doer
    details: dict[str, object]


def _entry(work: "Work", organization: str, act: Act, own: str | None) -> Entry:
    """An entry as the log of an organization may hold it.

    Arguments:
        own: the context where another organization's caller did it; None where there is no such act.
    """
    doer = act.doer
    details = {name: _told_at(organization, what) if isinstance(what, Doer) else what for name, what in act.details.items()}
    if doer.organization not in (None, organization):
        details["actor_organization"] = doer.organization
    context = doer.context
    if doer.came_from not in (None, organization):
        assert own is not None
        context = own
    return Entry(
        organization=organization,
        id=work.source.uuid(),
        at=work.source.micros(),
        action=act.action,
        actor=doer.id,
        entity=act.entity.id,
        actor_told=bytes(_told_at(organization, doer)).decode(),
        entity_told=act.entity.told.decode(),
        context=context,
        details=msgspec.json.encode(details).decode(),
    )


class _Told(msgspec.Struct):
    """Somebody as `Doer.told` has them."""

    user: contract.User


def _told_at(organization: str, who: Doer) -> msgspec.Raw:
    """Who somebody is, to an organization: others' people without their address and workspace."""
    if who.organization in (None, organization):
        return msgspec.Raw(who.told.encode())
    told = msgspec.json.decode(who.told, type=_Told).user
    return msgspec.Raw(contract.told("user", msgspec.structs.replace(told, email="", team=who.organization)))
