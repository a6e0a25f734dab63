"""Rows that may be huge, read as far as they make a page."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from gridhall.domain.messages import LARGEST_PAGE
from gridhall.storage.statement import Connection, Statement

T = TypeVar("T")


def read(
    connection: Connection, statement: Statement[T], behind: Callable[[T], dict[str, Any]], asked: dict[str, Any], limit: int
) -> Coroutine[Any, Any, list[T]]:
    """The first rows that a statement gives: so many, fewer where they are more than a page.

    Arguments:
        statement: it has a parameter `limit`, and weighs its rows.
        behind: the parameters with which the statement goes on behind a row.
        asked: its other parameters.
    """
    most = connection.at_once
    if most is None or limit <= most:
        return connection.all(statement, **asked, limit=limit)
    return _read_on(connection, statement, behind, asked, limit, most)


async def _read_on(
    connection: Connection,
    statement: Statement[T],
    behind: Callable[[T], dict[str, Any]],
    asked: dict[str, Any],
    limit: int,
    most: int,
) -> list[T]:
    assert statement.weigh is not None
    found: list[T] = []
    weight = 0
    while True:
        rows = await connection.all(statement, **asked, limit=min(limit - len(found), most))
        found += rows
        weight += statement.weigh(rows)
        if len(rows) < most or len(found) == limit or weight > LARGEST_PAGE:
            return found
        asked |= behind(rows[-1])
