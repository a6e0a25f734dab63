"""What a unit of work may rely on, on either engine."""

import asyncio
import itertools
import os
import sqlite3
from typing import Any

import asyncpg
import pytest
from sqlalchemy import literal_column, select

from gridhall.contract.errors import Refusal, ServiceUnavailable, UserNotFound
from gridhall.domain.signals import AuthorityChanged
from gridhall.domain.work import Conflict, Work
from gridhall.storage.sqlite import SqliteStorage
from gridhall.storage.statement import Statement
from gridhall.storage.tables import meta
from gridhall.storage.work import SqlWork
from harness.databases import run
from harness.storage import INSERT, Ear, Unit, adds, eventually, on_postgres, opened, raw_sqlite, value

MEMORY = "sqlite:///:memory:"

_ANY = Statement(select(meta.c.key), str)
_BOTH = Statement(
    select(meta.c.key, meta.c.value).where((meta.c.key == "one") | (meta.c.key == "two")), lambda key, value: (key, value)
)
_NO_SUCH_COLUMN = Statement(select(literal_column("no_such_column")).select_from(meta), str)


def fails(key: str, error: BaseException) -> Unit:
    async def unit(work: Work) -> None:
        await adds(key)(work)
        raise error

    return unit


def test_one_unit_that_fails_takes_none_of_its_neighbours_along(database: str) -> None:
    async def main() -> None:
        async with opened(database) as storage:
            await storage.write(adds("taken"))
            outcomes = await asyncio.gather(
                storage.write(adds("before")),
                storage.write(fails("refused", UserNotFound())),
                storage.write(adds("between")),
                storage.write(adds("taken", "again")),
                storage.write(fails("defect", ZeroDivisionError())),
                storage.write(adds("after")),
                return_exceptions=True,
            )
            assert [type(outcome) for outcome in outcomes] == [str, UserNotFound, str, Conflict, ZeroDivisionError, str]
            stored = {key: await value(storage, key) for key in ("before", "refused", "between", "taken", "defect", "after")}
            assert stored == {
                "before": "there",
                "refused": None,
                "between": "there",
                "taken": "there",
                "defect": None,
                "after": "there",
            }

    run(main())


def test_signals_are_heard_once_stored_and_not_at_all_otherwise(database: str) -> None:
    async def signals(work: Work) -> None:
        work.signal(AuthorityChanged("E1"))
        await adds("stored")(work)

    async def signals_in_vain(work: Work) -> None:
        work.signal(AuthorityChanged("E2"))
        raise UserNotFound

    async def main() -> None:
        ear = Ear()
        async with opened(database, ear) as storage:
            with pytest.raises(UserNotFound):
                await storage.write(signals_in_vain)
            await storage.write(signals)
            # On this worker already when the answer is there, whatever the network does.
            assert "E1" in ear.events
            assert "E2" not in ear.events

    run(main())


def test_a_read_sees_a_whole_unit_or_none_of_it(database: str) -> None:
    def sets_both(to: int) -> Unit:
        async def unit(work: Work) -> None:
            assert isinstance(work, SqlWork)
            for key in ("one", "two"):
                await work.meta.save(key, str(to))

        return unit

    async def both(work: Work) -> tuple[str | None, str | None]:
        assert isinstance(work, SqlWork)
        rows = await work.connection.all(_BOTH)
        found = dict(rows)
        return found.get("one"), found.get("two")

    async def main() -> None:
        async with opened(database) as storage:
            await storage.write(sets_both(0))
            seen = []

            async def look() -> None:
                for _ in range(40):
                    seen.append(await storage.read(both))
                    await asyncio.sleep(0)

            await asyncio.gather(look(), *(storage.write(sets_both(number)) for number in range(1, 10)), look())
            assert {one == two for one, two in seen} == {True}

    run(main())


