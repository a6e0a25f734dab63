"""Statements about the names of channels."""

from sqlalchemy import and_, bindparam, literal_column, select, union_all

from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import connections, conversations, shares

_c = conversations

_OWN = select(shares.c.conversation.label("id"), literal_column("1").label("place")).where(
    shares.c.organization == bindparam("organization"),
    shares.c.workspace == bindparam("workspace"),
    shares.c.name == bindparam("name"),
)
_EVERYWHERE = select(_c.c.id, literal_column("2")).where(
    _c.c.organization == bindparam("organization"), _c.c.org_wide, _c.c.name == bindparam("name"), _c.c.deleted.is_(False)
)
_CONNECTED = (
    select(_c.c.id, literal_column("3"))
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
_found = union_all(_OWN, _EVERYWHERE, _CONNECTED).subquery()
_LIST_CHANNELS = Statement(select(_found.c.id).order_by(_found.c.place, _found.c.id), str)


class SqlNames:
    """Storage of names."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def list_channels(self, organization: str, workspace: str, name: str) -> list[str]:
        found = await self._connection.all(_LIST_CHANNELS, organization=organization, workspace=workspace, name=name)
        return list(dict.fromkeys(found))
