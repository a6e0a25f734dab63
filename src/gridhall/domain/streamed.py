"""What was streamed into a message so far: what comes on top of it, and how it is shown."""

from collections.abc import Iterator
from html import escape
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from gridhall.contract.blocks import Block
from gridhall.contract.blocks.elements import UrlSource
from gridhall.contract.chunks import MarkdownText, PlanUpdate, Status, TaskUpdate
from gridhall.contract.errors import MsgBlocksTooLong, MsgBlocksTooMany, MsgTooLong, NoText, StreamingModeMismatch
from gridhall.contract.messages import Content
from gridhall.domain import blocks, markdown
from gridhall.domain.chunks import Mode, Payload
from gridhall.domain.markdown import LONGEST_MARKDOWN
from gridhall.domain.source import Source

Display = Literal["timeline", "plan"]
"""Whether each task is a card where it first came up, or all are in one plan where the first of them did."""

LONGEST = LONGEST_MARKDOWN
"""Characters of everything that is streamed into one message: its text, and the JSON of its tasks. Blocks count apart."""

FAILED = "Something went wrong"
"""What a plan is called that ended with a task under way. Seen in practice."""


class Text(msgspec.Struct, tag="text"):
    """Text in standard Markdown that nothing else interrupts."""

    text: str
    block_id: str


class Task(msgspec.Struct, tag="task", omit_defaults=True):
    """A task, in one card."""

    id: str
    block_id: str
    title: str
    status: Status
    details: str = ""
    output: str = ""
    sources: list[UrlSource] = []


class Given(msgspec.Struct, tag="blocks"):
    """Blocks that the app made itself, as they are stored, and what they say."""

    blocks: msgspec.Raw
    count: int
    says: str


class Streamed(msgspec.Struct):
    """What was streamed into a message so far.

    Arguments:
        plan: what the app calls the plan; `plan_id` is the id of its block.
        parts: in the order in which they are shown.
    """

    display: Display
    plan_id: str
    mode: Mode | None = None
    plan: str = ""
    parts: list[Text | Task | Given] = []


_encode = msgspec.json.Encoder().encode


def take(streamed: Streamed, payload: Payload, source: Source) -> None:
    """Put what a call brings to what is there.

    Raises:
        StreamingModeMismatch: it began with the other kind of content.
        MsgTooLong, MsgBlocksTooMany, MsgBlocksTooLong: it becomes too much.
    """
    if payload.mode is None:
        return
    if streamed.mode not in (None, payload.mode):
        raise StreamingModeMismatch
    streamed.mode = payload.mode
    parts = streamed.parts
    tasks = {part.id: part for part in parts if isinstance(part, Task)}
    for part in payload.parts:
        match part:
            case MarkdownText():
                if parts and isinstance(parts[-1], Text):
                    parts[-1].text += part.text
                else:
                    parts.append(Text(part.text, source.block_id()))
            case PlanUpdate():
                streamed.plan = part.title
            case TaskUpdate():
                if part.id not in tasks:
                    tasks[part.id] = Task(part.id, source.block_id(), part.title, part.status)
                    parts.append(tasks[part.id])
                _update(tasks[part.id], part)
            case _ if part:
                parts.append(_given(part, source))
    _require_bounds(streamed)


def _update(task: Task, update: TaskUpdate) -> None:
    """That title and status replace what was there, while the rest adds to it, was seen in practice."""
    task.title, task.status = update.title, update.status
    task.details += update.details or ""
    task.output += update.output or ""
    if update.sources:
        every = {(source.url, source.text): source for source in [*task.sources, *update.sources]}
        task.sources = list(every.values())


def finish(streamed: Streamed, last: list[Block], source: Source) -> None:
    """Put the blocks to it that stand at the end. They count by themselves. Source: the platform's page on streaming.

    Raises:
        NoText: there is nothing that anybody could see.
    """
    if last:
        streamed.parts.append(_given(last, source))
    if not any(not isinstance(part, Text) or part.text.strip() for part in streamed.parts):
        raise NoText


def fail_tasks(streamed: Streamed) -> None:
    """A task that is still under way when nothing more comes will never be done."""
    for part in streamed.parts:
        if isinstance(part, Task) and part.status == "in_progress":
            part.status = "error"
            streamed.plan = FAILED


def _given(made: list[Block], source: Source) -> Given:
    return Given(blocks.written(made, source), len(made), blocks.fallback(made))


def _require_bounds(streamed: Streamed) -> None:
    length, count, json = len(streamed.plan), 0, 0
    for part in streamed.parts:
        match part:
            case Text():
                length += len(part.text)
            case Task():
                length += len(_encode(part))
            case Given():
                count += part.count
                json += len(bytes(part.blocks))
    if length > LONGEST:
        raise MsgTooLong
    if count > blocks.MOST:
        raise MsgBlocksTooMany
    if json > blocks.LONGEST_JSON:
        raise MsgBlocksTooLong


def show(content: Content, streamed: Streamed, source: Source, *, whole: bool) -> None:
    """Have a message show what was streamed into it.

    Arguments:
        whole: whether nothing more comes.
    """
    texts: list[str] = []
    shown: list[bytes] = []
    tasks = [part for part in streamed.parts if isinstance(part, Task)]
    for part in streamed.parts:
        match part:
            case Text() if part.text.strip():
                text, made = _whole(part, source) if whole else _half(part)
                texts.append(text)
                shown.append(made)
            case Given():
                shown.append(bytes(part.blocks)[1:-1])
            case Task() if streamed.display == "timeline":
                shown.append(_encode(_card(part)))
            case Task() if part is tasks[0]:
                shown.append(_encode(_plan(streamed, tasks)))
    content.text = "\n".join(texts or _said(streamed))
    content.blocks = msgspec.Raw(b"[" + b",".join(shown) + b"]") if shown else UNSET


def _half(part: Text) -> tuple[str, bytes]:
    """A text that is still written, and the block that shows it. It is not parsed: what is half written means little, and to do
    so with every piece would take the square of its length."""
    block = {"type": "markdown", "block_id": part.block_id, "text": part.text}
    return escape(part.text, quote=False), _encode(block)


def _whole(part: Text, source: Source) -> tuple[str, bytes]:
    """The same of a text to which nothing is added. One that comes to too many blocks stays as it was while it was written: it
    is too late to refuse it."""
    try:
        text, made = markdown.compose(part.text, source, too_long=MsgBlocksTooLong)
    except MsgBlocksTooLong:
        return _half(part)
    return text, bytes(made)[1:-1]


def _said(streamed: Streamed) -> Iterator[str]:
    """What a stream says into which no text came."""
    if streamed.display == "plan" and streamed.plan:
        yield escape(streamed.plan, quote=False)
    for part in streamed.parts:
        if isinstance(part, Task):
            yield escape(part.title, quote=False)
        elif isinstance(part, Given):
            yield part.says


def _plan(streamed: Streamed, tasks: list[Task]) -> dict[str, Any]:
    return {
        "type": "plan",
        "block_id": streamed.plan_id,
        "title": streamed.plan or tasks[-1].title,
        "tasks": [_card(task) for task in tasks],
    }


def _card(task: Task) -> dict[str, Any]:
    card: dict[str, Any] = {
        "type": "task_card",
        "block_id": task.block_id,
        "task_id": task.id,
        "title": task.title,
        "status": task.status,
    }
    if task.details:
        card["details"] = _rich(task.details)
    if task.output:
        card["output"] = _rich(task.output)
    if task.sources:
        card["sources"] = task.sources
    return card


def _rich(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
