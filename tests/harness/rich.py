"""What a text alone is shown as."""

import re
from typing import Any


class _AnyId:
    """Equals any id that the server gives a block."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(r"[A-Za-z0-9+/]{6}", other) is not None

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "<any id>"


def in_words(text: str, **style: bool) -> list[dict[str, Any]]:
    """The blocks of a message that is one run of words, all in one style; whatever their id."""
    leaf = {"type": "text", "text": text} | ({"style": style} if style else {})
    section = {"type": "rich_text_section", "elements": [leaf]}
    return [{"type": "rich_text", "block_id": _AnyId(), "elements": [section]}]
