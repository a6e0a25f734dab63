"""The rules of the envelope, each once."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from gridhall.contract.errors import Refusal
from gridhall.pipeline.envelope import Limits, envelope
from gridhall.pipeline.request import ClientGone, Envelope, Receive, Request, Upload

FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json; charset=utf-8"
TEXT = b"text/plain; charset=utf-8"
MULTIPART = b"multipart/form-data; boundary=edge"
ANNOUNCED = -1


class Body:
    """The sender's side: gives its pieces one by one, and knows how many were asked for."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = [piece for piece in pieces if piece]
        self.asked = 0

    async def receive(self) -> bytes:
        self.asked += 1
        return self.pieces.pop(0) if self.pieces else b""


def post(
    body: bytes | Sequence[bytes] = b"",
    content_type: bytes | None = FORM,
    *,
    verb: str = "POST",
    query: bytes = b"",
    authorization: bytes | None = None,
    length: int | None = ANNOUNCED,
    receive: Receive | None = None,
) -> Request:
    pieces = [body] if isinstance(body, bytes) else body
    length = sum(map(len, pieces)) if length == ANNOUNCED else length
    return Request(verb, "api.test", query, "127.0.0.1", content_type, length, authorization, receive or Body(pieces).receive)


def get(query: bytes) -> Request:
    return post(verb="GET", content_type=None, length=None, query=query)


def opened(request: Request, limits: Limits | None = None) -> Envelope:
    return asyncio.run(envelope(request, limits or Limits()))


def refused(request: Request, limits: Limits | None = None) -> str:
    with pytest.raises(Refusal) as refusal:
        opened(request, limits)
    return refusal.value.code


def part(name: str, data: bytes | str, filename: str | None = None, content_type: str | None = None) -> bytes:
    lines = [f'Content-Disposition: form-data; name="{name}"' + ("" if filename is None else f'; filename="{filename}"')]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    head = "".join(f"{line}\r\n" for line in lines) + "\r\n"
    return b"--edge\r\n" + head.encode() + (data.encode() if isinstance(data, str) else data) + b"\r\n"


