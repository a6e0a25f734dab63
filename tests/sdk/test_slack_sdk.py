"""The platform's SDK for Python as it comes from the package index, its base address changed and nothing else."""

import asyncio
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import builtin_async_handlers, builtin_handlers
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from harness.databases import Databases
from harness.live import Live, live

MIA, MAX = "W0MIA000001", "W0MAX000001"


@pytest.fixture(scope="module")
def _campus(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("campus")) as running:
        yield running


@pytest.fixture
def campus(_campus: Live) -> Iterator[Live]:
    """One server for all of them: what a test here changes is not what another one looks at."""
    yield _campus
    assert not _campus.undeclared, "\n".join(_campus.undeclared)


def base(server: Live) -> str:
    return f"{server.url}/api/"


def client(server: Live, token: str | None = "xoxp-mia", **options: Any) -> WebClient:
    return WebClient(token=token, base_url=base(server), **options)


def async_client(server: Live, token: str | None = "xoxp-mia", **options: Any) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=base(server), **options)


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(file, "PNG")
    file.seek(0)
    return file


# The SDK's function for every method, with what to give it and what to look for in the answer.
CALLS: list[tuple[str, Callable[[], dict[str, Any]], Callable[[Any], bool]]] = [
    ("api_test", lambda: {"foo": "bar"}, lambda answer: answer["args"] == {"foo": "bar"}),
    ("auth_test", dict, lambda answer: answer["user_id"] == MIA),
    ("auth_revoke", lambda: {"test": True}, lambda answer: answer["revoked"] is False),
    ("auth_teams_list", lambda: {"include_icon": True, "limit": 5}, lambda answer: answer["teams"][0]["icon"]["image_default"]),
    ("team_info", lambda: {"domain": "laws"}, lambda answer: answer["team"]["id"] == "T0LAWS00001"),
    ("bots_info", lambda: {"bot": "B0EASEL0001"}, lambda answer: answer["bot"]["user_id"] == "W0EASEL0001"),
    (
        "users_conversations",
        lambda: {"types": ["im", "mpim"], "exclude_archived": True, "limit": 999},
        lambda answer: [channel["id"] for channel in answer["channels"]][-1] == "G0TRIO00001",
    ),
    ("users_getPresence", lambda: {"user": MIA}, lambda answer: answer["online"] is True),
    ("users_identity", dict, lambda answer: answer["team"]["name"] == "Arts"),
    ("users_info", lambda: {"user": MAX, "include_locale": True}, lambda answer: answer["user"]["locale"] == "en-US"),
    ("users_list", lambda: {"include_locale": False, "limit": 100}, lambda answer: len(answer["members"]) == 12),
    ("users_lookupByEmail", lambda: {"email": "max@campus.test"}, lambda answer: answer["user"]["id"] == MAX),
    ("users_setPresence", lambda: {"presence": "auto"}, lambda answer: answer["ok"]),
    (
        "users_setPhoto",
        lambda: {"image": picture(), "crop_w": "48", "crop_x": "8"},
        lambda answer: answer["profile"]["image_1024"],
    ),
    ("users_deletePhoto", dict, lambda answer: answer["ok"]),
    ("users_profile_get", lambda: {"user": MAX, "include_labels": True}, lambda answer: answer["profile"]["fields"] == {}),
    (
        "users_profile_set",
        lambda: {"profile": {"title": "Sculptor", "fields": {"Xf0MOTTO001": {"value": "On", "alt": ""}}}},
        lambda answer: answer["profile"]["fields"]["Xf0MOTTO001"]["value"] == "On",
    ),
    ("users_profile_set", lambda: {"name": "phone", "value": "1"}, lambda answer: answer["profile"]["phone"] == "1"),
]
each_call = pytest.mark.parametrize(
    ("function", "arguments", "right"), CALLS, ids=[f"{name}-{number}" for number, (name, *_) in enumerate(CALLS)]
)


@each_call
def test_every_method_by_its_own_function(
    campus: Live, function: str, arguments: Callable[[], dict[str, Any]], right: Callable[[Any], bool]
) -> None:
    answer = getattr(client(campus), function)(**arguments())
    assert answer["ok"] is True
    assert right(answer)


@each_call
def test_every_method_by_its_own_coroutine(
    campus: Live, function: str, arguments: Callable[[], dict[str, Any]], right: Callable[[Any], bool]
) -> None:
    answer = asyncio.run(getattr(async_client(campus), function)(**arguments()))
    assert answer["ok"] is True
    assert right(answer)


def test_a_method_without_a_function_of_its_own(campus: Live) -> None:
    assert client(campus).api_call("users.setActive")["warning"] == "method_deprecated"
    answer = asyncio.run(async_client(campus).api_call("users.setActive"))
    assert answer["response_metadata"]["warnings"] == ["method_deprecated"]


def test_a_photo_from_a_file_is_shown(campus: Live, tmp_path: Path) -> None:
    file = tmp_path / "me.png"
    file.write_bytes(picture().getvalue())
    profile = client(campus, "xoxp-max").users_setPhoto(image=str(file))["profile"]
    shown = campus.request("GET", profile["image_original"].removeprefix(campus.url))
    with Image.open(io.BytesIO(shown.body)) as image:
        assert image.size == (64, 48)


