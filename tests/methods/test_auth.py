"""auth.test, auth.revoke"""

import json

import pytest

from harness.audit import entries
from harness.live import Live

ARTS = {"team": "Arts", "team_id": "T0ARTS00001", "enterprise_id": "E0CAMPUS001", "is_enterprise_install": False}
EASEL = {"user": "easel", "user_id": "W0EASEL0001", "bot_id": "B0EASEL0001"}


def test_auth_test_tells_who_the_token_stands_for(server: Live) -> None:
    assert server.call("auth.test", "xoxb-east-desk") == {
        "ok": True,
        "url": f"{server.url}/w/acme-east/",
        "team": "Acme East",
        "user": "frontdesk",
        "team_id": "T0EAST00001",
        "user_id": "W0BOT000001",
        "bot_id": "B0DESK00001",
        "enterprise_id": "E0ACME00001",
        "is_enterprise_install": False,
    }


@pytest.mark.parametrize("token", ["xoxp-mia", "xoxs-mia"])
def test_a_person_is_no_bot(campus: Live, token: str) -> None:
    url = f"{campus.url}/w/arts/"
    assert campus.call("auth.test", token) == {"ok": True, "url": url, "user": "mia", "user_id": "W0MIA000001", **ARTS}


def test_an_org_level_token_stands_for_the_organization(campus: Live) -> None:
    assert campus.call("auth.test", "xoxp-mia-org") == {
        "ok": True,
        "url": f"{campus.url}/o/campus/",
        "team": "Campus",
        "team_id": "E0CAMPUS001",
        "enterprise_id": "E0CAMPUS001",
        "is_enterprise_install": True,
        "user": "mia",
        "user_id": "W0MIA000001",
    }


def test_a_lone_workspace_has_no_enterprise(campus: Live) -> None:
    assert campus.call("auth.test", "xoxp-tom") == {
        "ok": True,
        "url": f"{campus.url}/w/town/",
        "team": "Town",
        "team_id": "T0TOWN00001",
        "is_enterprise_install": False,
        "user": "tom",
        "user_id": "U0TOM000001",
    }


def test_an_app_level_token_stands_for_its_app_alone(campus: Live) -> None:
    assert campus.call("auth.test", "xapp-easel") == {"ok": True, "app_id": "A0EASEL0001", "app_name": "Easel"}


def test_a_rotating_token_tells_how_long_it_lasts(own_campus: Live) -> None:
    own_campus.move(to=1700043200 - 60)
    url = f"{own_campus.url}/w/arts/"
    assert own_campus.call("auth.test", "xoxe.xoxb-easel") == {"ok": True, "url": url, "expires_in": 60, **EASEL, **ARTS}
    own_campus.move(advance=60)
    assert own_campus.call("auth.test", "xoxe.xoxb-easel") == {"ok": False, "error": "token_expired"}


def test_no_scope_is_needed(campus: Live) -> None:
    headers = campus.reply("auth.test", "xoxs-mia").headers
    assert headers["x-oauth-scopes"] == "users:read"
    assert headers["x-accepted-oauth-scopes"] == ""


def test_a_revoked_token_counts_no_more(server: Live) -> None:
    assert server.call("auth.test", "xoxp-cho-east")["ok"]
    assert server.call("auth.revoke", "xoxp-cho-east", test="1") == {"ok": True, "revoked": False}
    assert server.call("auth.test", "xoxp-cho-east")["ok"]
    assert server.call("auth.revoke", "xoxp-cho-east") == {"ok": True, "revoked": True}
    assert server.call("auth.test", "xoxp-cho-east") == {"ok": False, "error": "token_revoked"}


def test_revoking_one_token_leaves_the_others(own_campus: Live) -> None:
    assert own_campus.call("auth.revoke", "xoxp-mia") == {"ok": True, "revoked": True}
    assert own_campus.call("auth.test", "xoxp-mia-org")["ok"]
    assert own_campus.call("auth.test", "xoxp-mia-laws")["ok"]


@pytest.mark.parametrize(
    ("token", "code"), [("xoxb-easel", "account_inactive"), ("xoxp-mia-org", "token_revoked"), ("xapp-easel", "token_revoked")]
)
def test_every_kind_of_its_time_can_be_revoked(own_campus: Live, token: str, code: str) -> None:
    assert own_campus.call("auth.revoke", token) == {"ok": True, "revoked": True}
    assert own_campus.call("auth.test", token) == {"ok": False, "error": code}


def test_a_legacy_token_cannot_be_revoked(campus: Live) -> None:
    assert campus.call("auth.revoke", "xoxs-mia") == {"ok": False, "error": "not_bearer_token"}
    assert campus.call("auth.revoke", "xoxs-mia", test="true") == {"ok": False, "error": "not_bearer_token"}
    assert campus.call("auth.test", "xoxs-mia")["ok"]


def test_a_revocation_is_in_the_audit_log(own_campus: Live) -> None:
    own_campus.call("auth.revoke", "xoxp-mia")
    entry = entries(own_campus, "E0CAMPUS001")[-1]
    assert (entry.action, entry.actor, entry.entity) == ("token_revoked", "W0MIA000001", "W0MIA000001")
    assert json.loads(entry.details)["token"].startswith("Tk")
