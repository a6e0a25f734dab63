"""conversations.info"""

from typing import Any

import pytest
from sqlalchemy import insert, update

from gridhall.domain.reading import MOST_UNREAD
from gridhall.storage.tables import conversations, members, messages
from harness.live import Live
from methods.rows import change

NOT_FOUND = {"ok": False, "error": "channel_not_found"}


def info(live: Live, token: str, channel: str, **arguments: object) -> dict[str, Any]:
    answer = live.call("conversations.info", token, channel=channel, **arguments)
    assert answer["ok"], answer
    found: dict[str, Any] = answer["channel"]
    return found


def test_a_channel_is_told_with_all_that_is_known_of_it(library: Live) -> None:
    assert info(library, "xoxp-ann", "C0STACKS001") == {
        "id": "C0STACKS001",
        "name": "stacks",
        "name_normalized": "stacks",
        "created": 1500000100,
        "updated": 1500000100000,
        "creator": "W0BOB000001",
        "context_team_id": "T0FICTION01",
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": False,
        "is_archived": False,
        "is_general": True,
        "is_frozen": False,
        "is_shared": False,
        "is_org_shared": False,
        "is_global_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "is_read_only": False,
        "is_thread_only": False,
        "is_non_threadable": False,
        "is_member": True,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "parent_conversation": None,
        "unlinked": 0,
        "shared_team_ids": ["T0FICTION01"],
        "topic": {"value": "Books", "creator": "W0BOB000001", "last_set": 1500000100},
        "purpose": {"value": "To read", "creator": "W0BOB000001", "last_set": 1500000100},
        "previous_names": ["heaps"],
        "last_read": "1500000600.000000",
    }


def test_who_is_no_member_sees_a_public_channel_without_a_read_mark(library: Live) -> None:
    shown = info(library, "xoxp-eve", "C0SHELF0001")
    assert shown["is_member"] is False
    assert shown.keys().isdisjoint({"last_read", "latest", "unread_count", "unread_count_display"})


def test_who_left_is_no_member(library: Live) -> None:
    assert info(library, "xoxp-bob", "C0SHELF0001")["is_member"] is False
    assert library.call("conversations.info", "xoxp-bob", channel="C0SECRET001") == NOT_FOUND


def test_a_bot_sees_public_channels_that_it_is_not_in(library: Live) -> None:
    assert info(library, "xoxb-reader", "C0SHELF0001")["is_member"] is False
    assert info(library, "xoxb-reader", "C0STACKS001")["is_member"] is True


def test_counting_members_and_telling_the_locale_are_asked_for(library: Live) -> None:
    plain = info(library, "xoxp-ann", "C0STACKS001")
    assert plain.keys().isdisjoint({"num_members", "locale"})
    more = info(library, "xoxp-ann", "C0STACKS001", include_num_members="true", include_locale="1")
    assert more == plain | {"num_members": 7, "locale": "de-DE"}


@pytest.mark.parametrize(
    ("token", "channel", "locale", "num_members"),
    [
        ("xoxp-ann", "D0ANNBOB001", "de-DE", 2),
        ("xoxp-bob", "D0ANNBOB001", "fr-FR", 2),
        ("xoxp-ann", "D0ANNZED001", "en-US", 2),
        ("xoxp-ann", "G0THREE0001", "fr-FR", 3),
        ("xoxp-ann", "C0STRANGE01", "en-US", 1),
        ("xoxp-zed", "C0STRANGE01", "es-ES", 1),
        ("xoxp-zed", "C0LENT00001", "en-US", 2),
    ],
)
def test_the_locale_is_the_other_persons_or_the_creators_of_ones_own_organization(
    library: Live, token: str, channel: str, locale: str, num_members: int
) -> None:
    shown = info(library, token, channel, include_locale="true", include_num_members="true")
    assert (shown["locale"], shown["num_members"]) == (locale, num_members)


# Direct conversations.


