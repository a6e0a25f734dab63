"""Pages of huge rows: what is beyond a page is not read, and what makes one is, however many times are needed for it."""

from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import pytest

from gridhall.domain.messages import LARGEST_PAGE, Message, size_of
from gridhall.domain.scheduled import ScheduledMessage
from gridhall.domain.work import Work
from harness.databases import Databases, run
from harness.storage import opened

ORGANIZATION, CHANNEL, CHO = "E0ACME00001", "C0GENERAL01", "W0CHO000001"
PARENT = 2_000_000_000_000_000
HUGE, SMALL = 100_000, 10

Read = Callable[[Work], Coroutine[Any, Any, list[Any]]]


async def post(work: Work, sizes: list[int], parent: int | None) -> None:
    """Messages, or replies, of so many characters, in the order in which they are read."""
    made = []
    for ts, size in enumerate(sizes if parent else reversed(sizes), PARENT + 1):
        whose = (ORGANIZATION, CHANNEL, ts, ORGANIZATION, CHO)
        made.append(Message(*whose, None, parent, not parent, None, "x" * size, None, None, False, None))
    await work.messages.add_all(made)


async def put_down(work: Work, sizes: list[int], _: int | None) -> None:
    for number, size in enumerate(sizes):
        # Two of a second each, so that pages go on within one.
        time = PARENT // 1_000_000 + number // 2
        message = ScheduledMessage(
            *(ORGANIZATION, CHANNEL, f"Q{number:03}", time, number, 0, ORGANIZATION, CHO),
            *(None, "T0EAST00001", "token", None, False, "x" * size, None),
        )
        await work.scheduled.add(message)


def channel(limit: int) -> Read:
    return lambda work: work.messages.list_channel(ORGANIZATION, CHANNEL, oldest=PARENT, latest=2**62, limit=limit)


def thread(limit: int) -> Read:
    return lambda work: work.messages.list_replies(ORGANIZATION, CHANNEL, PARENT, oldest=0, latest=2**62, limit=limit)


def schedule(limit: int) -> Read:
    actor: Any = SimpleNamespace(organization=ORGANIZATION, user=CHO, app=None, team="T0EAST00001")
    return lambda work: work.scheduled.list_of(
        actor, workspace=None, conversation=(ORGANIZATION, CHANNEL), latest=2**50, after=(0, ""), limit=limit
    )


PLACES = pytest.mark.parametrize(
    ("fill", "parent", "listing"),
    [(post, None, channel), (post, PARENT, thread), (put_down, None, schedule)],
    ids=["channel", "thread", "schedule"],
)


def found(databases: Databases, fill: Any, sizes: list[int], parent: int | None, *reads: Read) -> list[list[Any]]:
    url = databases.filled()

    async def main() -> list[list[Any]]:
        async with opened(url) as storage:
            await storage.write(lambda work: fill(work, sizes, parent))
            return [await storage.read(read) for read in reads]

    every: list[list[Any]] = run(main())
    return every


@PLACES
def test_what_is_beyond_a_page_is_not_read(any_databases: Databases, engine: str, fill: Any, parent: int, listing: Any) -> None:
    sizes = [HUGE] * 210
    [rows] = found(any_databases, fill, sizes, parent, listing(1000))
    assert size_of(rows) > LARGEST_PAGE, "it tells that there is more"
    assert len(rows) <= (41 + 26 if engine == "sqlite" else 201)


@PLACES
def test_what_makes_a_page_is_read_whole_and_in_order(any_databases: Databases, fill: Any, parent: int, listing: Any) -> None:
    sizes = [SMALL + number % 7 for number in range(450)]
    whole, some, exactly, one = found(any_databases, fill, sizes, parent, listing(1000), listing(403), listing(402), listing(1))
    assert [len(row.content) for row in whole] == sizes
    assert (some, exactly, one) == (whole[:403], whole[:402], whole[:1])


@PLACES
def test_huge_rows_behind_small_ones_are_not_all_read(
    any_databases: Databases, engine: str, fill: Any, parent: int, listing: Any
) -> None:
    sizes = [SMALL] * 202 + [HUGE] * 210
    [rows] = found(any_databases, fill, sizes, parent, listing(1000))
    assert [len(row.content) for row in rows] == sizes[: len(rows)]
    assert size_of(rows) > LARGEST_PAGE
    assert len(rows) <= (202 + 41 + 26 if engine == "sqlite" else 402)
