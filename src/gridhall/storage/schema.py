"""The version of the tables: read first, and migrated only where there is something to do.

The version is read with the raw driver. Alembic, which takes longer to import than the server takes to start, is imported only
for a database that is older than the program.
"""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg

HEAD = "0005"
"""The newest migration. A test holds it against the folder."""

MIGRATIONS = Path(__file__).parent / "migrations"

LOCK = 0x6772696468616C6C
"""The advisory lock under which one process migrates a PostgreSQL database."""

SQLITE = "sqlite:///"

_READ = "SELECT version_num FROM alembic_version"


class Unfit(Exception):
    """The database is none that this program can use. The message is one line."""


async def migrate(url: str) -> None:
    """Bring a database to the newest version, in one transaction and under a lock.

    Arguments:
        url: `sqlite:///PATH` or `postgresql://…`; a database in memory is built by `create` instead.

    Raises:
        Unfit: the database is newer than the program, or not Gridhall's.
    """
    sqlite = url.startswith(SQLITE)
    version = version_of(url.removeprefix(SQLITE)) if sqlite else await _postgres_version(url)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise Unfit(f"it is of version {version}, newer than this program's {HEAD}: update Gridhall")
    await asyncio.to_thread(_upgrade_sqlite, url.removeprefix(SQLITE)) if sqlite else await _upgrade_postgres(url)


def version_of(path: str) -> str | None:
    """The version of an SQLite file, None for one that is empty or not there.

    Raises:
        Unfit: it holds something else.
    """
    if not Path(path).exists():
        return None
    raw = sqlite3.connect(path, timeout=10)
    try:
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" not in tables:
            if tables:
                raise Unfit("it is another program's database")
            return None
        row = raw.execute(_READ).fetchone()
    finally:
        raw.close()
    return row[0] if row else None


def create(raw: sqlite3.Connection) -> None:
    """Build the tables in an empty SQLite database."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        # The driver opens no transaction before DDL, so one is opened by hand; IMMEDIATE is SQLite's lock.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            _run(connection)
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


async def _postgres_version(url: str) -> str | None:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        version: str | None = await connection.fetchval(_READ)
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return version


def _upgrade_sqlite(path: str) -> None:
    raw = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
    try:
        raw.execute("PRAGMA synchronous=FULL")
        create(raw)
    finally:
        raw.close()


async def _upgrade_postgres(url: str) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import create_async_engine

    # The driver connects by itself: SQLAlchemy would read the address by other rules.
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url, timeout=5))
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            await connection.run_sync(_run)
    except DBAPIError as error:
        raise Unfit(f"it cannot be migrated: {error.orig}") from error
    finally:
        await engine.dispose()


def _run(connection: Any) -> None:
    """Run what is missing. Whoever waited for the lock finds nothing left to do."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Unfit(f"it is of a version that this program does not know: {error}") from error
