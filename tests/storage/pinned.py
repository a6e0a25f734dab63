"""Connections that stay with one worker each: an answer tells its worker by the start of its request id."""

import http.client
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from cli.program import Serving
from harness import answers
from harness.live import Reply


@dataclass
class Worker:
    """One worker, over one connection that is kept open.

    Arguments:
        name: the start of its request ids.
    """

    name: str
    connection: http.client.HTTPConnection

    def call(self, method: str, token: str, **arguments: str) -> dict[str, Any]:
        return _call(self.connection, method, token, **arguments)[1]

    def request(self, verb: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        self.connection.request(verb, path, body, headers or {})
        response = self.connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())

    def clock(self, key: str, **change: object) -> dict[str, Any]:
        """Read the clock, or change it."""
        verb = "POST" if change else "GET"
        self.connection.request(verb, "/_gridhall/clock", msgspec.json.encode(change), {"authorization": f"Bearer {key}"})
        answer: dict[str, Any] = msgspec.json.decode(self.connection.getresponse().read())
        return answer


def _call(connection: http.client.HTTPConnection, method: str, token: str, **arguments: str) -> tuple[str, dict[str, Any]]:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"/api/{method}", urlencode(arguments), headers)
    response = connection.getresponse()
    return response.headers["x-slack-req-id"][:8], answers.check(method, response.status, response.read())


@contextmanager
def workers_of(server: Serving, token: str, count: int = 2) -> Iterator[list[Worker]]:
    """A connection to each worker; the kernel deals them out as it likes, so that some are thrown away."""
    found: dict[str, Worker] = {}
    deadline = time.monotonic() + 20
    try:
        while len(found) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} workers answered"
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            try:
                name, _ = _call(connection, "auth.test", token)
            except (OSError, http.client.HTTPException):
                # It went to a worker that has just been killed.
                connection.close()
                continue
            if name in found:
                connection.close()
            else:
                found[name] = Worker(name, connection)
        yield list(found.values())
    finally:
        for worker in found.values():
            worker.connection.close()


def processes_of(server: Serving) -> list[int]:
    """The workers' process ids."""
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [child for child in children if b"spawn_main" in _command(child)]


def _command(process: int) -> bytes:
    """The command line of a process, empty where it has ended meanwhile."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def kill_all(server: Serving) -> None:
    """Kill -9 for the workers and then for their parent, who would replace them."""
    workers = processes_of(server)
    server.process.kill()
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
