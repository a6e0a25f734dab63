"""Rows that the SQLite engine remembers: none of what is not there, none for long keys, none past any change."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update

from gridhall.domain.messages import Message, Page
from gridhall.domain.work import Storage, Work
from gridhall.storage import sqlite
from gridhall.storage.remembered import Remembered
from gridhall.storage.sqlite import SqliteStorage
from gridhall.storage.statement import Remember, Statement
from gridhall.storage.tables import messages, people
from harness.databases import Databases, run
from harness.live import live
from harness.storage import Ear, adds, eventually, opened, raw_sqlite

ORGANIZATION = "E0ACME00001"
CHO = "W0CHO000001"

_RETITLE = Statement(
    update(people).where(people.c.id == bindparam("at_id")).values(title=bindparam("new_title")).returning(people.c.id), str
)

_PAGES = Statement(select(messages.c.ts), Message, remember=Remember.BY_CONVERSATION)


def remembered(storage: object) -> int:
    assert isinstance(storage, SqliteStorage)
    return len(storage._remembered)


async def title(storage: Storage, workspace: str = "T0EAST00001") -> str:
    member = await storage.read(lambda work: work.people.find_member(ORGANIZATION, workspace, CHO))
    assert member is not None
    return member.title


def test_what_callers_make_up_is_not_remembered(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled()) as server:
        storage = server.gridhall.storage
        assert server.call("users.info", "xoxb-east-desk", user=CHO)["ok"]
        before = remembered(storage)
        assert before
        for unknown in (
            *(f"W0NONE{number:05}" for number in range(50)),
            *(f"W{number}" + "X" * 1_000_000 for number in range(3)),
        ):
            assert server.call("users.info", "xoxb-east-desk", user=unknown)["error"] == "user_not_found"
        assert remembered(storage) == before


def test_a_row_with_a_long_key_is_not_remembered(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            await title(storage)
            assert remembered(storage) == 1
            await title(storage, "T" * 65)
            assert remembered(storage) == 1
            await title(storage, "T" * 64)
            assert remembered(storage) == 2

    run(main())


@pytest.mark.parametrize("way", ["one", "all"])
def test_a_change_that_gives_rows_is_a_change(file: str, way: str) -> None:
    async def change(work: Any) -> None:
        assert await getattr(work.connection, way)(_RETITLE, at_id=CHO, new_title="Other")

    async def main() -> None:
        async with opened(file) as storage:
            assert await title(storage) == ""
            await storage.write(change)
            assert await title(storage) == "Other"

    run(main())


def test_reading_in_a_unit_that_writes_forgets_nothing(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            await title(storage)
            await storage.write(lambda work: work.people.find(ORGANIZATION, CHO))
            assert remembered(storage) == 1

    run(main())


# What is remembered by conversation.

GENERAL, SECRET = "C0GENERAL01", "C0SECRET001"

_PIN_ONE = Statement(
    update(messages)
    .where(messages.c.organization == bindparam("at_organization"), messages.c.conversation == bindparam("at_conversation"))
    .values(pinned=bindparam("new_pinned")),
    tuple,
)
_PIN_ALL = Statement(update(messages).values(pinned=bindparam("new_pinned")), tuple)


def _list(work: Work, conversation: str) -> Coroutine[Any, Any, list[Message]]:
    return work.messages.list_channel(ORGANIZATION, conversation, oldest=0, latest=2**62, limit=100)


async def page(storage: Storage, conversation: str) -> list[Message]:
    """The newest messages of a conversation; the very same list where it was remembered."""
    return await storage.read(lambda work: _list(work, conversation))


async def pin(work: Any, conversation: str, pinned: bool = True) -> None:
    """Change every message of a conversation."""
    await work.connection.run(_PIN_ONE, at_organization=ORGANIZATION, at_conversation=conversation, new_pinned=pinned)


def pinned(found: list[Message]) -> bool:
    assert found
    assert len({message.pinned for message in found}) == 1
    return found[0].pinned


@pytest.fixture
def unwatched(file: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file, and a server that does not look by itself what others write to it."""
    monkeypatch.setattr(sqlite, "_WATCH_INTERVAL", 3600)
    return file


