"""Statements about which conversations there are, and who is in them.

A page's ids are found first: one index is walked in their order, and what must be known of a conversation is looked up row by
row, in a subquery for one value. Written as a join, PostgreSQL would choose by statistics that are not always there, and go
through whole tables. Only then the conversations are read.
"""

from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, case, exists, or_, select, tuple_, union_all
from sqlalchemy.sql.elements import ColumnElement

from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.domain.conversations import Listed
from gridhall.domain.directory import Insider, Stay, Stretch
from gridhall.storage.conversations import IN_WORKSPACE, IS_MINE, LISTED, MINE
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import connections, conversations, members, shares

AHEAD = 2000
"""Conversations that one look takes in at the most, those that it may not tell of included."""

LAST = "~"
"""Behind every id."""

_c = conversations
_theirs = members.alias("theirs")
_limit = bindparam("limit", type_=Integer)


def _first(host: ColumnElement[Any], id: ColumnElement[Any], *where: ColumnElement[bool]) -> Select[Any]:
    """The first ids of one source that the look takes in."""
    found = (
        select(host.label("organization"), id.label("id"))
        .where(*where, id > bindparam("after"), id <= bindparam("until"))
        .order_by(id)
        .limit(_limit)
        .subquery()
    )
    return select(found.c.organization, found.c.id)


