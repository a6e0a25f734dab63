"""Conversations and messages in the shape that methods read them in.

Until now a message was kept in columns, with the wording that it began with. From now on its JSON is kept ready, with the
wording that it has now, and what others did to it beside. Nothing that was stored is lost: what was deleted moves to a table of
its own, and what stood in a reply's or a reaction's row is counted once, here.

A migration is written for the tables of its day and imports nothing of the program, which goes on changing.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Identifiers compare byte by byte on both engines.
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

BROADCAST, TOMBSTONE = "thread_broadcast", "tombstone"
PLATFORM = "USLACKBOT"
DELETED_TEXT = "This message was deleted."
MOST_SHOWN = 5
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
"""Kinds of messages in which a conversation tells what was done to it: they tell of no app, whoever they are about."""

BATCH = 2000
"""Rows that are written at once."""

CHANGED = ("conversations", "shares", "members", "messages", "message_edits", "reactions", "tombstones")
"""Tables that get another shape. What they held is read under another name and dropped at the end."""


def upgrade() -> None:
    for index, table in (
        ("connections_by_other", "connections"),
        ("conversations_by_id", "conversations"),
        ("members_by_person", "members"),
    ):
        op.drop_index(index, table_name=table)
    for table in CHANGED:
        op.rename_table(table, _old(table))
        if op.get_bind().dialect.name == "postgresql":
            # The name of a key is its table's alone on SQLite, and the whole schema's here.
            op.execute(f"ALTER INDEX {table}_pkey RENAME TO {_old(table)}_pkey")
    tables = {table.name: table for table in (*_conversation_tables(), *_message_tables())}
    _carry(op.get_bind(), tables)
    # Any word could stand there, and of one that is not known it was always only admins who may.
    op.execute(
        "UPDATE workspaces SET who_can_post_general = 'admins'"
        " WHERE who_can_post_general NOT IN ('everyone', 'regular', 'admins', 'owners')"
    )
    for table in CHANGED:
        op.drop_table(_old(table))
    _indexes()


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")


def _old(table: str) -> str:
    """What a table is called while it is being read."""
    return f"{table}_0001"


# The tables.


def _conversation_tables() -> Iterator[sa.Table]:
    yield op.create_table(
        "conversations",
        sa.Column("organization", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("workspace", ID, nullable=True),
        sa.Column("creator", ID, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("general", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=False),
        sa.Column("org_wide", sa.Boolean(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("topic_creator", ID, nullable=False),
        sa.Column("topic_set", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("purpose_creator", ID, nullable=False),
        sa.Column("purpose_set", sa.BigInteger(), nullable=False),
        sa.Column("previous_names", sa.Text(), nullable=False),
        sa.Column("posting", sa.Text(), nullable=False),
        sa.Column("threads", sa.Text(), nullable=False),
        sa.Column("retention_days", sa.BigInteger(), nullable=False),
        sa.Column("ekm_access_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("num_members", sa.BigInteger(), nullable=False),
        sa.Column("people_key", ID, nullable=True),
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("conversations_pkey")),
    )
    yield op.create_table(
        "conversation_clocks",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("last_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", name=op.f("conversation_clocks_pkey")),
    )
    yield op.create_table(
        "shares",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "workspace", name=op.f("shares_pkey")),
    )
    yield op.create_table(
        "members",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("person_organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("joined", sa.BigInteger(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.Column("last_read", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "person_organization", "person", name=op.f("members_pkey")),
    )


def _message_tables() -> Iterator[sa.Table]:
    yield op.create_table(
        "messages",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("person_organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("app", ID, nullable=True),
        sa.Column("thread_ts", sa.BigInteger(), nullable=True),
        sa.Column("in_channel", sa.Boolean(), nullable=False),
        sa.Column("subtype", ID, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("reactions", sa.Text(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", name=op.f("messages_pkey")),
    )
    yield op.create_table(
        "client_messages",
        sa.Column("organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("client_msg_id", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "person", "client_msg_id", name=op.f("client_messages_pkey")),
    )
    yield op.create_table(
        "message_edits",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("edited_ts", sa.BigInteger(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", "position", name=op.f("message_edits_pkey")),
    )
    yield op.create_table(
        "deleted_messages",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("person_organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("app", ID, nullable=True),
        sa.Column("thread_ts", sa.BigInteger(), nullable=True),
        sa.Column("in_channel", sa.Boolean(), nullable=False),
        sa.Column("subtype", ID, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reactions", sa.Text(), nullable=True),
        sa.Column("deleted_ts", sa.BigInteger(), nullable=False),
        sa.Column("deleted_by", ID, nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", name=op.f("deleted_messages_pkey")),
    )
    yield op.create_table(
        "thread_members",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("thread_ts", sa.BigInteger(), nullable=False),
        sa.Column("person_organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("replies", sa.BigInteger(), nullable=False),
        sa.Column("first_reply", sa.BigInteger(), nullable=False),
        sa.Column("subscribed", sa.Boolean(), nullable=False),
        sa.Column("last_read", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization", "conversation", "thread_ts", "person_organization", "person", name=op.f("thread_members_pkey")
        ),
    )
    yield op.create_table(
        "reactions",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.Column("person_organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("reacted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization", "conversation", "ts", "name", "person_organization", "person", name=op.f("reactions_pkey")
        ),
    )
    yield op.create_table(
        "pins",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("pinned", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", name=op.f("pins_pkey")),
    )
    yield op.create_table(
        "tombstones",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("tombstoned_ts", sa.BigInteger(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", name=op.f("tombstones_pkey")),
    )


def _indexes() -> None:
    """After the rows: filling an index at once costs less than keeping it up row by row."""
    op.create_index("conversations_by_id", "conversations", ["id"], unique=True)
    op.create_index("conversations_by_people_key", "conversations", ["organization", "people_key"], unique=True)
    op.create_index("shares_by_name", "shares", ["organization", "workspace", "name"], unique=True)
    op.create_index("shares_by_workspace", "shares", ["organization", "workspace", "conversation"], unique=False)
    op.create_index("connections_by_other", "connections", ["other_organization", "workspace", "conversation"], unique=False)
    op.create_index("members_by_person", "members", ["person_organization", "person", "conversation"], unique=False)
    org_wide: Any = sa.column("org_wide", sa.Boolean())
    in_channel: Any = sa.column("in_channel", sa.Boolean())
    if op.get_bind().dialect.name == "sqlite":
        # As its statements say it: an index serves only those whose text says the same.
        org_wide, in_channel = sa.text("org_wide = 1"), sa.text("in_channel = 1")
    in_thread: Any = sa.column("thread_ts").is_not(None)
    for name, table, columns, where in (
        ("conversations_org_wide", "conversations", ["organization", "id"], org_wide),
        ("messages_in_channel", "messages", ["organization", "conversation", "ts"], in_channel),
        ("messages_in_thread", "messages", ["organization", "conversation", "thread_ts", "ts"], in_thread),
    ):
        op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
    op.create_index("reactions_by_person", "reactions", ["person_organization", "person", "reacted"], unique=False)


# What they held.


class _Conversation(NamedTuple):
    """Where a message stands: its conversation, the workspaces it is in, the strangers' organizations that share it."""

    organization: str
    id: str
    teams: list[str]
    strangers: list[str]
    present: frozenset[tuple[str, str]]
    """Who is in it now, each with the organization that they are there from."""


