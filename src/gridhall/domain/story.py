"""What an overseer is told of one message, and what they do to it.

The story of a message is what became of it, step by step: each change of its words, as far as retention keeps edits, what
stands in its place while it is out of sight, and its deletion, where retention keeps deleted messages.
"""

import dataclasses
import itertools
from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract.errors import (
    ExternalUpdateNotAllowed,
    MessageNotFound,
    NonTombstonedMessageNotAllowed,
)
from gridhall.contract.messages import Content
from gridhall.contract.timestamps import find_ts
from gridhall.domain import audit, content, items, messages, oversight, streams, tombstones
from gridhall.domain.content import Codes, Sent
from gridhall.domain.conversations import Hold
from gridhall.domain.messages import OUT_OF_SIGHT, WRITTEN, Message
from gridhall.domain.threads import TOMBSTONE
from gridhall.domain.tombstones import Tombstone

if TYPE_CHECKING:
    from gridhall.domain.actions import Written
    from gridhall.domain.call import Call
    from gridhall.domain.oversight import Overseen
    from gridhall.domain.work import Work

_SECOND = 1_000_000

_AROUND = 250
"""Characters that an answer tells of a step beside its words."""

_decode = msgspec.json.Decoder(Content).decode


class Step(msgspec.Struct, gc=False):
    """One change of a message's words: when, in microseconds, by whom, and the words before and after it."""

    at: int
    person: str
    previous: str
    text: str

    @property
    def weight(self) -> int:
        """Characters that it takes in an answer."""
        return len(self.previous) + len(self.text) + _AROUND


class Deleted(msgspec.Struct, gc=False):
    """What is kept of a deleted message: its author, its content as JSON, when it was deleted, in microseconds, and by whom."""

    person_organization: str
    person: str
    content: str
    at: int
    by: str


class Story(msgspec.Struct):
    """A message and what became of it.

    Arguments:
        ts: its own, in microseconds.
        message: as everyone sees it, None where it was deleted and is kept.
        author: the id of who wrote it.
        steps: oldest first.
        deletion: its last step, None unless it was deleted.
    """

    ts: int
    message: Message | None
    author: str
    steps: list[Step]
    deletion: Step | None = None


class Stories(Protocol):
    """Storage of what is kept of messages beside themselves. Each is named by its conversation's host and id, and its `ts`."""

    async def list_steps(self, organization: str, conversation: str, ts: int) -> list[Step]:
        """The edits that are kept, oldest first; of more than `messages.LARGEST_PAGE` only the newest need be there."""
        ...

    async def find_deleted(self, organization: str, conversation: str, ts: int) -> Deleted | None: ...

    async def lock_deleted(self, organization: str, conversation: str, ts: int) -> Deleted | None:
        """The same, held so that nobody else forgets it until this unit ends."""
        ...

    async def forget(self, organization: str, conversation: str, ts: int) -> None:
        """Forget a message's edits, and what is kept of it since it was deleted, or taken out of sight."""
        ...


async def tell(work: "Work", conversation: "Overseen", ts: str, *, reader: str) -> Story:
    """A message with its story, deleted ones that are kept included.

    A parent that was deleted and is not kept has no more than the placeholder of its thread. What another organization's
    people wrote is told as everyone sees it: what it said before is theirs.

    Arguments:
        reader: the id of the organization that is told.

    Raises:
        MessageNotFound: there is no such message.
    """
    at = _read(ts)
    key = conversation.organization, conversation.id, at
    message, tombstone = await _find(work, key)
    if message is not None and message.subtype == OUT_OF_SIGHT and tombstone is None:
        # It was brought back between the two reads, which on PostgreSQL are not of one moment.
        message, tombstone = await _find(work, key)
    if message is None or message.subtype == TOMBSTONE:
        deleted = await work.stories.find_deleted(*key)
        if deleted is not None and deleted.person_organization == reader:
            last = _decode(deleted.content).text
            deletion = Step(_whole(deleted.at), deleted.by, last, "")
            return Story(at, None, deleted.person, _newest(await work.stories.list_steps(*key)), deletion)
        if message is None:
            raise MessageNotFound
    if message.person_organization != reader:
        return Story(at, message, message.person, [])
    steps = await work.stories.list_steps(*key)
    first = len(steps)
    if tombstone is not None:
        previous = tombstone.original.content.text
        for cover in tombstone.covers:
            steps.append(Step(_whole(cover.at), cover.person, previous, cover.text))
            previous = cover.text
    return Story(at, message, message.person, _newest(steps, first))


def _newest(steps: list[Step], first: int | None = None) -> list[Step]:
    """The newest steps that one answer has room for.

    Arguments:
        first: where the one stands that took the message out of sight, which is told however old it is: nothing else has the
            original's words.
    """
    weights = itertools.accumulate(step.weight for step in reversed(steps))
    start = len(steps) - sum(weight <= messages.LARGEST_PAGE for weight in weights)
    hidden = steps[first : first + 1] if first is not None and first < start else []
    return hidden + steps[start:]


async def _find(work: "Work", key: tuple[str, str, int]) -> tuple[Message | None, Tombstone | None]:
    """A message as everyone sees it and, where that is out of sight, what is kept of it."""
    message = await work.messages.find(*key)
    if message is None or message.subtype != OUT_OF_SIGHT:
        return message, None
    return message, await work.tombstones.find(message)


