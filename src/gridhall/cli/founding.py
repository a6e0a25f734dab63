"""Filling an empty database: from an organization file, or with the built-in demonstration."""

from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from gridhall.cli.banner import DEMO_BOT
from gridhall.cli.options import Failure, ServeOptions
from gridhall.contract.errors import Refusal
from gridhall.contract.orgfile import Mistake
from gridhall.domain import audit
from gridhall.domain.tokens import hash_of
from gridhall.domain.work import Work

if TYPE_CHECKING:
    from gridhall.storage.engines import AnyStorage

DEMO = Path(__file__).parent / "demo.yaml"


async def found(storage: "AnyStorage", options: ServeOptions) -> bool:
    """See to it that the database holds an organization; gives whether it is the demonstration.

    Raises:
        Failure: the file has a mistake, or the database holds an organization already.
    """
    empty = not await storage.read(lambda work: work.organizations.list_all())
    if options.org is not None:
        if not empty:
            raise Failure("--org: the database holds an organization already")
        await _load(storage, options.org)
        return False
    if empty:
        if not _is_loopback(options.host):
            raise Failure(
                f"--host {options.host}: the demonstration's tokens are public knowledge; give an organization file with --org"
            )
        await _load(storage, DEMO)
        return True
    return await storage.read(lambda work: work.tokens.find(hash_of(DEMO_BOT))) is not None


async def _load(storage: "AnyStorage", path: Path) -> None:
    from gridhall.cli.orgfile import OrgFileError, read
    from gridhall.domain.imaging import render
    from gridhall.storage.orgfile import load, passwords
    from gridhall.storage.work import SqlWork

    try:
        file = read(path)
        photos = file.photos(lambda data: (lambda rendered: (rendered.hash, rendered.pictures))(render(data, None)))
    except OrgFileError as error:
        raise Failure(str(error)) from error
    hashed = _hash(passwords(file.documents))

    async def unit(work: Work) -> None:
        assert isinstance(work, SqlWork)
        if await work.organizations.list_all():
            raise Failure("--org: the database holds an organization already")
        loaded = await load(work.connection, file.documents, work.source, hashed.__getitem__, photos)
        for organization in loaded.organizations:
            await audit.write(
                work, organization, "organization_loaded", entity=("organization", organization), actor=None, details={}
            )

    try:
        await storage.write(unit)
    except Mistake as mistake:
        raise Failure(str(file.locate(mistake))) from mistake
    except Refusal as refusal:
        raise Failure(f"the organization could not be stored: {refusal.__cause__ or refusal.code}") from refusal


def _hash(texts: list[str]) -> dict[str, str]:
    """Hash passwords side by side: each takes tens of milliseconds on purpose."""
    from argon2 import PasswordHasher

    unique = sorted(set(texts))
    with ThreadPoolExecutor() as pool:
        return dict(zip(unique, pool.map(PasswordHasher().hash, unique), strict=True))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