def test_a_mistake_in_a_statement_is_a_defect_and_no_refusal(database: str) -> None:
    async def reads(work: Work) -> None:
        assert isinstance(work, SqlWork)
        await work.connection.one(_NO_SUCH_COLUMN)

    async def breaks_not_null(work: Work) -> None:
        assert isinstance(work, SqlWork)
        await work.connection.run(INSERT, key="none", value=None)

    async def main() -> None:
        async with opened(database) as storage:
            for run_unit, unit in ((storage.read, reads), (storage.write, reads), (storage.write, breaks_not_null)):
                with pytest.raises((sqlite3.Error, asyncpg.PostgresError)) as caught:
                    await run_unit(unit)
                assert not isinstance(caught.value, (Refusal, Conflict))
            # And what comes after is none the worse.
            await storage.write(adds("after"))
            assert await value(storage, "after") == "there"

    run(main())


def test_who_gave_up_waiting_is_not_served_behind_his_back(database: str) -> None:
    async def main() -> None:
        async with opened(database) as storage:
            task = asyncio.create_task(storage.write(adds("given up")))
            other = asyncio.create_task(storage.write(adds("other")))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await other
            assert await value(storage, "other") == "there"
            assert await value(storage, "given up") is None
            # The connection that it had is as good as new.
            await asyncio.gather(*(storage.write(adds(f"later {number}")) for number in range(20)))

    run(main())


def test_units_refuse_after_the_end(database: str) -> None:
    async def main() -> None:
        async with opened(database) as storage:
            await storage.write(adds("last"))
        for attempt in (storage.write(adds("too late")), value(storage, "last"), storage.check()):
            with pytest.raises(ServiceUnavailable):
                await attempt

    run(main())


# SQLite


