"""Passwords hashed beside the loop."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gridhall.domain import passwords
from gridhall.server.turns import Busy

T = TypeVar("T")

MOST_WAITING = 32
"""Passwords that wait for the thread at the most: what it does in little more than a second."""

_BUSY_FOR = 2
"""Seconds after which who met them may come again."""

_PATIENCE = 2.0
"""Seconds that a password waits for a processor that nothing else wants: longer than all those take that may wait before it."""

_NICENESS = 10
_LONGEST_REST = 0.1


class Hashing:
    """Hashes passwords in a thread of its own, and in a second one while there are several.

    Both stand back, and rest as long as they work, since hashing is slow on purpose: a flood of guesses must take neither the
    processor from other people's calls nor the memory that each hash needs. The second runs only where nothing else wants the
    processor: whoever wants it has it at once. On a busy machine that may be never, so who signs in alone does not go there,
    and who waited there long enough comes back.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="password", initializer=_stand_back)
        self._idle_thread = ThreadPoolExecutor(1, thread_name_prefix="passwords", initializer=_stand_far_back)
        self._waiting = 0
        self._rested_at = 0.0

    def require_room(self) -> None:
        """Raise Busy where `matches` would, before anything else is done for it."""
        if self._waiting >= MOST_WAITING:
            raise Busy(_BUSY_FOR)

    async def hash(self, password: str) -> str:
        """What is stored of a password. Raises Busy."""
        return await self._run(lambda: passwords.hash(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; takes as long where there is none. Raises Busy."""
        return await self._run(lambda: passwords.matches(stored, password))

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)
        self._idle_thread.shutdown(cancel_futures=True)

    async def _run(self, what: Callable[[], T]) -> T:
        self.require_room()
        crowded = self._waiting > 0
        self._waiting += 1
        try:
            if crowded:
                begun = self._idle_thread.submit(self._rested, what)
                hashed = asyncio.wrap_future(begun)
                await asyncio.wait([hashed], timeout=_PATIENCE)
                if not begun.cancel():
                    return await hashed
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._rested, what)
        finally:
            self._waiting -= 1

    def _rested(self, what: Callable[[], T]) -> T:
        """Do it, after a rest as long as the work before took."""
        time.sleep(max(0.0, self._rested_at - time.monotonic()))
        began = time.monotonic()
        try:
            return what()
        finally:
            ended = time.monotonic()
            self._rested_at = ended + min(_LONGEST_REST, ended - began)


def _stand_back() -> None:
    """Let everything else in this process go before this thread. Only on Linux niceness is a thread's own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _stand_far_back() -> None:
    """Let everything on this machine go before this thread. Niceness alone lets it end its slice first, some milliseconds."""
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
