"""SQLite: one file or the memory, one process, one writer.

Everything runs on the event loop. A statement takes microseconds, handing it to a thread costs more, and since no statement
ever suspends, a unit of work runs from its first line to its last without another one in between.
"""

import asyncio
import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from gridhall.contract.errors import FatalError, Refusal, ServiceUnavailable
from gridhall.domain.signals import Listener, Signal
from gridhall.domain.source import Source
from gridhall.domain.work import Work
from gridhall.storage import schema
from gridhall.storage.remembered import Remembered
from gridhall.storage.sqlite_connection import SqliteConnection, WritingConnection
from gridhall.storage.work import SqlWork

T = TypeVar("T")

Unit = Callable[[Work], Coroutine[Any, Any, Any]]
Waiting = tuple[Unit, asyncio.Future[Any]]

log = logging.getLogger("gridhall.storage")

MEMORY = ":memory:"

# Another process (the command line) may hold the write lock for a moment: ask again, for this long in all.
_LOCK_RETRY = 0.005
_LOCK_PATIENCE = 5.0

# How often to look whether another process wrote: well under the 100 ms within which a change must count everywhere.
_WATCH_INTERVAL = 0.04

# Reading never waits for a writer. It may have to for what is rare and short, such as a recovery begun by another process.
_READ_PATIENCE = 1.0

# A backup that reads for long lets the log grow past this; afterwards the space is given back.
_LONGEST_LOG = 64 * 1024 * 1024

_NOT_STORED = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_NOMEM,
}
_AWAY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL}
_OUT_OF_REACH = (OSError, sqlite3.Error, schema.Unfit)


class _Entangled(Exception):
    """A unit failed after it had changed something in a transaction that it shares with others."""


