"""The stage, one for all tests."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from harness.databases import Databases
from surface.stage import Stage


@pytest.fixture(scope="session")
def stage(sqlite_databases: Databases) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(sqlite_databases, stack)
