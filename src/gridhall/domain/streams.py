"""Streams: messages that an app writes piece by piece, while people read them."""

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec
from msgspec import UNSET

from gridhall.contract.blocks import Block
from gridhall.contract.blocks.elements import UrlSource
from gridhall.contract.chunks import MarkdownText, PlanUpdate, Status, TaskUpdate
from gridhall.contract.errors import (
    MessageNotInStreamingState,
    MessageNotOwnedByApp,
    MsgBlocksTooLong,
    MsgBlocksTooMany,
    MsgTooLong,
    NoText,
    StreamingModeMismatch,
    StreamingStateConflict,
)
from gridhall.contract.messages import Content, StreamingState
from gridhall.domain import blocks, items, jobs, markdown, messages, threads
from gridhall.domain.chunks import Mode, Payload
from gridhall.domain.content import LONGEST_MARKDOWN
from gridhall.domain.jobs import Job, Later
from gridhall.domain.messages import Author, Draft, Message
from gridhall.domain.source import Source

if TYPE_CHECKING:
    from gridhall.domain.call import Call, Context
    from gridhall.domain.conversations import Conversation, Seen
    from gridhall.domain.personas import Persona
    from gridhall.domain.work import Work

LIFETIME = 300_000_000
"""Microseconds after which the platform ends a stream that nobody stopped, however busy it is. Seen in practice."""

JOB = "streams"
"""The kind of job that ends them then. Its key is the conversation, in whose organization it is."""

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


class Stream(msgspec.Struct, gc=False):
    """A message that is being streamed, by its conversation and `ts`. `state` is the JSON of a `Streamed`."""

    organization: str
    conversation: str
    ts: int
    state: str


class Streams(Protocol):
    """Storage of streams. Whoever changes one has locked its message."""

    async def add(self, stream: Stream) -> None: ...

    async def find(self, message: Message) -> Stream | None: ...

    async def find_oldest(self, organization: str, conversation: str) -> int | None:
        """The `ts` of the oldest in a conversation."""
        ...

    async def save(self, stream: Stream) -> None: ...

    async def remove(self, stream: Stream) -> None: ...


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Streamed).decode


async def start(
    call: "Call",
    conversation: "Conversation",
    parent: Message,
    payload: Payload,
    *,
    display: Display,
    persona: "Persona | None",
) -> Message:
    """Post a message that goes on being written.

    Raises:
        MsgTooLong, MsgBlocksTooMany, MsgBlocksTooLong: it begins with too much.
    """
    work = call.work
    streamed = Streamed(display, work.source.block_id())
    _take(streamed, payload, work.source)
    content = Content(text="", streaming_state="in_progress")
    _show(content, streamed, work.source, whole=False)
    author = Author.of(call.actor, call.team)
    message = await messages.post(work, conversation, Draft(content, parent, persona=persona), author=author)
    stream = Stream(message.organization, message.conversation, message.ts, _encode(streamed).decode())
    await work.streams.add(stream)
    await jobs.put(work, message.organization, JOB, message.conversation, due=message.ts + LIFETIME)
    return message


async def append(call: "Call", conversation: "Seen", ts: str, payload: Payload) -> Message:
    """Write on.

    Raises:
        MessageNotFound, MessageNotOwnedByApp, MessageNotInStreamingState: see `_held`.
        StreamingModeMismatch: the stream began with the other kind of content.
        MsgTooLong, MsgBlocksTooMany, MsgBlocksTooLong: it becomes too much.
    """
    message, stream = await _held(call, conversation, ts)
    streamed = _decode(stream.state)
    _take(streamed, payload, call.work.source)
    content = message.read()
    _show(content, streamed, call.work.source, whole=False)
    stream.state = _encode(streamed).decode()
    await call.work.streams.save(stream)
    return await _save(call.work, message, content)


async def stop(
    call: "Call", conversation: "Seen", ts: str, payload: Payload, last: list[Block], *, metadata: str | None
) -> Message:
    """Write the last of it.

    Arguments:
        last: blocks that stand at the end.
        metadata: what its app attaches to the message, as JSON.

    Raises:
        NoText: nothing was ever written.
        MessageNotFound, MessageNotOwnedByApp, MessageNotInStreamingState, StreamingModeMismatch, MsgTooLong, MsgBlocksTooMany,
        MsgBlocksTooLong: see `append`.
    """
    message, stream = await _held(call, conversation, ts)
    streamed = _decode(stream.state)
    _take(streamed, payload, call.work.source)
    if last:
        # Beside those that were streamed they count by themselves. Source: the platform's page on streaming.
        streamed.parts.append(_given(last, call.work.source))
    if not any(not isinstance(part, Text) or part.text.strip() for part in streamed.parts):
        raise NoText
    ended = await _end(call.work, message, stream, streamed, "completed", metadata=metadata)
    await threads.note_mentions(call.work, ended)
    return ended


