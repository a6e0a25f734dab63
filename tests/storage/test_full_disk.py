"""A disk without space: writes are refused, reads go on, nothing acknowledged is lost, and space heals it."""

import asyncio
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from gridhall.contract.errors import FatalError
from gridhall.storage.sqlite import SqliteStorage
from harness.databases import Databases, run
from harness.live import live
from harness.storage import adds, opened, raw_sqlite, value

BIG = "x" * 200_000


@contextmanager
def _full(storage: SqliteStorage) -> Iterator[None]:
    """Let the database's file grow no further, as on a full disk."""
    writer = storage._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        writer.execute("PRAGMA max_page_count = 1000000000")


def test_a_unit_without_space_takes_no_other_along(file: str) -> None:
    async def main() -> None:
        async with opened(file) as storage:
            assert isinstance(storage, SqliteStorage)
            await storage.write(adds("before", BIG))
            with _full(storage):
                outcomes = await asyncio.gather(
                    storage.write(adds("small")),
                    storage.write(adds("big", BIG)),
                    storage.write(adds("small too")),
                    return_exceptions=True,
                )
                assert [type(outcome) for outcome in outcomes] == [str, FatalError, str]
                assert await value(storage, "before") == BIG
                await storage.check()
            assert [await value(storage, key) for key in ("small", "big", "small too")] == ["there", None, "there"]
            await storage.write(adds("big", BIG))

    run(main())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_loses_nothing_that_was_acknowledged(disk: Path, file: str) -> None:
    small = f"sqlite:///{disk / 'gridhall.db'}"
    shutil.copyfile(file.removeprefix("sqlite:///"), small.removeprefix("sqlite:///"))
    filler = disk / "filler"

    async def main() -> None:
        acknowledged: set[str] = set()

        async def attempt(key: str) -> bool:
            try:
                await storage.write(adds(key, BIG))
            except FatalError:
                return False
            acknowledged.add(key)
            return True

        async with opened(small) as storage:
            filler.write_bytes(b"x" * 1_000_000)
            tried, in_a_row = 0, 0
            while in_a_row < 5:
                outcomes = await asyncio.gather(attempt(f"{tried} one"), attempt(f"{tried} two"))
                tried, in_a_row = tried + 1, 0 if any(outcomes) else in_a_row + 1
            assert acknowledged, "the disk was full from the first"
            assert all([await value(storage, key) == BIG for key in acknowledged])
            await storage.check()
            filler.unlink()
            assert await attempt("after")
            assert await value(storage, f"{tried - 1} one") is None
        async with opened(small) as storage:
            assert all([await value(storage, key) == BIG for key in acknowledged])
        with raw_sqlite(small) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    run(main())


def test_a_server_answers_fatal_error_and_recovers(sqlite_databases: Databases) -> None:
    picture = io.BytesIO()
    Image.effect_noise((512, 512), 100).save(picture, "PNG")
    body = b"".join(
        (
            b'--b\r\nContent-Disposition: form-data; name="image"; filename="me.png"\r\nContent-Type: image/png\r\n\r\n',
            picture.getvalue(),
            b"\r\n--b--\r\n",
        )
    )
    headers = {"authorization": "Bearer xoxp-cho-east", "content-type": "multipart/form-data; boundary=b"}
    with live(sqlite_databases.filled()) as server:
        storage = server.gridhall.storage
        assert isinstance(storage, SqliteStorage)
        assert server.call("users.setPresence", "xoxp-cho-east", presence="away")["ok"]
        with _full(storage):
            for _ in range(2):
                reply = server.request("POST", "/api/users.setPhoto", body, headers)
                assert (reply.status, reply.json) == (200, {"ok": False, "error": "fatal_error"})
            assert server.call("users.getPresence", "xoxp-cho-east", user="W0CHO000001")["presence"] == "away"
            assert server.request("GET", "/_gridhall/health").status == 200, "it still serves whoever reads"
        assert server.request("POST", "/api/users.setPhoto", body, headers).json["ok"]
