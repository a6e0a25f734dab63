"""Twenty thousand people, fifty thousand conversations, a million messages: a review finds everything once, while four people
come and go, and the last page of each listing takes as long as the first."""

import asyncio
import http.client
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from slack_sdk import WebClient

from cli.program import Serving, serve
from gridhall.contract.timestamps import ts_text
from harness.databases import Databases
from oversight.expected import check_conversations, check_members, check_messages, check_people, check_stays, check_workspaces
from oversight.realm import HALL, OWNER, Realm, Size, build, ts_of
from oversight.review import Review
from oversight.roaming import roaming

WHOLE = Size(workspaces=500, people=20_000, conversations=50_000, messages=1_000_000)
LOADED_WITHIN = 60.0

REVIEWERS = 4
EDGE = 20
"""Pages at either end whose times are held against each other."""

ROUNDS = 5
MOST = 1.5
"""How much longer the last pages may take than the first."""

SHOWN = 50
"""Conversations of whose messages some are looked at."""

pytestmark = pytest.mark.soak


class KeptClient(WebClient):
    """The SDK's client over one connection that is kept open, which the SDK's own closes after each call.

    Arguments:
        took: the milliseconds of each call.
    """

    def __init__(self, port: int) -> None:
        super().__init__(token=OWNER, base_url=f"http://127.0.0.1:{port}/api/")
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.took: list[float] = []

    def _perform_urllib_http_request_internal(self, url: str, req: Any) -> dict[str, Any]:
        began = time.perf_counter()
        self.connection.request("POST", req.selector, req.data, dict(req.header_items()))
        response = self.connection.getresponse()
        body = response.read().decode()
        self.took.append((time.perf_counter() - began) * 1000)
        return {"status": response.status, "headers": dict(response.getheaders()), "body": body}


@contextmanager
def reviewing(server: Serving, limit: int = 1000) -> Iterator[tuple[Review, KeptClient]]:
    """A review, and the client that it uses."""
    client = KeptClient(server.port)
    with closing(client.connection):
        yield Review(client, limit=limit), client


@pytest.fixture
def realm(any_databases: Databases, engine: str) -> tuple[str, Realm]:
    """A database with all of it."""
    database = any_databases.filled("realm")
    began = time.perf_counter()
    realm = asyncio.run(build(database, WHOLE))
    took = time.perf_counter() - began
    print(f"\n{engine}: loaded in {took:.0f} s")
    assert took < LOADED_WITHIN
    return database, realm


@contextmanager
def serving(database: str, folder: Path) -> Iterator[Serving]:
    with serve("--database", database, "--rate-limits", "off", folder=folder, deadline=7200) as server:
        yield server