class SqliteStorage:
    """Runs units of work on one SQLite database.

    Writes are committed in groups: every unit that waits runs in one transaction, a failing one disturbs no other, and all are
    answered after the COMMIT, which is durable (`synchronous=FULL`).

    Where the file is taken away, nothing is written to what has no name any more: units are refused until a file is back.

    Arguments:
        path: the database's file, which exists, or `:memory:`.
        source: the units' clock and ids.
        listener: hears what commits made stale.
    """

    shared = False
    """No other worker serves the same database."""

    def __init__(self, path: str, source: Source, listener: Listener) -> None:
        self._path = path if path == MEMORY else os.path.abspath(path)
        self._source = source
        self._listener = listener
        self._waiting: list[Waiting] = []
        self._locked_since: float | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._connect()

    def _connect(self, patience: float = _LOCK_PATIENCE) -> None:
        """Open the file that is there now. Where that fails nothing has changed: no half of it may pass for the whole."""
        file = self._file_now()
        with contextlib.ExitStack() as opened:
            writer = connect(self._path, patience=patience)
            opened.callback(writer.close)
            # Memory belongs to one connection. A file gets a second one for reading, whose page cache writes do not disturb.
            reader = writer if self._path == MEMORY else connect(self._path, reads=True, patience=patience)
            opened.callback(reader.close)
            seen = _data_version(writer)
            opened.pop_all()
        self._file = file
        self._writer = writer
        self._reader = reader
        self._remembered = Remembered()
        self._read_connection = SqliteConnection(reader, self._remembered)
        self._read_work = SqlWork(self._read_connection, self._source)
        self._write_connection = WritingConnection(writer, self._remembered)
        # One for all units, which run one after another: making the nouns' storage anew costs more than a statement.
        self._write_work = SqlWork(self._write_connection, self._source)
        self._seen = self._seen_by_writer = seen
        self._away = False

    def create(self, build: Callable[[sqlite3.Connection], None]) -> None:
        """Build the tables of a database in memory, which only this connection can reach."""
        build(self._writer)

    async def open(self) -> None:
        """Begin to look out for what other processes write."""
        if self._path != MEMORY:
            self._watcher = asyncio.create_task(self._watch())

    async def close(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        self._away = True
        self._disconnect()

    def _disconnect(self) -> None:
        for connection in {self._writer, self._reader}:
            connection.close()

    async def check(self) -> None:
        """Raise ServiceUnavailable where the database cannot be read."""
        if self._away or self._file_now() != self._file:
            raise ServiceUnavailable
        try:
            self._reader.execute("SELECT count(*) FROM meta").fetchone()
        except sqlite3.Error as error:
            raise ServiceUnavailable from error

    async def read(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        if self._away:
            raise ServiceUnavailable
        try:
            return _drive(unit(self._read_work))
        except sqlite3.Error as error:
            told = _told(error)
            if told is error:
                raise
            raise told from error

    async def snapshot(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        """Run a unit that only reads, and that sees nothing of what another process writes meanwhile."""

        async def at_once(work: Work) -> T:
            self._reader.execute("BEGIN")
            try:
                return await unit(work)
            finally:
                self._reader.execute("ROLLBACK")

        return await self.read(at_once)

    async def write(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((unit, future))
        if len(self._waiting) == 1:
            # One more turn of the loop lets requests that arrived together share a COMMIT.
            loop.call_soon(loop.call_soon, self._flush)
        return await future

    def _flush(self) -> None:
        """Run every unit that waits, in one transaction. Nothing else runs meanwhile: this function never suspends."""
        if not self._waiting:
            return
        try:
            self._begin()
        except (sqlite3.Error, ServiceUnavailable) as error:
            self._not_begun(error)
            return
        self._locked_since = None
        group, self._waiting = self._waiting, []
        try:
            lost = self._commit(group, apart=len(group) == 1)
            if lost is not None:
                for one in group:
                    # One unit too large for what is left of the disk ends them all: each has another try alone.
                    self._fail([one], lost if len(group) == 1 else self._commit_apart([one]))
        finally:
            # Whatever happened, nobody waits for ever.
            self._fail(group, ServiceUnavailable())

    def _commit_apart(self, group: list[Waiting]) -> Exception | None:
        """Begin again, and run each unit in a savepoint of its own."""
        try:
            self._begin()
        except (sqlite3.Error, ServiceUnavailable) as error:
            return error
        return self._commit(group, apart=True)

    def _commit(self, group: list[Waiting], *, apart: bool) -> Exception | None:
        """Run units in the transaction that was begun, and answer them; gives the error that lost the whole transaction.

        Arguments:
            apart: whether each unit gets a savepoint. Most groups need none, since units that fail mostly do so before they
                change anything; where one does not, all are rolled back and run again, apart.
        """
        outcomes: list[tuple[asyncio.Future[Any], Any, Exception | None]] = []
        signals: list[Signal] = []
        try:
            for unit, future in group:
                # Whoever gave up waiting was told that nothing was stored.
                if not future.done():
                    outcomes.append((future, *self._run(unit, signals, apart)))
            self._writer.execute("COMMIT")
        except _Entangled:
            self._writer.execute("ROLLBACK")
            self._write_connection.changed.clear()
            return self._commit_apart(group)
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                return error
            raise
        finally:
            self._write_connection.changed.clear()
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)
        # Those who wait go on in the loop's next turn, after the signals.
        for signal in signals:
            self._listener.heard(signal)
        return None

    def _begin(self) -> None:
        if self._away or self._file_now() != self._file:
            raise ServiceUnavailable
        if self._writer.in_transaction:
            # A disk that failed in the middle of a ROLLBACK may be back.
            self._writer.execute("ROLLBACK")
        self._writer.execute("BEGIN IMMEDIATE")
        # What another process wrote a moment ago, this transaction must see, though the watcher has not seen it yet.
        version = _data_version(self._writer)
        if version != self._seen_by_writer:
            self._seen_by_writer = version
            self._remembered.forget_all()
            self._write_connection.last_ts = {}

    def _run(self, unit: Unit, signals: list[Signal], apart: bool) -> tuple[Any, Exception | None]:
        """Run one unit, in a savepoint where it is to be kept apart.

        Raises:
            sqlite3.Error: the whole transaction is lost.
            _Entangled: the unit failed, and what it changed cannot be told from what others did.
        """
        work = self._write_work
        work.signals.clear()
        work.origin = None
        self._write_connection.touched = False
        if apart:
            self._writer.execute("SAVEPOINT unit")
        try:
            result: Any = _drive(unit(work))
        except Exception as error:
            if not self._writer.in_transaction:
                # A full disk makes SQLite roll back everything by itself, the other units of this group included.
                raise error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError(str(error)) from error
            if apart:
                self._writer.execute("ROLLBACK TO unit")
                self._writer.execute("RELEASE unit")
            elif self._write_connection.touched:
                raise _Entangled from error
            return None, _told(error) if isinstance(error, sqlite3.Error) else error
        if apart:
            self._writer.execute("RELEASE unit")
        signals.extend(work.signals)
        return result, None

    def _not_begun(self, error: Exception) -> None:
        """Wait for another process's lock, within reason; anything else ends the units that wait."""
        now = time.monotonic()
        if self._locked_since is None:
            self._locked_since = now
        locked = isinstance(error, sqlite3.Error) and _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if locked and now - self._locked_since < _LOCK_PATIENCE:
            asyncio.get_running_loop().call_later(_LOCK_RETRY, self._flush)
            return
        self._locked_since = None
        group, self._waiting = self._waiting, []
        self._fail(group, error)

    @staticmethod
    def _fail(group: list[Waiting], error: Exception | None) -> None:
        for _, future in group:
            if error is not None and not future.done():
                future.set_exception(_told(error) if isinstance(error, sqlite3.Error) else ServiceUnavailable())

    async def _watch(self) -> None:
        """Look regularly what others did to the database; while that cannot be seen, nothing may be remembered."""
        hearing = True
        while True:
            await asyncio.sleep(_WATCH_INTERVAL)
            try:
                changed = self._look()
            except Exception as error:
                if hearing:
                    if isinstance(error, _OUT_OF_REACH):
                        log.warning("the database is away: %s", error)
                    else:
                        log.exception("a defect: what others do to the database cannot be seen")
                    self._listener.lost()
                self._remembered.forget_all()
                hearing = False
                continue
            if changed or not hearing:
                self._remembered.forget_all()
                if not hearing:
                    log.warning("the database is back")
                self._listener.caught_up()
            hearing = True

    def _look(self) -> bool:
        """Whether another process wrote since the last look; opens the file anew where it is another one.

        Raises:
            OSError, sqlite3.Error, schema.Unfit: the database is out of reach.
        """
        file = self._file_now()
        if file != self._file:
            self._away = True
            if file is None:
                raise FileNotFoundError(f"{self._path} is gone")
            self._reopen()
            return True
        self._away = False
        version = _data_version(self._writer)
        changed, self._seen = version != self._seen, version
        return changed

    def _reopen(self) -> None:
        """Go on with the file that is there now, as with a backup that was put back."""
        version = schema.version_of(self._path)
        if version != schema.HEAD:
            raise sqlite3.DatabaseError(f"{self._path} is of version {version}, not {schema.HEAD}")
        writer, reader = self._writer, self._reader
        # Waiting here would hold up the loop; the next look tries again.
        self._connect(patience=0)
        writer.close()
        reader.close()

    def _file_now(self) -> tuple[int, int] | None:
        """What tells the file that bears the database's name now from any other; None where there is none."""
        if self._path == MEMORY:
            return None
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_dev, status.st_ino


def connect(path: str, *, reads: bool = False, patience: float = _LOCK_PATIENCE) -> sqlite3.Connection:
    """A connection with Gridhall's settings to a database that exists. Transactions are opened by hand.

    Arguments:
        reads: only for reading. Waiting for the write lock is left to the caller, who does it without holding up the loop.
        patience: seconds to wait for another process's lock while connecting.
    """
    name = path if path == MEMORY else Path(path).absolute().as_uri() + "?mode=rw"
    connection = sqlite3.connect(
        name, uri=name != path, isolation_level=None, timeout=patience, check_same_thread=False, cached_statements=512
    )
    try:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal" and path != MEMORY:
            raise sqlite3.OperationalError(f"its file system cannot share a write-ahead log (journal mode {mode})")
        connection.execute("PRAGMA synchronous=FULL")
        # What was deleted beyond recovery is not left to be read in the file: its bytes are overwritten at once.
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute(f"PRAGMA journal_size_limit={_LONGEST_LOG}")
        connection.execute(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
        connection.execute(f"PRAGMA busy_timeout={round(_READ_PATIENCE * 1000) if reads else 0}")
    except BaseException:
        connection.close()
        raise
    return connection


def _data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection has written."""
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version


def _drive(unit: Coroutine[Any, Any, T]) -> T:
    """Run a unit to its end. Its awaits never suspend here; one that does awaited something other than its work."""
    try:
        unit.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    unit.close()
    raise RuntimeError("a unit of work awaited something other than its storage")


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _told(error: sqlite3.Error) -> Exception:
    """What the caller is told: that nothing was stored, or that the database is away for now.

    An error that is neither, such as a mistake in a statement, is a defect and stays what it is.
    """
    refusal: Refusal
    if _code(error) in _NOT_STORED:
        refusal = FatalError()
    elif _code(error) in _AWAY:
        refusal = ServiceUnavailable()
    else:
        return error
    refusal.__cause__ = error
    return refusal
