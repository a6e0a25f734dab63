"""Messages: how they are posted, changed and taken away."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec import UNSET

from gridhall.contract.errors import DuplicateChannelNotFound, DuplicateMessageNotFound
from gridhall.contract.messages import Content, Edited
from gridhall.contract.timestamps import ts_text
from gridhall.domain import threads
from gridhall.domain.conversations import Conversation
from gridhall.domain.personas import Persona

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.work import Work

BROADCAST, ME, BOT_MESSAGE = "thread_broadcast", "me_message", "bot_message"

SYSTEM = frozenset(
    {
        *(
            f"{kind}_{what}"
            for kind in ("channel", "group")
            for what in ("join", "leave", "topic", "purpose", "name", "archive", "unarchive")
        ),
        "channel_convert_to_private",
        "channel_convert_to_public",
        "channel_posting_permissions",
        "pinned_item",
        "unpinned_item",
        "reminder_add",
    }
)
"""Kinds of messages in which a conversation tells what was done to it: nobody needs to read them."""

WRITTEN = frozenset({None, BROADCAST, ME, BOT_MESSAGE, "file_share"})
"""Kinds of messages that somebody wrote: what is changed and pinned. What a conversation tells of itself is neither."""

OUT_OF_SIGHT = "dlp_tombstone"
"""The kind of what stands in the place of a message that was taken out of sight; what was there is kept."""

DELETED_TEXT = "This message was deleted."
SLACKBOT = "USLACKBOT"
"""Who stands as the author of what the platform itself says. No account has this id."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Content).decode


class Message(msgspec.Struct, gc=False):
    """A message as it is stored; times are microseconds.

    `content` is the JSON of a `contract.messages.Content`; `thread` and `reactions`, None where there are none, are the ready
    JSON of its thread's summary (without the braces) and of its list of reactions; `metadata` is the JSON of a
    `contract.messages.Metadata`, None where its app attached nothing. `thread_ts` is the parent's, None for what
    is no reply; `in_channel` is false for replies that only the thread shows; `app` is the one whose bot posted it, None for a
    person's.
    """

    organization: str
    conversation: str
    ts: int
    person_organization: str
    person: str
    app: str | None
    thread_ts: int | None
    in_channel: bool
    subtype: str | None
    content: str
    thread: str | None
    reactions: str | None
    pinned: bool
    metadata: str | None

    def read(self) -> Content:
        """The content, to look into or to change."""
        return _decode(self.content)

    @property
    def visible_thread(self) -> str | None:
        """What the message tells of its thread, which is out of sight with it."""
        return self.thread if self.subtype != OUT_OF_SIGHT else None

    @property
    def team(self) -> str:
        """The workspace or organization that the message tells.

        Found in the JSON as it stands, which costs a tenth of decoding it: no text holds `"team":"`, since quotes inside one
        are escaped, and `Content` has the team before anything that others made up.
        """
        return self.content.partition('"team":"')[2].partition('"')[0]


class Page(list[Message]):
    """Messages of one conversation that were read together.

    An engine that remembers gives the same page again as long as nobody changed any of it, so that what was made of it once
    serves again: `ready` is where `reading` keeps that. `bots` are those that the messages tell, by app and workspace, None
    where a broadcast reply tells of a message that is not on the page; `threads` is whether any has replies, `metadata` whether
    any has some; `size` is how many characters there are of both contents and metadata, `weight` about how many bytes all of it
    takes.
    """

    __slots__ = ("bots", "metadata", "ready", "size", "threads", "weight")

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        super().__init__(messages)
        self.size = 0
        self.threads = self.metadata = broadcast = False
        bots: dict[tuple[str, str], None] = {}
        for message in self:
            self.size += len(message.content)
            if message.app is not None:
                bots[message.app, message.team] = None
            if message.thread is not None:
                self.threads = True
            if message.metadata is not None:
                self.metadata = True
                self.size += len(message.metadata)
            if message.subtype == BROADCAST:
                broadcast = True
        self.bots = None if broadcast else tuple(bots)
        # The rows, and what `reading` makes of them.
        self.weight = 1000 * (1 + len(self)) + 3 * self.size
        self.ready: dict[Hashable, Any] = {}


LARGEST_PAGE = 4_000_000
"""Characters of contents and metadata after which a page ends, whatever its limit: one answer must not take all memory."""


