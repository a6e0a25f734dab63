"""chat.postMessage"""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import update

from gridhall.contract.rates import Limit
from gridhall.storage import tables
from harness.databases import Databases
from harness.live import Live, live
from harness.rich import in_words
from methods.press import (
    ALOOF,
    DAN,
    DESK,
    EVERYBODY,
    FIELD,
    FLAT,
    GENERAL,
    GUS,
    LINK,
    MAX,
    MIA,
    MIA_MAX,
    NEWS,
    OLD,
    READ_ONLY,
    SAFE,
    STADIUM,
    THREAD_ONLY,
    TIM,
    TOM,
    TOWN,
    VAULT,
    VISIT,
    WIRE,
    at_once,
    post,
    posted,
    refused,
    shown,
)
from methods.rows import change


def send(press: Live, token: str, **arguments: object) -> dict[str, Any]:
    return press.call("chat.postMessage", token, **arguments)


# The answer.


def test_a_person_posts(press: Live) -> None:
    answer = post(press, "Hello world", "xoxp-mia")
    assert shown(press, answer["ts"]) == answer["message"]
    profile = answer["message"].pop("bot_profile")
    assert (profile["id"], profile["user_id"]) == ("B0WIRE00001", WIRE)
    assert answer == {
        "ok": True,
        "channel": DESK,
        "ts": answer["ts"],
        "message": {
            "type": "message",
            "user": MIA,
            "text": "Hello world",
            "blocks": in_words("Hello world"),
            "ts": answer["ts"],
            "team": NEWS,
            "app_id": "A0WIRE00001",
            "bot_id": "B0WIRE00001",
        },
    }


def test_a_bot_posts_with_its_profile(press: Live) -> None:
    answer = post(press, "Hello", "xoxb-wire")
    message = answer["message"]
    assert (message["user"], message["bot_id"], message["app_id"]) == (WIRE, "B0WIRE00001", "A0WIRE00001")
    profile = message["bot_profile"]
    assert (profile["id"], profile["name"], profile["team_id"]) == ("B0WIRE00001", "wire", NEWS)
    assert "subtype" not in message
    assert shown(press, answer["ts"]) == message


def test_a_legacy_token_posts_as_its_person(press: Live) -> None:
    message = post(press, "Hello", "xoxs-mia")["message"]
    assert message["user"] == MIA
    assert message.keys().isdisjoint({"app_id", "bot_id", "bot_profile"})


def test_json_bodies_do_as_well(press: Live) -> None:
    body = {
        "channel": DESK,
        "text": "Hi",
        "blocks": [{"type": "divider", "block_id": "line"}],
        "thread_ts": None,
        "unfurl_links": False,
    }
    headers = {"content-type": "application/json; charset=utf-8", "authorization": "Bearer xoxp-mia"}
    answer = press.request("POST", "/api/chat.postMessage", json.dumps(body).encode(), headers).json
    assert answer["message"]["blocks"] == [{"type": "divider", "block_id": "line"}]


def test_it_needs_its_scope(press: Live) -> None:
    answer = send(press, "xoxp-mia-plain", channel=DESK, text="Hi")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")


# Where to.


@pytest.mark.parametrize("channel", ["desk", "#desk"])
@pytest.mark.parametrize("token", ["xoxp-mia", "xoxb-wire"])
def test_a_channel_goes_by_its_name(press: Live, channel: str, token: str) -> None:
    assert post(press, channel=channel, token=token)["channel"] == DESK


def test_names_are_those_of_the_workspace(press: Live) -> None:
    assert post(press, channel="#safe")["channel"] == SAFE
    assert post(press, channel="everybody")["channel"] == EVERYBODY
    assert post(press, channel="visit")["channel"] == VISIT
    assert post(press, channel="#visit", token="xoxp-tom")["channel"] == VISIT
    assert post(press, channel="link", token="xoxp-tom")["channel"] == LINK
    assert send(press, "xoxp-mia", channel="#field", text="Hi") == refused("channel_not_found")
    assert post(press, channel="#field", token="xoxp-sam")["channel"] == FIELD


