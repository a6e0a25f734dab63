"""What is wrong with objects that were sent: what msgspec says of it, in words for who sent them."""

import re
from typing import TypeVar

import msgspec

T = TypeVar("T")

LONGEST_NAME = 100
"""Characters of a name or a type that a message repeats."""

_SAID = re.compile(r"(.*) - at `\$\[0\]([^`]*)`\Z", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_NAMED = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
_TYPE = re.compile(r"Invalid value (.*)", re.DOTALL)
_BOUND = re.compile(r"Expected `(\w+)`(?: of length)? (<=|>=|<|>) ([0-9.]+)")
_KIND = re.compile(r"Expected `([^`]*)`(?:, got .*)?")

_KINDS = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "int | float": "a number",
    "int | float | str": "a string or a number",
    "bool": "a boolean",
    "bool | int | float | str": "a boolean",
    "array": "an array",
    "object": "an object",
    "object | null": "an object or null",
}
_COMPARED = {"<=": "no more than", ">=": "at least", "<": "less than", ">": "more than"}
_COUNTED = {"str": "character", "array": "item"}


def fault(why: str, pointer: str) -> str:
    """A message that tells what is wrong and where."""
    return f"[ERROR] {why} [json-pointer:{pointer}]"


def shortened(name: str) -> str:
    """A name as messages repeat it."""
    return name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…"


def find(sent: object, objects: msgspec.json.Decoder[list[T]], at: str) -> str | None:
    """The first fault of an object, None where it has none.

    Arguments:
        objects: reads a list of what it should be. No field of that has a name that a pointer would escape.
        at: the pointer to the object.
    """
    try:
        # In a list it has a path in any case, so that no name in it is taken for one.
        objects.decode(msgspec.json.encode([sent]))
    except msgspec.ValidationError as error:
        return _told(error, at)
    return None


def _told(error: msgspec.ValidationError, at: str) -> str:
    said = _SAID.match(str(error))
    assert said is not None
    what, path = said.groups()
    pointer = at + "".join(f"/{field or index}" for field, index in _STEP.findall(path))
    # A rule between fields knows its words, and which of the fields is wrong.
    if error.__cause__ is not None:
        return fault(what, pointer + getattr(error.__cause__, "at", ""))
    return fault(_words(what), pointer)


def _words(what: str) -> str:
    """Our words for what msgspec says."""
    if named := _NAMED.fullmatch(what):
        return f"{'needs' if named[1].startswith('missing') else 'must not have'} the field `{shortened(named[2])}`"
    if kind := _TYPE.fullmatch(what):
        return f"must be of a type that can be here, not {shortened(kind[1])}"
    if bound := _BOUND.fullmatch(what):
        many = f"{_COMPARED[bound[2]]} {float(bound[3]):g}" if "." in bound[3] else f"{_COMPARED[bound[2]]} {int(bound[3]):,}"
        if counted := _COUNTED.get(bound[1]):
            return f"must have {many} {counted}{'' if bound[3] == '1' else 's'}"
        return f"must be {many}"
    if kind := _KIND.fullmatch(what):
        return f"must be {_KINDS.get(kind[1]) or _KINDS.get(kind[1].removesuffix(' | null'), 'of another type')}"
    if what.startswith("Invalid enum value"):
        return "must be one of the values for it"
    return "must be of the form for it"
