"""Jobs: work that waits for its time, repeats, or is too much for one request.

A job is done in steps. A step is one unit of work: what it changes and how far the job has come are stored together or not at
all, so that a worker may die at any moment and nothing is lost or done twice. Between two steps a job can be taken over.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.domain.signals import JobDue

if TYPE_CHECKING:
    from gridhall.domain.call import Context
    from gridhall.domain.work import Work


class Job(msgspec.Struct, gc=False):
    """One job. Its organization, kind and key name it: there is one of each, however often it is put down.

    Arguments:
        key: what the job is about, in the words of its kind: a conversation, a request.
        due: when its next step is, in Unix microseconds.
        payload: what was asked for, as JSON in the kind's own shape.
        progress: how far it has come, in the same way; None before the first step.
        attempts: how often the next step failed in a row.
        error: what it failed with last.
        lease: by which a worker has it now, None where nobody has.
        leased_until: when others may take it over, in microseconds of the machine's own time.
        wanted: grows whenever somebody puts the job down again, so that a step that runs meanwhile does not overlook it.
        created: in Unix seconds.
    """

    organization: str
    kind: str
    key: str
    due: int
    payload: str
    progress: str | None
    attempts: int
    error: str | None
    lease: str | None
    leased_until: int
    wanted: int
    created: int


@dataclass(frozen=True, slots=True)
class Later:
    """The job goes on.

    Arguments:
        due: when, in Unix microseconds; a time that has passed means at once.
        progress: how far it has come.
        rest: where it goes on at once, how many times as long as the step took requests come first; more where nobody waits.
    """

    due: int
    progress: str | None = None
    rest: int = 1


class Taken(Exception):
    """Another worker has the job by now: what this one did of it must not be stored."""


Step = Callable[["Work", Job, "Context"], Awaitable[Later | None]]
"""One step of a job; None where it was the last. It awaits nothing but the work's storage, and takes some milliseconds,
for which requests wait."""


class Jobs(Protocol):
    """Storage of jobs."""

    async def put(self, organization: str, kind: str, key: str, *, due: int, payload: str, created: int) -> None:
        """Put a job down. One that is there already is due at the earlier of both times, and keeps its payload."""
        ...

    async def find(self, organization: str, kind: str, key: str) -> Job | None: ...

    async def list_all(self) -> list[Job]:
        """Every job of every organization, the next first."""
        ...

    async def next_due(self, kinds: tuple[str, ...]) -> int | None:
        """When the next job of these kinds is due, whoever has it; None where there is none."""
        ...

    async def outlook(self, kinds: tuple[str, ...], machine_now: int) -> tuple[int | None, int | None]:
        """When the next job is due that can be taken, and when others can be that somebody has; None where there is none.

        Arguments:
            kinds: of which jobs are asked about.
            machine_now: of the machine's own time; so is what is told of the others.
        """
        ...

    async def lease(
        self, kinds: tuple[str, ...], now: int, *, machine_now: int, until: int, lease: str, limit: int
    ) -> list[Job]:
        """Take jobs that are due and that nobody has, or nobody who is still alive.

        Arguments:
            kinds: of which jobs are taken.
            now: Unix microseconds.
            machine_now, until: of the machine's own time.
            lease: who takes them.
        """
        ...

    async def save(self, job: Job, later: Later | None, *, keep: bool) -> Job | None:
        """Note how far a job came; gives it as it is now, None where it is done and gone.

        Where somebody put the job down since it was read, its next step is at once, whatever this one said.

        Arguments:
            keep: whether the worker goes on having it.

        Raises:
            Taken: somebody else has it by now.
        """
        ...

    async def fail(self, job: Job, *, due: int, error: str) -> None:
        """Note that a step failed, and when it is tried again: at once where somebody put the job down since it was read.
        Where somebody else has the job by now, nothing happens.
        """
        ...

    async def renew(self, lease: str, *, until: int) -> None:
        """Go on having what one has, so long by the machine's own time."""
        ...

    async def release(self, lease: str | None) -> None:
        """Let go of every job that is held by one lease, or by any, where the worker that asks is alone."""
        ...

    async def retry(self, organization: str, kind: str, key: str, *, due: int) -> bool:
        """Have a job's next step done now, also where one is under way; False where there is no such job."""
        ...


async def put(work: "Work", organization: str, kind: str, key: str, *, due: int, payload: str = "{}") -> None:
    """Put a job down, or have the one that is there already look again: see `Jobs.put`."""
    await work.jobs.put(organization, kind, key, due=due, payload=payload, created=work.source.seconds())
    work.signal(JobDue(due))


async def retry(work: "Work", organization: str, kind: str, key: str) -> bool:
    """Have a job's next step done now; False where there is no such job."""
    due = work.source.micros()
    found = await work.jobs.retry(organization, kind, key, due=due)
    work.signal(JobDue(due))
    return found
