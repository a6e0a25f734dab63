"""Sessions and their settings as they are stored, on both engines, and two who touch the same ones at once."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from sqlalchemy import bindparam, update

from gridhall.domain import sessions
from gridhall.domain.devices import Device
from gridhall.domain.origin import Origin
from gridhall.domain.secrets import hash_of
from gridhall.domain.sessions import CLIENTS, PATIENCE, Session, Settings, token_of
from gridhall.domain.signals import AuthorityChanged, SessionsEnded, Signal
from gridhall.domain.source import SystemClock
from gridhall.domain.work import Storage, Work
from gridhall.storage import tables
from gridhall.storage.engines import AnyStorage
from gridhall.storage.statement import Statement
from gridhall.storage.work import SqlWork
from harness.databases import Databases, run
from harness.storage import WAITS, Ear, eventually, on_postgres, opened

HERE, ELSEWHERE = "E0STATION01", "E0ELSEWHERE"
MIA, MAX, QUI, DAY = "W0MIA000001", "W0MAX000001", "W0QUI000001", "W0DAY000001"
NORTH, SOUTH = "T0NORTH0001", "T0SOUTH0001"
NOW = 1_800_000_000
DEVICE = Device("iPhone14,2", "iOS", "17.4", "24.03.10", "203.0.113.9")

_SET_ORGANIZATION = Statement(
    update(tables.organizations)
    .where(tables.organizations.c.id == bindparam("at_id"))
    .values(session_duration=bindparam("new_duration"), desktop_app_browser_quit=bindparam("new_quit")),
    tuple,
)


@dataclass
class Told(Ear):
    """Notes every signal."""

    signals: list[Signal] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def heard(self, signal: Signal) -> None:
        self.signals.append(signal)
        super().heard(signal)


def at(now: int = NOW) -> SystemClock:
    clock = SystemClock()
    clock.move(now * 1_000_000, frozen=True)
    return clock


def on_storage(
    databases: Databases,
    test: Callable[[AnyStorage], Awaitable[None]],
    ear: Ear | None = None,
    clock: SystemClock | None = None,
) -> None:
    """Run a test over the storage of a database of its own."""
    database = databases.filled("stations")

    async def main() -> None:
        async with opened(database, ear, clock or at()) as storage:
            await test(storage)

    run(main())


def session(id: int, person: str = MIA, **changed: Any) -> Session:
    device = msgspec.json.encode(DEVICE).decode()
    row = Session(HERE, id, person, NORTH, "web", device, None, NOW, NOW, 0, f"cookie {id}", f"token {id}")
    return msgspec.structs.replace(row, **changed)


async def add(storage: Storage, *rows: Session) -> None:
    async def unit(work: Work) -> None:
        for row in rows:
            await work.sessions.add(row)

    await storage.write(unit)


def begins(person: str = MIA, client: str = "web") -> Callable[[Work], Coroutine[Any, Any, Session]]:
    async def unit(work: Work) -> Session:
        organization = await work.organizations.find(HERE)
        who = await work.people.find(HERE, person)
        assert organization is not None
        assert who is not None
        begun, secrets = await sessions.begin(work, organization, who, workspace=NORTH, client=client, device=DEVICE)
        assert begun.cookie_hash == hash_of(secrets.cookie)
        assert begun.token_hash == hash_of(secrets.token) == hash_of(token_of(secrets.cookie))
        return begun

    return unit


def reckons(*people: str) -> Callable[[Work], Coroutine[Any, Any, None]]:
    async def unit(work: Work) -> None:
        organization = await work.organizations.find(HERE)
        assert organization is not None
        await work.people.lock_all(HERE, people)
        await sessions.reckon(work, organization, people)

    return unit


async def find(storage: Storage, id: int, now: int = NOW) -> Session | None:
    return await storage.read(lambda work: work.sessions.find(HERE, id, now=now))


def test_a_session_is_found_by_its_id_its_cookie_and_its_token_until_its_time(any_databases: Databases) -> None:
    row = session(1, expires_at=NOW + 10)

    async def test(storage: AnyStorage) -> None:
        await add(storage, row)
        for now, found in ((0, row), (NOW + 9, row), (NOW + 10, None), (NOW + 11, None)):

            async def unit(work: Work, now: int = now) -> list[Session | None]:
                return [
                    await work.sessions.find(HERE, 1, now=now),
                    await work.sessions.find_by_cookie("cookie 1", now=now),
                    await work.sessions.find_by_token("token 1", now=now),
                ]

            assert await storage.read(unit) == [found] * 3

        async def others(work: Work) -> list[Session | None]:
            return [
                await work.sessions.find(ELSEWHERE, 1, now=NOW),
                await work.sessions.find(HERE, 2, now=NOW),
                await work.sessions.find_by_cookie("token 1", now=NOW),
                await work.sessions.find_by_token("cookie 1", now=NOW),
            ]

        assert await storage.read(others) == [None] * 4

    on_storage(any_databases, test)


def test_lists_are_in_the_order_of_ids_and_without_what_has_ended(any_databases: Databases) -> None:
    rows = [
        session(50, MIA, expires_at=NOW),
        session(40, MIA, workspace=SOUTH),
        session(30, MAX),
        session(20, MIA, expires_at=NOW + 1),
        session(10, MIA),
    ]

    async def test(storage: AnyStorage) -> None:
        await add(storage, *rows)

        async def unit(work: Work) -> list[list[int]]:
            found = [
                await work.sessions.list_of(HERE, MIA, now=NOW),
                await work.sessions.list_of(HERE, MIA, now=NOW, workspace=NORTH),
                await work.sessions.list_of(HERE, MIA, now=NOW, workspace=SOUTH),
                await work.sessions.list_of(HERE, MIA, now=NOW, after=10, limit=1),
                await work.sessions.list_of(HERE, "W0NOBODY001", now=NOW),
                await work.sessions.list_all(HERE, now=NOW, after=0, limit=3),
                await work.sessions.list_all(HERE, now=NOW, after=30, limit=1),
                await work.sessions.list_all(ELSEWHERE, now=NOW, after=0, limit=10),
            ]
            return [[one.id for one in page] for page in found]

        assert await storage.read(unit) == [[10, 20, 40], [10, 20], [40], [20], [], [10, 20, 30], [40], []]
        assert sorted(
            await storage.read(lambda work: work.sessions.list_signed_in(HERE, [MIA, MAX, QUI, "W0NO"], now=NOW))
        ) == [
            MAX,
            MIA,
            QUI,
        ]

    on_storage(any_databases, test)


def test_what_has_expired_ends_the_earliest_first(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        assert await storage.read(lambda work: work.sessions.next_expiry(ELSEWHERE)) is None
        await add(storage, *(session(id, expires_at=expires_at) for id, expires_at in ((1, 30), (2, 10), (3, 0), (4, 20))))
        assert await storage.read(lambda work: work.sessions.next_expiry(HERE)) == 10
        for now, limit, expired in ((9, 9, []), (10, 9, [2]), (99, 1, [4]), (99, 9, [1]), (99, 9, [])):
            ended = await storage.write(
                lambda work, now=now, limit=limit: work.sessions.end_expired(HERE, now=now, limit=limit)  # type: ignore[misc]
            )
            assert ended == expired
        assert await find(storage, 3) is not None

    on_storage(any_databases, test)


def test_ending_tells_what_there_was_and_every_worker_of_it(any_databases: Databases) -> None:
    ear = Told()

    async def test(storage: AnyStorage) -> None:
        await add(storage, *(session(id) for id in range(1, 702)))
        ear.signals.clear()
        wanted = [*range(1, 701), 5000, 2**62]
        assert sorted(await storage.write(lambda work: sessions.end(work, HERE, wanted))) == list(range(1, 701))
        # On PostgreSQL a worker hears its own news twice.
        await eventually(lambda: len(set(ear.signals)) == 3)
        told = [signal for signal in dict.fromkeys(ear.signals) if isinstance(signal, SessionsEnded)]
        assert [len(signal.sessions) for signal in told] == [300, 300, 100]
        assert sorted(id for signal in told for id in signal.sessions) == list(range(1, 701))
        assert {signal.organization for signal in told} == {HERE}
        assert await find(storage, 701) is not None
        assert await storage.write(lambda work: sessions.end(work, HERE, wanted)) == []
        assert await storage.write(lambda work: sessions.end(work, HERE, [])) == []
        assert await storage.write(lambda work: sessions.end(work, ELSEWHERE, [701])) == []
        assert await find(storage, 701) is not None

    on_storage(any_databases, test, ear)


@pytest.mark.parametrize(
    ("clients", "other_than", "ended"),
    [
        (CLIENTS, None, [1, 2, 3, 4]),
        (("mobile",), None, [2]),
        (("web",), None, [3, 4]),
        (("web",), 3, [4]),
        (CLIENTS, 1, [2, 3, 4]),
        ((), None, []),
    ],
)
def test_sessions_of_people_end_by_kinds_of_clients(
    any_databases: Databases, clients: tuple[str, ...], other_than: int | None, ended: list[int]
) -> None:
    async def test(storage: AnyStorage) -> None:
        # What has ended by itself, and is still there, ends as well.
        kinds = ((1, "desktop", 0), (2, "mobile", 0), (3, "web", 0), (4, "web", 1))
        await add(storage, *(session(id, client=client, expires_at=expires) for id, client, expires in kinds))
        await add(storage, session(5, MAX))

        async def unit(work: Work) -> list[int]:
            return await sessions.end_of(work, HERE, [MIA, "W0NOBODY001"], clients=clients, other_than=other_than)

        assert sorted(await storage.write(unit)) == ended
        left = await storage.read(lambda work: work.sessions.list_all(HERE, now=0, after=0, limit=10))
        assert [one.id for one in left if one.id < 10] == [id for id in range(1, 6) if id not in ended]

    on_storage(any_databases, test)


def test_a_session_ends_by_the_earlier_of_all_that_ends_it(any_databases: Databases) -> None:
    """Every way in which a person's settings and the organization's come together."""
    lasted = 100
    durations, quits = (None, 0, 28_800), (None, False, True)

    def expected(client: str, own: Settings, duration: int, quit: bool) -> int:
        lasts = duration if own.duration is None else own.duration
        ends = quit if own.desktop_app_browser_quit is None else own.desktop_app_browser_quit
        times = [NOW - lasted + lasts] if lasts else []
        times += [NOW + PATIENCE] if ends and client == "desktop" else []
        return min(times, default=0)

    async def test(storage: AnyStorage) -> None:
        await add(storage, *(session(id, client=client, signed_in_at=NOW - lasted) for id, client in enumerate(CLIENTS, 1)))
        for duration, quit in itertools.product((0, 50, 7_200), (False, True)):

            async def organization(work: Work, duration: int = duration, quit: bool = quit) -> None:
                assert isinstance(work, SqlWork)
                await work.connection.run(_SET_ORGANIZATION, at_id=HERE, new_duration=duration, new_quit=quit)

            await storage.write(organization)
            for own in itertools.starmap(lambda *both: Settings(HERE, MIA, *both), itertools.product(durations, quits)):

                async def settings(work: Work, own: Settings = own) -> None:
                    await work.sessions.clear_settings(HERE, [MIA])
                    if (own.duration, own.desktop_app_browser_quit) != (None, None):
                        await work.sessions.save_settings([own])
                    await reckons(MIA)(work)

                await storage.write(settings)
                rows = await storage.read(lambda work: work.sessions.list_of(HERE, MIA, now=0))
                assert [row.expires_at for row in rows] == [expected(row.client, own, duration, quit) for row in rows]
                if duration != 50 or own.duration is not None:
                    # Who signs in now has the same settings.
                    begun = await storage.write(begins(MIA, "desktop"))
                    since = expected("desktop", own, duration, quit)
                    assert begun.expires_at in (since, since + lasted)
                    await storage.write(lambda work, id=begun.id: work.sessions.end(HERE, [id]))  # type: ignore[misc]

    on_storage(any_databases, test)


def test_a_half_of_the_settings_leaves_the_other_as_it_was(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        steps = [
            ((28_800, None), (28_800, None)),
            ((None, True), (28_800, True)),
            ((30_000, None), (30_000, True)),
            ((None, False), (30_000, False)),
        ]
        for given, kept in steps:
            row = Settings(HERE, MIA, *given)
            await storage.write(lambda work, row=row: work.sessions.save_settings([row]))  # type: ignore[misc]
            (found,) = await storage.read(lambda work: work.sessions.settings_of(HERE, [MIA, MAX]))
            assert found == Settings(HERE, MIA, *kept)
        assert await storage.write(lambda work: work.sessions.clear_settings(HERE, [MIA, MAX])) == [MIA]
        assert await storage.write(lambda work: work.sessions.clear_settings(HERE, [MIA, MAX])) == []
        assert await storage.read(lambda work: work.sessions.settings_of(HERE, [MIA])) == []

    on_storage(any_databases, test)


def test_use_is_noted_with_the_device_where_that_changed(any_databases: Databases) -> None:
    clock = at()

    def notices(id: int, address: str) -> Callable[[Work], Coroutine[Any, Any, Session | None]]:
        async def unit(work: Work) -> Session | None:
            work.origin = Origin(address, "")
            return await sessions.notice(work, HERE, id, DEVICE)

        return unit

    async def test(storage: AnyStorage) -> None:
        await add(storage, session(1, client="mobile"))
        clock.move((NOW + 5) * 1_000_000, frozen=True)
        await storage.write(notices(1, DEVICE.ip))
        assert await find(storage, 1) == session(1, client="mobile", last_activity=NOW + 5)
        await storage.write(notices(1, "198.51.100.1"))
        found = await find(storage, 1)
        assert found is not None
        assert found.recent_device is not None
        moved = msgspec.structs.replace(DEVICE, ip="198.51.100.1")
        assert msgspec.json.decode(found.recent_device, type=Device) == moved
        assert await storage.read(lambda work: work.activity.last(HERE, MIA)) == NOW + 5
        assert await storage.write(notices(2, DEVICE.ip)) is None

    on_storage(any_databases, test, clock=clock)


def test_who_has_very_many_loses_the_least_recently_used_with_each_sign_in(any_databases: Databases) -> None:
    ear = Told()

    async def test(storage: AnyStorage) -> None:
        await add(storage, *(session(id, last_activity=NOW - id) for id in range(1, sessions.MOST)))
        await add(storage, session(2000, last_activity=1), session(5000, MAX, last_activity=1))
        ear.signals.clear()
        begun = await storage.write(begins())
        gone = [id for id in (1, 998, 999, 2000, 5000, begun.id) if await find(storage, id) is None]
        assert gone == [2000]
        await eventually(lambda: SessionsEnded(HERE, (2000,)) in ear.signals)
        first = await storage.read(lambda work: work.sessions.list_last_used(HERE, MIA, now=NOW, limit=3))
        assert [one.id for one in first] == [begun.id, 1, 2]
        assert await storage.read(lambda work: work.sessions.count_of(HERE, MIA)) == sessions.MOST
        # An organization file may bring more than there may be.
        await add(storage, *(session(id, last_activity=NOW - id) for id in range(10_000, 10_500)))
        await storage.write(begins())
        assert await storage.read(lambda work: work.sessions.count_of(HERE, MIA)) == sessions.MOST + 500 - 200 + 1

    on_storage(any_databases, test, ear)


# Two at once.


async def _together(*units: Awaitable[Any]) -> list[Any]:
    return list(await asyncio.gather(*units))


def test_of_many_who_end_a_session_one_has_ended_it(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        for id in range(1, 11):
            await add(storage, session(id))
            one = id

            async def ends(work: Work, id: int = one) -> list[int]:
                return await sessions.end(work, HERE, [id])

            async def ends_all(work: Work) -> list[int]:
                return await sessions.end_of(work, HERE, [MIA])

            outcomes = await _together(*(storage.write(unit) for unit in (ends, ends_all) * 4))
            assert sorted(outcomes) == [*[[]] * 7, [id]]

    on_storage(any_databases, test)


def test_a_session_that_is_used_while_it_ends_stays_ended(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        for id in range(1, 21):
            await add(storage, session(id, QUI, client="desktop", expires_at=NOW + PATIENCE))

            async def uses(work: Work, id: int = id) -> Session | None:
                return await sessions.notice(work, HERE, id, DEVICE)

            async def beats(work: Work, id: int = id) -> Session | None:
                organization = await work.organizations.find(HERE)
                assert organization is not None
                return await sessions.heartbeat(work, organization, id, told=None)

            async def ends(work: Work, id: int = id) -> list[int]:
                return await sessions.end(work, HERE, [id])

            outcomes = await _together(*(storage.write(unit) for unit in (uses, beats, ends, beats, uses)))
            assert outcomes[2] == [id]
            assert await find(storage, id, now=0) is None

    on_storage(any_databases, test)


def test_a_session_whose_sign_of_life_comes_while_it_is_cleared_away_goes_on(postgres_databases: Databases) -> None:
    """The job finds it expired, since the heartbeat is not stored yet, and waits for it."""
    clock, postgres = at(), postgres_databases.filled("stations")

    async def main() -> None:
        beaten, waits = asyncio.Event(), asyncio.Event()

        async def beats(work: Work) -> None:
            organization = await work.organizations.find(HERE)
            assert organization is not None
            assert await sessions.heartbeat(work, organization, 1, told=None) is not None
            beaten.set()
            await waits.wait()

        async def clears(work: Work) -> list[int]:
            return await work.sessions.end_expired(HERE, now=NOW + PATIENCE, limit=200)

        async with opened(postgres, clock=clock) as storage:
            await add(storage, *(session(id, QUI, client="desktop", expires_at=NOW + PATIENCE) for id in (1, 2)))
            clock.move((NOW + PATIENCE - 1) * 1_000_000, frozen=True)
            beating = asyncio.create_task(storage.write(beats))
            async with asyncio.timeout(10):
                await beaten.wait()
            clearing = asyncio.create_task(storage.write(clears))
            async with asyncio.timeout(10):
                while not await on_postgres(postgres, WAITS):
                    pass
            waits.set()
            await beating
            assert await clearing == [2]
            kept = await find(storage, 1, NOW + PATIENCE)
            assert kept is not None
            assert kept.expires_at == NOW + 2 * PATIENCE - 1

    run(main())


def test_settings_that_change_at_any_moment_count_for_every_session(any_databases: Databases) -> None:
    """Whoever signs in, beats and is set at once: in the end each session has what the settings say."""

    async def test(storage: AnyStorage) -> None:
        for round in range(8):
            begun = await storage.write(begins(QUI, "desktop"))

            async def beats(work: Work, id: int = begun.id) -> Session | None:
                organization = await work.organizations.find(HERE)
                assert organization is not None
                return await sessions.heartbeat(work, organization, id, told=None)

            async def sets(work: Work, quit: bool = round % 2 == 1) -> None:
                await work.people.lock_all(HERE, [QUI])
                await work.sessions.save_settings([Settings(HERE, QUI, None, quit)])
                await reckons(QUI)(work)

            units = (begins(QUI, "desktop"), beats, sets, beats, begins(QUI, "desktop"), beats)
            await _together(*(storage.write(unit) for unit in units))
            rows = await storage.read(lambda work: work.sessions.list_of(HERE, QUI, now=0, after=10**12 + 10))
            assert {row.expires_at for row in rows} == {NOW + PATIENCE if round % 2 else 0}

    on_storage(any_databases, test)


def test_remembered_actors_learn_of_settings(any_databases: Databases) -> None:
    ear = Told()

    async def test(storage: AnyStorage) -> None:
        ear.signals.clear()
        await storage.write(reckons(DAY))
        await eventually(lambda: AuthorityChanged(HERE) in ear.signals)

    on_storage(any_databases, test, ear)
