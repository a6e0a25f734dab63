"""From raw arguments to a method's typed struct.

The struct is the declaration: names, types and defaults are its own, and `Arg` adds what a type cannot say. Its converters
are built once, when the method is declared. Clients send everything in several ways: numbers and booleans as text, lists with
commas or as JSON, objects as JSON inside a form field.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from gridhall.catalogue import json
from gridhall.contract.errors import InvalidArguments, InvalidArrayArg, Refusal


@dataclass(frozen=True, slots=True)
class Arg:
    """What an argument's type does not say.

    Arguments:
        doc: one sentence for the reference page.
        missing: what a missing required argument is refused with.
        invalid: what a value of the wrong kind or out of bounds is refused with.
        least, most: bounds of a number, inclusive.
        blank: whether an empty string is a value of its own; elsewhere it counts as missing, as SDKs send it for `None`.
        example: an example value for the reference page.
    """

    doc: str
    missing: type[Refusal] = InvalidArguments
    invalid: type[Refusal] = InvalidArguments
    least: int | None = None
    most: int | None = None
    blank: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """One declared argument, as validation, the reference pages and the command line read it.

    Arguments:
        nothing: the values that count as missing.
    """

    name: str
    kind: str
    required: bool
    default: object
    arg: Arg
    convert: Callable[[object, "Argument"], object]
    nothing: tuple[object, ...]

    def refuse(self, why: type[Refusal], text: str) -> Refusal:
        return why(f"[ERROR] {text}: {self.name}")


def _string(value: object, argument: Argument) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise argument.refuse(InvalidArrayArg, "must be a string, not an array")


LARGEST = 2**53 - 1
"""The largest integer that every client's JSON can carry; databases and pictures fail on much larger ones."""


def _integer(value: object, argument: Argument) -> object:
    if isinstance(value, list | dict):
        raise argument.refuse(InvalidArrayArg, "must be a number, not an array")
    number = value
    if isinstance(value, str):
        text = value.strip()
        if not (text.isascii() and text.removeprefix("-").isdigit()):
            raise argument.refuse(argument.arg.invalid, "must be a number")
        # So many digits are too many whatever they are, and thousands take long to read.
        number = int(text) if len(text) < 20 else -LARGEST - 1 if text.startswith("-") else LARGEST + 1
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise argument.refuse(argument.arg.invalid, "must be a number")
    least = -LARGEST if argument.arg.least is None else argument.arg.least
    most = LARGEST if argument.arg.most is None else argument.arg.most
    if number < least:
        raise argument.refuse(argument.arg.invalid, f"must be at least {least}")
    if number > most:
        raise argument.refuse(argument.arg.invalid, f"must be at most {most}")
    return number


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def is_true(value: object) -> bool:
    """Whether a raw argument is the boolean true, however it was sent."""
    return not isinstance(value, list | dict) and _BOOLEANS.get(str(value).strip().lower(), False)


def _boolean(value: object, argument: Argument) -> object:
    if isinstance(value, list | dict):
        raise argument.refuse(InvalidArrayArg, "must be a boolean, not an array")
    truth = _BOOLEANS.get(str(value).strip().lower())
    if truth is None:
        raise argument.refuse(argument.arg.invalid, "must be a boolean")
    return truth


def _decoded(text: str) -> object:
    """JSON inside a form field, where the envelope could not see a U+0000."""
    value = json.decode(text)
    if "\\u0000" in text and json.holds_nul(value):
        raise ValueError("U+0000")
    return value


def _list(value: object, argument: Argument) -> object:
    if isinstance(value, str):
        text = value.strip()
        if not text.startswith("["):
            return tuple(part.strip() for part in text.split(",") if part.strip())
        try:
            value = _decoded(text)
        except ValueError as error:
            raise argument.refuse(argument.arg.invalid, "is no valid JSON list") from error
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise argument.refuse(argument.arg.invalid, "must be a list of strings")
    return tuple(value)


def _objects(value: object, argument: Argument) -> object:
    if isinstance(value, str):
        try:
            value = _decoded(value)
        except ValueError as error:
            raise argument.refuse(argument.arg.invalid, "is no valid JSON array") from error
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise argument.refuse(argument.arg.invalid, "must be an array of objects")
    return value


def _object(value: object, argument: Argument) -> object:
    if isinstance(value, str):
        try:
            value = _decoded(value)
        except ValueError as error:
            raise argument.refuse(argument.arg.invalid, "is no valid JSON object") from error
    if not isinstance(value, dict):
        raise argument.refuse(argument.arg.invalid, "must be an object")
    return value


_KINDS: dict[object, tuple[str, Callable[[object, Argument], object]]] = {
    str: ("string", _string),
    int: ("integer", _integer),
    bool: ("boolean", _boolean),
    tuple: ("list", _list),
    list: ("array of objects", _objects),
    dict: ("object", _object),
}


def declared(struct: type[msgspec.Struct]) -> tuple[Argument, ...]:
    """The arguments that a struct declares."""
    hints = get_type_hints(struct, include_extras=True)
    return tuple(_declare(field, hints[field.name]) for field in msgspec.structs.fields(struct))


def _declare(field: msgspec.structs.FieldInfo, hint: Any) -> Argument:
    arg = (
        next((extra for extra in get_args(hint)[1:] if isinstance(extra, Arg)), None) if get_origin(hint) is Annotated else None
    )
    if arg is None:
        raise TypeError(f"argument {field.name} has no Arg")
    plain = get_args(hint)[0]
    if get_origin(plain) in (Union, types.UnionType):
        plain = next(part for part in get_args(plain) if part is not type(None))
    kind, convert = _KINDS[get_origin(plain) or plain]
    default = None if field.default is msgspec.NODEFAULT else field.default
    nothing: list[object] = [None] if arg.blank else [None, ""]
    if convert in (_objects, _object):
        # What clients make of one that they do not have, where they write each as JSON.
        nothing.append("null")
    return Argument(field.encode_name, kind, field.required, default, arg, convert, tuple(nothing))


def read(struct: type[msgspec.Struct], arguments: tuple[Argument, ...], raw: Mapping[str, object]) -> msgspec.Struct:
    """Make the struct from raw arguments; what it does not declare is ignored.

    Raises:
        Refusal: the code that the argument declares for being missing or wrong.
    """
    values: list[object] = []
    for argument in arguments:
        value = raw.get(argument.name)
        if value in argument.nothing:
            if argument.required:
                raise argument.refuse(argument.arg.missing, "missing required field")
            values.append(argument.default)
        else:
            values.append(argument.convert(value, argument))
    return struct(*values)
