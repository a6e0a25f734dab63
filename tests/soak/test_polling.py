"""Polling while others post, on two workers, for as long as ten thousand messages take."""

from pathlib import Path

import pytest

from harness.databases import Databases
from storage.polling import POSTERS, post_and_poll

EACH = 2500


@pytest.mark.soak
def test_who_polls_for_long_sees_each_message_once_and_in_order(postgres_databases: Databases, tmp_path: Path) -> None:
    assert post_and_poll(postgres_databases.filled("crowd"), tmp_path, EACH) == EACH * len(POSTERS)
