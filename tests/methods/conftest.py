"""Servers over `tests/data/campus.yaml`, where everybody stands somewhere else."""

from collections.abc import Iterator

import pytest

from harness.databases import Databases
from harness.live import Live, live


@pytest.fixture(scope="session")
def _campus(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("campus")) as running:
        yield running


@pytest.fixture
def campus(_campus: Live) -> Iterator[Live]:
    """One server for all tests that change nothing."""
    yield _campus
    assert not _campus.undeclared, "\n".join(_campus.undeclared)


@pytest.fixture
def own_campus(sqlite_databases: Databases) -> Iterator[Live]:
    """A server of the test's own, for what no engine can make different."""
    with live(sqlite_databases.filled("campus")) as running:
        yield running


@pytest.fixture
def any_campus(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own on each engine."""
    with live(any_databases.filled("campus")) as running:
        yield running
