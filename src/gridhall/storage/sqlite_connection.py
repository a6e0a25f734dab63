"""Statements run on one SQLite connection, and what is remembered of them."""

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from gridhall.domain.messages import LARGEST_PAGE
from gridhall.domain.work import Conflict
from gridhall.storage.remembered import Remembered, conversation_of
from gridhall.storage.statement import SQLITE, Plan, Remember, Statement

T = TypeVar("T")

# Rows that may be huge. Few enough that they take little where they are, and so many that 50 and one more take two rounds.
_AT_ONCE = 26

_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


class SqliteConnection:
    """One connection. Its methods are coroutines only so that the same domain code runs on PostgreSQL: they never suspend.

    What statements gave is remembered as they ask for it (docs/decisions/0007-remembered-rows.md).
    """

    __slots__ = ("_execute", "_raw", "last_ts", "remembered")

    locks = False
    at_once: int | None = None

    def __init__(self, raw: sqlite3.Connection, remembered: Remembered) -> None:
        self._raw = raw
        self._execute = raw.execute
        self.remembered = remembered
        # Who reads gives out none.
        self.last_ts: dict[str, int] | None = None

    async def one(self, statement: Statement[T], **parameters: Any) -> T | None:
        if statement.remember is Remember.NOT:
            return self._one(statement, parameters)
        found: T | None = self.remembered.find(statement, parameters)
        if found is None:
            key = tuple(parameters.values())
            found = self._one(statement, parameters)
            # Only what is there: of what is not there, there is no end.
            if found is not None:
                self._keep(statement, parameters, key, found)
        return found

    async def all(self, statement: Statement[T], **parameters: Any) -> list[T]:
        if statement.remember is Remember.NOT:
            return self._all(statement, parameters)
        found: list[T] | None = self.remembered.find(statement, parameters)
        if found is None:
            key = tuple(parameters.values())
            found = self._all(statement, parameters)
            self._keep(statement, parameters, key, found)
        return found

    async def run(self, statement: Statement[Any], **parameters: Any) -> int:
        plan = statement.plan(SQLITE)
        self._note(plan, parameters)
        try:
            return self._execute(plan.sql, plan.values(parameters)).rowcount
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode not in _TAKEN:
                raise
            raise Conflict(str(error)) from error

    async def many(self, statement: Statement[Any], rows: list[dict[str, Any]]) -> None:
        plan = statement.plan(SQLITE)
        self._note(plan, {})
        try:
            self._raw.executemany(plan.sql, [plan.values(dict(row)) for row in rows])
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode not in _TAKEN:
                raise
            raise Conflict(str(error)) from error

    def _one(self, statement: Statement[T], parameters: dict[str, Any]) -> T | None:
        plan = statement.plan(SQLITE)
        if plan.changes:
            self._note(plan, parameters)
        row = self._execute(plan.sql, plan.values(parameters)).fetchone()
        if row is None:
            return None
        return statement.row(*_with_booleans(row, plan.booleans)) if plan.booleans else statement.row(*row)

    def _all(self, statement: Statement[T], parameters: dict[str, Any]) -> list[T]:
        plan = statement.plan(SQLITE)
        if plan.changes:
            self._note(plan, parameters)
        cursor = self._execute(plan.sql, plan.values(parameters))
        if statement.weigh is None:
            found = _made(statement, plan, cursor.fetchall())
        else:
            found = _page(statement, plan, cursor, statement.weigh)
        return statement.collect(found) if statement.collect is not None else found

    def _keep(self, statement: Statement[Any], parameters: dict[str, Any], key: tuple[Any, ...], found: Any) -> None:
        self.remembered.keep(statement, parameters, key, found)

    def _note(self, plan: Plan, parameters: dict[str, Any]) -> None:
        """Called with every change before it is made."""


class WritingConnection(SqliteConnection):
    """The connection that writes, with the tables that this transaction has changed so far, and whether this unit did.

    What it changes is forgotten at once, and what it reads from a table that it changed is not kept: it may be rolled back.
    Nothing else reads meanwhile, since a transaction never suspends.
    """

    __slots__ = ("changed", "touched")

    def __init__(self, raw: sqlite3.Connection, remembered: Remembered) -> None:
        super().__init__(raw, remembered)
        self.last_ts = {}
        self.changed: set[str] = set()
        self.touched = False

    def _note(self, plan: Plan, parameters: dict[str, Any]) -> None:
        self.touched = True
        self.changed |= plan.tables
        self.remembered.forget(plan.tables, conversation_of(parameters))

    def _keep(self, statement: Statement[Any], parameters: dict[str, Any], key: tuple[Any, ...], found: Any) -> None:
        if self.changed.isdisjoint(statement.plan(SQLITE).tables):
            self.remembered.keep(statement, parameters, key, found)


def _made(statement: Statement[T], plan: Plan, rows: list[tuple[Any, ...]]) -> list[T]:
    make = statement.row
    return [make(*_with_booleans(row, plan.booleans)) for row in rows] if plan.booleans else [make(*row) for row in rows]


def _page(statement: Statement[T], plan: Plan, cursor: sqlite3.Cursor, weigh: Callable[[list[T]], int]) -> list[T]:
    """Rows as far as they make a page. Those behind them are never read."""
    found: list[T] = []
    weight = 0
    while weight <= LARGEST_PAGE:
        rows = cursor.fetchmany(_AT_ONCE)
        made = _made(statement, plan, rows)
        found += made
        if len(rows) < _AT_ONCE:
            break
        weight += weigh(made)
    cursor.close()
    return found


def _with_booleans(row: tuple[Any, ...], booleans: tuple[int, ...]) -> list[Any]:
    values = list(row)
    for index in booleans:
        if values[index] is not None:
            values[index] = values[index] == 1
    return values
