"""`gridhall jobs`: what waits for its time, what is under way and what has failed."""

from datetime import UTC, datetime

from gridhall.cli import operator
from gridhall.cli.options import Failure
from gridhall.domain import deletion, jobs, session_administration
from gridhall.domain.jobs import Job
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.work import Work

_PROGRESS = {deletion.JOB: deletion.progress_of, session_administration.JOB: session_administration.progress_of}

COLUMNS = ("ORGANIZATION", "KIND", "KEY", "DUE", "STATE", "ATTEMPTS", "PROGRESS", "ERROR")


def show(database: str) -> int:
    """Print every job, the next first, with tabs between."""

    async def unit(work: Work) -> list[Job]:
        return await work.jobs.list_all()

    found = operator.read(database, unit)
    source = Source(SystemClock())
    print("\t".join(COLUMNS))
    for job in found:
        due = datetime.fromtimestamp(job.due / 1_000_000, UTC).isoformat(timespec="seconds")
        state = _state(job, source.micros(), source.machine_micros())
        rest = (str(job.attempts), _progress(job), job.error or "-")
        print("\t".join((job.organization, job.kind, job.key or "-", due, state, *rest)))
    return 0


def retry(database: str, organization: str, kind: str, key: str) -> int:
    """Have a job's next step done now, whatever it waits for."""

    async def unit(work: Work) -> bool:
        return await jobs.retry(work, organization, kind, key)

    if not operator.write(database, unit):
        raise Failure(f"there is no job {' '.join(filter(None, (kind, key)))} of {organization}")
    print("it is due now")
    return 0


def _progress(job: Job) -> str:
    told = _PROGRESS.get(job.kind)
    return told(job) if told is not None else job.progress or "-"


def _state(job: Job, now: int, machine_now: int) -> str:
    """Running: a worker has it. Due: the next worker that is free takes it. Failed: tried again when it is due."""
    if job.lease is not None and job.leased_until > machine_now:
        return "running"
    if job.due <= now:
        return "due"
    return "failed" if job.attempts else "waiting"
