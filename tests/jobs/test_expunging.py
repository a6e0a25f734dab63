"""A deleted channel goes for good a day later, all of it and nothing else."""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, literal_column, select, update

from cli.program import ROOT, serve
from gridhall.cli.jobs import show
from gridhall.domain import deletion
from gridhall.domain.jobs import Job, Later
from gridhall.domain.work import Work
from gridhall.jobs import KINDS
from gridhall.storage import tables
from gridhall.storage.statement import Statement
from harness.databases import Databases
from harness.live import Live, live
from harness.storage import opened, wait_until
from methods.dock import DAY, DOCK, HOLD, MAX, MIA, PIER, SUNK, delete, fill, ok, refused, settle
from methods.rows import change

MANY = 3000
"""Messages of a long channel."""

_HASTY = (sys.executable, "-m", "jobs.hasty")
_PATH = f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}"

_OF_CONVERSATIONS = [table for table in tables.metadata.sorted_tables if "conversation" in table.c]


def _rows_of(table: Table, channel: str) -> Statement[int]:
    """How many rows of a table are a conversation's."""
    column = table.c.id if table is tables.conversations else table.c.key if table is tables.jobs else table.c.conversation
    return Statement(select(func.count()).select_from(table).where(column == literal_column(f"'{channel}'")), int)


_COUNTED = [*_OF_CONVERSATIONS, tables.conversations, tables.jobs]


async def _left(work: Any, channel: str) -> dict[str, int]:
    counts = {table.name: await work.connection.one(_rows_of(table, channel)) for table in _COUNTED}
    return {name: count for name, count in counts.items() if count}


def left(dock: Live, channel: str) -> dict[str, int]:
    """How many rows there are of a channel, by the tables that have any."""
    found: dict[str, int] = dock.on_loop(dock.gridhall.storage.read(lambda work: _left(work, channel)))
    return found


@pytest.fixture
def dock(any_databases: Databases) -> Iterator[Live]:
    """A server whose clock stands still."""
    with live(any_databases.filled("dock")) as running:
        settle(running)
        yield running


def everything(dock: Live, channel: str) -> str:
    """Have a channel hold one of everything, what waits and what is being written included."""
    parent = fill(dock, channel)
    later = dock.gridhall.clock.now() // 1_000_000 + 1000
    ok(dock, "chat.scheduleMessage", "xoxp-mia", channel=channel, text="Later", post_at=later)
    if channel == PIER:
        ok(
            dock,
            "chat.startStream",
            "xoxb-crane",
            channel=channel,
            thread_ts=parent,
            recipient_team_id="T0EAST00001",
            recipient_user_id=MIA,
            markdown_text="Begun",
        )
    return parent


def test_nothing_of_it_is_left_after_a_day(dock: Live) -> None:
    everything(dock, PIER)
    before = left(dock, PIER)
    assert before.keys() == {table.name for table in _COUNTED} - {"connections"}
    delete(dock, PIER)
    settle(dock)
    waiting = left(dock, PIER)
    assert waiting["messages"] == before["messages"]
    assert waiting.keys().isdisjoint({"scheduled_messages", "streams"})
    settle(dock, DAY - 1)
    assert left(dock, PIER)["messages"] == before["messages"]
    settle(dock, 1)
    assert left(dock, PIER) == {}


def test_what_is_connected_goes_too(dock: Live) -> None:
    ok(dock, "chat.postMessage", "xoxp-ben", channel="C0QUAY00001", text="Words")
    assert left(dock, "C0QUAY00001")["connections"] == 1
    delete(dock, "C0QUAY00001")
    settle(dock, DAY)
    assert left(dock, "C0QUAY00001") == {}


def test_nothing_else_goes(dock: Live) -> None:
    for channel in (PIER, HOLD):
        everything(dock, channel)
    delete(dock, PIER)
    settle(dock)
    before = left(dock, HOLD)
    shown = ok(dock, "conversations.history", "xoxp-mia", channel=HOLD)
    dock.move(advance=-1)
    settle(dock, 1 + DAY - 2000)
    settle(dock, 2000)
    after = left(dock, HOLD)
    # What waited there was posted meanwhile.
    assert after.pop("scheduled_messages", 0) < before.pop("scheduled_messages")
    for counts in (before, after):
        counts.pop("jobs", None)
    assert after == before | {"messages": before["messages"] + 1}
    assert ok(dock, "conversations.history", "xoxp-mia", channel=HOLD)["messages"][1:] == shown["messages"]
    assert left(dock, PIER) == {}


def test_clients_own_ids_are_free_again(dock: Live) -> None:
    """Those of messages that were deleted before the channel was, too."""
    fill(dock, PIER)
    ids = (f"own of {PIER}", f"gone of {PIER}")
    delete(dock, PIER)
    for id in ids:
        code = refused(dock, "chat.postMessage", "xoxp-mia", channel=HOLD, text="Words", client_msg_id=id)
        assert code == "duplicate_channel_not_found"
    settle(dock, DAY)
    for id in ids:
        ok(dock, "chat.postMessage", "xoxp-mia", channel=HOLD, text="Words", client_msg_id=id)


