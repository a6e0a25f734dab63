"""uvicorn's HTTP protocol, with three differences.

- The head and the body of an answer go in one packet. uvicorn writes them one after the other, which is two system calls and
  two packets for every answer, a sixth of what a small answer costs (docs/decisions/0006-one-packet-per-answer.md).
- A request's head may neither grow nor take its time without end. uvicorn keeps all of it, however long it gets, and waits.
- A request that offers another protocol keeps its body. Java's own client offers HTTP/2 with each, and the parser takes what
  follows such a head for that protocol's.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 64 * 1024
"""Bytes that a request's first line and headers may have together."""

HEAD_PATIENCE = 30.0
"""Seconds that a connection has for its first request's head, and for each later one from its first byte on."""

MOST_BODY = 16 * 1024 * 1024
"""Bytes after which a request is cut off, whoever still reads it: more than any that is taken, its framing included."""

_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_FRAMING = (b"content-length", b"transfer-encoding")


class Http(HttpToolsProtocol):
    """One connection."""

    _head = 0
    _body = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(_Gathering(transport, self.loop))  # type: ignore[arg-type]
        self._deadline = self.loop.call_later(HEAD_PATIENCE, self._hang_up)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._body = 0

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._head_arrived()

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
            else:
                self._decline(data[offer.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        # The scope has a path from the moment when the head is complete.
        if self.scope is None:
            return
        if "path" in self.scope:
            self._head_arrived()
            # What comes behind a chunked body would be kept among the headers, without end.
            self.headers = []
            self._body += len(data)
            if self._body > MOST_BODY and not self.transport.is_closing():
                self.transport.close()
            return
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_PATIENCE, self._hang_up)
        self._head += len(data)
        if self._head > MOST_HEAD and not self.transport.is_closing():
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()

    def _head_arrived(self) -> None:
        self._head = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()

    def _decline(self, rest: bytes) -> None:
        """Go on as if no other protocol had been offered, up to the end of this request; then the connection is closed."""
        self.cycle.keep_alive = False
        framing = [name + b": " + value for name, value in self.headers if name in _FRAMING]
        if not framing:
            return
        self.cycle.more_body = True
        self.parser = httptools.HttpRequestParser(_Body(self))
        try:
            self.parser.feed_data(b"\r\n".join((b"POST / HTTP/1.1", *framing, b"", rest)))
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")


class _Body:
    """Hears of one body, whatever else a parser finds."""

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        self._protocol = protocol
        self._ended = False

    def on_body(self, body: bytes) -> None:
        if not self._ended:
            self._protocol.on_body(body)

    def on_message_complete(self) -> None:
        self._ended = True
        self._protocol.on_message_complete()


class _Gathering:
    """A transport that hands on its writes at the end of the loop's turn, and everything else at once."""

    __slots__ = ("_call_soon", "_transport", "_waiting")

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._call_soon = loop.call_soon
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._waiting:
            self._call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._transport.write(b"".join(waiting))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