class _Author(NamedTuple):
    organization: str
    team: str
    app: str | None
    bot_id: str | None


class _Writer:
    """Collects rows and writes many at once."""

    def __init__(self, bind: sa.Connection, tables: dict[str, sa.Table]) -> None:
        self._bind = bind
        self._tables = tables
        self._waiting: dict[str, list[dict[str, Any]]] = {name: [] for name in tables}

    def add(self, table: str, row: dict[str, Any]) -> None:
        waiting = self._waiting[table]
        waiting.append(row)
        if len(waiting) >= BATCH:
            self._write(table)

    def end(self) -> None:
        for table, waiting in self._waiting.items():
            if waiting:
                self._write(table)

    def _write(self, table: str) -> None:
        self._bind.execute(self._tables[table].insert(), self._waiting[table])
        self._waiting[table] = []


def _carry(bind: sa.Connection, tables: dict[str, sa.Table]) -> None:
    writer = _Writer(bind, tables)
    directory = _Directory(bind)
    members = _Groups(bind, "members", "person_organization", "person")
    messages = _Groups(bind, "messages", "ts")
    edits = _Groups(bind, "message_edits", "ts", "edited_ts")
    reactions = _Groups(bind, "reactions", "ts", "name", "person")
    tombstones = _Groups(bind, "tombstones", "ts")
    key_of = _people_keys(bind)
    gathered = _gathered_in_generals(bind)
    claimed: set[tuple[str, str, str]] = set()
    booleans = [name for name, column in tables["conversations"].c.items() if isinstance(column.type, sa.Boolean)]
    # Every table is read once, in one order, so that no more than a conversation is held at a time.
    for row in _pages(bind, "conversations", "organization", "id"):
        key = organization, id = row["organization"], row["id"]
        people = members.take(key)
        # Who is listed as having left stays away.
        listed = {member["person"] for member in people}
        for person in gathered.get(key, ()):
            if person not in listed:
                people.append(_new_member(row, person))
        present = frozenset((member["person_organization"], member["person"]) for member in people if not member["left"])
        count = {"num_members": len(present), "people_key": key_of.get(key)}
        writer.add("conversations", {**row, **{name: bool(row[name]) for name in booleans}, **count})
        for member in people:
            writer.add("members", {**member, "open": True})
        conversation = _Conversation(organization, id, *directory.places(key, row["workspace"]), present)
        old = _OldMessages(messages.take(key), edits.take(key), reactions.take(key), tombstones.take(key))
        last = max((message["ts"] for message in old.messages), default=0)
        writer.add("conversation_clocks", {"organization": organization, "conversation": id, "last_ts": last})
        _Carrier(writer, directory, conversation, old, claimed).carry()
    for share in _named_shares(bind):
        writer.add("shares", share)
    writer.end()


