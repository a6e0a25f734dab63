"""conversations.join, conversations.leave, conversations.invite, conversations.kick"""

from typing import Any

import pytest

from methods.clubs import BOARD, CLOCK, CLUBS, DANCE, GENERAL, MUSIC, TOWN, VALE, WIDE, Clubs

# Joining.


def test_who_joins_is_in_the_channel_which_says_so(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia)
    answer = clubs.ok("join", max, channel=id)
    assert answer.keys() == {"ok", "channel"}
    assert (answer["channel"]["id"], answer["channel"]["is_member"]) == (id, True)
    assert clubs.inside(id) == sorted([mia.id, max.id])
    assert clubs.row(id)["num_members"] == 2
    (said,) = clubs.history(mia, id)
    assert (said["subtype"], said["user"]) == ("channel_join", max.id)
    assert said["text"] == f"<@{max.id}> has joined the channel"
    assert {"inviter", "bot_id", "app_id"}.isdisjoint(said)
    assert clubs.audited(id)[-1] == ("user_channel_join", max.id, {})


def test_who_is_in_the_channel_already_is_warned(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    answer = clubs.ok("join", mia, channel=id)
    assert answer["warning"] == "already_in_channel"
    assert answer["response_metadata"] == {"warnings": ["already_in_channel"]}
    assert answer["channel"]["id"] == id
    assert clubs.history(mia, id) == []


def test_other_conversations_cannot_be_joined(clubs: Clubs) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person()
    private = clubs.channel(mia, private=True)
    pair = clubs.ok("open", mia, users=max.id)["channel"]["id"]
    trio = clubs.ok("open", mia, users=f"{max.id},{lea.id}")["channel"]["id"]
    for id in (private, pair, trio):
        assert clubs.error("join", mia, channel=id) == "method_not_supported_for_channel_type"
    assert clubs.error("join", lea, channel=pair) == "channel_not_found"
    assert clubs.error("join", lea, channel=private) == "channel_not_found"


def test_what_one_does_not_see_cannot_be_joined(clubs: Clubs) -> None:
    id = clubs.channel(clubs.person())
    for stranger in (clubs.person(MUSIC), clubs.person(organization=TOWN), clubs.person(guest="multi_channel")):
        assert clubs.error("join", stranger, channel=id) == "channel_not_found"
    assert clubs.error("join", stranger) == "channel_not_found"


def test_who_comes_back_is_there_since_then(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    clubs.ok("mark", max, channel=id, ts="1500000000.000100")
    clubs.ok("leave", max, channel=id)
    left = clubs.members(id)[max.id]
    assert left["left"] >= left["joined"] > 1_500_000_000
    clubs.make_member(id, max.id, joined=1_500_000_000)
    clubs.ok("join", max, channel=id)
    back = clubs.members(id)[max.id]
    assert (back["left"], back["last_read"]) == (0, 1_500_000_000_000_100)
    assert back["joined"] >= left["left"]
    assert clubs.told(mia, id) == ["channel_join", "channel_leave", "channel_join"]
    assert clubs.row(id)["num_members"] == 2


def test_a_shared_channel_is_joined_from_every_workspace_it_is_in(clubs: Clubs) -> None:
    id = clubs.channel(clubs.person())
    clubs.share(id, MUSIC)
    assert clubs.ok("join", clubs.person(MUSIC), channel=id)["channel"]["is_org_shared"] is True
    assert clubs.error("join", clubs.person(DANCE), channel=id) == "channel_not_found"
    assert clubs.ok("join", clubs.person(DANCE), channel=WIDE)


def test_a_connected_channel_is_joined_by_the_others(clubs: Clubs) -> None:
    mia, tom = clubs.person(), clubs.person(organization=TOWN)
    id = clubs.channel(mia)
    clubs.connect(id)
    channel = clubs.ok("join", tom, channel=id)["channel"]
    assert (channel["is_ext_shared"], channel["is_member"], channel["context_team_id"]) == (True, True, TOWN)
    assert clubs.members(id)[tom.id]["person_organization"] == TOWN
    assert clubs.history(mia, id)[-1]["user"] == tom.id
    assert clubs.history(tom, id)[-1]["team"] == TOWN


def test_an_org_level_token_joins_where_its_person_is(clubs: Clubs) -> None:
    id = clubs.channel(clubs.person())
    assert clubs.ok("join", clubs.person().org, channel=id)
    assert clubs.ok("join", "xoxb-clock-org", channel=id)
    assert clubs.error("join", clubs.person(MUSIC).org, channel=id) == "access_denied"
    assert CLOCK in clubs.inside(id)


def test_a_bot_joins_with_its_own_scope(clubs: Clubs) -> None:
    id = clubs.channel(clubs.person())
    assert clubs.ok("join", "xoxb-board", channel=id)
    assert clubs.audited(id)[-1][:2] == ("user_channel_join", BOARD)


# Leaving.


def test_who_leaves_is_gone_and_the_channel_says_so(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    assert clubs.call("leave", max, channel=id) == {"ok": True}
    assert clubs.inside(id) == [mia.id]
    assert clubs.row(id)["num_members"] == 1
    said = clubs.history(mia, id)[-1]
    assert (said["subtype"], said["user"], said["text"]) == (
        "channel_leave",
        max.id,
        f"<@{max.id}> has left the channel",
    )
    assert clubs.audited(id)[-1] == ("user_channel_leave", max.id, {})


def test_who_was_not_in_the_channel_is_told_without_an_error(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia)
    assert clubs.call("leave", max, channel=id) == {"ok": False, "not_in_channel": True}
    assert clubs.history(mia, id) == []


def test_a_public_channel_can_be_left_empty(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    assert clubs.ok("leave", mia, channel=id)
    assert clubs.row(id)["num_members"] == 0


def test_the_last_one_stays_in_a_private_channel(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max, private=True)
    assert clubs.ok("leave", mia, channel=id)
    assert clubs.error("leave", max, channel=id) == "last_member"
    assert clubs.error("leave", mia, channel=id) == "channel_not_found"


def test_who_cannot_leave(clubs: Clubs) -> None:
    mia, guest = clubs.person(), clubs.person(guest="multi_channel")
    id = clubs.channel(mia, guest)
    assert clubs.error("leave", guest, channel=id) == "user_is_restricted"
    clubs.ok("join", mia, channel=GENERAL)
    assert clubs.error("leave", mia, channel=GENERAL) == "cant_leave_general"
    for users in (guest.id, f"{guest.id},{BOARD}"):
        direct = clubs.ok("open", mia, users=users)["channel"]["id"]
        assert clubs.error("leave", mia, channel=direct) == "method_not_supported_for_channel_type"


# Inviting.


def test_who_is_invited_is_in_the_channel_which_says_by_whom(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, private=True)
    answer = clubs.ok("invite", mia, channel=id, users=max.id)
    assert answer.keys() == {"ok", "channel"}
    assert answer["channel"]["is_member"] is True
    (said,) = clubs.history(max, id)
    assert (said["subtype"], said["user"], said["inviter"]) == ("channel_join", max.id, mia.id)
    assert clubs.audited(id)[-1] == ("user_channel_join", max.id, {"inviter": mia.id})
    assert clubs.row(id)["num_members"] == 2


def test_a_thousand_are_invited_at_once(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    people = clubs.people(1001)
    assert clubs.error("invite", mia, channel=id, users=",".join(people)) == "invalid_arguments"
    assert clubs.ok("invite", mia, channel=id, users=",".join(people[:1000]))
    assert clubs.inside(id) == sorted([mia.id, *people[:1000]])
    assert clubs.row(id)["num_members"] == 1001
    told = clubs.history(mia, id)
    assert [message["user"] for message in told] == people[1:1000]
    assert len({message["ts"] for message in told}) == 999
    assert len(clubs.audited(id)) == 1001
    # The channel's clock goes on behind them.
    clubs.ok("setTopic", mia, channel=id, topic="Full")
    assert clubs.history(mia, id)[-1]["subtype"] == "channel_topic"


@pytest.mark.parametrize("users", ["", ",", " , ", "[]"])
def test_somebody_has_to_be_invited(clubs: Clubs, users: str) -> None:
    mia = clubs.person()
    assert clubs.error("invite", mia, channel=clubs.channel(mia), users=users) == "no_user"


def test_who_is_named_twice_is_invited_once(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia)
    assert clubs.ok("invite", mia, channel=id, users=f"{max.id}, {max.id}")
    assert clubs.told(mia, id) == ["channel_join"]


def test_the_first_code_is_the_answers_and_each_has_their_own(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia)
    answer = clubs.call("invite", mia, channel=id, users=f"W0NOBODY001,{max.id},{mia.id}")
    assert answer == {
        "ok": False,
        "error": "user_not_found",
        "errors": [
            {"user": "W0NOBODY001", "ok": False, "error": "user_not_found"},
            {"user": mia.id, "ok": False, "error": "cant_invite_self"},
        ],
    }
    assert clubs.inside(id) == [mia.id]
    assert clubs.history(mia, id) == []


def test_by_force_those_come_in_who_can(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia)
    answer = clubs.ok("invite", mia, channel=id, users=f"W0NOBODY001,{max.id},{mia.id}", force=True)
    assert answer["channel"]["id"] == id
    assert [entry["error"] for entry in answer["errors"]] == ["user_not_found", "cant_invite_self"]
    assert clubs.inside(id) == sorted([mia.id, max.id])
    assert clubs.told(mia, id) == ["channel_join"]


def test_force_brings_in_nobody_where_nobody_can(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    answer = clubs.call("invite", mia, channel=id, users=f"{max.id},{mia.id}", force=True)
    assert (answer["ok"], answer["error"]) == (False, "already_in_channel")
    assert "channel" not in answer


def test_whose_account_is_closed_stops_nobody_else(clubs: Clubs) -> None:
    mia, max, gone = clubs.person(), clubs.person(), clubs.person(deleted=True)
    id = clubs.channel(mia)
    answer = clubs.call("invite", mia, channel=id, users=f"{gone.id},{max.id}")
    assert answer["error"] == "cant_invite"
    assert [entry["user"] for entry in answer["errors"]] == [gone.id]
    assert clubs.inside(id) == sorted([mia.id, max.id])
    lea = clubs.person()
    assert clubs.error("invite", mia, channel=id, users=f"{gone.id},{lea.id},W0NOBODY001") == "cant_invite"
    assert lea.id not in clubs.inside(id)


def only_error(clubs: Clubs, who: Any, channel: str, user: str) -> str:
    answer = clubs.call("invite", who, channel=channel, users=user)
    assert answer["errors"] == [{"user": user, "ok": False, "error": answer["error"]}]
    return str(answer["error"])


def test_why_somebody_cannot_be_invited(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    assert only_error(clubs, mia, id, mia.id) == "cant_invite_self"
    assert only_error(clubs, mia, id, max.id) == "already_in_channel"
    assert only_error(clubs, mia, id, "W0NOBODY001") == "user_not_found"
    assert only_error(clubs, mia, id, clubs.person(deleted=True).id) == "cant_invite"


def test_one_has_to_be_in_a_workspace_of_the_channel(clubs: Clubs) -> None:
    mia, in_music, in_dance = clubs.person(), clubs.person(MUSIC), clubs.person(DANCE)
    id = clubs.channel(mia)
    assert only_error(clubs, mia, id, in_music.id) == "org_user_not_in_team"
    clubs.share(id, MUSIC)
    assert only_error(clubs, mia, id, in_dance.id) == "invitee_cant_see_channel"
    assert clubs.ok("invite", mia, channel=id, users=in_music.id)
    clubs.ok("join", mia, channel=WIDE)
    assert clubs.ok("invite", mia, channel=WIDE, users=in_dance.id)
    homeless = clubs.homeless()
    assert only_error(clubs, mia, WIDE, homeless) == "invitee_cant_see_channel"
    assert only_error(clubs, mia, clubs.channel(mia), homeless) == "org_user_not_in_team"


def test_who_is_in_two_organizations_is_there_from_the_callers(clubs: Clubs) -> None:
    mia, tom, both = clubs.person(), clubs.person(organization=TOWN), clubs.people(2)
    for id in both:
        clubs.also_in(id, TOWN, TOWN)
    channel = clubs.channel(mia, private=True)
    clubs.connect(channel)
    clubs.ok("invite", mia, channel=channel, users=tom.id)
    clubs.ok("invite", mia, channel=channel, users=both[0])
    clubs.ok("invite", tom, channel=channel, users=both[1])
    assert clubs.members(channel)[both[0]]["person_organization"] == CLUBS
    assert clubs.members(channel)[both[1]]["person_organization"] == TOWN
    assert clubs.error("kick", tom, channel=channel, user=both[0]) == "restricted_action"
    assert clubs.ok("kick", tom, channel=channel, user=both[1])


def test_who_may_invite(clubs: Clubs) -> None:
    mia, max, guest = clubs.person(), clubs.person(), clubs.person(guest="multi_channel")
    id = clubs.channel(mia, guest)
    assert clubs.error("invite", guest, channel=id, users=max.id) == "user_is_restricted"
    assert clubs.error("invite", clubs.person(role="admin"), channel=id, users=max.id) == "not_in_channel"
    assert clubs.error("invite", max, channel=clubs.channel(mia, private=True), users=max.id) == "channel_not_found"
    assert clubs.ok("invite", mia.org, channel=id, users=max.id)


def test_only_channels_are_invited_to(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    for users in (max.id, f"{max.id},{BOARD}"):
        id = clubs.ok("open", mia, users=users)["channel"]["id"]
        assert clubs.error("invite", mia, channel=id, users=clubs.person().id) == "method_not_supported_for_channel_type"


def test_bots_invite_and_are_invited(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia, BOARD)
    assert clubs.ok("invite", "xoxb-board", channel=id, users=CLOCK)
    assert clubs.inside(id) == sorted([mia.id, BOARD, CLOCK])
    in_dance = clubs.person(DANCE)
    assert only_error(clubs, in_dance, clubs.channel(in_dance), BOARD) == "org_user_not_in_team"


def test_a_single_channel_guest_has_one_channel(clubs: Clubs) -> None:
    mia, guest = clubs.person(), clubs.person(guest="single_channel")
    id = clubs.channel(mia, guest)
    assert clubs.audited(id)[-1] == ("guest_channel_join", guest.id, {"inviter": mia.id})
    assert only_error(clubs, mia, clubs.channel(mia), guest.id) == "ura_max_channels"
    max = clubs.person()
    second = clubs.channel(mia)
    answer = clubs.ok("invite", mia, channel=second, users=f"{guest.id},{max.id}", force=True)
    assert [entry["error"] for entry in answer["errors"]] == ["ura_max_channels"]
    assert clubs.inside(second) == sorted([mia.id, max.id])


def test_direct_conversations_are_no_channels_of_a_guest(clubs: Clubs) -> None:
    mia, guest = clubs.person(), clubs.person(guest="single_channel")
    clubs.ok("open", mia, users=guest.id)
    assert clubs.channel(mia, guest)


def test_a_multi_channel_guest_has_several(clubs: Clubs) -> None:
    mia, guest = clubs.person(), clubs.person(guest="multi_channel")
    assert clubs.channel(mia, guest)
    assert clubs.channel(mia, guest)


def test_others_people_are_invited_where_the_channel_is_connected(clubs: Clubs) -> None:
    mia, tom, val = clubs.person(), clubs.person(organization=TOWN), clubs.person(organization=VALE)
    id = clubs.channel(mia)
    assert only_error(clubs, mia, id, tom.id) == "user_not_found"
    clubs.connect(id)
    assert clubs.ok("invite", mia, channel=id, users=tom.id)
    assert clubs.members(id)[tom.id]["person_organization"] == TOWN
    assert only_error(clubs, mia, clubs.channel(mia), tom.id) == "cant_invite"
    assert only_error(clubs, mia, id, val.id) == "user_not_found"


def test_a_connected_workspace_has_to_be_theirs(clubs: Clubs) -> None:
    mia, tom = clubs.person(), clubs.person(organization=TOWN)
    homeless = clubs.person(DANCE, organization=TOWN)
    id = clubs.channel(mia)
    clubs.connect(id)
    assert only_error(clubs, mia, id, homeless.id) == "invitee_cant_see_channel"
    clubs.ok("invite", mia, channel=id, users=tom.id)
    assert only_error(clubs, tom, id, homeless.id) == "invitee_cant_see_channel"


def test_who_is_there_from_elsewhere_invites_their_own_people(clubs: Clubs) -> None:
    mia, max, tom, tia = clubs.person(), clubs.person(), clubs.person(organization=TOWN), clubs.person(organization=TOWN)
    id = clubs.channel(mia)
    clubs.connect(id)
    clubs.ok("join", tom, channel=id)
    assert only_error(clubs, tom, id, max.id) == "no_external_invite_permission"
    assert clubs.ok("invite", tom, channel=id, users=tia.id)
    assert clubs.history(mia, id)[-1]["inviter"] == tom.id


# Taking out.


def test_who_is_taken_out_is_gone_and_nothing_is_said(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    assert clubs.call("kick", mia, channel=id, user=max.id) == {"ok": True, "errors": {}}
    assert clubs.inside(id) == [mia.id]
    assert clubs.members(id)[max.id]["left"] > 0
    assert clubs.row(id)["num_members"] == 1
    assert clubs.told(mia, id) == ["channel_join"]
    assert clubs.audited(id)[-1] == ("user_channel_leave", max.id, {"kicker": mia.id})


def test_who_cannot_be_taken_out(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia)
    assert clubs.error("kick", mia, channel=id, user=mia.id) == "cant_kick_self"
    assert clubs.error("kick", mia, channel=id, user=max.id) == "not_in_channel"
    assert clubs.error("kick", mia, channel=id, user="W0NOBODY001") == "user_not_found"
    assert clubs.error("kick", mia, channel=id) == "user_not_found"
    clubs.ok("join", mia, channel=GENERAL)
    clubs.ok("join", max, channel=GENERAL)
    assert clubs.error("kick", mia, channel=GENERAL, user=max.id) == "cant_kick_from_general"
    pair = clubs.ok("open", mia, users=max.id)["channel"]["id"]
    assert clubs.error("kick", mia, channel=pair, user=max.id) == "method_not_supported_for_channel_type"


def test_nobody_is_taken_out_of_an_archived_channel(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    clubs.ok("archive", mia, channel=id)
    assert clubs.error("kick", mia, channel=id, user=max.id) == "not_supported"


def test_a_single_channel_guest_keeps_their_channel(clubs: Clubs) -> None:
    mia, single, multi = clubs.person(), clubs.person(guest="single_channel"), clubs.person(guest="multi_channel")
    id = clubs.channel(mia, single, multi)
    assert clubs.error("kick", mia, channel=id, user=single.id) == "not_supported"
    assert clubs.ok("kick", mia, channel=id, user=multi.id)
    assert clubs.audited(id)[-1] == ("guest_channel_leave", multi.id, {"kicker": mia.id})


def test_out_of_a_public_channel_its_creator_and_administrators_take(clubs: Clubs) -> None:
    mia, max, admin = clubs.person(), clubs.person(), clubs.person(role="admin")
    org_admin = clubs.person(org_role="admin")
    leavers = clubs.people(3)
    id = clubs.channel(mia, max, admin, org_admin, *leavers)
    assert clubs.error("kick", max, channel=id, user=leavers[0]) == "restricted_action"
    for who, leaver in zip((mia, admin, org_admin), leavers, strict=True):
        assert clubs.ok("kick", who, channel=id, user=leaver)
    assert clubs.error("kick", clubs.person(role="owner"), channel=id, user=max.id) == "not_in_channel"


def test_out_of_a_private_channel_every_full_member_takes(clubs: Clubs) -> None:
    mia, max, guest = clubs.person(), clubs.person(), clubs.person(guest="multi_channel")
    id = clubs.channel(mia, max, guest, private=True)
    assert clubs.error("kick", guest, channel=id, user=max.id) == "restricted_action"
    assert clubs.ok("kick", max, channel=id, user=mia.id)
    assert clubs.error("kick", mia, channel=id, user=max.id) == "channel_not_found"


def test_who_is_there_from_elsewhere_takes_out_their_own(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    tom, tia = clubs.person(organization=TOWN), clubs.person(organization=TOWN)
    id = clubs.channel(mia, max, private=True)
    clubs.connect(id)
    clubs.ok("invite", mia, channel=id, users=f"{tom.id},{tia.id}")
    assert clubs.error("kick", tom, channel=id, user=max.id) == "restricted_action"
    assert clubs.ok("kick", tom, channel=id, user=tia.id)
    assert clubs.ok("kick", mia, channel=id, user=tom.id)
    assert clubs.inside(id) == sorted([mia.id, max.id])


def test_their_administrators_take_their_own_out_of_a_public_channel(clubs: Clubs) -> None:
    mia, tom, tia = clubs.person(), clubs.person(organization=TOWN), clubs.person(organization=TOWN)
    admin = clubs.person(organization=TOWN, role="admin")
    id = clubs.channel(mia)
    clubs.connect(id)
    clubs.ok("invite", mia, channel=id, users=f"{tom.id},{tia.id},{admin.id}")
    assert clubs.error("kick", tom, channel=id, user=tia.id) == "restricted_action"
    assert clubs.error("kick", admin, channel=id, user=mia.id) == "restricted_action"
    joins = [("user_channel_join", someone.id, {"inviter": mia.id}) for someone in (tom, tia, admin)]
    assert clubs.audited(id, TOWN) == joins
    at_home = [(*entry, details | {"actor_organization": TOWN}) for *entry, details in joins]
    assert clubs.audited(id, CLUBS)[-3:] == at_home
    leaves: list[tuple[str, str, dict[str, Any]]] = [
        ("user_channel_leave", tia.id, {"kicker": admin.id}),
        ("user_channel_leave", tom.id, {"kicker": mia.id}),
        ("user_channel_leave", admin.id, {}),
    ]
    assert clubs.ok("kick", admin, channel=id, user=tia.id)
    assert clubs.ok("kick", mia, channel=id, user=tom.id)
    assert clubs.ok("leave", admin, channel=id)
    assert clubs.audited(id, TOWN)[3:] == leaves
    at_home = [(*entry, details | {"actor_organization": TOWN}) for *entry, details in leaves]
    assert clubs.audited(id, CLUBS)[-3:] == at_home


def test_bots_take_out_and_are_taken_out(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max, BOARD, private=True)
    assert clubs.ok("kick", "xoxb-board", channel=id, user=max.id)
    assert clubs.ok("kick", mia, channel=id, user=BOARD)
    assert clubs.inside(id) == [mia.id]


@pytest.mark.parametrize(
    ("method", "arguments"), [("join", {}), ("leave", {}), ("invite", {"users": "W1"}), ("kick", {"user": "W1"})]
)
def test_the_scope_is_that_of_the_kind(clubs: Clubs, method: str, arguments: dict[str, Any]) -> None:
    reading = clubs.person(scopes=["channels:read", "groups:read", "channels:history"])
    id = clubs.channel(clubs.person(), reading)
    assert clubs.error(method, reading, channel=id, **arguments) == "missing_scope"
    inviting = clubs.person(scopes=["channels:write.invites"])
    assert clubs.error("kick", inviting, channel=id, user="W1") == "missing_scope"
    assert clubs.error("invite", inviting, channel=id, users="W1") == "not_in_channel"
