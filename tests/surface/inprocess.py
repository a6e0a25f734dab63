"""Requests handed to a live server's ASGI application on its own loop: thousands a second, without a socket in between."""

from collections.abc import Iterable
from typing import Any

from harness.live import Live, Reply

Headers = Iterable[tuple[bytes, bytes]]


async def ask(
    server: Live, verb: str, path: str, headers: Headers = (), body: Iterable[bytes] = (), query: bytes = b""
) -> Reply:
    """The answer to one request; the body comes in these pieces. Header names are in lower case, as servers give them."""
    pieces = list(body)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": verb,
        "path": path,
        "query_string": query,
        "headers": list(headers),
        "client": ("127.0.0.1", 50_000),
    }
    await server.gridhall.server(scope, receive, send)
    start, end = sent
    return Reply(start["status"], {key.decode(): value.decode("latin-1") for key, value in start["headers"]}, end["body"])
