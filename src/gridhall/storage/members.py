"""Statements about who is in conversations."""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, and_, bindparam, exists, func, or_, select, type_coerce, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import BindParameter, ColumnElement

from gridhall.contract.scopes import PRIVATE, PUBLIC
from gridhall.domain.conversations import Conversation
from gridhall.domain.membership import Candidate, Newcomer
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import connections, conversations, members, memberships, people, shares

_m = members
_mine = members.alias("mine")
_theirs = members.alias("theirs")

_AT_ONCE = 50
"""People who are read or entered by one statement: the number is part of its text."""

_IS_CONNECTED = exists(
    select(connections.c.workspace).where(
        connections.c.organization == bindparam("organization"),
        connections.c.conversation == bindparam("conversation"),
        connections.c.other_organization == people.c.organization,
    )
)
_IS_HERE = or_(people.c.organization == bindparam("organization"), _IS_CONNECTED)

_their_workspaces = select(memberships.c.workspace).where(
    memberships.c.organization == people.c.organization, memberships.c.person == people.c.id
)
_IS_REACHED = or_(
    and_(
        people.c.organization == bindparam("organization"),
        exists(
            _their_workspaces.where(
                or_(
                    bindparam("org_wide", type_=Integer) == 1,
                    memberships.c.workspace.in_(
                        select(shares.c.workspace).where(
                            shares.c.organization == bindparam("organization"),
                            shares.c.conversation == bindparam("conversation"),
                        )
                    ),
                )
            )
        ),
    ),
    exists(
        _their_workspaces.where(
            memberships.c.workspace.in_(
                select(connections.c.workspace)
                .where(
                    connections.c.organization == bindparam("organization"),
                    connections.c.conversation == bindparam("conversation"),
                    connections.c.other_organization == people.c.organization,
                )
                .correlate(people)
            )
        )
    ),
)
_IS_INSIDE = exists(
    select(_m.c.person).where(
        _m.c.organization == bindparam("organization"),
        _m.c.conversation == bindparam("conversation"),
        _m.c.person_organization == people.c.organization,
        _m.c.person == people.c.id,
        _m.c.left == 0,
    )
)
# Of the asking organization, or in some conversation with somebody of it.
_IS_KNOWN = or_(
    people.c.organization == bindparam("asking"),
    exists(
        select(_theirs.c.person).where(
            _theirs.c.person_organization == people.c.organization,
            _theirs.c.person == people.c.id,
            _theirs.c.left == 0,
            exists(
                select(_mine.c.person)
                .select_from(
                    _mine.join(
                        conversations,
                        and_(conversations.c.organization == _mine.c.organization, conversations.c.id == _mine.c.conversation),
                    )
                )
                .where(
                    _mine.c.organization == _theirs.c.organization,
                    _mine.c.conversation == _theirs.c.conversation,
                    _mine.c.person_organization == bindparam("asking"),
                    _mine.c.left == 0,
                    conversations.c.deleted.is_(False),
                )
            ),
        )
    ),
)


