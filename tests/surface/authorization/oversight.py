"""Calls of oversight.*"""

from collections.abc import Iterable
from typing import Any

from surface.authorization.callers import HOME, LONE, ORGANIZATION_ADMINS, WORKSPACE, Caller
from surface.authorization.case import Case, Rule, anybody, refused
from surface.authorization.hand import Arguments, Hand, Make
from surface.authorization.places import LINKED, OTHERS, TS, VAULT, Place

FAMILY = "oversight."

OVERSEER = Caller("user", "organization's owner", org_level=True)
"""Who takes messages out of sight that others are to bring back."""

SOMEBODY = {"user": "W0STRANGER01"}


def overseeing(rule: Rule = anybody, elsewhere: str = "ok") -> Rule:
    """The rule for those who oversee the organization, by a token of it.

    Arguments:
        elsewhere: what those are answered who oversee another one.
    """

    def oversee(caller: Caller) -> str:
        if not caller.org_level or caller.standing not in ORGANIZATION_ADMINS:
            return "access_denied"
        return rule(caller) if caller.realm is HOME else elsewhere

    return oversee


def an_enterprise(caller: Caller) -> str:
    return "not_an_enterprise" if caller.realm is LONE else overseeing()(caller)


def fresh(place: Place, *, tombstoned: bool = False) -> Make:
    """A message that somebody who is there has just posted, in sight or out of it."""

    async def make(hand: Hand, caller: Caller) -> Arguments:
        assert isinstance(place.id, str)
        ts = await hand.post(place.somebody, place.id)
        if tombstoned:
            await hand.do(OVERSEER, FAMILY + "chat.tombstone", channel=place.id, ts=ts)
        return {"ts": ts}

    return make


def reading(name: str, places: Iterable[Place] = (VAULT, OTHERS, LINKED), **arguments: str) -> tuple[Case, ...]:
    """Looks at conversations that no overseer needs to be in."""
    rule = overseeing(elsewhere="channel_not_found")
    return tuple(Case(FAMILY + name, place.title, {"channel": str(place.id), **arguments}, rule) for place in places)


def writing(name: str, *, tombstoned: bool = False, having: str = "", **arguments: str) -> tuple[Case, ...]:
    """Changes of messages that an overseer has not written, and of one that is another organization's."""
    of_ours: dict[str, Any] = {"rule": overseeing(elsewhere="message_not_found"), "having": having}
    of_others = {**of_ours, "rule": overseeing(refused("external_update_not_allowed"), "message_not_found")}
    by = f", by `{having}`" if having else ""
    return (
        *(
            Case(
                FAMILY + name,
                f"a message in {place.title}{by}",
                {"channel": str(place.id), **arguments},
                make=fresh(place, tombstoned=tombstoned),
                **of_ours,
            )
            for place in (VAULT, OTHERS)
        ),
        Case(
            FAMILY + name,
            f"another organization's message{by}",
            {"channel": str(LINKED.id), "ts": TS, **arguments},
            **of_others,
        ),
    )


CASES: tuple[Case, ...] = (
    Case(FAMILY + "enterprise.info", rule=an_enterprise),
    Case(FAMILY + "users.list", rule=overseeing()),
    Case(FAMILY + "user.info", "somebody", SOMEBODY, overseeing(elsewhere="user_not_found")),
    Case(FAMILY + "user.conversations", "somebody's", SOMEBODY, overseeing(elsewhere="user_not_found")),
    Case(FAMILY + "conversations.list", "those of no one workspace", rule=overseeing()),
    Case(FAMILY + "conversations.list", "a workspace's", {"team": WORKSPACE}, overseeing(elsewhere="team_not_found")),
    *reading("conversations.info"),
    *reading("conversations.members"),
    *reading("chat.info", ts=TS),
    *writing("chat.tombstone"),
    *writing("chat.tombstone", having="admin.chat:write"),
    *writing("chat.restore", tombstoned=True),
    *writing("chat.update", text="Withheld"),
    *writing("chat.delete"),
)
