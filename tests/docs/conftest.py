"""Fixtures: the demonstration's organization, and a server over it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridhall.cli import founding, operator
from gridhall.cli.options import ServeOptions
from gridhall.storage.engines import migrate
from harness.databases import run
from harness.live import Live, live


@pytest.fixture(scope="session")
def _demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demonstration") / "gridhall.db"

    async def fill(url: str) -> None:
        await migrate(url)
        async with operator.storage(url) as storage:
            await founding.found(storage, ServeOptions(database=url))

    run(fill(f"sqlite:///{path}"))
    return path


@pytest.fixture
def database(_demonstration: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copyfile(_demonstration, tmp_path / 'gridhall.db')}"


@pytest.fixture
def demonstration(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A server as `make serve` starts it, though on another port and with a control key."""
    for name in os.environ.keys() & {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_USER_TOKEN"}:
        monkeypatch.delenv(name)
    with live(database) as running:
        yield running
