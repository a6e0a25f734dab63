"""admin.conversations.delete, getCustomRetention, setCustomRetention, removeCustomRetention"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from gridhall.domain import scheduled
from gridhall.domain.jobs import Job
from gridhall.storage import tables
from harness.audit import entries
from harness.databases import Databases
from harness.live import Live, live
from methods.dock import (
    ABE,
    ADMIN,
    DAY,
    DECK,
    DIRECT,
    DOCK,
    EAST,
    EVERYBODY,
    GENERAL,
    GROUP,
    HOLD,
    MIA,
    OK,
    OLD,
    OWNER,
    PIER,
    QUAY,
    SUNK,
    WIDE,
    delete,
    fill,
    ok,
    refused,
    settle,
)
from methods.guild import at_once
from methods.rows import change

RETENTION: dict[str, dict[str, object]] = {
    "admin.conversations.getCustomRetention": {},
    "admin.conversations.setCustomRetention": {"duration_days": 30},
    "admin.conversations.removeCustomRetention": {},
}
METHODS: dict[str, dict[str, object]] = {"admin.conversations.delete": {}, **RETENTION}


@pytest.fixture
def dock(any_databases: Databases) -> Iterator[Live]:
    """A server whose clock stands still, after what was due had its turn."""
    with live(any_databases.filled("dock")) as running:
        settle(running)
        yield running


def jobs(dock: Live) -> list[Job]:
    found: list[Job] = dock.on_loop(dock.gridhall.storage.read(lambda work: work.jobs.list_all()))
    return found


def told(dock: Live, *actions: str, organization: str = DOCK) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """What the audit log tells of these actions: who acted, on what, and the details."""
    return [
        (entry.actor, json.loads(entry.entity_told), json.loads(entry.details))
        for entry in entries(dock, organization)
        if entry.action in actions
    ]


# Who may.


def test_none_but_administrators_of_the_organization_call(dock: Live) -> None:
    for token, code in {
        "xoxb-crane": "not_allowed_token_type",
        "xoxp-amy": "feature_not_enabled",
        "xoxp-pia": "no_permission",
        "xoxp-wes-org": "not_an_admin",
        "xoxp-mia-org": "not_an_admin",
        "xoxp-ben-org": "channel_not_found",
    }.items():
        for method, arguments in METHODS.items():
            assert refused(dock, method, token, channel_id=HOLD, **arguments) == code, (method, token)
    assert not told(dock, "private_channel_deleted", "channel_retention_changed")


def test_reading_and_changing_have_scopes_of_their_own(dock: Live) -> None:
    for method, arguments in METHODS.items():
        fits, other = "xoxp-abe-writes", "xoxp-abe-reads"
        if "get" in method:
            fits, other = other, fits
        assert refused(dock, method, other, channel_id=QUAY, **arguments) == "missing_scope"
        assert refused(dock, method, fits, channel_id="C0NOWHERE01", **arguments) == "channel_not_found"


@pytest.mark.parametrize("token", ["xoxp-pia-org", OWNER, ADMIN])
def test_every_administrator_may(dock: Live, token: str) -> None:
    assert dock.call("admin.conversations.setCustomRetention", token, channel_id=HOLD, duration_days=3) == OK
    delete(dock, HOLD, token)


# What is refused.


def test_some_conversations_stay(dock: Live) -> None:
    for channel, code in {
        "C0NOWHERE01": "channel_not_found",
        SUNK: "channel_not_found",
        DIRECT: "channel_type_not_supported",
        GROUP: "channel_type_not_supported",
        GENERAL: "channel_type_not_supported",
        EVERYBODY: "default_org_wide_channel",
        DECK: "restricted_action",
    }.items():
        assert refused(dock, "admin.conversations.delete", ADMIN, channel_id=channel) == code
    assert refused(dock, "admin.conversations.delete", ADMIN) == "invalid_arguments"
    assert not told(dock, "public_channel_deleted", "private_channel_deleted")


def test_some_conversations_keep_messages_as_the_organization_does(dock: Live) -> None:
    for channel, code in {
        "C0NOWHERE01": "channel_not_found",
        SUNK: "channel_not_found",
        GENERAL: "channel_type_not_supported",
        EVERYBODY: "default_org_wide_channel",
        DECK: "restricted_action",
    }.items():
        for method, arguments in RETENTION.items():
            assert refused(dock, method, ADMIN, channel_id=channel, **arguments) == code, (method, channel)


def test_an_organization_that_forbids_it_has_one_retention_for_all(dock: Live) -> None:
    ok(dock, "admin.conversations.setCustomRetention", ADMIN, channel_id=HOLD, duration_days=7)
    change(dock, update(tables.organizations).values(retention_override_allowed=False))
    for method, arguments in RETENTION.items():
        assert refused(dock, method, ADMIN, channel_id=HOLD, **arguments) == "retention_override_not_allowed"


@pytest.mark.parametrize("days", [0, -1, 36_500, "ten", "1.5", 2**60])
def test_days_that_are_none(dock: Live, days: object) -> None:
    answer = dock.call("admin.conversations.setCustomRetention", ADMIN, channel_id=HOLD, duration_days=days)
    assert answer["error"] == "invalid_duration"


def test_days_have_to_be_given(dock: Live) -> None:
    assert refused(dock, "admin.conversations.setCustomRetention", ADMIN, channel_id=HOLD) == "invalid_arguments"


# A deleted channel.


ORDINARY: dict[str, dict[str, object]] = {
    "conversations.info": {},
    "conversations.history": {},
    "conversations.members": {},
    "conversations.join": {},
    "conversations.leave": {},
    "conversations.archive": {},
    "conversations.unarchive": {},
    "conversations.rename": {"name": "other"},
    "conversations.setTopic": {"topic": "Other"},
    "conversations.setPurpose": {"purpose": "Other"},
    "conversations.invite": {"users": MIA},
    "conversations.kick": {"user": MIA},
    "conversations.mark": {"ts": "1500000001.000100"},
    "conversations.replies": {"ts": "1500000001.000100"},
    "chat.postMessage": {"text": "Words"},
    "chat.postEphemeral": {"text": "Words", "user": MIA},
    "chat.meMessage": {"text": "Words"},
    "chat.update": {"ts": "1500000001.000100", "text": "Words"},
    "chat.delete": {"ts": "1500000001.000100"},
    "chat.getPermalink": {"message_ts": "1500000001.000100"},
    "reactions.add": {"timestamp": "1500000001.000100", "name": "eyes"},
    "reactions.remove": {"timestamp": "1500000001.000100", "name": "eyes"},
    "reactions.get": {"timestamp": "1500000001.000100"},
    "pins.add": {"timestamp": "1500000001.000100"},
    "pins.remove": {"timestamp": "1500000001.000100"},
    "pins.list": {},
}


def lists(dock: Live, token: str) -> str:
    """All that lists tell somebody of conversations and what is in them."""
    kinds = "public_channel,private_channel"
    return json.dumps(
        [
            ok(dock, "conversations.list", token, types=kinds),
            ok(dock, "users.conversations", token, types=kinds),
            ok(dock, "reactions.list", token, user=MIA),
            ok(dock, "chat.scheduledMessages.list", token),
        ]
    )


@pytest.mark.parametrize("channel", [PIER, HOLD])
def test_it_is_gone_at_once_for_everybody(dock: Live, channel: str) -> None:
    parent = fill(dock, channel)
    later = dock.gridhall.clock.now() // 1_000_000 + 1000
    ok(dock, "chat.scheduleMessage", "xoxp-mia", channel=channel, text="Later", post_at=later)
    tokens = ("xoxp-mia", "xoxp-max")
    for token in tokens:
        assert parent in json.dumps(ok(dock, "conversations.history", token, channel=channel))
        assert channel in lists(dock, token)
    delete(dock, channel)
    for token in tokens:
        scheduling: dict[str, object] = {"text": "Words", "post_at": later}
        for method, arguments in {**ORDINARY, "chat.scheduleMessage": scheduling}.items():
            assert refused(dock, method, token, channel=channel, **arguments) == "channel_not_found", method
        assert channel not in lists(dock, token)
    for method, arguments in METHODS.items():
        assert refused(dock, method, ADMIN, channel_id=channel, **arguments) == "channel_not_found"


def test_every_worker_forgets_it_at_once(postgres_databases: Databases) -> None:
    database = postgres_databases.filled("dock")
    with live(database) as one, live(database) as other:
        for worker in (one, other):
            ok(worker, "conversations.history", "xoxp-mia", channel=PIER)
            ok(worker, "conversations.info", "xoxp-mia", channel=PIER)
        delete(one, PIER)
        for worker in (one, other):
            assert refused(worker, "conversations.history", "xoxp-mia", channel=PIER) == "channel_not_found"
            assert refused(worker, "conversations.info", "xoxp-mia", channel=PIER) == "channel_not_found"


def test_its_name_is_free_again_wherever_it_was(dock: Live) -> None:
    for token in ("xoxp-mia", "xoxp-mia-west"):
        assert refused(dock, "conversations.create", token, name="pier") == "name_taken"
    delete(dock, PIER)
    for token in ("xoxp-mia", "xoxp-mia-west"):
        made = ok(dock, "conversations.create", token, name="pier")["channel"]["id"]
        assert made != PIER
    assert ok(dock, "chat.postMessage", "xoxp-mia", channel="#pier", text="Words")["channel"] != PIER


@pytest.mark.parametrize("channel", [OLD, WIDE, QUAY])
def test_archived_wide_and_connected_channels_go_too(dock: Live, channel: str) -> None:
    delete(dock, channel)
    for token in ("xoxp-mia", "xoxp-ben"):
        assert refused(dock, "conversations.info", token, channel=channel) == "channel_not_found"


def test_nobody_deletes_it_twice(dock: Live) -> None:
    delete(dock, PIER)
    assert refused(dock, "admin.conversations.delete", ADMIN, channel_id=PIER) == "channel_not_found"
    assert len(told(dock, "public_channel_deleted")) == 1


@pytest.mark.parametrize(
    ("channel", "action", "entity"),
    [
        (
            PIER,
            "public_channel_deleted",
            {"name": "pier", "privacy": "public", "is_shared": False, "is_org_shared": True, "teams_shared_with": []},
        ),
        (
            HOLD,
            "private_channel_deleted",
            {"name": "hold", "privacy": "private", "is_shared": False, "is_org_shared": False, "teams_shared_with": []},
        ),
        (
            QUAY,
            "public_channel_deleted",
            {
                "name": "quay",
                "privacy": "public",
                "is_shared": True,
                "is_org_shared": False,
                "teams_shared_with": ["E0BOAT00001"],
            },
        ),
    ],
)
def test_the_audit_log_tells_of_it_as_it_was(dock: Live, channel: str, action: str, entity: dict[str, object]) -> None:
    delete(dock, channel)
    assert told(dock, "public_channel_deleted", "private_channel_deleted") == [
        (ABE, {"type": "channel", "channel": {"id": channel, **entity}}, {})
    ]
    assert told(dock, action)


def test_nothing_is_posted_there_any_more(dock: Live) -> None:
    now = dock.gridhall.clock.now() // 1_000_000
    ok(dock, "chat.scheduleMessage", "xoxp-mia", channel=PIER, text="Later", post_at=now + 100)
    delete(dock, PIER)
    assert ok(dock, "chat.scheduledMessages.list", "xoxp-mia")["scheduled_messages"] == []
    settle(dock, 200)
    assert not [job for job in jobs(dock) if job.kind == scheduled.JOB]


def test_what_was_being_written_there_ends(dock: Live) -> None:
    begun = ok(
        dock,
        "chat.startStream",
        "xoxb-crane",
        channel=PIER,
        thread_ts="1500000001.000100",
        recipient_team_id=EAST,
        recipient_user_id=MIA,
        markdown_text="Begun",
    )["ts"]
    delete(dock, PIER)
    answer = refused(dock, "chat.appendStream", "xoxb-crane", channel=PIER, ts=begun, markdown_text=" and on")
    assert answer == "channel_not_found"
    message = ok(dock, "oversight.chat.info", OWNER, channel=PIER, ts=begun)["message"]
    assert message["text"] == "Begun"
    assert "in_progress" not in json.dumps(message)


def test_overseers_read_it_for_a_day_and_retention_leaves_it(dock: Live) -> None:
    asked: dict[str, object] = {"channel": HOLD, "ts": "1500000001.000100"}
    change(dock, update(tables.organizations).values(retention_days=1))
    delete(dock, HOLD)
    settle(dock, DAY - 1)
    assert ok(dock, "oversight.chat.info", OWNER, **asked)["message"]["text"] == "First"
    dock.move(advance=1)
    assert refused(dock, "oversight.chat.info", OWNER, **asked) in ("channel_not_found", "message_not_found")
    assert refused(dock, "conversations.info", "xoxp-mia", channel=HOLD) == "channel_not_found"


# Retention.


def custom(dock: Live, channel: str) -> tuple[bool, int]:
    answer = ok(dock, "admin.conversations.getCustomRetention", ADMIN, channel_id=channel)
    assert answer.keys() == {"ok", "is_policy_enabled", "duration_days"}
    return answer["is_policy_enabled"], answer["duration_days"]


@pytest.mark.parametrize("channel", [PIER, HOLD, OLD, WIDE, QUAY, DIRECT, GROUP])
def test_days_of_its_own_are_set_told_and_removed(dock: Live, channel: str) -> None:
    assert custom(dock, channel) == (False, 0)
    for days in (70, 1, 36_499):
        assert dock.call("admin.conversations.setCustomRetention", ADMIN, channel_id=channel, duration_days=days) == OK
        assert custom(dock, channel) == (True, days)
    assert dock.call("admin.conversations.removeCustomRetention", ADMIN, channel_id=channel) == OK
    assert custom(dock, channel) == (False, 0)


def test_overseers_are_told_the_days_in_force(dock: Live) -> None:
    def in_force() -> dict[str, str]:
        (found,) = ok(dock, "oversight.conversations.info", OWNER, channel=HOLD)["info"]
        retention: dict[str, str] = found["retention"]
        return retention

    assert in_force() == {"type": "default", "duration": "0"}
    ok(dock, "admin.conversations.setCustomRetention", ADMIN, channel_id=HOLD, duration_days=70)
    assert in_force() == {"type": "custom", "duration": "70"}
    ok(dock, "admin.conversations.removeCustomRetention", ADMIN, channel_id=HOLD)
    assert in_force() == {"type": "default", "duration": "0"}


def test_messages_go_by_the_days_that_are_set(dock: Live) -> None:
    ok(dock, "chat.postMessage", "xoxp-mia", channel=HOLD, text="New")

    def left(channel: str) -> list[str]:
        return [message["text"] for message in ok(dock, "conversations.history", "xoxp-mia", channel=channel)["messages"]]

    assert left(HOLD) == ["New", "First"]
    ok(dock, "admin.conversations.setCustomRetention", ADMIN, channel_id=HOLD, duration_days=10)
    settle(dock)
    assert left(HOLD) == ["New"]
    assert "First" in left(PIER)
    ok(dock, "admin.conversations.removeCustomRetention", ADMIN, channel_id=HOLD)
    settle(dock, 30 * DAY)
    assert left(HOLD) == ["New"]


def test_the_audit_log_tells_of_changed_days(dock: Live) -> None:
    for days in (7, 7, 9):
        ok(dock, "admin.conversations.setCustomRetention", ADMIN, channel_id=HOLD, duration_days=days)
    for _ in range(2):
        ok(dock, "admin.conversations.removeCustomRetention", ADMIN, channel_id=HOLD)
    for_ever, seven, nine = (
        {"type": "RETAIN_ALL", "duration_days": 0},
        {"type": "EXPIRE_MSGS", "duration_days": 7},
        {"type": "EXPIRE_MSGS", "duration_days": 9},
    )
    found = told(dock, "channel_retention_changed")
    assert [details for _, _, details in found] == [
        {"old_retention_policy": for_ever, "new_retention_policy": seven},
        {"old_retention_policy": seven, "new_retention_policy": nine},
        {"old_retention_policy": nine, "new_retention_policy": for_ever},
    ]
    assert {(actor, entity["channel"]["id"]) for actor, entity, _ in found} == {(ABE, HOLD)}


def test_the_audit_log_tells_of_the_organizations_days_where_they_count(dock: Live) -> None:
    change(dock, update(tables.organizations).values(retention_days=90, keep_edits=False))
    ok(dock, "admin.conversations.setCustomRetention", ADMIN, channel_id=HOLD, duration_days=7)
    change(dock, update(tables.organizations).values(retention_days=0))
    ok(dock, "admin.conversations.removeCustomRetention", ADMIN, channel_id=HOLD)
    assert [details for _, _, details in told(dock, "channel_retention_changed")] == [
        {
            "old_retention_policy": {"type": "EXPIRE_MSGS", "duration_days": 90},
            "new_retention_policy": {"type": "EXPIRE_MSGS", "duration_days": 7},
        },
        {
            "old_retention_policy": {"type": "EXPIRE_MSGS", "duration_days": 7},
            "new_retention_policy": {"type": "RETAIN_MSGS", "duration_days": 0},
        },
    ]


# What happens at the same moment.


def test_only_one_of_many_deletes_it_and_nothing_comes_after(dock: Live) -> None:
    """Whoever posts, renames or pins meanwhile was in time, or finds nothing there."""
    calls = [partial(dock.call, "admin.conversations.delete", token, channel_id=PIER) for token in (ADMIN, OWNER) * 2]
    meanwhile = [
        partial(dock.call, "chat.postMessage", "xoxp-mia", channel=PIER, text="Words"),
        partial(dock.call, "chat.postMessage", "xoxp-max", channel=PIER, text="Words", thread_ts="1500000001.000100"),
        partial(dock.call, "conversations.rename", "xoxp-mia", channel=PIER, name="mole"),
        partial(dock.call, "pins.add", "xoxp-mia", channel=PIER, timestamp="1500000001.000100"),
        partial(dock.call, "admin.conversations.setCustomRetention", ADMIN, channel_id=PIER, duration_days=9),
    ]
    outcomes = at_once(*meanwhile[:3], *calls, *meanwhile[3:])
    assert set(outcomes) <= {"ok", "channel_not_found"}
    assert len(told(dock, "public_channel_deleted")) == 1
    for name in ("pier", "mole"):
        ok(dock, "conversations.create", "xoxp-mia", name=name)
        ok(dock, "conversations.create", "xoxp-mia-west", name=name)
    assert dock.call("chat.postMessage", "xoxp-mia", channel=PIER, text="Words")["error"] == "channel_not_found"
