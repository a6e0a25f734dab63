"""Where a request came from."""

from collections.abc import Mapping
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
