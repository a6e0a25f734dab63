"""Who calls, and for how long that is remembered."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from gridhall.contract.errors import InvalidAuth
from gridhall.contract.tokens import Token
from gridhall.domain.actor import Actor, anonymous
from gridhall.domain.secrets import hash_of
from gridhall.domain.signals import AuthorityChanged, SessionsEnded
from gridhall.domain.source import Source, SystemClock
from gridhall.pipeline import authenticate
from gridhall.pipeline.authenticate import Authenticate


class Register:
    """Storage that knows one actor for every token, and whose readings can be held up."""

    shared = False

    def __init__(self, organization: str = "E1") -> None:
        self.actor = replace(anonymous("Tk1"), acts_as=Token.USER, organization=organization)
        self.ended = False
        self.readings = 0
        self.held = asyncio.Event()
        self.held.set()

    async def read(self, unit: Callable[[Any], Coroutine[Any, Any, Actor | None]]) -> Actor | None:
        self.readings += 1
        found = self.actor
        await self.held.wait()
        return None if self.ended else found


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


# Sessions.

COOKIE = [(b"user-agent", b"x"), (b"cookie", b"a=b; d=xoxd-1")]


def signed_in(session: int = 1, expires_at: int = 0) -> Register:
    register = Register()
    hashed = hash_of("xoxd-1")
    register.actor = replace(register.actor, acts_as=Token.CLIENT, session=session, cookie_hash=hashed, expires_at=expires_at)
    return register


def test_an_ended_session_is_forgotten_and_no_other() -> None:
    async def main() -> None:
        register = signed_in()
        who = room(register)
        await who("xoxc-1", "", COOKIE)
        register.actor = replace(register.actor, session=2)
        await who("xoxc-2", "", COOKIE)
        who.heard(SessionsEnded("E2", (1, 2)))
        who.heard(SessionsEnded("E1", (3,)))
        await who("xoxc-1", "", COOKIE)
        assert register.readings == 2
        who.heard(SessionsEnded("E1", (1, 3)))
        await who("xoxc-2", "", COOKIE)
        assert register.readings == 2
        await who("xoxc-1", "", COOKIE)
        assert register.readings == 3

    asyncio.run(main())


def test_a_session_that_ended_while_being_read_is_not_remembered() -> None:
    async def main() -> None:
        register = signed_in()
        who = room(register)
        register.held.clear()
        reading = asyncio.create_task(who("xoxc-1", "", COOKIE))
        await asyncio.sleep(0)
        who.heard(SessionsEnded("E1", (1,)))
        register.held.set()
        await reading
        await who("xoxc-1", "", COOKIE)
        assert register.readings == 2

    asyncio.run(main())


def test_a_cookie_is_asked_for_also_of_whom_is_remembered() -> None:
    async def main() -> None:
        register = signed_in()
        who = room(register)
        await who("xoxc-1", "", COOKIE)
        for headers in ([], [(b"cookie", b"d=xoxd-2")], [(b"cookie", b"d=xoxd-2"), (b"cookie", b"d=xoxd-1")]):
            with pytest.raises(InvalidAuth):
                await who("xoxc-1", "", headers)
        register.actor = replace(register.actor, cookie_hash=None)
        who.heard(SessionsEnded("E1", (1,)))
        with pytest.raises(InvalidAuth):
            await who("xoxc-1", "", [])

    asyncio.run(main())


def test_one_whose_time_has_passed_is_read_again_since_it_may_have_been_prolonged() -> None:
    async def main() -> None:
        register = signed_in(expires_at=1)
        who = room(register)
        with pytest.raises(InvalidAuth):
            await who("xoxc-1", "", COOKIE)
        register.actor = replace(register.actor, expires_at=2**40)
        for _ in range(3):
            await who("xoxc-1", "", COOKIE)
        assert register.readings == 3, "twice for the first call: to remember, and to look again"

    asyncio.run(main())


def test_one_that_time_ended_is_forgotten() -> None:
    async def main() -> None:
        register = signed_in(expires_at=1)
        who = room(register)
        with pytest.raises(InvalidAuth):
            await who("xoxc-1", "", COOKIE)
        assert len(who._actors) == len(who._of_session) == 1
        register.ended = True
        with pytest.raises(InvalidAuth):
            await who("xoxc-1", "", COOKIE)
        assert len(who._actors) == len(who._of_session) == 0

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
