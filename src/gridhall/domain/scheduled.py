"""Messages that wait for their time."""

from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract.errors import InvalidScheduledMessageId, RestrictedTooMany, TimeInPast, TimeTooFar
from gridhall.contract.messages import Content
from gridhall.domain import jobs
from gridhall.domain.messages import Author, Draft

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.call import Call
    from gridhall.domain.conversations import Conversation
    from gridhall.domain.work import Work

JOB = "scheduled_messages"
"""The kind of job that posts them. Its key is the conversation, in whose organization it is: one after the other."""

LONGEST_AHEAD = 120 * 86_400
"""Seconds from now to the latest time. Source: the reference page of chat.scheduleMessage."""

MOST_TOGETHER, SPAN = 30, 300
"""How many messages may be posted to a conversation in so many seconds, wherever they begin. Source: the same page."""

LAST_MINUTE = 60
"""Seconds before its time from which on a message is not deleted any more. Source: that of chat.deleteScheduledMessage."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Content).decode


class ScheduledMessage(msgspec.Struct, gc=False):
    """A message that waits. Its time and that of its making are Unix seconds.

    Arguments:
        organization, conversation: the host and where it is posted.
        position: keeps those of one second in the order in which they were scheduled.
        person_organization, person, app: whose message it is.
        team: the workspace or organization that it tells.
        token: the id of the token that scheduled it, as which it is posted.
        thread_ts: the `ts` of the parent, in microseconds.
        content: the JSON of a `Content` without author and `ts`.
        metadata: what the app attached to it, as JSON.
    """

    organization: str
    conversation: str
    id: str
    post_at: int
    position: int
    created: int
    person_organization: str
    person: str
    app: str | None
    team: str
    token: str
    thread_ts: int | None
    broadcast: bool
    content: str
    metadata: str | None

    def read(self) -> Content:
        """The content, to look into or to fill in."""
        return _decode(self.content)

    def is_of(self, actor: "Actor") -> bool:
        """Whether the caller scheduled it: the same person through the same app, whatever the token."""
        whose = (self.person_organization, self.person, self.app)
        return whose == (actor.organization, actor.user, actor.app)


class ScheduledMessages(Protocol):
    """Storage of scheduled messages. A conversation is named by its host organization and its id."""

    async def add(self, message: ScheduledMessage) -> None: ...

    async def find(self, organization: str, id: str) -> ScheduledMessage | None: ...

    async def remove(self, message: ScheduledMessage) -> bool:
        """Take a message away; False where somebody else did, who was waited for."""
        ...

    async def remove_all(self, organization: str, conversation: str) -> int:
        """Take all messages of a conversation away; gives how many there were."""
        ...

    async def put_off(self, message: ScheduledMessage, post_at: int) -> None: ...

    async def list_due(
        self, organization: str, conversation: str, *, by: int, limit: int, characters: int
    ) -> list[ScheduledMessage]:
        """The messages of a conversation whose time has come by then, in the order in which they are posted.

        Arguments:
            characters: of contents that all of them hold together at the most; the first one may hold more.
        """
        ...

    async def next_time(self, organization: str, conversation: str) -> int | None:
        """When the next message of a conversation is to be posted, None where there is none."""
        ...

    async def list_times(self, organization: str, conversation: str, *, first: int, last: int) -> list[int]:
        """The times of a conversation's messages between two seconds, both included, in order."""
        ...

    async def list_of(
        self,
        actor: "Actor",
        *,
        workspace: str | None,
        conversation: tuple[str, str] | None,
        latest: int,
        after: tuple[int, str],
        limit: int,
    ) -> list[ScheduledMessage]:
        """A caller's own messages up to a second, by time and id.

        Arguments:
            workspace: that the caller means: the one that the messages tell, or for an org-level token one that their
                conversations are in; None for all of an org-level token.
            conversation: the only one that is asked for, by its host and id.
            after: the time and the id that the page begins after.
        """
        ...


def require_time(work: "Work", post_at: int) -> None:
    """Ask whether a message may be scheduled for this time.

    Raises:
        TimeInPast: it has passed, or is this very second.
        TimeTooFar: it is too far away.
    """
    ahead = post_at - work.source.seconds()
    if ahead <= 0:
        raise TimeInPast
    if ahead > LONGEST_AHEAD:
        raise TimeTooFar


async def add(call: "Call", conversation: "Conversation", draft: Draft, *, post_at: int) -> ScheduledMessage:
    """Schedule a message for a time that `require_time` let pass. Whether the caller may post was asked before.

    Raises:
        RestrictedTooMany: there are too many about that time.
    """
    work, author = call.work, Author.of(call.actor, call.team)
    now = work.source.micros()
    # Who has the conversation's clock counts alone: of two that come at once, one sees the other.
    position = await work.messages.next_ts(conversation.organization, conversation.id, now)
    times = await work.scheduled.list_times(
        conversation.organization, conversation.id, first=post_at - SPAN + 1, last=post_at + SPAN - 1
    )
    if _are_too_many(sorted([*times, post_at])):
        raise RestrictedTooMany
    message = ScheduledMessage(
        organization=conversation.organization,
        conversation=conversation.id,
        id=work.source.id("Q"),
        post_at=post_at,
        position=position,
        created=now // 1_000_000,
        person_organization=author.organization,
        person=author.person,
        app=author.app,
        team=author.team,
        token=call.actor.token,
        thread_ts=None if draft.parent is None else draft.parent.ts,
        broadcast=draft.broadcast,
        content=_encode(draft.content).decode(),
        metadata=draft.metadata,
    )
    await work.scheduled.add(message)
    await jobs.put(work, conversation.organization, JOB, conversation.id, due=post_at * 1_000_000)
    return message


def _are_too_many(times: list[int]) -> bool:
    """Whether some span holds more times than it may. They are in order, and nowhere more than a span from the new one."""
    return any(last - first < SPAN for first, last in zip(times, times[MOST_TOGETHER:], strict=False))


async def remove(call: "Call", conversation: "Conversation", id: str) -> None:
    """Take one of the caller's messages away before its time.

    Raises:
        InvalidScheduledMessageId: there is none in this conversation, none of theirs, or it is about to be posted.
    """
    work = call.work
    message = await work.scheduled.find(conversation.organization, id)
    if message is None or message.conversation != conversation.id or not message.is_of(call.actor):
        raise InvalidScheduledMessageId
    if message.post_at - work.source.seconds() < LAST_MINUTE or not await work.scheduled.remove(message):
        raise InvalidScheduledMessageId


async def remove_all(work: "Work", organization: str, conversation: str) -> None:
    """Have nothing be posted any more in a conversation, which is held."""
    if await work.scheduled.remove_all(organization, conversation):
        # It finds nothing to do, and ends.
        await jobs.put(work, organization, JOB, conversation, due=work.source.micros())
