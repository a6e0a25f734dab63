"""Statements about messages."""

from typing import Any

import msgspec
from sqlalchemy import BigInteger, and_, bindparam, case, delete, func, insert, literal, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from gridhall.domain.messages import OUT_OF_SIGHT, SYSTEM, Message, Page, size_of
from gridhall.domain.threads import TOMBSTONE
from gridhall.storage import portions
from gridhall.storage.statement import Connection, Remember, Statement
from gridhall.storage.tables import client_messages, conversation_clocks, deleted_messages, message_edits, messages

_m = messages
_COLUMNS = tuple(_m.c[name] for name in Message.__struct_fields__)

_newest = (
    select(func.max(_m.c.ts))
    .where(_m.c.organization == bindparam("organization"), _m.c.conversation == bindparam("conversation"))
    .scalar_subquery()
)
_now = bindparam("now", type_=BigInteger)
_after_last = conversation_clocks.c.last_ts + 1
_NEXT_TS = Statement(
    update(conversation_clocks)
    .where(
        conversation_clocks.c.organization == bindparam("at_organization"),
        conversation_clocks.c.conversation == bindparam("at_conversation"),
    )
    .values(last_ts=case((_after_last > _now, _after_last), else_=_now) + bindparam("further", type_=BigInteger))
    .returning(conversation_clocks.c.last_ts),
    int,
)

# Where one process gives them out, the clock's row need not keep up with every post: the newest message tells as much.
_LAST_TS = Statement(
    select(func.max(conversation_clocks.c.last_ts, func.coalesce(_newest, 0))).where(
        conversation_clocks.c.organization == bindparam("organization"),
        conversation_clocks.c.conversation == bindparam("conversation"),
    ),
    int,
)
_gone = bindparam("gone", type_=BigInteger)
_NOTE_TS = Statement(
    update(conversation_clocks)
    .where(
        conversation_clocks.c.organization == bindparam("at_organization"),
        conversation_clocks.c.conversation == bindparam("at_conversation"),
        conversation_clocks.c.last_ts < _gone,
    )
    .values(last_ts=_gone),
    tuple,
)
_MOST_CLOCKS = 100_000

_IS_THIS = and_(
    _m.c.organization == bindparam("organization"), _m.c.conversation == bindparam("conversation"), _m.c.ts == bindparam("ts")
)
_FIND = Statement(select(*_COLUMNS).where(_IS_THIS), Message)
_LOCK = Statement(select(*_COLUMNS).where(_IS_THIS).with_for_update(), Message)
_ADD = Statement(insert(_m).values({name: bindparam(name) for name in Message.__struct_fields__}), tuple)

_AT_THIS = and_(
    _m.c.organization == bindparam("at_organization"),
    _m.c.conversation == bindparam("at_conversation"),
    _m.c.ts == bindparam("at_ts"),
)
_SAVE_CONTENT = Statement(update(_m).where(_AT_THIS).values(content=bindparam("new_content")), tuple)
_SAVE_METADATA = Statement(update(_m).where(_AT_THIS).values(metadata=bindparam("new_metadata")), tuple)
_SUMMARY = ("thread", "reactions", "pinned")
_SAVE_SUMMARY = Statement(update(_m).where(_AT_THIS).values({name: bindparam(f"new_{name}") for name in _SUMMARY}), tuple)
_CHANGING = ("subtype", "in_channel", "content", "thread", "reactions", "pinned", "metadata")
_REPLACE = Statement(update(_m).where(_AT_THIS).values({name: bindparam(f"new_{name}") for name in _CHANGING}), tuple)
_REMOVE = Statement(delete(_m).where(_IS_THIS), tuple)

_KEPT = tuple(column.name for column in deleted_messages.c)
_keep = upsert(deleted_messages).values({name: bindparam(name) for name in _KEPT})
_KEEP_DELETED = Statement(_keep.on_conflict_do_nothing(), tuple)

_same_message = and_(
    message_edits.c.organization == bindparam("organization"),
    message_edits.c.conversation == bindparam("conversation"),
    message_edits.c.ts == bindparam("ts"),
)
_COUNT_EDITS = Statement(select(func.count()).select_from(message_edits).where(_same_message), int)
_ADD_EDIT = Statement(insert(message_edits).values({column.name: bindparam(column.name) for column in message_edits.c}), tuple)
_FORGET_EDITS = Statement(delete(message_edits).where(_same_message), tuple)

_CLAIM_CLIENT_ID = Statement(
    upsert(client_messages)
    .values({column.name: bindparam(column.name) for column in client_messages.c})
    .on_conflict_do_nothing(),
    tuple,
)
_FIND_CLIENT_ID = Statement(
    select(client_messages.c.conversation, client_messages.c.ts).where(
        client_messages.c.organization == bindparam("organization"),
        client_messages.c.person == bindparam("person"),
        client_messages.c.client_msg_id == bindparam("client_msg_id"),
    ),
    lambda conversation, ts: (conversation, ts),
)

