"""Streams: messages that an app writes piece by piece, while people read them."""

from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract.blocks import Block
from gridhall.contract.errors import MessageNotInStreamingState, MessageNotOwnedByApp, StreamingStateConflict
from gridhall.contract.messages import Content, StreamingState
from gridhall.domain import items, jobs, messages, streamed, threads
from gridhall.domain.chunks import Payload
from gridhall.domain.jobs import Job, Later
from gridhall.domain.messages import OUT_OF_SIGHT, Author, Draft, Message
from gridhall.domain.streamed import Display, Streamed

if TYPE_CHECKING:
    from gridhall.domain.call import Call, Context
    from gridhall.domain.conversations import Conversation, Seen
    from gridhall.domain.personas import Persona
    from gridhall.domain.work import Work

LIFETIME = 300_000_000
"""Microseconds after which the platform ends a stream that nobody stopped, however busy it is. Seen in practice."""

JOB = "streams"
"""The kind of job that ends them then. Its key is the conversation, in whose organization it is."""


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

    async def list_of(self, organization: str, conversation: str) -> list[int]:
        """The `ts` of all in a conversation, the newest first."""
        ...

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
    begun = Streamed(display, work.source.block_id())
    streamed.take(begun, payload, work.source)
    content = Content(text="", streaming_state="in_progress")
    streamed.show(content, begun, work.source, whole=False)
    author = Author.of(call.actor, call.team)
    message = await messages.post(work, conversation, Draft(content, parent, persona=persona), author=author)
    stream = Stream(message.organization, message.conversation, message.ts, _encode(begun).decode())
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
    content, so_far = message.read(), _decode(stream.state)
    streamed.take(so_far, payload, call.work.source)
    streamed.show(content, so_far, call.work.source, whole=False)
    stream.state = _encode(so_far).decode()
    await call.work.streams.save(stream)
    longer = msgspec.structs.replace(message, content=_encode(content).decode())
    await call.work.messages.save_content(longer, longer.content)
    return longer


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
    so_far = _decode(stream.state)
    streamed.take(so_far, payload, call.work.source)
    streamed.finish(so_far, last, call.work.source)
    ended = await _end(call.work, message, stream, so_far, "completed", metadata=metadata)
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
    return await _end(work, message, stream, _decode(stream.state), "errored", metadata=message.metadata)


async def abandon_all(work: "Work", organization: str, conversation: str) -> None:
    """End whatever is streamed into a conversation, which is held."""
    for ts in await work.streams.list_of(organization, conversation):
        await _abandon_at(work, organization, conversation, ts)


async def _abandon_at(work: "Work", organization: str, conversation: str, ts: int) -> None:
    message = await work.messages.lock(organization, conversation, ts)
    if message is not None:
        await abandon(work, message)
    await work.streams.remove(Stream(organization, conversation, ts, ""))


async def step(work: "Work", job: Job, context: "Context") -> Later | None:
    """End the oldest stream of a conversation, if its time is over."""
    oldest = await work.streams.find_oldest(job.organization, job.key)
    if oldest is None:
        return None
    if oldest + LIFETIME > work.source.micros():
        return Later(oldest + LIFETIME)
    await _abandon_at(work, job.organization, job.key, oldest)
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
    if message.subtype == OUT_OF_SIGHT:
        raise MessageNotInStreamingState
    stream = await call.work.streams.find(message)
    if stream is None or _is_over(call.work, message):
        raise MessageNotInStreamingState
    return message, stream


def _runs(message: Message) -> bool:
    return message.app is not None and message.read().streaming_state == "in_progress"


def _is_over(work: "Work", message: Message) -> bool:
    return message.ts + LIFETIME <= work.source.micros()


async def _end(
    work: "Work", message: Message, stream: Stream, whole: Streamed, state: StreamingState, *, metadata: str | None
) -> Message:
    """Finish a message."""
    content = message.read()
    streamed.fail_tasks(whole)
    streamed.show(content, whole, work.source, whole=True)
    content.streaming_state = state
    ended = msgspec.structs.replace(message, content=_encode(content).decode(), metadata=metadata)
    await work.messages.replace(ended)
    await work.streams.remove(stream)
    return ended
