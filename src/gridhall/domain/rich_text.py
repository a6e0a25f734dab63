"""The rich text that clients show of a plain text."""

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.domain.source import Source


def of(text: str, source: Source, *, formatted: bool = True) -> msgspec.Raw | UnsetType:
    """The JSON of the blocks that show a stored text.

    Arguments:
        formatted: whether the text's markup counts.
    """
    return UNSET
