"""Rows that the SQLite engine remembers: none of what is not there, none for long keys, none past any change."""

import asyncio
import logging
from typing import Any

import pytest
from sqlalchemy import bindparam, update

from gridhall.domain.work import Storage
from gridhall.storage.sqlite import SqliteStorage
from gridhall.storage.statement import Statement
from gridhall.storage.tables import people
from harness.databases import Databases, run
from harness.live import live
from harness.storage import Ear, eventually, opened, raw_sqlite

ORGANIZATION = "E0ACME00001"
CHO = "W0CHO000001"

_RETITLE = Statement(
    update(people).where(people.c.id == bindparam("at_id")).values(title=bindparam("new_title")).returning(people.c.id), str
)


def remembered(storage: object) -> int:
    assert isinstance(storage, SqliteStorage)
    return sum(len(rows) for rows in storage._read_connection._rows.values())


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
