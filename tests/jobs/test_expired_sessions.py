"""The job that clears away sessions whose time has come."""

from collections.abc import Iterator

import msgspec
import pytest

from gridhall.domain import sessions
from gridhall.domain.jobs import Job
from gridhall.domain.sessions import JOB, Session
from gridhall.domain.work import Work
from harness.databases import Databases
from harness.live import Live, live

ORGANIZATION = "E0STATION01"
START = 1_800_000_000
TEMPLATE = Session(ORGANIZATION, 0, "W0MIA000001", "T0NORTH0001", "web", "{}", None, START, START, 0, None, None)


@pytest.fixture
def station(any_databases: Databases) -> Iterator[Live]:
    with live(any_databases.filled("stations")) as server:
        server.move(to=START)
        yield server


def add(server: Live, expiries: list[int]) -> None:
    async def unit(work: Work) -> None:
        for number, expires_at in enumerate(expiries, 1):
            await work.sessions.add(msgspec.structs.replace(TEMPLATE, id=number, expires_at=expires_at))
        await sessions.expect(work, ORGANIZATION)

    server.on_loop(server.gridhall.storage.write(unit))


def left(server: Live) -> list[int]:
    async def unit(work: Work) -> list[int]:
        return [one.id for one in await work.sessions.list_all(ORGANIZATION, now=0, after=0, limit=1000) if one.id < 10**12]

    ids: list[int] = server.on_loop(server.gridhall.storage.read(unit))
    return ids


def job(server: Live) -> Job | None:
    found: Job | None = server.on_loop(server.gridhall.storage.read(lambda work: work.jobs.find(ORGANIZATION, JOB, "")))
    return found


def settle(server: Live) -> None:
    assert server.on_loop(server.gridhall.jobs.settle(30))


def due(server: Live) -> int:
    waiting = job(server)
    assert waiting is not None
    assert (waiting.attempts, waiting.error) == (0, None)
    return waiting.due // 1_000_000


def test_each_ends_when_its_time_comes_and_the_job_waits_for_the_next(station: Live) -> None:
    add(station, [START + 30, 0, START + 10, START + 20, START + 10])
    settle(station)
    assert (left(station), due(station)) == ([1, 2, 3, 4, 5], START + 10)
    for advance, ids, next_due in ((9, [1, 2, 3, 4, 5], START + 10), (1, [1, 2, 4], START + 20), (10, [1, 2], START + 30)):
        station.move(advance=advance)
        settle(station)
        assert (left(station), due(station)) == (ids, next_due)
    station.move(advance=10)
    settle(station)
    assert left(station) == [2]


def test_many_that_end_at_once_take_several_steps(station: Live) -> None:
    add(station, [START + 10] * 450 + [0])
    station.move(advance=10)
    settle(station)
    assert left(station) == [451]


def test_one_that_ends_earlier_than_all_others_is_not_waited_out(station: Live) -> None:
    add(station, [START + 1000])
    settle(station)
    assert due(station) == START + 1000

    async def sooner(work: Work) -> None:
        await work.sessions.add(msgspec.structs.replace(TEMPLATE, id=2, expires_at=START + 5))
        await sessions.expect(work, ORGANIZATION)

    station.on_loop(station.gridhall.storage.write(sooner))
    station.move(advance=5)
    settle(station)
    assert (left(station), due(station)) == ([1], START + 1000)


def test_what_was_prolonged_is_left_alone(station: Live) -> None:
    add(station, [START + 10])
    settle(station)

    async def prolong(work: Work) -> None:
        await work.sessions.end(ORGANIZATION, [1])
        await work.sessions.add(msgspec.structs.replace(TEMPLATE, id=1, expires_at=START + 60))

    station.on_loop(station.gridhall.storage.write(prolong))
    station.move(advance=10)
    settle(station)
    assert (left(station), due(station)) == ([1], START + 60)
