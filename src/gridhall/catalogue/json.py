"""JSON as strangers send it: in a body, or as the text of a form's field."""

import re

import msgspec

MOST_DEPTH = 100
"""Arrays and objects within each other. Python's own bound differs by version, and what is near it cannot be encoded again."""

MOST_BRACKETS = 50_000
"""Brackets and braces that open: more than the longest text of a message has characters, and what many of them make is slow."""

LEAST, MOST = -(2**63), 2**64 - 1
"""Bounds of an integer. Some clients round longer ones, others cannot read an answer that holds one."""

_NESTS = (list, dict)
_MANY_DIGITS, _MANY_DIGITS_BYTES = re.compile("[0-9]{19}"), re.compile(b"[0-9]{19}")


def decode(text: bytes | str) -> object:
    """The value.

    Raises:
        ValueError: it is no JSON, nested too deeply or too often, or holds too long an integer.
    """
    brackets = _brackets(text)
    if brackets > MOST_BRACKETS:
        raise ValueError("nested too often")
    try:
        value: object = msgspec.json.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    # Few texts that bots send hold as many.
    if brackets > MOST_DEPTH and _is_deep(value):
        raise ValueError("nested too deeply")
    if _has_many_digits(text) and not _are_writable(value):
        raise ValueError("too long an integer")
    return value


def holds_nul(value: object) -> bool:
    """Whether a string in it, keys included, holds U+0000, which PostgreSQL cannot store as text."""
    # To look at each of a million values here takes ten times as long as to write them all. What is left of the backslashes
    # when those that were escaped are gone begins an escape.
    return b"\\u0000" in msgspec.json.encode(value).replace(b"\\\\", b"")


def _brackets(text: bytes | str) -> int:
    """How many brackets and braces open in it, strings included: no fewer than there are arrays and objects."""
    if isinstance(text, str):
        return text.count("[") + text.count("{")
    return text.count(b"[") + text.count(b"{")


def _has_many_digits(text: bytes | str) -> bool:
    return (_MANY_DIGITS.search(text) if isinstance(text, str) else _MANY_DIGITS_BYTES.search(text)) is not None


def _are_writable(value: object) -> bool:
    """Whether all integers in it are within the bounds, which are those of a format that is quickly written."""
    try:
        msgspec.msgpack.encode(value)
    except OverflowError:
        return False
    return True


def _is_deep(value: object) -> bool:
    level = [value] if isinstance(value, _NESTS) else []
    for _ in range(MOST_DEPTH):
        if not level:
            return False
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, _NESTS)
        ]
    return bool(level)
