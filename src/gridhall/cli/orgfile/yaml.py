"""An organization file's YAML: from text to nodes, and from nodes to documents, with the line of every mistake; and to text.

YAML guesses the type of what stands unquoted, and YAML 1.1 guesses oddly: `on` is true, 12:30 is 750, 1.10 is 1.1. Here the
format decides: where it wants text, a scalar is its own text; where it wants a number, a number must stand there.
"""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn

import yaml
from msgspec.inspect import (
    AnyType,
    BoolType,
    DictType,
    Field,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    type_info,
)
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from gridhall.catalogue import json
from gridhall.contract.orgfile import Mistake, OrgDocument, Path

MAX_DEPTH = 100
"""How deep a file may be nested. The format needs eight levels; blocks and attachments a few more."""

MAX_REPEATED = 250_000
"""How many values a document's aliases may stand for, over all: a short file must not unfold without end."""

_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset(_TAG + name for name in ("null", "bool", "int", "float", "timestamp", "value", "merge", "str", "seq", "map"))
_NULL = re.compile("~|null|Null|NULL|")
_BOOL = re.compile("true|True|TRUE|false|False|FALSE")
_INT = re.compile("-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_RARE_BREAKS = re.compile("[\r\x85\u2028\u2029]")
# Neither engine stores these in a text.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class YamlMistake(Exception):
    """A mistake and its line.

    Arguments:
        line: counted from 1.
        message: one line.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message


# From values to text.


class _Dumper(yaml.SafeDumper):
    """Writes what is read again as it was."""


def _text(dumper: yaml.SafeDumper, text: str) -> ScalarNode:
    # Unless they are escaped, these count as line breaks, of which a reader makes blanks.
    return dumper.represent_scalar(f"{_TAG}str", text, '"' if _RARE_BREAKS.search(text) else None)


_Dumper.add_representer(str, _text)


def dump(documents: Any) -> str:
    """The text of documents, which are built-in values."""
    written: str = yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return written


# From text to nodes.


def compose(text: str) -> list[Node]:
    """The root of each document.

    Raises:
        YamlMistake: the text is no YAML, holds no document, or is nested too deep.
    """
    # libyaml is many times as fast; where PyYAML was built without it, the parser in Python does the same.
    loader_class: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    roots = []
    try:
        _check_depth(yaml.parse(text, loader_class))
        loader = loader_class(text)
        while loader.check_node():
            roots.append(loader.get_node())
    except yaml.MarkedYAMLError as error:
        # What is missing at the end is told of the last line, not of one after it.
        mark = error.problem_mark
        line = min(mark.line, text.count("\n", 0, len(text) - 1)) if mark else 0
        raise YamlMistake(line + 1, f"is no YAML: {error.problem or error.context}") from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position)
        raise YamlMistake(line + 1, "is no YAML: holds a character that it may not hold") from None
    if not roots:
        raise YamlMistake(1, "is empty")
    return roots


def _check_depth(events: Any) -> None:
    """Composing recurses, in C without a net: what is nested too deep must not come so far."""
    depth = 0
    for event in events:
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                assert event.start_mark
                raise YamlMistake(event.start_mark.line + 1, f"is nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, CollectionEndEvent):
            depth -= 1


def line_of(roots: list[Node], path: Path) -> int:
    """The line of what a path leads to, or of the nearest thing around it; of a key's value, the key's."""
    node = roots[int(path[0])]
    line: int = node.start_mark.line
    for step in path[1:]:
        if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        elif isinstance(node, MappingNode) and (pair := _pair(node, step)):
            line = pair[0].start_mark.line
            node = pair[1]
        else:
            break
    return line + 1


def _pair(node: MappingNode, key: str | int) -> tuple[Node, Node] | None:
    return next((pair for pair in node.value if pair[0].value == key), None)


# From nodes to documents.


def convert(root: Node, number: int) -> OrgDocument:
    """The document under a root.

    Arguments:
        number: the document's index in the file.

    Raises:
        YamlMistake: a key is unknown or there twice, a value is not what the format wants, an alias has no end.
    """
    if not isinstance(root, MappingNode):
        _refuse(root, (number,), "a document must be a mapping, of keys such as `users`")
    document = _Conversion().value(root, _document_type(), (number,))
    assert isinstance(document, OrgDocument)
    return document


@cache
def _document_type() -> Type:
    return type_info(OrgDocument)


@cache
def _fields(entry: type) -> dict[str, Field]:
    kind = type_info(entry)
    assert isinstance(kind, StructType)
    return {field.name: field for field in kind.fields}


def _refuse(node: Node, path: Path, message: str) -> NoReturn:
    raise YamlMistake(node.start_mark.line + 1, str(Mistake(path, message)))


class _Conversion:
    """One document's conversion: the type that is wanted goes down beside the node that is there."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._seen: set[int] = set()
        self._repeated = 0

    def value(self, node: Node, wanted: Type, path: Path) -> Any:
        if node.tag not in _TAGS:
            _refuse(node, path, "has a tag that means nothing here")
        if isinstance(node, ScalarNode):
            return _scalar(node, wanted, path)
        with self._inside(node, path):
            for option, _ in _options(wanted):
                match option:
                    case StructType() if isinstance(node, MappingNode):
                        return self._entry(node, option, path)
                    case DictType() if isinstance(node, MappingNode):
                        return self._mapping(node, option.value_type, path)
                    case ListType() if isinstance(node, SequenceNode):
                        return self._list(node, option.item_type, path)
                    case AnyType() if isinstance(node, MappingNode):
                        return self._mapping(node, option, path)
                    case AnyType() if isinstance(node, SequenceNode):
                        return self._list(node, option, path)
        _refuse(node, path, _wish(wanted))

    @contextmanager
    def _inside(self, node: Node, path: Path) -> Iterator[None]:
        """Note that a collection is being read: aliases bring one back, in itself or again and again."""
        if id(node) in self._open:
            _refuse(node, path, "an alias stands within what it stands for")
        if id(node) in self._seen:
            self._repeated += 1 + len(node.value)
            if self._repeated > MAX_REPEATED:
                _refuse(node, path, "aliases stand for too much")
        self._seen.add(id(node))
        self._open.add(id(node))
        yield
        self._open.remove(id(node))

    def _entry(self, node: MappingNode, wanted: StructType, path: Path) -> Any:
        fields = _fields(wanted.cls)
        values = {}
        for key, key_node, value_node in _items(node, path):
            if key not in fields:
                _refuse(key_node, (*path, key), "unknown key")
            values[key] = self.value(value_node, fields[key].type, (*path, key))
        for name, field in fields.items():
            if field.required and name not in values:
                _refuse(node, (*path, name), "is missing")
        return wanted.cls(**values)

    def _mapping(self, node: MappingNode, wanted: Type, path: Path) -> dict[str, Any]:
        return {key: self.value(value_node, wanted, (*path, key)) for key, _, value_node in _items(node, path)}

    def _list(self, node: SequenceNode, wanted: Type, path: Path) -> list[Any]:
        return [self.value(item, wanted, (*path, index)) for index, item in enumerate(node.value)]


def _items(node: MappingNode, path: Path) -> Iterator[tuple[str, Node, Node]]:
    seen = set()
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            _refuse(key_node, path, "a key must be plain text")
        key = _storable(key_node, path)
        if key in seen:
            _refuse(key_node, (*path, key), "duplicate key")
        seen.add(key)
        yield key, key_node, value_node


def _options(wanted: Type, told: str = "") -> Iterator[tuple[Type, str]]:
    """The types that would do, each with what is said to who breaks its pattern."""
    if isinstance(wanted, Metadata):
        yield from _options(wanted.type, (wanted.extra or {}).get("told", told))
    elif isinstance(wanted, UnionType):
        for option in wanted.types:
            yield from _options(option, told)
    else:
        yield wanted, told


# Scalars.


def _scalar(node: ScalarNode, wanted: Type, path: Path) -> Any:
    text = _storable(node, path)
    plain = not node.style
    is_null = plain and node.tag == f"{_TAG}null" and _NULL.fullmatch(text)
    for option, told in _options(wanted):
        match option:
            case NoneType() if is_null:
                return None
            case BoolType() if plain and _BOOL.fullmatch(text):
                return text.lower() == "true"
            case IntType() if plain and _INT.fullmatch(text):
                return _in_range(node, option, path)
            case LiteralType() if text in option.values:
                return text
            case StrType() if not is_null:
                return _shaped(node, option, told, path)
            case AnyType():
                return _guessed(node, path) if plain else text
    _refuse(node, path, _wish(wanted))


def _storable(node: ScalarNode, path: Path) -> str:
    text: str = node.value
    if _UNSTORABLE.search(text):
        _refuse(node, path, "holds a character that cannot be stored")
    return text


def _in_range(node: ScalarNode, wanted: IntType, path: Path) -> int:
    number = int(node.value)
    if (wanted.ge is not None and number < wanted.ge) or (wanted.le is not None and number > wanted.le):
        _refuse(node, path, f"must be between {wanted.ge} and {wanted.le}")
    return number


def _shaped(node: ScalarNode, wanted: StrType, told: str, path: Path) -> str:
    text: str = node.value
    if len(text) < (wanted.min_length or 0):
        _refuse(node, path, "must not be empty")
    if wanted.max_length is not None and len(text) > wanted.max_length:
        _refuse(node, path, f"must have at most {wanted.max_length} characters")
    # The whole text: `$` alone would let a line break through.
    if wanted.pattern is not None and not re.fullmatch(wanted.pattern, text):
        _refuse(node, path, told)
    return text


def _guessed(node: ScalarNode, path: Path) -> Any:
    """An unquoted scalar where anything may stand, as in blocks: what JSON would take it for, or else its own text."""
    text: str = node.value
    if node.tag == f"{_TAG}null" and _NULL.fullmatch(text):
        return None
    if node.tag == f"{_TAG}bool" and _BOOL.fullmatch(text):
        return text.lower() == "true"
    if node.tag in (f"{_TAG}int", f"{_TAG}float") and _FLOAT.fullmatch(text):
        number = _number(text)
        return number if number is not None else _refuse(node, path, "is too large a number")
    return text


def _number(text: str) -> int | float | None:
    """What JSON would take it for; None where no message may hold a number as large."""
    if text.removeprefix("-").isdigit():
        number = int(text) if len(text) <= len(str(json.MOST)) else math.inf
        return number if json.LEAST <= number <= json.MOST else None
    return number if math.isfinite(number := float(text)) else None


def _wish(wanted: Type) -> str:
    return "must be " + ", or ".join(_named(option) for option, _ in _options(wanted) if not isinstance(option, NoneType))


def _named(wanted: Type) -> str:
    match wanted:
        case LiteralType():
            return f"one of {', '.join(str(value) for value in wanted.values)}"
        case BoolType():
            return "true or false"
        case IntType():
            return "a whole number"
        case ListType():
            return "a list"
        case StructType() | DictType():
            return "a mapping"
        case _:
            return "text"
