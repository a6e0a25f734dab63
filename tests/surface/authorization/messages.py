"""Calls of chat.*, reactions.* and pins.*"""

from gridhall.contract.scopes import PUBLIC
from surface.authorization.callers import ADMINS, ORGANIZATION_ADMINS, Caller
from surface.authorization.case import Case, anybody, closed_to_bots, closed_to_guests, refused
from surface.authorization.hand import Arguments, Hand, Make
from surface.authorization.places import (
    CHANNELS,
    DEN,
    DIRECT,
    DIRECTS,
    EVERYWHERE,
    GENERAL,
    LINKED,
    LOBBY,
    OTHERS,
    PODIUM,
    TS,
    VAULT,
    YARD,
    Place,
    by_administrators,
    cases,
    posting_with_all,
)

NOT_IN_CHANNEL = refused("not_in_channel")
NOT_ONES_OWN = refused("cant_update_message")
TEXT = {"text": "Hello"}


def fresh(timestamp: str, place: Place, *, pinned: bool = False) -> Make:
    """A message that somebody who is there has just posted, and pinned.

    Arguments:
        timestamp: what the argument for its `ts` is called.
    """

    async def make(hand: Hand, caller: Caller) -> Arguments:
        channel = place.id_of(caller)
        ts = await hand.post(place.somebody, channel)
        if pinned:
            await hand.do(place.somebody, "pins.add", channel=channel, timestamp=ts)
        return {timestamp: ts}

    return make


async def own(hand: Hand, caller: Caller) -> Arguments:
    """A message of the caller's own in the lobby."""
    return {"ts": await hand.post(caller, "C0LOBBY0001")}


async def reacted(hand: Hand, caller: Caller) -> Arguments:
    """A message in the lobby that the caller has reacted to."""
    item = {"channel": "C0LOBBY0001", "timestamp": await hand.post(LOBBY.somebody, "C0LOBBY0001")}
    await hand.do(caller, "reactions.add", **item, name="wave")
    return item


async def unpin(hand: Hand, caller: Caller, arguments: Arguments) -> None:
    somebody = YARD.somebody if arguments["channel"] == YARD.id else LOBBY.somebody
    await hand.do(somebody, "pins.remove", **arguments)


def in_workspace(caller: Caller) -> str:
    """Administrators of the channel's workspace delete what others wrote, with a token that acts as them."""
    return "ok" if caller.standing in ADMINS else "cant_delete_message"


def outside_workspaces(caller: Caller) -> str:
    """A direct conversation is of no workspace: only a role in the organization counts."""
    return "ok" if caller.standing in ORGANIZATION_ADMINS else "cant_delete_message"


def by_apps(caller: Caller) -> str:
    return "ok" if caller.is_of_an_app else "metadata_must_be_sent_from_app"


EVENT = '{"event_type": "greeted", "event_payload": {}}'
OWN, OTHER = "one's own message", "somebody else's message"

CASES: tuple[Case, ...] = (
    # Posting.
    *cases("chat.postMessage", (LOBBY, DEN, VAULT, LINKED, *DIRECTS, OTHERS), TEXT),
    *cases("chat.postMessage", (YARD,), TEXT, outside=NOT_IN_CHANNEL, with_all=YARD.rule(anybody, posting_with_all)),
    *cases("chat.postMessage", (PODIUM,), TEXT, by_administrators("restricted_action_read_only_channel")),
    *cases("chat.postMessage", (GENERAL,), TEXT, by_administrators("restricted_action")),
    Case("chat.postMessage", "somebody in a channel of the guests'", {"channel": "W0NEIGHBOUR1", **TEXT}),
    Case(
        "chat.postMessage",
        "somebody in no channel of the guests'",
        {"channel": "W0STRANGER01", **TEXT},
        closed_to_guests("channel_not_found"),
    ),
    Case("chat.postMessage", "metadata", {"channel": "C0LOBBY0001", "metadata": EVENT, **TEXT}, by_apps, kind=PUBLIC),
    *cases("chat.meMessage", EVERYWHERE, TEXT, outside=NOT_IN_CHANNEL),
    *cases("chat.meMessage", (PODIUM,), TEXT, by_administrators("access_denied")),
    *cases("chat.postEphemeral", EVERYWHERE, {"user": "W0NEIGHBOUR1", **TEXT}, outside=NOT_IN_CHANNEL),
    *cases("chat.postEphemeral", (PODIUM,), {"user": "W0NEIGHBOUR1", **TEXT}, by_administrators("restricted_action")),
    # What was posted.
    *cases("chat.getPermalink", EVERYWHERE, {"message_ts": TS}),
    Case("chat.update", OWN, {"channel": "C0LOBBY0001", "text": "Changed"}, make=own),
    Case("chat.update", "metadata of one's own message", {"channel": "C0LOBBY0001", "metadata": EVENT}, by_apps, make=own),
    *cases("chat.update", EVERYWHERE, {"ts": TS, **TEXT}, NOT_ONES_OWN, NOT_ONES_OWN, what=OTHER),
    Case("chat.delete", OWN, {"channel": "C0LOBBY0001"}, make=own),
    *(
        case
        for place in CHANNELS
        for case in cases("chat.delete", (place,), {}, in_workspace, in_workspace, what=OTHER, make=fresh("ts", place))
    ),
    *cases("chat.delete", (DIRECT,), {}, outside_workspaces, what=OTHER, make=fresh("ts", DIRECT)),
    # Reactions.
    *(
        case
        for place in EVERYWHERE
        for case in cases(
            "reactions.add", (place,), {"name": "wave"}, outside=closed_to_bots("no_access"), make=fresh("timestamp", place)
        )
    ),
    Case("reactions.remove", "a reaction of one's own", {"name": "wave"}, make=reacted),
    *cases("reactions.get", EVERYWHERE, {"timestamp": TS}, outside=closed_to_bots("access_denied")),
    Case("reactions.list", "one's own"),
    Case(
        "reactions.list",
        "those of somebody in no channel of the guests'",
        {"user": "W0STRANGER01"},
        closed_to_guests("user_not_found"),
    ),
    # Pins.
    *(
        case
        for place in EVERYWHERE
        for case in cases("pins.add", (place,), {}, outside=NOT_IN_CHANNEL, make=fresh("timestamp", place), mend=unpin)
    ),
    *(
        case
        for place in (LOBBY, DEN, DIRECT)
        for case in cases("pins.remove", (place,), {}, make=fresh("timestamp", place, pinned=True))
    ),
    *cases("pins.remove", (YARD, VAULT), {"timestamp": TS}, outside=refused("restricted_action")),
    *cases("pins.list", EVERYWHERE, outside=closed_to_bots("restricted_action")),
)
