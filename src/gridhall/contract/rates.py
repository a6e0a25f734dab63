"""Rate tiers and limits, as the platform documents them."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in `seconds`, refilled evenly; `burst` at once after a rest.

    The platform documents the figures and keeps its bursts to itself: here a burst is what a whole period allows.
    """

    calls: int
    seconds: int
    burst: int


class Tier(Enum):
    """The four tiers of the Web API. Source: the platform's page on rate limits."""

    ONE = Limit(1, 60, 2)
    TWO = Limit(20, 60, 20)
    THREE = Limit(50, 60, 50)
    FOUR = Limit(100, 60, 100)
