"""What the server hands to the pipeline and gets back from it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from gridhall.domain import origin
from gridhall.domain.call import Upload
from gridhall.domain.origin import Origin

__all__ = ["ClientGone", "Envelope", "Receive", "Request", "Upload"]

Receive = Callable[[], Awaitable[bytes]]


@dataclass(slots=True)
class Request:
    """One HTTP request for a method, before anything of it is understood.

    Arguments:
        verb: the HTTP method, in capitals.
        name: the Web API method as the path names it.
        query: the raw query string.
        address: the caller's IP address, behind trusted proxies that of the first stranger.
        content_type: the raw header, None where it is missing.
        content_length: the announced length in bytes, None where none was announced.
        authorization: the raw header, None where it is missing.
        receive: gives the next piece of the body; b"" at its end. Raises `ClientGone` where the connection broke.
        headers: all headers, for what few requests are asked; names in lower case.
    """

    verb: str
    name: str
    query: bytes
    address: str
    content_type: bytes | None
    content_length: int | None
    authorization: bytes | None
    receive: Receive
    headers: Sequence[tuple[bytes, bytes]] = ()

    def user_agent(self) -> bytes | None:
        """The header of that name, None where it is missing."""
        return next((value for name, value in self.headers if name == b"user-agent"), None)

    def origin(self) -> Origin:
        """Where the request came from."""
        return origin.of(self.address, self.headers)


class ClientGone(Exception):
    """The connection broke while the body was being read: there is nobody to answer."""


@dataclass(slots=True)
class Envelope:
    """A request whose transport is understood.

    Arguments:
        arguments: as sent, query and body in one; a body argument goes before one of the query. A value is a string, or for a
            JSON body whatever JSON value was sent (arrays and objects included: the arguments room judges them).
        token: the token's text, None where none was sent.
        warnings: codes such as missing_charset.
        files: the uploads by field name.
    """

    arguments: dict[str, object]
    token: str | None
    warnings: tuple[str, ...] = ()
    files: dict[str, Upload] = field(default_factory=dict)
