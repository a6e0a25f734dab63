"""The official SDK for Node and Bolt for JavaScript, unmodified but for their base address."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.clients import sign_in
from harness.databases import Databases
from harness.live import CONTROL_KEY, Live, live
from sdk import harbour

HERE = Path(__file__).parent
REQUIRED = os.environ.get("GRIDHALL_REQUIRE_NODE") == "1"

PACKAGES = ("@slack/web-api", "slack-web-api-7")


def need(package: str) -> None:
    """Skip the test where Node or a package of its clients is missing, unless they are required."""
    missing = None
    if shutil.which("node") is None:
        missing = "node is not installed"
    elif not (HERE / "node_modules" / package).is_dir():
        missing = "the Node clients are not installed: run `make setup-node`"
    if missing and REQUIRED:
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    """One after the other: the present major version, which calls through fetch, and the one before, through axios."""
    name: str = request.param
    need(name)
    return name


@pytest.fixture
def town(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of the test's own over the harbour, with its long channel and its long thread."""
    with live(harbour.database(sqlite_databases, tmp_path_factory)) as running:
        yield running


def run(*arguments: str) -> None:
    ended = subprocess.run(["node", *arguments], cwd=HERE, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def play(package: str, scenario: str, server: Live) -> None:
    run("web_api.mjs", package, server.url, scenario)


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


@pytest.mark.parametrize("scenario", ["talk", "stream", "direct", "history", "lists", "errors"])
def test_conversations(package: str, scenario: str, town: Live) -> None:
    run("conversations.mjs", package, town.url, scenario)


def test_blocks(package: str, town: Live) -> None:
    run("blocks.mjs", package, town.url)


def test_messages_for_later(package: str, town: Live) -> None:
    run("scheduled.mjs", package, town.url, CONTROL_KEY)


def test_sessions(package: str, any_databases: Databases) -> None:
    with live(any_databases.filled("guild")) as guild:
        run("sessions.mjs", package, guild.url)
        assert guild.on_loop(guild.gridhall.jobs.settle(30))
        left = guild.call("admin.users.session.list", "xoxp-ola-org")["active_sessions"]
    assert {session["user_id"] for session in left} == {"W0PIA000001", "W0OLA000001", "W0ADA000001"}


def test_oversight(package: str, sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("states")) as server:
        run("oversight.mjs", package, server.url)


def test_a_client_of_its_own(package: str, sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("stations")) as station:
        mia = sign_in(station, "north", "mia@station.test", "mia-signs-in")
        run("clients.mjs", package, station.url, mia.told["token"], mia.told["cookie"])


def test_bolt(town: Live) -> None:
    need("@slack/bolt")
    run("bolt.mjs", town.url)
    assert ("auth.test", "ok") in town.seen
