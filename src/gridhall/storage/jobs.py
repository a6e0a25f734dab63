"""Statements about jobs."""

from functools import lru_cache

import msgspec
from sqlalchemy import BigInteger, Integer, and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import BindParameter, ColumnElement

from gridhall.domain.jobs import Job, Later, Taken
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import jobs

_j = jobs
_COLUMNS = tuple(_j.c[name] for name in Job.__struct_fields__)
_KEY = (_j.c.organization, _j.c.kind, _j.c.key)

_new = insert(_j).values({name: bindparam(name) for name in Job.__struct_fields__})
_earlier = case((_new.excluded.due < _j.c.due, _new.excluded.due), else_=_j.c.due)
_PUT = Statement(_new.on_conflict_do_update(index_elements=_KEY, set_={"due": _earlier, "wanted": _j.c.wanted + 1}), tuple)

_is_this = and_(_j.c.organization == bindparam("organization"), _j.c.kind == bindparam("kind"), _j.c.key == bindparam("key"))
_FIND = Statement(select(*_COLUMNS).where(_is_this), Job)
_LIST = Statement(select(*_COLUMNS).order_by(_j.c.due, *_KEY), Job)
_is_free = or_(_j.c.lease.is_(None), _j.c.leased_until <= bindparam("machine_now", type_=BigInteger))


def _is_of(count: int) -> ColumnElement[bool]:
    """Whether a job is of one of so many kinds."""
    kinds: list[BindParameter[str]] = [bindparam(f"kind_{number}") for number in range(count)]
    return _j.c.kind.in_(kinds)


@lru_cache(maxsize=8)
def _next_due(count: int) -> Statement[int]:
    return Statement(select(_j.c.due).where(_is_of(count)).order_by(_j.c.due).limit(1), int)


@lru_cache(maxsize=8)
def _outlook(count: int) -> Statement[tuple[int | None, int | None]]:
    is_held = and_(_j.c.lease.is_not(None), _j.c.leased_until > bindparam("machine_now", type_=BigInteger))
    return Statement(
        select(
            select(_j.c.due).where(_is_of(count), _is_free).order_by(_j.c.due).limit(1).scalar_subquery(),
            select(func.min(_j.c.leased_until)).where(_is_of(count), is_held).scalar_subquery(),
        ),
        lambda due, held_until: (due, held_until),
    )


@lru_cache(maxsize=8)
def _list_free(count: int) -> Statement[Job]:
    return Statement(
        select(*_COLUMNS)
        .where(_is_of(count), _j.c.due <= bindparam("now", type_=BigInteger), _is_free)
        .order_by(_j.c.due)
        .limit(bindparam("most", type_=BigInteger))
        .with_for_update(skip_locked=True),
        Job,
    )


_LEASE = Statement(
    update(_j)
    .where(
        _j.c.organization == bindparam("at_organization"),
        _j.c.kind == bindparam("at_kind"),
        _j.c.key == bindparam("at_key"),
    )
    .values(lease=bindparam("new_lease"), leased_until=bindparam("new_until")),
    tuple,
)

_at_this = and_(
    _j.c.organization == bindparam("at_organization"),
    _j.c.kind == bindparam("at_kind"),
    _j.c.key == bindparam("at_key"),
    _j.c.lease == bindparam("at_lease"),
)
_keeps = bindparam("keep", type_=Integer) == 1
_is_seen = _j.c.wanted == bindparam("seen", type_=BigInteger)
_GO_ON = Statement(
    update(_j)
    .where(_at_this)
    .values(
        due=case((_is_seen, bindparam("new_due", type_=BigInteger)), else_=_j.c.due),
        progress=bindparam("new_progress"),
        lease=case((_keeps, _j.c.lease), else_=None),
        leased_until=case((_keeps, _j.c.leased_until), else_=0),
        attempts=0,
        error=None,
    )
    .returning(*_COLUMNS),
    Job,
)
_FINISH = Statement(delete(_j).where(_at_this, _is_seen), tuple)
_FAIL = Statement(
    update(_j)
    .where(_at_this)
    .values(
        due=case((_is_seen, bindparam("new_due", type_=BigInteger)), else_=_j.c.due),
        error=bindparam("new_error"),
        attempts=_j.c.attempts + 1,
        lease=None,
        leased_until=0,
    ),
    tuple,
)
_RENEW = Statement(
    update(_j).where(_j.c.lease == bindparam("at_lease")).values(leased_until=bindparam("new_until", type_=BigInteger)), tuple
)
_nobody = {"lease": None, "leased_until": 0}
_RELEASE = Statement(update(_j).where(_j.c.lease == bindparam("at_lease")).values(_nobody), tuple)
_RELEASE_ALL = Statement(update(_j).where(_j.c.lease.is_not(None)).values(_nobody), tuple)
_now = bindparam("new_due", type_=BigInteger)
_RETRY = Statement(
    update(_j)
    .where(
        _j.c.organization == bindparam("at_organization"),
        _j.c.kind == bindparam("at_kind"),
        _j.c.key == bindparam("at_key"),
    )
    .values(due=case((_j.c.due < _now, _j.c.due), else_=_now), wanted=_j.c.wanted + 1),
    tuple,
)


