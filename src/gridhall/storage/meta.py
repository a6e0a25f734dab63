"""Statements about single values."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import meta

_FIND = Statement(select(meta.c.value).where(meta.c.key == bindparam("key")), str)
_row = insert(meta).values(key=bindparam("key"), value=bindparam("value"))
_ADD = Statement(_row.on_conflict_do_nothing(index_elements=[meta.c.key]), tuple)
_SAVE = Statement(_row.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": _row.excluded.value}), tuple)


class SqlMeta:
    """Storage of single values by name."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, key: str) -> str | None:
        return await self._connection.one(_FIND, key=key)

    async def add(self, key: str, value: str) -> None:
        await self._connection.run(_ADD, key=key, value=value)

    async def save(self, key: str, value: str) -> None:
        await self._connection.run(_SAVE, key=key, value=value)
