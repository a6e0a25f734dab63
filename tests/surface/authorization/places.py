"""Conversations that calls are about, and who sees and who is in them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from surface.authorization.callers import ADMINS, GUESTS, SINGLE, Caller
from surface.authorization.case import Case, Rule, anybody
from surface.authorization.hand import NEIGHBOUR, OTHER_ADMIN, STRANGER, Arguments, Hand, Mend

TS = "1500000001.000100"
"""Of a message that is in every place, and is pinned there."""


@dataclass(frozen=True)
class Place:
    """A conversation.

    Arguments:
        id: for every caller, or what it is for one.
        has: whether a caller is in it.
        somebody: the token of somebody who is in it, and posted the message there.
    """

    title: str
    kind: str
    id: str | Callable[[Caller], str]
    has: Callable[[Caller], bool]
    somebody: str = NEIGHBOUR

    def id_of(self, caller: Caller) -> str:
        return self.id(caller) if callable(self.id) else self.id

    def rule(self, inside: Rule, outside: Rule) -> Rule:
        """A rule for those who are in it, and one for those who see it only.

        Everybody in a workspace sees its public channels, but for guests, who see what they are in; so do others of the rest.
        """

        def rule(caller: Caller) -> str:
            if self.has(caller):
                return inside(caller)
            seen = self.kind == PUBLIC and caller.standing not in GUESTS
            return outside(caller) if seen else "channel_not_found"

        return rule


def everybody(caller: Caller) -> bool:
    return True


def nobody(caller: Caller) -> bool:
    return False


def not_single(caller: Caller) -> bool:
    """A single-channel guest is in one channel only: the lobby."""
    return caller.standing != SINGLE


def _made_by(caller: Caller) -> str:
    return "C" + caller.user[1:] if not_single(caller) else "C0LOBBY0001"


LOBBY = Place("a public channel one is in", PUBLIC, "C0LOBBY0001", everybody)
YARD = Place("a public channel one is not in", PUBLIC, "C0YARD00001", nobody, STRANGER)
DEN = Place("a private channel one is in", PRIVATE, "C0DEN000001", not_single)
VAULT = Place("a private channel one is not in", PRIVATE, "C0VAULT0001", nobody, STRANGER)
DIRECT = Place("a direct conversation", IM, lambda caller: "D" + caller.user[1:], everybody)
GROUP = Place("a group conversation", MPIM, "G0GROUP00001", everybody)
OTHERS = Place("other people's direct conversation", IM, "D0OTHERS0001", nobody)

MADE = Place("a public channel one made", PUBLIC, _made_by, everybody)
PODIUM = Place("a channel one is in where only administrators post", PUBLIC, "C0PODIUM001", not_single)
GENERAL = Place(
    "the general channel, where only administrators post",
    PUBLIC,
    "C0GENERAL01",
    lambda caller: caller.standing not in GUESTS,
)
LINKED = Place("another organization's channel one is in", PUBLIC, "C0LINKED001", not_single)
ATTIC = Place("an archived public channel one is in", PUBLIC, "C0ATTIC0001", not_single)
CELLAR = Place("an archived public channel one is not in", PUBLIC, "C0CELLAR001", nobody, STRANGER)

CHANNELS = (LOBBY, YARD, DEN, VAULT)
DIRECTS = (DIRECT, GROUP)
EVERYWHERE = (*CHANNELS, *DIRECTS)


def cases(
    method: str,
    places: tuple[Place, ...],
    arguments: Arguments | None = None,
    inside: Rule = anybody,
    outside: Rule = anybody,
    *,
    what: str = "",
    **more: Any,
) -> tuple[Case, ...]:
    """A call about each of some places.

    Arguments:
        arguments: beside `channel`.
        inside, outside: what those are answered who are in the place, and who only see it.
        what: what there is meant, where it is not the place itself.
        more: further fields of `Case`.
    """
    return tuple(
        Case(
            method,
            f"{what} in {place.title}" if what else place.title,
            lambda caller, place=place: {"channel": place.id_of(caller), **(arguments or {})},  # type: ignore[misc]
            place.rule(inside, outside),
            kind=place.kind,
            **more,
        )
        for place in places
    )


def by_administrators(code: str) -> Rule:
    """Administrators of the channel's workspace, with an org-level token as well, which reaches it."""
    return lambda caller: "ok" if caller.standing in ADMINS else code


def posting_with_all(caller: Caller) -> str:
    """Bots post in public channels that they are not in where they have chat:write.public."""
    return "ok" if caller.is_bot else "not_in_channel"


# What puts things right.


def take_in(user: str = "") -> Mend:
    """Invites the caller, or somebody else, again."""

    async def mend(hand: Hand, caller: Caller, arguments: Arguments) -> None:
        users = user or caller.user
        await hand.do(OTHER_ADMIN, "conversations.invite", channel=arguments["channel"], users=users)

    return mend


def send_away(user: str = "") -> Mend:
    """Removes the caller, or somebody else, again."""

    async def mend(hand: Hand, caller: Caller, arguments: Arguments) -> None:
        whom = user or caller.user
        await hand.do(OTHER_ADMIN, "conversations.kick", channel=arguments["channel"], user=whom)

    return mend


async def archive(hand: Hand, caller: Caller, arguments: Arguments) -> None:
    await hand.do(OTHER_ADMIN, "conversations.archive", channel=arguments["channel"])


async def unarchive(hand: Hand, caller: Caller, arguments: Arguments) -> None:
    await hand.do(OTHER_ADMIN, "conversations.unarchive", channel=arguments["channel"])


async def send_away_and_archive(hand: Hand, caller: Caller, arguments: Arguments) -> None:
    await send_away()(hand, caller, arguments)
    await archive(hand, caller, arguments)


async def name(hand: Hand, caller: Caller) -> Arguments:
    return {"name": hand.name()}
