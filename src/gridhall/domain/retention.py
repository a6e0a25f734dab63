"""Retention: for how long messages are kept, and how they go when their days are over."""

from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from gridhall.domain import jobs, messages, threads
from gridhall.domain.jobs import Job, Later
from gridhall.domain.messages import OUT_OF_SIGHT
from gridhall.domain.threads import TOMBSTONE

if TYPE_CHECKING:
    from gridhall.domain.call import Context
    from gridhall.domain.messages import Message
    from gridhall.domain.organizations import Organization
    from gridhall.domain.work import Work

JOB = "retention"
"""The kind of job that purges what is past its days. There is one in every organization."""

EVERY = 3600
"""Seconds from the end of one round of an organization to the next."""

BATCH = 25
"""Messages of one conversation that a step purges: a step is some milliseconds, for which requests wait."""

REST = 9
"""How many times as long as a step took requests come first: nobody waits for a purge."""

PAGE = 100
"""Conversations that a step looks at, one by one, for the next that has something to purge."""

DAY = 86_400_000_000
"""Microseconds of a day."""


class Shelf(NamedTuple):
    """What retention knows of one conversation; times are microseconds.

    Arguments:
        days: of its own, 0 where the organization's count.
        purged: up to when everything has gone already, but for placeholders of threads that go on.
        oldest, oldest_deleted: the first message after that, and the first of those that were deleted and are kept.
    """

    conversation: str
    days: int
    purged: int
    oldest: int | None
    oldest_deleted: int | None

    def has_any_before(self, moment: int) -> bool:
        """Whether anything on it is older."""
        return any(ts is not None and ts < moment for ts in (self.oldest, self.oldest_deleted))


class Round(msgspec.Struct, frozen=True):
    """How far a round has come.

    Arguments:
        conversation: that was looked at last.
        more: whether it has more to purge.
        wanted: of the job when the round began: who asked for one since wants all of it.
    """

    conversation: str = ""
    more: bool = False
    wanted: int = 0


class Retention(Protocol):
    """Storage of what retention does to whole stretches of a conversation."""

    async def find(self, organization: str, conversation: str) -> Shelf | None: ...

    async def list_after(self, organization: str, conversation: str, *, own: bool, limit: int) -> list[Shelf]:
        """The conversations after this one, by id.

        Arguments:
            own: only those that have days of their own.
        """
        ...

    async def end_of(self, organization: str, shelf: Shelf, *, before: int, most: int) -> int | None:
        """The `ts` at which a stretch ends that begins behind what has gone and holds so many messages at the most, deleted
        ones that are kept included; None where nothing there is older than `before`.
        """
        ...

    async def lock(self, organization: str, shelf: Shelf, *, until: int) -> "list[Message]":
        """The messages of a stretch, held, newest first: replies before their parents, as everybody locks them."""
        ...

    async def purge(self, organization: str, shelf: Shelf, *, until: int) -> "list[tuple[str, str, str]]":
        """Take away everything that there is of a stretch but the rows of parents that have replies behind it, which stay as
        they are; gives what was kept of deleted messages: organization and id of their authors, and content.
        """
        ...

    async def note(self, organization: str, shelf: Shelf, *, until: int) -> None:
        """Note that a stretch was purged, so that nobody looks at its placeholders again, nor gives out any `ts` of it."""
        ...

    async def forget_client_ids(self, ids: list[tuple[str, str, str]]) -> None:
        """Forget what clients' own ids stand for; each by its author's organization and id and itself."""
        ...


def days(organization: "Organization", conversation_days: int) -> int:
    """For how many days a conversation's messages are kept, 0 for ever.

    Arguments:
        conversation_days: its own days, 0 where it follows the organization. They count only where the organization lets
            conversations have days of their own.
    """
    return (organization.retention_override_allowed and conversation_days) or organization.retention_days


