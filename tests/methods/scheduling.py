"""What the tests of scheduled messages share: a clock that stands still, and messages for later."""

from typing import Any

from harness.live import Live
from methods.press import DESK

NOW = 2_000_000_000
"""Where the clock stands."""

SOON = NOW + 100


def schedule(
    press: Live, text: str = "Later", token: str = "xoxp-mia", channel: str = DESK, at: int = SOON, **arguments: object
) -> str:
    """The id of a message that was scheduled."""
    answer = press.call("chat.scheduleMessage", token, channel=channel, text=text, post_at=at, **arguments)
    assert answer["ok"], answer
    return str(answer["scheduled_message_id"])


def waiting(press: Live, token: str = "xoxp-mia", **arguments: object) -> list[dict[str, Any]]:
    """What the author sees waiting."""
    answer = press.call("chat.scheduledMessages.list", token, **arguments)
    assert answer["ok"], answer
    found: list[dict[str, Any]] = answer["scheduled_messages"]
    return found


def go(press: Live, to: int = SOON) -> None:
    """Move the clock, and wait until all that is due is done."""
    press.move(to=to)
    assert press.on_loop(press.gridhall.jobs.settle(10))


def newer(press: Live, token: str = "xoxp-mia", channel: str = DESK) -> list[dict[str, Any]]:
    """What was posted since the clock stands still, oldest first."""
    answer = press.call("conversations.history", token, channel=channel, oldest=NOW - 1, limit=999)
    assert answer["ok"], answer
    return list(reversed(answer["messages"]))


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]
