"""From a database's address to its storage."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from gridhall.domain.signals import Listener
from gridhall.domain.source import Source
from gridhall.storage import schema
from gridhall.storage.postgres import OnClock, PostgresStorage, forget_clock
from gridhall.storage.sqlite import MEMORY, SqliteStorage

AnyStorage = SqliteStorage | PostgresStorage

SQLITE = schema.SQLITE

# ValueError: an address that the driver cannot make sense of.
_OUT_OF_REACH = (
    OSError,
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    TimeoutError,
    ValueError,
)


class Unusable(Exception):
    """The database cannot be used. The message is one line, without a password."""


def is_sqlite(url: str) -> bool:
    return url.startswith(SQLITE)


def is_memory(url: str) -> bool:
    return url == SQLITE + MEMORY


async def migrate(url: str) -> None:
    """Bring the database to the newest version; one in memory is built when it is opened.

    Raises:
        Unusable: it is out of reach, no database of ours, or newer than the program.
    """
    if is_memory(url):
        return
    try:
        await schema.migrate(url)
    except (schema.Unfit, *_OUT_OF_REACH) as error:
        raise Unusable(_reason(error)) from error


async def prepare(url: str) -> None:
    """What is done once before a server's workers start: migrate, and let go of a clock that an earlier one was told to move.

    Raises:
        Unusable: see `migrate`.
    """
    await migrate(url)
    if not is_sqlite(url):
        try:
            await forget_clock(url)
        except _OUT_OF_REACH as error:
            raise Unusable(_reason(error)) from error


@contextmanager
def sole_server(url: str) -> Iterator[None]:
    """Keep other servers off a SQLite file: what one process counts and remembers, another one would not know of.

    A lock on the file, which ends with the process however it ends; SQLite's own locks are of another kind: commands may
    use the database all the same. It has to be let go of after the last connection was closed: to close a file ends all of
    SQLite's locks on it.

    Raises:
        Unusable: another process serves the file.
    """
    if not is_sqlite(url) or is_memory(url):
        yield
        return
    with open(url.removeprefix(SQLITE), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unusable("another server has it open: SQLite is served by one process") from error
        yield


async def open_storage(url: str, source: Source, listener: Listener, on_clock: OnClock) -> AnyStorage:
    """Open a database that was migrated.

    Raises:
        Unusable: it is out of reach.
    """
    storage: AnyStorage
    try:
        if is_sqlite(url):
            storage = SqliteStorage(url.removeprefix(SQLITE), source, listener)
            if is_memory(url):
                storage.create(schema.create)
        else:
            storage = PostgresStorage(url, source, listener, on_clock)
        await storage.open()
    except _OUT_OF_REACH as error:
        raise Unusable(_reason(error)) from error
    return storage


def _reason(error: BaseException) -> str:
    if isinstance(error, ValueError):
        # The driver quotes the part that it stumbles over, which may be a password's.
        return "its address cannot be read: are the password's own special characters escaped?"
    return " ".join(str(error).split()) or type(error).__name__
