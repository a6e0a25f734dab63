"""A worker that does nothing but errands, as a process of its own that tests kill and stop.

Run with the database's address and the lease in seconds; it says "ready" and works until it is ended.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from cli.program import ROOT, environment
from gridhall.domain.call import Context
from gridhall.domain.cursors import Cursors
from gridhall.domain.signals import Listeners
from gridhall.domain.site import Site
from gridhall.domain.source import Source, SystemClock
from gridhall.jobs import runner
from gridhall.storage.engines import open_storage
from jobs.errands import ERRAND, walk


@contextmanager
def working(database: str, folder: Path, *, lease: float = 0.5) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker that is ready; killed at the end where it still runs."""
    with (folder / "workers.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.worker", database, str(lease)],
            env=environment(PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}"),
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", (folder / "workers.log").read_text()
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        process.kill()
        process.communicate()


async def main(database: str, lease: float) -> None:
    runner.LEASE = round(lease * 1_000_000)
    runner.SIGN_OF_LIFE = lease / 3
    clock, listeners = SystemClock(), Listeners()
    source = Source(clock)
    storage = await open_storage(database, source, listeners, clock.follow)
    context = Context(Site("http://worker.test"), Cursors(bytes(32)))
    errands = runner.Runner(storage, source, clock, context, {ERRAND: walk})
    listeners.add(errands)
    await errands.start()
    print("ready", flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    await errands.stop()
    await storage.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(main(sys.argv[1], float(sys.argv[2])))