def test_units_that_wait_together_share_one_commit(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            assert isinstance(storage, SqliteStorage)
            statements: list[str] = []
            storage._writer.set_trace_callback(statements.append)
            await asyncio.gather(*(storage.write(adds(str(number))) for number in range(50)))
            storage._writer.set_trace_callback(None)
            assert statements.count("COMMIT") == 1
            assert statements.count("SAVEPOINT unit") == 0, "no unit failed"
            assert storage._writer.execute("PRAGMA synchronous").fetchone() == (2,), "FULL: acknowledged means durable"
            assert storage._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert storage._writer.execute("PRAGMA secure_delete").fetchone() == (1,), "what is deleted is overwritten"

    run(main())


def test_units_are_kept_apart_where_one_fails_after_a_change(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            assert isinstance(storage, SqliteStorage)
            statements: list[str] = []
            storage._writer.set_trace_callback(statements.append)
            units = [adds("before"), fails("between", UserNotFound()), adds("after")]
            outcomes = await asyncio.gather(*(storage.write(unit) for unit in units), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [str, UserNotFound, str]
            assert (statements.count("SAVEPOINT unit"), statements.count("COMMIT")) == (3, 1)
            assert [await value(storage, key) for key in ("before", "between", "after")] == ["there", None, "there"]

    run(main())


def test_units_stay_together_where_one_fails_before_it_changes_anything(file: str) -> None:
    async def refuses(work: Work) -> None:
        assert await work.meta.find("nothing") is None
        raise UserNotFound

    async def main() -> None:
        async with opened(file) as storage:
            assert isinstance(storage, SqliteStorage)
            statements: list[str] = []
            storage._writer.set_trace_callback(statements.append)
            outcomes = await asyncio.gather(storage.write(adds("one")), storage.write(refuses), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [str, UserNotFound]
            assert (statements.count("SAVEPOINT unit"), statements.count("COMMIT")) == (0, 1)

    run(main())


def test_a_unit_that_awaits_anything_else_is_stopped(file: str) -> None:
    async def wanders_off(work: Work) -> None:
        await work.meta.find("")
        await asyncio.sleep(0)

    async def writes_and_wanders_off(work: Work) -> None:
        await adds("wandered")(work)
        await asyncio.sleep(0)

    async def main() -> None:
        async with opened(file) as storage:
            for attempt in (storage.read(wanders_off), storage.write(writes_and_wanders_off)):
                with pytest.raises(RuntimeError):
                    await attempt
            assert await value(storage, "wandered") is None

    run(main())


class Worst(BaseException):
    """What no unit is expected to raise."""


@pytest.mark.parametrize("where", ["memory", "file"])
def test_the_worst_exception_leaves_no_transaction_open_and_nobody_waiting(request: pytest.FixtureRequest, where: str) -> None:
    url = MEMORY if where == "memory" else request.getfixturevalue("file")

    async def main() -> None:
        async with opened(url) as storage:
            told: list[dict[str, Any]] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
            outcomes = await asyncio.wait_for(
                asyncio.gather(
                    storage.write(adds("neighbour")),
                    storage.write(fails("worst", Worst())),
                    return_exceptions=True,
                ),
                5,
            )
            assert [type(outcome) for outcome in outcomes] == [ServiceUnavailable, ServiceUnavailable]
            assert [type(context["exception"]) for context in told] == [Worst]
            assert await value(storage, "neighbour") is None
            await storage.write(adds("after"))

    run(main())


def test_a_commit_that_fails_is_told_to_the_whole_group(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        """The writer, whose COMMIT fails as one does on a broken disk."""

        def __init__(self, writer: sqlite3.Connection) -> None:
            self._writer = writer

        def execute(self, statement: str) -> sqlite3.Cursor:
            if statement == "COMMIT":
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
                raise error
            return self._writer.execute(statement)

        @property
        def in_transaction(self) -> bool:
            return self._writer.in_transaction

    async def main() -> None:
        ear = Ear()
        async with opened(file, ear) as storage:
            assert isinstance(storage, SqliteStorage)

            async def signals(work: Work) -> None:
                work.signal(AuthorityChanged("E1"))
                await adds("one")(work)

            with monkeypatch.context() as patch:
                patch.setattr(storage, "_writer", Failing(storage._writer))
                outcomes = await asyncio.gather(storage.write(signals), storage.write(adds("two")), return_exceptions=True)
            assert [getattr(outcome, "code", None) for outcome in outcomes] == ["fatal_error", "fatal_error"]
            assert outcomes[0] is not outcomes[1]
            assert [await value(storage, key) for key in ("one", "two")] == [None, None]
            assert "E1" not in ear.events
            await storage.write(adds("one"))

    run(main())


def test_reading_cannot_write(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            with pytest.raises(Refusal):
                await storage.read(adds("by reading"))
            assert await value(storage, "by reading") is None

    run(main())


def test_the_log_is_emptied_again_and_again(file: str) -> None:
    """Reads leave no statement open, which would keep the log from being carried over into the database."""

    async def main() -> None:
        async with opened(file) as storage:
            piece = "x" * 500_000
            for number in range(40):
                await storage.write(adds(str(number), piece))
                # One row of several: the statement has not come to its end.
                assert await storage.read(lambda work: work.connection.one(_ANY))  # type: ignore[attr-defined]
            size = os.stat(file.removeprefix("sqlite:///") + "-wal").st_size
            assert size < 10_000_000, "twenty megabytes went through a log that is emptied about every four"

    run(main())


# PostgreSQL


def test_commits_wait_for_the_disk_whatever_the_database_says(postgres: str) -> None:
    async def main() -> None:
        name = postgres.rpartition("/")[2]
        await on_postgres(postgres, f"ALTER DATABASE {name} SET synchronous_commit = off")
        assert await on_postgres(postgres, "SHOW synchronous_commit") == "off"
        show = Statement(select(literal_column("current_setting('synchronous_commit')")), str)
        async with opened(postgres) as storage:
            assert await storage.write(lambda work: work.connection.one(show)) == "on"  # type: ignore[attr-defined]

    run(main())


def test_a_conflict_that_is_passed_over_is_not_called_a_success(postgres: str) -> None:
    """PostgreSQL answers such a COMMIT with ROLLBACK, and no error."""

    async def passes_over(work: Work) -> str:
        await adds("lost")(work)
        try:
            await adds("taken")(work)
        except Conflict:
            return "all is well"
        raise AssertionError

    async def main() -> None:
        async with opened(postgres) as storage:
            await storage.write(adds("taken"))
            with pytest.raises(RuntimeError):
                await storage.write(passes_over)
            assert await value(storage, "lost") is None

    run(main())


def test_units_that_lock_crosswise_are_run_again(postgres: str) -> None:
    runs = itertools.count()

    def crosswise(first: str, second: str, met: asyncio.Event, other: asyncio.Event) -> Unit:
        async def unit(work: Work) -> None:
            next(runs)
            await work.buckets.lock(first)
            met.set()
            await other.wait()
            await work.buckets.lock(second)
            await adds(f"{first} before {second}")(work)

        return unit

    async def main() -> None:
        await on_postgres(postgres, f"ALTER DATABASE {postgres.rpartition('/')[2]} SET deadlock_timeout = '20ms'")
        async with opened(postgres) as storage:
            for key in ("a", "b"):
                await storage.write(lambda work, key=key: work.buckets.lock(key))  # type: ignore[misc]
            one, two = asyncio.Event(), asyncio.Event()
            await asyncio.gather(storage.write(crosswise("a", "b", one, two)), storage.write(crosswise("b", "a", two, one)))
            assert next(runs) > 2
            assert await value(storage, "a before b") == await value(storage, "b before a") == "there"

    run(main())


def test_who_finds_no_free_connection_is_told_so_in_time(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened(postgres) as storage:
            monkeypatch.setattr("gridhall.storage.postgres._PATIENCE", 0.1)
            monkeypatch.setattr("gridhall.storage.postgres._CHECK_WITHIN", 0.05)
            free, busy = asyncio.Event(), itertools.count(1)
            held = 0

            async def holds(work: Work) -> None:
                nonlocal held
                await work.meta.find("")
                held = next(busy)
                await free.wait()

            holders = [asyncio.create_task(storage.read(holds)) for _ in range(10)]
            await eventually(lambda: held == 10)
            for attempt in (value(storage, "any"), storage.write(adds("any")), storage.check()):
                with pytest.raises(ServiceUnavailable):
                    await asyncio.wait_for(attempt, 2)
            free.set()
            await asyncio.gather(*holders)
            await storage.write(adds("any"))
            await storage.check()

    run(main())


def test_a_statement_that_never_ends_is_given_up(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridhall.storage.postgres._COMMAND_TIMEOUT", 0.1)

    async def waits(work: Work) -> None:
        await work.buckets.lock("held")
        await adds("too late")(work)

    async def main() -> None:
        async with opened(postgres) as storage:
            locked, free = asyncio.Event(), asyncio.Event()

            async def holds(work: Work) -> None:
                await work.buckets.lock("held")
                locked.set()
                await free.wait()

            holder = asyncio.create_task(storage.write(holds))
            await locked.wait()
            with pytest.raises(ServiceUnavailable):
                await asyncio.wait_for(storage.write(waits), 5)
            free.set()
            await holder
            assert await value(storage, "too late") is None
            await storage.write(waits)

    run(main())


@pytest.mark.parametrize("kind", ["file", "postgres"])
def test_a_snapshot_sees_nothing_of_what_others_write_meanwhile(kind: str, request: pytest.FixtureRequest) -> None:
    url: str = request.getfixturevalue(kind)

    async def other_writes(key: str) -> None:
        statement = f"INSERT INTO meta VALUES ('{key}', 'there')"
        if kind == "postgres":
            await on_postgres(url, statement)
        else:
            with raw_sqlite(url) as other:
                other.execute(statement)

    async def main() -> None:
        async with opened(url) as storage:

            async def unit(work: Work) -> list[str | None]:
                before = await work.meta.find("before")
                await other_writes("during")
                return [before, await work.meta.find("during")]

            async def fails(work: Work) -> None:
                await work.meta.find("before")
                raise KeyError

            await other_writes("before")
            assert await storage.snapshot(unit) == ["there", None]
            assert await value(storage, "during") == "there"
            with pytest.raises(KeyError):
                await storage.snapshot(fails)
            await other_writes("later")
            assert await value(storage, "later") == "there"
            await storage.write(adds("after"))
            assert await storage.snapshot(lambda work: work.meta.find("after")) == "there"

    run(main())
