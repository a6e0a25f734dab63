"""What a message says: from what a caller sends to what is stored."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.contract.errors import (
    InvalidAttachments,
    InvalidBlocks,
    MarkdownTextConflict,
    MsgTooLong,
    NoText,
    Refusal,
)
from gridhall.domain import attachments, blocks, markdown, mrkdwn, names, rich_text
from gridhall.domain.mrkdwn import Parse

if TYPE_CHECKING:
    from gridhall.domain.call import Call

LONGEST_TEXT = 40_000
"""Characters of a text. Source: the platform's note on long messages."""

Objects = list[dict[str, Any]]

# What Unicode has no shape for (Default_Ignorable_Code_Point), control characters, and the empty pattern of Braille.
_BLANK = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)


class Sent(msgspec.Struct, frozen=True):
    """What a caller sends, as it came.

    Arguments:
        text: None where none was sent, which matters to who changes a message.
        parse: how much of the text becomes links.
        formatted: whether the text's markup counts.
    """

    text: str | None
    blocks: Objects | None = None
    attachments: Objects | None = None
    markdown_text: str | None = None
    parse: Parse = Parse.LINKS
    formatted: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that anybody could see."""
        if self.blocks or (self.text and not self.text.isspace()) or (self.markdown_text and not self.markdown_text.isspace()):
            return False
        return not self.attachments or attachments.are_empty(self.attachments)


class Composed(msgspec.Struct, frozen=True):
    """What is stored: the text, and the JSON of blocks and attachments."""

    text: str
    blocks: msgspec.Raw | UnsetType = UNSET
    attachments: msgspec.Raw | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Codes:
    """How a method refuses content.

    Arguments:
        long_blocks, long_attachments: what is too long, where it documents a code of its own.
        listing: whether what is wrong with blocks and attachments is also listed in the field `errors`.
    """

    long_blocks: type[Refusal] = InvalidBlocks
    long_attachments: type[Refusal] = InvalidAttachments
    listing: bool = False


def is_blank(text: str) -> bool:
    """Whether a text has nothing that anybody could see, or is empty."""
    return _BLANK.fullmatch(text) is not None


def check(sent: Sent, *, longest: int | None = None) -> None:
    """Refuse what no message can be made of, whatever the conversation.

    Arguments:
        longest: characters that the text may have; None where a longer one is cut after `LONGEST_TEXT`.

    Raises:
        MarkdownTextConflict: text in standard Markdown stands beside other text or blocks.
        MsgTooLong: it is too long.
    """
    if longest is not None and sent.text is not None and len(sent.text) > longest:
        raise MsgTooLong
    if sent.markdown_text is not None:
        if sent.text or sent.blocks:
            raise MarkdownTextConflict
        if len(sent.markdown_text) > markdown.LONGEST_MARKDOWN:
            raise MsgTooLong


async def compose(call: "Call", sent: Sent, codes: Codes) -> Composed:
    """Make what is stored of what was sent, which `check` let pass.

    A text alone gets the rich text that clients show. Blocks without a text get one that tells what they say, for whoever sees
    no blocks.

    Raises:
        NoText: there is nothing to say.
        InvalidBlocks, InvalidAttachments, TooManyAttachments: see `blocks.read` and `attachments.read`.
        codes.long_blocks, codes.long_attachments: they are too long, or Markdown comes to more than 50 blocks.
    """
    if sent.is_empty:
        raise NoText
    try:
        return await _compose(call, sent, codes)
    except (InvalidBlocks, InvalidAttachments) as refusal:
        if codes.listing:
            refusal.fields["errors"] = [message.removeprefix("[ERROR] ") for message in refusal.messages]
        raise


async def _compose(call: "Call", sent: Sent, codes: Codes) -> Composed:
    attached: msgspec.Raw | UnsetType = UNSET
    if sent.attachments and (read_attachments := attachments.read(sent.attachments, too_long=codes.long_attachments)):
        attached = attachments.written(read_attachments, call.work.source)
    if sent.markdown_text:
        text, made = markdown.compose(sent.markdown_text, call.work.source, too_long=codes.long_blocks)
        return Composed(text, made, attached)
    if sent.blocks:
        read = blocks.read(sent.blocks, too_long=codes.long_blocks, two_tables=InvalidAttachments)
        text = await _text(call, sent) if sent.text else blocks.fallback(read)
        return Composed(text, blocks.written(read, call.work.source), attached)
    if not sent.text:
        return Composed("", UNSET, attached)
    text = await _text(call, sent)
    formatted = sent.formatted and sent.parse is not Parse.FULL
    return Composed(text, rich_text.of(text, call.work.source, formatted=formatted), attached)


async def _text(call: "Call", sent: Sent) -> str:
    text = (sent.text or "")[:LONGEST_TEXT]
    if sent.parse.links_names:
        return await names.write(call, text, sent.parse)
    return mrkdwn.written(text, sent.parse)
