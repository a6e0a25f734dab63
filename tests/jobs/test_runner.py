"""Jobs are done when they are due, each step once, and whatever fails holds up nothing else."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from gridhall.contract.errors import FatalError
from gridhall.domain import jobs
from gridhall.domain.call import Context
from gridhall.domain.cursors import Cursors
from gridhall.domain.jobs import Job, Later, Step
from gridhall.domain.site import Site
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.work import Storage, Work
from gridhall.jobs import runner
from harness.databases import Databases
from harness.live import CONTROL_KEY, Live, live
from harness.storage import opened, proxied, wait_until
from jobs.errands import ACME, ERRAND, all_of, kinds, leave_row, left, list_jobs, put, put_in, read_left, settled, waiting, walk


@pytest.fixture
def server(any_databases: Databases) -> Iterator[Live]:
    """A server whose clock stands still."""
    with live(any_databases.filled(), kinds=kinds()) as running:
        running.move()
        yield running


# When.


def test_a_job_is_done_at_once_or_when_it_is_due(server: Live) -> None:
    put(server, "now")
    put(server, "later", ahead=100)
    assert settled(server)
    assert left(server) == all_of("now", 1)
    server.move(advance=99.9)
    assert settled(server)
    assert left(server) == all_of("now", 1)
    server.move(advance=0.1)
    assert settled(server)
    assert left(server) == all_of("later", 1) + all_of("now", 1)
    assert waiting(server) == {}


def test_a_clock_that_runs_needs_nobody_to_look(any_databases: Databases) -> None:
    with live(any_databases.filled(), kinds=kinds()) as server:
        put(server, "soon", steps=3, every=0)
        put(server, "later", ahead=1)
        wait_until(lambda: left(server) == all_of("later", 1) + all_of("soon", 3), 5)


def test_a_step_may_want_a_later_time(server: Live) -> None:
    put(server, "round", steps=3, every=60)
    for done in (1, 2, 3):
        assert settled(server)
        assert left(server) == all_of("round", done)
        server.move(advance=60)
    assert waiting(server) == {}


def test_a_clock_set_back_makes_wait_and_loses_nothing(server: Live) -> None:
    put(server, "round", steps=2, every=60)
    assert settled(server)
    server.move(advance=-1000)
    assert settled(server)
    assert left(server) == all_of("round", 1)
    server.move(advance=1060)
    assert settled(server)
    assert left(server) == all_of("round", 2)


def test_the_control_surface_waits_for_what_is_due(server: Live) -> None:
    put(server, "one", steps=20, ahead=500)
    headers = {"authorization": f"Bearer {CONTROL_KEY}"}
    answer = server.request("POST", "/_gridhall/clock", b'{"advance": 500, "settle": true}', headers)
    assert answer.json["settled"] is True
    assert left(server) == all_of("one", 20)


def test_what_was_put_down_by_another_process_is_done(server: Live, any_databases: Databases) -> None:
    """Also where the other one tells nothing."""
    database = server.gridhall.storage

    async def main() -> None:
        url = database._url if hasattr(database, "_url") else f"sqlite:///{database._path}"
        async with opened(url) as other:
            await other.write(lambda work: put_in(work, "one", ahead=-10))

    asyncio.run(main())
    wait_until(lambda: left(server) == all_of("one", 1), 5)


def test_a_job_is_there_once_however_often_it_is_put_down(server: Live) -> None:
    for ahead in (500, 100, 300):
        put(server, "one", steps=1, ahead=ahead)
    assert len(waiting(server)) == 1
    server.move(advance=100)
    assert settled(server)
    assert left(server) == all_of("one", 1)
    assert waiting(server) == {}


def test_who_puts_a_job_down_while_its_step_runs_is_not_overlooked(any_databases: Databases) -> None:
    """The step has read what there is to do, and somebody adds to it before it is stored."""
    seen: list[int] = []

    async def step(work: Work, job: Job, context: Context) -> Later | None:
        seen.append(job.wanted)
        if len(seen) == 1:
            # The same transaction stands for another one that is stored before this one.
            await jobs.put(work, ACME, ERRAND, job.key, due=work.source.micros() + 1000 * 1_000_000)
        return None

    with live(any_databases.filled(), kinds=kinds(step)) as server:
        server.move()
        put(server, "one")
        assert settled(server)
        wait_until(lambda: waiting(server) == {}, 5)
        assert len(seen) == 2


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("ask", [lambda work: put_in(work, "one"), lambda work: jobs.retry(work, ACME, ERRAND, "one")])
def test_who_asks_for_a_job_while_its_step_runs_is_not_put_off(
    any_databases: Databases, ask: Callable[[Work], Coroutine[Any, Any, object]], fails: bool
) -> None:
    """The step ends with a later time of its own, or fails and would be tried again after a pause."""

    async def main(url: str) -> None:
        async with opened(url) as storage:
            await storage.write(lambda work: put_in(work, "one"))
            (job,) = await _leased(storage, "L-one")
            await storage.write(ask)
            later = job.due + 1000 * 1_000_000

            async def end(work: Work) -> None:
                if fails:
                    await work.jobs.fail(job, due=later, error="ValueError")
                else:
                    await work.jobs.save(job, Later(later), keep=False)

            await storage.write(end)
            (after,) = await storage.read(list_jobs)
            assert (after.due, after.attempts, after.lease) == (job.due, int(fails), None)
            (job,) = await _leased(storage, "L-other")
            await storage.write(end)
            (after,) = await storage.read(list_jobs)
            assert after.due == later

    asyncio.run(main(any_databases.filled()))


async def _leased(storage: Storage, lease: str, *, ahead: int = 5_000_000) -> list[Job]:
    """The errands that are due, taken as a worker does, for so many microseconds."""
    now = time.time_ns() // 1000
    return await storage.write(
        lambda work: work.jobs.lease((ERRAND,), now, machine_now=now, until=now + ahead, lease=lease, limit=10)
    )


# Failing.


def test_a_step_that_fails_is_tried_again_after_longer_and_longer(
    any_databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    fails = True
    # The times: a step that fails beside other units is run once more with a savepoint of its own.
    tried: set[int] = set()

    async def step(work: Work, job: Job, context: Context) -> Later | None:
        tried.add(work.source.micros())
        await leave_row(work, job, len(tried))
        if fails:
            raise KeyError("why")
        return None

    with live(any_databases.filled(), kinds=kinds(step)) as server:
        server.move(to=2_000_000_000)
        put(server, "one")
        pauses = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]
        for attempts, pause in enumerate(pauses, 1):
            assert settled(server)
            wait_until(lambda: waiting(server)["one"].attempts == attempts, 5)  # noqa: B023 -- called at once
            job = waiting(server)["one"]
            assert (job.error, job.lease, (job.due - max(tried)) // 1_000_000) == ("KeyError", None, pause)
            server.move(advance=pause - 0.001)
            assert settled(server)
            assert len(tried) == attempts
            if attempts == len(pauses):
                fails = False
            server.move(advance=0.001)
        assert settled(server)
        wait_until(lambda: waiting(server) == {}, 5)
        # Of what failed nothing is stored.
        assert left(server) == [f"one {len(pauses) + 1:05}"]
        told = [record for record in caplog.records if record.name == "gridhall.jobs"]
        assert len(told) == len(pauses)
        assert told[0].exc_info is not None


def test_attempts_are_counted_anew_after_a_step_that_went_well(any_databases: Databases) -> None:
    tries = 0

    async def step(work: Work, job: Job, context: Context) -> Later | None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError
        return Later(work.source.micros() + 60_000_000, "on")

    with live(any_databases.filled(), kinds=kinds(step)) as server:
        server.move()
        put(server, "one")
        assert settled(server)
        wait_until(lambda: waiting(server)["one"].error == "ValueError", 5)
        server.move(advance=1)
        assert settled(server)
        job = waiting(server)["one"]
        assert (job.attempts, job.error, job.progress) == (0, None, "on")


def test_what_fails_holds_up_no_other(any_databases: Databases) -> None:
    async def step(work: Work, job: Job, context: Context) -> Later | None:
        if job.key.startswith("bad"):
            raise ValueError
        return await walk(work, job, context)

    with live(any_databases.filled(), kinds=kinds(step)) as server:
        server.move()
        for number in range(10):
            put(server, f"bad {number}", ahead=-5)
        put(server, "good", steps=5)
        wait_until(lambda: left(server) == all_of("good", 5), 10)


def test_a_kind_of_a_later_version_is_left_to_those_who_know_it(server: Live) -> None:
    many = 2 * runner.MOST_AT_ONCE

    async def unit(work: Work) -> None:
        for number in range(many):
            await jobs.put(work, ACME, "of a later version", f"{number}", due=0)
        await put_in(work, "one")

    server.on_loop(server.gridhall.storage.write(unit))
    assert settled(server)
    assert left(server) == all_of("one", 1)
    every: list[Job] = server.on_loop(server.gridhall.storage.read(lambda work: work.jobs.list_all()))
    others = [(job.due, job.attempts, job.lease) for job in every if job.kind == "of a later version"]
    assert others == [(0, 0, None)] * many


def test_a_disk_that_is_full_is_waited_for_and_told_once(
    sqlite_databases: Databases, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runner, "STORAGE_RETRY", 0.01)
    full = True
    tried = 0

    async def step(work: Work, job: Job, context: Context) -> Later | None:
        nonlocal tried
        tried += 1
        if full:
            raise FatalError
        return await walk(work, job, context)

    with live(sqlite_databases.filled(), kinds=kinds(step)) as server:
        server.move()
        put(server, "one")
        wait_until(lambda: tried > 5, 10)
        assert waiting(server)["one"].attempts == 0
        full = False
        wait_until(lambda: left(server) == all_of("one", 1), 5)
    told = [record.levelno for record in caplog.records if record.name == "gridhall.jobs"]
    assert told == [logging.WARNING, logging.WARNING]


# In turn.


def test_long_jobs_let_short_ones_go_first(any_databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """More long jobs than there are places, none of which ever ends."""
    monkeypatch.setattr(runner, "TURN", 0.01)
    ends = False

    async def step(work: Work, job: Job, context: Context) -> Later | None:
        if job.key.startswith("long"):
            return None if ends else Later(0, str(int(job.progress or 0) + 1))
        return await walk(work, job, context)

    with live(any_databases.filled(), kinds=kinds(step)) as server:
        for number in range(2 * runner.MOST_AT_ONCE):
            put(server, f"long {number}", ahead=-1000)
        wait_until(lambda: all(int(job.progress or 0) > 3 for job in waiting(server).values()), 20)
        for key in ("first", "second", "third"):
            began = time.monotonic()
            put(server, key)
            wait_until(lambda: key in " ".join(left(server)), 10)  # noqa: B023 -- called at once
            assert time.monotonic() - began < 2
        ends = True
        assert settled(server)


def test_no_more_jobs_run_at_once_than_there_are_places(any_databases: Databases) -> None:
    with live(any_databases.filled(), kinds=kinds()) as server:
        server.move()

        async def unit(work: Work) -> None:
            for number in range(40):
                await put_in(work, f"{number:02}", steps=3)

        server.on_loop(server.gridhall.storage.write(unit))
        assert settled(server)
        assert left(server) == [f"{number:02} {step:05}" for number in range(40) for step in range(3)]


# Several workers.


def test_two_workers_never_do_the_same_step(postgres_databases: Databases, caplog: pytest.LogCaptureFixture) -> None:
    """The row that a step leaves is a conflict where it is there already, and a conflict is told."""
    database = postgres_databases.filled()
    with ExitStack() as stack:
        servers = [stack.enter_context(live(database, kinds=kinds())) for _ in range(2)]

        async def unit(work: Work) -> None:
            for number in range(30):
                await put_in(work, f"{number:02}", steps=6)

        servers[0].on_loop(servers[0].gridhall.storage.write(unit))
        wait_until(lambda: waiting(servers[0]) == {}, 30)
        assert left(servers[0]) == [f"{number:02} {step:05}" for number in range(30) for step in range(6)]
    assert not [record for record in caplog.records if record.name == "gridhall.jobs"]


def test_a_worker_that_was_slow_stores_nothing_of_what_another_took_over(any_databases: Databases) -> None:
    """Somebody else has the lease when the step is to be stored."""

    async def step(work: Work, job: Job, context: Context) -> Later | None:
        await leave_row(work, job, int(job.progress or 0))
        if job.progress is None:
            # As another worker would, in a transaction of its own, when the lease is over.
            machine = work.source.machine_micros()
            await work.jobs.renew(job.lease or "", until=0)
            (taken,) = await work.jobs.lease(
                (ERRAND,), work.source.micros(), machine_now=machine, until=machine + 300_000, lease="L-other", limit=10
            )
            assert taken.lease == "L-other"
        return None

    async def main(url: str) -> None:
        async with opened(url) as storage:
            await storage.write(lambda work: put_in(work, "one"))
            one = _runner(storage, step)
            (job,) = await _leased(storage, "L-one")
            with pytest.raises(jobs.Taken):
                await one._step(job, goes_on=True)
            (after,) = await storage.read(list_jobs)
            assert (after.lease, after.progress) == ("L-one", None)

    asyncio.run(main(any_databases.filled()))


def test_a_server_that_ends_lets_go_of_what_it_has(any_databases: Databases) -> None:
    database = any_databases.filled()
    with live(database, kinds=kinds()) as server:
        server.move()
        put(server, "long", steps=100_000)
        wait_until(lambda: len(left(server)) > 10, 10)
    stored = asyncio.run(_stored(database))
    done, (job,) = stored
    assert (job.lease, job.progress) == (None, str(len(done)))
    assert done == all_of("long", len(done))
    with live(database, kinds=kinds()) as server:
        wait_until(lambda: len(left(server)) > len(done) + 5, 4)


class Holding:
    """Storage that stores that jobs were taken, and tells it only when `goes_on` is set."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.shared = True
        self.taken, self.goes_on = asyncio.Event(), asyncio.Event()

    async def write(self, unit: Callable[[Work], Coroutine[Any, Any, object]]) -> object:
        result = await self._storage.write(unit)
        if isinstance(result, list):
            self.taken.set()
            await self.goes_on.wait()
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


