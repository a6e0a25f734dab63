"""Things of Mia's and her app's on a server over `tests/data/states.yaml`, made by real calls: fresh ones for calls that use
them up."""

import json
from itertools import count
from typing import Any

from harness.clients import PHONE, Client, sign_in
from harness.live import Live

MIA, KIT = "xoxp-mia", "xoxb-kit"
OWEN_ORG = "xoxp-owen-org"
HALL = "C0HALL00001"

Arguments = dict[str, str]

ASKED = "1500000002.000100"
"""A question of Ada's in the hall, with a reply."""

FOR_MIA = {"recipient_user_id": "W0MIA000001", "recipient_team_id": "T0MAIN00001"}
"""Whom a stream is for."""

LINK = "https://kit.test/1"
"""An address whose previews Mia's app adds."""

PREVIEW = json.dumps({LINK: {"text": "The first thing"}})

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


def tombstoned(server: Live) -> Arguments:
    """One that was taken out of sight."""
    arguments = message(server)
    do(server, "oversight.chat.tombstone", OWEN_ORG, **arguments)
    return arguments


def item(server: Live, *, in_fresh_channel: bool = False) -> Arguments:
    """The same, for methods that call its `ts` a timestamp."""
    return message(server, "timestamp", channel(server)["channel"] if in_fresh_channel else HALL)


def rich_message(server: Live) -> Arguments:
    """One that she has written in rich text."""
    section = '{"type": "rich_text_section", "elements": [{"type": "text", "text": "Rich", "style": {"bold": true}}]}'
    return message(server, blocks=f'[{{"type": "rich_text", "elements": [{section}]}}]')


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


def telephone(server: Live) -> Client:
    """Mia's, with which she has just signed in."""
    return sign_in(server, "states-main", "mia@states.test", "mia-member-signs-in", client="mobile", device=PHONE)


def session(server: Live) -> Arguments:
    """A session of hers."""
    return {"user_id": "W0MIA000001", "session_id": str(telephone(server).session)}


def linking(server: Live, by: str = MIA, link: str = LINK, channel: str = HALL) -> Arguments:
    """A message with a link."""
    return {"channel": channel, "ts": do(server, "chat.postMessage", by, channel=channel, text=f"See {link}")["ts"]}


def later(server: Live) -> str:
    """A time to schedule a message for, a minute after the one before: so many never come together that it is too many."""
    return str(server.gridhall.clock.now() // 1_000_000 + 86_400 + 60 * next(_numbers))


def scheduled(server: Live, by: str = MIA) -> Arguments:
    """A message that waits for its time."""
    waiting = do(server, "chat.scheduleMessage", by, channel=HALL, text="Later", post_at=later(server))
    return {"channel": HALL, "scheduled_message_id": waiting["scheduled_message_id"]}


def stream(server: Live, text: str = "Fresh", *, stopped: bool = False) -> Arguments:
    """A reply that Mia's app has just begun to write, or has finished.

    Arguments:
        text: how it begins; empty where nothing is written yet.
    """
    started = do(server, "chat.startStream", KIT, channel=HALL, thread_ts=ASKED, markdown_text=text, **FOR_MIA)
    arguments = {"channel": HALL, "ts": started["ts"]}
    if stopped:
        do(server, "chat.stopStream", KIT, **arguments)
    return arguments
