"""Threads: replies to a message, who takes part, and who follows."""

import re
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import UNSET

from gridhall.contract.messages import Thread
from gridhall.contract.timestamps import ts_text

if TYPE_CHECKING:
    from gridhall.domain.messages import Message
    from gridhall.domain.work import Work

TOMBSTONE = "tombstone"
"""The kind of what stands in the place of a deleted message that has replies."""

UNTHREADABLE = frozenset({"channel_join", "channel_leave", "group_join", "group_leave"})
"""Kinds of messages that nobody can reply to. Source: the reference page of conversations.replies."""

MOST_SHOWN = 5
"""People whom a parent names. Source: the reference page of conversations.replies."""

MOST_MENTIONED = 100
"""People who follow a thread since one text mentions them. A hostile text mentions thousands."""

_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Thread).decode


class Follower(msgspec.Struct, gc=False):
    """Somebody's part in a thread. `last_read` is their read mark in microseconds, 0 before the first."""

    thread_ts: int
    replies: int
    subscribed: bool
    last_read: int


class Threads(Protocol):
    """Storage of who takes part in threads."""

    async def add_reply(self, reply: "Message") -> None:
        """Count one more reply of its author, who follows the thread from then on."""
        ...

    async def remove_reply(self, reply: "Message") -> None: ...

    async def subscribe(self, parent: "Message", organization: str, person: str) -> None:
        """Have a member of the conversation follow a thread; nothing changes where they have a part in it already."""
        ...

    async def subscribe_these(self, parent: "Message", people: list[str]) -> None:
        """The same for several at once, of whichever organization."""
        ...

    async def repliers(self, parent: "Message", *, limit: int) -> tuple[list[str], int]:
        """Who replied, first come first, and how many they are."""
        ...

    async def latest_reply(self, parent: "Message") -> int | None: ...

    async def parts_of(
        self, organization: str, conversation: str, person_organization: str, person: str, *, threads: list[int]
    ) -> list[Follower]:
        """A person's part in these threads, which their parents' `ts` name."""
        ...

    async def remove_all(self, parent: "Message") -> None: ...


def summary(thread: Thread) -> str:
    """A thread's summary as it is stored: ready to be spliced into its parent's JSON."""
    return _encode(thread)[1:-1].decode()


def read_summary(message: "Message") -> Thread | None:
    """The summary of a parent's thread, None for a message that nobody ever replied to."""
    return _decode(f"{{{message.thread}}}") if message.thread is not None else None


def has_replies(message: "Message") -> bool:
    """Whether a message has replies now."""
    thread = read_summary(message)
    return thread is not None and thread.reply_count > 0


def mentioned(text: str) -> list[str]:
    """The ids of those whom a text mentions, each once; not more than `MOST_MENTIONED`."""
    return list(dict.fromkeys(_MENTION.findall(text)))[:MOST_MENTIONED] if "<@" in text else []


async def note_reply(work: "Work", parent: "Message", reply: "Message", *, text: str) -> None:
    """Count a reply that was just posted, and subscribe whom it concerns: both authors, and who is mentioned.

    The parent was locked when it was read: see `posting.parent_of`.
    """
    await work.threads.subscribe(parent, parent.person_organization, parent.person)
    await work.threads.add_reply(reply)
    await work.threads.subscribe_these(parent, mentioned(text))
    before = read_summary(parent)
    await _summarize(work, parent, (before.reply_count if before else 0) + 1, latest=reply.ts)


async def note_mentions(work: "Work", reply: "Message") -> None:
    """Subscribe whom a reply mentions that was not whole when it was posted. It was locked."""
    people = mentioned(reply.read().text)
    if not people or reply.thread_ts is None:
        return
    parent = await work.messages.lock(reply.organization, reply.conversation, reply.thread_ts)
    if parent is not None:
        await work.threads.subscribe_these(parent, people)


async def note_removal(work: "Work", reply: "Message") -> None:
    """Count a reply no longer that was just removed. A placeholder goes with its last reply."""
    assert reply.thread_ts is not None
    parent = await work.messages.lock(reply.organization, reply.conversation, reply.thread_ts)
    if parent is None:
        return
    await work.threads.remove_reply(reply)
    before = read_summary(parent)
    left = before.reply_count - 1 if before else 0
    if left <= 0 and parent.subtype == TOMBSTONE:
        await work.messages.remove(parent)
        await work.threads.remove_all(parent)
        return
    await _summarize(work, parent, max(left, 0), latest=await work.threads.latest_reply(parent))


async def note_purge(work: "Work", parent: "Message", replies: "list[Message]", *, latest: int) -> None:
    """Count replies no longer that retention took from a thread that goes on. The parent was locked.

    Arguments:
        latest: the newest of those that are left.
    """
    before = read_summary(parent)
    if before is None or not replies:
        return
    for reply in replies:
        await work.threads.remove_reply(reply)
    await _summarize(work, parent, before.reply_count - len(replies), latest=latest)


async def _summarize(work: "Work", parent: "Message", replies: int, *, latest: int | None) -> None:
    """Store what a parent tells of its thread. It keeps telling of it when the last reply is gone."""
    users, count = await work.threads.repliers(parent, limit=MOST_SHOWN)
    thread = Thread(
        reply_count=replies,
        reply_users_count=count,
        latest_reply=UNSET if latest is None else ts_text(latest),
        reply_users=users,
    )
    await work.messages.save_summary(parent, thread=summary(thread), reactions=parent.reactions, pinned=parent.pinned)
