"""users.conversations"""

from typing import Any

import pytest
from sqlalchemy import insert, update

from gridhall.storage.tables import members
from harness.databases import Databases
from harness.live import Live, live
from methods.rows import change, make_token

ALL = "public_channel,private_channel,im,mpim"
INVALID_CURSOR = {"ok": False, "error": "invalid_cursor"}

PUBLIC = ["C0BOTH00001", "C0EVERY0001", "C0LINK00001", "C0OLD000001", "C0STUDIO001"]
PRIVATE = ["C0HIDDEN001", "G0ANCIENT01"]
IMS = ["D0MIADAN001", "D0MIAMAX001", "D0MIATOM001"]
MPIMS = ["G0TRIO00001"]


def channels(live: Live, token: str, **arguments: object) -> dict[str, dict[str, Any]]:
    """The conversations by id, in the order in which they were listed."""
    answer = live.call("users.conversations", token, **arguments)
    assert answer["ok"], answer
    return {channel["id"]: channel for channel in answer["channels"]}


def test_public_channels_are_listed_by_default(each_campus: Live) -> None:
    assert list(channels(each_campus, "xoxp-mia")) == PUBLIC
    assert list(channels(each_campus, "xoxp-mia", types=ALL)) == sorted(PUBLIC + PRIVATE + IMS + MPIMS)


@pytest.mark.parametrize(
    ("types", "found"),
    [
        ("public_channel", PUBLIC),
        ("private_channel", PRIVATE),
        ("im", IMS),
        ("mpim", MPIMS),
        ("im,mpim", IMS + MPIMS),
        ("mpim , im,", IMS + MPIMS),
        ('["im", "mpim"]', IMS + MPIMS),
    ],
)
def test_types_choose_the_kinds(campus: Live, types: str, found: list[str]) -> None:
    assert list(channels(campus, "xoxp-mia", types=types)) == found


@pytest.mark.parametrize("types", ["channel", "public_channel,dm", ",", "[", '[""]', "IM"])
def test_other_types_are_refused(campus: Live, types: str) -> None:
    assert campus.call("users.conversations", "xoxp-mia", types=types)["error"] == "invalid_types"


def test_archived_channels_can_be_left_out(campus: Live) -> None:
    assert list(channels(campus, "xoxp-mia", exclude_archived="true")) == [id for id in PUBLIC if id != "C0OLD000001"]
    assert list(channels(campus, "xoxp-mia", exclude_archived="false")) == PUBLIC


def test_a_channel_that_was_left_is_not_theirs_any_more(campus: Live) -> None:
    assert list(channels(campus, "xoxp-wes", types=ALL)) == ["C0HIDDEN001", "C0OPEN00001"]


def test_channels_of_other_workspaces_are_not_listed_here(campus: Live) -> None:
    assert "C0LAWS00001" not in channels(campus, "xoxp-mia", types=ALL)
    in_laws = channels(campus, "xoxp-mia-laws", types=ALL)
    assert list(in_laws) == sorted(["C0BOTH00001", "C0EVERY0001", "C0LAWS00001", *IMS, *MPIMS])
    assert {channel["context_team_id"] for channel in in_laws.values()} == {"T0LAWS00001"}


# The fields.


def test_a_public_channel_is_told_with_all_that_is_known_of_it(campus: Live) -> None:
    assert channels(campus, "xoxp-mia")["C0STUDIO001"] == {
        "id": "C0STUDIO001",
        "name": "studio",
        "name_normalized": "studio",
        "created": 1500000100,
        "updated": 1500000100000,
        "creator": "W0MIA000001",
        "context_team_id": "T0ARTS00001",
        "enterprise_id": "E0CAMPUS001",
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": False,
        "is_archived": False,
        "is_general": False,
        "is_shared": False,
        "is_org_shared": False,
        "is_global_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "parent_conversation": None,
        "unlinked": 0,
        "shared_team_ids": ["T0ARTS00001"],
        "topic": {"value": "Paint", "creator": "W0MIA000001", "last_set": 1500000100},
        "purpose": {"value": "To paint", "creator": "W0MIA000001", "last_set": 1500000100},
        "previous_names": ["atelier"],
        "last_read": "1500000250.000100",
    }


