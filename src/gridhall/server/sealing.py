"""State that a browser or a native client keeps for the server, between one step and the next."""

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from gridhall.domain.source import Source

if TYPE_CHECKING:
    from itsdangerous import TimestampSigner, URLSafeTimedSerializer

T = TypeVar("T", bound=msgspec.Struct)

GOOD_FOR = 600
"""Seconds after which what was begun has to be begun anew."""

_APART = 5
"""Seconds that the clocks of two workers' machines may be apart."""


class Sealing:
    """Seals state: whoever holds it can read it, cannot change it, and brings it back in time or not at all.

    Arguments:
        key: the same on every worker.
    """

    def __init__(self, key: bytes, source: Source) -> None:
        self._key = key
        self._source = source

    def seal(self, state: msgspec.Struct) -> str:
        """The state as a text that fits into a form."""
        return self._serializer(type(state)).dumps(msgspec.json.encode(state).decode())

    def open(self, type: type[T], sealed: str) -> T | None:
        """The state of this type; None where it is another, was changed, or is too old."""
        from itsdangerous import BadSignature

        try:
            state, at = self._serializer(type).loads(sealed, return_timestamp=True)
        except (BadSignature, UnicodeError):
            return None
        age = self._source.seconds() - at.timestamp()
        return msgspec.json.decode(state, type=type) if -_APART <= age <= GOOD_FOR else None

    def _serializer(self, type: type[msgspec.Struct]) -> "URLSafeTimedSerializer":
        """Imported when it is first asked for: a start should not pay for it."""
        from itsdangerous import URLSafeTimedSerializer

        arguments = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        return URLSafeTimedSerializer(self._key, salt=type.__name__, signer=self._signer, signer_kwargs=arguments)

    @cached_property
    def _signer(self) -> "type[TimestampSigner]":
        from itsdangerous import TimestampSigner

        source = self._source

        class Signer(TimestampSigner):
            """Goes by the server's clock, which tests move."""

            def get_timestamp(self) -> int:
                return source.seconds()

        return Signer
