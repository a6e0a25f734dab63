"""The first room: the bytes of a request become an `Envelope`.

The codes are those of Slack's list of common errors and warnings (https://docs.slack.dev/apis/web-api/). Where Slack gives no
figure (how long a name, how many pairs) the figure is Gridhall's own.
"""

import asyncio
import re
import time
import types
from binascii import a2b_qp
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from gridhall.catalogue import json
from gridhall.contract.errors import (
    InvalidArgName,
    InvalidArguments,
    InvalidArrayArg,
    InvalidCharset,
    InvalidFormData,
    InvalidJson,
    InvalidPostType,
    JsonNotObject,
    MissingPostType,
    Refusal,
    RequestTimeout,
)
from gridhall.pipeline.request import Envelope, Receive, Request

FORM, MULTIPART, JSON, TEXT = "application/x-www-form-urlencoded", "multipart/form-data", "application/json", "text/plain"

MAX_PAIRS = 1000
"""Pairs of one query or form, parts of one multipart body."""

MAX_BARE = 1000
"""Percent signs of one query or form that begin no escape: each costs the standard library an exception."""

MAX_TYPE = 1000
"""Bytes of a Content-Type."""

_CHARSETS = {
    **dict.fromkeys(("utf-8", "utf8", "utf_8"), "utf-8"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1"), "latin-1"),
}

_BARE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_NAME = re.compile(r"[A-Za-z0-9_]{1,255}")
_ARRAY_NAME = re.compile(r"[A-Za-z0-9_]{1,255}(\[[^\[\]]*\])+")
_PARAMETER = re.compile(r';\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))')  # RFC 9110, 5.6.6
_QUOTED_PAIR = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may bring.

    Arguments:
        body: bytes of a body, files not counted.
        file: bytes of one file; 0 where the method takes none. A body with files may have `body` + `file` bytes in all.
        files: the fields that may be files.
        stall: seconds that the sender may stay silent within a body.
        patience: seconds that a body may take in all, so that a trickle does not hold a connection for ever.
    """

    body: int = 1 << 20
    file: int = 0
    files: frozenset[str] = frozenset()
    stall: float = 10.0
    patience: float = 60.0


async def envelope(request: Request, limits: Limits) -> Envelope:
    """Understands the transport of a request; a body is read only where the verb is POST.

    Raises:
        MissingPostType, InvalidPostType, InvalidCharset: the Content-Type does not say how to read the body.
        InvalidFormData, InvalidJson, JsonNotObject: the body is not what its Content-Type says, or is too large.
        InvalidArgName, InvalidArrayArg: an argument's name is none.
        InvalidArguments: the query cannot be read, or a value holds U+0000, which PostgreSQL cannot store as text.
        RequestTimeout: the sender fell silent.
        ClientGone: the connection broke.
    """
    arguments, token = _open_query(request.query) if request.query else ({}, None)
    borne = bearer(request.authorization) if request.authorization else ""
    if request.verb != "POST":
        return Envelope(arguments, borne or token or None)
    opened = await _open_body(request, limits)
    if arguments:
        opened.arguments = arguments | opened.arguments
    opened.token = borne or opened.token or token or None
    return opened


def bearer(header: bytes) -> str:
    """The token of an Authorization header (RFC 6750, 2.1), whatever it looks like: to judge it is authentication's work."""
    scheme, _, token = header.strip().partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def _open_query(query: bytes) -> tuple[dict[str, Any], str | None]:
    try:
        return _open_form(query, "utf-8")
    except ValueError:
        raise InvalidArguments from None


async def _open_body(request: Request, limits: Limits) -> Envelope:
    pieces: list[bytes] = []
    if not request.content_type:
        await _read(request, pieces.append, 0, MissingPostType, limits)
        return Envelope({}, None)
    post = _post_type(request.content_type)
    if post.media == MULTIPART:
        return await _open_multipart(request, limits, post)
    too_long = InvalidJson if post.media == JSON else InvalidFormData
    await _read(request, pieces.append, limits.body, too_long, limits)
    body = b"".join(pieces)
    if not body:  # SDKs name a type also where they send no argument
        return Envelope({}, None, post.warnings if post.media == FORM else ())
    if post.media == JSON:
        return Envelope(_open_json(body, post.charset), None, post.warnings)
    try:
        return Envelope(*_open_form(body, post.charset), post.warnings)
    except ValueError:
        raise InvalidFormData from None


async def _open_multipart(request: Request, limits: Limits, post: "_PostType") -> Envelope:
    from gridhall.pipeline._multipart import MultipartReader  # few requests bring one; a start should not pay for it

    reader = MultipartReader(
        post.boundary, post.charset, body=limits.body, file=limits.file, expected=limits.files, max_parts=MAX_PAIRS
    )
    await _read(request, reader.feed, limits.body + limits.file, InvalidFormData, limits)
    texts, files = reader.close()
    arguments: dict[str, Any] = dict(texts)
    token = _settle(arguments, may_hold_nul=True)
    return Envelope(arguments, token, post.warnings, files)


def _open_form(form: bytes, charset: str) -> tuple[dict[str, Any], str | None]:
    """Arguments and token of a query or an urlencoded body; ValueError where it cannot be read."""
    if form.count(b"%") > MAX_BARE and len(_BARE.findall(form)) > MAX_BARE:
        raise ValueError("too many bare percent signs")
    text = form.decode(charset)
    arguments = _pairs(text, charset)
    return arguments, _settle(arguments, may_hold_nul=b"%00" in form or b"\0" in form)


def _pairs(text: str, charset: str) -> dict[str, Any]:
    """What the standard library's `parse_qsl` gives (a test compares), in a quarter of its time for what clients send.

    Raises:
        ValueError: too many pairs, or bytes that the charset does not have.
    """
    if text.count("&") >= MAX_PAIRS:
        raise ValueError("too many pairs")
    pairs: dict[str, Any] = {}
    for pair in text.split("&"):
        if not pair:
            continue
        if "+" in pair:
            pair = pair.replace("+", " ")
        name, _, value = pair.partition("=")
        if "%" in pair:
            name = _unquoted(name, charset) if "%" in name else name
            value = _unquoted(value, charset) if "%" in value else value
        pairs[name] = value
    return pairs


def _unquoted(text: str, charset: str) -> str:
    """What the standard library's `unquote` gives, in a fifth of its time where many characters are escaped, as in JSON.

    Quoted-printable is the same but for the sign, and decoded by C.
    """
    if not text.isascii():
        return unquote(text, charset, "strict")
    quoted = text.encode()
    if _BARE.search(quoted):
        return unquote(text, charset, "strict")
    return a2b_qp(quoted.replace(b"=", b"=3D").replace(b"%", b"=")).decode(charset)


def _open_json(body: bytes, charset: str) -> dict[str, Any]:
    """The arguments of a JSON body. A token among them is none (Slack takes it from the header or a form only)."""
    try:
        arguments = json.decode(body if charset == "utf-8" else body.decode(charset))
    except ValueError:
        raise InvalidJson from None
    if not isinstance(arguments, dict):
        raise JsonNotObject
    _settle(arguments, may_hold_nul=b"\\u0000" in body)
    return arguments


def _settle(arguments: dict[str, Any], *, may_hold_nul: bool) -> Any:
    """Holds arguments to the rules for any of them, and gives the token, which is taken out."""
    for name in arguments:
        if not _NAME.fullmatch(name):
            raise InvalidArrayArg if _ARRAY_NAME.fullmatch(name) else InvalidArgName
    token = arguments.pop("token", None)
    if may_hold_nul and json.holds_nul(arguments):
        raise InvalidArguments
    return token


@dataclass(frozen=True, slots=True)
class _PostType:
    """What a Content-Type says, its charset as Python's name for it; the warnings are those of a body that is not empty."""

    media: str
    charset: str
    boundary: str
    warnings: tuple[str, ...]


@lru_cache(maxsize=64)
def _post_type(header: bytes) -> _PostType:
    text = header.decode("latin-1")
    media = text.partition(";")[0].strip().lower()
    if media not in (FORM, MULTIPART, JSON, TEXT) or len(header) > MAX_TYPE:
        raise InvalidPostType
    parameters: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(text):
        parameters.setdefault(name.lower(), plain or _QUOTED_PAIR.sub(r"\1", quoted))
    charset = parameters.get("charset")
    codec = "utf-8" if charset is None else _CHARSETS.get(charset.lower())
    if codec is None:
        raise InvalidCharset
    return _PostType(media, codec, parameters.get("boundary", ""), _warnings(media, charset))


def _warnings(media: str, charset: str | None) -> tuple[str, ...]:
    if media in (FORM, MULTIPART):
        return () if charset is None else ("superfluous_charset",)
    return ("missing_charset",) if charset is None else ()


async def _read(request: Request, sink: Callable[[bytes], object], limit: int, too_long: type[Refusal], limits: Limits) -> None:
    """Gives the body to `sink` piece by piece; what is announced as longer than `limit` bytes is refused unread."""
    announced = request.content_length
    if announced is not None and announced > limit:
        raise too_long
    received = 0
    began = time.monotonic()
    while announced is None or received < announced:
        piece = await _receive(request.receive, limits.stall)
        if time.monotonic() - began > limits.patience:
            raise RequestTimeout
        if not piece:
            return
        received += len(piece)
        if received > limit:
            raise too_long
        sink(piece)


async def _receive(receive: Receive, stall: float) -> bytes:
    """The next piece of the body.

    Most bodies are there when they are asked for, and asyncio.timeout costs more than all the rest of a small request: so the
    first step is taken by hand, and the clock runs only where that step did not end the wait.
    """
    steps = receive().__await__()
    try:
        pending = next(steps)
    except StopIteration as arrived:
        piece: bytes = arrived.value
        return piece
    try:
        async with asyncio.timeout(stall):
            return await _resumed(pending, steps)
    except TimeoutError:
        raise RequestTimeout from None


@types.coroutine
def _resumed(pending: object, steps: Generator[Any, Any, bytes]) -> Generator[Any, Any, bytes]:
    try:
        yield pending
    except BaseException as error:  # a cancelled wait: `receive` is told too, since only `yield from` would pass it on
        steps.throw(error)
        raise
    return (yield from steps)
