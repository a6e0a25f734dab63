"""A statement is written once with SQLAlchemy Core, compiled once per engine, and run on the raw driver.

Compiling per call, or going through SQLAlchemy's own execution, costs two to ten times the query itself
(docs/decisions/0004-statements-compiled-once.md).
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import Boolean, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.visitors import iterate

SQLITE: Dialect = sqlite.dialect(paramstyle="qmark")
POSTGRESQL: Dialect = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]

T = TypeVar("T")


class Remember(Enum):
    """Whether an engine may keep what a statement gave, until something changes its tables.

    Worth it for rows that are read all the time and seldom change. What is kept is shared: nobody may change it.
    """

    NOT = auto()
    BY_TABLE = auto()
    """Until any change to one of its tables."""
    BY_CONVERSATION = auto()
    """Until a change that names the same conversation in its parameters, or none at all."""


class Plan(NamedTuple):
    """What the driver needs.

    Arguments:
        sql: the text.
        order: the names of the parameters, in the driver's order.
        constants: the parameters whose values stand in the statement itself.
        booleans: which columns are booleans (SQLite has only integers).
        tables: the names of the tables that the statement reads or changes.
        changes: whether it changes them, also where it gives rows (RETURNING).
    """

    sql: str
    order: tuple[str, ...]
    constants: dict[str, Any]
    booleans: tuple[int, ...]
    tables: frozenset[str]
    changes: bool

    def values(self, parameters: dict[str, Any]) -> list[Any]:
        """The parameters as the driver wants them. Changes `parameters`, which every caller has just made."""
        if self.constants:
            parameters |= self.constants
        return [parameters[name] for name in self.order]


class Statement(Generic[T]):
    """One statement and what each row of it becomes.

    Arguments:
        clause: a SQLAlchemy Core statement; its parameters are `bindparam`s. In an UPDATE their names must differ from the
            columns' names.
        row: called with a row's columns in order.
        remember: whether what it gives may be kept. By conversation it needs a parameter of that name.
        collect: called with all rows together, where they become more than a list.
        weigh: called with rows, where they may be huge, for how many characters they hold. An engine may leave out the rest of
            them where the first ones, two at the least, are more than make a page.
    """

    __slots__ = ("_clause", "_plans", "collect", "remember", "row", "weigh")

    def __init__(
        self,
        clause: Executable,
        row: Callable[..., T],
        *,
        remember: Remember = Remember.NOT,
        collect: Callable[[list[T]], list[T]] | None = None,
        weigh: Callable[[list[T]], int] | None = None,
    ) -> None:
        self.remember = remember
        self.collect = collect
        self.weigh = weigh
        self._clause = clause
        self._plans: dict[int, Plan] = {}
        self.row = row

    def plan(self, dialect: Dialect) -> Plan:
        """The compiled statement for this engine; compiled when it is first asked for."""
        plan = self._plans.get(id(dialect))
        if plan is None:
            plan = self._plans[id(dialect)] = _compile(self._clause, dialect)
        return plan


class Connection(Protocol):
    """One connection inside one unit of work. Parameters go by keyword, by the names of the statement's `bindparam`s.

    `last_ts` are the last `ts` given out in conversations, by their ids, where this process alone gives them out; None where
    other processes do as well, so that the database has to. `locks` is whether others write meanwhile, so that what decides has
    to be held. `at_once` is how many rows that may be huge are to be asked for at once, None where the engine leaves out what
    is more than a page.
    """

    last_ts: dict[str, int] | None
    locks: bool
    at_once: int | None

    async def one(self, statement: Statement[T], **parameters: Any) -> T | None:
        """The first row, or None."""
        ...

    async def all(self, statement: Statement[T], **parameters: Any) -> list[T]:
        """Every row."""
        ...

    async def run(self, statement: Statement[Any], **parameters: Any) -> int:
        """Run a change; gives the number of rows that it touched. Raises `Conflict` where a unique key is taken."""
        ...

    async def many(self, statement: Statement[Any], rows: list[dict[str, Any]]) -> None:
        """Run a change once per row. Raises `Conflict` where a unique key is taken."""
        ...


def _compile(clause: Executable, dialect: Dialect) -> Plan:
    compiled = clause.compile(dialect=dialect)  # type: ignore[attr-defined]
    columns: Any = getattr(clause, "selected_columns", ())
    booleans = tuple(index for index, column in enumerate(columns) if isinstance(column.type, Boolean))
    constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    tables = frozenset(element.name for element in iterate(clause) if isinstance(element, Table))  # type: ignore[arg-type]
    return Plan(str(compiled), tuple(compiled.positiontup or ()), constants, booleans, tables, not clause.is_select)
