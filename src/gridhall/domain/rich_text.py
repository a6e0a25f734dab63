"""The rich text that clients show of a plain text.

Where a mark counts is what people see in the platform's clients: at the edge of a word, within one line, and alone, so that
`snake_case`, `2 * 3` and `**` stay as they are. Source of the marks: the platform's page on formatting message text.
"""

import re
from itertools import islice
from typing import Any

import msgspec

from gridhall.domain import emoji
from gridhall.domain.source import Source

MOST_PARTS = 1000
"""Links, mentions, emoji, marks and blocks of one text that count; what comes after them is plain. A hostile text has tens of
thousands, each of which would be stored as an object."""

LONGEST_TIME = 15
"""Digits of a date's time; a longer one is shown by its fallback."""

Element = dict[str, Any]


PLAIN, BOLD, ITALIC, STRIKE, CODE = 0, 1, 2, 4, 8
"""How a text looks: any of these together."""

_NAMES = {BOLD: "bold", ITALIC: "italic", STRIKE: "strike", CODE: "code"}
_STYLES = [{name: True for bit, name in _NAMES.items() if style & bit} for style in range(16)]
"""The platform's style object of each combination."""

_MARKS = {"*": BOLD, "_": ITALIC, "~": STRIKE}

# Of a stored text: `<` begins a control sequence there, and nothing else. No pattern begins again inside of what another one
# walked over in vain, but for a few characters, so that the time is linear whatever a stranger sends. Each alternative begins
# with a character, and looks back behind it: so Python skips to the next of these characters, which takes half the time.
_SEQUENCE = r"<(?P<sequence>[^<>\n]++)>"
_EMOJI = r":(?P<emoji>[a-z0-9_+'-]++(?:::skin-tone-[2-6])?):"
_VERBATIM = r"(?:[^`<>\n]|<[^<>\n]*+>)++"
_SEQUENCES = re.compile(_SEQUENCE)
_NAMED = re.compile(_EMOJI)
_PARTS = re.compile(f"{_SEQUENCE} | {_EMOJI}", re.VERBOSE)
_PARTS_AND_MARKS = re.compile(
    rf"""
      {_SEQUENCE}
    | {_EMOJI}
    | `(?<!``)(?<![^\W_]`)(?!`) (?P<code>{_VERBATIM}) `(?![`\w])
    | ```(?<!````)(?<![^\W_]```)(?!`) (?P<fenced>{_VERBATIM}) ```(?![`\w])
    | \*(?<!\*\*)(?!\*) | _(?<!__)(?!_) | ~(?<!~~)(?!~)
    """,
    re.VERBOSE,
)
_BLOCKS = re.compile(
    r"""
      ```\n?(?P<preformatted>.+?)\n?```\n?
    | ^&gt;&gt;&gt;\s*+(?P<rest>.+)
    | (?P<quote>^&gt;[^\n]*+(?:\n&gt;[^\n]*+)*+)\n?
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_QUOTED = re.compile(r"^&gt;[ ]?", re.MULTILINE)

_WORDS = (
    b'[{"type":"rich_text","block_id":"%b","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":%b}]}]}]'
)


def of(text: str, source: Source, *, formatted: bool = True) -> msgspec.Raw:
    """The JSON of the blocks that show a text as `mrkdwn.written` left it.

    Arguments:
        text: not empty.
        formatted: whether marks count; links, mentions and emoji do in any case.
    """
    if not _may_matter(text):
        return msgspec.Raw(_WORDS % (source.block_id().encode(), msgspec.json.encode(text)))
    reader = Reader()
    elements = reader.blocks(text) if formatted else [section(reader.leaves(text))]
    return msgspec.Raw(msgspec.json.encode([rich_text(elements, source)]))


def _may_matter(text: str) -> bool:
    """Whether anything but words could be in it. Nearly every text is told from this alone."""
    return (
        "<" in text
        or "&" in text
        or "*" in text
        or "_" in text
        or "`" in text
        or "~" in text
        or (":" in text and _NAMED.search(text) is not None)
    )


def decoded(text: str) -> str:
    """A stored text with the characters that its entities stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


def rich_text(elements: list[Element], source: Source) -> Element:
    return {"type": "rich_text", "block_id": source.block_id(), "elements": elements}


def section(leaves: list[Element]) -> Element:
    return {"type": "rich_text_section", "elements": leaves}


def quote(leaves: list[Element]) -> Element:
    return {"type": "rich_text_quote", "elements": leaves}


def preformatted(leaves: list[Element]) -> Element:
    return {"type": "rich_text_preformatted", "elements": leaves, "border": 0}


def words(text: str, style: int = PLAIN) -> Element:
    """Characters, of which none counts any more. `text` is not empty."""
    return _styled({"type": "text", "text": text}, style)


def link(url: str, label: str, style: int = PLAIN) -> Element:
    """What leads somewhere. Without a label the address is shown."""
    return _styled({"type": "link", "url": url, "text": label} if label else {"type": "link", "url": url}, style)


def _styled(leaf: Element, style: int) -> Element:
    if style:
        leaf["style"] = _STYLES[style]
    return leaf


def shown(leaf: Element) -> str:
    """What a leaf looks like where only characters are shown."""
    match leaf:
        case {"text": str(text)} | {"fallback": str(text)} | {"url": str(text)}:
            return text
        case {"name": str(name)}:
            return f":{name}::skin-tone-{leaf['skin_tone']}:" if "skin_tone" in leaf else f":{name}:"
        case {"channel_id": str(channel)}:
            return f"#{channel}"
        case {"user_id": str(whom)} | {"usergroup_id": str(whom)} | {"range": str(whom)}:
            return f"@{whom}"
    raise AssertionError(leaf)


class Reader:
    """Reads the pieces of one text, of which `MOST_PARTS` parts count."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST_PARTS

    def blocks(self, text: str) -> list[Element]:
        """The sections, quotes and preformatted texts of a stored text in which marks count."""
        if "```" not in text and "&gt;" not in text:
            return [section(self._marked(text))]
        blocks: list[Element] = []
        end = 0
        for found in islice(_BLOCKS.finditer(text), self._left):
            block = self._block(found)
            if block is None:
                continue
            if found.start() > end:
                blocks.append(section(self._marked(text[end : found.start()])))
            blocks.append(block)
            end = found.end()
        if end < len(text):
            blocks.append(section(self._marked(text[end:])))
        return blocks

    def _block(self, found: re.Match[str]) -> Element | None:
        """What a match stands for; None for a quote of nothing, which is none."""
        if found["preformatted"] is not None:
            block = preformatted(self.verbatim(found["preformatted"]))
        else:
            quoted = found["rest"] or _QUOTED.sub("", found["quote"])
            if not quoted.strip():
                return None
            block = quote(self._marked(quoted))
        self._left = max(self._left - 1, 0)
        return block

    def verbatim(self, text: str) -> list[Element]:
        """The leaves of a stored text that is shown as it is: links and characters."""
        leaves: list[Element] = []
        for leaf in self._parted(text, _SEQUENCES, PLAIN):
            if leaf["type"] == "link" or not leaves or leaves[-1]["type"] == "link":
                leaves.append(leaf if leaf["type"] == "link" else {"type": "text", "text": shown(leaf)})
            else:
                leaves[-1]["text"] += shown(leaf)
        return leaves

    def leaves(self, text: str, style: int = PLAIN) -> list[Element]:
        """The leaves of a stored text whose marks do not count, all in one style."""
        return self._parted(text, _SEQUENCES if style & CODE else _PARTS, style)

    def _parted(self, text: str, parts: re.Pattern[str], style: int) -> list[Element]:
        leaves: list[Element] = []
        end = 0
        for found in islice(parts.finditer(text), self._left):
            self._left -= 1
            leaf = _part(found, style)
            if leaf is None:
                continue
            if found.start() > end:
                leaves.append(words(decoded(text[end : found.start()]), style))
            leaves.append(leaf)
            end = found.end()
        if end < len(text):
            leaves.append(words(decoded(text[end:]), style))
        return leaves

    def _marked(self, text: str) -> list[Element]:
        """The leaves of a stored text in which marks count."""
        parts = list(islice(_PARTS_AND_MARKS.finditer(text), self._left))
        self._left -= len(parts)
        pairs = _pairs(text, parts)
        leaves: list[Element] = []
        style, end = PLAIN, 0
        for found in parts:
            kind, start = found.lastgroup, found.start()
            made: list[Element] = []
            if kind is None:
                if start not in pairs:
                    continue
            elif kind in ("code", "fenced"):
                made = self.leaves(found[kind], style | CODE)
            elif (leaf := _part(found, style)) is not None:
                made.append(leaf)
            else:
                continue
            if start > end:
                leaves.append(words(decoded(text[end:start]), style))
            end = found.end()
            leaves += made
            if kind is None:
                style ^= _MARKS[found[0]]
        if end < len(text):
            leaves.append(words(decoded(text[end:]), style))
        return leaves


def _pairs(text: str, parts: list[re.Match[str]]) -> set[int]:
    """Where marks are that begin and end a style.

    What is open when a mark that was opened before it is closed, or when the line ends, is no mark.
    """
    pairs: set[int] = set()
    opened: dict[str, int] = {}
    before = 0
    for found in parts:
        if found.lastgroup is not None:
            continue
        mark, at = found[0], found.start()
        if opened and text.find("\n", before, at) >= 0:
            opened.clear()
        before = at
        left, right = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
        if mark in opened:
            if not left.isspace() and not right.isalnum():
                pairs |= {opened[mark], at}
                while opened.popitem()[0] != mark:
                    pass
        elif not left.isalnum() and not right.isspace():
            opened[mark] = at
    return pairs


def _part(found: re.Match[str], style: int) -> Element | None:
    """What a control sequence or the name of an emoji stands for; None where it is neither."""
    return _emoji(found["emoji"]) if found.lastgroup == "emoji" else _sequence(found["sequence"], style)


def _emoji(name: str) -> Element | None:
    code_points = emoji.code_points(name)
    if code_points is None:
        return None
    name, _, tone = name.partition("::skin-tone-")
    leaf = {"type": "emoji", "name": name, "unicode": code_points}
    return leaf | {"skin_tone": int(tone)} if tone else leaf


def _sequence(sequence: str, style: int) -> Element | None:
    shown, _, label = decoded(sequence).partition("|")
    if shown[0] == "@":
        return _styled({"type": "user", "user_id": shown[1:]}, style)
    if shown[0] == "#":
        return _styled({"type": "channel", "channel_id": shown[1:]}, style)
    if shown[0] == "!":
        return _command(shown[1:].split("^"), label, style)
    return link(shown, label, style) if ":" in shown else None


def _command(words: list[str], label: str, style: int) -> Element | None:
    match words:
        case ["here" | "channel" | "everyone" as whom]:
            return _styled({"type": "broadcast", "range": whom}, style)
        case ["group"]:
            # What the channel was called in private ones.
            return _styled({"type": "broadcast", "range": "channel"}, style)
        case ["subteam", group]:
            return _styled({"type": "usergroup", "usergroup_id": group}, style)
        case ["date", time, format, *url] if len(time) <= LONGEST_TIME and time.removeprefix("-").isdecimal() and label:
            leaf: Element = {"type": "date", "timestamp": int(time), "format": format}
            if url:
                leaf["url"] = url[0]
            return _styled(leaf | {"fallback": label}, style)
    return None
