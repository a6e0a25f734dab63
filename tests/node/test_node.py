"""The official SDK for Node, unmodified but for its base address."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.databases import Databases
from harness.live import Live, live

HERE = Path(__file__).parent
REQUIRED = os.environ.get("GRIDHALL_REQUIRE_NODE") == "1"

PACKAGES = ("@slack/web-api", "slack-web-api-7")


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    """One after the other: the present major version, which calls through fetch, and the one before, through axios."""
    name: str = request.param
    missing = None
    if shutil.which("node") is None:
        missing = "node is not installed"
    elif not (HERE / "node_modules" / name).is_dir():
        missing = "the Node clients are not installed: run `make setup-node`"
    if missing and REQUIRED:
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    return name


def play(package: str, scenario: str, server: Live) -> None:
    ended = subprocess.run(
        ["node", "web_api.mjs", package, server.url, scenario], cwd=HERE, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("scenario", ["identity", "people", "pages", "errors"])
def test_reading(package: str, scenario: str, reading: Live) -> None:
    play(package, scenario, reading)


def test_changing(package: str, sqlite_server: Live) -> None:
    play(package, "changes", sqlite_server)


def test_being_limited(package: str, sqlite_databases: Databases) -> None:
    # users.list is of tier two, 20 a minute: three times that refills one a second.
    with live(sqlite_databases.filled(), rate_factor=3) as server:
        play(package, "limits", server)
    assert ("users.list", "ratelimited") in server.seen
