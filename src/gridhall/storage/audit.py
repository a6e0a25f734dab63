"""Statements about the audit log."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, insert, literal_column, select, tuple_, union_all

from gridhall.domain.audit import Entry, Page, Position, Question
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import audit

LOOKED_THROUGH = 5000
"""Entries that one page looks through at the most where several things narrow it."""

_EVER = 2**62

_LIMIT = bindparam("limit", type_=BigInteger)
_LOOKED_THROUGH: ColumnElement[int] = literal_column(str(LOOKED_THROUGH))

_ADD = Statement(insert(audit), tuple)


def _within(*narrowed: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    """The entries within two times: since the oldest, and before the one where the page before ended."""
    before = tuple_(bindparam("before", type_=BigInteger), bindparam("before_id"))
    return select(*audit.c).where(
        audit.c.organization == bindparam("organization"),
        audit.c.at >= bindparam("oldest", type_=BigInteger),
        tuple_(audit.c.at, audit.c.id) < before,
        *narrowed,
    )


def _by_actor() -> Select[tuple[object, ...]]:
    return _within(audit.c.actor == bindparam("actor"))


def _by_entity() -> Select[tuple[object, ...]]:
    return _within(audit.c.entity == bindparam("entity"))


def _newest(entries: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    return entries.order_by(audit.c.at.desc(), audit.c.id.desc())


@lru_cache(maxsize=32)
def _list_by_actions(count: int) -> Statement[Entry]:
    """Entries of so many actions, the newest first: of each action a page at the most, and a page of these.

    In the index each action's are in order, all actions' together are not.
    """
    if not count:
        return Statement(_newest(_within()).limit(_LIMIT), Entry)
    pages = [_newest(_within(audit.c.action == bindparam(f"action_{number}"))).limit(_LIMIT) for number in range(count)]
    if count == 1:
        return Statement(pages[0], Entry)
    every = union_all(*(select(page.subquery()) for page in pages))
    columns = every.selected_columns
    return Statement(every.order_by(columns.at.desc(), columns.id.desc()).limit(_LIMIT), Entry)


_LIST_BY_ACTOR = Statement(_newest(_by_actor()).limit(_LIMIT), Entry)
_LIST_BY_ENTITY = Statement(_newest(_by_entity()).limit(_LIMIT), Entry)


@lru_cache(maxsize=128)
def _look_through(count: int, by_entity: bool, actor: bool) -> Statement[Entry]:
    """Those of an entity's newest entries, or an actor's, that are of so many actions and, where asked for, an actor's."""
    seen = _newest(_by_entity() if by_entity else _by_actor()).limit(_LOOKED_THROUGH).subquery()
    asked = select(seen).order_by(seen.c.at.desc(), seen.c.id.desc()).limit(_LIMIT)
    if count:
        asked = asked.where(seen.c.action.in_([bindparam(f"action_{number}") for number in range(count)]))
    if actor:
        asked = asked.where(seen.c.actor == bindparam("actor"))
    return Statement(asked, Entry)


def _end(entries: Select[tuple[object, ...]]) -> Statement[Position]:
    """Where looking through ended, nothing where it came to the end."""
    last = _newest(entries.with_only_columns(audit.c.at, audit.c.id))
    return Statement(last.offset(literal_column(str(LOOKED_THROUGH - 1))).limit(literal_column("1")), lambda at, id: (at, id))


_END_BY_ACTOR, _END_BY_ENTITY = _end(_by_actor()), _end(_by_entity())


class SqlAudit:
    """Storage of the audit log."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, entry: Entry) -> None:
        await self._connection.run(_ADD, **msgspec.structs.asdict(entry))

    async def add_all(self, entries: Sequence[Entry]) -> None:
        await self._connection.many(_ADD, [msgspec.structs.asdict(entry) for entry in entries])

    async def list(self, organization: str, question: Question) -> Page:
        end = _EVER if question.latest is None else (question.latest + 1) * 1_000_000
        before, before_id = question.after or (end, "")
        within: dict[str, object] = {
            "organization": organization,
            "oldest": (question.oldest or 0) * 1_000_000,
            "before": before,
            "before_id": before_id,
        }
        count, actor, entity = len(question.actions), question.actor, question.entity
        asked: dict[str, object] = within | {f"action_{number}": action for number, action in enumerate(question.actions)}
        if actor is not None:
            asked["actor"] = within["actor"] = actor
        if entity is not None:
            asked["entity"] = within["entity"] = entity
        statement = _list_by_actions(count)
        end_of: Statement[Position] | None = None
        if entity is not None:
            statement = _LIST_BY_ENTITY
            if count or actor is not None:
                statement, end_of = _look_through(count, True, actor is not None), _END_BY_ENTITY
        elif actor is not None:
            statement = _LIST_BY_ACTOR
            if count:
                statement, end_of = _look_through(count, False, False), _END_BY_ACTOR
        found = await self._connection.all(statement, **asked, limit=question.limit + 1)
        if len(found) > question.limit:
            last = found[question.limit - 1]
            return Page(found[:-1], (last.at, last.id))
        if end_of is None:
            return Page(found, None)
        ended = await self._connection.one(end_of, **within)
        return Page(found, ended)
