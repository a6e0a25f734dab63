"""Statements about what is kept of messages beside themselves."""

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, select

from gridhall.domain.story import Deleted, Step
from gridhall.storage import portions
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import deleted_messages, message_edits, tombstones

_e = message_edits
_d = deleted_messages


def _of(table: Table) -> ColumnElement[bool]:
    return and_(
        table.c.organization == bindparam("organization"),
        table.c.conversation == bindparam("conversation"),
        table.c.ts == bindparam("ts"),
    )


_LIST_STEPS = Statement(
    select(_e.c.position, _e.c.edited_ts, _e.c.person, _e.c.previous, _e.c.text)
    .where(_of(_e), _e.c.position < bindparam("before"))
    .order_by(_e.c.position.desc())
    .limit(bindparam("limit")),
    lambda position, *step: (position, Step(*step)),
    weigh=lambda found: sum(step.weight for _, step in found),
)
_deleted = select(_d.c.person_organization, _d.c.person, _d.c.content, _d.c.deleted_ts, _d.c.deleted_by).where(_of(_d))
_FIND_DELETED = Statement(_deleted, Deleted)
_LOCK_DELETED = Statement(_deleted.with_for_update(), Deleted)
_FORGET = [Statement(delete(table).where(_of(table)), tuple) for table in (_e, _d, tombstones)]

_MOST_STEPS = 2**31 - 1
"""As many as can be numbered."""


class SqlStories:
    """Storage of what is kept of messages beside themselves."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def list_steps(self, organization: str, conversation: str, ts: int) -> list[Step]:
        asked = {"organization": organization, "conversation": conversation, "ts": ts, "before": _MOST_STEPS}
        found = await portions.read(self._connection, _LIST_STEPS, _before, asked, _MOST_STEPS)
        return [step for _, step in reversed(found)]

    async def find_deleted(self, organization: str, conversation: str, ts: int) -> Deleted | None:
        return await self._connection.one(_FIND_DELETED, organization=organization, conversation=conversation, ts=ts)

    async def lock_deleted(self, organization: str, conversation: str, ts: int) -> Deleted | None:
        return await self._connection.one(_LOCK_DELETED, organization=organization, conversation=conversation, ts=ts)

    async def forget(self, organization: str, conversation: str, ts: int) -> None:
        for statement in _FORGET:
            await self._connection.run(statement, organization=organization, conversation=conversation, ts=ts)


def _before(found: tuple[int, Step]) -> dict[str, int]:
    return {"before": found[0]}
