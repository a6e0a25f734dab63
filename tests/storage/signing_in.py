"""People who sign in and out, for the tests that kill a server meanwhile."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from cli.program import Serving
from gridhall.domain.audit import Question
from gridhall.domain.work import Work
from harness.databases import run
from harness.storage import opened
from storage.killing import GONE

ORGANIZATION = "E0STATION01"
FROM_FILE = 10**12 + 100
"""Ids up to here are of sessions that the organization's file brought."""


@dataclass
class Comer:
    """Somebody who signs in again and again, and out of every other session.

    Arguments:
        there: the headers of sessions that were answered and go on.
        gone: those of sessions of which it was answered that they have ended.
        unsure: one of which nobody answered whether it has ended.
    """

    name: str
    there: list[dict[str, str]] = field(default_factory=list)
    gone: list[dict[str, str]] = field(default_factory=list)
    unsure: list[dict[str, str]] = field(default_factory=list)
    refused: str = ""

    def come_and_go(self, port: int) -> None:
        """Sign in and out until the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        address, password = f"{self.name}@station.test", f"{self.name}-signs-in"
        asked = {"place": "north", "email": address, "password": password, "client": "mobile"}
        try:
            while not self.refused:
                told = self._post(connection, "signin", asked, {})
                headers = {"authorization": f"Bearer {told['token']}", "cookie": f"d={told['cookie']}"}
                self.there.append(headers)
                if len(self.there) > len(self.gone):
                    self.unsure.append(self.there.pop())
                    self._post(connection, "signout", {}, headers)
                    self.gone.append(self.unsure.pop())
        except GONE:
            pass
        finally:
            connection.close()

    def _post(
        self, connection: http.client.HTTPConnection, what: str, fields: dict[str, str], headers: dict[str, str]
    ) -> dict[str, object]:
        connection.request("POST", f"/client/{what}", json.dumps(fields), {"content-type": "application/json"} | headers)
        answer: dict[str, object] = json.loads(connection.getresponse().read())
        if not answer["ok"]:
            self.refused = str(answer["error"])
        return answer


class SigningIn:
    """People who sign in and out in `tests/data/stations.yaml`.

    Arguments:
        database: where sessions and audit log are read.
    """

    def __init__(self, database: str) -> None:
        self._database = database
        self._comers = [Comer(name) for name in ("mia", "max", "ola")]

    def clients(self) -> list[Callable[[int], None]]:
        return [comer.come_and_go for comer in self._comers]

    def check(self, server: Serving) -> None:
        """Who was let in is in, who was told to be out is out, and the audit log tells of every one of them and nobody else."""

        def calls(headers: dict[str, str]) -> object:
            answer = server.request("POST", "/api/auth.test", b"", headers)[1]
            return "ok" if answer["ok"] else answer["error"]

        for comer in self._comers:
            assert not comer.refused
            assert {calls(headers) for headers in comer.there} <= {"ok"}
            assert {calls(headers) for headers in comer.gone} <= {"invalid_auth"}
            assert {calls(headers) for headers in comer.unsure} <= {"ok", "invalid_auth"}
        stored, came, went = run(_noted(self._database))
        assert stored == came - went
        assert came >= sum(len(comer.there) + len(comer.gone) + len(comer.unsure) for comer in self._comers)
        assert went >= sum(len(comer.gone) for comer in self._comers)

    def acknowledged(self) -> int:
        return sum(len(comer.there) + 2 * len(comer.gone) for comer in self._comers)


async def _noted(database: str) -> tuple[int, int, int]:
    """How many sessions there are, how often somebody signed in and how often out, by the audit log."""

    async def unit(work: Work) -> tuple[int, int, int]:
        rows = await work.sessions.list_all(ORGANIZATION, now=0, after=FROM_FILE, limit=1_000_000)
        counts = [
            len((await work.audit.list(ORGANIZATION, Question(actions=(action,), limit=1_000_000))).entries)
            for action in ("user_login", "user_logout")
        ]
        return len(rows), counts[0], counts[1]

    async with opened(database) as storage:
        return await storage.read(unit)
