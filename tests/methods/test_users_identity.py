"""users.identity"""

import pytest

from harness.live import Live
from methods.rows import make_token

SIZES = ["image_192", "image_24", "image_32", "image_48", "image_512", "image_72"]


def test_all_scopes_tell_all(reading: Live) -> None:
    answer = reading.call("users.identity", "xoxp-dev-west")
    pictures = {size: answer["user"].pop(size) for size in SIZES}
    assert answer == {
        "ok": True,
        "user": {"id": "W0DEV000001", "name": "Dev Dhar", "email": "dev@acme.test"},
        "team": {"id": "T0WEST00001", "name": "Acme West"},
    }
    for size, address in pictures.items():
        assert address.endswith(f"_{size.removeprefix('image_')}.png")
        assert reading.request("GET", address.removeprefix(reading.url)).status == 200


@pytest.mark.parametrize(
    ("scope", "user", "team"),
    [
        ("identity.basic", set(), set()),
        ("identity.email", {"email"}, set()),
        ("identity.avatar", set(SIZES), set()),
        ("identity.team", set(), {"name"}),
    ],
)
def test_each_scope_tells_its_part(own_campus: Live, scope: str, user: set[str], team: set[str]) -> None:
    token = make_token(own_campus, "E0CAMPUS001", "T0ARTS00001", "W0MIA000001", sorted({"identity.basic", scope}))
    answer = own_campus.call("users.identity", token)
    assert answer["user"].keys() == {"id", "name"} | user
    assert answer["team"].keys() == {"id"} | team


def test_basic_is_needed_whatever_else_there_is(own_campus: Live) -> None:
    token = make_token(own_campus, "E0CAMPUS001", "T0ARTS00001", "W0MIA000001", ["identity.email", "users:read"])
    assert own_campus.call("users.identity", token) == {
        "ok": False,
        "error": "missing_scope",
        "needed": "identity.basic",
        "provided": "identity.email,users:read",
    }


def test_an_unconfirmed_address_is_no_identity(reading: Live) -> None:
    assert reading.call("users.identity", "xoxp-una-west") == {"ok": False, "error": "email_not_verified"}


def test_an_org_level_token_tells_the_organization(campus: Live) -> None:
    assert campus.call("users.identity", "xoxp-mia-org")["team"] == {"id": "E0CAMPUS001", "name": "Campus"}


@pytest.mark.parametrize("token", ["xoxb-easel", "xapp-easel"])
def test_it_is_for_people(campus: Live, token: str) -> None:
    assert campus.call("users.identity", token) == {"ok": False, "error": "not_allowed_token_type"}
