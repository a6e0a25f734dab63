"""Workers that are killed in the middle of jobs, again and again: every step is there once."""

import asyncio
import os
import random
import signal
from contextlib import ExitStack
from pathlib import Path

from gridhall.domain.jobs import Job
from gridhall.domain.work import Work
from harness.storage import opened, wait_until
from jobs.errands import list_jobs, put_in, read_left
from jobs.worker import working

EACH = 40
"""Steps of each errand."""


async def _put_all(database: str, keys: list[str]) -> None:
    async def unit(work: Work) -> None:
        for key in keys:
            await put_in(work, key, steps=EACH)

    async with opened(database) as storage:
        await storage.write(unit)


async def look(database: str) -> tuple[list[str], list[Job]]:
    """What steps left, and the errands that are not done."""
    async with opened(database) as storage:
        return await storage.read(read_left), await storage.read(list_jobs)


def left_in(database: str) -> list[str]:
    return asyncio.run(look(database))[0]


def kill_in_rounds(database: str, folder: Path, rounds: int, *, workers: int = 1, how: int = signal.SIGKILL) -> None:
    """End all workers `rounds` times while they work on four errands, and let the last ones finish them.

    Arguments:
        how: the signal that ends them.
    """
    keys = [f"{number}" for number in range(4)]
    asyncio.run(_put_all(database, keys))
    done = 0
    for round in range(rounds + 1):
        with ExitStack() as stack:
            processes = [stack.enter_context(working(database, folder)) for _ in range(workers)]
            if round == rounds:
                wait_until(lambda: not asyncio.run(look(database))[1], 60)
                break
            enough = done + random.randint(1, EACH * len(keys) // (rounds + 1))
            wait_until(lambda: len(left_in(database)) >= min(enough, EACH * len(keys)), 60)  # noqa: B023 -- called at once
            for process in processes:
                os.kill(process.pid, how)
            for process in processes:
                process.wait(30)
        done = len(left_in(database))
    left, waiting = asyncio.run(look(database))
    assert left == [f"{key} {step:05}" for key in keys for step in range(EACH)]
    assert waiting == []
    assert "Conflict" not in (folder / "workers.log").read_text(), "a step was done again that was stored"
