"""Databases for tests, each a copy of one that was filled once."""

import asyncio
import os
import shutil
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import uvloop

from gridhall.cli import founding, operator
from gridhall.cli.options import ServeOptions
from gridhall.storage.engines import migrate

DATA = Path(__file__).parent.parent / "data"
POSTGRES = os.environ.get("GRIDHALL_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRED = os.environ.get("GRIDHALL_REQUIRE_POSTGRES") == "1"

ENGINES = ("sqlite", "postgresql")


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def _postgres(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES, timeout=3)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _drop(names: list[str]) -> None:
    """Drop databases side by side: for each the server waits for a checkpoint, and one checkpoint serves all who wait."""
    at_once = asyncio.Semaphore(20)

    async def drop(name: str) -> None:
        async with at_once:
            await _postgres(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    await asyncio.gather(*map(drop, names))


def need_postgres() -> None:
    """Skip the test where no PostgreSQL answers, unless one is required."""
    try:
        run(_postgres("SELECT 1"))
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        if REQUIRED:
            raise
        pytest.skip(f"no PostgreSQL at {POSTGRES}: {error}")


class Databases:
    """Makes databases of one engine. Filling one takes a while, copying one does not.

    Arguments:
        folder: where SQLite files go.
    """

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine = engine
        self._folder = folder
        self._templates: dict[str, str] = {}
        self._made: list[str] = []

    def empty(self) -> str:
        """An empty database's address, not even migrated."""
        name = f"gridhall_test_{uuid.uuid4().hex}"
        if self.engine == "sqlite":
            return f"sqlite:///{self._folder / name}.db"
        run(_postgres(f"CREATE DATABASE {name}"))
        self._made.append(name)
        return self._url(name)

    def filled(self, org: str = "acme") -> str:
        """A database of its own that holds `tests/data/ORG.yaml`."""
        template = self._templates.get(org)
        if template is None:
            template = self._templates[org] = self.empty()
            run(_fill(template, DATA / f"{org}.yaml"))
        if self.engine == "sqlite":
            copy = self.empty()
            shutil.copyfile(template.removeprefix("sqlite:///"), copy.removeprefix("sqlite:///"))
            return copy
        name = f"gridhall_test_{uuid.uuid4().hex}"
        run(_postgres(f"CREATE DATABASE {name} TEMPLATE {template.rpartition('/')[2]}"))
        self._made.append(name)
        return self._url(name)

    def close(self) -> None:
        run(_drop(self._made))

    @staticmethod
    def _url(name: str) -> str:
        return f"{POSTGRES.rpartition('/')[0]}/{name}"


async def _fill(url: str, org: Path) -> None:
    await migrate(url)
    async with operator.storage(url) as storage:
        await founding.found(storage, ServeOptions(database=url, org=org))


@contextmanager
def databases(engine: str, folder: Path) -> Iterator[Databases]:
    """Databases of one engine, dropped at the end."""
    if engine == "postgresql":
        need_postgres()
    made = Databases(engine, folder)
    try:
        yield made
    finally:
        made.close()
