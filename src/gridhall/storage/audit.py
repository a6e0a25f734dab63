"""Statements about the audit log."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, insert, select

from gridhall.domain.audit import Entry
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import audit

_ADD = Statement(insert(audit), tuple)
_LIST = Statement(
    select(*audit.c).where(audit.c.organization == bindparam("organization")).order_by(audit.c.at, audit.c.id), Entry
)


class SqlAudit:
    """Storage of the audit log."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, entry: Entry) -> None:
        await self._connection.run(_ADD, **msgspec.structs.asdict(entry))

    async def add_all(self, entries: Sequence[Entry]) -> None:
        await self._connection.many(_ADD, [msgspec.structs.asdict(entry) for entry in entries])

    async def list(self, organization: str) -> list[Entry]:
        return await self._connection.all(_LIST, organization=organization)
