"""admin.users.session.list, invalidate and reset."""

import json
from typing import Any

import pytest

from harness.audit import entries
from harness.live import Live
from methods.guild import (
    ABE,
    ADA,
    ADMIN,
    ALL,
    BOT,
    DAN,
    GONE,
    GUILD,
    GUS,
    LEA,
    MAX,
    MEMBER,
    MIA,
    MOVING,
    OK,
    OLA,
    OTO,
    OWNER,
    PIA,
    PRIME,
    RON,
    SMITHS,
    WEAVERS,
    WES,
    as_client,
    call,
    crowd,
    gather,
    id_of,
    listed,
    ok,
    pages,
    refused,
    sign_in,
    told,
)

MAC = {
    "device_hardware": "Intel",
    "os": "OS X",
    "os_version": "10.15.7",
    "slack_client_version": "91.0.4472.77",
    "ip": "198.51.100.24",
}
MAC_LATER = MAC | {"os_version": "11.6.0", "slack_client_version": "94.0.4606.61", "ip": "198.51.100.25"}
PHONE = {
    "device_hardware": "iPhone14,2",
    "os": "iOS",
    "os_version": "17.4",
    "slack_client_version": "24.03.10",
    "ip": "203.0.113.9",
}

# Of each method, arguments with which an owner is answered ok.
SOUND: dict[str, dict[str, object]] = {
    "list": {},
    "invalidate": {"user_id": MIA, "session_id": id_of(3)},
    "reset": {"user_id": MIA},
    "resetBulk": {"user_ids": MIA},
    "getSettings": {"user_ids": MIA},
    "setSettings": {"user_ids": MIA, "duration": 86400},
    "clearSettings": {"user_ids": MIA},
}


def numbers(answer: dict[str, Any]) -> list[int]:
    return [session["session_id"] - id_of(0) for session in answer["active_sessions"]]


# Who may call, which is the same for all seven.


@pytest.mark.parametrize("method", SOUND)
@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("xoxb-warden-org", "not_allowed_token_type"),
        ("xapp-warden", "not_allowed_token_type"),
        ("xoxs-ola", "not_allowed_token_type"),
        ("xoxp-amy", "feature_not_enabled"),
        ("xoxp-ola", "no_permission"),
        ("xoxp-wes-org", "not_an_admin"),
        (MEMBER, "not_an_admin"),
        ("xoxp-gus-org", "not_an_admin"),
    ],
)
def test_none_but_administrators_of_the_organization_call(guild: Live, method: str, token: str, code: str) -> None:
    assert refused(guild, method, token, **SOUND[method]) == code


def test_each_method_needs_its_scope(guild: Live) -> None:
    for method, sound in SOUND.items():
        lacks, needed = ("xoxp-ola-writes", "read") if method in ("list", "getSettings") else ("xoxp-ola-reads", "write")
        answer = call(guild, method, lacks, **sound)
        assert (answer["error"], answer["needed"]) == ("missing_scope", f"admin.users:{needed}")


def test_a_client_is_no_tool_of_administration(own_guild: Live) -> None:
    _, secrets = sign_in(own_guild, OLA, workspace=GUILD)
    headers = {"authorization": f"Bearer {secrets.token}", "cookie": f"d={secrets.cookie}"}
    answer = own_guild.request("POST", "/api/admin.users.session.list", b"", headers).json
    assert answer["error"] == "not_allowed_token_type"


@pytest.mark.parametrize("method", ["invalidate", "reset", "resetBulk", "getSettings", "setSettings", "clearSettings"])
def test_people_have_to_be_named(guild: Live, method: str) -> None:
    for name in {"user_id", "user_ids", "session_id"} & SOUND[method].keys():
        without = {key: value for key, value in SOUND[method].items() if key != name}
        answer = call(guild, method, **without)
        assert answer["error"] == "invalid_arguments"
        assert name in answer["response_metadata"]["messages"][0]


@pytest.mark.parametrize("method", ["invalidate", "reset", "resetBulk", "getSettings", "setSettings", "clearSettings"])
def test_nobody_of_another_organization_is_found(guild: Live, method: str) -> None:
    name = "user_ids" if "user_ids" in SOUND[method] else "user_id"
    for id in (RON, "W0NOBODY001", "w0mia000001", f"{MIA} x"):
        assert refused(guild, method, **(SOUND[method] | {name: id})) == "user_not_found"


