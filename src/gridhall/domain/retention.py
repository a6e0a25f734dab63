"""Retention: for how long messages are kept."""

from gridhall.domain import jobs
from gridhall.domain.call import Context
from gridhall.domain.jobs import Job, Later
from gridhall.domain.work import Work

JOB = "retention"
"""The kind of job that purges what is past its days. There is one in every organization."""

EVERY = 3600
"""Seconds from one round of an organization to the next."""


async def begin(work: Work, organization: str) -> None:
    """Begin to look after a new organization."""
    await jobs.put(work, organization, JOB, "", due=work.source.micros())


async def step(work: Work, job: Job, context: Context) -> Later | None:
    """Purge some messages."""
    return Later(work.source.micros() + EVERY * 1_000_000)
