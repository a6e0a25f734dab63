"""The cookies that pages set (RFC 6265)."""

from gridhall.pipeline import cookies

LONGEST = 10 * 365 * 86400
"""Seconds that a session's cookie is kept for at the most, as the platform's are."""


class Cookies:
    """Writes and reads cookies. None of them is seen by a script or sent along by another site's forms.

    Arguments:
        secure: whether people come over https. Our own cookies are then named so that no other host of the domain can plant
            them (`__Host-`, RFC 6265bis, 4.1.3.2); the session's keeps its name, which clients of the platform know.
    """

    __slots__ = ("_attributes", "_prefix")

    def __init__(self, *, secure: bool) -> None:
        self._attributes = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
        self._prefix = "__Host-" if secure else ""

    def find(self, header: bytes | None, name: str) -> str | None:
        """The value of one of a request's cookies."""
        return cookies.read(header, self._named(name)) or None

    def put(self, name: str, value: str, *, max_age: int | None) -> bytes:
        """A `Set-Cookie` header's value.

        Arguments:
            max_age: seconds that it is kept for, LONGEST at the most; None for as long as the browser runs.
        """
        kept = "" if max_age is None else f"; Max-Age={min(max_age, LONGEST)}"
        return f"{self._named(name)}={value}{self._attributes}{kept}".encode()

    def drop(self, name: str) -> bytes:
        """The header that has the browser forget it."""
        return self.put(name, "", max_age=0)

    def _named(self, name: str) -> str:
        return name if name == cookies.SESSION else self._prefix + name
