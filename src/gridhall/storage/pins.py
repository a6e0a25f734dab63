"""Statements about pins."""

from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from gridhall.domain.messages import Message
from gridhall.domain.pins import Pin
from gridhall.storage.messages import in_sight
from gridhall.storage.statement import Connection, Remember, Statement
from gridhall.storage.tables import messages, pins

_OF_PIN = len(Pin.__struct_fields__)


def _pinned_message(*row: Any) -> tuple[Pin, Message]:
    return Pin(*row[:_OF_PIN]), Message(*row[_OF_PIN:])


_IN_CONVERSATION = and_(pins.c.organization == bindparam("organization"), pins.c.conversation == bindparam("conversation"))
_ADD = Statement(
    upsert(pins).values({column.name: bindparam(column.name) for column in pins.c}).on_conflict_do_nothing(), tuple
)
_REMOVE = Statement(delete(pins).where(_IN_CONVERSATION, pins.c.ts == bindparam("ts")), tuple)
_COUNT = Statement(select(func.count()).select_from(pins).where(_IN_CONVERSATION), int, remember=Remember.BY_CONVERSATION)
_LIST = Statement(
    select(*(pins.c[name] for name in Pin.__struct_fields__), *(messages.c[name] for name in Message.__struct_fields__))
    .select_from(
        pins.join(
            messages,
            and_(
                messages.c.organization == pins.c.organization,
                messages.c.conversation == pins.c.conversation,
                messages.c.ts == pins.c.ts,
            ),
        )
    )
    .where(_IN_CONVERSATION, in_sight())
    .order_by(pins.c.pinned.desc(), pins.c.ts.desc()),
    _pinned_message,
)


class SqlPins:
    """Storage of pins."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, message: Message, *, person: str, now: int) -> bool:
        return bool(await self._connection.run(_ADD, **_of(message), person=person, pinned=now))

    async def remove(self, message: Message) -> bool:
        return bool(await self._connection.run(_REMOVE, **_of(message)))

    async def count(self, organization: str, conversation: str) -> int:
        return await self._connection.one(_COUNT, organization=organization, conversation=conversation) or 0

    async def list(self, organization: str, conversation: str) -> list[tuple[Pin, Message]]:
        return await self._connection.all(_LIST, organization=organization, conversation=conversation)


def _of(message: Message) -> dict[str, object]:
    """What names a message in a statement."""
    return {"organization": message.organization, "conversation": message.conversation, "ts": message.ts}
