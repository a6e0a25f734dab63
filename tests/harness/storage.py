"""Storage without a server around it, and a way to break the road to PostgreSQL."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from sqlalchemy import bindparam, insert

from gridhall.domain.signals import AuthorityChanged, Signal
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.work import Storage, Work
from gridhall.storage.engines import AnyStorage, open_storage
from gridhall.storage.statement import Statement
from gridhall.storage.tables import meta
from gridhall.storage.work import SqlWork

Unit = Callable[[Work], Coroutine[Any, Any, Any]]

INSERT = Statement(insert(meta).values(key=bindparam("key"), value=bindparam("value")), tuple)


def adds(key: str, value: str = "there") -> Unit:
    """A unit that adds a value, and meets a conflict where there is one."""

    async def unit(work: Work) -> str:
        assert isinstance(work, SqlWork)
        await work.connection.run(INSERT, key=key, value=value)
        return key

    return unit


async def value(storage: Storage, key: str) -> str | None:
    return await storage.read(lambda work: work.meta.find(key))


class Ear:
    """Notes what storage tells its listener."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def heard(self, signal: Signal) -> None:
        if isinstance(signal, AuthorityChanged):
            self.events.append(signal.organization)

    def lost(self) -> None:
        self.events.append("lost")

    def caught_up(self) -> None:
        self.events.append("caught up")


@asynccontextmanager
async def opened(url: str, ear: Ear | None = None, clock: SystemClock | None = None) -> AsyncIterator[AnyStorage]:
    """The storage of a database that was migrated."""
    clock = clock or SystemClock()
    storage = await open_storage(url, Source(clock), ear or Ear(), clock.follow)
    try:
        yield storage
    finally:
        await storage.close()


async def eventually(condition: Callable[[], object], within: float = 10.0) -> float:
    """Let the loop run until something is so; gives the seconds that it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, "it never became so"
        await asyncio.sleep(0.002)
    return time.monotonic() - began


def wait_until(condition: Callable[[], object], within: float = 30.0) -> float:
    """As `eventually`, for what happens in other threads and processes."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, "it never became so"
        time.sleep(0.002)
    return time.monotonic() - began


@contextmanager
def raw_sqlite(url: str) -> Iterator[sqlite3.Connection]:
    """Another program's connection to a database file."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


WAITS = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
"""Whether somebody waits for another's lock, for PostgreSQL to tell."""


async def on_postgres(url: str, statement: str) -> Any:
    """Run a statement on a connection of its own; gives the first value."""
    connection = await asyncpg.connect(url, timeout=5)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def cut_all(url: str) -> int:
    """Have the server end every other connection to this database; gives how many there were."""
    count: int = await on_postgres(
        url,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    return count


class Proxy:
    """Stands between Gridhall and PostgreSQL. It runs in a thread of its own.

    Arguments:
        url: the database's address.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._path = parts.path
        self._user = parts.username
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._forgotten: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.round_trips = 0
        self.cut_before: bytes | None = None
        """A statement that the proxy cuts the connection instead of passing on, once."""
        self.cut_after: bytes | None = None
        """A statement whose answer the proxy cuts the connection instead of passing on, once."""

    @property
    def url(self) -> str:
        """The database's address through this proxy."""
        # In clear, so that the proxy can read what passes.
        return f"postgresql://{self._user}@127.0.0.1:{self.port}{self._path}?sslmode=disable"

    def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        self._do(self._cut)

    def mend(self) -> None:
        """Let everything pass again."""
        self._do(self._mend)

    def hush(self) -> None:
        """Pass nothing on, as a network does that lost its way: nobody is told."""
        self._do(self._flowing.clear)

    def forget(self) -> None:
        """Break every connection that there is now, but only when it is used next: as a firewall does after a while."""
        self._do(lambda: self._forgotten.update(self._writers))

    def _do(self, what: Callable[[], None]) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(what)
        self._loop.call_soon_threadsafe(done.set)
        assert done.wait(5)

    def _cut(self) -> None:
        self._is_cut = True
        self._flowing.set()
        for writer in self._writers:
            writer.transport.abort()

    def _mend(self) -> None:
        self._is_cut = False
        self._flowing.set()

    def start(self) -> None:
        ready = threading.Event()

        async def main() -> None:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            self._stop = asyncio.Event()
            ready.set()
            await self._stop.wait()
            server.close()
            self._cut()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(main()), daemon=True)
        self._thread.start()
        assert ready.wait(5)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self._is_cut:
                writer.transport.abort()
                return
            await self._join(reader, writer)
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        ends = (writer, back)
        self._writers.update(ends)
        answers = asyncio.create_task(self._pass_answers(there, writer))
        try:
            await self._pass_statements(reader, there, back, answers)
        finally:
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)
            for end in ends:
                end.transport.abort()
            self._writers.difference_update(ends)

    async def _pass_answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flowing.wait()
            writer.write(data)
        # The server ended it: so does the proxy, which also wakes whoever reads statements.
        writer.transport.abort()

    async def _pass_statements(
        self,
        reader: asyncio.StreamReader,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        answers: "asyncio.Task[None]",
    ) -> None:
        """Message by message: a kind (but for the first one), a length that counts itself, and the rest."""
        kind = b""
        while True:
            length = await reader.readexactly(4)
            rest = await reader.readexactly(int.from_bytes(length) - 4)
            await self._flowing.wait()
            if back in self._forgotten:
                return
            self.round_trips += kind in (b"Q", b"S")
            if self.cut_before is not None and rest.startswith(self.cut_before):
                self.cut_before = None
                return
            if self.cut_after is not None and rest.startswith(self.cut_after):
                self.cut_after = None
                answers.cancel()
                await asyncio.gather(answers, return_exceptions=True)
                back.write(kind + length + rest)
                # What the server was told is done once it answers.
                await there.read(1)
                return
            back.write(kind + length + rest)
            kind = await reader.readexactly(1)


@contextmanager
def proxied(url: str) -> Iterator[Proxy]:
    """A proxy in front of a database."""
    proxy = Proxy(url)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
