"""bots.info"""

import pytest

from harness.live import Live


def test_a_bot_is_told_by_its_bot_id(campus: Live) -> None:
    bot = campus.call("bots.info", "xoxp-mia", bot="B0EASEL0001")["bot"]
    icons, updated = bot.pop("icons"), bot.pop("updated")
    assert bot == {"id": "B0EASEL0001", "deleted": False, "name": "easel", "app_id": "A0EASEL0001", "user_id": "W0EASEL0001"}
    assert updated > 1_700_000_000
    assert sorted(icons) == ["image_36", "image_48", "image_72"]
    for address in icons.values():
        assert campus.request("GET", address.removeprefix(campus.url)).status == 200


def test_without_a_bot_there_is_nothing_to_tell(campus: Live) -> None:
    assert campus.call("bots.info", "xoxb-easel") == {"ok": True}


def test_the_bot_of_a_removed_app_is_deleted(campus: Live) -> None:
    assert campus.call("bots.info", "xoxp-mia", bot="B0RUIN00001")["bot"]["deleted"] is True


@pytest.mark.parametrize("bot", ["B0NOBODY001", "W0EASEL0001", "B0GAVEL0001"])
def test_what_is_no_bot_of_this_workspace_is_not_found(campus: Live, bot: str) -> None:
    assert campus.call("bots.info", "xoxp-max", bot=bot) == {"ok": False, "error": "bot_not_found"}


def test_another_organization_has_other_bots(campus: Live) -> None:
    assert campus.call("bots.info", "xoxp-tom", bot="B0EASEL0001") == {"ok": False, "error": "bot_not_found"}


def test_an_org_level_token_says_where_the_bot_is(campus: Live) -> None:
    ask = {"bot": "B0EASEL0001"}
    assert campus.call("bots.info", "xoxp-mia-org", team_id="T0ARTS00001", **ask)["bot"]["id"] == "B0EASEL0001"
    assert campus.call("bots.info", "xoxp-mia-org", team_id="E0CAMPUS001", **ask)["bot"]["id"] == "B0EASEL0001"
    assert campus.call("bots.info", "xoxp-mia-org", **ask)["error"] == "missing_argument"
    assert campus.call("bots.info", "xoxp-mia-org", team_id="T0NOBODY001", **ask)["error"] == "team_not_found"
    assert campus.call("bots.info", "xoxp-mia-org", team_id="T0LAWS00001", **ask)["error"] == "team_access_not_granted"


def test_a_workspace_token_need_not_and_cannot(campus: Live) -> None:
    assert campus.call("bots.info", "xoxp-mia", bot="B0EASEL0001", team_id="T0LAWS00001")["bot"]["id"] == "B0EASEL0001"


def test_a_guest_knows_the_bots_of_their_conversations(campus: Live) -> None:
    assert campus.call("bots.info", "xoxp-gia", bot="B0EASEL0001")["ok"]
    assert campus.call("bots.info", "xoxp-gia", bot="B0RUIN00001") == {"ok": False, "error": "bot_not_found"}


def test_the_scope_is_needed(reading: Live) -> None:
    answer = reading.call("bots.info", "xoxp-dev-west", bot="B0DESK00001")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