class SqlJobs:
    """Storage of jobs."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, organization: str, kind: str, key: str, *, due: int, payload: str, created: int) -> None:
        job = Job(organization, kind, key, due, payload, None, 0, None, None, 0, 0, created)
        await self._connection.run(_PUT, **msgspec.structs.asdict(job))

    async def find(self, organization: str, kind: str, key: str) -> Job | None:
        return await self._connection.one(_FIND, organization=organization, kind=kind, key=key)

    async def list_all(self) -> list[Job]:
        return await self._connection.all(_LIST)

    async def next_due(self, kinds: tuple[str, ...]) -> int | None:
        return await self._connection.one(_next_due(len(kinds)), **_named(kinds))

    async def outlook(self, kinds: tuple[str, ...], machine_now: int) -> tuple[int | None, int | None]:
        found = await self._connection.one(_outlook(len(kinds)), **_named(kinds), machine_now=machine_now)
        return found or (None, None)

    async def lease(
        self, kinds: tuple[str, ...], now: int, *, machine_now: int, until: int, lease: str, limit: int
    ) -> list[Job]:
        due = {"now": now, "machine_now": machine_now, "most": limit}
        free = await self._connection.all(_list_free(len(kinds)), **_named(kinds), **due)
        for job in free:
            of = {"at_organization": job.organization, "at_kind": job.kind, "at_key": job.key}
            await self._connection.run(_LEASE, **of, new_lease=lease, new_until=until)
        return [msgspec.structs.replace(job, lease=lease, leased_until=until) for job in free]

    async def save(self, job: Job, later: Later | None, *, keep: bool) -> Job | None:
        if later is None:
            if await self._connection.run(_FINISH, **_at(job), seen=job.wanted):
                return None
            later = Later(job.due)
        saved = await self._connection.one(
            _GO_ON,
            **_at(job),
            seen=job.wanted,
            new_due=later.due,
            new_progress=later.progress,
            keep=int(keep),
        )
        if saved is None:
            raise Taken
        return saved

    async def fail(self, job: Job, *, due: int, error: str) -> None:
        await self._connection.run(_FAIL, **_at(job), seen=job.wanted, new_due=due, new_error=error)

    async def renew(self, lease: str, *, until: int) -> None:
        await self._connection.run(_RENEW, at_lease=lease, new_until=until)

    async def release(self, lease: str | None) -> None:
        if lease is None:
            await self._connection.run(_RELEASE_ALL)
        else:
            await self._connection.run(_RELEASE, at_lease=lease)

    async def retry(self, organization: str, kind: str, key: str, *, due: int) -> bool:
        found = await self._connection.run(_RETRY, at_organization=organization, at_kind=kind, at_key=key, new_due=due)
        return found > 0


def _named(kinds: tuple[str, ...]) -> dict[str, str]:
    """The parameters of `_is_of`."""
    return {f"kind_{number}": kind for number, kind in enumerate(kinds)}


def _at(job: Job) -> dict[str, object]:
    """What names a job that one has in a statement that changes it."""
    return {"at_organization": job.organization, "at_kind": job.kind, "at_key": job.key, "at_lease": job.lease}
