"""Several worker processes on one socket."""

import multiprocessing
import signal
import socket
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

RESTART_AFTER = 0.5
STOP_WITHIN = 40.0

Work = Callable[[socket.socket, Callable[[], None]], None]
"""A worker's whole life: serves the socket, calls back when it is ready. It must be importable, since workers are spawned."""


class Supervisor:
    """Starts workers, replaces those that die, and ends them all on SIGTERM or SIGINT.

    Arguments:
        work: what a worker does.
        count: how many workers.
        on_ready: called once, when every worker is ready to answer.
    """

    def __init__(self, work: Work, listener: socket.socket, count: int, on_ready: Callable[[], None]) -> None:
        self._work = work
        self._listener = listener
        self._count = count
        self._on_ready = on_ready
        self._context = multiprocessing.get_context("spawn")
        self._stopping = threading.Event()

    def run(self) -> int:
        """Keep the workers running; gives the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        starting = [self._start() for _ in range(self._count)]
        workers = [worker for worker, _ in starting]
        if not all(self._is_ready(worker, ready) for worker, ready in starting):
            self._end(workers)
            return 0 if self._stopping.is_set() else 1
        self._on_ready()
        while not self._stopping.is_set():
            wait([worker.sentinel for worker in workers], timeout=0.2)
            for index, worker in enumerate(workers):
                if not worker.is_alive() and not self._stopping.is_set():
                    time.sleep(RESTART_AFTER)
                    workers[index] = self._start()[0]
        self._end(workers)
        return 0

    def _start(self) -> tuple[BaseProcess, Connection]:
        theirs: Connection
        ours, theirs = self._context.Pipe(duplex=False)
        worker = self._context.Process(target=_live, args=(self._work, self._listener, theirs))
        worker.start()
        theirs.close()
        return worker, ours

    def _is_ready(self, worker: BaseProcess, ready: Connection) -> bool:
        while not self._stopping.is_set():
            if ready.poll(0.05):
                try:
                    return bool(ready.recv())
                except EOFError:
                    return False
            if not worker.is_alive():
                return False
        return False

    @staticmethod
    def _end(workers: list[BaseProcess]) -> None:
        for worker in workers:
            worker.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for worker in workers:
            worker.join(max(0.1, deadline - time.monotonic()))
            if worker.is_alive():
                worker.kill()
                worker.join()


def _live(work: Work, listener: socket.socket, ready: Connection) -> None:
    # The terminal sends Ctrl-C to everybody: the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(listener, lambda: ready.send(True))
