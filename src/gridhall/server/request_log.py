"""One line a request."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import TextIO

import msgspec

FLUSH_AFTER = 0.05


class RequestLog:
    """Writes what was asked and how it ended: never an argument, a token or an address's secret part.

    Lines are collected and written together a moment later: one write a request would cost a tenth of the request.

    Arguments:
        format: `text` or `json`.
    """

    __slots__ = ("_json", "_lines", "_stream")

    def __init__(self, format: str, stream: TextIO | None = None) -> None:
        self._json = format == "json"
        self._lines: list[str] = []
        self._stream = stream

    def write(self, id: str, method: str, outcome: str, took: float) -> None:
        """Note one request. `took` is in seconds."""
        if self._json:
            line = msgspec.json.encode(
                {"at": _now(), "id": id, "method": method, "outcome": outcome, "ms": round(took * 1000, 3)}
            ).decode()
        else:
            # The name comes from the path: what is printable only as an escape must not forge a line.
            name = method if method.isascii() and method.isprintable() else ascii(method)
            line = f"{id} {name} {outcome} {took * 1000:.2f}ms"
        self._lines.append(line)
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self.flush)

    def flush(self) -> None:
        """Write what was collected."""
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        stream = self._stream or sys.stderr
        stream.write("\n".join(lines) + "\n")
        stream.flush()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
