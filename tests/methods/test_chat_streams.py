"""chat.startStream, chat.appendStream, chat.stopStream"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from gridhall.domain.blocks import LONGEST_JSON
from gridhall.storage import tables
from harness.live import Live
from methods.press import (
    ALOOF,
    ANNOUNCED,
    DAN,
    DESK,
    DISCUSS,
    FLAT,
    JOINED,
    LONG_AGO,
    MAX,
    MIA,
    NEWS,
    OLD,
    PRESS,
    READ_ONLY,
    SAFE,
    SPORT,
    THREAD_ONLY,
    TOM,
    TOWN,
    at_once,
    post,
    posted,
    refused,
    rows,
    thread,
)

BOT, OTHER_BOT = "xoxb-wire", "xoxb-loud"
DIVIDER = {"type": "divider"}


@pytest.fixture
def one_press(_press_sqlite: Live) -> Iterator[Live]:
    """One server over `chat.yaml`, for what no engine can make different."""
    yield _press_sqlite
    assert not _press_sqlite.undeclared, "\n".join(_press_sqlite.undeclared)


def call(press: Live, method: str, token: str = BOT, channel: str = DESK, **arguments: Any) -> dict[str, Any]:
    """The answer of a method of streams; what is no text goes as JSON."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()}
    return press.call(f"chat.{method}Stream", token, channel=channel, **texts)


def begin(press: Live, parent: str | None = None, **arguments: Any) -> dict[str, Any]:
    """The answer of chat.startStream to somebody's message."""
    arguments = {"thread_ts": parent or posted(press), "recipient_user_id": MIA, "recipient_team_id": NEWS} | arguments
    return call(press, "start", **{name: value for name, value in arguments.items() if value is not None})


def begun(press: Live, parent: str | None = None, **arguments: Any) -> str:
    """The `ts` of a new stream."""
    answer = begin(press, parent, **arguments)
    assert answer["ok"], answer
    return str(answer["ts"])


def append(press: Live, ts: str, text: str | None = None, **arguments: Any) -> None:
    added = call(press, "append", ts=ts, **arguments | ({"markdown_text": text} if text is not None else {}))
    assert added == {"ok": True, "channel": DESK, "ts": ts}


def stop(press: Live, ts: str, **arguments: Any) -> dict[str, Any]:
    """The message as chat.stopStream tells it."""
    answer = call(press, "stop", ts=ts, **arguments)
    assert answer["ok"], answer
    message: dict[str, Any] = answer["message"]
    return message


def read(press: Live, ts: str) -> dict[str, Any]:
    """The message as its thread shows it."""
    [message] = [message for message in thread(press, ts) if message["ts"] == ts]
    return message


def words(text: str) -> dict[str, str]:
    return {"type": "markdown_text", "text": text}


def task(id: str, title: str, status: str, **more: Any) -> dict[str, Any]:
    return {"type": "task_update", "id": id, "title": title, "status": status, **more}


def named(title: str) -> dict[str, str]:
    return {"type": "plan_update", "title": title}


def bare(block: dict[str, Any]) -> dict[str, Any]:
    """A block without its id."""
    assert block["block_id"]
    return {name: value for name, value in block.items() if name != "block_id"}


def rich(text: str) -> dict[str, Any]:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }


# A stream's life.


def test_a_message_is_written_piece_by_piece(press: Live) -> None:
    parent = posted(press)
    started = begin(press, parent)
    ts = started["ts"]
    assert started == {"ok": True, "channel": DESK, "ts": ts}
    message = read(press, ts)
    assert (message["text"], message["streaming_state"], "blocks" in message) == ("", "in_progress", False)
    assert (message["user"], message["thread_ts"], message["parent_user_id"]) == ("W0WIRE00001", parent, MIA)

    append(press, ts, "One ")
    append(press, ts, "& two")
    message = read(press, ts)
    assert (message["text"], message["streaming_state"]) == ("One &amp; two", "in_progress")
    assert [bare(block) for block in message["blocks"]] == [{"type": "markdown", "text": "One & two"}]

    ended = stop(press, ts, markdown_text=" & three")
    assert (ended["text"], ended["streaming_state"], ended["bot_profile"]["name"]) == (
        "One &amp; two &amp; three",
        "completed",
        "wire",
    )
    assert read(press, ts) == ended
    assert "edited" not in ended
    assert rows(press, tables.message_edits, ts) == rows(press, tables.streams, ts) == []


