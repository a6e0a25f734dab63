"""Every table, in one place. Rows lead with their organization, so that a database can be distributed by it.

The few tables that do not (tokens, meta, rate_buckets) are directories: they find the organization, or belong to the server
itself. Times are integers: microseconds where a row orders by them (`ts`), whole Unix seconds elsewhere. JSON is text on both
engines. A change here needs a migration; a test compares the two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    literal_column,
)

metadata = MetaData(
    naming_convention={"pk": "%(table_name)s_pkey", "ix": "%(table_name)s_by_%(column_0_N_name)s"},
)

# Identifiers compare byte by byte on both engines: pages ordered by id must not depend on the database's language.
Id = Text().with_variant(Text(collation="C"), "postgresql")
Json = Text()


def _id(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Id, nullable=null)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _json(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Json, nullable=null)


def _number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


def _is_set(flag: Column[bool]) -> ColumnElement[bool]:
    """Where a flag is set, as SQLite's statements say it: an index serves only those whose text says the same."""
    return flag == literal_column("1")


def _is_unset(flag: Column[bool]) -> ColumnElement[bool]:
    """Where a flag is not set, as the statements of both engines say it."""
    return flag.is_(False)


meta = Table("meta", metadata, _id("key"), _text("value"), PrimaryKeyConstraint("key"))

organizations = Table(
    "organizations",
    metadata,
    _id("id"),
    _flag("enterprise"),
    _text("name"),
    _id("domain"),
    _number("created"),
    _number("retention_days"),
    _flag("keep_edits"),
    _flag("keep_deletes"),
    _flag("retention_override_allowed"),
    _number("session_duration"),
    _flag("desktop_app_browser_quit"),
    _flag("two_factor_required"),
    _json("network_allowlist"),
    _flag("app_approval_required"),
    _flag("oversight_access"),
    _flag("typed_trigger_permissions"),
    _flag("ekm_access_withdrawn"),
    _flag("maintenance"),
    PrimaryKeyConstraint("id"),
)

workspaces = Table(
    "workspaces",
    metadata,
    _id("organization"),
    _id("id"),
    _text("name"),
    _id("domain"),
    _number("created"),
    _id("migration"),
    _flag("deleted"),
    _flag("two_factor_required"),
    _json("network_allowlist"),
    _number("limit_required_over"),
    _id("who_can_post_general"),
    _flag("ekm_access_withdrawn"),
    _id("general", null=True),
    PrimaryKeyConstraint("organization", "id"),
    Index("workspaces_by_id", "id", unique=True),
    Index("workspaces_by_domain", "domain", unique=True),
)

profile_fields = Table(
    "profile_fields",
    metadata,
    _id("organization"),
    _id("workspace"),
    _id("id"),
    _number("position"),
    _text("label"),
    _id("type"),
    PrimaryKeyConstraint("organization", "workspace", "id"),
)

people = Table(
    "people",
    metadata,
    _id("organization"),
    _id("id"),
    _id("name"),
    _text("real_name"),
    _text("first_name"),
    _text("last_name"),
    _text("display_name"),
    _text("email"),
    _flag("email_confirmed"),
    _id("org_role"),
    _id("guest"),
    _flag("deleted"),
    _id("tz"),
    _id("locale"),
    _text("title"),
    _text("phone"),
    _text("pronouns"),
    _text("status_text"),
    _text("status_emoji"),
    _number("status_expiration"),
    _json("fields"),
    _id("presence"),
    _id("photo", null=True),
    _number("created"),
    _number("updated"),
    _flag("has_two_factor"),
    _id("app", null=True),
    _id("bot_id", null=True),
    PrimaryKeyConstraint("organization", "id"),
    Index("people_by_bot_id", "organization", "bot_id"),
    Index("people_by_id", "id"),
)

