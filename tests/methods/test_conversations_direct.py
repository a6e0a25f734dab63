"""conversations.open, conversations.close"""

from typing import Any

import pytest

from methods.clubs import BOARD, CHESS, CLOCK, CLUBS, MUSIC, TOWN, VALE, Clubs, Someone


def opened(clubs: Clubs, who: Someone | str, *others: Someone, **arguments: Any) -> dict[str, Any]:
    """The conversation, whole."""
    users = ",".join(other.id for other in others)
    channel: dict[str, Any] = clubs.ok("open", who, users=users, return_im=True, **arguments)["channel"]
    return channel


def post(clubs: Clubs, who: Someone, channel: str) -> str:
    answer = clubs.live.call("chat.postMessage", who.token, channel=channel, text="Your move")
    assert answer["ok"], answer
    return str(answer["ts"])


# Two people.


def test_a_conversation_between_two_is_told_by_its_id(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    answer = clubs.ok("open", mia, users=max.id)
    assert answer.keys() == {"ok", "channel"}
    assert answer["channel"].keys() == {"id"}
    assert answer["channel"]["id"].startswith("D")


def test_or_with_all_that_is_known_of_it(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    channel = opened(clubs, mia, max)
    row = clubs.row(channel["id"])
    assert channel == {
        "id": row["id"],
        "created": row["created"],
        "updated": row["created"] * 1000,
        "context_team_id": CHESS,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "user": max.id,
        "is_user_deleted": False,
        "is_open": True,
        "last_read": "0000000000.000000",
        "latest": None,
        "unread_count": 0,
        "unread_count_display": 0,
        "priority": 0,
    }


def test_it_belongs_to_the_organization_and_both_are_in_it(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person(MUSIC)
    id = opened(clubs, mia, max)["id"]
    row = clubs.row(id)
    assert (row["organization"], row["workspace"], row["kind"], row["name"]) == (CLUBS, None, "im", "")
    assert (row["people_key"], row["num_members"], row["creator"]) == (",".join(sorted([mia.id, max.id])), 2, mia.id)
    assert {id: member["open"] for id, member in clubs.members(id).items()} == {mia.id: True, max.id: False}
    assert {member["joined"] for member in clubs.members(id).values()} == {row["created"]}
    assert clubs.audited(id) == []
    assert clubs.history(mia, id) == []


def test_there_is_one_between_the_same_two(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = opened(clubs, mia, max)["id"]
    again = clubs.ok("open", mia, users=max.id)
    assert again == {"ok": True, "no_op": True, "already_open": True, "channel": {"id": id}}
    theirs = clubs.ok("open", max, users=mia.id)
    assert theirs == {"ok": True, "channel": {"id": id}}
    assert clubs.ok("open", mia.org, users=f"{mia.id},{max.id}")["channel"]["id"] == id
    assert clubs.ok("open", mia, users=f"{max.id},{max.id}")["channel"]["id"] == id


def test_one_talks_to_oneself(clubs: Clubs) -> None:
    mia = clubs.person()
    channel = opened(clubs, mia, mia)
    assert (channel["user"], channel["is_im"]) == (mia.id, True)
    assert clubs.row(channel["id"])["num_members"] == 1
    assert clubs.ok("open", mia, users=mia.id)["already_open"] is True


def test_bots_talk_to_people_and_to_bots(clubs: Clubs) -> None:
    mia = clubs.person()
    channel = clubs.ok("open", "xoxb-board", users=mia.id, return_im=True)["channel"]
    assert channel["user"] == mia.id
    assert opened(clubs, mia, Someone(CLUBS, BOARD, "board", "", ""))["id"] == channel["id"]
    assert clubs.ok("open", "xoxb-board", users=CLOCK, return_im=True)["channel"]["user"] == CLOCK


# Several people.


def test_a_group_conversation_is_told_with_its_peoples_names(clubs: Clubs) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person(MUSIC)
    channel = opened(clubs, mia, max, lea)
    names = [mia.name, max.name, lea.name]
    created = clubs.row(channel["id"])["created"]
    assert channel["id"].startswith("G")
    assert channel["name"] == f"mpdm-{'--'.join(names)}-1"
    assert (channel["is_mpim"], channel["is_group"], channel["is_private"], channel["is_member"]) == (True,) * 4
    assert channel["topic"] == {"value": "Group messaging", "creator": mia.id, "last_set": created}
    assert channel["purpose"]["value"] == f"Group messaging with: {' '.join(f'@{name}' for name in names)}"
    assert (channel["is_open"], channel["latest"], channel["unread_count"]) == (True, None, 0)
    assert clubs.inside(channel["id"]) == sorted([mia.id, max.id, lea.id])
    assert clubs.row(channel["id"])["num_members"] == 3


def test_there_is_one_between_the_same_people_in_whatever_order(clubs: Clubs) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person()
    first = opened(clubs, mia, max, lea)
    assert opened(clubs, mia, lea, max)["name"] == first["name"]
    assert opened(clubs, lea, max, mia, lea)["id"] == first["id"]
    assert opened(clubs, mia, max)["id"] != first["id"]


def test_eight_others_are_the_most(clubs: Clubs) -> None:
    mia, people = clubs.person(), clubs.people(9)
    assert clubs.error("open", mia, users=",".join(people)) == "too_many_users"
    id = clubs.ok("open", mia, users=",".join([mia.id, *people[:8]]))["channel"]["id"]
    assert clubs.row(id)["num_members"] == 9


# What is refused.


def test_somebody_has_to_be_named(clubs: Clubs) -> None:
    mia = clubs.person()
    assert clubs.error("open", mia) == "users_list_not_supplied"
    assert clubs.error("open", mia, users="") == "users_list_not_supplied"
    assert clubs.error("open", mia, users=",") == "not_enough_users"


def test_people_have_to_be_there(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    assert clubs.error("open", mia, users="W0NOBODY001") == "user_not_found"
    assert clubs.error("open", mia, users=f"{max.id},W0NOBODY001") == "user_not_found"
    assert clubs.error("open", mia, users=clubs.person(deleted=True).id) == "user_disabled"
    assert clubs.error("open", mia, users=clubs.person(organization=TOWN).id) == "user_not_found"


def test_guests_talk_to_whom_they_see(clubs: Clubs) -> None:
    mia, max, guest = clubs.person(), clubs.person(), clubs.person(guest="multi_channel")
    clubs.channel(mia, guest)
    assert clubs.ok("open", guest, users=mia.id)
    assert clubs.error("open", guest, users=max.id) == "user_not_visible"
    assert clubs.error("open", guest, users=f"{mia.id},{max.id}") == "user_not_visible"
    assert clubs.ok("open", max, users=guest.id)


def test_the_scope_is_that_of_the_kind(clubs: Clubs) -> None:
    people = clubs.people(2)
    pairs, groups = clubs.person(scopes=["im:write"]), clubs.person(scopes=["mpim:write"])
    assert clubs.ok("open", pairs, users=people[0])
    assert clubs.error("open", pairs, users=",".join(people)) == "missing_scope"
    assert clubs.ok("open", groups, users=",".join(people))
    refused = clubs.call("open", groups, users="W0NOBODY001")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "im:write")


def test_nothing_is_made_where_that_is_prevented(clubs: Clubs) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person()
    for others in (max.id, f"{max.id},{lea.id}"):
        assert clubs.error("open", mia, users=others, prevent_creation=True) == "channel_not_found"
        id = clubs.ok("open", mia, users=others)["channel"]["id"]
        assert clubs.ok("open", mia, users=others, prevent_creation=True)["channel"]["id"] == id


# Opening again, and closing.


def test_a_conversation_is_resumed_by_its_id(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = opened(clubs, mia, max)["id"]
    assert clubs.ok("open", max, channel=id) == {"ok": True, "channel": {"id": id}}
    assert clubs.ok("open", max, channel=id, users="W0NOBODY001")["already_open"] is True
    whole = clubs.ok("open", max, channel=id, return_im=True)["channel"]
    assert (whole["user"], whole["is_open"]) == (mia.id, True)
    assert clubs.error("open", clubs.person(), channel=id) == "channel_not_found"
    assert clubs.error("open", mia, channel="D0NOWHERE01") == "channel_not_found"
    assert clubs.error("open", mia, channel=clubs.channel(mia)) == "method_not_supported_for_channel_type"


def test_one_closes_it_for_oneself(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = opened(clubs, mia, max)["id"]
    clubs.ok("open", max, channel=id)
    assert clubs.call("close", mia, channel=id) == {"ok": True}
    assert clubs.call("close", mia, channel=id) == {"ok": True, "no_op": True, "already_closed": True}
    assert {id: member["open"] for id, member in clubs.members(id).items()} == {mia.id: False, max.id: True}
    assert clubs.ok("info", mia, channel=id)["channel"]["is_open"] is False
    again = clubs.ok("open", mia, users=max.id, return_im=True)
    assert (again["channel"]["is_open"], "no_op" in again) == (True, False)


def test_group_conversations_are_closed_too_and_channels_are_not(clubs: Clubs) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person()
    trio = opened(clubs, mia, max, lea)["id"]
    assert clubs.ok("close", mia, channel=trio)
    assert clubs.ok("info", mia, channel=trio)["channel"]["is_open"] is False
    assert clubs.error("close", mia, channel=clubs.channel(mia)) == "method_not_supported_for_channel_type"
    assert clubs.error("close", clubs.person(), channel=trio) == "channel_not_found"
    assert clubs.error("close", mia) == "channel_not_found"


def test_a_message_opens_it_for_everybody(clubs: Clubs) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person()
    for others in ((max,), (max, lea)):
        id = opened(clubs, mia, *others)["id"]
        clubs.ok("close", mia, channel=id)
        assert {member["open"] for member in clubs.members(id).values()} == {False}
        post(clubs, max, id)
        assert {member["open"] for member in clubs.members(id).values()} == {True}
        assert clubs.ok("close", mia, channel=id).get("already_closed") is None


def test_what_was_said_is_told_with_it(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = opened(clubs, mia, max)["id"]
    first, second = post(clubs, max, id), post(clubs, max, id)
    clubs.ok("mark", mia, channel=id, ts=first)
    channel = opened(clubs, mia, max)
    assert (channel["latest"]["ts"], channel["last_read"]) == (second, first)
    assert (channel["unread_count"], channel["unread_count_display"]) == (1, 1)


# People of other organizations.


def test_others_people_share_a_channel_first(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    tom, val = clubs.person(organization=TOWN), clubs.person(organization=VALE)
    id = clubs.channel(mia)
    clubs.connect(id)
    clubs.ok("join", tom, channel=id)
    assert clubs.error("open", max, users=tom.id) == "invalid_user_combination"
    assert clubs.error("open", max, users=f"{mia.id},{tom.id}") == "invalid_user_combination"
    assert clubs.error("open", mia, users=val.id) == "user_not_found"
    direct = clubs.row(opened(clubs, mia, tom)["id"])
    assert direct["organization"] == CLUBS


def test_both_see_the_one_conversation_between_them(clubs: Clubs) -> None:
    mia, tom = clubs.person(), clubs.person(organization=TOWN)
    id = clubs.channel(mia)
    clubs.connect(id)
    clubs.ok("join", tom, channel=id)
    direct = opened(clubs, tom, mia)
    assert clubs.row(direct["id"])["organization"] == TOWN
    assert opened(clubs, mia, tom)["id"] == direct["id"]
    assert clubs.members(direct["id"])[mia.id]["person_organization"] == CLUBS
    post(clubs, mia, direct["id"])
    assert [message["user"] for message in clubs.history(tom, direct["id"])] == [mia.id]
    assert clubs.ok("open", mia.org, channel=direct["id"])
    assert clubs.ok("close", mia, channel=direct["id"])


def test_who_goes_by_ones_id_elsewhere_is_somebody_else(clubs: Clubs) -> None:
    ann, tia = clubs.person(), clubs.person(organization=TOWN)
    clubs.also_in(tia.id, CLUBS, CHESS)
    id = clubs.channel(ann)
    clubs.connect(id)
    clubs.ok("join", tia, channel=id)
    # To the clubs' people the id means the clubs' own Tia.
    at_home = opened(clubs, ann, tia)["id"]
    across = opened(clubs, tia, ann)["id"]
    assert at_home != across
    assert clubs.members(at_home)[tia.id]["person_organization"] == CLUBS
    assert clubs.members(across)[tia.id]["person_organization"] == TOWN
    assert (opened(clubs, ann, tia)["id"], opened(clubs, tia, ann)["id"]) == (at_home, across)
    assert clubs.row(at_home)["people_key"] == ",".join(sorted([ann.id, tia.id]))
    assert clubs.row(across)["people_key"] == f"{CLUBS}/{ann.id},{tia.id}"


def test_groups_cross_organizations_too(clubs: Clubs) -> None:
    mia, max, tom = clubs.person(), clubs.person(), clubs.person(organization=TOWN)
    id = clubs.channel(mia, max)
    clubs.connect(id)
    clubs.ok("join", tom, channel=id)
    group = opened(clubs, mia, max, tom)
    assert opened(clubs, tom, mia, max)["id"] == group["id"]
    assert opened(clubs, max, tom, mia)["id"] == group["id"]
    assert {row["person_organization"] for row in clubs.members(group["id"]).values()} == {CLUBS, TOWN}
    assert clubs.ok("setTopic", tom, channel=group["id"], topic="The match")


@pytest.mark.parametrize("method", ["open", "close"])
def test_no_token_without_a_scope(clubs: Clubs, method: str) -> None:
    reading = clubs.person(scopes=["im:read", "mpim:read"])
    id = opened(clubs, clubs.person(), reading)["id"]
    assert clubs.error(method, reading, channel=id) == "missing_scope"
