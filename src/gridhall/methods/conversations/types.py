"""The argument `types` of the methods that list conversations."""

from gridhall.contract.errors import InvalidTypes
from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC, READ

KINDS = {"public_channel": PUBLIC, "private_channel": PRIVATE, "im": IM, "mpim": MPIM}
"""What clients call each kind, and what we call it."""


def scopes_of(types: tuple[str, ...]) -> tuple[str, ...]:
    """The scope of each kind asked for; of an unknown one none, since it is refused as such."""
    return tuple(scope for name in types if name in KINDS for scope in READ.of(KINDS[name]))


def kinds_of(types: tuple[str, ...]) -> frozenset[str]:
    """The kinds asked for.

    Raises:
        InvalidTypes: there is none, or an unknown one.
    """
    if not types or any(name not in KINDS for name in types):
        raise InvalidTypes
    return frozenset(KINDS[name] for name in types)
