"""Statements about apps."""

import json

from sqlalchemy import and_, bindparam, select

from gridhall.domain.apps import App
from gridhall.storage.statement import Connection, Remember, Statement
from gridhall.storage.tables import apps, installations, people

_COLUMNS = (
    apps.c.organization,
    apps.c.id,
    apps.c.name,
    apps.c.bot_name,
    apps.c.bot_user,
    apps.c.bot_id,
    apps.c.developer,
    apps.c.collaborators,
    apps.c.removed,
    apps.c.updated,
    apps.c.bot_scopes,
    apps.c.user_scopes,
    apps.c.reduced_history_limits,
    apps.c.unfurl_domains,
    apps.c.distribution,
)

_FIND = Statement(select(*_COLUMNS).where(apps.c.id == bindparam("id")), App, remember=Remember.BY_TABLE)
_FIND_BY_BOT = Statement(
    select(*_COLUMNS)
    .select_from(apps.join(people, and_(people.c.app == apps.c.id, people.c.bot_id == apps.c.bot_id)))
    .where(people.c.organization == bindparam("organization"), people.c.bot_id == bindparam("bot_id")),
    App,
)
_TARGETS = Statement(
    select(installations.c.target, installations.c.granted_teams).where(
        installations.c.organization == bindparam("organization"), installations.c.app == bindparam("app")
    ),
    lambda target, granted: (target, granted),
)


class SqlApps:
    """Storage of apps."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, id: str) -> App | None:
        return await self._connection.one(_FIND, id=id)

    async def find_by_bot(self, organization: str, bot_id: str) -> App | None:
        return await self._connection.one(_FIND_BY_BOT, organization=organization, bot_id=bot_id)

    async def granted_teams(self, organization: str, app: str) -> tuple[bool, list[str] | None]:
        rows = dict(await self._connection.all(_TARGETS, organization=organization, app=app))
        if organization not in rows:
            return False, None
        granted = rows[organization]
        return True, json.loads(granted) if granted is not None else None
