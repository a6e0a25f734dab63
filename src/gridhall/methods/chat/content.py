"""What the methods that post or change messages have in common: the content that comes as arguments."""

from typing import Annotated, Any

from gridhall.catalogue.arguments import Arg
from gridhall.contract.errors import (
    InvalidArguments,
    InvalidAttachments,
    InvalidBlocks,
    InvalidBlocksFormat,
    MarkdownTextConflict,
    TooManyAttachments,
)
from gridhall.domain.call import Call

LONGEST_TEXT = 40_000
"""Characters of a text. Source: the platform's note on long messages."""

MOST_BLOCKS = 50
"""Blocks of one message. Source: the platform's page on blocks."""

MOST_ATTACHMENTS = 100
"""Attachments of one message. Source: the reference page of chat.postMessage."""

Objects = list[dict[str, Any]]

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


def check_objects(blocks: Objects | None, attachments: Objects | None) -> None:
    """Hold what a message carries beside its text against its bounds.

    Raises:
        InvalidBlocks: there are too many blocks.
        TooManyAttachments: there are too many attachments.
    """
    if blocks is not None and len(blocks) > MOST_BLOCKS:
        raise InvalidBlocks(f"[ERROR] no more than {MOST_BLOCKS} items allowed: blocks")
    if attachments is not None and len(attachments) > MOST_ATTACHMENTS:
        raise TooManyAttachments
