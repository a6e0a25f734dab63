"""Token buckets, each a single integer: the time at which it would be full again (the generic cell rate algorithm).

A call moves that time on by one interval. It passes as long as the bucket is not further from full than its whole burst.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gridhall.contract.rates import Limit

if TYPE_CHECKING:
    from gridhall.domain.work import Work


class Buckets(Protocol):
    """Storage of buckets that workers share, or that outlive a restart."""

    async def lock(self, key: str) -> int:
        """When this bucket would be full again, in Unix microseconds; held until the unit ends."""
        ...

    async def save(self, key: str, full_at: int) -> None: ...

    async def forget_full(self, before: int) -> None:
        """Drop the buckets that have been full since this time: they say nothing that their absence does not."""
        ...


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit in the units of a bucket: microseconds for one call, and for the whole burst."""

    interval: int
    burst: int
    slice: int

    @classmethod
    def of(cls, limit: Limit, factor: float) -> "Rate":
        """A documented limit times the server's factor."""
        interval = max(1, round(limit.seconds * 1_000_000 / (limit.calls * factor)))
        burst = max(1, round(limit.burst * factor))
        return cls(interval, interval * burst, max(1, min(burst // 10, 1000)))


def take(rate: Rate, full_at: int, now: int, want: int) -> tuple[int, int]:
    """Take up to `want` calls from a bucket; gives how many there were, and when it would be full again."""
    start = _start(rate, full_at, now)
    there = (now + rate.burst - start) // rate.interval
    taken = min(want, max(0, there))
    return taken, start + taken * rate.interval


def wait(rate: Rate, full_at: int, now: int) -> int:
    """Whole seconds until the next call passes, at least 1."""
    micros = _start(rate, full_at, now) + rate.interval - rate.burst - now
    return max(1, -(-micros // 1_000_000))


def _start(rate: Rate, full_at: int, now: int) -> int:
    """Where a bucket stands. One further from full than its burst says that the clock was set back: it counts as full."""
    return full_at if now < full_at <= now + rate.burst else now


async def reserve(work: "Work", wanted: Sequence[tuple[str, Rate]]) -> list[tuple[int, int]]:
    """Take a slice from each of these shared buckets, or nothing where one has no call left.

    Arguments:
        wanted: names in ascending order, and how often.

    Returns:
        of each how many calls there were, and when it would be full again; 0 where it has none.
    """
    now = work.source.micros()
    reserved = [take(rate, await work.buckets.lock(key), now, rate.slice) for key, rate in wanted]
    if all(taken for taken, _ in reserved):
        for (key, _), (_, moved) in zip(wanted, reserved, strict=True):
            await work.buckets.save(key, moved)
    return reserved


async def refill(work: "Work", key: str) -> None:
    """Return all that was taken."""
    if await work.buckets.lock(key):
        await work.buckets.save(key, 0)


async def give_back(work: "Work", unused: dict[str, int]) -> None:
    """Return what was reserved and not used: microseconds by bucket."""
    for key in sorted(unused):
        full_at = await work.buckets.lock(key)
        await work.buckets.save(key, full_at - unused[key])
