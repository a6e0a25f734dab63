"""What is logged: one line a request, and no secret wherever one was sent."""

import logging
import re
import socket
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import msgspec
import pytest

from cli.program import DEADLINE, Serving, serve
from gridhall.cli.logs import configure
from harness.databases import Databases

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (-|[0-9a-f]{16}) (-|[A-Za-z0-9.]+) [a-z_]+ \d+\.\d\dms")

FORM = {"content-type": "application/x-www-form-urlencoded"}
BOUNDED = "multipart/form-data; boundary=xx"
PART = '--xx\r\nContent-Disposition: form-data; name="%s"; filename="SECRET"\r\n\r\nSECRET\r\n--xx--\r\n'

# Requests with a secret in every place that a request has.
SECRETIVE: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("POST", "/api/auth.test", "", {"authorization": "Bearer xoxb-SECRET"}),
    ("POST", "/api/auth.test", "", {"authorization": "Basic SECRET", "cookie": "d=xoxd-SECRET", "x-slack-signature": "SECRET"}),
    ("POST", "/api/auth.test", "token=xoxb-SECRET", FORM),
    ("GET", "/api/auth.test?token=xoxb-SECRET&SECRET=SECRET", "", {}),
    ("GET", "/api/auth.test&token=xoxb-SECRET", "", {}),
    ("GET", "/api/xoxb-SECRET", "", {}),
    ("GET", "/xoxb-SECRET.x", "", {}),
    ("GET", "/api/SECRET", "", {}),
    ("GET", "/SECRET", "", {}),
    ("GET", "/avatars/SECRET", "", {}),
    ("GET", "/_gridhall/SECRET", "", {"authorization": "Bearer SECRET"}),
    ("POST", "/api/api.test", "error=SECRET&foo=SECRET", FORM),
    ("POST", "/api/api.test", '{"token": "xoxb-SECRET"', {"content-type": "application/json"}),
    ("POST", "/api/api.test", "SECRET", {"content-type": "SECRET"}),
    ("POST", "/api/api.test", "SECRET", {"content-type": "application/json; charset=SECRET"}),
    ("POST", "/api/api.test", PART % "SECRET", {"content-type": BOUNDED}),
    ("POST", "/api/users.setPhoto", PART % "image", {"content-type": BOUNDED, "authorization": "Bearer xoxp-cho-east"}),
    ("POST", "/api/users.info", "user=SECRET", FORM | {"authorization": "Bearer xoxb-east-desk"}),
    ("POST", "/api/users.profile.set", "profile=SECRET", FORM | {"authorization": "Bearer xoxp-cho-east"}),
    ("POST", "/api/users.list", "cursor=SECRET", FORM | {"authorization": "Bearer xoxb-east-desk"}),
)


def send(server: Serving, verb: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> str | None:
    """Send a request; gives the id of its answer."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)) as connection:
        connection.request(verb, path, body.encode(), headers or {})
        response = connection.getresponse()
        response.read()
        return response.headers["x-slack-req-id"]


def test_no_secret_is_logged_and_no_line_forged(tmp_path: Path, sqlite_databases: Databases) -> None:
    with serve("--database", sqlite_databases.filled(), "--control-key", "xoxb-SECRET", folder=tmp_path) as server:
        ids = [send(server, *request) for request in SECRETIVE]
        ids.append(send(server, "GET", "/api/users.info%20ok%0a2026-01-01T00:00:00.000Z%201%20auth.test%20ok%200.10ms"))
        assert server.stop() == 0
    logged = server.log.read_text()
    assert "SECRET" not in logged
    lines = logged.splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert [line.split()[1] for line in lines] == [id for id in ids if id is not None]


def test_json_lines(tmp_path: Path, sqlite_databases: Databases) -> None:
    with serve("--database", sqlite_databases.filled(), "--log-format", "json", folder=tmp_path) as server:
        ids = [
            send(server, "POST", "/api/auth.test", headers={"authorization": "Bearer xoxb-east-desk"}),
            send(server, "GET", "/api/auth.test"),
        ]
        assert server.stop() == 0
    lines = [msgspec.json.decode(line) for line in server.log.read_text().splitlines()]
    assert [set(line) for line in lines] == [{"at", "id", "method", "outcome", "ms"}] * 2
    assert [(line["id"], line["method"], line["outcome"]) for line in lines] == [
        (ids[0], "auth.test", "ok"),
        (ids[1], "auth.test", "not_authed"),
    ]


def test_bytes_that_are_no_http_are_answered_and_not_worth_a_line(tmp_path: Path, sqlite_databases: Databases) -> None:
    sent = (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03SECRET\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /api/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/api.test HTTP/1.1\r\nSEC RET: x\r\n\r\n",
        b"POST /api/api.test HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/api.test HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"CONNECT x HTTP/1.1\r\n\r\n",
    )
    with serve("--database", sqlite_databases.filled(), folder=tmp_path) as server:
        for bytes_ in sent:
            assert status_of(server, bytes_) == 400, bytes_
        # A head without an end is not kept for ever.
        assert status_of(server, b"GET / HTTP/1.1\r\nx: " + b"SECRET" * 20_000) == 431
        upgrade = b"GET /api/api.test HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
        assert status_of(server, upgrade) == 200
        assert server.stop() == 0
    (line,) = server.log.read_text().splitlines()
    assert " api.test ok " in line


def status_of(server: Serving, data: bytes) -> int:
    """The status that these bytes are answered with, after which nothing more is said."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE) as connection:
        connection.sendall(data)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert answer.count(b"HTTP/1.1 ") == 1
    return int(answer.split()[1])


@pytest.fixture
def _own_loggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test configures, the loggers are as they were afterwards."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    for name in (None, "gridhall", "uvicorn"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)


def note_defect() -> None:
    try:
        raise ValueError("nothing to see")
    except ValueError:
        logging.getLogger("gridhall.pipeline").exception("%s failed", "users.info\n2026 forged")


@pytest.mark.usefixtures("_own_loggers")
def test_the_programs_own_log_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure("text")
    note_defect()
    logging.getLogger("gridhall").info("Grüße")
    logging.getLogger("else").info("not told")
    first, *traceback, last = capsys.readouterr().err.splitlines()
    assert first.endswith("Z ERROR gridhall.pipeline: 'users.info\\n2026 forged failed'")
    assert traceback[-1] == "ValueError: nothing to see"
    assert last.endswith("Z INFO gridhall: Grüße")


@pytest.mark.usefixtures("_own_loggers")
def test_the_programs_own_log_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    note_defect()
    (line,) = capsys.readouterr().err.splitlines()
    record = msgspec.json.decode(line)
    assert (record["level"], record["logger"]) == ("error", "gridhall.pipeline")
    assert record["message"] == "users.info\n2026 forged failed"
    assert record["traceback"].endswith("ValueError: nothing to see")