# Who has no address (a bot) has the empty one; everybody else's is theirs alone in the organization, whatever its case.
Index(
    "people_by_email",
    people.c.organization,
    func.lower(people.c.email),
    unique=True,
    sqlite_where=people.c.email != "",
    postgresql_where=people.c.email != "",
)
Index("people_by_name", people.c.organization, people.c.name)
# Who is not deactivated: a page of them does not pass over however many have gone.
Index(
    "people_active",
    people.c.organization,
    people.c.id,
    sqlite_where=_is_unset(people.c.deleted),
    postgresql_where=_is_unset(people.c.deleted),
)

# What only sign-in reads: kept out of the row that every answer reads.
credentials = Table(
    "credentials",
    metadata,
    _id("organization"),
    _id("person"),
    _text("password_hash", null=True),
    _text("two_factor_secret", null=True),
    # The time step of the last one-time code that was taken: it and those before it are taken no more.
    _number("two_factor_step"),
    PrimaryKeyConstraint("organization", "person"),
)

# What lets somebody in once who lost their second factor, as SHA-256.
recovery_codes = Table(
    "recovery_codes",
    metadata,
    _id("organization"),
    _id("person"),
    _id("hash"),
    PrimaryKeyConstraint("organization", "person", "hash"),
)

# What administrators set for one person's sessions, in place of the organization's own settings.
session_settings = Table(
    "session_settings",
    metadata,
    _id("organization"),
    _id("person"),
    _number("duration", null=True),
    Column("desktop_app_browser_quit", Boolean(create_constraint=False), nullable=True),
    PrimaryKeyConstraint("organization", "person"),
)

# Written at most once a minute per person, so kept out of the person's own row as well.
activity = Table(
    "activity",
    metadata,
    _id("organization"),
    _id("person"),
    _number("last_activity"),
    PrimaryKeyConstraint("organization", "person"),
)

memberships = Table(
    "memberships",
    metadata,
    _id("organization"),
    _id("workspace"),
    _id("person"),
    _id("role"),
    PrimaryKeyConstraint("organization", "person", "workspace"),
    Index("memberships_by_workspace", "organization", "workspace", "person"),
)

photos = Table(
    "photos",
    metadata,
    _id("organization"),
    _id("person"),
    _id("hash"),
    _id("size"),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("organization", "person", "hash", "size"),
    Index("photos_by_hash", "hash", "size"),
)

apps = Table(
    "apps",
    metadata,
    _id("organization"),
    _id("id"),
    _text("name"),
    _text("description"),
    _id("client_id"),
    _id("client_secret_hash"),
    _text("signing_secret"),
    _id("distribution"),
    _flag("reduced_history_limits"),
    _flag("token_rotation"),
    _id("developer", null=True),
    _json("collaborators"),
    _text("bot_name", null=True),
    _id("bot_user", null=True),
    _id("bot_id", null=True),
    _text("bot_scopes"),
    _text("user_scopes"),
    _json("redirect_uris"),
    _flag("org_deploy"),
    _flag("removed"),
    _number("updated"),
    _json("unfurl_domains", null=True),
    PrimaryKeyConstraint("organization", "id"),
    Index("apps_by_id", "id", unique=True),
    Index("apps_by_client_id", "client_id", unique=True),
)

# `target` is a workspace or, for an org-wide installation, the organization itself.
installations = Table(
    "installations",
    metadata,
    _id("organization"),
    _id("app"),
    _id("target"),
    _json("granted_teams", null=True),
    PrimaryKeyConstraint("organization", "app", "target"),
)

app_requests = Table(
    "app_requests",
    metadata,
    _id("organization"),
    _id("id"),
    _id("app"),
    _id("person"),
    _id("workspace"),
    _text("scopes"),
    _text("message"),
    PrimaryKeyConstraint("organization", "id"),
)

tokens = Table(
    "tokens",
    metadata,
    _id("hash"),
    _id("id"),
    _id("kind"),
    _id("organization"),
    _id("app", null=True),
    _id("workspace", null=True),
    _id("person", null=True),
    _text("scopes"),
    _number("created"),
    _number("expires_at"),
    _number("revoked_at"),
    PrimaryKeyConstraint("hash"),
    Index("tokens_by_id", "id", unique=True),
    Index("tokens_by_person", "organization", "person", "app"),
)

