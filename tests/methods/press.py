"""What the tests of chat.* share: the people and channels of `tests/data/chat.yaml`, and how messages are posted and read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Table, select

from gridhall.contract.timestamps import ts_micros
from gridhall.storage.statement import Statement
from harness.live import Live

PRESS, NEWS, SPORT, TOWN = "E0PRESS0001", "T0NEWS00001", "T0SPORT0001", "T0TOWN00001"
ADA, MIA, MAX, GUS, DAN, WIRE = "W0ADA000001", "W0MIA000001", "W0MAX000001", "W0GUS000001", "W0DAN000001", "W0WIRE00001"
TOM, TIM = "U0TOM000001", "U0TIM000001"
GENERAL, STADIUM, DESK, ALOOF, SAFE, VAULT = (
    "C0GENERAL01",
    "C0STADIUM01",
    "C0DESK00001",
    "C0ALOOF0001",
    "C0SAFE00001",
    "C0VAULT0001",
)
OLD, READ_ONLY, THREAD_ONLY, FLAT, EVERYBODY, FIELD = (
    "C0OLD000001",
    "C0READ00001",
    "C0THREAD001",
    "C0FLAT00001",
    "C0EVERY0001",
    "C0FIELD0001",
)
LINK, VISIT, MIA_MAX = "C0LINK00001", "C0GUEST0001", "D0MIAMAX001"
LONG_AGO, JOINED, UNSAID, FROM_TOWN, ON_A_VISIT, KEPT, DISCUSS, ANNOUNCED = (
    f"150000000{second}.000100" for second in (1, 2, 3, 5, 6, 7, 8, 9)
)


def refused(code: str) -> dict[str, object]:
    return {"ok": False, "error": code}


def post(press: Live, text: str = "Words", token: str = "xoxp-mia", channel: str = DESK, **arguments: object) -> dict[str, Any]:
    """The answer of chat.postMessage."""
    answer = press.call("chat.postMessage", token, channel=channel, text=text, **arguments)
    assert answer["ok"], answer
    return answer


def posted(press: Live, text: str = "Words", token: str = "xoxp-mia", channel: str = DESK, **arguments: object) -> str:
    """The `ts` of a new message."""
    return str(post(press, text, token, channel, **arguments)["ts"])


def reply(
    press: Live, parent: str, text: str = "Reply", token: str = "xoxp-max", channel: str = DESK, **arguments: object
) -> str:
    """The `ts` of a new reply."""
    return posted(press, text, token, channel, thread_ts=parent, **arguments)


def shown(press: Live, ts: str, token: str = "xoxp-mia", channel: str = DESK) -> dict[str, Any] | None:
    """What the channel shows at one moment."""
    answer = press.call("conversations.history", token, channel=channel, oldest=ts, latest=ts, inclusive="true")
    assert answer["ok"], answer
    message: dict[str, Any] | None = answer["messages"][0] if answer["messages"] else None
    return message


def thread(press: Live, parent: str, token: str = "xoxp-mia", channel: str = DESK) -> list[dict[str, Any]]:
    """A parent and its replies."""
    answer = press.call("conversations.replies", token, channel=channel, ts=parent)
    assert answer["ok"], answer
    found: list[dict[str, Any]] = answer["messages"]
    return found


def rows(press: Live, table: Table, ts: str, column: str = "ts") -> list[dict[str, Any]]:
    """What a table keeps of a message."""
    found = select(table).where(table.c[column] == ts_micros(ts))
    statement = Statement(found, lambda *row: dict(zip(table.c.keys(), row, strict=True)))

    async def unit(work: Any) -> list[dict[str, Any]]:
        return list(await work.connection.all(statement))

    kept: list[dict[str, Any]] = press.on_loop(press.gridhall.storage.read(unit))
    return kept


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What calls give that are made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))
