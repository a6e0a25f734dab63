"""Path to surface."""

import re
from collections.abc import Mapping

from gridhall.server.http import Receive, Scope, Send, Surface, respond_text
from gridhall.server.web_api import WebApi

API = "/api/"

_SLASHES = re.compile("/{2,}")


class Server:
    """The ASGI application.

    A method answers at `/api/METHOD` and, since its name has a dot, at `/METHOD`: some SDKs append the name to a base address
    that ends in `/api/`, others to one that does not. Double slashes, which their joining leaves, count as one.

    Arguments:
        surfaces: the other surfaces by the first part of their paths.
    """

    __slots__ = ("_surfaces", "_web_api")

    def __init__(self, web_api: WebApi, surfaces: Mapping[str, Surface]) -> None:
        self._web_api = web_api
        self._surfaces = surfaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if "//" in path:
            path = scope["path"] = _SLASHES.sub("/", path)
        if path.startswith(API):
            await self._web_api(path[5:], scope, receive, send)
        elif (surface := self._surfaces.get(path[1:].partition("/")[0])) is not None:
            await surface(scope, receive, send)
        elif "." in path and "/" not in path[1:]:
            await self._web_api(path[1:], scope, receive, send)
        else:
            await respond_text(send, 404, "There is nothing here. The Web API answers at /api/METHOD.")