def test_the_general_channel_and_an_archived_one_are_told_so(reading: Live) -> None:
    assert channels(reading, "xoxp-cho-east")["C0GENERAL01"]["is_general"] is True
    assert channels(reading, "xoxp-cho-east")["C0ARCHIVED1"]["is_archived"] is True


def test_names_are_normalized(campus: Live) -> None:
    channel = channels(campus, "xoxp-max")["C0OPEN00001"]
    assert (channel["name"], channel["name_normalized"]) == ("öffentlich", "offentlich")


def test_a_private_channel_is_a_group_only_by_an_old_id(campus: Live) -> None:
    private = channels(campus, "xoxp-mia", types="private_channel")
    new, old = private["C0HIDDEN001"], private["G0ANCIENT01"]
    assert (new["is_private"], new["is_channel"], new["is_group"]) == (True, True, False)
    assert (old["is_private"], old["is_channel"], old["is_group"]) == (True, False, True)


def test_a_channel_of_several_workspaces_is_shared_in_the_organization(each_campus: Live) -> None:
    both = channels(each_campus, "xoxp-mia")["C0BOTH00001"]
    assert (both["is_shared"], both["is_org_shared"], both["is_ext_shared"], both["is_global_shared"]) == (
        True,
        True,
        False,
        False,
    )
    assert both["shared_team_ids"] == both["internal_team_ids"] == ["T0ARTS00001", "T0LAWS00001"]
    assert both.keys().isdisjoint({"connected_team_ids", "conversation_host_id"})


def test_an_org_wide_channel_is_in_every_workspace(campus: Live) -> None:
    everybody = channels(campus, "xoxp-mia")["C0EVERY0001"]
    assert (everybody["is_shared"], everybody["is_org_shared"], everybody["is_global_shared"]) == (True, True, True)


def test_a_channel_tells_who_may_post(campus: Live) -> None:
    listed = channels(campus, "xoxp-mia")
    assert listed["C0EVERY0001"]["properties"] == {
        "posting_restricted_to": {"type": ["admin"]},
        "threads_restricted_to": {"type": [], "user": ["W0LEA000001"]},
    }
    assert "properties" not in listed["C0STUDIO001"]


def test_a_connected_channel_looks_to_each_side_from_where_they_stand(each_campus: Live) -> None:
    ours, theirs = channels(each_campus, "xoxp-mia")["C0LINK00001"], channels(each_campus, "xoxp-tom")["C0LINK00001"]
    for side, own, other in ((ours, "T0ARTS00001", "T0TOWN00001"), (theirs, "T0TOWN00001", "T0ARTS00001")):
        assert (side["is_shared"], side["is_ext_shared"], side["is_org_shared"]) == (True, True, False)
        assert (side["internal_team_ids"], side["connected_team_ids"]) == ([own], [other])
        assert (side["shared_team_ids"], side["context_team_id"]) == ([own, other], own)
        assert side["conversation_host_id"] == "E0CAMPUS001"
    assert "enterprise_id" not in theirs


@pytest.mark.parametrize(
    ("organization", "workspace", "person"),
    [("E0NORTH0001", "T0NORTH0001", "W0NIA000001"), ("E0SOUTH0001", "T0SOUTH0001", "W0SOL000001")],
)
def test_a_channel_between_two_organizations_is_in_a_workspace_of_each(
    any_databases: Databases, organization: str, workspace: str, person: str
) -> None:
    with live(any_databases.filled("full")) as server:
        token = make_token(server, organization, workspace, person, ["channels:read"])
        channel = channels(server, token)["C0CONNECT01"]
    assert (channel["is_ext_shared"], channel["internal_team_ids"]) == (True, [workspace])
    assert (channel["enterprise_id"], channel["conversation_host_id"]) == (organization, "E0NORTH0001")


