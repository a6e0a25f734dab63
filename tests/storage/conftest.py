"""Databases that are migrated: each test has its own."""

import pytest

from harness.databases import Databases


@pytest.fixture
def file(sqlite_databases: Databases) -> str:
    """An SQLite file."""
    return sqlite_databases.filled()


@pytest.fixture
def postgres(postgres_databases: Databases) -> str:
    """A PostgreSQL database."""
    return postgres_databases.filled()


@pytest.fixture(params=("memory", "file", "postgres"))
def database(request: pytest.FixtureRequest) -> str:
    """A database of each kind there is."""
    if request.param == "memory":
        return "sqlite:///:memory:"
    url: str = request.getfixturevalue(request.param)
    return url
