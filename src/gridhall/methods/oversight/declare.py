"""What all methods of oversight have in common."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.method import Method, Requires, method
from gridhall.catalogue.rates import Counted, per_organization
from gridhall.catalogue.scopes import Needs
from gridhall.contract.errors import Refusal
from gridhall.contract.rates import Limit
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import oversight
from gridhall.domain.call import Call

ArgsT = TypeVar("ArgsT", bound=msgspec.Struct)
ResultT = TypeVar("ResultT", bound=Ok)

TOGETHER = Counted("oversight", Limit(30, 1, 30), per_organization, shared=True)
"""All of these methods together, by whatever app."""

USUAL = Counted("per minute", Limit(1200, 60, 1200), per_organization)


class Paged(Ok, kw_only=True):
    """A page. Where there is more, `offset` is the id that it ended with; the cursor in `response_metadata` says the same."""

    offset: str | UnsetType = UNSET


def overseeing(
    name: str,
    *,
    scopes: Needs,
    errors: tuple[type[Refusal], ...] = (),
    rate: Counted = USUAL,
    writes: bool = False,
    requires: Requires = oversight.require,
) -> Callable[[Callable[[Call, ArgsT], Awaitable[ResultT]]], Method]:
    """Declare a method of oversight (see `method`)."""
    return method(
        name,
        tokens=Token.USER,
        scopes=scopes,
        rate=(TOGETHER, rate),
        errors=errors,
        on_request=True,
        writes=writes,
        requires=requires,
        refused=oversight.refused,
    )


def entries(limit: int) -> int:
    """How many entries a page has: clients ask for 1,000 and more, and get what there may be. 0 asks for no number."""
    return min(limit or oversight.MOST, oversight.MOST)


def go_on(call: Call, result: Paged, listing: str, after: str | None) -> None:
    """Have a page tell where the next one begins.

    Arguments:
        listing: as in `oversight.position`.
        after: the key of its last entry, None on the last page. What it has behind a slash tells equal ids apart.
    """
    if after is None:
        result.response_metadata = page("")
        return
    result.offset = after.partition("/")[0]
    result.response_metadata = page(call.context.cursors.seal(listing, after))
