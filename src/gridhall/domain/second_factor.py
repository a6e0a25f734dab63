"""The second factor: one-time codes of an authenticator (RFC 6238), and recovery codes for who lost it."""

import base64
import hmac
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyotp import TOTP

    from gridhall.domain.source import Source

SECONDS = 30
"""How long a one-time code stands. Source: RFC 6238; what authenticators take for granted."""

WINDOW = 1
"""How many codes before and after the present one are taken: clocks differ, and typing takes a while."""

RECOVERY_CODES = 10

_DIGITS = 6
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters that nobody takes for others when reading them (Crockford's Base32)."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_GROUPS, _GROUP = 4, 4


def new_secret(source: "Source") -> str:
    """A new secret in Base32: 160 bits, as RFC 4226 recommends."""
    return base64.b32encode(source.bytes(20)).decode()


def address_of(secret: str, *, issuer: str, name: str) -> str:
    """The secret as the `otpauth://` address that authenticators read from a QR code.

    Arguments:
        issuer, name: what the authenticator shows: where, and who.
    """
    return _totp()(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, code: str, now: int) -> int | None:
    """The time step whose one-time code this is, None for no code of now. Whether it was used before is for storage to tell.

    Arguments:
        now: Unix seconds.
    """
    code = "".join(code.split())
    if not (len(code) == _DIGITS and code.isascii() and code.isdigit()):
        return None
    totp, step = _totp()(secret), now // SECONDS
    matched = None
    # To the end whichever it is, so that the time tells nothing. Of equal codes the latest is used up.
    for candidate in range(max(0, step - WINDOW), step + WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(candidate), code):
            matched = candidate
    return matched


@cache
def _totp() -> "type[TOTP]":
    """pyotp's, imported when it is first asked for. It refuses secrets of less than 112 bits, which authenticators take and
    organization files may hold."""
    from pyotp import TOTP

    class AnyLength(TOTP):
        def byte_secret(self) -> bytes:
            secret = self.secret.rstrip("=")
            return base64.b32decode(secret + "=" * (-len(secret) % 8))

    return AnyLength


def new_recovery_codes(source: "Source") -> list[str]:
    """New codes, each of 80 bits in groups that can be read and typed: `7KQM-2XPD-9RTV-4HJC`."""
    return [_recovery_code(source.bytes(_GROUPS * _GROUP)) for _ in range(RECOVERY_CODES)]


def _recovery_code(random: bytes) -> str:
    # 256 is a multiple of 32: each letter is as likely.
    letters = "".join(_LETTERS[byte % 32] for byte in random)
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def hash_of(recovery_code: str) -> str:
    """What is stored of a recovery code, however it is typed. It is random and long enough for a plain SHA-256."""
    return sha256(recovery_code.upper().translate(_MISREAD).encode("utf-8", "surrogatepass")).hexdigest()
