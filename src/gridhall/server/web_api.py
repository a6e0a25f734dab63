"""The Web API's surface."""

import time

from gridhall.pipeline.request import ClientGone, Request
from gridhall.pipeline.walk import Pipeline
from gridhall.server.http import Networks, Receive, Scope, Send, address_of, respond
from gridhall.server.request_log import RequestLog

VERBS = ("GET", "HEAD", "POST")


class WebApi:
    """Hands requests for methods to the pipeline, and its answers to the wire.

    Arguments:
        trusted: the proxies whose `X-Forwarded-For` is believed.
    """

    __slots__ = ("_log", "_pipeline", "_trusted")

    def __init__(self, pipeline: Pipeline, log: RequestLog, trusted: Networks) -> None:
        self._pipeline = pipeline
        self._log = log
        self._trusted = trusted

    async def __call__(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in VERBS:
            # A browser's OPTIONS carries the query of the request that it asks about, and must not do its work.
            await respond(send, 405, [(b"allow", b", ".join(verb.encode() for verb in VERBS)), (b"content-length", b"0")], b"")
            return
        content_type = authorization = None
        content_length: int | None = None
        for key, value in scope["headers"]:
            if key == b"content-type":
                content_type = value
            elif key == b"authorization":
                authorization = value
            elif key == b"content-length":
                content_length = int(value) if value.isdigit() else None
        request = Request(
            scope["method"],
            name,
            scope["query_string"],
            address_of(scope, self._trusted),
            content_type,
            content_length,
            authorization,
            _Body(receive).read,
            scope["headers"],
        )
        began = time.perf_counter()
        try:
            answer = await self._pipeline.answer(request)
        except ClientGone:
            self._log.write("-", name, "client_gone", time.perf_counter() - began)
            return
        if answer.outcome == "request_timeout":
            # The rest of the body may never come, and the next request must not be looked for behind it.
            answer.headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})
        self._log.write(answer.id, name, answer.outcome, answer.took)


class _Body:
    """A request's body, piece by piece."""

    __slots__ = ("_ended", "_receive")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def read(self) -> bytes:
        """The next piece, b"" at the end."""
        while not self._ended:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            self._ended = not message.get("more_body", False)
            if piece := message.get("body", b""):
                return bytes(piece)
        return b""
