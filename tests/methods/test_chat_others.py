"""chat.meMessage, chat.postEphemeral, chat.getPermalink"""

import json
from typing import Any

import pytest

from gridhall.storage import tables
from harness.databases import Databases
from harness.live import Live, live
from methods.press import (
    ADA,
    ALOOF,
    DESK,
    DISCUSS,
    EVERYBODY,
    FLAT,
    KEPT,
    LINK,
    MAX,
    MIA,
    MIA_MAX,
    OLD,
    READ_ONLY,
    SAFE,
    STADIUM,
    THREAD_ONLY,
    TIM,
    TOM,
    UNSAID,
    VAULT,
    VISIT,
    WIRE,
    post,
    posted,
    refused,
    reply,
    rows,
    shown,
)


def me(press: Live, token: str = "xoxp-mia", **arguments: object) -> dict[str, Any]:
    return press.call("chat.meMessage", token, **arguments)


def whisper(press: Live, token: str = "xoxp-mia", **arguments: object) -> dict[str, Any]:
    return press.call("chat.postEphemeral", token, **({"channel": DESK, "user": MAX} | arguments))


def link(press: Live, ts: str, token: str = "xoxp-mia", channel: str = DESK) -> dict[str, Any]:
    return press.call("chat.getPermalink", token, channel=channel, message_ts=ts)


# meMessage.


@pytest.mark.parametrize("channel", [DESK, "desk", "#desk"])
def test_somebody_says_what_they_do(press: Live, channel: str) -> None:
    answer = me(press, channel=channel, text="thinks <so> 🎉")
    assert answer == {"ok": True, "channel": DESK, "ts": answer["ts"]}
    message = shown(press, answer["ts"])
    assert message is not None
    assert (message["subtype"], message["text"], message["user"]) == ("me_message", "thinks &lt;so&gt; :tada:", MIA)


@pytest.mark.parametrize(
    ("code", "token", "arguments"),
    [
        ("no_text", "xoxp-mia", {"channel": DESK}),
        ("no_text", "xoxp-mia", {"channel": DESK, "text": " "}),
        ("msg_too_long", "xoxp-mia", {"channel": DESK, "text": "a" * 40_001}),
        ("channel_not_found", "xoxp-mia", {"text": "thinks"}),
        ("channel_not_found", "xoxp-mia", {"channel": VAULT, "text": "thinks"}),
        ("channel_not_found", "xoxp-mia", {"channel": MAX, "text": "thinks"}),
        ("channel_not_found", "xoxp-mia-org", {"channel": "desk", "text": "thinks"}),
        ("is_archived", "xoxp-mia", {"channel": OLD, "text": "thinks"}),
        ("not_in_channel", "xoxp-mia", {"channel": ALOOF, "text": "thinks"}),
        ("not_in_channel", "xoxb-loud", {"channel": ALOOF, "text": "thinks"}),
        ("access_denied", "xoxp-mia", {"channel": READ_ONLY, "text": "thinks"}),
        ("access_denied", "xoxp-sam", {"channel": STADIUM, "text": "thinks"}),
        ("missing_scope", "xoxp-mia-plain", {"channel": DESK, "text": "thinks"}),
    ],
)
def test_what_somebody_does_may_be_refused(press: Live, code: str, token: str, arguments: dict[str, str]) -> None:
    assert me(press, token, **arguments)["error"] == code


def test_a_long_me_message_is_whole(press: Live) -> None:
    assert me(press, channel=MIA_MAX, text="a" * 40_000)["ok"]


# postEphemeral.


@pytest.mark.parametrize("channel", [DESK, "#desk", "desk"])
@pytest.mark.parametrize("token", ["xoxp-mia", "xoxb-wire"])
def test_one_person_is_told_something_that_is_kept_nowhere(press: Live, token: str, channel: str) -> None:
    before = posted(press)
    answer = whisper(press, token, channel=channel, text="Psst")
    ts = answer["message_ts"]
    assert answer == {"ok": True, "message_ts": ts}
    assert before < ts < posted(press)
    assert shown(press, ts, "xoxp-max") is None
    assert rows(press, tables.messages, ts) == []
    assert press.call("chat.update", token, channel=DESK, ts=ts, text="New") == refused("message_not_found")
    assert press.call("chat.delete", token, channel=DESK, ts=ts) == refused("message_not_found")


