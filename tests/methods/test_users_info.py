"""users.info, users.lookupByEmail"""

from typing import Any

import pytest
from sqlalchemy import update

from gridhall.domain.appearance import COLOURS
from gridhall.storage.tables import conversations
from harness.live import Live
from methods.rows import change

NOON = 1700000000
PICTURES = ("image_24", "image_32", "image_48", "image_72", "image_192", "image_512")


def user(live: Live, token: str, id: str, **arguments: object) -> dict[str, Any]:
    answer = live.call("users.info", token, user=id, **arguments)
    assert answer["ok"], answer
    told: dict[str, Any] = answer["user"]
    return told


def test_a_person_is_told_with_all_that_is_known_of_them(any_campus: Live) -> None:
    any_campus.move(to=NOON)
    told = user(any_campus, "xoxp-mia", "W0MIA000001", include_locale="true")
    profile = told["profile"]
    hash = profile["avatar_hash"]
    assert {profile.pop(size) for size in PICTURES} == {
        f"{any_campus.url}/avatars/{hash}_{size.removeprefix('image_')}.png" for size in PICTURES
    }
    assert told.pop("color") in COLOURS
    assert told == {
        "id": "W0MIA000001",
        "team_id": "T0ARTS00001",
        "name": "mia",
        "deleted": False,
        "real_name": "Mia Čapková Moss",
        "tz": "Europe/Prague",
        "tz_label": "Central European Standard Time",
        "tz_offset": 3600,
        "profile": {
            "title": "Painter",
            "phone": "+420 1",
            "skype": "",
            "real_name": "Mia Čapková Moss",
            "real_name_normalized": "Mia Capkova Moss",
            "display_name": "Mía",
            "display_name_normalized": "Mia",
            "first_name": "Mia",
            "last_name": "Čapková Moss",
            "status_text": "Painting",
            "status_emoji": ":art:",
            "status_emoji_display_info": [],
            "status_expiration": NOON + 600,
            "status_text_canonical": "",
            "avatar_hash": hash,
            "pronouns": "she/her",
            "email": "mia@campus.test",
            "team": "T0ARTS00001",
        },
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": True,
        "is_email_confirmed": True,
        "updated": 1500000000,
        "has_2fa": True,
        "two_factor_type": "app",
        "locale": "cs-CZ",
        "enterprise_user": {
            "id": "W0MIA000001",
            "enterprise_id": "E0CAMPUS001",
            "enterprise_name": "Campus",
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "teams": ["T0ARTS00001", "T0LAWS00001"],
        },
        "enterprise_id": "E0CAMPUS001",
        "enterprise_name": "Campus",
        "teams": ["T0ARTS00001", "T0LAWS00001"],
    }


def test_a_bot_is_told_as_one(campus: Live) -> None:
    told = user(campus, "xoxp-mia", "W0EASEL0001")
    profile = told["profile"]
    assert (told["is_bot"], told["name"], told["real_name"]) == (True, "easel", "easel")
    assert (profile["bot_id"], profile["api_app_id"], profile["always_active"]) == ("B0EASEL0001", "A0EASEL0001", True)
    assert "email" not in profile
    assert "has_2fa" not in user(campus, "xoxp-pia", "W0EASEL0001")


@pytest.mark.parametrize(
    ("id", "in_workspace", "in_organization"),
    [
        ("W0PIA000001", (True, True, True), (True, True, True)),
        ("W0OLA000001", (False, False, False), (True, True, False)),
        ("W0ABE000001", (True, False, False), (True, False, False)),
        ("W0WIN000001", (True, True, False), (False, False, False)),
        ("W0WES000001", (True, False, False), (False, False, False)),
        ("W0MAX000001", (False, False, False), (False, False, False)),
    ],
)
def test_roles_are_those_of_the_workspace_beside_those_of_the_organization(
    campus: Live, id: str, in_workspace: tuple[bool, ...], in_organization: tuple[bool, ...]
) -> None:
    roles = ("is_admin", "is_owner", "is_primary_owner")
    told = user(campus, "xoxb-easel", id)
    assert tuple(told[role] for role in roles) == in_workspace
    assert tuple(told["enterprise_user"][role] for role in roles) == in_organization
    beyond = user(campus, "xoxp-mia-org", id)
    assert tuple(beyond[role] for role in roles) == in_organization


def test_guests_are_told_apart(campus: Live) -> None:
    single, multi = user(campus, "xoxb-easel", "W0GIA000001"), user(campus, "xoxb-easel", "W0GUS000001")
    assert (single["is_restricted"], single["is_ultra_restricted"]) == (True, True)
    assert (multi["is_restricted"], multi["is_ultra_restricted"]) == (True, False)


def test_who_is_deactivated_is_told_so(campus: Live) -> None:
    assert user(campus, "xoxb-easel", "W0DAN000001")["deleted"] is True


