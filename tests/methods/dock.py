"""Servers over tests/data/dock.yaml."""

from typing import Any

from harness.live import Live

DOCK, EAST, WEST = "E0DOCK00001", "T0EAST00001", "T0WEST00001"
PIA, ABE, MIA, MAX = "W0PIA000001", "W0ABE000001", "W0MIA000001", "W0MAX000001"
GENERAL, EVERYBODY, WIDE, PIER, HOLD, OLD = (
    "C0GENERAL01",
    "C0EVERY0001",
    "C0WIDE00001",
    "C0PIER00001",
    "C0HOLD00001",
    "C0OLD000001",
)
QUAY, DECK, SUNK, DIRECT, GROUP = "C0QUAY00001", "C0DECK00001", "C0SUNK00001", "D0MIAMAX001", "G0THREE0001"
ADMIN, OWNER = "xoxp-abe-org", "xoxp-ola-org"

OK = {"ok": True}
DAY = 86_400


def ok(dock: Live, method: str, token: str, /, **arguments: object) -> dict[str, Any]:
    answer = dock.call(method, token, **arguments)
    assert answer["ok"], answer
    return answer


def refused(dock: Live, method: str, token: str, /, **arguments: object) -> str:
    answer = dock.call(method, token, **arguments)
    assert answer["ok"] is False
    return str(answer["error"])


def delete(dock: Live, channel: str, token: str = ADMIN) -> None:
    assert dock.call("admin.conversations.delete", token, channel_id=channel) == OK


def settle(dock: Live, seconds: float = 0) -> None:
    """Let time pass, and wait until all that is due then is done."""
    dock.move(advance=seconds)
    assert dock.on_loop(dock.gridhall.jobs.settle(30))


def fill(dock: Live, channel: str) -> str:
    """Have a channel hold one of everything that there can be; gives the `ts` of a thread's parent."""
    parent = str(
        ok(dock, "chat.postMessage", "xoxp-mia", channel=channel, text="Parent", client_msg_id=f"own of {channel}")["ts"]
    )
    reply = str(ok(dock, "chat.postMessage", "xoxp-max", channel=channel, text="Reply", thread_ts=parent)["ts"])
    ok(dock, "chat.update", "xoxp-mia", channel=channel, ts=parent, text="Parent, changed")
    ok(dock, "reactions.add", "xoxp-max", channel=channel, timestamp=parent, name="eyes")
    ok(dock, "reactions.add", "xoxp-mia", channel=channel, timestamp=reply, name="eyes")
    ok(dock, "pins.add", "xoxp-mia", channel=channel, timestamp=parent)
    gone = str(ok(dock, "chat.postMessage", "xoxp-mia", channel=channel, text="Gone", client_msg_id=f"gone of {channel}")["ts"])
    ok(dock, "chat.delete", "xoxp-mia", channel=channel, ts=gone)
    return parent
