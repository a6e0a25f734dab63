"""Connections that stay open for a session: closed when it ends, on whichever worker it was ended."""

import asyncio
import logging
from collections.abc import Callable
from itertools import count

from gridhall.contract.errors import Refusal
from gridhall.domain.signals import SessionsEnded, Signal
from gridhall.domain.source import Source
from gridhall.domain.work import Storage, Work

log = logging.getLogger("gridhall.server")

_Key = tuple[str, int]

Close = Callable[[], None]
"""Closes a connection; called on the loop."""


class Connections:
    """Which connections are open for which session. Whoever opens one says how it is closed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._storage: Storage | None = None
        self._open: dict[_Key, dict[int, Close]] = {}
        self._numbers = count()
        self._looking: set[asyncio.Task[None]] = set()

    def use(self, storage: Storage) -> None:
        """Where sessions are read from. Given late, since storage tells this registry what ended."""
        self._storage = storage

    def open(self, organization: str, session: int, close: Close) -> Callable[[], None]:
        """Note a connection; gives what is to be called when it has closed by itself.

        The session may have ended since it was asked for: then the connection is closed as soon as that is known.
        """
        key, number = (organization, session), next(self._numbers)
        self._open.setdefault(key, {})[number] = close
        self._look_for([key])

        def forget() -> None:
            ours = self._open.get(key)
            if ours is not None:
                ours.pop(number, None)
                if not ours:
                    self._open.pop(key, None)

        return forget

    def heard(self, signal: Signal) -> None:
        if isinstance(signal, SessionsEnded):
            for session in signal.sessions:
                self._close((signal.organization, session))

    def lost(self) -> None: ...

    def caught_up(self) -> None:
        """Some sessions may have ended that nobody told of: look for those that connections are open for."""
        self._look_for(list(self._open))

    def _look_for(self, keys: list[_Key]) -> None:
        if keys:
            task = asyncio.get_running_loop().create_task(self._look(keys))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _look(self, keys: list[_Key]) -> None:
        assert self._storage is not None
        for key in keys:
            try:
                goes_on = await self._storage.read(lambda work, key=key: self._goes_on(work, *key))  # type: ignore[misc]
            except Refusal as refusal:
                # The database is away again: they are looked for when it is back.
                log.warning("open connections could not be held against their sessions: %s", refusal.code)
                return
            if not goes_on:
                self._close(key)

    async def _goes_on(self, work: Work, organization: str, session: int) -> bool:
        return await work.sessions.find(organization, session, now=self._source.seconds()) is not None

    def _close(self, key: _Key) -> None:
        for close in self._open.pop(key, {}).values():
            try:
                close()
            except Exception:
                log.exception("a connection of an ended session could not be closed")
