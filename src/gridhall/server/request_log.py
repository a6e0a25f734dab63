"""One line a request."""

import asyncio
import contextlib
import re
import sys
import time
from functools import lru_cache
from typing import TextIO

import msgspec

FLUSH_AFTER = 0.05

_METHOD = re.compile(r"[A-Za-z]{1,40}(\.[A-Za-z0-9]{1,40}){1,5}")


class RequestLog:
    """Writes what was asked and how it ended: never an argument, a token or an address.

    Lines are collected and written together a moment later: one write a request would cost a tenth of the request.

    Arguments:
        format: `text` or `json`.
    """

    __slots__ = ("_json", "_lines", "_second", "_stamp", "_stream")

    def __init__(self, format: str, stream: TextIO | None = None) -> None:
        self._json = format == "json"
        self._lines: list[str] = []
        self._stream = stream
        self._second = -1
        self._stamp = ""

    def write(self, id: str, method: str, outcome: str, took: float) -> None:
        """Note one request. `took` is in seconds."""
        at, name, ms = self._now(), shown(method), took * 1000
        if self._json:
            line = msgspec.json.encode({"at": at, "id": id, "method": name, "outcome": outcome, "ms": round(ms, 3)}).decode()
        else:
            line = f"{at} {id} {name} {outcome} {ms:.2f}ms"
        self._lines.append(line)
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self.flush)

    def flush(self) -> None:
        """Write what was collected. Whom nobody reads any more goes on serving."""
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        stream = self._stream or sys.stderr
        with contextlib.suppress(OSError, ValueError):
            stream.write("\n".join(lines) + "\n")
            stream.flush()

    def _now(self) -> str:
        """The machine's time; the control surface does not move it. The second's text is made once a second."""
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second = second
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._stamp}.{int((now - second) * 1000):03d}Z"


@lru_cache(maxsize=1024)
def shown(method: str) -> str:
    """A method's name as it may be written. It comes from the path: what looks like none may be a token, or forge a line."""
    return method if _METHOD.fullmatch(method) else "-"
