"""Profile pictures by their address: uploaded ones from the database, the others drawn."""

import asyncio
import re
from functools import lru_cache

from gridhall.contract.errors import Refusal
from gridhall.domain.imaging import SIZES, draw_default
from gridhall.domain.site import PICTURE_SIDES
from gridhall.domain.work import Storage
from gridhall.server.http import Receive, Scope, Send, header, respond, respond_text

PREFIX = "/avatars/"

_NAME = re.compile(r"([0-9a-f]{12}|g[0-9a-f]{11})_(\d{2,4}|original)\.png")
_UPLOADED = frozenset((*map(str, SIZES), "original"))
_DRAWN = frozenset(map(str, PICTURE_SIDES))

# An address names its content by hash, so that what is behind it never changes.
_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")


class Pictures:
    """Serves `/avatars/HASH_SIZE.png`. Anybody who knows an address may fetch it, as on the platform."""

    __slots__ = ("_storage",)

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await respond_text(send, 405, "pictures are fetched with GET")
            return
        name = _NAME.fullmatch(scope["path"].removeprefix(PREFIX))
        if name is None:
            await respond_text(send, 404, "no such picture")
            return
        tag = b'"%s"' % name.group().encode()
        headers = [_FOR_EVER, (b"etag", tag)]
        try:
            picture = await self._find(name[1], name[2])
        except Refusal:
            await respond_text(send, 503, "the database is out of reach")
            return
        if picture is None:
            await respond_text(send, 404, "no such picture")
            return
        if header(scope, b"if-none-match") == tag:
            await respond(send, 304, headers, b"")
            return
        headers += [
            (b"content-type", b"image/png"),
            (b"content-length", b"%d" % len(picture)),
            (b"x-content-type-options", b"nosniff"),
        ]
        await respond(send, 200, headers, b"" if scope["method"] == "HEAD" else picture)

    async def _find(self, hash: str, size: str) -> bytes | None:
        if hash.startswith("g"):
            return await asyncio.to_thread(_drawn, hash, int(size)) if size in _DRAWN else None
        if size not in _UPLOADED:
            return None
        return await self._storage.read(lambda work: work.photos.find(hash, size))


@lru_cache(maxsize=1024)
def _drawn(hash: str, side: int) -> bytes:
    return draw_default(hash, side)
