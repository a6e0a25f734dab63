"""Which scopes a call needs: always the same ones, a function of its arguments, or what the kind of conversation asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gridhall.contract.scopes import ByKind


@dataclass(frozen=True, slots=True)
class Needs:
    """The scopes of a method.

    Arguments:
        always: needed whatever the arguments are.
        accepted: every scope that may be needed, for headers and the reference pages.
        of: the further scopes that these arguments need, None where arguments do not matter.
        any_of: of these one is enough; empty where nothing more is needed.
        by_kind: the further scopes by kind of conversation. A token with none of them is refused at once; whether it has one
            for the conversation that is meant is found out where the conversation is (see `domain.conversations.see`).
    """

    always: tuple[str, ...]
    accepted: tuple[str, ...]
    any_of: tuple[str, ...] = ()
    of: Callable[[Any], tuple[str, ...]] | None = None
    by_kind: ByKind | None = None


def needs(*scopes: str) -> Needs:
    """Every one of these scopes, or none at all."""
    return Needs(always=scopes, accepted=scopes)


def needs_any(*scopes: str) -> Needs:
    """One of these scopes; the first is told to who has none."""
    return Needs(always=(), accepted=scopes, any_of=scopes)


def needs_by(of: Callable[[Any], tuple[str, ...]], *accepted: str) -> Needs:
    """The scopes that a function finds in the arguments, all of them among `accepted`."""
    return Needs(always=(), accepted=accepted, of=of)


def needs_by_kind(by_kind: ByKind) -> Needs:
    """The scopes that the kind of conversation asks for."""
    return Needs(always=(), accepted=by_kind.every, by_kind=by_kind)
