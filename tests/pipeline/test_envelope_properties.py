"""What holds for the envelope whatever arrives."""

import asyncio
import re
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridhall.contract.errors import Refusal
from gridhall.pipeline.envelope import Limits, envelope
from gridhall.pipeline.request import Envelope, Request, Upload

FORM = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data; boundary=edge"
SMALL = Limits(body=120, file=6, files=frozenset({"f"}))
LARGE = Limits(body=100_000, file=100_000, files=frozenset({"f", "g"}))

unhurried = settings(deadline=None)  # a busy machine is no defect

# What is likely to lead somewhere: pieces of the syntaxes, put together by chance.
FRAGMENTS = [
    *(
        b"\r\n",
        b"\r",
        b"\n",
        b"-",
        b"--",
        b"--edge",
        b"\r\n--edge\r\n",
        b"\r\n--edge--",
        b"\r\n--edge--\r\n",
        b"\r\n--edge \r\n",
    ),
    *(
        b'Content-Disposition: form-data; name="a"',
        b'Content-Disposition: form-data; name="f"; filename="x"',
        b": ",
        b"\r\n\r\n",
    ),
    *(b"\r\n--edge\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n", b"\r\n--ed", b"ge\r\n", b"xxxxxx"),
    *(b"a=1", b"&", b"=", b"%00", b"%", b"%C3", b"%A9", b"+", b"token=x", b"token=", b"a[]", b"\0", b"\xff", b"\xc3\xa9"),
    *(b"{", b"}", b'"a"', b":", b",", b"[", b"]", b"1", b'"', rb"\u0000", rb"\ud800", b"null", b'{"a":', b"true"),
]
bodies = st.binary(max_size=200) | st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=3), max_size=20).map(b"".join)
media = st.sampled_from([FORM, b"text/plain", b"application/json", b"multipart/form-data", b"text/html", b""])
parameters = st.sampled_from(
    [b"", b"; charset=utf-8", b"; charset=latin1", b"; charset=x", b'; boundary="edge"', b"; boundary=edge"]
)
content_types = st.none() | st.binary(max_size=40) | st.builds(lambda *parts: b"".join(parts), media, parameters, parameters)
likely_types = st.sampled_from([FORM, b"text/plain", b"application/json", MULTIPART, MULTIPART + b"; charset=latin1"])

names = st.from_regex(r"[A-Za-z0-9_]{1,12}", fullmatch=True).filter(lambda name: name != "token")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
latin_texts = st.text(st.characters(max_codepoint=255, exclude_characters="\0"), max_size=30)


def cut(body: bytes, places: Sequence[int]) -> list[bytes]:
    """The body in pieces, cut at each of these places that lies within it."""
    edges = [0, *sorted({place for place in places if 0 < place < len(body)}), len(body)]
    return [body[start:end] for start, end in pairwise(edges) if end > start]


def answer(
    pieces: Sequence[bytes],
    content_type: bytes | None,
    limits: Limits = LARGE,
    *,
    query: bytes = b"",
    authorization: bytes | None = None,
    verb: str = "POST",
    announced: bool = False,
) -> Envelope | type[Refusal]:
    coming = list(pieces)

    async def receive() -> bytes:
        if len(coming) % 2:
            await asyncio.sleep(0)
        return coming.pop(0) if coming else b""

    length = sum(map(len, pieces)) if announced else None
    request = Request(verb, "api.test", query, "127.0.0.1", content_type, length, authorization, receive)
    try:
        return asyncio.run(envelope(request, limits))
    except Refusal as refusal:
        return type(refusal)


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in (*value, *value.values()) for text in strings(item)]
    return [text for item in value for text in strings(item)] if isinstance(value, list) else []


@unhurried
@given(
    st.lists(bodies, max_size=4),
    content_types,
    bodies,
    st.none() | st.binary(max_size=20) | st.binary(max_size=20).map(b"Bearer ".__add__),
    st.sampled_from(["POST", "GET"]),
    st.sampled_from([SMALL, LARGE]),
    st.booleans(),
)
def test_whatever_arrives_is_refused_or_holds_to_the_rules(
    pieces: list[bytes],
    content_type: bytes | None,
    query: bytes,
    authorization: bytes | None,
    verb: str,
    limits: Limits,
    announced: bool,
) -> None:
    got = answer(
        [piece for piece in pieces if piece],
        content_type,
        limits,
        query=query,
        authorization=authorization,
        verb=verb,
        announced=announced,
    )
    if isinstance(got, Envelope):
        assert all(re.fullmatch(r"[A-Za-z0-9_]{1,255}", name) for name in got.arguments)
        assert "token" not in got.arguments
        assert got.token != ""
        for text in strings(list(got.arguments.values())):
            assert "\0" not in text
            text.encode()
        assert got.files.keys() <= limits.files
        assert all(len(file.data) <= limits.file for file in got.files.values())
        assert set(got.warnings) <= {"missing_charset", "superfluous_charset"}


