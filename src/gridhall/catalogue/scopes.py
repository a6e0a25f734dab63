"""Which scopes a call needs: always the same ones, or a function of its arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Needs:
    """The scopes of a method.

    Arguments:
        always: needed whatever the arguments are.
        accepted: every scope that may be needed, for headers and the reference pages.
        of: the further scopes that these arguments need, None where arguments do not matter.
    """

    always: tuple[str, ...]
    accepted: tuple[str, ...]
    of: Callable[[Any], tuple[str, ...]] | None = None


def needs(*scopes: str) -> Needs:
    """Every one of these scopes, or none at all."""
    return Needs(always=scopes, accepted=scopes)


def needs_by(of: Callable[[Any], tuple[str, ...]], *accepted: str) -> Needs:
    """The scopes that a function finds in the arguments, all of them among `accepted`."""
    return Needs(always=(), accepted=accepted, of=of)