# list


def test_all_sessions_are_listed_as_documented(guild: Live) -> None:
    answer = ok(guild, "list")
    assert answer.keys() == {"ok", "active_sessions", "response_metadata"}
    assert answer["response_metadata"] == {"next_cursor": ""}
    assert numbers(answer) == [1, 2, 3, 4, 5, 6, 7, 8]
    mac, phone = answer["active_sessions"][2:4]
    assert mac == {"user_id": MIA, "team_id": SMITHS, "session_id": id_of(3), "recent": MAC_LATER, "created": MAC}
    assert phone == {"user_id": MIA, "team_id": SMITHS, "session_id": id_of(4), "created": PHONE}
    assert answer["active_sessions"][5]["team_id"] == GUILD


@pytest.mark.parametrize("token", [ADMIN, OWNER, PRIME])
def test_every_administrator_sees_everybody(guild: Live, token: str) -> None:
    assert numbers(ok(guild, "list", token)) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_persons_sessions_are_listed_by_place(guild: Live) -> None:
    places = {SMITHS: [3, 4], WEAVERS: [5], GUILD: [6]}
    assert {place: numbers(ok(guild, "list", user_id=MIA, team_id=place)) for place in places} == places


def test_another_organization_sees_nothing_of_it(guild: Live) -> None:
    assert refused(guild, "list", "xoxp-ron-org") == "no_active_sessions"


@pytest.mark.parametrize("user", [LEA, GUS, DAN, OTO])
def test_who_is_not_signed_in_has_no_active_sessions(guild: Live, user: str) -> None:
    assert refused(guild, "list", user_id=user, team_id=SMITHS) == "no_active_sessions"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("missing_team", {"user_id": MIA}),
        ("missing_user", {"team_id": SMITHS}),
        ("missing_user", {"team_id": GUILD}),
        ("team_not_found", {"user_id": MIA, "team_id": "T0NOWHERE01"}),
        ("team_not_found", {"user_id": MIA, "team_id": GONE}),
        ("team_not_found", {"user_id": MIA, "team_id": "T0RIVAL0001"}),
        ("team_not_found", {"user_id": MIA, "team_id": "E0RIVAL0001"}),
        ("team_added_to_org", {"user_id": MIA, "team_id": MOVING}),
        ("invalid_array_arg", {"user_id": MIA, "team_id": [SMITHS]}),
        ("user_not_found", {"user_id": "W0NOBODY001", "team_id": SMITHS}),
        ("user_not_found", {"user_id": RON, "team_id": SMITHS}),
        ("bots_not_allowed", {"user_id": BOT, "team_id": SMITHS}),
        ("admin_unauthorized", {"user_id": PIA, "team_id": SMITHS}),
        ("invalid_cursor", {"cursor": "x"}),
        ("invalid_arguments", {"limit": 0}),
        ("invalid_arguments", {"limit": 1001}),
        ("invalid_arguments", {"limit": -1}),
        ("invalid_arguments", {"limit": "many"}),
    ],
)
def test_a_list_refuses(guild: Live, code: str, arguments: dict[str, object]) -> None:
    body = json.dumps(arguments).encode()
    headers = {"authorization": f"Bearer {OWNER}", "content-type": "application/json; charset=utf-8"}
    assert guild.request("POST", "/api/admin.users.session.list", body, headers).json["error"] == code


def test_an_app_lists_where_it_was_granted(guild: Live) -> None:
    assert numbers(ok(guild, "list", "xoxp-ola-narrow", user_id=MIA, team_id=SMITHS)) == [3, 4]
    assert refused(guild, "list", "xoxp-ola-narrow", user_id=MIA, team_id=WEAVERS) == "team_access_not_granted"


