"""Statements about the audit log."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import BigInteger, and_, bindparam, insert, or_, select

from gridhall.domain.audit import Entry, Question
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import audit

_ADD = Statement(insert(audit), tuple)


@lru_cache(maxsize=256)
def _list(actions: int, actor: bool, entity: bool) -> Statement[Entry]:
    """Entries within two times and before one of them, the newest first, narrowed by actions, an actor, an entity."""
    at = audit.c.at
    narrowed = [
        audit.c.organization == bindparam("organization"),
        at >= bindparam("oldest", type_=BigInteger),
        at <= bindparam("latest", type_=BigInteger),
        or_(at < bindparam("before", type_=BigInteger), and_(at == bindparam("before"), audit.c.id < bindparam("before_id"))),
    ]
    if actions:
        narrowed.append(audit.c.action.in_([bindparam(f"action_{number}") for number in range(actions)]))
    if actor:
        narrowed.append(audit.c.actor == bindparam("actor"))
    if entity:
        narrowed.append(audit.c.entity == bindparam("entity"))
    ordered = select(*audit.c).where(*narrowed).order_by(at.desc(), audit.c.id.desc())
    return Statement(ordered.limit(bindparam("limit", type_=BigInteger)), Entry)


class SqlAudit:
    """Storage of the audit log."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, entry: Entry) -> None:
        await self._connection.run(_ADD, **msgspec.structs.asdict(entry))

    async def add_all(self, entries: Sequence[Entry]) -> None:
        await self._connection.many(_ADD, [msgspec.structs.asdict(entry) for entry in entries])

    async def list(self, organization: str, question: Question) -> list[Entry]:
        statement = _list(len(question.actions), question.actor is not None, question.entity is not None)
        before, before_id = question.after or (2**62, "")
        asked: dict[str, object] = {
            "organization": organization,
            "oldest": (question.oldest or 0) * 1_000_000,
            "latest": 2**62 if question.latest is None else question.latest * 1_000_000 + 999_999,
            "before": before,
            "before_id": before_id,
            "limit": question.limit,
        }
        asked |= {f"action_{number}": action for number, action in enumerate(question.actions)}
        if question.actor is not None:
            asked["actor"] = question.actor
        if question.entity is not None:
            asked["entity"] = question.entity
        return await self._connection.all(statement, **asked)
