"""Calls of admin.conversations.*"""

from surface.authorization.callers import Caller
from surface.authorization.case import Case
from surface.authorization.hand import Arguments, Hand
from surface.authorization.places import OTHERS, VAULT, YARD
from surface.authorization.sessions import administering

FAMILY = "admin.conversations."


async def made(hand: Hand, caller: Caller) -> Arguments:
    """A private channel that somebody has just made, and in which nobody who calls is."""
    channel = (await hand.do(VAULT.somebody, "conversations.create", name=hand.name(), is_private="true"))["channel"]
    return {"channel_id": str(channel["id"])}


def about(name: str, **arguments: str) -> tuple[Case, ...]:
    """Calls about conversations that no administrator needs to be in."""
    return tuple(
        Case(
            FAMILY + name, place.title, {"channel_id": str(place.id), **arguments}, administering(elsewhere="channel_not_found")
        )
        for place in (YARD, VAULT, OTHERS)
    )


CASES: tuple[Case, ...] = (
    Case(FAMILY + "delete", "a private channel one is not in", rule=administering(elsewhere="channel_not_found"), make=made),
    *about("getCustomRetention"),
    *about("setCustomRetention", duration_days="36499"),
    *about("removeCustomRetention"),
)