def _all(bind: sa.Connection, statement: str) -> list[dict[str, Any]]:
    return [dict(row) for row in bind.execute(sa.text(statement)).mappings()]


def _pages(bind: sa.Connection, table: str, *key: str) -> Iterator[dict[str, Any]]:
    """A table's rows by its key, a page at a time: PostgreSQL drops no table that a cursor of this transaction has read."""
    names, places = ", ".join(key), ", ".join(f":{name}" for name in key)
    tail = f"ORDER BY {names} LIMIT {BATCH}"
    first = sa.text(f"SELECT * FROM {_old(table)} {tail}")  # noqa: S608 # Every part of it stands in this file.
    later = sa.text(f"SELECT * FROM {_old(table)} WHERE ({names}) > ({places}) {tail}")  # noqa: S608
    page = bind.execute(first).mappings().all()
    while page:
        yield from (dict(row) for row in page)
        page = bind.execute(later, {name: page[-1][name] for name in key}).mappings().all()


class _Groups:
    """The rows of a table, conversation by conversation; asked for in the order that they are read in."""

    def __init__(self, bind: sa.Connection, table: str, *key: str) -> None:
        self._rows = _pages(bind, table, "organization", "conversation", *key)
        self._next = next(self._rows, None)

    def take(self, key: tuple[str, str]) -> list[dict[str, Any]]:
        taken = []
        while self._next is not None and (at := (self._next["organization"], self._next["conversation"])) <= key:
            if at == key:
                taken.append(self._next)
            self._next = next(self._rows, None)
        return taken