def multipart(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--edge--\r\n"


class Unread:
    """A body that must not be asked for."""

    async def receive(self) -> bytes:
        raise AssertionError("the body was read")


# Where arguments come from.


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        (b"", {}),
        (b"user=U1&limit=5", {"user": "U1", "limit": "5"}),
        (b"a=1&a=2", {"a": "2"}),
        (b"a", {"a": ""}),
        (b"a=", {"a": ""}),
        (b"a=b=c", {"a": "b=c"}),
        (b"&&a=1&&", {"a": "1"}),
        (b"a=1+2%20%2b", {"a": "1 2 +"}),
        (b"%61=caf%C3%A9", {"a": "café"}),
        ("a=café".encode(), {"a": "café"}),
        (b"a=%zz%2", {"a": "%zz%2"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        (b"a=" + b"&a=1" * 999, {"a": "1"}),
    ],
)
def test_a_query_and_a_form_are_read_alike(query: bytes, arguments: dict[str, object]) -> None:
    assert opened(get(query)) == Envelope(arguments, None)
    assert opened(post(query)) == Envelope(arguments, None)
    assert opened(post(query, TEXT)) == Envelope(arguments, None)


@pytest.mark.parametrize("verb", ["GET", "HEAD", "PUT"])
def test_only_a_post_has_a_body(verb: str) -> None:
    request = post(b"a=body", b"application/xml", verb=verb, query=b"a=query", receive=Unread().receive)
    assert opened(request).arguments == {"a": "query"}


def test_a_body_goes_before_the_query() -> None:
    assert opened(post(b"a=body&c=3", query=b"a=query&b=2")).arguments == {"a": "body", "b": "2", "c": "3"}
    assert opened(post(b'{"a":null}', JSON, query=b"a=query")).arguments == {"a": None}
    assert opened(post(multipart(part("a", "body")), MULTIPART, query=b"a=query")).arguments == {"a": "body"}


def test_json_values_pass_as_they_are() -> None:
    body = '{"text":"é","n":1,"f":1.5,"yes":true,"none":null,"list":[1,"a"],"object":{"a b":[{}]}}'
    assert opened(post(body.encode(), JSON)).arguments == {
        "text": "é",
        "n": 1,
        "f": 1.5,
        "yes": True,
        "none": None,
        "list": [1, "a"],
        "object": {"a b": [{}]},
    }


# The type of the body.


@pytest.mark.parametrize("length", [0, None])
def test_no_body_needs_no_type(length: int | None) -> None:
    assert opened(post(content_type=None, length=length, query=b"a=1")) == Envelope({"a": "1"}, None)


@pytest.mark.parametrize("content_type", [None, b""])
@pytest.mark.parametrize("length", [3, None])
def test_a_body_needs_a_type(content_type: bytes | None, length: int | None) -> None:
    assert refused(post(b"a=1", content_type, length=length)) == "missing_post_type"


@pytest.mark.parametrize(
    "content_type", [b"application/xml", b"form", b";charset=utf-8", b"application/json, text/plain", b"\xff"]
)
@pytest.mark.parametrize("body", [b"", b"a=1"])
def test_other_types_are_refused_whatever_the_body(content_type: bytes, body: bytes) -> None:
    assert refused(post(body, content_type, receive=Unread().receive)) == "invalid_post_type"


@pytest.mark.parametrize("content_type", [FORM, JSON, TEXT, MULTIPART])
@pytest.mark.parametrize("length", [0, None])
def test_any_type_goes_without_a_body(content_type: bytes, length: int | None) -> None:
    assert opened(post(b"", content_type, length=length)) == Envelope({}, None)


def test_an_announced_empty_body_is_not_waited_for() -> None:
    assert opened(post(b"", receive=Unread().receive)).arguments == {}


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        (b"Application/X-WWW-Form-URLencoded", b"a=%C3%A9", "é"),
        (b"application/x-www-form-urlencoded ; charset=utf-8", b"a=%C3%A9", "é"),
        (b"application/x-www-form-urlencoded;charset=ISO-8859-1", b"a=%E9", "é"),
        (b"application/x-www-form-urlencoded; Charset = latin1", b"a=\xe9", "é"),
        (b'text/plain; format=flowed; charset="iso-8859-1"', b"a=%E9", "é"),
        (b'text/plain; note="; charset=latin1"; charset=utf8', b"a=%C3%A9", "é"),
        (b"application/json;charset=UTF-8", '{"a":"é"}'.encode(), "é"),
        (b"application/json;charset=Latin-1", b'{"a":"\xe9"}', "é"),
        (rb'application/json;charset="ut\f-8";charset=latin1', '{"a":"é"}'.encode(), "é"),
        (b"multipart/form-data; charset=utf-8; boundary=edge", multipart(part("a", "é")), "é"),
        (b'MULTIPART/form-data; boundary="edge"; charset=l1', multipart(part("a", b"\xe9")), "é"),
    ],
)
def test_the_charset_says_how_to_read_the_body(content_type: bytes, body: bytes, text: str) -> None:
    assert opened(post(body, content_type)).arguments == {"a": text}


@pytest.mark.parametrize("media", [FORM, b"application/json", b"text/plain", MULTIPART])
@pytest.mark.parametrize("charset", [b"utf-7", b"us-ascii", b'""', b"", b"\xff", b"utf-16"])
def test_no_other_charset(media: bytes, charset: bytes) -> None:
    assert refused(post(b"", media + b"; charset=" + charset)) == "invalid_charset"


@pytest.mark.parametrize(
    ("content_type", "body", "warnings"),
    [
        (b"application/json", b"{}", ("missing_charset",)),
        (b"text/plain", b"a=1", ("missing_charset",)),
        (b"application/json", b"", ()),
        (b"text/plain", b"", ()),
        (JSON, b"{}", ()),
        (TEXT, b"a=1", ()),
        (FORM + b"; charset=utf-8", b"a=1", ("superfluous_charset",)),
        (FORM + b"; charset=utf-8", b"", ("superfluous_charset",)),
        (MULTIPART + b"; charset=utf-8", multipart(part("a", "1")), ("superfluous_charset",)),
        (FORM, b"a=1", ()),
        (MULTIPART, multipart(part("a", "1")), ()),
    ],
)
def test_warnings_about_the_charset(content_type: bytes, body: bytes, warnings: tuple[str, ...]) -> None:
    assert opened(post(body, content_type)).warnings == warnings


