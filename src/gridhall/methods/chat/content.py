"""What the methods that post or change messages have in common: the content that comes as arguments."""

from typing import Annotated, Any

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.contract.errors import (
    InvalidArguments,
    InvalidAttachments,
    InvalidBlocks,
    InvalidBlocksFormat,
    MarkdownTextConflict,
    Refusal,
    TooManyAttachments,
)
from gridhall.domain.call import Call

LONGEST_TEXT = 40_000
"""Characters of a text. Source: the platform's note on long messages."""

MOST_BLOCKS = 50
"""Blocks of one message. Source: the platform's page on blocks."""

MOST_ATTACHMENTS = 100
"""Attachments of one message. Source: the reference page of chat.postMessage."""

LONGEST_JSON = 100_000
"""Characters of a message's blocks, or of its attachments, written as JSON without blanks."""

Objects = list[dict[str, Any]]

_encode = msgspec.json.Encoder().encode

_BLOCKS = '[{"type": "section", "text": {"type": "plain_text", "text": "Hello world"}}]'
_ATTACHMENTS = '[{"pretext": "pre-hello", "text": "text-world"}]'
_BLOCKS_DOC = f"The message's blocks, up to {MOST_BLOCKS}, kept as they come."
_ATTACHMENTS_DOC = f"The message's attachments, up to {MOST_ATTACHMENTS}, kept as they come."

Blocks = Annotated[Objects | None, Arg(_BLOCKS_DOC, invalid=InvalidBlocksFormat, example=_BLOCKS)]
Attachments = Annotated[Objects | None, Arg(_ATTACHMENTS_DOC, invalid=InvalidAttachments, example=_ATTACHMENTS)]
PostedAttachments = Annotated[Objects | None, Arg(_ATTACHMENTS_DOC, example=_ATTACHMENTS)]
"""chat.postMessage documents no code of its own for them."""

UNSERVED = frozenset(
    {
        "current_draft_last_updated_ts",
        "file_ids",
        "icon_emoji",
        "icon_url",
        "markdown_text",
        "metadata",
        "unfurled_attachments",
        "username",
    }
)
"""Arguments that would change the message and are not served yet: a message without what was asked for would be a wrong one."""


def refuse_unserved(call: Call) -> None:
    """Refuse a call whose message cannot be made yet.

    Raises:
        MarkdownTextConflict: text in standard Markdown stands beside other text or blocks.
        InvalidArguments: an argument is not served yet.
    """
    raw = call.raw or {}
    if UNSERVED.isdisjoint(raw):
        return
    sent = {name for name, value in raw.items() if value not in (None, "")}
    if "markdown_text" in sent and not sent.isdisjoint(("text", "blocks")):
        raise MarkdownTextConflict
    if unserved := sorted(UNSERVED & sent):
        raise InvalidArguments(*(f"[ERROR] not supported yet: {name}" for name in unserved))


def check_objects(
    blocks: Objects | None,
    attachments: Objects | None,
    *,
    long_blocks: type[Refusal] = InvalidBlocks,
    long_attachments: type[Refusal] = InvalidAttachments,
) -> None:
    """Hold what a message carries beside its text against its bounds.

    Arguments:
        long_blocks, long_attachments: what blocks or attachments that are too long are refused with.

    Raises:
        InvalidBlocks: there are too many blocks.
        TooManyAttachments: there are too many attachments.
    """
    if blocks is not None:
        if len(blocks) > MOST_BLOCKS:
            raise InvalidBlocks(f"[ERROR] no more than {MOST_BLOCKS} items allowed: blocks")
        if _is_long(blocks):
            raise long_blocks(f"[ERROR] must be no longer than {LONGEST_JSON:,} characters of JSON: blocks")
    if attachments is not None:
        if len(attachments) > MOST_ATTACHMENTS:
            raise TooManyAttachments
        if _is_long(attachments):
            raise long_attachments(f"[ERROR] must be no longer than {LONGEST_JSON:,} characters of JSON: attachments")


def _is_long(objects: Objects) -> bool:
    encoded = _encode(objects)
    return len(encoded) > LONGEST_JSON and len(encoded.decode()) > LONGEST_JSON