def test_a_server_that_ends_while_it_takes_jobs_lets_go_of_them(any_databases: Databases) -> None:
    async def main(url: str) -> None:
        async with opened(url) as storage:
            await storage.write(lambda work: put_in(work, "one", steps=100))
            holding: Any = Holding(storage)
            one = _runner(holding, walk)
            await one.start()
            await holding.taken.wait()
            (job,) = await storage.read(list_jobs)
            assert job.lease is not None
            ending = asyncio.create_task(one.stop())
            # What the end is about is begun before the jobs are told to be taken.
            await asyncio.sleep(0)
            holding.goes_on.set()
            await ending
            (job,) = await storage.read(list_jobs)
            assert job.lease is None

    asyncio.run(main(any_databases.filled()))


def _runner(storage: Storage, step: Step) -> runner.Runner:
    """A runner of errands alone."""
    clock = SystemClock()
    return runner.Runner(storage, Source(clock), clock, Context(Site("http://x"), Cursors(bytes(32))), {ERRAND: step})


async def _stored(database: str) -> tuple[list[str], list[Job]]:
    async with opened(database) as storage:
        return await storage.read(read_left), await storage.read(list_jobs)


def test_a_sign_of_life_keeps_a_job_whose_step_takes_long(
    postgres_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than the lease: another worker that waits for it gets nothing."""
    monkeypatch.setattr(runner, "LEASE", 300_000)
    monkeypatch.setattr(runner, "SIGN_OF_LIFE", 0.05)
    ended = False

    async def step(work: Work, job: Job, context: Context) -> Later | None:
        while not ended:
            await work.meta.find("what takes long")
        return await walk(work, job, context)

    database = postgres_databases.filled()
    with live(database, kinds=kinds(step)) as one, live(database, kinds=kinds(step)) as other:
        put(one, "one")
        wait_until(lambda: waiting(one)["one"].lease is not None, 5)
        lease = waiting(one)["one"].lease
        began = time.monotonic()
        wait_until(lambda: time.monotonic() - began > 1, 5)
        assert waiting(other)["one"].lease == lease
        ended = True
        wait_until(lambda: left(one) == all_of("one", 1), 5)


# A database that goes away.


def test_jobs_go_on_when_the_database_is_back(postgres_databases: Databases, caplog: pytest.LogCaptureFixture) -> None:
    with proxied(postgres_databases.filled()) as proxy, live(proxy.url, kinds=kinds()) as server:
        put(server, "one", steps=150)
        wait_until(lambda: len(left(server)) > 20, 10)
        for _ in range(2):
            proxy.cut()
            began = time.monotonic()
            wait_until(lambda: time.monotonic() - began > 0.3, 5)  # noqa: B023 -- called at once
            proxy.mend()
            wait_until(lambda: server.call("auth.test", "xoxb-east-desk")["ok"], 10)
        wait_until(lambda: left(server) == all_of("one", 150), 20)
        wait_until(lambda: waiting(server) == {}, 5)
    told = [json.dumps(record.getMessage()) for record in caplog.records if record.name == "gridhall.jobs"]
    assert len(told) <= 6, told


def test_a_step_whose_commit_nobody_knows_of_is_not_done_twice(
    postgres_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "STORAGE_RETRY", 0.02)
    # Where it was the lease whose fate nobody knew, the job waits for its end.
    monkeypatch.setattr(runner, "LEASE", 300_000)
    with proxied(postgres_databases.filled()) as proxy, live(proxy.url, kinds=kinds()) as server:
        server.move()
        for number in range(3):
            proxy.cut_after = b"COMMIT"
            put_later = asyncio.run_coroutine_threadsafe(_put(server, f"{number}"), server.loop)
            put_later.result(10)
            proxy.cut_after = b"COMMIT"
            wait_until(lambda: settled(server) and waiting(server) == {}, 20)
        assert left(server) == [f"{number} {step:05}" for number in range(3) for step in range(3)]


async def _put(server: Live, key: str) -> None:
    """Put an errand down, for certain."""
    from gridhall.contract.errors import ServiceUnavailable

    while True:
        try:
            await server.gridhall.storage.write(lambda work: put_in(work, key, steps=3))
        except ServiceUnavailable:
            continue
        return