def test_what_was_streamed_is_shown_as_if_it_had_been_posted_at_once(one_press: Live) -> None:
    text = "**Bold** and _not_\n\n* a list\n* of `two`"
    whole = post(one_press, token=BOT, text="", markdown_text=text)["message"]
    ts = begun(one_press, markdown_text=text[:5])
    append(one_press, ts, text[5:30])
    ended = stop(one_press, ts, markdown_text=text[30:])
    assert ended["text"] == whole["text"]
    assert [bare(block) for block in ended["blocks"]] == [bare(block) for block in whole["blocks"]]


def test_what_comes_to_more_blocks_than_can_be_stays_as_it_was_written(press: Live) -> None:
    text = "# A heading\n\n" * 60
    assert press.call("chat.postMessage", BOT, channel=DESK, markdown_text=text)["ok"] is False
    message = stop(press, begun(press, markdown_text=text))
    assert [bare(block) for block in message["blocks"]] == [{"type": "markdown", "text": text}]


def test_blank_text_between_tasks_is_not_shown(press: Live) -> None:
    tasks = [task("a", "A", "complete"), words("\n"), task("b", "B", "complete")]
    ts = begun(press, chunks=tasks)
    for message in (read(press, ts), stop(press, ts)):
        assert [block["type"] for block in message["blocks"]] == ["task_card", "task_card"]


def test_blocks_and_metadata_come_at_the_end(press: Live) -> None:
    ts = begun(press, markdown_text="Well?")
    event = {"event_type": "asked", "event_payload": {"times": 1}}
    ended = stop(press, ts, blocks=[DIVIDER, DIVIDER], metadata=event)
    assert [block["type"] for block in ended["blocks"]][-2:] == ["divider", "divider"]
    assert json.loads(rows(press, tables.messages, ts)[0]["metadata"]) == event
    assert ended["metadata"] == event


def test_a_persona_streams(one_press: Live) -> None:
    message = stop(one_press, begun(one_press, username="Anchor", icon_emoji=":anchor:", markdown_text="Good evening"))
    assert (message["subtype"], message["username"], message["icons"]) == ("bot_message", "Anchor", {"emoji": ":anchor:"})


def test_a_thread_counts_a_stream_once(press: Live) -> None:
    parent = posted(press)
    ts = begun(press, parent)
    append(press, ts, "One")
    stop(press, ts, markdown_text="Two")
    head, only = thread(press, parent)
    assert (head["reply_count"], head["latest_reply"], only["ts"]) == (1, ts, ts)


def test_whom_a_stream_came_to_mention_follows_the_thread(press: Live) -> None:
    parent = posted(press)
    ts = begun(press, parent)
    append(press, ts, f"Ask <@{MAX}>")
    assert not thread(press, parent, "xoxp-max")[0]["subscribed"]
    stop(press, ts)
    assert thread(press, parent, "xoxp-max")[0]["subscribed"]


# Tasks.


