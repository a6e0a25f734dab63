"""Ten thousand scheduled messages whose servers are killed and restarted again and again."""

import os
import random
import signal
import sys
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest

from cli.program import Serving
from harness.databases import Databases
from harness.storage import wait_until
from storage.pinned import kill_all, processes_of
from storage.scheduling import Schedule, database, kill_while_posting

CHANNELS, EACH = 40, 250
ROUNDS = 12

LONGEST = 900
"""Seconds that a server has at the most."""

pytestmark = pytest.mark.soak
needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")


def ending(kill: Callable[[Serving], None]) -> Callable[[Serving], None]:
    """A server ends by this, the next in order, and so on in turn."""
    ways = cycle((kill, restart))
    return lambda server: next(ways)(server)


def restart(server: Serving) -> None:
    """End it as an operator does."""
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == 0


def test_a_server_ended_many_times_posts_each_once_and_in_turn(any_databases: Databases, tmp_path: Path) -> None:
    filled = database(any_databases, tmp_path, CHANNELS)
    schedule = Schedule(CHANNELS, EACH)
    kill = ending(lambda server: server.process.kill())
    assert kill_while_posting(schedule, filled, ROUNDS, tmp_path, kill=kill, deadline=LONGEST) > ROUNDS // 2


@needs_proc
def test_workers_ended_many_times_post_each_once_and_in_turn(postgres_databases: Databases, tmp_path: Path) -> None:
    filled = database(postgres_databases, tmp_path, CHANNELS)

    def kill(server: Serving) -> None:
        """One worker first, whose jobs the other takes over, and whom the parent replaces; then all of them."""
        killed = random.choice(processes_of(server))
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: len(processes_of(server)) == 2 and killed not in processes_of(server))
        kill_all(server)

    middle = kill_while_posting(
        Schedule(CHANNELS, EACH), filled, ROUNDS, tmp_path, "--workers", "2", kill=ending(kill), deadline=LONGEST
    )
    assert middle > ROUNDS // 2
