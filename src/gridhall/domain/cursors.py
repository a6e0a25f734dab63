"""Cursors: opaque to clients, tamper-evident, and still right when rows come and go between two pages.

A cursor says after which key the next page begins, never how many rows came before it.
"""

import base64
import hmac
from functools import lru_cache

from gridhall.contract.errors import InvalidCursor

_TAG = 12
"""Bytes of the authentication tag: enough that guessing one is hopeless, short enough for a URL."""


class Cursors:
    """Seals and opens cursors.

    Arguments:
        secret: the key; kept with the database, so that a cursor outlives a restart and serves every worker.
    """

    __slots__ = ("_secret", "seal")

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.seal = lru_cache(maxsize=4096)(self._seal)
        """A cursor for the page after a key. The first argument names what is listed and for whom, so that it opens nowhere
        else. Kept, since clients that poll ask for the same page again and again."""

    def _seal(self, listing: str, after: str) -> str:
        position = after.encode()
        return base64.urlsafe_b64encode(self._tag(listing, position) + position).decode()

    def open(self, listing: str, cursor: str) -> str:
        """The key that the page begins after.

        Raises:
            InvalidCursor: no cursor of this listing.
        """
        try:
            after = base64.urlsafe_b64decode(cursor)[_TAG:].decode()
        except ValueError as error:
            raise InvalidCursor from error
        # Sealed again and held against the whole text: Base64 spells the same bytes in more than one way.
        if not hmac.compare_digest(self.seal(listing, after), cursor):
            raise InvalidCursor
        return after

    def _tag(self, listing: str, position: bytes) -> bytes:
        return hmac.digest(self._secret, listing.encode() + b"\0" + position, "sha256")[:_TAG]
