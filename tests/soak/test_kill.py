"""Kill -9 during writes, fifty times."""

import sys
from pathlib import Path

import pytest

from harness.databases import Databases
from storage.killing import kill_in_rounds
from storage.pinned import kill_all

ROUNDS = 50


@pytest.mark.soak
def test_a_server_killed_many_times_loses_nothing_acknowledged(any_databases: Databases, tmp_path: Path) -> None:
    assert kill_in_rounds(any_databases.filled(), ROUNDS, tmp_path) >= 20 * ROUNDS


@pytest.mark.soak
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_workers_killed_many_times_lose_nothing_acknowledged(postgres_databases: Databases, tmp_path: Path) -> None:
    database = postgres_databases.filled()
    assert kill_in_rounds(database, ROUNDS, tmp_path, "--workers", "2", kill=kill_all) >= 20 * ROUNDS
