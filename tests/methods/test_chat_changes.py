"""chat.update, chat.delete"""

import json
from typing import Any

import pytest
from sqlalchemy import update

from gridhall.storage import tables
from harness.audit import entries
from harness.databases import Databases
from harness.live import Live, live
from harness.rich import in_words
from methods.press import (
    ADA,
    ALOOF,
    DESK,
    DISCUSS,
    FROM_TOWN,
    GENERAL,
    JOINED,
    KEPT,
    LINK,
    LONG_AGO,
    MAX,
    MIA,
    MIA_MAX,
    NEWS,
    OLD,
    ON_A_VISIT,
    PRESS,
    SAFE,
    STADIUM,
    THREAD_ONLY,
    TOWN,
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
    thread,
)
from methods.rows import change

DIVIDER = [{"type": "divider", "block_id": "line"}]
NOTE = [{"text": "x", "id": 1, "fallback": "x"}]


def alter(press: Live, ts: str, token: str = "xoxp-mia", channel: str = DESK, **arguments: object) -> dict[str, Any]:
    return press.call("chat.update", token, channel=channel, ts=ts, **arguments)


def delete(press: Live, ts: str, token: str = "xoxp-mia", channel: str = DESK) -> dict[str, Any]:
    return press.call("chat.delete", token, channel=channel, ts=ts)


# The answer.


def test_a_person_changes_what_they_wrote(press: Live) -> None:
    now = press.gridhall.clock.now() // 1_000_000
    ts = posted(press)
    answer = alter(press, ts, text="Better <words>")
    edited, profile = answer["message"].pop("edited"), answer["message"].pop("bot_profile")
    assert profile["id"] == "B0WIRE00001"
    assert answer == {
        "ok": True,
        "channel": DESK,
        "ts": ts,
        "text": "Better &lt;words&gt;",
        "message": {
            "type": "message",
            "user": MIA,
            "text": "Better &lt;words&gt;",
            "blocks": in_words("Better <words>"),
            "team": NEWS,
            "app_id": "A0WIRE00001",
            "bot_id": "B0WIRE00001",
        },
    }
    assert edited["user"] == MIA
    seconds, micros = edited["ts"].split(".")
    assert (abs(int(seconds) - now) < 60, micros) == (True, "000000")
    message = shown(press, ts)
    assert message is not None
    assert (message["text"], message["edited"], message["ts"]) == ("Better &lt;words&gt;", edited, ts)


def test_a_bot_changes_what_it_posted(press: Live) -> None:
    ts = posted(press, token="xoxb-wire")
    message = alter(press, ts, "xoxb-wire", text="New", as_user="true")["message"]
    assert (message["user"], message["bot_profile"]["name"], message["edited"]["user"]) == (WIRE, "wire", WIRE)


# Whose.


@pytest.mark.parametrize("token", ["xoxp-max", "xoxp-ada", "xoxb-wire"])
def test_nobody_changes_what_others_wrote(press: Live, token: str) -> None:
    ts = posted(press)
    assert alter(press, ts, token, text="New") == refused("cant_update_message")
    assert alter(press, posted(press, token="xoxb-wire"), "xoxp-mia", text="New") == refused("cant_update_message")


@pytest.mark.parametrize(("token", "channel", "ts"), [("xoxp-mia", DESK, JOINED), ("xoxp-mia", DESK, UNSAID)])
def test_what_nobody_wrote_cannot_be_changed(press: Live, token: str, channel: str, ts: str) -> None:
    assert alter(press, ts, token, channel, text="New") == refused("cant_update_message")


def test_messages_of_another_organization_are_theirs(press: Live) -> None:
    assert alter(press, FROM_TOWN, "xoxp-ada", LINK, text="New") == refused("cant_update_message")
    assert alter(press, ON_A_VISIT, "xoxp-tom", VISIT, text="New") == refused("cant_update_message")
    ours = posted(press, channel=VISIT)
    assert alter(press, ours, channel=VISIT, text="New")["ok"]


def test_kinds_that_somebody_wrote_can_be_changed(press: Live) -> None:
    me = press.call("chat.meMessage", "xoxp-mia", channel=DESK, text="thinks")["ts"]
    assert alter(press, me, text="knows")["message"]["subtype"] == "me_message"
    broadcast = reply(press, posted(press), token="xoxp-mia", reply_broadcast="true")
    assert alter(press, broadcast, text="New")["message"]["subtype"] == "thread_broadcast"


