"""Streams through the helper of the platform's SDK for Python, which gathers text until there is enough for a call."""

import asyncio
import inspect
from itertools import count
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.models.blocks import DividerBlock
from slack_sdk.models.blocks.block_elements import UrlSourceElement
from slack_sdk.models.messages.chunk import BlocksChunk, MarkdownTextChunk, PlanUpdateChunk, TaskUpdateChunk
from slack_sdk.models.metadata import Metadata

from sdk.conftest import Clients
from sdk.harbour import BEA, BOT, MEMBER, OWNER, TEAM, TUG, Client

_numbers = count(1)


class Stream:
    """A helper of either kind, whose functions are called alike: a coroutine is run to its end."""

    def __init__(self, client: Client, **arguments: Any) -> None:
        self.real = _ended(client.real.chat_stream(**arguments))

    def append(self, **arguments: Any) -> Any:
        return _ended(self.real.append(**arguments))

    def stop(self, **arguments: Any) -> Any:
        return _ended(self.real.stop(**arguments))


def _ended(made: Any) -> Any:
    return asyncio.run(made) if inspect.iscoroutine(made) else made


@pytest.fixture
def channel(sdk: Clients) -> str:
    """A channel of the test's own, with Bea and the bot in it."""
    ann = sdk(OWNER)
    made: str = ann.conversations_create(name=f"signals-{next(_numbers)}")["channel"]["id"]
    ann.conversations_invite(channel=made, users=[BEA, TUG])
    return made


@pytest.fixture
def asked(sdk: Clients, channel: str) -> dict[str, Any]:
    """What a helper needs to answer Bea."""
    ts = sdk(MEMBER).chat_postMessage(channel=channel, text="When is the tide?")["ts"]
    return {"channel": channel, "thread_ts": ts, "recipient_user_id": BEA, "recipient_team_id": TEAM}


def answer_of(client: Client, asked: dict[str, Any]) -> dict[str, Any]:
    """What the thread shows below the question."""
    _, message = client.conversations_replies(channel=asked["channel"], ts=asked["thread_ts"])["messages"]
    shown: dict[str, Any] = message
    return shown


def test_text_is_sent_when_there_is_enough_of_it(sdk: Clients, asked: dict[str, Any]) -> None:
    bea, stream = sdk(MEMBER), Stream(sdk(BOT), buffer_size=10, **asked)
    assert stream.append(markdown_text="At ") is None
    assert stream.real.ts is None
    assert stream.append(markdown_text="**nine**,")["ok"]
    message = answer_of(bea, asked)
    assert (message["ts"], message["streaming_state"]) == (stream.real.ts, "in_progress")
    assert stream.append(markdown_text=" and") is None
    assert stream.append(markdown_text=" again at ten")["ts"] == message["ts"]
    ended = stream.stop(markdown_text=".", blocks=[DividerBlock()], metadata=Metadata("told", {"tide": 1}))
    assert ended["message"]["streaming_state"] == "completed"
    assert "again at ten." in ended["message"]["text"]
    assert ended["message"]["blocks"][-1]["type"] == "divider"
    assert answer_of(bea, asked)["text"] == ended["message"]["text"]
    with pytest.raises(SlackRequestError):
        stream.append(markdown_text="too late")


def test_what_is_short_is_sent_at_the_end(sdk: Clients, asked: dict[str, Any]) -> None:
    stream = Stream(sdk(BOT), **asked)
    assert stream.append(markdown_text="At nine") is None
    assert stream.stop()["message"]["text"] == "At nine"


def test_chunks_go_at_once(sdk: Clients, asked: dict[str, Any]) -> None:
    stream = Stream(sdk(BOT), task_display_mode="plan", username="Harbour master", **asked)
    stream.append(markdown_text="Let me look. ", chunks=[PlanUpdateChunk(title="The tide")])
    source = UrlSourceElement(url="https://tide.example", text="Tides")
    looked = TaskUpdateChunk(id="1", title="Look", status="complete", details="At the table", output="9", sources=[source])
    stream.append(chunks=[TaskUpdateChunk(id="1", title="Look", status="in_progress"), BlocksChunk(blocks=[DividerBlock()])])
    stream.append(chunks=[looked])
    ended = stream.stop(chunks=[MarkdownTextChunk(text="At nine.")])["message"]
    [plan] = [block for block in ended["blocks"] if block["type"] == "plan"]
    assert (plan["title"], [task["status"] for task in plan["tasks"]]) == ("The tide", ["complete"])
    assert plan["tasks"][0]["sources"] == [source.to_dict()]
    assert {"divider", "plan"} <= {block["type"] for block in ended["blocks"]}


def test_what_the_server_refuses_is_raised(sdk: Clients, asked: dict[str, Any]) -> None:
    bot = sdk(BOT)
    stream = Stream(bot, buffer_size=1, **asked | {"recipient_user_id": None})
    with pytest.raises(SlackApiError) as refusal:
        stream.append(markdown_text="At nine")
    assert refusal.value.response["error"] == "missing_recipient_user_id"
    other = Stream(bot, buffer_size=1, **asked)
    other.append(markdown_text="At nine")
    assert bot.refused("chat_appendStream", channel=asked["channel"], ts=other.real.ts, markdown_text="x") == (
        "streaming_mode_mismatch"
    )
    other.stop()
    assert bot.refused("chat_stopStream", channel=asked["channel"], ts=other.real.ts) == "message_not_in_streaming_state"