conversations = Table(
    "conversations",
    metadata,
    _id("organization"),
    _id("id"),
    _id("kind"),
    _text("name"),
    _id("workspace", null=True),
    _id("creator"),
    _number("created"),
    _number("updated"),
    _flag("general"),
    _flag("archived"),
    _flag("deleted"),
    _number("deleted_at"),
    _flag("org_wide"),
    _text("topic"),
    _id("topic_creator"),
    _number("topic_set"),
    _text("purpose"),
    _id("purpose_creator"),
    _number("purpose_set"),
    _json("previous_names"),
    _json("posting"),
    _json("threads"),
    _number("retention_days"),
    _flag("ekm_access_withdrawn"),
    _number("num_members"),
    _id("people_key", null=True),
    _flag("wide"),
    PrimaryKeyConstraint("organization", "id"),
    Index("conversations_by_id", "id", unique=True),
    # Of direct and group conversations, who is in them: there is one for the same people. Channels have none.
    Index("conversations_by_people_key", "organization", "people_key", unique=True),
)
# The few channels that are in every workspace without a share, so that a workspace's list finds them among all.
Index(
    "conversations_org_wide",
    conversations.c.organization,
    conversations.c.id,
    sqlite_where=_is_set(conversations.c.org_wide),
    postgresql_where=conversations.c.org_wide,
)
# Those of the organization rather than of one workspace (`wide`): direct and group conversations, and the channels of several
# workspaces, whosever they are. Oversight lists them apart from those of each workspace.
for _name, _columns in {
    "conversations_wide": (conversations.c.organization, conversations.c.id),
    "conversations_wide_by_kind": (conversations.c.organization, conversations.c.kind, conversations.c.id),
}.items():
    Index(_name, *_columns, sqlite_where=_is_set(conversations.c.wide), postgresql_where=conversations.c.wide)
# Those that keep messages for days of their own: all that retention looks at where the organization keeps them for ever.
Index(
    "conversations_with_days",
    conversations.c.organization,
    conversations.c.id,
    sqlite_where=conversations.c.retention_days > literal_column("0"),
    postgresql_where=conversations.c.retention_days > literal_column("0"),
)

# The last `ts` given out in a conversation, and the lock that makes them increase in the order of commits. A row of its own,
# since every post changes it and a conversation's own row is read all the time. `purged_ts` is up to when retention has taken
# everything away but placeholders; null where it never did.
conversation_clocks = Table(
    "conversation_clocks",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("last_ts"),
    _number("purged_ts", null=True),
    PrimaryKeyConstraint("organization", "conversation"),
)

# The workspaces of the host organization that a channel is in; its own is among them. A name is there once in a workspace.
shares = Table(
    "shares",
    metadata,
    _id("organization"),
    _id("conversation"),
    _id("workspace"),
    _id("name"),
    PrimaryKeyConstraint("organization", "conversation", "workspace"),
    Index("shares_by_name", "organization", "workspace", "name", unique=True),
    Index("shares_by_workspace", "organization", "workspace", "conversation"),
)

# The only crossing between organizations: a channel of the host, and the stranger's workspace that it is shared with.
connections = Table(
    "connections",
    metadata,
    _id("organization"),
    _id("conversation"),
    _id("other_organization"),
    _id("workspace"),
    PrimaryKeyConstraint("organization", "conversation", "other_organization", "workspace"),
    Index("connections_by_other", "other_organization", "workspace", "conversation"),
    Index("connections_by_guest", "other_organization", "conversation"),
)

# `left` is 0 while somebody is in. `open` is whether a direct or group conversation is among those that they have open.
members = Table(
    "members",
    metadata,
    _id("organization"),
    _id("conversation"),
    _id("person_organization"),
    _id("person"),
    _number("joined"),
    _number("left"),
    _number("last_read"),
    _flag("open"),
    PrimaryKeyConstraint("organization", "conversation", "person_organization", "person"),
    Index("members_by_person", "person_organization", "person", "conversation"),
)
# Who is in another organization's conversation: their own finds the direct and group ones by it, which nothing connects.
Index(
    "members_abroad",
    members.c.person_organization,
    members.c.conversation,
    sqlite_where=members.c.person_organization != members.c.organization,
    postgresql_where=members.c.person_organization != members.c.organization,
)

