"""What one call adds to a stream: from what an app sends to what is known to be sound."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from gridhall.contract.blocks import Block
from gridhall.contract.chunks import Blocks, Chunk, MarkdownText, PlanUpdate, TaskUpdate
from gridhall.contract.errors import (
    CannotProvideBothMarkdownTextAndChunks,
    InvalidChunks,
    MsgBlocksTooLong,
    MsgBlocksTooMany,
    MsgTooLong,
)
from gridhall.domain import blocks
from gridhall.domain.faults import fault, find
from gridhall.domain.markdown import LONGEST_MARKDOWN

MOST = 100
"""Chunks of one call."""

LONGEST_JSON = 2 * blocks.LONGEST_JSON
"""Characters of all chunks of one call, as JSON without blanks: more than a message has room for."""

Mode = Literal["markdown_text", "chunks"]
"""In which of the two ways an app streams."""

_decoder = msgspec.json.Decoder(list[Chunk])


@dataclass(frozen=True, slots=True)
class Payload:
    """What a call adds; without a mode it is nothing. Blocks were checked and stand for the chunk that they came in."""

    mode: Mode | None = None
    parts: tuple[MarkdownText | TaskUpdate | PlanUpdate | list[Block], ...] = ()


def read(markdown_text: str | None, chunks: Sequence[dict[str, Any]] | None) -> Payload:
    """Check what a call adds.

    Raises:
        CannotProvideBothMarkdownTextAndChunks: it comes in both ways.
        MsgTooLong: a text is too long, or all chunks together are.
        InvalidChunks: there are too many chunks, or one is wrong; the messages tell where and why, of each the first fault.
        MsgBlocksTooMany, MsgBlocksTooLong, InvalidBlocks: the blocks of a chunk are too many, too long, or wrong.
    """
    if markdown_text:
        if chunks:
            raise CannotProvideBothMarkdownTextAndChunks
        return Payload("markdown_text", tuple(_parts([MarkdownText(markdown_text)])))
    if not chunks:
        return Payload()
    if len(chunks) > MOST:
        raise InvalidChunks(fault(f"must have no more than {MOST} items", "/chunks"))
    json = msgspec.json.encode(chunks)
    if len(json) > LONGEST_JSON and len(json.decode()) > LONGEST_JSON:
        raise MsgTooLong
    try:
        return Payload("chunks", tuple(_parts(_decoder.decode(json))))
    except msgspec.ValidationError:
        found = (find(chunk, _decoder, f"/chunks/{number}") for number, chunk in enumerate(chunks))
        raise InvalidChunks(*filter(None, found)) from None


def read_blocks(sent: Sequence[dict[str, Any]], at: str) -> list[Block]:
    """Check blocks that come all at once.

    Arguments:
        at: the pointer to them.

    Raises:
        MsgBlocksTooMany, MsgBlocksTooLong, InvalidBlocks: see `read`.
    """
    if len(sent) > blocks.MOST:
        raise MsgBlocksTooMany
    return blocks.read(sent, at=at, too_long=MsgBlocksTooLong)


def _parts(chunks: Sequence[Chunk]) -> Iterator[MarkdownText | TaskUpdate | PlanUpdate | list[Block]]:
    count = 0
    for number, chunk in enumerate(chunks):
        if isinstance(chunk, Blocks):
            count += len(chunk.blocks)
            if count > blocks.MOST:
                raise MsgBlocksTooMany
            yield read_blocks(chunk.blocks, f"/chunks/{number}/blocks")
            continue
        if isinstance(chunk, MarkdownText) and len(chunk.text) > LONGEST_MARKDOWN:
            raise MsgTooLong
        yield chunk
