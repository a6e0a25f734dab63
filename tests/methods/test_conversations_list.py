"""conversations.list"""

from typing import Any

import pytest
from sqlalchemy import insert, update

from gridhall.storage import directory
from gridhall.storage.tables import connections, conversations, members, shares
from harness.live import Live
from methods.rows import change

ALL = "public_channel,private_channel,im,mpim"
INVALID_CURSOR = {"ok": False, "error": "invalid_cursor"}

PUBLIC = [
    "C0BOTHS0001",
    "C0EVERY0001",
    "C0LENT00001",
    "C0OLDEN0001",
    "C0QUIET0001",
    "C0REPLY0001",
    "C0SHELF0001",
    "C0STACKS001",
    "C0STRANGE01",
]
PRIVATE = ["C0SECRET001", "G0ELDER0001"]
IMS = ["D0ANNBOB001", "D0ANNGOT001", "D0ANNZED001"]
MPIMS = ["G0THREE0001"]


def page(live: Live, token: str, **arguments: object) -> tuple[dict[str, dict[str, Any]], str]:
    """The conversations by id, in the order in which they were listed, and where the next page begins."""
    answer = live.call("conversations.list", token, **arguments)
    assert answer["ok"], answer
    channels = {channel["id"]: channel for channel in answer["channels"]}
    assert len(channels) == len(answer["channels"])
    return channels, answer["response_metadata"]["next_cursor"]


def channels(live: Live, token: str, **arguments: object) -> dict[str, dict[str, Any]]:
    return page(live, token, **arguments)[0]


def walk(live: Live, token: str, **arguments: object) -> tuple[list[str], int]:
    """The ids on all pages, and how many pages there are."""
    found: list[str] = []
    cursor, pages = "", 0
    while cursor or not pages:
        some, cursor = page(live, token, cursor=cursor, **arguments)
        found += some
        pages += 1
    return found, pages


# Which.


def test_public_channels_of_the_workspace_are_listed_whether_one_is_in_them_or_not(library: Live) -> None:
    for token in ("xoxp-ann", "xoxp-eve", "xoxb-reader"):
        assert list(channels(library, token)) == PUBLIC
    mine = {id for id, channel in channels(library, "xoxp-ann").items() if channel["is_member"]}
    assert mine == {*PUBLIC} - {"C0EVERY0001", "C0STRANGE01"}
    assert {id for id, channel in channels(library, "xoxb-reader").items() if channel["is_member"]} == {"C0STACKS001"}


@pytest.mark.parametrize(
    ("types", "found"),
    [
        ("public_channel", PUBLIC),
        ("private_channel", PRIVATE),
        ("im", IMS),
        ("mpim", MPIMS),
        ("im,mpim", IMS + MPIMS),
        ("public_channel, im,", PUBLIC + IMS),
        ('["mpim", "public_channel"]', PUBLIC + MPIMS),
        (ALL, sorted(PUBLIC + PRIVATE + IMS + MPIMS)),
    ],
)
def test_types_choose_the_kinds(library: Live, types: str, found: list[str]) -> None:
    assert list(channels(library, "xoxp-ann", types=types)) == found


@pytest.mark.parametrize("types", ["channel", "public_channel,dm", ",", "[", '[""]', "IM"])
def test_other_types_are_refused(library: Live, types: str) -> None:
    assert library.call("conversations.list", "xoxp-ann", types=types)["error"] == "invalid_types"


def test_what_is_not_public_is_listed_to_its_members(library: Live) -> None:
    assert list(channels(library, "xoxp-bob", types="private_channel,im,mpim")) == ["C0WHISPER1", "D0ANNBOB001", "G0THREE0001"]
    assert list(channels(library, "xoxp-eve", types="private_channel,im,mpim")) == []


def test_a_guest_lists_only_what_they_are_in(library: Live) -> None:
    assert list(channels(library, "xoxp-gil", types=ALL)) == ["C0SHELF0001", "C0STACKS001"]


def test_each_workspace_has_its_own(library: Live) -> None:
    here = ["C0BOTHS0001", "C0EVERY0001", "C0SCIENCE01"]
    assert list(channels(library, "xoxp-cat")) == here
    assert list(channels(library, "xoxp-ann-science", types=ALL)) == sorted([*here, *IMS, *MPIMS])
    assert {channel["context_team_id"] for channel in channels(library, "xoxp-cat").values()} == {"T0SCIENCE01"}


