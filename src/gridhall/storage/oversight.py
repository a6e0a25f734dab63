"""Statements about what overseers find.

Lists are made of looks (see `directory.py`): a look walks one index, takes in so many of its rows at the most, and finds row by
row what else it has to know of a conversation. A filter that passes over many makes short pages, not slow ones.
"""

from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, Integer, and_, bindparam, case, exists, or_, select

from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.domain.conversations import Conversation, Hold
from gridhall.domain.directory import Stretch
from gridhall.domain.oversight import Glimpse, Overseen, Presence
from gridhall.storage.conversations import AS_CHANNEL, COLUMNS, HOLD
from gridhall.storage.directory import AHEAD, LAST
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import connections, conversations, members, shares

_c = conversations
_n = connections
_m = members
_limit = bindparam("limit", type_=Integer)
_ahead = bindparam("ahead", type_=Integer)

_CONNECTED_HERE = exists(
    select(_n.c.workspace).where(
        _n.c.organization == _c.c.organization,
        _n.c.conversation == _c.c.id,
        _n.c.other_organization == bindparam("organization"),
    )
)
# Direct and group conversations are nobody's to share: what makes one of another organization ours is who is in it.
_IS_DIRECT = or_(_c.c.kind == IM, _c.c.kind == MPIM)
_WITH_OURS = and_(
    _IS_DIRECT,
    exists(
        select(_m.c.person).where(
            _m.c.organization == _c.c.organization,
            _m.c.conversation == _c.c.id,
            _m.c.person_organization == bindparam("organization"),
        )
    ),
)
_IS_READABLE = or_(_c.c.deleted.is_(False), _c.c.deleted_at > bindparam("deleted_since"))
_found = select(*COLUMNS, _c.c.deleted_at).where(
    _c.c.id == bindparam("conversation"),
    or_(_c.c.organization == bindparam("organization"), _CONNECTED_HERE, _WITH_OURS),
    _IS_READABLE,
)
_FIND = Statement(_found, Overseen)
_FIND_IN = Statement(_found.where(AS_CHANNEL), Overseen)

_IS_CONNECTED = exists(select(_n.c.workspace).where(_n.c.organization == _c.c.organization, _n.c.conversation == _c.c.id))
_IS_ASKED = or_(_c.c.kind == bindparam("kind"), bindparam("kind") == "")


def _end(id: ColumnElement[str], *where: ColumnElement[bool]) -> Statement[str]:
    """The id that a look along an index ends at."""
    return Statement(select(id).where(*where, id > bindparam("after")).order_by(id).limit(1).offset(_ahead), str)


def _list(walked: FromClause, so: ColumnElement[bool]) -> Statement[Glimpse]:
    """The first conversations that a look takes in.

    Arguments:
        walked: the ids that the look comes by, each once.
        so: what has to be true of a conversation.
    """
    is_so = select(case((and_(so, _IS_READABLE), 1), else_=0)).where(_c.c.id == walked.c.id)
    ids = (
        select(walked.c.id)
        .where(is_so.correlate(walked).scalar_subquery() == 1)
        .order_by(walked.c.id)
        .limit(_limit)
        .subquery("ids")
    )
    return _whole(ids)


def _whole(ids: FromClause) -> Statement[Glimpse]:
    return Statement(
        select(*COLUMNS, _c.c.deleted_at, _IS_CONNECTED)
        .select_from(ids.join(_c, _c.c.id == ids.c.id))
        .order_by(ids.c.id)
        .limit(_limit),
        Glimpse,
    )


class _Source(NamedTuple):
    """A look, and where it ends."""

    end: Statement[str]
    list: Statement[Glimpse]


def _own(*where: ColumnElement[bool]) -> _Source:
    """Conversations of the organization, by an index of their own table."""
    where = (_c.c.organization == bindparam("organization"), _c.c.wide, *where)
    walked = (_c.c.id > bindparam("after"), _c.c.id <= bindparam("until"), _IS_READABLE)
    ids = select(_c.c.id).where(*where, *walked).order_by(_c.c.id).limit(_limit).subquery("ids")
    return _Source(_end(_c.c.id, *where), _whole(ids))


_WIDE = _own()
_WIDE_OF_KIND = _own(_c.c.kind == bindparam("kind"))


def _each(id: ColumnElement[str], *where: ColumnElement[bool], so: ColumnElement[bool]) -> _Source:
    """Conversations of which an index may have many rows, as many as people are in one.

    Rows are what the look counts, so that it costs the same however many name one conversation. Behind its end it goes on with
    the next conversation, past all rows that are left of the last.
    """
    # Twice as many as the look counted, with room for those who come between the two statements.
    rows = select(id.label("id")).where(*where, id > bindparam("after")).order_by(id).limit(_ahead + _ahead).subquery("rows")
    each = select(rows.c.id).where(rows.c.id <= bindparam("until")).group_by(rows.c.id).subquery("each")
    return _Source(_end(id, *where), _list(each, so))


