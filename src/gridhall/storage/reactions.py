"""Statements about reactions."""

from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, case, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from gridhall.domain.messages import Message
from gridhall.domain.reactions import Given
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import messages, reactions

_r = reactions
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

_NEWEST_FIRST = tuple(column.desc() for column in _GIVEN)
_LIST_GIVEN = Statement(select(*_GIVEN).where(_BY_PERSON).order_by(*_NEWEST_FIRST).limit(bindparam("limit")), Given)
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
        _BY_PERSON,
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

    async def list_given(self, organization: str, person: str, *, limit: int) -> list[Given]:
        return await self._connection.all(_LIST_GIVEN, person_organization=organization, person=person, limit=limit)

    async def list_items(self, organization: str, person: str, *, after: Given, limit: int) -> list[tuple[Given, Message]]:
        key = {f"after_{name}": getattr(after, name) for name in Given.__struct_fields__}
        return await self._connection.all(_LIST_ITEMS, person_organization=organization, person=person, limit=limit, **key)


def _of(message: Message) -> dict[str, object]:
    """What names a message in a statement."""
    return {"organization": message.organization, "conversation": message.conversation, "ts": message.ts}
