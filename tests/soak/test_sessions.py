"""A hundred thousand sessions: every page costs the same, and who resets a thousand people keeps nobody waiting."""

import asyncio
import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cli.program import Serving, serve
from harness import answers
from harness.databases import Databases
from harness.live import CONTROL_KEY
from harness.storage import on_postgres, opened
from methods.guild import MIA, OWNER, crowd, gather

PEOPLE, EACH = 20_000, 5
SESSIONS = PEOPLE * EACH
RESET = 1000

CALLERS = 4
CALM = 4.0
"""Seconds of calls before anything is reset."""

pytestmark = pytest.mark.soak


@pytest.fixture
def served(any_databases: Databases, engine: str, tmp_path: Path) -> Iterator[Serving]:
    """A server in a process of its own over all those sessions."""
    database = any_databases.filled("guild")

    async def fill() -> None:
        async with opened(database) as storage:
            await gather(storage, PEOPLE, sessions_each=EACH)
        if engine == "postgresql":
            # As it does by itself, once it has had a minute to look at what came in.
            await on_postgres(database, "ANALYZE")

    asyncio.run(fill())
    options = ("--database", database, "--rate-limits", "off", "--control-key", CONTROL_KEY)
    with serve(*options, folder=tmp_path, deadline=600) as server:
        yield server


class Caller:
    """Calls over one connection that is kept open, and notes how long each answer took.

    Arguments:
        took: milliseconds of each call, when it was made.
    """

    def __init__(self, server: Serving) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.took: list[tuple[float, float]] = []

    def call(self, method: str, **arguments: object) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {OWNER}", "content-type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        self._connection.request("POST", f"/api/{method}", urlencode(arguments), headers)
        response = self._connection.getresponse()
        body = response.read()
        self.took.append((began, (time.perf_counter() - began) * 1000))
        return answers.check(method, response.status, body)

    def close(self) -> None:
        self._connection.close()


def test_every_page_of_a_hundred_thousand_sessions_costs_the_same(served: Serving, engine: str) -> None:
    for limit in (1000, 100):
        ids, times = _walk(served, limit)
        assert len(ids) == SESSIONS + 8
        assert ids == sorted(set(ids))
        first, last = statistics.median(times[1:21]), statistics.median(times[-21:-1])
        print(f"\n{engine}: {len(times)} pages of {limit}: first ones {first:.1f} ms, last ones {last:.1f} ms each")
        assert last < first * 1.5 + 1


def _walk(served: Serving, limit: int) -> tuple[list[int], list[float]]:
    """The ids of all sessions, page by page, and the milliseconds that each page took."""
    ids: list[int] = []
    cursor = None
    with closing(Caller(served)) as caller:
        while cursor != "":
            answer = caller.call("admin.users.session.list", limit=limit, cursor=cursor or "")
            ids += [session["session_id"] for session in answer["active_sessions"]]
            cursor = answer["response_metadata"]["next_cursor"]
    return ids, [took for _, took in caller.took]


def test_a_reset_of_a_thousand_people_takes_seconds_and_keeps_nobody_waiting(served: Serving, engine: str) -> None:
    people = crowd(RESET)
    with _calling(served) as callers:
        time.sleep(CALM)
        began = time.perf_counter()
        answer = served.call("admin.users.session.resetBulk", OWNER, user_ids=json.dumps(people))
        accepted = time.perf_counter() - began
        assert answer == {"ok": True}
        body = json.dumps({"settle": True}).encode()
        status, settled = served.request("POST", "/_gridhall/clock", body, {"authorization": f"Bearer {CONTROL_KEY}"})
        took = time.perf_counter() - began
        assert (status, settled["settled"]) == (200, True)
    calls = [call for caller in callers for call in caller.took]
    calm = [ms for at, ms in calls if at < began]
    busy = [ms for at, ms in calls if began <= at <= began + took]
    before, during = _p99(calm), _p99(busy)
    print(
        f"\n{engine}: {RESET} people with {RESET * EACH} of {SESSIONS} sessions reset in {took:.2f} s, accepted in"
        f" {accepted * 1000:.0f} ms; auth.test p99 {before:.1f} ms before ({len(calm)} calls), {during:.1f} ms meanwhile"
        f" ({len(busy)} calls, slowest {max(busy):.0f} ms)"
    )
    assert took < 15
    assert during < max(5 * before, 50)
    last = served.call("admin.users.session.list", OWNER, user_id=people[-1], team_id="T0SMITH0001")
    assert last["error"] == "no_active_sessions"
    ids, _ = _walk(served, 1000)
    assert len(ids) == SESSIONS + 8 - RESET * EACH


@contextmanager
def _calling(served: Serving) -> Iterator[list[Caller]]:
    """Several who call auth.test all the time."""
    callers, ended = [Caller(served) for _ in range(CALLERS)], threading.Event()

    def work(caller: Caller) -> None:
        while not ended.is_set():
            assert caller.call("auth.test")["user_id"] != MIA
            # A hundred times a second at the most: the server has room, so that what makes them slower is the reset.
            ended.wait(0.01)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    try:
        yield callers
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)
        for caller in callers:
            caller.close()


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]
