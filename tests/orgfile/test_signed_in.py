"""Sessions that a sign-in made are exported without what one calls with, and loaded again as they were."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from gridhall.contract.orgfile import OrgDocument
from gridhall.domain import sessions
from gridhall.domain.devices import Device
from gridhall.domain.sessions import Secrets, Session, Settings
from gridhall.domain.work import Work
from gridhall.storage.engines import migrate
from gridhall.storage.orgfile.dump import dump
from gridhall.storage.orgfile.load import load
from gridhall.storage.work import SqlWork
from harness.databases import Databases, run
from harness.storage import opened

T = TypeVar("T")

ACME, EAST, ADA, BEN = "E0ACME00001", "T0EAST00001", "W0ADA000001", "W0BEN000001"
PHONE = Device(device_hardware="Pixel 8", os="Android", os_version="15", slack_client_version="24.12", ip="203.0.113.4")


def written(url: str, unit: Callable[[SqlWork], Coroutine[Any, Any, T]]) -> T:
    async def main() -> T:
        async def storing(work: Work) -> T:
            assert isinstance(work, SqlWork)
            return await unit(work)

        async with opened(url) as storage:
            return await storage.write(storing)

    found: T = run(main())
    return found


async def _sign_in(work: SqlWork) -> list[Secrets]:
    """Ada signs in to the whole organization and to a workspace, from where she moves on; both have settings of their own."""
    organization = await work.organizations.find(ACME)
    ada, ben = await work.people.find(ACME, ADA), await work.people.find(ACME, BEN)
    assert organization is not None
    assert ada is not None
    assert ben is not None
    await work.sessions.save_settings([Settings(ACME, ADA, 86_400, None), Settings(ACME, BEN, None, True)])
    _, first = await sessions.begin(work, organization, ada, workspace=ACME, client="mobile", device=PHONE)
    session, second = await sessions.begin(work, organization, ada, workspace=EAST, client="desktop", device=PHONE)
    moved = msgspec.json.encode(msgspec.structs.replace(PHONE, ip="2001:db8::5")).decode()
    await work.sessions.seen(ACME, session.id, at=session.last_activity + 60, device=moved)
    _, third = await sessions.begin(work, organization, ben, workspace=EAST, client="desktop", device=Device())
    return [first, second, third]


async def _documents(work: SqlWork) -> list[OrgDocument]:
    return await dump(work.connection)


def test_what_signing_in_made_survives_an_export_without_its_secrets(any_databases: Databases) -> None:
    url, again = any_databases.filled(), any_databases.empty()
    secrets = written(url, _sign_in)

    async def stored(work: SqlWork) -> tuple[list[Session], list[Settings]]:
        found = await work.sessions.list_all(ACME, now=0, after=0, limit=100)
        return found, await work.sessions.settings_of(ACME, [ADA, BEN])

    before, settings = written(url, stored)
    documents = written(url, _documents)
    told = msgspec.json.encode(documents).decode()
    known = [text for pair in secrets for text in (pair.cookie, pair.token)]
    assert [text for text in (*known, *map(sessions.hash_of, known)) if text in told] == []

    run(migrate(again))
    written(again, lambda work: load(work.connection, documents, work.source, str))
    after, settings_after = written(again, stored)
    assert settings_after == settings == [Settings(ACME, ADA, 86_400, None), Settings(ACME, BEN, None, True)]
    assert {session.workspace for session in before} > {ACME, EAST}
    assert after == [msgspec.structs.replace(session, cookie_hash=None, token_hash=None) for session in before]
    assert [session.id for session in before if session.expires_at == session.signed_in_at + 86_400] != []


def test_recovery_codes_are_not_exported(sqlite_databases: Databases) -> None:
    url = sqlite_databases.filled()

    async def set_up(work: SqlWork) -> None:
        await work.credentials.save_two_factor(ACME, ADA, "JBSWY3DPEHPK3PXP", step=1)
        await work.credentials.replace_recovery_codes(ACME, ADA, ["a-hash-of-a-recovery-code"])

    written(url, set_up)
    documents = written(url, _documents)
    assert "a-hash-of-a-recovery-code" not in msgspec.json.encode(documents).decode()
    [ada] = [user for document in documents for user in document.users if user.id == ADA]
    assert ada.two_factor
    assert ada.two_factor.secret == "JBSWY3DPEHPK3PXP"
