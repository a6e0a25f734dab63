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

LONGEST_NAME = 255

_METHOD = re.compile(r"[A-Za-z]{1,40}(\.[A-Za-z0-9]{1,40}){1,5}")


class RequestLog:
    """Writes what was asked and how it ended: never an argument, a token or an address.

    What there is to tell is collected, and put into words and written a moment later: line by line, both would cost a tenth of
    the request.

    Arguments:
        format: `text` or `json`.
    """

    __slots__ = ("_json", "_noted", "_stream")

    def __init__(self, format: str, stream: TextIO | None = None) -> None:
        self._json = format == "json"
        self._noted: list[tuple[float, str, str, str, float]] = []
        self._stream = stream

    def write(self, id: str, method: str, outcome: str, took: float) -> None:
        """Note one request. `took` is in seconds. The time is the machine's: the control surface does not move it."""
        self._noted.append((time.time(), id, method, outcome, took))
        if len(self._noted) == 1:
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self.flush)

    def flush(self) -> None:
        """Write what was collected. Whom nobody reads any more goes on serving."""
        if not self._noted:
            return
        noted, self._noted = self._noted, []
        line = _json_line if self._json else _text_line
        stream = self._stream or sys.stderr
        with contextlib.suppress(OSError, ValueError):
            stream.write("".join(line(*note) for note in noted))
            stream.flush()


def _text_line(at: float, id: str, method: str, outcome: str, took: float) -> str:
    return f"{_stamp(at)} {id} {_short(method)} {outcome} {took * 1000:.2f}ms\n"


def _json_line(at: float, id: str, method: str, outcome: str, took: float) -> str:
    line = {"at": _stamp(at), "id": id, "method": _short(method), "outcome": outcome, "ms": round(took * 1000, 3)}
    return msgspec.json.encode(line).decode() + "\n"


def _short(method: str) -> str:
    return shown(method) if len(method) <= LONGEST_NAME else "-"


def _stamp(at: float) -> str:
    second = int(at)
    return f"{_second(second)}.{int((at - second) * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


@lru_cache(maxsize=1024)
def shown(method: str) -> str:
    """A method's name as it may be written. It comes from the path: what looks like none may be a token, or forge a line."""
    return method if _METHOD.fullmatch(method) else "-"
