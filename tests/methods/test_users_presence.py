"""users.getPresence, users.setPresence, users.setActive"""

from typing import Any

import pytest
from sqlalchemy import select, update

from gridhall.storage.statement import Statement
from gridhall.storage.tables import activity, people
from harness.databases import Databases
from harness.live import Live, live
from methods.rows import change, make_token

NOON = 1700000000
ACTIVE, AWAY = {"ok": True, "presence": "active"}, {"ok": True, "presence": "away"}

_LAST = Statement(select(activity.c.last_activity).where(activity.c.person == "W0MIA000001"), int)


def noted(server: Live) -> list[int]:
    """When Mia was last noted to be active."""

    async def unit(work: Any) -> list[int]:
        found: list[int] = await work.connection.all(_LAST)
        return found

    last: list[int] = server.on_loop(server.gridhall.storage.read(unit))
    return last


def of_mia(server: Live) -> dict[str, Any]:
    """Her presence, as somebody else sees it."""
    return server.call("users.getPresence", "xoxp-max", user="W0MIA000001")


def test_a_call_makes_a_person_active_for_ten_minutes(any_campus: Live) -> None:
    any_campus.move(to=NOON)
    assert of_mia(any_campus) == AWAY
    any_campus.call("users.list", "xoxp-mia")
    assert of_mia(any_campus) == ACTIVE
    any_campus.move(advance=599)
    assert of_mia(any_campus) == ACTIVE
    any_campus.move(advance=1)
    assert of_mia(any_campus) == AWAY


