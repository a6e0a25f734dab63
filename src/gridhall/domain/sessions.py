"""Sessions: the devices that people are signed in with, how long that lasts, and how it ends.

A session is known to its device by a cookie and a token, both of which a call has to bring; here are only their SHA-256. An
ended session is gone: nothing tells it from one that never was.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract.tokens import PREFIX
from gridhall.domain import jobs
from gridhall.domain.devices import Device
from gridhall.domain.jobs import Job, Later
from gridhall.domain.secrets import hash_of
from gridhall.domain.signals import AuthorityChanged, SessionsEnded

if TYPE_CHECKING:
    from gridhall.domain.call import Context
    from gridhall.domain.organizations import Organization
    from gridhall.domain.people import Person
    from gridhall.domain.work import Work

DESKTOP, MOBILE, WEB = "desktop", "mobile", "web"
CLIENTS = (DESKTOP, MOBILE, WEB)

HEARTBEAT_EVERY = 30
"""Seconds from one heartbeat of a native client to the next."""

PATIENCE = 90
"""Seconds without a heartbeat after which a desktop session ends that is to end with its client: three in a row missed."""

NOTICED_EVERY = 10
"""Seconds between two notes of a session whose device or address changes: of one that stays as it is, see presence.py."""

COOKIE = "xoxd-"
"""What a session's cookie begins with, as the platform's do."""

JOB = "sessions"
"""The kind of the job that ends sessions whose time has come."""

MOST = 1000
"""Sessions that one person has: with each sign-in beyond, the least recently used one ends."""

ALL = 2**31
"""More sessions than anybody has."""

_AT_ONCE = 200
"""Sessions that one step of that job ends, and one sign-in where there are too many."""


class Session(msgspec.Struct, gc=False):
    """A session, in the order of the table's columns. Times are Unix seconds; both devices are the JSON of a `Device`.

    `workspace` is the organization's id where somebody signed in to an Enterprise organization as a whole; `recent_device` is
    None until something of the device changes; `expires_at` is when the session ends by itself, 0 for never; both hashes are
    None for a session of an organization file.
    """

    organization: str
    id: int
    person: str
    workspace: str
    client: str
    device: str
    recent_device: str | None
    signed_in_at: int
    last_activity: int
    expires_at: int
    cookie_hash: str | None
    token_hash: str | None


class Settings(msgspec.Struct, gc=False):
    """What administrators set for one person's sessions; None where the organization's own setting counts."""

    organization: str
    person: str
    duration: int | None
    desktop_app_browser_quit: bool | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a device is given to call with: the value of its cookie, and its token."""

    cookie: str
    token: str


class Sessions(Protocol):
    """Storage of sessions. `now` is in Unix seconds: a session whose time has come is none, stored or not."""

    async def add(self, session: Session) -> None: ...

    async def find(self, organization: str, id: int, *, now: int) -> Session | None: ...

    async def find_by_cookie(self, hash: str, *, now: int) -> Session | None: ...

    async def find_by_token(self, hash: str, *, now: int) -> Session | None: ...

    async def list_all(self, organization: str, *, now: int, after: int, limit: int) -> list[Session]:
        """Sessions of the organization in the order of their ids, after this one."""
        ...

    async def list_of(
        self,
        organization: str,
        person: str,
        *,
        now: int,
        workspace: str | None = None,
        after: int = 0,
        limit: int = ALL,
    ) -> list[Session]:
        """A person's sessions in the order of their ids, in one workspace or in all."""
        ...

    async def list_last_used(self, organization: str, person: str, *, now: int, limit: int) -> list[Session]:
        """A person's sessions, the last used first."""
        ...

    async def count_of(self, organization: str, person: str) -> int:
        """How many sessions a person has, ended by themselves or not."""
        ...

    async def end_least_used(self, organization: str, person: str, *, count: int) -> list[int]:
        """End so many of a person's sessions, those first that were not used for the longest time; gives their ids."""
        ...

    async def end(self, organization: str, ids: Collection[int]) -> list[int]:
        """End these; gives the ids of those that there were."""
        ...

    async def end_of(
        self, organization: str, people: Collection[str], *, clients: Collection[str], other_than: int | None = None
    ) -> list[int]:
        """End those of these people with these kinds of clients, but one; gives their ids."""
        ...

    async def list_of_all(
        self, organization: str, people: Collection[str], *, clients: Collection[str], limit: int
    ) -> list[tuple[str, int]]:
        """Sessions of these people with these kinds of clients, ended by themselves or not: whose, and their ids; in the order
        of both."""
        ...

    async def list_signed_in(self, organization: str, people: Collection[str], *, now: int) -> list[str]:
        """Those of these people who have a session."""
        ...

    async def seen(self, organization: str, id: int, *, at: int, device: str | None) -> None:
        """Note activity and, where one is given, that the device is another now."""
        ...

    async def settings_of(self, organization: str, people: Collection[str]) -> list[Settings]:
        """Settings of those of these people who have any."""
        ...

    async def save_settings(self, settings: Sequence[Settings]) -> None:
        """Store settings. A half that is None stays as it was."""
        ...

    async def clear_settings(self, organization: str, people: Collection[str]) -> list[str]:
        """Clear the settings of these people; gives who had any."""
        ...

    async def apply_settings(
        self, organization: "Organization", people: Collection[str], *, heartbeat_by: int, session: int | None = None
    ) -> None:
        """Reckon anew when sessions of these people end, or one of them.

        Arguments:
            heartbeat_by: when a desktop session that is to end with its client ends unless it gives a sign of life.
        """
        ...

    async def next_expiry(self, organization: str) -> int | None: ...

    async def end_expired(self, organization: str, *, now: int, limit: int) -> list[int]:
        """End those whose time has come, the earliest first; gives their ids."""
        ...


