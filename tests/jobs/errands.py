"""Jobs of the tests' own. Each step leaves a row, stored with the step: who counts them sees what was done twice or never."""

import json
from typing import Any

from sqlalchemy import bindparam, insert, select

from gridhall.domain import jobs
from gridhall.domain.call import Context
from gridhall.domain.jobs import Job, Later, Step
from gridhall.domain.work import Work
from gridhall.jobs import KINDS
from gridhall.storage.statement import Statement
from gridhall.storage.tables import meta
from gridhall.storage.work import SqlWork
from harness.live import Live

ACME = "E0ACME00001"
ERRAND = "errand"

_LEAVE = Statement(insert(meta).values(key=bindparam("key"), value=bindparam("value")), tuple)
_LEFT = Statement(select(meta.c.key).where(meta.c.key.like("errand %")).order_by(meta.c.key), str)


async def leave_row(work: Work, job: Job, number: int) -> None:
    """Note that a step is done; the same one twice is a conflict."""
    assert isinstance(work, SqlWork)
    await work.connection.run(_LEAVE, key=f"errand {job.key} {number:05}", value=str(work.source.micros()))


async def walk(work: Work, job: Job, context: Context) -> Later | None:
    """So many steps, `every` so many seconds, as the payload says."""
    asked = json.loads(job.payload)
    number = int(job.progress or 0)
    await leave_row(work, job, number)
    if number + 1 == asked["steps"]:
        return None
    return Later(work.source.micros() + asked.get("every", 0) * 1_000_000, str(number + 1))


def kinds(step: Step = walk) -> dict[str, Step]:
    """Gridhall's own kinds, and this one."""
    return {**KINDS, ERRAND: step}


async def put_in(work: Work, key: str, *, steps: int = 1, every: int = 0, ahead: int = 0) -> None:
    payload = json.dumps({"steps": steps, "every": every})
    await jobs.put(work, ACME, ERRAND, key, due=work.source.micros() + ahead * 1_000_000, payload=payload)


def put(server: Live, key: str, **how: int) -> None:
    """Put an errand down: how many `steps`, `every` so many seconds, so many seconds `ahead`."""
    server.on_loop(server.gridhall.storage.write(lambda work: put_in(work, key, **how)))


async def read_left(work: Work) -> list[str]:
    assert isinstance(work, SqlWork)
    return [key.removeprefix("errand ") for key in await work.connection.all(_LEFT)]


def left(server: Live) -> list[str]:
    """What steps left: the key and the number of each."""
    found: list[str] = server.on_loop(server.gridhall.storage.read(read_left))
    return found


def all_of(key: str, steps: int) -> list[str]:
    """What all steps of an errand leave."""
    return [f"{key} {number:05}" for number in range(steps)]


async def list_jobs(work: Work) -> list[Job]:
    return [job for job in await work.jobs.list_all() if job.kind == ERRAND]


def waiting(server: Live) -> dict[str, Job]:
    """The errands that there are, by key."""
    found: list[Job] = server.on_loop(server.gridhall.storage.read(list_jobs))
    return {job.key: job for job in found}


def settled(server: Live, within: float = 30) -> Any:
    return server.on_loop(server.gridhall.jobs.settle(within))
