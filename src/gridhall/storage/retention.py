"""Statements about stretches of conversations that are past their days."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy import exists as there_is
from sqlalchemy.sql.elements import KeyedColumnElement

from gridhall.domain.messages import Message
from gridhall.domain.retention import Shelf
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import (
    client_messages,
    conversation_clocks,
    conversations,
    deleted_messages,
    message_edits,
    messages,
    pins,
    reactions,
    streams,
    thread_members,
    tombstones,
)

_c = conversations
_m = messages
_purged = func.coalesce(conversation_clocks.c.purged_ts, 0)


def _oldest(table: Table) -> ColumnElement[int | None]:
    """The first message of a conversation that has not been looked at; found at the beginning of the key's index."""
    return (
        select(func.min(table.c.ts))
        .where(table.c.organization == _c.c.organization, table.c.conversation == _c.c.id, table.c.ts > _purged)
        .correlate(_c, conversation_clocks)
        .scalar_subquery()
    )


_shelves: Select[int] = (
    select(_c.c.id, _c.c.retention_days, _purged, _oldest(_m), _oldest(deleted_messages))
    .select_from(
        _c.join(
            conversation_clocks,
            and_(conversation_clocks.c.organization == _c.c.organization, conversation_clocks.c.conversation == _c.c.id),
        )
    )
    .where(_c.c.organization == bindparam("organization"), _c.c.deleted.is_(False))
)
_FIND = Statement(_shelves.where(_c.c.id == bindparam("conversation")), Shelf)
# Said of both tables, for planners that join them in the order of their keys.
_after = (
    _shelves.where(_c.c.id > bindparam("after"), conversation_clocks.c.conversation > bindparam("after"))
    .order_by(_c.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
_LIST_AFTER = {
    False: Statement(_after, Shelf),
    # As the index says it, which holds nothing but these.
    True: Statement(_after.where(_c.c.retention_days > literal_column("0")), Shelf),
}


def _stretch(table: Table, ts: KeyedColumnElement[int] | None = None) -> ColumnElement[bool]:
    """What is behind what has gone already, and not behind `until`."""
    moment = table.c.ts if ts is None else ts
    return and_(
        table.c.organization == bindparam("organization"),
        table.c.conversation == bindparam("conversation"),
        moment > bindparam("purged", type_=BigInteger),
        moment <= bindparam("until", type_=BigInteger),
    )


_most = bindparam("most", type_=BigInteger)


def _first(table: Table) -> Select[int]:
    first = select(table.c.ts).where(_stretch(table)).order_by(table.c.ts).limit(_most).subquery()
    return select(first.c.ts)


_both = union_all(_first(_m), _first(deleted_messages)).subquery()
_ends = select(_both.c.ts).order_by(_both.c.ts).limit(_most).subquery()
_END_OF: Statement[int | None] = Statement(select(func.max(_ends.c.ts)), lambda ts: ts)

_LOCK = Statement(
    select(*(_m.c[name] for name in Message.__struct_fields__)).where(_stretch(_m)).order_by(_m.c.ts.desc()).with_for_update(),
    Message,
)

_reply = messages.alias("reply")
_has_replies_behind = there_is(
    select(_reply.c.ts).where(
        _reply.c.organization == _m.c.organization,
        _reply.c.conversation == _m.c.conversation,
        _reply.c.thread_ts == _m.c.ts,
        _reply.c.ts > bindparam("until", type_=BigInteger),
    )
)
_PURGE_MESSAGES = Statement(delete(_m).where(_stretch(_m), ~_has_replies_behind), tuple)
_parent = messages.alias("parent")
_PURGE_PARTS = Statement(
    delete(thread_members).where(
        _stretch(thread_members, thread_members.c.thread_ts),
        ~there_is(
            select(_parent.c.ts).where(
                _parent.c.organization == thread_members.c.organization,
                _parent.c.conversation == thread_members.c.conversation,
                _parent.c.ts == thread_members.c.thread_ts,
            )
        ),
    ),
    tuple,
)
_PURGE_REST = [
    Statement(delete(table).where(_stretch(table)), tuple) for table in (reactions, pins, message_edits, tombstones, streams)
]
_PURGE_DELETED: Statement[tuple[str, str, str]] = Statement(
    delete(deleted_messages)
    .where(_stretch(deleted_messages))
    .returning(deleted_messages.c.person_organization, deleted_messages.c.person, deleted_messages.c.content),
    lambda organization, person, content: (organization, person, content),
)
# Nothing but the clock's row tells any more which `ts` were given out.
_until = bindparam("until", type_=BigInteger)
_NOTE = Statement(
    update(conversation_clocks)
    .where(
        conversation_clocks.c.organization == bindparam("at_organization"),
        conversation_clocks.c.conversation == bindparam("at_conversation"),
    )
    .values(
        purged_ts=_until,
        last_ts=case((conversation_clocks.c.last_ts < _until, _until), else_=conversation_clocks.c.last_ts),
    ),
    tuple,
)
_FORGET_CLIENT_ID = Statement(
    delete(client_messages).where(
        client_messages.c.organization == bindparam("organization"),
        client_messages.c.person == bindparam("person"),
        client_messages.c.client_msg_id == bindparam("client_msg_id"),
    ),
    tuple,
)


class SqlRetention:
    """Storage of what retention does to whole stretches of a conversation."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, organization: str, conversation: str) -> Shelf | None:
        return await self._connection.one(_FIND, organization=organization, conversation=conversation)

    async def list_after(self, organization: str, conversation: str, *, own: bool, limit: int) -> list[Shelf]:
        return await self._connection.all(_LIST_AFTER[own], organization=organization, after=conversation, limit=limit)

    async def end_of(self, organization: str, shelf: Shelf, *, before: int, most: int) -> int | None:
        return await self._connection.one(_END_OF, **_of(organization, shelf, before - 1), most=most)

    async def lock(self, organization: str, shelf: Shelf, *, until: int) -> list[Message]:
        return await self._connection.all(_LOCK, **_of(organization, shelf, until))

    async def purge(self, organization: str, shelf: Shelf, *, until: int) -> list[tuple[str, str, str]]:
        stretch = _of(organization, shelf, until)
        await self._connection.run(_PURGE_MESSAGES, **stretch)
        await self._connection.run(_PURGE_PARTS, **stretch)
        for statement in _PURGE_REST:
            await self._connection.run(statement, **stretch)
        return await self._connection.all(_PURGE_DELETED, **stretch)

    async def note(self, organization: str, shelf: Shelf, *, until: int) -> None:
        await self._connection.run(_NOTE, at_organization=organization, at_conversation=shelf.conversation, until=until)

    async def forget_client_ids(self, ids: list[tuple[str, str, str]]) -> None:
        names = ("organization", "person", "client_msg_id")
        if ids:
            await self._connection.many(_FORGET_CLIENT_ID, [dict(zip(names, id, strict=True)) for id in ids])


def _of(organization: str, shelf: Shelf, until: int) -> dict[str, object]:
    """The stretch of a conversation that a statement is about."""
    return {"organization": organization, "conversation": shelf.conversation, "purged": shelf.purged, "until": until}
