"""Statements about several rows that are named one by one: the number of names is part of a statement's text."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import bindparam
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeEngine

T = TypeVar("T")

_AT_ONCE = 50

_EACH = tuple(f"each_{number}" for number in range(_AT_ONCE))


def each(type: TypeEngine[T]) -> list[BindParameter[T]]:
    """The names' parameters, for `column.in_(each(column.type))`."""
    return [bindparam(name, type_=type) for name in _EACH]


def batches(values: Sequence[object]) -> Iterator[dict[str, object]]:
    """The parameters' values, as often as it takes; what is over has the last value again."""
    for start in range(0, len(values), _AT_ONCE):
        some = [*values[start : start + _AT_ONCE]]
        some += some[-1:] * (_AT_ONCE - len(some))
        yield dict(zip(_EACH, some, strict=True))
