"""admin.users.session.getSettings, setSettings and clearSettings."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from gridhall.storage import tables
from harness.live import Live
from methods.guild import (
    ABE,
    ADA,
    ADMIN,
    ALL,
    BOT,
    DAN,
    GUILD,
    LEA,
    MAX,
    MIA,
    OK,
    OLA,
    OTO,
    OWNER,
    PIA,
    PRIME,
    as_client,
    call,
    id_of,
    listed,
    ok,
    refused,
    rows,
    settle,
    sign_in,
    told,
)
from methods.rows import change

LEAST, MOST = 28_800, 315_569_520
METHODS = ("getSettings", "setSettings", "clearSettings")


def post(guild: Live, method: str, **arguments: object) -> dict[str, Any]:
    """Call with JSON."""
    headers = {"authorization": f"Bearer {OWNER}", "content-type": "application/json; charset=utf-8"}
    answer = guild.request("POST", f"/api/admin.users.session.{method}", json.dumps(arguments).encode(), headers)
    return answer.json


def settings(guild: Live, *people: str) -> tuple[list[dict[str, Any]], list[str]]:
    """What getSettings tells: who has which settings, and who none."""
    answer = ok(guild, "getSettings", user_ids=",".join(people))
    assert answer.keys() == {"ok", "session_settings", "no_settings_applied"}
    return answer["session_settings"], answer["no_settings_applied"]


def stored(guild: Live) -> dict[str, tuple[int | None, bool | None]]:
    table = tables.session_settings
    found = rows(guild, select(table.c.person, table.c.duration, table.c.desktop_app_browser_quit))
    return {person: (duration, quit) for person, duration, quit in found}


def expiries(guild: Live, person: str) -> dict[int, int]:
    """When a person's sessions end: seconds after they began, 0 for never; by their numbers."""
    table = tables.sessions
    found = rows(guild, select(table.c.id, table.c.signed_in_at, table.c.expires_at).where(table.c.person == person))
    return {id - id_of(0): at and at - began for id, began, at in found}


def organization(guild: Live, **columns: object) -> None:
    """Change the organization's own settings."""
    change(guild, update(tables.organizations).where(tables.organizations.c.id == GUILD).values(**columns))


def test_settings_are_told_as_documented(own_guild: Live) -> None:
    assert ok(own_guild, "setSettings", user_ids=f"{MIA},{MAX}", duration=86400, desktop_app_browser_quit="true") == OK
    shown, without = settings(own_guild, OLA, MAX, MIA)
    assert shown == [
        {"user_id": MAX, "desktop_app_browser_quit": True, "duration": 86400},
        {"user_id": MIA, "desktop_app_browser_quit": True, "duration": 86400},
    ]
    assert without == [OLA]
    assert ok(own_guild, "clearSettings", user_ids=json.dumps([MIA, MAX])) == OK
    assert settings(own_guild, MAX, MIA) == ([], [MAX, MIA])


def test_who_is_not_signed_in_is_not_told_of(own_guild: Live) -> None:
    ok(own_guild, "setSettings", user_ids=f"{LEA},{MIA}", duration=86400)
    assert settings(own_guild, LEA, DAN, OTO) == ([], [])
    _, secrets = sign_in(own_guild, LEA)
    assert as_client(own_guild, secrets) == "ok"
    assert [one["user_id"] for one in settings(own_guild, LEA, MIA)[0]] == [LEA, MIA]
    ok(own_guild, "reset", user_id=MIA)
    assert [one["user_id"] for one in settings(own_guild, LEA, MIA)[0]] == [LEA]


@pytest.mark.parametrize("duration", [LEAST, MOST])
def test_durations_are_from_eight_hours_to_ten_years(own_guild: Live, duration: int) -> None:
    ok(own_guild, "setSettings", user_ids=MIA, duration=duration)
    assert stored(own_guild) == {MIA: (duration, None)}


def test_the_half_that_is_left_out_stays_as_it_was(own_guild: Live) -> None:
    ok(own_guild, "setSettings", user_ids=MIA, duration=LEAST)
    ok(own_guild, "setSettings", user_ids=f"{MIA},{MAX}", desktop_app_browser_quit="true")
    assert stored(own_guild) == {MIA: (LEAST, True), MAX: (None, True)}
    ok(own_guild, "setSettings", user_ids=f"{MIA},{MAX}", duration=LEAST + 1)
    assert stored(own_guild) == {MIA: (LEAST + 1, True), MAX: (LEAST + 1, True)}
    ok(own_guild, "setSettings", user_ids=MIA, desktop_app_browser_quit="false")
    assert stored(own_guild)[MIA] == (LEAST + 1, False)


