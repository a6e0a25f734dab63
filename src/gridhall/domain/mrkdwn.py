"""What the server makes of a message's text.

`&`, `<` and `>` are control characters: what stands between angle brackets is a link, a mention or a date, and everything else
that holds one of the three is written as an entity. Bare addresses become links. Source: the platform's page on formatting
message text.
"""

import re
from collections.abc import Mapping
from enum import Enum, auto

from gridhall.contract.addresses import SCRIPTS
from gridhall.domain import emoji


class Parse(Enum):
    """How much of a text is looked at. Control sequences count in all but `FULL`, which takes the text for unformatted."""

    NONE = auto()
    """Nothing but control sequences."""
    LINKS = auto()
    """Bare addresses as well, which become links."""
    NAMES = auto()
    """Names of channels and of special mentions too."""
    FULL = auto()
    """All of these, and no control sequence: what looks like one is shown as it was written."""

    @classmethod
    def of(cls, parse: str | None, *, link_names: bool) -> "Parse":
        """What the arguments `parse` and `link_names` of a method ask for."""
        if parse == "full":
            return cls.FULL
        if link_names:
            return cls.NAMES
        return cls.NONE if parse == "none" else cls.LINKS

    @property
    def links_names(self) -> bool:
        return self in (Parse.NAMES, Parse.FULL)


MOST_NAMES = 100
"""Different channels that one text may name; later ones stay names. A hostile text names thousands."""

_LINK = rf"(?!(?i:{'|'.join(SCRIPTS)}):) (?:[A-Za-z][A-Za-z0-9+.-]*://|(?:mailto|tel|sms):) [^\s|]+"
_CANDIDATE = re.compile(r"<([^<>\n]+)>")
_CONTROL = re.compile(
    rf"""
      @[UWB][A-Z0-9]+ (?:\|.*)?
    | \#[CDG][A-Z0-9]+ (?:\|.*)?
    | !(?:here|channel|everyone|group) (?:\|.*)?
    | !subteam\^S[A-Z0-9]+ (?:\|.*)?
    | !date\^-?\d+\^[^^|]+ (?:\^{_LINK})? \|.+
    | {_LINK} (?:\|.*)?
    """,
    re.VERBOSE,
)
_LOOSE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")

# Of a text whose control characters are entities already. An address ends before white space, `<`, `>`, `|` and a backtick, and
# what closes a sentence or a pair of marks is no part of it. No pattern begins again inside of what another one walked over, so
# that the time is linear whatever a stranger sends. Nor does one begin right behind another: a stored text is stored as it is.
_REST = r"(?:[^\s&|`<>]|&amp;)*"
_LAST = r"[^\s&|`<>.,;:!?'\"()\[\]{}*_~]"
_ADDRESS = rf"""
      (?<![A-Za-z0-9]) (?P<url> (?i:https?|ftp)://{_REST}{_LAST} )
    | (?<![\w.@/-]) (?P<www> www\.[\w-]+\.{_REST}{_LAST} )
    | (?<![A-Za-z0-9._%+/-]) (?P<mail> [A-Za-z0-9_][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}(?![\w@\#-]) )
"""
_NAME = r"(?<![\w&;\#/]) \#(?P<channel>[\w-]{1,80})(?![\w@\#-])"
_SPECIAL = r"(?<![\w.@/]) @(?P<special>here|channel|everyone)(?![\w@\#-])"
_ADDRESSES = re.compile(_ADDRESS, re.VERBOSE)
_NAMES = re.compile(_NAME, re.VERBOSE)
_ADDRESSES_AND_NAMES = re.compile(f"{_ADDRESS} | {_NAME} | {_SPECIAL}", re.VERBOSE)


def names_in(text: str) -> list[str]:
    """The names of channels that a text may mean, each once; not more than `MOST_NAMES`."""
    return list(dict.fromkeys(_NAMES.findall(text)))[:MOST_NAMES] if "#" in text else []


def written(text: str, parse: Parse = Parse.LINKS, channels: Mapping[str, str] | None = None) -> str:
    """The text as it is stored.

    Arguments:
        channels: the ids of the channels that become links, by name.
    """
    if text.isascii() and not _may_matter(text) and not (channels and "#" in text):
        return text
    names = emoji.Writer()
    if parse is Parse.FULL:
        return _plain(text, parse, channels, names)
    parts: list[str] = []
    end = 0
    for candidate in _CANDIDATE.finditer(text):
        if _CONTROL.fullmatch(candidate[1]) is not None:
            parts.append(_plain(text[end : candidate.start()], parse, channels, names))
            parts.append(_control(candidate[0], names))
            end = candidate.end()
    parts.append(_plain(text[end:], parse, channels, names))
    return "".join(parts)


def escaped(text: str) -> str:
    """A text in which nothing counts as a control sequence."""
    return _LOOSE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def sequence_at(text: str, position: int) -> str | None:
    """The control sequence that begins at a position of a text that somebody sent."""
    candidate = _CANDIDATE.match(text, position)
    return candidate[0] if candidate is not None and _CONTROL.fullmatch(candidate[1]) is not None else None


def is_address(text: str) -> bool:
    """Whether a link may lead there: it has a scheme, and one that is no script's."""
    return text[:1].isalpha() and "|" not in text and _CONTROL.fullmatch(text) is not None


def _may_matter(text: str) -> bool:
    """Whether anything but the name of a channel could be in it. Nearly every text is told from this alone."""
    return "<" in text or "&" in text or ">" in text or "@" in text or "://" in text or "www." in text


def _control(sequence: str, names: emoji.Writer) -> str:
    """A control sequence: it stays as it is, but for ampersands, and for emoji in what is shown of it."""
    shown, bar, label = sequence.partition("|")
    return _LOOSE_AMPERSAND.sub("&amp;", f"{shown}{bar}{names.to_names(label)}")


def _plain(text: str, parse: Parse, channels: Mapping[str, str] | None, names: emoji.Writer) -> str:
    """What stands between control sequences."""
    text = escaped(text)
    if parse is Parse.NONE:
        return names.to_names(text)
    parts: list[str] = []
    end = 0
    for found in (_ADDRESSES_AND_NAMES if parse.links_names else _ADDRESSES).finditer(text):
        link = _link(found, channels or {}, names)
        if link is None:
            continue
        parts.append(names.to_names(text[end : found.start()]))
        end = found.end()
        if found.lastgroup in ("url", "www") and text[end : end + 1] == ")" and found[0].count("(") > found[0].count(")"):
            # A closing bracket belongs to an address that opened it.
            end += 1
            link = _link_to(found.lastgroup, text[found.start() : end], names)
        parts.append(link)
    parts.append(names.to_names(text[end:]))
    return "".join(parts)


def _link(found: re.Match[str], channels: Mapping[str, str], names: emoji.Writer) -> str | None:
    """What takes the place of an address or a name; None where it stays."""
    kind = found.lastgroup
    if kind == "channel":
        id = channels.get(found["channel"])
        return f"<#{id}|{found['channel']}>" if id is not None else None
    if kind == "special":
        return f"<!{found['special']}>"
    assert kind is not None
    return _link_to(kind, found[0], names)


def _link_to(kind: str, address: str, names: emoji.Writer) -> str:
    if kind == "www":
        return f"<http://{address}|{names.to_names(address)}>"
    return f"<mailto:{address}|{address}>" if kind == "mail" else f"<{address}>"
