"""oversight.chat.info, oversight.chat.tombstone, oversight.chat.update, oversight.chat.delete"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from gridhall.contract.messages import Content
from gridhall.contract.timestamps import ts_micros
from gridhall.domain import tombstones
from gridhall.storage import tables
from harness.audit import entries
from harness.databases import Databases
from harness.live import Live, live
from methods.overseer import OUT_OF_SIGHT, Overseer, kept, org_token, react, rich
from methods.press import (
    ADA,
    DESK,
    FROM_TOWN,
    JOINED,
    LINK,
    LONG_AGO,
    MAX,
    MIA,
    MIA_MAX,
    NEWS,
    OLD,
    ON_A_VISIT,
    PRESS,
    SPORT,
    TOM,
    TOWN,
    UNSAID,
    VISIT,
    at_once,
    posted,
    refused,
    reply,
    rows,
    shown,
    thread,
)
from methods.rows import change, make_token
from methods.scheduling import NOW, SOON, go, newer, schedule, texts

WRITERS = ("tombstone", "restore", "update", "delete")
WORDS = {"update": {"text": "Other words"}}
OF_A_MESSAGE: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("reactions.add", "timestamp", {"name": "wave"}),
    ("reactions.remove", "timestamp", {"name": "tada"}),
    ("pins.add", "timestamp", {}),
    ("pins.remove", "timestamp", {}),
    ("chat.getPermalink", "message_ts", {}),
    ("chat.update", "ts", {"text": "Other words"}),
    ("chat.delete", "ts", {}),
)
"""What refuses a message that is not there: the method, its argument for the message's `ts`, and what else it takes."""

DEFAULT = "This message was removed."
INVISIBLE = ("\u200b", " \u200b\u2060\n", "\u3164\ufe0f", "\u2800", "\U000e0041\u00ad")


@pytest.fixture
def overseer(press: Live) -> Overseer:
    return Overseer(press)


@pytest.fixture
def own(own_press: Live) -> Overseer:
    """An overseer over a server of the test's own."""
    return Overseer(own_press)


def edit(live: Live, ts: str, text: str, token: str = "xoxp-mia") -> None:
    assert live.call("chat.update", token, channel=DESK, ts=ts, text=text)["ok"]


def delete(live: Live, ts: str, token: str = "xoxp-mia") -> None:
    assert live.call("chat.delete", token, channel=DESK, ts=ts)["ok"]


def keeps(live: Live, *, edits: bool = True, deletes: bool = True) -> None:
    """Have the organization keep the story of its messages, or not."""
    of = tables.organizations.c.id == PRESS
    change(live, update(tables.organizations).where(of).values(keep_edits=edits, keep_deletes=deletes))


def steps(overseer: Overseer, ts: str) -> list[tuple[str, str, str, str]]:
    """A message's story: what it said before and after each step, by whom, and what kind of step."""
    story = overseer.do("info", ts)["edits"]
    assert [step["ts"] for step in story] == sorted(step["ts"] for step in story)
    for step in story:
        assert (step["type"], step["upload"], step["original_ts"], step["ts"][-7:]) == ("message", False, ts, ".000000")
    return [(step["previous"]["text"], step["text"], step["editor_id"], step["subtype"]) for step in story]


def logged(live: Live, ts: str, organization: str = PRESS) -> list[tuple[str, str, dict[str, Any]]]:
    """What the audit log tells of a message: the action, who acted, and its details."""
    of = [entry for entry in entries(live, organization) if f'"{ts}"' in entry.entity_told]
    return [(entry.action, entry.actor, json.loads(entry.details)) for entry in of]


# What a message said.


def test_a_message_that_nobody_changed(overseer: Overseer) -> None:
    ts = posted(overseer.live, "Words", client_msg_id=str(uuid4()))
    answer = overseer.do("info", ts)
    assert answer == {"ok": True, "message": shown(overseer.live, ts), "edits": []}
    assert logged(overseer.live, ts) == [("oversight_message_viewed", ADA, {})]


def test_each_change_is_told_oldest_first(own: Overseer) -> None:
    own.live.move(to=2_000_000_000.5)
    ts = posted(own.live, "First")
    for text in ("Second", "Third"):
        own.live.move(advance=100)
        edit(own.live, ts, text)
    answer = own.do("info", ts)
    assert answer["message"] == shown(own.live, ts)
    assert answer["message"]["edited"] == {"user": MIA, "ts": "2000000200.000000"}
    first, second = answer["edits"]
    assert first == {
        "type": "message",
        "user": MIA,
        "upload": False,
        "ts": "2000000100.000000",
        "text": "Second",
        "previous": {"text": "First"},
        "original_ts": ts,
        "subtype": "message_changed",
        "editor_id": MIA,
    }
    assert (second["ts"], second["previous"]["text"], second["text"]) == ("2000000200.000000", "Second", "Third")


