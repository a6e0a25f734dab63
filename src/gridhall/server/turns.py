"""Whoever asks for much waits for themselves, and for nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

_SHORTLY = 1


class Busy(Exception):
    """Too many wait already. Arguments: retry_after: seconds until it can be tried again."""

    def __init__(self, retry_after: int = _SHORTLY) -> None:
        super().__init__()
        self.retry_after = retry_after


@dataclass(slots=True)
class _Queue:
    free: asyncio.Semaphore
    there: int = 0


class Turns:
    """Of each kind lets so many go on at once; the next wait their turn, the first to come first.

    Arguments:
        waiting: how many of one kind wait at the most.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once = at_once
        self._most = at_once + waiting
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def turn(self, kind: str) -> AsyncIterator[None]:
        """Go on within. Raises Busy."""
        queue = self._queues.setdefault(kind, _Queue(asyncio.Semaphore(self._at_once)))
        if queue.there >= self._most:
            raise Busy
        queue.there += 1
        try:
            async with queue.free:
                yield
        finally:
            queue.there -= 1
            if not queue.there:
                del self._queues[kind]
