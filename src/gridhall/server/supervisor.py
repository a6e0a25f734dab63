"""Several worker processes on one socket."""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

RESTART_AFTER = 0.5
STOP_WITHIN = 40.0

Work = Callable[[socket.socket, Callable[[], None]], None]
"""A worker's whole life: serves the socket, calls back when it is ready. It must be importable, since workers are spawned."""

log = logging.getLogger("gridhall")


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and where it says that it is ready: kept open for as long as it lives, since it may say so at any time."""

    process: BaseProcess
    ready: Connection


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
        self._stopping = False
        # A signal writes here, so that whoever waits for workers wakes up.
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)

    def run(self) -> int:
        """Keep the workers running; gives the exit status."""
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        workers: list[_Worker] = []
        try:
            workers.extend(self._start() for _ in range(self._count))
            if not all(self._is_ready(worker) for worker in workers):
                return 0 if self._stopping else 1
            self._on_ready()
            while not self._stopping:
                self._replace_dead(workers)
            return 0
        finally:
            self._end(workers)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_live, args=(self._work, self._listener, theirs))
        # The terminal sends Ctrl-C to everybody, a worker that is only being born included: the parent decides.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return _Worker(process, ours)

    def _is_ready(self, worker: _Worker) -> bool:
        while not self._stopping:
            if worker.ready in wait([self._woken, worker.ready]):
                try:
                    return bool(worker.ready.recv())
                except EOFError:
                    # It ended before it was.
                    return False
        return False

    def _replace_dead(self, workers: list[_Worker]) -> None:
        wait([self._woken, *(worker.process.sentinel for worker in workers)])
        for index, worker in enumerate(workers):
            if worker.process.is_alive() or self._stopping:
                continue
            log.error("a worker ended with status %s: starting another", worker.process.exitcode)
            wait([self._woken], timeout=RESTART_AFTER)
            if not self._stopping:
                worker.ready.close()
                workers[index] = self._start()

    @staticmethod
    def _end(workers: list[_Worker]) -> None:
        for worker in workers:
            worker.process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for worker in workers:
            worker.process.join(max(0.1, deadline - time.monotonic()))
            if worker.process.is_alive():
                log.error("a worker did not end within %d seconds and is killed", STOP_WITHIN)
                worker.process.kill()
                worker.process.join()


def _live(work: Work, listener: socket.socket, ready: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(listener, lambda: ready.send(True))


def _end_with_parent() -> None:
    """Workers whose parent was killed would hold its port for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
