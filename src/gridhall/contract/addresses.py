"""Addresses: where a link leads, or where a picture is."""

from typing import Annotated

from msgspec import Meta

SCRIPTS = ("javascript", "vbscript", "data")
"""Schemes of what runs where it is opened, which has no business in a message. Any other may lead into an app."""

# Browsers take control characters and blanks out of an address before they look at it, most of them anywhere in it.
_IGNORED = r"[\x00-\x20\x7f-\xa0\s\ufeff]*"
_SCHEMES = "|".join(_IGNORED.join(scheme) for scheme in SCRIPTS)

HARMLESS = rf"\A(?!{_IGNORED}(?i:{_SCHEMES}){_IGNORED}:)"
"""What an address matches that runs nothing. Whether it leads anywhere is nobody's business here."""

Harmless = Annotated[str, Meta(pattern=HARMLESS)]
"""An address that may be empty."""