def test_a_deleted_message_is_told_with_its_deletion(own: Overseer) -> None:
    ts, silent = posted(own.live, "First"), posted(own.live, "Only")
    edit(own.live, ts, "Second")
    delete(own.live, ts, "xoxp-ada")
    delete(own.live, silent)
    assert own.do("info", ts)["message"] == own.do("info", silent)["message"] == {"type": "deleted"}
    assert steps(own, ts) == [("First", "Second", MIA, "message_changed"), ("Second", "", ADA, "message_deleted")]
    assert steps(own, silent) == [("Only", "", MIA, "message_deleted")]
    assert {step["user"] for step in own.do("info", ts)["edits"]} == {MIA}


def test_what_retention_does_not_keep_is_not_told(own: Overseer) -> None:
    keeps(own.live, edits=False)
    ts = posted(own.live, "First")
    edit(own.live, ts, "Second")
    assert own.do("info", ts) == {"ok": True, "message": shown(own.live, ts), "edits": []}
    delete(own.live, ts)
    assert steps(own, ts) == [("Second", "", MIA, "message_deleted")]
    keeps(own.live, deletes=False)
    gone, parent = posted(own.live), posted(own.live)
    reply(own.live, parent)
    delete(own.live, gone)
    delete(own.live, parent)
    assert own.refused("info", gone) == "message_not_found"
    assert own.do("info", parent) == {"ok": True, "message": shown(own.live, parent, "xoxp-ada"), "edits": []}


def test_a_parent_that_was_deleted_is_told_as_any_other(own: Overseer) -> None:
    ts = posted(own.live, "Parent")
    reply(own.live, ts)
    delete(own.live, ts)
    assert own.do("info", ts)["message"] == {"type": "deleted"}
    assert steps(own, ts) == [("Parent", "", MIA, "message_deleted")]


def test_a_hidden_message_is_told_as_everyone_sees_it_and_its_words_in_its_story(overseer: Overseer) -> None:
    ts = posted(overseer.live, "First")
    edit(overseer.live, ts, "Second")
    overseer.do("tombstone", ts)
    overseer.do("update", ts, text="Quarantined")
    assert overseer.do("info", ts)["message"] == shown(overseer.live, ts)
    changed = "message_changed"
    assert steps(overseer, ts) == [
        ("First", "Second", MIA, changed),
        ("Second", DEFAULT, ADA, changed),
        (DEFAULT, "Quarantined", ADA, changed),
    ]


def test_messages_of_every_kind_of_conversation_are_found(overseer: Overseer) -> None:
    for channel, ts, team in ((MIA_MAX, posted(overseer.live, channel=MIA_MAX), PRESS), (OLD, LONG_AGO, NEWS)):
        for named in ("", team):
            assert overseer.do("info", ts, channel, team=named)["message"]["ts"] == ts
    answer = overseer.do("info", FROM_TOWN, LINK, team=NEWS)
    assert (answer["message"]["user"], answer["message"]["text"]) == (TOM, "From town")
    answer = overseer.do("info", UNSAID)
    assert answer["edits"][0]["previous"] == {"text": "Unsaid"}


def test_what_is_not_found(overseer: Overseer) -> None:
    ts = posted(overseer.live)
    assert overseer.refused("info", ts, "C0NONE00001") == overseer.refused("info", ts, team=SPORT) == "channel_not_found"
    for method in ("info", *WRITERS):
        more = WORDS.get(method, {})
        assert overseer.refused(method, "1.000100", **more) == overseer.refused(method, "soon", **more) == "message_not_found"
        assert overseer.refused(method, ts, team=TOWN, **more) == "team_not_found"
        assert overseer.refused(method, ts, team=SPORT, **more) in ("channel_not_found", "message_not_found")
        assert overseer.call(method, "", **more)["error"] == "invalid_arguments"
        if method != "info":
            assert overseer.refused(method, ts, "C0NONE00001", **more) == "message_not_found"


def test_only_owners_and_admins_of_the_organization_may(overseer: Overseer) -> None:
    ts = posted(overseer.live)
    scopes = "admin.chat:read,admin.chat:write"
    for method in ("info", *WRITERS):
        arguments = {"channel": DESK, "ts": ts} | WORDS.get(method, {})
        for person in (MIA, "W0AMY000001"):
            token = org_token(overseer.live, person, scopes)
            assert overseer.live.call(f"oversight.chat.{method}", token, **arguments) == refused("access_denied")
    assert shown(overseer.live, ts)


