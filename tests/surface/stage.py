"""Servers over `tests/data/states.yaml`, and how they are called."""

import http.client
import json
import resource
import sqlite3
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from harness.databases import Databases
from harness.live import TIMEOUT, Live, live
from surface.sound import sound

FORM = "application/x-www-form-urlencoded"
STALL = 0.05
ONE_CALL = 1e-6
"""A factor that leaves each limit one call, and refills it for days."""


def png(width: int, height: int) -> bytes:
    """The smallest picture of these dimensions; one that claims to be large is as small."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * (width + 1) * min(height, 16))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


FILES: dict[str, dict[str, bytes]] = {"users.setPhoto": {"image": png(4, 4)}}


def multipart(arguments: Mapping[str, str], files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """A body and its Content-Type."""
    parts = [(f'name="{name}"', value.encode()) for name, value in arguments.items()]
    parts += [(f'name="{name}"; filename="{name}"', data) for name, data in files.items()]
    body = b"".join(
        b"--edge\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (head.encode(), data) for head, data in parts
    )
    return body + b"--edge--\r\n", "multipart/form-data; boundary=edge"


class Stage:
    """Servers, each started when it is first asked for, and kept for all that ask after it."""

    def __init__(self, databases: Databases, stack: ExitStack) -> None:
        self._databases = databases
        self._stack = stack

    def _serve(self, url: str | None = None, **options: Any) -> Live:
        return self._stack.enter_context(live(url or self._databases.filled("states"), **options))

    @cached_property
    def open(self) -> Live:
        """A server in good health."""
        return self._serve()

    @cached_property
    def impatient(self) -> Live:
        """Bodies may stall for a moment only."""
        return self._serve(stall=STALL)

    @cached_property
    def counting(self) -> Live:
        """Each limit lets one call pass."""
        return self._serve(rate_factor=ONE_CALL)

    @cached_property
    def damaged(self) -> Live:
        """The database's file holds garbage where its tokens were."""
        url = self._databases.filled("states")
        path = url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path)
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tokens'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.close()
        with open(path, "r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"\xff" * size)
        return self._serve(url)


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def call(server: Live, method: str, token: str | None, arguments: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The answer to a sound call, or to one with other arguments than those."""
    chosen = sound(server, method) if arguments is None else arguments
    body, content_type = urlencode(chosen).encode(), FORM
    if method in FILES and arguments is None:
        body, content_type = multipart(chosen, FILES[method])
    return send(server, method, token, body, content_type)


def send(
    server: Live, method: str, token: str | None, body: bytes, content_type: str | None, query: str = ""
) -> dict[str, Any]:
    """The answer to a body."""
    headers = {} if content_type is None else {"content-type": content_type}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    return server.request("POST", f"/api/{method}?{query}", body, headers).json


def stall(server: Live, method: str) -> dict[str, Any]:
    """The answer to a body that is announced and never comes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    try:
        connection.putrequest("POST", f"/api/{method}")
        connection.putheader("content-type", FORM)
        connection.putheader("content-length", "10")
        connection.endheaders()
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()
