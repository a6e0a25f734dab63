"""The few things that the two engines spell differently and SQLAlchemy does not bridge in a statement compiled once."""

from typing import Any

from sqlalchemy import BigInteger, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class comma_list(GenericFunction[str]):  # noqa: N801 -- functions are named as in SQL
    """The values of a group, joined by commas; NULL for an empty group."""

    type = Text()
    inherit_cache = True


@compiles(comma_list, "sqlite")
def _group_concat(element: Any, compiler: Any, **kw: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **kw)}, ',')"


@compiles(comma_list, "postgresql")
def _string_agg(element: Any, compiler: Any, **kw: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **kw)}, ',')"


class least(GenericFunction[int]):  # noqa: N801 -- functions are named as in SQL
    """The smallest of several numbers, none of which may be NULL: the engines differ on that."""

    type = BigInteger()
    inherit_cache = True


@compiles(least, "sqlite")
def _min(element: Any, compiler: Any, **kw: Any) -> str:
    return f"min({compiler.process(element.clauses, **kw)})"