# What cannot be read.


@pytest.mark.parametrize("body", [b"a=%FF", b"a=\xff", b"%FF=1", b"a=%C3", b"a=%ED%A0%80", b"a=1&" * 1000 + b"a=1"])
def test_a_form_that_cannot_be_read(body: bytes) -> None:
    assert refused(post(body)) == "invalid_form_data"
    assert refused(post(body, TEXT)) == "invalid_form_data"
    assert refused(get(body)) == "invalid_arguments"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b" ",
        b"{'a':1}",
        b'{"a":1}{}',
        b"\xef\xbb\xbf{}",
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        rb'{"a":"\ud800"}',
        rb'{"a":"\ud800\u0041"}',
        rb'{"\udc00":1}',
        b'{"a":"\x00"}',
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":18446744073709551616}',
        b'{"a":[{"b":-9223372036854775809}]}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 200_000,
        b'{"a":' * 100_000,
    ],
)
def test_json_that_cannot_be_read(body: bytes) -> None:
    assert refused(post(body, JSON)) == "invalid_json"


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"a"', b'[{"a":1}]'])
def test_json_that_is_no_object(body: bytes) -> None:
    assert refused(post(body, JSON)) == "json_not_object"


@pytest.mark.parametrize(
    "body",
    [
        b"edge",
        b"\r\n",
        b"--edge",
        b"--edge\r\n",
        b"--other\r\n\r\n--other--",
        part("a", "1"),
        multipart(part("a", "1"))[:-4],
        b"--edge\r\n\r\nno name\r\n--edge--",
        b"--edge\r\nContent-Disposition: form-data\r\n\r\n1\r\n--edge--",
        b'--edge\r\nContent-Disposition: attachment; name="a"\r\n\r\n1\r\n--edge--',
        b"--edge\r\nContent-Disposition form-data\r\n\r\n1\r\n--edge--",
        multipart(part("a", b"\xff")),
        multipart(part("a", "1").replace(b'"a"', b'"\xff"')),
        multipart(part("a", "1", "a\0b")),
        multipart(part("a", "1", "b", "text/html\nX: y")),
        multipart(part("a", "1") * 1001),
    ],
)
def test_multipart_that_cannot_be_read(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert refused(post(body, MULTIPART)) == "invalid_form_data"
    assert caplog.get_records("call") == [], "strangers must not fill the log"


@pytest.mark.parametrize(
    "boundary", [b"", b"; boundary=", b"; boundary=" + b"a" * 71, b'; boundary="a\xe9"', b'; boundary="a "']
)
@pytest.mark.parametrize("body", [b"", multipart(part("a", "1"))])
def test_multipart_needs_a_boundary(boundary: bytes, body: bytes) -> None:
    assert refused(post(body, b"multipart/form-data" + boundary)) == "invalid_form_data"


# Names and values.

BAD_NAMES = [
    ("", "invalid_arg_name"),
    ("a-b", "invalid_arg_name"),
    ("a.b", "invalid_arg_name"),
    ("a b", "invalid_arg_name"),
    ("é", "invalid_arg_name"),
    ("٣", "invalid_arg_name"),
    ("a\n", "invalid_arg_name"),
    ("a" * 256, "invalid_arg_name"),
    ("a[", "invalid_arg_name"),
    ("[]", "invalid_arg_name"),
    ("a[]b", "invalid_arg_name"),
    ("foo[]", "invalid_array_arg"),
    ("foo[7]", "invalid_array_arg"),
    ("foo[bar]", "invalid_array_arg"),
    ("foo[a][b]", "invalid_array_arg"),
]


def escaped(text: str) -> bytes:
    return "".join(f"%{byte:02x}" for byte in text.encode()).encode()


@pytest.mark.parametrize(("name", "code"), BAD_NAMES)
def test_names_that_are_none(name: str, code: str) -> None:
    assert refused(get(escaped(name) + b"=1")) == code
    assert refused(post(escaped(name) + b"=1")) == code
    assert refused(post(('{"' + name.replace("\n", "\\n") + '":1}').encode(), JSON)) == code


@pytest.mark.parametrize(("name", "code"), [named for named in BAD_NAMES if "\n" not in named[0]])
def test_multipart_names_that_are_none(name: str, code: str) -> None:
    assert refused(post(multipart(part(name, "1")), MULTIPART)) == code


@pytest.mark.parametrize("name", ["a", "_", "7", "A_b9", "a" * 255])
def test_names_that_are_good(name: str) -> None:
    assert opened(get(f"{name}=1".encode())).arguments == {name: "1"}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"a=%00"),
        (FORM, b"a=\x00"),
        (FORM + b"; charset=latin1", b"a=%00"),
        (TEXT, b"a=b%00c"),
        (MULTIPART, multipart(part("a", "b\0"))),
        (JSON, rb'{"a":"\u0000"}'),
        (JSON, rb'{"a":[{"b":["c\u0000"]}]}'),
        (JSON, rb'{"a":{"b\u0000":1}}'),
    ],
)
def test_no_value_holds_nul(content_type: bytes, body: bytes) -> None:
    assert refused(post(body, content_type)) == "invalid_arguments"