def test_tasks_stand_where_they_came_up(press: Live) -> None:
    ts = begun(press, chunks=[words("Let me "), words("see."), task("a", "Search", "pending", details="In A")])
    first = read(press, ts)
    source = {"type": "url", "url": "https://press.test/b", "text": "B"}
    append(
        press,
        ts,
        chunks=[
            words("Found."),
            task("a", "Searched", "complete", details=" and B", output="2", sources=[source]),
            task("a", "Searched", "complete", sources=[source]),
            {"type": "blocks", "blocks": [DIVIDER]},
        ],
    )
    message = read(press, ts)
    assert [block["block_id"] for block in message["blocks"][:2]] == [block["block_id"] for block in first["blocks"]]
    assert message["text"] == "Let me see.\nFound."
    assert [bare(block) for block in message["blocks"]] == [
        {"type": "markdown", "text": "Let me see."},
        {
            "type": "task_card",
            "task_id": "a",
            "title": "Searched",
            "status": "complete",
            "details": rich("In A and B"),
            "output": rich("2"),
            "sources": [source],
        },
        {"type": "markdown", "text": "Found."},
        DIVIDER,
    ]
    ended = stop(press, ts)
    assert [block["type"] for block in ended["blocks"] if block["type"] not in ("rich_text", "markdown")] == [
        "task_card",
        "divider",
    ]


def test_a_plan_holds_all_tasks(press: Live) -> None:
    ts = begun(press, task_display_mode="plan", chunks=[task("a", "Search", "complete")])
    [plan] = read(press, ts)["blocks"]
    assert (plan["type"], plan["title"], [one["task_id"] for one in plan["tasks"]]) == ("plan", "Search", ["a"])
    append(press, ts, chunks=[words("Found."), named("Working & thinking"), task("b", "Write", "complete")])
    message = stop(press, ts)
    again = message["blocks"][0]
    assert (again["block_id"], again["title"]) == (plan["block_id"], "Working & thinking")
    assert [(one["task_id"], one["status"]) for one in again["tasks"]] == [("a", "complete"), ("b", "complete")]
    assert message["text"] == "Found."
    assert [block["type"] for block in message["blocks"]].count("plan") == 1


def test_without_a_word_the_text_tells_what_the_blocks_say(one_press: Live) -> None:
    tasks = [task("a", "Search & find", "complete"), task("b", "Write", "complete")]
    assert stop(one_press, begun(one_press, chunks=tasks))["text"] == "Search &amp; find\nWrite"
    in_plan = begun(one_press, task_display_mode="plan", chunks=[named("Two things"), *tasks])
    assert stop(one_press, in_plan)["text"] == "Two things\nSearch &amp; find\nWrite"
    header = {"type": "header", "text": {"type": "plain_text", "text": "News"}}
    assert stop(one_press, begun(one_press), blocks=[header])["text"] == "News"


def test_a_task_that_is_under_way_at_the_end_has_failed(one_press: Live) -> None:
    tasks = [task("a", "Search", "complete"), task("b", "Write", "in_progress"), task("c", "Print", "pending")]
    [plan] = stop(one_press, begun(one_press, task_display_mode="plan", chunks=[named("All"), *tasks]))["blocks"]
    assert plan["title"] == "Something went wrong"
    assert [one["status"] for one in plan["tasks"]] == ["complete", "error", "pending"]


# What is refused.


def test_the_first_content_decides_in_which_way_a_stream_goes_on(one_press: Live) -> None:
    for first, other in (
        ({"markdown_text": "a"}, {"chunks": [words("b")]}),
        ({"chunks": [words("b")]}, {"markdown_text": "a"}),
    ):
        ts = begun(one_press)
        append(one_press, ts, **first)
        for method in ("append", "stop"):
            assert call(one_press, method, ts=ts, **other) == refused("streaming_mode_mismatch")
        stop(one_press, ts, blocks=[DIVIDER], chunks=[])