async def settle(work: "Work", message: Message) -> Message:
    """A message that somebody is about to change, and that is held, as it is when nothing is streamed into it any more.

    Raises:
        StreamingStateConflict: something still is.
    """
    if not _runs(message):
        return message
    if not _is_over(work, message):
        raise StreamingStateConflict
    return await abandon(work, message)


async def abandon(work: "Work", message: Message) -> Message:
    """End what is streamed into a message, which is held, before its app did; gives the message as it is then."""
    stream = await work.streams.find(message) if _runs(message) else None
    if stream is None:
        return message
    return await _end(work, message, stream, _decode(stream.state), "errored")


async def step(work: "Work", job: Job, context: "Context") -> Later | None:
    """End the oldest stream of a conversation, if its time is over."""
    oldest = await work.streams.find_oldest(job.organization, job.key)
    if oldest is None:
        return None
    if oldest + LIFETIME > work.source.micros():
        return Later(oldest + LIFETIME)
    message = await work.messages.lock(job.organization, job.key, oldest)
    if message is not None:
        await abandon(work, message)
    await work.streams.remove(Stream(job.organization, job.key, oldest, ""))
    return Later(job.due)


async def _held(call: "Call", conversation: "Seen", ts: str) -> tuple[Message, Stream]:
    """A message that the caller's app streams, held until the unit ends.

    Raises:
        MessageNotFound: there is no such message.
        MessageNotOwnedByApp: somebody else wrote it.
        MessageNotInStreamingState: it is finished, or its time is over.
    """
    message = await items.find(call, conversation, ts, held=True)
    if message.app is None or message.app != call.actor.app:
        raise MessageNotOwnedByApp
    stream = await call.work.streams.find(message)
    if stream is None or _is_over(call.work, message):
        raise MessageNotInStreamingState
    return message, stream


def _runs(message: Message) -> bool:
    return message.app is not None and message.read().streaming_state == "in_progress"


def _is_over(work: "Work", message: Message) -> bool:
    return message.ts + LIFETIME <= work.source.micros()


# What was streamed, and what comes on top.


def _take(streamed: Streamed, payload: Payload, source: Source) -> None:
    """Put what a call brings to what is there."""
    if payload.mode is None:
        return
    if streamed.mode not in (None, payload.mode):
        raise StreamingModeMismatch
    streamed.mode = payload.mode
    parts = streamed.parts
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
                _update(streamed, part, source)
            case _ if part:
                parts.append(_given(part, source))
    _require_bounds(streamed)


def _update(streamed: Streamed, update: TaskUpdate, source: Source) -> None:
    """That title and status replace what was there, while the rest adds to it, was seen in practice."""
    task = next((part for part in streamed.parts if isinstance(part, Task) and part.id == update.id), None)
    if task is None:
        task = Task(update.id, source.block_id(), update.title, update.status)
        streamed.parts.append(task)
    task.title, task.status = update.title, update.status
    task.details += update.details or ""
    task.output += update.output or ""
    task.sources += [each for each in update.sources or () if each not in task.sources]


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


# How it is shown.


def _show(content: Content, streamed: Streamed, source: Source, *, whole: bool) -> None:
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


async def _end(
    work: "Work", message: Message, stream: Stream, streamed: Streamed, state: StreamingState, *, metadata: str | None = None
) -> Message:
    """Finish a message: a task that is still under way will never be done."""
    for part in streamed.parts:
        if isinstance(part, Task) and part.status == "in_progress":
            part.status = "error"
            streamed.plan = FAILED
    content = message.read()
    _show(content, streamed, work.source, whole=True)
    content.streaming_state = state
    await work.streams.remove(stream)
    ended = msgspec.structs.replace(message, content=_encode(content).decode(), metadata=metadata)
    await work.messages.replace(ended)
    return ended


async def _save(work: "Work", message: Message, content: Content) -> Message:
    saved = msgspec.structs.replace(message, content=_encode(content).decode())
    await work.messages.save_content(saved, saved.content)
    return saved