@pytest.mark.parametrize(
    ("token", "user", "code"),
    [
        (ADMIN, ABE, "no_active_sessions"),
        (ADMIN, ADA, "no_active_sessions"),
        (ADMIN, OLA, "admin_unauthorized"),
        (ADMIN, PIA, "admin_unauthorized"),
        (OWNER, OTO, "no_active_sessions"),
        (PRIME, OTO, "no_active_sessions"),
    ],
)
def test_who_stands_above_is_named_by_nobody_below(guild: Live, token: str, user: str, code: str) -> None:
    assert refused(guild, "list", token, user_id=user, team_id=WEAVERS) == code


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 1000])
def test_pages_are_as_long_as_asked_and_hold_everything_once(guild: Live, limit: int) -> None:
    found = [numbers({"active_sessions": page}) for page in pages(guild, limit=limit)]
    assert [number for page in found for number in page] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {len(page) for page in found[:-1]} <= {limit}


def test_a_persons_sessions_have_pages(guild: Live) -> None:
    found = [numbers({"active_sessions": page}) for page in pages(guild, limit=1, user_id=MIA, team_id=SMITHS)]
    assert found == [[3], [4]]


def test_a_cursor_opens_only_the_list_that_it_is_of(guild: Live) -> None:
    cursor = ok(guild, "list", limit=1)["response_metadata"]["next_cursor"]
    assert refused(guild, "list", PRIME, cursor=cursor) == "invalid_cursor"
    assert refused(guild, "list", user_id=MIA, team_id=SMITHS, cursor=cursor) == "invalid_cursor"
    of_mia = ok(guild, "list", limit=1, user_id=MIA, team_id=SMITHS)["response_metadata"]["next_cursor"]
    assert refused(guild, "list", user_id=MIA, team_id=WEAVERS, cursor=of_mia) == "invalid_cursor"
    assert refused(guild, "list", cursor=of_mia) == "invalid_cursor"


def test_pages_hold_what_stays_once_while_sessions_come_and_go(own_guild: Live) -> None:
    own_guild.on_loop(gather(own_guild.gridhall.storage, 40, sessions_each=2))
    people = crowd(40)
    leaving, staying = people[:20], people[20:]
    before = {session["session_id"] for page in pages(own_guild) for session in page if session["user_id"] in staying}
    seen: list[int] = []
    for number, page in enumerate(pages(own_guild, limit=4)):
        seen += [session["session_id"] for session in page]
        sign_in(own_guild, MAX)
        if number < len(leaving):
            ok(own_guild, "reset", user_id=leaving[number])
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_a_last_page_whose_sessions_ended_is_empty(own_guild: Live) -> None:
    cursor = ok(own_guild, "list", limit=7)["response_metadata"]["next_cursor"]
    ok(own_guild, "reset", user_id=ADA)
    assert ok(own_guild, "list", cursor=cursor) == {**OK, "active_sessions": [], "response_metadata": {"next_cursor": ""}}


def test_a_session_whose_time_has_come_is_listed_no_more(own_guild: Live) -> None:
    own_guild.move(advance=0)
    session, secrets = sign_in(own_guild, LEA)
    ok(own_guild, "setSettings", user_ids=LEA, duration=28800)
    own_guild.move(advance=28799)
    assert listed(own_guild)[LEA] == [session.id - id_of(0)]
    assert as_client(own_guild, secrets) == "ok"
    own_guild.move(advance=1)
    assert listed(own_guild) == ALL
    assert as_client(own_guild, secrets) == "invalid_auth"


def test_without_any_session_there_is_none_to_list(own_guild: Live) -> None:
    for person in ALL:
        ok(own_guild, "reset", PRIME, user_id=person)
    assert refused(own_guild, "list") == "no_active_sessions"


# invalidate


def test_a_session_ends_and_others_go_on(own_guild: Live) -> None:
    session, secrets = sign_in(own_guild, MIA)
    _, others = sign_in(own_guild, MIA)
    assert as_client(own_guild, secrets) == as_client(own_guild, others) == "ok"
    assert ok(own_guild, "invalidate", user_id=MIA, session_id=session.id) == OK
    assert as_client(own_guild, secrets) == "invalid_auth"
    assert as_client(own_guild, others) == "ok"
    assert session.id - id_of(0) not in listed(own_guild)[MIA]
    assert refused(own_guild, "invalidate", user_id=MIA, session_id=session.id) == "session_not_found"