def token_of(cookie: str) -> str:
    """The client token that goes with a cookie. It follows from the cookie, so that a page need not keep it."""
    return PREFIX["client"] + hmac.digest(cookie.encode("utf-8", "surrogatepass"), b"client token", "sha256").hex()


async def find_by_secrets(work: "Work", token: str, cookie: str) -> Session | None:
    """The session that a token and a cookie are both of; None where there is none."""
    session = await work.sessions.find_by_cookie(hash_of(cookie), now=work.source.seconds())
    return session if session is not None and session.token_hash == hash_of(token) else None


async def begin(
    work: "Work", organization: "Organization", person: "Person", *, workspace: str, client: str, device: Device
) -> tuple[Session, Secrets]:
    """Sign somebody in: who they are has been proved.

    Arguments:
        workspace: where; the organization's id for an Enterprise organization as a whole.
        client: the kind of client.
    """
    # Settings that change meanwhile wait for this session, and count for it.
    await work.people.lock(organization.id, person.id)
    over = await work.sessions.count_of(organization.id, person.id) + 1 - MOST
    if over > 0:
        # An organization file may bring more, which go a portion at a time.
        ended = await work.sessions.end_least_used(organization.id, person.id, count=min(over, _AT_ONCE))
        tell(work, organization.id, ended)
    cookie = work.source.secret(COOKIE)
    secrets = Secrets(cookie, token_of(cookie))
    now = work.source.seconds()
    session = Session(
        organization=organization.id,
        id=work.source.number(),
        person=person.id,
        workspace=workspace,
        client=client,
        device=msgspec.json.encode(device).decode(),
        recent_device=None,
        signed_in_at=now,
        last_activity=now,
        expires_at=0,
        cookie_hash=hash_of(secrets.cookie),
        token_hash=hash_of(secrets.token),
    )
    await work.sessions.add(session)
    stored = await _apply_settings(work, organization, session)
    assert stored is not None
    if stored.expires_at:
        await expect(work, organization.id)
    return stored, secrets


async def reckon(work: "Work", organization: "Organization", people: Collection[str]) -> None:
    """Reckon anew when sessions of these people end by themselves, since their settings changed; who calls holds the people.

    Those whose time has passed by that end at once.
    """
    await work.sessions.apply_settings(organization, people, heartbeat_by=work.source.seconds() + PATIENCE)
    await expect(work, organization.id)
    # Remembered actors know when their sessions were to end before.
    work.signal(AuthorityChanged(organization.id))


async def _apply_settings(work: "Work", organization: "Organization", session: Session) -> Session | None:
    """Reckon when one session ends, which has just given a sign of life; gives it as it is now."""
    now = work.source.seconds()
    await work.sessions.apply_settings(organization, [session.person], heartbeat_by=now + PATIENCE, session=session.id)
    return await work.sessions.find(organization.id, session.id, now=now)


