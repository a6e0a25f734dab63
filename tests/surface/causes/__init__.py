"""What brings about each documented code of each method: a real state and a real call, or openly nothing yet.

Pairs of a method and a code come from `tests/data/documented_errors.json`, the platform's own reference pages, and a few from
`OBSERVED`. Each pair has exactly one cause here, or exactly one reason why it has none (test_causes.py). No cause reaches into
the server: states are those of `tests/data/states.yaml` and what calls before have made of them, of the disk, or of the
connection.
"""

from surface.causes import (
    admin_conversations,
    admin_sessions,
    chat,
    content,
    conversations,
    items,
    oversight,
    rooms,
    scheduled,
    shared,
    streams,
    unfurl,
    users,
)
from surface.causes.declare import CAUSES, DOCUMENTED, METHODS, NO_CAUSES, OBSERVED, Applies, Cause, NoCause, codes_of

__all__ = [
    "CAUSES",
    "DECLARED_BY",
    "DOCUMENTED",
    "METHODS",
    "NO_CAUSES",
    "OBSERVED",
    "OURS",
    "PAIRS",
    "PAIRS_OBSERVED",
    "Applies",
    "Pair",
    "causes_of",
    "codes_of",
    "reasons_against",
]

DECLARED_BY = (
    *(rooms, admin_conversations, admin_sessions, oversight, shared, users, conversations),
    *(content, chat, scheduled, streams, unfurl, items),
)
"""The modules whose import fills both lists."""

Pair = tuple[str, str]
"""A method's name and a code."""

PAIRS: tuple[Pair, ...] = tuple((method, code) for method, codes in DOCUMENTED.items() for code in codes)
PAIRS_OBSERVED: tuple[Pair, ...] = tuple((method, code) for method, codes in OBSERVED.items() for code in codes)

# Codes that rooms answer though no page of these methods documents them, and why.
OURS: dict[str, str] = {
    "unknown_method": "The method does not exist: the platform answers so for every such name.",
    "invalid_json": "The JSON body cannot be read; the platform's page on its Web API documents the code for all methods.",
    "json_not_object": "The JSON body is no object; documented on the same page.",
    "feature_not_enabled": "The plan does not include the method: for admin methods without an Enterprise organization.",
}


def causes_of(pair: Pair) -> list[Cause]:
    method, code = pair
    return [cause for cause in CAUSES if cause.code == code and cause.applies(METHODS[method])]


def reasons_against(pair: Pair) -> list[NoCause]:
    method, code = pair
    return [reason for reason in NO_CAUSES if reason.code == code and reason.applies(METHODS[method])]
