"""Servers over `tests/data/campus.yaml`, where everybody stands somewhere else, and `clubs.yaml`, where tests make people."""

from collections.abc import Iterator

import pytest

from harness.databases import Databases
from harness.live import Live, live
from methods.clubs import Clubs


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


@pytest.fixture(scope="session")
def _clubs_sqlite(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("clubs")) as running:
        yield running


@pytest.fixture(scope="session")
def _clubs_postgresql(postgres_databases: Databases) -> Iterator[Live]:
    with live(postgres_databases.filled("clubs")) as running:
        yield running


@pytest.fixture
def clubs(engine: str, request: pytest.FixtureRequest) -> Iterator[Clubs]:
    """One server of each engine for tests that make people and channels of their own."""
    running: Live = request.getfixturevalue(f"_clubs_{engine}")
    yield Clubs(running)
    assert not running.undeclared, "\n".join(running.undeclared)


@pytest.fixture(scope="session")
def _press_sqlite(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("chat")) as running:
        yield running


@pytest.fixture(scope="session")
def _press_postgresql(postgres_databases: Databases) -> Iterator[Live]:
    with live(postgres_databases.filled("chat")) as running:
        yield running


@pytest.fixture
def press(engine: str, request: pytest.FixtureRequest) -> Iterator[Live]:
    """One server of each engine over `chat.yaml`, for tests that touch nothing but messages of their own."""
    running: Live = request.getfixturevalue(f"_press_{engine}")
    yield running
    assert not running.undeclared, "\n".join(running.undeclared)


@pytest.fixture
def own_press(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own over it."""
    with live(any_databases.filled("chat")) as running:
        yield running


@pytest.fixture(scope="session")
def _library_sqlite(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("library")) as running:
        yield running


@pytest.fixture(scope="session")
def _library_postgresql(postgres_databases: Databases) -> Iterator[Live]:
    with live(postgres_databases.filled("library")) as running:
        yield running


@pytest.fixture
def library(engine: str, request: pytest.FixtureRequest) -> Iterator[Live]:
    """One server of each engine over `library.yaml` for all tests that only read."""
    running: Live = request.getfixturevalue(f"_library_{engine}")
    yield running
    assert not running.undeclared, "\n".join(running.undeclared)


@pytest.fixture
def any_library(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own over `library.yaml`, on each engine."""
    with live(any_databases.filled("library")) as running:
        yield running


@pytest.fixture(scope="session")
def _guild_sqlite(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("guild")) as running:
        yield running


@pytest.fixture(scope="session")
def _guild_postgresql(postgres_databases: Databases) -> Iterator[Live]:
    with live(postgres_databases.filled("guild")) as running:
        yield running


@pytest.fixture
def guild(engine: str, request: pytest.FixtureRequest) -> Iterator[Live]:
    """One server of each engine over `guild.yaml` for all tests that change nothing."""
    running: Live = request.getfixturevalue(f"_guild_{engine}")
    yield running
    assert not running.undeclared, "\n".join(running.undeclared)


@pytest.fixture
def own_guild(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own over `guild.yaml`, on each engine."""
    with live(any_databases.filled("guild")) as running:
        yield running
