"""What is wrong with objects that were sent: what msgspec says of it, in words for who sent them."""

import re
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import inspect

from gridhall.contract.addresses import HARMLESS
from gridhall.contract.blocks.elements import DATE, TIME
from gridhall.contract.blocks.layout import HTTPS
from gridhall.contract.blocks.rich_text import ID, NAME

T = TypeVar("T")

LONGEST_NAME = 100
"""Characters of a name or a type that a message repeats."""

MOST_VALUES = 12
"""Values that a message lists."""

_SAID = re.compile(r"(.*) - at `\$\[0\]([^`]*)`\Z", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_NAMED = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
_TYPE = re.compile(r"Invalid value (.*)", re.DOTALL)
_BOUND = re.compile(r"Expected `(\w+)`(?: of length)? (<=|>=|<|>) ([0-9.]+)")
_FORM = re.compile(r"Expected `str` matching regex (.*)", re.DOTALL)
_KIND = re.compile(r"Expected `([^`]*)`(?:, got .*)?")

_FORMS = {
    DATE: "a date as YYYY-MM-DD",
    TIME: "a time as HH:MM",
    HTTPS: "an address that begins with https://",
    HARMLESS: "an address that runs no script",
    ID: "an id of capital letters and digits",
    NAME: "a name without blanks and `<>&|`",
}
_FORMS_AS_SAID = {repr(pattern): words for pattern, words in _FORMS.items()}
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


class Found(NamedTuple):
    """What is wrong, and the steps to where it is: names and indexes."""

    why: str
    steps: tuple[str | int, ...]


def fault(why: str, pointer: str) -> str:
    """A message that tells what is wrong and where."""
    return f"[ERROR] {why} [json-pointer:{pointer}]"


def shortened(name: str) -> str:
    """A name as messages repeat it."""
    return name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…"


def find(sent: object, objects: msgspec.json.Decoder[list[T]], at: str) -> str | None:
    """The message about the first fault of an object, None where it has none.

    Arguments:
        objects: reads a list of what it should be. No field of that has a name that a pointer would escape.
        at: the pointer to the object.
    """
    found = look(sent, objects)
    return fault(found.why, at + "".join(f"/{step}" for step in found.steps)) if found else None


def look(sent: object, objects: msgspec.json.Decoder[list[T]]) -> Found | None:
    """The first fault of an object, None where it has none. `objects` as in `find`."""
    try:
        # In a list it has a path in any case, so that no name in it is taken for one.
        objects.decode(msgspec.json.encode([sent]))
    except msgspec.ValidationError as error:
        said = _SAID.match(str(error))
        assert said is not None
        what, path = said.groups()
        steps = tuple(field or int(index) for field, index in _STEP.findall(path))
        # A rule between fields knows its words, and which of the fields is wrong.
        if error.__cause__ is not None:
            inner: str = getattr(error.__cause__, "at", "")
            return Found(what, steps + tuple(inner.split("/")[1:]))
        if what.startswith("Invalid enum value"):
            return Found(_listed(_values(_declared(objects.type), [sent], (0, *steps))), steps)
        return Found(_words(what), steps)
    return None


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
    if form := _FORM.fullmatch(what):
        return f"must be {_FORMS_AS_SAID[form[1]]}"
    kind = _KIND.fullmatch(what)
    assert kind is not None, what
    return f"must be {_kind(kind[1])}"


def _kind(named: str) -> str:
    known = _KINDS.get(named) or _KINDS.get(named.removesuffix(" | null"))
    return known or " or ".join(_KINDS[one] for one in named.split(" | ") if one in _KINDS)


def _listed(values: tuple[object, ...]) -> str:
    return (
        f"must be one of {', '.join(map(repr, values))}" if len(values) <= MOST_VALUES else "must be one of the values for it"
    )


# What is declared.


@cache
def _declared(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _values(kind: inspect.Type, sent: Any, steps: tuple[str | int, ...]) -> tuple[object, ...]:
    """The values that may be where the steps lead to from what was sent, which should be of this kind."""
    for step in steps:
        kind, sent = _inner(_chosen(kind, sent), step), sent[step]
    return next(one.values for one in _options(kind) if isinstance(one, inspect.LiteralType))


def _inner(kind: inspect.Type, step: str | int) -> inspect.Type:
    if isinstance(kind, inspect.ListType):
        return kind.item_type
    assert isinstance(kind, inspect.StructType)
    return next(field.type for field in kind.fields if field.encode_name == step)


def _options(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _chosen(kind: inspect.Type, sent: Any) -> inspect.Type:
    """Which of several kinds was meant."""
    for one in _options(kind):
        if isinstance(sent, list) and isinstance(one, inspect.ListType):
            return one
        if isinstance(sent, dict) and isinstance(one, inspect.StructType) and sent.get(one.tag_field or "", one.tag) == one.tag:
            return one
    raise AssertionError(kind)
