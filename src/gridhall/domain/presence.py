"""Whether somebody is there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gridhall.contract.errors import InvalidPresence
from gridhall.domain.people import Person

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.work import Work

AWAY_AFTER = 600
"""Seconds without activity after which somebody under `auto` is away. Source: the reference page of users.getPresence."""

RECORD_EVERY = 60
"""Seconds between two notes of one person's activity: often enough for `AWAY_AFTER`, seldom enough to cost nothing."""

AUTO, AWAY = "auto", "away"


class Activity(Protocol):
    """Storage of when people were last active."""

    async def last(self, organization: str, person: str) -> int:
        """Unix seconds, 0 where never."""
        ...

    async def seen(self, organization: str, person: str, at: int) -> None:
        """Note activity, unless some was noted less than `RECORD_EVERY` seconds before (or after: clocks may be set back)."""
        ...


@dataclass(frozen=True, slots=True)
class Presence:
    """How somebody's presence came about. `last_activity` is in Unix seconds, 0 where never."""

    active: bool
    online: bool
    auto_away: bool
    manual_away: bool
    last_activity: int


async def of(work: "Work", person: Person) -> Presence:
    """The presence of a person or a bot.

    A bot is away, and no rule makes it so: clients show it as active since its profile says `always_active`. Source: the
    platform's page on presence.
    """
    last = await work.activity.last(person.organization, person.id)
    online = last > 0 and abs(work.source.seconds() - last) < AWAY_AFTER
    away = person.presence == AWAY
    return Presence(
        active=online and not away and not person.deleted,
        online=online,
        auto_away=not online and not person.is_bot,
        manual_away=away,
        last_activity=last,
    )


async def choose(work: "Work", user: str, presence: str, *, actor: "Actor") -> None:
    """Choose between automatic presence and away.

    Raises:
        InvalidPresence: it is neither `auto` nor `away`.
    """
    if presence not in (AUTO, AWAY):
        raise InvalidPresence
    await work.people.save_presence(actor.organization, user, presence)