@pytest.mark.parametrize("channel", ["#nothing", "#", "##desk", "Desk", "#vault", "@max", "max", " ", DESK.lower(), "mpdm-x-1"])
def test_other_names_are_nobodys(press: Live, channel: str) -> None:
    assert send(press, "xoxp-mia", channel=channel, text="Hi") == refused("channel_not_found")


def test_an_org_level_token_names_no_channel(press: Live) -> None:
    for channel in ("#desk", "desk", "@max"):
        assert send(press, "xoxp-mia-org", channel=channel, text="Hi") == refused("team_not_found")
    answer = post(press, token="xoxp-mia-org")
    assert (answer["channel"], answer["message"]["team"]) == (DESK, "E0PRESS0001")


@pytest.mark.parametrize("channel", ["C0NOTHING01", VAULT, "D0NOTHING01", "W0NOBODY001", DAN, TIM, "USLACKBOT"])
def test_what_is_not_for_the_caller_is_not_there(press: Live, channel: str) -> None:
    assert send(press, "xoxp-max" if channel == DAN else "xoxb-wire", channel=channel, text="Hi") == refused(
        "channel_not_found"
    )


def test_a_message_has_an_address(press: Live) -> None:
    assert send(press, "xoxp-mia", text="Hi")["error"] == "channel_not_found"
    assert send(press, "xoxp-mia", channel="", text="Hi")["error"] == "channel_not_found"


def test_a_direct_conversation_of_others_is_not_there_for_a_bot(press: Live) -> None:
    assert send(press, "xoxb-wire", channel=MIA_MAX, text="Hi") == refused("channel_not_found")


def test_a_person_is_written_to_directly(press: Live) -> None:
    assert post(press, channel=MAX)["channel"] == MIA_MAX
    first = post(press, token="xoxb-wire", channel=MIA)
    assert first["channel"].startswith("D")
    assert post(press, token="xoxb-wire", channel=MIA)["channel"] == first["channel"]
    read = press.call("conversations.history", "xoxp-mia", channel=first["channel"])
    assert first["message"] in read["messages"]
    assert post(press, channel=TOM)["channel"] == post(press, channel=MIA, token="xoxp-tom")["channel"]
    own = post(press, channel=MIA)["channel"]
    assert own.startswith("D")
    assert own != first["channel"]


def test_many_open_one_direct_conversation(own_press: Live) -> None:
    answers = at_once(*[lambda: post(own_press, token="xoxp-max", channel=GUS)] * 8)
    assert len({answer["channel"] for answer in answers}) == 1
    assert len({answer["ts"] for answer in answers}) == 8


# Who may.


def test_who_is_not_in_it_does_not_post(press: Live) -> None:
    for token in ("xoxp-mia", "xoxb-wire", "xoxs-mia"):
        assert send(press, token, channel=ALOOF, text="Hi") == refused("not_in_channel")


def test_a_bot_with_the_scope_posts_in_public_channels(press: Live) -> None:
    assert post(press, token="xoxb-loud", channel=ALOOF)["channel"] == ALOOF
    assert send(press, "xoxb-loud", channel=SAFE, text="Hi") == refused("channel_not_found")


def test_archived_channels_are_closed(press: Live) -> None:
    assert send(press, "xoxp-mia", channel=OLD, text="Hi") == refused("is_archived")
    assert send(press, "xoxb-loud", channel="old", text="Hi") == refused("is_archived")


@pytest.mark.parametrize(
    ("channel", "thread", "code"),
    [
        (READ_ONLY, False, "restricted_action_read_only_channel"),
        (READ_ONLY, True, "restricted_action_read_only_channel"),
        (THREAD_ONLY, False, "restricted_action_thread_only_channel"),
        (FLAT, True, "restricted_action_non_threadable_channel"),
    ],
)
def test_channels_may_be_for_some(press: Live, channel: str, thread: bool, code: str) -> None:
    more = {"thread_ts": "1500000000.000000"} if thread else {}
    assert send(press, "xoxp-mia", channel=channel, text="Hi", **more) == refused(code)


