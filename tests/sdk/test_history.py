"""A long channel and a long thread, read to the end by the SDK's own iteration, also while somebody posts."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from harness.databases import Databases
from harness.live import Live, live
from sdk.conftest import Clients
from sdk.harbour import BOT, LOG, MESSAGES, OWNER, PARENT, REPLIES, STORM, Client, database, texts

NEWEST_FIRST = [str(number) for number in reversed(range(MESSAGES))]
OLDEST_FIRST = [str(number) for number in range(REPLIES)]


@pytest.fixture
def busy(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of the test's own, for what it posts."""
    with live(database(sqlite_databases, tmp_path_factory)) as running:
        yield running


def all_texts(pages: list[dict[str, Any]]) -> list[str]:
    return [text for page in pages for text in texts(page["messages"])]


@pytest.mark.parametrize("limit", [200, 999])
def test_every_message_once_newest_first(sdk: Clients, limit: int) -> None:
    pages = sdk(OWNER).pages("conversations_history", channel=LOG, limit=limit)
    assert all_texts(pages) == NEWEST_FIRST
    assert [len(page["messages"]) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert [page["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]


def test_every_message_once_in_pages_of_the_usual_size(harbour: Live) -> None:
    pages = Client(WebClient, harbour, BOT).pages("conversations_history", channel=LOG)
    assert all_texts(pages) == NEWEST_FIRST
    assert len(pages) == MESSAGES / 100


def test_between_two_moments(sdk: Clients) -> None:
    window = {"oldest": "1600004000.000100", "latest": "1600006000.000100"}
    inside = NEWEST_FIRST[MESSAGES - 6000 : MESSAGES - 4001]
    assert all_texts(sdk(OWNER).pages("conversations_history", channel=LOG, limit=300, **window)) == inside
    both = all_texts(sdk(OWNER).pages("conversations_history", channel=LOG, limit=300, inclusive=True, **window))
    assert both == ["6000", *inside, "4000"]


def test_while_somebody_posts(busy: Live) -> None:
    """Between any two pages a message comes: none of them gets in between, and none of the old ones is lost."""
    reader, writer = WebClient(token=BOT, base_url=f"{busy.url}/api/"), Client(WebClient, busy, OWNER)
    found: list[str] = []
    for page in reader.conversations_history(channel=LOG, limit=500):
        found += texts(page["messages"])
        writer.chat_postMessage(channel=LOG, text="Meanwhile")
    assert found == NEWEST_FIRST


def test_while_somebody_posts_all_the_time(busy: Live) -> None:
    async def read() -> list[str]:
        reader = AsyncWebClient(token=BOT, base_url=f"{busy.url}/api/")
        answer = await reader.conversations_history(channel=LOG, limit=200)
        return [text async for page in answer for text in texts(page["messages"])]

    done = threading.Event()
    posted: list[str] = []

    def post() -> None:
        while not done.is_set():
            posted.append(busy.call("chat.postMessage", OWNER, channel=LOG, text="Meanwhile")["ts"])

    writer = threading.Thread(target=post)
    writer.start()
    try:
        found = asyncio.run(read())
    finally:
        done.set()
        writer.join()
    assert [text for text in found if text != "Meanwhile"] == NEWEST_FIRST
    assert found.index(NEWEST_FIRST[0]) == found.count("Meanwhile")
    assert posted
    # Who comes back for what is new finds each of them, once.
    pages = Client(WebClient, busy, BOT).pages("conversations_history", channel=LOG, oldest="1600009999.000100", limit=100)
    assert [message["ts"] for page in pages for message in page["messages"]] == posted[::-1]


@pytest.mark.parametrize("limit", [200, 999])
def test_every_reply_once_oldest_first(sdk: Clients, limit: int) -> None:
    pages = sdk(OWNER).pages("conversations_replies", channel=STORM, ts=PARENT, limit=limit)
    assert len(pages) > 1
    assert pages[0]["messages"][0]["ts"] == PARENT
    assert pages[0]["messages"][0]["reply_count"] == REPLIES
    replies = [message for page in pages for message in page["messages"] if message["ts"] != PARENT]
    assert texts(replies) == OLDEST_FIRST
    assert {message["thread_ts"] for message in replies} == {PARENT}
    assert [page["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]


def test_replies_while_somebody_replies(busy: Live) -> None:
    reader, writer = WebClient(token=BOT, base_url=f"{busy.url}/api/"), Client(WebClient, busy, OWNER)
    found: list[str] = []
    late = 0
    for page in reader.conversations_replies(channel=STORM, ts=PARENT, limit=500):
        found += [message["text"] for message in page["messages"] if message["ts"] != PARENT]
        if late < 3:
            writer.chat_postMessage(channel=STORM, thread_ts=PARENT, text=str(REPLIES + late))
            late += 1
    # The thread goes on at its end, so what comes while it is read is read as well.
    assert found == [*OLDEST_FIRST, *(str(REPLIES + number) for number in range(late))]
