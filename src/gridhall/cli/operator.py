"""Commands of the operator: tokens, passwords and organizations, straight on the database."""

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from gridhall.cli.options import Failure, masked
from gridhall.contract.errors import Refusal
from gridhall.contract.tokens import kind_of
from gridhall.domain import credentials, passwords, tokens
from gridhall.domain.people import Person
from gridhall.domain.secrets import hash_of
from gridhall.domain.signals import Signal
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.tokens import TokenRow
from gridhall.domain.work import Work
from gridhall.storage.engines import SQLITE, Unusable, is_memory, is_sqlite, migrate, open_storage

if TYPE_CHECKING:
    from gridhall.storage.engines import AnyStorage

T = TypeVar("T")


class _Deaf:
    """Listens to no signals: a command remembers nothing."""

    def heard(self, signal: Signal) -> None: ...

    def lost(self) -> None: ...

    def caught_up(self) -> None: ...


@asynccontextmanager
async def storage(url: str) -> "AsyncIterator[AnyStorage]":
    """The database, for as long as a command takes."""
    opened = await open_storage(url, Source(SystemClock()), _Deaf(), lambda state: None)
    try:
        yield opened
    finally:
        await opened.close()


def create_token(
    database: str, *, user: str, team: str | None, enterprise: str | None, app: str | None, scopes: list[str]
) -> int:
    """Make a token and print it: nothing can tell it again.

    Arguments:
        team: the workspace's id or domain.
    """

    async def unit(work: Work) -> str:
        workspace = await _workspace(work, team) if team is not None else None
        person = _active(await _person(work, user, workspace or enterprise))
        organization = await work.organizations.find(person.organization)
        assert organization is not None
        if enterprise is not None:
            if not organization.enterprise or organization.id != enterprise:
                raise Failure(f"{enterprise} is not the organization of {person.id}")
        else:
            workspace = await _workspace_of(work, person, workspace)
        wanted_app = app or person.app
        if person.is_bot and wanted_app != person.app:
            raise Failure(f"{person.id} is the bot of {person.app}, not of {app}")
        if wanted_app is not None:
            found = await work.apps.find(wanted_app)
            if found is None or found.removed:
                raise Failure(f"there is no app {wanted_app}")
            if enterprise is not None and not (await work.apps.granted_teams(enterprise, wanted_app))[0]:
                raise Failure(f"{wanted_app} is not installed on {enterprise}")
        return await tokens.create(
            work,
            organization=person.organization,
            workspace=workspace,
            person=person.id,
            app=wanted_app,
            kind="bot" if person.is_bot else "user",
            scopes=scopes,
            actor=None,
        )

    print(write(database, unit))
    return 0


def revoke_token(database: str, token: str) -> int:
    """End a token, named by its id or by itself."""

    async def unit(work: Work) -> bool:
        by_text = kind_of(token) is not None
        row = await (work.tokens.find(hash_of(token)) if by_text else work.tokens.find_by_id(token))
        if row is None:
            raise Failure("there is no such token")
        return await tokens.revoke(work, row, actor=None)

    print("revoked" if write(database, unit) else "it had been revoked already")
    return 0


def list_tokens(database: str) -> int:
    """Print every token's id, kind, place, bearer and state, with tabs between."""

    async def unit(work: Work) -> list[TokenRow]:
        return await work.tokens.list_all()

    rows = read(database, unit)
    now = int(datetime.now(UTC).timestamp())
    print("\t".join(("ID", "KIND", "PLACE", "USER", "APP", "STATE", "SCOPES")))
    for row in rows:
        place = row.workspace or row.organization
        print("\t".join((row.id, row.kind, place, row.person or "-", row.app or "-", _state(row, now), row.scopes)))
    return 0


def set_password(database: str, user: str) -> int:
    """Read a new password, from the terminal twice or from standard input, and set it: all devices are signed out."""
    password = _ask_password()
    if fault := passwords.fault_of(password):
        raise Failure(fault)
    hashed = passwords.hash(password)

    async def unit(work: Work) -> str:
        person = await _who_signs_in(work, user)
        await credentials.set_password(work, person, hashed, actor=None)
        return person.id

    print(f"the password of {write(database, unit)} is set, and their sessions have ended")
    return 0