class Weighed(Protocol):
    """What takes space in an answer."""

    @property
    def content(self) -> str: ...
    @property
    def metadata(self) -> str | None: ...


def size_of(messages: Iterable[Weighed]) -> int:
    """Characters of contents and metadata."""
    return sum([len(message.content) + len(message.metadata or "") for message in messages])


def fitting(messages: Sequence[Weighed], limit: int) -> int:
    """How many of the first messages make a page: up to this many, fewer where they are huge, and one at the least."""
    size = 0
    for number, message in enumerate(messages[:limit]):
        size += len(message.content) + len(message.metadata or "")
        if size > LARGEST_PAGE and number:
            return number
    return limit


class Messages(Protocol):
    """Storage of messages. A conversation is named by its host organization and its id."""

    async def next_ts(self, organization: str, conversation: str, now: int, *, count: int = 1) -> int:
        """The `ts` of the next message: now, or just after the last one. Nobody else gets one until this unit ends.

        Arguments:
            count: how many messages there will be; the others follow microsecond by microsecond.
        """
        ...

    async def find(self, organization: str, conversation: str, ts: int) -> Message | None: ...

    async def lock(self, organization: str, conversation: str, ts: int) -> Message | None:
        """The message, held so that nobody else changes it until this unit ends."""
        ...

    async def add(self, message: Message) -> None: ...

    async def add_all(self, messages: list[Message]) -> None: ...

    async def save_content(self, message: Message, content: str) -> None: ...

    async def save_metadata(self, message: Message, metadata: str | None) -> None: ...

    async def save_summary(self, message: Message, *, thread: str | None, reactions: str | None, pinned: bool) -> None:
        """Store what others did to a message: its thread's summary, its reactions, whether it is pinned."""
        ...

    async def replace(self, message: Message) -> None:
        """Store a message anew, everything but who wrote it and when."""
        ...

    async def remove(self, message: Message) -> None: ...

    async def keep_deleted(self, message: Message, *, deleted_ts: int, deleted_by: str) -> None:
        """Keep a message as it was when it was deleted, where retention says so."""
        ...

    async def add_edit(self, message: Message, *, edited_ts: int, person: str, previous: str, text: str) -> None:
        """Keep one step of a message's story, where retention says so."""
        ...

    async def forget_edits(self, message: Message) -> None: ...

    async def claim_client_id(self, organization: str, person: str, client_msg_id: str, conversation: str, ts: int) -> bool:
        """Note what a client's own id stands for; False where it stands for a message already."""
        ...

    async def find_client_id(self, organization: str, person: str, client_msg_id: str) -> tuple[str, int] | None:
        """The conversation and the `ts` that a client's own id stands for."""
        ...

    async def list_channel(self, organization: str, conversation: str, *, oldest: int, latest: int, limit: int) -> Page:
        """What a channel shows between two moments, both included, newest first; no reply whose parent is out of sight."""
        ...

    async def list_replies(
        self, organization: str, conversation: str, thread_ts: int, *, oldest: int, latest: int, limit: int
    ) -> list[Message]:
        """The replies of a thread between two moments, both included, oldest first."""
        ...

    async def find_latest(self, organization: str, conversation: str) -> Message | None:
        """The newest message that the channel shows, placeholders left out, and replies whose parent is out of sight."""
        ...

    async def count_unread(
        self, organization: str, conversation: str, *, after: int, reader: str, most: int
    ) -> tuple[int, int]:
        """How many newer messages of the channel are unread: those of others, with and without what the conversation tells.

        What it tells of the reader counts as well. Source: the example of the reference page of conversations.setTopic. What is
        out of sight with its thread does not.

        Arguments:
            most: how many of the newest messages are looked at.
        """
        ...

    async def count_replies(self, organization: str, conversation: str, thread_ts: int, *, after: int, most: int) -> int:
        """How many replies of a thread are newer; counting ends at `most`."""
        ...


class Author(msgspec.Struct, frozen=True):
    """Who posts: the person or bot, the app through which and its bot, and the workspace or organization told as `team`."""

    organization: str
    person: str
    team: str
    app: str | None = None
    bot_id: str | None = None

    @classmethod
    def of(cls, actor: "Actor", team: str | None) -> "Author":
        """The caller; `team` is the workspace that is meant."""
        assert actor.user is not None
        return cls(actor.organization, actor.user, team or actor.organization, actor.app, actor.app_bot_id)


