"""PostgreSQL that goes away: connections that end, a road that is cut, a network that says nothing, answers that are lost."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from statistics import median

import pytest

from gridhall.contract.errors import ServiceUnavailable
from gridhall.domain.signals import AuthorityChanged
from gridhall.domain.work import Storage, Work
from gridhall.storage.engines import AnyStorage
from harness.databases import Databases, run
from harness.live import live
from harness.storage import Ear, Proxy, adds, cut_all, eventually, on_postgres, opened, proxied, value, wait_until


@pytest.fixture
def proxy(postgres: str) -> Iterator[Proxy]:
    with proxied(postgres) as made:
        yield made


async def _use_every_connection(storage: Storage) -> None:
    """Have the pool make all the connections that it may have."""
    met = asyncio.Barrier(10)

    async def meets(work: Work) -> None:
        await work.meta.find("")
        await met.wait()

    await asyncio.gather(*(storage.read(meets) for _ in range(10)))


def test_ended_connections_are_replaced_without_anybody_noticing(postgres: str) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(postgres, ear) as storage:
            for first, second in itertools.permutations(("read", "write")):
                await _use_every_connection(storage)
                ear.events.clear()
                assert await cut_all(postgres) == 11, "the pool, and the ear"
                for kind in (first, second):
                    if kind == "read":
                        await asyncio.gather(*(value(storage, "any") for _ in range(20)))
                    else:
                        await asyncio.gather(*(storage.write(adds(f"{first} {number}")) for number in range(20)))
                # The other workers are heard again, and what they said meanwhile is made good.
                await eventually(lambda: ear.events[-1:] == ["caught up"])
                assert ear.events[0] == "lost"

    run(main())


def test_connections_that_break_only_when_they_are_used_cost_one_attempt_in_all(proxy: Proxy) -> None:
    async def main() -> None:
        async with opened(proxy.url) as storage:
            await _use_every_connection(storage)
            proxy.forget()
            await storage.write(adds("any"))
            assert await value(storage, "any") == "there"

    run(main())


def test_a_unit_that_loses_its_connection_is_run_again(proxy: Proxy) -> None:
    runs = itertools.count(1)

    async def writes(work: Work) -> int:
        await adds("stored")(work)
        return await cuts(work)

    async def cuts(work: Work) -> int:
        """Cut the road in every first run."""
        run_now = next(runs)
        if run_now % 2:
            proxy.cut()
            proxy.mend()
        await work.meta.find("")
        return run_now

    async def main() -> None:
        async with opened(proxy.url) as storage:
            assert await storage.write(writes) == 2
            assert await value(storage, "stored") == "there"
            assert await storage.read(cuts) == 4
            proxy.cut_before = b"BEGIN"
            await storage.write(adds("not begun"))

    run(main())


def test_a_unit_that_can_keep_no_connection_gives_up(proxy: Proxy) -> None:
    runs = itertools.count()

    async def cuts(work: Work) -> None:
        next(runs)
        proxy.cut()
        proxy.mend()
        await work.meta.find("")

    async def main() -> None:
        async with opened(proxy.url) as storage:
            for run_unit in (storage.read, storage.write):
                with pytest.raises(ServiceUnavailable):
                    await run_unit(cuts)
            assert next(runs) == 6

    run(main())


@pytest.mark.parametrize("stored", [True, False])
def test_a_commit_without_an_answer_is_neither_repeated_nor_called_a_success(proxy: Proxy, stored: bool) -> None:
    runs = itertools.count()

    async def unit(work: Work) -> None:
        next(runs)
        work.signal(AuthorityChanged("E1"))
        await adds("in doubt")(work)

    async def main() -> None:
        ear = Ear()
        async with opened(proxy.url, ear) as storage:
            await value(storage, "any")
            if stored:
                proxy.cut_after = b"COMMIT"
            else:
                proxy.cut_before = b"COMMIT"
            with pytest.raises(ServiceUnavailable):
                await storage.write(unit)
            assert next(runs) == 1
            assert await value(storage, "in doubt") == ("there" if stored else None)
            if stored:
                # Nobody was told, but what it made stale is heard of.
                await eventually(lambda: "E1" in ear.events)

    run(main())


async def _refuses(storage: AnyStorage) -> None:
    for attempt in (value(storage, "any"), storage.write(adds("in vain")), storage.check()):
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable):
            await attempt
        assert time.monotonic() - began < 3


def test_a_road_that_is_cut_is_refused_until_it_is_mended(proxy: Proxy) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(proxy.url, ear) as storage:
            await storage.write(adds("kept"))
            ear.events.clear()
            proxy.cut()
            await _refuses(storage)
            assert ear.events == ["lost"], "nothing is remembered while nobody is heard"
            proxy.mend()
            assert await value(storage, "kept") == "there"
            await storage.write(adds("after"))
            await storage.check()
            assert await value(storage, "in vain") is None
            await eventually(lambda: ear.events == ["lost", "caught up"])

    run(main())


def test_a_network_that_says_nothing_is_noticed_and_waited_for_in_bounds(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_HEARTBEAT", 0.1), ("_CHECK_WITHIN", 0.2), ("_PATIENCE", 0.3), ("_COMMAND_TIMEOUT", 0.3)):
        monkeypatch.setattr(f"gridhall.storage.postgres.{name}", seconds)

    async def main() -> None:
        ear = Ear()
        async with opened(proxy.url, ear) as storage:
            await storage.write(adds("kept"))
            ear.events.clear()
            proxy.hush()
            await _refuses(storage)
            await eventually(lambda: ear.events == ["lost"])
            proxy.mend()
            await eventually(lambda: ear.events == ["lost", "caught up"])
            assert await value(storage, "kept") == "there"
            await storage.write(adds("after"))

    run(main())


def test_signals_of_others_are_heard_within_100_ms_also_after_a_loss(postgres: str, proxy: Proxy) -> None:
    async def signals(work: Work) -> None:
        work.signal(AuthorityChanged("E1"))

    async def main() -> None:
        ear = Ear()
        async with opened(proxy.url, ear), opened(postgres) as other:
            took = []
            for _ in range(3):
                ear.events.clear()
                await other.write(signals)
                took.append(await eventually(lambda: "E1" in ear.events))
                proxy.cut()
                proxy.mend()
                await eventually(lambda: ear.events[-1:] == ["caught up"])
            assert median(took) < 0.1

    run(main())


def test_what_nobody_of_ours_says_makes_forget_everything(postgres: str) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(postgres, ear):
            ear.events.clear()
            await on_postgres(postgres, "SELECT pg_notify('gridhall', 'good morning')")
            await eventually(lambda: ear.events)
            assert ear.events == ["caught up"]

    run(main())


def test_one_statement_costs_one_round_trip(proxy: Proxy) -> None:
    async def main() -> None:
        async with opened(proxy.url) as storage:
            await value(storage, "any")
            before = proxy.round_trips
            for _ in range(10):
                await value(storage, "any")
            assert proxy.round_trips - before == 10, "no reset, no preparing again"

    run(main())


def test_a_server_says_that_it_is_away_and_heals(postgres_databases: Databases) -> None:
    with proxied(postgres_databases.filled()) as proxy, live(proxy.url) as server:
        assert server.call("auth.test", "xoxp-cho-east")["ok"]
        assert server.call("users.setPresence", "xoxp-cho-east", presence="away")["ok"]
        proxy.cut()
        # The ear is cut as well: what was remembered is forgotten, and so even this has to ask.
        wait_until(lambda: server.reply("auth.test", "xoxp-cho-east").json == {"ok": False, "error": "service_unavailable"})
        for method, arguments in (("users.info", {"user": "W0ADA000001"}), ("users.setPresence", {"presence": "auto"})):
            reply = server.reply(method, "xoxp-cho-east", **arguments)
            assert (reply.status, reply.json) == (200, {"ok": False, "error": "service_unavailable"})
        health = server.request("GET", "/_gridhall/health")
        assert (health.status, health.json) == (503, {"live": True, "ready": False})
        proxy.mend()
        assert server.request("GET", "/_gridhall/health").status == 200
        assert server.call("users.getPresence", "xoxp-cho-east")["manual_away"] is True
        assert server.call("users.setPresence", "xoxp-cho-east", presence="auto")["ok"]
