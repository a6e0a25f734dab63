"""Who may call what: every method by tokens of every kind, of people of every standing, with no, the needed and all scopes.

`expected` says what should happen, from the catalogue and the role rules that each call names; `observe` asks a live server.
"""

from surface.authorization import (
    admin_conversations,
    conversations,
    messages,
    oversight,
    people,
    previews,
    scheduled,
    sessions,
    streams,
)
from surface.authorization.callers import CALLERS, NEEDED, NONE, SCOPES, Caller
from surface.authorization.case import METHODS, Case, expected

__all__ = ["CALLERS", "CASES", "METHODS", "NEEDED", "NONE", "SCOPES", "Caller", "Case", "expected"]

CASES: tuple[Case, ...] = tuple(
    sorted(
        (
            *people.CASES,
            *conversations.CASES,
            *messages.CASES,
            *scheduled.CASES,
            *streams.CASES,
            *previews.CASES,
            *sessions.CASES,
            *admin_conversations.CASES,
            *oversight.CASES,
        ),
        key=lambda case: list(METHODS).index(case.method),
    )
)