@pytest.mark.parametrize(("session", "place"), [(3, SMITHS), (5, WEAVERS), (6, GUILD), (4, "")])
def test_a_session_ends_where_it_is(own_guild: Live, session: int, place: str) -> None:
    ok(own_guild, "invalidate", user_id=MIA, session_id=str(id_of(session)), team_id=place)
    assert listed(own_guild)[MIA] == [number for number in ALL[MIA] if number != session]


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("session_not_found", {"session_id": 1}),
        ("session_not_found", {"session_id": -1}),
        ("session_not_found", {"session_id": id_of(7)}),
        ("session_not_found", {"team_id": WEAVERS}),
        ("session_not_found", {"team_id": GUILD}),
        ("session_not_found", {"team_id": "T0NOWHERE01"}),
        ("session_not_found", {"team_id": GONE}),
        ("session_not_found", {"user_id": BOT}),
        ("session_not_found", {"user_id": DAN}),
        ("team_added_to_org", {"team_id": MOVING}),
        ("user_not_found", {"user_id": "W0NOBODY001"}),
        ("cannot_invalidate_primary_owner", {"user_id": PIA, "session_id": id_of(1)}),
        ("cannot_invalidate_primary_owner", {"user_id": PIA}),
        ("invalid_arguments", {"session_id": "sessionId"}),
        ("invalid_arguments", {"session_id": 2**53}),
        ("invalid_arguments", {"session_id": True}),
        ("invalid_array_arg", {"session_id": [id_of(3)]}),
        ("invalid_array_arg", {"user_id": [MIA]}),
    ],
)
def test_nothing_else_is_invalidated(guild: Live, code: str, arguments: dict[str, object]) -> None:
    body = json.dumps({"user_id": MIA, "session_id": id_of(3), **arguments}).encode()
    headers = {"authorization": f"Bearer {OWNER}", "content-type": "application/json; charset=utf-8"}
    assert guild.request("POST", "/api/admin.users.session.invalidate", body, headers).json["error"] == code
    assert listed(guild) == ALL


@pytest.mark.parametrize(
    ("id", "wrong"),
    [
        (2**53, "must be at most 9007199254740991"),
        ("9" * 40, "must be at most 9007199254740991"),
        (-(2**53), "must be at least -9007199254740991"),
        ("-" + "9" * 40, "must be at least -9007199254740991"),
        ("12a", "must be a number"),
    ],
)
def test_what_is_wrong_with_a_sessions_id_is_told(guild: Live, id: object, wrong: str) -> None:
    answer = call(guild, "invalidate", user_id=MIA, session_id=id)
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {wrong}: session_id"]


def test_an_app_invalidates_where_it_was_granted(guild: Live) -> None:
    asked = {"user_id": MIA, "session_id": id_of(5), "team_id": WEAVERS}
    assert refused(guild, "invalidate", "xoxp-ola-narrow", **asked) == "team_access_not_granted"


@pytest.mark.parametrize(
    ("token", "user", "session", "code"),
    [
        (ADMIN, OLA, 2, "admin_unauthorized"),
        (ADMIN, PIA, 1, "cannot_invalidate_primary_owner"),
        (ADMIN, ADA, 8, "ok"),
        (OWNER, OLA, 2, "ok"),
        (PRIME, PIA, 1, "ok"),
        (PRIME, OLA, 2, "ok"),
    ],
)
def test_who_invalidates_whose(own_guild: Live, token: str, user: str, session: int, code: str) -> None:
    answer = call(own_guild, "invalidate", token, user_id=user, session_id=id_of(session))
    assert answer.get("error", "ok") == code
    assert (user in listed(own_guild)) == (code != "ok")


def test_the_audit_log_tells_of_an_invalidated_session(own_guild: Live) -> None:
    ok(own_guild, "invalidate", user_id=MIA, session_id=id_of(3))
    refused(own_guild, "invalidate", user_id=MIA, session_id=id_of(3))
    details = {"session_id": str(id_of(3)), "client": "desktop", "device": MAC_LATER}
    assert told(own_guild, "user_session_invalidated") == [(OLA, MIA, details)]


