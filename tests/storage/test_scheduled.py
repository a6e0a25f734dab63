"""Scheduled messages and the processes that post them: whatever dies, each is posted once and in its turn."""

import sys
from pathlib import Path

import pytest

from cli.program import serve
from harness.databases import Databases
from storage.scheduling import KEY, Schedule, database, kill_while_posting


def test_a_killed_server_posts_each_message_once_and_in_turn(any_databases: Databases, tmp_path: Path) -> None:
    schedule = Schedule(channels=1, each=100)
    assert kill_while_posting(schedule, database(any_databases, tmp_path, 1), 1, tmp_path) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_two_workers_post_each_message_once_and_in_turn(postgres_databases: Databases, tmp_path: Path) -> None:
    schedule = Schedule(channels=6, each=20)
    options = ("--database", database(postgres_databases, tmp_path, 6), "--rate-limits", "off", "--control-key", KEY)
    with serve(*options, "--workers", "2", folder=tmp_path) as server:
        schedule.put_down(server)
        assert schedule.move(server, 1, settle=True)["settled"]
        assert (schedule.posted(server), schedule.waiting(server)) == (schedule.all, 0)