def test_those_post_whom_a_channel_is_for(press: Live) -> None:
    for channel in (READ_ONLY, THREAD_ONLY):
        parent = posted(press, token="xoxp-ada", channel=channel)
        assert posted(press, token="xoxp-ada", channel=channel, thread_ts=parent)
    assert posted(press, channel=THREAD_ONLY, thread_ts="1500000008.000100")
    assert posted(press, channel=FLAT)
    assert posted(press, token="xoxp-ada", channel=FLAT, thread_ts="1500000009.000100")
    assert send(press, "xoxp-ada", channel=FLAT, text="Hi") == refused("restricted_action_thread_only_channel")
    assert send(press, "xoxp-max", channel=FLAT, text="Hi") == refused("restricted_action_read_only_channel")
    # An organization's administrator counts as one in its workspaces.
    assert posted(press, token="xoxp-ada-org", channel=READ_ONLY)


def test_to_show_a_reply_in_the_channel_is_to_post_there(press: Live) -> None:
    reply = {"channel": THREAD_ONLY, "text": "Hi", "thread_ts": "1500000008.000100", "reply_broadcast": "true"}
    assert send(press, "xoxp-mia", **reply) == refused("restricted_action_thread_only_channel")
    assert send(press, "xoxp-ada", **reply)["ok"]


def test_a_workspace_may_keep_its_general_channel_to_some(press: Live) -> None:
    assert send(press, "xoxp-sam", channel=STADIUM, text="Hi") == refused("restricted_action")
    assert send(press, "xoxp-mia-org", channel=STADIUM, text="Hi") == refused("restricted_action")
    parent = posted(press, token="xoxp-ada-sport", channel=STADIUM)
    reply = {"channel": STADIUM, "text": "Hi", "thread_ts": parent}
    assert send(press, "xoxp-sam", **reply)["ok"]
    assert send(press, "xoxp-sam", **reply, reply_broadcast="true") == refused("restricted_action")
    assert posted(press, channel=GENERAL)


@pytest.mark.parametrize(("who", "refuses"), [("regular", ""), ("owners", "restricted_action")])
def test_who_may_post_in_general_is_a_matter_of_roles(own_press: Live, who: str, refuses: str) -> None:
    change(own_press, update(tables.workspaces).where(tables.workspaces.c.id == NEWS).values(who_can_post_general=who))
    assert send(own_press, "xoxp-mia", channel=GENERAL, text="Hi").get("error", "") == refuses
    assert send(own_press, "xoxp-ada", channel=GENERAL, text="Hi")["ok"]


def test_guests_write_where_they_are_and_to_whom_they_meet_there(press: Live) -> None:
    assert post(press, token="xoxp-gus")["channel"] == DESK
    assert post(press, token="xoxp-gus", channel=MAX)["channel"].startswith("D")
    for channel in (GENERAL, "#general", "W0SAM000001", TIM):
        assert send(press, "xoxp-gus", channel=channel, text="Hi") == refused("channel_not_found")
    assert post(press, "#general #desk", "xoxp-gus", link_names="1")["message"]["text"] == f"#general <#{DESK}|desk>"


def test_both_sides_of_a_connected_channel_post(press: Live) -> None:
    for token, team in (("xoxp-mia", NEWS), ("xoxp-tom", TOWN)):
        message = post(press, channel=VISIT, token=token)["message"]
        assert message["team"] == team
        for reader in ("xoxp-mia", "xoxp-tom"):
            read = shown(press, message["ts"], reader, VISIT)
            assert read is not None
            # Of the app's bot each side is told in its own workspace.
            assert read | {"bot_profile": None} == message | {"bot_profile": None}
    assert send(press, "xoxp-tim", channel=LINK, text="Hi") == refused("not_in_channel")


# What is posted.


@pytest.mark.parametrize("content", [{}, {"text": ""}, {"text": " \n\t"}, {"blocks": "[]"}, {"attachments": "[]", "text": " "}])
def test_a_message_says_something(press: Live, content: dict[str, str]) -> None:
    assert send(press, "xoxp-mia", channel=DESK, **content) == refused("no_text")


def test_blocks_are_kept_as_they_come(press: Live) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go", "emoji": True}, "action_id": "go", "value": "1"}
    call = {"type": "call", "block_id": "b", "call_id": "R1", "call": {"n": [1, 2.5, None, True]}}
    text = {"type": "mrkdwn", "text": "<b> & 🎉 http://a.b"}
    objects = [{"type": "section", "block_id": "a", "text": text, "accessory": button}, call]
    answer = send(press, "xoxp-mia", channel=DESK, blocks=json.dumps(objects))
    assert answer["message"]["blocks"] == objects
    assert answer["message"]["text"] == "&lt;b&gt; &amp; :tada: http://a.b\nGo"
    assert shown(press, answer["ts"]) == answer["message"]


