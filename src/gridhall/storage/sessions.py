"""Statements about sessions and what is set for them."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, and_, bindparam, case, delete, func, insert, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from gridhall.domain.organizations import Organization
from gridhall.domain.sessions import ALL, CLIENTS, DESKTOP, Session, Settings
from gridhall.storage.dialect import least
from gridhall.storage.each import batches, each
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import session_settings, sessions

_s, _of = sessions, session_settings

_NOW = bindparam("now", type_=BigInteger)
# Written as the index on it is: SQLite uses that only for the same text.
_ENDS = _s.c.expires_at > literal_column("0")
_GOES_ON = or_(_s.c.expires_at == literal_column("0"), _s.c.expires_at > _NOW)
_IN_ORGANIZATION = _s.c.organization == bindparam("organization")
_OF_PERSON = and_(_IN_ORGANIZATION, _s.c.person == bindparam("person"))
_AFTER = _s.c.id > bindparam("after", type_=BigInteger)
_LIMIT = bindparam("limit", type_=BigInteger)

_ADD = Statement(insert(_s), tuple)
_FIND = Statement(select(*_s.c).where(_IN_ORGANIZATION, _s.c.id == bindparam("id"), _GOES_ON), Session)
_FIND_BY_COOKIE = Statement(select(*_s.c).where(_s.c.cookie_hash == bindparam("hash"), _GOES_ON), Session)
_FIND_BY_TOKEN = Statement(select(*_s.c).where(_s.c.token_hash == bindparam("hash"), _GOES_ON), Session)
_LIST_ALL = Statement(select(*_s.c).where(_IN_ORGANIZATION, _AFTER, _GOES_ON).order_by(_s.c.id).limit(_LIMIT), Session)
_LIST_OF = Statement(select(*_s.c).where(_OF_PERSON, _AFTER, _GOES_ON).order_by(_s.c.id).limit(_LIMIT), Session)
_LIST_OF_IN = Statement(
    select(*_s.c).where(_OF_PERSON, _s.c.workspace == bindparam("workspace"), _AFTER, _GOES_ON).order_by(_s.c.id).limit(_LIMIT),
    Session,
)
_LIST_LAST_USED = Statement(
    select(*_s.c).where(_OF_PERSON, _GOES_ON).order_by(_s.c.last_activity.desc(), _s.c.id.desc()).limit(_LIMIT), Session
)
_COUNT_OF = Statement(select(func.count()).select_from(_s).where(_OF_PERSON), int)
_LEAST_USED = select(_s.c.id).where(_OF_PERSON).order_by(_s.c.last_activity, _s.c.id).limit(_LIMIT).scalar_subquery()
_END_LEAST_USED = Statement(delete(_s).where(_OF_PERSON, _s.c.id.in_(_LEAST_USED)).returning(_s.c.id), int)
_END = Statement(delete(_s).where(_IN_ORGANIZATION, _s.c.id.in_(each(_s.c.id.type))).returning(_s.c.id), int)
_OF_PEOPLE = and_(_IN_ORGANIZATION, _s.c.person.in_(each(_s.c.person.type)))
_WITH_CLIENTS = or_(*(and_(_s.c.client == client, bindparam(client, type_=Boolean)) for client in CLIENTS))
_END_OF = Statement(
    delete(_s).where(_OF_PEOPLE, _WITH_CLIENTS, _s.c.id != bindparam("other_than", type_=BigInteger)).returning(_s.c.id),
    int,
)
_LIST_OF_ALL = Statement(
    select(_s.c.person, _s.c.id).where(_OF_PEOPLE, _WITH_CLIENTS).order_by(_s.c.person, _s.c.id).limit(_LIMIT),
    lambda person, id: (person, id),
)
_LIST_SIGNED_IN = Statement(select(_s.c.person).where(_OF_PEOPLE, _GOES_ON).distinct(), str)
_SEEN = (
    update(_s)
    .where(_s.c.organization == bindparam("at_organization"), _s.c.id == bindparam("at_id"))
    .values(last_activity=bindparam("new_last_activity"))
)
_SEEN_AS_BEFORE = Statement(_SEEN, tuple)
_SEEN_CHANGED = Statement(_SEEN.values(recent_device=bindparam("new_device")), tuple)

_SETTINGS_OF = Statement(
    select(*_of.c).where(_of.c.organization == bindparam("organization"), _of.c.person.in_(each(_of.c.person.type))), Settings
)
_given = upsert(_of).values({column.name: bindparam(column.name) for column in _of.c})
_SAVE_SETTINGS = Statement(
    _given.on_conflict_do_update(
        index_elements=list(_of.primary_key.columns),
        set_={name: func.coalesce(_given.excluded[name], _of.c[name]) for name in ("duration", "desktop_app_browser_quit")},
    ),
    tuple,
)
_CLEAR_SETTINGS = Statement(
    delete(_of)
    .where(_of.c.organization == bindparam("organization"), _of.c.person.in_(each(_of.c.person.type)))
    .returning(_of.c.person),
    str,
)


_NEVER: ColumnElement[int] = literal_column(str(2**62))


def _setting(name: str, kind: type[BigInteger] | type[Boolean]) -> ColumnElement[Any]:
    """A setting of the session's person or, where they have none of their own, the organization's."""
    own = select(_of.c[name]).where(_of.c.organization == _s.c.organization, _of.c.person == _s.c.person).scalar_subquery()
    return func.coalesce(own, bindparam(f"default_{name}", type_=kind()))


_ends_with_client = and_(_s.c.client == DESKTOP, _setting("desktop_app_browser_quit", Boolean))
_RECKON = (
    update(_s)
    .where(_s.c.organization == bindparam("at_organization"))
    .values(
        # Each setting stands here once: it is looked up as often as it does.
        expires_at=func.coalesce(
            func.nullif(
                least(
                    func.coalesce(_s.c.signed_in_at + func.nullif(_setting("duration", BigInteger), 0), _NEVER),
                    case((_ends_with_client, bindparam("heartbeat_by", type_=BigInteger)), else_=_NEVER),
                ),
                _NEVER,
            ),
            0,
        )
    )
)
_RECKON_PEOPLE = Statement(_RECKON.where(_s.c.person.in_(each(_s.c.person.type))), tuple)
_RECKON_ONE = Statement(_RECKON.where(_s.c.id == bindparam("at_id", type_=BigInteger)), tuple)

_NEXT_EXPIRY: Statement[int | None] = Statement(
    select(func.min(_s.c.expires_at)).where(_IN_ORGANIZATION, _ENDS), lambda expires_at: expires_at
)
_HAS_EXPIRED = and_(_IN_ORGANIZATION, _ENDS, _s.c.expires_at <= _NOW)
_EXPIRED = select(_s.c.id).where(_HAS_EXPIRED).order_by(_s.c.expires_at).limit(_LIMIT).scalar_subquery()
# Asked of each row again when it is deleted: a heartbeat that PostgreSQL waited for may have put off its end.
_END_EXPIRED = Statement(delete(_s).where(_HAS_EXPIRED, _s.c.id.in_(_EXPIRED)).returning(_s.c.id), int)


class SqlSessions:
    """Storage of sessions."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, session: Session) -> None:
        await self._connection.run(_ADD, **msgspec.structs.asdict(session))

    async def find(self, organization: str, id: int, *, now: int) -> Session | None:
        return await self._connection.one(_FIND, organization=organization, id=id, now=now)

    async def find_by_cookie(self, hash: str, *, now: int) -> Session | None:
        return await self._connection.one(_FIND_BY_COOKIE, hash=hash, now=now)

    async def find_by_token(self, hash: str, *, now: int) -> Session | None:
        return await self._connection.one(_FIND_BY_TOKEN, hash=hash, now=now)

    async def list_all(self, organization: str, *, now: int, after: int, limit: int) -> list[Session]:
        return await self._connection.all(_LIST_ALL, organization=organization, now=now, after=after, limit=limit)

    async def list_of(
        self,
        organization: str,
        person: str,
        *,
        now: int,
        workspace: str | None = None,
        after: int = 0,
        limit: int = ALL,
    ) -> list[Session]:
        asked = {"organization": organization, "person": person, "now": now, "after": after, "limit": limit}
        if workspace is None:
            return await self._connection.all(_LIST_OF, **asked)
        return await self._connection.all(_LIST_OF_IN, **asked, workspace=workspace)

    async def list_last_used(self, organization: str, person: str, *, now: int, limit: int) -> list[Session]:
        return await self._connection.all(_LIST_LAST_USED, organization=organization, person=person, now=now, limit=limit)

    async def count_of(self, organization: str, person: str) -> int:
        return await self._connection.one(_COUNT_OF, organization=organization, person=person) or 0

    async def end_least_used(self, organization: str, person: str, *, count: int) -> list[int]:
        return await self._connection.all(_END_LEAST_USED, organization=organization, person=person, limit=count)

    async def end(self, organization: str, ids: Collection[int]) -> list[int]:
        ended: list[int] = []
        for some in batches(sorted(ids)):
            ended += await self._connection.all(_END, organization=organization, **some)
        return ended

    async def end_of(
        self, organization: str, people: Collection[str], *, clients: Collection[str], other_than: int | None = None
    ) -> list[int]:
        asked = {"organization": organization, "other_than": other_than or 0, **_with(clients)}
        ended: list[int] = []
        for some in batches(sorted(people)):
            ended += await self._connection.all(_END_OF, **asked, **some)
        return ended

    async def list_of_all(
        self, organization: str, people: Collection[str], *, clients: Collection[str], limit: int
    ) -> list[tuple[str, int]]:
        asked = {"organization": organization, **_with(clients)}
        found: list[tuple[str, int]] = []
        for some in batches(sorted(people)):
            if len(found) < limit:
                found += await self._connection.all(_LIST_OF_ALL, **asked, **some, limit=limit - len(found))
        return found

    async def list_signed_in(self, organization: str, people: Collection[str], *, now: int) -> list[str]:
        found: list[str] = []
        for some in batches(sorted(people)):
            found += await self._connection.all(_LIST_SIGNED_IN, organization=organization, now=now, **some)
        return found

    async def seen(self, organization: str, id: int, *, at: int, device: str | None) -> None:
        if device is None:
            await self._connection.run(_SEEN_AS_BEFORE, at_organization=organization, at_id=id, new_last_activity=at)
        else:
            await self._connection.run(
                _SEEN_CHANGED, at_organization=organization, at_id=id, new_last_activity=at, new_device=device
            )

    async def settings_of(self, organization: str, people: Collection[str]) -> list[Settings]:
        found: dict[str, Settings] = {}
        for some in batches(sorted(people)):
            found |= {one.person: one for one in await self._connection.all(_SETTINGS_OF, organization=organization, **some)}
        return list(found.values())

    async def save_settings(self, settings: Sequence[Settings]) -> None:
        await self._connection.many(_SAVE_SETTINGS, [msgspec.structs.asdict(one) for one in settings])

    async def clear_settings(self, organization: str, people: Collection[str]) -> list[str]:
        cleared: list[str] = []
        for some in batches(sorted(people)):
            cleared += await self._connection.all(_CLEAR_SETTINGS, organization=organization, **some)
        return cleared

    async def apply_settings(
        self, organization: Organization, people: Collection[str], *, heartbeat_by: int, session: int | None = None
    ) -> None:
        defaults = {
            "at_organization": organization.id,
            "default_duration": organization.session_duration,
            "default_desktop_app_browser_quit": organization.desktop_app_browser_quit,
            "heartbeat_by": heartbeat_by,
        }
        if session is not None:
            await self._connection.run(_RECKON_ONE, **defaults, at_id=session)
            return
        for some in batches(sorted(people)):
            await self._connection.run(_RECKON_PEOPLE, **defaults, **some)

    async def next_expiry(self, organization: str) -> int | None:
        return await self._connection.one(_NEXT_EXPIRY, organization=organization)

    async def end_expired(self, organization: str, *, now: int, limit: int) -> list[int]:
        return await self._connection.all(_END_EXPIRED, organization=organization, now=now, limit=limit)


def _with(clients: Collection[str]) -> dict[str, bool]:
    """The parameters of `_WITH_CLIENTS`."""
    return {client: client in clients for client in CLIENTS}
