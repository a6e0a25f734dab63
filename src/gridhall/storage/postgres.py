"""PostgreSQL: for several workers and hosts over one database."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
import msgspec
from sqlalchemy import bindparam, func, select

from gridhall.contract.errors import FatalError, Refusal, ServiceUnavailable
from gridhall.domain.signals import AuthorityChanged, JobDue, Listener, SessionsEnded, Signal
from gridhall.domain.source import Source
from gridhall.domain.work import Conflict, Work
from gridhall.storage.statement import POSTGRESQL, Statement
from gridhall.storage.work import SqlWork

T = TypeVar("T")

Clock = dict[str, int | None]
OnClock = Callable[[Clock], None]

log = logging.getLogger("gridhall.storage")

CHANNEL = "gridhall"
POOL_SIZE = 10

# Seconds to wait for a connection, a free one of the pool or a new one, and for a broken one to be given back.
_PATIENCE = 5.0
_COMMAND_TIMEOUT = 30.0
_CHECK_WITHIN = 2.0
_ATTEMPTS = 3

# How long the connection that hears other workers may be dead without anybody noticing.
_HEARTBEAT = 1.0
_RECONNECT_AFTER = 0.2

_SETTINGS = {
    "application_name": "gridhall",
    # Acknowledged means durable, whatever the server's default is.
    "synchronous_commit": "on",
    # A worker that was stopped in the middle of a unit must not hold its locks for ever.
    "idle_in_transaction_session_timeout": "60000",
    # Every statement takes a page by index. Where a plan for all parameters alike guesses otherwise, starting helpers would
    # cost more than the statement.
    "max_parallel_workers_per_gather": "0",
}

_CLOCK = "clock"
"""The name below which `meta` keeps how the control surface moved the clock."""

_UNMOVED: Clock = {"offset": 0, "frozen_at": None}

_NOTIFY = Statement(select(func.pg_notify(CHANNEL, bindparam("news"))), lambda nothing: None)

_DRIVER = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
"""Everything that the driver raises."""

_TRY_AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_NOT_STORED = (
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
    asyncpg.ReadOnlySQLTransactionError,
)
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    OSError,
    TimeoutError,
)


class PostgresConnection:
    """One connection inside one unit of work."""

    __slots__ = ("_raw", "last_ts")

    locks = True
    # The largest page that the platform advises, and the row that tells whether there are more. With fewer, reading a thousand
    # takes far longer; one that comes does not hold anybody up, as it would on SQLite, but takes memory.
    at_once: int | None = 201

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.last_ts: dict[str, int] | None = None

    async def one(self, statement: Statement[T], **parameters: Any) -> T | None:
        plan = statement.plan(POSTGRESQL)
        row = await self._raw.fetchrow(plan.sql, *plan.values(parameters))
        return None if row is None else statement.row(*row)

    async def all(self, statement: Statement[T], **parameters: Any) -> list[T]:
        plan = statement.plan(POSTGRESQL)
        make = statement.row
        found = [make(*row) for row in await self._raw.fetch(plan.sql, *plan.values(parameters))]
        return statement.collect(found) if statement.collect is not None else found

    async def run(self, statement: Statement[Any], **parameters: Any) -> int:
        plan = statement.plan(POSTGRESQL)
        try:
            status: str = await self._raw.execute(plan.sql, *plan.values(parameters))
        except asyncpg.UniqueViolationError as error:
            raise Conflict(str(error)) from error
        return int(status.rpartition(" ")[2])

    async def many(self, statement: Statement[Any], rows: list[dict[str, Any]]) -> None:
        plan = statement.plan(POSTGRESQL)
        try:
            await self._raw.executemany(plan.sql, [plan.values(dict(row)) for row in rows])
        except asyncpg.UniqueViolationError as error:
            raise Conflict(str(error)) from error


class _Lost(Exception):
    """The connection broke, and it is certain that nothing was stored."""


class _Pool:
    """Connections that nobody uses now. They are made when they are wanted, and at the most so many.

    A small read costs 23 µs of CPU through it, 53 through asyncpg's own pool, which starts a task for every connection that is
    given back, and 90 with that one's reset, which would clean nothing: what a unit does ends with its transaction.
    """

    def __init__(self, connect: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._connect = connect
        self._idle: list[Any] = []
        self._places = asyncio.Semaphore(POOL_SIZE)
        self._closed = False

    async def take(self) -> Any:
        """A connection that is open as far as anybody knows.

        Raises:
            ServiceUnavailable: there is none within reasonable time.
        """
        try:
            if self._places.locked():
                async with asyncio.timeout(_PATIENCE):
                    await self._places.acquire()
            else:
                await self._places.acquire()
            try:
                while self._idle:
                    connection = self._idle.pop()
                    if not connection.is_closed():
                        return connection
                if self._closed:
                    raise ServiceUnavailable
                return await self._connect()
            except BaseException:
                self._places.release()
                raise
        except _DRIVER as error:
            raise ServiceUnavailable from error

    def give_back(self, connection: Any, *, sound: bool) -> None:
        if sound and not self._closed and not connection.is_closed():
            self._idle.append(connection)
        else:
            connection.terminate()
        self._places.release()

    def forget(self) -> None:
        """Use none again of those that are idle now."""
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.terminate()

    async def close(self) -> None:
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            with contextlib.suppress(*_DRIVER):
                await connection.close(timeout=1)


class PostgresStorage:
    """Runs units of work on one PostgreSQL database, and tells other workers what they made stale.

    A unit whose connection breaks before its COMMIT is sent, or that met a deadlock, is run again: nothing of it was stored.
    Where the answer to a COMMIT is lost, nobody knows: it is neither run again nor called a success.

    Arguments:
        url: `postgresql://…`.
        source: the units' clock and ids.
        listener: hears signals of this worker and of the others.
        on_clock: hears how the control surface of any worker moved the clock.
    """

    shared = True
    """Other workers serve the same database."""

    def __init__(self, url: str, source: Source, listener: Listener, on_clock: OnClock) -> None:
        self._url = url
        self._source = source
        self._listener = listener
        self._on_clock = on_clock
        self._pool = _Pool(self._connect)
        self._ear: asyncio.Task[None] | None = None

    async def _connect(self) -> Any:
        return await asyncpg.connect(
            self._url,
            timeout=_PATIENCE,
            command_timeout=_COMMAND_TIMEOUT,
            statement_cache_size=512,
            max_cached_statement_lifetime=0,
            server_settings=_SETTINGS,
        )

    async def open(self) -> None:
        """Connect, and begin to hear signals."""
        self._ear = asyncio.create_task(self._hear(await self._listen()))

    async def close(self) -> None:
        if self._ear is not None:
            self._ear.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ear
        await self._pool.close()

    async def check(self) -> None:
        """Raise ServiceUnavailable where the database cannot be reached."""
        try:
            async with asyncio.timeout(_CHECK_WITHIN):
                await self.read(lambda work: work.meta.find(_CLOCK))
        except TimeoutError as error:
            raise ServiceUnavailable from error

    async def read(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        return await self._run(self._read, unit)

    async def snapshot(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        """Run a unit that only reads, and that sees nothing of what others write meanwhile."""
        return await self._run(self._snapshot, unit)

    async def write(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        return await self._run(self._write, unit)

    async def tell_clock(self, clock: Clock) -> None:
        """Have the other workers, and those that start later, follow the clock."""

        async def unit(work: Work) -> None:
            assert isinstance(work, SqlWork)
            await work.meta.save(_CLOCK, msgspec.json.encode(clock).decode())
            await _notify(work, {"clock": clock})

        await self.write(unit)

    async def _run(
        self,
        run: Callable[[Callable[[Work], Coroutine[Any, Any, T]]], Coroutine[Any, Any, T]],
        unit: Callable[[Work], Coroutine[Any, Any, T]],
    ) -> T:
        for left in reversed(range(_ATTEMPTS)):
            try:
                return await run(unit)
            except (_Lost, *_TRY_AGAIN) as error:
                if not left:
                    raise ServiceUnavailable from error
            except _DRIVER as error:
                told = _told(error)
                if told is None:
                    raise
                raise told from error
        raise AssertionError("unreachable")

    async def _read(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        async with self._connection() as raw:
            return await unit(SqlWork(PostgresConnection(raw), self._source))

    async def _snapshot(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        async with self._connection() as raw:
            await raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                result = await unit(SqlWork(PostgresConnection(raw), self._source))
            except (Exception, asyncio.CancelledError):
                with contextlib.suppress(*_DRIVER):
                    await raw.execute("ROLLBACK")
                raise
            await raw.execute("ROLLBACK")
        return result

    async def _write(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        async with self._connection() as raw:
            work = SqlWork(PostgresConnection(raw), self._source)
            await raw.execute("BEGIN")
            try:
                result = await unit(work)
                signals = dict.fromkeys(work.signals)
                for signal in signals:
                    await _notify(work, _news(signal))
            except (Exception, asyncio.CancelledError):
                with contextlib.suppress(*_DRIVER):
                    await raw.execute("ROLLBACK")
                raise
            try:
                outcome = await raw.execute("COMMIT")
            except _DRIVER as error:
                if raw.is_closed():
                    raise ServiceUnavailable from error
                raise
        if outcome != "COMMIT":
            raise RuntimeError("a unit went on after a statement that failed: PostgreSQL has stored nothing")
        for signal in signals:
            self._listener.heard(signal)
        return result

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """A connection for one unit.

        Raises:
            ServiceUnavailable: there is none.
            _Lost: it broke while it was used; the next one is a new one.
        """
        raw = await self._pool.take()
        sound = False
        try:
            yield raw
            sound = True
        except Exception as error:
            if raw.is_closed() and not isinstance(error, Refusal):
                # Where one was cut all may have been, only that nobody has noticed yet.
                self._pool.forget()
                raise _Lost from error
            # Something may still be under way on it, or a transaction be open.
            unclear = isinstance(error, _DRIVER) and not isinstance(error, asyncpg.PostgresError)
            sound = not unclear and not raw.is_closed() and not raw.is_in_transaction()
            raise
        finally:
            self._pool.give_back(raw, sound=sound)

    async def _listen(self) -> "asyncpg.Connection[Any]":
        """A new connection that hears signals. Whatever was missed before is made good."""
        connection = await asyncpg.connect(
            self._url, timeout=_PATIENCE, command_timeout=_PATIENCE, server_settings={"application_name": "gridhall ear"}
        )
        try:
            await connection.add_listener(CHANNEL, self._on_notification)
            clock = await SqlWork(PostgresConnection(connection), self._source).meta.find(_CLOCK)
        except BaseException:
            connection.terminate()
            raise
        if clock is not None:
            self._on_clock(msgspec.json.decode(clock))
        self._listener.caught_up()
        return connection

    async def _hear(self, connection: "asyncpg.Connection[Any]") -> None:
        """Keep one connection listening; while there is none, nothing may be remembered."""
        while True:
            try:
                await _until_lost(connection)
            finally:
                self._listener.lost()
                connection.terminate()
            log.warning("lost the connection that hears other workers: nothing is remembered until it is back")
            connection = await self._listen_again()
            log.warning("hearing other workers again")

    async def _listen_again(self) -> "asyncpg.Connection[Any]":
        while True:
            await asyncio.sleep(_RECONNECT_AFTER)
            try:
                return await self._listen()
            except Exception as error:
                # Whatever it is: a worker that gave up here would believe in ended tokens for good.
                log.debug("cannot hear other workers: %s", error)

    def _on_notification(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            news = msgspec.json.decode(str(payload), type=dict[str, Any])
        except msgspec.MsgspecError:
            news = {}
        if "clock" in news:
            self._on_clock(news["clock"])
        elif "organization" in news:
            self._listener.heard(AuthorityChanged(news["organization"]))
        elif "due" in news:
            self._listener.heard(JobDue(news["due"]))
        elif "sessions" in news:
            self._listener.heard(SessionsEnded(news["of"], tuple(news["sessions"])))
        else:
            # Nothing that this program says. Forgetting too much is safe.
            self._listener.caught_up()


async def forget_clock(url: str) -> None:
    """Have every worker follow the machine's clock again, also those of another host that serve this database already."""
    connection = await asyncpg.connect(url, timeout=_PATIENCE, command_timeout=_PATIENCE)
    try:
        unmoved = msgspec.json.encode(_UNMOVED).decode()
        if await connection.execute("UPDATE meta SET value = $2 WHERE key = $1 AND value <> $2", _CLOCK, unmoved) != "UPDATE 0":
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, msgspec.json.encode({"clock": _UNMOVED}).decode())
    finally:
        await connection.close()


async def _until_lost(connection: "asyncpg.Connection[Any]") -> None:
    """Return when the connection is lost, also where the network says nothing about it."""
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    while not connection.is_closed():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEARTBEAT):
                await lost.wait()
                return
        try:
            await connection.execute("SELECT 1", timeout=_HEARTBEAT)
        except _DRIVER:
            return


def _news(signal: Signal) -> dict[str, Any]:
    """A signal as it goes over the wire."""
    match signal:
        case JobDue():
            return {"due": signal.due}
        case SessionsEnded():
            return {"of": signal.organization, "sessions": signal.sessions}
        case AuthorityChanged():
            return {"organization": signal.organization}


async def _notify(work: SqlWork, news: dict[str, Any]) -> None:
    await work.connection.one(_NOTIFY, news=msgspec.json.encode(news).decode())


def _told(error: BaseException) -> Refusal | None:
    """What the caller is told: that nothing was stored, or that the database is away for now.

    None for an error that is neither, such as a mistake in a statement: a defect, which stays what it is.
    """
    if isinstance(error, _NOT_STORED):
        return FatalError()
    return ServiceUnavailable() if isinstance(error, _AWAY) else None
