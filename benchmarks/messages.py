"""Channels with a history of any length, written in bulk as posting would have left it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET
from sqlalchemy import Table, bindparam, insert

from gridhall.contract.messages import Content, Reaction, Thread
from gridhall.contract.timestamps import ts_text
from gridhall.domain import rich_text, threads
from gridhall.domain.messages import Message
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.work import Work
from gridhall.storage.engines import AnyStorage
from gridhall.storage.statement import Statement
from gridhall.storage.tables import reactions, thread_members
from gridhall.storage.work import SqlWork

TEXT = "The quarterly numbers are in: have a look before noon and tell me by mail what still does not add up"
"""A plain text of a hundred characters."""

assert len(TEXT) == 100

BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Order 4711* waits for somebody to approve it"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": "Approve"},
                "style": "primary",
                "action_id": "approve",
                "value": "4711",
            },
            {"type": "button", "text": {"type": "plain_text", "text": "Refuse"}, "action_id": "refuse", "value": "4711"},
        ],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "sent by the warehouse, <https://warehouse.example/4711>"}]},
]
"""What bots often post: what it is about, what can be done, and a remark."""

CYCLE = 20
"""Messages after which a history repeats: one with a thread, its two replies, one with reactions, two of a bot, plain ones."""

IN_CHANNEL = 18
"""Messages of a cycle that the channel shows."""

_PARENT, _REPLIES, _REACTED, _OF_BOT = 0, (1, 2), 5, (9, 16)

_BLOCKS_OF_TEXT = rich_text.of(TEXT, Source(SystemClock()))

_BEGAN = 1_500_000_000_000_000
_APART = 20_000_000
_AT_ONCE = 20_000


class Channel(NamedTuple):
    """A channel and how many messages it has. `plain` leaves out threads, reactions and bots."""

    id: str
    length: int
    plain: bool = False


class Bot(NamedTuple):
    """A bot: its app's id, the id that it posts as, and its own."""

    app: str
    user: str
    id: str


def moment(number: int) -> int:
    """The `ts` of a channel's message of this number, in microseconds; the first has number 0."""
    return _BEGAN + number * _APART + number * 7919 % 1_000_000


async def fill(storage: AnyStorage, channel: Channel, organization: str, team: str, *, authors: list[str], bot: Bot) -> None:
    """Give a channel its messages. They tell this workspace as `team`."""
    history = _History(channel, organization, team, authors, bot)
    for first in range(0, channel.length, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, channel.length))

        async def unit(work: Work, numbers: range = numbers) -> None:
            assert isinstance(work, SqlWork)
            await work.messages.add_all([history.message(number) for number in numbers])
            await work.connection.many(_insert(reactions), list(history.reactions(numbers)))
            await work.connection.many(_insert(thread_members), list(history.thread_members(numbers)))
            await work.messages.next_ts(organization, channel.id, moment(numbers[-1]))

        await storage.write(unit)


def _insert(table: Table) -> Statement[Any]:
    return Statement(insert(table).values({column.name: bindparam(column.name) for column in table.c}), tuple)


class _History:
    """What a channel's messages are, by their numbers."""

    def __init__(self, channel: Channel, organization: str, team: str, authors: list[str], bot: Bot) -> None:
        self._channel = channel
        self._organization = organization
        self._team = team
        self._authors = authors
        self._bot = bot

    def _kind(self, number: int) -> int:
        """Where a message stands in its cycle; -1 for the plain ones of a plain channel."""
        return -1 if self._channel.plain else number % CYCLE

    def message(self, number: int) -> Message:
        kind = self._kind(number)
        by_bot, parent = kind in _OF_BOT, number - kind if kind in _REPLIES else None
        ts, author = moment(number), self._author(number)
        content = Content(
            user=author,
            text=TEXT,
            blocks=_BLOCKS_OF_TEXT,
            ts=ts_text(ts),
            team=self._team,
            app_id=self._bot.app,
            bot_id=self._bot.id if by_bot else UNSET,
        )
        if parent is not None:
            content.thread_ts = ts_text(moment(parent))
            content.parent_user_id = self._author(parent)
        return Message(
            organization=self._organization,
            conversation=self._channel.id,
            ts=ts,
            person_organization=self._organization,
            person=author,
            app=self._bot.app if by_bot else None,
            thread_ts=moment(parent) if parent is not None else None,
            in_channel=parent is None,
            subtype=None,
            content=msgspec.json.encode(content).decode(),
            thread=self._thread(number) if kind == _PARENT else None,
            reactions=self._reactions_part(number) if kind == _REACTED else None,
            pinned=False,
            metadata=None,
        )

    def _author(self, number: int) -> str:
        return self._bot.user if self._kind(number) in _OF_BOT else self._authors[number * 7 % len(self._authors)]

    def _thread(self, parent: int) -> str:
        people = list(dict.fromkeys(self._author(parent + reply) for reply in _REPLIES))
        return threads.summary(
            Thread(
                reply_count=len(_REPLIES),
                reply_users_count=len(people),
                latest_reply=ts_text(moment(parent + _REPLIES[-1])),
                reply_users=people,
            )
        )

    def _reactions_part(self, number: int) -> str:
        given = [Reaction(name=name, users=people, count=len(people)) for name, people in self._given(number).items()]
        return msgspec.json.encode(given).decode()

    def _given(self, number: int) -> dict[str, list[str]]:
        """Who reacted to a message, by the emoji's name."""
        return {"thumbsup": self._authors[:3], "eyes": [self._authors[number % len(self._authors)]]}

    def reactions(self, numbers: range) -> Iterator[dict[str, Any]]:
        """The rows of the reactions to these messages."""
        for number in numbers:
            if self._kind(number) == _REACTED:
                for name, people in self._given(number).items():
                    for position, person in enumerate(people):
                        yield self._of(number) | self._person(person) | {"name": name, "reacted": moment(number) + position}

    def thread_members(self, numbers: range) -> Iterator[dict[str, Any]]:
        """The rows of those who take part in these messages' threads."""
        for number in numbers:
            if self._kind(number) != _PARENT:
                continue
            parts: dict[str, tuple[int, int, int]] = {self._author(number): (0, 0, 0)}
            for reply in _REPLIES:
                person, ts = self._author(number + reply), moment(number + reply)
                replies, first, _ = parts.get(person, (0, 0, 0))
                parts[person] = replies + 1, first or ts, ts
            for person, (replies, first, last) in parts.items():
                row = self._of(number) | self._person(person)
                row["thread_ts"] = row.pop("ts")
                yield row | {"replies": replies, "first_reply": first, "subscribed": True, "last_read": last}

    def _of(self, number: int) -> dict[str, Any]:
        return {"organization": self._organization, "conversation": self._channel.id, "ts": moment(number)}

    def _person(self, person: str) -> dict[str, Any]:
        return {"person_organization": self._organization, "person": person}