def test_blocks_and_elements_without_an_id_get_one_that_stays(press: Live) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    objects = [{"type": "actions", "elements": [button, button]}, {"type": "divider"}, {"type": "divider", "block_id": "mine"}]
    answer = send(press, "xoxp-mia", channel=DESK, text="Go", blocks=json.dumps(objects))
    actions, line, mine = answer["message"]["blocks"]
    assert mine == objects[2]
    ids = [actions["block_id"], line["block_id"], *(element["action_id"] for element in actions["elements"])]
    assert len(set(ids)) == 4
    assert all(ids)
    assert answer["message"]["text"] == "Go"
    assert shown(press, answer["ts"]) == answer["message"]


def test_what_is_wrong_with_blocks_is_told(press: Live) -> None:
    """Of each wrong block, where and why; nothing is posted."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": ""}}
    answer = send(press, "xoxp-mia", channel=DESK, blocks=json.dumps([section, {"type": "divider"}, {"type": "alert"}]))
    messages = [
        "[ERROR] must have at least 1 character [json-pointer:/blocks/0/text/text]",
        "[ERROR] must be of a type that can be here, not 'alert' [json-pointer:/blocks/2/type]",
    ]
    errors = [message.removeprefix("[ERROR] ") for message in messages]
    assert answer == refused("invalid_blocks") | {"errors": errors, "response_metadata": {"messages": messages}}


def test_a_second_table_is_refused(press: Live) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    answer = send(press, "xoxp-mia", channel=DESK, blocks=json.dumps([table, table]))
    why = "must be the message's only table [json-pointer:/blocks/1]"
    expected = refused("invalid_attachments") | {"response_metadata": {"messages": [f"[ERROR] {why}"]}}
    assert answer == expected | {"errors": [why]}
    # Only one method lists it twice.
    again = press.call("chat.postEphemeral", "xoxp-mia", channel=DESK, user=MAX, blocks=json.dumps([table, table]))
    assert again == expected


def test_blocks_that_say_nothing_are_told_to_say_nothing(press: Live) -> None:
    answer = send(press, "xoxp-mia", channel=DESK, blocks='[{"type": "divider"}]')
    assert answer["message"]["text"] == "This content can't be displayed."


@pytest.mark.parametrize("value", ["{}", "[", "[1]", '["a"]', "text", '[{"type": "divider"}, null]', "[" * 200 + "]" * 200])
def test_what_is_no_list_of_objects_is_refused(press: Live, value: str) -> None:
    assert send(press, "xoxp-mia", channel=DESK, text="Hi", blocks=value)["error"] == "invalid_blocks_format"
    assert send(press, "xoxp-mia", channel=DESK, text="Hi", attachments=value)["error"] == "invalid_attachments"


def test_there_is_an_end_to_blocks(press: Live) -> None:
    def many(count: int) -> str:
        return json.dumps([{"type": "divider"}] * count)

    assert send(press, "xoxp-mia", channel=DESK, blocks=many(50))["ok"]
    assert send(press, "xoxp-mia", channel=DESK, blocks=many(51))["error"] == "invalid_blocks"


def test_blocks_have_a_length(press: Live) -> None:
    """Of 100,000 characters, blanks between not counted."""

    def long(count: int) -> str:
        surrounding = len('[{"type":"plan","title":""}]')
        return json.dumps([{"type": "plan", "title": "é" * (count - surrounding)}], ensure_ascii=False)

    assert send(press, "xoxp-mia", channel=DESK, blocks=long(100_000))["ok"]
    assert send(press, "xoxp-mia", channel=DESK, blocks=long(100_001))["error"] == "msg_blocks_too_long"


def test_what_is_not_served_is_not_dropped(press: Live) -> None:
    name = "current_draft_last_updated_ts"
    answer = send(press, "xoxp-mia", channel=DESK, text="Hi", **{name: "{}"})
    assert answer == refused("invalid_arguments") | {"response_metadata": {"messages": [f"[ERROR] not supported yet: {name}"]}}
    assert send(press, "xoxp-mia", channel=DESK, text="Hi", **{name: ""})["ok"]


@pytest.mark.parametrize("more", [{"text": "Hi"}, {"blocks": '[{"type": "divider"}]'}])
def test_two_kinds_of_text_do_not_go_together(press: Live, more: dict[str, str]) -> None:
    assert send(press, "xoxp-mia", channel=DESK, markdown_text="**Hi**", **more) == refused("markdown_text_conflict")


def test_arguments_without_effect_are_taken(press: Live) -> None:
    more = {"mrkdwn": "false", "unfurl_links": "true", "unfurl_media": "1", "as_user": "true", "reply_broadcast": "true"}
    plain, other = post(press)["message"], post(press, **more)["message"]
    assert other | {"ts": plain["ts"]} == plain | {"blocks": in_words("Words")}


def test_a_bot_is_nobody_else(press: Live) -> None:
    later = press.gridhall.clock.now() // 1_000_000 + 1000
    for more in ("true", "false"):
        arguments = {"channel": DESK, "text": "Hi", "as_user": more, "user": MIA, "post_at": later}
        for method in ("chat.postMessage", "chat.postEphemeral", "chat.scheduleMessage"):
            answer = press.call(method, "xoxb-wire", **arguments)
            assert answer == refused("invalid_arguments") | {"deprecated_argument": "as_user"}
            assert press.call(method, "xoxp-mia", **arguments)["ok"]


def test_a_text_that_is_too_long_is_cut(press: Live) -> None:
    whole = post(press, "ä" * 40_000)
    assert (len(whole["message"]["text"]), "warning" in whole) == (40_000, False)
    cut = post(press, "a" * 40_000 + "b")
    assert (cut["message"]["text"], cut["warning"]) == ("a" * 40_000, "message_truncated")
    assert cut["response_metadata"]["warnings"] == ["message_truncated"]
    assert "40,000" in cut["response_metadata"]["messages"][0]
    assert shown(press, cut["ts"]) == cut["message"]


def test_warnings_of_the_transport_stay_beside_it(press: Live) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "authorization": "Bearer xoxp-mia"}
    body = urlencode({"channel": DESK, "text": "a" * 40_001}).encode()
    answer = press.request("POST", "/api/chat.postMessage", body, headers).json
    assert answer["response_metadata"]["warnings"] == ["message_truncated", "superfluous_charset"]
    assert answer["warning"] == "message_truncated,superfluous_charset"
    assert answer["response_metadata"]["messages"]


@pytest.mark.parametrize(
    ("text", "stored", "more"),
    [
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3", {}),
        ("See http://a.b.", "See <http://a.b>.", {}),
        ("See http://a.b.", "See http://a.b.", {"parse": "none"}),
        ("#desk @here", "#desk @here", {}),
        ("#desk #vault #aloof #field @here", f"<#{DESK}|desk> #vault <#{ALOOF}|aloof> #field <!here>", {"link_names": "1"}),
        ("<!here> #desk <b", f"&lt;!here&gt; <#{DESK}|desk> &lt;b", {"parse": "full"}),
        ("#everybody", f"<#{EVERYBODY}|everybody>", {"parse": "full"}),
        ("<@W0MAX000001> 🎉", "<@W0MAX000001> :tada:", {}),
        ("@max", "@max", {"link_names": "true", "parse": "full"}),
    ],
)
def test_text_is_stored_as_clients_show_it(press: Live, text: str, stored: str, more: dict[str, str]) -> None:
    answer = post(press, text, **more)
    assert answer["message"]["text"] == stored
    assert shown(press, answer["ts"]) == answer["message"]


# A client's own ids.


def test_a_repetition_posts_nothing(press: Live) -> None:
    first = post(press, client_msg_id="one")
    assert first["message"]["client_msg_id"] == "one"
    assert post(press, "Other words", client_msg_id="one") == first
    assert post(press, client_msg_id="two")["ts"] != first["ts"]


def test_ids_are_each_persons_own(press: Live) -> None:
    assert post(press, client_msg_id="mine")["ts"] != post(press, client_msg_id="mine", token="xoxp-max")["ts"]


def test_a_repetition_gives_the_message_as_it_is_now(press: Live) -> None:
    first = post(press, client_msg_id="changed")
    assert press.call("chat.update", "xoxp-mia", channel=DESK, ts=first["ts"], text="New")["ok"]
    again = post(press, client_msg_id="changed")
    assert (again["ts"], again["message"]["text"]) == (first["ts"], "New")
    assert again["message"] == shown(press, first["ts"])


def test_an_id_outlives_its_message(press: Live) -> None:
    first = post(press, client_msg_id="deleted")
    assert press.call("chat.delete", "xoxp-mia", channel=DESK, ts=first["ts"])["ok"]
    again = {"channel": DESK, "text": "Words", "client_msg_id": "deleted"}
    assert send(press, "xoxp-mia", **again) == refused("duplicate_message_not_found")
    parent = posted(press, client_msg_id="parent")
    posted(press, thread_ts=parent)
    assert press.call("chat.delete", "xoxp-mia", channel=DESK, ts=parent)["ok"]
    assert send(press, "xoxp-mia", **again | {"client_msg_id": "parent"}) == refused("duplicate_message_not_found")


def test_an_id_belongs_to_its_channel(press: Live) -> None:
    post(press, client_msg_id="here")
    assert send(press, "xoxp-mia", channel=SAFE, text="Hi", client_msg_id="here") == refused("duplicate_channel_not_found")


def test_an_id_has_255_characters_at_the_most(press: Live) -> None:
    assert post(press, client_msg_id="ä" * 255)["message"]["client_msg_id"] == "ä" * 255
    assert send(press, "xoxp-mia", channel=DESK, text="Hi", client_msg_id="x" * 256)["error"] == "invalid_arguments"
    assert "client_msg_id" not in post(press, client_msg_id="")["message"]


def test_fifty_at_once_are_one(press: Live) -> None:
    answers = at_once(*[lambda: post(press, client_msg_id="fifty")] * 50)
    assert all(answer == answers[0] for answer in answers)
    oldest = answers[0]["ts"]
    read = press.call("conversations.history", "xoxp-mia", channel=DESK, oldest=oldest, inclusive="true", limit="999")
    assert [message.get("client_msg_id") for message in read["messages"]].count("fifty") == 1


# Limits.


def _limits() -> list[Limit]:
    from gridhall.methods.chat import POSTING

    return [counted.limit for counted in POSTING]


def test_about_one_a_second_passes_in_a_channel(sqlite_databases: Databases) -> None:
    channel, workspace = _limits()
    with live(sqlite_databases.filled("chat"), rate_factor=1.0) as server:
        server.move()
        for _ in range(channel.burst):
            post(server)
        reply = server.reply("chat.postMessage", "xoxp-mia", channel=DESK, text="Hi")
        assert (reply.status, reply.json, reply.headers["retry-after"]) == (429, refused("ratelimited"), "1")
        assert send(server, "xoxp-mia", channel=SAFE, text="Hi")["ok"], "another channel has calls of its own"
        server.move(advance=1)
        post(server)
        assert server.reply("chat.postMessage", "xoxp-mia", channel=DESK, text="Hi").status == 429
        # A workspace allows several hundred a minute in all; what a channel refused counts nowhere.
        passed = channel.burst + 2
        refusals = 0
        while refusals == 0:
            # Each of these names is a channel of its own to the limit.
            answer = server.call("chat.postMessage", "xoxp-mia", channel=f"#nothing-{passed}", text="Hi")
            refusals = answer["error"] == "ratelimited"
            passed += not refusals
        assert abs(passed - workspace.burst) <= 12


def test_a_name_counts_with_a_hash_and_without(sqlite_databases: Databases) -> None:
    channel, _ = _limits()
    with live(sqlite_databases.filled("chat"), rate_factor=1.0) as server:
        server.move()
        for number in range(channel.burst):
            assert send(server, "xoxp-mia", channel=("#desk", "desk")[number % 2], text="Hi")["ok"]
        for name in ("#desk", "desk"):
            assert server.reply("chat.postMessage", "xoxp-mia", channel=name, text="Hi").status == 429
