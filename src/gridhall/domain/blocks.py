"""Blocks: from what a caller sends to what is stored."""

from collections.abc import Sequence
from typing import Any

import msgspec

from gridhall.contract.errors import InvalidBlocks, Refusal
from gridhall.domain.source import Source

MOST = 50
"""Blocks of one message. Source: the platform's page on blocks."""

LONGEST_JSON = 100_000

Block = dict[str, Any]


def read(sent: Sequence[dict[str, Any]], *, too_long: type[Refusal] = InvalidBlocks) -> list[Block]:
    """Check blocks.

    Raises:
        InvalidBlocks: one is wrong; its messages tell where and why.
        too_long: all of them together are.
    """
    if len(sent) > MOST:
        raise InvalidBlocks(f"[ERROR] no more than {MOST} items allowed [json-pointer:/blocks]")
    return list(sent)


def written(blocks: Sequence[Block], source: Source) -> msgspec.Raw:
    """The JSON of blocks as it is stored: each has its `block_id`, and each element that acts its `action_id`."""
    return msgspec.Raw(msgspec.json.encode(blocks))


def fallback(blocks: Sequence[Block]) -> str:
    """What blocks say, for who sees none."""
    return "This content can't be displayed."
