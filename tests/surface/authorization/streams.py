"""Calls of chat.startStream, chat.appendStream and chat.stopStream"""

from surface.authorization.callers import WORKSPACE, Caller
from surface.authorization.case import Case, anybody, refused
from surface.authorization.hand import STRAY, Arguments, Hand
from surface.authorization.places import EVERYWHERE, LINKED, PODIUM, TS, YARD, cases, posting_with_all

NOT_IN_CHANNEL = refused("not_in_channel")
READ_ONLY = refused("restricted_action_read_only_channel")
WITH_ALL = YARD.rule(anybody, posting_with_all)
INSIDE = tuple(place for place in EVERYWHERE if place is not YARD)

TEXT = {"markdown_text": "Hello"}
BEGIN = {"thread_ts": TS, "recipient_user_id": "W0NEIGHBOUR1", "recipient_team_id": WORKSPACE}

OWN, OTHER = "a stream of its own", "a stream of another app"


async def own(hand: Hand, caller: Caller) -> Arguments:
    """A stream of the caller's own app in the lobby; others than bots have none."""
    return await _stream(hand, caller) if caller.is_bot else {"channel": "C0LOBBY0001", "ts": TS}


async def of_stray(hand: Hand, caller: Caller) -> Arguments:
    """One of another app's."""
    return await _stream(hand, STRAY)


async def _stream(hand: Hand, by: Caller | str) -> Arguments:
    started = await hand.do(by, "chat.startStream", channel="C0LOBBY0001", **BEGIN, **TEXT)
    return {"channel": "C0LOBBY0001", "ts": str(started["ts"])}


CASES: tuple[Case, ...] = (
    *cases("chat.startStream", (*INSIDE, LINKED), BEGIN),
    *cases("chat.startStream", (YARD,), BEGIN, outside=NOT_IN_CHANNEL, with_all=WITH_ALL),
    *cases("chat.startStream", (PODIUM,), BEGIN, READ_ONLY),
    Case("chat.appendStream", OWN, TEXT, make=own),
    Case("chat.appendStream", OTHER, TEXT, refused("message_not_owned_by_app"), make=of_stray),
    *cases("chat.appendStream", (PODIUM,), {"ts": TS, **TEXT}, READ_ONLY),
    Case("chat.stopStream", OWN, make=own),
    Case("chat.stopStream", OTHER, {}, refused("message_not_owned_by_app"), make=of_stray),
    *cases("chat.stopStream", (PODIUM,), {"ts": TS}, READ_ONLY),
)
