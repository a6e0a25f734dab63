"""Servers over tests/data/items.yaml, and what is done to messages there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from harness.live import Live

ZOO = "E0ZOO000001"
DEN, YARD, CAVE, OLD, POND, LINK, DIRECT = (
    "C0DEN000001",
    "C0YARD00001",
    "C0CAVE00001",
    "C0OLD000001",
    "C0POND00001",
    "C0LINK00001",
    "D0ANNBEN001",
)
# Messages that are there: what the den tells, one out of sight, one with a reaction of the zoo's own, one of the archive.
JOINED, UNSAID, OF_OUR_OWN, ONCE = "1500000001.000001", "1500000002.000001", "1500000004.000001", "1500000005.000001"
ANN, BEN, CAT, KEEPER, FAY, FOX = "W0ANN000001", "W0BEN000001", "W0CAT000001", "W0KEEPER001", "U0FAY000001", "U0FOX000001"

OK = {"ok": True}


def refusal(code: str) -> dict[str, object]:
    """The whole answer that refuses with a code and says nothing else."""
    return {"ok": False, "error": code}


def post(zoo: Live, channel: str = DEN, token: str = "xoxp-ann", **arguments: object) -> str:
    """The `ts` of a new message."""
    answer = zoo.call("chat.postMessage", token, channel=channel, text="Hello", **arguments)
    assert answer["ok"], answer
    ts: str = answer["ts"]
    return ts


def delete(zoo: Live, ts: str) -> dict[str, Any]:
    """Delete a message of the den, of which Ann is an administrator."""
    answer = zoo.call("chat.delete", "xoxp-ann", channel=DEN, ts=ts)
    assert answer["ok"], answer
    return answer


def at_once(*calls: Callable[[], dict[str, Any]]) -> list[str]:
    """What came out of calls that were made at once: codes, or ok."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(answer.get("error", "ok") for answer in pool.map(lambda call: call(), calls))


def keeper(zoo: Live) -> dict[str, Any]:
    """The profile of the bot whose app everybody's token is of, as its own messages tell it."""
    profile: dict[str, Any] = zoo.call("chat.postMessage", "xoxb-keeper", channel=DEN, text="Me")["message"]["bot_profile"]
    return profile
