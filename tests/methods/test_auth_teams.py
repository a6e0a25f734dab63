"""auth.teams.list"""

import pytest

from gridhall.domain import tokens
from gridhall.domain.work import Work
from harness.live import Live


def names(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [team["name"] for team in answer["teams"]]


def test_an_org_level_token_reaches_every_workspace(reading: Live) -> None:
    assert reading.call("auth.teams.list", "xoxp-cho-admin-scopes") == {
        "ok": True,
        "teams": [
            {"id": "T0EAST00001", "name": "Acme East"},
            {"id": "T0LABS00001", "name": "Acme Labs"},
            {"id": "T0WEST00001", "name": "Acme West"},
        ],
        "response_metadata": {"next_cursor": ""},
    }


def test_it_reaches_only_the_workspaces_granted_to_its_app(campus: Live) -> None:
    assert names(campus.call("auth.teams.list", "xoxp-mia-org")) == ["Arts"]


def test_a_workspace_token_reaches_its_own(campus: Live) -> None:
    assert names(campus.call("auth.teams.list", "xoxb-easel")) == ["Arts"]
    assert names(campus.call("auth.teams.list", "xoxp-tom")) == ["Town"]


def test_an_app_level_token_reaches_none(campus: Live) -> None:
    assert campus.call("auth.teams.list", "xapp-easel") == {"ok": False, "error": "not_allowed_token_type"}


def test_icons_come_when_asked_for(campus: Live) -> None:
    (team,) = campus.call("auth.teams.list", "xoxb-easel", include_icon="true")["teams"]
    icon = team["icon"]
    assert icon.pop("image_default") is True
    assert sorted(icon) == ["image_102", "image_132", "image_230", "image_34", "image_44", "image_68", "image_88"]
    for address in icon.values():
        assert campus.request("GET", address.removeprefix(campus.url)).status == 200


def test_pages_meet_end_to_end(reading: Live) -> None:
    first = reading.call("auth.teams.list", "xoxp-ada-org", limit="2")
    cursor = first["response_metadata"]["next_cursor"]
    second = reading.call("auth.teams.list", "xoxp-ada-org", limit="2", cursor=cursor)
    assert names(first) == ["Acme East", "Acme Labs"]
    assert names(second) == ["Acme West"]
    assert second["response_metadata"]["next_cursor"] == ""


def test_a_cursor_of_another_listing_is_refused(reading: Live) -> None:
    cursor = reading.call("auth.teams.list", "xoxp-ada-org", limit="1")["response_metadata"]["next_cursor"]
    assert reading.call("auth.teams.list", "xoxp-ben-org", cursor=cursor) == {"ok": False, "error": "invalid_cursor"}
    assert reading.call("auth.teams.list", "xoxp-ada-org", cursor="x" + cursor) == {"ok": False, "error": "invalid_cursor"}


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "ten"])
def test_a_limit_is_a_positive_number_up_to_a_thousand(reading: Live, limit: str) -> None:
    answer = reading.call("auth.teams.list", "xoxp-ada-org", limit=limit)
    assert (answer["ok"], answer["error"]) == (False, "invalid_limit")


@pytest.mark.parametrize(("app", "reached"), [(None, 3), ("A0DESK00001", 0)])
def test_only_what_is_installed_on_the_organization_reaches_it(sqlite_server: Live, app: str | None, reached: int) -> None:
    async def unit(work: Work) -> str:
        return await tokens.create(
            work,
            organization="E0ACME00001",
            workspace=None,
            person="W0ADA000001",
            app=app,
            kind="user",
            scopes=["users:read"],
            actor=None,
        )

    token = sqlite_server.on_loop(sqlite_server.gridhall.storage.write(unit))
    assert len(names(sqlite_server.call("auth.teams.list", token))) == reached


def test_a_deleted_workspace_is_reached_by_nobody(own_campus: Live) -> None:
    async def unit(work: Work) -> str:
        return await tokens.create(
            work,
            organization="E0CAMPUS001",
            workspace=None,
            person="W0MIA000001",
            app=None,
            kind="user",
            scopes=["users:read"],
            actor=None,
        )

    token = own_campus.on_loop(own_campus.gridhall.storage.write(unit))
    reached = names(own_campus.call("auth.teams.list", token))
    assert "Arts" in reached
    assert "Gone" not in reached
    refused = own_campus.call("users.list", token, team_id="T0GONE00001")
    assert refused == {"ok": False, "error": "team_access_not_granted"}
