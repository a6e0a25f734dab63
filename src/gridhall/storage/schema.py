"""The version of the tables: read first, and migrated only where there is something to do.

The version is read with the raw driver. Alembic, which takes longer to import than the server takes to start, is imported only
for a database that is older than the program.
"""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg

HEAD = "0001"
"""The newest migration. A test holds it against the folder."""

LOCK = 0x6772696468616C6C
"""The advisory lock under which one process migrates a PostgreSQL database."""

_READ = "SELECT version_num FROM alembic_version"


class Newer(Exception):
    """The database was written by a newer program."""


async def migrate(url: str) -> None:
    """Bring a database to the newest version, in one transaction and under a lock.

    Arguments:
        url: `sqlite:///PATH` or `postgresql://…`; a database in memory is built by `create` instead.

    Raises:
        Newer: the database is newer than the program.
    """
    version = await _version(url)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise Newer(version)
    await asyncio.to_thread(_upgrade_sqlite, url) if url.startswith("sqlite") else await _upgrade_postgres(url)


def create(raw: sqlite3.Connection) -> None:
    """Build the tables in an empty SQLite database."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        _run(connection)


async def _version(url: str) -> str | None:
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        if not path.exists():
            return None
        raw = sqlite3.connect(path, timeout=10)
        try:
            row = raw.execute(_READ).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise
        finally:
            raw.close()
        return row[0] if row else None
    connection = await asyncpg.connect(url, timeout=5)
    try:
        version: str | None = await connection.fetchval(_READ)
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return version


def _upgrade_sqlite(url: str) -> None:
    raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=60, check_same_thread=False)
    try:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        create(raw)
    finally:
        raw.close()


async def _upgrade_postgres(url: str) -> None:
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


def _run(connection: Any) -> None:
    """Run what is missing. Whoever waited for the lock finds nothing left to do."""
    from alembic import command
    from alembic.config import Config

    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # The driver opens no transaction before DDL, so one is opened by hand; IMMEDIATE is SQLite's lock.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except BaseException:
        if sqlite:
            connection.exec_driver_sql("ROLLBACK")
        raise
    if sqlite:
        connection.exec_driver_sql("COMMIT")
