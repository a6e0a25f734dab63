"""Statements about tombstones."""

import msgspec
from sqlalchemy import and_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from gridhall.domain.messages import Message
from gridhall.domain.tombstones import Tombstone
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import tombstones

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Tombstone).decode

_t = tombstones
_OF_MESSAGE = and_(
    _t.c.organization == bindparam("organization"), _t.c.conversation == bindparam("conversation"), _t.c.ts == bindparam("ts")
)
_FIND = Statement(select(_t.c.content).where(_OF_MESSAGE), _decode)
_SAVE = Statement(
    upsert(_t)
    .values({column.name: bindparam(column.name) for column in _t.c})
    .on_conflict_do_update(
        index_elements=[_t.c.organization, _t.c.conversation, _t.c.ts], set_={"content": bindparam("content")}
    ),
    tuple,
)
_REMOVE = Statement(delete(_t).where(_OF_MESSAGE), tuple)


class SqlTombstones:
    """Storage of tombstones."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, message: Message) -> Tombstone | None:
        return await self._connection.one(_FIND, **_of(message))

    async def save(self, message: Message, tombstone: Tombstone) -> None:
        await self._connection.run(_SAVE, **_of(message), content=_encode(tombstone).decode())

    async def remove(self, message: Message) -> None:
        await self._connection.run(_REMOVE, **_of(message))


def _of(message: Message) -> dict[str, object]:
    """What names a message in a statement."""
    return {"organization": message.organization, "conversation": message.conversation, "ts": message.ts}
