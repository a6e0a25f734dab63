"""Statements about tokens."""

import msgspec
from sqlalchemy import bindparam, insert, select, update

from gridhall.domain.tokens import TokenRow
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import tokens

_FIND = Statement(select(*tokens.c).where(tokens.c.hash == bindparam("hash")), TokenRow)
_FIND_BY_ID = Statement(select(*tokens.c).where(tokens.c.id == bindparam("id")), TokenRow)
_LIST = Statement(select(*tokens.c).order_by(tokens.c.organization, tokens.c.created, tokens.c.id), TokenRow)
_ADD = Statement(insert(tokens), tuple)
_REVOKE = Statement(
    update(tokens)
    .where(tokens.c.hash == bindparam("at_hash"), tokens.c.revoked_at == 0)
    .values(revoked_at=bindparam("new_revoked_at")),
    tuple,
)


class SqlTokens:
    """Storage of tokens."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, hash: str) -> TokenRow | None:
        return await self._connection.one(_FIND, hash=hash)

    async def find_by_id(self, id: str) -> TokenRow | None:
        return await self._connection.one(_FIND_BY_ID, id=id)

    async def add(self, token: TokenRow) -> None:
        await self._connection.run(_ADD, **msgspec.structs.asdict(token))

    async def revoke(self, hash: str, at: int) -> bool:
        return await self._connection.run(_REVOKE, at_hash=hash, new_revoked_at=at) > 0

    async def list_all(self) -> list[TokenRow]:
        return await self._connection.all(_LIST)
