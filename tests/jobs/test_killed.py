"""Workers that are killed, ended and stopped in the middle of a job, in processes of their own. Many rounds: tests/soak."""

import asyncio
import os
import signal
import time
from pathlib import Path

from harness.databases import Databases
from harness.storage import on_postgres, opened, wait_until
from jobs.errands import list_jobs, put_in
from jobs.killing import kill_in_rounds, left_in, look
from jobs.worker import working


def test_a_killed_worker_loses_and_doubles_nothing(any_databases: Databases, tmp_path: Path) -> None:
    kill_in_rounds(any_databases.filled(), tmp_path, 1)


def test_killed_workers_lose_and_double_nothing(postgres_databases: Databases, tmp_path: Path) -> None:
    kill_in_rounds(postgres_databases.filled(), tmp_path, 1, workers=2)


def test_a_worker_that_ends_leaves_nothing_that_others_wait_for(postgres_databases: Databases, tmp_path: Path) -> None:
    kill_in_rounds(postgres_databases.filled(), tmp_path, 1, how=signal.SIGTERM)


def test_another_takes_over_from_a_dead_worker_after_its_lease(postgres_databases: Databases, tmp_path: Path) -> None:
    database = postgres_databases.filled()
    with working(database, tmp_path, lease=1) as one:
        _put(database)
        wait_until(lambda: len(left_in(database)) > 3)
        os.kill(one.pid, signal.SIGKILL)
        one.wait(10)
        killed = time.monotonic()
        _, (job,) = asyncio.run(look(database))
        with working(database, tmp_path, lease=1):
            wait_until(lambda: _lease(database) not in (None, job.lease), 10)
            assert time.monotonic() - killed < 5
        assert "Conflict" not in (tmp_path / "workers.log").read_text()


def test_a_worker_that_was_stopped_stores_nothing_of_what_another_has_taken(
    postgres_databases: Databases, tmp_path: Path
) -> None:
    database = postgres_databases.filled()
    with working(database, tmp_path, lease=0.3) as one:
        _put(database)
        wait_until(lambda: len(left_in(database)) > 3)
        _stop_between_units(one.pid, database)
        stopped = _lease(database)
        with working(database, tmp_path, lease=0.3):
            wait_until(lambda: _lease(database) not in (None, stopped), 10)
            before = len(left_in(database))
            os.kill(one.pid, signal.SIGCONT)
            wait_until(lambda: len(left_in(database)) > before + 20)
        left = left_in(database)
        assert left == [f"long {step:05}" for step in range(len(left))]
        assert "Conflict" not in (tmp_path / "workers.log").read_text()


def _put(database: str) -> None:
    async def main() -> None:
        async with opened(database) as storage:
            await storage.write(lambda work: put_in(work, "long", steps=100_000))

    asyncio.run(main())


def _lease(database: str) -> str | None:
    async def main() -> str | None:
        async with opened(database) as storage:
            (job,) = await storage.read(list_jobs)
            return job.lease

    return asyncio.run(main())


def _stop_between_units(process: int, database: str) -> None:
    """Stop a worker that has no transaction open: else its locks would be held until the database ends it, a minute later."""
    while True:
        os.kill(process, signal.SIGSTOP)
        if not asyncio.run(on_postgres(database, _BUSY)):
            return
        os.kill(process, signal.SIGCONT)


_BUSY = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
)