def test_either_scope_lets_one_hide(overseer: Overseer) -> None:
    ts = posted(overseer.live)
    exporting, reading = org_token(overseer.live, scopes="export:read"), org_token(overseer.live, scopes="admin.chat:read")
    hide = partial(overseer.live.call, "oversight.chat.tombstone", channel=DESK, ts=ts)
    assert hide(exporting)["ok"]
    answer = hide(reading)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "export:read")
    assert overseer.live.call("oversight.chat.restore", exporting, channel=DESK, ts=ts)["error"] == "missing_scope"


def test_a_story_is_told_as_far_as_one_answer_has_room(own: Overseer) -> None:
    first, cover = ("z" * 40_000, "w" * 40_000)
    ts = posted(own.live, first)
    at = rows(own.live, tables.messages, ts)[0]

    async def much(work: Any) -> None:
        message = await work.messages.lock(PRESS, DESK, at["ts"])
        for number in range(250):
            before, after = (f"{step} ".ljust(10_000, "x") for step in (number, number + 1))
            await work.messages.add_edit(message, edited_ts=at["ts"] + number, person=MIA, previous=before, text=after)

    own.live.on_loop(own.live.gridhall.storage.write(much))
    story = own.do("info", ts)["edits"]
    assert [step["text"].split()[0] for step in story] == [str(number) for number in range(54, 251)]
    own.do("tombstone", ts, content=cover)
    for _ in range(50):
        own.do("update", ts, text="y" * 40_000)
    story = own.do("info", ts)["edits"]
    assert len(story) == 50
    assert (story[0]["previous"]["text"], story[0]["text"]) == (first, cover), "told however much came after it"
    assert own.do("restore", ts)["message"]["text"] == first


def test_what_stood_in_a_message_s_place_is_remembered_fifty_times(overseer: Overseer) -> None:
    ts = posted(overseer.live, "Original")
    for number in range(53):
        overseer.do("tombstone", ts, content=f"Words {number}")
    story = overseer.do("info", ts)["edits"]
    assert [step["text"] for step in story] == ["Words 0", *(f"Words {number}" for number in range(4, 53))]
    assert [step["previous"]["text"] for step in story[:3]] == ["Original", "Words 0", "Words 4"]
    assert overseer.do("restore", ts)["message"]["text"] == "Original"


# Out of sight.


def test_a_message_is_hidden_behind_words_of_one_s_choice(overseer: Overseer) -> None:
    ts = posted(overseer.live)
    answer = overseer.do("tombstone", ts, content="Under <review> & more")
    message = answer["message"]
    assert (answer["channel"], answer["ts"]) == (DESK, ts)
    assert message == shown(overseer.live, ts)
    assert message.keys() == OUT_OF_SIGHT
    assert (message["subtype"], message["text"]) == ("dlp_tombstone", "Under &lt;review&gt; &amp; more")
    assert logged(overseer.live, ts) == [("message_tombstoned", ADA, {"user": MIA})]


@pytest.mark.parametrize("content", ["", "  ", *INVISIBLE])
def test_without_words_of_one_s_own_there_are_the_server_s(overseer: Overseer, content: str) -> None:
    ts = posted(overseer.live)
    assert overseer.do("tombstone", ts, content=content)["message"]["text"] == DEFAULT


def test_words_are_cut_where_a_post_s_would_be(overseer: Overseer) -> None:
    ts = posted(overseer.live)
    assert len(overseer.do("tombstone", ts, content="x" * 40_001)["message"]["text"]) == 40_000
    overseer.do("restore", ts)
    assert len(overseer.do("update", ts, text="x" * 40_001)["text"]) == 40_000


def test_a_second_tombstone_changes_the_words_and_keeps_the_original(overseer: Overseer) -> None:
    ts = posted(overseer.live, "Original")
    before = shown(overseer.live, ts)
    overseer.do("tombstone", ts, content="First")
    assert overseer.do("tombstone", ts, content="Second")["message"]["text"] == "Second"
    assert overseer.do("tombstone", ts)["message"]["text"] == DEFAULT
    assert [step[1] for step in steps(overseer, ts)] == ["First", "Second", DEFAULT]
    assert overseer.do("restore", ts)["message"] == before
    assert steps(overseer, ts) == []


