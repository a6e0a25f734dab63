"""Servers over `tests/data/campus.yaml`, where everybody stands somewhere else."""

from collections.abc import Iterator

import pytest

from harness.databases import Databases
from harness.live import Live, live


def _serve(databases: Databases) -> Iterator[Live]:
    with live(databases.filled("campus")) as running:
        yield running


@pytest.fixture(scope="session")
def _campus_sqlite(sqlite_databases: Databases) -> Iterator[Live]:
    yield from _serve(sqlite_databases)


@pytest.fixture(scope="session")
def _campus_postgresql(postgres_databases: Databases) -> Iterator[Live]:
    yield from _serve(postgres_databases)


@pytest.fixture
def campus(_campus_sqlite: Live) -> Iterator[Live]:
    """One server for all tests that change nothing."""
    yield _campus_sqlite
    assert not _campus_sqlite.undeclared, "\n".join(_campus_sqlite.undeclared)


@pytest.fixture
def each_campus(engine: str, request: pytest.FixtureRequest) -> Iterator[Live]:
    """One server of each engine for all tests that change nothing, where the engines could differ."""
    running: Live = request.getfixturevalue(f"_campus_{engine}")
    yield running
    assert not running.undeclared, "\n".join(running.undeclared)


@pytest.fixture
def own_campus(sqlite_databases: Databases) -> Iterator[Live]:
    """A server of the test's own."""
    yield from _serve(sqlite_databases)


@pytest.fixture
def any_campus(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own on each engine, where the engines could differ."""
    yield from _serve(any_databases)