def test_a_direct_message_tells_the_other_person(each_campus: Live) -> None:
    ims = channels(each_campus, "xoxp-mia", types="im")
    assert ims["D0MIAMAX001"] == {
        "id": "D0MIAMAX001",
        "created": 1500000100,
        "updated": 1500000100000,
        "context_team_id": "T0ARTS00001",
        "is_im": True,
        "is_archived": False,
        "is_org_shared": False,
        "user": "W0MAX000001",
        "is_user_deleted": False,
        "is_open": True,
        "last_read": "0000000000.000000",
        "priority": 0,
    }
    assert (ims["D0MIADAN001"]["user"], ims["D0MIADAN001"]["is_user_deleted"]) == ("W0DAN000001", True)
    assert channels(each_campus, "xoxp-max", types="im")["D0MIAMAX001"]["user"] == "W0MIA000001"
    assert channels(each_campus, "xoxp-tom", types="im")["D0MIATOM001"]["user"] == "W0MIA000001"


def test_what_somebody_closed_is_listed_as_closed_to_them(own_campus: Live) -> None:
    theirs = (members.c.person == "W0MIA000001") & (members.c.conversation != "D0MIADAN001")
    change(own_campus, update(members).where(theirs).values(open=False))
    assert {id: channel["is_open"] for id, channel in channels(own_campus, "xoxp-mia", types="im,mpim").items()} == {
        "D0MIADAN001": True,
        "D0MIAMAX001": False,
        "D0MIATOM001": False,
        "G0TRIO00001": False,
    }
    assert channels(own_campus, "xoxp-max", types="im")["D0MIAMAX001"]["is_open"] is True


def test_a_group_message_is_named_after_its_people(campus: Live) -> None:
    trio = channels(campus, "xoxp-mia", types="mpim")["G0TRIO00001"]
    assert trio["name"] == "mpdm-mia--max--lea-1"
    assert (trio["is_mpim"], trio["is_private"], trio["is_open"], trio["priority"]) == (True, True, True, 0)


# Other people's.


def test_of_others_the_public_channels_are_seen_and_what_is_shared_with_them(each_campus: Live) -> None:
    assert list(channels(each_campus, "xoxp-max", user="W0MIA000001", types=ALL)) == sorted(
        [*PUBLIC, "D0MIAMAX001", "G0TRIO00001"]
    )
    assert list(channels(each_campus, "xoxp-wes", user="W0MIA000001", types="private_channel")) == ["C0HIDDEN001"]


def test_what_was_left_is_shared_no_more(own_campus: Live) -> None:
    hidden = members.c.conversation == "C0HIDDEN001"
    change(own_campus, update(members).where(hidden, members.c.person == "W0WES000001").values(left=1700000000))
    assert not channels(own_campus, "xoxp-wes", user="W0MIA000001", types="private_channel")


def test_a_channel_that_the_caller_is_not_in_has_no_read_mark(campus: Live) -> None:
    assert "last_read" not in channels(campus, "xoxp-max", user="W0MIA000001")["C0STUDIO001"]


def test_naming_oneself_changes_nothing(campus: Live) -> None:
    assert channels(campus, "xoxp-mia", types=ALL) == channels(campus, "xoxp-mia", types=ALL, user="W0MIA000001")


def test_of_an_external_member_the_common_conversations_are_seen(each_campus: Live) -> None:
    assert list(channels(each_campus, "xoxp-mia", user="U0TOM000001", types=ALL)) == ["C0LINK00001", "D0MIATOM001"]
    assert list(channels(each_campus, "xoxp-pia", user="U0TOM000001", types=ALL)) == ["C0BRIDGE001", "C0LINK00001"]
    assert list(channels(each_campus, "xoxp-tom", user="W0MIA000001", types="public_channel,im")) == [
        "C0LINK00001",
        "D0MIATOM001",
    ]


def test_a_guest_sees_of_others_only_where_they_are_themselves(each_campus: Live) -> None:
    assert list(channels(each_campus, "xoxp-gia", types=ALL)) == ["C0STUDIO001"]
    assert list(channels(each_campus, "xoxp-gia", user="W0MIA000001", types=ALL)) == ["C0STUDIO001"]
    assert list(channels(each_campus, "xoxp-gus", user="W0MIA000001", types=ALL)) == ["C0LINK00001", "C0STUDIO001"]
    assert each_campus.call("users.conversations", "xoxp-gia", user="W0MAX000001") == {"ok": False, "error": "access_denied"}


@pytest.mark.parametrize("user", ["W0NOBODY001", "mia", "U0TED000001"])
def test_who_is_not_there_cannot_be_named(campus: Live, user: str) -> None:
    assert campus.call("users.conversations", "xoxp-mia", user=user)["error"] == "invalid_arguments"


