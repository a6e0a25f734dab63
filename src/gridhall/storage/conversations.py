"""Statements about conversations."""

from sqlalchemy import Boolean, Integer, and_, bindparam, case, exists, func, or_, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.domain.conversations import Hold, Listed, Seen
from gridhall.domain.people import Person
from gridhall.storage.dialect import comma_list
from gridhall.storage.statement import Connection, Remember, Statement
from gridhall.storage.tables import connections, conversations, members, people, shares

_c = conversations
_theirs = members.alias("theirs")
_mine = members.alias("mine")
_partner = members.alias("partner")

_SHARED = (
    select(comma_list(shares.c.workspace))
    .where(shares.c.organization == _c.c.organization, shares.c.conversation == _c.c.id)
    .correlate(_c)
    .scalar_subquery()
)
_connected = (
    select(comma_list(connections.c.workspace))
    .where(connections.c.organization == _c.c.organization, connections.c.conversation == _c.c.id)
    .correlate(_c)
)
_CONNECTED_OURS = _connected.where(connections.c.other_organization == bindparam("organization")).scalar_subquery()
_CONNECTED_OTHERS = _connected.where(connections.c.other_organization != bindparam("organization")).scalar_subquery()
_PARTNER = (
    select(func.min(_partner.c.person))
    .where(
        _partner.c.organization == _c.c.organization,
        _partner.c.conversation == _c.c.id,
        _partner.c.person != bindparam("seen_by"),
    )
    .correlate(_c)
    .scalar_subquery()
)
_PARTNER_DELETED = (
    select(people.c.deleted)
    .where(
        people.c.id == _PARTNER,
        people.c.organization
        == select(func.min(_partner.c.person_organization))
        .where(
            _partner.c.organization == _c.c.organization,
            _partner.c.conversation == _c.c.id,
            _partner.c.person != bindparam("seen_by"),
        )
        .correlate(_c)
        .scalar_subquery(),
    )
    .correlate(_c)
    .scalar_subquery()
)
_IN_WORKSPACE = or_(
    _c.c.kind == IM,
    _c.c.kind == MPIM,
    and_(_c.c.org_wide, _c.c.organization == bindparam("organization")),
    exists(
        select(shares.c.workspace).where(
            shares.c.organization == _c.c.organization,
            shares.c.conversation == _c.c.id,
            shares.c.workspace == bindparam("workspace"),
        )
    ),
    exists(
        select(connections.c.workspace).where(
            connections.c.organization == _c.c.organization,
            connections.c.conversation == _c.c.id,
            connections.c.other_organization == bindparam("organization"),
            connections.c.workspace == bindparam("workspace"),
        )
    ),
)


def _asked(kind: str) -> ColumnElement[bool]:
    return and_(_c.c.kind == kind, bindparam(kind, type_=Integer) == 1)


