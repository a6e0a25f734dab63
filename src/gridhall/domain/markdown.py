"""Standard Markdown, as `markdown_text` carries it: CommonMark with tables and strikethrough (docs/decisions/0025-markdown.md).

Mentions, dates and links between angle brackets count as they do in any text; HTML does not, and is shown.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal

import msgspec

from gridhall.contract.errors import InvalidBlocks, Refusal
from gridhall.domain import blocks, marked, mrkdwn, rich_text
from gridhall.domain.mrkdwn import Parse
from gridhall.domain.rich_text import BOLD, CODE, ITALIC, PLAIN, STRIKE, Element, Reader
from gridhall.domain.source import Source

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    Rule = Callable[[StateBlock, int, int, bool], bool]

LONGEST_MARKDOWN = 12_000
"""Characters of a text. Source: the reference page of chat.postMessage."""

MOST_MARKS, MOST_BRACKETS = 2000, 500
"""Characters of a text that Markdown could mean something by, and how many of them may open a link; what comes after is plain.
The parser would take a quarter of a second for the 12,000 of a hostile text."""

MOST_CELLS = 1000
"""Cells of a text's tables; the rows that come after are plain. A short row has as many as the longest."""

DEEPEST_QUOTE, DEEPEST_LIST = 4, 16
"""How many quotes, and twice as many lists, may be around one that begins; deeper ones are plain."""

MOST_INDENT = 8
LONGEST_HEADER = 150
MOST_ROWS, MOST_COLUMNS, LONGEST_TABLE = 100, 20, 10_000
"""Bounds of lists, headers and tables. Source: the platform's pages on these blocks."""

_STYLES = {"strong": BOLD, "em": ITALIC, "s": STRIKE}
_MARKS = re.compile(r"[\n\[*_~`<>&|\\!.+#=)-]")
_BRACKET = re.compile(r"\[")


def compose(text: str, source: Source, *, too_long: type[Refusal] = InvalidBlocks) -> tuple[str, msgspec.Raw]:
    """What is stored of a Markdown text: the same as a message's text, and the JSON of the blocks that show it.

    Arguments:
        text: up to `LONGEST_MARKDOWN` characters, not blank.

    Raises:
        too_long: they are more, or longer, than blocks may be that are sent.
    """
    made = blocks_of(text, source)
    if len(made) > blocks.MOST:
        raise too_long(f"[ERROR] must come to no more than {blocks.MOST} blocks: markdown_text")
    written = msgspec.json.encode(made)
    if len(written.decode()) > blocks.LONGEST_JSON:
        raise too_long(f"[ERROR] must come to no more than {blocks.LONGEST_JSON:,} characters of blocks: markdown_text")
    return marked.of(made), msgspec.Raw(written)


def blocks_of(text: str, source: Source) -> list[Element]:
    """The blocks that show a Markdown text, however many."""
    marked, rest = _cut(text)
    page = _Page(source)
    page.read(_parser().parse(marked))
    if rest:
        page.paragraph(page.reader.leaves(mrkdwn.written(rest)))
    if not (made := page.close()):
        # What only defines something is shown as it was written.
        page.paragraph(page.reader.leaves(mrkdwn.written(text)))
        made = page.close()
    return made


def _cut(text: str) -> tuple[str, str]:
    """A text up to the line that has one mark too many, or to that mark where the line is the first, and what comes after."""
    surplus = [next(islice(_MARKS.finditer(text), MOST_MARKS, None), None)]
    surplus.append(next(islice(_BRACKET.finditer(text), MOST_BRACKETS, None), None))
    end = min((mark.start() for mark in surplus if mark is not None), default=len(text))
    if end < len(text):
        end = text.rfind("\n", 0, end) + 1 or end
    return text[:end], text[end:]