def test_the_address_needs_its_scope(campus: Live) -> None:
    assert user(campus, "xoxp-mia", "W0MAX000001")["profile"]["email"] == "Max@Campus.test"
    assert "email" not in user(campus, "xoxp-mia-plain", "W0MAX000001")["profile"]
    assert "email" not in user(campus, "xoxp-mia-plain", "W0MIA000001")["profile"]


def test_an_unconfirmed_address_is_told_so(reading: Live) -> None:
    assert user(reading, "xoxp-ada-org", "W0UNV000001")["is_email_confirmed"] is False


def test_the_second_factor_is_told_to_its_owner_and_to_administrators(campus: Live) -> None:
    for token in ("xoxp-mia", "xoxp-wes", "xoxp-ola", "xoxp-abe-org"):
        assert user(campus, token, "W0MIA000001")["has_2fa"] is True
    for token in ("xoxp-max", "xoxb-easel"):
        assert "has_2fa" not in user(campus, token, "W0MIA000001")
    told = user(campus, "xoxp-wes", "W0MAX000001")
    assert told["has_2fa"] is False
    assert "two_factor_type" not in told


def test_the_language_comes_when_asked_for(campus: Live) -> None:
    assert "locale" not in user(campus, "xoxp-mia", "W0MAX000001")
    assert "locale" not in user(campus, "xoxp-mia", "W0MAX000001", include_locale="0")
    assert user(campus, "xoxp-mia", "W0MAX000001", include_locale="1")["locale"] == "en-US"


def test_an_app_knows_who_authorized_it(own_campus: Live) -> None:
    assert user(own_campus, "xoxb-easel", "W0MIA000001")["is_app_user"] is False
    assert user(own_campus, "xoxp-mia", "W0MAX000001")["is_app_user"] is True
    assert user(own_campus, "xoxp-mia", "W0DAN000001")["is_app_user"] is False
    own_campus.call("auth.revoke", "xoxp-max")
    assert user(own_campus, "xoxp-mia", "W0MAX000001")["is_app_user"] is False


def test_a_status_ends_when_it_expires(own_campus: Live) -> None:
    own_campus.move(to=NOON + 599)
    assert user(own_campus, "xoxp-max", "W0MIA000001")["profile"]["status_text"] == "Painting"
    own_campus.move(advance=1)
    profile = user(own_campus, "xoxp-max", "W0MIA000001")["profile"]
    assert (profile["status_text"], profile["status_emoji"], profile["status_expiration"]) == ("", "", 0)


def test_offsets_follow_the_clock(own_campus: Live) -> None:
    own_campus.move(to=1698541199)  # a second before summer time ends in Prague
    told = user(own_campus, "xoxp-mia", "W0MIA000001")
    assert (told["tz_label"], told["tz_offset"]) == ("Central European Summer Time", 7200)
    own_campus.move(advance=1)
    told = user(own_campus, "xoxp-mia", "W0MIA000001")
    assert (told["tz_label"], told["tz_offset"]) == ("Central European Standard Time", 3600)


@pytest.mark.parametrize("id", ["W0NOBODY001", "mia", "@mia", "B0EASEL0001", ""])
def test_who_is_not_there_is_not_found(campus: Live, id: str) -> None:
    answer = campus.call("users.info", "xoxp-mia", user=id)
    assert (answer["ok"], answer["error"]) == (False, "user_not_found")


def test_the_user_is_needed(campus: Live) -> None:
    assert campus.call("users.info", "xoxp-mia")["error"] == "user_not_found"


def test_the_scope_is_needed(reading: Live) -> None:
    answer = reading.call("users.info", "xoxp-dev-west", user="W0DEV000001")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
    assert answer["provided"] == "identity.basic,identity.email,identity.avatar,identity.team"


# Who is of another workspace or organization.


def test_a_colleague_of_another_workspace_is_at_home_in_the_organization(campus: Live) -> None:
    told = user(campus, "xoxp-mia", "W0LEA000001")
    assert (told["team_id"], told["profile"]["team"], told["teams"]) == ("E0CAMPUS001", "E0CAMPUS001", ["T0LAWS00001"])
    assert "is_stranger" not in told
    stranger = user(campus, "xoxp-pia", "W0LEA000001")
    assert (stranger["is_stranger"], stranger["profile"]["email"]) == (True, "lea@campus.test")


def test_without_a_workspace_everybody_is_at_home_in_the_organization(campus: Live) -> None:
    told = user(campus, "xoxp-abe-org", "W0LEA000001")
    assert told["team_id"] == "E0CAMPUS001"
    assert "is_stranger" not in told


