"""The program as people start it: a process of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from harness import answers

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "gridhall")
DEADLINE = 60


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without settings of Gridhall's, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRIDHALL_")}
    return kept | {"PYTHONPATH": str(ROOT / "src")} | variables


def gridhall(*arguments: str, folder: Path, text: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end. Arguments: text: what it reads; variables: of its environment."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(**variables),
        input=text,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )


def refusal(*arguments: str, folder: Path, **variables: str) -> str:
    """The one line with which a command that has to fail says why."""
    ended = gridhall(*arguments, folder=folder, **variables)
    assert ended.returncode in (1, 2), ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr.rstrip("\n")


@dataclass
class Serving:
    """A server in a process of its own.

    Arguments:
        banner: what it said when it was ready, line by line.
        log: where it logs.
    """

    process: "subprocess.Popen[bytes]"
    banner: list[str]
    log: Path

    @property
    def url(self) -> str:
        return self.banner[0].removeprefix("Gridhall is ready at ")

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def call(self, method: str, token: str | None = None, **arguments: str) -> dict[str, Any]:
        """The answer of a method."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return self.request("POST", f"/api/{method}", urlencode(arguments).encode(), headers)[1]

    def request(
        self, verb: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """A status, and the JSON that came with it."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(verb, path, body, headers or {})
            response = connection.getresponse()
            body = response.read()
            if path.startswith("/api/"):
                answers.check(path.removeprefix("/api/").partition("?")[0], response.status, body)
            return response.status, msgspec.json.decode(body)
        finally:
            connection.close()

    def stop(self) -> int:
        """End it as a supervisor does; gives the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)


@contextmanager
def serve(
    *arguments: str, folder: Path, deadline: float = DEADLINE, program: tuple[str, ...] = PROGRAM, **variables: str
) -> Iterator[Serving]:
    """`gridhall serve` on a free port, ready; killed at the end, or after so many seconds, where it still runs.

    Arguments:
        program: what is run in its place.
    """
    log = folder / "stderr.log"
    with log.open("a") as stderr:
        process = subprocess.Popen(
            [*program, "serve", *arguments],
            cwd=folder,
            env=environment(**{"GRIDHALL_PORT": "0"} | variables),
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    # Reading blocks: who hangs is killed, and then there is nothing more to read.
    killer = threading.Timer(deadline, process.kill)
    killer.start()
    try:
        assert process.stdout is not None
        # It is told in one write, and read in one.
        banner = os.read(process.stdout.fileno(), 65536).decode().splitlines()
        assert banner, f"it was never ready: {log.read_text()}"
        yield Serving(process, banner, log)
    finally:
        killer.cancel()
        process.kill()
        process.communicate()
