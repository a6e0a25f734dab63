"""Messages that wait for their time."""

from gridhall.domain.call import Context
from gridhall.domain.jobs import Job, Later
from gridhall.domain.work import Work

JOB = "scheduled_messages"
"""The kind of job that posts them. Its key is the conversation, in whose organization it is: one after the other."""


async def step(work: Work, job: Job, context: Context) -> Later | None:
    """Post what is due in one conversation."""
    return None