@cache
def _parser() -> "MarkdownIt":
    # Takes some 20 ms to load, which neither the start of the server nor the command line should.
    from markdown_it import MarkdownIt, rules_block

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("autolink", "sequence", _sequence)
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    quote, items = _within(DEEPEST_QUOTE, rules_block.blockquote), _within(DEEPEST_LIST, rules_block.list_block)
    parser.block.ruler.at("blockquote", quote, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.block.ruler.at("list", items, {"alt": ["paragraph", "reference", "blockquote"]})
    return parser


def _within(deepest: int, rule: "Rule") -> "Rule":
    """A rule of the parser, for as deep as it is bearable: each line is tried with all that is around it."""
    return lambda state, first, end, silent: state.level < deepest and rule(state, first, end, silent)


def _table(state: "StateBlock", first: int, end: int, silent: bool) -> bool:
    """The parser's rule of tables, for those that a block can show, and as many cells as a text may have."""
    from markdown_it.rules_block import table

    columns = state.src.count("|", state.bMarks[first], state.eMarks[first]) + 1
    left = (MOST_CELLS - state.env.get("cells", 0)) // columns
    if columns > MOST_COLUMNS + 2 or left < 2:
        return False
    # Its second line is none of its rows.
    found = table(state, first, min(end, first + min(left, MOST_ROWS) + 1), silent)
    if found and not silent:
        state.env["cells"] = state.env.get("cells", 0) + columns * (state.line - first)
    return found


def _sequence(state: "StateInline", silent: bool) -> bool:
    """A rule of the parser: a control sequence is none of its business."""
    found = mrkdwn.sequence_at(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("sequence", "", 0).content = found
    state.pos += len(found)
    return True


@dataclass(slots=True)
class _List:
    """A list that is being read.

    Arguments:
        number: of the item that is being read, counted from nought.
        part: the element that shows it.
    """

    style: Literal["bullet", "ordered"]
    indent: int
    number: int = 0
    part: Element | None = None


@dataclass(slots=True)
class _Quote:
    """A quote that is being read, with the element that shows it."""

    part: Element | None = None


@dataclass(slots=True)
class _Table:
    """A table that is being read: its rows, and how its columns stand."""

    rows: list[list[list[Element]]] = field(default_factory=list)
    aligned: list[str] = field(default_factory=list)


class _Page:
    """Goes from the parser's tokens to blocks."""

    def __init__(self, source: Source) -> None:
        self.reader = Reader()
        self._source = source
        self._blocks: list[Element] = []
        self._parts: list[Element] = []
        """Of the rich text that is being written."""
        self._around: list[_List | _Quote] = []
        """Lists and quotes, the innermost last."""
        self._table = _Table()
        self._has_table = False

    def close(self) -> list[Element]:
        """The blocks."""
        self._end_rich_text()
        return self._blocks

    def read(self, tokens: "list[Token]") -> None:
        heading = False
        for token in tokens:
            match token.type:
                case "inline":
                    children = token.children or []
                    if self._table.rows:
                        self._table.rows[-1].append(self._leaves(children))
                    elif heading:
                        self._heading(children)
                    else:
                        self.paragraph(self._leaves(children))
                case "heading_open" | "heading_close":
                    heading = token.nesting > 0
                case "bullet_list_open":
                    self._around.append(_List("bullet", self._depth()))
                case "ordered_list_open":
                    self._around.append(_List("ordered", self._depth(), max(int(token.attrs.get("start", 1)) - 1, 0)))
                case "list_item_open":
                    self._begin_item()
                case "list_item_close":
                    self._list().number += 1
                case "blockquote_open":
                    self._around.append(_Quote())
                case "bullet_list_close" | "ordered_list_close" | "blockquote_close":
                    self._around.pop()
                case "fence" | "code_block":
                    self._preformatted(token.content, token.info.strip())
                case "hr":
                    self._add({"type": "divider"})
                case "table_open":
                    self._table = _Table()
                case "tr_open":
                    self._table.rows.append([])
                case "th_open":
                    self._table.aligned.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
                case "table_close":
                    self._end_table()

    def paragraph(self, leaves: list[Element]) -> None:
        """Add what stands in a line of its own: to the section, item or quote that is being read, or as a new one."""
        if not leaves:
            return
        inner = self._around[-1] if self._around else None
        last = self._parts[-1] if self._parts else None
        if isinstance(inner, _List) and inner.part is not None and inner.part is last:
            item = last["elements"][-1]["elements"]
            _join(item, [rich_text.words("\n"), *leaves] if item else leaves)
        elif isinstance(inner, _Quote):
            if inner.part is not None and inner.part is last:
                _join(last["elements"], [rich_text.words("\n"), *leaves])
            else:
                inner.part = rich_text.quote(leaves)
                self._parts.append(inner.part)
        elif inner is None and last is not None and last["type"] == "rich_text_section":
            _join(last["elements"], [rich_text.words("\n\n"), *leaves])
        else:
            self._parts.append(rich_text.section(leaves))

    def _list(self) -> _List:
        inner = self._around[-1]
        assert isinstance(inner, _List)
        return inner

    def _begin_item(self) -> None:
        """Begin an item; where something else came after the last one, the list goes on as another below it."""
        inner = self._list()
        if inner.part is None or not self._parts or inner.part is not self._parts[-1]:
            inner.part = {"type": "rich_text_list", "style": inner.style, "indent": inner.indent, "elements": []}
            if inner.style == "ordered" and inner.number:
                inner.part["offset"] = inner.number
            inner.part["border"] = self._border()
            self._parts.append(inner.part)
        inner.part["elements"].append(rich_text.section([]))

    def _depth(self) -> int:
        return min(sum(isinstance(one, _List) for one in self._around), MOST_INDENT)

    def _border(self) -> int:
        """The line beside what stands in a quote."""
        return int(any(isinstance(one, _Quote) for one in self._around))

    def _preformatted(self, text: str, language: str = "") -> None:
        text = text.removesuffix("\n")
        if text:
            part = rich_text.preformatted([rich_text.words(text)]) | {"border": self._border()}
            self._parts.append(part | {"language": language} if language else part)

    def _heading(self, tokens: "list[Token]") -> None:
        """A header, where it stands alone and says no more than a header can; else a bold line."""
        leaves = self._leaves(tokens)
        words = _words(leaves)
        if not self._around and 0 < len(words) <= LONGEST_HEADER and all(leaf["type"] in ("text", "emoji") for leaf in leaves):
            self._add({"type": "header", "text": {"type": "plain_text", "text": words, "emoji": True}})
        else:
            self.paragraph(self._leaves(tokens, BOLD))

    def _end_table(self) -> None:
        """A table, which a message has one of; what cannot be one is shown with its bars."""
        rows, aligned = self._table.rows, self._table.aligned
        self._table = _Table()
        shown = [[_words(cell) for cell in row] for row in rows]
        if (
            self._has_table
            or self._around
            or len(aligned) > MOST_COLUMNS
            or sum(map(len, chain.from_iterable(shown))) > LONGEST_TABLE
        ):
            self._preformatted("\n".join(" | ".join(row) for row in shown))
            return
        self._has_table = True
        table: Element = {"type": "table", "rows": [[_cell(cell) for cell in row] for row in rows]}
        if any(aligned):
            table["column_settings"] = [{"align": align or "left"} for align in aligned]
        self._add(table)

    def _add(self, block: Element) -> None:
        """Add a block that is no rich text."""
        self._end_rich_text()
        self._blocks.append({"type": block["type"], "block_id": self._source.block_id()} | block)

    def _end_rich_text(self) -> None:
        if self._parts:
            self._blocks.append(rich_text.rich_text(self._parts, self._source))
            self._parts = []

    def _leaves(self, tokens: "list[Token]", style: int = PLAIN) -> list[Element]:
        """What stands in one paragraph, heading or cell."""
        leaves: list[Element] = []
        styles = [style]
        around, address = leaves, ""
        for token in tokens:
            kind, _, edge = token.type.rpartition("_")
            if kind in _STYLES:
                if edge == "open":
                    styles.append(styles[-1] | _STYLES[kind])
                else:
                    styles.pop()
            elif token.type == "link_open":
                around, leaves, address = leaves, [], str(token.attrs["href"])
            elif token.type == "link_close":
                label, leaves = leaves, around
                _join(leaves, _linked(address, label))
                address = ""
            else:
                _join(leaves, self._leaf(token, styles[-1], in_link=bool(address)))
        return leaves

    def _leaf(self, token: "Token", style: int, *, in_link: bool) -> list[Element]:
        match token.type:
            case "code_inline":
                return [rich_text.words(token.content, style | CODE)]
            case "softbreak" | "hardbreak":
                return [rich_text.words("\n", style)]
            case "image":
                source = str(token.attrs["src"])
                if in_link or not mrkdwn.is_address(source):
                    return [rich_text.words(token.content or source, style)]
                return [rich_text.link(source, token.content, style)]
            case "sequence":
                return self.reader.leaves(mrkdwn.written(token.content), style)
            case _:
                # Nothing in it is a control sequence, also where it looks like one: it may have been written with entities.
                literal = html.escape(token.content, quote=False)
                return self.reader.leaves(mrkdwn.written(literal, Parse.NONE if in_link else Parse.LINKS), style)


def _join(leaves: list[Element], more: list[Element]) -> None:
    """Append leaves to leaves. Words that look alike become one."""
    for leaf in more:
        last = leaves[-1] if leaves else None
        if last is not None and last["type"] == leaf["type"] == "text" and last.get("style") == leaf.get("style"):
            last["text"] += leaf["text"]
        else:
            leaves.append(leaf)


def _words(leaves: list[Element]) -> str:
    return "".join(map(rich_text.shown, leaves))


def _linked(address: str, label: list[Element]) -> list[Element]:
    """A link, in pieces where its label has several styles; the label alone where the address leads nowhere."""
    if not mrkdwn.is_address(address):
        return label
    links = [rich_text.link(address, rich_text.shown(leaf)) for leaf in label]
    for link, leaf in zip(links, label, strict=True):
        if "style" in leaf:
            link["style"] = leaf["style"]
    return links or [rich_text.link(address, "")]


def _cell(leaves: list[Element]) -> Element:
    """A cell of a table; one without anything in it holds a blank, since it must not be empty."""
    if all(leaf["type"] == "text" and "style" not in leaf for leaf in leaves):
        return {"type": "raw_text", "text": _words(leaves) or " "}
    return {"type": "rich_text", "elements": [rich_text.section(leaves)]}
