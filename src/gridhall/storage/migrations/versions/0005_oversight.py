"""What oversight needs: tombstones that tell what stood in a message's place, and conversations of no one workspace.

A migration is written for the tables of its day and imports nothing of the program, which goes on changing.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Identifiers compare byte by byte on both engines.
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

COLUMNS: dict[str, Any] = {
    "organization": ID,
    "id": ID,
    "kind": ID,
    "name": sa.Text(),
    "workspace": ID,
    "creator": ID,
    "created": sa.BigInteger(),
    "updated": sa.BigInteger(),
    "general": sa.Boolean(),
    "archived": sa.Boolean(),
    "deleted": sa.Boolean(),
    "deleted_at": sa.BigInteger(),
    "org_wide": sa.Boolean(),
    "topic": sa.Text(),
    "topic_creator": ID,
    "topic_set": sa.BigInteger(),
    "purpose": sa.Text(),
    "purpose_creator": ID,
    "purpose_set": sa.BigInteger(),
    "previous_names": sa.Text(),
    "posting": sa.Text(),
    "threads": sa.Text(),
    "retention_days": sa.BigInteger(),
    "ekm_access_withdrawn": sa.Boolean(),
    "num_members": sa.BigInteger(),
    "people_key": ID,
    "wide": sa.Boolean(),
}


def upgrade() -> None:
    _tombstones()
    _conversations()
    _people()


def _tombstones() -> None:
    """What was kept of a message's edits goes where all edits are; what everyone sees in its place is told beside it."""
    op.execute("CREATE TABLE tombstones_before AS SELECT * FROM tombstones")
    op.drop_table("tombstones")
    op.create_table(
        "tombstones",
        _id("organization"),
        _id("conversation"),
        sa.Column("ts", sa.BigInteger, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", name="tombstones_pkey"),
    )
    connection = op.get_bind()
    before = connection.execute(
        sa.text(
            "SELECT t.organization, t.conversation, t.ts, t.tombstoned_ts, t.person, t.content, m.content AS shown"
            " FROM tombstones_before t LEFT JOIN messages m"
            " ON m.organization = t.organization AND m.conversation = t.conversation AND m.ts = t.ts"
        )
    ).mappings()
    for row in before.all():
        of = {name: row[name] for name in ("organization", "conversation", "ts")}
        original = json.loads(row["content"])
        for position, edit in enumerate(original.pop("edits", [])):
            connection.execute(
                sa.text(
                    "INSERT INTO message_edits"
                    " (organization, conversation, ts, position, edited_ts, person, previous, text)"
                    " VALUES (:organization, :conversation, :ts, :position, :edited_ts, :person, :previous, :text)"
                ),
                {**of, "position": position, **edit},
            )
        told = _told(original["reactions"])
        text = json.loads(row["shown"])["text"] if row["shown"] else "This message was removed."
        cover = {"at": row["tombstoned_ts"], "person": row["person"], "text": text}
        content = json.dumps({"original": original | ({"told": told} if told else {}), "covers": [cover]})
        connection.execute(
            sa.text(
                "INSERT INTO tombstones (organization, conversation, ts, content)"
                " VALUES (:organization, :conversation, :ts, :content)"
            ),
            {**of, "content": content},
        )
    op.drop_table("tombstones_before")


def _told(reactions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a message told of its reactions."""
    users: dict[str, list[str]] = {}
    for reaction in reactions:
        users.setdefault(reaction["name"], []).append(reaction["person"])
    return [{"name": name, "users": people, "count": len(people)} for name, people in users.items()]


def _conversations() -> None:
    """A deleted channel gives its name back, and goes for good when its day is over."""
    op.execute("CREATE TABLE conversations_before AS SELECT * FROM conversations")
    op.drop_table("conversations")
    op.create_table(
        "conversations",
        *(sa.Column(name, kind, nullable=name in ("workspace", "people_key")) for name, kind in COLUMNS.items()),
        sa.PrimaryKeyConstraint("organization", "id", name="conversations_pkey"),
    )
    # Every part of the statement stands in this file.
    kept = ", ".join(name for name in COLUMNS if name != "wide")
    op.execute(
        f"INSERT INTO conversations ({kept}, wide) SELECT {kept}, kind IN ('im', 'mpim') OR org_wide"  # noqa: S608
        " OR (SELECT count(*) FROM shares s"
        " WHERE s.organization = conversations_before.organization AND s.conversation = conversations_before.id) > 1"
        " OR EXISTS (SELECT * FROM connections x"
        " WHERE x.organization = conversations_before.organization AND x.conversation = conversations_before.id)"
        " FROM conversations_before"
    )
    op.drop_table("conversations_before")
    op.create_index("conversations_by_id", "conversations", ["id"], unique=True)
    op.create_index("conversations_by_people_key", "conversations", ["organization", "people_key"], unique=True)
    for name, columns, condition in (
        ("conversations_org_wide", ["organization", "id"], "org_wide"),
        ("conversations_wide", ["organization", "id"], "wide"),
        ("conversations_wide_by_kind", ["organization", "kind", "id"], "wide"),
        ("conversations_with_days", ["organization", "id"], "retention_days > 0"),
    ):
        op.create_index(
            name,
            "conversations",
            columns,
            sqlite_where=sa.text(condition if ">" in condition else f"{condition} = 1"),
            postgresql_where=sa.text(condition),
        )
    op.create_index("connections_by_guest", "connections", ["other_organization", "conversation"])
    op.create_index(
        "members_abroad",
        "members",
        ["person_organization", "conversation"],
        sqlite_where=sa.text("person_organization != organization"),
        postgresql_where=sa.text("person_organization != organization"),
    )
    op.create_index("client_messages_by_conversation", "client_messages", ["conversation", "ts"])
    op.execute(
        "UPDATE shares SET name = conversation WHERE EXISTS (SELECT * FROM conversations c"
        " WHERE c.organization = shares.organization AND c.id = shares.conversation AND c.deleted)"
    )
    op.execute(
        "INSERT INTO jobs (organization, kind, key, due, payload, attempts, leased_until, wanted, created)"
        " SELECT organization, 'expunge', id, (deleted_at + 86400) * 1000000, '{}', 0, 0, 0, 0 FROM conversations WHERE deleted"
    )


def _people() -> None:
    """Who is not deactivated is found by a page at a time, however many are."""
    op.create_index(
        "people_active",
        "people",
        ["organization", "id"],
        sqlite_where=sa.text("deleted IS 0"),
        postgresql_where=sa.text("deleted IS false"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, nullable=False)