def test_a_review_finds_everything_once_while_people_come_and_go(realm: tuple[str, Realm], engine: str, tmp_path: Path) -> None:
    database, there = realm
    with serving(database, tmp_path) as server, roaming(server.port, there) as roamers:

        def timed(what: str, work: Callable[[Review], int]) -> None:
            _tell(engine, what, [_by_one(server, work)])

        def shared(what: str, ids: list[str], work: Callable[[Review, str], int]) -> None:
            parts = [ids[number::REVIEWERS] for number in range(REVIEWERS)]
            with ThreadPoolExecutor(REVIEWERS) as pool:
                done = list(pool.map(lambda part: _by_one(server, lambda review: sum(work(review, id) for id in part)), parts))
            _tell(engine, what, done)

        conversations: list[str] = []

        def listed(review: Review) -> int:
            conversations.extend(check_conversations(review, there))
            return len(conversations)

        timed("workspaces", lambda review: check_workspaces(review, there))
        timed("people", lambda review: check_people(review, there))
        timed("conversations", listed)
        shared("members", conversations, lambda review, id: check_members(review, there, id))
        shared("stays", there.people, lambda review, person: check_stays(review, there, person))
        stories = list(there.stories())
        shared("messages", [HALL, *stories[:: len(stories) // SHOWN]], lambda review, id: check_messages(review, there, id))
    print(f"{engine}: meanwhile people came and went {sum(roamer.rounds for roamer in roamers):,} times")


Done = tuple[int, float, KeptClient]


def _by_one(server: Serving, work: Callable[[Review], int]) -> Done:
    """What one reviewer found, how long it took them, and the client with which they did it."""
    with reviewing(server) as (review, client):
        began = time.perf_counter()
        count = work(review)
        return count, time.perf_counter() - began, client


def _tell(engine: str, what: str, done: list[Done]) -> None:
    found, took = sum(count for count, _, _ in done), max(seconds for _, seconds, _ in done)
    calls = [ms for _, _, client in done for ms in client.took]
    print(f"{engine}: {found:,} {what} by {len(calls):,} calls in {took:.1f} s, {median(calls):.1f} ms each", flush=True)


def test_the_last_pages_take_as_long_as_the_first(realm: tuple[str, Realm], engine: str, tmp_path: Path) -> None:
    database, there = realm
    listings: list[tuple[str, int, dict[str, object]]] = [
        ("enterprise.info", 10, {}),
        ("users.list", 100, {"include_deleted": True}),
        ("user.conversations", 100, {"user": there.busy, "include_historical": True}),
        ("conversations.list", 100, {}),
        ("conversations.list", 100, {"only_im": True}),
        ("conversations.list", 100, {"only_mpim": True}),
        ("conversations.list", 50, {"only_public": True}),
        ("conversations.list", 20, {"only_private": True}),
        ("conversations.list", 10, {"only_ext_shared": True}),
        ("conversations.list", 1, {"team": there.workspaces[7]}),
        ("conversations.members", 100, {"channel": HALL, "include_member_left": True}),
    ]
    slow: list[str] = []
    with serving(database, tmp_path) as server, roaming(server.port, there):
        for name, limit, arguments in listings:
            method = f"oversight.{name}"
            with reviewing(server, limit) as (review, client):
                cursors = ["", *(page["response_metadata"]["next_cursor"] for page in review.pages(method, **arguments))]
                # The last page may be a short one, and has no cursor behind it.
                full = [{"limit": limit, "cursor": cursor} | arguments for cursor in cursors[:-2]]
                edge = min(EDGE, len(full) // 2)
                assert edge > EDGE // 2, f"{method} has too few pages: {len(full)}"
                first, last = _compared(review, client, method, full[:edge], full[-edge:])
            told = " ".join(f"{key}={value}" for key, value in arguments.items())
            line = f"{name} limit={limit} {told}".rstrip() + f": {len(full)} pages, {first:.2f} and {last:.2f} ms"
            print(f"{engine}: {line}", flush=True)
            slow += [line] if last > first * MOST else []
        with reviewing(server) as (review, client):
            numbers = [*range(5, 5 + EDGE), *range(there.places[HALL].messages - EDGE, there.places[HALL].messages)]
            asked: list[dict[str, object]] = [{"channel": HALL, "ts": ts_text(ts_of(number))} for number in numbers]
            first, last = _compared(review, client, "oversight.chat.info", asked[:EDGE], asked[EDGE:])
            line = f"chat.info: {there.places[HALL].messages:,} messages, {first:.2f} and {last:.2f} ms"
            print(f"{engine}: {line}", flush=True)
            slow += [line] if last > first * MOST else []
    assert not slow


def _compared(
    review: Review, client: KeptClient, method: str, first: list[dict[str, object]], last: list[dict[str, object]]
) -> tuple[float, float]:
    """The median milliseconds of calls with the first arguments and with the last, made in turn, so that whatever else the
    machine does meets both."""
    began = len(client.took)
    for _ in range(ROUNDS):
        for pair in zip(first, last, strict=True):
            for arguments in pair:
                review.call(method, **arguments)
    took = client.took[began:]
    return median(took[::2]), median(took[1::2])
