"""The platform's SDK for Python as a client of its own: with a session's token and cookie instead of an app's token."""

import asyncio
from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from gridhall.app import registry
from gridhall.contract.tokens import Token
from harness.clients import Client, sign_in
from harness.databases import Databases
from harness.live import Live, live

OF_APPS = {"users.identity", "chat.unfurl"}
"""What apps do for people: tell another service who they are, show what the app's links lead to. No client has the scopes."""

METHODS = sorted(method.name for method in registry() if method.tokens is not None)
OF_PEOPLE = sorted(method.name for method in registry() if method.tokens is not None and method.tokens & Token.CLIENT)


@pytest.fixture(scope="module")
def station(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("stations")) as server:
        yield server


@pytest.fixture(scope="module")
def entered(station: Live) -> Client:
    """Mia, signed in; nothing here ends her session."""
    return sign_in(station, "north", "mia@station.test", "mia-signs-in")


def error(raised: pytest.ExceptionInfo[SlackApiError]) -> str:
    code: str = raised.value.response["error"]
    return code


def test_the_sdk_calls_as_the_person(entered: Client, station: Live) -> None:
    headers = {"cookie": entered.headers["cookie"]}
    client = WebClient(token=entered.told["token"], base_url=f"{station.url}/api/", headers=headers)
    who = client.auth_test()
    assert (who["user_id"], who["team_id"]) == ("W0MIA000001", "T0NORTH0001")
    assert "bot_id" not in who
    posted = client.chat_postMessage(channel="C0HALL00001", text="From a client")
    assert posted["message"]["user"] == "W0MIA000001"
    assert "bot_id" not in posted["message"]
    (message,) = client.conversations_history(channel="C0HALL00001", limit=1)["messages"]
    assert (message["user"], message["text"]) == ("W0MIA000001", "From a client")
    assert [user["name"] for user in client.users_list()["members"] if user["id"] == "W0MAX000001"] == ["max"]
    assert client.users_profile_set(profile={"title": "Stationmaster"})["profile"]["title"] == "Stationmaster"


def test_the_asynchronous_sdk_does_so_too(entered: Client, station: Live) -> None:
    async def main() -> str:
        headers = {"cookie": entered.headers["cookie"]}
        client = AsyncWebClient(token=entered.told["token"], base_url=f"{station.url}/api/", headers=headers)
        user: str = (await client.auth_test())["user"]
        return user

    assert asyncio.run(main()) == "mia"


def test_the_token_alone_is_refused(entered: Client, station: Live) -> None:
    with pytest.raises(SlackApiError) as raised:
        WebClient(token=entered.told["token"], base_url=f"{station.url}/api/").auth_test()
    assert error(raised) == "invalid_auth"


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_a_client_lacks_no_scope_for_what_people_do(entered: Client, name: str) -> None:
    answer = entered.call(name)
    assert (answer.get("error") == "missing_scope") == (name in OF_APPS), answer


@pytest.mark.parametrize("name", sorted(set(METHODS) - set(OF_PEOPLE)))
def test_what_takes_no_person_takes_no_client(entered: Client, name: str) -> None:
    assert entered.call(name)["error"] == "not_allowed_token_type"


def test_methods_that_administer_take_no_client() -> None:
    administering = {name for name in METHODS if name.startswith("admin.")}
    assert administering
    assert administering.isdisjoint(OF_PEOPLE)
    assert set(OF_PEOPLE) >= OF_APPS


def test_headers_tell_one_scope(entered: Client, station: Live) -> None:
    reply = station.request("GET", "/api/users.info?user=W0MAX000001", headers=entered.headers)
    assert reply.json["ok"]
    assert reply.headers["x-oauth-scopes"] == "client"
    assert reply.headers["x-accepted-oauth-scopes"] == "users:read"