# Tokens.


def test_a_bot_lists_its_own(campus: Live) -> None:
    assert list(channels(campus, "xoxb-easel", types=ALL)) == ["C0STUDIO001"]


def test_an_org_level_token_names_a_workspace(campus: Live) -> None:
    assert campus.call("users.conversations", "xoxp-mia-org")["error"] == "missing_argument"
    assert list(channels(campus, "xoxp-mia-org", team_id="T0ARTS00001")) == PUBLIC
    assert campus.call("users.conversations", "xoxp-mia-org", team_id="T0LAWS00001")["error"] == "team_access_not_granted"


SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


@pytest.mark.parametrize("types", ["public_channel", "private_channel", "im", "mpim", "im,public_channel,mpim"])
def test_each_type_needs_its_scope(campus: Live, types: str) -> None:
    answer = campus.call("users.conversations", "xoxp-mia-plain", types=types)
    assert (answer["error"], answer["needed"]) == ("missing_scope", ",".join(SCOPES[kind] for kind in types.split(",")))


def test_a_scope_is_enough_for_its_own_type_only(campus: Live) -> None:
    assert list(channels(campus, "xoxp-tom", types="im,public_channel")) == ["C0LINK00001", "D0MIATOM001"]
    answer = campus.call("users.conversations", "xoxp-tom", types=ALL)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read,mpim:read")


# Limits and cursors.


@pytest.mark.parametrize("limit", ["0", "-1", "1000", "ten", "1.5"])
def test_a_limit_is_a_number_from_1_to_999(campus: Live, limit: str) -> None:
    assert campus.call("users.conversations", "xoxp-mia", limit=limit)["error"] == "invalid_limit"


@pytest.mark.parametrize("limit", [1, 4, 10, 11, 999])
def test_pages_of_any_size_meet_end_to_end(campus: Live, limit: int) -> None:
    found: list[str] = []
    cursor = ""
    while True:
        answer = campus.call("users.conversations", "xoxp-mia", types=ALL, limit=limit, cursor=cursor)
        found += [channel["id"] for channel in answer["channels"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
        assert len(answer["channels"]) == limit
    assert found == sorted(PUBLIC + PRIVATE + IMS + MPIMS)


def test_channels_that_are_joined_or_left_between_two_pages_shift_nothing(any_campus: Live) -> None:
    first = any_campus.call("users.conversations", "xoxp-mia", limit="2")
    joined = {"organization": "E0CAMPUS001", "person_organization": "E0CAMPUS001", "person": "W0MIA000001"}
    numbers = {"joined": 1, "left": 0, "last_read": 0, "open": True}
    mine = members.c.person == "W0MIA000001"
    change(
        any_campus,
        update(members).where(mine, members.c.conversation == "C0BOTH00001").values(left=1700000000),
        update(members).where(mine, members.c.conversation == "C0EVERY0001").values(left=1700000000),
        insert(members).values(conversation="C0OPEN00001", **joined, **numbers),
    )
    cursor = first["response_metadata"]["next_cursor"]
    rest = channels(any_campus, "xoxp-mia", cursor=cursor)
    assert [channel["id"] for channel in first["channels"]] == PUBLIC[:2]
    assert list(rest) == sorted([*PUBLIC[2:], "C0OPEN00001"])


def test_a_cursor_is_for_one_person_and_one_caller(campus: Live) -> None:
    cursor = campus.call("users.conversations", "xoxp-mia", limit="1")["response_metadata"]["next_cursor"]
    assert campus.call("users.conversations", "xoxp-mia", cursor=cursor)["ok"]
    assert campus.call("users.conversations", "xoxp-mia", cursor=cursor, user="W0MAX000001") == INVALID_CURSOR
    assert campus.call("users.conversations", "xoxp-max", cursor=cursor, user="W0MIA000001") == INVALID_CURSOR
    assert campus.call("users.conversations", "xoxp-mia", cursor=cursor[:-4]) == INVALID_CURSOR
    assert campus.call("users.list", "xoxp-mia", cursor=cursor, limit="1") == INVALID_CURSOR
