"""Deletion: how a channel goes, at once for everybody in it, and a day later for good.

Until then overseers read it. Source: the page on the Admin Oversight API.
"""

from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from gridhall.contract.scopes import PRIVATE, PUBLIC
from gridhall.domain import audit, jobs, scheduled, streams
from gridhall.domain.actions import Written
from gridhall.domain.jobs import Job, Later
from gridhall.domain.oversight import READABLE_FOR

if TYPE_CHECKING:
    from gridhall.domain.call import Call, Context
    from gridhall.domain.conversations import Conversation
    from gridhall.domain.work import Work

JOB = "expunge"
"""The kind of job that takes away what is left of a deleted conversation. Its key is the conversation."""

BATCH = 200
"""Rows of the longest table, about so many, that a step takes away: some milliseconds, for which requests wait."""

REST = 9
"""How many times as long as a step took requests come first: nobody waits for what nobody sees."""

_DELETED: dict[str, Written] = {PUBLIC: "public_channel_deleted", PRIVATE: "private_channel_deleted"}


class Member(NamedTuple):
    """A row of a conversation's members."""

    person_organization: str
    person: str


class Expunged(msgspec.Struct, frozen=True):
    """How far the job has come.

    Arguments:
        until: the `ts` up to which there are no messages any more, nor anything of them.
        member: the member who went last, None before the first.
        messages, members: how many went.
    """

    until: int = 0
    member: Member | None = None
    messages: int = 0
    members: int = 0


class Deletion(Protocol):
    """Storage of what is deleted. A conversation is named by its host organization and its id."""

    async def delete(self, organization: str, id: str, *, at: int) -> None:
        """Have a conversation be deleted since a Unix second."""
        ...

    async def find(self, organization: str, id: str) -> int | None:
        """Since which Unix second a conversation is deleted, None where it is not, or is gone; nobody reads or changes it
        until this unit ends.
        """
        ...

    async def end_of(self, organization: str, id: str, *, after: int, most: int) -> int | None:
        """The `ts` at which a stretch ends that has so many messages, reactions and the like of each at the most, but for
        those of its last message; None where there is nothing behind `after`.
        """
        ...

    async def remove_messages(self, organization: str, id: str, *, after: int, until: int | None) -> int:
        """Take away the messages of a stretch and all that there is of them; gives how many messages there were.

        Arguments:
            until: where it ends, None for what has no end.
        """
        ...

    async def members_after(self, organization: str, id: str, member: Member | None, *, most: int) -> list[Member]:
        """The next members, those who left included."""
        ...

    async def remove_members(self, organization: str, id: str, *, after: Member | None, until: Member) -> None: ...

    async def remove(self, organization: str, id: str) -> None:
        """Take away the conversation itself, and where it was shared."""
        ...


async def delete(call: "Call", channel: "Conversation") -> None:
    """Delete a channel. Whether the caller may was asked before; it is held.

    Its name is free at once. What was to be posted there is not, and what is written there ends.
    """
    work, host, id = call.work, channel.organization, channel.id
    entity = await audit.channel(work, channel)
    await audit.write(work, host, _DELETED[channel.kind], entity=entity, actor=call.actor)
    await streams.abandon_all(work, host, id)
    await scheduled.remove_all(work, host, id)
    at = work.source.seconds()
    await work.deletion.delete(host, id, at=at)
    await work.conversations.rename(host, id, id)
    await expect(work, host, id, deleted_at=at)


async def expect(work: "Work", organization: str, id: str, *, deleted_at: int) -> None:
    """Have a deleted conversation go for good when its day is over."""
    await jobs.put(work, organization, JOB, id, due=_over(deleted_at))


def _over(deleted_at: int) -> int:
    """When overseers read it no longer, in Unix microseconds."""
    return (deleted_at + READABLE_FOR) * 1_000_000


async def step(work: "Work", job: Job, context: "Context") -> Later | None:
    """Take away the next rows: messages by time, then members, then the conversation itself."""
    organization, id = job.organization, job.key
    deleted_at = await work.deletion.find(organization, id)
    if deleted_at is None:
        return None
    now = work.source.micros()
    if now < _over(deleted_at):
        return Later(_over(deleted_at))
    at = _progress(job)
    end = await work.deletion.end_of(organization, id, after=at.until, most=BATCH)
    if end is not None:
        gone = await work.deletion.remove_messages(organization, id, after=at.until, until=end)
        return _on(now, msgspec.structs.replace(at, until=end, messages=at.messages + gone))
    members = await work.deletion.members_after(organization, id, at.member, most=BATCH)
    if members:
        await work.deletion.remove_members(organization, id, after=at.member, until=members[-1])
        return _on(now, msgspec.structs.replace(at, member=members[-1], members=at.members + len(members)))
    await work.deletion.remove_messages(organization, id, after=at.until, until=None)
    await scheduled.remove_all(work, organization, id)
    await work.deletion.remove(organization, id)
    return None


def progress_of(job: Job) -> str:
    """How far such a job has come, for people to read."""
    at = _progress(job)
    return f"{at.messages} messages and {at.members} members gone" if job.progress is not None else "-"


def _progress(job: Job) -> Expunged:
    return Expunged() if job.progress is None else msgspec.json.decode(job.progress, type=Expunged)


def _on(now: int, at: Expunged) -> Later:
    return Later(now, msgspec.json.encode(at).decode(), rest=REST)
