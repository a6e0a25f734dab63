"""conversations.create"""

import pytest
from sqlalchemy import select

from gridhall.storage.tables import conversation_clocks, shares
from methods.clubs import CHANNELS, CHESS, CLOCK, CLUBS, DANCE, MUSIC, TOWN, VALE, Clubs


def test_a_channel_is_told_with_all_that_is_known_of_it(clubs: Clubs) -> None:
    mia = clubs.person()
    channel = clubs.ok("create", mia, name="endeavour")["channel"]
    row = clubs.row(channel["id"])
    assert channel == {
        "id": channel["id"],
        "name": "endeavour",
        "name_normalized": "endeavour",
        "created": row["created"],
        "updated": row["created"] * 1000,
        "creator": mia.id,
        "context_team_id": CHESS,
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
        "shared_team_ids": [CHESS],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
        "is_member": True,
        "last_read": "0000000000.000000",
        "latest": None,
        "unread_count": 0,
        "unread_count_display": 0,
    }
    assert channel["id"].startswith("C")


def test_all_that_belongs_to_a_channel_is_stored(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.ok("create", mia, name="stored")["channel"]["id"]
    row = clubs.row(id)
    assert (row["organization"], row["workspace"], row["kind"], row["num_members"]) == (CLUBS, CHESS, "public", 1)
    (member,) = clubs.members(id).values()
    assert (member["person"], member["person_organization"], member["left"]) == (mia.id, CLUBS, 0)
    assert member["joined"] == row["created"]
    (share,) = clubs.rows(select(shares).where(shares.c.conversation == id))
    assert (share["workspace"], share["name"]) == (CHESS, "stored")
    assert len(clubs.rows(select(conversation_clocks).where(conversation_clocks.c.conversation == id))) == 1
    assert clubs.audited(id) == [("public_channel_created", mia.id, {})]
    assert clubs.history(mia, id) == []


def test_a_private_channel_is_seen_by_who_is_in_it(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    channel = clubs.ok("create", mia, name="hideout", is_private=True)["channel"]
    assert (channel["is_private"], channel["is_channel"], channel["is_group"]) == (True, True, False)
    assert clubs.error("archive", max, channel=channel["id"]) == "channel_not_found"
    assert [action for action, _, _ in clubs.audited(channel["id"])] == ["private_channel_created"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("ö" * 81, "invalid_name_maxlength"),
        ("-", "invalid_name_punctuation"),
        ("_-_", "invalid_name_punctuation"),
        ("...", "invalid_name_punctuation"),
        ("Upper", "invalid_name_specials"),
        ("Ärger", "invalid_name_specials"),
        ("two words", "invalid_name_specials"),
        (" ", "invalid_name_specials"),
        ("full.stop", "invalid_name_specials"),
        ("#hash", "invalid_name_specials"),
        ("it's", "invalid_name_specials"),
        ("party🎉", "invalid_name_specials"),
        ("tab\t", "invalid_name_specials"),
    ],
)
def test_a_name_that_cannot_be_is_refused_as_it_stands(clubs: Clubs, name: str, code: str) -> None:
    assert clubs.error("create", clubs.person(), name=name) == code


@pytest.mark.parametrize(
    "name", ["x" * 79 + "7", "ö" * 80, "a", "7", "-a-", "naïve_ñandú", "회의", "会議室", "планы", "ห้องประชุม"]
)
def test_letters_of_all_scripts_make_a_name(clubs: Clubs, name: str) -> None:
    assert clubs.ok("create", clubs.person(DANCE), name=name)["channel"]["name"] == name


def test_no_name_is_refused_as_an_empty_one(clubs: Clubs) -> None:
    assert clubs.error("create", clubs.person()) == "invalid_name_required"


def test_a_name_is_there_once_in_a_workspace(clubs: Clubs) -> None:
    mia, in_music = clubs.person(), clubs.person(MUSIC)
    id = clubs.channel(mia, name="once", private=True)
    assert clubs.error("create", clubs.person(), name="once") == "name_taken"
    assert clubs.ok("create", in_music, name="once")
    clubs.ok("archive", mia, channel=id)
    assert clubs.error("create", mia, name="once") == "name_taken"


def test_a_name_is_taken_where_a_channel_is_shared(clubs: Clubs) -> None:
    id = clubs.channel(clubs.person(), name="shared-with-music")
    clubs.share(id, MUSIC, "shared-with-music")
    assert clubs.error("create", clubs.person(MUSIC), name="shared-with-music") == "name_taken"


def test_the_name_of_a_channel_of_every_workspace_is_taken_everywhere(clubs: Clubs) -> None:
    for workspace in (CHESS, MUSIC, DANCE):
        assert clubs.error("create", clubs.person(workspace), name="wide") == "name_taken"
    assert clubs.ok("create", clubs.person(organization=TOWN), name="wide")


def test_the_name_of_a_connected_channel_is_taken_where_it_is(clubs: Clubs) -> None:
    mia, tom = clubs.person(), clubs.person(organization=TOWN)
    id = clubs.channel(mia, name="from-chess")
    assert clubs.ok("create", tom, name="of-town")
    clubs.connect(id)
    assert clubs.error("create", tom, name="from-chess") == "name_taken"
    assert clubs.ok("create", clubs.person(organization=VALE), name="from-chess")
    clubs.ok("archive", mia, channel=id)
    assert clubs.error("create", tom, name="from-chess") == "name_taken"
    clubs.make(id, deleted=True)
    assert clubs.ok("create", tom, name="from-chess")


def test_names_are_taken_whatever_was_archived_or_never_used(clubs: Clubs) -> None:
    assert clubs.error("create", clubs.person(), name="closed-long-ago") == "name_taken"
    mia = clubs.person()
    id = clubs.channel(mia, name="was-renamed")
    clubs.ok("rename", mia, channel=id, name="is-renamed")
    assert clubs.ok("create", mia, name="was-renamed")


@pytest.mark.parametrize("guest", ["single_channel", "multi_channel"])
def test_guests_make_no_channels(clubs: Clubs, guest: str) -> None:
    assert clubs.error("create", clubs.person(guest=guest), name="by-a-guest") == "restricted_action"


def test_a_bot_makes_channels_and_is_in_them(clubs: Clubs) -> None:
    channel = clubs.ok("create", "xoxb-board", name="by-a-bot")["channel"]
    assert (channel["creator"], channel["is_member"]) == ("W0BOARD0001", True)


# Tokens.


def test_an_org_level_token_names_the_workspace(clubs: Clubs) -> None:
    mia = clubs.person(MUSIC, CHESS)
    assert clubs.error("create", mia.org, name="nowhere") == "missing_argument"
    channel = clubs.ok("create", mia.org, name="by-org-token", team_id=MUSIC)["channel"]
    assert (channel["context_team_id"], channel["shared_team_ids"]) == (MUSIC, [MUSIC])
    assert clubs.row(channel["id"])["workspace"] == MUSIC


def test_an_org_level_token_makes_channels_where_its_person_is(clubs: Clubs) -> None:
    assert clubs.error("create", clubs.person().org, name="elsewhere", team_id=MUSIC) == "restricted_action"
    assert clubs.error("create", "xoxb-clock-org", name="elsewhere", team_id=DANCE) == "team_access_not_granted"
    assert clubs.ok("create", "xoxb-clock-org", name="by-clock", team_id=MUSIC)["channel"]["creator"] == CLOCK


def test_a_workspace_token_makes_channels_in_its_own(clubs: Clubs) -> None:
    channel = clubs.ok("create", clubs.person(), name="own-workspace", team_id=MUSIC)["channel"]
    assert channel["context_team_id"] == CHESS


def test_a_lone_workspace_has_channels_too(clubs: Clubs) -> None:
    tom = clubs.person(organization=TOWN)
    id = clubs.channel(tom, name="town-hall")
    assert clubs.row(id)["organization"] == clubs.row(id)["workspace"] == TOWN


def test_the_scope_is_that_of_the_kind(clubs: Clubs) -> None:
    public = clubs.person(scopes=["channels:write"])
    private = clubs.person(scopes=["groups:write"])
    managing = clubs.person(scopes=["channels:manage"])
    neither = clubs.person(scopes=["im:write", "channels:read", "channels:history"])
    assert clubs.ok("create", public, name="scoped-public")
    assert clubs.ok("create", managing, name="scoped-managed")
    assert clubs.ok("create", private, name="scoped-private", is_private=True)
    refused = clubs.call("create", private, name="scoped-refused")
    assert (refused["error"], refused["needed"], refused["provided"]) == ("missing_scope", "channels:manage", "groups:write")
    refused = clubs.call("create", public, name="scoped-refused", is_private=True)
    assert (refused["error"], refused["needed"]) == ("missing_scope", "groups:write")
    assert clubs.error("create", neither, name="scoped-refused") == "missing_scope"
    assert clubs.ok("create", clubs.person(scopes=CHANNELS), name="scoped-refused")


def test_what_was_refused_left_nothing_behind(clubs: Clubs) -> None:
    mia = clubs.person()
    before = len(clubs.rows(select(shares)))
    clubs.error("create", mia, name="wide")
    clubs.error("create", mia, name="closed-long-ago")
    assert len(clubs.rows(select(shares))) == before