async def end_with_client(work: "Work", organization: "Organization", person: str) -> bool:
    """Whether this person's sessions are to end with their clients: the cookie with the browser, a desktop session with the
    application. Their own setting goes before the organization's."""
    found = await work.sessions.settings_of(organization.id, [person])
    own = found[0].desktop_app_browser_quit if found else None
    return organization.desktop_app_browser_quit if own is None else own


async def notice(work: "Work", organization: str, id: int, seen: Device) -> Session | None:
    """Note that a session's person was active with it and, where something of its device changed, what it is now; None where
    it has ended.

    Arguments:
        seen: the device as the request tells of it, read before the unit began: that takes a while.
    """
    session = await _note(work, organization, id, seen=seen, told=None)
    if session is not None:
        await work.activity.seen(organization, session.person, work.source.seconds())
    return session


async def heartbeat(work: "Work", organization: "Organization", id: int, *, told: Device | None) -> Session | None:
    """Note that a native client is still there; gives the session as it is now, None where it has ended.

    That is no activity of the person's: a telephone is there while nobody looks at it.

    Arguments:
        told: what the client tells of its device, None for what it told before.
    """
    before = await work.sessions.find(organization.id, id, now=work.source.seconds())
    if before is None or before.client != DESKTOP:
        return await _note(work, organization.id, id, seen=None, told=told)
    # As in `begin`, and before the session's own row is touched: who changes settings comes this way.
    await work.people.lock(organization.id, before.person)
    await _note(work, organization.id, id, seen=None, told=told)
    session = await _apply_settings(work, organization, before)
    if session is None or session.expires_at < before.expires_at:
        # The clock was set back: whoever waits for the end, or remembers it, would do so for too long.
        await expect(work, organization.id)
        work.signal(AuthorityChanged(organization.id))
    return session


async def _note(work: "Work", organization: str, id: int, *, seen: Device | None, told: Device | None) -> Session | None:
    now = work.source.seconds()
    session = await work.sessions.find(organization, id, now=now)
    if session is None:
        return None
    before = msgspec.json.decode(session.recent_device or session.device, type=Device)
    # A browser is known by its requests, a native client by what it says.
    device = (seen if session.client == WEB else told) or before
    if work.origin is not None:
        device = msgspec.structs.replace(device, ip=work.origin.address)
    changed = None if device == before else msgspec.json.encode(device).decode()
    await work.sessions.seen(organization, id, at=now, device=changed)
    return session


async def expect(work: "Work", organization: str) -> None:
    """Have the organization's next session end when its time comes."""
    next_expiry = await work.sessions.next_expiry(organization)
    if next_expiry is not None:
        await jobs.put(work, organization, JOB, "", due=next_expiry * 1_000_000)


async def step(work: "Work", job: Job, context: "Context") -> Later | None:
    """End sessions whose time has come: one step of the job."""
    now = work.source.seconds()
    tell(work, job.organization, await work.sessions.end_expired(job.organization, now=now, limit=_AT_ONCE))
    next_expiry = await work.sessions.next_expiry(job.organization)
    return None if next_expiry is None else Later(next_expiry * 1_000_000)


async def end(work: "Work", organization: str, ids: Collection[int]) -> list[int]:
    """End sessions at once, on every worker; gives those that there were."""
    ended = await work.sessions.end(organization, ids) if ids else []
    tell(work, organization, ended)
    return ended


async def end_of(
    work: "Work",
    organization: str,
    people: Collection[str],
    *,
    clients: Collection[str] = CLIENTS,
    other_than: int | None = None,
) -> list[int]:
    """End the sessions of these people at once, on every worker; gives their ids.

    Arguments:
        clients: of which kinds of clients.
        other_than: a session that goes on.
    """
    ended = await work.sessions.end_of(organization, people, clients=clients, other_than=other_than)
    tell(work, organization, ended)
    return ended


def tell(work: "Work", organization: str, ended: Sequence[int]) -> None:
    """Tell every worker that sessions ended."""
    for start in range(0, len(ended), SessionsEnded.MOST):
        work.signal(SessionsEnded(organization, tuple(ended[start : start + SessionsEnded.MOST])))
