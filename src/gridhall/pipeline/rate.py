"""How often."""

import asyncio
import itertools
import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from operator import itemgetter

from gridhall.catalogue.method import Method
from gridhall.catalogue.rates import Key
from gridhall.contract.errors import Ratelimited, Refusal
from gridhall.contract.rates import Limit
from gridhall.domain.actor import Actor
from gridhall.domain.limits import Rate, give_back, refill, reserve, take, wait
from gridhall.domain.source import Source
from gridhall.domain.work import Storage

log = logging.getLogger("gridhall.pipeline")

LONG = 3600
"""Seconds from which on a limit's bucket outlives a restart."""

GIVE_BACK_EVERY = 1.0

FORGET_EVERY = 60
"""Rounds of giving back between two of forgetting the stored buckets that are full again."""

MOST_BUCKETS = 100_000
"""Buckets in memory from which on the full ones are forgotten."""


_Limit = tuple[str, Key, Rate, bool]
"""How a bucket's name begins, what is counted, how often, and whether the bucket is stored."""

Bucket = tuple[str, Rate, bool]
"""One bucket: its name, how often, and whether it is stored."""


_UNKNOWN: tuple[Method | None, list[_Limit]] = (None, [])


@dataclass(slots=True)
class _Slice:
    """Calls of a stored bucket that are reserved for this worker; where there were none, when the bucket will be full again."""

    rate: Rate
    left: int = 0
    full_at: int = 0


