"""Kill -9 during writes, fifty times."""

import sys
from pathlib import Path

import pytest

from harness.databases import Databases
from storage.hiding import Hiding
from storage.killing import Changes, kill_in_rounds
from storage.pinned import kill_all
from storage.posting import Posts

ROUNDS = 50

pytestmark = pytest.mark.soak
needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")


def test_a_server_killed_many_times_loses_nothing_acknowledged(any_databases: Databases, tmp_path: Path) -> None:
    database = any_databases.filled()
    assert kill_in_rounds(Changes(database), database, ROUNDS, tmp_path) >= 20 * ROUNDS


@needs_proc
def test_workers_killed_many_times_lose_nothing_acknowledged(postgres_databases: Databases, tmp_path: Path) -> None:
    database = postgres_databases.filled()
    assert kill_in_rounds(Changes(database), database, ROUNDS, tmp_path, "--workers", "2", kill=kill_all) >= 20 * ROUNDS


def test_a_server_killed_many_times_loses_no_acknowledged_post(any_databases: Databases, tmp_path: Path) -> None:
    assert kill_in_rounds(Posts(), any_databases.filled("crowd"), ROUNDS, tmp_path) >= 20 * ROUNDS


@needs_proc
def test_workers_killed_many_times_lose_no_acknowledged_post(postgres_databases: Databases, tmp_path: Path) -> None:
    database = postgres_databases.filled("crowd")
    assert kill_in_rounds(Posts(), database, ROUNDS, tmp_path, "--workers", "2", kill=kill_all) >= 20 * ROUNDS


def test_a_server_killed_many_times_loses_nothing_that_is_out_of_sight(any_databases: Databases, tmp_path: Path) -> None:
    database = any_databases.filled("chat")
    assert kill_in_rounds(Hiding(database), database, ROUNDS, tmp_path) >= 20 * ROUNDS


@needs_proc
def test_workers_killed_many_times_lose_nothing_that_is_out_of_sight(postgres_databases: Databases, tmp_path: Path) -> None:
    database = postgres_databases.filled("chat")
    load = Hiding(database)
    assert kill_in_rounds(load, database, ROUNDS, tmp_path, "--workers", "2", kill=kill_all) >= 20 * ROUNDS
