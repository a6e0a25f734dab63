"""admin.users.session.* through the platform's SDK for Python, which has a function for each."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from harness.databases import Databases
from harness.live import Live, live
from methods.guild import (
    ADA,
    ALL,
    BOT,
    DAN,
    GUILD,
    LEA,
    MAX,
    MIA,
    OLA,
    OTO,
    PIA,
    SMITHS,
    as_client,
    crowd,
    gather,
    id_of,
    listed,
    settle,
    sign_in,
)
from sdk import harbour

OWNERS = ("xoxp-ola-org", "xoxp-pia-org")
ADMINISTRATORS = (*OWNERS, "xoxp-abe-org")

# Each function with what it takes; `user_id` of invalidate is none of its parameters, and goes with whatever else is given.
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("admin_users_session_list", {"user_id": MIA, "team_id": SMITHS, "limit": 1}),
    ("admin_users_session_getSettings", {"user_ids": [MIA, MAX]}),
    ("admin_users_session_setSettings", {"user_ids": [MIA, MAX], "duration": 86400, "desktop_app_browser_quit": True}),
    ("admin_users_session_clearSettings", {"user_ids": (MIA, MAX)}),
    ("admin_users_session_invalidate", {"user_id": MIA, "session_id": str(id_of(3)), "team_id": SMITHS}),
    ("admin_users_session_reset", {"user_id": MIA, "mobile_only": True, "web_only": False}),
    ("admin_users_session_resetBulk", {"user_ids": f"{MIA},{MAX}", "web_only": True}),
]

Clients = Callable[[str], harbour.Client]


@pytest.fixture
def guild(any_databases: Databases) -> Iterator[Live]:
    with live(any_databases.filled("guild")) as running:
        yield running


@pytest.fixture
def clients(kind: Any, guild: Live) -> Clients:
    """Makes a client of either kind for a token."""
    return lambda token: harbour.Client(kind, guild, token)


@pytest.mark.parametrize("token", ADMINISTRATORS)
def test_an_administrator_calls_all_seven(clients: Clients, guild: Live, token: str) -> None:
    client = clients(token)
    for function, arguments in CALLS:
        answer = getattr(client, function)(**arguments)
        assert answer["ok"] is True, function
        assert answer.status_code == 200
    settle(guild)
    assert listed(guild) == {person: sessions for person, sessions in ALL.items() if person != MIA}


@pytest.mark.parametrize(
    ("token", "code"),
    [("xoxp-mia-org", "not_an_admin"), ("xoxb-warden-org", "not_allowed_token_type"), ("xoxp-ola", "no_permission")],
)
def test_a_member_a_bot_and_a_workspaces_token_call_none(clients: Clients, guild: Live, token: str, code: str) -> None:
    client = clients(token)
    assert {client.refused(function, **arguments) for function, arguments in CALLS} == {code}
    assert listed(guild) == ALL


def test_all_sessions_are_listed_page_by_page(clients: Clients, guild: Live) -> None:
    guild.on_loop(gather(guild.gridhall.storage, 25, sessions_each=2))
    found = clients("xoxp-abe-org").pages("admin_users_session_list", limit=9)
    assert [len(page["active_sessions"]) for page in found] == [9, 9, 9, 9, 9, 9, 4]
    ids = [session["session_id"] for page in found for session in page["active_sessions"]]
    assert ids == sorted(set(ids))
    assert {session["user_id"] for page in found for session in page["active_sessions"]} == {*crowd(25), *ALL}


def test_a_session_is_found_invalidated_and_gone(clients: Clients, guild: Live) -> None:
    client = clients("xoxp-ola-org")
    begun, secrets = sign_in(guild, LEA)
    (session,) = client.admin_users_session_list(user_id=LEA, team_id=SMITHS)["active_sessions"]
    assert session == {"user_id": LEA, "team_id": SMITHS, "session_id": begun.id, "created": session["created"]}
    assert as_client(guild, secrets) == "ok"
    client.admin_users_session_invalidate(user_id=LEA, session_id=session["session_id"], team_id=session["team_id"])
    assert as_client(guild, secrets) == "invalid_auth"
    assert client.refused("admin_users_session_list", user_id=LEA, team_id=SMITHS) == "no_active_sessions"
    asked = {"user_id": LEA, "session_id": str(begun.id), "team_id": SMITHS}
    assert client.refused("admin_users_session_invalidate", **asked) == "session_not_found"


def test_without_the_person_nothing_is_invalidated(clients: Clients) -> None:
    client = clients("xoxp-ola-org")
    asked = {"session_id": str(id_of(3)), "team_id": SMITHS}
    assert client.refused("admin_users_session_invalidate", **asked) == "invalid_arguments"


def test_only_the_primary_owner_ends_the_primary_owners_sessions(clients: Clients, guild: Live) -> None:
    for token in ("xoxp-ola-org", "xoxp-abe-org"):
        client = clients(token)
        asked = {"user_id": PIA, "session_id": str(id_of(1)), "team_id": GUILD}
        assert client.refused("admin_users_session_invalidate", **asked) == "cannot_invalidate_primary_owner"
        assert client.refused("admin_users_session_reset", user_id=PIA) == "cannot_reset_primary_owner"
        assert client.refused("admin_users_session_resetBulk", user_ids=[MIA, PIA]) == "cannot_reset_primary_owner"
    clients("xoxp-pia-org").admin_users_session_reset(user_id=PIA)
    assert PIA not in listed(guild)


def test_settings_are_set_told_and_cleared(clients: Clients, guild: Live) -> None:
    client = clients("xoxp-abe-org")
    client.admin_users_session_setSettings(user_ids=[MIA, MAX, ADA], duration=2592000)
    client.admin_users_session_setSettings(user_ids=MIA, desktop_app_browser_quit=True)
    answer = client.admin_users_session_getSettings(user_ids=[MIA, MAX, ADA])
    assert answer["session_settings"] == [
        {"user_id": MIA, "desktop_app_browser_quit": True, "duration": 2592000},
        {"user_id": MAX, "desktop_app_browser_quit": False, "duration": 2592000},
        {"user_id": ADA, "desktop_app_browser_quit": False, "duration": 2592000},
    ]
    assert answer["no_settings_applied"] == []
    client.admin_users_session_clearSettings(user_ids=[MIA, MAX, ADA])
    answer = client.admin_users_session_getSettings(user_ids=[MIA, MAX, ADA])
    assert (answer["session_settings"], answer["no_settings_applied"]) == ([], [MIA, MAX, ADA])


def test_people_who_cannot_be_named(clients: Clients, guild: Live) -> None:
    client = clients("xoxp-abe-org")
    assert client.refused("admin_users_session_list", user_id=MIA) == "missing_team"
    assert client.refused("admin_users_session_list", team_id=SMITHS) == "missing_user"
    assert client.refused("admin_users_session_reset", user_id=BOT) == "cannot_reset_bot"
    assert client.refused("admin_users_session_reset", user_id=OLA) == "access_denied"
    assert client.refused("admin_users_session_resetBulk", user_ids=[MIA, BOT]) == "cannot_reset_bot"
    assert client.refused("admin_users_session_resetBulk", user_ids=[MIA, OTO]) == "restricted_action"
    assert client.refused("admin_users_session_getSettings", user_ids=[BOT]) == "bots_not_allowed"
    assert client.refused("admin_users_session_clearSettings", user_ids=[OLA]) == "admin_unauthorized"
    assert client.refused("admin_users_session_setSettings", user_ids=[MIA]) == "at_least_one_session_setting_required"
    assert client.refused("admin_users_session_setSettings", user_ids=[MIA], duration=28799) == "invalid_arguments"
    assert client.refused("admin_users_session_resetBulk", user_ids=[]) == "invalid_arguments"
    assert listed(guild) == ALL


def test_a_thousand_people_are_reset_and_the_deactivated_are_told(guild: Live) -> None:
    people = crowd(999)
    guild.on_loop(gather(guild.gridhall.storage, 999, sessions_each=2))
    client = WebClient("xoxp-ola-org", base_url=f"{guild.url}/api/")
    assert client.admin_users_session_resetBulk(user_ids=[*people, MIA]).data == {"ok": True}
    settle(guild)
    assert listed(guild) == {person: sessions for person, sessions in ALL.items() if person != MIA}
    refusal = harbour.Client(WebClient, guild, "xoxp-ola-org").refused("admin_users_session_resetBulk", user_ids=[DAN, MAX])
    assert refusal == "failed_for_some_users"
    settle(guild)
    assert MAX not in listed(guild)


def test_many_clients_call_side_by_side(guild: Live) -> None:
    async def main() -> list[str]:
        client = AsyncWebClient("xoxp-ola-org", base_url=f"{guild.url}/api/")
        calls = [client.admin_users_session_list(limit=3) for _ in range(20)]
        calls += [client.admin_users_session_setSettings(user_ids=[MIA, MAX], duration=28800 + number) for number in range(20)]
        return ["ok" if answer["ok"] else "" for answer in await asyncio.gather(*calls)]

    assert asyncio.run(main()) == ["ok"] * 40
