"""Blocks: from what a caller sends to what is stored."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from gridhall.contract.blocks import Block, data
from gridhall.contract.blocks.layout import Markdown
from gridhall.contract.blocks.parts import Acting, Laid
from gridhall.contract.errors import InvalidBlocks, Refusal
from gridhall.domain import block_text
from gridhall.domain.faults import fault, find, shortened
from gridhall.domain.source import Source

MOST = 50
"""Blocks of one message. Source: the platform's page on blocks."""

LONGEST_JSON = 100_000
"""Characters of all blocks of a message, written as JSON without blanks."""

LONGEST_MARKDOWN = 12_000
"""Characters of all Markdown blocks of a message. Source: the page of that block."""

MOST_CHARTS = 2
"""Source: the page of `data_visualization`."""

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(list[Block])


def read(
    sent: Sequence[dict[str, Any]],
    *,
    at: str = "/blocks",
    code: type[Refusal] = InvalidBlocks,
    too_long: type[Refusal] = InvalidBlocks,
    two_tables: type[Refusal] = InvalidBlocks,
) -> list[Block]:
    """Check blocks. Their ids have to differ within what is checked at once.

    Arguments:
        at: the pointer to them, as messages tell it.
        code, two_tables: what they are refused with where one is wrong, or where there is more than one table.

    Raises:
        code: one is wrong; its messages tell where and why, of each block the first fault, or what is wrong with all together,
            as many times as there may be blocks.
        too_long: all of them together are.
        two_tables: there is more than one table.
    """
    # Through JSON and back is a tenth of what `msgspec.convert` takes, which looks at the types anew each time.
    written = _encode(sent)
    if len(written) > LONGEST_JSON and len(written.decode()) > LONGEST_JSON:
        raise too_long(fault(f"must have no more than {LONGEST_JSON:,} characters as JSON", at))
    if len(sent) > MOST:
        raise code(fault(f"must have no more than {MOST} items", at))
    try:
        blocks = _decoder.decode(written)
    except msgspec.ValidationError:
        found = (find(block, _decoder, f"{at}/{number}") for number, block in enumerate(sent))
        raise code(*filter(None, found)) from None
    whole = _Whole()
    for number, block in enumerate(blocks):
        whole.take(block, f"{at}/{number}")
    if whole.faults:
        raise code(*whole.faults[:MOST])
    if len(whole.tables) > 1:
        raise two_tables(fault("must be the message's only table", whole.tables[1]))
    return blocks


def written(blocks: Sequence[Block], source: Source) -> msgspec.Raw:
    """The JSON of blocks as it is stored: each has its `block_id`, and each element that acts its `action_id`."""
    every = list(_every(blocks))
    taken = {block.block_id for block in every}
    for block in every:
        if block.block_id is UNSET:
            block.block_id = _free(source, taken)
        if block.ACTING:
            acting = _acting(block)
            used = {one.action_id for one in acting}
            if UNSET in used:
                for one in acting:
                    if one.action_id is UNSET:
                        one.action_id = _free(source, used)
    return msgspec.Raw(_encode(blocks))


def fallback(blocks: Sequence[Block]) -> str:
    """What blocks say, for who sees none."""
    return block_text.of(blocks)


class _Whole:
    """What blocks are together, and what is wrong with that."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.tables: list[str] = []
        self._ids: set[str] = set()
        self._markdown = 0
        self._charts = 0
        self._is_focused = False

    def take(self, block: Laid, at: str) -> None:
        """Look at one more block."""
        if block.block_id is not UNSET:
            if block.block_id in self._ids:
                self.faults.append(fault(f"is another block's too: {shortened(block.block_id)}", f"{at}/block_id"))
            self._ids.add(block.block_id)
        if block.ACTING:
            self._act(block, at)
        if block.NESTED:
            for number, nested in enumerate(_nested(block)):
                self.take(nested, f"{at}/{block.NESTED}/{number}")
        if isinstance(block, Markdown):
            self._markdown += len(block.text)
            if self._markdown > LONGEST_MARKDOWN:
                why = f"must have no more than {LONGEST_MARKDOWN:,} characters with the message's other Markdown"
                self.faults.append(fault(why, f"{at}/text"))
        elif isinstance(block, data.Table | data.DataTable):
            self.tables.append(at)
            longest = data.LONGEST_TABLE if isinstance(block, data.Table) else data.LONGEST_DATA_TABLE
            if sum(block_text.length(cell) for row in block.rows for cell in row) > longest:
                self.faults.append(fault(f"must have no more than {longest:,} characters in all cells", f"{at}/rows"))
        elif isinstance(block, data.DataVisualization):
            self._charts += 1
            if self._charts > MOST_CHARTS:
                self.faults.append(fault(f"must be one of no more than {MOST_CHARTS} charts", at))

    def _act(self, block: Laid, at: str) -> None:
        ids = set()
        for number, one in enumerate(_acting(block)):
            if one.action_id is not UNSET:
                if one.action_id in ids:
                    why = f"is another element's too: {shortened(one.action_id)}"
                    self.faults.append(fault(why, f"{at}{_place(block, number)}/action_id"))
                ids.add(one.action_id)
            if getattr(one, "focus_on_load", None) is True:
                if self._is_focused:
                    self.faults.append(fault("can be true of one element only", f"{at}{_place(block, number)}/focus_on_load"))
                self._is_focused = True


def _nested(block: Laid) -> Sequence[Laid]:
    return getattr(block, block.NESTED) or ()


def _every(blocks: Sequence[Laid]) -> Iterator[Laid]:
    """Blocks and those within them, of which none holds further ones."""
    for block in blocks:
        yield block
        if block.NESTED:
            yield from _every(_nested(block))


def _acting(block: Laid) -> Sequence[Acting]:
    """The elements of a block that people act on."""
    held = getattr(block, block.ACTING)
    if isinstance(held, list):
        return held
    return (held,) if isinstance(held, Acting) else ()


def _place(block: Laid, number: int) -> str:
    """The pointer to the element of this number from the block."""
    return f"/{block.ACTING}/{number}" if isinstance(getattr(block, block.ACTING), list) else f"/{block.ACTING}"


def _free(source: Source, taken: set[Any]) -> str:
    """A new id that nobody sent."""
    new = source.block_id()
    while new in taken:
        new = source.block_id()
    return new