def _is(host: ColumnElement[Any], id: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a conversation that a row names is so."""
    source = host.table
    found = select(case((condition, 1), else_=0)).where(_c.c.organization == host, _c.c.id == id)
    return found.correlate(source).scalar_subquery() == 1


def _whole(first: Any) -> Statement[Listed]:
    """The conversations whose ids were found."""
    ids = first.subquery("ids")
    return Statement(
        select(*LISTED)
        .select_from(ids.join(_c, and_(_c.c.organization == ids.c.organization, _c.c.id == ids.c.id)).outerjoin(MINE, IS_MINE))
        .order_by(ids.c.id)
        .limit(_limit),
        Listed,
    )


_is_public = and_(_c.c.kind == PUBLIC, _c.c.deleted.is_(False))
_LIST_PUBLIC = _whole(
    union_all(
        _first(
            shares.c.organization,
            shares.c.conversation,
            shares.c.organization == bindparam("organization"),
            shares.c.workspace == bindparam("workspace"),
            _is(shares.c.organization, shares.c.conversation, and_(_is_public, _c.c.org_wide.is_(False))),
        ),
        _first(
            connections.c.organization,
            connections.c.conversation,
            connections.c.other_organization == bindparam("organization"),
            connections.c.workspace == bindparam("workspace"),
            _is(connections.c.organization, connections.c.conversation, _is_public),
        ),
        _first(_c.c.organization, _c.c.id, _c.c.organization == bindparam("organization"), _c.c.org_wide, _is_public),
    )
)
_END_OF_SHARES = Statement(
    select(shares.c.conversation)
    .where(
        shares.c.organization == bindparam("organization"),
        shares.c.workspace == bindparam("workspace"),
        shares.c.conversation > bindparam("after"),
    )
    .order_by(shares.c.conversation)
    .limit(1)
    .offset(bindparam("ahead", type_=Integer)),
    str,
)


def _asked(kind: str) -> ColumnElement[bool]:
    return and_(_c.c.kind == kind, bindparam(kind, type_=Integer) == 1)


_IS_THEIRS = and_(
    _theirs.c.person_organization == bindparam("person_organization"),
    _theirs.c.person == bindparam("person"),
)
_LIST_OF = _whole(
    _first(
        _theirs.c.organization,
        _theirs.c.conversation,
        _IS_THEIRS,
        _theirs.c.left == 0,
        _is(
            _theirs.c.organization,
            _theirs.c.conversation,
            and_(
                _c.c.deleted.is_(False),
                or_(*(_asked(kind) for kind in (PUBLIC, PRIVATE, IM, MPIM))),
                or_(_c.c.archived.is_(False), bindparam("exclude_archived", type_=Integer) == 0),
                or_(
                    and_(_c.c.kind == PUBLIC, bindparam("all_public", type_=Integer) == 1),
                    exists(select(MINE.c.person).where(IS_MINE)),
                ),
                IN_WORKSPACE,
            ),
        ),
    )
)
_stay = members.alias("stay")
_stays = _first(
    _theirs.c.organization,
    _theirs.c.conversation,
    _IS_THEIRS,
    or_(_theirs.c.left == 0, bindparam("include_left", type_=Integer) == 1),
    _is(
        _theirs.c.organization,
        _theirs.c.conversation,
        and_(
            or_(_c.c.deleted.is_(False), _c.c.deleted_at > bindparam("deleted_since")),
            or_(*(_asked(kind) for kind in (PUBLIC, PRIVATE, IM, MPIM))),
        ),
    ),
).subquery("ids")
_LIST_STAYS = Statement(
    select(
        _c.c.organization,
        _c.c.id,
        _c.c.kind,
        _c.c.workspace,
        _c.c.wide,
        exists(
            select(connections.c.workspace)
            .where(connections.c.organization == _c.c.organization, connections.c.conversation == _c.c.id)
            .correlate(_c)
        ),
        _stay.c.joined,
        _stay.c.left,
    )
    .select_from(
        _stays.join(_c, and_(_c.c.organization == _stays.c.organization, _c.c.id == _stays.c.id)).join(
            _stay,
            and_(
                _stay.c.organization == _c.c.organization,
                _stay.c.conversation == _c.c.id,
                _stay.c.person_organization == bindparam("organization"),
                _stay.c.person == bindparam("person"),
            ),
        )
    )
    .order_by(_stays.c.id)
    .limit(_limit),
    Stay,
)
_END_OF_THEIRS = Statement(
    select(_theirs.c.conversation)
    .where(_IS_THEIRS, _theirs.c.conversation > bindparam("after"))
    .order_by(_theirs.c.conversation)
    .limit(1)
    .offset(bindparam("ahead", type_=Integer)),
    str,
)

_LIST_INSIDERS = Statement(
    select(members.c.person_organization, members.c.person)
    .where(
        members.c.organization == bindparam("organization"),
        members.c.conversation == bindparam("conversation"),
        tuple_(members.c.person_organization, members.c.person)
        > tuple_(bindparam("after_organization"), bindparam("after_person")),
        members.c.left == 0,
    )
    .order_by(members.c.person_organization, members.c.person)
    .limit(bindparam("limit", type_=Integer)),
    Insider,
)


class SqlDirectory:
    """Storage of lists."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def list_public(self, organization: str, workspace: str, *, seen_by: str, after: str, limit: int) -> Stretch[Listed]:
        where = {"organization": organization, "workspace": workspace, "after": after}
        end = await self._connection.one(_END_OF_SHARES, **where, ahead=AHEAD)
        found = await self._connection.all(_LIST_PUBLIC, **where, until=end or LAST, seen_by=seen_by, limit=limit)
        return Stretch(found, end)

    async def list_of(
        self,
        person: Insider,
        organization: str,
        workspace: str,
        *,
        kinds: frozenset[str],
        seen_by: str,
        all_public: bool,
        exclude_archived: bool,
        after: str,
        limit: int,
    ) -> Stretch[Listed]:
        theirs = {"person_organization": person.organization, "person": person.person, "after": after}
        end = await self._connection.one(_END_OF_THEIRS, **theirs, ahead=AHEAD)
        found = await self._connection.all(
            _LIST_OF,
            **theirs,
            until=end or LAST,
            organization=organization,
            workspace=workspace,
            seen_by=seen_by,
            all_public=int(all_public),
            exclude_archived=int(exclude_archived),
            limit=limit,
            **{kind: int(kind in kinds) for kind in (PUBLIC, PRIVATE, IM, MPIM)},
        )
        return Stretch(found, end)

    async def list_stays(
        self,
        person: Insider,
        *,
        kinds: frozenset[str],
        include_left: bool,
        deleted_since: int,
        after: str,
        limit: int,
    ) -> Stretch[Stay]:
        theirs = {"person_organization": person.organization, "person": person.person, "after": after}
        end = await self._connection.one(_END_OF_THEIRS, **theirs, ahead=AHEAD)
        found = await self._connection.all(
            _LIST_STAYS,
            **theirs,
            until=end or LAST,
            organization=person.organization,
            include_left=int(include_left),
            deleted_since=deleted_since,
            limit=limit,
            **{kind: int(kind in kinds) for kind in (PUBLIC, PRIVATE, IM, MPIM)},
        )
        return Stretch(found, end)

    async def list_insiders(self, organization: str, conversation: str, *, after: Insider, limit: int) -> list[Insider]:
        return await self._connection.all(
            _LIST_INSIDERS,
            organization=organization,
            conversation=conversation,
            after_organization=after.organization,
            after_person=after.person,
            limit=limit,
        )
