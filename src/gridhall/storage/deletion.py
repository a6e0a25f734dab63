"""Statements that take away what is deleted: stretches of a conversation, and in the end itself."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    select,
    tuple_,
    union_all,
    update,
)

from gridhall.domain.conversations import Hold
from gridhall.domain.deletion import Member
from gridhall.storage.conversations import HOLD
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import (
    client_messages,
    connections,
    conversation_clocks,
    conversations,
    deleted_messages,
    members,
    message_edits,
    messages,
    pins,
    reactions,
    shares,
    streams,
    thread_members,
    tombstones,
)

_c = conversations
_p = members
_FOREVER = 2**62

_DELETE = Statement(
    update(_c)
    .where(_c.c.organization == bindparam("at_organization"), _c.c.id == bindparam("at_conversation"))
    .values(deleted=True, deleted_at=bindparam("new_deleted_at")),
    tuple,
)
_FIND = Statement(
    select(_c.c.deleted_at).where(
        _c.c.organization == bindparam("organization"), _c.c.id == bindparam("conversation"), _c.c.deleted
    ),
    int,
)


def _is_in(table: Table) -> ColumnElement[bool]:
    """Whether a row is of the conversation. What clients' own ids stand for is found by its id alone: their organization is
    the author's.
    """
    of = table.c.conversation == bindparam("conversation")
    return of if table is client_messages else and_(table.c.organization == bindparam("organization"), of)


def _ts(table: Table) -> ColumnElement[int]:
    return table.c.thread_ts if table is thread_members else table.c.ts


def _behind(table: Table) -> ColumnElement[bool]:
    return and_(_is_in(table), _ts(table) > bindparam("after", type_=BigInteger))


_most = bindparam("most", type_=BigInteger)


def _first(table: Table) -> Select[int]:
    first = select(_ts(table).label("ts")).where(_behind(table)).order_by(_ts(table)).limit(_most).subquery()
    return select(first.c.ts)


_LONG = (messages, deleted_messages, message_edits, thread_members, reactions, client_messages)
"""Tables of which a few messages may have very many rows."""
_all = union_all(*(_first(table) for table in _LONG)).subquery()
_ends = select(_all.c.ts).order_by(_all.c.ts).limit(_most).subquery()
_END_OF: Statement[int | None] = Statement(select(func.max(_ends.c.ts)), lambda ts: ts)


def _remove(table: Table) -> Statement[tuple[object, ...]]:
    return Statement(delete(table).where(_behind(table), _ts(table) <= bindparam("until", type_=BigInteger)), tuple)


_REMOVE_MESSAGES = _remove(messages)
_REMOVE_OF_MESSAGES = [_remove(table) for table in (*_LONG[1:], pins, tombstones, streams)]

_member = tuple_(_p.c.person_organization, _p.c.person)
_behind_member = and_(_is_in(_p), _member > tuple_(bindparam("after_organization"), bindparam("after_person")))
_MEMBERS_AFTER = Statement(
    select(_p.c.person_organization, _p.c.person)
    .where(_behind_member)
    .order_by(_p.c.person_organization, _p.c.person)
    .limit(_most),
    Member,
)
_REMOVE_MEMBERS = Statement(
    delete(_p).where(_behind_member, _member <= tuple_(bindparam("until_organization"), bindparam("until_person"))), tuple
)
_REMOVE = [Statement(delete(table).where(_is_in(table)), tuple) for table in (shares, connections, conversation_clocks)] + [
    Statement(delete(_c).where(_c.c.organization == bindparam("organization"), _c.c.id == bindparam("conversation")), tuple)
]


class SqlDeletion:
    """Storage of what is deleted."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def delete(self, organization: str, id: str, *, at: int) -> None:
        await self._connection.run(_DELETE, at_organization=organization, at_conversation=id, new_deleted_at=at)

    async def find(self, organization: str, id: str) -> int | None:
        if self._connection.locks:
            await self._connection.one(HOLD[Hold.CHANGING], conversation=id)
        return await self._connection.one(_FIND, organization=organization, conversation=id)

    async def end_of(self, organization: str, id: str, *, after: int, most: int) -> int | None:
        return await self._connection.one(_END_OF, organization=organization, conversation=id, after=after, most=most)

    async def remove_messages(self, organization: str, id: str, *, after: int, until: int | None) -> int:
        of: dict[str, object] = {"organization": organization, "conversation": id, "after": after}
        of["until"] = _FOREVER if until is None else until
        for statement in _REMOVE_OF_MESSAGES:
            await self._connection.run(statement, **of)
        return await self._connection.run(_REMOVE_MESSAGES, **of)

    async def members_after(self, organization: str, id: str, member: Member | None, *, most: int) -> list[Member]:
        return await self._connection.all(_MEMBERS_AFTER, **_of(organization, id, member), most=most)

    async def remove_members(self, organization: str, id: str, *, after: Member | None, until: Member) -> None:
        last = {"until_organization": until.person_organization, "until_person": until.person}
        await self._connection.run(_REMOVE_MEMBERS, **_of(organization, id, after), **last)

    async def remove(self, organization: str, id: str) -> None:
        for statement in _REMOVE:
            await self._connection.run(statement, organization=organization, conversation=id)


def _of(organization: str, id: str, member: Member | None) -> dict[str, object]:
    """The conversation, and the member behind whom a statement begins."""
    after = member or Member("", "")
    return {
        "organization": organization,
        "conversation": id,
        "after_organization": after.person_organization,
        "after_person": after.person,
    }
