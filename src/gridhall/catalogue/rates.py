"""How often a method may be called, and what is counted together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gridhall.contract.rates import Limit, Tier
from gridhall.domain.actor import Actor

Key = Callable[[Actor, str | None, Mapping[str, object]], str | None]
"""From the caller, the workspace that is meant and the raw arguments to what is counted; None counts nothing."""


LONGEST = 64
"""Characters of an argument that a key takes in: longer than any id, and short whatever a stranger sends."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One limit and what it counts.

    Arguments:
        name: tells the method's limits apart, and names the limit in the reference pages.
        shared: whether every method with a limit of this name is counted together; the name is then the limit's alone.
    """

    name: str
    limit: Limit
    key: Key
    shared: bool = False


def per_organization(actor: Actor, team: str | None, raw: Mapping[str, object]) -> str:
    """The calls of all apps of an organization."""
    return actor.organization


def per_workspace_and_app(actor: Actor, team: str | None, raw: Mapping[str, object]) -> str:
    """What the platform counts unless a method says otherwise: the calls of one app on one workspace or organization."""
    return f"{team or actor.organization}/{actor.app or actor.token}"


def argument(raw: Mapping[str, object], name: str) -> str:
    """A raw argument as a part of a key: empty where it is missing, or no text."""
    value = raw.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""


def by_tier(tier: Tier) -> tuple[Counted, ...]:
    """The limit of a tier."""
    return (Counted(f"tier {tier.name.lower()}", tier.value, per_workspace_and_app),)