_COLUMNS = (
    _c.c.organization,
    _c.c.id,
    _c.c.kind,
    _c.c.name,
    _c.c.workspace,
    _c.c.creator,
    _c.c.created,
    _c.c.updated,
    _c.c.general,
    _c.c.archived,
    _c.c.org_wide,
    _c.c.topic,
    _c.c.topic_creator,
    _c.c.topic_set,
    _c.c.purpose,
    _c.c.purpose_creator,
    _c.c.purpose_set,
    _c.c.previous_names,
    _c.c.posting,
    _c.c.threads,
    _c.c.retention_days,
    _c.c.ekm_access_withdrawn,
    _c.c.num_members,
)
_SEEN = (*_COLUMNS, _mine.c.last_read, _mine.c.open, type_coerce(_IN_WORKSPACE, Boolean))
_LISTED = (
    *_SEEN,
    _SHARED,
    _CONNECTED_OURS,
    _CONNECTED_OTHERS,
    case((_c.c.kind == IM, _PARTNER), else_=None),
    case((_c.c.kind == IM, _PARTNER_DELETED), else_=None),
)
_IS_MINE = and_(
    _mine.c.organization == _c.c.organization,
    _mine.c.conversation == _c.c.id,
    _mine.c.person_organization == bindparam("organization"),
    _mine.c.person == bindparam("seen_by"),
    _mine.c.left == 0,
)
# One of the caller's organization, or one that a connection reaches from there.
_KNOWN = and_(
    _c.c.id == bindparam("conversation"),
    _c.c.deleted.is_(False),
    or_(
        _c.c.organization == bindparam("organization"),
        exists(
            select(connections.c.workspace).where(
                connections.c.organization == _c.c.organization,
                connections.c.conversation == _c.c.id,
                connections.c.other_organization == bindparam("organization"),
            )
        ),
    ),
)
_FROM = _c.outerjoin(_mine, _IS_MINE)
_find = select(*_SEEN).select_from(_FROM).where(_KNOWN)
_FIND = {
    Hold.NOT: Statement(_find, Seen, remember=Remember.BY_CONVERSATION),
    Hold.STEADY: Statement(_find.with_for_update(read=True, of=_c), Seen, remember=Remember.BY_CONVERSATION),
    Hold.CHANGING: Statement(_find.with_for_update(key_share=True, of=_c), Seen, remember=Remember.BY_CONVERSATION),
}
_FIND_LISTED = Statement(select(*_LISTED).select_from(_FROM).where(_KNOWN), Listed, remember=Remember.BY_CONVERSATION)
_WORKSPACES_OF = Statement(
    select(shares.c.workspace).where(
        shares.c.organization == bindparam("organization"), shares.c.conversation == bindparam("conversation")
    ),
    str,
    remember=Remember.BY_CONVERSATION,
)

_LIST_OF = Statement(
    select(*_LISTED)
    .select_from(
        _theirs.join(_c, and_(_c.c.organization == _theirs.c.organization, _c.c.id == _theirs.c.conversation)).outerjoin(
            _mine, _IS_MINE
        )
    )
    .where(
        _theirs.c.person_organization == bindparam("person_organization"),
        _theirs.c.person == bindparam("person"),
        _theirs.c.left == 0,
        _theirs.c.conversation > bindparam("after"),
        _c.c.deleted.is_(False),
        or_(*(_asked(kind) for kind in (PUBLIC, PRIVATE, IM, MPIM))),
        or_(_mine.c.person.is_not(None), and_(_c.c.kind == PUBLIC, bindparam("all_public", type_=Integer) == 1)),
        or_(_c.c.archived.is_(False), bindparam("exclude_archived", type_=Integer) == 0),
        _IN_WORKSPACE,
    )
    .order_by(_theirs.c.conversation)
    .limit(bindparam("limit")),
    Listed,
)


class SqlConversations:
    """Storage of conversations."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, id: str, *, organization: str, workspace: str, person: str, hold: Hold) -> Seen | None:
        return await self._connection.one(
            _FIND[hold], conversation=id, organization=organization, workspace=workspace, seen_by=person
        )

    async def find_listed(self, id: str, *, organization: str, workspace: str, person: str) -> Listed | None:
        return await self._connection.one(
            _FIND_LISTED, conversation=id, organization=organization, workspace=workspace, seen_by=person
        )

    async def workspaces_of(self, organization: str, id: str) -> list[str]:
        return await self._connection.all(_WORKSPACES_OF, organization=organization, conversation=id)

    async def list_of(
        self,
        person: Person,
        organization: str,
        workspace: str,
        *,
        kinds: frozenset[str],
        seen_by: str,
        all_public: bool,
        exclude_archived: bool,
        after: str,
        limit: int,
    ) -> list[Listed]:
        return await self._connection.all(
            _LIST_OF,
            person_organization=person.organization,
            person=person.id,
            organization=organization,
            workspace=workspace,
            seen_by=seen_by,
            all_public=int(all_public),
            exclude_archived=int(exclude_archived),
            after=after,
            limit=limit,
            **{kind: int(kind in kinds) for kind in (PUBLIC, PRIVATE, IM, MPIM)},
        )