def test_a_revoked_token_raises(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("campus")) as server:
        mia = client(server)
        assert mia.auth_revoke()["revoked"] is True
        with pytest.raises(SlackApiError) as refused:
            mia.auth_test()
        assert refused.value.response["error"] == "token_revoked"


# Bodies and tokens.


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"user": MAX}},
        {"data": {"user": MAX}},
        {"params": {"user": MAX}},
        {"http_verb": "GET", "params": {"user": MAX}},
    ],
)
def test_arguments_go_in_bodies_of_either_kind_and_in_queries(campus: Live, options: dict[str, Any]) -> None:
    assert client(campus).api_call("users.info", **options)["user"]["id"] == MAX
    assert asyncio.run(async_client(campus).api_call("users.info", **options))["user"]["id"] == MAX


def test_a_token_for_one_call_goes_before_the_client_s(campus: Live) -> None:
    assert client(campus).auth_test(token="xoxp-max")["user_id"] == MAX
    assert client(campus, None).auth_test(token="xoxp-max")["user_id"] == MAX
    assert client(campus, None).users_profile_set(token="xoxp-max", name="title", value="")["ok"]
    assert asyncio.run(async_client(campus, None).auth_test(token="xoxp-max"))["user_id"] == MAX


def test_a_base_address_without_api_serves_as_well(campus: Live) -> None:
    assert WebClient(token="xoxp-mia", base_url=f"{campus.url}/").auth_test()["user_id"] == MIA


# Refusals.


def test_a_refusal_is_an_exception_with_the_answer(campus: Live) -> None:
    with pytest.raises(SlackApiError) as refused:
        client(campus).users_info(user="W0NOBODY001")
    assert refused.value.response["error"] == "user_not_found"
    assert refused.value.response.status_code == 200


def test_a_missing_scope_tells_what_is_needed_and_provided(campus: Live) -> None:
    async def lookup() -> None:
        await async_client(campus, "xoxp-mia-plain").users_lookupByEmail(email="max@campus.test")

    with pytest.raises(SlackApiError) as refused:
        asyncio.run(lookup())
    answer = refused.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read.email")
    assert answer["provided"] == "users:read,users.profile:read,identity.basic"
    assert answer.headers["x-oauth-scopes"] == answer["provided"]


def test_without_a_token_nobody_is_known(campus: Live) -> None:
    with pytest.raises(SlackApiError) as refused:
        client(campus, None).auth_test()
    assert refused.value.response["error"] == "not_authed"


# Pages.


def test_pages_are_turned_by_iteration(campus: Live) -> None:
    pages = [page["members"] for page in client(campus).users_list(limit=5)]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert len({member["id"] for page in pages for member in page}) == 12


def test_pages_are_turned_by_asynchronous_iteration(campus: Live) -> None:
    async def count() -> list[int]:
        answer = await async_client(campus).users_conversations(limit=2, types="public_channel")
        return [len(page["channels"]) async for page in answer]

    assert asyncio.run(count()) == [2, 2, 1]


def test_pages_are_turned_by_hand(campus: Live) -> None:
    mia = client(campus)
    first = mia.users_list(limit=7)
    rest = mia.users_list(limit=7, cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) + len(rest["members"]) == 12
    assert rest["response_metadata"]["next_cursor"] == ""


# Rate limits: users.list passes 20 times at once, then every three seconds.


@pytest.fixture
def limited(sqlite_databases: Databases) -> Iterator[Live]:
    """A server with the documented limits, its clock standing still, all of whose calls of users.list are used up."""
    with live(sqlite_databases.filled("campus"), rate_factor=1.0) as server:
        server.move()
        for _ in range(20):
            assert server.call("users.list", "xoxp-mia")["ok"]
        yield server


def test_too_many_calls_raise_and_say_when_to_come_back(limited: Live) -> None:
    with pytest.raises(SlackApiError) as refused:
        client(limited).users_list()
    answer = refused.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "3")


def test_the_retry_handler_comes_back_in_time(limited: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        limited.move(advance=seconds)

    monkeypatch.setattr(builtin_handlers, "time", SimpleNamespace(sleep=sleep))
    patient = client(limited, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)])
    assert len(patient.users_list()["members"]) == 12
    assert [int(seconds) for seconds in waited] == [3]


def test_the_asynchronous_retry_handler_comes_back_in_time(limited: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        limited.move(advance=seconds)

    monkeypatch.setattr(builtin_async_handlers, "asyncio", SimpleNamespace(sleep=sleep))
    patient = async_client(limited, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)])
    assert len(asyncio.run(patient.users_list())["members"]) == 12
    assert [int(seconds) for seconds in waited] == [3]


def test_the_retry_handler_waits_for_real(sqlite_databases: Databases) -> None:
    # A tenth of the documented limit: sixty calls at once, then one a second.
    with live(sqlite_databases.filled("campus"), rate_factor=0.1) as server:
        server.move()
        for _ in range(60):
            assert server.call("auth.test", "xoxp-mia")["ok"]
        clock = server.gridhall.clock
        clock.move(clock.now(), frozen=False)
        patient = client(server, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)])
        assert patient.auth_test()["ok"]
        assert [outcome for _, outcome in server.seen[-2:]] == ["ratelimited", "ok"]
