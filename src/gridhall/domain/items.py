"""Items: the messages that callers name by their `ts`, in order to read, change, pin or answer them."""

from typing import TYPE_CHECKING

from gridhall.contract.errors import BadTimestamp, MessageNotFound, ThreadNotFound
from gridhall.contract.timestamps import find_ts
from gridhall.domain.messages import OUT_OF_SIGHT, Message, hidden_by_parent
from gridhall.domain.threads import TOMBSTONE, UNTHREADABLE

if TYPE_CHECKING:
    from gridhall.domain.call import Call
    from gridhall.domain.conversations import Conversation


async def look_up(call: "Call", conversation: "Conversation", ts: str, *, held: bool = False) -> Message | None:
    """What goes by a `ts`: a message, or what stands in the place of one that was deleted or taken out of sight.

    Arguments:
        held: whether nobody else changes it until the unit ends.
    """
    micros = find_ts(ts)
    if micros is None:
        return None
    look = call.work.messages.lock if held else call.work.messages.find
    return await look(conversation.organization, conversation.id, micros)


async def look_up_parent(call: "Call", conversation: "Conversation", ts: str, *, held: bool = False) -> Message | None:
    """The same; of a reply, the parent of its thread."""
    message = await look_up(call, conversation, ts, held=held)
    if message is None or message.thread_ts is None:
        return message
    look = call.work.messages.lock if held else call.work.messages.find
    return await look(conversation.organization, conversation.id, message.thread_ts)


async def find(call: "Call", conversation: "Conversation", ts: str, *, held: bool = False) -> Message:
    """The message that a caller names, or what stands in the place of one that was taken out of sight.

    Raises:
        MessageNotFound: there is no such message, or only what is left of one that was deleted, or it is out of sight with the
            thread that it is in.
    """
    message = await look_up(call, conversation, ts, held=held)
    if message is None or message.subtype == TOMBSTONE or await hidden_by_parent(call.work, message):
        raise MessageNotFound
    return message


async def find_in_sight(call: "Call", conversation: "Conversation", timestamp: str, *, held: bool = False) -> Message:
    """The message that a caller reacts to or pins.

    Raises:
        BadTimestamp: that is no timestamp.
        MessageNotFound: there is no such message, or not any more.
    """
    if find_ts(timestamp) is None:
        raise BadTimestamp
    message = await find(call, conversation, timestamp, held=held)
    if message.subtype == OUT_OF_SIGHT:
        raise MessageNotFound
    return message


async def find_parent(call: "Call", conversation: "Conversation", ts: str) -> Message:
    """The parent of the thread that a message is in, or the message itself where it has no replies.

    Raises:
        ThreadNotFound: there is no such message, or it is one that tells who came or went. Source: the reference page of
            conversations.replies.
    """
    parent = await look_up_parent(call, conversation, ts)
    if parent is None or parent.subtype in UNTHREADABLE:
        raise ThreadNotFound
    return parent
