"""Two workers over one PostgreSQL: limits, tokens, writes and clocks agree, and no death is noticed for long."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from cli.program import Serving, environment, serve
from gridhall.domain import tokens
from gridhall.domain.work import Work
from harness.databases import run
from harness.storage import opened, wait_until
from storage.pinned import processes_of, workers_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")

KEY = "control-key-of-the-tests"
BOT = "xoxb-east-desk"
CHO = "xoxp-cho-east"

Start = Callable[..., AbstractContextManager[Serving]]


@pytest.fixture
def start(postgres: str, tmp_path: Path) -> Start:
    """Starts two workers over the test's database."""
    options = ("--database", postgres, "--workers", "2", "--control-key", KEY)
    return lambda *more: serve(*options, *more, folder=tmp_path)


@pytest.fixture
def server(start: Start) -> Iterator[Serving]:
    with start("--rate-limits", "off") as running:
        yield running


def test_workers_share_the_documented_limits(start: Start) -> None:
    with start() as server, workers_of(server, BOT) as workers:
        # Nothing is refilled while the clock stands still.
        workers[0].clock(KEY, freeze=True)
        wait_until(lambda: workers[1].clock(KEY)["frozen"])
        passed = 0

        def spend() -> int:
            nonlocal passed
            for worker in workers:
                answer = worker.call("users.list", BOT, limit="1")
                assert answer["ok"] or answer["error"] == "ratelimited"
                passed += answer["ok"]
            return passed

        # Each worker reserves a few calls and gives back a second later what it did not use: then all of tier 2 is spent.
        wait_until(lambda: spend() >= 20)
        for _ in range(20):
            spend()
        assert passed == 20
        workers[0].clock(KEY, advance=6)
        wait_until(lambda: spend() >= 22)
        for _ in range(20):
            spend()
        assert passed == 22, "two more every six seconds"


async def _make_token(database: str) -> str:
    async def unit(work: Work) -> str:
        return await tokens.create(
            work,
            organization="E0ACME00001",
            workspace="T0EAST00001",
            person="W0CHO000001",
            app="A0ADMIN0001",
            kind="user",
            scopes=["users:read"],
            actor=None,
        )

    async with opened(database) as storage:
        return await storage.write(unit)


def test_a_revoked_token_stops_at_once_here_and_within_100_ms_there(server: Serving, postgres: str) -> None:
    took = []
    with workers_of(server, BOT) as workers:
        for here, there in (workers, workers[::-1], workers):
            token = run(_make_token(postgres))
            assert here.call("auth.test", token)["ok"]
            assert there.call("auth.test", token)["ok"]
            assert here.call("auth.revoke", token)["revoked"] is True
            revoked = {"ok": False, "error": "token_revoked"}
            assert here.call("auth.test", token) == revoked
            took.append(wait_until(lambda: there.call("auth.test", token) == revoked))  # noqa: B023 -- called at once
    assert median(took) < 0.1


def test_what_one_worker_wrote_the_other_reads(server: Serving) -> None:
    with workers_of(server, BOT) as (one, other):
        for number in range(10):
            assert one.call("users.profile.set", CHO, name="title", value=f"Title {number}")["ok"]
            assert other.call("users.profile.get", CHO)["profile"]["title"] == f"Title {number}"
            one, other = other, one


def test_a_worker_that_dies_is_replaced(server: Serving) -> None:
    with workers_of(server, BOT) as before:
        killed = processes_of(server)[0]
        os.kill(killed, signal.SIGKILL)
        with workers_of(server, BOT) as after:
            assert len({worker.name for worker in before} & {worker.name for worker in after}) == 1
            # Both stay.
            for worker in after * 20:
                assert worker.call("auth.test", BOT)["ok"]
            assert len(processes_of(server)) == 2
            assert killed not in processes_of(server)
        assert server.log.read_text().count("a worker ended with status -9") == 1


def test_sigterm_answers_running_requests_first(server: Serving) -> None:
    body = b"name=title&value=Last"
    connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=30) for _ in range(6)]
    for connection in connections:
        connection.putrequest("POST", "/api/users.profile.set")
        connection.putheader("authorization", f"Bearer {CHO}")
        connection.putheader("content-type", "application/x-www-form-urlencoded")
        connection.putheader("content-length", str(len(body)))
        connection.endheaders(body[:5])
    # Whoever answers after them on the same workers has read what came before.
    with workers_of(server, BOT):
        pass
    server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: _refuses(server.port))
    assert server.process.poll() is None
    for connection in connections:
        connection.send(body[5:])
        response = connection.getresponse()
        assert (response.status, b'"title":"Last"' in response.read()) == (200, True)
        connection.close()
    assert server.process.wait(30) == 0


def _refuses(port: int) -> bool:
    """Whether nobody answers new connections any more."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=0.2)
    try:
        connection.request("GET", "/_gridhall/health")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return True
    finally:
        connection.close()
    return False


def test_the_control_clock_moves_all_workers_also_those_to_come(start: Start) -> None:
    with start("--rate-limits", "off") as server:
        with workers_of(server, BOT) as (one, other):
            one.clock(KEY, set=2_000_000_000, freeze=True)
            wait_until(lambda: other.clock(KEY) == {"now": 2_000_000_000, "frozen": True})
            other.clock(KEY, advance=60)
            wait_until(lambda: one.clock(KEY)["now"] == 2_000_000_060)
        os.kill(processes_of(server)[0], signal.SIGKILL)
        names = {one.name, other.name}

        def all_new() -> bool:
            with workers_of(server, BOT) as workers:
                return {worker.name for worker in workers} != names and all(
                    worker.clock(KEY) == {"now": 2_000_000_060, "frozen": True} for worker in workers
                )

        wait_until(all_new)
    # A server that starts anew is told the time by the machine.
    with start("--rate-limits", "off") as server, workers_of(server, BOT) as workers:
        for worker in workers:
            clock: dict[str, Any] = worker.clock(KEY)
            assert not clock["frozen"]
            assert abs(clock["now"] - time.time()) < 60


def test_workers_end_with_their_parent(server: Serving) -> None:
    workers = processes_of(server)
    assert len(workers) == 2
    server.process.kill()
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_workers_that_cannot_start_end_the_server() -> None:
    """`print` takes what a worker is given, and ends before it was ready."""
    code = (
        "import socket, sys\n"
        "from gridhall.server.supervisor import Supervisor\n"
        "with socket.socket() as listener:\n"
        "    sys.exit(Supervisor(print, listener, 2, lambda: print('ready')).run())"
    )
    ended = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "ready" not in ended.stdout
