"""Statements about reactions."""

from typing import Any

import msgspec
from sqlalchemy import BigInteger, Integer, and_, bindparam, case, delete, exists, func, insert, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from gridhall.contract.scopes import PUBLIC
from gridhall.domain.messages import Message
from gridhall.domain.reactions import Given, GivenTo, Reader
from gridhall.storage.conversations import IN_WORKSPACE, IS_MINE, MINE
from gridhall.storage.messages import in_sight
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import conversations, messages, reactions

_r = reactions
_c = conversations
_GIVEN = tuple(_r.c[name] for name in Given.__struct_fields__)


def _item(*row: Any) -> tuple[Given, Message]:
    return Given(*row[: len(_GIVEN)]), Message(*row[len(_GIVEN) :])


# Nobody gives two at the same time, also where the clock stands still: so theirs have an order.
_now = bindparam("now", type_=BigInteger)
_theirs = _r.alias("theirs")
_after_last = (
    select(func.max(_theirs.c.reacted) + 1)
    .where(
        _theirs.c.person_organization == bindparam("person_organization", type_=_r.c.person_organization.type),
        _theirs.c.person == bindparam("person", type_=_r.c.person.type),
    )
    .scalar_subquery()
)
_ADD = Statement(
    upsert(_r)
    .values(
        {column.name: bindparam(column.name) for column in _r.c if column.name != "reacted"}
        | {"reacted": case((_after_last > _now, _after_last), else_=_now)}
    )
    .on_conflict_do_nothing(),
    tuple,
)
_OF_MESSAGE = and_(
    _r.c.organization == bindparam("organization"), _r.c.conversation == bindparam("conversation"), _r.c.ts == bindparam("ts")
)
_BY_PERSON = and_(_r.c.person_organization == bindparam("person_organization"), _r.c.person == bindparam("person"))
_REMOVE = Statement(delete(_r).where(_OF_MESSAGE, _r.c.name == bindparam("name"), _BY_PERSON), tuple)
_REMOVE_ALL = Statement(delete(_r).where(_OF_MESSAGE), tuple)

_LIST_ON = Statement(
    select(*(_r.c[name] for name in GivenTo.__struct_fields__))
    .where(_OF_MESSAGE)
    .order_by(_r.c.reacted, _r.c.name, _r.c.person),
    GivenTo,
)
_GIVE_BACK = Statement(insert(_r).values({column.name: bindparam(column.name) for column in _r.c}), tuple)

# What must be known of a conversation is looked up row by row, as in `directory`; here it is what `conversations.see` asks for.
_READABLE = (
    select(
        case(
            (
                and_(
                    _c.c.deleted.is_(False),
                    _c.c.ekm_access_withdrawn.is_(False),
                    or_(
                        and_(_c.c.kind == PUBLIC, bindparam("all_public", type_=Integer) == 1),
                        exists(select(MINE.c.person).where(IS_MINE)),
                    ),
                    IN_WORKSPACE,
                ),
                1,
            ),
            else_=0,
        )
    )
    .where(_c.c.organization == _r.c.organization, _c.c.id == _r.c.conversation)
    .correlate(_r)
    .scalar_subquery()
) == 1

# The same for both lists, so that pages with numbers end where they begin.
_IN_SIGHT = (
    select(case((in_sight(), 1), else_=0))
    .where(
        messages.c.organization == _r.c.organization,
        messages.c.conversation == _r.c.conversation,
        messages.c.ts == _r.c.ts,
    )
    .correlate(_r)
    .scalar_subquery()
) == 1

_NEWEST_FIRST = tuple(column.desc() for column in _GIVEN)
_END_OF_LOOK = Statement(
    select(_r.c.reacted)
    .where(_BY_PERSON, _r.c.reacted < bindparam("after"))
    .order_by(_r.c.reacted.desc())
    .limit(1)
    .offset(bindparam("further", type_=Integer)),
    int,
)
_IN_LOOK = and_(_BY_PERSON, _r.c.reacted >= bindparam("until"), _READABLE)
_LIST_GIVEN = Statement(select(*_GIVEN).where(_IN_LOOK, _IN_SIGHT).order_by(*_NEWEST_FIRST), Given)
_LIST_ITEMS = Statement(
    select(*_GIVEN, *(messages.c[name] for name in Message.__struct_fields__))
    .select_from(
        _r.join(
            messages,
            and_(
                messages.c.organization == _r.c.organization,
                messages.c.conversation == _r.c.conversation,
                messages.c.ts == _r.c.ts,
            ),
        )
    )
    .where(
        _IN_LOOK,
        in_sight(),
        # Said apart as well, for planners that find a place in an index by its column alone.
        _r.c.reacted <= bindparam("after_reacted"),
        tuple_(*_GIVEN) < tuple_(*(bindparam(f"after_{column.name}", type_=column.type) for column in _GIVEN)),
    )
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("limit")),
    _item,
)


class SqlReactions:
    """Storage of reactions."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, message: Message, name: str, *, organization: str, person: str, now: int) -> bool:
        return bool(
            await self._connection.run(
                _ADD, **_of(message), name=name, person_organization=organization, person=person, now=now
            )
        )

    async def remove(self, message: Message, name: str, *, organization: str, person: str) -> bool:
        return bool(
            await self._connection.run(_REMOVE, **_of(message), name=name, person_organization=organization, person=person)
        )

    async def remove_all(self, message: Message) -> None:
        await self._connection.run(_REMOVE_ALL, **_of(message))

    async def list_on(self, message: Message) -> list[GivenTo]:
        return await self._connection.all(_LIST_ON, **_of(message))

    async def give_back(self, message: Message, given: list[GivenTo]) -> None:
        if given:
            await self._connection.many(_GIVE_BACK, [_of(message) | msgspec.structs.asdict(reaction) for reaction in given])

    async def end_of_look(self, organization: str, person: str, *, after: Given, ahead: int) -> Given | None:
        reacted = await self._connection.one(
            _END_OF_LOOK, person_organization=organization, person=person, after=after.reacted, further=ahead - 1
        )
        # Behind all of that moment, should there be several.
        return None if reacted is None else Given(reacted=reacted, organization="", conversation="", ts=0, name="")

    async def list_given(self, organization: str, person: str, reader: Reader, *, until: Given | None) -> list[Given]:
        return await self._connection.all(_LIST_GIVEN, **_look(organization, person, reader, until))

    async def list_items(
        self, organization: str, person: str, reader: Reader, *, after: Given, until: Given | None, limit: int
    ) -> list[tuple[Given, Message]]:
        key = {f"after_{name}": getattr(after, name) for name in Given.__struct_fields__}
        return await self._connection.all(_LIST_ITEMS, **_look(organization, person, reader, until), limit=limit, **key)


def _look(organization: str, person: str, reader: Reader, until: Given | None) -> dict[str, object]:
    """Whose reactions are looked at, by whom, and how far."""
    return {
        "person_organization": organization,
        "person": person,
        "organization": reader.organization,
        "workspace": reader.workspace,
        "seen_by": reader.person,
        "all_public": int(reader.all_public),
        "until": until.reacted if until is not None else 0,
    }


def _of(message: Message) -> dict[str, object]:
    """What names a message in a statement."""
    return {"organization": message.organization, "conversation": message.conversation, "ts": message.ts}