@pytest.mark.parametrize("method", ["start", "append", "stop"])
def test_content_that_cannot_be(one_press: Live, method: str) -> None:
    stand = partial(begin, one_press) if method == "start" else partial(call, one_press, method, ts=begun(one_press))

    def told(chunks: Any) -> Any:
        answer = stand(chunks=chunks)
        return answer["error"], *answer.get("response_metadata", {}).get("messages", ())

    assert stand(markdown_text="a", chunks=[words("b")]) == refused("cannot_provide_both_markdown_text_and_chunks")
    assert stand(markdown_text="a" * 12_001) == refused("msg_too_long")
    assert stand(chunks=[words("a" * 12_001)]) == refused("msg_too_long")
    assert stand(chunks=[words("a" * 6_000), task("t", "T", "complete", details="a" * 6_000)]) == refused("msg_too_long")
    assert stand(chunks=[{"type": "blocks", "blocks": [DIVIDER] * 51}]) == refused("msg_blocks_too_many")
    assert stand(chunks=[{"type": "blocks", "blocks": [DIVIDER] * 26}] * 2) == refused("msg_blocks_too_many")
    wide = {"type": "section", "fields": [{"type": "plain_text", "text": "x" * 2000}] * 10}
    half = {"type": "blocks", "blocks": [wide] * (LONGEST_JSON // 40_000 + 1)}
    assert stand(chunks=[half, half])["error"] == "msg_blocks_too_long"
    assert told([words("a")] * 101) == ("invalid_chunks", "[ERROR] must have no more than 100 items [json-pointer:/chunks]")
    assert stand(chunks=[task("t", "T", "complete", more="x" * 2 * LONGEST_JSON)]) == refused("msg_too_long")
    code, message = told([words("a"), {"type": "blocks", "blocks": [{"type": "nothing"}]}])
    assert (code, "[json-pointer:/chunks/1/blocks/0/type]" in message) == ("invalid_blocks", True)


@pytest.mark.parametrize(
    ("chunk", "pointer"),
    [
        ({}, ""),
        ({"type": "thought"}, "/type"),
        (words(""), "/text"),
        ({"type": "markdown_text"}, ""),
        ({"type": "markdown_text", "text": None}, "/text"),
        (task("", "T", "complete"), "/id"),
        (task("a" * 257, "T", "complete"), "/id"),
        (task("a", "T" * 257, "complete"), "/title"),
        (task("a", "T", "done"), "/status"),
        ({"type": "task_update", "id": "a", "title": "T"}, ""),
        (task("a", "T", "complete", details=1), "/details"),
        (task("a", "T", "complete", output={}), "/output"),
        (task("a", "T", "complete", sources="x"), "/sources"),
        (task("a", "T", "complete", sources=[{"type": "url", "url": "https://press.test"}]), "/sources/0"),
        (named(""), "/title"),
        (named("T" * 257), "/title"),
        ({"type": "blocks"}, ""),
        ({"type": "blocks", "blocks": {}}, "/blocks"),
        ({"type": "blocks", "blocks": ["divider"]}, "/blocks/0"),
    ],
)
def test_a_wrong_chunk_is_told_by_its_place(one_press: Live, chunk: dict[str, Any], pointer: str) -> None:
    answer = call(one_press, "append", ts="1.000000", chunks=[words("Sound"), chunk])
    assert answer["error"] == "invalid_chunks"
    [message] = answer["response_metadata"]["messages"]
    assert message.endswith(f" [json-pointer:/chunks/1{pointer}]")


@pytest.mark.parametrize("chunks", ["words", '["words"]', "{}", '[{"type": "markdown_text"'])
def test_chunks_are_a_list_of_objects(one_press: Live, chunks: str) -> None:
    assert call(one_press, "append", ts="1.000000", chunks=chunks)["error"] == "invalid_chunks"


def test_what_is_not_known_of_a_chunk_changes_nothing(one_press: Live) -> None:
    [card] = stop(one_press, begun(one_press, chunks=[task("a", "T", "complete", hide_title=True)]))["blocks"]
    assert bare(card) == {"type": "task_card", "task_id": "a", "title": "T", "status": "complete"}


def test_of_each_wrong_chunk_the_first_fault_is_told(one_press: Live) -> None:
    answer = call(one_press, "append", ts="1.000000", chunks=[{"type": "thought", "text": 1}] * 100)
    told = answer["response_metadata"]["messages"]
    assert [message.partition("json-pointer:")[2] for message in told] == [f"/chunks/{at}/type]" for at in range(100)]


def test_a_source_that_is_told_again_is_told_once(one_press: Live) -> None:
    first, other = ({"type": "url", "url": "https://press.test/b", "text": text} for text in ("B", "Bee"))
    ts = begun(one_press, chunks=[task("a", "T", "complete", sources=[first, first])])
    append(one_press, ts, chunks=[task("a", "T", "complete", sources=[other, first])])
    [card] = stop(one_press, ts)["blocks"]
    assert card["sources"] == [first, other]


def test_a_message_has_bounds_however_many_pieces_it_comes_in(one_press: Live) -> None:
    ts = begun(one_press, markdown_text="a" * 11_999)
    append(one_press, ts, "b")
    for method in ("append", "stop"):
        assert call(one_press, method, ts=ts, markdown_text="c") == refused("msg_too_long")
    assert len(stop(one_press, ts)["text"]) == 12_000

    ts = begun(one_press, chunks=[{"type": "blocks", "blocks": [DIVIDER] * 50}])
    for method in ("append", "stop"):
        assert call(one_press, method, ts=ts, chunks=[{"type": "blocks", "blocks": [DIVIDER]}]) == refused(
            "msg_blocks_too_many"
        )
    assert call(one_press, "stop", ts=ts, blocks=[DIVIDER] * 51) == refused("msg_blocks_too_many")
    assert len(stop(one_press, ts, blocks=[DIVIDER] * 50)["blocks"]) == 100


@pytest.mark.parametrize("nothing", [{}, {"markdown_text": ""}, {"chunks": []}])
def test_nothing_is_no_content(one_press: Live, nothing: dict[str, Any]) -> None:
    ts = begun(one_press, **nothing)
    for method in ("append", "stop"):
        assert call(one_press, method, ts=ts, **nothing) == refused("no_text")
    append(one_press, ts, " \n")
    assert call(one_press, "stop", ts=ts, **nothing) == refused("no_text")
    append(one_press, ts, ".")
    assert stop(one_press, ts, **nothing)["text"].strip() == "."


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("missing_recipient_user_id", {"recipient_user_id": None}),
        ("missing_recipient_team_id", {"recipient_team_id": None}),
        ("user_not_found", {"recipient_user_id": "W0NOBODY001"}),
        ("user_not_found", {"recipient_user_id": DESK}),
        ("team_not_found", {"recipient_team_id": "T0NOWHERE01"}),
        ("team_not_found", {"recipient_team_id": TOWN}),
        ("invalid_arguments", {"task_display_mode": "dense"}),
        ("invalid_thread_ts", {"thread_ts": None}),
        ("invalid_thread_ts", {"thread_ts": "0"}),
        ("invalid_thread_ts", {"thread_ts": "1500000000.000001"}),
        ("invalid_thread_ts", {"thread_ts": JOINED}),
        ("channel_not_found", {"channel": "C0NOWHERE01"}),
        ("channel_not_found", {"channel": SAFE}),
        ("not_in_channel", {"channel": ALOOF}),
        ("is_archived", {"channel": OLD, "thread_ts": LONG_AGO}),
        ("restricted_action_read_only_channel", {"channel": READ_ONLY, "token": OTHER_BOT}),
        ("restricted_action_non_threadable_channel", {"channel": FLAT, "token": OTHER_BOT, "thread_ts": ANNOUNCED}),
        ("not_allowed_token_type", {"token": "xoxp-mia"}),
    ],
)
def test_where_no_stream_begins(one_press: Live, code: str, arguments: dict[str, Any]) -> None:
    parent = posted(one_press)
    assert begin(one_press, **{"thread_ts": parent} | arguments)["error"] == code
    assert len(thread(one_press, parent)) == 1


