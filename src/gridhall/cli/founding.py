"""Filling an empty database: from an organization file, or with the built-in demonstration."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from gridhall.cli.options import Failure, ServeOptions
from gridhall.contract.errors import Refusal
from gridhall.domain import audit, deletion, passwords, retention, sessions
from gridhall.domain.work import Conflict, Work
from gridhall.storage.engines import SQLITE, is_memory, is_sqlite

if TYPE_CHECKING:
    from gridhall.cli.orgfile.read import OrgFile, Pictures
    from gridhall.storage.engines import AnyStorage

DEMO = Path(__file__).parent / "demo.yaml"
DEMO_ORGANIZATION = "E0JUNIPER01"
"""What tells the demonstration, whatever becomes of its tokens: its passwords are as well known as they are."""

_FILLED = "--org: the database holds an organization already"


class _Filled(Exception):
    """The database is not empty any more."""


@dataclass(frozen=True, slots=True)
class Charter:
    """What an empty database is to be filled with, read and found without a mistake."""

    file: "OrgFile"
    photos: "dict[str, Pictures]"


def prepare(options: ServeOptions) -> Charter | None:
    """Refuse what can be refused before a port is taken or a database made; gives what `--org` names.

    Raises:
        Failure: the file has a mistake, or the demonstration would be open to the network.
    """
    if options.org is not None:
        return read(options.org)
    if _is_absent(options.database):
        _refuse_open_demonstration(options.host)
    return None


def read(path: Path) -> Charter:
    """Read an organization file and the pictures that it names.

    Raises:
        Failure: the file has a mistake.
    """
    from gridhall.cli.orgfile.read import OrgFileError
    from gridhall.cli.orgfile.read import read as read_file
    from gridhall.domain.imaging import render

    def pictures(data: bytes) -> "Pictures":
        rendered = render(data, None)
        return rendered.hash, rendered.pictures

    try:
        file = read_file(path)
        return Charter(file, file.photos(pictures))
    except OrgFileError as error:
        raise Failure(str(error)) from error


async def found(storage: "AnyStorage", options: ServeOptions, charter: Charter | None = None) -> bool:
    """See to it that the database holds an organization; gives whether it is the demonstration.

    Arguments:
        charter: what `--org` names, where it was read before.

    Raises:
        Failure: the file has a mistake, the database holds an organization already, or the demonstration would be open to
            the network.
    """
    empty = not await storage.read(lambda work: work.organizations.list_all())
    if options.org is not None:
        if not empty:
            raise Failure(_FILLED)
        try:
            await _load(storage, charter or read(options.org))
        except _Filled as filled:
            raise Failure(_FILLED) from filled
        return False
    if not empty and await storage.read(lambda work: work.organizations.find(DEMO_ORGANIZATION)) is None:
        return False
    _refuse_open_demonstration(options.host)
    if empty:
        try:
            await _load(storage, read(DEMO))
        except _Filled:
            # Another host was quicker.
            return await found(storage, options)
    return True


def _refuse_open_demonstration(host: str) -> None:
    """Raise Failure where the demonstration, whose tokens and passwords everybody knows, would be open to the network."""
    if not _is_loopback(host):
        raise Failure(
            f"--host {host}: the demonstration's tokens are public knowledge: give an organization of your own, --org"
        )


async def _load(storage: "AnyStorage", charter: Charter) -> None:
    from gridhall.contract.orgfile import Mistake
    from gridhall.storage.orgfile.load import load, passwords_of
    from gridhall.storage.work import SqlWork

    hashed = _hash(passwords_of(charter.file.documents))

    async def unit(work: Work) -> None:
        assert isinstance(work, SqlWork)
        if await work.organizations.list_all():
            raise _Filled
        loaded = await load(work.connection, charter.file.documents, work.source, hashed.__getitem__, charter.photos)
        for organization, id, deleted_at in loaded.deleted:
            await deletion.expect(work, organization, id, deleted_at=deleted_at)
        for organization in loaded.organizations:
            await retention.begin(work, organization)
            await sessions.expect(work, organization)
            founded = await work.organizations.find(organization)
            assert founded is not None
            if founded.enterprise:
                entity = audit.organization(founded)
                await audit.write(work, organization, "organization_created", entity=entity, actor=None)
            for workspace in await work.workspaces.list_all(organization):
                if not workspace.deleted:
                    entity = audit.workspace(workspace)
                    await audit.write(work, organization, "workspace_created", entity=entity, actor=None)

    try:
        await storage.write(unit)
    except Conflict as conflict:
        raise _Filled from conflict
    except Mistake as mistake:
        raise Failure(str(charter.file.locate(mistake))) from mistake
    except Refusal as refusal:
        raise Failure(f"the organization could not be stored: {refusal.__cause__ or refusal.code}") from refusal


def _hash(texts: list[str]) -> dict[str, str]:
    """Hash passwords side by side: each takes its time on purpose."""
    unique = sorted(set(texts))
    with ThreadPoolExecutor() as pool:
        return dict(zip(unique, pool.map(passwords.hash, unique), strict=True))


def _is_absent(database: str) -> bool:
    """Whether the database is one that opening it makes."""
    return is_memory(database) or (is_sqlite(database) and not Path(database.removeprefix(SQLITE)).exists())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
