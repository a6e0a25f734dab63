"""Where a request came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LONGEST = 512
"""Characters of a User-Agent header that are kept: more than any client's, and little to look through."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from.

    Arguments:
        address: the caller's IP address.
        user_agent: the header of that name, cut at `LONGEST` characters; "" where there was none.
        hints: the headers by which browsers tell more (`sec-ch-ua…`), by their names in lower case.
    """

    address: str
    user_agent: str
    hints: Mapping[str, str] = field(default_factory=dict)


def of(address: str, headers: Iterable[tuple[bytes, bytes]]) -> Origin:
    """Where a request with these headers came from; their names are in lower case."""
    agent, hints = "", {}
    for name, value in headers:
        if name == b"user-agent":
            agent = value[:LONGEST].decode("latin-1")
        elif name.startswith(b"sec-ch-ua"):
            hints[name.decode("latin-1")] = value[:LONGEST].decode("latin-1")
    return Origin(address, agent, hints)
