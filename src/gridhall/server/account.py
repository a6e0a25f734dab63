"""What people do about their own account once they are signed in: devices, password, second factor.

What changes how one signs in asks for the password again, and is throttled as signing in is.
"""

from dataclasses import dataclass

from gridhall.domain.origin import Origin
from gridhall.domain.people import Person
from gridhall.domain.sessions import Session
from gridhall.server.sign_in import Place


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
    """A second factor that waits for its first code: its secret in Base32, the same as an `otpauth://` address, and sealed."""

    secret: str
    address: str
    state: str


class Accounts:
    """Acts of people on their own account. Each raises `NotSignedIn` with `invalid_credentials` for a wrong password,
    `invalid_code`, `expired`, `ratelimited`, `busy`, `service_unavailable`."""

    async def find(self, cookie: str | None, origin: Origin) -> Account | None:
        """Whoever is signed in by this cookie; notes that the session is in use. None where it has ended, was never, or may not
        be used from there."""
        raise NotImplementedError

    async def devices(self, account: Account) -> list[Session]:
        """All of one's own sessions, the last used first."""
        raise NotImplementedError

    async def sign_out(self, account: Account, origin: Origin) -> None:
        """End the session that one is signed in with."""
        raise NotImplementedError

    async def end_device(self, account: Account, session: int, origin: Origin) -> bool:
        """End another session of one's own; False where there is no such one."""
        raise NotImplementedError

    async def end_others(self, account: Account, origin: Origin) -> int:
        """End all sessions of one's own but this; gives how many."""
        raise NotImplementedError

    async def change_password(self, account: Account, current: str, new: str, origin: Origin) -> None:
        """Change the password; the other sessions end."""
        raise NotImplementedError

    async def begin_two_factor(self, account: Account, password: str, origin: Origin) -> NewFactor:
        """Begin to set up a second factor, which counts once it is confirmed; one that is there goes on until then."""
        raise NotImplementedError

    async def reopen_two_factor(self, account: Account, state: str) -> NewFactor:
        """One that was begun, to show its page again."""
        raise NotImplementedError

    async def confirm_two_factor(self, account: Account, state: str, code: str, origin: Origin) -> list[str]:
        """Set up the second factor; gives its recovery codes, which nothing tells again."""
        raise NotImplementedError

    async def remove_two_factor(self, account: Account, password: str, origin: Origin) -> bool:
        """Go on without a second factor; False where the organization or the workspace requires one."""
        raise NotImplementedError

    async def new_recovery_codes(self, account: Account, password: str, origin: Origin) -> list[str]:
        """Recovery codes in place of those before."""
        raise NotImplementedError

    async def reset_two_factor_of(self, account: Account, email: str, password: str, origin: Origin) -> bool:
        """Take away somebody's lost second factor, as an owner may; False where there is no such person whom the owner stands
        over, or they have none. Their sessions end."""
        raise NotImplementedError