def test_what_is_told_has_times_of_its_own(press: Live) -> None:
    times = [whisper(press, text="Psst")["message_ts"] for _ in range(5)]
    assert times == sorted(set(times))


@pytest.mark.parametrize(
    ("channel", "user"), [(SAFE, ADA), (MIA_MAX, MAX), (DESK, MIA), (DESK, WIRE), (VISIT, TOM), (LINK, TOM)]
)
def test_members_are_told(press: Live, channel: str, user: str) -> None:
    assert whisper(press, channel=channel, user=user, text="Psst")["ok"]


@pytest.mark.parametrize(
    "more", [{"blocks": '[{"type": "divider"}]'}, {"attachments": '[{"text": "x"}]'}, {"text": "x", "parse": "false"}]
)
def test_it_may_be_any_content(press: Live, more: dict[str, str]) -> None:
    assert whisper(press, link_names="1", as_user="true", **more)["ok"]


def test_it_may_be_in_a_thread(press: Live) -> None:
    parent = posted(press)
    assert whisper(press, text="Psst", thread_ts=parent)["ok"]
    assert whisper(press, text="Psst", thread_ts=reply(press, parent))["ok"]
    assert whisper(press, text="Psst", thread_ts="1500000000.000001") == refused("cannot_reply_to_message")
    assert rows(press, tables.messages, parent)[0]["thread"] is not None
    summary = json.loads("{" + rows(press, tables.messages, parent)[0]["thread"] + "}")
    assert summary["reply_count"] == 1


@pytest.mark.parametrize(
    ("code", "token", "arguments"),
    [
        ("no_text", "xoxp-mia", {}),
        ("no_text", "xoxp-mia", {"text": " ", "blocks": "[]"}),
        ("msg_too_long", "xoxp-mia", {"text": "a" * 40_001}),
        ("invalid_blocks", "xoxp-mia", {"blocks": json.dumps([{}] * 51)}),
        ("invalid_blocks_format", "xoxp-mia", {"blocks": "{}"}),
        ("invalid_attachments", "xoxp-mia", {"attachments": "{}"}),
        ("too_many_attachments", "xoxp-mia", {"attachments": json.dumps([{"text": "x"}] * 101)}),
        ("invalid_blocks", "xoxp-mia", {"blocks": json.dumps([{"text": "x" * 100_000}])}),
        ("invalid_attachments", "xoxp-mia", {"attachments": json.dumps([{"text": "x" * 100_000}])}),
        ("markdown_text_conflict", "xoxp-mia", {"text": "x", "markdown_text": "x"}),
        ("invalid_arguments", "xoxp-mia", {"text": "x", "user": ""}),
        ("channel_not_found", "xoxp-mia", {"text": "x", "channel": VAULT}),
        ("channel_not_found", "xoxp-mia", {"text": "x", "channel": MAX}),
        ("channel_not_found", "xoxp-mia-org", {"text": "x", "channel": "desk"}),
        ("is_archived", "xoxp-mia", {"text": "x", "channel": OLD}),
        ("not_in_channel", "xoxp-mia", {"text": "x", "channel": ALOOF}),
        ("not_in_channel", "xoxb-loud", {"text": "x", "channel": ALOOF}),
        ("restricted_action", "xoxp-mia", {"text": "x", "channel": READ_ONLY, "user": ADA}),
        ("restricted_action", "xoxp-mia", {"text": "x", "channel": THREAD_ONLY, "user": ADA}),
        ("restricted_action", "xoxp-max", {"text": "x", "channel": FLAT, "user": ADA, "thread_ts": DISCUSS}),
        ("restricted_action", "xoxp-sam", {"text": "x", "channel": STADIUM, "user": ADA}),
        ("user_not_in_channel", "xoxp-mia", {"text": "x", "user": "W0LOUD00001"}),
        ("user_not_in_channel", "xoxp-mia", {"text": "x", "user": "W0NOBODY001"}),
        ("user_not_in_channel", "xoxp-mia", {"text": "x", "user": "max"}),
        ("user_not_in_channel", "xoxp-mia", {"text": "x", "user": TIM, "channel": LINK}),
        ("missing_scope", "xoxp-mia-plain", {"text": "x"}),
    ],
)
def test_it_may_be_refused(press: Live, code: str, token: str, arguments: dict[str, str]) -> None:
    assert whisper(press, token, **arguments)["error"] == code


