"""Path to surface."""

import re

from gridhall.server.control import PREFIX as CONTROL
from gridhall.server.control import Control
from gridhall.server.http import Receive, Scope, Send, respond_text
from gridhall.server.pictures import PREFIX as PICTURES
from gridhall.server.pictures import Pictures
from gridhall.server.web_api import WebApi

API = "/api/"

_SLASHES = re.compile("/{2,}")


class Server:
    """The ASGI application.

    A method answers at `/api/METHOD` and, since its name has a dot, at `/METHOD`: some SDKs append the name to a base address
    that ends in `/api/`, others to one that does not. Double slashes, which their joining leaves, count as one.
    """

    __slots__ = ("_control", "_pictures", "_web_api")

    def __init__(self, web_api: WebApi, pictures: Pictures, control: Control) -> None:
        self._web_api = web_api
        self._pictures = pictures
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if "//" in path:
            path = scope["path"] = _SLASHES.sub("/", path)
        if path.startswith(API):
            await self._web_api(path[5:], scope, receive, send)
        elif path.startswith(PICTURES):
            await self._pictures(scope, send)
        elif path.startswith(CONTROL):
            await self._control(scope, receive, send)
        elif "." in path and "/" not in path[1:]:
            await self._web_api(path[1:], scope, receive, send)
        else:
            await respond_text(send, 404, "There is nothing here. The Web API answers at /api/METHOD.")