# What is not there.


@pytest.mark.parametrize("ts", ["1500000000.000001", "soon", "1", "", "1500000002", "٣.٣", "9" * 40 + ".0"])
def test_a_message_is_named_by_its_ts(press: Live, ts: str) -> None:
    assert alter(press, ts, text="New")["error"] == "message_not_found"
    assert delete(press, ts)["error"] == "message_not_found"


@pytest.mark.parametrize("channel", [VAULT, "C0NOTHING01", "#desk", "desk", MAX, ""])
def test_a_conversation_is_named_by_its_id(press: Live, channel: str) -> None:
    assert alter(press, KEPT, channel=channel, text="New")["error"] == "channel_not_found"
    assert delete(press, KEPT, channel=channel)["error"] == "channel_not_found"


def test_a_message_belongs_to_its_conversation(press: Live) -> None:
    ts = posted(press)
    assert alter(press, ts, channel=SAFE, text="New") == refused("message_not_found")
    assert delete(press, ts, channel=SAFE) == refused("message_not_found")


def test_what_is_deleted_is_not_there(press: Live) -> None:
    alone, parent = posted(press), posted(press)
    reply(press, parent)
    for ts in (alone, parent):
        assert delete(press, ts) == {"ok": True, "channel": DESK, "ts": ts}
        assert alter(press, ts, text="New") == refused("message_not_found")
        assert delete(press, ts) == refused("message_not_found")


def test_archived_channels_do_not_change(press: Live) -> None:
    assert alter(press, LONG_AGO, channel=OLD, text="New") == refused("is_inactive")
    for token in ("xoxp-mia", "xoxp-ada"):
        assert delete(press, LONG_AGO, token, OLD) == refused("cant_delete_message")


def test_both_need_their_scope(press: Live) -> None:
    ts = posted(press)
    for method in ("chat.update", "chat.delete"):
        assert press.call(method, "xoxp-mia-plain", channel=DESK, ts=ts, text="New")["needed"] == "chat:write"


# The new content.


@pytest.mark.parametrize(
    "content", [{}, {"text": ""}, {"text": "  "}, {"attachments": "[]", "text": " "}, {"reply_broadcast": "0"}]
)
def test_a_change_says_something(press: Live, content: dict[str, str]) -> None:
    assert alter(press, posted(press), **content) == refused("no_text")


def test_a_text_has_4000_characters_at_the_most(press: Live) -> None:
    ts = posted(press)
    assert alter(press, ts, text="ä" * 4000)["text"] == "ä" * 4000
    assert alter(press, ts, text="a" * 4001) == refused("msg_too_long")


def test_new_text_takes_blocks_away_and_leaves_attachments(press: Live) -> None:
    ts = posted(press, blocks=json.dumps(DIVIDER), attachments=json.dumps(NOTE))
    message = alter(press, ts, text="New")["message"]
    assert ([block["type"] for block in message["blocks"]], message["attachments"]) == (["rich_text"], NOTE)
    assert "attachments" not in alter(press, ts, attachments="[]", text="New")["message"]


def test_blocks_stay_unless_they_are_sent(press: Live) -> None:
    ts = posted(press, blocks=json.dumps(DIVIDER))
    message = alter(press, ts, attachments=json.dumps(NOTE))["message"]
    assert (message["blocks"], message["attachments"], message["text"]) == (DIVIDER, NOTE, "Words")
    assert "blocks" not in alter(press, ts, blocks="[]")["message"]
    only = press.call("chat.postMessage", "xoxp-mia", channel=DESK, blocks=json.dumps(DIVIDER))["ts"]
    assert alter(press, only, blocks="[]")["text"] == "This content can't be displayed."
    two = [*DIVIDER, {"type": "divider", "block_id": "other"}]
    assert alter(press, only, blocks=json.dumps(two))["message"]["blocks"] == two


def test_blocks_without_a_text_bring_their_own(press: Live) -> None:
    ts = press.call("chat.postMessage", "xoxb-wire", channel=DESK, text="Words")["ts"]
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "What *they* say"}}
    answer = alter(press, ts, "xoxb-wire", blocks=json.dumps([section]))
    assert (answer["text"], answer["message"]["text"]) == ("What *they* say", "What *they* say")
    assert alter(press, ts, "xoxb-wire", blocks="[]")["text"] == "What *they* say"


