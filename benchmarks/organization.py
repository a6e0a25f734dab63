"""An organization large enough to measure with."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import msgspec

from benchmarks import messages
from benchmarks.messages import Channel
from gridhall.cli import operator
from gridhall.contract.orgfile import OrgDocument
from gridhall.storage.engines import is_sqlite, migrate
from gridhall.storage.orgfile.load import load
from gridhall.storage.work import SqlWork

ORGANIZATION = "E0BENCH0001"
TEAM = "T0BENCH0001"
BOT_TOKEN = "xoxb-bench"
USER_TOKEN = "xoxp-bench"
WRITER_TOKEN = "xoxb-bench-writer"
ADMIN_TOKEN = "xoxp-bench-admin"

CROWD = "C0CROWD0001"
"""A channel of all workspaces, with every fifth person in it."""

WORKSPACES = 500
"""How many there are beside the one in which everybody is: nobody is in them."""

_AUTHORS = 20
_WRITER = messages.Bot("A0BENCH0002", "W0BENCHBOT2", "B0BENCH0002")


def user_id(number: int) -> str:
    return f"W{number:010d}"


def document(people: int, channels: Sequence[Channel] = ()) -> OrgDocument:
    """One workspace with so many people, each signed in once, an app with a bot, a token of each kind, and another bot that is
    in these channels. The first of the people administers the organization, and has a direct conversation with every fifth one.

    The first bot is in none, so that what it is measured with does not depend on them. Neither does anything else on the
    workspaces without people.
    """
    crowd = [user_id(number) for number in range(1, people + 1, 5)]
    return msgspec.convert(
        {
            "enterprise": {"id": ORGANIZATION, "name": "Bench", "domain": "bench"},
            "teams": [
                {"id": TEAM, "name": "Bench One", "domain": "bench-one"},
                *(
                    {"id": f"T1{number:09d}", "name": f"Bench {number}", "domain": f"bench-{number}"}
                    for number in range(WORKSPACES)
                ),
            ],
            "users": [
                {
                    "id": user_id(number),
                    "name": f"person{number}",
                    "real_name": f"Person Number{number}",
                    "display_name": f"p{number}",
                    "email": f"person{number}@bench.test",
                    "teams": [TEAM],
                    "tz": "Europe/Oslo",
                    "title": "Measured",
                    "org_role": "admin" if number == 1 else "member",
                }
                for number in range(1, people + 1)
            ],
            "apps": [
                {
                    "id": "A0BENCH0001",
                    "name": "Bench App",
                    "bot": {"name": "bench", "id": "W0BENCHBOT1", "bot_id": "B0BENCH0001"},
                    "bot_scopes": ["users:read", "users:read.email", "users:write", "channels:read"],
                    "installed_on": [TEAM],
                },
                {
                    "id": _WRITER.app,
                    "name": "Bench Writer",
                    "bot": {"name": "writer", "id": _WRITER.user, "bot_id": _WRITER.id},
                    "bot_scopes": ["chat:write", "channels:history", "channels:read"],
                    "installed_on": [TEAM],
                },
                {
                    "id": "A0BENCH0003",
                    "name": "Bench Warden",
                    "user_scopes": ["admin.users:read", "admin.teams:read", "admin.conversations:read", "admin.chat:read"],
                    "installed_on": [ORGANIZATION],
                },
            ],
            "sessions": [
                {
                    "user": user_id(number),
                    "created": {"device_hardware": "PC", "os": "Windows", "os_version": "11", "ip": "203.0.113.5"},
                    "recent": {"device_hardware": "PC", "os": "Windows", "os_version": "11", "ip": "203.0.113.6"},
                }
                for number in range(1, people + 1)
            ],
            "conversations": [
                {
                    "id": channel.id,
                    "name": channel.id.lower(),
                    "team": TEAM,
                    "creator": user_id(1),
                    "members": [*_authors(people), _WRITER.user],
                }
                for channel in channels
            ]
            + [{"id": CROWD, "name": "crowd", "team": TEAM, "org_wide": True, "creator": user_id(1), "members": crowd}]
            + [{"id": f"D{number:010d}", "im": [user_id(1), person]} for number, person in enumerate(crowd[1:])],
            "tokens": [
                {"token": BOT_TOKEN, "app": "A0BENCH0001", "team": TEAM},
                {"token": WRITER_TOKEN, "app": _WRITER.app, "team": TEAM},
                {"token": ADMIN_TOKEN, "app": "A0BENCH0003", "enterprise": ORGANIZATION, "user": user_id(1)},
                {
                    "token": USER_TOKEN,
                    "app": "A0BENCH0001",
                    "team": TEAM,
                    "user": user_id(1),
                    "scopes": ["users:read", "users:write", "users.profile:write", "users.profile:read"],
                },
            ],
        },
        OrgDocument,
    )


def _authors(people: int) -> list[str]:
    return [user_id(number) for number in range(1, min(people, _AUTHORS) + 1)]


def fill(url: str, people: int, channels: Sequence[Channel]) -> None:
    """Make the database anew and fill it."""

    async def run() -> None:
        await _anew(url)
        await migrate(url)

        async def unit(work: object) -> None:
            assert isinstance(work, SqlWork)
            await load(work.connection, [document(people, channels)], work.source, lambda password: "")

        async with operator.storage(url) as storage:
            await storage.write(unit)
            for channel in channels:
                await messages.fill(storage, channel, ORGANIZATION, TEAM, authors=_authors(people), bot=_WRITER)
        await _settle(url)

    asyncio.run(run())


async def _settle(url: str) -> None:
    """Do what PostgreSQL would do by itself within minutes of so many new rows."""
    if not is_sqlite(url):
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("VACUUM ANALYZE")
        finally:
            await connection.close()


async def _anew(url: str) -> None:
    if is_sqlite(url):
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)  # noqa: ASYNC240 -- nothing else runs
        return
    server, _, name = url.rpartition("/")
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
