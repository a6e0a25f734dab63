"""Runs jobs when they are due."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from gridhall.contract.errors import FatalError, Refusal, ServiceUnavailable
from gridhall.domain.call import Context
from gridhall.domain.jobs import Job, Step, Taken
from gridhall.domain.signals import JobDue, Signal
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.work import Storage, Work

log = logging.getLogger("gridhall.jobs")

LEASE = 5_000_000
"""Microseconds that a worker has a job for without a sign of life."""

SIGN_OF_LIFE = 1.5
"""Seconds from one to the next while a worker has jobs."""

MOST_AT_ONCE = 4
"""Jobs that one worker does at the same time."""

TURN = 0.25
"""Seconds after which a job lets others go first that are due: a long one holds up no short one."""

LOOK_AGAIN = 30.0
"""Seconds after which a worker looks for work even if nobody told it of any: machines sleep, and signals are lost."""

HELD_AGAIN = 0.2
"""Seconds after which it looks again for a job that it found and could not take: somebody was just writing it."""

FIRST_RETRY, LONGEST_RETRY = 1, 3600
"""Seconds until a step that failed is tried again: twice as many each time, up to an hour."""

_AWAY = (FatalError, ServiceUnavailable)

STORAGE_RETRY = 0.5
"""Seconds of the machine's time until a worker tries again whose database was out of reach."""

END_WITHIN = 5.0
"""Seconds that steps under way have at the end."""


