"""What apps attach to messages: posted, changed and taken away by chat.*, told by whatever shows messages."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from gridhall.storage import tables
from harness.live import Live
from methods.press import DESK, LINK, MIA_MAX, WIRE, post, posted, refused, reply, rows, shown, thread
from methods.rows import change

EVENT = {"event_type": "task_created", "event_payload": {"id": "11223", "hours": 1.5, "done": False, "owner": {"name": "é"}}}
KIND = {"event_type": "task_created"}
TASK = {
    "entity_type": "slack#/entities/task",
    "url": "https://tasks.test/1",
    "external_ref": {"id": "1", "type": "task"},
    "entity_payload": {
        "attributes": {"title": {"text": "Write"}, "product_icon": {"alt_text": "a pen", "url": "https://tasks.test/pen.png"}},
        "fields": {"status": {"value": "open", "tag_color": "blue"}},
        "custom_fields": [{"key": "tags", "label": "Tags", "type": "array", "item_type": "string", "value": [{"value": "a"}]}],
        "display_order": ["tags", "status"],
    },
}
ENTITIES = {"entities": [TASK]}


def attach(press: Live, metadata: object = EVENT, token: str = "xoxb-wire", channel: str = DESK) -> str:
    """The `ts` of a new message that something is attached to."""
    return posted(press, "Done", token, channel, metadata=json.dumps(metadata))


def alter(press: Live, ts: str, token: str = "xoxb-wire", **arguments: object) -> dict[str, Any]:
    return press.call("chat.update", token, channel=DESK, ts=ts, **arguments)


def read(press: Live, ts: str, token: str = "xoxp-mia", **arguments: object) -> Any:
    """What history tells of what is attached to a message."""
    answer = press.call(
        "conversations.history", token, channel=DESK, oldest=ts, latest=ts, inclusive="true", limit=2, **arguments
    )
    [message] = answer["messages"]
    return message.get("metadata")


# Posting.


@pytest.mark.parametrize("metadata", [EVENT, ENTITIES, EVENT | ENTITIES], ids=["event", "entities", "both"])
@pytest.mark.parametrize("token", ["xoxb-wire", "xoxp-mia"])
def test_what_is_attached_is_told(press: Live, metadata: dict[str, Any], token: str) -> None:
    answer = post(press, "Done", token, metadata=json.dumps(metadata))
    assert answer["message"]["metadata"] == metadata
    assert read(press, answer["ts"], include_all_metadata="true") == metadata


def test_an_object_serves_as_well_as_its_json(press: Live) -> None:
    headers = {"authorization": "Bearer xoxb-wire", "content-type": "application/json; charset=utf-8"}
    body = json.dumps({"channel": DESK, "text": "Done", "metadata": EVENT}).encode()
    assert press.request("POST", "/api/chat.postMessage", body, headers).json["message"]["metadata"] == EVENT


@pytest.mark.parametrize("nothing", ["{}", ""])
def test_nothing_is_attached(press: Live, nothing: str) -> None:
    answer = post(press, "Done", "xoxb-wire", metadata=nothing)
    assert "metadata" not in answer["message"]
    assert rows(press, tables.messages, answer["ts"])[0]["metadata"] is None


def test_what_means_nothing_is_left_out(press: Live) -> None:
    answer = post(press, "Done", "xoxb-wire", metadata=json.dumps(EVENT | {"entities": [], "other": 1}))
    assert answer["message"]["metadata"] == EVENT


def test_a_work_object_is_a_message_in_itself(press: Live) -> None:
    answer = press.call("chat.postMessage", "xoxb-wire", channel=DESK, metadata=json.dumps(ENTITIES))
    assert (answer["message"]["text"], answer["message"]["metadata"]) == ("", ENTITIES)
    nothing = press.call("chat.postMessage", "xoxb-wire", channel=DESK, metadata=json.dumps(EVENT))
    assert nothing == refused("no_text")


def test_a_repetition_tells_what_is_attached_already(press: Live) -> None:
    first = post(press, "Done", "xoxb-wire", metadata=json.dumps(EVENT), client_msg_id="attached-once")
    again = post(press, "Done", "xoxb-wire", client_msg_id="attached-once")
    assert again["message"] == first["message"]


def wrong(**more: object) -> dict[str, Any]:
    return {"entities": [TASK | more]}


@pytest.mark.parametrize(
    ("metadata", "code", "why"),
    [
        ("{", "invalid_metadata_format", "is no valid JSON object: metadata"),
        ("[]", "invalid_metadata_format", "must be an object: metadata"),
        ({"event_payload": {}}, "invalid_metadata_format", "needs the field `event_type` [json-pointer:/metadata]"),
        ({"event_type": "a"}, "invalid_metadata_format", "needs the field `event_payload` [json-pointer:/metadata]"),
        ({"entities": []}, "invalid_metadata_format", "needs the field `event_type` [json-pointer:/metadata]"),
        (
            {"event_type": 1, "event_payload": {}},
            "invalid_metadata_schema",
            "must be a string [json-pointer:/metadata/event_type]",
        ),
        (
            {"event_type": "a", "event_payload": []},
            "invalid_metadata_schema",
            "must be an object or null [json-pointer:/metadata/event_payload]",
        ),
        ({"entities": {}}, "invalid_metadata_schema", "must be an array [json-pointer:/metadata/entities]"),
        (wrong(url=None), "invalid_metadata_schema", "must be a string [json-pointer:/metadata/entities/0/url]"),
        (
            wrong(url="java\tscript:alert(1)"),
            "invalid_metadata_schema",
            "must be an address that runs no script [json-pointer:/metadata/entities/0/url]",
        ),
        (
            wrong(entity_type="slack#/entities/cat"),
            "invalid_metadata_schema",
            "must be one of 'slack#/entities/calendar_event', 'slack#/entities/content_item', 'slack#/entities/file', "
            "'slack#/entities/incident', 'slack#/entities/item', 'slack#/entities/tableau_analytics', 'slack#/entities/task' "
            "[json-pointer:/metadata/entities/0/entity_type]",
        ),
        (
            wrong(entity_payload={"attributes": {"title": {"text": "a"}, "product_icon": {"url": "https://a.test"}}}),
            "invalid_metadata_schema",
            "needs the field `alt_text` [json-pointer:/metadata/entities/0/entity_payload/attributes/product_icon]",
        ),
        (
            wrong(entity_payload={"attributes": {"title": {"text": "a"}}, "fields": {"a/~b": {"tag_color": "pink"}}}),
            "invalid_metadata_schema",
            "must be one of 'blue', 'gray', 'green', 'red', 'yellow' "
            "[json-pointer:/metadata/entities/0/entity_payload/fields/a~1~0b/tag_color]",
        ),
    ],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_what_cannot_be_attached(press: Live, method: str, metadata: object, code: str, why: str) -> None:
    sent = metadata if isinstance(metadata, str) else json.dumps(metadata)
    where = {"channel": DESK, "ts": "1500000002.000100"} if method == "chat.update" else {"channel": DESK}
    answer = press.call(method, "xoxb-wire", text="Done", metadata=sent, **where)
    assert answer == refused(code) | {"response_metadata": {"messages": [f"[ERROR] {why}"]}}


def test_there_is_an_end_to_what_is_attached(press: Live) -> None:
    def sized(size: int) -> str:
        frame = len('{"event_type":"a","event_payload":{"a":""}}')
        return json.dumps({"event_type": "a", "event_payload": {"a": "x" * (size - frame)}})

    assert post(press, "Done", "xoxb-wire", metadata=sized(16_384))["ok"]
    answer = press.call("chat.postMessage", "xoxb-wire", channel=DESK, text="Done", metadata=sized(16_385))
    assert answer["error"] == "metadata_too_large"


@pytest.mark.parametrize("metadata", [json.dumps(EVENT), "{}"])
def test_only_apps_attach(press: Live, metadata: str) -> None:
    told = press.call("chat.postMessage", "xoxs-mia", channel=DESK, text="Done", metadata=metadata)
    assert told == refused("metadata_must_be_sent_from_app")
    ts = posted(press, "Done", "xoxp-mia")
    assert alter(press, ts, "xoxs-mia", metadata=metadata) == refused("metadata_must_be_sent_from_app")


# Changing.


def test_what_is_attached_stays(press: Live) -> None:
    ts = attach(press)
    assert alter(press, ts, text="Done at last")["message"]["metadata"] == EVENT
    assert read(press, ts, include_all_metadata="true") == EVENT


def test_what_is_attached_is_changed(press: Live) -> None:
    ts = attach(press)
    other = {"event_type": "task_closed", "event_payload": {"by": ["a", None]}}
    before = rows(press, tables.messages, ts)[0]["content"]
    answer = alter(press, ts, metadata=json.dumps(other))
    assert answer["message"]["metadata"] == other
    assert (answer["text"], "edited" in answer["message"]) == ("Done", False)
    assert read(press, ts, include_all_metadata="true") == other
    # The words stay: that is no edit.
    assert rows(press, tables.messages, ts)[0]["content"] == before
    assert rows(press, tables.message_edits, ts) == []


def test_it_is_changed_with_the_words(press: Live) -> None:
    ts = attach(press)
    answer = alter(press, ts, text="Well done", metadata=json.dumps(EVENT | ENTITIES))
    assert (answer["text"], answer["message"]["metadata"]) == ("Well done", EVENT | ENTITIES)
    assert answer["message"]["edited"]["user"] == WIRE
    assert [row["text"] for row in rows(press, tables.message_edits, ts)] == ["Well done"]


def test_an_empty_object_takes_it_away(press: Live) -> None:
    ts = attach(press)
    assert "metadata" not in alter(press, ts, metadata="{}")["message"]
    assert read(press, ts, include_all_metadata="true") is None
    assert shown(press, ts) is not None


def test_a_message_that_was_a_work_object_alone_says_something_still(press: Live) -> None:
    ts = press.call("chat.postMessage", "xoxb-wire", channel=DESK, metadata=json.dumps(ENTITIES))["ts"]
    assert alter(press, ts, metadata="{}") == refused("no_text")
    assert read(press, ts, include_all_metadata="true") == ENTITIES
    assert alter(press, ts, metadata=json.dumps(EVENT | ENTITIES))["ok"]
    assert alter(press, ts, metadata="{}", text="In words")["ok"]


def test_a_reply_is_not_shown_and_changed_at_once(press: Live) -> None:
    ts = reply(press, posted(press, "Who?"), "I", "xoxb-wire")
    answer = alter(press, ts, reply_broadcast="true", metadata=json.dumps(EVENT))
    assert answer == refused("no_dual_broadcast_content_update")


# Reading.


def test_history_tells_as_much_as_is_asked_for(press: Live) -> None:
    ts = attach(press, EVENT | ENTITIES)
    keys = '["id", "owner", "no such key"]'
    some = {"id": "11223", "owner": {"name": "é"}}
    for _ in range(2):
        assert read(press, ts) == KIND
        assert read(press, ts, include_all_metadata="true") == EVENT | ENTITIES
        assert read(press, ts, metadata_keys_to_include=keys) == KIND | {"event_payload": some}
        assert read(press, ts, metadata_keys_to_include="hours,done", include_all_metadata="1") == (
            KIND | {"event_payload": {"hours": 1.5, "done": False}} | ENTITIES
        )
        assert read(press, ts, include_all_metadata="false") == KIND


def test_without_an_event_nothing_is_told_until_all_is_asked_for(press: Live) -> None:
    ts = attach(press, ENTITIES)
    assert read(press, ts) is None
    assert read(press, ts, metadata_keys_to_include="id") is None
    assert read(press, ts, include_all_metadata="true") == ENTITIES


def test_a_person_of_an_app_without_a_bot_attaches(press: Live) -> None:
    ts = posted(press, "From town", "xoxp-tom", LINK, metadata=json.dumps(EVENT))
    message = shown(press, ts, "xoxp-mia", LINK)
    assert message is not None
    assert (message["metadata"], "bot_profile" in message) == (KIND, False)


def test_a_thread_tells_as_much_as_is_asked_for(press: Live) -> None:
    parent = attach(press)
    reply(press, parent, "Plain")
    reply(press, parent, "Attached", "xoxb-wire", metadata=json.dumps(ENTITIES | EVENT), reply_broadcast="true")
    assert [message.get("metadata") for message in thread(press, parent)] == [KIND, None, KIND]
    answer = press.call("conversations.replies", "xoxp-mia", channel=DESK, ts=parent, include_all_metadata="true")
    assert [message.get("metadata") for message in answer["messages"]] == [EVENT, None, EVENT | ENTITIES]
    roots = [message["root"]["metadata"] for message in (thread(press, parent)[2], answer["messages"][2])]
    assert roots == [KIND, EVENT]


def test_whatever_else_shows_it_tells_the_kind(press: Live) -> None:
    ts = attach(press)
    press.call("pins.add", "xoxp-mia", channel=DESK, timestamp=ts)
    press.call("reactions.add", "xoxp-max", channel=DESK, timestamp=ts, name="tada")
    attach(press, token="xoxp-max", channel=MIA_MAX)
    latest = press.call("conversations.open", "xoxp-mia", channel=MIA_MAX, return_im="true")
    look = "xoxp-max-looks"
    pins = [item["message"] for item in press.call("pins.list", look, channel=DESK)["items"]]
    given = [item["message"] for item in press.call("reactions.list", look)["items"]]
    told = [
        next(message for message in pins if message["ts"] == ts),
        next(message for message in given if message["ts"] == ts),
        press.call("reactions.get", look, channel=DESK, timestamp=ts)["message"],
        latest["channel"]["latest"],
    ]
    assert [message["metadata"] for message in told] == [KIND] * 4


# Taking away.


def test_a_deleted_message_is_kept_with_it(press: Live) -> None:
    ts = attach(press)
    reply(press, ts)
    assert press.call("chat.delete", "xoxb-wire", channel=DESK, ts=ts)["ok"]
    assert json.loads(rows(press, tables.deleted_messages, ts)[0]["metadata"]) == EVENT
    assert read(press, ts, include_all_metadata="true") is None


def test_where_nothing_is_kept_it_is_gone(own_press: Live) -> None:
    change(own_press, update(tables.organizations).values(keep_deletes=False))
    ts = attach(own_press)
    reply(own_press, ts)
    assert own_press.call("chat.delete", "xoxb-wire", channel=DESK, ts=ts)["ok"]
    assert rows(own_press, tables.deleted_messages, ts) == []
    assert rows(own_press, tables.messages, ts)[0]["metadata"] is None
