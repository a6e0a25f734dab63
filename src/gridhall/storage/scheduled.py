"""Statements about scheduled messages."""

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import BigInteger, and_, bindparam, delete, func, insert, or_, select, tuple_, update

from gridhall.domain.messages import size_of
from gridhall.domain.scheduled import ScheduledMessage
from gridhall.storage import portions
from gridhall.storage.conversations import IN_WORKSPACE
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import conversations, scheduled_messages

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor

_s = scheduled_messages
_COLUMNS = tuple(_s.c[name] for name in ScheduledMessage.__struct_fields__)
_IS_THIS = and_(_s.c.organization == bindparam("organization"), _s.c.id == bindparam("id"))
_IN_CONVERSATION = and_(_s.c.organization == bindparam("organization"), _s.c.conversation == bindparam("conversation"))

_ADD = Statement(insert(_s), tuple)
_FIND = Statement(select(*_COLUMNS).where(_IS_THIS), ScheduledMessage)
_REMOVE = Statement(delete(_s).where(_IS_THIS), tuple)
_REMOVE_ALL = Statement(delete(_s).where(_IN_CONVERSATION), tuple)
_PUT_OFF = Statement(
    update(_s)
    .where(_s.c.organization == bindparam("at_organization"), _s.c.id == bindparam("at_id"))
    .values(post_at=bindparam("new_post_at")),
    tuple,
)
_due = (
    select(*_COLUMNS)
    .where(_IN_CONVERSATION, _s.c.post_at <= bindparam("by", type_=BigInteger))
    .order_by(_s.c.post_at, _s.c.position, _s.c.id)
    .limit(bindparam("most", type_=BigInteger))
    .subquery()
)
_order = (_due.c.post_at, _due.c.position, _due.c.id)
_summed = select(
    _due,
    func.sum(func.length(_due.c.content)).over(order_by=_order).label("up_to"),
    func.row_number().over(order_by=_order).label("number"),
).subquery()
_LIST_DUE = Statement(
    select(*(_summed.c[name] for name in ScheduledMessage.__struct_fields__))
    .where(or_(_summed.c.number == 1, _summed.c.up_to <= bindparam("characters", type_=BigInteger)))
    .order_by(_summed.c.number),
    ScheduledMessage,
)
_NEXT_TIME = Statement(select(func.min(_s.c.post_at)).where(_IN_CONVERSATION), lambda time: time)
_LIST_TIMES = Statement(
    select(_s.c.post_at)
    .where(
        _IN_CONVERSATION,
        _s.c.post_at >= bindparam("first", type_=BigInteger),
        _s.c.post_at <= bindparam("last", type_=BigInteger),
    )
    .order_by(_s.c.post_at),
    int,
)

_of_caller = (
    select(*_COLUMNS)
    .where(
        _s.c.person_organization == bindparam("organization"),
        _s.c.person == bindparam("person"),
        _s.c.app.is_not_distinct_from(bindparam("app")),
        _s.c.team == bindparam("team"),
        _s.c.post_at <= bindparam("latest", type_=BigInteger),
        tuple_(_s.c.post_at, _s.c.id) > tuple_(bindparam("after_time", type_=BigInteger), bindparam("after_id")),
    )
    .order_by(_s.c.post_at, _s.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
_of_conversation = and_(_s.c.organization == bindparam("host"), _s.c.conversation == bindparam("conversation"))
_is_place = and_(conversations.c.organization == _s.c.organization, conversations.c.id == _s.c.conversation)
_of_place = _of_caller.select_from(_s.join(conversations, _is_place)).where(IN_WORKSPACE)
_LIST_OF = Statement(_of_caller, ScheduledMessage, weigh=size_of)
_LIST_OF_CONVERSATION = Statement(_of_caller.where(_of_conversation), ScheduledMessage, weigh=size_of)
_LIST_OF_PLACE = Statement(_of_place, ScheduledMessage, weigh=size_of)


class SqlScheduledMessages:
    """Storage of scheduled messages."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, message: ScheduledMessage) -> None:
        await self._connection.run(_ADD, **msgspec.structs.asdict(message))

    async def find(self, organization: str, id: str) -> ScheduledMessage | None:
        return await self._connection.one(_FIND, organization=organization, id=id)

    async def remove(self, message: ScheduledMessage) -> bool:
        return await self._connection.run(_REMOVE, organization=message.organization, id=message.id) > 0

    async def remove_all(self, organization: str, conversation: str) -> int:
        return await self._connection.run(_REMOVE_ALL, organization=organization, conversation=conversation)

    async def put_off(self, message: ScheduledMessage, post_at: int) -> None:
        await self._connection.run(_PUT_OFF, at_organization=message.organization, at_id=message.id, new_post_at=post_at)

    async def list_due(
        self, organization: str, conversation: str, *, by: int, limit: int, characters: int
    ) -> list[ScheduledMessage]:
        place = {"organization": organization, "conversation": conversation}
        return await self._connection.all(_LIST_DUE, **place, by=by, most=limit, characters=characters)

    async def next_time(self, organization: str, conversation: str) -> int | None:
        return await self._connection.one(_NEXT_TIME, organization=organization, conversation=conversation)

    async def list_times(self, organization: str, conversation: str, *, first: int, last: int) -> list[int]:
        return await self._connection.all(
            _LIST_TIMES, organization=organization, conversation=conversation, first=first, last=last
        )

    async def list_of(
        self,
        actor: "Actor",
        *,
        workspace: str | None,
        conversation: tuple[str, str] | None,
        latest: int,
        after: tuple[int, str],
        limit: int,
    ) -> list[ScheduledMessage]:
        asked: dict[str, Any] = {
            "organization": actor.organization,
            "person": actor.user,
            "app": actor.app,
            "team": actor.team or actor.organization,
            "latest": latest,
            "after_time": after[0],
            "after_id": after[1],
        }
        statement = _LIST_OF
        if conversation is not None:
            statement = _LIST_OF_CONVERSATION
            asked |= {"host": conversation[0], "conversation": conversation[1]}
        elif workspace is not None and actor.team is None:
            statement = _LIST_OF_PLACE
            asked["workspace"] = workspace
        return await portions.read(self._connection, statement, _after, asked, limit)


def _after(message: ScheduledMessage) -> dict[str, Any]:
    return {"after_time": message.post_at, "after_id": message.id}
