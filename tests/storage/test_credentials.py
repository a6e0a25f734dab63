"""What people sign in with, as it is stored, on both engines, and two who use the same of it at once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from gridhall.domain import credentials, second_factor, sessions
from gridhall.domain.credentials import Credentials
from gridhall.domain.devices import Device
from gridhall.domain.work import Work
from gridhall.storage.engines import AnyStorage
from harness.databases import Databases, run
from harness.storage import opened

HERE, ELSEWHERE = "E0STATION01", "E0ELSEWHERE"
MIA, FAY, WARDEN = "W0MIA000001", "W0FAY000001", "W0WARDEN001"
NORTH = "T0NORTH0001"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def on_storage(databases: Databases, test: Callable[[AnyStorage], Awaitable[None]]) -> None:
    """Run a test over the storage of a database of its own."""
    database = databases.filled("stations")

    async def main() -> None:
        async with opened(database) as storage:
            await test(storage)

    run(main())


async def found(storage: AnyStorage, person: str, organization: str = HERE) -> Credentials | None:
    return await storage.read(lambda work: work.credentials.find(organization, person))


def test_a_password_and_a_second_factor_leave_each_other_alone(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        before = await found(storage, MIA)
        assert before is not None
        assert (before.password_hash or "").startswith("$argon2id$")
        await storage.write(lambda work: work.credentials.save_two_factor(HERE, MIA, SECRET, step=7))
        assert await found(storage, MIA) == Credentials(HERE, MIA, before.password_hash, SECRET, 7)
        await storage.write(lambda work: work.credentials.save_password(HERE, MIA, "another"))
        assert await found(storage, MIA) == Credentials(HERE, MIA, "another", SECRET, 7)
        await storage.write(lambda work: work.credentials.save_two_factor(HERE, MIA, None, step=0))
        assert await found(storage, MIA) == Credentials(HERE, MIA, "another", None, 0)
        assert await found(storage, MIA, ELSEWHERE) is None

    on_storage(any_databases, test)


def test_whoever_had_nothing_can_be_given_either(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        assert await found(storage, WARDEN) is None
        await storage.write(lambda work: work.credentials.save_two_factor(HERE, WARDEN, SECRET, step=1))
        assert await found(storage, WARDEN) == Credentials(HERE, WARDEN, None, SECRET, 1)
        await storage.write(lambda work: work.credentials.save_password(HERE, WARDEN, "first"))
        assert await found(storage, WARDEN) == Credentials(HERE, WARDEN, "first", SECRET, 1)

    on_storage(any_databases, test)


def test_a_persons_row_tells_of_the_second_factor(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        async def has_two_factor() -> bool:
            person = await storage.read(lambda work: work.people.find(HERE, MIA))
            assert person is not None
            return person.has_two_factor

        assert not await has_two_factor()
        await storage.write(lambda work: work.credentials.save_two_factor(HERE, MIA, SECRET, step=1))
        assert await has_two_factor()
        await storage.write(lambda work: work.credentials.save_two_factor(HERE, MIA, None, step=0))
        assert not await has_two_factor()

    on_storage(any_databases, test)


def test_a_time_step_is_taken_once_and_never_an_earlier_one(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        async def take(step: int, person: str = FAY) -> bool:
            return await storage.write(lambda work: work.credentials.take_step(HERE, person, step))

        assert [await take(step) for step in (10, 10, 9, 11, 10, 11, 2**40)] == [True, False, False, True, False, False, True]
        assert await take(10, "W0NOBODY001") is False
        outcomes = await asyncio.gather(*(take(2**41) for _ in range(8)))
        assert sorted(outcomes) == [False] * 7 + [True]

    on_storage(any_databases, test)


def test_a_recovery_code_is_taken_once(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        async def take(hash: str, person: str = FAY) -> bool:
            return await storage.write(lambda work: work.credentials.take_recovery_code(HERE, person, hash))

        async def left() -> int:
            return await storage.read(lambda work: work.credentials.count_recovery_codes(HERE, FAY))

        async def replace(*hashes: str) -> None:
            await storage.write(lambda work: work.credentials.replace_recovery_codes(HERE, FAY, hashes))

        assert await left() == 0
        await replace("one", "two", "three")
        assert await left() == 3
        assert await take("one", MIA) is False
        assert [await take(hash) for hash in ("one", "one", "four", "two")] == [True, False, False, True]
        assert await left() == 1
        outcomes = await asyncio.gather(*(take("three") for _ in range(8)))
        assert sorted(outcomes) == [False] * 7 + [True]
        await replace("five")
        assert (await take("one"), await left()) == (False, 1)
        await replace()
        assert await left() == 0

    on_storage(any_databases, test)


def test_recovery_codes_are_stored_as_hashes_and_told_in_clear_once(any_databases: Databases) -> None:
    async def test(storage: AnyStorage) -> None:
        async def unit(work: Work) -> list[str]:
            person = await work.people.find(HERE, FAY)
            assert person is not None
            return await credentials.new_recovery_codes(work, person, actor=None)

        codes = await storage.write(unit)
        assert len(set(codes)) == len(codes) == second_factor.RECOVERY_CODES

        async def take(text: str) -> bool:
            return await storage.write(lambda work: work.credentials.take_recovery_code(HERE, FAY, text))

        assert [await take(code) for code in codes] == [False] * len(codes)
        assert await take(second_factor.hash_of(codes[0]))

    on_storage(any_databases, test)


@pytest.mark.parametrize("first", ["sign-in", "password"])
def test_whoever_signs_in_while_the_password_changes_is_out_or_was_first(any_databases: Databases, first: str) -> None:
    """A sign-in holds the credentials that it was proved by: no session of the old password outlives the change."""

    async def test(storage: AnyStorage) -> None:
        async def signs_in(work: Work) -> bool:
            held = await credentials.hold(work, HERE, MIA)
            if held.password_hash != "old":
                return False
            organization, person = await work.organizations.find(HERE), await work.people.find(HERE, MIA)
            assert organization is not None
            assert person is not None
            await sessions.begin(work, organization, person, workspace=NORTH, client="web", device=Device())
            return True

        async def changes(work: Work) -> None:
            person = await work.people.find(HERE, MIA)
            assert person is not None
            await credentials.set_password(work, person, "new", actor=None)

        for _ in range(10):
            await storage.write(lambda work: work.credentials.save_password(HERE, MIA, "old"))
            units = [storage.write(signs_in) for _ in range(3)]
            change = storage.write(changes)
            await asyncio.gather(*((*units, change) if first == "sign-in" else (change, *units)))
            assert await storage.read(lambda work: work.sessions.list_of(HERE, MIA, now=0)) == []

    on_storage(any_databases, test)
