"""The surfaces: bytes in, bytes out."""