def test_nobody_touches_what_is_out_of_sight(overseer: Overseer) -> None:
    press, id = overseer.live, str(uuid4())
    ts = posted(press, client_msg_id=id)
    pinned = posted(press)
    assert react(press, ts, "tada")["ok"]
    assert press.call("pins.add", "xoxp-max", channel=DESK, timestamp=pinned)["ok"]
    for each in (ts, pinned):
        overseer.do("tombstone", each)
    before = shown(press, ts)
    for token in ("xoxp-mia", "xoxp-ada", "xoxs-mia"):
        assert press.call("chat.delete", token, channel=DESK, ts=ts) == refused("cant_delete_message")
        assert press.call("chat.update", token, channel=DESK, ts=ts, text="Mine") == refused("cant_update_message")
        assert press.call("chat.postMessage", token, channel=DESK, text="Answer", thread_ts=ts) == refused(
            "cannot_reply_to_message"
        )
    for method in ("reactions.add", "reactions.remove"):
        assert press.call(method, "xoxp-max", channel=DESK, timestamp=ts, name="tada") == refused("message_not_found")
    assert press.call("pins.add", "xoxp-max", channel=DESK, timestamp=ts) == refused("message_not_found")
    assert press.call("pins.remove", "xoxp-max", channel=DESK, timestamp=pinned) == refused("message_not_found")
    again = press.call("chat.postMessage", "xoxp-mia", channel=DESK, text="Repeated", client_msg_id=id)
    assert (again["ts"], again["message"]["text"]) == (ts, DEFAULT)
    assert shown(press, ts) == before


def test_a_hidden_parent_hides_its_thread(overseer: Overseer) -> None:
    press, repeated, looking = overseer.live, str(uuid4()), "xoxp-max-looks"
    pinned = press.call("pins.list", looking, channel=DESK)["items"]
    reacted = press.call("reactions.list", looking)
    ts = posted(press)
    child = reply(press, ts)
    broadcast = reply(press, ts, "To all", reply_broadcast="true", client_msg_id=repeated)
    for answer in (child, broadcast):
        assert react(press, answer, "tada")["ok"]
        assert press.call("pins.add", "xoxp-max", channel=DESK, timestamp=answer)["ok"]

    def told() -> list[Any]:
        return [thread(press, ts), *(overseer.told(named) for named in (ts, child, broadcast))]

    before = told()
    overseer.do("tombstone", ts)
    for named in (ts, child, broadcast):
        [only] = thread(press, named)
        assert only == shown(press, ts)
        assert only.keys() == OUT_OF_SIGHT
    assert shown(press, broadcast) is None
    for answer in (child, broadcast):
        for method, key, more in OF_A_MESSAGE:
            asked = press.call(method, "xoxp-max", channel=DESK, **{key: answer}, **more)
            assert asked == refused("message_not_found"), method
        looked_at = press.call("reactions.get", looking, channel=DESK, timestamp=answer)
        assert looked_at == refused("message_not_found")
    again = {"channel": DESK, "text": "To all", "client_msg_id": repeated}
    assert press.call("chat.postMessage", "xoxp-max", **again) == refused("duplicate_message_not_found")
    assert press.call("pins.list", looking, channel=DESK)["items"] == pinned
    assert press.call("reactions.list", looking) == reacted
    assert press.call("reactions.list", looking, limit=1000)["items"] == reacted["items"]
    overseer.do("restore", ts)
    assert told() == before


def test_what_a_hidden_parent_hides_is_neither_the_newest_nor_unread(overseer: Overseer) -> None:
    press = overseer.live
    looking = make_token(press, PRESS, NEWS, MIA, ["im:read"])
    ts = posted(press, token="xoxp-mia", channel=MIA_MAX)
    broadcast = reply(press, ts, "To both", channel=MIA_MAX, reply_broadcast="true")

    def told() -> tuple[str, int, int]:
        state = press.call("conversations.info", looking, channel=MIA_MAX)["channel"]
        return state["latest"]["ts"], state["unread_count"], state["unread_count_display"]

    before = told()
    assert before[0] == broadcast
    overseer.do("tombstone", ts, MIA_MAX)
    assert told() == (ts, before[1] - 1, before[2] - 1)
    overseer.do("restore", ts, MIA_MAX)
    assert told() == before