def test_where_and_for_whom_a_stream_begins(press: Live) -> None:
    assert begin(press, DISCUSS, token=OTHER_BOT, channel=THREAD_ONLY)["ok"], "there, replies are everybody's"
    assert begin(press, recipient_user_id=MAX, recipient_team_id=PRESS)["ok"]
    assert begin(press, recipient_user_id=DAN, recipient_team_id=SPORT)["ok"]
    assert begin(press, recipient_user_id=TOM, recipient_team_id=TOWN)["ok"], "conversations are shared with his organization"
    asked = post(press, token=BOT, channel=MIA)
    direct = call(press, "start", channel=asked["channel"], thread_ts=asked["ts"], markdown_text="Hello")
    assert direct["ok"]
    assert call(press, "stop", channel=asked["channel"], ts=direct["ts"])["message"]["streaming_state"] == "completed"


@pytest.mark.parametrize("method", ["append", "stop"])
def test_whose_message_goes_on(one_press: Live, method: str) -> None:
    def code(ts: str, **arguments: Any) -> str:
        return str(call(one_press, method, **{"ts": ts, "markdown_text": "more"} | arguments)["error"])

    ts = begun(one_press)
    assert code("1500000000.000001") == code("soon") == "message_not_found"
    assert one_press.call(f"chat.{method}Stream", BOT, channel=DESK, markdown_text="more")["error"] == "message_not_found"
    assert code(posted(one_press, token="xoxs-mia")) == "message_not_owned_by_app"
    assert code(posted(one_press, token=OTHER_BOT)) == "message_not_owned_by_app"
    assert code(posted(one_press, token=BOT)) == "message_not_in_streaming_state"
    assert code(posted(one_press)) == "message_not_in_streaming_state", "a person posted it, but through the app"
    assert code(ts, channel="C0NOWHERE01") == "channel_not_found"
    assert code(ts, channel=OLD) == "is_archived"
    assert code(ts, channel=ALOOF) == "not_in_channel"
    assert code(ts, token=OTHER_BOT) == "message_not_owned_by_app"
    assert code(ts, token=OTHER_BOT, channel=READ_ONLY) == "restricted_action_read_only_channel"
    assert code(ts, token=OTHER_BOT, channel=FLAT) == "restricted_action_non_threadable_channel"
    stop(one_press, ts, markdown_text="Done")
    assert code(ts) == "message_not_in_streaming_state"


