"""What is made before a call, and put right after it: by real calls, which have to go well."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any
from urllib.parse import urlencode

from gridhall.domain import sessions
from gridhall.domain.devices import Device
from gridhall.domain.sessions import WEB, Secrets, Session
from gridhall.domain.work import Work
from harness.live import Live
from surface.authorization.callers import HOME, Caller, Realm
from surface.inprocess import Headers, ask
from surface.stage import FORM

Arguments = dict[str, str]

# Tokens with every scope, of those whom calls are about.
NEIGHBOUR, STRANGER, OTHER_ADMIN, STRAY = "xoxp-neighbour", "xoxp-stranger", "xoxp-other-admin", "xoxb-stray"
KIT_APP, STRAY_APP = HOME.app, "A0STRAY0001"
OF_OTHERS = {
    NEIGHBOUR: (KIT_APP, "W0NEIGHBOUR1"),
    STRANGER: (KIT_APP, "W0STRANGER01"),
    OTHER_ADMIN: (KIT_APP, "W0OTHERADMIN"),
    STRAY: (STRAY_APP, "W0STRAYBOT01"),
}
"""The app and the person or bot of each token."""


class Hand:
    """Calls, and expects nothing but ok.

    Arguments:
        every: all scopes, with which callers make what is theirs.
    """

    def __init__(self, server: Live, every: frozenset[str]) -> None:
        self._server = server
        self._every = every
        self._signed_in: dict[Caller, Secrets] = {}
        self._numbers = count(1)

    async def do(self, by: Caller | str, method: str, /, **arguments: str) -> dict[str, Any]:
        """The answer to a call by a caller, or with a token."""
        headers = [(b"content-type", FORM.encode()), *self.authorization(by, self._every)]
        answer = (await ask(self._server, "POST", f"/api/{method}", headers, [urlencode(arguments).encode()])).json
        assert answer["ok"], (method, arguments, answer)
        return answer

    def authorization(self, by: Caller | str, scopes: frozenset[str]) -> Headers:
        """The headers that tell who calls."""
        if isinstance(by, Caller) and by.kind == "client":
            secrets = self._signed_in[by]
            return [(b"authorization", f"Bearer {secrets.token}".encode()), (b"cookie", f"d={secrets.cookie}".encode())]
        token = by if isinstance(by, str) else by.token(scopes)
        return [(b"authorization", f"Bearer {token}".encode())]

    async def take_in(self, caller: Caller) -> None:
        """Sign somebody in who calls from a client."""
        place = caller.realm.id if caller.org_level else caller.realm.workspace
        _, self._signed_in[caller] = await self.sign_in(caller.user, place, WEB, caller.realm)

    async def sign_in(self, user: str, place: str, client: str, realm: Realm = HOME) -> tuple[Session, Secrets]:
        """A new session, as if a password had been proved: hundreds of these would take a while."""

        async def unit(work: Work) -> tuple[Session, Secrets]:
            organization = await work.organizations.find(realm.id)
            person = await work.people.find_member(realm.id, realm.workspace, user)
            assert organization is not None
            assert person is not None
            return await sessions.begin(work, organization, person, workspace=place, client=client, device=Device())

        begun: tuple[Session, Secrets] = await self._server.gridhall.storage.write(unit)
        return begun

    def name(self) -> str:
        """A name that no channel has."""
        return f"fresh-{next(self._numbers)}"

    def later(self) -> str:
        """A time to schedule a message for, a minute after the one before: so many never come together that it is too many."""
        return str(self._server.gridhall.clock.now() // 1_000_000 + 3600 + 60 * next(self._numbers))

    async def post(self, by: Caller | str, channel: str, **arguments: str) -> str:
        """The `ts` of a fresh message."""
        posted = await self.do(by, "chat.postMessage", **{"channel": channel, "text": "Fresh"} | arguments)
        return str(posted["ts"])


Make = Callable[[Hand, Caller], Awaitable[Arguments]]
"""Makes what a call names, and gives the arguments that name it."""

Mend = Callable[[Hand, Caller, Arguments], Awaitable[Any]]
"""Puts things right after a call with these arguments that was answered ok."""