# getPermalink.


def test_a_message_has_an_address(press: Live) -> None:
    ts = posted(press)
    address = f"{press.url}/w/news/archives/{DESK}/p{ts.replace('.', '')}"
    for token in ("xoxp-mia", "xoxb-wire", "xoxp-mia-plain", "xoxs-mia"):
        assert link(press, ts, token) == {"ok": True, "channel": DESK, "permalink": address}


def test_it_is_below_the_workspace_that_is_meant(press: Live) -> None:
    ts = posted(press, channel=EVERYBODY)
    path = f"archives/{EVERYBODY}/p{ts.replace('.', '')}"
    assert link(press, ts, channel=EVERYBODY)["permalink"] == f"{press.url}/w/news/{path}"
    assert link(press, ts, "xoxp-mia-sport", EVERYBODY)["permalink"] == f"{press.url}/w/sport/{path}"
    assert link(press, ts, "xoxp-mia-org", EVERYBODY)["permalink"] == f"{press.url}/o/press/{path}"
    theirs = posted(press, channel=LINK)
    assert link(press, theirs, "xoxp-tom", LINK)["permalink"].startswith(f"{press.url}/w/town/archives/{LINK}/p")


def test_in_a_thread_it_names_the_thread(press: Live) -> None:
    parent = posted(press)
    child = reply(press, parent)
    for ts in (parent, child):
        tail = f"/p{ts.replace('.', '')}?thread_ts={parent}&cid={DESK}"
        assert link(press, ts)["permalink"].endswith(tail)


def test_every_kind_of_conversation_has_them(press: Live) -> None:
    for channel in (SAFE, MIA_MAX, ALOOF, OLD):
        ts = {OLD: "1500000001.000100"}.get(channel) or post(press, channel=channel, token="xoxp-max")["ts"]
        assert link(press, ts, channel=channel)["ok"]
    assert link(press, UNSAID)["ok"]


@pytest.mark.parametrize(
    ("code", "channel", "ts"),
    [
        ("channel_not_found", VAULT, KEPT),
        ("channel_not_found", "", KEPT),
        ("channel_not_found", "#desk", KEPT),
        ("message_not_found", DESK, KEPT),
        ("message_not_found", DESK, ""),
        ("message_not_found", DESK, "soon"),
    ],
)
def test_what_is_not_there_has_none(press: Live, code: str, channel: str, ts: str) -> None:
    assert link(press, ts, channel=channel)["error"] == code


def test_what_is_deleted_has_none(press: Live) -> None:
    parent = posted(press)
    child = reply(press, parent)
    press.call("chat.delete", "xoxp-mia", channel=DESK, ts=parent)
    assert link(press, parent) == refused("message_not_found")
    assert link(press, child)["ok"]


def test_a_guest_has_them_where_they_are(press: Live) -> None:
    assert link(press, posted(press), "xoxp-gus")["ok"]
    assert link(press, posted(press, channel=ALOOF, token="xoxp-max"), "xoxp-gus", ALOOF) == refused("channel_not_found")


def test_hundreds_a_minute_pass(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("chat"), rate_factor=1.0) as server:
        server.move()
        answers = [link(server, KEPT)["error"] for _ in range(602)]
    assert [answers.count(code) for code in ("message_not_found", "ratelimited")] == [600, 2]