class Runner:
    """Takes what is due and does it, a step at a time.

    A job is leased, so that no other worker takes it meanwhile; each step stores what it did together with how far the job has
    come, under the condition that the lease still holds. Whoever loses it, by dying or by being slow, has stored whole steps.
    A lease is new each time that jobs are taken, so that it also tells two takings by the same worker apart.

    Arguments:
        kinds: what a step of each kind does. Jobs of other kinds are left to the workers of another version, which know them.
    """

    def __init__(
        self, storage: Storage, source: Source, clock: SystemClock, context: Context, kinds: Mapping[str, Step]
    ) -> None:
        self._storage = storage
        self._source = source
        self._clock = clock
        self._context = context
        self._kinds = kinds
        self._names = tuple(kinds)
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], str] = {}
        self._leases: set[str] = set()
        self._loop: asyncio.Task[None] | None = None
        self._ending = False
        self._is_away = False
        self._waits_for: int | None = None
        self._signed = 0.0
        clock.on_move(self._wake.set)

    async def start(self) -> None:
        """Begin to look for work."""
        self._loop = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """End, after the steps that are under way; what is left is another worker's at once."""
        if self._loop is None:
            return
        self._ending = True
        self._wake.set()
        # Who is just taking jobs has them first: a write that is called off may be stored all the same.
        _, late = await asyncio.wait({self._loop, *self._running}, timeout=END_WITHIN)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        self._loop = None
        for lease in self._leases:
            with contextlib.suppress(Refusal):
                await self._storage.write(partial(_release, lease))

    def heard(self, signal: Signal) -> None:
        if isinstance(signal, JobDue) and (self._waits_for is None or signal.due < self._waits_for):
            self._wake.set()

    def lost(self) -> None: ...

    def caught_up(self) -> None:
        """Others may have put jobs down that nobody told of."""
        self._wake.set()

    async def settle(self, within: float) -> bool:
        """Wait until no job of these kinds is due any more, whichever worker does them; False where that takes too long.

        Arguments:
            within: seconds of the machine's time.
        """
        deadline = time.monotonic() + within
        self._wake.set()
        while True:
            due = await self._storage.read(lambda work: work.jobs.next_due(self._names))
            if due is None or due > self._source.micros():
                return True
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.005)

    async def _look(self) -> None:
        alone = not self._storage.shared
        while not self._ending:
            try:
                if alone:
                    # Whoever had jobs before died: nobody else serves this database.
                    await self._storage.write(partial(_release, None))
                    alone = False
                seconds = await self._take()
                self._back()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._wake.wait()
                        self._wake.clear()
            except Refusal as refusal:
                self._away(refusal)
                await asyncio.sleep(STORAGE_RETRY)
            except Exception:
                log.exception("a defect: jobs wait")
                await asyncio.sleep(STORAGE_RETRY)

    async def _take(self) -> float:
        """Begin what is due; gives the seconds after which to look again."""
        await self._give_sign_of_life()
        machine_now = self._source.machine_micros()
        # Whatever is told while this looks may come too late to be seen: it wakes the runner, whenever it is due.
        self._waits_for = None
        self._waits_for, held_until = await self._storage.read(lambda work: work.jobs.outlook(self._names, machine_now))
        waits = [SIGN_OF_LIFE if self._running else LOOK_AGAIN]
        if held_until is not None:
            waits.append(max(held_until - machine_now, 0) / 1_000_000)
        room = MOST_AT_ONCE - len(self._running)
        if self._waits_for is not None and room > 0:
            now = self._source.micros()
            if self._waits_for <= now:
                waits.append(0 if await self._lease(now, machine_now, room) else HELD_AGAIN)
            elif self._clock.frozen_at is None:
                waits.append((self._waits_for - now) / 1_000_000)
        return min(waits)

    async def _lease(self, now: int, machine_now: int, room: int) -> bool:
        """Take what is due, and begin with it; False where there was nothing to take."""
        lease, until = self._source.id("L"), machine_now + LEASE
        # Noted first: where nobody knows whether it was stored, it is let go at the end.
        self._leases.add(lease)
        taken = await self._storage.write(
            lambda work: work.jobs.lease(self._names, now, machine_now=machine_now, until=until, lease=lease, limit=room)
        )
        if not taken:
            self._leases.discard(lease)
        self._signed = self._signed if self._running else time.monotonic()
        for job in taken:
            task = asyncio.create_task(self._do(job))
            self._running[task] = lease
            task.add_done_callback(self._done)
        return bool(taken)

    async def _give_sign_of_life(self) -> None:
        """Go on having what is being done: a step that has to wait for a lock is no reason to begin it again elsewhere."""
        if not self._running or time.monotonic() - self._signed < SIGN_OF_LIFE:
            return
        until = self._source.machine_micros() + LEASE
        for lease in set(self._running.values()):
            await self._storage.write(partial(_renew, lease, until))
        self._signed = time.monotonic()

    def _done(self, task: asyncio.Task[None]) -> None:
        lease = self._running.pop(task)
        if not self._ending and lease not in self._running.values():
            self._leases.discard(lease)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Nothing is known of the job but that the lease will end.
            log.error("a defect: a job is left until its lease ends", exc_info=error)
        self._wake.set()

    async def _do(self, job: Job) -> None:
        """Do steps of a job that one has, until it is done, wants a later time, fails, is somebody else's or had its turn."""
        ends = time.monotonic() + TURN
        is_sure = True
        while not self._ending:
            began = time.monotonic()
            try:
                if not is_sure:
                    # This waits for a COMMIT that is still under way, though its connection is gone.
                    await self._storage.write(partial(_renew, job.lease or "", self._source.machine_micros() + LEASE))
                    is_sure = True
                then, rest = await self._step(job, goes_on=began < ends)
                self._back()
            except Taken:
                return
            except _AWAY as refusal:
                # Not the job's fault. The lease ends by itself where this worker finds no way back.
                self._away(refusal)
                is_sure = False
                await asyncio.sleep(STORAGE_RETRY)
                continue
            except Exception as error:
                await self._fail(job, error)
                return
            # Requests get at least as much of the loop as a long job does.
            await asyncio.sleep(min(rest * (time.monotonic() - began), TURN))
            if then is None or then.lease is None:
                return
            job = then

    async def _step(self, job: Job, *, goes_on: bool) -> tuple[Job | None, int]:
        """Do one step; gives the job as it is then, None where it is done, and how long it rests: see `Later`.

        Arguments:
            goes_on: whether this worker keeps it where it is due again at once.

        Raises:
            Taken: somebody else has it by now.
        """

        async def unit(work: Work) -> tuple[Job | None, int]:
            held = await work.jobs.find(job.organization, job.kind, job.key)
            if held is None or held.lease != job.lease:
                raise Taken
            later = await self._kinds[job.kind](work, held, self._context)
            now = self._source.micros()
            if later is None or later.due > now:
                return await work.jobs.save(held, later, keep=False), 0
            # Behind all others that are due by now.
            return await work.jobs.save(held, replace(later, due=now), keep=goes_on), later.rest

        return await self._storage.write(unit)

    async def _fail(self, job: Job, error: Exception) -> None:
        """Note a failure, and when the step is tried again. The log has the reason in full, the row only its kind."""
        log.error("job %s %s of %s failed", job.kind, job.key, job.organization, exc_info=error)
        pause = min(LONGEST_RETRY, FIRST_RETRY << min(job.attempts, 20))
        due = self._source.micros() + pause * 1_000_000
        # Where this cannot be stored, the step is tried again when the lease ends.
        with contextlib.suppress(Refusal):
            await self._storage.write(lambda work: work.jobs.fail(job, due=due, error=type(error).__name__))

    def _away(self, refusal: Refusal) -> None:
        """Tell once that nothing can be stored now."""
        if not self._is_away:
            self._is_away = True
            log.warning("jobs wait: %s (%s)", refusal.code, refusal.__cause__)

    def _back(self) -> None:
        if self._is_away:
            self._is_away = False
            log.warning("jobs go on")


async def _release(lease: str | None, work: Work) -> None:
    await work.jobs.release(lease)


async def _renew(lease: str, until: int, work: Work) -> None:
    await work.jobs.renew(lease, until=until)
