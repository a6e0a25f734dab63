"""Backup and restore, by the very commands of docs/operations.md."""

import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from gridhall.storage.engines import migrate
from harness.databases import Databases, run
from harness.live import Live, live

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
CHO = "xoxp-cho-east"


def _commands(heading: str) -> list[str]:
    """The shell commands below a heading, one text for each block."""
    _, _, below = PAGE.read_text().partition(f"\n### {heading}\n")
    return re.findall(r"```sh\n(.*?)```", re.split(r"\n##", below)[0], re.DOTALL)


def _shell(commands: str, folder: Path, **variables: str) -> None:
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    ended = subprocess.run(
        ["sh", "-ec", commands], cwd=folder, env=path | variables, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr


def _need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def _set(server: Live, title: str) -> None:
    assert server.call("users.profile.set", CHO, name="title", value=title)["ok"]


def _title(server: Live) -> str:
    title: str = server.call("users.profile.get", CHO)["profile"]["title"]
    return title


def test_sqlite(sqlite_databases: Databases, tmp_path: Path) -> None:
    _need("sqlite3")
    backup, restore = _commands("SQLite")
    shutil.copyfile(sqlite_databases.filled().removeprefix("sqlite:///"), tmp_path / "gridhall.db")
    database = f"sqlite:///{tmp_path / 'gridhall.db'}"
    with live(database) as server:
        _set(server, "Before")
        # Somebody writes all the while.
        done = threading.Event()

        def write() -> None:
            number = 0
            while not done.is_set():
                number += 1
                assert server.call("users.profile.set", "xoxp-ada-org", name="title", value=f"Title {number}")["ok"]

        writer = threading.Thread(target=write)
        writer.start()
        try:
            _shell(backup, tmp_path)
        finally:
            done.set()
            writer.join()
        _set(server, "After")
    _shell(restore, tmp_path)
    with live(database) as server:
        assert _title(server) == "Before"
        _set(server, "Later")


def test_a_copy_of_the_file_alone_lacks_what_was_written_last(sqlite_databases: Databases, tmp_path: Path) -> None:
    """Why the page says not to."""
    database = sqlite_databases.filled()
    copy = tmp_path / "copy.db"
    with live(database) as server:
        _set(server, "Acknowledged")
        # By another process: closing a file gives up the locks that this one has on it.
        subprocess.run(["cp", database.removeprefix("sqlite:///"), str(copy)], check=True)
    with live(f"sqlite:///{copy}") as server:
        assert _title(server) != "Acknowledged"
    with live(database) as server:
        assert _title(server) == "Acknowledged"


def test_postgresql(postgres_databases: Databases, tmp_path: Path) -> None:
    _need("pg_dump", "pg_restore")
    dump, restore = _commands("PostgreSQL")
    database, empty = postgres_databases.filled(), postgres_databases.empty()
    with live(database) as server:
        _set(server, "Before")
        _shell(dump, tmp_path, DATABASE=database)
        _set(server, "After")
    _shell(restore, tmp_path, EMPTY_DATABASE=empty)
    run(migrate(empty))
    with live(empty) as server:
        assert _title(server) == "Before"
        _set(server, "Later")
