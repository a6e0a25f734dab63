"""Posting what was scheduled, when its time has come."""

import logging
from typing import TYPE_CHECKING

from gridhall.contract.errors import (
    AccountInactive,
    CannotReplyToMessage,
    ChannelNotFound,
    EkmAccessDenied,
    IsArchived,
    NotInChannel,
    Refusal,
)
from gridhall.contract.timestamps import ts_text
from gridhall.domain import conversations, messages, posting, tokens
from gridhall.domain.call import Call, Context
from gridhall.domain.conversations import Hold, Seen
from gridhall.domain.jobs import Job, Later
from gridhall.domain.messages import Author, Draft
from gridhall.domain.scheduled import ScheduledMessage
from gridhall.domain.work import Work

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor, Standing

log = logging.getLogger("gridhall.jobs")

AT_ONCE, MOST_CHARACTERS = 10, 64_000
"""Messages that one step posts, and characters of their contents unless a single one has more: one or two milliseconds of the
loop, and one COMMIT for all of them."""

PATIENCE = 5
"""How often a message may fail in a row, with pauses that double from a second, before it lets the others pass."""

ASIDE = 3600
"""Seconds that a message is put off which cannot be posted now, but may be later."""

_NEVER: tuple[type[Refusal], ...] = (
    AccountInactive,
    CannotReplyToMessage,
    ChannelNotFound,
    IsArchived,
    NotInChannel,
    *posting.RESTRICTED,
)
"""Why a message is not posted at all."""


class Suspended(Exception):
    """Whatever the author called would be refused for now; the text says why. The message waits."""


async def step(work: Work, job: Job, context: Context) -> Later | None:
    """Post what is due in one conversation: some messages, or after a failure one, so that it holds up no other."""
    now = work.source.seconds()
    most = AT_ONCE if job.attempts == 0 else 1
    due = await work.scheduled.list_due(job.organization, job.key, by=now, limit=most, characters=MOST_CHARACTERS)
    if due and job.attempts >= PATIENCE:
        await _put_off(work, due[0], f"it failed {job.attempts} times")
    else:
        await _post(work, context, due)
    next_time = await work.scheduled.next_time(job.organization, job.key)
    return None if next_time is None else Later(next_time * 1_000_000)


async def _post(work: Work, context: Context, due: list[ScheduledMessage]) -> None:
    """Post these messages, or drop those that may not be posted any more.

    Each is asked about before the first is posted: a parent is locked before the conversation's clock, and the newest of them
    first, as everybody does who locks several.
    """
    places: dict[str, tuple[Call, Seen]] = {}
    ready: dict[str, tuple[Seen, Author]] = {}
    for message in sorted(due, key=lambda message: message.thread_ts or 0, reverse=True):
        try:
            if message.token not in places:
                places[message.token] = await _place_of(work, context, message)
            call, conversation = places[message.token]
            await _ask(call, conversation, message)
        except Suspended as suspended:
            await _put_off(work, message, str(suspended))
        except EkmAccessDenied as refusal:
            await _put_off(work, message, refusal.code)
        except _NEVER as refusal:
            log.warning("scheduled message %s of %s is dropped: %s", message.id, message.conversation, refusal.code)
            await work.scheduled.remove(message)
        else:
            ready[message.id] = conversation, Author.of(call.actor, call.team)
    for message in due:
        if message.id in ready and await work.scheduled.remove(message):
            conversation, author = ready[message.id]
            await messages.post(work, conversation, await _draft(work, message), author=author)


async def _place_of(work: Work, context: Context, message: ScheduledMessage) -> tuple[Call, Seen]:
    """A call as its author would make it now, and the conversation as they see it, held.

    That the token has expired matters nothing: tokens are rotated.

    Raises:
        AccountInactive: the token was revoked, or its person, workspace or app is gone.
        ChannelNotFound: the author may not know of the conversation any more.
        EkmAccessDenied: the conversation's encryption key was withdrawn.
        Suspended: no call of theirs would be let in.
    """
    actor = await tokens.load_actor_by_id(work, message.person_organization, message.token)
    if actor is None or actor.gone:
        raise AccountInactive
    standing = actor.standings.get(message.team)
    if why := _suspension(actor, standing):
        raise Suspended(why)
    call = Call(work, actor, standing, context)
    return call, await conversations.see(call, message.conversation, Hold.STEADY)


def _suspension(actor: "Actor", standing: "Standing | None") -> str | None:
    """What keeps the author, or everybody, out for now: what the rooms before a method ask about."""
    if actor.maintenance:
        return "the organization is under maintenance"
    if actor.ekm_access_withdrawn or (standing is not None and standing.ekm_access_withdrawn):
        return "the encryption key was withdrawn"
    if standing is not None and standing.migration in ("started", "login_required"):
        return "the workspace is on its way into the organization"
    return "two-factor authentication has to be set up" if actor.two_factor_missing else None


async def _ask(call: Call, conversation: Seen, message: ScheduledMessage) -> None:
    """Ask whether a message may be posted, by the rules of any post; its parent is locked."""
    reply = message.thread_ts is not None
    await posting.require(call, conversation, reply=reply, broadcast=message.broadcast, public=True)
    if message.thread_ts is not None:
        await posting.parent_of(call, conversation, ts_text(message.thread_ts))


async def _draft(work: Work, message: ScheduledMessage) -> Draft:
    """What is posted. The parent is as the replies before this one left it."""
    parent = None
    if message.thread_ts is not None:
        parent = await work.messages.find(message.organization, message.conversation, message.thread_ts)
    return Draft(message.read(), parent, message.broadcast, metadata=message.metadata)


async def _put_off(work: Work, message: ScheduledMessage, why: str) -> None:
    """Keep a message for later, so that those after it are posted meanwhile."""
    log.warning("scheduled message %s of %s is put off: %s", message.id, message.conversation, why)
    await work.scheduled.put_off(message, work.source.seconds() + ASIDE)