class Draft(msgspec.Struct, frozen=True):
    """What is to be posted.

    Arguments:
        content: a `Content` whose `ts` is not known yet; author and thread are filled in.
        parent: the message that it replies to.
        broadcast: whether a reply is shown in the channel as well.
        client_msg_id: with which a repetition posts nothing.
        metadata: what its app attaches to it, as JSON.
        persona: under which it is shown instead of the author.
    """

    content: Content
    parent: Message | None = None
    broadcast: bool = False
    client_msg_id: str | None = None
    metadata: str | None = None
    persona: Persona | None = None


async def post(work: "Work", conversation: Conversation, draft: Draft, *, author: Author) -> Message:
    """Post a message; gives the one that the client's own id stands for already, where it does.

    Whether the author may is asked before: see `posting`.

    Raises:
        DuplicateChannelNotFound: the client's id stands for a message of another conversation.
        DuplicateMessageNotFound: … for a message that was deleted, or that is out of sight with its thread.
    """
    organization, id = conversation.organization, conversation.id
    ts = await work.messages.next_ts(organization, id, work.source.micros())
    if draft.client_msg_id is not None:
        claimed = await work.messages.claim_client_id(author.organization, author.person, draft.client_msg_id, id, ts)
        if not claimed:
            return await _posted_before(work, conversation, author, draft.client_msg_id)
    message = compose(conversation, draft, author, ts)
    await work.messages.add(message)
    if draft.parent is not None:
        await threads.note_reply(work, draft.parent, message, text=draft.content.text)
    if conversation.is_direct:
        await work.members.open_for_all(conversation)
    return message


def compose(conversation: Conversation, draft: Draft, author: Author, ts: int) -> Message:
    """The message that a draft becomes at its time. The draft's content is filled in."""
    parent, content = draft.parent, draft.content
    content.ts = ts_text(ts)
    if draft.persona is None:
        content.user = author.person
    else:
        _appear(content, draft.persona)
    content.team = author.team
    content.client_msg_id = draft.client_msg_id or UNSET
    content.app_id = author.app or UNSET
    content.bot_id = author.bot_id or UNSET
    if parent is not None:
        content.thread_ts = ts_text(parent.ts)
        content.parent_user_id = parent.person
        if draft.broadcast:
            content.subtype = BROADCAST
    return Message(
        organization=conversation.organization,
        conversation=conversation.id,
        ts=ts,
        person_organization=author.organization,
        person=author.person,
        app=author.app if author.bot_id is not None else None,
        thread_ts=parent.ts if parent is not None else None,
        in_channel=parent is None or draft.broadcast,
        subtype=content.subtype or None,
        content=_encode(content).decode(),
        thread=None,
        reactions=None,
        pinned=False,
        metadata=draft.metadata,
    )


def _appear(content: Content, persona: Persona) -> None:
    """Have a message tell of a persona instead of its author."""
    content.subtype = BOT_MESSAGE
    content.username = persona.username or UNSET
    content.icons = persona.icons or UNSET


async def _posted_before(work: "Work", conversation: Conversation, author: Author, client_msg_id: str) -> Message:
    before = await work.messages.find_client_id(author.organization, author.person, client_msg_id)
    assert before is not None
    other, ts = before
    if other != conversation.id:
        raise DuplicateChannelNotFound
    message = await work.messages.find(conversation.organization, conversation.id, ts)
    if message is None or message.subtype == threads.TOMBSTONE or await hidden_by_parent(work, message):
        raise DuplicateMessageNotFound
    return message


async def hidden_by_parent(work: "Work", message: Message) -> bool:
    """Whether a message is a reply whose parent is out of sight, and the whole thread with it. Nothing is looked up for others.

    Lists leave such replies out by themselves: see `storage.messages.in_sight`.
    """
    if message.thread_ts is None:
        return False
    parent = await work.messages.find(message.organization, message.conversation, message.thread_ts)
    return parent is not None and parent.subtype == OUT_OF_SIGHT


async def tell(work: "Work", conversation: Conversation, content: Content, *, author: Author) -> Message:
    """Post a message in which the conversation tells what was done to it: `content` carries the subtype."""
    return await post(work, conversation, Draft(content), author=Author(author.organization, author.person, author.team))


