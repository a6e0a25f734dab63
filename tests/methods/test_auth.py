"""auth.*, by form and over a real port."""

from harness.live import Live


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


def test_a_revoked_token_counts_no_more(server: Live) -> None:
    assert server.call("auth.test", "xoxp-cho-east")["ok"]
    assert server.call("auth.revoke", "xoxp-cho-east", test="1") == {"ok": True, "revoked": False}
    assert server.call("auth.test", "xoxp-cho-east")["ok"]
    assert server.call("auth.revoke", "xoxp-cho-east") == {"ok": True, "revoked": True}
    assert server.call("auth.test", "xoxp-cho-east") == {"ok": False, "error": "token_revoked"}