def test_any_person_s_token_counts_and_no_other(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    own_campus.call("auth.test", "xoxb-easel")
    own_campus.call("auth.test", "xapp-easel")
    assert of_mia(own_campus) == AWAY
    for token in ("xoxp-mia-org", "xoxs-mia"):
        own_campus.move(advance=3600)
        assert of_mia(own_campus) == AWAY
        own_campus.call("auth.test", token)
        assert of_mia(own_campus) == ACTIVE


def test_a_call_that_is_refused_at_the_door_is_no_activity(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    assert own_campus.call("users.list", "xoxp-mia-org")["error"] == "missing_argument"
    assert own_campus.call("auth.test", "xoxp-mia-wrong")["error"] == "invalid_auth"
    assert of_mia(own_campus) == AWAY


def test_activity_is_noted_at_most_once_a_minute(any_campus: Live) -> None:
    any_campus.move(to=NOON)
    assert noted(any_campus) == []
    for seconds in (0, 30, 29):
        any_campus.move(advance=seconds)
        any_campus.call("auth.test", "xoxp-mia")
        assert noted(any_campus) == [NOON]
    any_campus.move(advance=1)
    any_campus.call("auth.test", "xoxp-mia")
    assert noted(any_campus) == [NOON + 60]


def test_activity_is_noted_at_most_once_a_minute_by_several_workers_too(any_campus: Live) -> None:
    def seen(at: int) -> None:
        any_campus.on_loop(any_campus.gridhall.storage.write(lambda work: work.activity.seen("E0CAMPUS001", "W0MIA000001", at)))

    seen(NOON)
    seen(NOON + 59)
    assert noted(any_campus) == [NOON]
    seen(NOON + 60)
    assert noted(any_campus) == [NOON + 60]


def test_a_clock_that_is_set_back_leaves_nobody_active_for_good(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    own_campus.call("auth.test", "xoxp-mia")
    own_campus.move(to=NOON - 86400)
    assert of_mia(own_campus) == AWAY
    own_campus.call("auth.test", "xoxp-mia")
    assert of_mia(own_campus) == ACTIVE


def test_of_oneself_the_reasons_are_told(any_campus: Live) -> None:
    any_campus.move(to=NOON)
    here = {"online": True, "auto_away": False, "connection_count": 1, "last_activity": NOON}
    assert any_campus.call("users.getPresence", "xoxp-mia") == {**ACTIVE, **here, "manual_away": False}
    assert any_campus.call("users.getPresence", "xoxp-mia", user="W0MIA000001") == {**ACTIVE, **here, "manual_away": False}
    assert any_campus.call("users.setPresence", "xoxp-mia", presence="away") == {"ok": True}
    assert any_campus.call("users.getPresence", "xoxp-mia") == {**AWAY, **here, "manual_away": True}


def test_chosen_away_outlasts_activity(any_campus: Live) -> None:
    any_campus.move(to=NOON)
    any_campus.call("users.setPresence", "xoxp-mia", presence="away")
    assert of_mia(any_campus) == AWAY
    any_campus.move(advance=3600)
    any_campus.call("auth.test", "xoxp-mia")
    assert of_mia(any_campus) == AWAY
    any_campus.call("users.setPresence", "xoxp-mia", presence="auto")
    assert of_mia(any_campus) == ACTIVE


def test_choosing_presence_changes_nobody_else_and_no_profile(own_campus: Live) -> None:
    before = own_campus.call("users.list", "xoxb-easel")["members"]
    own_campus.call("users.setPresence", "xoxp-mia", presence="away")
    own_campus.call("auth.test", "xoxp-max")
    assert own_campus.call("users.list", "xoxb-easel")["members"] == before
    assert own_campus.call("users.getPresence", "xoxp-mia", user="W0MAX000001") == ACTIVE


@pytest.mark.parametrize("arguments", [{}, {"presence": ""}, {"presence": "active"}, {"presence": "AWAY"}])
def test_presence_is_auto_or_away(campus: Live, arguments: dict[str, str]) -> None:
    assert campus.call("users.setPresence", "xoxp-mia", **arguments)["error"] == "invalid_presence"


def test_a_bot_is_away_by_no_rule_while_its_profile_says_always_active(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    nothing = {"online": False, "auto_away": False, "connection_count": 0}
    assert own_campus.call("users.getPresence", "xoxb-easel") == {**AWAY, **nothing, "manual_away": False}
    assert own_campus.call("users.setPresence", "xoxb-easel", presence="away") == {"ok": True}
    assert own_campus.call("users.getPresence", "xoxb-easel") == {**AWAY, **nothing, "manual_away": True}
    assert own_campus.call("users.getPresence", "xoxp-mia", user="W0EASEL0001") == AWAY


def test_who_is_deactivated_is_away(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    own_campus.call("auth.test", "xoxp-mia")
    change(own_campus, update(people).where(people.c.id == "W0MIA000001").values(deleted=True))
    assert of_mia(own_campus) == AWAY


def test_presence_reaches_as_far_as_users_info(campus: Live) -> None:
    assert campus.call("users.getPresence", "xoxp-mia", user="U0TOM000001")["ok"]
    assert campus.call("users.getPresence", "xoxp-mia", user="U0TED000001")["error"] == "invalid_arguments"
    assert campus.call("users.getPresence", "xoxp-mia", user="W0NOBODY001")["error"] == "invalid_arguments"
    assert campus.call("users.getPresence", "xoxp-gia", user="W0MIA000001")["ok"]
    assert campus.call("users.getPresence", "xoxp-gia", user="W0MAX000001") == {"ok": False, "error": "access_denied"}


def test_activity_in_an_organization_s_file_counts(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("full")) as server:
        token = make_token(server, "E0NORTH0001", "T0NORTH0001", "W0OTTO00001", ["users:read"])
        server.move(to=1569520000 + 599)
        assert server.call("users.getPresence", token, user="W0NIA000001") == ACTIVE
        server.move(advance=1)
        assert server.call("users.getPresence", token, user="W0NIA000001") == AWAY


def test_scopes_are_needed(campus: Live) -> None:
    assert campus.call("users.setPresence", "xoxs-mia", presence="away")["needed"] == "users:write"
    assert campus.call("users.setActive", "xoxs-mia")["needed"] == "users:write"


def test_set_active_is_kept_for_old_clients_and_does_nothing(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    own_campus.call("users.setPresence", "xoxp-mia", presence="away")
    assert own_campus.call("users.setActive", "xoxp-mia") == {
        "ok": True,
        "warning": "method_deprecated",
        "response_metadata": {"warnings": ["method_deprecated"]},
    }
    assert of_mia(own_campus) == AWAY
    assert own_campus.call("users.setActive", "xoxb-easel")["ok"]
