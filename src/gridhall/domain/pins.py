"""Messages that are pinned to their conversation."""

from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract.errors import AlreadyPinned, NoPin, NotPinnable, TooManyPins
from gridhall.domain.messages import WRITTEN

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.messages import Message
    from gridhall.domain.work import Work

MOST = 100
"""Pins of one conversation."""


class Pin(msgspec.Struct, gc=False):
    """Who pinned a message, and when in Unix seconds."""

    person: str
    pinned: int


class Pins(Protocol):
    """Storage of pins."""

    async def add(self, message: "Message", *, person: str, now: int) -> bool:
        """Note a pin; False where the message has one."""
        ...

    async def remove(self, message: "Message") -> bool:
        """Take a message's pin away; False where it had none."""
        ...

    async def count(self, organization: str, conversation: str) -> int: ...

    async def list(self, organization: str, conversation: str) -> list[tuple[Pin, "Message"]]:
        """The pins of a conversation with their messages, newest pin first; no reply whose parent is out of sight."""
        ...


async def add(work: "Work", message: "Message", *, actor: "Actor") -> None:
    """Pin a message, which was locked, to its conversation, which is held so that nobody else pins there meanwhile.

    Raises:
        NotPinnable: it is none that somebody wrote.
        AlreadyPinned: it is pinned.
        TooManyPins: the conversation has as many pins as can be.
    """
    assert actor.user is not None
    if message.subtype not in WRITTEN:
        raise NotPinnable
    if message.pinned:
        raise AlreadyPinned
    if await work.pins.count(message.organization, message.conversation) >= MOST:
        raise TooManyPins
    if not await work.pins.add(message, person=actor.user, now=work.source.seconds()):
        raise AlreadyPinned
    await _save(work, message, pinned=True)


async def remove(work: "Work", message: "Message") -> None:
    """Take the pin off a message, which was locked.

    Raises:
        NoPin: it is not pinned.
    """
    if not message.pinned or not await work.pins.remove(message):
        raise NoPin
    await _save(work, message, pinned=False)


async def _save(work: "Work", message: "Message", *, pinned: bool) -> None:
    await work.messages.save_summary(message, thread=message.thread, reactions=message.reactions, pinned=pinned)
