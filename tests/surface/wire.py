"""Bytes on a socket, where what an HTTP client would send is not enough."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from harness.live import TIMEOUT, Live, Reply


class Wire:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._incoming = connection.makefile("rb")

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def end(self) -> None:
        """Say that nothing more will be sent."""
        self._connection.shutdown(socket.SHUT_WR)

    def reply(self) -> Reply:
        """The next answer; what follows it stays to be read."""
        _, status, _ = self._incoming.readline().split(maxsplit=2)
        headers = {key.lower(): value for key, value in http.client.parse_headers(self._incoming).items()}
        return Reply(int(status), headers, self._incoming.read(int(headers["content-length"])))

    def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        return self._incoming.read()


@contextmanager
def wire(server: Live) -> Iterator[Wire]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT) as connection:
        yield Wire(connection)


def post(path: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    """A request's bytes; the length that it announces may be another than its body's."""
    announced = f"content-length: {len(body) if length is None else length}"
    return "\r\n".join([f"POST {path} HTTP/1.1", "host: x", announced, *headers, "", ""]).encode() + body
