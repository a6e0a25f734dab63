"""What is stored of tokens and cookies in their place."""

from hashlib import sha256


def hash_of(secret: str) -> str:
    """The SHA-256 of a token or a cookie. Both are long and random, so that a plain one gives nothing away."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
