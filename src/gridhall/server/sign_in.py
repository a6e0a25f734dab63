"""Signing in: from an address and a password, and a second factor where there is or has to be one, to a session.

Both surfaces go this way: the pages (server/pages) and the endpoints of native clients (server/client.py). Whoever is refused
is told why only as far as it does not help a stranger, and waits as long whatever it was (see `Throttle`).
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from gridhall.contract.errors import Ratelimited, Refusal
from gridhall.domain import credentials, passwords, places, second_factor, signing_in
from gridhall.domain.credentials import Credentials
from gridhall.domain.devices import Device
from gridhall.domain.origin import Origin
from gridhall.domain.people import Person
from gridhall.domain.places import Place
from gridhall.domain.signing_in import SignedIn
from gridhall.domain.source import Source
from gridhall.domain.work import Storage, Work
from gridhall.pipeline import devices
from gridhall.server.hashing import Hashing
from gridhall.server.sealing import Sealing
from gridhall.server.throttle import Throttle, Wrong
from gridhall.server.turns import Busy

log = logging.getLogger("gridhall.server")


class NotSignedIn(Exception):
    """Why somebody was not let in.

    Arguments:
        code: `invalid_credentials` whatever of the place, the address and the password was wrong; `invalid_code`; `expired` for
            a sign-in that was begun too long ago, or before something changed that it depends on; `ratelimited`; `busy`;
            `service_unavailable`; `accesslimited` for an address outside the allowed networks.
        retry_after: seconds until it can be tried again, for `ratelimited` and `busy`.
    """

    def __init__(self, code: str, retry_after: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Pending:
    """The password was right, and a code is still wanted.

    Arguments:
        state: sealed, to be brought back with the code; good for ten minutes, and only until password or second factor change.
            It holds `secret` readably: in a form, never in an address.
        secret: where a second factor has to be set up first, its secret in Base32; else None.
        address: the same as an `otpauth://` address, for a QR code.
    """

    state: str
    place: Place
    secret: str | None = None
    address: str | None = None


class _Half(msgspec.Struct, frozen=True):
    """A sign-in whose password was right, as it is sealed.

    Arguments:
        workspace: None for the organization as a whole.
        proved: a fingerprint of the credentials (see `fingerprint`).
        secret: the second factor that has to be set up, None where there is one.
    """

    organization: str
    workspace: str | None
    person: str
    proved: str
    secret: str | None


@dataclass(frozen=True, slots=True)
class _Client:
    """What signs in, and from where.

    Arguments:
        told: what it tells of its device.
        replaces: the cookie of the session that ends by it.
    """

    kind: str
    told: Device | None
    origin: Origin
    replaces: str | None

    async def device(self) -> Device:
        """The device, looked at only for whose password was right: it takes longer than most of what guesses cost."""
        if self.told is None:
            return await devices.read(self.origin)
        return msgspec.structs.replace(self.told, ip=self.origin.address)

    async def begin(
        self, work: Work, place: Place, person: Person, device: Device, how: str, set_up: tuple[str, int] | None = None
    ) -> SignedIn:
        """Sign in with it (see `signing_in.begin`)."""
        return await signing_in.begin(
            work, place, person, client=self.kind, device=device, replaces=self.replaces, how=how, set_up=set_up
        )


class SignIn:
    """Lets people in."""

    def __init__(self, storage: Storage, source: Source, hashing: Hashing, throttle: Throttle, sealing: Sealing) -> None:
        self._storage = storage
        self._source = source
        self._hashing = hashing
        self._throttle = throttle
        self._sealing = sealing

    async def find_place(self, kind: str, domain: str) -> Place | None:
        """The place that a path names (see `places.find_by_path`).

        Raises:
            NotSignedIn: `service_unavailable`.
        """
        async with refusing():
            return await self._storage.read(lambda work: places.find_by_path(work, kind, domain))

    async def find_places(self, text: str) -> Place | None:
        """The place that somebody typed (see `places.find_typed`). Raises as `find_place`."""
        async with refusing():
            return await self._storage.read(lambda work: places.find_typed(work, text))

    async def password(
        self,
        place: Place | None,
        email: str,
        password: str,
        *,
        client: str,
        device: Device | None,
        origin: Origin,
        replaces: str | None = None,
    ) -> SignedIn | Pending:
        """The first step.

        Arguments:
            place: None where what was typed is no place: it takes as long, and is refused in the same way.
            device: what a native client tells of itself; None for a browser, which is known by the request.
            replaces: the cookie that the browser was signed in with before. That session ends; nothing of it is taken over.

        Raises:
            NotSignedIn.
        """
        asking = _Client(client, device, origin, replaces)

        async def is_known() -> bool:
            organization = place.organization.id if place else ""
            return await self._storage.read(lambda work: _is_signed_in(work, organization, email.strip(), origin.address))

        async with refusing():
            # By the address, as it is looked for: nothing must tell whether it is somebody's.
            account = account_of(place.organization.id if place else "", email)
            async with self._throttle.password(account, origin.address, is_known):
                found = await self._storage.read(lambda work: _find(work, place, email.strip(), origin)) if place else None
                while True:
                    stored = found.password_hash if found else None
                    matches = await self._hashing.matches(stored, password)
                    if place is None or found is None:
                        raise Wrong("invalid_credentials")
                    if stored is None or not matches:
                        try:
                            await self._note_failure(place, found.person, asking)
                        except Refusal as refusal:
                            # Whatever storage can do: it is wrong, counts, and is told like any other.
                            log.warning("a failed sign-in could not be noted: %s", refusal.code)
                        raise Wrong("invalid_credentials")
                    anew = await self._hashing.hash(password) if passwords.is_outdated(stored) else None
                    outcome = await self._proved(place, found, anew, asking)
                    if not isinstance(outcome, Credentials):
                        return outcome
                    # The password was changed or hashed anew meanwhile: what is there now is what counts.
                    found = outcome

    async def _proved(
        self, place: Place, proved: Credentials, anew: str | None, asking: _Client
    ) -> SignedIn | Pending | Credentials:
        """What follows a password that matched; the credentials as they are now, where it is no longer that which matched."""
        device = await asking.device()

        async def unit(work: Work) -> SignedIn | Pending | Credentials:
            work.origin = asking.origin
            held = await credentials.hold(work, proved.organization, proved.person)
            if held.password_hash != proved.password_hash:
                return held
            here = await places.find(work, place.id)
            person = await places.person_at(work, here, proved.person) if here else None
            if here is None or person is None:
                raise Wrong("invalid_credentials")
            _require_open(here, asking.origin)
            if anew is not None:
                await work.credentials.save_password(held.organization, held.person, anew)
                held.password_hash = anew
            if held.two_factor_secret is None and not here.requires_two_factor:
                return await asking.begin(work, here, person, device, "none")
            return self._pending(here, person, held)

        return await self._storage.write(unit)

    def _pending(self, place: Place, person: Person, held: Credentials) -> Pending:
        secret = second_factor.new_secret(self._source) if held.two_factor_secret is None else None
        workspace = place.workspace.id if place.workspace else None
        state = self._sealing.seal(_Half(place.organization.id, workspace, person.id, fingerprint(held), secret))
        return Pending(state, place, secret, secret and address_of(secret, place, person))

    async def _note_failure(self, place: Place, person: str, asking: _Client) -> None:
        async def unit(work: Work) -> None:
            work.origin = asking.origin
            await signing_in.failed(work, place, person, client=asking.kind, step="password")

        await self._storage.write(unit)

    async def pending(self, state: str) -> Pending:
        """A sign-in that was begun, to show its page again. Raises NotSignedIn."""
        half = self._opened(state)

        async def unit(work: Work) -> Pending:
            place, person = await _resume(work, half, await work.credentials.find(half.organization, half.person))
            return Pending(state, place, half.secret, half.secret and address_of(half.secret, place, person))

        async with refusing():
            return await self._storage.read(unit)

    async def code(
        self, state: str, code: str, *, client: str, device: Device | None, origin: Origin, replaces: str | None = None
    ) -> SignedIn:
        """The second step: a one-time code, or a recovery code in its place. Raises NotSignedIn.

        Arguments:
            replaces: as with `password`.
        """
        half = self._opened(state)
        asking = _Client(client, device, origin, replaces)

        async def unit(work: Work) -> SignedIn | None:
            work.origin = origin
            held = await credentials.hold(work, half.organization, half.person)
            place, person = await _resume(work, half, held)
            _require_open(place, origin)
            if half.secret is not None:
                step = second_factor.step_of(half.secret, code, work.source.seconds())
                if step is not None:
                    return await asking.begin(work, place, person, seen, credentials.ONE_TIME_CODE, (half.secret, step))
            elif (how := await credentials.take_code(work, held, code)) is not None:
                return await asking.begin(work, place, person, seen, how)
            await signing_in.failed(work, place, person.id, client=asking.kind, step="code")
            return None

        account = f"{half.organization}/{half.person}"
        if half.secret is not None:
            trying = self._throttle.first_code(account, origin.address)
        else:
            # As `factor_of`, which counts the same at other acts.
            trying = self._throttle.code(f"{account}/{half.proved}", origin.address)
        async with refusing(), trying:
            seen = await asking.device()
            signed_in = await self._storage.write(unit)
            if signed_in is None:
                raise Wrong("invalid_code")
            return signed_in

    def _opened(self, state: str) -> _Half:
        half = self._sealing.open(_Half, state)
        if half is None:
            raise NotSignedIn("expired")
        return half


@asynccontextmanager
async def refusing() -> AsyncIterator[None]:
    """Tell whatever is refused within as NotSignedIn."""
    try:
        yield
    except Wrong as wrong:
        raise NotSignedIn(wrong.code) from None
    except Ratelimited as refusal:
        raise NotSignedIn("ratelimited", refusal.retry_after) from None
    except Busy as busy:
        raise NotSignedIn("busy", busy.retry_after) from None
    except Refusal:
        raise NotSignedIn("service_unavailable") from None


def fingerprint(held: Credentials) -> str:
    """Tells one state of somebody's credentials from the next, and nothing else of them: password hashes are salted."""
    return sha256(f"{held.password_hash}/{held.two_factor_secret}".encode()).hexdigest()


