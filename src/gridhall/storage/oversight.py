"""Statements about what overseers find."""

from sqlalchemy import and_, bindparam, exists, or_, select

from gridhall.domain.conversations import Hold
from gridhall.domain.oversight import Overseen
from gridhall.storage.conversations import COLUMNS, HOLD
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import connections, conversations, shares

_c = conversations

_CONNECTED_HERE = exists(
    select(connections.c.workspace).where(
        connections.c.organization == _c.c.organization,
        connections.c.conversation == _c.c.id,
        connections.c.other_organization == bindparam("organization"),
    )
)
_IN_WORKSPACE = or_(
    and_(_c.c.org_wide, _c.c.organization == bindparam("organization")),
    exists(
        select(shares.c.workspace).where(
            shares.c.organization == _c.c.organization,
            shares.c.conversation == _c.c.id,
            shares.c.workspace == bindparam("workspace"),
        )
    ),
    exists(
        select(connections.c.workspace).where(
            connections.c.organization == _c.c.organization,
            connections.c.conversation == _c.c.id,
            connections.c.other_organization == bindparam("organization"),
            connections.c.workspace == bindparam("workspace"),
        )
    ),
)
_found = select(*COLUMNS, _c.c.deleted_at).where(
    _c.c.id == bindparam("conversation"),
    or_(_c.c.organization == bindparam("organization"), _CONNECTED_HERE),
    or_(_c.c.deleted.is_(False), _c.c.deleted_at > bindparam("deleted_since")),
)
_FIND = Statement(_found, Overseen)
_FIND_IN = Statement(_found.where(_IN_WORKSPACE), Overseen)


class SqlOversight:
    """Storage of what overseers find."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(
        self, id: str, *, organization: str, workspace: str | None, deleted_since: int, hold: Hold
    ) -> Overseen | None:
        if hold is not Hold.NOT and self._connection.locks:
            # Read by a statement of its own, which sees what those did who were waited for.
            await self._connection.one(HOLD[hold], conversation=id)
        of = {"conversation": id, "organization": organization, "deleted_since": deleted_since}
        if workspace is None:
            return await self._connection.one(_FIND, **of)
        return await self._connection.one(_FIND_IN, **of, workspace=workspace)
