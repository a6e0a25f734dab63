"""Statements about conversations, messages and sessions find their rows by an index that leads to few: what they cost does not
grow with how many rows there are in all."""

import importlib
import inspect
import itertools
import json
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import BigInteger, Boolean, Column, Table
from sqlalchemy.sql.selectable import Alias
from sqlalchemy.sql.visitors import iterate

from gridhall import storage
from gridhall.storage import schema, tables
from gridhall.storage.statement import POSTGRESQL, SQLITE, Statement
from harness.databases import run

GROWING = frozenset(
    table.name
    for table in (
        tables.conversations,
        tables.conversation_clocks,
        tables.shares,
        tables.connections,
        tables.members,
        tables.messages,
        tables.client_messages,
        tables.message_edits,
        tables.deleted_messages,
        tables.thread_members,
        tables.reactions,
        tables.pins,
        tables.streams,
        tables.people,
        tables.memberships,
        tables.jobs,
        tables.scheduled_messages,
        tables.audit,
        tables.credentials,
        tables.recovery_codes,
        tables.sessions,
        tables.session_settings,
    )
)

OF_MANY = frozenset({"organization", "person_organization", "other_organization"})
"""Columns of which one value alone leads to far too many rows."""

LONG = frozenset({"members", "messages", "thread_members", "reactions"})
"""Tables in which one conversation alone has far too many rows."""

EXCEPTIONS = {
    "conversations._FIND_LISTED": ("partner", "only in a direct conversation, where there is nobody else"),
    "directory._LIST_OF": ("partner", "only in a direct conversation, where there is nobody else"),
    "directory._LIST_PUBLIC": ("partner", "only in a direct conversation, where there is nobody else"),
    "jobs._LIST": ("jobs", "only the operator's commands ask"),
    "jobs._next_due(3)": ("jobs", "it ends at the first of these kinds: few are of others"),
    "jobs._outlook(3)": ("jobs", "it ends at the first of these kinds that nobody has: few are had"),
    "members._OPEN_FOR_ALL": ("members", "in the conversations that are opened for all there are few people"),
    "members._list_candidates(3)": ("mine", "anybody of an organization is looked for: it ends at the first"),
    "messages._FIND_LATEST": ("messages", "it ends after a thousand"),
    "messages._FIND_NEWEST": ("messages", "it ends at the first"),
    "messages._LAST_TS": ("messages", "the greatest of an index is its last"),
    "names._LIST_CHANNELS": ("conversations", "its index holds nothing but the few channels that are in every workspace"),
    "oversight._ABROAD[0]": ("members", "a look ends after so many of its rows, whatever they name"),
    "oversight._ABROAD[1]": ("members", "a look ends after so many of its rows, whatever they name"),
    "oversight._FIND": ("members", "only in direct and group conversations, where there are few people"),
    "oversight._FIND_IN": ("members", "only in direct and group conversations, where there are few people"),
    "oversight._NEXT_ORGANIZATION": ("members", "it ends at the first"),
    "people._FIND_EVERYWHERE": ("people", "only the operator's commands ask"),
    "people._FIND_STRANGER": ("mine", "anybody of an organization is looked for: it ends at the first"),
}
"""Statements, the table in them of which they look at more than a few rows, by its name there, and why they may."""

ONLY_ON_POSTGRESQL = {
    "sessions._NEXT_EXPIRY": ("sessions", "the least of an index is its first, and of what is in that it does not ask again")
}
"""The same, where SQLite says more of what it looks for."""

OF_SQLITE = frozenset({"jobs._RELEASE_ALL", "messages._LAST_TS"})
"""Statements that are never run on PostgreSQL."""

ROWS = 5000

# What reads or fills whole databases, and what migrations do.
_WHOLE = ("gridhall.storage.orgfile", "gridhall.storage.migrations")


def _statements() -> dict[str, Statement[Any]]:
    """Every statement that names a growing table, by its module and name."""
    found: dict[str, Statement[Any]] = {}
    for module in pkgutil.walk_packages(storage.__path__, "gridhall.storage."):
        if not module.name.startswith(_WHOLE):
            for name, value in vars(importlib.import_module(module.name)).items():
                found |= _in(value, f"{module.name.removeprefix('gridhall.storage.')}.{name}")
    return {name: statement for name, statement in found.items() if not GROWING.isdisjoint(statement.plan(SQLITE).tables)}


def _in(value: object, name: str) -> dict[str, Statement[Any]]:
    """The statements in a module's value: itself, those of a list or dictionary, or what makes one for a number of things."""
    if isinstance(value, Statement):
        return {name: value}
    if isinstance(value, dict):
        return {f"{name}[{key}]": one for key, one in value.items() if isinstance(one, Statement)}
    if isinstance(value, list | tuple):
        return {f"{name}[{number}]": one for number, one in enumerate(value) if isinstance(one, Statement)}
    if hasattr(value, "cache_info") and callable(value):
        parameters = inspect.signature(value).parameters
        if parameters.keys() == {"count"}:
            return {f"{name}(3)": value(3)}
        if all(parameter.annotation in (int, bool) for parameter in parameters.values()):
            choices = [(0, 3) if parameter.annotation is int else (False, True) for parameter in parameters.values()]
            return {f"{name}{chosen}": value(*chosen) for chosen in itertools.product(*choices)}
    return {}


