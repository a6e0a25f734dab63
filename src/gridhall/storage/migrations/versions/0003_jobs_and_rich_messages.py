"""Jobs, messages that are scheduled or streamed, and what apps attach to messages and links.

A migration is written for the tables of its day and imports nothing of the program, which goes on changing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Identifiers compare byte by byte on both engines.
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for table in ("messages", "deleted_messages"):
        op.add_column(table, sa.Column("metadata", sa.Text, nullable=True))
    op.add_column("apps", sa.Column("unfurl_domains", sa.Text, nullable=True))
    op.create_table(
        "jobs",
        _id("organization"),
        _id("kind"),
        _id("key"),
        _number("due"),
        _text("payload"),
        _text("progress", null=True),
        _number("attempts"),
        _text("error", null=True),
        _id("lease", null=True),
        _number("leased_until"),
        _number("wanted"),
        _number("created"),
        sa.PrimaryKeyConstraint("organization", "kind", "key", name="jobs_pkey"),
    )
    op.create_index("jobs_by_due", "jobs", ["due"])
    leased = sa.text("lease IS NOT NULL")
    op.create_index("jobs_leased", "jobs", ["lease", "leased_until"], sqlite_where=leased, postgresql_where=leased)
    op.add_column("conversation_clocks", sa.Column("purged_ts", sa.BigInteger, nullable=True))
    with_days = sa.text("retention_days > 0")
    op.create_index(
        "conversations_with_days",
        "conversations",
        ["organization", "id"],
        sqlite_where=with_days,
        postgresql_where=with_days,
    )
    op.create_table(
        "scheduled_messages",
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
        sa.Column("broadcast", sa.Boolean, nullable=False),
        _text("content"),
        _text("metadata", null=True),
        sa.PrimaryKeyConstraint("organization", "id", name="scheduled_messages_pkey"),
    )
    for name, columns in (
        ("scheduled_messages_by_conversation", ["organization", "conversation", "post_at", "position"]),
        ("scheduled_messages_by_person", ["person_organization", "person", "post_at", "id"]),
    ):
        op.create_index(name, "scheduled_messages", columns)
    op.create_table(
        "streams",
        _id("organization"),
        _id("conversation"),
        _number("ts"),
        _text("state"),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", name="streams_pkey"),
    )
    # Every organization looks regularly for messages that are past their days.
    op.execute(
        "INSERT INTO jobs (organization, kind, key, due, payload, attempts, leased_until, wanted, created)"
        " SELECT id, 'retention', '', 0, '{}', 0, 0, 0, created FROM organizations"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")


def _id(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, ID, nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)
