"""Statements about the names of channels."""

from sqlalchemy import and_, bindparam, select

from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import connections, conversations, shares

_c = conversations

_OWN = select(shares.c.conversation.label("id")).where(
    shares.c.organization == bindparam("organization"),
    shares.c.workspace == bindparam("workspace"),
    shares.c.name == bindparam("name"),
)
_EVERYWHERE = select(_c.c.id).where(
    _c.c.organization == bindparam("organization"), _c.c.org_wide, _c.c.name == bindparam("name"), _c.c.deleted.is_(False)
)
_CONNECTED = (
    select(_c.c.id)
    .select_from(
        connections.join(_c, and_(_c.c.organization == connections.c.organization, _c.c.id == connections.c.conversation))
    )
    .where(
        connections.c.other_organization == bindparam("organization"),
        connections.c.workspace == bindparam("workspace"),
        _c.c.name == bindparam("name"),
        _c.c.deleted.is_(False),
    )
)
_FIND_CHANNEL = [Statement(found.limit(1), str) for found in (_OWN, _EVERYWHERE, _CONNECTED)]


class SqlNames:
    """Storage of names."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find_channel(self, organization: str, workspace: str, name: str) -> str | None:
        for statement in _FIND_CHANNEL:
            found = await self._connection.one(statement, organization=organization, workspace=workspace, name=name)
            if found is not None:
                return found
        return None
