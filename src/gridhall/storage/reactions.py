"""Statements about reactions."""

from sqlalchemy import and_, bindparam, delete

from gridhall.domain.messages import Message
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import reactions

_r = reactions

_OF_MESSAGE = and_(
    _r.c.organization == bindparam("organization"), _r.c.conversation == bindparam("conversation"), _r.c.ts == bindparam("ts")
)
_REMOVE_ALL = Statement(delete(_r).where(_OF_MESSAGE), tuple)


class SqlReactions:
    """Storage of reactions."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def remove_all(self, message: Message) -> None:
        await self._connection.run(
            _REMOVE_ALL, organization=message.organization, conversation=message.conversation, ts=message.ts
        )
