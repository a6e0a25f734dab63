"""PostgreSQL: for several workers and hosts over one database."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import asyncpg
import msgspec

from gridhall.contract.errors import FatalError, Refusal, ServiceUnavailable
from gridhall.domain.signals import AuthorityChanged, Listener
from gridhall.domain.source import Source
from gridhall.domain.work import Work
from gridhall.storage.statement import POSTGRESQL, Conflict, Statement
from gridhall.storage.work import SqlWork

T = TypeVar("T")

log = logging.getLogger("gridhall.storage")

CHANNEL = "gridhall"
POOL_SIZE = 10
_ATTEMPTS = 3
_RECONNECT_AFTER = 0.2
_COMMAND_TIMEOUT = 30.0

_UNREACHABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    OSError,
    TimeoutError,
)
_TRY_AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


class PostgresConnection:
    """One connection inside one unit of work."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    async def one(self, statement: Statement[T], **parameters: Any) -> T | None:
        plan = statement.plan(POSTGRESQL)
        row = await self._raw.fetchrow(plan.sql, *plan.values(parameters))
        return None if row is None else statement.row(*row)

    async def all(self, statement: Statement[T], **parameters: Any) -> list[T]:
        plan = statement.plan(POSTGRESQL)
        make = statement.row
        return [make(*row) for row in await self._raw.fetch(plan.sql, *plan.values(parameters))]

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


class PostgresStorage:
    """Runs units of work on one PostgreSQL database, and tells other workers what they made stale.

    Arguments:
        url: `postgresql://…`.
        source: the units' clock and ids.
        listener: hears signals of this worker and of the others.
        on_clock: hears that the control surface of another worker moved the clock.
    """

    shared = True
    """Other workers serve the same database."""

    def __init__(self, url: str, source: Source, listener: Listener, on_clock: Callable[[dict[str, int | None]], None]) -> None:
        self._url = url
        self._source = source
        self._listener = listener
        self._on_clock = on_clock
        self._pool: Any = None
        self._ear: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and begin to hear signals."""
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=POOL_SIZE,
            command_timeout=_COMMAND_TIMEOUT,
            statement_cache_size=512,
            # Nothing that a unit does outlives its transaction, so the reset's extra round trip cleans nothing.
            reset=_leave_as_is,
        )
        heard = asyncio.Event()
        self._ear = asyncio.create_task(self._hear(heard))
        await heard.wait()

    async def close(self) -> None:
        if self._ear is not None:
            self._ear.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ear
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), 5)
            except TimeoutError:
                self._pool.terminate()

    async def check(self) -> None:
        """Raise ServiceUnavailable where the database cannot be reached."""
        try:
            await self._pool.fetchval("SELECT 1", timeout=2)
        except _UNREACHABLE as error:
            raise ServiceUnavailable from error

    async def read(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        try:
            async with self._pool.acquire() as raw:
                return await unit(SqlWork(PostgresConnection(raw), self._source))
        except (asyncpg.PostgresError, *_UNREACHABLE) as error:
            raise _refusal(error) from error

    async def write(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        for attempt in range(_ATTEMPTS):
            try:
                return await self._write(unit)
            except _TRY_AGAIN as error:
                if attempt == _ATTEMPTS - 1:
                    raise ServiceUnavailable from error
            except (asyncpg.PostgresError, *_UNREACHABLE) as error:
                raise _refusal(error) from error
        raise AssertionError("unreachable")

    async def _write(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        async with self._pool.acquire() as raw:
            work = SqlWork(PostgresConnection(raw), self._source)
            async with raw.transaction():
                result = await unit(work)
                for signal in work.signals:
                    await _notify(raw, {"organization": signal.organization})
        for signal in work.signals:
            self._listener.heard(signal)
        return result

    async def tell_clock(self, state: dict[str, int | None]) -> None:
        """Tell the other workers that the clock was moved."""
        try:
            async with self._pool.acquire() as raw:
                await _notify(raw, {"clock": state})
        except (asyncpg.PostgresError, *_UNREACHABLE) as error:
            raise _refusal(error) from error

    async def _hear(self, heard: asyncio.Event) -> None:
        """Keep one connection listening; while there is none, nothing may be remembered."""
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=5)
            except (asyncpg.PostgresError, *_UNREACHABLE):
                await asyncio.sleep(_RECONNECT_AFTER)
                continue
            try:
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                await connection.add_listener(CHANNEL, self._on_notification)
                self._listener.caught_up()
                heard.set()
                await lost.wait()
            except (asyncpg.PostgresError, *_UNREACHABLE):
                pass
            finally:
                self._listener.lost()
                connection.terminate()
            log.warning("lost the connection that hears other workers; connecting again")

    def _on_notification(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        news = msgspec.json.decode(str(payload))
        if "clock" in news:
            self._on_clock(news["clock"])
        else:
            self._listener.heard(AuthorityChanged(news["organization"]))


async def _leave_as_is(_connection: object) -> None:
    return None


async def _notify(raw: Any, news: dict[str, Any]) -> None:
    await raw.execute("SELECT pg_notify($1, $2)", CHANNEL, msgspec.json.encode(news).decode())


def _refusal(error: BaseException) -> Refusal:
    """What the caller is told: that nothing was stored, or that the database is away for now."""
    if isinstance(error, (*_UNREACHABLE, asyncpg.TooManyConnectionsError, asyncpg.CannotConnectNowError)):
        return ServiceUnavailable()
    return FatalError()
