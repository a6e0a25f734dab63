"""Statements about what people sign in with."""

from collections.abc import Collection

from sqlalchemy import BigInteger, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gridhall.domain.credentials import Credentials
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import credentials, people, recovery_codes

_c, _r = credentials, recovery_codes
_OWN = (_c.c.organization == bindparam("at_organization"), _c.c.person == bindparam("at_person"))
_OWN_CODES = (_r.c.organization == bindparam("organization"), _r.c.person == bindparam("person"))

_FIND = Statement(
    select(*_c.c).where(_c.c.organization == bindparam("organization"), _c.c.person == bindparam("person")), Credentials
)
_row = upsert(_c).values({column.name: bindparam(column.name) for column in _c.c})
_SAVE_PASSWORD = Statement(
    _row.on_conflict_do_update(
        index_elements=list(_c.primary_key.columns), set_={"password_hash": _row.excluded.password_hash}
    ),
    tuple,
)
_SAVE_TWO_FACTOR = Statement(
    _row.on_conflict_do_update(
        index_elements=list(_c.primary_key.columns),
        set_={name: _row.excluded[name] for name in ("two_factor_secret", "two_factor_step")},
    ),
    tuple,
)
_TELL_TWO_FACTOR = Statement(
    update(people)
    .where(people.c.organization == bindparam("at_organization"), people.c.id == bindparam("at_person"))
    .values(has_two_factor=bindparam("new_has_two_factor")),
    tuple,
)
_TAKE_STEP = Statement(
    update(_c)
    .where(*_OWN, _c.c.two_factor_step < bindparam("step", type_=BigInteger))
    .values(two_factor_step=bindparam("new_step", type_=BigInteger)),
    tuple,
)
_FORGET_CODES = Statement(delete(_r).where(*_OWN_CODES), tuple)
_ADD_CODE = Statement(insert(_r), tuple)
_TAKE_CODE = Statement(delete(_r).where(*_OWN_CODES, _r.c.hash == bindparam("hash")), tuple)
_COUNT_CODES = Statement(select(func.count()).select_from(_r).where(*_OWN_CODES), int)


class SqlCredentials:
    """Storage of credentials."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, organization: str, person: str) -> Credentials | None:
        return await self._connection.one(_FIND, organization=organization, person=person)

    async def save_password(self, organization: str, person: str, password_hash: str) -> None:
        row = {"organization": organization, "person": person, "password_hash": password_hash}
        await self._connection.run(_SAVE_PASSWORD, **row, two_factor_secret=None, two_factor_step=0)

    async def save_two_factor(self, organization: str, person: str, secret: str | None, *, step: int) -> None:
        row = {"organization": organization, "person": person, "two_factor_secret": secret, "two_factor_step": step}
        await self._connection.run(_SAVE_TWO_FACTOR, **row, password_hash=None)
        await self._connection.run(
            _TELL_TWO_FACTOR, at_organization=organization, at_person=person, new_has_two_factor=secret is not None
        )

    async def take_step(self, organization: str, person: str, step: int) -> bool:
        at = {"at_organization": organization, "at_person": person}
        return await self._connection.run(_TAKE_STEP, **at, step=step, new_step=step) > 0

    async def replace_recovery_codes(self, organization: str, person: str, hashes: Collection[str]) -> None:
        await self._connection.run(_FORGET_CODES, organization=organization, person=person)
        if hashes:
            rows = [{"organization": organization, "person": person, "hash": hash} for hash in hashes]
            await self._connection.many(_ADD_CODE, rows)

    async def take_recovery_code(self, organization: str, person: str, hash: str) -> bool:
        return await self._connection.run(_TAKE_CODE, organization=organization, person=person, hash=hash) > 0

    async def count_recovery_codes(self, organization: str, person: str) -> int:
        return await self._connection.one(_COUNT_CODES, organization=organization, person=person) or 0
