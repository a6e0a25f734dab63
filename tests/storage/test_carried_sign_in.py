"""What the migration to 0004 makes of sessions, their settings, credentials and audit entries, on both engines."""

import json
from typing import Any

import pytest

from gridhall.storage import tables
from gridhall.storage.engines import migrate
from harness.audit import Owner
from harness.databases import Databases, run
from harness.live import live
from storage.older import Row, built_at, organization, person, rows_of, workspace

LONE = "T9"


def credentials(who: str, password: str | None, factor: str | None, **settings: Any) -> tuple[str, Row]:
    own: Row = {"session_duration": None, "desktop_app_browser_quit": None} | settings
    row = {"organization": "E1", "person": who, "password_hash": password, "two_factor_secret": factor}
    return "credentials", row | own


def session(organization: str, id: int, who: str, expires_at: int) -> tuple[str, Row]:
    row: Row = {"organization": organization, "id": id, "person": who, "workspace": "T1", "client": "desktop"}
    row |= {"device": '{"os":"Linux"}', "recent_device": '{"os":"Linux","ip":"203.0.113.7"}', "signed_in_at": 10}
    return "sessions", row | {"last_activity": 20, "expires_at": expires_at}


def token(organization: str, id: str, who: str) -> tuple[str, Row]:
    row: Row = {"organization": organization, "id": id, "hash": f"hash of {id}", "kind": "user", "app": None, "workspace": "T1"}
    return "tokens", row | {"person": who, "scopes": "", "created": 1, "expires_at": 0, "revoked_at": 2}


def audited(organization: str, id: str, action: str, by: str | None, kind: str, entity: str) -> tuple[str, Row]:
    row: Row = {"organization": organization, "id": id, "at": int(id[2:]), "action": action}
    row |= {"actor_kind": "user" if by else "operator", "actor": by or "operator", "entity_kind": kind, "entity": entity}
    return "audit", row | {"details": '{"fields":["title"]}'}


TS = "1700000000.000123"

OLD = [
    organization("E1"),
    organization(LONE, enterprise=False),
    workspace("E1", "T1"),
    workspace(LONE, LONE),
    *person("E1", "W1", "T1", org_role="primary_owner"),
    *person("E1", "W2", "T1", has_two_factor=True),
    *person("E1", "W3", "T1"),
    *person(LONE, "U9", LONE),
    credentials("W1", "argon2-of-one", None, session_duration=28_800),
    credentials("W2", "argon2-of-two", "JBSWY3DPEHPK3PXP", desktop_app_browser_quit=False),
    credentials("W3", None, None),
    session("E1", 1, "W1", 4_000_000_000),
    session("E1", 2, "W2", 0),
    session(LONE, 3, "U9", 0),
    audited("E1", "Au1", "user_profile_updated", "W1", "user", "W2"),
    audited("E1", "Au2", "user_password_set", None, "user", "W2"),
    audited("E1", "Au3", "organization_loaded", None, "organization", "E1"),
    audited(LONE, "Au4", "organization_loaded", None, "organization", LONE),
    audited("E1", "Au5", "public_channel_created", "W1", "channel", "C1"),
    token("E1", "Tk1", "W2"),
    audited("E1", "Au6", "token_revoked", "W1", "token", "Tk1"),
    audited("E1", "Au7", "message_deleted", "W1", "message", f"C1/{TS}"),
]
CARRIED = (tables.credentials, tables.session_settings, tables.recovery_codes, tables.sessions, tables.jobs, tables.audit)


@pytest.fixture
def migrated(any_databases: Databases) -> tuple[str, dict[str, list[Row]]]:
    """The address of a database that was filled as of 0003 and then migrated, and its rows."""
    url = any_databases.empty()

    async def main() -> dict[str, list[Row]]:
        await built_at(url, "0003", OLD)
        await migrate(url)
        return await rows_of(url, *CARRIED)

    return url, run(main())


