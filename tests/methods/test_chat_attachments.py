"""Attachments of messages: where they are refused, and what becomes of them when messages are changed."""

import json
from typing import Any

import pytest

from harness.live import Live
from methods.press import DESK, MAX, post, posted, refused, shown

SENT: list[dict[str, Any]] = [{"text": "<b> & 🎉 http://a.b", "color": "#36A64F"}, {"title": "T", "n": [1, 2.5, None, True]}]
STORED = [SENT[0] | {"id": 1, "fallback": SENT[0]["text"], "color": "36A64F"}, SENT[1] | {"id": 2, "fallback": "T"}]
BLOCK: dict[str, Any] = {"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": "x"}}


def send(press: Live, attachments: object, **more: object) -> dict[str, Any]:
    return press.call("chat.postMessage", "xoxp-mia", channel=DESK, attachments=json.dumps(attachments), **more)


def alter(press: Live, ts: str, attachments: object, **more: object) -> dict[str, Any]:
    return press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, attachments=json.dumps(attachments), **more)


def whisper(press: Live, attachments: object, **more: object) -> dict[str, Any]:
    arguments = {"channel": DESK, "user": MAX, "attachments": json.dumps(attachments)} | more
    return press.call("chat.postEphemeral", "xoxp-mia", **arguments)


def test_attachments_say_enough(press: Live) -> None:
    answer = send(press, SENT)
    assert (answer["message"]["attachments"], answer["message"]["text"]) == (STORED, "")
    assert shown(press, answer["ts"]) == answer["message"]
    assert whisper(press, SENT)["ok"]


def test_blocks_of_attachments_get_ids(press: Live) -> None:
    bare = {name: value for name, value in BLOCK.items() if name != "block_id"}
    [attachment] = send(press, [{"blocks": [BLOCK, bare], "color": "good"}])["message"]["attachments"]
    assert (attachment["fallback"], attachment["color"]) == ("[no preview available]", "2eb886")
    assert attachment["blocks"][0] == BLOCK
    assert attachment["blocks"][1] == bare | {"block_id": attachment["blocks"][1]["block_id"]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([{"text": "x"}, {"text": [5]}], "[ERROR] must be a string [json-pointer:/attachments/1/text]"),
        ([{"blocks": [BLOCK | {"type": "wall"}]}], "/attachments/0/blocks/0/type]"),
        ([{"text": "x"}, {"blocks": [BLOCK, BLOCK]}], "/attachments/1/blocks/1/block_id]"),
    ],
)
def test_wrong_ones_are_refused_with_their_place(press: Live, wrong: list[Any], message: str) -> None:
    for answer in (send(press, wrong, text="x"), whisper(press, wrong, text="x"), alter(press, posted(press), wrong)):
        assert answer["error"] == "invalid_attachments"
        [told] = answer["response_metadata"]["messages"]
        assert told.endswith(message)


def test_null_is_nothing(press: Live) -> None:
    """Forms carry it as a word."""
    nothing = dict.fromkeys(("blocks", "attachments", "metadata"), "null")
    answer = press.call("chat.postMessage", "xoxp-mia", channel=DESK, text="null", **nothing)
    assert answer["message"]["text"] == "null"
    assert answer["message"].keys().isdisjoint({"attachments", "metadata"})
    assert press.call("chat.postMessage", "xoxp-mia", channel=DESK, **nothing)["error"] == "no_text"
    ts = send(press, SENT)["ts"]
    assert press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, text="x", **nothing)["message"]["attachments"] == STORED
    assert (
        press.call("chat.postMessage", "xoxp-mia", channel=DESK, text="x", blocks="[null]")["error"] == "invalid_blocks_format"
    )


@pytest.mark.parametrize("nothing", [[{}], [{"callback_id": "x", "actions": [{"type": "button", "name": "n", "text": "x"}]}]])
def test_what_shows_nothing_is_left_out(press: Live, nothing: list[Any]) -> None:
    assert "attachments" not in post(press, attachments=json.dumps(nothing))["message"]
    assert send(press, nothing) == whisper(press, nothing) == refused("no_text")


def test_there_are_up_to_a_hundred(press: Live) -> None:
    most = [{"text": "x"}] * 100
    assert len(send(press, most)["message"]["attachments"]) == 100
    for answer in (send(press, [*most, {}]), whisper(press, [*most, {}]), alter(press, posted(press), [*most, {}])):
        assert answer == refused("too_many_attachments")


def test_they_have_a_length(press: Live) -> None:
    """Of 100,000 characters; what surrounds the title takes fourteen."""
    assert send(press, [{"title": "é" * 99_986}])["ok"]
    long = [{"title": "é" * 99_987}]
    assert send(press, long)["error"] == "attachment_payload_limit_exceeded"
    assert whisper(press, long)["error"] == alter(press, posted(press), long)["error"] == "invalid_attachments"


@pytest.mark.parametrize("gone", [[], [{}]])
def test_a_change_leaves_them_replaces_them_or_takes_them_away(press: Live, gone: list[Any]) -> None:
    ts = posted(press, attachments=json.dumps(SENT))
    left = press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, text="New")["message"]
    assert left["attachments"] == STORED
    assert alter(press, ts, SENT[:1])["message"]["attachments"] == STORED[:1]
    assert "attachments" not in alter(press, ts, gone)["message"]
    only = send(press, SENT)["ts"]
    assert alter(press, only, gone) == refused("no_text")
