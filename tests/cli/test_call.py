"""`gridhall call`."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from cli.program import DEADLINE, PROGRAM, environment
from gridhall.__main__ import main
from harness.live import Live


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRIDHALL_TOKEN", "GRIDHALL_URL"):
        monkeypatch.delenv(name, raising=False)


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    """The exit status, and the answer that was printed."""
    status = main(["call", *arguments])
    shown = capsys.readouterr()
    assert shown.err == ""
    answer: dict[str, object] = msgspec.json.decode(shown.out)
    return status, answer


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The line that a call which cannot be made is told with."""
    assert main(["call", *arguments]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    return shown.err.rstrip("\n")


@pytest.mark.parametrize("path", ["", "/", "/api", "/api/"])
def test_an_answer_is_printed(path: str, reading: Live, capsys: pytest.CaptureFixture[str]) -> None:
    status, answer = called(capsys, "auth.test", "--token", "xoxb-east-desk", "--url", reading.url + path)
    assert (status, answer["user"]) == (0, "frontdesk")


def test_where_and_as_whom_may_stand_in_the_environment(
    reading: Live, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDHALL_URL", reading.url)
    monkeypatch.setenv("GRIDHALL_TOKEN", "xoxb-east-desk")
    assert called(capsys, "auth.test")[0] == 0


def test_arguments(reading: Live, capsys: pytest.CaptureFixture[str]) -> None:
    given = {"plain": "a b", "sign": "a=b&c=d", "at": "@here", "umlaut": "Grüße 🌱", "empty": "", "lines": "one\ntwo"}
    status, answer = called(capsys, "api.test", *(f"{name}={value}" for name, value in given.items()), "--url", reading.url)
    assert (status, answer["args"]) == (0, given)


def test_arguments_may_stand_anywhere(reading: Live, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ("api.test", "a=1", "b=2", "--url", reading.url),
        ("api.test", "--url", reading.url, "a=1", "b=2"),
        ("--url", reading.url, "api.test", "a=1", "b=2"),
        ("api.test", "a=1", "--url", reading.url, "b=2"),
    ):
        assert called(capsys, *arguments) == (0, {"ok": True, "args": {"a": "1", "b": "2"}})


def test_the_status_tells_that_an_answer_is_not_ok(reading: Live, capsys: pytest.CaptureFixture[str]) -> None:
    status, answer = called(capsys, "users.info", "user=W0NOBODY", "--token", "xoxb-east-desk", "--url", reading.url)
    assert (status, answer) == (1, {"ok": False, "error": "user_not_found"})
    assert called(capsys, "../no such", "--url", reading.url) == (1, {"ok": False, "error": "unknown_method"})


def test_a_file(sqlite_server: Live, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = BytesIO()
    Image.new("RGB", (30, 40), "olive").save(picture, "PNG")
    file = tmp_path / 'my "best" picture.png'
    file.write_bytes(picture.getvalue())
    wanted = ("users.setPhoto", f"image@{file}", "crop_w=20", "--token", "xoxp-cho-east", "--url", sqlite_server.url)
    status, answer = called(capsys, *wanted)
    assert status == 0
    assert answer["profile"]


def test_a_file_that_is_not_there(reading: Live, capsys: pytest.CaptureFixture[str]) -> None:
    line = failed(capsys, "users.setPhoto", "image@/no/such.png", "--url", reading.url)
    assert line == "gridhall: cannot read /no/such.png: No such file or directory"


@pytest.mark.parametrize("argument", ["limit", "=5", "@file", ""])
def test_an_argument_that_is_none(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "written name=value" in failed(capsys, "users.list", argument)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:3400", "http://127.0.0.1:1", "http://127.0.0.1:port"])
def test_a_server_that_is_not_there(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert url in failed(capsys, "api.test", "--url", url)


@pytest.mark.parametrize("token", ["xoxb-secret\r\nx: y", "xoxb-secreté"])
def test_a_token_that_is_none_is_not_shown(token: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "secret" not in failed(capsys, "api.test", "--token", token)


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[tuple[str, list[str]]]:
    """A web server that is no Web API: its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            asked.append(self.path)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_server_that_answers_something_else(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(200, b"<html>Hello</html>") as (url, _):
        assert "did not answer with JSON" in failed(capsys, "api.test", "--url", url)
    with answering(200, b"[]") as (url, _):
        assert main(["call", "api.test", "--url", url]) == 1


def test_a_token_is_not_taken_elsewhere(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, b'{"ok": true}') as (elsewhere, asked):
        with answering(302, b"", location=f"{elsewhere}/api/auth.test") as (url, _):
            failed(capsys, "auth.test", "--token", "xoxb-east-desk", "--url", url)
        monkeypatch.setenv("http_proxy", elsewhere)
        failed(capsys, "auth.test", "--token", "xoxb-east-desk", "--url", "http://127.0.0.1:1")
    assert asked == []


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        ended = subprocess.run(
            [*PROGRAM, "methods"], cwd=tmp_path, env=environment(), stdout=gone, stderr=subprocess.PIPE, timeout=DEADLINE
        )
    assert (ended.returncode, ended.stderr) == (1, b"")
