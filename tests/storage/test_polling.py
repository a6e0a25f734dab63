"""Polling while others post, on two workers. Many more messages are in tests/soak."""

from pathlib import Path

from harness.databases import Databases
from storage.polling import POSTERS, post_and_poll

EACH = 100


def test_who_polls_sees_each_message_once_and_in_order(postgres_databases: Databases, tmp_path: Path) -> None:
    assert post_and_poll(postgres_databases.filled("crowd"), tmp_path, EACH) == EACH * len(POSTERS)
