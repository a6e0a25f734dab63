"""Runs jobs when they are due."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping

from gridhall.contract.errors import FatalError, Refusal, ServiceUnavailable
from gridhall.domain.call import Context
from gridhall.domain.jobs import Job, Step, Taken
from gridhall.domain.signals import JobDue, Signal
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.work import Storage, Work

log = logging.getLogger("gridhall.jobs")

LEASE = 5_000_000
"""Microseconds that a worker has a job for without a sign of life. A step takes milliseconds, and renews it."""

MOST_AT_ONCE = 4
"""Jobs that one worker does at the same time, so that a long one holds up no short one."""

LOOK_AGAIN = 30.0
"""Seconds after which a worker looks for work even if nobody told it of any: machines sleep, and signals are lost."""

TAKEN_AGAIN = 0.5
"""Seconds after which it looks again where all that is due is another worker's: that one may have died."""

FIRST_RETRY, LONGEST_RETRY = 1, 3600
"""Seconds until a step that failed is tried again: twice as many each time, up to an hour."""

_AWAY = (FatalError, ServiceUnavailable)

STORAGE_RETRY = 0.5
"""Seconds of the machine's time until a worker looks again whose database was out of reach."""


class Runner:
    """Takes what is due and does it, a step at a time.

    A job is leased, so that no other worker takes it meanwhile; each step stores what it did together with how far the job has
    come, under the condition that the lease still holds. Whoever loses it, by dying or by being slow, has stored whole steps.

    Arguments:
        kinds: what a step of each kind does.
    """

    def __init__(
        self, storage: Storage, source: Source, clock: SystemClock, context: Context, kinds: Mapping[str, Step]
    ) -> None:
        self._storage = storage
        self._source = source
        self._clock = clock
        self._context = context
        self._kinds = kinds
        self._lease = source.id("L")
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._waits_for: int | None = None
        clock.on_move(self._wake.set)

    async def start(self) -> None:
        """Begin to look for work."""
        self._loop = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """End, after the steps that are under way; what is left is another worker's at once."""
        if self._loop is None:
            return
        tasks = [self._loop, *self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop = None
        with contextlib.suppress(Refusal):
            await self._storage.write(lambda work: work.jobs.release(self._lease))

    def heard(self, signal: Signal) -> None:
        if isinstance(signal, JobDue) and (self._waits_for is None or signal.due < self._waits_for):
            self._wake.set()

    def lost(self) -> None: ...

    def caught_up(self) -> None:
        """Others may have put jobs down that nobody told of."""
        self._wake.set()

    async def settle(self, within: float) -> bool:
        """Wait until no job is due any more, whichever worker does them; False where that takes too long.

        Arguments:
            within: seconds of the machine's time.
        """
        deadline = time.monotonic() + within
        self._wake.set()
        while True:
            due = await self._storage.read(lambda work: work.jobs.next_due())
            if due is None or due > self._source.micros():
                return True
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.005)

    async def _look(self) -> None:
        alone = not self._storage.shared
        while True:
            try:
                if alone:
                    # Whoever had jobs before died: nobody else serves this database.
                    await self._storage.write(lambda work: work.jobs.release(None))
                    alone = False
                await self._wait(await self._take())
            except Refusal as refusal:
                log.warning("jobs wait: %s (%s)", refusal.code, refusal.__cause__)
                await asyncio.sleep(STORAGE_RETRY)
            except Exception:
                log.exception("a defect: jobs wait")
                await asyncio.sleep(STORAGE_RETRY)

    async def _take(self) -> float:
        """Begin what is due; gives the seconds after which to look again."""
        self._wake.clear()
        due = await self._storage.read(lambda work: work.jobs.next_due())
        self._waits_for = due
        if due is None:
            return LOOK_AGAIN
        now = self._source.micros()
        if due > now:
            return LOOK_AGAIN if self._clock.frozen_at is not None else min(LOOK_AGAIN, (due - now) / 1_000_000)
        room = MOST_AT_ONCE - len(self._running)
        if room <= 0:
            return LOOK_AGAIN
        machine_now = self._source.machine_micros()
        taken = await self._storage.write(
            lambda work: work.jobs.lease(now, machine_now=machine_now, until=machine_now + LEASE, lease=self._lease, limit=room)
        )
        for job in taken:
            task = asyncio.create_task(self._do(job))
            self._running.add(task)
            task.add_done_callback(self._done)
        return 0 if len(taken) == room else TAKEN_AGAIN

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _do(self, job: Job) -> None:
        """Do steps of a job that one has, until it is done, wants a later time, fails, or is somebody else's."""
        going: Job | None = job
        while going is not None and going.lease is not None:
            began = time.monotonic()
            try:
                going = await self._step(going)
            except Taken:
                return
            except _AWAY as refusal:
                # Not the job's fault. The lease ends by itself where this worker finds no way back.
                log.warning("job %s %s waits: %s (%s)", job.kind, job.key, refusal.code, refusal.__cause__)
                await asyncio.sleep(STORAGE_RETRY)
            except Exception as error:
                await self._fail(job, error)
                return
            # Requests get at least as much of the loop as a long job does.
            await asyncio.sleep(time.monotonic() - began)

    async def _step(self, job: Job) -> Job | None:
        async def unit(work: Work) -> Job | None:
            held = await work.jobs.find(job.organization, job.kind, job.key)
            if held is None or held.lease != self._lease:
                raise Taken
            later = await self._kinds[job.kind](work, held, self._context)
            goes_on = later is not None and later.due <= self._source.micros()
            until = self._source.machine_micros() + LEASE if goes_on else None
            return await work.jobs.save(held, later, until=until)

        return await self._storage.write(unit)

    async def _fail(self, job: Job, error: Exception) -> None:
        """Note a failure, and when the step is tried again. The log has the reason in full, the row only its kind."""
        log.error("job %s %s of %s failed", job.kind, job.key, job.organization, exc_info=error)
        pause = min(LONGEST_RETRY, FIRST_RETRY << min(job.attempts, 20))
        due = self._source.micros() + pause * 1_000_000
        with contextlib.suppress(Refusal):
            await self._storage.write(lambda work: work.jobs.fail(job, due=due, error=type(error).__name__))