def test_no_value_of_a_query_holds_nul() -> None:
    assert refused(get(b"a=%00")) == "invalid_arguments"


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [(FORM, b"a=%2500", "%00"), (JSON, rb'{"a":"\\u0000"}', r"\u0000"), (JSON, rb'{"a":"%00"}', "%00")],
)
def test_what_only_looks_like_nul_passes(content_type: bytes, body: bytes, value: str) -> None:
    assert opened(post(body, content_type)).arguments == {"a": value}


# The token.


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (b"Bearer xoxb-1", "xoxb-1"),
        (b"bEARER xoxb-1", "xoxb-1"),
        (b"  Bearer   xoxb-1\t", "xoxb-1"),
        (b"Bearer caf\xe9\x01", "caf\xe9\x01"),
        (b"Bearer " + b"x" * 5000, "x" * 5000),
        (None, "xoxp-form"),
        (b"", "xoxp-form"),
        (b"Bearer", "xoxp-form"),
        (b"Bearer  ", "xoxp-form"),
        (b"Basic eDp5", "xoxp-form"),
        (b"xoxb-1", "xoxp-form"),
    ],
)
def test_the_header_goes_before_the_form(header: bytes | None, token: str) -> None:
    assert opened(post(b"token=xoxp-form&a=1", authorization=header)) == Envelope({"a": "1"}, token)


@pytest.mark.parametrize(
    ("query", "content_type", "body", "token"),
    [
        (b"token=xoxp-q", FORM, b"a=1", "xoxp-q"),
        (b"token=xoxp-q", FORM, b"token=xoxp-b&a=1", "xoxp-b"),
        (b"token=xoxp-q", FORM, b"token=&a=1", "xoxp-q"),
        (b"", FORM, b"token=&a=1", None),
        (b"", TEXT, b"token=xoxp-b&a=1", "xoxp-b"),
        (b"", MULTIPART, multipart(part("token", "xoxp-b"), part("a", "1")), "xoxp-b"),
        (b"", JSON, b'{"token":"xoxp-b","a":"1"}', None),
        (b"token=xoxp-q", JSON, rb'{"token":["\u0000"],"a":"1"}', "xoxp-q"),
        (b"", FORM, b"token=%00&a=1", "\0"),
        (b"", FORM, b"token=" + b"%C3%A9" * 513 + b"&a=1", "é" * 513),
    ],
)
def test_a_token_among_the_arguments(query: bytes, content_type: bytes, body: bytes, token: str | None) -> None:
    assert opened(post(body, content_type, query=query)) == Envelope({"a": "1"}, token)


