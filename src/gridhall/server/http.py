"""What the surfaces share of HTTP: the ASGI types, where a request comes from, its body, and plain answers."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import msgspec

from gridhall.domain import origin
from gridhall.domain.origin import Origin

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Surface = Callable[[Scope, Receive, Send], Awaitable[None]]
"""What answers the requests for some paths."""
Headers = list[tuple[bytes, bytes]]

Networks = tuple[IPv4Network | IPv6Network, ...]

PATIENCE = 10.0
"""Seconds that a small body may take to arrive."""


class BodyTooLarge(Exception):
    """A body has more bytes than it may."""


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of this name, in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def address_of(scope: Scope, trusted: Networks) -> str:
    """The caller's IP address.

    Behind trusted proxies it is the last address of `X-Forwarded-For` that is none of theirs: everything left of it, the
    stranger may have written there himself.
    """
    client = scope.get("client")
    # A socket for both families tells IPv4 callers in IPv6's clothes.
    address: str = client[0].removeprefix("::ffff:") if client else ""
    caller = _parsed(address) if trusted else None
    if caller is None or not _is_among(trusted, caller):
        return address
    chain = ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == b"x-forwarded-for")
    for hop in reversed(chain.split(",")):
        before = _parsed(hop.strip())
        if before is None:
            break
        caller = before
        if not _is_among(trusted, caller):
            break
    return str(caller)


def origin_of(scope: Scope, trusted: Networks) -> Origin:
    """Where a request came from, whatever surface it is for."""
    return origin.of(address_of(scope, trusted), scope["headers"])


async def read_body(receive: Receive, most: int) -> bytes:
    """A request's whole body, of `most` bytes at the most.

    Raises:
        BodyTooLarge: it is longer; the rest of it is not read.
        ConnectionResetError: the connection broke.
        TimeoutError: it did not arrive within `PATIENCE`.
    """
    body = b""
    async with asyncio.timeout(PATIENCE):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            body += bytes(message.get("body", b""))
            if len(body) > most:
                raise BodyTooLarge
            if not message.get("more_body", False):
                return body


async def respond(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send a whole answer."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def respond_json(send: Send, status: int, value: object, more: Headers | None = None) -> None:
    """Send a value as JSON, never to be kept by anybody in between. `more` are further headers."""
    body = msgspec.json.encode(value)
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *(more or ()),
    ]
    await respond(send, status, headers, body)


async def respond_text(send: Send, status: int, text: str) -> None:
    """Send a line of text."""
    body = f"{text}\n".encode()
    await respond(send, status, [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))], body)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_among(networks: Networks, address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in networks)