class RateLimiter:
    """Counts calls in token buckets (see domain/limits.py).

    A bucket that only this process uses lives in memory. One that other workers share, or that outlives a restart, lives in the
    database: this worker reserves a small slice at a time, neither calls within the slice nor those refused after it cost a
    round trip, and what is left of a slice is given back a second later.

    Arguments:
        factor: multiplies every limit; None for no limits at all.
    """

    def __init__(self, storage: Storage, source: Source, factor: float | None) -> None:
        self._storage = storage
        self._source = source
        self._factor = factor
        self._limits: dict[str, tuple[Method | None, list[_Limit]]] = {}
        self._full_at: dict[str, int] = {}
        self._forget_at = MOST_BUCKETS
        self._slices: dict[str, _Slice] = {}
        self._reserving: dict[str, asyncio.Lock] = {}
        self._giver: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._giver = asyncio.create_task(self._give_back_regularly())

    async def close(self) -> None:
        """Return what was reserved and not used."""
        if self._giver is not None:
            self._giver.cancel()
        await self._give_back()

    async def __call__(self, method: Method, actor: Actor, team: str | None, raw: Mapping[str, object]) -> None:
        """Count a call.

        Raises:
            Ratelimited: with the seconds until the next one passes. A refused call is not counted.
        """
        if self._factor is None:
            return
        known, limits = self._limits.get(method.name, _UNKNOWN)
        if known is not method:
            limits = self._limits_of(method)
        await self.count(
            [
                (name + what, rate, stored)
                for name, key_of, rate, stored in limits
                if (what := key_of(actor, team, raw)) is not None
            ]
        )

    def bucket(self, key: str, limit: Limit) -> Bucket:
        """A bucket of what is no method, such as signing in. Its limit is always in force, and as it is."""
        return key, Rate.of(limit, 1), self._is_stored(limit)

    async def count_as_methods(self, key: str, limit: Limit) -> None:
        """Count a call of what is no method but limited as methods are: times the server's factor, or not at all.

        Raises:
            Ratelimited: with the seconds until the next one passes.
        """
        if self._factor is not None:
            await self.count([(key, Rate.of(limit, self._factor), self._is_stored(limit))])

    async def count(self, buckets: Sequence[Bucket]) -> None:
        """Take one from each of these buckets, or from none.

        Raises:
            Ratelimited: with the seconds until there is one in a bucket that has none.
        """
        counted: list[Bucket] = []
        wanted: list[Bucket] = []
        try:
            for bucket in buckets:
                if not bucket[2]:
                    self._take(bucket)
                elif not self._take_from_slice(bucket):
                    wanted.append(bucket)
                    continue
                counted.append(bucket)
            if wanted:
                await self._reserve(wanted, counted)
        except Refusal:
            # A call that one limit refuses, or that could not be counted, counts for none of the others.
            self.uncount(counted)
            raise

    def uncount(self, buckets: Sequence[Bucket]) -> None:
        """Give back what was taken from these buckets."""
        for key, rate, stored in buckets:
            if stored:
                self._slice(key, rate).left += 1
            elif key in self._full_at:
                self._full_at[key] -= rate.interval

    async def refill(self, bucket: Bucket) -> None:
        """Give back all that was ever taken from this bucket."""
        key, _, stored = bucket
        if not stored:
            self._full_at.pop(key, None)
            return
        self._slices.pop(key, None)
        try:
            await self._storage.write(lambda work: refill(work, key))
        except Refusal as refusal:
            log.warning("a bucket could not be refilled: %s", refusal.code)

    def _limits_of(self, method: Method) -> list[_Limit]:
        """The method's limits as they are counted here. Kept: working them out anew costs more than counting."""
        limits = [
            (
                f"{counted.name}/" if counted.shared else f"{method.name}/{counted.name}/",
                counted.key,
                Rate.of(counted.limit, self._factor or 1),
                self._is_stored(counted.limit),
            )
            for counted in method.limits
        ]
        self._limits[method.name] = (method, limits)
        return limits

    def _is_stored(self, limit: Limit) -> bool:
        return self._storage.shared or limit.seconds >= LONG

    def _take(self, bucket: Bucket) -> None:
        key, rate, _ = bucket
        now = self._source.micros()
        full_at = self._full_at.get(key, 0)
        taken, moved = take(rate, full_at, now, 1)
        if not taken:
            raise Ratelimited(wait(rate, full_at, now))
        self._full_at[key] = moved
        if len(self._full_at) >= self._forget_at:
            self._full_at = {other: at for other, at in self._full_at.items() if at > now}
            # Where most are in use, looking through all of them must not become every call's business.
            self._forget_at = max(MOST_BUCKETS, 2 * len(self._full_at))

    async def _reserve(self, wanted: list[Bucket], counted: list[Bucket]) -> None:
        """Take one from each of these stored buckets, whose slices have none, in one unit. Adds to `counted` what was taken."""
        # In one order everywhere, so that nobody waits for each other.
        wanted.sort(key=itemgetter(0))
        async with AsyncExitStack() as held:
            for key, _, _ in wanted:
                await held.enter_async_context(self._reserving.setdefault(key, asyncio.Lock()))
            lacking = []
            for bucket in wanted:
                # Whoever waited for the lock may find that the slice was renewed.
                if self._take_from_slice(bucket):
                    counted.append(bucket)
                else:
                    lacking.append(bucket)
            if not lacking:
                return
            reserved = await self._storage.write(lambda work: reserve(work, [(key, rate) for key, rate, _ in lacking]))
            if not all(taken for taken, _ in reserved):
                (key, rate, _), full_at = next(
                    (bucket, at) for bucket, (taken, at) in zip(lacking, reserved, strict=True) if not taken
                )
                self._slice(key, rate).full_at = full_at
                raise Ratelimited(wait(rate, full_at, self._source.micros()))
            for (key, rate, _), (taken, _) in zip(lacking, reserved, strict=True):
                self._slice(key, rate).left += taken - 1
            counted += lacking

    def _take_from_slice(self, bucket: Bucket) -> bool:
        key, rate, _ = bucket
        slice = self._slices.get(key)
        if slice is None:
            return False
        if slice.left:
            slice.left -= 1
            return True
        now = self._source.micros()
        if not take(rate, slice.full_at, now, 1)[0]:
            raise Ratelimited(wait(rate, slice.full_at, now))
        return False

    def _slice(self, key: str, rate: Rate) -> _Slice:
        return self._slices.setdefault(key, _Slice(rate))

    async def _give_back_regularly(self) -> None:
        for round in itertools.count(1):
            await asyncio.sleep(GIVE_BACK_EVERY)
            try:
                await self._give_back()
                if round % FORGET_EVERY == 0:
                    await self._forget_full()
            except Exception:
                # A defect. Nobody awaits this task: were it to end, nobody would know, and reserved calls stayed lost.
                log.exception("reserved calls are given back again in %s s", GIVE_BACK_EVERY)

    async def _give_back(self) -> None:
        slices, self._slices = self._slices, {}
        self._reserving = {key: lock for key, lock in self._reserving.items() if lock.locked()}
        unused = {key: slice.left * slice.rate.interval for key, slice in slices.items() if slice.left}
        if not unused:
            return
        try:
            await self._storage.write(lambda work: give_back(work, unused))
        except Refusal as refusal:
            # What cannot be given back is lost to the callers for one refill, which errs on the strict side.
            log.warning("reserved calls could not be given back: %s", refusal.code)

    async def _forget_full(self) -> None:
        try:
            await self._storage.write(lambda work: work.buckets.forget_full(work.source.micros()))
        except Refusal as refusal:
            log.warning("full buckets could not be forgotten: %s", refusal.code)
