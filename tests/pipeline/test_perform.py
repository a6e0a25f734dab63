"""What performing a method notes besides."""

import asyncio
import sys
from dataclasses import replace
from typing import Any, cast

from gridhall.contract.tokens import Token
from gridhall.domain.actor import anonymous
from gridhall.domain.source import Source, SystemClock
from gridhall.pipeline.perform import Perform
from gridhall.pipeline.request import Request


class Counting:
    """Storage that counts units."""

    def __init__(self) -> None:
        self.writes = 0

    async def write(self, unit: Any) -> None:
        self.writes += 1


def test_what_callers_send_is_neither_kept_nor_written_at_their_choice() -> None:
    clock, storage = SystemClock(), Counting()
    clock.move(1_800_000_000_000_000, frozen=True)
    perform = Perform(cast(Any, storage), Source(clock), cast(Any, None))
    actor = replace(anonymous("Tk1"), acts_as=Token.CLIENT, organization="E1", user="W1", session=1)

    async def unread() -> bytes:
        return b""

    async def main() -> None:
        for number in range(500):
            agent = b"%d" % number * 5000
            request = Request("GET", "api.test", b"", "127.0.0.1", None, None, None, unread, [(b"user-agent", agent)])
            await perform._note(actor, "W1", request)

    asyncio.run(main())
    assert storage.writes == 1
    assert len(perform._noted) == 1
    assert sum(sys.getsizeof(part) for noted in perform._noted.items() for part in noted) < 500
