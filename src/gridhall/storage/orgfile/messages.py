"""The rows that the messages of organization documents come to, as they would be had all of it been posted."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Table

from gridhall.contract.messages import Content, Edited, Reaction, Thread
from gridhall.contract.orgfile import EditEntry, MessageEntry, TombstoneEntry
from gridhall.contract.timestamps import ts_micros, ts_text
from gridhall.domain import metadata, threads
from gridhall.domain.messages import BOT_MESSAGE, BROADCAST, DELETED_TEXT, SLACKBOT, Author
from gridhall.domain.orgfile.index import Conversation, Index, Message
from gridhall.domain.reactions import GivenTo
from gridhall.domain.tombstones import Cover, Original, Tombstone, covered
from gridhall.storage import tables

T = TypeVar("T")
Row = tuple[Table, dict[str, Any]]


class Step(msgspec.Struct):
    """One edit of a message: when, in microseconds, by whom, and the wording before and after."""

    edited_ts: int
    person: str
    previous: str
    text: str


_encode = msgspec.json.Encoder().encode


def message_rows(index: Index) -> Iterator[Row]:
    """The rows of all messages."""
    by_conversation: dict[str, list[Message]] = {}
    for message in sorted(index.messages, key=lambda message: message.ts):
        by_conversation.setdefault(message.conversation.id, []).append(message)
    for messages in by_conversation.values():
        yield from _Told(index, messages[0].conversation, messages).rows()


class _Told:
    """The messages of one conversation, oldest first."""

    def __init__(self, index: Index, conversation: Conversation, messages: list[Message]) -> None:
        self._index = index
        self._conversation = conversation
        self._messages = {message.ts: message for message in messages}
        self._present = {(member.organization, member.user) for member in conversation.members if not member.entry.left}
        self._replies: dict[int, list[Message]] = {}
        for message in messages:
            if message.parent is not None:
                self._replies.setdefault(message.parent, []).append(message)
        self._answered = {ts for ts, replies in self._replies.items() if any(not reply.entry.deleted for reply in replies)}
        """The parents of replies that are there now."""

    def rows(self) -> Iterator[Row]:
        for message in self._messages.values():
            yield from self._message(message)
        for ts in self._replies:
            parent = self._messages.get(ts)
            if parent is None and ts in self._answered:
                # The documents do not have it: it stands as one that was deleted.
                yield self._placeholder(ts, self._conversation.organization, SLACKBOT)
            if ts in self._answered or (parent is not None and not parent.entry.deleted):
                yield from self._thread_members(ts)

    def _of(self, ts: int) -> dict[str, Any]:
        return {"organization": self._conversation.organization, "conversation": self._conversation.id, "ts": ts}

    def _message(self, message: Message) -> Iterator[Row]:
        entry, author, of = message.entry, message.author, self._of(message.ts)
        edits, reactions = _edits(entry), list(self._reactions(message))
        content = self._content(message)
        attached = None if entry.metadata is None else metadata.written(entry.metadata)
        if entry.tombstone:
            told = _summary(reactions)
            original = Original(content, reactions, *(UNSET if text is None else _as_is(text) for text in (told, attached)))
            yield tables.tombstones, of | {"content": _text(Tombstone(original, _covers(entry.tombstone)))}
            shown = Content(text=entry.tombstone.content, attachments=_raw(entry.tombstone.attachments))
            content, reactions, attached = covered(content, shown), [], None
        for position, edit in enumerate(edits):
            yield tables.message_edits, of | {"position": position} | msgspec.structs.asdict(edit)
        if entry.client_msg_id:
            # A client's id is its person's, in the organization that they are of.
            claim = {"organization": author.organization, "person": author.person, "client_msg_id": entry.client_msg_id}
            yield tables.client_messages, of | claim
        whole = of | {
            "person_organization": author.organization,
            "person": author.person,
            "app": _app_of_bot(author),
            "thread_ts": message.parent,
            "in_channel": message.parent is None or entry.subtype == BROADCAST,
            "subtype": content.subtype or None,
            "content": _text(content),
            "reactions": _summary(reactions),
            "metadata": attached,
        }
        if entry.deleted:
            ended = {"deleted_ts": ts_micros(entry.deleted.ts), "deleted_by": entry.deleted.user}
            yield tables.deleted_messages, whole | ended
            if message.ts in self._answered:
                yield self._placeholder(message.ts, author.organization, author.person, app=_app_of_bot(author))
            return
        yield tables.messages, whole | {"thread": self._thread(message.ts), "pinned": entry.pinned_by is not UNSET}
        for reaction in reactions:
            yield tables.reactions, of | msgspec.structs.asdict(reaction)
        if entry.pinned_by is not UNSET:
            # When is not told, but it was not before it was posted.
            yield tables.pins, of | {"person": entry.pinned_by, "pinned": message.ts // 1_000_000}

    def _reactions(self, message: Message) -> Iterator[GivenTo]:
        given = ((name, person) for name, people in message.entry.reactions.items() for person in people)
        for position, (name, person) in enumerate(given):
            # When is not told, but in which order.
            organization = self._index.organization_in(self._conversation, person)
            yield GivenTo(name, organization, person, message.ts + position)

    def _content(self, message: Message) -> Content:
        entry, author, edits = message.entry, message.author, _in_order(message.entry)
        if entry.subtype == threads.TOMBSTONE:
            return _placeholder(message.ts, entry.text or DELETED_TEXT)
        has_persona = entry.username is not UNSET or entry.icons is not UNSET
        content = Content(
            subtype=entry.subtype or (BOT_MESSAGE if has_persona else UNSET),
            user=UNSET if has_persona else author.person,
            text=edits[-1].text if edits else entry.text,
            ts=ts_text(message.ts),
            team=author.team,
            client_msg_id=entry.client_msg_id or UNSET,
            app_id=author.app or UNSET,
            bot_id=author.bot_id or UNSET,
            username=entry.username,
            icons=entry.icons,
            blocks=_raw(entry.blocks),
            attachments=_raw(entry.attachments),
            unfurl_links=UNSET if entry.unfurl_links else False,
            unfurl_media=UNSET if entry.unfurl_media else False,
            topic=_or_unset(entry.topic),
            purpose=_or_unset(entry.purpose),
            name=_or_unset(entry.name),
            old_name=_or_unset(entry.old_name),
            inviter=entry.inviter,
            streaming_state=entry.streaming_state,
        )
        marked = [edit for edit in edits if edit.marked]
        if marked:
            content.edited = Edited(user=marked[-1].user, ts=ts_text(ts_micros(marked[-1].ts)))
        if message.parent is not None:
            parent = self._messages.get(message.parent)
            content.thread_ts = ts_text(message.parent)
            content.parent_user_id = parent.author.person if parent else SLACKBOT
        return content

    def _placeholder(self, ts: int, organization: str, person: str, *, app: str | None = None) -> Row:
        """What stands in the place of a parent that was deleted, because of its replies."""
        return (
            tables.messages,
            self._of(ts)
            | {
                "person_organization": organization,
                "person": person,
                "app": app,
                "thread_ts": None,
                "in_channel": True,
                "subtype": threads.TOMBSTONE,
                "content": _text(_placeholder(ts, DELETED_TEXT)),
                "thread": self._thread(ts),
                "reactions": None,
                "pinned": False,
                "metadata": None,
            },
        )

    def _thread(self, ts: int) -> str | None:
        """What a parent tells of its thread, and goes on telling when the last reply is gone."""
        if ts not in self._replies:
            return None
        replies = [reply for reply in self._replies[ts] if not reply.entry.deleted]
        people = [person for (_, person), part in self._parts(ts).items() if part["replies"]]
        return threads.summary(
            Thread(
                reply_count=len(replies),
                reply_users_count=len(people),
                latest_reply=ts_text(replies[-1].ts) if replies else UNSET,
                reply_users=people[: threads.MOST_SHOWN],
            )
        )

    def _parts(self, ts: int) -> dict[tuple[str, str], dict[str, int]]:
        """What those who ever replied did, the first of them first."""
        parts: dict[tuple[str, str], dict[str, int]] = {}
        for reply in self._replies[ts]:
            who = reply.author.organization, reply.author.person
            part = parts.setdefault(who, {"replies": 0, "first_reply": reply.ts})
            part["replies"] += not reply.entry.deleted
            part["last_read"] = reply.ts
        return parts

    def _thread_members(self, ts: int) -> Iterator[Row]:
        """Who follows a thread: whoever replied, and those present who wrote the parent or are mentioned in a reply."""
        parts, replies = self._parts(ts), self._replies[ts]
        concerned = [(reply.author.organization, person) for reply in replies for person in threads.mentioned(reply.entry.text)]
        if ts in self._messages:
            author = self._messages[ts].author
            concerned.append((author.organization, author.person))
        for who in concerned:
            if who in self._present:
                parts.setdefault(who, {"replies": 0, "first_reply": 0, "last_read": 0})
        of = {"organization": self._conversation.organization, "conversation": self._conversation.id, "thread_ts": ts}
        for (organization, person), part in parts.items():
            yield (
                tables.thread_members,
                {**of, "person_organization": organization, "person": person, "subscribed": True, **part},
            )


def _app_of_bot(author: Author) -> str | None:
    """The app whose bot the message tells, also where a person posted through it."""
    return author.app if author.bot_id is not None else None


def _raw(objects: list[dict[str, Any]] | None) -> msgspec.Raw | UnsetType:
    return UNSET if objects is None else msgspec.Raw(msgspec.json.encode(objects))


def _as_is(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def _or_unset(value: T | None) -> T | UnsetType:
    return UNSET if value is None else value


def _in_order(entry: MessageEntry) -> list[EditEntry]:
    return sorted(entry.edits, key=lambda edit: ts_micros(edit.ts))


def _edits(entry: MessageEntry) -> list[Step]:
    steps, text = [], entry.text
    for edit in _in_order(entry):
        steps.append(Step(ts_micros(edit.ts), edit.user, text, edit.text))
        text = edit.text
    return steps


def _covers(entry: TombstoneEntry) -> list[Cover]:
    began = [(entry.ts, entry.user), *((replaced.ts, replaced.user) for replaced in entry.before)]
    words = [*(replaced.content for replaced in entry.before), entry.content]
    return [Cover(ts_micros(ts), user, text) for (ts, user), text in zip(began, words, strict=True)]


def _placeholder(ts: int, text: str) -> Content:
    return Content(subtype=threads.TOMBSTONE, user=SLACKBOT, text=text, ts=ts_text(ts), hidden=True)


def _summary(reactions: Iterable[GivenTo]) -> str | None:
    """A message's reactions as it tells of them, first come first."""
    users: dict[str, list[str]] = {}
    for reaction in reactions:
        users.setdefault(reaction.name, []).append(reaction.person)
    told = [Reaction(name=name, users=people, count=len(people)) for name, people in users.items()]
    return _text(told) if told else None


def _text(value: object) -> str:
    return _encode(value).decode()
