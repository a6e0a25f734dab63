"""Posting faster than the platform lets: the SDK's retry handlers come back when they are told to."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import builtin_async_handlers, builtin_handlers
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from harness.databases import Databases
from harness.live import Live, live
from sdk.harbour import BOT, PIER, STORM, database, texts

BURST = 10
"""Messages that one channel takes at once; then it takes one a second."""
POSTS = [str(number) for number in range(BURST + 5)]


@pytest.fixture
def limited(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server with the documented limits, its clock standing still."""
    with live(database(sqlite_databases, tmp_path_factory), rate_factor=1.0) as server:
        server.move()
        yield server


def check(server: Live, waited: list[float]) -> None:
    # The handler adds a fraction at random; what the server told is enough.
    assert [int(seconds) for seconds in waited] == [1] * (len(POSTS) - BURST)
    assert server.seen.count(("chat.postMessage", "ratelimited")) == len(waited)
    [page] = [server.call("conversations.history", BOT, channel=PIER, limit=len(POSTS))]
    assert texts(page["messages"]) == POSTS[::-1]


def test_the_retry_handler(limited: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        limited.move(advance=int(seconds))

    monkeypatch.setattr(builtin_handlers, "time", SimpleNamespace(sleep=sleep))
    bot = WebClient(token=BOT, base_url=f"{limited.url}/api/", retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)])
    for text in POSTS:
        assert bot.chat_postMessage(channel=PIER, text=text)["message"]["text"] == text
    check(limited, waited)


def test_the_asynchronous_retry_handler(limited: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        limited.move(advance=int(seconds))

    async def post() -> None:
        bot = AsyncWebClient(
            token=BOT, base_url=f"{limited.url}/api/", retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
        )
        for text in POSTS:
            await bot.chat_postMessage(channel=PIER, text=text)

    monkeypatch.setattr(builtin_async_handlers, "asyncio", SimpleNamespace(sleep=sleep))
    asyncio.run(post())
    check(limited, waited)


def test_each_channel_has_a_limit_of_its_own(limited: Live) -> None:
    bot = WebClient(token=BOT, base_url=f"{limited.url}/api/")
    for text in POSTS[:BURST]:
        bot.chat_postMessage(channel=PIER, text=text)
    with pytest.raises(SlackApiError) as refused:
        bot.chat_postMessage(channel=PIER, text="Too many")
    answer = refused.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    assert bot.chat_postMessage(channel=STORM, text="Elsewhere")["ok"]
    limited.move(advance=1)
    assert bot.chat_postMessage(channel=PIER, text="In time")["ok"]
