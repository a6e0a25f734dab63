"""Statements about streams."""

import msgspec
from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from gridhall.domain.messages import Message
from gridhall.domain.streams import Stream
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import streams

_s = streams
_COLUMNS = tuple(_s.c[name] for name in Stream.__struct_fields__)

_ADD = Statement(insert(_s).values({name: bindparam(name) for name in Stream.__struct_fields__}), tuple)
_IN_CONVERSATION = and_(_s.c.organization == bindparam("organization"), _s.c.conversation == bindparam("conversation"))
_IS_THIS = and_(_IN_CONVERSATION, _s.c.ts == bindparam("ts"))
_FIND = Statement(select(*_COLUMNS).where(_IS_THIS), Stream)
_FIND_OLDEST = Statement(select(func.min(_s.c.ts)).where(_IN_CONVERSATION), lambda ts: ts)
_LIST_OF = Statement(select(_s.c.ts).where(_IN_CONVERSATION).order_by(_s.c.ts.desc()), int)
_SAVE = Statement(
    update(_s)
    .where(
        _s.c.organization == bindparam("at_organization"),
        _s.c.conversation == bindparam("at_conversation"),
        _s.c.ts == bindparam("at_ts"),
    )
    .values(state=bindparam("new_state")),
    tuple,
)
_REMOVE = Statement(delete(_s).where(_IS_THIS), tuple)


class SqlStreams:
    """Storage of streams."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, stream: Stream) -> None:
        await self._connection.run(_ADD, **msgspec.structs.asdict(stream))

    async def find(self, message: Message) -> Stream | None:
        return await self._connection.one(_FIND, **_of(message))

    async def list_of(self, organization: str, conversation: str) -> list[int]:
        return await self._connection.all(_LIST_OF, organization=organization, conversation=conversation)

    async def find_oldest(self, organization: str, conversation: str) -> int | None:
        return await self._connection.one(_FIND_OLDEST, organization=organization, conversation=conversation)

    async def save(self, stream: Stream) -> None:
        await self._connection.run(
            _SAVE,
            at_organization=stream.organization,
            at_conversation=stream.conversation,
            at_ts=stream.ts,
            new_state=stream.state,
        )

    async def remove(self, stream: Stream) -> None:
        await self._connection.run(_REMOVE, **_of(stream))


def _of(named: Message | Stream) -> dict[str, object]:
    """What names a stream in a statement."""
    return {"organization": named.organization, "conversation": named.conversation, "ts": named.ts}