def test_a_change_in_one_conversation_forgets_only_that_one(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            general, secret = await page(storage, GENERAL), await page(storage, SECRET)
            assert remembered(storage) == 2
            assert not pinned(general)
            await storage.write(lambda work: pin(work, GENERAL))
            assert remembered(storage) == 1
            assert await page(storage, SECRET) is secret
            assert pinned(await page(storage, GENERAL))

    run(main())


def test_a_change_of_what_nobody_reads_there_forgets_nothing(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            general = await page(storage, GENERAL)
            await storage.write(adds("any"))
            await storage.write(lambda work: pin(work, "C0NOWHERE01"))
            assert await page(storage, GENERAL) is general

    run(main())


@pytest.mark.parametrize("way", ["run", "many"])
def test_a_change_that_names_no_conversation_forgets_all(file: str, way: str) -> None:
    async def change(work: Any) -> None:
        if way == "run":
            await work.connection.run(_PIN_ALL, new_pinned=True)
        else:
            rows = [{"at_organization": ORGANIZATION, "at_conversation": id, "new_pinned": True} for id in (GENERAL, SECRET)]
            await work.connection.many(_PIN_ONE, rows)

    async def main() -> None:
        async with opened(file) as storage:
            await page(storage, GENERAL)
            await page(storage, SECRET)
            await storage.write(change)
            assert remembered(storage) == 0
            assert pinned(await page(storage, GENERAL))
            assert pinned(await page(storage, SECRET))

    run(main())


def test_a_unit_sees_its_own_change(file: str) -> None:
    async def unit(work: Work) -> tuple[bool, bool, bool]:
        before = pinned(await _list(work, GENERAL))
        await pin(work, GENERAL)
        between = pinned(await _list(work, GENERAL))
        await pin(work, GENERAL, pinned=False)
        return before, between, pinned(await _list(work, GENERAL))

    async def main() -> None:
        async with opened(file) as storage:
            await page(storage, GENERAL)
            assert await storage.write(unit) == (False, True, False)
            assert not pinned(await page(storage, GENERAL))

    run(main())


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "in a group"])
def test_a_unit_that_is_rolled_back_leaves_nothing_wrong(file: str, beside: bool) -> None:
    seen: list[bool] = []

    async def fails(work: Work) -> None:
        await pin(work, GENERAL)
        assert pinned(await _list(work, GENERAL))
        raise RuntimeError("a mistake")

    async def looks(work: Work) -> None:
        seen.append(pinned(await _list(work, GENERAL)))

    async def main() -> None:
        async with opened(file) as storage:
            await page(storage, GENERAL)
            units = [looks, fails, looks] if beside else [fails]
            outcomes = await asyncio.gather(*(storage.write(unit) for unit in units), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes if outcome is not None] == [RuntimeError]
            assert not any(seen)
            assert not pinned(await page(storage, GENERAL))
            await storage.write(looks)
            assert not any(seen)

    run(main())


def test_what_another_process_wrote_the_next_write_sees_at_once(unwatched: str) -> None:
    async def main() -> None:
        async with opened(unwatched) as storage:
            assert not pinned(await page(storage, GENERAL))
            with raw_sqlite(unwatched) as other:
                other.execute("UPDATE messages SET pinned = 1")
            assert not pinned(await page(storage, GENERAL)), "nobody has looked yet"
            assert pinned(await storage.write(lambda work: _list(work, GENERAL)))
            assert pinned(await page(storage, GENERAL))

    run(main())


def test_a_defect_in_looking_is_told_with_its_traceback_and_looking_goes_on(
    file: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(file, ear) as storage:

            def fails() -> bool:
                raise TypeError("a mistake")

            with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, "gridhall.storage"):
                patch.setattr(storage, "_look", fails)
                await eventually(lambda: ear.events == ["lost"])
                await asyncio.sleep(0.1)
                assert len(caplog.records) == 1, "once, not every 40 ms"
                assert "TypeError: a mistake" in caplog.text
                assert "is away" not in caplog.text
            await eventually(lambda: ear.events == ["lost", "caught up"])
            with raw_sqlite(file) as other:
                other.execute("INSERT INTO meta VALUES ('other', '')")
            await eventually(lambda: ear.events == ["lost", "caught up", "caught up"])

    run(main())


def large_page(size: int, number: int) -> tuple[dict[str, Any], Page]:
    """The parameters of a page of one message with so much content, and the page."""
    message = Message("E0", "C0", number, "E0", "U0", None, None, True, None, "x" * size, None, None, False, None)
    return {"conversation": "C0", "latest": number}, Page([message])


@pytest.mark.parametrize("size", [1, 1000, 300_000, 400_000, 50_000_000])
def test_what_is_remembered_is_bounded_in_bytes(size: int) -> None:
    memory = Remembered()
    for number in range(200):
        parameters, made = large_page(size, number)
        memory.keep(_PAGES, parameters, tuple(parameters.values()), made)
    # What one page takes, and three times its content for what was made of it.
    assert len(memory) * 3 * size <= 40_000_000
    assert (len(memory) > 0) is (size < 340_000), "what is not huge is kept"