async def hide(call: "Call", channel: str, team: str | None, ts: str, words: str) -> Message:
    """Take a message out of sight, and show these words in its place, in place of those that were shown there before.

    Arguments:
        words: formatted as a post's text may be; a longer text is cut where a post's would be.

    Raises:
        TeamNotFound, TeamAccessNotGranted, MessageNotFound, ExternalUpdateNotAllowed: see `_held`.
    """
    conversation, message = await _held(call, channel, team, ts)
    shown = await content.compose(call, Sent(words), Codes())
    changed = await tombstones.cover(call.work, message, Content(text=shown.text), by=_doer(call))
    await _write(call, "message_tombstoned", conversation, message.ts, message.person)
    return changed


async def show_again(call: "Call", channel: str, team: str | None, ts: str) -> Message:
    """Bring a message back that is out of sight.

    Raises:
        NonTombstonedMessageNotAllowed: it is not.
        TeamNotFound, TeamAccessNotGranted, MessageNotFound, ExternalUpdateNotAllowed: see `_held`.
    """
    conversation, message = await _held(call, channel, team, ts)
    if message.subtype != OUT_OF_SIGHT:
        raise NonTombstonedMessageNotAllowed
    restored = await tombstones.uncover(call.work, message)
    await _write(call, "message_restored", conversation, message.ts, message.person)
    return restored


async def rewrite(call: "Call", channel: str, team: str | None, ts: str, sent: Sent) -> Message:
    """Have a message say something else: nothing that it said stays, neither its blocks and attachments nor its metadata.

    What is out of sight stays there, and shows something else in its place. Names of channels are those of the workspace that
    the message was written for.

    Raises:
        NonTombstonedMessageNotAllowed: it tells what was done to the conversation, which nobody wrote.
        NoText, InvalidAttachments, TooManyAttachments: see `content.compose`.
        TeamNotFound, TeamAccessNotGranted, MessageNotFound, ExternalUpdateNotAllowed: see `_held`.
    """
    conversation, message = await _held(call, channel, team, ts)
    if message.subtype not in WRITTEN and message.subtype != OUT_OF_SIGHT:
        raise NonTombstonedMessageNotAllowed
    work, by = call.work, _doer(call)
    there = dataclasses.replace(call, standing=call.actor.standings.get(message.team))
    said = msgspec.structs.asdict(await content.compose(there, sent, Codes()))
    if message.subtype == OUT_OF_SIGHT:
        changed = await tombstones.cover(work, message, Content(**said), by=by)
    else:
        message = await streams.abandon(work, message)
        after = msgspec.structs.replace(message.read(), **said)
        changed = await messages.edit(work, conversation, message, after, editor=by)
        if changed.metadata is not None:
            changed = await messages.attach(work, changed, None)
    await _write(call, "message_updated", conversation, message.ts, message.person)
    return changed


async def purge(call: "Call", channel: str, team: str | None, ts: str) -> int:
    """Take a message away with all that there is of it, whatever retention keeps; also one that was deleted and is kept.

    A parent with replies leaves the placeholder that any deletion leaves. The client's own id stays taken, so that a late
    repetition posts nothing. Gives its `ts`.

    Raises:
        TeamNotFound, TeamAccessNotGranted: see `oversight.workspace_of`.
        MessageNotFound: there is no such message, or nothing of it but its thread's placeholder.
        ExternalUpdateNotAllowed: somebody of another organization wrote it.
    """
    conversation = await _place(call, channel, team)
    work, key = call.work, (conversation.organization, conversation.id, _read(ts))
    message = await work.messages.lock(*key)
    deleted = None
    if message is None or message.subtype == TOMBSTONE:
        deleted = await work.stories.lock_deleted(*key)
    whose = deleted or message
    if whose is None or (deleted is None and message is not None and message.subtype == TOMBSTONE):
        raise MessageNotFound
    _require_own(call, whose)
    if deleted is None and message is not None:
        await messages.take_away(work, await streams.abandon(work, message))
    await work.stories.forget(*key)
    await _write(call, "message_deleted", conversation, key[2], whose.person, purged=True)
    return key[2]


async def _held(call: "Call", channel: str, team: str | None, ts: str) -> "tuple[Overseen, Message]":
    """A message of the overseer's own organization, held, and where it is; also a reply that its hidden parent hides.

    Raises:
        TeamNotFound, TeamAccessNotGranted: see `oversight.workspace_of`.
        MessageNotFound: there is no such message, or it was deleted, or its channel was.
        ExternalUpdateNotAllowed: somebody of another organization wrote it.
    """
    conversation = await _place(call, channel, team)
    message = await items.look_up(call, conversation, ts, held=True)
    if message is None or message.subtype == TOMBSTONE:
        raise MessageNotFound
    _require_own(call, message)
    return conversation, message


async def _place(call: "Call", channel: str, team: str | None) -> "Overseen":
    """The conversation of a message that is to be changed, held as for every change of a message."""
    conversation = await oversight.find(call, channel, team, hold=Hold.STEADY, or_refuse=MessageNotFound)
    if conversation.is_deleted:
        raise MessageNotFound
    return conversation


def _require_own(call: "Call", message: Message | Deleted) -> None:
    if message.person_organization != call.actor.organization:
        raise ExternalUpdateNotAllowed


def _read(ts: str) -> int:
    at = find_ts(ts)
    if at is None:
        raise MessageNotFound
    return at


def _whole(micros: int) -> int:
    """The second in which something was done: as exactly as an edit tells its time."""
    return micros - micros % _SECOND


def _doer(call: "Call") -> str:
    assert call.actor.user is not None
    return call.actor.user


async def _write(call: "Call", action: "Written", conversation: "Overseen", ts: int, author: str, **details: object) -> None:
    """Have the logs of the host and of the overseer's organization tell what was done, to whose message; never its words."""
    await audit.write_at_both(
        call.work,
        conversation.organization,
        action,
        entity=audit.message(conversation, ts),
        actor=call.actor,
        details={"user": author, **details},
    )
