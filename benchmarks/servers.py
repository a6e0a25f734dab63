"""Servers as processes of their own, pinned to one processor, and the CPU time that they use."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
FACTOR = "1000000"


@dataclass(frozen=True)
class Running:
    """A server that answers.

    Arguments:
        ready_after: seconds from its start until it said that it was ready.
    """

    pid: int
    port: int
    ready_after: float

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self) -> float:
        """MiB that the process holds in memory."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def _pinned(command: list[str], core: int | None) -> list[str]:
    return command if core is None else ["taskset", "-c", str(core), *command]


@contextmanager
def hello(core: int | None) -> Iterator[Running]:
    """The bare hello."""
    port = _free_port()
    process = subprocess.Popen(_pinned([sys.executable, "-m", "benchmarks.hello", str(port)], core))
    try:
        _wait_for(port)
        yield Running(process.pid, port, 0.0)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def gridhall(url: str, core: int | None) -> Iterator[Running]:
    """Gridhall over a database that is filled, its limiter running with a factor that refuses nobody."""

    command = [sys.executable, "-m", "gridhall", "serve", "--database", url, "--port", "0", "--rate-limits", FACTOR]
    began = time.perf_counter()
    with Path(os.devnull).open("w") as null:
        process = subprocess.Popen(_pinned(command, core), stdout=subprocess.PIPE, stderr=null, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready_after = time.perf_counter() - began
        assert line.startswith("Gridhall is ready at "), line
        yield Running(process.pid, int(line.rpartition(":")[2]), ready_after)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port}")