def test_an_edit_is_told_where_text_came_without_blocks(press: Live) -> None:
    ts = press.call("chat.postMessage", "xoxb-wire", channel=DESK, text="Words")["ts"]
    assert "edited" not in alter(press, ts, "xoxb-wire", text="New", blocks=json.dumps(DIVIDER))["message"]
    assert "edited" not in alter(press, ts, "xoxb-wire", attachments=json.dumps(NOTE))["message"]
    edited = alter(press, ts, "xoxb-wire", text="Newer")["message"]["edited"]
    assert alter(press, ts, "xoxb-wire", blocks=json.dumps(DIVIDER))["message"]["edited"] == edited


def test_rich_text_that_a_person_wrote_stays_rich_text(press: Live) -> None:
    leaf = {"type": "text", "text": "Words", "style": {"bold": True}}
    rich = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [leaf]}]}]
    ts = posted(press, blocks=json.dumps(rich))
    assert alter(press, ts, text="New", blocks=json.dumps(DIVIDER))["error"] == "block_mismatch"
    both = [*DIVIDER, *rich]
    blocks = alter(press, ts, blocks=json.dumps(both))["message"]["blocks"]
    assert [block["type"] for block in blocks] == ["divider", "rich_text"]
    assert "blocks" not in alter(press, ts, blocks="[]")["message"]
    assert alter(press, ts, blocks=json.dumps(DIVIDER))["message"]["blocks"] == DIVIDER
    listed = posted(press, "", markdown_text="- One\n- Two")
    assert alter(press, listed, blocks=json.dumps(DIVIDER))["error"] == "block_mismatch"


@pytest.mark.parametrize(
    ("text", "how"),
    [("Working …", {}), ("*Working* on <https://a.test|it> :wave: &amp; `more`", {}), ("*Working*", {"mrkdwn": "false"})],
)
def test_blocks_take_the_place_of_a_text(press: Live, text: str, how: dict[str, str]) -> None:
    """As programs do that tell how far they are, also with a person's token."""
    ts = posted(press, text, **how)
    for blocks in (DIVIDER, [*DIVIDER, {"type": "divider", "block_id": "other"}]):
        assert alter(press, ts, text="Done", blocks=json.dumps(blocks))["message"]["blocks"] == blocks
    assert alter(press, ts, text=text, **how)["message"]["blocks"][0]["type"] == "rich_text"
    assert alter(press, ts, blocks=json.dumps(DIVIDER))["message"]["blocks"] == DIVIDER


def test_the_same_again_is_no_edit(press: Live) -> None:
    ts = posted(press, "One < two")
    before = shown(press, ts)
    for same in ("One < two", "One &lt; two"):
        assert "edited" not in alter(press, ts, text=same)["message"]
    assert shown(press, ts) == before
    assert rows(press, tables.message_edits, ts) == []


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("invalid_blocks_format", {"blocks": "{}"}),
        ("invalid_attachments", {"attachments": "[1]"}),
        ("invalid_blocks", {"blocks": json.dumps(DIVIDER * 51)}),
        ("too_many_attachments", {"attachments": json.dumps(NOTE * 101)}),
        ("invalid_blocks", {"blocks": json.dumps([{"text": "x" * 100_000}])}),
        ("invalid_attachments", {"attachments": json.dumps([{"text": "x" * 100_000}])}),
        ("markdown_text_conflict", {"markdown_text": "**x**"}),
        ("invalid_arguments", {"file_ids": "F1,F2"}),
        ("invalid_attachments", {"unfurled_attachments": "[1]"}),
    ],
)
def test_what_cannot_be_is_refused(press: Live, code: str, more: dict[str, str]) -> None:
    assert alter(press, posted(press), text="New", **more)["error"] == code


