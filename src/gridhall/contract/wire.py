"""What every answer has in common."""

import msgspec
from msgspec import UNSET, UnsetType


class ResponseMetadata(msgspec.Struct, kw_only=True, omit_defaults=False):
    """What an answer says about itself: where the next page begins, warnings, and why a request was refused."""

    next_cursor: str | UnsetType = UNSET
    warnings: list[str] | UnsetType = UNSET
    messages: list[str] | UnsetType = UNSET


class Ok(msgspec.Struct, kw_only=True):
    """An answer that says yes. A method's result extends it with the fields of its own."""

    ok: bool = True
    warning: str | UnsetType = UNSET
    response_metadata: ResponseMetadata | UnsetType = UNSET


def page(next_cursor: str) -> ResponseMetadata:
    """The metadata of one page; the cursor is empty on the last."""
    return ResponseMetadata(next_cursor=next_cursor)


class Paging(msgspec.Struct, kw_only=True):
    """Where a page stands that goes by its number: items on a page, items in all, the page from 1, pages in all."""

    count: int
    total: int
    page: int
    pages: int
