"""Standard Markdown, as `markdown_text` carries it."""

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.domain.source import Source


def compose(text: str, source: Source) -> tuple[str, msgspec.Raw | UnsetType]:
    """The text that is stored of a Markdown text, and the JSON of the blocks that show it."""
    return text, UNSET
