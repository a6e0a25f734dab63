"""An organization large enough to measure with."""

import asyncio
from pathlib import Path

import asyncpg
import msgspec

from gridhall.cli import operator
from gridhall.contract.orgfile import OrgDocument
from gridhall.storage.engines import is_sqlite, migrate
from gridhall.storage.orgfile.load import load
from gridhall.storage.work import SqlWork

TEAM = "T0BENCH0001"
BOT_TOKEN = "xoxb-bench"
USER_TOKEN = "xoxp-bench"


def user_id(number: int) -> str:
    return f"W{number:010d}"


def document(people: int) -> OrgDocument:
    """One workspace with so many people, an app with a bot, and a token of each kind."""
    return msgspec.convert(
        {
            "enterprise": {"id": "E0BENCH0001", "name": "Bench", "domain": "bench"},
            "teams": [{"id": TEAM, "name": "Bench One", "domain": "bench-one"}],
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
                }
            ],
            "tokens": [
                {"token": BOT_TOKEN, "app": "A0BENCH0001", "team": TEAM},
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


def fill(url: str, people: int) -> None:
    """Make the database anew and fill it."""

    async def run() -> None:
        await _anew(url)
        await migrate(url)

        async def unit(work: object) -> None:
            assert isinstance(work, SqlWork)
            await load(work.connection, [document(people)], work.source, lambda password: "")

        async with operator.storage(url) as storage:
            await storage.write(unit)

    asyncio.run(run())


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