_LENT = _each(_n.c.conversation, _n.c.organization == bindparam("organization"), so=_IS_ASKED)
_BORROWED = _each(_n.c.conversation, _n.c.other_organization == bindparam("organization"), so=_IS_ASKED)
_ABROAD = _each(
    _m.c.conversation,
    _m.c.person_organization == bindparam("organization"),
    _m.c.person_organization != _m.c.organization,
    so=and_(_IS_DIRECT, _IS_ASKED),
)
_there = (shares.c.organization == bindparam("organization"), shares.c.workspace == bindparam("workspace"))
_walked = select(shares.c.conversation.label("id")).where(
    *_there, shares.c.conversation > bindparam("after"), shares.c.conversation <= bindparam("until")
)
_THERE = _Source(_end(shares.c.conversation, *_there), _list(_walked.subquery("walked"), and_(_c.c.wide.is_(False), _IS_ASKED)))

_AT_CONVERSATION = (_m.c.organization == bindparam("organization"), _m.c.conversation == bindparam("conversation"))
_NEXT_ORGANIZATION = Statement(
    select(_m.c.person_organization)
    .where(*_AT_CONVERSATION, _m.c.person_organization > bindparam("after"))
    .order_by(_m.c.person_organization)
    .limit(1),
    str,
)
_of_theirs = (
    *_AT_CONVERSATION,
    _m.c.person_organization == bindparam("person_organization"),
    _m.c.person >= bindparam("after"),
    or_(_m.c.person > bindparam("after"), bindparam("inclusive", type_=Integer) == 1),
)
_END_OF_MEMBERS = Statement(select(_m.c.person).where(*_of_theirs).order_by(_m.c.person).limit(1).offset(_ahead), str)
_LIST_MEMBERS = Statement(
    select(_m.c.person_organization, _m.c.person, _m.c.joined, _m.c.left)
    .where(
        *_of_theirs,
        _m.c.person <= bindparam("until"),
        or_(_m.c.left == 0, bindparam("include_left", type_=Integer) == 1),
    )
    .order_by(_m.c.person)
    .limit(_limit),
    Presence,
)


class SqlOversight:
    """Storage of what overseers find."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(
        self, id: str, *, organization: str, workspace: str | None, deleted_since: int, hold: Hold
    ) -> Overseen | None:
        of = {"conversation": id, "organization": organization, "deleted_since": deleted_since}
        if workspace is not None:
            of["workspace"] = workspace
        statement = _FIND if workspace is None else _FIND_IN
        found = await self._connection.one(statement, **of)
        if found is None or hold is Hold.NOT or not self._connection.locks:
            return found
        # Held once it is known to be theirs, so that nobody keeps another organization waiting; then read by a statement of its
        # own, which sees what those did who were waited for.
        await self._connection.one(HOLD[hold], conversation=id)
        return await self._connection.one(statement, **of)

    async def list_of_organization(
        self, organization: str, *, kind: str | None, connected: bool, deleted_since: int, after: str, limit: int
    ) -> list[Stretch[Glimpse]]:
        sources: list[_Source] = []
        if connected:
            sources.append(_LENT)
        else:
            sources.append(_WIDE if kind is None else _WIDE_OF_KIND)
            if kind not in (PUBLIC, PRIVATE):
                sources.append(_ABROAD)
        if kind not in (IM, MPIM):
            sources.append(_BORROWED)
        of = {"organization": organization, "kind": kind or "", "after": after}
        return [await self._look(source, of, deleted_since, limit) for source in sources]

    async def list_of_workspace(
        self, organization: str, workspace: str, *, kind: str | None, deleted_since: int, after: str, limit: int
    ) -> Stretch[Glimpse]:
        of = {"organization": organization, "workspace": workspace, "kind": kind or "", "after": after}
        return await self._look(_THERE, of, deleted_since, limit)

    async def _look(self, source: _Source, of: dict[str, str], deleted_since: int, limit: int) -> Stretch[Glimpse]:
        end = await self._connection.one(source.end, **of, ahead=AHEAD)
        found = await self._connection.all(
            source.list, **of, ahead=AHEAD, until=end or LAST, deleted_since=deleted_since, limit=limit
        )
        return Stretch(found, end)

    async def list_members(
        self, conversation: Conversation, *, include_left: bool, after: str, limit: int
    ) -> tuple[list[Presence], str]:
        """Organization by organization, as the table's key has them: few are in one conversation."""
        person, _, from_organization = after.partition("/")
        at = {"organization": conversation.organization, "conversation": conversation.id}
        found: list[Presence] = []
        ends: list[tuple[str, str]] = []
        theirs = ""
        while next_one := await self._connection.one(_NEXT_ORGANIZATION, **at, after=theirs):
            theirs = next_one
            # Of those with the very id, the organizations behind the last one's are still to come.
            inclusive = int(bool(from_organization) and theirs > from_organization)
            of = {**at, "person_organization": theirs, "after": person, "inclusive": inclusive}
            end = await self._connection.one(_END_OF_MEMBERS, **of, ahead=AHEAD)
            if end is not None:
                ends.append((end, theirs))
            found += await self._connection.all(
                _LIST_MEMBERS, **of, until=end or LAST, include_left=int(include_left), limit=limit + 1
            )
        found.sort(key=_place)
        end_of_look = min(ends, default=None)
        if end_of_look is not None:
            found = [one for one in found if _place(one) <= end_of_look]
        if len(found) > limit:
            return found[:limit], found[limit - 1].key
        return found, "/".join(end_of_look) if end_of_look is not None else ""


def _place(one: Presence) -> tuple[str, str]:
    return one.person, one.organization