def test_everything_is_carried_over(migrated: tuple[str, dict[str, list[Row]]]) -> None:
    _, rows = migrated
    found = {row["person"]: row for row in rows["credentials"]}
    told = ("password_hash", "two_factor_secret", "two_factor_step")
    assert {who: tuple(row[key] for key in told) for who, row in found.items()} == {
        "W1": ("argon2-of-one", None, 0),
        "W2": ("argon2-of-two", "JBSWY3DPEHPK3PXP", 0),
        "W3": (None, None, 0),
    }
    assert rows["session_settings"] == [
        {"organization": "E1", "person": "W1", "duration": 28_800, "desktop_app_browser_quit": None},
        {"organization": "E1", "person": "W2", "duration": None, "desktop_app_browser_quit": False},
    ]
    assert rows["recovery_codes"] == []
    before = [row | {"cookie_hash": None, "token_hash": None} for name, row in OLD if name == "sessions"]
    assert rows["sessions"] == before
    # Only where a session is to end by itself is there somebody to end it.
    assert [row["organization"] for row in rows["jobs"] if row["kind"] == "sessions"] == ["E1"]

    entries = {row["id"]: row for row in rows["audit"]}
    by_operator = {"type": "user", "user": {"id": "USLACKUSER", "name": "", "email": "", "team": "E1"}}
    profile = entries["Au1"]
    assert (profile["at"], profile["action"], profile["actor"], profile["entity"]) == (1, "user_profile_updated", "W1", "W2")
    assert json.loads(profile["actor_told"])["user"]["id"] == "W1"
    assert json.loads(profile["entity_told"]) == {"type": "user", "user": {"id": "W2"}}
    assert json.loads(profile["details"]) == {"fields": ["title"]}
    assert json.loads(profile["context"]) == {
        "location": {"type": "enterprise", "id": "E1", "name": "", "domain": ""},
        "ua": "",
        "ip_address": "",
        "session_id": None,
    }
    password = entries["Au2"]
    assert (password["action"], password["actor"]) == ("user_password_changed", "USLACKUSER")
    assert json.loads(password["actor_told"]) == by_operator
    whole, lone = entries["Au3"], entries["Au4"]
    assert (whole["action"], json.loads(whole["entity_told"])) == (
        "organization_created",
        {"type": "enterprise", "enterprise": {"id": "E1"}},
    )
    assert (lone["action"], json.loads(lone["entity_told"])) == (
        "workspace_created",
        {"type": "workspace", "workspace": {"id": LONE}},
    )
    assert json.loads(lone["context"])["location"]["type"] == "workspace"
    assert json.loads(entries["Au5"]["entity_told"]) == {"type": "channel", "channel": {"id": "C1"}}
    revoked, deleted = entries["Au6"], entries["Au7"]
    assert (revoked["entity"], json.loads(revoked["entity_told"])) == ("W2", {"type": "user", "user": {"id": "W2"}})
    assert json.loads(revoked["details"]) == {"token": "Tk1"}
    where = {"team": "E1", "channel": "C1", "timestamp": TS}
    assert (deleted["entity"], json.loads(deleted["entity_told"])) == ("C1", {"type": "message", "message": where})


def test_entries_from_before_are_served(migrated: tuple[str, dict[str, list[Row]]]) -> None:
    url, _ = migrated
    with live(url) as server:
        owner = Owner(server, "E1", "W1")
        served = owner.pages(limit=2)
        assert [entry["id"] for entry in served if entry["id"].startswith("Au")] == ["Au7", "Au6", "Au5", "Au3", "Au2", "Au1"]
        assert [entry["id"] for entry in owner.pages(entity="C1")] == ["Au7", "Au5"]
        assert [entry["id"] for entry in owner.pages(action="organization_created,user_password_changed")] == ["Au3", "Au2"]


def test_a_session_from_before_ends_when_its_time_comes(migrated: tuple[str, dict[str, list[Row]]]) -> None:
    url, _ = migrated
    with live(url) as server:
        server.move(to=4_000_000_001)
        server.on_loop(server.gridhall.jobs.settle(10))
    left = run(rows_of(url, tables.sessions, tables.jobs))
    assert [row["id"] for row in left["sessions"]] == [2, 3]
    assert [row for row in left["jobs"] if row["kind"] == "sessions"] == []