def test_overseers_find_what_a_hidden_parent_hides(overseer: Overseer) -> None:
    press = overseer.live
    ts = posted(press)
    child, broadcast = reply(press, ts), reply(press, ts, "To all", reply_broadcast="true")
    overseer.do("tombstone", ts)
    for answer in (child, broadcast):
        overseer.do("update", answer, text="Other words")
        overseer.do("tombstone", answer)
        assert shown(press, answer) is None
        overseer.do("restore", answer)
        assert overseer.do("info", answer)["message"]["text"] == "Other words"
    overseer.do("delete", child)
    overseer.do("restore", ts)
    assert [message["ts"] for message in thread(press, ts)] == [ts, broadcast]


def test_the_thread_of_a_hidden_parent_that_is_purged_goes_on_under_a_placeholder(overseer: Overseer) -> None:
    press = overseer.live
    ts = posted(press)
    broadcast = reply(press, ts, "To all", reply_broadcast="true")
    overseer.do("tombstone", ts)
    overseer.do("delete", ts)
    assert [message["subtype"] for message in thread(press, ts)] == ["tombstone", "thread_broadcast"]
    assert shown(press, broadcast) is not None


@pytest.mark.parametrize("in_channel", ["false", "true"])
def test_a_hidden_reply_still_counts_for_its_thread(overseer: Overseer, in_channel: str) -> None:
    press = overseer.live
    ts = posted(press)
    reply(press, ts, token="xoxp-ada")
    child = reply(press, ts, "Words", reply_broadcast=in_channel)
    before = shown(press, ts)
    overseer.do("tombstone", child)
    parent, _, hidden = thread(press, ts)
    assert shown(press, ts) == before
    assert (parent["reply_count"], parent["reply_users"], parent["latest_reply"]) == (2, [ADA, MAX], child)
    assert (hidden["subtype"], hidden["text"], hidden["thread_ts"]) == ("dlp_tombstone", DEFAULT, ts)
    assert (shown(press, child) is not None) == (in_channel == "true")
    assert reply(press, child, "Goes on")
    overseer.do("delete", child)
    parent, *rest = thread(press, ts)
    assert (parent["reply_count"], len(rest)) == (2, 2)


def test_a_message_that_is_being_streamed_is_hidden_and_stays_so(own: Overseer) -> None:
    own.live.move(to=NOW)
    of = {"channel": DESK, "thread_ts": posted(own.live), "recipient_user_id": MIA, "recipient_team_id": NEWS}
    for method, more in (("tombstone", {}), ("update", {"text": DEFAULT}), ("delete", {})):
        ts = own.live.call("chat.startStream", "xoxb-wire", **of, markdown_text="secret")["ts"]
        own.do(method, ts, **more)
        code = "message_not_found" if method == "delete" else "message_not_in_streaming_state"
        for written in ("append", "stop"):
            answer = own.live.call(f"chat.{written}Stream", "xoxb-wire", channel=DESK, ts=ts, markdown_text="secret")
            assert answer == refused(code)
        assert "streams" not in kept(own.live, ts)
        own.live.move(advance=400)
        assert own.live.on_loop(own.live.gridhall.jobs.settle(10))
        assert "secret" not in json.dumps(thread(own.live, of["thread_ts"]))
        if method == "tombstone":
            restored = own.do("restore", ts)["message"]
            assert (restored["text"], restored["streaming_state"]) == ("secret", "errored")
            own.do("delete", ts)


def test_what_was_scheduled_for_a_hidden_thread_is_not_posted(own: Overseer) -> None:
    own.live.move(to=NOW)
    ts = posted(own.live)
    schedule(own.live, "Too late", thread_ts=ts, reply_broadcast="true")
    schedule(own.live, "In time", at=SOON + 200, thread_ts=ts, reply_broadcast="true")
    own.do("tombstone", ts)
    go(own.live)
    own.do("restore", ts)
    go(own.live, SOON + 200)
    assert texts(newer(own.live)) == ["Words", "In time"]
    assert [message["text"] for message in thread(own.live, ts)] == ["Words", "In time"]


def test_what_a_channel_tells_of_itself_is_hidden_and_not_rewritten(overseer: Overseer) -> None:
    assert overseer.refused("update", JOINED, text="Other") == "non_tombstoned_message_not_allowed"
    before = shown(overseer.live, JOINED)
    overseer.do("tombstone", JOINED)
    assert overseer.do("update", JOINED, text="Other")["message"]["text"] == "Other"
    overseer.do("restore", JOINED)
    assert shown(overseer.live, JOINED) == before


# Other words.