def _told(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return type_coerce(condition, Boolean)


_NAMED = (func.coalesce(func.nullif(people.c.real_name, ""), people.c.name), people.c.email)

_CANDIDATE = (
    people.c.organization,
    people.c.id,
    *_NAMED,
    people.c.guest,
    people.c.deleted,
    _told(_IS_HERE),
    _told(_IS_REACHED),
    _told(_IS_INSIDE),
)


@lru_cache(maxsize=_AT_ONCE)
def _list_candidates(count: int) -> Statement[Candidate]:
    """For so many people."""
    ids: list[BindParameter[str]] = [bindparam(f"id_{number}") for number in range(count)]
    return Statement(select(*_CANDIDATE).where(people.c.id.in_(ids), or_(_IS_HERE, _IS_KNOWN)), Candidate)


_HAS_CHANNEL: Statement[bool] = Statement(
    select(
        exists(
            select(_m.c.person)
            .select_from(
                _m.join(
                    conversations,
                    and_(conversations.c.organization == _m.c.organization, conversations.c.id == _m.c.conversation),
                )
            )
            .where(
                _m.c.person_organization == bindparam("person_organization"),
                _m.c.person == bindparam("person"),
                _m.c.left == 0,
                or_(conversations.c.kind == PUBLIC, conversations.c.kind == PRIVATE),
                conversations.c.deleted.is_(False),
            )
        )
    ),
    bool,
)

_named = people.alias("named")
_FIND = Statement(
    select(_m.c.person_organization, _m.c.person, *_NAMED, people.c.guest)
    .select_from(_m.join(people, and_(people.c.organization == _m.c.person_organization, people.c.id == _m.c.person)))
    .where(
        _m.c.organization == bindparam("organization"),
        _m.c.conversation == bindparam("conversation"),
        _m.c.person == bindparam("person"),
        # By their organizations: a conversation's members are found by those first.
        _m.c.person_organization.in_(select(_named.c.organization).where(_named.c.id == bindparam("person"))),
        _m.c.left == 0,
    )
    .order_by((_m.c.person_organization == bindparam("person_organization")).desc(), _m.c.person_organization)
    .limit(1),
    Newcomer,
)


@lru_cache(maxsize=_AT_ONCE)
def _enter(count: int) -> Statement[Any]:
    """For so many people."""
    new = upsert(_m).values(
        [
            {
                "organization": bindparam("at_organization"),
                "conversation": bindparam("at_conversation"),
                "person_organization": bindparam("new_organization"),
                "person": bindparam(f"id_{number}"),
                "joined": bindparam("now", type_=BigInteger),
                "left": 0,
                "last_read": 0,
                "open": bindparam("new_open", type_=Boolean),
            }
            for number in range(count)
        ]
    )
    again = {"joined": new.excluded.joined, "left": 0}
    return Statement(new.on_conflict_do_update(index_elements=list(_m.primary_key), set_=again, where=_m.c.left != 0), tuple)


_AT_CONVERSATION = and_(_m.c.organization == bindparam("at_organization"), _m.c.conversation == bindparam("at_conversation"))
_AT_MEMBER = and_(
    _AT_CONVERSATION,
    _m.c.person_organization == bindparam("at_person_organization"),
    _m.c.person == bindparam("at_person"),
    _m.c.left == 0,
)
_LEAVE = Statement(update(_m).where(_AT_MEMBER).values(left=bindparam("now")), tuple)
_MARK = Statement(update(_m).where(_AT_MEMBER).values(last_read=bindparam("new_last_read")), tuple)
_SET_OPEN = Statement(update(_m).where(_AT_MEMBER).values(open=bindparam("new_open")), tuple)
_OPEN_FOR_ALL = Statement(update(_m).where(_AT_CONVERSATION, _m.c.left == 0, _m.c.open.is_(False)).values(open=True), tuple)


class SqlMembers:
    """Storage of who is in conversations."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def list_candidates(self, conversation: Conversation, organization: str, people: list[str]) -> list[Candidate]:
        found: list[Candidate] = []
        for ids in _batches(people):
            found += await self._connection.all(
                _list_candidates(len(ids)),
                organization=conversation.organization,
                conversation=conversation.id,
                org_wide=int(conversation.org_wide),
                asking=organization,
                **ids,
            )
        return found

    async def has_channel(self, organization: str, person: str) -> bool:
        found = await self._connection.one(_HAS_CHANNEL, person_organization=organization, person=person)
        return found or False

    async def find(self, conversation: Conversation, organization: str, person: str) -> Newcomer | None:
        return await self._connection.one(
            _FIND,
            organization=conversation.organization,
            conversation=conversation.id,
            person_organization=organization,
            person=person,
        )

    async def enter(self, conversation: Conversation, organization: str, people: list[str], *, at: int, open: bool) -> None:
        for ids in _batches(people):
            await self._connection.run(
                _enter(len(ids)),
                at_organization=conversation.organization,
                at_conversation=conversation.id,
                new_organization=organization,
                now=at,
                new_open=open,
                **ids,
            )

    async def leave(self, conversation: Conversation, organization: str, person: str, *, at: int) -> None:
        await self._connection.run(_LEAVE, **_at(conversation, organization, person), now=at)

    async def mark(self, conversation: Conversation, organization: str, person: str, last_read: int) -> bool:
        return bool(await self._connection.run(_MARK, **_at(conversation, organization, person), new_last_read=last_read))

    async def set_open(self, conversation: Conversation, organization: str, person: str, open: bool) -> None:
        await self._connection.run(_SET_OPEN, **_at(conversation, organization, person), new_open=open)

    async def open_for_all(self, conversation: Conversation) -> None:
        await self._connection.run(_OPEN_FOR_ALL, at_organization=conversation.organization, at_conversation=conversation.id)


def _batches(ids: list[str]) -> list[dict[str, Any]]:
    """The parameters of one statement after another."""
    return [
        {f"id_{number}": id for number, id in enumerate(ids[start : start + _AT_ONCE])}
        for start in range(0, len(ids), _AT_ONCE)
    ]


def _at(conversation: Conversation, organization: str, person: str) -> dict[str, Any]:
    """What names a membership in an UPDATE."""
    return {
        "at_organization": conversation.organization,
        "at_conversation": conversation.id,
        "at_person_organization": organization,
        "at_person": person,
    }
