"""Statements about who takes part in threads."""

from sqlalchemy import Boolean, and_, bindparam, case, delete, func, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from gridhall.domain.messages import Message
from gridhall.domain.threads import Follower
from gridhall.storage.each import batches, each
from gridhall.storage.statement import Connection, Remember, Statement
from gridhall.storage.tables import members, messages, people, thread_members

_t = thread_members
_COLUMNS = tuple(column.name for column in _t.c)

_part = upsert(_t).values({name: bindparam(name) for name in _COLUMNS})
_ADD_REPLY = Statement(
    _part.on_conflict_do_update(
        index_elements=list(_t.primary_key.columns),
        set_={
            "replies": _t.c.replies + 1,
            "first_reply": case((_t.c.replies == 0, _part.excluded.first_reply), else_=_t.c.first_reply),
            "subscribed": _part.excluded.subscribed,
            "last_read": _part.excluded.last_read,
        },
    ),
    tuple,
)
_REMOVE_REPLY = Statement(
    update(_t)
    .where(
        _t.c.organization == bindparam("at_organization"),
        _t.c.conversation == bindparam("at_conversation"),
        _t.c.thread_ts == bindparam("at_thread_ts"),
        _t.c.person_organization == bindparam("at_person_organization"),
        _t.c.person == bindparam("at_person"),
        _t.c.replies > 0,
    )
    .values(replies=_t.c.replies - 1),
    tuple,
)


def _subscribe(*who: ColumnElement[bool]) -> Statement[tuple[object, ...]]:
    """Who is no member of the conversation follows nothing in it, whoever mentions them.

    People are found first, and looked up among the members one by one: however many those are.
    """
    left = (
        select(members.c.left)
        .where(
            members.c.organization == bindparam("organization"),
            members.c.conversation == bindparam("conversation"),
            members.c.person_organization == people.c.organization,
            members.c.person == people.c.id,
        )
        .scalar_subquery()
    )
    found = select(
        bindparam("organization", type_=_t.c.organization.type),
        bindparam("conversation", type_=_t.c.conversation.type),
        bindparam("thread_ts", type_=_t.c.thread_ts.type),
        people.c.organization,
        people.c.id,
        literal_column("0"),
        literal_column("0"),
        literal(True, Boolean),
        literal_column("0"),
    ).where(*who, left == 0)
    return Statement(upsert(_t).from_select(list(_COLUMNS), found).on_conflict_do_nothing(), tuple)


_SUBSCRIBE = _subscribe(
    people.c.organization == bindparam("person_organization"),
    people.c.id == bindparam("person"),
)
_SUBSCRIBE_THESE = _subscribe(people.c.id.in_(each(people.c.id.type)))

_IN_THREAD = and_(
    _t.c.organization == bindparam("organization"),
    _t.c.conversation == bindparam("conversation"),
    _t.c.thread_ts == bindparam("thread_ts"),
)
_REPLIERS = Statement(
    select(_t.c.person).where(_IN_THREAD, _t.c.replies > 0).order_by(_t.c.first_reply).limit(bindparam("limit")), str
)
_COUNT_REPLIERS = Statement(select(func.count()).select_from(_t).where(_IN_THREAD, _t.c.replies > 0), int)
_LATEST_REPLY: Statement[int | None] = Statement(
    select(func.max(messages.c.ts)).where(
        messages.c.organization == bindparam("organization"),
        messages.c.conversation == bindparam("conversation"),
        messages.c.thread_ts == bindparam("thread_ts"),
    ),
    lambda ts: ts,
)
_PARTS_OF = Statement(
    select(_t.c.thread_ts, _t.c.replies, _t.c.subscribed, _t.c.last_read).where(
        _t.c.organization == bindparam("organization"),
        _t.c.conversation == bindparam("conversation"),
        _t.c.thread_ts.in_(each(_t.c.thread_ts.type)),
        _t.c.person_organization == bindparam("person_organization"),
        _t.c.person == bindparam("person"),
    ),
    Follower,
    remember=Remember.BY_CONVERSATION,
)
_REMOVE_ALL = Statement(delete(_t).where(_IN_THREAD), tuple)


class SqlThreads:
    """Storage of who takes part in threads."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add_reply(self, reply: Message) -> None:
        await self._connection.run(
            _ADD_REPLY,
            organization=reply.organization,
            conversation=reply.conversation,
            thread_ts=reply.thread_ts,
            person_organization=reply.person_organization,
            person=reply.person,
            replies=1,
            first_reply=reply.ts,
            subscribed=True,
            last_read=reply.ts,
        )

    async def remove_reply(self, reply: Message) -> None:
        await self._connection.run(
            _REMOVE_REPLY,
            at_organization=reply.organization,
            at_conversation=reply.conversation,
            at_thread_ts=reply.thread_ts,
            at_person_organization=reply.person_organization,
            at_person=reply.person,
        )

    async def subscribe(self, parent: Message, organization: str, person: str) -> None:
        await self._connection.run(_SUBSCRIBE, **_of(parent), person_organization=organization, person=person)

    async def subscribe_these(self, parent: Message, people: list[str]) -> None:
        for some in batches(people):
            await self._connection.run(_SUBSCRIBE_THESE, **_of(parent), **some)

    async def repliers(self, parent: Message, *, limit: int) -> tuple[list[str], int]:
        first = await self._connection.all(_REPLIERS, **_of(parent), limit=limit)
        if len(first) < limit:
            return first, len(first)
        return first, await self._connection.one(_COUNT_REPLIERS, **_of(parent)) or 0

    async def latest_reply(self, parent: Message) -> int | None:
        return await self._connection.one(_LATEST_REPLY, **_of(parent))

    async def parts_of(
        self, organization: str, conversation: str, person_organization: str, person: str, *, threads: list[int]
    ) -> list[Follower]:
        found: list[Follower] = []
        for some in batches(threads):
            found += await self._connection.all(
                _PARTS_OF,
                organization=organization,
                conversation=conversation,
                person_organization=person_organization,
                person=person,
                **some,
            )
        return found

    async def remove_all(self, parent: Message) -> None:
        await self._connection.run(_REMOVE_ALL, **_of(parent))


def _of(parent: Message) -> dict[str, object]:
    return {"organization": parent.organization, "conversation": parent.conversation, "thread_ts": parent.ts}