# `content` is the part of a message's JSON that depends neither on who reads it nor on what others do to it, stored ready;
# `thread` and `reactions` are the parts that others' replies and reactions make, ready as well; `metadata` is what its
# app attached for others to read. `in_channel` tells a message of the channel, a reply that was broadcast included, from one
# that only its thread shows.
messages = Table(
    "messages",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("ts"),
    _id("person_organization"),
    _id("person"),
    _id("app", null=True),
    _number("thread_ts", null=True),
    _flag("in_channel"),
    _id("subtype", null=True),
    _json("content"),
    _json("thread", null=True),
    _json("reactions", null=True),
    _flag("pinned"),
    _json("metadata", null=True),
    PrimaryKeyConstraint("organization", "conversation", "ts"),
)
Index(
    "messages_in_channel",
    messages.c.organization,
    messages.c.conversation,
    messages.c.ts,
    sqlite_where=_is_set(messages.c.in_channel),
    postgresql_where=messages.c.in_channel,
)
Index(
    "messages_in_thread",
    messages.c.organization,
    messages.c.conversation,
    messages.c.thread_ts,
    messages.c.ts,
    sqlite_where=messages.c.thread_ts.is_not(None),
    postgresql_where=messages.c.thread_ts.is_not(None),
)

# Which message a client's own id stands for; kept when the message is deleted, so that a late repetition posts nothing.
client_messages = Table(
    "client_messages",
    metadata,
    _id("organization"),
    _id("person"),
    _id("client_msg_id"),
    _id("conversation"),
    _number("ts"),
    PrimaryKeyConstraint("organization", "person", "client_msg_id"),
    Index("client_messages_by_conversation", "conversation", "ts"),
)

# The story of a message, where retention keeps edits: each wording before and after, who changed it and when. `position`
# counts from 0: two edits may fall into one second, which is as exactly as an edit's `ts` is told.
message_edits = Table(
    "message_edits",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("ts"),
    _number("position"),
    _number("edited_ts"),
    _id("person"),
    _text("previous"),
    _text("text"),
    PrimaryKeyConstraint("organization", "conversation", "ts", "position"),
)

# Messages that were deleted, where retention keeps them, with everything as it was; no ordinary statement reads them.
deleted_messages = Table(
    "deleted_messages",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("ts"),
    _id("person_organization"),
    _id("person"),
    _id("app", null=True),
    _number("thread_ts", null=True),
    _flag("in_channel"),
    _id("subtype", null=True),
    _json("content"),
    _json("reactions", null=True),
    _number("deleted_ts"),
    _id("deleted_by"),
    _json("metadata", null=True),
    PrimaryKeyConstraint("organization", "conversation", "ts"),
)

# Who takes part in a thread or follows it: how many replies they wrote, the first of them, and how far they have read.
thread_members = Table(
    "thread_members",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("thread_ts"),
    _id("person_organization"),
    _id("person"),
    _number("replies"),
    _number("first_reply"),
    _flag("subscribed"),
    _number("last_read"),
    PrimaryKeyConstraint("organization", "conversation", "thread_ts", "person_organization", "person"),
)

reactions = Table(
    "reactions",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("ts"),
    _id("name"),
    _id("person_organization"),
    _id("person"),
    _number("reacted"),
    PrimaryKeyConstraint("organization", "conversation", "ts", "name", "person_organization", "person"),
    Index("reactions_by_person", "person_organization", "person", "reacted"),
)

pins = Table(
    "pins",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("ts"),
    _id("person"),
    _number("pinned"),
    PrimaryKeyConstraint("organization", "conversation", "ts"),
)

# Messages that were taken out of sight, as they were, and what everyone saw in their place since. No ordinary statement reads
# them.
tombstones = Table(
    "tombstones",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("ts"),
    _json("content"),
    PrimaryKeyConstraint("organization", "conversation", "ts"),
)

