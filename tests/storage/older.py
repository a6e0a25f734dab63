"""Databases as older versions of the program left them, and what the tables hold now."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Table, select
from sqlalchemy.engine import Connection as SqlConnection
from sqlalchemy.ext.asyncio import create_async_engine

from gridhall.domain.work import Work
from gridhall.storage import schema
from gridhall.storage.statement import Statement
from gridhall.storage.work import SqlWork
from harness.storage import opened

Row = dict[str, Any]


async def built_at(url: str, version: str, rows: list[tuple[str, Row]]) -> None:
    """Build the tables of an older version, and fill them."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))

    def build(connection: SqlConnection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for name, row in rows:
            connection.execute(sa.table(name, *map(sa.column, row)).insert().values(row))

    if url.startswith("sqlite"):
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            build(connection)
        engine.dispose()
        return
    asynchronous = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with asynchronous.begin() as over:
        await over.run_sync(build)
    await asynchronous.dispose()


# The tables of 0001.


def organization(id: str, *, enterprise: bool = True) -> tuple[str, Row]:
    flags = (
        "keep_edits keep_deletes retention_override_allowed desktop_app_browser_quit two_factor_required app_approval_required"
        " oversight_access typed_trigger_permissions ekm_access_withdrawn maintenance"
    )
    row = dict.fromkeys(flags.split(), False) | {
        "id": id,
        "enterprise": enterprise,
        "name": id,
        "domain": id.lower(),
        "created": 1,
    }
    return "organizations", row | {"retention_days": 0, "session_duration": 0, "network_allowlist": "[]"}


def workspace(organization: str, id: str, who: str = "everyone", *, general: str | None = None) -> tuple[str, Row]:
    row: Row = {"organization": organization, "id": id, "name": id, "domain": id.lower(), "created": 1, "migration": "none"}
    row |= {"deleted": False, "two_factor_required": False, "network_allowlist": "[]", "limit_required_over": 0}
    return "workspaces", row | {"who_can_post_general": who, "ekm_access_withdrawn": False, "general": general}


def person(organization: str, id: str, *teams: str, app: str | None = None, **more: Any) -> list[tuple[str, Row]]:
    texts = "real_name first_name last_name display_name email title phone pronouns status_text status_emoji"
    row: Row = dict.fromkeys(texts.split(), "") | {"organization": organization, "id": id, "name": id.lower()}
    row |= {"email_confirmed": True, "org_role": "member", "guest": "none", "deleted": False, "tz": "UTC", "locale": "en-US"}
    row |= {"status_expiration": 0, "fields": "{}", "presence": "auto", "photo": None, "created": 1, "updated": 1}
    row |= {"has_two_factor": False, "app": app, "bot_id": app and app.replace("A", "B")}
    memberships = [{"organization": organization, "workspace": team, "person": id, "role": "member"} for team in teams]
    return [("people", row | more), *(("memberships", membership) for membership in memberships)]


def _statement(table: Table) -> Statement[Row]:
    names = table.c.keys()
    return Statement(
        select(*table.c).order_by(*table.primary_key.columns), lambda *values: dict(zip(names, values, strict=True))
    )


async def rows_of(url: str, *wanted: Table) -> dict[str, list[Row]]:
    async def unit(work: Work) -> dict[str, list[Row]]:
        assert isinstance(work, SqlWork)
        return {table.name: await work.connection.all(_statement(table)) for table in wanted}

    async with opened(url) as storage:
        return await storage.read(unit)