def policy(organization: "Organization", conversation_days: int) -> dict[str, object]:
    """What is in force for a conversation as the audit log tells it, in the words of its entries on the organization's own
    retention. Arguments as in `days`.
    """
    kept = days(organization, conversation_days)
    if kept:
        return {"type": "EXPIRE_MSGS", "duration_days": kept}
    return {
        "type": "RETAIN_ALL" if organization.keep_edits and organization.keep_deletes else "RETAIN_MSGS",
        "duration_days": 0,
    }


async def begin(work: "Work", organization: str) -> None:
    """Have a round of an organization begin now: the first one, or one more since its days have changed. One that is under way
    begins anew.
    """
    await jobs.put(work, organization, JOB, "", due=work.source.micros())


async def step(work: "Work", job: Job, context: "Context") -> Later | None:
    """Look at some conversations, or purge some messages of one."""
    organization = await work.organizations.find(job.organization)
    if organization is None:
        return None
    at = msgspec.json.decode(job.progress, type=Round) if job.progress is not None else Round()
    if at.wanted != job.wanted:
        at = Round(wanted=job.wanted)
    now = work.source.micros()
    shelves = await _ahead(work, organization, at)
    for shelf in shelves:
        kept = days(organization, shelf.days)
        if kept and shelf.has_any_before(now - kept * DAY):
            more = await _purge(work, organization.id, shelf, before=now - kept * DAY)
            return _on(now, at, shelf.conversation, more=more)
    if at.more:
        return _on(now, at, at.conversation)
    if len(shelves) == PAGE:
        return _on(now, at, shelves[-1].conversation)
    return Later(now + EVERY * 1_000_000)


def _on(now: int, at: Round, conversation: str, *, more: bool = False) -> Later:
    """The round goes on behind a conversation, or with what there is more of it."""
    progress = msgspec.json.encode(Round(conversation, more, at.wanted)).decode()
    return Later(now, progress, rest=REST)


async def _ahead(work: "Work", organization: "Organization", at: Round) -> list[Shelf]:
    """The conversations that a round comes to next."""
    if at.more:
        shelf = await work.retention.find(organization.id, at.conversation)
        return [shelf] if shelf is not None else []
    own = organization.retention_days == 0
    if own and not organization.retention_override_allowed:
        return []
    return await work.retention.list_after(organization.id, at.conversation, own=own, limit=PAGE)


async def _purge(work: "Work", organization: str, shelf: Shelf, *, before: int) -> bool:
    """Purge the oldest messages of a conversation beyond recovery; gives whether there may be more of them.

    A parent with younger replies becomes the placeholder that deletion leaves, and goes with its last reply.
    """
    until = await work.retention.end_of(organization, shelf, before=before, most=BATCH)
    if until is None:
        return False
    gone = await work.retention.lock(organization, shelf, until=until)
    parents = [message for message in gone if message.thread is not None]
    replies: dict[int, list[Message]] = {}
    for message in gone:
        if message.thread_ts is not None:
            replies.setdefault(message.thread_ts, []).append(message)
    for ts in sorted(replies, reverse=True):
        if ts <= shelf.purged:
            placeholder = await work.messages.lock(organization, shelf.conversation, ts)
            parents += [placeholder] if placeholder is not None else []
    said = [(message, await _said(work, message)) for message in gone if message.subtype != TOMBSTONE]
    kept = await work.retention.purge(organization, shelf, until=until)
    kept += [(message.person_organization, message.person, content) for message, content in said]
    await work.retention.forget_client_ids(messages.client_ids(kept))
    for parent in parents:
        latest = await work.threads.latest_reply(parent)
        if latest is not None:
            left = parent if parent.subtype == TOMBSTONE else await messages.leave_placeholder(work, parent)
            await threads.note_purge(work, left, replies.get(parent.ts, []), latest=latest)
        elif parent.ts <= shelf.purged:
            await work.messages.remove(parent)
            await work.threads.remove_all(parent)
    await work.retention.note(organization, shelf, until=until)
    return True


async def _said(work: "Work", message: "Message") -> str:
    """The content of a message, also of one that is out of sight."""
    tombstone = await work.tombstones.find(message) if message.subtype == OUT_OF_SIGHT else None
    return message.content if tombstone is None else msgspec.json.encode(tombstone.original.content).decode()