@pytest.mark.parametrize(("query", "token"), [(b"token=xoxp-q&a=1", "xoxp-q"), (b"token=&a=1", None)])
def test_a_token_in_the_query(query: bytes, token: str | None) -> None:
    assert opened(get(query)) == Envelope({"a": "1"}, token)
    assert opened(post(query=query)) == Envelope({"a": "1"}, token)


# Files.

PHOTO = Limits(body=200, file=50, files=frozenset({"image"}))


def test_a_file_comes_beside_the_arguments() -> None:
    data = bytes(range(50))
    body = multipart(part("crop_x", "1"), part("image", data, "é.png", "image/png"))
    files = {"image": Upload("é.png", "image/png", data)}
    assert opened(post(body, MULTIPART), PHOTO) == Envelope({"crop_x": "1"}, None, (), files)


def test_a_file_may_be_empty_nameless_and_of_no_type() -> None:
    upload = Upload("", "application/octet-stream", b"")
    assert opened(post(multipart(part("image", b"", "")), MULTIPART), PHOTO).files == {"image": upload}


def test_of_two_files_the_last_wins() -> None:
    body = multipart(part("image", b"1", "one", "a/b"), part("image", b"2", "two", "a/b"))
    assert opened(post(body, MULTIPART), PHOTO).files == {"image": Upload("two", "a/b", b"2")}


def test_a_file_that_is_not_expected_is_dropped() -> None:
    body = multipart(part("a", "1"), part("not-a-name", b"\xff\0", "x.bin"))
    assert opened(post(body, MULTIPART), PHOTO) == Envelope({"a": "1"}, None)


def test_an_expected_file_without_a_filename_is_an_argument() -> None:
    assert opened(post(multipart(part("image", "text")), MULTIPART), PHOTO) == Envelope({"image": "text"}, None)


def test_multipart_as_slack_sdk_writes_it() -> None:
    body = b"\r\n" + multipart(part("image", b"\x89PNG", "p.png", "image/png"))[:-2]
    assert opened(post(body, MULTIPART), PHOTO).files["image"].data == b"\x89PNG"


def test_a_body_may_have_a_thousand_parts() -> None:
    assert opened(post(multipart(part("a", "1") * 1000), MULTIPART)).arguments == {"a": "1"}


# Size.


@pytest.mark.parametrize(
    ("content_type", "limits", "code"),
    [
        (JSON, Limits(body=9), "invalid_json"),
        (FORM, Limits(body=9), "invalid_form_data"),
        (FORM, Limits(body=9, file=9, files=frozenset("f")), "invalid_form_data"),
        (TEXT, Limits(body=9), "invalid_form_data"),
        (MULTIPART, Limits(body=9), "invalid_form_data"),
        (MULTIPART, Limits(body=5, file=4, files=frozenset("f")), "invalid_form_data"),
    ],
)
def test_what_is_announced_as_too_large_is_not_read(content_type: bytes, limits: Limits, code: str) -> None:
    assert refused(post(content_type=content_type, length=10, receive=Unread().receive), limits) == code


@pytest.mark.parametrize(
    ("content_type", "code"), [(JSON, "invalid_json"), (FORM, "invalid_form_data"), (TEXT, "invalid_form_data")]
)
def test_an_endless_body_is_refused_as_soon_as_it_passes_the_limit(content_type: bytes, code: str) -> None:
    body = Body([b"aaa"] * 1000)
    assert refused(post(content_type=content_type, length=None, receive=body.receive), Limits(body=9)) == code
    assert body.asked == 4


@pytest.mark.parametrize(("name", "filename"), [("a", None), ("other", "p.png")])
def test_an_endless_field_is_refused_before_it_takes_the_room_of_a_file(name: str, filename: str | None) -> None:
    limits = Limits(body=200, file=10_000, files=frozenset({"image"}))
    start = part(name, b"", filename)[:-2]
    body = Body([start, *[b"x"] * 1000])
    assert refused(post(content_type=MULTIPART, length=None, receive=body.receive), limits) == "invalid_form_data"
    assert len(start) + body.asked - 1 == limits.body + 1