@pytest.mark.parametrize(
    ("more", "stored"),
    [
        ({}, "<http://a.b> #desk"),
        ({"parse": "none"}, "http://a.b #desk"),
        ({"link_names": "true"}, f"<http://a.b> <#{DESK}|desk>"),
        ({"link_names": "none"}, "<http://a.b> #desk"),
        ({"parse": "full"}, f"<http://a.b> <#{DESK}|desk>"),
    ],
)
def test_text_is_stored_as_a_posted_one(press: Live, more: dict[str, str], stored: str) -> None:
    assert alter(press, posted(press), text="http://a.b #desk", **more)["text"] == stored


def test_everything_else_of_a_message_stays(press: Live) -> None:
    parent = posted(press, client_msg_id="stays")
    reply(press, parent)
    press.call("reactions.add", "xoxp-max", channel=DESK, timestamp=parent, name="wave")
    before = shown(press, parent)
    assert before is not None
    alter(press, parent, text="New")
    after = shown(press, parent)
    assert after is not None
    del after["edited"]
    assert after == before | {"text": "New", "blocks": in_words("New")}


# Showing a reply in the channel.


def test_a_reply_is_shown_in_the_channel_later(press: Live) -> None:
    parent = posted(press)
    ts = reply(press, parent, token="xoxp-mia")
    assert shown(press, ts) is None
    answer = alter(press, ts, reply_broadcast="true")
    assert (answer["message"]["subtype"], "edited" in answer["message"]) == ("thread_broadcast", False)
    message = shown(press, ts)
    assert message is not None
    assert (message["text"], message["root"]["ts"], message["thread_ts"]) == ("Reply", parent, parent)
    assert alter(press, ts, reply_broadcast="true") == answer
    assert alter(press, ts, reply_broadcast="true", text="New")["message"]["text"] == "New"


def test_a_reply_is_shown_or_changed(press: Live) -> None:
    ts = reply(press, posted(press), token="xoxp-mia")
    assert alter(press, ts, reply_broadcast="true", text="New") == refused("no_dual_broadcast_content_update")
    assert shown(press, ts) is None


def test_what_cannot_be_shown_in_the_channel(press: Live) -> None:
    assert alter(press, posted(press), reply_broadcast="true") == refused("cant_broadcast_message")
    restricted = posted(press, channel=THREAD_ONLY, thread_ts=DISCUSS)
    assert alter(press, restricted, channel=THREAD_ONLY, reply_broadcast="true") == refused("cant_broadcast_message")
    parent = posted(press, token="xoxp-ada-sport", channel=STADIUM)
    kept = reply(press, parent, token="xoxp-sam", channel=STADIUM)
    assert alter(press, kept, "xoxp-sam", STADIUM, reply_broadcast="true") == refused("cant_broadcast_message")


# Who deletes what.


def test_people_and_bots_delete_their_own(press: Live) -> None:
    for token in ("xoxp-mia", "xoxb-wire"):
        ts = posted(press, token=token)
        assert delete(press, ts, token) == {"ok": True, "channel": DESK, "ts": ts}
        assert shown(press, ts) is None


@pytest.mark.parametrize("token", ["xoxp-max", "xoxb-wire"])
def test_nobody_deletes_what_others_wrote(press: Live, token: str) -> None:
    ts = posted(press)
    assert delete(press, ts, token) == refused("cant_delete_message")
    assert shown(press, ts) is not None


@pytest.mark.parametrize("token", ["xoxp-ada", "xoxp-ada-org"])
@pytest.mark.parametrize("author", ["xoxp-mia", "xoxb-wire"])
def test_administrators_delete_what_others_wrote(press: Live, token: str, author: str) -> None:
    ts = posted(press, token=author)
    assert delete(press, ts, token)["ok"]
    assert rows(press, tables.deleted_messages, ts)[0]["deleted_by"] == ADA


def test_a_workspaces_administrator_is_one_there(press: Live) -> None:
    assert delete(press, posted(press), "xoxp-amy-org")["ok"]
    elsewhere = posted(press, channel=STADIUM, token="xoxp-ada-sport")
    assert delete(press, elsewhere, "xoxp-amy-org", STADIUM) == refused("cant_delete_message")


def test_messages_of_another_organization_are_theirs_to_delete(press: Live) -> None:
    assert delete(press, FROM_TOWN, "xoxp-ada", LINK) == refused("cant_delete_message")
    assert delete(press, ON_A_VISIT, "xoxp-tom", VISIT) == refused("cant_delete_message")
    assert delete(press, posted(press, channel=VISIT), "xoxp-ada", VISIT)["ok"], "an administrator of the author's organization"
    assert delete(press, posted(press, channel=VISIT, token="xoxp-tom"), "xoxp-tom", VISIT)["ok"]


