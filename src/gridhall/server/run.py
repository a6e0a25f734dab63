"""Running the application on a socket, until it is told to stop."""

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn

from gridhall.server.asgi import Server
from gridhall.server.protocol import Http

KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than clients keep theirs, so that they close first."""

GRACE = 30
"""Seconds that running requests have to be answered in after SIGTERM."""

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError where the port is in use or the address is none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


async def run(server: Server, listener: socket.socket, on_ready: Callable[[], None], stop: asyncio.Event) -> None:
    """Serve until SIGTERM or SIGINT or until `stop` is set, and answer the running requests before returning.

    A second signal ends it at once.
    """
    config = uvicorn.Config(
        server,
        http=Http,
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        backlog=BACKLOG,
    )
    uvicorn_server = _Uvicorn(config, on_ready, stop)
    loop = asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, uvicorn_server.stop)
    await uvicorn_server.serve(sockets=[listener])


class _Uvicorn(uvicorn.Server):
    """uvicorn, with signals left to the loop: its own handling would end the process before storage is closed."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None], stop: asyncio.Event) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._stop = stop

    def stop(self) -> None:
        """End when the running requests are answered; told again, end at once."""
        self.force_exit = self._stop.is_set()
        self._stop.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """Renew the Date header every second, and stop without uvicorn's up to 0.1 seconds of looking away."""
        while not self._stop.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 1)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What start-up made stays: the collector need not look at it again with every request's garbage.
        gc.collect()
        gc.freeze()
        self._on_ready()
