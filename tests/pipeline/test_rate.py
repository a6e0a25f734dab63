"""How often, where a bucket is stored: slices, what is given back, and what memory keeps."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
import pytest
from sqlalchemy import func, select

from gridhall.catalogue.method import Method, method
from gridhall.catalogue.rates import LONGEST, Counted, argument
from gridhall.contract.errors import Ratelimited, ServiceUnavailable
from gridhall.contract.rates import Limit
from gridhall.contract.wire import Ok
from gridhall.domain.actor import Actor, anonymous
from gridhall.domain.call import Call
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.work import Storage, Work
from gridhall.pipeline import rate
from gridhall.pipeline.rate import RateLimiter
from gridhall.storage.statement import Statement
from gridhall.storage.tables import rate_buckets
from harness.databases import Databases, run
from harness.storage import eventually, opened

T = TypeVar("T")
HOUR = Limit(30, 3600, 30)
"""A bucket that is stored, in slices of three; a call comes back after two minutes."""


class NoArgs(msgspec.Struct, frozen=True):
    """No arguments."""


def limited(*limits: Limit) -> Method:
    """A method with these limits, each for every caller alone."""
    counted = tuple(Counted(str(number), limit, lambda actor, team, raw: actor.token) for number, limit in enumerate(limits))

    @method("probe.call", tokens=None, rate=counted)
    async def probe(call: Call, args: NoArgs) -> Ok:
        return Ok()

    return probe


STORED = Statement(select(func.count()).select_from(rate_buckets), int)


async def _stored(work: Any) -> int:
    return await work.connection.one(STORED) or 0


class Counting:
    """Storage that counts the units written, and can be away."""

    shared = False

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.written = 0
        self.away = False

    async def read(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        return await self._storage.read(unit)

    async def write(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        if self.away:
            raise ServiceUnavailable
        self.written += 1
        return await self._storage.write(unit)


class Desk:
    """A limiter at a standing clock."""

    def __init__(self, storage: Counting, clock: SystemClock) -> None:
        self.storage = storage
        self.clock = clock
        self.limiter = RateLimiter(storage, Source(clock), 1)  # type: ignore[arg-type]

    async def passes(self, called: Method, caller: str = "somebody") -> bool:
        try:
            await self.limiter(called, _actor(caller), None, {})
        except Ratelimited:
            return False
        return True

    async def count(self, called: Method, calls: int) -> int:
        """How many of so many calls at once pass."""
        return sum(await asyncio.gather(*(self.passes(called) for _ in range(calls))))

    def move(self, seconds: float) -> None:
        self.clock.move(self.clock.now() + round(seconds * 1_000_000), frozen=True)


def _actor(caller: str) -> Actor:
    return replace(anonymous(caller), organization="E1")


def at_a_desk(databases: Databases, main: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
    url = databases.filled("states")
    clock = SystemClock()
    clock.move(1_700_000_000_000_000, frozen=True)

    async def sit_down() -> None:
        async with opened(url, clock=clock) as storage:
            await main(Desk(Counting(storage), clock))

    run(sit_down())


def test_callers_at_once_get_what_the_bucket_holds_and_no_more(any_databases: Databases) -> None:
    async def main(here: Desk) -> None:
        assert await here.count(limited(HOUR), 100) == 30
        here.move(120)
        assert await here.count(limited(HOUR), 5) == 1

    at_a_desk(any_databases, main)


def test_neither_calls_within_a_slice_nor_refused_ones_cost_a_unit_of_work(sqlite_databases: Databases) -> None:
    async def main(here: Desk) -> None:
        assert await here.count(limited(HOUR), 30) == 30
        assert here.storage.written == 10
        assert await here.count(limited(HOUR), 50) == 0
        assert here.storage.written == 11
        here.move(119)
        assert not await here.passes(limited(HOUR))
        assert here.storage.written == 11
        here.move(1)
        assert await here.passes(limited(HOUR))

    at_a_desk(sqlite_databases, main)


def test_what_is_left_of_a_slice_is_given_back(sqlite_databases: Databases) -> None:
    async def main(here: Desk) -> None:
        assert await here.count(limited(HOUR), 4) == 4
        await here.limiter.close()
        another = Desk(here.storage, here.clock)
        assert await another.count(limited(HOUR), 100) == 26

    at_a_desk(sqlite_databases, main)


def test_a_call_that_cannot_be_counted_counts_nowhere(sqlite_databases: Databases) -> None:
    minute = Limit(2, 60, 2)

    async def main(here: Desk) -> None:
        here.storage.away = True
        for _ in range(5):
            with pytest.raises(ServiceUnavailable):
                await here.passes(limited(minute, HOUR))
        here.storage.away = False
        assert await here.count(limited(minute, HOUR), 5) == 2

    at_a_desk(sqlite_databases, main)


def test_a_call_that_one_stored_limit_refuses_counts_for_none_of_the_others(any_databases: Databases) -> None:
    wide, narrow = HOUR, Limit(2, 3600, 2)

    async def main(here: Desk) -> None:
        assert await here.count(limited(wide, narrow), 20) == 2
        # The same buckets, now without the narrow one: twenty were tried, two were counted.
        assert await here.count(limited(wide), 100) == 28

    at_a_desk(any_databases, main)


def test_a_defect_does_not_end_the_giving_back(
    sqlite_databases: Databases, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rate, "GIVE_BACK_EVERY", 0.001)

    async def main(here: Desk) -> None:
        assert await here.passes(limited(HOUR))
        with monkeypatch.context() as patch:
            patch.setattr(here.storage, "write", None)
            await here.limiter.open()
            await eventually(lambda: "TypeError" in caplog.text)
        assert await here.passes(limited(HOUR))
        written = here.storage.written
        await eventually(lambda: here.storage.written > written)
        await here.limiter.close()

    at_a_desk(sqlite_databases, main)


def test_full_buckets_are_forgotten(sqlite_databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_BUCKETS", 10)
    called = limited(Limit(1, 60, 1))

    async def main(here: Desk) -> None:
        for caller in range(25):
            assert await here.passes(called, str(caller))
        assert not await here.passes(called, "0"), "one that is in use is not forgotten"
        here.move(60)
        for caller in range(25, 50):
            assert await here.passes(called, str(caller))
        assert len(here.limiter._full_at) < 50

    at_a_desk(sqlite_databases, main)


def test_stored_buckets_that_are_full_are_forgotten(any_databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "GIVE_BACK_EVERY", 0.001)
    monkeypatch.setattr(rate, "FORGET_EVERY", 1)

    async def main(here: Desk) -> None:
        assert await here.passes(limited(HOUR))
        await here.limiter.close()
        assert await here.storage.read(_stored) == 1
        here.move(3600)
        written = here.storage.written
        await here.limiter.open()
        await eventually(lambda: here.storage.written > written + 1)
        await here.limiter.close()
        assert await here.storage.read(_stored) == 0

    at_a_desk(any_databases, main)


def test_an_argument_makes_no_long_key() -> None:
    assert argument({"user": "W1"}, "user") == "W1"
    assert len(argument({"user": "x" * 1_000_000}, "user")) == LONGEST
    assert argument({}, "user") == argument({"user": ["W1"]}, "user") == argument({"user": 10**4000}, "user") == ""