def test_a_direct_message_tells_the_latest_and_what_is_unread(library: Live) -> None:
    shown = info(library, "xoxp-bob", "D0ANNBOB001")
    latest = shown.pop("latest")
    assert shown == {
        "id": "D0ANNBOB001",
        "created": 1500000100,
        "updated": 1500000100000,
        "context_team_id": "T0FICTION01",
        "is_im": True,
        "is_archived": False,
        "is_org_shared": False,
        "user": "W0ANN000001",
        "is_user_deleted": False,
        "is_open": True,
        "last_read": "1500000500.000000",
        "unread_count": 1,
        "unread_count_display": 1,
        "priority": 0,
    }
    assert (latest["user"], latest["text"], latest["ts"]) == ("W0ANN000001", "Always", "1500000600.000000")


def test_own_messages_and_replies_are_not_unread(library: Live) -> None:
    shown = info(library, "xoxp-ann", "D0ANNBOB001")
    assert (shown["last_read"], shown["unread_count"], shown["unread_count_display"]) == ("0000000000.000000", 2, 2)


def test_an_empty_direct_message_has_no_latest(library: Live) -> None:
    shown = info(library, "xoxp-ann", "D0ANNGOT001")
    assert (shown["latest"], shown["unread_count"], shown["is_user_deleted"]) == (None, 0, True)


def test_a_direct_message_with_oneself_is_with_oneself(any_library: Live) -> None:
    id = any_library.call("conversations.open", "xoxp-ann", users="W0ANN000001")["channel"]["id"]
    any_library.call("chat.postMessage", "xoxp-ann", channel=id, text="A note")
    shown = info(any_library, "xoxp-ann", id, include_num_members="1", include_locale="1")
    assert (shown["user"], shown["is_user_deleted"], shown["num_members"]) == ("W0ANN000001", False, 1)
    assert (shown["latest"]["text"], shown["unread_count"], shown["locale"]) == ("A note", 0, "fr-FR")


def test_a_group_message_tells_the_same(library: Live) -> None:
    shown = info(library, "xoxp-cat", "G0THREE0001")
    assert (shown["name"], shown["is_mpim"], shown["is_member"], shown["is_open"]) == ("mpdm-ann--bob--cat-1", True, True, True)
    assert (shown["latest"], shown["unread_count"], shown["unread_count_display"]) == (None, 0, 0)
    assert shown.keys().isdisjoint({"previous_names", "is_read_only", "is_frozen", "shared_team_ids"})


def test_a_closed_direct_message_is_told_so(any_library: Live) -> None:
    bobs = (members.c.conversation == "D0ANNBOB001") & (members.c.person == "W0BOB000001")
    change(any_library, update(members).where(bobs).values(open=False))
    assert info(any_library, "xoxp-bob", "D0ANNBOB001")["is_open"] is False
    assert info(any_library, "xoxp-ann", "D0ANNBOB001")["is_open"] is True


def test_reading_and_posting_move_what_is_unread(any_library: Live) -> None:
    for text in ("one", "two"):
        assert any_library.call("chat.postMessage", "xoxp-ann", channel="D0ANNBOB001", text=text)["ok"]
    shown = info(any_library, "xoxp-bob", "D0ANNBOB001")
    assert (shown["unread_count"], shown["unread_count_display"], shown["latest"]["text"]) == (3, 3, "two")
    bobs = (members.c.conversation == "D0ANNBOB001") & (members.c.person == "W0BOB000001")
    change(any_library, update(members).where(bobs).values(last_read=int(shown["latest"]["ts"].replace(".", ""))))
    assert info(any_library, "xoxp-bob", "D0ANNBOB001")["unread_count"] == 0


def test_what_a_conversation_tells_by_itself_is_unread_but_not_shown_so(any_library: Live) -> None:
    """A message that tells of the reader counts as well: see the example of conversations.setTopic."""
    for token in ("xoxp-cat", "xoxp-bob"):
        any_library.call("chat.postMessage", token, channel="G0THREE0001", text="Hello")
    told = {"subtype": "channel_topic", "content": '{"type":"message","subtype":"channel_topic","text":"","ts":"1.000000"}'}
    change(any_library, update(messages).where(messages.c.conversation == "G0THREE0001").values(**told))
    for token in ("xoxp-bob", "xoxp-ann"):
        shown = info(any_library, token, "G0THREE0001")
        assert (shown["unread_count"], shown["unread_count_display"]) == (2, 0)