# reset


def test_a_reset_ends_all_of_a_persons_sessions(own_guild: Live) -> None:
    _, secrets = sign_in(own_guild, MIA)
    assert as_client(own_guild, secrets) == "ok"
    assert ok(own_guild, "reset", user_id=MIA) == OK
    assert as_client(own_guild, secrets) == "invalid_auth"
    assert listed(own_guild) == {person: sessions for person, sessions in ALL.items() if person != MIA}


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        ({}, []),
        ({"mobile_only": "true"}, [3, 5, 6]),
        ({"web_only": "1"}, [3, 4]),
        ({"mobile_only": "0", "web_only": "false"}, []),
        ({"mobile_only": "false", "web_only": "true"}, [3, 4]),
    ],
)
def test_a_reset_ends_those_of_one_kind_of_client(own_guild: Live, arguments: dict[str, object], left: list[int]) -> None:
    ok(own_guild, "reset", user_id=MIA, **arguments)
    assert listed(own_guild).get(MIA, []) == left
    assert listed(own_guild)[MAX] == ALL[MAX]
    wanted = {"mobile_only": arguments.get("mobile_only") == "true", "web_only": arguments.get("web_only") in ("1", "true")}
    assert told(own_guild, "user_session_reset_by_admin") == [(OLA, MIA, wanted)]


@pytest.mark.parametrize("user", [LEA, DAN, GUS, WES])
def test_who_is_not_signed_in_is_reset_all_the_same(own_guild: Live, user: str) -> None:
    assert ok(own_guild, "reset", user_id=user) == OK
    assert [who for _, who, _ in told(own_guild, "user_session_reset_by_admin")] == [user]
    assert listed(own_guild) == ALL


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("cannot_reset_bot", {"user_id": BOT}),
        ("cannot_reset_primary_owner", {"user_id": PIA}),
        ("invalid_arguments", {"mobile_only": True, "web_only": True}),
        ("invalid_arguments", {"mobile_only": "perhaps"}),
        ("invalid_array_arg", {"web_only": []}),
        ("invalid_array_arg", {"user_id": [MIA]}),
    ],
)
def test_a_reset_refuses(guild: Live, code: str, arguments: dict[str, object]) -> None:
    body = json.dumps({"user_id": MIA, **arguments}).encode()
    headers = {"authorization": f"Bearer {OWNER}", "content-type": "application/json; charset=utf-8"}
    assert guild.request("POST", "/api/admin.users.session.reset", body, headers).json["error"] == code
    assert listed(guild) == ALL


@pytest.mark.parametrize(
    ("token", "user", "code"),
    [
        (ADMIN, OLA, "access_denied"),
        (ADMIN, PIA, "cannot_reset_primary_owner"),
        (ADMIN, ADA, "ok"),
        (OWNER, OTO, "ok"),
        (OWNER, OLA, "ok"),
        (PRIME, PIA, "ok"),
    ],
)
def test_who_resets_whom(own_guild: Live, token: str, user: str, code: str) -> None:
    assert call(own_guild, "reset", token, user_id=user).get("error", "ok") == code
    assert len(told(own_guild, "user_session_reset_by_admin")) == (code == "ok")


def test_a_session_that_begins_after_a_reset_goes_on(own_guild: Live) -> None:
    ok(own_guild, "reset", user_id=LEA)
    _, secrets = sign_in(own_guild, LEA)
    assert as_client(own_guild, secrets) == "ok"


def test_the_doer_is_told_with_address_and_app(own_guild: Live) -> None:
    headers = {"authorization": f"Bearer {OWNER}", "user-agent": "warden/1.0"}
    own_guild.request("POST", f"/api/admin.users.session.reset?user_id={MIA}", b"", headers)
    (entry,) = [entry for entry in entries(own_guild, GUILD) if entry.action == "user_session_reset_by_admin"]
    context = json.loads(entry.context)
    assert (context["ua"], context["ip_address"], context["app"]["id"]) == ("warden/1.0", "127.0.0.1", "A0WARDEN001")
    assert context["location"]["id"] == GUILD
    assert json.loads(entry.entity_told)["user"]["email"] == "mia@guild.test"
