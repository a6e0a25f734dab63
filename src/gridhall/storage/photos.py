"""Statements about pictures."""

from sqlalchemy import bindparam, delete, insert, select

from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import photos

_FIND = Statement(
    select(photos.c.data).where(photos.c.hash == bindparam("hash"), photos.c.size == bindparam("size")).limit(1), bytes
)
_ADD = Statement(insert(photos), tuple)
_REMOVE = Statement(
    delete(photos).where(photos.c.organization == bindparam("organization"), photos.c.person == bindparam("person")), tuple
)


class SqlPhotos:
    """Storage of pictures."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, hash: str, size: str) -> bytes | None:
        return await self._connection.one(_FIND, hash=hash, size=size)

    async def replace(self, organization: str, person: str, hash: str, pictures: dict[str, bytes]) -> None:
        await self.remove(organization, person)
        await self._connection.many(
            _ADD,
            [
                {"organization": organization, "person": person, "hash": hash, "size": size, "data": data}
                for size, data in pictures.items()
            ],
        )

    async def remove(self, organization: str, person: str) -> None:
        await self._connection.run(_REMOVE, organization=organization, person=person)