def test_nothing_of_what_was_said_stays(overseer: Overseer) -> None:
    ts = rich(overseer.live, "secret")
    answer = overseer.do("update", ts, text="Quarantined by policy 2.1.1")
    message = shown(overseer.live, ts)
    assert message is not None
    assert (answer["text"], message["text"]) == ("Quarantined by policy 2.1.1", "Quarantined by policy 2.1.1")
    assert message.keys().isdisjoint({"attachments", "metadata"})
    assert {name: message[name] for name in ("subtype", "reply_count", "pinned_to", "username")} == {
        "subtype": "bot_message",
        "reply_count": 2,
        "pinned_to": [DESK],
        "username": "secrPersona",
    }
    assert message["edited"]["user"] == ADA
    assert "secret" not in json.dumps(message)
    assert steps(overseer, ts) == [("secrettext", "Quarantined by policy 2.1.1", ADA, "message_changed")]
    assert logged(overseer.live, ts)[0] == ("message_updated", ADA, {"user": "W0WIRE00001"})


def test_a_text_is_read_as_plain_with_its_names_and_links(overseer: Overseer) -> None:
    ts = posted(overseer.live)
    text = "See #desk, <b> & https://policy.test/1"
    assert overseer.do("update", ts, text=text)["text"] == (f"See <#{DESK}|desk>, &lt;b&gt; &amp; <https://policy.test/1>")
    posted_so = posted(overseer.live, text, parse="full")
    assert (shown(overseer.live, ts) or {})["text"] == (shown(overseer.live, posted_so) or {})["text"]


def test_attachments_take_the_place_of_the_message_s(overseer: Overseer) -> None:
    ts = posted(overseer.live, "Words", attachments='[{"text": "old"}]')
    overseer.do("update", ts, attachments='[{"text": "new"}]')
    message = shown(overseer.live, ts) or {}
    assert (message["text"], [attachment["text"] for attachment in message["attachments"]]) == ("", ["new"])
    assert "blocks" not in message
    answer = overseer.do("update", ts, text="Words", attachments='[{"text": "newer"}]')
    assert (answer["text"], answer["message"]["attachments"][0]["text"]) == ("Words", "newer")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"text": " "},
        *({"text": text} for text in INVISIBLE),
        {"attachments": "[]"},
        {"attachments": "no json"},
        {"attachments": '[{"text": {}}]'},
        {"attachments": json.dumps([{"text": "many"}] * 101)},
    ],
    ids=str,
)
def test_what_no_message_can_be_made_of_changes_nothing(overseer: Overseer, arguments: dict[str, str]) -> None:
    ts = posted(overseer.live)
    before = shown(overseer.live, ts)
    assert overseer.refused("update", ts, **arguments) == "invalid_arguments"
    assert shown(overseer.live, ts) == before


def test_where_edits_are_not_kept_other_words_leave_nothing_of_the_first(own: Overseer) -> None:
    keeps(own.live, edits=False)
    ts = posted(own.live, "secret")
    own.do("update", ts, text="Other")
    assert "secret" not in json.dumps(own.do("info", ts))
    assert kept(own.live, ts) == set()


# Gone.


def hidden(overseer: Overseer, ts: str) -> None:
    overseer.do("tombstone", ts)


def restored(overseer: Overseer, ts: str) -> None:
    overseer.do("tombstone", ts)
    overseer.do("restore", ts)


def deleted(overseer: Overseer, ts: str) -> None:
    edit(overseer.live, ts, "Changed")
    delete(overseer.live, ts)


@pytest.mark.parametrize(
    "before",
    [
        lambda overseer, ts: None,
        lambda overseer, ts: edit(overseer.live, ts, "Changed"),
        hidden,
        restored,
        deleted,
    ],
    ids=["ordinary", "edited", "hidden", "restored", "deleted"],
)
@pytest.mark.parametrize("replies", [0, 2])
def test_nothing_is_left_of_what_is_purged(overseer: Overseer, before: Callable[[Overseer, str], None], replies: int) -> None:
    press, id = overseer.live, str(uuid4())
    ts = posted(press, client_msg_id=id)
    children = [reply(press, ts, token=token) for token in ("xoxp-max", "xoxp-ada")[:replies]]
    assert react(press, ts, "tada")["ok"]
    assert press.call("pins.add", "xoxp-max", channel=DESK, timestamp=ts)["ok"]
    before(overseer, ts)
    assert overseer.do("delete", ts) == {"ok": True, "channel": DESK, "ts": ts}
    assert kept(press, ts) == set()
    for method in ("delete", *WRITERS):
        assert overseer.refused(method, ts, **WORDS.get(method, {})) == "message_not_found"
    again = press.call("chat.postMessage", "xoxp-mia", channel=DESK, text="Repeated", client_msg_id=id)
    assert again == refused("duplicate_message_not_found")
    assert logged(press, ts)[-1] == ("message_deleted", ADA, {"user": MIA, "purged": True})
    if not children:
        assert overseer.refused("info", ts) == "message_not_found"
        assert (shown(press, ts), rows(press, tables.messages, ts)) == (None, [])
        return
    placeholder, *rest = thread(press, ts)
    assert (placeholder["subtype"], placeholder["reply_count"], len(rest)) == ("tombstone", 2, 2)
    assert overseer.do("info", ts)["edits"] == []
    for child in children:
        overseer.do("delete", child)
    assert rows(press, tables.messages, ts) == rows(press, tables.thread_members, ts, "thread_ts") == []


