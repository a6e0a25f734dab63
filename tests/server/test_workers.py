"""Sessions that end on one worker, while another remembers them. Workers are processes of their own unless they are watched."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from cli.program import Serving, serve
from harness.clients import Client, Reached, sign_in
from harness.databases import Databases, run
from harness.live import Live, live
from harness.storage import cut_all, proxied, wait_until
from storage.pinned import Worker, processes_of, workers_of

ORGANIZATION = "E0STATION01"
OWNER = "xoxp-ola-org"
BOT = "xoxb-warden"
ENDED = {"ok": False, "error": "invalid_auth"}

WITHIN = 0.1
"""Seconds after which an ended session is refused everywhere."""

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")


@pytest.fixture
def database(postgres_databases: Databases) -> str:
    return postgres_databases.filled("stations")


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[Serving]:
    with serve("--database", database, "--workers", "2", "--rate-limits", "off", folder=tmp_path) as running:
        yield running


def enter(server: Reached, name: str = "mia") -> Client:
    return sign_in(server, "north", f"{name}@station.test", f"{name}-signs-in")


def _signs_out(here: Worker, client: Client) -> None:
    assert client.post("signout").status == 200


def _invalidates(here: Worker, client: Client) -> None:
    asked = {"user_id": client.told["user_id"], "session_id": str(client.session)}
    assert here.call("admin.users.session.invalidate", OWNER, **asked)["ok"]


def _resets(here: Worker, client: Client) -> None:
    assert here.call("admin.users.session.reset", OWNER, user_id=client.told["user_id"])["ok"]


@linux
@pytest.mark.parametrize("end", [_signs_out, _invalidates, _resets])
def test_a_session_that_ended_here_is_refused_there_within_100_ms(
    server: Serving, end: Callable[[Worker, Client], None]
) -> None:
    took = []
    with workers_of(server, BOT) as workers:
        for here, there in (workers, workers[::-1]) * 3:
            client, other = enter(here), enter(here, "max")
            for worker in workers * 2:
                assert client.at(worker, "auth.test")["ok"]
                assert other.at(worker, "auth.test")["ok"]
            end(here, client)
            assert client.at(here, "auth.test") == ENDED
            took.append(wait_until(lambda: client.at(there, "auth.test") == ENDED))  # noqa: B023 -- called at once
            assert other.at(there, "auth.test")["ok"]
    print(f"refused there after {median(took) * 1000:.1f} ms, {max(took) * 1000:.1f} ms at the most")
    assert max(took) < WITHIN


@linux
def test_a_duration_counts_on_every_worker_at_once(server: Serving) -> None:
    with workers_of(server, BOT) as (here, there):
        client = enter(here)
        for worker in (here, there):
            assert client.at(worker, "auth.test")["ok"]
        assert here.call("admin.users.session.setSettings", OWNER, user_ids="W0MIA000001", duration="28800")["ok"]

        def expiry() -> object:
            return Client(there, client.told).post("heartbeat").json["expires_at"]

        wait_until(lambda: expiry() is not None)
        assert client.at(there, "auth.test")["ok"]


@linux
def test_what_a_killed_worker_answered_is_so(database: str, tmp_path: Path) -> None:
    """Somebody signs in and out while workers are killed: who was let in is in, who was told to be out is out."""
    options = ("--database", database, "--workers", "2", "--rate-limits", "off")
    with serve(*options, folder=tmp_path) as server:
        with workers_of(server, BOT) as workers:
            ins, outs = [enter(workers[0]) for _ in range(4)], [enter(workers[1]) for _ in range(4)]
            for client in outs:
                assert client.post("signout").status == 200
            for process in processes_of(server):
                os.kill(process, signal.SIGKILL)
        with workers_of(server, BOT) as workers:
            for worker in workers:
                assert all(client.at(worker, "auth.test")["ok"] for client in ins)
                assert all(client.at(worker, "auth.test") == ENDED for client in outs)


def hold(server: Live, client: Client) -> list[str]:
    """Open a connection for a session; gives where it is noted that it was closed."""
    closed: list[str] = []

    async def open() -> None:
        server.gridhall.connections.open(ORGANIZATION, client.session, lambda: closed.append("closed"))

    server.on_loop(open())
    return closed


def test_whoever_hears_nothing_remembers_nothing(database: str) -> None:
    with live(database) as here, proxied(database) as proxy, live(proxy.url) as there:
        client, other = enter(here), enter(here, "max")
        assert client.at(there, "auth.test")["ok"]
        closed, still_open = hold(there, client), hold(there, other)
        proxy.cut()
        wait_until(lambda: client.at(there, "auth.test").get("error") == "service_unavailable")
        assert client.post("signout").status == 200
        proxy.mend()
        wait_until(lambda: other.at(there, "auth.test")["ok"])
        assert client.at(there, "auth.test") == ENDED
        # Nobody told it, so it looks.
        wait_until(lambda: closed)
        assert (closed, still_open) == (["closed"], [])


def test_an_end_that_was_told_while_nobody_listened_is_made_good(database: str) -> None:
    with live(database) as here, live(database) as there:
        client = enter(here)
        for _ in range(3):
            assert client.at(there, "auth.test")["ok"]
            closed = hold(there, client)
            assert run(cut_all(database)) > 0
            wait_until(lambda: client.post("signout").status == 200)  # noqa: B023 -- called at once
            wait_until(lambda: client.at(there, "auth.test") == ENDED)  # noqa: B023 -- called at once
            wait_until(lambda: closed == ["closed"])  # noqa: B023 -- called at once
            client = enter(here)


def test_connections_close_on_whichever_worker_the_session_ended(database: str) -> None:
    with live(database) as here, live(database) as there:
        for end in ("signout", "invalidate", "expiry"):
            client, other = enter(here, "day"), enter(here, "max")
            closed, still_open = hold(there, client), hold(there, other)
            if end == "signout":
                assert client.post("signout").status == 200
            elif end == "invalidate":
                asked = {"user_id": client.told["user_id"], "session_id": client.session}
                assert here.call("admin.users.session.invalidate", OWNER, **asked)["ok"]
            else:
                for server in (here, there):
                    server.move(advance=28_800)
                assert here.on_loop(here.gridhall.jobs.settle(10))
            wait_until(lambda: closed == ["closed"])  # noqa: B023 -- called at once
            assert still_open == []