def test_metadata_is_checked_at_the_end(one_press: Live) -> None:
    ts = begun(one_press, markdown_text="Well?")
    assert call(one_press, "stop", ts=ts, metadata="asked")["error"] == "invalid_metadata_format"
    assert call(one_press, "stop", ts=ts, metadata={"event_type": 1, "event_payload": {}})["error"] == "invalid_metadata_schema"
    big = {"event_type": "asked", "event_payload": {"text": "x" * 100_000}}
    assert call(one_press, "stop", ts=ts, metadata=big)["error"] == "metadata_too_large"
    assert call(one_press, "stop", ts=ts, blocks=[{"type": "nothing"}])["error"] == "invalid_blocks"
    assert call(one_press, "stop", ts=ts, blocks="nothing")["error"] == "invalid_blocks"
    assert read(one_press, ts)["streaming_state"] == "in_progress"


# Others meanwhile.


def test_a_streamed_message_is_changed_when_it_is_finished(press: Live) -> None:
    change = partial(press.call, "chat.update", BOT, channel=DESK, text="Changed")
    ts = begun(press, markdown_text="Well")
    assert change(ts=ts) == refused("streaming_state_conflict")
    assert press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, text="x") == refused("cant_update_message")
    stop(press, ts)
    assert change(ts=ts)["ok"]
    message = read(press, ts)
    assert (message["text"], message["streaming_state"], message["edited"]["user"]) == ("Changed", "completed", "W0WIRE00001")


