"""Servers over tests/data/guild.yaml, and crowds of people who are signed in there."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Table, bindparam, insert, select

from gridhall.domain import sessions
from gridhall.domain.devices import Device
from gridhall.domain.sessions import CLIENTS, Secrets, Session
from gridhall.domain.work import Storage, Work
from gridhall.storage import tables
from gridhall.storage.statement import Statement
from gridhall.storage.work import SqlWork
from harness.audit import entries
from harness.live import Live

GUILD, SMITHS, WEAVERS, MOVING, GONE = "E0GUILD0001", "T0SMITH0001", "T0WEAVE0001", "T0MOVES0001", "T0GONE00001"
PIA, OLA, OTO, ABE, ADA = "W0PIA000001", "W0OLA000001", "W0OTO000001", "W0ABE000001", "W0ADA000001"
WES, MIA, MAX, LEA, GUS = "W0WES000001", "W0MIA000001", "W0MAX000001", "W0LEA000001", "W0GUS000001"
DAN, DEB, BOT, RON = "W0DAN000001", "W0DEB000001", "W0WARDEN001", "W0RON000001"
OWNER, PRIME, ADMIN, MEMBER = "xoxp-ola-org", "xoxp-pia-org", "xoxp-abe-org", "xoxp-mia-org"

ALL = {PIA: [1], OLA: [2], MIA: [3, 4, 5, 6], MAX: [7], ADA: [8]}
"""The sessions that there are, by their people; see `number`."""

OK = {"ok": True}

_BEGAN = 1_600_000_000


def id_of(number: int) -> int:
    """The id of the file's session of this number."""
    return 1_000_000_000_000 + number


def call(guild: Live, method: str, token: str = OWNER, /, **arguments: object) -> dict[str, Any]:
    return guild.call(f"admin.users.session.{method}", token, **arguments)


def ok(guild: Live, method: str, token: str = OWNER, /, **arguments: object) -> dict[str, Any]:
    answer = call(guild, method, token, **arguments)
    assert answer["ok"], answer
    return answer


def refused(guild: Live, method: str, token: str = OWNER, /, **arguments: object) -> str:
    """The code of a refusal that says nothing else."""
    answer = call(guild, method, token, **arguments)
    assert answer.keys() <= {"ok", "error", "response_metadata", "needed", "provided"}, answer
    assert answer["ok"] is False
    return str(answer["error"])


def pages(guild: Live, token: str = OWNER, /, **arguments: object) -> Iterator[list[dict[str, Any]]]:
    """The pages of a list of sessions."""
    cursor = ""
    while True:
        answer = ok(guild, "list", token, cursor=cursor, **arguments)
        yield answer["active_sessions"]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            return


def listed(guild: Live) -> dict[str, list[int]]:
    """Who has which sessions, those of the file by their numbers."""
    found: dict[str, list[int]] = {}
    answer = call(guild, "list")
    for session in answer.get("active_sessions", []):
        found.setdefault(session["user_id"], []).append(session["session_id"] - id_of(0))
    return found


def told(guild: Live, action: str, organization: str = GUILD) -> list[tuple[str, str, dict[str, Any]]]:
    """What the audit log says of an action, the oldest first: who did it to whom, and its details."""
    found = [entry for entry in entries(guild, organization) if entry.action == action]
    return [(entry.actor, entry.entity, json.loads(entry.details)) for entry in found]


def settle(guild: Live) -> None:
    """Have jobs do what is due."""
    assert guild.on_loop(guild.gridhall.jobs.settle(30))


def sign_in(guild: Live, person: str, *, workspace: str = SMITHS, client: str = "web") -> tuple[Session, Secrets]:
    """A session that calls can be made with: see `as_client`."""

    async def unit(work: Work) -> tuple[Session, Secrets]:
        organization = await work.organizations.find(GUILD)
        found = await work.people.find(GUILD, person)
        assert organization is not None
        assert found is not None
        device = Device(ip="127.0.0.1")
        return await sessions.begin(work, organization, found, workspace=workspace, client=client, device=device)

    begun: tuple[Session, Secrets] = guild.on_loop(guild.gridhall.storage.write(unit))
    return begun


def as_client(guild: Live, secrets: Secrets) -> str:
    """What auth.test answers to a session: `ok`, or the code of its refusal."""
    headers = {"authorization": f"Bearer {secrets.token}", "cookie": f"d={secrets.cookie}"}
    answer = guild.request("POST", "/api/auth.test", b"", headers).json
    return "ok" if answer["ok"] else str(answer["error"])


def at_once(*calls: Callable[[], dict[str, Any]]) -> list[str]:
    """Make calls at the same time; gives `ok` or the code of each, sorted."""
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call: call(), calls))
    return sorted("ok" if answer["ok"] else str(answer["error"]) for answer in answers)


def crowd(count: int) -> list[str]:
    """The ids of people whom `gather` makes."""
    return [f"W1{number:08d}" for number in range(count)]


async def gather(storage: Storage, count: int, *, sessions_each: int = 0) -> None:
    """Make people, and sign each of them in so often: with a desktop, a mobile and a web client in turn."""
    people = crowd(count)

    async def unit(work: Work) -> None:
        assert isinstance(work, SqlWork)
        lea = await work.people.find(GUILD, LEA)
        assert lea is not None
        await work.connection.many(
            _insert(tables.people),
            [{**_columns(lea), "id": id, "name": id.lower(), "email": f"{id.lower()}@guild.test"} for id in people],
        )
        await work.connection.many(
            _insert(tables.memberships),
            [{"organization": GUILD, "workspace": SMITHS, "person": id, "role": "member"} for id in people],
        )

    await storage.write(unit)
    rows = [_session(id, number, each) for number, id in enumerate(people) for each in range(sessions_each)]
    for start in range(0, len(rows), 5000):

        async def add(work: Work, some: list[dict[str, Any]] = rows[start : start + 5000]) -> None:
            assert isinstance(work, SqlWork)
            await work.connection.many(_insert(tables.sessions), some)

        await storage.write(add)


def _columns(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _session(person: str, number: int, each: int) -> dict[str, Any]:
    """A session whose id is anywhere among the others', as those are that people make."""
    device = '{"device_hardware":"PC","os":"Windows","os_version":"11","slack_client_version":"4.39.95","ip":"203.0.113.5"}'
    return {
        "organization": GUILD,
        "id": 2_000_000_000_000 + (number * 1000 + each) * 7_919_777 % 1_000_000_000_000,
        "person": person,
        "workspace": SMITHS,
        "client": CLIENTS[each % 3],
        "device": device,
        "recent_device": device if each % 2 else None,
        "signed_in_at": _BEGAN,
        "last_activity": _BEGAN,
        "expires_at": 0,
        "cookie_hash": f"cookie {number} {each}",
        "token_hash": f"token {number} {each}",
    }


def _insert(table: Table) -> Statement[Any]:
    return Statement(insert(table).values({column.name: bindparam(column.name) for column in table.c}), tuple)


def rows(guild: Live, clause: Any) -> list[tuple[Any, ...]]:
    """Rows of a running server's database."""

    async def unit(work: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = await work.connection.all(Statement(clause, lambda *row: row))
        return found

    found: list[tuple[Any, ...]] = guild.on_loop(guild.gridhall.storage.read(unit))
    return found


def job_rows(guild: Live) -> list[tuple[Any, ...]]:
    """The resets that are not done: their key, payload and progress."""
    table = tables.jobs
    return rows(guild, select(table.c.key, table.c.payload, table.c.progress).where(table.c.kind == "reset_sessions"))
