"""The text of what Markdown came to, with the platform's marks: for notifications, and for whoever sees no blocks."""

from collections.abc import Iterable
from html import escape
from itertools import groupby

from gridhall.domain.rich_text import Element, shown

_MARKS = {"bold": "*", "italic": "_", "strike": "~", "code": "`"}


def of(blocks: Iterable[Element]) -> str:
    """The stored text of rich text, headers, dividers and tables."""
    return "\n".join(filter(None, map(_block, blocks)))


def _block(block: Element) -> str:
    match block:
        case {"type": "header", "text": {"text": str(text)}}:
            return f"*{escape(text, quote=False)}*"
        case {"type": "table", "rows": list(rows)}:
            return "\n".join(" | ".join(map(_cell, row)) for row in rows)
        case {"type": "rich_text", "elements": list(parts)}:
            return "\n".join(map(_part, parts))
    return "---"


def _cell(cell: Element) -> str:
    return escape(cell["text"], quote=False) if cell["type"] == "raw_text" else _leaves(cell["elements"][0]["elements"])


def _part(part: Element) -> str:
    match part["type"]:
        case "rich_text_list":
            return "\n".join(_items(part))
        case "rich_text_quote":
            return "&gt; " + _leaves(part["elements"]).replace("\n", "\n&gt; ")
        case "rich_text_preformatted":
            return f"```\n{_leaves(part['elements'])}\n```"
    return _leaves(part["elements"])


def _items(part: Element) -> Iterable[str]:
    for number, item in enumerate(part["elements"], part.get("offset", 0) + 1):
        sign = f"{number}." if part["style"] == "ordered" else "•"
        yield f"{'    ' * part['indent']}{sign} {_leaves(item['elements'])}"


def _leaves(leaves: Iterable[Element]) -> str:
    return "".join(_in_style(list(alike)) for _, alike in groupby(leaves, _style_of))


def _style_of(leaf: Element) -> Element | None:
    style: Element | None = leaf.get("style")
    return style


def _in_style(leaves: list[Element]) -> str:
    """Leaves that look alike. Marks stand at the edge of words and end with the line."""
    text = "".join(map(_leaf, leaves))
    marks = "".join(_MARKS[name] for name in _style_of(leaves[0]) or ())
    return "\n".join(_wrapped(line, marks) for line in text.split("\n")) if marks else text


def _wrapped(line: str, marks: str) -> str:
    inner = line.strip()
    if not inner:
        return line
    start = line.index(inner)
    return f"{line[:start]}{marks}{inner}{marks[::-1]}{line[start + len(inner) :]}"


def _leaf(leaf: Element) -> str:
    """A leaf as a text holds it."""
    match leaf["type"]:
        case "link":
            url = escape(leaf["url"], quote=False)
            return f"<{url}|{escape(_label(leaf['text']), quote=False)}>" if "text" in leaf else f"<{url}>"
        case "user":
            return f"<@{leaf['user_id']}>"
        case "channel":
            return f"<#{leaf['channel_id']}>"
        case "usergroup":
            return f"<!subteam^{leaf['usergroup_id']}>"
        case "broadcast":
            return f"<!{leaf['range']}>"
        case "date":
            time = "^".join(str(leaf[key]) for key in ("timestamp", "format", "url") if key in leaf)
            return escape(f"!date^{time}|{leaf['fallback']}", quote=False).join("<>")
    return escape(shown(leaf), quote=False)


def _label(text: str) -> str:
    return text.replace("\n", " ")
