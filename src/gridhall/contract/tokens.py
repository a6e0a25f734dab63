"""The kinds of tokens, told by their prefix, and the sets of kinds that a method takes."""

from enum import Flag, auto


class Token(Flag):
    """What a token stands for. A method declares the kinds that it takes as a union.

    Source: the platform's page on token types. A rotating token acts as the kind that it wraps.
    """

    BOT = auto()
    USER = auto()
    APP = auto()
    LEGACY = auto()
    CLIENT = auto()
    """A session's: worth nothing without the session's cookie."""

    PERSON = USER | LEGACY | CLIENT
    """A token that acts as a person: what a user token may do, a legacy one may, and what people do in a client."""


# The stored name of a kind, the prefix that tells it, and what it acts as; longer prefixes first.
KINDS: tuple[tuple[str, str, Token], ...] = (
    ("bot_rotating", "xoxe.xoxb-", Token.BOT),
    ("user_rotating", "xoxe.xoxp-", Token.USER),
    ("bot", "xoxb-", Token.BOT),
    ("user", "xoxp-", Token.USER),
    ("app", "xapp-", Token.APP),
    ("legacy", "xoxs-", Token.LEGACY),
    ("client", "xoxc-", Token.CLIENT),
)

ACTS_AS: dict[str, Token] = {name: token for name, _, token in KINDS}
PREFIX: dict[str, str] = {name: prefix for name, prefix, _ in KINDS}


def kind_of(text: str) -> str | None:
    """The kind that a token's prefix tells, None for no kind that the platform has."""
    return next((name for name, prefix, _ in KINDS if text.startswith(prefix)), None)