def test_a_half_that_nobody_set_is_the_organizations(own_guild: Live) -> None:
    ok(own_guild, "setSettings", user_ids=MIA, desktop_app_browser_quit="false")
    assert settings(own_guild, MIA)[0] == [{"user_id": MIA, "desktop_app_browser_quit": False}]
    organization(own_guild, session_duration=40_000, desktop_app_browser_quit=True)
    assert settings(own_guild, MIA)[0] == [{"user_id": MIA, "desktop_app_browser_quit": False, "duration": 40_000}]
    ok(own_guild, "setSettings", user_ids=MAX, duration=LEAST)
    assert settings(own_guild, MAX)[0] == [{"user_id": MAX, "desktop_app_browser_quit": True, "duration": LEAST}]


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("at_least_one_session_setting_required", {}),
        ("at_least_one_session_setting_required", {"duration": None}),
        ("at_least_one_session_setting_required", {"duration": "", "desktop_app_browser_quit": ""}),
        ("invalid_arguments", {"duration": LEAST - 1}),
        ("invalid_arguments", {"duration": MOST + 1}),
        ("invalid_arguments", {"duration": 0}),
        ("invalid_arguments", {"duration": -86400}),
        ("invalid_arguments", {"duration": "a day"}),
        ("invalid_arguments", {"duration": 86400.5}),
        ("invalid_array_arg", {"duration": [86400]}),
        ("invalid_arguments", {"desktop_app_browser_quit": "always"}),
        ("invalid_array_arg", {"desktop_app_browser_quit": {}}),
    ],
)
def test_no_other_settings_are_set(guild: Live, code: str, arguments: dict[str, object]) -> None:
    assert post(guild, "setSettings", user_ids=[MIA], **arguments)["error"] == code
    assert stored(guild) == {}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("code", "ids"),
    [
        ("user_not_found", [MIA, "W0NOBODY001"]),
        ("user_not_found", [BOT, PIA, "W0RON000001"]),
        ("bots_not_allowed", [MIA, PIA, BOT]),
        ("admin_unauthorized", [MIA, PIA]),
        ("invalid_arguments", []),
        ("invalid_arguments", f"{MIA},['U1234']["),
        ("invalid_arguments", [f"W{number:010d}" for number in range(1001)]),
        ("user_not_found", [f"W{number:010d}" for number in range(1000)]),
    ],
)
def test_people_who_cannot_be_acted_on(guild: Live, method: str, code: str, ids: list[str] | str) -> None:
    if isinstance(ids, str):
        # Text that begins no list is ids with commas.
        code = "user_not_found"
    assert post(guild, method, user_ids=ids, **({"duration": LEAST} if method == "setSettings" else {}))["error"] == code
    assert stored(guild) == {}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("token", "user", "code"),
    [
        (ADMIN, OLA, "admin_unauthorized"),
        (ADMIN, PIA, "admin_unauthorized"),
        (ADMIN, ABE, "ok"),
        (ADMIN, ADA, "ok"),
        (OWNER, OTO, "ok"),
        (PRIME, PIA, "ok"),
        (OWNER, DAN, "ok"),
    ],
)
def test_who_sets_whose(own_guild: Live, method: str, token: str, user: str, code: str) -> None:
    more = {"duration": LEAST} if method == "setSettings" else {}
    assert call(own_guild, method, token, user_ids=f"{MIA},{user}", **more).get("error", "ok") == code
    assert stored(own_guild).keys() == ({MIA, user} if more and code == "ok" else set())


def test_a_thousand_people_are_set_at_once(own_guild: Live) -> None:
    ids = [MIA, MAX] * 400 + [OLA] * 300
    ok(own_guild, "setSettings", user_ids=json.dumps(ids), duration=LEAST)
    assert stored(own_guild).keys() == {MIA, MAX, OLA}


# What settings do.


def test_a_duration_counts_for_running_sessions_from_their_beginning(own_guild: Live) -> None:
    own_guild.move(advance=0)
    _, secrets = sign_in(own_guild, MAX)
    own_guild.move(advance=LEAST - 10)
    assert as_client(own_guild, secrets) == "ok"
    ok(own_guild, "setSettings", user_ids=MAX, duration=LEAST)
    assert set(expiries(own_guild, MAX).values()) == {LEAST}
    own_guild.move(advance=9)
    assert as_client(own_guild, secrets) == "ok"
    own_guild.move(advance=1)
    assert as_client(own_guild, secrets) == "invalid_auth"


