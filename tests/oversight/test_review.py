"""A review of a small organization finds everything once, while people come and go, on one worker and on two."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

import pytest
from slack_sdk import WebClient

from cli.program import serve
from gridhall.contract.timestamps import ts_text
from harness.databases import Databases
from harness.live import live
from oversight.expected import check_conversations, check_members, check_messages, check_people, check_stays, check_workspaces
from oversight.realm import HALL, OWNER, Realm, Size, build, ts_of
from oversight.review import Review
from oversight.roaming import roaming

SMALL = Size(workspaces=7, people=60, conversations=200, messages=4000)

By = Literal["cursor", "offset"]


def client(port: int) -> WebClient:
    return WebClient(token=OWNER, base_url=f"http://127.0.0.1:{port}/api/")


@pytest.fixture
def filled(any_databases: Databases) -> tuple[str, Realm]:
    """A database with the organization in it."""
    database = any_databases.filled("realm")
    return database, asyncio.run(build(database, SMALL))


@pytest.mark.parametrize("by", ["cursor", "offset"])
def test_everything_is_found_once_while_people_come_and_go(filled: tuple[str, Realm], by: By) -> None:
    database, realm = filled
    with live(database) as server:
        review_all(server.port, realm, by)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_two_workers_tell_a_review_the_same(postgres_databases: Databases, tmp_path: Path) -> None:
    database = postgres_databases.filled("realm")
    realm = asyncio.run(build(database, SMALL))
    with serve("--database", database, "--workers", "2", "--rate-limits", "off", folder=tmp_path) as server:
        review_all(server.port, realm, "cursor")


def review_all(port: int, realm: Realm, by: By) -> None:
    review = Review(client(port), by=by, limit=7)
    with roaming(port, realm):
        check_workspaces(review, realm)
        check_people(review, realm)
        for id in check_conversations(review, realm):
            check_members(review, realm, id)
        for person in realm.people:
            check_stays(review, realm, person)
        for id in realm.stories():
            check_messages(review, realm, id)


def test_whoever_is_told_to_come_back_later_does(sqlite_databases: Databases) -> None:
    database = sqlite_databases.filled("realm")
    asyncio.run(build(database, Size(workspaces=2, people=20, conversations=3, messages=400)))
    with live(database, rate_factor=1) as server:
        server.move(advance=0)
        waited: list[float] = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            server.move(advance=seconds)

        review = Review(client(server.port), wait=wait)
        wordings = [review.first_wording(HALL, ts_text(ts_of(number))) for number in range(5, 108)]
        assert wordings == [f"{HALL} {number}" for number in range(5, 108)]
        # Thirty a second, whatever is called; and of messages a hundred an hour, after which there is one every 36 seconds.
        assert waited == [1, 1, 1, 36 - 3, 36, 36]
