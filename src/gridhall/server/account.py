"""What people do about their own account once they are signed in: devices, password, second factor.

What changes how one signs in asks for the password again; what changes a second factor, one's own or somebody else's, also for
a code of one's own where one has it. Both are throttled as signing in is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from gridhall.domain import audit, credentials, passwords, places, second_factor, sessions, signing_in
from gridhall.domain.audit import Doer
from gridhall.domain.credentials import Credentials
from gridhall.domain.devices import Device
from gridhall.domain.origin import Origin
from gridhall.domain.people import Person
from gridhall.domain.places import Place
from gridhall.domain.presence import RECORD_EVERY
from gridhall.domain.secrets import hash_of
from gridhall.domain.sessions import NOTICED_EVERY, Session
from gridhall.domain.source import Source
from gridhall.domain.work import Storage, Work
from gridhall.pipeline import devices
from gridhall.server.hashing import Hashing
from gridhall.server.sealing import Sealing
from gridhall.server.sign_in import (
    NotSignedIn,
    account_of,
    address_of,
    factor_of,
    fingerprint,
    refusing,
)
from gridhall.server.throttle import Throttle, Wrong

T = TypeVar("T")

MOST_DEVICES = 100
"""Devices that are shown, the last used first."""

_AT_ONCE = 500
"""Sessions that one unit ends, so that other requests come in between."""

Doing = Callable[[Work, Person, Doer], Awaitable[T]]
"""What is done in a unit of work, by whom, and as whom the audit log tells them."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is signed in, and with which session.

    Arguments:
        lasts: whether the cookie outlives the browser.
        two_factor_missing: whether a second factor has to be set up before anything else can be done.
        administers_factors: whether they may take away others' second factors: owners.
    """

    person: Person
    session: Session
    place: Place
    lasts: bool
    two_factor_missing: bool
    administers_factors: bool
    recovery_codes_left: int


@dataclass(frozen=True, slots=True)
class NewFactor:
    """A second factor that waits for its first code: its secret in Base32, the same as an `otpauth://` address, and sealed.

    `state` holds the secret readably: in a form, never in an address.
    """

    secret: str
    address: str
    state: str


class _Begun(msgspec.Struct, frozen=True):
    """A second factor that waits for its first code, as it is sealed for one session; `proved` as in sign_in."""

    organization: str
    session: int
    proved: str
    secret: str


class Accounts:
    """Acts of people on their own account. Each raises `NotSignedIn` with `invalid_credentials` for a wrong password,
    `invalid_code`, `ratelimited`, `busy`, `service_unavailable`, and `expired` where the session has ended meanwhile, or what
    was begun is too old."""

    def __init__(self, storage: Storage, source: Source, hashing: Hashing, throttle: Throttle, sealing: Sealing) -> None:
        self._storage = storage
        self._source = source
        self._hashing = hashing
        self._throttle = throttle
        self._sealing = sealing

    async def find(self, cookie: str | None, origin: Origin) -> Account | None:
        """Whoever is signed in by this cookie; notes that the session is in use. None where it has ended, was never, or may not
        be used from there. Raises NotSignedIn with `service_unavailable`, also while the organization is in maintenance."""
        if cookie is None:
            return None
        async with refusing():
            account = await self._storage.read(lambda work: _find(work, cookie, origin))
            if account is not None and self._is_news(account.session, origin):
                device = await devices.read(origin)
                await self._storage.write(lambda work: _notice(work, account.session, device, origin))
            return account

    def _is_news(self, session: Session, origin: Origin) -> bool:
        """Whether the session was last seen a while ago, or elsewhere."""
        device = msgspec.json.decode(session.recent_device or session.device, type=Device)
        every = RECORD_EVERY if device.ip == origin.address else NOTICED_EVERY
        return abs(self._source.seconds() - session.last_activity) >= every

    async def devices(self, account: Account) -> tuple[list[Session], int]:
        """One's own sessions, this one and then the last used, `MOST_DEVICES` at the most; and about how many more."""
        organization, id = account.person.organization, account.person.id

        async def unit(work: Work) -> tuple[list[Session], int]:
            own = await work.sessions.list_last_used(organization, id, now=work.source.seconds(), limit=MOST_DEVICES)
            count = await work.sessions.count_of(organization, id) if len(own) == MOST_DEVICES else len(own)
            # The one that asks is shown, whichever others were used at the same time.
            others = [session for session in own if session.id != account.session.id]
            shown = [account.session, *others[: MOST_DEVICES - 1]]
            return shown, max(0, count - len(shown))

        async with refusing():
            return await self._storage.read(unit)

    async def sign_out(self, cookie: str, origin: Origin) -> Place | None:
        """End the session of this cookie, also for who may do nothing else from there; gives where they were signed in, None
        where nobody was. Raises NotSignedIn with `service_unavailable`."""

        async def look(work: Work) -> tuple[Session, Place | None] | None:
            session = await work.sessions.find_by_cookie(hash_of(cookie), now=work.source.seconds())
            return (session, await places.find(work, session.workspace)) if session is not None else None

        async with refusing():
            found = await self._storage.read(look)
            if found is None:
                return None
            session, place = found

            async def unit(work: Work) -> None:
                work.origin = origin
                await signing_in.out(work, session)

            await self._storage.write(unit)
            return place

    async def end_device(self, account: Account, session: int, origin: Origin) -> bool:
        """End another session of one's own; False where there is no such one."""

        async def act(work: Work, person: Person, doer: Doer) -> bool:
            found = await work.sessions.find(person.organization, session, now=work.source.seconds())
            if found is None or found.person != person.id or found.id == account.session.id:
                return False
            if not await sessions.end(work, person.organization, [session]):
                # Somebody else was a moment earlier.
                return False
            await audit.write_all(work, person.organization, [signing_in.ended(person, found, doer)])
            return True

        async with refusing():
            return await self._do(account, origin, act)

    async def end_others(self, account: Account, origin: Origin) -> int:
        """End all sessions of one's own but this; gives how many."""

        async def act(work: Work, person: Person, doer: Doer) -> tuple[int, int]:
            organization, now = person.organization, work.source.seconds()
            found = await work.sessions.list_of(organization, person.id, now=now, limit=_AT_ONCE + 1)
            others = [session for session in found if session.id != account.session.id][:_AT_ONCE]
            ended = set(await sessions.end(work, organization, [session.id for session in others]))
            acts = [signing_in.ended(person, session, doer) for session in others if session.id in ended]
            await audit.write_all(work, organization, acts)
            return len(others), len(ended)

        count, found = 0, _AT_ONCE
        async with refusing():
            while found == _AT_ONCE:
                found, ended = await self._do(account, origin, act)
                count += ended
        return count

    async def change_password(self, account: Account, current: str, new: str, origin: Origin) -> None:
        """Change the password; the other sessions end.

        Arguments:
            new: one in which `passwords.fault_of` finds no fault.
        """
        assert passwords.fault_of(new) is None

        async with refusing():
            proved = fingerprint(await self._prove(account, current, origin))
            hashed = await self._hashing.hash(new)

            async def act(work: Work, person: Person, doer: Doer) -> None:
                await credentials.set_password(work, person, hashed, actor=doer, goes_on=account.session.id)

            await self._do(account, origin, act, proved)

    async def begin_two_factor(self, account: Account, password: str, code: str, origin: Origin) -> NewFactor:
        """Begin to set up a second factor, which counts once it is confirmed; one that is there goes on until then.

        Arguments:
            code: a one-time code or a recovery code of the second factor that is there; looked at only where there is one.
        """

        async def act(work: Work, person: Person, doer: Doer) -> str:
            return fingerprint(await credentials.hold(work, person.organization, person.id))

        async with refusing():
            proved = await self._do_with_code(account, password, code, origin, act)
        secret = second_factor.new_secret(self._source)
        begun = _Begun(account.person.organization, account.session.id, proved, secret)
        return NewFactor(secret, address_of(secret, account.place, account.person), self._sealing.seal(begun))

    async def reopen_two_factor(self, account: Account, state: str) -> NewFactor:
        """One that was begun, to show its page again."""
        secret = self._opened(account, state).secret
        return NewFactor(secret, address_of(secret, account.place, account.person), state)

    async def confirm_two_factor(self, account: Account, state: str, code: str, origin: Origin) -> list[str]:
        """Set up the second factor; gives its recovery codes, which nothing tells again."""
        begun, organization = self._opened(account, state), account.person.organization

        async def act(work: Work, person: Person, doer: Doer) -> list[str]:
            step = second_factor.step_of(begun.secret, code, work.source.seconds())
            if step is None:
                raise Wrong("invalid_code")
            return await credentials.set_two_factor(work, person, begun.secret, step, actor=doer)

        async with refusing(), self._throttle.first_code(f"{organization}/{account.person.id}", origin.address):
            return await self._do(account, origin, act, begun.proved)

    async def remove_two_factor(self, account: Account, password: str, code: str, origin: Origin) -> bool:
        """Go on without a second factor; False where the organization or the workspace requires one.

        Arguments:
            code: as with `begin_two_factor`.
        """

        async def act(work: Work, person: Person, doer: Doer) -> bool:
            place = await places.find(work, account.place.id)
            if place is None or place.requires_two_factor:
                return False
            await credentials.remove_two_factor(work, person, actor=doer)
            return True

        async with refusing():
            return await self._do_with_code(account, password, code, origin, act)

    async def new_recovery_codes(self, account: Account, password: str, code: str, origin: Origin) -> list[str]:
        """Recovery codes in place of those before; none where there is no second factor.

        Arguments:
            code: as with `begin_two_factor`.
        """

        async def act(work: Work, person: Person, doer: Doer) -> list[str]:
            return await credentials.new_recovery_codes(work, person, actor=doer)

        async with refusing():
            return await self._do_with_code(account, password, code, origin, act)

    async def reset_two_factor_of(self, account: Account, email: str, password: str, code: str, origin: Origin) -> bool:
        """Take away somebody's lost second factor, as an owner may; False where there is no such person whom the owner stands
        over, or they have none. Their sessions end.

        Arguments:
            password: the owner's own.
            code: of the owner's own second factor, as with `begin_two_factor`.
        """

        async def act(work: Work, owner: Person, doer: Doer) -> bool:
            organization = await work.organizations.find(owner.organization)
            id = await work.people.find_by_email(owner.organization, email.strip())
            person = await work.people.find(owner.organization, id) if id else None
            if organization is None or person is None:
                return False
            if not await credentials.may_reset_two_factor(work, organization, owner, person):
                return False
            return await credentials.reset_two_factor(work, person, actor=doer)

        async with refusing():
            return await self._do_with_code(account, password, code, origin, act)

    def _opened(self, account: Account, state: str) -> _Begun:
        begun = self._sealing.open(_Begun, state)
        if begun is None or (begun.organization, begun.session) != (account.session.organization, account.session.id):
            raise NotSignedIn("expired")
        return begun

    async def _prove(self, account: Account, password: str, origin: Origin) -> Credentials:
        """Hold a password against one's own; gives what it matched.

        Raises:
            Wrong, Ratelimited, Busy.
        """
        person = account.person
        typed = account_of(person.organization, person.email)
        async with self._throttle.own_password(typed, origin.address, f"{person.organization}/{account.session.id}"):
            held = await self._storage.read(lambda work: work.credentials.find(person.organization, person.id))
            if not await self._hashing.matches(held.password_hash if held else None, password) or held is None:
                raise Wrong("invalid_credentials")
        return held

    async def _do_with_code(self, account: Account, password: str, code: str, origin: Origin, act: Doing[T]) -> T:
        """Do something for which the password and, where there is a second factor, a code of it are asked."""
        held = await self._prove(account, password, origin)
        proved = fingerprint(held)
        if held.two_factor_secret is None:
            return await self._do(account, origin, act, proved)

        async def once_shown(work: Work, person: Person, doer: Doer) -> T:
            if await credentials.take_code(work, held, code) is None:
                raise Wrong("invalid_code")
            return await act(work, person, doer)

        async with self._throttle.code(factor_of(held), origin.address):
            return await self._do(account, origin, once_shown, proved)

    async def _do(self, account: Account, origin: Origin, act: Doing[T], proved: str | None = None) -> T:
        """Do something in one unit, as the person that the session is of.

        Arguments:
            proved: the credentials' fingerprint when the password was held against them, where it was asked for.
        """

        async def unit(work: Work) -> T:
            work.origin = origin
            organization, session = account.session.organization, account.session.id
            held = await credentials.hold(work, organization, account.person.id)
            goes_on = await work.sessions.find(organization, session, now=work.source.seconds())
            person = await places.person_at(work, account.place, account.person.id)
            if goes_on is None or person is None or proved not in (None, fingerprint(held)):
                raise NotSignedIn("expired")
            return await act(work, person, signing_in.doer_at(work, account.place, person, session))

        return await self._storage.write(unit)


async def _find(work: Work, cookie: str, origin: Origin) -> Account | None:
    session = await work.sessions.find_by_cookie(hash_of(cookie), now=work.source.seconds())
    place = await places.find(work, session.workspace) if session else None
    if session is None or place is None or place.organization.id != session.organization:
        return None
    if place.organization.maintenance:
        raise NotSignedIn("service_unavailable")
    person = await places.person_at(work, place, session.person)
    if person is None or not place.admits(origin):
        return None
    return Account(
        person=person,
        session=session,
        place=place,
        lasts=not await sessions.end_with_client(work, place.organization, person.id),
        two_factor_missing=place.requires_two_factor and not person.has_two_factor,
        administers_factors=await credentials.administers_two_factor(work, place.organization, person),
        recovery_codes_left=await work.credentials.count_recovery_codes(person.organization, person.id),
    )


async def _notice(work: Work, session: Session, device: Device, origin: Origin) -> None:
    work.origin = origin
    await sessions.notice(work, session.organization, session.id, device)