@unhurried
@given(bodies, likely_types, st.lists(st.integers(1, 200), max_size=12), st.sampled_from([SMALL, LARGE]), st.booleans())
@example(b"\r\n--\r\n--edge--", MULTIPART, [2], LARGE, False)
@example(b"\r\nx--edge--", MULTIPART, [2], LARGE, False)
def test_chunking_never_changes_the_result(
    body: bytes, content_type: bytes, places: list[int], limits: Limits, announced: bool
) -> None:
    whole = answer([body] if body else [], content_type, limits, announced=True)
    assert answer(cut(body, places), content_type, limits, announced=announced) == whole
    assert answer(cut(body, range(len(body))), content_type, limits) == whole


@unhurried
@given(st.dictionaries(names, texts), st.sampled_from([FORM, FORM + b";charset=utf8", b"text/plain; charset=utf-8"]))
def test_a_form_in_utf_8_comes_back(arguments: dict[str, str], content_type: bytes) -> None:
    body = urlencode(arguments).encode()
    got = answer(cut(body, [7]), content_type)
    assert isinstance(got, Envelope)
    assert (got.arguments, got.token, got.files) == (arguments, None, {})
    assert answer([], None, query=body, verb="GET") == Envelope(dict(arguments), None)


@unhurried
@given(st.dictionaries(names, latin_texts))
def test_a_form_in_latin_1_comes_back(arguments: dict[str, str]) -> None:
    body = urlencode(arguments, encoding="latin-1").encode()
    got = answer(cut(body, [7]), b"text/plain; charset=iso-8859-1")
    assert got == Envelope(dict(arguments), None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@unhurried
@given(st.dictionaries(names, json_values))
def test_json_comes_back(arguments: dict[str, object]) -> None:
    got = answer(cut(msgspec.json.encode(arguments), [5]), b"application/json; charset=utf-8")
    assert got == Envelope(arguments, None)


fields = st.dictionaries(names, texts, max_size=4)
files = st.dictionaries(
    st.sampled_from(["f", "g"]),
    st.builds(
        Upload,
        st.from_regex(r"[a-z é☃]{0,9}", fullmatch=True),
        st.sampled_from(["image/png", "text/plain; charset=x"]),
        st.binary(max_size=99) | st.lists(st.sampled_from([b"\r\n--", b"\r\n--edg", b"\r", b"x"])).map(b"".join),
    ),
)


@unhurried
@given(fields, files, st.lists(st.integers(1, 600), max_size=8))
def test_multipart_comes_back(arguments: dict[str, str], uploads: dict[str, Upload], places: list[int]) -> None:
    body = b"".join(
        b'--edge\r\ncontent-disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), text.encode())
        for name, text in arguments.items()
    ) + b"".join(
        b'--edge\r\nContent-Disposition: form-data; name=%b; filename="%b"\r\nContent-Type: %b\r\n\r\n%b\r\n'
        % (name.encode(), upload.filename.encode(), upload.content_type.encode(), upload.data)
        for name, upload in uploads.items()
    )
    assert answer(cut(body + b"--edge--\r\n", places), MULTIPART) == Envelope(dict(arguments), None, (), uploads)


PAIRS = [b"a=1", b"&", b"=", b"%", b"%41", b"%3D%3d", b"%0A", b"\r\n", b"%C3%A9", b"%C3", b"+", b"b", b"\xc3\xa9", b";", b"c"]


@given(st.lists(st.sampled_from(PAIRS), max_size=12).map(b"".join))
def test_a_form_is_read_as_the_standard_library_reads_it(form: bytes) -> None:
    opened = answer([form], FORM)
    try:
        wanted = dict(parse_qsl(form.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        assert not isinstance(opened, Envelope)
        return
    if all(re.fullmatch(r"[A-Za-z0-9_]+", name) for name in wanted):
        assert isinstance(opened, Envelope)
        assert opened.arguments == wanted
    else:
        assert not isinstance(opened, Envelope)