def test_connected_channels_are_listed_on_both_sides(library: Live) -> None:
    listed = channels(library, "xoxp-zed", types="public_channel,im")
    assert list(listed) == ["C0LENT00001", "C0STRANGE01", "D0ANNZED001"]
    assert {id: channel["is_member"] for id, channel in listed.items() if id.startswith("C")} == {
        "C0LENT00001": True,
        "C0STRANGE01": True,
    }
    lent = channels(library, "xoxp-eve")["C0LENT00001"]
    assert (lent["is_ext_shared"], lent["is_member"], lent["num_members"]) == (True, False, 2)


def test_an_org_level_token_names_a_workspace(library: Live) -> None:
    assert library.call("conversations.list", "xoxp-ann-org")["error"] == "missing_argument"
    assert list(channels(library, "xoxp-ann-org", team_id="T0SCIENCE01")) == ["C0BOTHS0001", "C0EVERY0001", "C0SCIENCE01"]
    for team in ("T0MAPS00001", "T0STREET001", "T0NOBODY001"):
        assert library.call("conversations.list", "xoxp-ann-org", team_id=team)["error"] == "team_access_not_granted"
    assert list(channels(library, "xoxp-ann", team_id="T0SCIENCE01")) == PUBLIC


# The fields.


def test_a_channel_is_told_without_what_the_caller_has_read(library: Live) -> None:
    assert channels(library, "xoxp-ann")["C0STACKS001"] == {
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
        "is_shared": False,
        "is_org_shared": False,
        "is_global_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "is_member": True,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "unlinked": 0,
        "shared_team_ids": ["T0FICTION01"],
        "topic": {"value": "Books", "creator": "W0BOB000001", "last_set": 1500000100},
        "purpose": {"value": "To read", "creator": "W0BOB000001", "last_set": 1500000100},
        "previous_names": ["heaps"],
        "num_members": 7,
    }


def test_a_direct_message_is_told_shortly(library: Live) -> None:
    assert channels(library, "xoxp-ann", types="im")["D0ANNGOT001"] == {
        "id": "D0ANNGOT001",
        "created": 1500000100,
        "updated": 1500000100000,
        "context_team_id": "T0FICTION01",
        "is_im": True,
        "is_archived": False,
        "is_org_shared": False,
        "user": "W0GOT000001",
        "is_user_deleted": True,
        "priority": 0,
    }


def test_a_group_message_tells_whether_it_is_open(any_library: Live) -> None:
    trio = channels(any_library, "xoxp-cat", types="mpim")["G0THREE0001"]
    assert (trio["is_open"], trio["is_member"], trio["priority"]) == (True, True, 0)
    assert trio.keys().isdisjoint({"num_members", "previous_names", "last_read"})
    change(any_library, update(members).where(members.c.conversation == "G0THREE0001").values(open=False))
    assert channels(any_library, "xoxp-cat", types="mpim")["G0THREE0001"]["is_open"] is False


# Scopes.

SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


@pytest.mark.parametrize("types", ["public_channel", "private_channel", "im", "mpim", "im,public_channel,mpim"])
def test_each_type_needs_its_scope(library: Live, types: str) -> None:
    answer = library.call("conversations.list", "xoxp-eve-nothing", types=types)
    assert (answer["error"], answer["needed"]) == ("missing_scope", ",".join(SCOPES[kind] for kind in types.split(",")))


def test_a_scope_is_enough_for_its_own_type_only(library: Live) -> None:
    assert list(channels(library, "xoxp-eve-channels")) == PUBLIC
    answer = library.call("conversations.list", "xoxp-eve-channels", types=ALL)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read,im:read,mpim:read")


# Pages.


def test_archived_channels_are_left_out_of_the_page_after_it_was_cut(library: Live) -> None:
    """Source: the reference page, whose example has fewer on a page than were asked for."""
    assert list(channels(library, "xoxp-ann", exclude_archived="true")) == [id for id in PUBLIC if id != "C0OLDEN0001"]
    some, cursor = page(library, "xoxp-ann", exclude_archived="true", limit=4)
    assert list(some) == PUBLIC[:3]
    more, _ = page(library, "xoxp-ann", exclude_archived="true", limit=4, cursor=cursor)
    assert list(more) == PUBLIC[4:8]
    assert walk(library, "xoxp-ann", exclude_archived="true", limit=1) == ([id for id in PUBLIC if id != "C0OLDEN0001"], 9)


