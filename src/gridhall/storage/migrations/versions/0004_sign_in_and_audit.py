"""What people sign in with, the sessions that follow, and an audit log that holds things as they were.

A migration is written for the tables of its day and imports nothing of the program, which goes on changing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Identifiers compare byte by byte on both engines.
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _credentials()
    _sessions()
    _audit()


def _credentials() -> None:
    op.create_table(
        "recovery_codes",
        _id("organization"),
        _id("person"),
        _id("hash"),
        sa.PrimaryKeyConstraint("organization", "person", "hash", name="recovery_codes_pkey"),
    )
    op.create_table(
        "session_settings",
        _id("organization"),
        _id("person"),
        sa.Column("duration", sa.BigInteger, nullable=True),
        sa.Column("desktop_app_browser_quit", sa.Boolean, nullable=True),
        sa.PrimaryKeyConstraint("organization", "person", name="session_settings_pkey"),
    )
    op.execute(
        "INSERT INTO session_settings (organization, person, duration, desktop_app_browser_quit)"
        " SELECT organization, person, session_duration, desktop_app_browser_quit FROM credentials"
        " WHERE session_duration IS NOT NULL OR desktop_app_browser_quit IS NOT NULL"
    )
    op.execute("CREATE TABLE credentials_before AS SELECT * FROM credentials")
    op.drop_table("credentials")
    op.create_table(
        "credentials",
        _id("organization"),
        _id("person"),
        sa.Column("password_hash", sa.Text, nullable=True),
        sa.Column("two_factor_secret", sa.Text, nullable=True),
        sa.Column("two_factor_step", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("organization", "person", name="credentials_pkey"),
    )
    op.execute(
        "INSERT INTO credentials (organization, person, password_hash, two_factor_secret, two_factor_step)"
        " SELECT organization, person, password_hash, two_factor_secret, 0 FROM credentials_before"
    )
    op.drop_table("credentials_before")


def _sessions() -> None:
    op.add_column("sessions", sa.Column("cookie_hash", ID, nullable=True))
    op.add_column("sessions", sa.Column("token_hash", ID, nullable=True))
    for column in ("cookie_hash", "token_hash"):
        op.create_index(f"sessions_by_{column}", "sessions", [column], unique=True)
    ends = sa.text("expires_at > 0")
    op.create_index("sessions_by_expiry", "sessions", ["organization", "expires_at"], sqlite_where=ends, postgresql_where=ends)
    op.execute(
        "INSERT INTO jobs (organization, kind, key, due, payload, attempts, leased_until, wanted, created)"
        " SELECT organization, 'sessions', '', 0, '{}', 0, 0, 0, 0 FROM sessions WHERE expires_at > 0 GROUP BY organization"
    )


def _audit() -> None:
    """Entries from before tell only ids; who was no person was the operator. Two actions had other names.

    What was told of a token is told of whom it acts as. A message went by its conversation and its `ts`, of 17 characters.
    """
    op.execute(
        "CREATE TABLE audit_before AS SELECT a.*, CASE WHEN NOT o.enterprise THEN 'workspace' ELSE 'enterprise' END AS place"
        " FROM audit a LEFT JOIN organizations o ON o.id = a.organization"
    )
    op.drop_table("audit")
    op.create_table(
        "audit",
        _id("organization"),
        _id("id"),
        sa.Column("at", sa.BigInteger, nullable=False),
        _id("action"),
        _id("actor"),
        _id("entity"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("actor_told", "entity_told", "context", "details")),
        sa.PrimaryKeyConstraint("organization", "at", "id", name="audit_pkey"),
    )
    op.execute(
        "UPDATE audit_before SET"
        " actor = CASE WHEN actor_kind = 'user' THEN actor ELSE 'USLACKUSER' END,"
        " entity_kind = CASE WHEN entity_kind = 'organization' THEN place ELSE entity_kind END,"
        " action = CASE WHEN action = 'user_password_set' THEN 'user_password_changed'"
        " WHEN action <> 'organization_loaded' THEN action"
        " WHEN place = 'workspace' THEN 'workspace_created' ELSE 'organization_created' END"
    )
    op.execute(
        """UPDATE audit_before SET details = '{"token":"' || entity || '"}', entity_kind = 'user',"""
        " entity = (SELECT t.person FROM tokens t WHERE t.id = entity)"
        " WHERE entity_kind = 'token' AND EXISTS (SELECT * FROM tokens t WHERE t.id = entity AND t.person IS NOT NULL)"
    )
    op.execute(
        "INSERT INTO audit (organization, id, at, action, actor, entity, actor_told, entity_told, context, details)"
        " SELECT organization, id, at, action, actor,"
        " CASE WHEN entity_kind = 'message' THEN substr(entity, 1, length(entity) - 18) ELSE entity END,"
        """ '{"type":"user","user":{"id":"' || actor || '","name":"","email":"","team":"' || organization || '"}}',"""
        """ CASE WHEN entity_kind = 'message' THEN '{"type":"message","message":{"team":"' || organization || '","channel":"'"""
        """ || substr(entity, 1, length(entity) - 18) || '","timestamp":"' || substr(entity, length(entity) - 16) || '"}}'"""
        """ ELSE '{"type":"' || entity_kind || '","' || entity_kind || '":{"id":"' || entity || '"}}' END,"""
        """ '{"location":{"type":"' || place || '","id":"' || organization"""
        # Written apart: a text clause takes a colon before a name for a parameter.
        """ || '","name":"","domain":""},"ua":"","ip_address":"","session_id":' || 'null}',"""
        " details FROM audit_before"
    )
    op.drop_table("audit_before")
    for name, columns in (
        ("audit_by_action", ["organization", "action", "at", "id"]),
        ("audit_by_actor", ["organization", "actor", "at", "id"]),
        ("audit_by_entity", ["organization", "entity", "at", "id"]),
    ):
        op.create_index(name, "audit", columns)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, nullable=False)
