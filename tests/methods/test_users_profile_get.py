"""users.profile.get"""

from typing import Any

import pytest

from harness.databases import Databases
from harness.live import Live, live
from methods.rows import make_token


def profile(server: Live, token: str, **arguments: object) -> dict[str, Any]:
    answer = server.call("users.profile.get", token, **arguments)
    assert answer["ok"], answer
    told: dict[str, Any] = answer["profile"]
    return told


def test_a_profile_is_what_users_info_tells_and_the_custom_fields(any_campus: Live) -> None:
    any_campus.move(to=1700000000)
    in_user = any_campus.call("users.info", "xoxp-max", user="W0MIA000001")["user"]["profile"]
    told = profile(any_campus, "xoxp-max", user="W0MIA000001")
    assert told.pop("fields") == {
        "Xf0MOTTO001": {"value": "More light", "alt": ""},
        "Xf0SITE0001": {"value": "https://mia.test", "alt": "Mia"},
    }
    assert in_user.pop("team") == "T0ARTS00001"
    assert told == in_user


def test_one_s_own_is_the_default(campus: Live) -> None:
    assert profile(campus, "xoxp-mia") == profile(campus, "xoxp-mia", user="W0MIA000001")
    assert profile(campus, "xoxb-easel")["bot_id"] == "B0EASEL0001"


def test_labels_come_when_asked_for(campus: Live) -> None:
    told = profile(campus, "xoxp-mia", include_labels="true")["fields"]
    assert {id: field["label"] for id, field in told.items()} == {"Xf0MOTTO001": "Motto", "Xf0SITE0001": "Site"}
    assert "label" not in profile(campus, "xoxp-mia", include_labels="false")["fields"]["Xf0MOTTO001"]


def test_each_workspace_has_fields_of_its_own(campus: Live) -> None:
    assert profile(campus, "xoxp-mia-laws")["fields"] == {"Xf0BAR00001": {"value": "Passed", "alt": ""}}
    assert profile(campus, "xoxp-mia-org")["fields"].keys() == {"Xf0MOTTO001", "Xf0SITE0001", "Xf0BAR00001"}


def test_who_filled_nothing_in_has_no_custom_fields(campus: Live) -> None:
    assert profile(campus, "xoxp-max", include_labels="true")["fields"] == {}


def test_the_address_needs_its_scope_even_for_one_s_own(campus: Live) -> None:
    assert profile(campus, "xoxp-mia")["email"] == "mia@campus.test"
    assert "email" not in profile(campus, "xoxp-mia-plain")


def test_of_an_external_member_the_other_organization_s_fields_stay_there(campus: Live) -> None:
    told = profile(campus, "xoxp-mia", user="U0TOM000001")
    assert (told["email"], told["fields"]) == ("tom@town.test", {})
    assert profile(campus, "xoxp-tom")["fields"] == {"Xf0TOWN0001": {"value": "High Street", "alt": ""}}
    assert "email" not in profile(campus, "xoxp-mia", user="U0TIA000001")


@pytest.mark.parametrize(
    ("token", "user"),
    [("xoxp-mia", "W0NOBODY001"), ("xoxp-mia", "mia"), ("xoxp-mia", "U0TED000001"), ("xoxp-gia", "W0MAX000001")],
)
def test_who_is_not_there_or_not_visible_is_not_found(campus: Live, token: str, user: str) -> None:
    assert campus.call("users.profile.get", token, user=user) == {"ok": False, "error": "user_not_found"}


def test_a_guest_reads_whom_they_share_a_conversation_with(campus: Live) -> None:
    assert profile(campus, "xoxp-gia", user="W0MIA000001")["title"] == "Painter"


def test_the_fields_of_full_yaml_are_there(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("full")) as server:
        token = make_token(server, "E0NORTH0001", "T0NORTH0001", "W0NIA000001", ["users.profile:read"])
        told = profile(server, token, include_labels="1")
    assert told["fields"] == {"Xf0000000001": {"value": "she/her", "alt": "", "label": "Pronouns"}}
    assert (told["status_text"], told["status_emoji"]) == ("Skiing", ":ski:")


def test_the_scope_is_needed(campus: Live) -> None:
    assert campus.call("users.profile.get", "xoxs-mia")["needed"] == "users.profile:read"