def reset_two_factor(database: str, user: str) -> int:
    """Take away a second factor that somebody lost: all devices are signed out."""

    async def unit(work: Work) -> str:
        person = await _who_signs_in(work, user)
        if not await credentials.reset_two_factor(work, person, actor=None):
            raise Failure(f"{person.id} has no second factor")
        return person.id

    print(f"the second factor of {write(database, unit)} is gone, and their sessions have ended")
    return 0


def export_org(database: str) -> int:
    """Print everything in the database as an organization file.

    Signing secrets and second factors are in it, in clear; tokens, passwords and client secrets are known by their hashes only.
    """
    from gridhall.cli.orgfile import yaml
    from gridhall.storage.orgfile.dump import dump
    from gridhall.storage.work import SqlWork

    async def unit(work: Work) -> Any:
        assert isinstance(work, SqlWork)
        return await dump(work.connection)

    # In one snapshot: a server may be writing meanwhile, and what it writes must be in the file as a whole or not at all.
    documents = msgspec.to_builtins(_run(database, lambda opened: opened.snapshot(unit)))
    sys.stdout.write(yaml.dump(documents))
    return 0


def read(database: str, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
    """Run a unit that only reads. Raises `Failure` where the database cannot be used."""
    return _run(database, lambda opened: opened.read(unit))


def write(database: str, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
    """Run a unit that changes something. Raises `Failure` where the database cannot be used, or did not store it."""
    return _run(database, lambda opened: opened.write(unit))


def _run(database: str, use: "Callable[[AnyStorage], Coroutine[Any, Any, T]]") -> T:
    async def run() -> T:
        await migrate(database)
        async with storage(database) as opened:
            return await use(opened)

    if is_memory(database):
        raise Failure("a database in memory belongs to the server that made it: name a file, or PostgreSQL")
    if is_sqlite(database) and not Path(database.removeprefix(SQLITE)).exists():
        raise Failure(f"cannot use {database}: there is no such file")
    try:
        return asyncio.run(run())
    except Unusable as error:
        raise Failure(f"cannot use {masked(database)}: {error}") from error
    except Refusal as refusal:
        raise Failure(f"{refusal.code}: {refusal.__cause__ or 'the database did not store it'}") from refusal


async def _person(work: Work, user: str, place: str | None) -> Person:
    """The person who goes by this id, name or address; `place` helps where several do."""
    found = await work.people.find_everywhere(user)
    if len(found) > 1 and place is not None:
        found = [
            person
            for person in found
            if person.organization == place or place in await work.workspaces.list_of(person.organization, person.id)
        ]
    if not found:
        raise Failure(f"there is nobody called {user}")
    if len(found) > 1:
        raise Failure(f"several people are called {user}: {', '.join(f'{one.id} in {one.organization}' for one in found)}")
    return found[0]


def _active(person: Person) -> Person:
    if person.deleted:
        raise Failure(f"{person.id} is deactivated")
    return person


async def _who_signs_in(work: Work, user: str) -> Person:
    person = _active(await _person(work, user, None))
    if person.is_bot:
        raise Failure(f"{person.id} is a bot: bots do not sign in")
    return person


async def _workspace(work: Work, team: str) -> str:
    """The id of the workspace that goes by this id or domain."""
    found = await work.workspaces.find_anywhere(team) or await work.workspaces.find_place(team.lower())
    if found is None:
        raise Failure(f"there is no workspace {team}")
    return found.id


async def _workspace_of(work: Work, person: Person, team: str | None) -> str:
    """The workspace that a token is for: by default the only one that the person is in."""
    teams = await work.workspaces.list_of(person.organization, person.id)
    if team is None:
        if len(teams) != 1:
            raise Failure(f"{person.id} is in {len(teams)} workspaces: name one with --team, or use --enterprise")
        return teams[0]
    if team not in teams:
        raise Failure(f"{person.id} is not in {team}")
    return team


def _state(row: TokenRow, now: int) -> str:
    if row.revoked_at:
        return "revoked"
    return "expired" if row.expires_at and row.expires_at <= now else "valid"


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    try:
        password = getpass.getpass("New password: ")
        again = getpass.getpass("Again: ")
    except EOFError as error:
        raise Failure("no password was given") from error
    if again != password:
        raise Failure("the two are not the same")
    return password
