"""SQLite: one file or the memory, one process, one writer.

Everything runs on the event loop. A statement takes microseconds, handing it to a thread costs more, and since no statement
ever suspends, a unit of work runs from its first line to its last without another one in between.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from gridhall.contract.errors import FatalError, Refusal, ServiceUnavailable
from gridhall.domain.signals import AuthorityChanged, Listener
from gridhall.domain.source import Source
from gridhall.domain.work import Work
from gridhall.storage.statement import SQLITE, Conflict, Statement
from gridhall.storage.work import SqlWork

T = TypeVar("T")

Unit = Callable[[Work], Coroutine[Any, Any, Any]]

MEMORY = ":memory:"

# Another process (the command line) may hold the write lock for a moment: ask again, for this long in all.
_LOCK_RETRY = 0.005
_LOCK_PATIENCE = 5.0

# How often to look whether another process wrote: well under the 100 ms within which a change must count everywhere.
_WATCH_INTERVAL = 0.04

_STORAGE_FAILED = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}


class SqliteConnection:
    """One connection. Its methods are coroutines only so that the same domain code runs on PostgreSQL: they never suspend."""

    __slots__ = ("_execute", "_raw")

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self._execute = raw.execute

    async def one(self, statement: Statement[T], **parameters: Any) -> T | None:
        plan = statement.plan(SQLITE)
        row = self._execute(plan.sql, plan.values(parameters)).fetchone()
        if row is None:
            return None
        return statement.row(*_with_booleans(row, plan.booleans)) if plan.booleans else statement.row(*row)

    async def all(self, statement: Statement[T], **parameters: Any) -> list[T]:
        plan = statement.plan(SQLITE)
        rows = self._execute(plan.sql, plan.values(parameters)).fetchall()
        make = statement.row
        if plan.booleans:
            return [make(*_with_booleans(row, plan.booleans)) for row in rows]
        return [make(*row) for row in rows]

    async def run(self, statement: Statement[Any], **parameters: Any) -> int:
        plan = statement.plan(SQLITE)
        try:
            return self._execute(plan.sql, plan.values(parameters)).rowcount
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    async def many(self, statement: Statement[Any], rows: list[dict[str, Any]]) -> None:
        plan = statement.plan(SQLITE)
        try:
            self._raw.executemany(plan.sql, [plan.values(dict(row)) for row in rows])
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error


class SqliteStorage:
    """Runs units of work on one SQLite database.

    Writes are committed in groups: every unit that waits runs in one transaction, each in a savepoint of its own, and all are
    answered after the COMMIT, which is durable (`synchronous=FULL`).

    Arguments:
        path: the database's file, or `:memory:`.
        source: the units' clock and ids.
        listener: hears what commits made stale.
    """

    shared = False
    """No other worker serves the same database."""

    def __init__(self, path: str, source: Source, listener: Listener) -> None:
        self._source = source
        self._listener = listener
        self._writer = connect(path)
        # Memory belongs to one connection. A file gets a second one for reading, whose page cache writes do not disturb.
        self._reader = self._writer if path == MEMORY else connect(path)
        self._read_work = SqlWork(SqliteConnection(self._reader), source)
        self._write_connection = SqliteConnection(self._writer)
        self._waiting: list[tuple[Unit, asyncio.Future[Any]]] = []
        self._locked_since: float | None = None
        self._watcher: asyncio.Task[None] | None = None

    def create(self, build: Callable[[sqlite3.Connection], None]) -> None:
        """Build the tables of a database in memory, which only this connection can reach."""
        build(self._writer)

    async def open(self) -> None:
        """Begin to look out for what other processes write."""
        if self._reader is not self._writer:
            self._watcher = asyncio.create_task(self._watch())

    async def close(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
        for connection in {self._writer, self._reader}:
            connection.close()

    async def check(self) -> None:
        """Raise ServiceUnavailable where the database cannot be read."""
        try:
            self._reader.execute("SELECT 1").fetchone()
        except sqlite3.Error as error:
            raise _refusal(error) from error

    async def read(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        try:
            return await unit(self._read_work)
        except sqlite3.Error as error:
            raise _refusal(error) from error

    async def write(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((unit, future))
        if len(self._waiting) == 1:
            # One more turn of the loop lets requests that arrived together share a COMMIT.
            loop.call_soon(loop.call_soon, self._flush)
        return await future

    def _flush(self) -> None:
        """Run every unit that waits, in one transaction."""
        if not self._waiting:
            return
        try:
            self._writer.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._not_begun(error)
            return
        self._locked_since = None
        group, self._waiting = self._waiting, []
        outcomes: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
        signals: list[AuthorityChanged] = []
        try:
            for unit, future in group:
                outcomes.append((future, *self._run(unit, signals)))
            self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
            self._fail(group, _refusal(error))
            return
        for signal in signals:
            self._listener.heard(signal)
        for future, result, failure in outcomes:
            if future.done():
                continue
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _run(self, unit: Unit, signals: list[AuthorityChanged]) -> tuple[Any, BaseException | None]:
        """Run one unit in a savepoint. Raises sqlite3.Error where the whole transaction is lost."""
        work = SqlWork(self._write_connection, self._source)
        self._writer.execute("SAVEPOINT unit")
        try:
            result: Any = _drive(unit(work))
        except Exception as error:
            if not self._writer.in_transaction:
                # A full disk makes SQLite roll back everything by itself, the other units of this group included.
                raise error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError(str(error)) from error
            self._writer.execute("ROLLBACK TO unit")
            self._writer.execute("RELEASE unit")
            return None, _refusal(error) if isinstance(error, sqlite3.Error) else error
        self._writer.execute("RELEASE unit")
        signals.extend(work.signals)
        return result, None

    def _not_begun(self, error: sqlite3.Error) -> None:
        """Wait for another process's lock, within reason; anything else ends the units that wait."""
        now = time.monotonic()
        if self._locked_since is None:
            self._locked_since = now
        locked = _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if locked and now - self._locked_since < _LOCK_PATIENCE:
            asyncio.get_running_loop().call_later(_LOCK_RETRY, self._flush)
            return
        self._locked_since = None
        group, self._waiting = self._waiting, []
        self._fail(group, _refusal(error))

    @staticmethod
    def _fail(group: list[tuple[Unit, asyncio.Future[Any]]], refusal: Refusal) -> None:
        for _, future in group:
            if not future.done():
                future.set_exception(refusal)

    async def _watch(self) -> None:
        """Forget everything remembered when another process has written (PRAGMA data_version tells only of others)."""
        seen = self._data_version()
        while True:
            await asyncio.sleep(_WATCH_INTERVAL)
            version = self._data_version()
            if version != seen:
                seen = version
                self._listener.caught_up()

    def _data_version(self) -> int:
        version: int = self._writer.execute("PRAGMA data_version").fetchone()[0]
        return version


def connect(path: str) -> sqlite3.Connection:
    """A connection with Gridhall's settings. Transactions are opened by hand; waiting for locks is left to the caller."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False, cached_statements=512)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-65536")
    return connection


def _drive(unit: Coroutine[Any, Any, T]) -> T:
    """Run a unit to its end. Its awaits never suspend here; one that does awaited something other than its work."""
    try:
        unit.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    unit.close()
    raise RuntimeError("a unit of work awaited something other than its storage")


def _with_booleans(row: tuple[Any, ...], booleans: tuple[int, ...]) -> list[Any]:
    values = list(row)
    for index in booleans:
        if values[index] is not None:
            values[index] = values[index] == 1
    return values


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _refusal(error: sqlite3.Error) -> Refusal:
    """What the caller is told: that nothing was stored, or that the database is away for now."""
    refusal: Refusal = FatalError() if _code(error) in _STORAGE_FAILED else ServiceUnavailable()
    refusal.__cause__ = error
    return refusal
