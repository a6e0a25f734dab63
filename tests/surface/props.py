"""Things of Mia's on a server over `tests/data/states.yaml`, made by real calls: fresh ones for calls that use them up."""

from itertools import count
from typing import Any

from harness.live import Live

MIA = "xoxp-mia"
HALL = "C0HALL00001"

Arguments = dict[str, str]

_numbers = count(1)


def do(server: Live, method: str, token: str = MIA, **arguments: object) -> dict[str, Any]:
    """The answer to a call that has to go well."""
    answer = server.call(method, token, **arguments)
    assert answer["ok"], (method, answer)
    return answer


def name() -> str:
    """A name that no channel has."""
    return f"fresh-{next(_numbers)}"


def channel(server: Live, *, with_ada: bool = False, left: bool = False, archived: bool = False) -> Arguments:
    """A public channel that Mia has just made: with Ada in it, left again, or archived."""
    id = do(server, "conversations.create", name=name())["channel"]["id"]
    if with_ada:
        do(server, "conversations.invite", channel=id, users="W0ADA000001")
    if left:
        do(server, "conversations.leave", channel=id)
    if archived:
        do(server, "conversations.archive", channel=id)
    return {"channel": id}


def message(server: Live, timestamp: str = "ts", channel: str = HALL, **arguments: str) -> Arguments:
    """A message that Mia has just posted.

    Arguments:
        timestamp: what the argument for its `ts` is called.
        arguments: further ones of chat.postMessage.
    """
    posted = do(server, "chat.postMessage", channel=channel, text="Fresh", **arguments)
    return {"channel": channel, timestamp: posted["ts"]}


def item(server: Live, *, in_fresh_channel: bool = False) -> Arguments:
    """The same, for methods that call its `ts` a timestamp."""
    return message(server, "timestamp", channel(server)["channel"] if in_fresh_channel else HALL)


def reacted(server: Live) -> Arguments:
    """A message that Mia has reacted to, and the emoji."""
    arguments = item(server) | {"name": "wave"}
    do(server, "reactions.add", **arguments)
    return arguments


def pinned(server: Live) -> Arguments:
    """A message that Mia has pinned."""
    arguments = item(server, in_fresh_channel=True)
    do(server, "pins.add", **arguments)
    return arguments


def direct(server: Live, *, open: bool) -> Arguments:
    """Mia's conversation with Ada, open or closed."""
    arguments = {"channel": "D0MIAADA001"}
    do(server, "conversations.open" if open else "conversations.close", **arguments)
    return arguments