def test_a_reply_that_is_purged_is_not_counted_any_more(overseer: Overseer) -> None:
    ts = posted(overseer.live)
    first, second = reply(overseer.live, ts), reply(overseer.live, ts, token="xoxp-ada", reply_broadcast="true")
    overseer.do("tombstone", second)
    overseer.do("delete", second)
    parent, *rest = thread(overseer.live, ts)
    assert (parent["reply_count"], parent["reply_users"], parent["latest_reply"]) == (1, [MAX], first)
    assert [message["ts"] for message in rest] == [first]


def test_what_is_purged_is_not_kept_as_deleted(own: Overseer) -> None:
    ts = posted(own.live)
    own.do("delete", ts)
    assert rows(own.live, tables.deleted_messages, ts) == []


# Of others.


def test_a_message_of_another_organization_is_theirs(own: Overseer) -> None:
    press = own.live
    visitor = press.call("chat.postMessage", "xoxp-tom", channel=VISIT, text="At home")["ts"]
    gone = press.call("chat.postMessage", "xoxp-tom", channel=LINK, text="Gone")["ts"]
    assert press.call("chat.delete", "xoxp-tom", channel=LINK, ts=gone)["ok"]
    for channel, ts in ((LINK, FROM_TOWN), (VISIT, visitor)):
        before = shown(press, ts, channel=channel)
        for method in WRITERS:
            assert own.refused(method, ts, channel, **WORDS.get(method, {})) == "external_update_not_allowed"
        assert shown(press, ts, channel=channel) == before
        assert own.do("info", ts, channel)["message"]["user"] == TOM
    assert own.refused("delete", gone, LINK) == "external_update_not_allowed"


def hidden_by_its_own(live: Live, channel: str, ts: str) -> None:
    """Have the organization that a message is of take it out of sight."""

    async def unit(work: Any) -> None:
        host = PRESS if channel == LINK else TOWN
        message = await work.messages.lock(host, channel, ts_micros(ts))
        await tombstones.cover(work, message, Content(text="Look away"), by=TOM)

    live.on_loop(live.gridhall.storage.write(unit))


@pytest.mark.parametrize("channel", [LINK, VISIT])
def test_what_another_organization_s_message_said_before_is_told_to_nobody_else(own: Overseer, channel: str) -> None:
    press = own.live
    edited, out_of_sight, gone, parent = (posted(press, "secret", "xoxp-tom", channel) for _ in range(4))
    for ts in (edited, out_of_sight):
        assert press.call("chat.update", "xoxp-tom", channel=channel, ts=ts, text="Other words")["ok"]
    hidden_by_its_own(press, channel, out_of_sight)
    reply(press, parent, "Why?", "xoxp-mia", channel)
    for ts in (gone, parent):
        assert press.call("chat.delete", "xoxp-tom", channel=channel, ts=ts)["ok"]
    for ts, text in ((edited, "Other words"), (out_of_sight, "Look away"), (parent, "This message was deleted.")):
        answer = own.do("info", ts, channel)
        assert (answer["message"]["text"], answer["edits"]) == (text, [])
        assert answer["message"] == shown(press, ts, "xoxp-ada", channel)
        assert "secret" not in json.dumps(answer)
    assert own.refused("info", gone, channel) == "message_not_found"