def test_a_session_whose_time_is_past_by_a_new_duration_ends_at_once(own_guild: Live) -> None:
    own_guild.move(advance=0)
    _, secrets = sign_in(own_guild, MIA)
    own_guild.move(advance=LEAST)
    assert as_client(own_guild, secrets) == "ok"
    ok(own_guild, "setSettings", user_ids=f"{MIA},{MAX}", duration=LEAST)
    assert as_client(own_guild, secrets) == "invalid_auth"
    assert listed(own_guild).keys() == ALL.keys() - {MIA, MAX}
    settle(own_guild)
    assert expiries(own_guild, MIA) == {}


def test_cleared_settings_count_no_more(own_guild: Live) -> None:
    own_guild.move(advance=0)
    _, secrets = sign_in(own_guild, MAX)
    ok(own_guild, "setSettings", user_ids=MAX, duration=LEAST)
    ok(own_guild, "clearSettings", user_ids=MAX)
    assert set(expiries(own_guild, MAX).values()) == {0}
    own_guild.move(advance=LEAST)
    assert as_client(own_guild, secrets) == "ok"


def test_cleared_settings_leave_the_organizations_own(own_guild: Live) -> None:
    organization(own_guild, session_duration=50_000)
    ok(own_guild, "setSettings", user_ids=MAX, duration=LEAST)
    ok(own_guild, "clearSettings", user_ids=MAX)
    assert set(expiries(own_guild, MAX).values()) == {50_000}


def test_a_person_may_stay_longer_than_the_organization_says(own_guild: Live) -> None:
    organization(own_guild, session_duration=LEAST)
    ok(own_guild, "setSettings", user_ids=MIA, duration=MOST)
    assert set(expiries(own_guild, MIA).values()) == {MOST}


def test_a_session_that_begins_later_has_them_too(own_guild: Live) -> None:
    own_guild.move(advance=0)
    ok(own_guild, "setSettings", user_ids=LEA, duration=LEAST)
    session, _ = sign_in(own_guild, LEA)
    assert session.expires_at - session.signed_in_at == LEAST


def test_a_desktop_session_that_ends_with_its_client_ends_without_a_sign_of_life(own_guild: Live) -> None:
    own_guild.move(advance=0)
    desktop = sign_in(own_guild, MAX, client="desktop")[1]
    mobile = sign_in(own_guild, MAX, client="mobile")[1]
    ok(own_guild, "setSettings", user_ids=MAX, desktop_app_browser_quit="true")
    own_guild.move(advance=89)
    assert as_client(own_guild, desktop) == "ok"
    own_guild.move(advance=1)
    assert as_client(own_guild, desktop) == "invalid_auth"
    assert as_client(own_guild, mobile) == "ok"


def test_others_are_left_alone(own_guild: Live) -> None:
    before = {person: expiries(own_guild, person) for person in (OLA, MAX, ADA)}
    ok(own_guild, "setSettings", user_ids=MIA, duration=MOST, desktop_app_browser_quit="true")
    assert {person: expiries(own_guild, person) for person in (OLA, MAX, ADA)} == before


# What is told of it.


def test_the_audit_log_tells_what_was_set_for_each(own_guild: Live) -> None:
    ok(own_guild, "setSettings", user_ids=f"{MIA},{MAX}", duration=LEAST)
    ok(own_guild, "setSettings", user_ids=MIA, desktop_app_browser_quit="false")
    ok(own_guild, "clearSettings", user_ids=f"{LEA},{MIA}")
    nothing = {"duration": None, "desktop_app_browser_quit": None}
    assert told(own_guild, "user_session_settings_changed") == [
        (OLA, MAX, {"duration": LEAST}),
        (OLA, MIA, {"duration": LEAST}),
        (OLA, MIA, {"desktop_app_browser_quit": False}),
        (OLA, MIA, nothing),
    ]


def test_who_has_no_settings_is_cleared_all_the_same(own_guild: Live) -> None:
    assert ok(own_guild, "clearSettings", user_ids=f"{LEA},{DAN}") == OK
    assert told(own_guild, "user_session_settings_changed") == []


def test_nothing_is_told_of_what_was_refused(own_guild: Live) -> None:
    assert refused(own_guild, "setSettings", user_ids=f"{MIA},{PIA}", duration=LEAST) == "admin_unauthorized"
    assert told(own_guild, "user_session_settings_changed") == []
