"""Statements about pins."""

from sqlalchemy import and_, bindparam, delete, func, select

from gridhall.domain.messages import Message
from gridhall.storage.statement import Connection, Remember, Statement
from gridhall.storage.tables import pins

_IN_CONVERSATION = and_(pins.c.organization == bindparam("organization"), pins.c.conversation == bindparam("conversation"))
_REMOVE = Statement(delete(pins).where(_IN_CONVERSATION, pins.c.ts == bindparam("ts")), tuple)
_COUNT = Statement(select(func.count()).select_from(pins).where(_IN_CONVERSATION), int, remember=Remember.BY_CONVERSATION)


class SqlPins:
    """Storage of pins."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def remove(self, message: Message) -> bool:
        return bool(
            await self._connection.run(
                _REMOVE, organization=message.organization, conversation=message.conversation, ts=message.ts
            )
        )

    async def count(self, organization: str, conversation: str) -> int:
        return await self._connection.one(_COUNT, organization=organization, conversation=conversation) or 0
