"""What blocks say, as text: for notifications, for who reads aloud, and for whoever sees no blocks."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import chain

from msgspec import UNSET, UnsetType

from gridhall.contract.blocks import Block, cards, data, elements, layout, rich_text
from gridhall.contract.blocks.parts import Mrkdwn, PlainText
from gridhall.domain import mrkdwn
from gridhall.domain.mrkdwn import Parse

LONGEST = 3_000
"""Characters after which the rest is left out."""

NOTHING = "This content can't be displayed."
"""What the platform says for blocks that say nothing."""


def of(blocks: Iterable[Block]) -> str:
    """The text of blocks, a line each, with the platform's markup."""
    lines: list[str] = []
    left = LONGEST
    for line in chain.from_iterable(map(_lines, blocks)):
        lines.append(line if len(line) <= left else _cut(line, left))
        left -= len(line) + 1
        if left <= 0:
            break
    return "\n".join(lines) or NOTHING


def rich(block: rich_text.RichText) -> str:
    """The text of a rich text."""
    return "\n".join(_part(part) for part in block.elements)


def cell(shown: data.Cell) -> str:
    """The text of a cell of a table."""
    if isinstance(shown, data.RawText):
        return _plain(shown.text)
    if isinstance(shown, data.RawNumber):
        return str(shown.value) if shown.text is UNSET else _plain(shown.text)
    return rich(shown)


def length(shown: data.Cell) -> int:
    """How many characters of text a cell has."""
    if isinstance(shown, rich_text.RichText):
        return sum(len(getattr(run, "text", None) or getattr(run, "url", None) or "") for run in _leaves(shown))
    if isinstance(shown, data.RawText):
        return len(shown.text)
    return len(shown.text or str(shown.value))


def _cut(line: str, left: int) -> str:
    """The beginning of a line: no control sequence and no entity is cut in two."""
    line = line[:left]
    begun = line.rfind("<")
    if begun > line.rfind(">"):
        line = line[:begun]
    begun = line.rfind("&")
    return line[:begun] if begun > line.rfind(";") else line


def _leaves(block: rich_text.RichText) -> Iterator[rich_text.Leaf]:
    for part in block.elements:
        for section in part.elements if isinstance(part, rich_text.List) else [part]:
            yield from section.elements


def _lines(block: Block | cards.Child | cards.Card | cards.PlannedTask) -> Iterator[str]:
    match block:
        case layout.Section():
            yield from _texts(block.text, *(block.fields or ()))
            if isinstance(block.accessory, elements.Image):
                yield _plain(block.accessory.alt_text)
            elif block.accessory is not UNSET:
                yield from _labels([block.accessory])
        case layout.Header():
            yield from _texts(block.text)
        case layout.Actions():
            yield from _labels(block.elements)
        case layout.Context():
            yield " ".join(_plain(one.alt_text) if isinstance(one, elements.Image) else _text(one) for one in block.elements)
        case rich_text.RichText():
            yield rich(block)
        case layout.Markdown():
            yield _plain(block.text)
        case layout.Image():
            yield _plain(block.alt_text) if block.title is UNSET else _text(block.title)
        case layout.Video():
            yield _text(block.title)
        case layout.Input():
            yield _text(block.label)
        case data.Table() | data.DataTable():
            if isinstance(block, data.DataTable):
                yield _plain(block.caption)
            for row in block.rows:
                yield " | ".join(map(cell, row))
        case data.DataVisualization():
            yield _plain(block.title)
        case cards.Card():
            yield from _texts(block.title, block.subtitle, block.body, block.subtext)
            yield from _labels(block.actions or ())
        case cards.Carousel():
            for card in block.elements:
                yield from _lines(card)
        case cards.Container():
            if block.rich_text_title is not UNSET:
                yield rich(block.rich_text_title)
            elif block.title is not UNSET:
                yield _text(block.title)
            yield from _texts(block.subtitle)
            for child in block.child_blocks:
                yield from _lines(child)
        case cards.Plan():
            yield _plain(block.title)
            for task in block.tasks or ():
                yield from _lines(task)
        case cards.TaskCard() | cards.PlannedTask():
            yield _plain(block.title)


def _plain(text: str) -> str:
    return escape(text, quote=False)


def _text(text: PlainText[str] | Mrkdwn[str]) -> str:
    return _plain(text.text) if isinstance(text, PlainText) else mrkdwn.written(text.text, Parse.NONE)


def _texts(*texts: PlainText[str] | Mrkdwn[str] | UnsetType) -> Iterator[str]:
    return (_text(text) for text in texts if text is not UNSET)


def _labels(acting: Iterable[object]) -> Iterator[str]:
    return (_text(one.text) for one in acting if isinstance(one, elements.Button | elements.WorkflowButton))


def _part(part: rich_text.Part) -> str:
    if isinstance(part, rich_text.List):
        return "\n".join(f"• {_runs(item.elements)}" for item in part.elements)
    return _runs(part.elements)


def _runs(runs: Iterable[rich_text.Leaf]) -> str:
    return "".join(map(_run, runs))


def _run(run: rich_text.Leaf) -> str:
    match run:
        case rich_text.Words():
            return _plain(run.text)
        case rich_text.Link():
            return _link(run.url, run.text or "")
        case rich_text.User() | rich_text.CanvasUserMention():
            return _sequence(f"@{run.user_id}", f"@{run.user_id}")
        case rich_text.Channel():
            return _sequence(f"#{run.channel_id}", f"#{run.channel_id}")
        case rich_text.Usergroup():
            return _sequence(f"!subteam^{run.usergroup_id}", f"@{run.usergroup_id}")
        case rich_text.Broadcast():
            return f"<!{run.range}>"
        case rich_text.Emoji():
            return f":{run.name}:"
        case rich_text.Date():
            return _plain(run.fallback or run.format)
        case rich_text.Color():
            return _plain(run.value)
        case _:
            return _plain(getattr(run, "text", None) or "")


def _link(address: str, label: str) -> str:
    """A link, or what is shown of one that is no address to the readers of texts: it might read as a mention."""
    # A sequence ends at a blank, and a label begins behind a bar.
    escaped = address.replace(" ", "%20").replace("|", "%7C")
    if not mrkdwn.is_address(escaped):
        return _plain(label or address)
    shown = f"|{_plain(label)}".replace("\n", " ") if label else ""
    return f"<{_plain(escaped)}{shown}>"


def _sequence(sequence: str, otherwise: str) -> str:
    """A mention, or what is shown of one of something else: ids tell by their first letter what they are of."""
    written = f"<{sequence}>"
    return written if mrkdwn.sequence_at(written, 0) is not None else otherwise