def test_an_endless_file_is_refused_as_soon_as_it_passes_the_limit() -> None:
    body = Body([part("image", b"", "p.png")[:-2], *[b"x"] * 1000])
    assert refused(post(content_type=MULTIPART, length=None, receive=body.receive), PHOTO) == "invalid_form_data"
    assert body.asked == 1 + 51


@pytest.mark.parametrize("length", [ANNOUNCED, None])
def test_the_limits_themselves_are_allowed(length: int | None) -> None:
    form, file = b"a=" + b"1" * 98, multipart(part("a", "1" * 20), part("image", b"x" * 50, "p"))
    assert opened(post(form, length=length), Limits(body=100)).arguments == {"a": "1" * 98}
    assert refused(post(form, length=length), Limits(body=99)) == "invalid_form_data"
    exact = Limits(body=len(file) - 50, file=50, files=frozenset({"image"}))
    assert len(opened(post(file, MULTIPART, length=length), exact).files["image"].data) == 50
    for less in (Limits(exact.body - 1, 51, exact.files), Limits(exact.body + 1, 49, exact.files)):
        assert refused(post(file, MULTIPART, length=length), less) == "invalid_form_data"


def test_a_file_that_looks_like_a_boundary_still_counts_as_a_file() -> None:
    start, data, end = part("image", b"", "p")[:-2], b"x\r\n--edge-", b"x\r\n--edge--"
    limits = Limits(body=len(start + end) - 1, file=50, files=frozenset({"image"}))
    for pieces in ([start + data, end], [start, data[:-1], data[-1:] + end[:3], end[3:]]):
        assert opened(post(pieces, MULTIPART), limits).files["image"].data == data + b"x"


# Time, and the connection.


async def silence() -> bytes:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


@pytest.mark.parametrize("content_type", [FORM, JSON, MULTIPART, None])
def test_a_sender_that_falls_silent_is_refused(content_type: bytes | None) -> None:
    request = post(content_type=content_type, length=None, receive=silence)
    assert refused(request, Limits(stall=0.02)) == "request_timeout"


def test_silence_between_pieces_counts_too() -> None:
    pieces = [b"a=1"]

    async def receive() -> bytes:
        return pieces.pop() if pieces else await silence()

    assert refused(post(length=4, receive=receive), Limits(stall=0.02)) == "request_timeout"


def test_a_slow_sender_is_waited_for() -> None:
    pieces = [b"a=", b"1", b"2", b"3", b"4", b""]

    async def receive() -> bytes:
        await asyncio.sleep(0.06)
        await asyncio.sleep(0)
        return pieces.pop(0)

    # All pieces together take longer than one may.
    assert opened(post(length=None, receive=receive), Limits(stall=0.3)).arguments == {"a": "1234"}


@pytest.mark.parametrize("wait", [False, True])
def test_a_broken_connection_is_nobodys_refusal(wait: bool) -> None:
    async def receive() -> bytes:
        if wait:
            await asyncio.sleep(0)
        raise ClientGone

    with pytest.raises(ClientGone):
        opened(post(length=3, receive=receive))


def test_a_request_can_be_cancelled_while_it_waits() -> None:
    told: list[Any] = []

    async def receive() -> bytes:
        try:
            return await silence()
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    async def cancel() -> None:
        task = asyncio.create_task(envelope(post(length=3, receive=receive), Limits()))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())
    assert told == ["cancelled"]


# The house.


def test_a_start_does_not_pay_for_multipart() -> None:
    check = "import sys, gridhall.pipeline.envelope; sys.exit('python_multipart' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode == 0


def test_a_body_that_trickles_is_given_up_after_a_while() -> None:
    async def receive() -> bytes:
        await asyncio.sleep(0.01)
        return b"a"

    assert refused(post(length=None, receive=receive), Limits(stall=5, patience=0.05)) == "request_timeout"
