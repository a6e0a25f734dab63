"""Kill -9 during writes, then a restart: every acknowledged change is there. Many rounds are in tests/soak."""

import sys
from pathlib import Path

import pytest

from harness.databases import Databases
from storage.killing import Changes, kill_in_rounds
from storage.pinned import kill_all
from storage.posting import Posts
from storage.signing_in import SigningIn

ROUNDS = 3


def test_a_killed_server_loses_nothing_acknowledged(any_databases: Databases, tmp_path: Path) -> None:
    database = any_databases.filled()
    assert kill_in_rounds(Changes(database), database, ROUNDS, tmp_path) >= 20 * ROUNDS


def test_a_killed_server_loses_no_acknowledged_post_and_keeps_none_twice(any_databases: Databases, tmp_path: Path) -> None:
    assert kill_in_rounds(Posts(), any_databases.filled("crowd"), ROUNDS, tmp_path) >= 20 * ROUNDS


def test_a_killed_server_loses_nobody_it_let_in_and_brings_nobody_back(any_databases: Databases, tmp_path: Path) -> None:
    database = any_databases.filled("stations")
    assert kill_in_rounds(SigningIn(database), database, ROUNDS, tmp_path) >= 20 * ROUNDS


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_killed_workers_lose_no_acknowledged_post_and_keep_none_twice(postgres_databases: Databases, tmp_path: Path) -> None:
    database = postgres_databases.filled("crowd")
    assert kill_in_rounds(Posts(), database, ROUNDS, tmp_path, "--workers", "2", kill=kill_all) >= 20 * ROUNDS