def test_a_deletion_ends_a_stream(press: Live) -> None:
    ts = begun(press, markdown_text="Well")
    assert press.call("chat.delete", BOT, channel=DESK, ts=ts)["ok"]
    assert call(press, "append", ts=ts, markdown_text="x") == refused("message_not_found")
    assert rows(press, tables.streams, ts) == []
    [kept] = rows(press, tables.deleted_messages, ts)
    assert json.loads(kept["content"])["streaming_state"] == "errored"


def test_what_others_do_to_a_streamed_message_stays(press: Live) -> None:
    ts = begun(press, markdown_text="Well")
    assert press.call("reactions.add", "xoxp-mia", channel=DESK, timestamp=ts, name="eyes")["ok"]
    append(press, ts, " then")
    message = stop(press, ts)
    assert message["reactions"] == [{"name": "eyes", "users": [MIA], "count": 1}]


# Time.


def test_after_five_minutes_a_stream_is_over(own_press: Live) -> None:
    own_press.move(advance=0)
    first = begun(own_press, markdown_text="One", task_display_mode="plan")
    own_press.move(advance=200)
    second = begun(own_press, chunks=[task("a", "T", "in_progress")])
    append(own_press, first, ", two")
    own_press.move(advance=99)
    append(own_press, first, ", three")
    own_press.move(advance=2)
    for method in ("append", "stop"):
        assert call(own_press, method, ts=first, markdown_text="x") == refused("message_not_in_streaming_state")
    assert own_press.on_loop(own_press.gridhall.jobs.settle(10))
    message = read(own_press, first)
    assert (message["text"], message["streaming_state"]) == ("One, two, three", "errored")
    assert rows(own_press, tables.streams, first) == []
    assert read(own_press, second)["streaming_state"] == "in_progress", "its own time has not come"
    assert own_press.call("chat.update", BOT, channel=DESK, ts=first, text="Cut")["ok"]

    own_press.move(advance=200)
    assert own_press.on_loop(own_press.gridhall.jobs.settle(10))
    message = read(own_press, second)
    assert (message["streaming_state"], message["blocks"][0]["status"]) == ("errored", "error")
    assert own_press.on_loop(own_press.gridhall.storage.read(lambda work: work.jobs.find(PRESS, "streams", DESK))) is None


def test_what_was_stopped_or_deleted_in_time_stays_as_it_is(own_press: Live) -> None:
    own_press.move(advance=0)
    stopped, deleted = begun(own_press, markdown_text="Done"), begun(own_press)
    message = stop(own_press, stopped)
    assert own_press.call("chat.delete", BOT, channel=DESK, ts=deleted)["ok"]
    own_press.move(advance=301)
    assert own_press.on_loop(own_press.gridhall.jobs.settle(10))
    assert read(own_press, stopped) == message


# Several at once.


def test_all_that_is_appended_at_once_arrives(press: Live) -> None:
    ts = begun(press)
    at_once(*[partial(append, press, ts, f"({number})") for number in range(8)])
    parts = stop(press, ts)["text"].replace(")", ") ").split()
    assert sorted(parts) == sorted(f"({number})" for number in range(8))


@pytest.mark.parametrize("other", ["stop", "delete"])
def test_whoever_ends_a_stream_ends_it_once(press: Live, other: str) -> None:
    for _ in range(6):
        ts = begun(press, markdown_text="0")
        more = partial(call, press, "append", ts=ts, markdown_text="1")
        if other == "stop":
            end = partial(call, press, "stop", ts=ts)
            late = {"message_not_in_streaming_state"}
        else:
            end = partial(press.call, "chat.delete", BOT, channel=DESK, ts=ts)
            late = {"message_not_found"}
        *appended, ended, again = at_once(more, more, end, end)
        ends = [ended, again]
        assert sorted(answer["ok"] for answer in ends) == [False, True]
        assert {answer.get("error") for answer in [*appended, *ends]} <= {None} | late
        if other == "stop":
            assert read(press, ts)["text"] == "0" + "1" * sum(answer["ok"] for answer in appended)
        assert rows(press, tables.streams, ts) == []
