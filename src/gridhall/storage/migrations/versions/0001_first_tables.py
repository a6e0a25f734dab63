"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Identifiers compare byte by byte on both engines.
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("last_activity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "person", name=op.f("activity_pkey")),
    )
    op.create_table(
        "app_requests",
        sa.Column("organization", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("app", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("app_requests_pkey")),
    )
    op.create_table(
        "apps",
        sa.Column("organization", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("client_secret_hash", ID, nullable=False),
        sa.Column("signing_secret", sa.Text(), nullable=False),
        sa.Column("distribution", ID, nullable=False),
        sa.Column("reduced_history_limits", sa.Boolean(), nullable=False),
        sa.Column("token_rotation", sa.Boolean(), nullable=False),
        sa.Column("developer", ID, nullable=True),
        sa.Column("collaborators", sa.Text(), nullable=False),
        sa.Column("bot_name", sa.Text(), nullable=True),
        sa.Column("bot_user", ID, nullable=True),
        sa.Column("bot_id", ID, nullable=True),
        sa.Column("bot_scopes", sa.Text(), nullable=False),
        sa.Column("user_scopes", sa.Text(), nullable=False),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.Column("org_deploy", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("apps_pkey")),
    )
    op.create_index("apps_by_client_id", "apps", ["client_id"], unique=True)
    op.create_index("apps_by_id", "apps", ["id"], unique=True)
    op.create_table(
        "audit",
        sa.Column("organization", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", ID, nullable=False),
        sa.Column("actor_kind", ID, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("entity_kind", ID, nullable=False),
        sa.Column("entity", ID, nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("audit_pkey")),
    )
    op.create_index("audit_by_at", "audit", ["organization", "at"], unique=False)
    op.create_table(
        "connections",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("other_organization", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.PrimaryKeyConstraint(
            "organization", "conversation", "other_organization", "workspace", name=op.f("connections_pkey")
        ),
    )
    op.create_index("connections_by_other", "connections", ["other_organization", "workspace"], unique=False)
    op.create_table(
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
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("conversations_pkey")),
    )
    op.create_index("conversations_by_id", "conversations", ["id"], unique=True)
    op.create_table(
        "credentials",
        sa.Column("organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("two_factor_secret", sa.Text(), nullable=True),
        sa.Column("session_duration", sa.BigInteger(), nullable=True),
        sa.Column("desktop_app_browser_quit", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("organization", "person", name=op.f("credentials_pkey")),
    )
    op.create_table(
        "installations",
        sa.Column("organization", ID, nullable=False),
        sa.Column("app", ID, nullable=False),
        sa.Column("target", ID, nullable=False),
        sa.Column("granted_teams", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("organization", "app", "target", name=op.f("installations_pkey")),
    )
    op.create_table(
        "members",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("person_organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("joined", sa.BigInteger(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.Column("last_read", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "person_organization", "person", name=op.f("members_pkey")),
    )
    op.create_index("members_by_person", "members", ["person_organization", "person", "conversation"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("organization", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("role", ID, nullable=False),
        sa.PrimaryKeyConstraint("organization", "person", "workspace", name=op.f("memberships_pkey")),
    )
    op.create_index("memberships_by_workspace", "memberships", ["organization", "workspace", "person"], unique=False)
    op.create_table(
        "message_edits",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("edited_ts", sa.BigInteger(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", "edited_ts", name=op.f("message_edits_pkey")),
    )
    op.create_table(
        "messages",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("thread_ts", sa.BigInteger(), nullable=True),
        sa.Column("subtype", ID, nullable=True),
        sa.Column("blocks", sa.Text(), nullable=True),
        sa.Column("attachments", sa.Text(), nullable=True),
        sa.Column("client_msg_id", ID, nullable=True),
        sa.Column("pinned_by", ID, nullable=True),
        sa.Column("deleted_ts", sa.BigInteger(), nullable=True),
        sa.Column("deleted_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", name=op.f("messages_pkey")),
    )
    op.create_table(
        "meta",
        sa.Column("key", ID, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("meta_pkey")),
    )
    op.create_table(
        "organizations",
        sa.Column("id", ID, nullable=False),
        sa.Column("enterprise", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", ID, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("retention_days", sa.BigInteger(), nullable=False),
        sa.Column("keep_edits", sa.Boolean(), nullable=False),
        sa.Column("keep_deletes", sa.Boolean(), nullable=False),
        sa.Column("retention_override_allowed", sa.Boolean(), nullable=False),
        sa.Column("session_duration", sa.BigInteger(), nullable=False),
        sa.Column("desktop_app_browser_quit", sa.Boolean(), nullable=False),
        sa.Column("two_factor_required", sa.Boolean(), nullable=False),
        sa.Column("network_allowlist", sa.Text(), nullable=False),
        sa.Column("app_approval_required", sa.Boolean(), nullable=False),
        sa.Column("oversight_access", sa.Boolean(), nullable=False),
        sa.Column("typed_trigger_permissions", sa.Boolean(), nullable=False),
        sa.Column("ekm_access_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("maintenance", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("organizations_pkey")),
    )
    op.create_table(
        "people",
        sa.Column("organization", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.Column("real_name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_confirmed", sa.Boolean(), nullable=False),
        sa.Column("org_role", ID, nullable=False),
        sa.Column("guest", ID, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("tz", ID, nullable=False),
        sa.Column("locale", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("pronouns", sa.Text(), nullable=False),
        sa.Column("status_text", sa.Text(), nullable=False),
        sa.Column("status_emoji", sa.Text(), nullable=False),
        sa.Column("status_expiration", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("presence", ID, nullable=False),
        sa.Column("photo", ID, nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("has_two_factor", sa.Boolean(), nullable=False),
        sa.Column("app", ID, nullable=True),
        sa.Column("bot_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("people_pkey")),
    )
    op.create_index("people_by_bot_id", "people", ["organization", "bot_id"], unique=False)
    op.create_index(
        "people_by_email",
        "people",
        ["organization", sa.literal_column("lower(email)")],
        unique=True,
        sqlite_where=sa.text("email != ''"),
        postgresql_where=sa.text("email != ''"),
    )
    op.create_index("people_by_id", "people", ["id"], unique=False)
    op.create_index("people_by_name", "people", ["organization", "name"], unique=False)
    op.create_table(
        "photos",
        sa.Column("organization", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("hash", ID, nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "person", "hash", "size", name=op.f("photos_pkey")),
    )
    op.create_index("photos_by_hash", "photos", ["hash", "size"], unique=False)
    op.create_table(
        "profile_fields",
        sa.Column("organization", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("type", ID, nullable=False),
        sa.PrimaryKeyConstraint("organization", "workspace", "id", name=op.f("profile_fields_pkey")),
    )
    op.create_table(
        "rate_buckets",
        sa.Column("key", ID, nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("rate_buckets_pkey")),
    )
    op.create_index("rate_buckets_by_full_at", "rate_buckets", ["full_at"], unique=False)
    op.create_table(
        "reactions",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("name", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", "name", "person", name=op.f("reactions_pkey")),
    )
    op.create_table(
        "sessions",
        sa.Column("organization", ID, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.Column("client", ID, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("recent_device", sa.Text(), nullable=True),
        sa.Column("signed_in_at", sa.BigInteger(), nullable=False),
        sa.Column("last_activity", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("sessions_pkey")),
    )
    op.create_index("sessions_by_person", "sessions", ["organization", "person"], unique=False)
    op.create_table(
        "shares",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("workspace", ID, nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "workspace", name=op.f("shares_pkey")),
    )
    op.create_table(
        "tokens",
        sa.Column("hash", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", ID, nullable=False),
        sa.Column("organization", ID, nullable=False),
        sa.Column("app", ID, nullable=True),
        sa.Column("workspace", ID, nullable=True),
        sa.Column("person", ID, nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("tokens_pkey")),
    )
    op.create_index("tokens_by_id", "tokens", ["id"], unique=True)
    op.create_index("tokens_by_person", "tokens", ["organization", "person", "app"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("organization", ID, nullable=False),
        sa.Column("conversation", ID, nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("tombstoned_ts", sa.BigInteger(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "conversation", "ts", name=op.f("tombstones_pkey")),
    )
    op.create_table(
        "workspaces",
        sa.Column("organization", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", ID, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("migration", ID, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("two_factor_required", sa.Boolean(), nullable=False),
        sa.Column("network_allowlist", sa.Text(), nullable=False),
        sa.Column("limit_required_over", sa.BigInteger(), nullable=False),
        sa.Column("who_can_post_general", ID, nullable=False),
        sa.Column("ekm_access_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("general", ID, nullable=True),
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("workspaces_pkey")),
    )
    op.create_index("workspaces_by_domain", "workspaces", ["domain"], unique=True)
    op.create_index("workspaces_by_id", "workspaces", ["id"], unique=True)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
