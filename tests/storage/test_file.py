"""One SQLite file, and what others do to it while a server uses it."""

import asyncio
import shutil
import sqlite3
from pathlib import Path
from statistics import median

import pytest

from gridhall.contract.errors import ServiceUnavailable
from gridhall.domain.work import Storage
from gridhall.storage import schema
from gridhall.storage.engines import Unusable
from gridhall.storage.sqlite import SqliteStorage, connect
from harness.databases import run
from harness.storage import Ear, adds, eventually, opened, raw_sqlite, value


@pytest.fixture
def path(file: str) -> Path:
    return Path(file.removeprefix("sqlite:///"))


def test_a_write_waits_for_another_process_and_reads_do_not(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            with raw_sqlite(file) as other:
                other.execute("BEGIN IMMEDIATE")
                writes = [asyncio.create_task(storage.write(adds(str(number)))) for number in range(3)]
                for _ in range(10):
                    assert await value(storage, "0") is None
                    await asyncio.sleep(0.001)
                assert not any(write.done() for write in writes)
                other.execute("INSERT INTO meta VALUES ('other', 'there')")
                other.execute("COMMIT")
                await asyncio.wait_for(asyncio.gather(*writes), 2)
            assert [await value(storage, key) for key in ("other", "0", "2")] == ["there"] * 3

    run(main())


def test_a_lock_that_is_never_let_go_ends_in_an_answer(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            monkeypatch.setattr("gridhall.storage.sqlite._LOCK_PATIENCE", 0.05)
            with raw_sqlite(file) as other:
                other.execute("BEGIN IMMEDIATE")
                for _ in range(2):
                    with pytest.raises(ServiceUnavailable):
                        await asyncio.wait_for(storage.write(adds("any")), 2)
                other.execute("ROLLBACK")
            await storage.write(adds("any"))

    run(main())


def test_what_another_process_writes_counts_within_100_ms(file: str) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(file, ear) as storage:
            await storage.write(adds("own"))
            took = []
            with raw_sqlite(file) as other:
                for number in range(5):
                    ear.events.clear()
                    other.execute("INSERT INTO meta VALUES (?, '')", (str(number),))
                    took.append(await eventually(lambda: ear.events))
                    assert ear.events == ["caught up"]
            assert median(took) < 0.1

    run(main())


def test_rows_are_not_remembered_while_others_cannot_be_seen(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def title(storage: Storage) -> str:
        member = await storage.read(lambda work: work.people.find_member("E0ACME00001", "T0EAST00001", "W0CHO000001"))
        assert member is not None
        return member.title

    async def main() -> None:
        ear = Ear()
        async with opened(file, ear) as storage:
            assert await title(storage) == ""

            def fails() -> bool:
                raise OSError("no look is possible")

            with monkeypatch.context() as patch:
                patch.setattr(storage, "_look", fails)
                await eventually(lambda: ear.events == ["lost"])
                assert await title(storage) == ""
                with raw_sqlite(file) as other:
                    other.execute("UPDATE people SET title = 'Other' WHERE id = 'W0CHO000001'")
                async with asyncio.timeout(5):
                    while await title(storage) != "Other":  # noqa: ASYNC110 -- the database cannot set an event
                        await asyncio.sleep(0.002)

    run(main())


def test_its_own_writes_are_no_news(file: str) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(file, ear) as storage:
            with raw_sqlite(file) as other:
                for number in range(5):
                    await storage.write(adds(str(number)))
                other.execute("INSERT INTO meta VALUES ('other', '')")
                await eventually(lambda: ear.events)
                assert ear.events == ["caught up"]

    run(main())


def _unlink_logs(path: Path) -> None:
    for log in ("-wal", "-shm"):
        Path(f"{path}{log}").unlink()


def test_two_processes_that_write_all_the_time_get_their_turns(file: str) -> None:
    async def writes(storage: Storage, name: str) -> None:
        for number in range(60):
            await storage.write(adds(f"{name} {number}"))

    async def main() -> None:
        async with opened(file) as one, opened(file) as other:
            await asyncio.gather(writes(one, "one"), writes(other, "other"), writes(one, "one too"))
            assert [await value(one, key) for key in ("one 59", "other 59", "one too 59")] == ["there"] * 3

    run(main())


async def _refuses(storage: Storage) -> None:
    """Every way to the database says that it is away."""
    for attempt in (storage.write(adds("in vain")), value(storage, "any"), storage.check()):
        with pytest.raises(ServiceUnavailable):
            await attempt


@pytest.mark.parametrize("back", ["the same", "a copy"])
def test_a_file_that_is_gone_is_refused_until_it_is_back(file: str, path: Path, back: str) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(file, ear) as storage:
            await storage.write(adds("kept"))
            await storage.check()
            backup = path.with_suffix(".backup")
            with raw_sqlite(file) as other:
                other.execute("VACUUM INTO ?", (str(backup),))
            away = path.with_suffix(".away")
            path.rename(away)
            with pytest.raises(ServiceUnavailable):
                # At once, not when somebody looks: what is written to a file without a name is lost.
                await storage.write(adds("in vain"))
            with pytest.raises(ServiceUnavailable):
                await storage.check()
            await eventually(lambda: ear.events[-1:] == ["lost"])
            await _refuses(storage)
            assert not path.exists(), "nobody makes an empty database in its place"

            if back == "the same":
                away.rename(path)
            else:
                _unlink_logs(path)
                backup.rename(path)
            await eventually(lambda: ear.events[-1:] == ["caught up"])
            await storage.check()
            assert await value(storage, "kept") == "there"
            assert await value(storage, "in vain") is None
            await storage.write(adds("after"))

            # What others write is still heard of.
            ear.events.clear()
            with raw_sqlite(file) as other:
                assert other.execute("SELECT count(*) FROM meta WHERE key = 'after'").fetchone() == (1,)
                other.execute("INSERT INTO meta VALUES ('other', 'there')")
            await eventually(lambda: ear.events)
            assert await value(storage, "other") == "there"

    run(main())


def test_a_file_of_another_version_is_not_taken_for_the_one_that_is_gone(file: str, path: Path) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(file, ear) as storage:
            newer = path.with_suffix(".newer")
            shutil.copyfile(path, newer)
            with raw_sqlite(f"sqlite:///{newer}") as other:
                other.execute("UPDATE alembic_version SET version_num = '9999'")
            path.unlink()
            _unlink_logs(path)
            await eventually(lambda: ear.events[-1:] == ["lost"])
            newer.rename(path)
            assert isinstance(storage, SqliteStorage)
            with pytest.raises(sqlite3.DatabaseError, match="of version 9999"):
                storage._look()
            await _refuses(storage)
            with raw_sqlite(file) as other:
                other.execute("UPDATE alembic_version SET version_num = ?", (schema.HEAD,))
            await eventually(lambda: ear.events[-1:] == ["caught up"])
            await storage.write(adds("after"))

    run(main())


@pytest.mark.parametrize("held", ["a lock", "the second connection"])
def test_a_file_that_cannot_be_opened_yet_is_not_taken_for_open(
    file: str, path: Path, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        ear = Ear()
        async with opened(file, ear) as storage:
            assert isinstance(storage, SqliteStorage)
            await storage.write(adds("kept"))
            backup = path.with_suffix(".backup")
            with raw_sqlite(file) as other:
                other.execute("VACUUM INTO ?", (str(backup),))
            failures: list[bool] = []

            def fails_to_read(path: str, *, reads: bool = False, patience: float = 5) -> sqlite3.Connection:
                failures.append(reads)
                if reads:
                    raise sqlite3.OperationalError("database is locked")
                return connect(path, patience=patience)

            with raw_sqlite(f"sqlite:///{backup}") as shell, monkeypatch.context() as patch:
                if held == "a lock":
                    shell.execute("BEGIN IMMEDIATE")
                else:
                    patch.setattr("gridhall.storage.sqlite.connect", fails_to_read)
                path.unlink()
                _unlink_logs(path)
                backup.rename(path)
                await eventually(lambda: ear.events[-1:] == ["lost"])
                for _ in range(3):
                    with pytest.raises(sqlite3.OperationalError, match="locked"):
                        storage._look()
                    await _refuses(storage)
                await asyncio.sleep(0.1)
                await _refuses(storage)
                assert ear.events[-1:] == ["lost"]
                assert bool(failures) == (held != "a lock")
                if held == "a lock":
                    shell.execute("ROLLBACK")
            await eventually(lambda: ear.events[-1:] == ["caught up"])
            await storage.write(adds("after"))
            assert [await value(storage, key) for key in ("kept", "after", "in vain")] == ["there", "there", None]
        with raw_sqlite(file) as other:
            assert other.execute("SELECT value FROM meta WHERE key = 'after'").fetchone() == ("there",)

    run(main())


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(Unusable, match="unable to open"):
            async with opened(f"sqlite:///{tmp_path / 'none.db'}"):
                pass
        assert not list(tmp_path.iterdir())

    run(main())


def test_a_path_may_hold_anything(tmp_path: Path, file: str, path: Path) -> None:
    odd = tmp_path / "100% odd? name #1 é.db"
    shutil.copyfile(path, odd)

    async def main() -> None:
        async with opened(f"sqlite:///{odd}") as storage:
            await storage.write(adds("odd"))
        with raw_sqlite(f"sqlite:///{odd}") as other:
            assert other.execute("SELECT value FROM meta WHERE key = 'odd'").fetchone() == ("there",)

    run(main())
