"""team.info"""

import pytest

from harness.live import Live


def test_a_workspace_tells_about_itself(campus: Live) -> None:
    answer = campus.call("team.info", "xoxb-easel")
    icon = answer["team"].pop("icon")
    assert answer == {
        "ok": True,
        "team": {
            "id": "T0ARTS00001",
            "name": "Arts",
            "domain": "arts",
            "email_domain": "",
            "url": f"{campus.url}/w/arts/",
            "is_verified": False,
            "avatar_base_url": f"{campus.url}/avatars/",
            "enterprise_id": "E0CAMPUS001",
            "enterprise_name": "Campus",
            "enterprise_domain": "campus",
        },
    }
    assert icon.pop("image_default") is True
    assert sorted(icon) == ["image_102", "image_132", "image_230", "image_34", "image_44", "image_68", "image_88"]


def test_a_lone_workspace_has_no_enterprise(campus: Live) -> None:
    team = campus.call("team.info", "xoxp-tom")["team"]
    assert team["id"] == "T0TOWN00001"
    assert not [name for name in team if name.startswith("enterprise")]


def test_an_org_level_token_asks_about_the_organization(campus: Live) -> None:
    team = campus.call("team.info", "xoxp-mia-org")["team"]
    assert (team["id"], team["name"], team["url"]) == ("E0CAMPUS001", "Campus", f"{campus.url}/o/campus/")
    assert campus.call("team.info", "xoxb-easel", team="E0CAMPUS001")["team"]["id"] == "E0CAMPUS001"


@pytest.mark.parametrize("token", ["xoxb-easel", "xoxp-mia"])
def test_a_sister_workspace_is_found_by_id_and_by_domain(campus: Live, token: str) -> None:
    assert campus.call("team.info", token, team="T0LAWS00001")["team"]["name"] == "Laws"
    assert campus.call("team.info", token, domain="laws")["team"]["name"] == "Laws"


def test_the_id_goes_before_the_domain(campus: Live) -> None:
    assert campus.call("team.info", "xoxp-mia", team="T0ARTS00001", domain="laws")["team"]["name"] == "Arts"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"team": "T0NOBODY001"}, "team_not_found"),
        ({"team": "T0GONE00001"}, "team_not_found"),
        ({"team": "T0TOWN00001"}, "team_not_found"),
        ({"team": "E0NOBODY001"}, "enterprise_not_found"),
        ({"domain": "nowhere"}, "team_not_found"),
        ({"domain": "gone"}, "team_not_found"),
        ({"domain": "town"}, "team_not_found"),
        ({"domain": "campus"}, "team_not_found"),
    ],
)
def test_what_is_not_there_or_not_ours_is_not_found(campus: Live, arguments: dict[str, str], code: str) -> None:
    assert campus.call("team.info", "xoxp-mia", **arguments) == {"ok": False, "error": code}


def test_a_lone_workspace_cannot_ask_by_domain(campus: Live) -> None:
    assert campus.call("team.info", "xoxp-tom", domain="town") == {"ok": False, "error": "team_not_on_enterprise"}


def test_an_installation_learns_only_of_the_workspaces_granted_to_it(campus: Live) -> None:
    assert campus.call("team.info", "xoxp-mia-org", team="T0ARTS00001")["team"]["name"] == "Arts"
    refused = {"ok": False, "error": "team_access_not_granted"}
    assert campus.call("team.info", "xoxp-mia-org", team="T0LAWS00001") == refused
    assert campus.call("team.info", "xoxp-mia-org", domain="laws") == refused


def test_a_guest_learns_only_of_workspaces_that_they_are_in(campus: Live) -> None:
    assert campus.call("team.info", "xoxp-gia")["team"]["name"] == "Arts"
    refused = {"ok": False, "error": "fail_to_get_teams_for_restricted_user"}
    assert campus.call("team.info", "xoxp-gia", team="T0LAWS00001") == refused
    assert campus.call("team.info", "xoxp-gia", domain="laws") == refused


def test_the_scope_is_needed(campus: Live) -> None:
    answer = campus.call("team.info", "xoxs-mia")
    assert answer == {"ok": False, "error": "missing_scope", "needed": "team:read", "provided": "users:read"}
