"""api.test"""

import json

from harness.live import Live


def test_what_is_sent_comes_back(reading: Live) -> None:
    assert reading.call("api.test", foo="bar", n="1") == {"ok": True, "args": {"foo": "bar", "n": "1"}}


def test_nothing_sent_nothing_echoed(reading: Live) -> None:
    assert reading.call("api.test") == {"ok": True}


def test_an_error_that_is_asked_for_is_the_answer(reading: Live) -> None:
    reply = reading.reply("api.test", error="my_error", foo="bar")
    assert reply.status == 200
    assert reply.json == {"ok": False, "error": "my_error", "args": {"error": "my_error", "foo": "bar"}}


def test_a_query_and_json_are_echoed_too(reading: Live) -> None:
    assert reading.request("GET", "/api/api.test?foo=bar").json == {"ok": True, "args": {"foo": "bar"}}
    body = json.dumps({"foo": {"deep": [1, None]}}).encode()
    answer = reading.request("POST", "/api/api.test", body, {"content-type": "application/json; charset=utf-8"}).json
    assert answer == {"ok": True, "args": {"foo": {"deep": [1, None]}}}


def test_a_token_is_neither_needed_nor_told(reading: Live) -> None:
    reply = reading.reply("api.test", "xoxp-nobody-knows-it", foo="bar")
    assert reply.json == {"ok": True, "args": {"foo": "bar"}}
    assert "x-oauth-scopes" not in reply.headers
    assert "token" not in reading.call("api.test", token="xoxp-cho-east").get("args", {})
