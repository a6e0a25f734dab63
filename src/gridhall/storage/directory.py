"""Statements about which conversations there are, and who is in them."""

from typing import Any

from sqlalchemy import Integer, and_, bindparam, or_, select, tuple_, union_all
from sqlalchemy.sql.elements import ColumnElement

from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.domain.conversations import Listed
from gridhall.domain.directory import Insider, Stretch
from gridhall.storage.conversations import IN_WORKSPACE, IS_MINE, LISTED, MINE
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import connections, conversations, members, shares

AHEAD = 1000
"""Conversations that one look takes in at the most, those that it may not tell of included."""

LAST = "~"
"""Behind every id."""

_c = conversations
_theirs = members.alias("theirs")
_public = conversations.alias("public")


def _between(id: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(id > bindparam("after"), id <= bindparam("until"))


def _arm(host: ColumnElement[Any], id: ColumnElement[Any], source: Any, *where: ColumnElement[bool]) -> Any:
    """The first public channels of one source, each found by one index in the order of ids."""
    first = (
        select(host.label("organization"), id.label("id"))
        .select_from(source)
        .where(*where, _public.c.kind == PUBLIC, _public.c.deleted.is_(False), _between(id))
        .order_by(id)
        .limit(bindparam("limit", type_=Integer))
        .subquery()
    )
    return select(first.c.organization, first.c.id)


_SHARED = _arm(
    shares.c.organization,
    shares.c.conversation,
    shares.join(_public, and_(_public.c.organization == shares.c.organization, _public.c.id == shares.c.conversation)),
    shares.c.organization == bindparam("organization"),
    shares.c.workspace == bindparam("workspace"),
    _public.c.org_wide.is_(False),
)
_CONNECTED = _arm(
    connections.c.organization,
    connections.c.conversation,
    connections.join(
        _public, and_(_public.c.organization == connections.c.organization, _public.c.id == connections.c.conversation)
    ),
    connections.c.other_organization == bindparam("organization"),
    connections.c.workspace == bindparam("workspace"),
)
_EVERYWHERE = _arm(
    _public.c.organization,
    _public.c.id,
    _public,
    _public.c.organization == bindparam("organization"),
    _public.c.org_wide,
)
_reached = union_all(_SHARED, _CONNECTED, _EVERYWHERE).subquery("reached")
_LIST_PUBLIC = Statement(
    select(*LISTED)
    .select_from(
        _reached.join(_c, and_(_c.c.organization == _reached.c.organization, _c.c.id == _reached.c.id)).outerjoin(MINE, IS_MINE)
    )
    .order_by(_reached.c.id)
    .limit(bindparam("limit", type_=Integer)),
    Listed,
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
_LIST_OF = Statement(
    select(*LISTED)
    .select_from(
        _theirs.join(_c, and_(_c.c.organization == _theirs.c.organization, _c.c.id == _theirs.c.conversation)).outerjoin(
            MINE, IS_MINE
        )
    )
    .where(
        _IS_THEIRS,
        _theirs.c.left == 0,
        _between(_theirs.c.conversation),
        _c.c.deleted.is_(False),
        or_(*(_asked(kind) for kind in (PUBLIC, PRIVATE, IM, MPIM))),
        or_(MINE.c.person.is_not(None), and_(_c.c.kind == PUBLIC, bindparam("all_public", type_=Integer) == 1)),
        or_(_c.c.archived.is_(False), bindparam("exclude_archived", type_=Integer) == 0),
        IN_WORKSPACE,
    )
    .order_by(_theirs.c.conversation)
    .limit(bindparam("limit", type_=Integer)),
    Listed,
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

    async def list_public(self, organization: str, workspace: str, *, seen_by: str, after: str, limit: int) -> Stretch:
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
    ) -> Stretch:
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

    async def list_insiders(self, organization: str, conversation: str, *, after: Insider, limit: int) -> list[Insider]:
        return await self._connection.all(
            _LIST_INSIDERS,
            organization=organization,
            conversation=conversation,
            after_organization=after.organization,
            after_person=after.person,
            limit=limit,
        )
