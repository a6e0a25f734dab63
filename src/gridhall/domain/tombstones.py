"""Tombstones: messages that were taken out of sight, and what everyone sees in their place.

The row of such a message holds only what is shown; what was there is kept in a table that no ordinary statement names, until it
is brought back, or purged. Nobody but an overseer touches it meanwhile.
"""

from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.contract.messages import Content
from gridhall.domain import streams
from gridhall.domain.messages import OUT_OF_SIGHT, Message
from gridhall.domain.reactions import GivenTo

if TYPE_CHECKING:
    from gridhall.domain.work import Work

DEFAULT_TEXT = "This message was removed."
"""What everyone sees where nobody chose other words."""

MOST_COVERS = 50
"""How many covers a tombstone remembers: the first, and the newest."""

_encode = msgspec.json.Encoder().encode


class Original(msgspec.Struct):
    """A message as it was when it was taken out of sight: what its row tells no more.

    Arguments:
        reactions: who gave which, and `told` what the message told of them.
    """

    content: Content
    reactions: list[GivenTo]
    told: msgspec.Raw | UnsetType = UNSET
    metadata: msgspec.Raw | UnsetType = UNSET


class Cover(msgspec.Struct):
    """What stood in a message's place from some moment on: when, in microseconds, who put it there, and its words."""

    at: int
    person: str
    text: str


class Tombstone(msgspec.Struct):
    """A message out of sight.

    Arguments:
        covers: what everyone saw in its place, oldest first; the last one is what they see now. Of more than `MOST_COVERS`
            those after the first are forgotten: all of them are written anew with each.
    """

    original: Original
    covers: list[Cover]


class Tombstones(Protocol):
    """Storage of tombstones. Each belongs to a message, which whoever comes here holds."""

    async def find(self, message: Message) -> Tombstone | None: ...

    async def save(self, message: Message, tombstone: Tombstone) -> None: ...

    async def remove(self, message: Message) -> None: ...


async def cover(work: "Work", message: Message, content: Content, *, by: str) -> Message:
    """Put something in the place of a message that is held, in sight or not; gives what everyone sees from now on.

    Arguments:
        content: its text, blocks and attachments; who wrote the message and where it stands stay.
        by: the id of who does it.
    """
    tombstone = await work.tombstones.find(message) if message.subtype == OUT_OF_SIGHT else None
    if tombstone is None:
        message = await streams.abandon(work, message)
        tombstone = Tombstone(await _original(work, message), [])
        await work.reactions.remove_all(message)
    tombstone.covers.append(Cover(work.source.micros(), by, content.text))
    del tombstone.covers[1 : 1 - MOST_COVERS]
    shown = covered(tombstone.original.content, content)
    changed = msgspec.structs.replace(
        message, subtype=OUT_OF_SIGHT, content=_encode(shown).decode(), reactions=None, metadata=None
    )
    await work.messages.replace(changed)
    await work.tombstones.save(changed, tombstone)
    return changed


async def uncover(work: "Work", message: Message) -> Message:
    """Bring a message back that is out of sight and held, exactly as it was; gives it. What others did to it meanwhile, such as
    a reply to its thread that was deleted, stays done.
    """
    tombstone = await work.tombstones.find(message)
    assert tombstone is not None
    original = tombstone.original
    await work.reactions.give_back(message, original.reactions)
    restored = msgspec.structs.replace(
        message,
        subtype=original.content.subtype or None,
        content=_encode(original.content).decode(),
        reactions=_text(original.told),
        metadata=_text(original.metadata),
    )
    await work.messages.replace(restored)
    await work.tombstones.remove(message)
    return restored


def covered(original: Content, shown: Content) -> Content:
    """A message as everyone sees it while it is out of sight: who wrote it and where it stood, but nothing of what it said."""
    return Content(
        subtype=OUT_OF_SIGHT,
        user=original.user,
        text=shown.text,
        ts=original.ts,
        team=original.team,
        app_id=original.app_id,
        bot_id=original.bot_id,
        username=original.username,
        icons=original.icons,
        thread_ts=original.thread_ts,
        parent_user_id=original.parent_user_id,
        blocks=shown.blocks,
        attachments=shown.attachments,
    )


async def _original(work: "Work", message: Message) -> Original:
    given = await work.reactions.list_on(message)
    return Original(message.read(), given, _raw(message.reactions), _raw(message.metadata))


def _raw(text: str | None) -> msgspec.Raw | UnsetType:
    return UNSET if text is None else msgspec.Raw(text.encode())


def _text(raw: msgspec.Raw | UnsetType) -> str | None:
    return None if raw is UNSET else bytes(raw).decode()
