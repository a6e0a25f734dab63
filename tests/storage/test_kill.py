"""Kill -9 during writes, then a restart: every acknowledged change is there. Many rounds are in tests/soak."""

from pathlib import Path

from harness.databases import Databases
from storage.killing import kill_in_rounds

ROUNDS = 3


def test_a_killed_server_loses_nothing_acknowledged(any_databases: Databases, tmp_path: Path) -> None:
    assert kill_in_rounds(any_databases.filled(), ROUNDS, tmp_path) >= 20 * ROUNDS