def _people_keys(bind: sa.Connection) -> dict[tuple[str, str], str]:
    """Who is in each direct and group conversation, with the organization of who is there from another one.

    Of several between the same people, the oldest bears the key.
    """
    people: dict[tuple[str, str], list[str]] = {}
    statement = (
        "SELECT c.organization, c.id, m.person_organization, m.person FROM conversations_0001 c"
        " JOIN members_0001 m ON m.organization = c.organization AND m.conversation = c.id"
        " WHERE c.kind IN ('im', 'mpim') AND NOT c.deleted ORDER BY c.created, c.id"
    )
    for row in _all(bind, statement):
        own = row["person_organization"] == row["organization"]
        person = row["person"] if own else f"{row['person_organization']}/{row['person']}"
        people.setdefault((row["organization"], row["id"]), []).append(person)
    taken: set[tuple[str, str]] = set()
    keys = {}
    for (organization, id), them in people.items():
        key = ",".join(sorted(them))
        if (organization, key) not in taken:
            taken.add((organization, key))
            keys[organization, id] = key
    return keys


def _gathered_in_generals(bind: sa.Connection) -> dict[tuple[str, str], list[str]]:
    """The people of each workspace by its general channel: everybody but guests and bots, who are where they were let in.

    Until now a general channel had those members that a file listed.
    """
    people: dict[tuple[str, str], list[str]] = {}
    statement = (
        "SELECT w.organization, w.general, p.id FROM workspaces w"
        " JOIN memberships m ON m.organization = w.organization AND m.workspace = w.id"
        " JOIN people p ON p.organization = m.organization AND p.id = m.person"
        " WHERE w.general IS NOT NULL AND p.guest = 'none' AND NOT p.deleted AND p.app IS NULL"
        " ORDER BY w.organization, w.general, p.id"
    )
    for row in _all(bind, statement):
        them = people.setdefault((row["organization"], row["general"]), [])
        if row["id"] not in them[-1:]:
            # A channel may be the general one of several workspaces.
            them.append(row["id"])
    return people


def _new_member(conversation: dict[str, Any], person: str) -> dict[str, Any]:
    """Somebody who has been in a conversation from its beginning and has read nothing yet."""
    own = {"organization": conversation["organization"], "conversation": conversation["id"]}
    who = {"person_organization": conversation["organization"], "person": person}
    return {**own, **who, "joined": conversation["created"], "left": 0, "last_read": 0}


def _named_shares(bind: sa.Connection) -> Iterator[dict[str, Any]]:
    """Where channels are, with their names: a live channel before one that was archived, and no name for what was deleted.

    Until now an archived channel's name was free for others. Who finds it taken goes by its id, which is nobody's name.
    """
    taken: set[tuple[str, str, str]] = set()
    statement = (
        "SELECT s.organization, s.conversation, s.workspace, c.name, c.deleted"
        " FROM shares_0001 s JOIN conversations_0001 c ON c.organization = s.organization AND c.id = s.conversation"
        " ORDER BY c.deleted, c.archived, c.created, c.id"
    )
    for row in _all(bind, statement):
        claim = row["organization"], row["workspace"], row["name"]
        name = row["conversation"] if row.pop("deleted") or claim in taken else row["name"]
        taken.add(claim)
        yield row | {"name": name}


