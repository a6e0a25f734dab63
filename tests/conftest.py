"""Fixtures: a database of either engine, a server over it, and the tokens of `tests/data/acme.yaml`."""

from collections.abc import Iterator

import pytest

from harness.databases import ENGINES, Databases, databases
from harness.live import Live, live


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with databases("sqlite", tmp_path_factory.mktemp("sqlite")) as made:
        yield made


@pytest.fixture(scope="session")
def postgres_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with databases("postgresql", tmp_path_factory.mktemp("postgresql")) as made:
        yield made


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it, or for what stands on it, runs on both engines."""
    name: str = request.param
    return name


@pytest.fixture
def any_databases(engine: str, request: pytest.FixtureRequest) -> Databases:
    made: Databases = request.getfixturevalue("sqlite_databases" if engine == "sqlite" else "postgres_databases")
    return made


@pytest.fixture
def server(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own over acme.yaml, on each engine."""
    with live(any_databases.filled()) as running:
        yield running


@pytest.fixture
def sqlite_server(sqlite_databases: Databases) -> Iterator[Live]:
    """A server of the test's own over acme.yaml, for what no engine can make different."""
    with live(sqlite_databases.filled()) as running:
        yield running


@pytest.fixture(scope="session")
def _reading(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled()) as running:
        yield running


@pytest.fixture
def reading(_reading: Live) -> Iterator[Live]:
    """One server over acme.yaml for all tests that change nothing."""
    yield _reading
    assert not _reading.undeclared, "\n".join(_reading.undeclared)
