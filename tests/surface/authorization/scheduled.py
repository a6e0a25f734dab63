"""Calls of chat.scheduleMessage, chat.deleteScheduledMessage and chat.scheduledMessages.list"""

from surface.authorization.callers import WORKSPACE, Caller
from surface.authorization.case import Case, anybody, closed_to_guests, refused
from surface.authorization.hand import NEIGHBOUR, Arguments, Hand
from surface.authorization.places import (
    DEN,
    DIRECTS,
    GENERAL,
    LINKED,
    LOBBY,
    OTHERS,
    PODIUM,
    VAULT,
    YARD,
    by_administrators,
    cases,
    posting_with_all,
)

TEXT = {"text": "Hello"}
LIST = "chat.scheduledMessages.list"


async def later(hand: Hand, caller: Caller) -> Arguments:
    return {"post_at": hand.later()}


async def own(hand: Hand, caller: Caller) -> Arguments:
    """A message of the caller's own that waits to be posted in the lobby."""
    return await _waiting(hand, caller)


async def of_neighbour(hand: Hand, caller: Caller) -> Arguments:
    """One of somebody else's."""
    return await _waiting(hand, NEIGHBOUR)


async def _waiting(hand: Hand, by: Caller | str) -> Arguments:
    where = {"channel": "C0LOBBY0001"}
    waiting = await hand.do(by, "chat.scheduleMessage", **where, **TEXT, post_at=hand.later())
    return where | {"scheduled_message_id": str(waiting["scheduled_message_id"])}


CASES: tuple[Case, ...] = (
    *cases("chat.scheduleMessage", (LOBBY, DEN, VAULT, LINKED, *DIRECTS, OTHERS), TEXT, make=later),
    *cases(
        "chat.scheduleMessage",
        (YARD,),
        TEXT,
        outside=refused("not_in_channel"),
        with_all=YARD.rule(anybody, posting_with_all),
        make=later,
    ),
    *cases("chat.scheduleMessage", (PODIUM,), TEXT, by_administrators("restricted_action_read_only_channel"), make=later),
    *cases("chat.scheduleMessage", (GENERAL,), TEXT, by_administrators("restricted_action"), make=later),
    Case(
        "chat.scheduleMessage",
        "somebody in no channel of the guests'",
        {"channel": "W0STRANGER01", **TEXT},
        closed_to_guests("channel_not_found"),
        make=later,
    ),
    Case("chat.deleteScheduledMessage", "one's own", make=own),
    Case("chat.deleteScheduledMessage", "somebody else's", rule=refused("invalid_scheduled_message_id"), make=of_neighbour),
    Case(LIST, "one's own"),
    Case(LIST, "those of a workspace that is named", {"team_id": WORKSPACE}),
    Case(
        LIST,
        "those for a private channel one is not in",
        {"channel": "C0VAULT0001", "team_id": WORKSPACE},
        refused("invalid_channel"),
    ),
)