def test_a_channel_that_a_file_brings_deleted_goes(dock: Live) -> None:
    assert left(dock, SUNK) == {}


async def _lengthen(work: Any, channel: str) -> None:
    """Have a channel hold thousands of messages, each with a reaction, and hundreds of people who left."""
    of = {"organization": DOCK, "conversation": channel}
    whose = {"person_organization": DOCK, "person": MIA}
    rows = [
        of | whose | {"ts": 1_600_000_000_000_000 + number, "in_channel": True, "pinned": False, "content": "{}"}
        for number in range(MANY)
    ]
    absent = {"app": None, "thread_ts": None, "subtype": None, "thread": None, "reactions": None, "metadata": None}
    await work.connection.many(Statement(insert(tables.messages), tuple), [row | absent for row in rows])
    reacted = [of | {"ts": row["ts"], "name": "eyes", "person_organization": DOCK, "person": MAX, "reacted": 1} for row in rows]
    await work.connection.many(Statement(insert(tables.reactions), tuple), reacted)
    gone = {"joined": 1, "left": 2, "last_read": 0, "open": False, "person_organization": DOCK}
    people = [of | gone | {"person": f"W1{number:09}"} for number in range(MANY // 4)]
    await work.connection.many(Statement(insert(tables.members), tuple), people)


def test_a_long_channel_goes_in_small_steps(any_databases: Databases) -> None:
    steps: list[str] = []

    async def step(work: Work, job: Job, context: Any) -> Later | None:
        before = (await _left(work, PIER)).get("messages", 0)
        later = await deletion.step(work, job, context)
        assert before - (await _left(work, PIER)).get("messages", 0) <= deletion.BATCH
        steps.append(deletion.progress_of(job))
        return later

    database = any_databases.filled("dock")
    with live(database, kinds={**KINDS, deletion.JOB: step}) as dock:
        settle(dock)
        steps.clear()
        dock.on_loop(dock.gridhall.storage.write(lambda work: _lengthen(work, PIER)))
        delete(dock, PIER)
        settle(dock, DAY)
        assert left(dock, PIER) == {}
    assert len(steps) > MANY // deletion.BATCH
    assert steps[0] == "-"
    assert steps[-1] == f"{MANY + 2} messages and {MANY // 4 + 3} members gone"


def test_the_operator_sees_how_far_it_has_come(any_databases: Databases, capsys: pytest.CaptureFixture[str]) -> None:
    database = any_databases.filled("dock")
    with live(database) as dock:
        settle(dock)
        delete(dock, PIER)

        progress = '{"until":5,"messages":400,"members":3}'
        change(dock, update(tables.jobs).where(tables.jobs.c.key == PIER).values(progress=progress))
        assert show(database) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if deletion.JOB in line]
    assert line.split("\t")[1:3] == [deletion.JOB, PIER]
    assert "400 messages and 3 members gone" in line


def test_an_operator_who_asks_for_it_earlier_has_to_wait(dock: Live) -> None:
    delete(dock, PIER)

    async def retry(work: Work) -> bool:
        return await work.jobs.retry(DOCK, deletion.JOB, PIER, due=work.source.micros())

    assert dock.on_loop(dock.gridhall.storage.write(retry))
    settle(dock)
    assert left(dock, PIER)["messages"]
    settle(dock, DAY)
    assert left(dock, PIER) == {}


def test_a_killed_server_goes_on_where_it_was(any_databases: Databases, tmp_path: Path) -> None:
    database = any_databases.filled("dock")

    async def messages() -> int:
        async with opened(database) as storage:
            counts: dict[str, int] = await storage.read(lambda work: _left(work, PIER))
            return counts.get("messages", 0)

    async def prepare() -> None:
        async def unit(work: Any) -> None:
            await _lengthen(work, PIER)
            at = work.source.seconds() - DAY
            await work.deletion.delete(DOCK, PIER, at=at)
            await deletion.expect(work, DOCK, PIER, deleted_at=at)

        async with opened(database) as storage:
            await storage.write(unit)

    async def rest() -> dict[str, int]:
        async with opened(database) as storage:
            counts: dict[str, int] = await storage.read(lambda work: _left(work, PIER))
            return counts

    asyncio.run(prepare())
    middle = 0
    for below in (MANY, MANY // 2):
        with serve("--database", database, folder=tmp_path, program=_HASTY, PYTHONPATH=_PATH) as server:
            wait_until(lambda: asyncio.run(messages()) < below, 60)  # noqa: B023 -- called at once
            server.process.kill()
            server.process.wait(30)
        middle += asyncio.run(messages()) > 0
    with serve("--database", database, folder=tmp_path, program=_HASTY, PYTHONPATH=_PATH):
        wait_until(lambda: not asyncio.run(rest()), 60)
    assert middle > 0
