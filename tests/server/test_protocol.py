"""HTTP where uvicorn's own would not do."""

import socket

import pytest

from gridhall.server import protocol
from harness.live import TIMEOUT, Live

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
OFFER = b"Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
POST = b"POST /api/api.test HTTP/1.1\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


def exchange(server: Live, *pieces: bytes) -> bytes:
    """All that is answered until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number, piece in enumerate(pieces):
            if number:
                # A call in between shows that the server has read what came before.
                assert server.call("api.test")["ok"]
            connection.sendall(piece)
        answer = b""
        while received := connection.recv(65536):
            answer += received
    return answer


@pytest.mark.parametrize(
    "pieces",
    [
        [POST + OFFER + FORM + b"Content-Length: 7\r\n\r\nfoo=bar"],
        [POST + OFFER + FORM + b"Content-Length: 7\r\n\r\n", b"foo=bar"],
        [POST + OFFER + FORM + b"Content-Length: 7\r\n\r\nfoo", b"=b", b"ar"],
        [POST + OFFER[:20], OFFER[20:] + FORM + b"Content-Length: 7\r\n", b"\r\nfoo=bar"],
        [POST + OFFER + FORM + CHUNKED + b"3\r\nfoo\r\n4\r\n=bar\r\n0\r\n\r\n"],
        [POST + OFFER + FORM + CHUNKED + b"3\r\nfoo\r\n", b"4\r\n=bar\r\n0\r\n\r\n"],
        # What stands behind the body is never taken for a part of it.
        [POST + OFFER + FORM + b"Content-Length: 7\r\n\r\nfoo=bar" + POST + FORM + b"Content-Length: 8\r\n\r\n&baz=bar"],
    ],
)
def test_a_body_behind_an_offer_to_upgrade_is_read(pieces: list[bytes], reading: Live) -> None:
    answer = exchange(reading, *pieces)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answer
    assert answer.endswith(b'\r\n\r\n{"ok":true,"args":{"foo":"bar"}}')


@pytest.mark.parametrize("verb", [b"GET", b"POST"])
def test_an_offer_without_a_body(verb: bytes, reading: Live) -> None:
    answer = exchange(reading, verb + b" /api/api.test HTTP/1.1\r\n" + OFFER + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_body_behind_an_offer_that_is_none(reading: Live) -> None:
    assert exchange(reading, POST + OFFER + FORM + CHUNKED + b"no chunk\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "head", [b"GET /" + b"x" * 70_000, b"GET / HTTP/1.1\r\nx: " + b"x" * 70_000, POST + b"x: y\r\n" * 12_000]
)
def test_a_head_without_end_is_refused(head: bytes, reading: Live) -> None:
    assert exchange(reading, head).startswith(b"HTTP/1.1 431 ")


def test_a_long_head_is_fine(reading: Live) -> None:
    head = POST + b"x: y\r\n" * 9_000 + b"Connection: close\r\n"
    assert exchange(reading, head, b"Content-Length: 0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("pieces", [[], [b"PO"], [POST], [POST + OFFER[:20]]])
def test_a_head_that_does_not_come_ends_the_connection(
    pieces: list[bytes], sqlite_server: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_PATIENCE", 0.2)
    assert exchange(sqlite_server, *pieces) == b""


def test_a_later_head_has_its_own_time(sqlite_server: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_PATIENCE", 0.2)
    answer = exchange(sqlite_server, b"GET /api/api.test HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /api/ap")
    assert answer.count(b"HTTP/1.1 200 OK") == 1


def test_what_comes_behind_a_chunked_body_is_not_kept(sqlite_server: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST_BODY", 4 << 20)
    endless = b"".join(b"X-Trailer-%d: %s\r\n" % (number, b"x" * 1000) for number in range(8000))
    with socket.create_connection(("127.0.0.1", sqlite_server.port), timeout=TIMEOUT) as connection:
        connection.sendall(b"GET /api/api.test HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"0\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
        # Reset or a broken pipe, as the kernel likes, and long before a hundred times.
        with pytest.raises(OSError):  # noqa: PT011
            connection.sendall(endless * 100)
    assert sqlite_server.call("api.test")["ok"]