async def tell_all(work: "Work", conversation: Conversation, contents: list[tuple[Content, Author]]) -> None:
    """Post several of them at once, each with whom it tells of as its author."""
    if len(contents) == 1:
        await tell(work, conversation, contents[0][0], author=contents[0][1])
        return
    first = await work.messages.next_ts(conversation.organization, conversation.id, work.source.micros(), count=len(contents))
    await work.messages.add_all(
        [compose(conversation, Draft(content), author, first + at) for at, (content, author) in enumerate(contents)]
    )


async def edit(
    work: "Work", conversation: Conversation, message: Message, content: Content, *, editor: str, marked: bool = True
) -> Message:
    """Give a message new content, and keep its story where retention keeps edits. The message was locked.

    Arguments:
        content: the new content, made from `message.read()`.
        editor: the id of who changed it.
        marked: whether the message tells from now on that it was changed.
    """
    now = work.source.seconds() * 1_000_000
    previous = message.read().text
    if marked:
        content.edited = Edited(user=editor, ts=ts_text(now))
    changed = msgspec.structs.replace(message, content=_encode(content).decode())
    await work.messages.save_content(changed, changed.content)
    if (await _kept(work, conversation))[0]:
        await work.messages.add_edit(message, edited_ts=now, person=editor, previous=previous, text=content.text)
    return changed


async def attach(work: "Work", message: Message, metadata: str | None) -> Message:
    """Attach other metadata to a message, None for none any more. It says what it said: that is no edit. It was locked."""
    await work.messages.save_metadata(message, metadata)
    return msgspec.structs.replace(message, metadata=metadata)


async def broadcast(work: "Work", reply: Message) -> Message:
    """Have the channel show a reply as well, from now on. The reply was locked."""
    content = reply.read()
    content.subtype = BROADCAST
    shown = msgspec.structs.replace(reply, subtype=BROADCAST, in_channel=True, content=_encode(content).decode())
    await work.messages.replace(shown)
    return shown


async def delete(work: "Work", conversation: Conversation, message: Message, *, by: str) -> None:
    """Delete a message, and keep of it what retention says: see `take_away`. The message was locked.

    Arguments:
        by: the id of who deletes it.
    """
    keeps_edits, keeps = await _kept(work, conversation)
    if keeps:
        await work.messages.keep_deleted(message, deleted_ts=work.source.micros(), deleted_by=by)
    if not (keeps and keeps_edits):
        await work.messages.forget_edits(message)
    await take_away(work, message)


async def take_away(work: "Work", message: Message) -> None:
    """Take a message's row away, and what others did to it. A parent whose thread has replies leaves a placeholder behind.

    The message was locked. What is kept of it beside the row stays.
    """
    await work.reactions.remove_all(message)
    await work.pins.remove(message)
    if threads.has_replies(message):
        await leave_placeholder(work, message)
        return
    await work.messages.remove(message)
    if message.thread_ts is not None:
        await threads.note_removal(work, message)
    else:
        await work.threads.remove_all(message)


async def leave_placeholder(work: "Work", message: Message) -> Message:
    """Put a placeholder in the place of a message that has replies; gives it. The message was locked."""
    content = Content(subtype=threads.TOMBSTONE, user=SLACKBOT, text=DELETED_TEXT, ts=ts_text(message.ts), hidden=True)
    placeholder = msgspec.structs.replace(
        message,
        subtype=threads.TOMBSTONE,
        content=_encode(content).decode(),
        reactions=None,
        pinned=False,
        metadata=None,
    )
    await work.messages.replace(placeholder)
    return placeholder


def client_ids(kept: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The clients' own ids that messages have, each behind its author's organization and id.

    Arguments:
        kept: organization and id of each message's author, and its content.
    """
    found = ((organization, person, _decode(content).client_msg_id) for organization, person, content in kept)
    return [(organization, person, id) for organization, person, id in found if id is not UNSET]


async def _kept(work: "Work", conversation: Conversation) -> tuple[bool, bool]:
    """Whether the retention in force keeps edits, and deleted messages."""
    organization = await work.organizations.find(conversation.organization)
    assert organization is not None
    return organization.keep_edits, organization.keep_deletes
