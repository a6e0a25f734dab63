"""One line a request, also where nobody is left to read the answer or the log."""

import asyncio
import io
import socket
from collections.abc import Callable

import pytest

from gridhall.server.request_log import RequestLog, shown
from harness.live import TIMEOUT, Live
from harness.storage import wait_until


def test_a_connection_that_broke_is_noted(sqlite_server: Live) -> None:
    with socket.create_connection(("127.0.0.1", sqlite_server.port), timeout=TIMEOUT) as connection:
        head = b"POST /api/api.test HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n"
        connection.sendall(head + b"{")
    wait_until(lambda: " - api.test client_gone " in sqlite_server.log.getvalue())
    assert sqlite_server.seen == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("users.info", "users.info"),
        ("files.getUploadURLExternal", "files.getUploadURLExternal"),
        ("oauth.v2.access", "oauth.v2.access"),
        ("apps.event.authorizations.list", "apps.event.authorizations.list"),
        ("", "-"),
        ("xoxb-1234", "-"),
        ("xoxb-12.34", "-"),
        ("users.info\n", "-"),
        ("users info", "-"),
        ("usérs.info", "-"),
        ("users.info" * 100, "-"),
    ],
)
def test_a_name_is_written_where_it_looks_like_one(name: str, written: str) -> None:
    assert shown(name) == written


def _closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


class _Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("stream", [_closed, _Broken])
def test_a_log_that_nobody_reads_stops_nothing(stream: Callable[[], io.StringIO]) -> None:
    async def main() -> None:
        log = RequestLog("text", stream())
        log.write("1", "users.info", "ok", 0.001)
        log.flush()
        log.write("2", "users.info", "ok", 0.001)
        log.flush()

    asyncio.run(main())