def test_one_s_own_people_s_messages_are_one_s_own_wherever_they_are(own: Overseer) -> None:
    press = own.live
    before = shown(press, ON_A_VISIT, channel=VISIT)
    own.do("tombstone", ON_A_VISIT, VISIT, team=NEWS)
    for reader in ("xoxp-tom", "xoxp-mia"):
        assert (shown(press, ON_A_VISIT, reader, VISIT) or {})["text"] == DEFAULT
    own.do("restore", ON_A_VISIT, VISIT)
    own.do("update", ON_A_VISIT, VISIT, text="Mended")
    assert before is not None
    assert (shown(press, ON_A_VISIT, "xoxp-tom", VISIT) or {})["text"] == "Mended"
    own.do("delete", ON_A_VISIT, VISIT)
    assert shown(press, ON_A_VISIT, channel=VISIT) is None
    acts = ["message_tombstoned", "message_restored", "message_updated", "message_deleted"]
    for log in (PRESS, TOWN):
        assert [(action, who) for action, who, _ in logged(press, ON_A_VISIT, log)] == [(act, ADA) for act in acts]


# Channels.


def test_in_an_archived_channel_everything_goes_on(own: Overseer) -> None:
    for method in ("tombstone", "restore", "update", "delete"):
        own.do(method, LONG_AGO, OLD, **WORDS.get(method, {}))
    assert shown(own.live, LONG_AGO, channel=OLD) is None


def test_in_a_deleted_channel_messages_are_told_and_nothing_is_changed(own: Overseer) -> None:
    ts, hidden_ts = posted(own.live), posted(own.live)
    own.do("tombstone", hidden_ts)
    story = own.do("info", hidden_ts)
    token = org_token(own.live, scopes="admin.conversations:write")
    assert own.live.call("admin.conversations.delete", token, channel_id=DESK)["ok"]
    assert own.do("info", ts)["message"]["text"] == "Words"
    assert own.do("info", hidden_ts) == story
    for method in WRITERS:
        for each in (ts, hidden_ts):
            assert own.refused(method, each, **WORDS.get(method, {})) == "message_not_found"
    own.live.move(advance=86_400)
    assert own.refused("info", ts) == "channel_not_found"


# What time does.


DAY = 86_400


@pytest.fixture
def aging(any_databases: Databases) -> Iterator[Overseer]:
    """Over a server whose clock stands still, after retention's first round, with messages that are kept for 30 days."""
    with live(any_databases.filled("chat")) as running:
        pass_days(running, 0)
        change(running, update(tables.organizations).values(retention_days=30))
        yield Overseer(running)


def pass_days(live: Live, days: float) -> None:
    live.move(advance=days * DAY)
    assert live.on_loop(live.gridhall.jobs.settle(30))


def test_what_is_out_of_sight_goes_when_its_days_are_over(aging: Overseer) -> None:
    press = aging.live
    ts = posted(press, "Words", client_msg_id="an-id")
    edit(press, ts, "Other")
    react(press, ts, "tada")
    pass_days(press, 20)
    child = reply(press, ts)
    aging.do("tombstone", ts)
    pass_days(press, 11)
    assert kept(press, ts) == set()
    [placeholder, rest] = thread(press, ts)
    assert (placeholder["subtype"], placeholder["text"], rest["ts"]) == ("tombstone", "This message was deleted.", child)
    assert aging.refused("restore", ts) == aging.refused("delete", ts) == "message_not_found"
    assert aging.do("info", ts)["edits"] == []
    assert posted(press, "Words", client_msg_id="an-id") != ts, "the client's id is free again"


def test_what_is_restored_goes_when_its_days_are_over(aging: Overseer) -> None:
    ts = posted(aging.live)
    aging.do("tombstone", ts)
    pass_days(aging.live, 29)
    aging.do("restore", ts)
    assert shown(aging.live, ts) is not None
    pass_days(aging.live, 2)
    assert (shown(aging.live, ts), kept(aging.live, ts)) == (None, set())


def test_a_hundred_looks_an_hour(any_databases: Databases) -> None:
    with live(any_databases.filled("chat"), rate_factor=1.0) as press:
        press.move(to=NOW)
        overseer, ts = Overseer(press), LONG_AGO
        for number in range(100):
            if number % 20 == 0:
                press.move(advance=1)
            overseer.do("info", ts, OLD)
        reply = press.reply("oversight.chat.info", overseer.token, channel=OLD, ts=ts)
        assert (reply.status, reply.json["error"]) == (429, "ratelimited")
        assert 1 <= int(reply.headers["retry-after"]) <= 36
        press.move(advance=36)
        overseer.do("info", ts, OLD)


def test_it_is_deleted_once(overseer: Overseer) -> None:
    for kept_deleted in (False, True):
        ts = posted(overseer.live)
        if kept_deleted:
            delete(overseer.live, ts)
        answers = at_once(*[lambda ts=ts: overseer.call("delete", ts)] * 3)
        assert sorted(answer.get("error", "") for answer in answers) == ["", "message_not_found", "message_not_found"]
