"""Statements about shared buckets."""

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import rate_buckets

_LOCK = Statement(select(rate_buckets.c.full_at).where(rate_buckets.c.key == bindparam("key")).with_for_update(), int)

# Makes the row or, where somebody else has just made it, locks that one: changing it to what it is.
_MAKE = Statement(
    insert(rate_buckets)
    .values(key=bindparam("key"), full_at=bindparam("full_at"))
    .on_conflict_do_update(index_elements=[rate_buckets.c.key], set_={"full_at": rate_buckets.c.full_at})
    .returning(rate_buckets.c.full_at),
    int,
)
_SAVE = Statement(
    update(rate_buckets).where(rate_buckets.c.key == bindparam("at_key")).values(full_at=bindparam("new_full_at")), tuple
)
_FORGET = Statement(delete(rate_buckets).where(rate_buckets.c.full_at < bindparam("before")), tuple)


class SqlBuckets:
    """Storage of shared buckets."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lock(self, key: str) -> int:
        full_at = await self._connection.one(_LOCK, key=key)
        if full_at is None:
            full_at = await self._connection.one(_MAKE, key=key, full_at=0)
        assert full_at is not None
        return full_at

    async def save(self, key: str, full_at: int) -> None:
        await self._connection.run(_SAVE, at_key=key, new_full_at=full_at)

    async def forget_full(self, before: int) -> None:
        await self._connection.run(_FORGET, before=before)