def test_no_more_than_so_many_unread_messages_are_counted(any_library: Live) -> None:
    plain = {
        "organization": "E0LIBRARY01",
        "conversation": "D0ANNGOT001",
        "person_organization": "E0LIBRARY01",
        "person": "W0GOT000001",
        "in_channel": True,
        "content": '{"type":"message","text":"","ts":"1.000000"}',
        "pinned": False,
    }
    rows = [plain | {"ts": 1_500_000_000_000_000 + number} for number in range(MOST_UNREAD + 10)]
    for start in range(0, len(rows), 50):
        change(any_library, insert(messages).values(rows[start : start + 50]))
    assert info(any_library, "xoxp-ann", "D0ANNGOT001")["unread_count"] == MOST_UNREAD


def test_a_placeholder_is_neither_the_latest_nor_unread(any_library: Live) -> None:
    posted = any_library.call("chat.postMessage", "xoxp-ann", channel="D0ANNBOB001", text="Hm")
    any_library.call("chat.postMessage", "xoxp-bob", channel="D0ANNBOB001", text="What?", thread_ts=posted["ts"])
    assert any_library.call("chat.delete", "xoxp-ann", channel="D0ANNBOB001", ts=posted["ts"])["ok"]
    shown = info(any_library, "xoxp-bob", "D0ANNBOB001")
    assert (shown["latest"]["text"], shown["unread_count"]) == ("Always", 1)


