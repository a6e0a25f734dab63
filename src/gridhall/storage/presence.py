"""Statements about activity."""

from sqlalchemy import bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert

from gridhall.domain.presence import RECORD_EVERY
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import activity

_LAST = Statement(
    select(activity.c.last_activity).where(
        activity.c.organization == bindparam("organization"), activity.c.person == bindparam("person")
    ),
    int,
)
_row = insert(activity).values(
    organization=bindparam("organization"), person=bindparam("person"), last_activity=bindparam("last_activity")
)
_SEEN = Statement(
    _row.on_conflict_do_update(
        index_elements=[activity.c.organization, activity.c.person],
        set_={"last_activity": _row.excluded.last_activity},
        where=or_(
            _row.excluded.last_activity >= activity.c.last_activity + RECORD_EVERY,
            _row.excluded.last_activity <= activity.c.last_activity - RECORD_EVERY,
        ),
    ),
    tuple,
)


class SqlActivity:
    """Storage of when people were last active."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def last(self, organization: str, person: str) -> int:
        return await self._connection.one(_LAST, organization=organization, person=person) or 0

    async def seen(self, organization: str, person: str, at: int) -> None:
        await self._connection.run(_SEEN, organization=organization, person=person, last_activity=at)
