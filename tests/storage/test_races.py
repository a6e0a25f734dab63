"""Two at once. Whoever wins, nothing is lost and nothing is there twice."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gridhall.contract.errors import EmailTaken
from gridhall.domain import profiles
from gridhall.domain.audit import Question
from gridhall.domain.tokens import load_actor
from gridhall.domain.work import Work
from gridhall.storage.work import SqlWork
from harness.databases import run
from harness.live import Live
from harness.storage import WAITS, on_postgres, opened

Call = Callable[[], dict[str, Any]]


def at_once(*calls: Call) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))


def test_two_people_cannot_take_one_address(server: Live) -> None:
    def take(user: str, email: str) -> Call:
        return lambda: server.call("users.profile.set", "xoxp-ada-org", user=user, profile=json.dumps({"email": email}))

    for number in range(8):
        address = f"wanted-{number}@acme.test"
        outcomes = at_once(take("W0CHO000001", address), take("W0DEV000001", address.upper()))
        assert sorted(outcome.get("error", "ok") for outcome in outcomes) == ["email_taken", "ok"]


def test_changes_of_different_fields_lose_nothing(server: Live) -> None:
    names = ("title", "phone", "pronouns", "status_text", "display_name")

    def change(name: str, value: str) -> Call:
        return lambda: server.call("users.profile.set", "xoxp-cho-east", name=name, value=value)

    for number in range(8):
        wanted = {name: f"{name} {number}" for name in names}
        outcomes = at_once(*(change(name, value) for name, value in wanted.items()))
        assert all(outcome["ok"] for outcome in outcomes)
        profile = server.call("users.profile.get", "xoxp-cho-east")["profile"]
        assert {name: profile[name] for name in names} == wanted


def test_a_token_is_revoked_once(server: Live) -> None:
    outcomes = at_once(*[lambda: server.call("auth.revoke", "xoxp-cho-east")] * 6)
    assert [outcome.get("revoked") for outcome in outcomes].count(True) == 1
    assert all(outcome.get("revoked") is not None or outcome["error"] == "token_revoked" for outcome in outcomes)

    async def entries(work: Work) -> list[str]:
        assert isinstance(work, SqlWork)
        return [entry.action for entry in (await work.audit.list("E0ACME00001", Question(limit=1_000))).entries]

    assert server.on_loop(server.gridhall.storage.read(entries)).count("token_revoked") == 1


def test_an_address_taken_between_the_look_and_the_write_is_a_refusal(postgres: str) -> None:
    """The look finds nothing, since the other change is not stored yet; the unique index does."""

    async def main() -> None:
        changed, waits = asyncio.Event(), asyncio.Event()

        async def first(work: Work) -> None:
            actor = await load_actor(work, "xoxp-ada-org")
            assert actor is not None
            await profiles.change(work, "W0CHO000001", {"email": "wanted@acme.test"}, workspace=None, actor=actor)
            changed.set()
            await waits.wait()

        async def second(work: Work) -> None:
            actor = await load_actor(work, "xoxp-ada-org")
            assert actor is not None
            await profiles.change(work, "W0DEV000001", {"email": "Wanted@acme.test"}, workspace=None, actor=actor)

        async with opened(postgres) as storage:
            one = asyncio.create_task(storage.write(first))
            await changed.wait()
            two = asyncio.create_task(storage.write(second))
            async with asyncio.timeout(10):
                while not await on_postgres(postgres, WAITS):
                    pass
            waits.set()
            await one
            with pytest.raises(EmailTaken):
                await two

    run(main())
