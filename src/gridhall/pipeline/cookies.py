"""The cookies that a request brings (RFC 6265, 5.4)."""

from urllib.parse import unquote

SESSION = "d"
"""The cookie that a session is known by, named as the platform's."""


def read(header: bytes | None, name: str) -> str | None:
    """The value of the first cookie of this name, percent-escapes undone, as clients write it either way; None for none."""
    if header is None:
        return None
    wanted = name.encode()
    for pair in header.split(b";"):
        key, equals, value = pair.strip().partition(b"=")
        if key == wanted and equals:
            return unquote(value.strip(b'"').decode("latin-1"))
    return None