class _Directory:
    """Where people and conversations belong."""

    def __init__(self, bind: sa.Connection) -> None:
        self._people: dict[str, dict[str, tuple[str | None, str | None]]] = {}
        for row in _all(bind, "SELECT organization, id, app, bot_id FROM people ORDER BY organization"):
            self._people.setdefault(row["id"], {})[row["organization"]] = row["app"], row["bot_id"]
        self._teams: dict[tuple[str, str], list[str]] = {}
        for row in _all(bind, "SELECT organization, person, workspace FROM memberships ORDER BY workspace"):
            self._teams.setdefault((row["organization"], row["person"]), []).append(row["workspace"])
        self._shares: dict[tuple[str, str], list[str]] = {}
        for row in _all(bind, "SELECT organization, conversation, workspace FROM shares_0001 ORDER BY workspace"):
            self._shares.setdefault((row["organization"], row["conversation"]), []).append(row["workspace"])
        self._strangers: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in _all(bind, "SELECT * FROM connections ORDER BY other_organization, workspace"):
            crossing = row["other_organization"], row["workspace"]
            self._strangers.setdefault((row["organization"], row["conversation"]), []).append(crossing)

    def places(self, key: tuple[str, str], workspace: str | None) -> tuple[list[str], list[str]]:
        """The workspaces that a conversation is in, its own first, and the organizations of strangers."""
        crossings = self._strangers.get(key, [])
        teams = [*([workspace] if workspace else []), *self._shares.get(key, []), *(team for _, team in crossings)]
        return list(dict.fromkeys(teams)), list(dict.fromkeys(organization for organization, _ in crossings))

    def organization(self, conversation: _Conversation, person: str) -> str:
        """The organization that somebody is in a conversation from."""
        known = self._people.get(person, {})
        preferred = (conversation.organization, *conversation.strangers, *known)
        return next((id for id in preferred if id in known), conversation.organization)

    def author(self, conversation: _Conversation, person: str) -> _Author:
        organization = self.organization(conversation, person)
        own = self._teams.get((organization, person), [])
        team = next((team for team in (*conversation.teams, *own) if team in own), organization)
        return _Author(organization, team, *self._people.get(person, {}).get(organization, (None, None)))


class _OldMessages:
    """The messages of one conversation as they were stored, and what belongs to each by its `ts`."""

    def __init__(
        self,
        messages: list[dict[str, Any]],
        edits: list[dict[str, Any]],
        reactions: list[dict[str, Any]],
        tombstones: list[dict[str, Any]],
    ) -> None:
        self.messages = messages
        self.edits = _by_ts(edits)
        self.reactions = _by_ts(sorted(reactions, key=lambda row: row["position"]))
        self.tombstones = {row["ts"]: row for row in tombstones}
        self.by_ts = {row["ts"]: row for row in messages}
        # A message that names itself or a later one is no reply. Leads from parent to parent towards the beginning.
        parents = {row["ts"]: row["thread_ts"] for row in messages if (row["thread_ts"] or row["ts"]) < row["ts"]}
        self.root: dict[int, int] = {}
        for row in messages:
            if row["ts"] in parents:
                parent = parents[row["ts"]]
                self.root[row["ts"]] = self.root.get(parent, parent)
        self.replies: dict[int, list[dict[str, Any]]] = {}
        for row in messages:
            if row["ts"] in self.root:
                self.replies.setdefault(self.root[row["ts"]], []).append(row)
        self.answered = {ts for ts, rows in self.replies.items() if any(row["deleted_ts"] is None for row in rows)}
        """The parents of replies that are there now."""


def _by_ts(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["ts"], []).append(row)
    return groups


