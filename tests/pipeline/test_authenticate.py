"""Who calls, and for how long that is remembered."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from gridhall.contract.tokens import Token
from gridhall.domain.actor import Actor, anonymous
from gridhall.domain.signals import AuthorityChanged
from gridhall.domain.source import Source, SystemClock
from gridhall.pipeline import authenticate
from gridhall.pipeline.authenticate import Authenticate


class Register:
    """Storage that knows one actor for every token, and whose readings can be held up."""

    shared = False

    def __init__(self, organization: str = "E1") -> None:
        self.actor: Actor = replace(anonymous("Tk1"), acts_as=Token.USER, organization=organization)
        self.readings = 0
        self.held = asyncio.Event()
        self.held.set()

    async def read(self, unit: Callable[[Any], Coroutine[Any, Any, Actor | None]]) -> Actor | None:
        self.readings += 1
        found = self.actor
        await self.held.wait()
        return found


def room(register: Register) -> Authenticate:
    made = Authenticate(Source(SystemClock()))
    made.use(register)  # type: ignore[arg-type]
    return made


def test_an_actor_is_read_once_until_their_organization_changes() -> None:
    async def main() -> None:
        register = Register()
        who = room(register)
        assert await who("xoxp-1", "") is await who("xoxp-1", "")
        who.heard(AuthorityChanged("E2"))
        await who("xoxp-1", "")
        assert register.readings == 1
        who.heard(AuthorityChanged("E1"))
        await who("xoxp-1", "")
        assert register.readings == 2

    asyncio.run(main())


def test_an_actor_that_changed_while_being_read_is_not_remembered() -> None:
    async def main() -> None:
        register = Register()
        who = room(register)
        register.held.clear()
        reading = asyncio.create_task(who("xoxp-1", ""))
        await asyncio.sleep(0)
        register.actor = replace(register.actor, scopes_header="new")
        who.heard(AuthorityChanged("E1"))
        register.held.set()
        assert (await reading).scopes_header == ""
        assert (await who("xoxp-1", "")).scopes_header == "new"

    asyncio.run(main())


def test_nothing_is_remembered_while_other_workers_are_not_heard() -> None:
    async def main() -> None:
        register = Register()
        who = room(register)
        await who("xoxp-1", "")
        who.lost()
        for _ in range(3):
            await who("xoxp-1", "")
        assert register.readings == 4
        who.caught_up()
        for _ in range(3):
            await who("xoxp-1", "")
        assert register.readings == 5

    asyncio.run(main())


def test_memory_is_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(authenticate, "MOST_REMEMBERED", 10)

    async def main() -> None:
        register = Register()
        who = room(register)
        for number in range(25):
            await who(f"xoxp-{number}", "")
        assert len(who._actors) <= 10

    asyncio.run(main())
