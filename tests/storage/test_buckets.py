"""Buckets of an hour outlive a restart, and a slice that was not used is given back."""

import asyncio
from dataclasses import replace

import msgspec

from gridhall.catalogue.method import method
from gridhall.catalogue.rates import Counted, per_workspace_and_app
from gridhall.catalogue.registry import Registry
from gridhall.contract.rates import Limit
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain.call import Call
from gridhall.domain.limits import Rate, reserve
from gridhall.domain.source import SystemClock
from harness.databases import Databases, run
from harness.live import Live, live
from harness.storage import opened

BOT = "xoxb-east-desk"


class NoArgs(msgspec.Struct, frozen=True):
    """No arguments."""


@method(
    "test.hourly",
    tokens=Token.BOT,
    rate=(Counted("hourly", Limit(30, 3600, 30), per_workspace_and_app),),
)
async def hourly(call: Call, args: NoArgs) -> Ok:
    """May be called thirty times an hour."""
    return Ok()


RATE = replace(Rate.of(Limit(10, 3600, 10), 1), slice=3)

METHODS = Registry([hourly])


def _passes(server: Live, most: int) -> int:
    """How many of so many calls pass."""
    return sum(server.call("test.hourly", BOT)["ok"] for _ in range(most))


def test_an_hour_goes_on_over_a_restart(any_databases: Databases) -> None:
    database = any_databases.filled()
    with live(database, methods=METHODS, rate_factor=1) as server:
        server.move(to=2_000_000_000)
        assert _passes(server, 10) == 10
    with live(database, methods=METHODS, rate_factor=1) as server:
        server.move(to=2_000_000_000)
        # Ten were used, and of the slice that the tenth was taken from the rest was given back: exactly twenty are left.
        assert _passes(server, 25) == 20
    with live(database, methods=METHODS, rate_factor=1) as server:
        server.move(to=2_000_000_000)
        reply = server.reply("test.hourly", BOT)
        assert (reply.status, reply.headers["retry-after"]) == (429, "120")
        server.move(advance=120)
        assert _passes(server, 3) == 1
        server.move(advance=3600)
        assert _passes(server, 35) == 30


def test_who_is_refused_is_not_counted(any_databases: Databases) -> None:
    with live(any_databases.filled(), methods=METHODS, rate_factor=1) as server:
        server.move(to=2_000_000_000)
        assert _passes(server, 60) == 30
        server.move(advance=240)
        assert _passes(server, 60) == 2


def test_many_at_once_never_get_more_than_there_is(database: str) -> None:
    clock = SystemClock()
    clock.move(2_000_000_000_000_000, frozen=True)

    async def main() -> None:
        async with opened(database, clock=clock) as storage:
            units = [storage.write(lambda work: reserve(work, [("bucket", RATE)])) for _ in range(12)]
            taken = [count for [(count, _)] in await asyncio.gather(*units)]
            assert sorted(taken) == [0] * 8 + [1, 3, 3, 3]

            # Buckets that are made, forgotten and made again at once lose no count either.
            clock.move(2_000_100_000_000_000, frozen=True)
            again = [storage.write(lambda work: reserve(work, [("bucket", RATE)])) for _ in range(12)]
            forgets = [storage.write(lambda work: work.buckets.forget_full(work.source.micros())) for _ in range(12)]
            mixed = [unit for pair in zip(again, forgets, strict=True) for unit in pair]
            outcomes = (await asyncio.gather(*mixed))[::2]
            assert sum(outcome[0][0] for outcome in outcomes if outcome) == 10

    run(main())


def test_where_one_bucket_is_empty_nothing_is_taken_from_the_others(database: str) -> None:
    clock = SystemClock()
    clock.move(2_000_000_000_000_000, frozen=True)
    once = Rate.of(Limit(1, 3600, 1), 1)

    async def main() -> None:
        async with opened(database, clock=clock) as storage:
            assert [taken for taken, _ in await storage.write(lambda work: reserve(work, [("a", RATE), ("b", once)]))] == [3, 1]
            assert [taken for taken, _ in await storage.write(lambda work: reserve(work, [("a", RATE), ("b", once)]))] == [3, 0]
            assert [taken for taken, _ in await storage.write(lambda work: reserve(work, [("a", replace(RATE, slice=9))]))] == [
                7
            ]

    run(main())
