"""Kill -9 in the middle of writes, again and again, and look whether everything acknowledged is there."""

import http.client
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from cli.program import Serving, serve
from gridhall.domain.audit import Question
from gridhall.domain.work import Work
from gridhall.storage.work import SqlWork
from harness import answers
from harness.databases import run
from harness.storage import opened, wait_until


class Load(Protocol):
    """What a server has to do while it is killed: each client writes until the server is gone, and goes on with the next."""

    def clients(self) -> list[Callable[[int], None]]:
        """What writes to a server on a port."""
        ...

    def check(self, server: Serving) -> None:
        """Hold what a server tells against everything that was acknowledged so far."""
        ...

    def acknowledged(self) -> int:
        """How many writes were acknowledged so far."""
        ...


def kill_in_rounds(
    load: Load,
    database: str,
    rounds: int,
    folder: Path,
    *options: str,
    kill: Callable[[Serving], None] = lambda server: server.process.kill(),
) -> int:
    """Kill a server `rounds` times while it writes; gives how many writes were acknowledged, all of which were there."""
    arguments = ("--database", database, "--rate-limits", "off", *options)
    for round in range(rounds + 1):
        with serve(*arguments, folder=folder) as server:
            load.check(server)
            if round == rounds:
                break
            threads = [threading.Thread(target=client, args=(server.port,)) for client in load.clients()]
            enough = load.acknowledged() + random.randint(20, 250)
            for thread in threads:
                thread.start()
            wait_until(lambda: load.acknowledged() > enough, 60)  # noqa: B023 -- called at once
            kill(server)
            for thread in threads:
                thread.join(30)
    return load.acknowledged()


class Connection:
    """One connection of somebody with a token, kept open."""

    def __init__(self, port: int, token: str) -> None:
        self._raw = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/x-www-form-urlencoded"}

    def call(self, method: str, arguments: dict[str, str]) -> dict[str, object]:
        """The answer of a method. Raises one of `GONE` where the server is killed."""
        self._raw.request("POST", f"/api/{method}", urlencode(arguments), self._headers)
        response = self._raw.getresponse()
        return answers.check(method, response.status, response.read())

    def close(self) -> None:
        self._raw.close()


GONE = (OSError, http.client.HTTPException, ValueError)
"""What a connection raises when the server is killed."""


@dataclass
class Client:
    """Sets one thing again and again, to the first value, the second …, each when the one before was acknowledged.

    Arguments:
        arguments: of the method, for each number.
        read: the value that a server tells.
        value: what it has to be for each number.
        audited: whether each change leaves an entry in the audit log.
    """

    token: str
    method: str
    arguments: Callable[[int], dict[str, str]]
    read: Callable[[Serving], object]
    value: Callable[[int], object]
    audited: bool = False
    sent: int = 0
    acknowledged: int = 0
    refused: str = ""

    def write(self, port: int) -> None:
        """Write until the server is gone."""
        connection = Connection(port, self.token)
        try:
            while not self.refused:
                self.sent = self.acknowledged + 1
                answer = connection.call(self.method, self.arguments(self.sent))
                if answer["ok"]:
                    self.acknowledged = self.sent
                else:
                    self.refused = str(answer["error"])
        except GONE:
            pass
        finally:
            connection.close()

    def check(self, server: Serving) -> None:
        """What was acknowledged last is there; so may be what was sent after it, whose answer the kill prevented."""
        assert not self.refused
        if self.sent:
            there = self.read(server)
            stored = [number for number in (self.acknowledged, self.sent) if self.value(number) == there]
            assert stored, f"{self.method}: {there} is there, {self.value(self.acknowledged)} was acknowledged"
            self.acknowledged = stored[0]


def _profile(token: str, user: str, name: str, *, audited: bool) -> Client:
    return Client(
        token,
        "users.profile.set",
        lambda number: {"user": user, "name": name, "value": f"{name} {number}"},
        lambda server: server.call("users.profile.get", "xoxp-ada-org", user=user)["profile"][name],
        lambda number: f"{name} {number}",
        audited,
    )


class Changes:
    """Changes of profiles and presence in `tests/data/acme.yaml`, some of which the audit log tells as well.

    Arguments:
        database: where the audit log is read.
    """

    def __init__(self, database: str) -> None:
        self._database = database
        self._clients = [
            _profile("xoxp-cho-east", "W0CHO000001", "status_text", audited=False),
            _profile("xoxp-cho-east", "W0CHO000001", "pronouns", audited=True),
            _profile("xoxp-ada-org", "W0DEV000001", "title", audited=True),
            _profile("xoxp-ben-org", "W0DEV000001", "display_name", audited=True),
            Client(
                "xoxp-cho-east",
                "users.setPresence",
                lambda number: {"presence": ("auto", "away")[number % 2]},
                lambda server: server.call("users.getPresence", "xoxp-cho-east")["manual_away"],
                lambda number: bool(number % 2),
            ),
        ]

    def clients(self) -> list[Callable[[int], None]]:
        return [client.write for client in self._clients]

    def check(self, server: Serving) -> None:
        for client in self._clients:
            client.check(server)
        assert run(_audited(self._database)) == sum(client.acknowledged for client in self._clients if client.audited)

    def acknowledged(self) -> int:
        return sum(client.acknowledged for client in self._clients)


async def _audited(database: str) -> int:
    """How many changes of profiles the audit log holds. It only grows: a change that was overwritten since counts as well."""

    async def unit(work: Work) -> int:
        assert isinstance(work, SqlWork)
        page = await work.audit.list("E0ACME00001", Question(actions=("user_profile_updated",), limit=1_000_000))
        return len(page.entries)

    async with opened(database) as storage:
        return await storage.read(unit)