def test_no_more_than_so_many_placeholders_are_looked_past(any_library: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridhall.storage.messages._MOST_PLACEHOLDERS", 2)
    latest = []
    for _ in range(2):
        posted = any_library.call("chat.postMessage", "xoxp-ann", channel="D0ANNBOB001", text="Hm")
        any_library.call("chat.postMessage", "xoxp-bob", channel="D0ANNBOB001", text="What?", thread_ts=posted["ts"])
        assert any_library.call("chat.delete", "xoxp-ann", channel="D0ANNBOB001", ts=posted["ts"])["ok"]
        latest.append(info(any_library, "xoxp-bob", "D0ANNBOB001")["latest"])
    assert (latest[0]["text"], latest[1]) == ("Always", None)


# Who may do what.


@pytest.mark.parametrize(
    ("channel", "ann", "bob"),
    [
        ("C0STACKS001", (False, False, False), (False, False, False)),
        ("C0QUIET0001", (False, False, False), (True, False, False)),
        ("C0REPLY0001", (False, False, False), (False, True, False)),
        ("C0SHELF0001", (False, False, False), (False, False, True)),
    ],
)
def test_a_channel_tells_what_it_keeps_the_caller_from(
    library: Live, channel: str, ann: tuple[bool, ...], bob: tuple[bool, ...]
) -> None:
    names = ("is_read_only", "is_thread_only", "is_non_threadable")
    for token, told in (("xoxp-ann", ann), ("xoxp-bob", bob)):
        shown = info(library, token, channel)
        assert tuple(shown[name] for name in names) == told


# From where it is seen.


@pytest.mark.parametrize("token", ["xoxp-ann", "xoxp-ann-science"])
def test_a_channel_of_two_workspaces_is_seen_from_either(library: Live, token: str) -> None:
    shown = info(library, token, "C0BOTHS0001")
    assert (shown["is_shared"], shown["is_org_shared"], shown["is_ext_shared"]) == (True, True, False)
    assert shown["shared_team_ids"] == shown["internal_team_ids"] == ["T0FICTION01", "T0SCIENCE01"]


def test_a_connected_channel_looks_to_each_side_from_where_they_stand(library: Live) -> None:
    for channel, host in (("C0LENT00001", "E0LIBRARY01"), ("C0STRANGE01", "T0STREET001")):
        for token, own, other in (("xoxp-ann", "T0FICTION01", "T0STREET001"), ("xoxp-zed", "T0STREET001", "T0FICTION01")):
            shown = info(library, token, channel)
            assert (shown["is_shared"], shown["is_ext_shared"], shown["is_org_shared"]) == (True, True, False)
            assert (shown["internal_team_ids"], shown["connected_team_ids"]) == ([own], [other])
            assert (shown["shared_team_ids"], shown["context_team_id"]) == ([own, other], own)
            assert shown["conversation_host_id"] == host


@pytest.mark.parametrize(
    ("token", "channel"),
    [
        ("xoxp-ann", "C0SCIENCE01"),
        ("xoxp-ann", "C0ATLAS0001"),
        ("xoxp-ann", "C0GONE00001"),
        ("xoxp-ann", "C0WHISPER1"),
        ("xoxp-ann", "C0NOWHERE01"),
        ("xoxp-ann", "stacks"),
        ("xoxp-cat", "C0STACKS001"),
        ("xoxp-cat", "C0LENT00001"),
        ("xoxp-cat", "D0ANNBOB001"),
        ("xoxp-zed", "C0STACKS001"),
        ("xoxp-gil", "C0BOTHS0001"),
        ("xoxp-gil", "C0EVERY0001"),
        ("xoxb-reader", "C0SECRET001"),
        ("xoxb-reader", "D0ANNBOB001"),
        ("xoxp-ann-org", "C0ATLAS0001"),
        ("xoxp-ann-org", "C0WHISPER1"),
    ],
)
def test_what_the_caller_may_not_know_of_is_not_found(library: Live, token: str, channel: str) -> None:
    assert library.call("conversations.info", token, channel=channel) == NOT_FOUND


def test_a_channel_has_to_be_named(library: Live) -> None:
    assert library.call("conversations.info", "xoxp-ann")["error"] == "channel_not_found"
    assert library.call("conversations.info", "xoxp-ann", channel="")["error"] == "channel_not_found"


@pytest.mark.parametrize(
    "channel", ["C0STACKS001", "C0BOTHS0001", "C0EVERY0001", "C0SCIENCE01", "C0LENT00001", "C0STRANGE01", "D0ANNZED001"]
)
def test_an_org_level_token_sees_what_is_in_a_workspace_that_it_reaches(library: Live, channel: str) -> None:
    shown = info(library, "xoxp-ann-org", channel, team_id="T0MAPS00001")
    assert (shown["id"], shown["context_team_id"]) == (channel, "E0LIBRARY01")


def test_a_guest_sees_what_they_are_in(library: Live) -> None:
    assert info(library, "xoxp-gil", "C0SHELF0001")["is_member"] is True


def test_an_archived_channel_can_be_seen(library: Live) -> None:
    assert info(library, "xoxp-eve", "C0OLDEN0001")["is_archived"] is True


def test_each_kind_needs_its_scope(library: Live) -> None:
    assert info(library, "xoxp-ann-channels", "C0STACKS001")["id"] == "C0STACKS001"
    for channel, needed in (("C0SECRET001", "groups:read"), ("D0ANNBOB001", "im:read"), ("G0THREE0001", "mpim:read")):
        answer = library.call("conversations.info", "xoxp-ann-channels", channel=channel)
        assert (answer["error"], answer["needed"]) == ("missing_scope", needed)
    answer = library.call("conversations.info", "xoxp-eve-nothing", channel="C0STACKS001")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:read,groups:read,im:read,mpim:read")


def test_a_withdrawn_key_closes_a_conversation(any_library: Live) -> None:
    stacks = conversations.c.id == "C0STACKS001"
    change(any_library, update(conversations).where(stacks).values(ekm_access_withdrawn=True))
    assert any_library.call("conversations.info", "xoxp-ann", channel="C0STACKS001")["error"] == "ekm_access_denied"
