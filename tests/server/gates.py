"""People at the gates of `tests/data/gates.yaml`, who sign in as native clients do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import msgspec
import pyotp

from gridhall.domain.audit import Entry
from gridhall.domain.credentials import Credentials
from gridhall.domain.origin import Origin
from gridhall.server.account import Account
from gridhall.server.sign_in import NotSignedIn
from harness import audit
from harness.clients import Client, post
from harness.databases import Databases
from harness.live import Live, Reply, live

GATES, FIRM = "E0GATES0001", "E0FIRM00001"
OPEN, SOLO = "T0OPEN00001", "T0SOLO00001"
PIA, OLA, OTO, MIA, MAX = "W0PIA000001", "W0OLA000001", "W0OTO000001", "W0MIA000001", "W0MAX000001"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOME = "198.51.100.7"
NOON = 1_800_000_000
"""The time at which tests begin, where it matters: the first second of a one-time code."""


@dataclass(frozen=True)
class Gates:
    """A running server, and what people do at its gates. Where they come from is told as by a proxy."""

    live: Live

    def enter(self, place: str, email: str, password: str | None = None, *, address: str = HOME, client: str = "web") -> Reply:
        """The answer to an address and a password: by default the right one."""
        password = f"{email.partition('@')[0].lower()}-signs-in" if password is None else password
        headers = {"x-forwarded-for": address, "user-agent": "Tests/1"}
        return post(self.live, "signin", headers, place=place, email=email, password=password, client=client)

    def code(self, state: str, code: str, *, address: str = HOME, client: str = "web") -> Reply:
        """The answer to a code."""
        headers = {"x-forwarded-for": address, "user-agent": "Tests/1"}
        return post(self.live, "signin/code", headers, state=state, code=code, client=client)

    def state(self, place: str, email: str) -> str:
        """A sign-in that waits for its code."""
        reply = self.enter(place, email)
        assert reply.status == 403, reply.body
        return str(reply.json["state"])

    def signed_in(self, place: str, email: str, password: str | None = None) -> Client:
        """Somebody who is in, by a one-time code where one is wanted."""
        reply = self.enter(place, email, password)
        if reply.status == 403:
            reply = self.code(reply.json["state"], self.one_time_code())
        assert reply.status == 200, reply.body
        return Client(self.live, reply.json)

    def signed_in_by(self, code: str) -> Client:
        """Mia, by one of her codes."""
        reply = self.code(self.state("open", "mia@gates.test"), code)
        assert reply.status == 200, reply.body
        return Client(self.live, reply.json)

    def one_time_code(self, steps: int = 0, secret: str = SECRET) -> str:
        """The code that stands now, or so many steps from now."""
        return pyotp.TOTP(secret).at(self.now + 30 * steps)

    @property
    def now(self) -> int:
        return self.live.gridhall.source.seconds()

    def account(self, client: Client, address: str = HOME) -> Account:
        """Whoever is signed in, as their own pages know them."""
        account = self.find(client.told["cookie"], address)
        assert account is not None
        return account

    def find(self, cookie: str, address: str = HOME) -> Account | None:
        found: Account | None = self.do("find", cookie, Origin(address, "Tests/1"))
        return found

    def do(self, what: str, *arguments: Any) -> Any:
        """Something that people do about their own account."""
        return self.live.on_loop(getattr(self.live.gridhall.accounts, what)(*arguments))

    def refused(self, what: str, *arguments: Any) -> str:
        """With which code it is refused."""
        try:
            self.do(what, *arguments)
        except NotSignedIn as refused:
            return refused.code
        raise AssertionError(f"{what} was not refused")

    def entries(self, organization: str = GATES) -> list[tuple[str, Entry, dict[str, Any]]]:
        """What the audit log has told since the server began: action, entry and details."""
        found = audit.entries(self.live, organization)
        return [(entry.action, entry, msgspec.json.decode(entry.details)) for entry in found]

    def actions(self, organization: str = GATES) -> list[str]:
        return [action for action, _, _ in self.entries(organization) if not action.startswith("organization_")]

    def credentials(self, person: str, organization: str = GATES) -> Credentials:
        found = self.live.on_loop(self.live.gridhall.storage.read(lambda work: work.credentials.find(organization, person)))
        assert isinstance(found, Credentials)
        return found

    def sessions_of(self, person: str, organization: str = GATES) -> list[int]:
        read = self.live.gridhall.storage.read
        found = self.live.on_loop(read(lambda work: work.sessions.list_of(organization, person, now=self.now)))
        return [session.id for session in found]


@contextmanager
def gates(databases: Databases, **options: Any) -> Iterator[Gates]:
    """A server whose clock stands still."""
    database = options.pop("database", None) or databases.filled("gates")
    with live(database, trusted_proxies=(ip_network("127.0.0.0/8"),), **options) as running:
        running.move(to=NOON)
        yield Gates(running)
