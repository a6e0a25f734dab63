"""Personas: the name and the picture of its own choice that an app posts a message under."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridhall.contract.errors import InvalidArguments
from gridhall.contract.tokens import Token

if TYPE_CHECKING:
    from gridhall.domain.call import Call

SCOPE = "chat:write.customize"

LONGEST_NAME = 80
LONGEST_URL = 3_000

# One that nobody knows counts too: an organization may come to have it.
_EMOJI = re.compile(r":?([\w'+-]{1,100}(?:::skin-tone-[2-6])?):?")
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)

_SIDES = (36, 48, 64)
"""Sides, in pixels, under which clients look for a picture."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Who a message seems to come from; what is None is the app's own."""

    username: str | None
    icons: dict[str, str] | None


def choose(call: "Call", *, username: str | None, icon_emoji: str | None, icon_url: str | None) -> Persona | None:
    """The persona that a caller asks for; an emoji wins over a picture.

    None where nothing was asked for. What was asked for without the right to it, which bots have with `chat:write.customize`
    and people never, does not count, however wrong it is: the message is posted all the same, as on the platform.

    Raises:
        InvalidArguments: the name or the address is too long, or there is no such emoji or address.
    """
    if not (username or icon_emoji or icon_url):
        return None
    if call.actor.acts_as is not Token.BOT or SCOPE not in call.actor.scopes:
        return None
    name = (username or "").strip()
    if len(name) > LONGEST_NAME:
        raise InvalidArguments(f"[ERROR] must be no longer than {LONGEST_NAME} characters: username")
    icons = _icons(icon_emoji or "", icon_url or "")
    return Persona(name or None, icons) if name or icons else None


def _icons(emoji: str, url: str) -> dict[str, str] | None:
    if emoji:
        named = _EMOJI.fullmatch(emoji)
        if named is None:
            raise InvalidArguments("[ERROR] must be the name of an emoji: icon_emoji")
        return {"emoji": f":{named[1]}:"}
    if url:
        if len(url) > LONGEST_URL or _URL.fullmatch(url) is None:
            raise InvalidArguments(f"[ERROR] must be an http or https address of up to {LONGEST_URL:,} characters: icon_url")
        return {f"image_{side}": url for side in _SIDES}
    return None
