"""Passwords: how they are hashed, held against a hash, and what makes one too weak."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 8, 1000
"""Characters of a password. The upper bound only keeps small what has to be hashed."""


@cache
def _hasher() -> "PasswordHasher":
    """argon2id with 19 MiB, two passes and one lane (OWASP's first choice for servers): 20 ms of one core, and no other waits.

    Imported when it is first asked for: a start should not pay for it.
    """
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys() -> str:
    """A hash that no password has, for who has none: looking takes as long as with one."""
    return _hasher().hash("\0")


def hash(password: str) -> str:
    """What is stored of a password."""
    return _hasher().hash(_prepared(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long where there is none."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        return False
    try:
        return _hasher().verify(stored or _nobodys(), _prepared(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def are_same(one: str, other: str) -> bool:
    """Whether two passwords are one, however they were typed."""
    return _prepared(one) == _prepared(other)


def _prepared(password: str) -> bytes:
    """A password as it is hashed: keyboards write the same letter in different ways. Source: RFC 8265, 4.2.2."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def is_outdated(stored: str) -> bool:
    """Whether a hash was made by other parameters than are used now."""
    return _hasher().check_needs_rehash(stored)


def fault_of(password: str) -> str | None:
    """Why a password cannot be taken, as one sentence without an end; None where it can."""
    if len(password) < SHORTEST:
        return f"a password has at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"a password has at most {LONGEST} characters"
    return None