def audited(press: Live, organization: str, channel: str, ts: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What an organization's audit log tells of a message."""
    return [
        (entry.action, entry.actor, json.loads(entry.details))
        for entry in entries(press, organization)
        if entry.entity == channel and json.loads(entry.entity_told).get("message", {}).get("timestamp") == ts
    ]


def test_the_audit_log_tells_of_what_others_wrote(press: Live) -> None:
    ts, own = posted(press), posted(press, token="xoxp-ada")
    assert delete(press, ts, "xoxp-max") == refused("cant_delete_message")
    assert delete(press, ts, "xoxp-ada")["ok"]
    assert delete(press, own, "xoxp-ada")["ok"]
    assert audited(press, PRESS, DESK, ts) == [("message_deleted", ADA, {"user": MIA})]
    assert audited(press, PRESS, DESK, own) == []


def test_both_audit_logs_tell_of_a_channel_that_is_hosted_elsewhere(press: Live) -> None:
    ts = posted(press, channel=VISIT)
    assert delete(press, ts, "xoxp-ada", VISIT)["ok"]
    entry = ("message_deleted", ADA)
    assert audited(press, PRESS, VISIT, ts) == [(*entry, {"user": MIA})]
    assert audited(press, TOWN, VISIT, ts) == [(*entry, {"user": MIA, "actor_organization": PRESS})]


def test_what_was_taken_out_of_sight_is_kept(press: Live) -> None:
    for token in ("xoxp-mia", "xoxp-ada"):
        assert delete(press, UNSAID, token) == refused("cant_delete_message")


def test_of_direct_messages_each_deletes_their_own(press: Live) -> None:
    ts = posted(press, channel=MIA_MAX)
    assert delete(press, ts, "xoxp-max", MIA_MAX) == refused("cant_delete_message")
    assert delete(press, ts, channel=MIA_MAX)["ok"]


def test_what_the_channel_tells_can_be_deleted(own_press: Live) -> None:
    assert delete(own_press, JOINED)["ok"]


# What a deletion leaves.


def test_a_deleted_message_is_in_nobodys_answers(press: Live) -> None:
    ts = posted(press, "Gone")
    press.call("reactions.add", "xoxp-max", channel=DESK, timestamp=ts, name="wave")
    press.call("pins.add", "xoxp-max", channel=DESK, timestamp=ts)
    pins = press.call("conversations.history", "xoxp-mia", channel=DESK, limit="1")["pin_count"]
    assert delete(press, ts)["ok"]
    history = press.call("conversations.history", "xoxp-mia", channel=DESK, oldest=ts, inclusive="true")
    assert (ts not in str(history["messages"]), history["pin_count"]) == (True, pins - 1)
    for method, arguments in (
        ("conversations.replies", {"ts": ts}),
        ("chat.getPermalink", {"message_ts": ts}),
        ("reactions.add", {"timestamp": ts, "name": "wave"}),
        ("pins.add", {"timestamp": ts}),
    ):
        answer = press.call(method, "xoxp-max", channel=DESK, **arguments)
        assert answer["error"] in ("message_not_found", "thread_not_found"), method
    assert press.call("chat.postMessage", "xoxp-max", channel=DESK, text="Hi", thread_ts=ts) == refused(
        "cannot_reply_to_message"
    )
    assert not rows(press, tables.messages, ts)
    assert not rows(press, tables.reactions, ts)
    assert not rows(press, tables.pins, ts)


def test_a_parent_with_replies_leaves_a_placeholder(press: Live) -> None:
    parent = posted(press, client_msg_id="left")
    first, last = reply(press, parent), reply(press, parent, token="xoxp-mia")
    press.call("reactions.add", "xoxp-max", channel=DESK, timestamp=parent, name="wave")
    assert delete(press, parent)["ok"]
    placeholder, *replies = thread(press, parent)
    assert placeholder == {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "hidden": True,
        "ts": parent,
        "thread_ts": parent,
        "reply_count": 2,
        "reply_users_count": 2,
        "latest_reply": last,
        "reply_users": [MAX, MIA],
        "is_locked": False,
        "subscribed": True,
        "last_read": last,
        "unread_count": 0,
    }
    assert [message["ts"] for message in replies] == [first, last]
    # One may still reply.
    third = reply(press, parent)
    assert thread(press, parent)[0]["reply_count"] == 3
    for ts, token in ((first, "xoxp-max"), (third, "xoxp-max")):
        assert delete(press, ts, token)["ok"]
    assert thread(press, parent)[0]["latest_reply"] == last
    assert delete(press, last)["ok"]
    assert not rows(press, tables.messages, parent), "the placeholder goes with the last reply"
    assert press.call("conversations.replies", "xoxp-mia", channel=DESK, ts=parent)["error"] == "thread_not_found"


def test_a_parent_whose_replies_are_gone_is_a_message_like_others(press: Live) -> None:
    parent = posted(press)
    assert delete(press, reply(press, parent), "xoxp-max")["ok"]
    message = shown(press, parent)
    assert message is not None
    assert (message["thread_ts"], message["reply_count"], message["reply_users"]) == (parent, 0, [])
    assert "latest_reply" not in message
    assert delete(press, parent)["ok"]
    assert not rows(press, tables.messages, parent)


def test_the_counts_of_a_thread_follow_its_replies(press: Live) -> None:
    parent = posted(press)
    mine = [reply(press, parent, token="xoxp-mia") for _ in range(2)]
    theirs = reply(press, parent, token="xoxp-max")
    assert delete(press, mine[0])["ok"]
    summary = thread(press, parent)[0]
    assert (summary["reply_count"], summary["reply_users"], summary["latest_reply"]) == (2, [MIA, MAX], theirs)
    assert delete(press, theirs, "xoxp-max")["ok"]
    summary = thread(press, parent)[0]
    assert (summary["reply_count"], summary["reply_users_count"], summary["reply_users"]) == (1, 1, [MIA])
    assert summary["latest_reply"] == mine[1]


def test_a_broadcast_reply_goes_from_both_places(press: Live) -> None:
    parent = posted(press)
    ts = reply(press, parent, reply_broadcast="true")
    assert delete(press, ts, "xoxp-max")["ok"]
    assert shown(press, ts) is None
    assert thread(press, parent)[0]["reply_count"] == 0


# What is kept.


def test_the_story_of_a_message_is_kept(press: Live) -> None:
    ts = posted(press, "One")
    alter(press, ts, text="Two")
    alter(press, ts, text="Three <")
    story = [(edit["previous"], edit["text"], edit["person"]) for edit in rows(press, tables.message_edits, ts)]
    assert story == [("One", "Two", MIA), ("Two", "Three &lt;", MIA)]
    delete(press, ts, "xoxp-ada")
    kept = rows(press, tables.deleted_messages, ts)[0]
    assert (json.loads(kept["content"])["text"], kept["person"], kept["deleted_by"]) == ("Three &lt;", MIA, ADA)
    assert len(rows(press, tables.message_edits, ts)) == 2


@pytest.mark.parametrize(("edits", "deletes"), [(True, False), (False, True), (False, False)])
def test_nothing_is_kept_that_retention_does_not_keep(any_databases: Databases, edits: bool, deletes: bool) -> None:
    with live(any_databases.filled("chat")) as press:
        change(press, update(tables.organizations).values(keep_edits=edits, keep_deletes=deletes))
        ts = posted(press)
        alter(press, ts, text="Two")
        assert len(rows(press, tables.message_edits, ts)) == edits
        delete(press, ts)
        assert rows(press, tables.message_edits, ts) == []
        assert len(rows(press, tables.deleted_messages, ts)) == deletes


def test_a_channel_that_was_left_is_still_ones_own_words(own_press: Live) -> None:
    ts = post(own_press, channel=GENERAL, token="xoxp-max")["ts"]
    gone = tables.members.c.person == MAX
    change(own_press, update(tables.members).where(gone, tables.members.c.conversation != ALOOF).values(left=1700000000))
    assert alter(own_press, ts, "xoxp-max", GENERAL, text="New")["ok"]
    assert delete(own_press, ts, "xoxp-max", GENERAL)["ok"]
    assert alter(own_press, ts, "xoxp-max", SAFE, text="New") == refused("channel_not_found")
