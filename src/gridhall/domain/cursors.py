"""Cursors: opaque to clients, tamper-evident, and still right when rows come and go between two pages.

A cursor says after which key the next page begins, never how many rows came before it. That key may be of something that the
caller must not know of, since a listing passes over what is hidden from them: so it is not only signed but encrypted.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from gridhall.contract.errors import InvalidCursor

_TAG = 16
"""Bytes of the authentication tag: enough that guessing one is hopeless, short enough for a URL."""

_LONGEST = 1024
"""Characters of a cursor, more than any of ours has: what callers make up costs them more than us."""


class Cursors:
    """Seals and opens cursors.

    The tag of a cursor is made from what it says and what it belongs to, and is where its key stream begins (a synthetic
    initialization vector, RFC 5297): equal positions give equal cursors, and nothing else is told.

    Arguments:
        secret: the key; kept with the database, so that a cursor outlives a restart and serves every worker.
    """

    __slots__ = ("_for_stream", "_for_tag", "seal")

    def __init__(self, secret: bytes) -> None:
        self._for_tag = hmac.digest(secret, b"tag", "sha256")
        self._for_stream = hmac.digest(secret, b"stream", "sha256")
        self.seal = lru_cache(maxsize=4096)(self._seal)
        """A cursor for the page after a key. The first argument names what is listed and for whom, so that it opens nowhere
        else. Kept, since clients that poll ask for the same page again and again."""

    def _seal(self, listing: str, after: str) -> str:
        position = after.encode()
        tag = hmac.digest(self._for_tag, listing.encode() + b"\0" + position, "sha256")[:_TAG]
        return base64.urlsafe_b64encode(tag + self._mask(tag, position)).decode()

    def open(self, listing: str, cursor: str) -> str:
        """The key that the page begins after.

        Raises:
            InvalidCursor: no cursor of this listing.
        """
        if len(cursor) > _LONGEST:
            raise InvalidCursor
        try:
            sealed = base64.urlsafe_b64decode(cursor)
            after = self._mask(sealed[:_TAG], sealed[_TAG:]).decode()
        except ValueError as error:
            raise InvalidCursor from error
        # Sealed again and held against the whole text: Base64 spells the same bytes in more than one way.
        if not hmac.compare_digest(self._seal(listing, after).encode(), cursor.encode()):
            raise InvalidCursor
        return after

    def _mask(self, tag: bytes, text: bytes) -> bytes:
        """A text and its key stream, one laid over the other: done twice it gives the text back."""
        stream = hashlib.shake_256(self._for_stream + tag).digest(len(text))
        return bytes(left ^ right for left, right in zip(text, stream, strict=True))
