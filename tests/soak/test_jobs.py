"""Kill -9 in the middle of jobs, many times."""

from pathlib import Path

import pytest

from harness.databases import Databases
from jobs.killing import kill_in_rounds

ROUNDS = 30

pytestmark = pytest.mark.soak


def test_a_worker_killed_many_times_loses_and_doubles_nothing(any_databases: Databases, tmp_path: Path) -> None:
    kill_in_rounds(any_databases.filled(), tmp_path, ROUNDS)


def test_workers_killed_many_times_lose_and_double_nothing(postgres_databases: Databases, tmp_path: Path) -> None:
    kill_in_rounds(postgres_databases.filled(), tmp_path, ROUNDS, workers=3)
