"""Filling a database from organization documents."""

from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import UNSET
from sqlalchemy import Column, bindparam, insert, select

from gridhall.contract.orgfile import Mistake, OrgDocument, Path
from gridhall.domain.orgfile.index import Index
from gridhall.domain.orgfile.plan import plan
from gridhall.domain.secrets import hash_of
from gridhall.domain.source import Source
from gridhall.storage import tables
from gridhall.storage.orgfile.rows import Photos, Rows
from gridhall.storage.statement import Connection, Statement

_INSERTS = {table.name: Statement(insert(table), tuple) for table in tables.metadata.sorted_tables}
_DOMAINS = (tables.workspaces.c.domain, tables.organizations.c.domain)


class Loaded(NamedTuple):
    """What a load made: the organizations' ids, and every value that was left out and made, by where it is missing.

    Arguments:
        deleted: the conversations that came deleted: organization, id, and since which Unix second.
    """

    organizations: list[str]
    deleted: list[tuple[str, str, int]]
    made: dict[Path, str]


async def load(
    connection: Connection,
    documents: Sequence[OrgDocument],
    source: Source,
    hash_password: Callable[[str], str],
    photos: Photos = MappingProxyType({}),
) -> Loaded:
    """Write everything in the documents, which `domain.orgfile.check.check` found without a mistake.

    All or nothing is the caller's unit of work. Nothing here waits for anything but the connection.

    Arguments:
        hash_password: gives the Argon2 hash of a password. It is called once per password and is slow: a caller that holds
            others up hashes beforehand, and hands in the `__getitem__` of the result.
        photos: the pictures of those who have one; who is not in it gets none.

    Raises:
        Mistake: an id, domain, client id or token is taken by what the database holds already.
    """
    index = plan(documents, source.id)
    await _refuse_taken(connection, index)
    rows: dict[str, list[dict[str, Any]]] = {}
    for table, row in Rows(index, source, hash_password, photos).all():
        rows.setdefault(table.name, []).append(row)
    for name, of_table in rows.items():
        await connection.many(_INSERTS[name], of_table)
    conversations = rows.get(tables.conversations.name, ())
    deleted = [(row["organization"], row["id"], row["deleted_at"]) for row in conversations if row["deleted"]]
    return Loaded(list(index.organizations), deleted, index.made)


def passwords_of(documents: Sequence[OrgDocument]) -> list[str]:
    """Every password in the documents, for who hashes them beforehand."""
    return [user.password for document in documents for user in document.users if user.password is not UNSET]


# What the database holds already.


def _lookup(column: Column[Any]) -> Statement[Any]:
    found = select(column).where(column == bindparam("value")).limit(1)
    own = column.table.c
    # Most keys lead with their organization: naming every one lets the key be used.
    if "organization" in own:
        found = found.where(own.organization.in_(select(tables.organizations.c.id)))
    return Statement(found, lambda value: value)


_ANY = Statement(select(tables.organizations.c.id).limit(1), str)
_LOOKUPS = {
    column: _lookup(column)
    for column in (
        tables.organizations.c.id,
        tables.workspaces.c.id,
        *_DOMAINS,
        tables.people.c.id,
        tables.people.c.bot_id,
        tables.apps.c.id,
        tables.apps.c.client_id,
        tables.tokens.c.hash,
        tables.conversations.c.id,
        tables.sessions.c.id,
        tables.app_requests.c.id,
    )
}


async def _refuse_taken(connection: Connection, index: Index) -> None:
    if await connection.one(_ANY) is None:
        return
    for path, key, columns, value in _unique(index):
        for column in columns:
            if await connection.one(_LOOKUPS[column], value=value) is not None:
                shown = "" if key == "token" else f" {value}"
                raise Mistake((*path, key), f"the database has this {key.replace('_', ' ')} already{shown}")


def _unique(index: Index) -> Iterator[tuple[Path, str, tuple[Column[Any], ...], str | int]]:
    """What must be the only one of its value in the database: where it stands, and the columns to look in."""
    for organization in index.organizations.values():
        yield organization.path, "id", (tables.organizations.c.id,), organization.id
        yield organization.path, "domain", _DOMAINS, organization.domain
    for team in index.teams.values():
        yield team.path, "id", (tables.workspaces.c.id,), team.id
        yield team.path, "domain", _DOMAINS, team.domain
    for person in index.people.values():
        yield person.path, "id", (tables.people.c.id,), person.id
    for app in index.apps.values():
        yield app.path, "id", (tables.apps.c.id,), app.id
        yield app.path, "client_id", (tables.apps.c.client_id,), app.client_id
        if app.bot:
            yield (*app.path, "bot"), "id", (tables.people.c.id,), app.bot.id
            yield (*app.path, "bot"), "bot_id", (tables.people.c.bot_id,), app.bot.bot_id
    for token in index.tokens:
        yield token.path, "token", (tables.tokens.c.hash,), hash_of(token.entry.token)
    for conversation in index.conversations.values():
        yield conversation.path, "id", (tables.conversations.c.id,), conversation.id
    for session in index.sessions:
        yield session.path, "id", (tables.sessions.c.id,), session.id
    for request in index.app_requests:
        yield request.path, "id", (tables.app_requests.c.id,), request.id