class _Carrier:
    """Carries one conversation's messages over."""

    def __init__(
        self,
        writer: _Writer,
        directory: _Directory,
        conversation: _Conversation,
        old: _OldMessages,
        claimed: set[tuple[str, str, str]],
    ) -> None:
        self._writer = writer
        self._directory = directory
        self._conversation = conversation
        self._old = old
        self._authors: dict[str, _Author] = {}
        self._claimed = claimed

    def carry(self) -> None:
        for row in self._old.messages:
            self._message(row)
        for ts in self._old.replies:
            parent = self._old.by_ts.get(ts)
            if parent is None and ts in self._old.answered:
                # Its replies were told of a parent that nobody knows: it stands as one that was deleted.
                self._place(ts, self._conversation.organization, PLATFORM)
            if ts in self._old.answered or (parent is not None and parent["deleted_ts"] is None):
                self._thread_members(ts)

    def _author(self, person: str) -> _Author:
        author = self._authors.get(person)
        if author is None:
            author = self._authors[person] = self._directory.author(self._conversation, person)
        return author

    def _of(self, ts: int) -> dict[str, Any]:
        return {"organization": self._conversation.organization, "conversation": self._conversation.id, "ts": ts}

    def _message(self, row: dict[str, Any]) -> None:
        ts, author = row["ts"], self._author(row["person"])
        tombstone = self._old.tombstones.get(ts)
        original = msgspec.json.decode(tombstone["content"]) if tombstone else row
        if original["subtype"] in SYSTEM:
            author = author._replace(app=None, bot_id=None)
        edits = self._edits(original["text"], original["edits"] if tombstone else self._old.edits.get(ts, []))
        reactions = [
            {
                "name": reaction["name"],
                "person_organization": self._author(reaction["person"]).organization,
                "person": reaction["person"],
                "reacted": ts + position,
            }
            for position, reaction in enumerate(self._old.reactions.get(ts, []))
        ]
        self._claim(row, author)
        content = self._content(row, author, original, edits)
        if tombstone:
            kept = {"content": content, "reactions": reactions, "edits": edits}
            self._writer.add("tombstones", {**tombstone, "content": _json(kept)})
            content, edits, reactions = self._content(row, author, row, []), [], []
        for position, edit in enumerate(edits):
            self._writer.add("message_edits", self._of(ts) | edit | {"position": position})
        whole = self._of(ts) | {
            "person_organization": author.organization,
            "person": row["person"],
            "app": author.app if author.bot_id is not None else None,
            "thread_ts": self._old.root.get(ts),
            "in_channel": ts not in self._old.root or original["subtype"] == BROADCAST,
            "subtype": content.get("subtype"),
            "content": _json(content),
            "reactions": _summary(reactions),
        }
        if row["deleted_ts"] is not None:
            self._writer.add("deleted_messages", whole | {"deleted_ts": row["deleted_ts"], "deleted_by": row["deleted_by"]})
            if ts in self._old.answered:
                self._place(ts, author.organization, row["person"], app=whole["app"])
            return
        self._writer.add("messages", whole | {"thread": self._thread(ts), "pinned": row["pinned_by"] is not None})
        for reaction in reactions:
            self._writer.add("reactions", self._of(ts) | reaction)
        if row["pinned_by"] is not None:
            self._writer.add("pins", self._of(ts) | {"person": row["pinned_by"], "pinned": ts // 1_000_000})

    def _edits(self, text: str, edits: list[dict[str, Any]]) -> list[dict[str, Any]]:
        story = []
        for edit in edits:
            story.append({"edited_ts": edit["edited_ts"], "person": edit["person"], "previous": text, "text": edit["text"]})
            text = edit["text"]
        return story

    def _content(
        self, row: dict[str, Any], author: _Author, original: dict[str, Any], edits: list[dict[str, Any]]
    ) -> dict[str, Any]:
        ts, hidden = row["ts"], original is row and row["ts"] in self._old.tombstones
        content = {
            "type": "message",
            "subtype": original["subtype"],
            "user": row["person"],
            "text": edits[-1]["text"] if edits else original["text"],
            "ts": _ts_text(ts),
            "team": author.team,
            "client_msg_id": None if hidden else row["client_msg_id"],
            "app_id": author.app if author.bot_id is not None else None,
            "bot_id": author.bot_id,
            "blocks": _raw(original["blocks"]),
            "attachments": _raw(original["attachments"]),
        }
        if edits:
            content["edited"] = {"user": edits[-1]["person"], "ts": _ts_text(edits[-1]["edited_ts"])}
        if ts in self._old.root:
            root = self._old.root[ts]
            parent = self._old.by_ts.get(root)
            content["thread_ts"] = _ts_text(root)
            content["parent_user_id"] = parent["person"] if parent else PLATFORM
        return {key: value for key, value in content.items() if value is not None}

    def _claim(self, row: dict[str, Any], author: _Author) -> None:
        """Note what a client's own id stands for. Of several messages that bear it only the first keeps it."""
        id = row["client_msg_id"]
        claim = author.organization, row["person"], id
        if id is None:
            return
        if claim in self._claimed:
            row["client_msg_id"] = None
            return
        self._claimed.add(claim)
        whose = {"organization": author.organization, "person": row["person"], "client_msg_id": id}
        self._writer.add("client_messages", self._of(row["ts"]) | whose)

    def _place(self, ts: int, organization: str, person: str, *, app: str | None = None) -> None:
        """Put a placeholder where a parent with replies is no more."""
        content = {
            "type": "message",
            "subtype": TOMBSTONE,
            "user": PLATFORM,
            "text": DELETED_TEXT,
            "ts": _ts_text(ts),
            "hidden": True,
        }
        self._writer.add(
            "messages",
            self._of(ts)
            | {
                "person_organization": organization,
                "person": person,
                "app": app,
                "thread_ts": None,
                "in_channel": True,
                "subtype": TOMBSTONE,
                "content": _json(content),
                "thread": self._thread(ts),
                "reactions": None,
                "pinned": False,
            },
        )

    def _thread(self, ts: int) -> str | None:
        """What a parent tells of its thread, without the braces; it goes on telling when the last reply is gone."""
        if ts not in self._old.replies:
            return None
        replies = [reply for reply in self._old.replies[ts] if reply["deleted_ts"] is None]
        people = [person for person, part in self._parts(ts).items() if part["replies"]]
        latest = {"latest_reply": _ts_text(replies[-1]["ts"])} if replies else {}
        shown = {"reply_users": people[:MOST_SHOWN], "is_locked": False}
        return _json({"reply_count": len(replies), "reply_users_count": len(people), **latest, **shown})[1:-1]

    def _parts(self, ts: int) -> dict[str, dict[str, int]]:
        """What those who ever replied did, the first of them first."""
        parts: dict[str, dict[str, int]] = {}
        for reply in self._old.replies[ts]:
            part = parts.setdefault(reply["person"], {"replies": 0, "first_reply": reply["ts"]})
            part["replies"] += reply["deleted_ts"] is None
            part["last_read"] = reply["ts"]
        return parts

    def _thread_members(self, ts: int) -> None:
        """Who replied, and who wrote the parent and is still there: they follow the thread."""
        parts, parent = self._parts(ts), self._old.by_ts.get(ts)
        if parent is not None and (self._author(parent["person"]).organization, parent["person"]) in self._conversation.present:
            parts.setdefault(parent["person"], {"replies": 0, "first_reply": 0, "last_read": 0})
        of = {"organization": self._conversation.organization, "conversation": self._conversation.id, "thread_ts": ts}
        for person, part in parts.items():
            who = {"person_organization": self._author(person).organization, "person": person, "subscribed": True}
            self._writer.add("thread_members", {**of, **who, **part})


def _summary(reactions: list[dict[str, Any]]) -> str | None:
    """A message's reactions as it tells of them, first come first."""
    users: dict[str, list[str]] = {}
    for reaction in reactions:
        users.setdefault(reaction["name"], []).append(reaction["person"])
    told = [{"name": name, "users": people, "count": len(people)} for name, people in users.items()]
    return _json(told) if told else None


def _raw(text: str | None) -> msgspec.Raw | None:
    """JSON that is stored, as it stands."""
    return None if text is None else msgspec.Raw(text.encode())


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _ts_text(micros: int) -> str:
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