@pytest.mark.parametrize("limit", ["0", "-1", "1000", "ten", "1.5"])
def test_a_limit_is_a_number_from_1_to_999(library: Live, limit: str) -> None:
    assert library.call("conversations.list", "xoxp-ann", limit=limit)["error"] == "invalid_limit"


@pytest.mark.parametrize("types", ["public_channel", "im,private_channel", ALL])
@pytest.mark.parametrize("limit", [1, 2, 5, 15, 999])
def test_pages_of_any_size_meet_end_to_end(library: Live, types: str, limit: int) -> None:
    whole = list(channels(library, "xoxp-ann", types=types))
    assert walk(library, "xoxp-ann", types=types, limit=limit) == (whole, -(-len(whole) // limit))


def test_the_usual_page_has_100(any_library: Live) -> None:
    _add_channels(any_library, 120, private=False)
    first, cursor = page(any_library, "xoxp-ann")
    assert len(first) == 100
    rest, end = page(any_library, "xoxp-ann", cursor=cursor)
    assert (len(rest), end) == (29, "")


def test_a_look_ends_though_nothing_was_found(any_library: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page costs the same however many private channels of others lie before the next public one."""
    _add_channels(any_library, 60, private=True)
    monkeypatch.setattr(directory, "AHEAD", 20)
    found, pages = walk(any_library, "xoxp-eve", types="public_channel,im", limit=5)
    assert found == PUBLIC
    assert 4 <= pages <= 7
    assert walk(any_library, "xoxp-ann", types="im", limit=1)[0] == IMS
    assert walk(any_library, "xoxp-ann", types=ALL, limit=3)[0] == sorted(PUBLIC + PRIVATE + IMS + MPIMS)


def _add_channels(live: Live, count: int, *, private: bool) -> None:
    for number in range(count):
        id = f"C0ADDED{number:04}"
        row = {
            "organization": "E0LIBRARY01",
            "id": id,
            "kind": "private" if private else "public",
            "name": f"added-{number}",
            "workspace": "T0FICTION01",
            "creator": "W0BOB000001",
            **dict.fromkeys(("created", "updated", "topic_set", "purpose_set", "retention_days", "num_members"), 0),
            **dict.fromkeys(("topic", "topic_creator", "purpose", "purpose_creator"), ""),
            **dict.fromkeys(("general", "archived", "deleted", "org_wide", "ekm_access_withdrawn", "wide"), False),
            "deleted_at": 0,
            "previous_names": "[]",
            "posting": '"everyone"',
            "threads": '"everyone"',
        }
        share = {"organization": "E0LIBRARY01", "conversation": id, "workspace": "T0FICTION01", "name": f"added-{number}"}
        change(live, insert(conversations).values(**row), insert(shares).values(**share))


def test_channels_that_come_and_go_between_two_pages_shift_nothing(any_library: Live) -> None:
    first, cursor = page(any_library, "xoxp-eve", limit=3)
    assert list(first) == PUBLIC[:3]
    at = conversations.c.id
    change(
        any_library,
        update(conversations).where((at == "C0BOTHS0001") | (at == "C0QUIET0001")).values(deleted=True),
        update(conversations).where(at == "C0SECRET001").values(kind="public"),
        update(conversations).where(at == "C0STACKS001").values(kind="private"),
    )
    rest = channels(any_library, "xoxp-eve", limit=100, cursor=cursor)
    assert list(rest) == ["C0OLDEN0001", "C0REPLY0001", "C0SECRET001", "C0SHELF0001", "C0STRANGE01"]


def test_an_ended_connection_ends_the_listing(any_library: Live) -> None:
    change(any_library, connections.delete().where(connections.c.conversation == "C0STRANGE01"))
    assert "C0STRANGE01" not in channels(any_library, "xoxp-ann")


def test_a_cursor_is_for_one_caller_and_one_workspace(library: Live) -> None:
    _, cursor = page(library, "xoxp-ann", limit=1)
    assert library.call("conversations.list", "xoxp-ann", cursor=cursor)["ok"]
    for token in ("xoxp-ann-science", "xoxp-bob", "xoxp-zed"):
        assert library.call("conversations.list", token, cursor=cursor) == INVALID_CURSOR
    assert library.call("conversations.list", "xoxp-ann", cursor=cursor[:-4]) == INVALID_CURSOR
    assert library.call("users.conversations", "xoxp-ann", cursor=cursor) == INVALID_CURSOR