STATEMENTS = _statements()


def _tables_of(statement: Statement[Any]) -> dict[str, str]:
    """The growing tables that a statement reads, by the names that they have in it."""
    named: dict[str, str] = {}
    for element in iterate(statement._clause):  # type: ignore[arg-type]
        if isinstance(element, Table):
            named[element.name] = element.name
        elif isinstance(element, Alias) and isinstance(element.element, Table):
            named[str(element.name)] = element.element.name
    return {name: table for name, table in named.items() if table in GROWING}


@pytest.fixture(scope="module")
def sqlite() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    schema.create(connection)
    yield connection
    connection.close()


def test_the_statements_are_found() -> None:
    """A statement that stands where nobody looks would be one that nobody checks."""
    modules = {name.partition(".")[0] for name in STATEMENTS}
    assert {
        "audit",
        "conversations",
        "directory",
        "members",
        "messages",
        "names",
        "pins",
        "reactions",
        "sessions",
        "threads",
    } <= modules
    assert EXCEPTIONS.keys() <= STATEMENTS.keys()


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_finds_few_rows_by_an_index(sqlite: sqlite3.Connection, name: str) -> None:
    statement = STATEMENTS[name]
    plan = statement.plan(SQLITE)
    named = _tables_of(statement)
    steps = [row[3] for row in sqlite.execute(f"EXPLAIN QUERY PLAN {plan.sql}", [None] * len(plan.order))]
    far = {table for step in steps if (table := _far_on_sqlite(step, named))}
    assert far == _excepted(name), f"{plan.sql}\n" + "\n".join(steps)


def _excepted(name: str, exceptions: dict[str, tuple[str, str]] = EXCEPTIONS) -> set[str]:
    return {exceptions[name][0]} if name in exceptions else set()


def _far_on_sqlite(step: str, named: dict[str, str]) -> str | None:
    """The table of which a step of a plan, such as `SEARCH messages USING INDEX … (organization=?)`, looks at too many rows."""
    match = re.match(r"(SCAN|SEARCH) (\w+)(?: USING .*?INDEX \w+ \((.*)\))?", step)
    if match is None or match[2] not in named:
        return None
    many = match[1] == "SCAN" or _are_many(named[match[2]], re.findall(r"(\w+)\)?[=<>]", match[3] or ""))
    return match[2] if many else None


def _are_many(table: str, columns: list[str]) -> bool:
    """Whether far too many rows of a table may have the same in these columns."""
    return OF_MANY | ({"conversation"} if table in LONG else set()) >= set(columns)


def test_postgresql_finds_few_rows_by_an_index(postgres: str) -> None:
    plans = run(_plans_on_postgresql(postgres))
    far = {name: {table for node in _nodes(plan) if (table := _far_on_postgresql(node))} for name, plan in plans.items()}
    wrong = {name: plans[name] for name in plans if far[name] != _excepted(name, EXCEPTIONS | ONLY_ON_POSTGRESQL)}
    assert not wrong


async def _plans_on_postgresql(url: str) -> dict[str, dict[str, Any]]:
    """The statements' plans in a database where looking at all rows would take long."""
    connection = await asyncpg.connect(url, timeout=5, statement_cache_size=0)
    plans: dict[str, dict[str, Any]] = {}
    try:
        for table in tables.metadata.sorted_tables:
            if table.name in GROWING:
                await connection.execute(_fill(table))
        await connection.execute("ANALYZE; SET plan_cache_mode = force_generic_plan")
        for name in STATEMENTS.keys() - OF_SQLITE:
            plan = STATEMENTS[name].plan(POSTGRESQL)
            await connection.execute(f"PREPARE asked AS {plan.sql}")
            values = f"({', '.join(['NULL'] * len(plan.order))})" if plan.order else ""
            told = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{values}")
            await connection.execute("DEALLOCATE asked")
            plans[name] = json.loads(told)[0]["Plan"]
    finally:
        await connection.close()
    return plans


def _fill(table: Table) -> str:
    """Thousands of rows of one organization, of a few conversations where those are long, different in everything else."""
    values = ", ".join(_value(table, column) for column in table.c)
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    return f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM generate_series(1, {ROWS}) number"


def _value(table: Table, column: Column[Any]) -> str:
    if column.name in OF_MANY:
        return "'E0ACME00001'"
    if column.name == "conversation" and table.name in LONG:
        return "'row ' || number % 10"
    if column.name == "left":
        return "0"
    if isinstance(column.type, Boolean):
        return "number % 50 = 0"
    return "number" if isinstance(column.type, BigInteger) else "'row ' || number"


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {key: value for key, value in node.items() if key != "Plans"}
    for under in node.get("Plans", ()):
        yield from _nodes(under)


def _far_on_postgresql(node: dict[str, Any]) -> str | None:
    """The table of which a node of a plan looks at too many rows."""
    kind, table = node["Node Type"], node.get("Relation Name")
    if table not in GROWING or not kind.endswith("Scan"):
        return None
    condition = node.get("Index Cond") or node.get("Recheck Cond") or ""
    # What is there twice has a number behind its name.
    return re.sub(r"_\d+$", "", node["Alias"]) if _are_many(table, _columns(condition)) else None


def _columns(condition: str) -> list[str]:
    return re.findall(r"(\w+)\)? (?:=|<|>|<=|>=) ", condition)