# Signed-in devices. Both hashes are NULL for those of an organization file, whose secrets nobody knows.
sessions = Table(
    "sessions",
    metadata,
    _id("organization"),
    _number("id"),
    _id("person"),
    _id("workspace"),
    _id("client"),
    _json("device"),
    _json("recent_device", null=True),
    _number("signed_in_at"),
    _number("last_activity"),
    _number("expires_at"),
    _id("cookie_hash", null=True),
    _id("token_hash", null=True),
    PrimaryKeyConstraint("organization", "id"),
    Index("sessions_by_person", "organization", "person"),
    Index("sessions_by_cookie_hash", "cookie_hash", unique=True),
    Index("sessions_by_token_hash", "token_hash", unique=True),
)
# Those that end by themselves.
Index(
    "sessions_by_expiry",
    sessions.c.organization,
    sessions.c.expires_at,
    sqlite_where=sessions.c.expires_at > literal_column("0"),
    postgresql_where=sessions.c.expires_at > literal_column("0"),
)

# The audit log, as its API tells it: `actor_told`, `entity_told`, `context` and `details` are ready JSON, as things were then.
# `actor` and `entity` are the ids that one can ask for.
audit = Table(
    "audit",
    metadata,
    _id("organization"),
    _id("id"),
    _number("at"),
    _id("action"),
    _id("actor"),
    _id("entity"),
    _json("actor_told"),
    _json("entity_told"),
    _json("context"),
    _json("details"),
    PrimaryKeyConstraint("organization", "at", "id"),
    Index("audit_by_action", "organization", "action", "at", "id"),
    Index("audit_by_actor", "organization", "actor", "at", "id"),
    Index("audit_by_entity", "organization", "entity", "at", "id"),
)

# Work that waits for its time, repeats, or is too much for one request (see domain/jobs.py). `due` is in microseconds of the
# server's clock, `leased_until` of the machine's own.
jobs = Table(
    "jobs",
    metadata,
    _id("organization"),
    _id("kind"),
    _id("key"),
    _number("due"),
    _json("payload"),
    _json("progress", null=True),
    _number("attempts"),
    _text("error", null=True),
    _id("lease", null=True),
    _number("leased_until"),
    _number("wanted"),
    _number("created"),
    PrimaryKeyConstraint("organization", "kind", "key"),
    Index("jobs_by_due", "due"),
)
# The few that a worker has now.
Index(
    "jobs_leased",
    jobs.c.lease,
    jobs.c.leased_until,
    sqlite_where=jobs.c.lease.is_not(None),
    postgresql_where=jobs.c.lease.is_not(None),
)

# Messages that wait for their time. `organization` is the host's; `position` keeps those of one second in the order in which
# they were scheduled; `token` is the id of the token that scheduled the message and as which it is posted. `content` is the
# JSON of a message's content without author and `ts`.
scheduled_messages = Table(
    "scheduled_messages",
    metadata,
    _id("organization"),
    _id("conversation"),
    _id("id"),
    _number("post_at"),
    _number("position"),
    _number("created"),
    _id("person_organization"),
    _id("person"),
    _id("app", null=True),
    _id("team"),
    _id("token"),
    _number("thread_ts", null=True),
    _flag("broadcast"),
    _json("content"),
    _json("metadata", null=True),
    PrimaryKeyConstraint("organization", "id"),
    Index("scheduled_messages_by_conversation", "organization", "conversation", "post_at", "position"),
    Index("scheduled_messages_by_person", "person_organization", "person", "post_at", "id"),
)

# Messages that are still being written: what their app has streamed into them so far, as JSON.
streams = Table(
    "streams",
    metadata,
    _id("organization"),
    _id("conversation"),
    _number("ts"),
    _json("state"),
    PrimaryKeyConstraint("organization", "conversation", "ts"),
)

# One integer is a whole token bucket: the time at which it would be full again (see domain/limits.py).
rate_buckets = Table(
    "rate_buckets",
    metadata,
    _id("key"),
    _number("full_at"),
    PrimaryKeyConstraint("key"),
    Index("rate_buckets_by_full_at", "full_at"),
)