def test_an_external_member_is_told_without_their_language(each_campus: Live) -> None:
    told = user(each_campus, "xoxp-mia", "U0TOM000001", include_locale="true")
    assert (told["team_id"], told["profile"]["team"], told["profile"]["email"]) == (
        "T0TOWN00001",
        "T0TOWN00001",
        "tom@town.test",
    )
    assert told.keys().isdisjoint({"locale", "enterprise_user", "enterprise_id", "has_2fa", "is_stranger"})
    assert (told["is_admin"], told["is_primary_owner"]) == (False, False)
    back = user(each_campus, "xoxp-tom", "W0MIA000001")
    assert (back["team_id"], back["profile"]["email"]) == ("E0CAMPUS001", "mia@campus.test")


def test_a_stranger_of_another_organization_is_told_without_their_address(campus: Live) -> None:
    told = user(campus, "xoxp-mia", "U0TIA000001")
    assert told["is_stranger"] is True
    assert "email" not in told["profile"]
    assert user(campus, "xoxp-pia", "U0TIA000001")["profile"]["email"] == "tia@town.test"


def test_who_shares_nothing_with_the_organization_is_not_found(campus: Live) -> None:
    assert campus.call("users.info", "xoxp-mia", user="U0TED000001") == {"ok": False, "error": "user_not_found"}
    assert campus.call("users.info", "xoxp-ted", user="W0MAX000001") == {"ok": False, "error": "user_not_found"}


def test_a_deleted_channel_shows_nobody_to_the_organization(any_campus: Live) -> None:
    # Mia and Tia share no channel: only Pia's with Tia lets the organization know of her.
    assert user(any_campus, "xoxp-mia", "U0TIA000001")["is_stranger"] is True
    change(any_campus, update(conversations).where(conversations.c.id == "C0BRIDGE001").values(deleted=True))
    for token in ("xoxp-mia", "xoxp-pia"):
        assert any_campus.call("users.info", token, user="U0TIA000001") == {"ok": False, "error": "user_not_found"}


# What guests see.


@pytest.mark.parametrize(
    ("token", "visible", "hidden"),
    [
        (
            "xoxp-gia",
            ["W0GIA000001", "W0MIA000001", "W0EASEL0001", "W0GUS000001"],
            ["W0MAX000001", "W0WES000001", "W0LEA000001"],
        ),
        ("xoxp-gus", ["W0GUS000001", "W0GIA000001", "U0TOM000001"], ["W0PIA000001", "W0DAN000001", "U0TIA000001"]),
    ],
)
def test_a_guest_sees_whom_they_share_a_conversation_with(
    each_campus: Live, token: str, visible: list[str], hidden: list[str]
) -> None:
    assert all(each_campus.call("users.info", token, user=id)["ok"] for id in visible)
    for id in hidden:
        assert each_campus.call("users.info", token, user=id) == {"ok": False, "error": "user_not_visible"}


def test_members_see_guests(campus: Live) -> None:
    assert user(campus, "xoxp-max", "W0GIA000001")["is_restricted"] is True


# By address.


@pytest.mark.parametrize("email", ["max@campus.test", "MAX@CAMPUS.TEST", " Max@Campus.test "])
def test_an_address_finds_its_person_whatever_its_case(each_campus: Live, email: str) -> None:
    found = each_campus.call("users.lookupByEmail", "xoxb-easel", email=email)["user"]
    assert (found["id"], found["profile"]["email"]) == ("W0MAX000001", "Max@Campus.test")


@pytest.mark.parametrize(
    "email", ["nobody@campus.test", "dan@campus.test", "lea@campus.test", "tom@town.test", "max@campus.tes_", "%", "", " "]
)
def test_nobody_else_is_found(campus: Live, email: str) -> None:
    answer = campus.call("users.lookupByEmail", "xoxb-easel", email=email)
    assert (answer["ok"], answer["error"]) == (False, "users_not_found")


def test_the_same_address_is_somebody_else_elsewhere(campus: Live) -> None:
    assert campus.call("users.lookupByEmail", "xoxp-ted", email="mia@campus.test")["user"]["id"] == "U0TED000001"
    assert campus.call("users.lookupByEmail", "xoxp-max", email="mia@campus.test")["user"]["id"] == "W0MIA000001"


def test_a_guest_finds_whom_they_may_see(campus: Live) -> None:
    assert campus.call("users.lookupByEmail", "xoxp-gia", email="mia@campus.test")["user"]["id"] == "W0MIA000001"
    assert campus.call("users.lookupByEmail", "xoxp-gia", email="gia@guest.test")["user"]["id"] == "W0GIA000001"
    assert campus.call("users.lookupByEmail", "xoxp-gia", email="max@campus.test")["error"] == "users_not_found"


def test_looking_up_takes_its_own_scope_and_a_workspace(campus: Live) -> None:
    answer = campus.call("users.lookupByEmail", "xoxp-mia-plain", email="max@campus.test")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read.email")
    answer = campus.call("users.lookupByEmail", "xoxp-mia-org", email="max@campus.test", team_id="T0ARTS00001")
    assert answer == {"ok": False, "error": "enterprise_is_restricted"}
