"""Signing in: from an address and a password, and a second factor where there is or has to be one, to a session.

Both surfaces go this way: the pages (server/pages) and the endpoints of native clients (server/client.py).
"""

from dataclasses import dataclass, field

from gridhall.domain.devices import Device
from gridhall.domain.organizations import Organization, Workspace
from gridhall.domain.origin import Origin
from gridhall.domain.sessions import Secrets, Session


class NotSignedIn(Exception):
    """Why somebody was not let in.

    Arguments:
        code: `invalid_credentials` whatever of the place, the address and the password was wrong; `invalid_code`; `expired` for
            a sign-in that was begun too long ago; `ratelimited`; `busy`; `service_unavailable`; `accesslimited` for an address
            outside the allowed networks.
        retry_after: seconds until it can be tried again, for `ratelimited` and `busy`.
    """

    def __init__(self, code: str, retry_after: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody signs in: a workspace, or an Enterprise organization as a whole (`workspace` is None)."""

    organization: Organization
    workspace: Workspace | None

    @property
    def id(self) -> str:
        return self.workspace.id if self.workspace else self.organization.id

    @property
    def name(self) -> str:
        return self.workspace.name if self.workspace else self.organization.name

    @property
    def path(self) -> str:
        """Where its sign-in page is, without a leading slash: `w/DOMAIN` or `o/DOMAIN`."""
        return f"w/{self.workspace.domain}" if self.workspace else f"o/{self.organization.domain}"


@dataclass(frozen=True, slots=True)
class Pending:
    """The password was right, and a code is still wanted.

    Arguments:
        state: sealed, to be brought back with the code; good for ten minutes.
        secret: where a second factor has to be set up first, its secret in Base32; else None.
        address: the same as an `otpauth://` address, for a QR code.
    """

    state: str
    place: Place
    secret: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is signed in.

    Arguments:
        lasts: whether the cookie outlives the browser: False where the session is to end with its client.
        recovery_codes: told this once, where a second factor was set up.
    """

    session: Session
    secrets: Secrets
    place: Place
    lasts: bool
    recovery_codes: list[str] = field(default_factory=list)


class SignIn:
    """Lets people in."""

    async def find_place(self, kind: str, domain: str) -> Place | None:
        """The place that a path names: `w` and a workspace's domain, or `o` and an organization's."""
        raise NotImplementedError

    async def find_places(self, text: str) -> Place | None:
        """The place that somebody typed: a domain, an id, or an address that ends in `/w/DOMAIN/` or `/o/DOMAIN/`. A workspace
        goes before an organization of the same domain."""
        raise NotImplementedError

    async def password(
        self, place: Place | None, email: str, password: str, *, client: str, device: Device | None, origin: Origin
    ) -> SignedIn | Pending:
        """The first step.

        Arguments:
            place: None where what was typed is no place: it takes as long, and is refused in the same way.
            device: what a native client tells of itself; None for a browser, which is known by the request.

        Raises:
            NotSignedIn.
        """
        raise NotImplementedError

    async def pending(self, state: str) -> Pending:
        """A sign-in that was begun, to show its page again. Raises NotSignedIn."""
        raise NotImplementedError

    async def code(self, state: str, code: str, *, client: str, device: Device | None, origin: Origin) -> SignedIn:
        """The second step: a one-time code, or a recovery code in its place. Raises NotSignedIn."""
        raise NotImplementedError
