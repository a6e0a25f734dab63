"""Passwords hashed beside the loop."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gridhall.domain import passwords

T = TypeVar("T")

MOST_WAITING = 32
"""Passwords that wait for the thread at the most: what it does within a second."""

_NICENESS = 10


class Busy(Exception):
    """Too many passwords are waiting."""


class Hashing:
    """Hashes passwords in one thread of its own.

    One, and one that stands back, since hashing is slow on purpose: a flood of guesses must neither take the processor from
    other people's calls nor the memory that each hash needs.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="passwords", initializer=_stand_back)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """What is stored of a password. Raises Busy."""
        return await self._run(lambda: passwords.hash(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; takes as long where there is none. Raises Busy."""
        return await self._run(lambda: passwords.matches(stored, password))

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    async def _run(self, what: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, what)
        finally:
            self._waiting -= 1


def _stand_back() -> None:
    """Let everything else in this process go before this thread. Only on Linux niceness is a thread's own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