_roots = _m.alias("roots")


def in_sight() -> ColumnElement[bool]:
    """Whether a row of `messages` is no reply whose parent is out of sight: see `domain.messages.hidden_by_parent`.

    The parent of a reply is looked up row by row, by its key; nothing is looked up for other messages.
    """
    root = (
        select(_roots.c.subtype)
        .where(
            _roots.c.organization == _m.c.organization,
            _roots.c.conversation == _m.c.conversation,
            _roots.c.ts == _m.c.thread_ts,
        )
        .correlate(_m)
        .scalar_subquery()
    )
    return or_(_m.c.thread_ts.is_(None), root.is_distinct_from(OUT_OF_SIGHT))


_SHOWN = and_(
    _m.c.organization == bindparam("organization"),
    _m.c.conversation == bindparam("conversation"),
    _m.c.in_channel,
    in_sight(),
)
_LIST_CHANNEL = Statement(
    select(*_COLUMNS)
    .where(
        _SHOWN,
        _m.c.ts >= bindparam("oldest"),
        _m.c.ts <= bindparam("latest"),
    )
    .order_by(_m.c.ts.desc())
    .limit(bindparam("limit")),
    Message,
    remember=Remember.BY_CONVERSATION,
    collect=Page,
    weigh=size_of,
)
_LIST_REPLIES = Statement(
    select(*_COLUMNS)
    .where(
        _m.c.organization == bindparam("organization"),
        _m.c.conversation == bindparam("conversation"),
        _m.c.thread_ts == bindparam("thread_ts"),
        _m.c.ts >= bindparam("oldest"),
        _m.c.ts <= bindparam("latest"),
    )
    .order_by(_m.c.ts)
    .limit(bindparam("limit")),
    Message,
    weigh=size_of,
)
_MOST_PLACEHOLDERS = 1000
_in_channel = select(*_COLUMNS).where(_SHOWN).order_by(_m.c.ts.desc())
_FIND_NEWEST = Statement(_in_channel.limit(1), Message)
# No placeholder. It is asked for only where the newest is one.
_ends = _in_channel.with_only_columns(_m.c.ts, _m.c.subtype).limit(bindparam("most", type_=BigInteger)).subquery()
_FIND_LATEST = Statement(
    select(*_COLUMNS).where(
        _m.c.organization == bindparam("organization"),
        _m.c.conversation == bindparam("conversation"),
        _m.c.ts == select(func.max(_ends.c.ts)).where(_ends.c.subtype.is_distinct_from(TOMBSTONE)).scalar_subquery(),
    ),
    Message,
)
_newer = (
    select(_m.c.person, _m.c.subtype)
    .where(_SHOWN, _m.c.ts > bindparam("after"))
    .order_by(_m.c.ts.desc())
    .limit(bindparam("most", type_=BigInteger))
    .subquery()
)
_of_system = func.coalesce(_newer.c.subtype, "").in_([literal(kind) for kind in sorted(SYSTEM)])
_of_others = _newer.c.person != bindparam("reader")
_COUNT_UNREAD = Statement(
    select(func.count(), func.count(case((and_(_of_others, not_(_of_system)), 1)))).where(
        or_(_of_others, _of_system), _newer.c.subtype.is_distinct_from(TOMBSTONE)
    ),
    lambda unread, shown: (unread, shown),
)
_newer_replies = (
    select(_m.c.ts)
    .where(
        _m.c.organization == bindparam("organization"),
        _m.c.conversation == bindparam("conversation"),
        _m.c.thread_ts == bindparam("thread_ts"),
        _m.c.ts > bindparam("after"),
    )
    .limit(bindparam("most", type_=BigInteger))
    .subquery()
)
_COUNT_REPLIES = Statement(select(func.count()).select_from(_newer_replies), int)


