"""Health for everybody, the clock for who holds the key."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from harness.databases import Databases
from harness.live import CONTROL_KEY, Live, Reply, live

YEAR_2030 = 1_893_456_000


@pytest.fixture
def server(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled()) as running:
        yield running


def clock(server: Live, body: Any = None, key: str = CONTROL_KEY, verb: str | None = None) -> Reply:
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {key}"}
    return server.request(verb or ("GET" if data is None else "POST"), "/_gridhall/clock", data, headers)


def test_health_needs_no_key(server: Live) -> None:
    reply = server.request("GET", "/_gridhall/health")
    assert (reply.status, reply.json) == (200, {"live": True, "ready": True})
    assert reply.headers["cache-control"] == "no-store"


def test_without_a_key_there_is_no_clock(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled(), control_key=None) as server:
        for key in ("", "None", CONTROL_KEY):
            assert clock(server, key=key).status == 404
            assert clock(server, {"set": YEAR_2030}, key=key).status == 404
        assert server.request("GET", "/_gridhall/health").status == 200


@pytest.mark.parametrize("key", ["", "wrong", CONTROL_KEY[:-1], CONTROL_KEY + "x", "ключ".encode().decode("latin-1")])
def test_the_key_is_needed(key: str, server: Live) -> None:
    assert clock(server, key=key).status == 401
    assert clock(server, {"set": YEAR_2030, "freeze": True}, key=key).status == 401
    assert clock(server).json["frozen"] is False
    assert server.request("GET", "/_gridhall/clock").status == 401


def test_the_clock_is_frozen_set_and_advanced(server: Live) -> None:
    assert clock(server, {"set": YEAR_2030, "freeze": True}).json == {"now": YEAR_2030, "frozen": True}
    assert clock(server).json == {"now": YEAR_2030, "frozen": True}
    assert clock(server, {"advance": 1.5}).json == {"now": YEAR_2030 + 1.5, "frozen": True}
    assert server.call("users.list", "xoxb-east-desk", limit=1)["cache_ts"] == YEAR_2030 + 1
    assert clock(server, {"advance": -1}).json["now"] == YEAR_2030 + 0.5
    running = clock(server, {"freeze": False}).json
    assert running["frozen"] is False
    later = clock(server).json["now"]
    assert running["now"] < later < running["now"] + 60


def test_time_travel_ends_a_token(server: Live) -> None:
    assert server.call("auth.test", "xoxp-cho-expired")["error"] == "token_expired"
    assert clock(server, {"set": 1_569_520_000, "freeze": True}).status == 200
    assert server.call("auth.test", "xoxp-cho-expired")["ok"] is True
    assert clock(server, {"advance": 591}).status == 200
    assert server.call("auth.test", "xoxp-cho-expired")["error"] == "token_expired"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b'{"set": "noon"}',
        b'{"set": true}',
        b'{"set": 1e999}',
        b'{"advance": NaN}',
        b'{"set": -1}',
        b'{"set": 1e12}',
        b'{"freeze": 1}',
        b'{"now": 1}',
        b"[" * 4000,
        b" " * 5000,
        b'{"set": 1\xff}',
    ],
)
def test_a_change_that_is_none_changes_nothing(body: bytes, server: Live) -> None:
    before = clock(server, {"set": YEAR_2030, "freeze": True}).json
    reply = clock(server, body)
    assert reply.status == 400
    assert reply.json["error"]
    assert clock(server).json == before


def test_other_verbs_and_places(server: Live) -> None:
    assert clock(server, b"{}", verb="PUT").status == 405
    assert server.request("GET", "/_gridhall/").status == 404
    assert server.request("GET", "/_gridhall/keys").status == 404