def factor_of(held: Credentials) -> str:
    """What wrong codes are counted by: another password or another second factor begins anew."""
    return f"{held.organization}/{held.person}/{fingerprint(held)}"


def account_of(organization: str, email: str) -> str:
    """What wrong passwords are counted by."""
    return f"{organization}/{email.strip().lower()}"


def address_of(secret: str, place: Place, person: Person) -> str:
    """A second factor's `otpauth://` address."""
    return second_factor.address_of(secret, issuer=place.organization.name, name=person.email or person.name)


async def _find(work: Work, place: Place, email: str, origin: Origin) -> Credentials | None:
    """The credentials of who has this address and may sign in there; None for nobody."""
    here = await places.find(work, place.id)
    if here is None:
        return None
    _require_open(here, origin)
    id = await work.people.find_by_email(here.organization.id, email) if places.is_sound(email) else None
    person = await places.person_at(work, here, id) if id else None
    # An engine may take more letters for the same than we do, and attempts must count as one account's.
    if person is None or person.email.lower() != email.lower():
        return None
    held = await work.credentials.find(person.organization, person.id)
    return held or Credentials(person.organization, person.id, None, None, 0)


async def _is_signed_in(work: Work, organization: str, email: str, address: str) -> bool:
    """Whether the person who has this e-mail address is signed in from this IP address: asked in the same way where they are
    nobody."""
    id = await work.people.find_by_email(organization, email) if places.is_sound(email) else None
    now = work.source.seconds()
    own = await work.sessions.list_of(organization, id or "", now=now)
    return any(msgspec.json.decode(session.recent_device or session.device, type=Device).ip == address for session in own)


def _require_open(place: Place, origin: Origin) -> None:
    """Raise NotSignedIn where nobody may sign in, or nobody from there: who they are does not matter."""
    if place.organization.maintenance:
        raise NotSignedIn("service_unavailable")
    if not place.admits(origin):
        raise NotSignedIn("accesslimited")


async def _resume(work: Work, half: _Half, held: Credentials | None) -> tuple[Place, Person]:
    """Go on with a sign-in that was begun; `held` are the credentials as they are now."""
    place = await places.find(work, half.workspace or half.organization)
    person = await places.person_at(work, place, half.person) if place else None
    if place is None or person is None or held is None or fingerprint(held) != half.proved:
        raise NotSignedIn("expired")
    return place, person