class SqlMessages:
    """Storage of messages."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def next_ts(self, organization: str, conversation: str, now: int, *, count: int = 1) -> int:
        further = count - 1
        known = self._connection.last_ts
        if known is None:
            ts = await self._connection.one(
                _NEXT_TS, at_organization=organization, at_conversation=conversation, now=now, further=further
            )
            assert ts is not None, "every conversation has its clock"
            return ts - further
        last = known.get(conversation)
        if last is None:
            if len(known) >= _MOST_CLOCKS:
                known.clear()
            last = await self._connection.one(_LAST_TS, organization=organization, conversation=conversation) or 0
        ts = max(now, last + 1)
        known[conversation] = ts + further
        return ts

    async def find(self, organization: str, conversation: str, ts: int) -> Message | None:
        return await self._connection.one(_FIND, organization=organization, conversation=conversation, ts=ts)

    async def lock(self, organization: str, conversation: str, ts: int) -> Message | None:
        return await self._connection.one(_LOCK, organization=organization, conversation=conversation, ts=ts)

    async def add(self, message: Message) -> None:
        await self._connection.run(_ADD, **msgspec.structs.asdict(message))

    async def add_all(self, messages: list[Message]) -> None:
        await self._connection.many(_ADD, [msgspec.structs.asdict(message) for message in messages])

    async def save_content(self, message: Message, content: str) -> None:
        await self._connection.run(_SAVE_CONTENT, **_at(message), new_content=content)

    async def save_metadata(self, message: Message, metadata: str | None) -> None:
        await self._connection.run(_SAVE_METADATA, **_at(message), new_metadata=metadata)

    async def save_summary(self, message: Message, *, thread: str | None, reactions: str | None, pinned: bool) -> None:
        await self._connection.run(_SAVE_SUMMARY, **_at(message), new_thread=thread, new_reactions=reactions, new_pinned=pinned)

    async def replace(self, message: Message) -> None:
        await self._connection.run(_REPLACE, **_at(message), **{f"new_{name}": getattr(message, name) for name in _CHANGING})

    async def remove(self, message: Message) -> None:
        await self._connection.run(_REMOVE, **_of(message))
        if self._connection.last_ts is not None:
            # Nothing but the clock's row tells any more that this `ts` was given out.
            await self._connection.run(
                _NOTE_TS,
                at_organization=message.organization,
                at_conversation=message.conversation,
                gone=message.ts,
            )

    async def keep_deleted(self, message: Message, *, deleted_ts: int, deleted_by: str) -> None:
        own = {name: getattr(message, name) for name in _KEPT if name in Message.__struct_fields__}
        await self._connection.run(_KEEP_DELETED, **own, deleted_ts=deleted_ts, deleted_by=deleted_by)

    async def add_edit(self, message: Message, *, edited_ts: int, person: str, previous: str, text: str) -> None:
        position = await self._connection.one(_COUNT_EDITS, **_of(message))
        await self._connection.run(
            _ADD_EDIT, **_of(message), position=position, edited_ts=edited_ts, person=person, previous=previous, text=text
        )

    async def forget_edits(self, message: Message) -> None:
        await self._connection.run(_FORGET_EDITS, **_of(message))

    async def claim_client_id(self, organization: str, person: str, client_msg_id: str, conversation: str, ts: int) -> bool:
        return bool(
            await self._connection.run(
                _CLAIM_CLIENT_ID,
                organization=organization,
                person=person,
                client_msg_id=client_msg_id,
                conversation=conversation,
                ts=ts,
            )
        )

    async def find_client_id(self, organization: str, person: str, client_msg_id: str) -> tuple[str, int] | None:
        return await self._connection.one(
            _FIND_CLIENT_ID, organization=organization, person=person, client_msg_id=client_msg_id
        )

    async def list_channel(self, organization: str, conversation: str, *, oldest: int, latest: int, limit: int) -> Page:
        found = await portions.read(
            self._connection,
            _LIST_CHANNEL,
            _before,
            {"organization": organization, "conversation": conversation, "oldest": oldest, "latest": latest},
            limit,
        )
        return found if isinstance(found, Page) else Page(found)

    async def list_replies(
        self, organization: str, conversation: str, thread_ts: int, *, oldest: int, latest: int, limit: int
    ) -> list[Message]:
        return await portions.read(
            self._connection,
            _LIST_REPLIES,
            _after,
            {
                "organization": organization,
                "conversation": conversation,
                "thread_ts": thread_ts,
                "oldest": oldest,
                "latest": latest,
            },
            limit,
        )

    async def find_latest(self, organization: str, conversation: str) -> Message | None:
        newest = await self._connection.one(_FIND_NEWEST, organization=organization, conversation=conversation)
        if newest is None or newest.subtype != TOMBSTONE:
            return newest
        return await self._connection.one(
            _FIND_LATEST, organization=organization, conversation=conversation, most=_MOST_PLACEHOLDERS
        )

    async def count_unread(
        self, organization: str, conversation: str, *, after: int, reader: str, most: int
    ) -> tuple[int, int]:
        counts = await self._connection.one(
            _COUNT_UNREAD, organization=organization, conversation=conversation, after=after, reader=reader, most=most
        )
        return counts or (0, 0)

    async def count_replies(self, organization: str, conversation: str, thread_ts: int, *, after: int, most: int) -> int:
        count = await self._connection.one(
            _COUNT_REPLIES, organization=organization, conversation=conversation, thread_ts=thread_ts, after=after, most=most
        )
        return count or 0


def _before(message: Message) -> dict[str, Any]:
    return {"latest": message.ts - 1}


def _after(message: Message) -> dict[str, Any]:
    return {"oldest": message.ts + 1}


def _of(message: Message) -> dict[str, object]:
    """What names a message in a statement."""
    return {"organization": message.organization, "conversation": message.conversation, "ts": message.ts}


def _at(message: Message) -> dict[str, object]:
    """The same in an UPDATE, whose parameters must not be named like columns."""
    return {"at_organization": message.organization, "at_conversation": message.conversation, "at_ts": message.ts}
