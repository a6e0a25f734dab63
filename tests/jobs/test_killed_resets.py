"""Servers that are killed while they reset a thousand people's sessions: each person is reset once, and nobody is left out."""

import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.program import ROOT, Serving, serve
from gridhall.domain.audit import Question
from gridhall.domain.session_administration import JOB
from gridhall.domain.work import Work
from harness.databases import Databases
from harness.storage import opened, wait_until
from methods.guild import GUILD, OWNER, crowd, gather
from storage.pinned import kill_all, processes_of

PEOPLE, EACH = 1000, 4

_HASTY = (sys.executable, "-m", "jobs.hasty")
_PATH = f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}"

needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")


def kill_while_resetting(
    database: str,
    folder: Path,
    kills: int,
    *options: str,
    kill: Callable[[Serving], None] = lambda server: server.process.kill(),
) -> int:
    """Kill a server so often while it resets a crowd; gives how often it was in the middle of it."""
    people = crowd(PEOPLE)
    asyncio.run(_fill(database))
    middle = 0
    for round in range(kills + 1):
        arguments = ("--database", database, "--rate-limits", "off", *options)
        with serve(*arguments, folder=folder, program=_HASTY, PYTHONPATH=_PATH) as server:
            if round == 0:
                answer = server.call("admin.users.session.resetBulk", OWNER, user_ids=json.dumps(people))
                assert answer == {"ok": True}
            if round == kills:
                wait_until(lambda: not asyncio.run(_look(database))[1], 60)
                answer = server.call("admin.users.session.list", OWNER)
                assert [session["user_id"] for session in answer["active_sessions"] if session["user_id"] in people] == []
                break
            wanted = PEOPLE * round // (kills + 1) + random.randint(1, PEOPLE // (kills + 1))
            wait_until(lambda: len(asyncio.run(_look(database))[0]) >= wanted, 60)  # noqa: B023 -- called at once
            kill(server)
            server.process.wait(30)
        done = len(asyncio.run(_look(database))[0])
        middle += 0 < done < PEOPLE
    assert Counter(asyncio.run(_look(database))[0]) == Counter(people)
    return middle


async def _fill(database: str) -> None:
    async with opened(database) as storage:
        await gather(storage, PEOPLE, sessions_each=EACH)


async def _look(database: str) -> tuple[list[str], bool]:
    """Whom the audit log tells to have been reset, and whether the job is still there."""

    async def unit(work: Work) -> tuple[list[str], bool]:
        asked = Question(actions=("user_session_reset_by_admin",), limit=100_000)
        found = (await work.audit.list(GUILD, asked)).entries
        return [entry.entity for entry in found], JOB in {job.kind for job in await work.jobs.list_all()}

    async with opened(database) as storage:
        return await storage.read(unit)


def test_a_killed_server_resets_everybody_once(any_databases: Databases, tmp_path: Path) -> None:
    assert kill_while_resetting(any_databases.filled("guild"), tmp_path, 2) > 0


@needs_proc
def test_killed_workers_reset_everybody_once(postgres_databases: Databases, tmp_path: Path) -> None:
    def kill(server: Serving) -> None:
        """One worker first, whose job another takes over; then all of them."""
        killed = random.choice(processes_of(server))
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: len(processes_of(server)) == 2 and killed not in processes_of(server))
        kill_all(server)

    kill_while_resetting(postgres_databases.filled("guild"), tmp_path, 1, "--workers", "2", kill=kill)
