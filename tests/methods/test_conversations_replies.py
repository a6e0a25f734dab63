"""conversations.replies"""

from typing import Any

import pytest
from sqlalchemy import update

from gridhall.storage.tables import thread_members
from harness.live import Live
from methods.rows import change

STACKS, SHELF = "C0STACKS001", "C0SHELF0001"
PARENT = "1500000400.000000"
REPLIES = ["1500000500.000000", "1500000510.000000", "1500000520.000000"]
THREAD = [PARENT, *REPLIES]


def read(live: Live, token: str, channel: str, ts: str, **arguments: object) -> dict[str, Any]:
    answer = live.call("conversations.replies", token, channel=channel, ts=ts, **arguments)
    assert answer["ok"], answer
    return answer


def times(live: Live, token: str, channel: str, ts: str, **arguments: object) -> list[str]:
    return [message["ts"] for message in read(live, token, channel, ts, **arguments)["messages"]]


def error(live: Live, token: str, channel: str, ts: str, **arguments: object) -> str:
    answer = live.call("conversations.replies", token, channel=channel, ts=ts, **arguments)
    assert answer["ok"] is False, answer
    return str(answer["error"])


def post(live: Live, token: str, channel: str, text: str, **arguments: object) -> str:
    answer = live.call("chat.postMessage", token, channel=channel, text=text, **arguments)
    assert answer["ok"], answer
    return str(answer["ts"])


def parent_of(live: Live, token: str, channel: str, ts: str) -> dict[str, Any]:
    found: dict[str, Any] = read(live, token, channel, ts)["messages"][0]
    assert found["ts"] == ts
    return found


# What is there.


@pytest.mark.parametrize("ts", THREAD)
def test_the_parent_comes_first_and_then_replies_the_oldest_first(library: Live, ts: str) -> None:
    answer = read(library, "xoxp-ann", STACKS, ts)
    assert [message["ts"] for message in answer["messages"]] == THREAD
    assert answer.keys() == {"ok", "messages", "has_more"}
    assert answer["has_more"] is False


def test_replies_tell_whose_thread_they_are_in(library: Live) -> None:
    first, second, _ = read(library, "xoxp-ann", STACKS, PARENT)["messages"][1:]
    assert first == {
        "type": "message",
        "user": "W0ANN000001",
        "text": "So, too",
        "ts": REPLIES[0],
        "team": "T0FICTION01",
        "thread_ts": PARENT,
        "parent_user_id": "W0BOB000001",
    }
    assert (second["subtype"], second["thread_ts"], second["root"]["ts"]) == ("thread_broadcast", PARENT, PARENT)


def test_the_parent_tells_of_its_thread(library: Live) -> None:
    told = parent_of(library, "xoxp-ann", STACKS, PARENT)
    assert {name: told[name] for name in ("thread_ts", "reply_count", "reply_users_count", "latest_reply", "is_locked")} == {
        "thread_ts": PARENT,
        "reply_count": 3,
        "reply_users_count": 3,
        "latest_reply": REPLIES[2],
        "is_locked": False,
    }
    assert told["reply_users"] == ["W0ANN000001", "W0BOB000001", "W0GIL000001"]


def test_a_message_without_replies_comes_alone(library: Live) -> None:
    assert read(library, "xoxp-ann", STACKS, "1500000300.000000")["messages"] == [
        {"type": "message", "user": "W0ANN000001", "text": "First", "ts": "1500000300.000000", "team": "T0FICTION01"}
    ]


def test_a_deleted_parent_is_a_placeholder(library: Live) -> None:
    for ts in ("1500000700.000000", "1500000710.000000"):
        first, second = read(library, "xoxp-ann", STACKS, ts)["messages"]
        assert (first["subtype"], first["user"], first["text"]) == ("tombstone", "USLACKBOT", "This message was deleted.")
        assert (second["ts"], second["parent_user_id"]) == ("1500000710.000000", "W0BOB000001")


@pytest.mark.parametrize("ts", ["1500000200.000000", "1500000000.000000", "1500000400", "thread", "0", "-1.000000", ""])
def test_there_is_no_thread_of_what_is_no_message_or_tells_who_came(library: Live, ts: str) -> None:
    assert error(library, "xoxp-ann", STACKS, ts) == "thread_not_found"


def test_a_thread_has_to_be_named(library: Live) -> None:
    assert library.call("conversations.replies", "xoxp-ann", channel=STACKS)["error"] == "thread_not_found"
    assert library.call("conversations.replies", "xoxp-ann", ts=PARENT)["error"] == "channel_not_found"


# How far it was read.


@pytest.mark.parametrize(
    ("token", "last_read", "unread"), [("xoxp-ann", REPLIES[0], 2), ("xoxp-bob", REPLIES[1], 1), ("xoxp-gil", REPLIES[2], 0)]
)
def test_followers_are_told_how_many_replies_are_unread(library: Live, token: str, last_read: str, unread: int) -> None:
    told = parent_of(library, token, STACKS, PARENT)
    assert (told["subscribed"], told["last_read"], told["unread_count"]) == (True, last_read, unread)


def test_others_are_not(library: Live) -> None:
    for token in ("xoxp-eve", "xoxb-reader"):
        told = parent_of(library, token, STACKS, PARENT)
        assert told["subscribed"] is False
        assert told.keys().isdisjoint({"last_read", "unread_count"})


def test_who_wrote_the_parent_has_read_no_reply_at_first(any_library: Live) -> None:
    ts = post(any_library, "xoxp-ann", STACKS, "Anybody?")
    assert "subscribed" not in parent_of(any_library, "xoxp-ann", STACKS, ts)
    for text in ("I", "am"):
        last = post(any_library, "xoxp-bob", STACKS, text, thread_ts=ts)
    told = parent_of(any_library, "xoxp-ann", STACKS, ts)
    assert (told["subscribed"], told["last_read"], told["unread_count"]) == (True, ts, 2)
    told = parent_of(any_library, "xoxp-bob", STACKS, ts)
    assert (told["subscribed"], told["last_read"], told["unread_count"]) == (True, last, 0)


def test_a_read_mark_that_moves_is_told(any_library: Live) -> None:
    anns = (thread_members.c.person == "W0ANN000001") & (thread_members.c.thread_ts == 1500000400_000000)
    change(any_library, update(thread_members).where(anns).values(last_read=1500000510_000000))
    told = parent_of(any_library, "xoxp-ann", STACKS, PARENT)
    assert (told["last_read"], told["unread_count"]) == (REPLIES[1], 1)
    change(any_library, update(thread_members).where(anns).values(subscribed=False))
    assert parent_of(any_library, "xoxp-ann", STACKS, PARENT)["subscribed"] is False


# Between two times.


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"oldest": REPLIES[0]}, REPLIES[1:]),
        ({"oldest": REPLIES[0], "inclusive": "true"}, REPLIES),
        ({"latest": REPLIES[2]}, REPLIES[:2]),
        ({"latest": REPLIES[2], "inclusive": "true"}, REPLIES),
        ({"oldest": REPLIES[0], "latest": REPLIES[2]}, REPLIES[1:2]),
        ({"oldest": PARENT}, REPLIES),
        ({"latest": "now", "oldest": "0"}, REPLIES),
        ({"oldest": "1500000600"}, []),
        ({"latest": "1500000400"}, []),
    ],
)
def test_replies_lie_between_two_times_and_the_parent_is_always_first(
    library: Live, arguments: dict[str, object], found: list[str]
) -> None:
    assert times(library, "xoxp-ann", STACKS, PARENT, **arguments) == [PARENT, *found]


@pytest.mark.parametrize("time", ["yesterday", "-1", "1e9"])
def test_what_is_no_time_is_refused(library: Live, time: str) -> None:
    assert error(library, "xoxp-ann", STACKS, PARENT, oldest=time) == "invalid_ts_oldest"
    assert error(library, "xoxp-ann", STACKS, PARENT, latest=time) == "invalid_ts_latest"


# Pages.


@pytest.mark.parametrize(
    ("limit", "count"), [("1", 1), ("2", 2), ("3", 3), ("4", 4), ("5", 4), ("0", 4), ("-3", 4), ("1000", 4), ("100000", 4)]
)
def test_a_limit_counts_the_parent_too(library: Live, limit: str, count: int) -> None:
    answer = read(library, "xoxp-ann", STACKS, PARENT, limit=limit)
    assert [message["ts"] for message in answer["messages"]] == THREAD[:count]
    assert answer["has_more"] is (count < 4)
    assert ("response_metadata" in answer) is (count < 4)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("between", [{}, {"oldest": REPLIES[0]}, {"oldest": REPLIES[0], "inclusive": 1, "latest": REPLIES[1]}])
def test_pages_of_any_size_meet_end_to_end(library: Live, limit: int, between: dict[str, object]) -> None:
    whole = times(library, "xoxp-ann", STACKS, PARENT, **between)
    found = whole[:1]
    arguments = between | {"limit": limit}
    while True:
        answer = read(library, "xoxp-ann", STACKS, PARENT, **arguments)
        parent, *page = [message["ts"] for message in answer["messages"]]
        assert parent == PARENT
        found += page
        if not answer["has_more"]:
            break
        arguments |= {"cursor": answer["response_metadata"]["next_cursor"]}
    assert found == whole


def test_the_usual_page_has_1000(any_library: Live) -> None:
    ts = post(any_library, "xoxp-ann", SHELF, "Count")
    for number in range(1005):
        post(any_library, "xoxp-ann", SHELF, str(number), thread_ts=ts)
    first = read(any_library, "xoxp-ann", SHELF, ts)
    assert (len(first["messages"]), first["has_more"]) == (1000, True)
    rest = read(any_library, "xoxp-ann", SHELF, ts, cursor=first["response_metadata"]["next_cursor"])
    assert [message["text"] for message in rest["messages"]] == ["Count", *map(str, range(999, 1005))]
    assert len(read(any_library, "xoxp-ann", SHELF, ts, limit=5000)["messages"]) == 1000


def test_paging_while_people_reply_neither_repeats_nor_omits(any_library: Live) -> None:
    found = THREAD[:1]
    later: list[str] = []
    arguments: dict[str, object] = {"limit": 2}
    while True:
        answer = read(any_library, "xoxp-ann", STACKS, PARENT, **arguments)
        found += [message["ts"] for message in answer["messages"]][1:]
        if len(later) < 3:
            later.append(post(any_library, "xoxp-ann", STACKS, "Later", thread_ts=PARENT))
        if not answer["has_more"]:
            break
        arguments |= {"cursor": answer["response_metadata"]["next_cursor"]}
    assert found == [*THREAD, *later][: len(found)]
    assert len(found) >= len(THREAD)


def test_a_cursor_is_for_one_thread_and_one_caller(library: Live) -> None:
    cursor = read(library, "xoxp-ann", STACKS, PARENT, limit=1)["response_metadata"]["next_cursor"]
    assert times(library, "xoxp-ann", STACKS, REPLIES[1], cursor=cursor) == THREAD
    assert error(library, "xoxp-ann", STACKS, "1500000300.000000", cursor=cursor) == "invalid_cursor"
    assert error(library, "xoxp-bob", STACKS, PARENT, cursor=cursor) == "invalid_cursor"
    assert error(library, "xoxp-ann", STACKS, PARENT, cursor="bmV4dF90czoxNDg0Njc4MjkwNTE3MDkx") == "invalid_cursor"
    history = library.call("conversations.history", "xoxp-ann", channel=STACKS, limit=1)["response_metadata"]["next_cursor"]
    assert error(library, "xoxp-ann", STACKS, PARENT, cursor=history) == "invalid_cursor"


# Who may read.


def test_people_read_threads_of_public_channels_that_they_are_not_in(library: Live) -> None:
    assert times(library, "xoxp-eve", SHELF, "1500000200.000100") == ["1500000200.000100"]
    assert times(library, "xoxp-eve", "C0OLDEN0001", "1500000200.000100") == ["1500000200.000100"]
    assert times(library, "xoxp-ann-org", STACKS, PARENT) == THREAD


@pytest.mark.parametrize(
    ("token", "channel", "ts"),
    [
        ("xoxb-reader", SHELF, "1500000200.000100"),
        ("xoxp-bob", "C0SECRET001", "1500000200.000100"),
        ("xoxp-eve", "D0ANNBOB001", "1500000300.000000"),
        ("xoxp-cat", STACKS, PARENT),
        ("xoxp-ann", "C0GONE00001", PARENT),
        ("xoxp-ann", "C0NOWHERE01", PARENT),
    ],
)
def test_what_the_caller_may_not_read_is_not_found(library: Live, token: str, channel: str, ts: str) -> None:
    assert error(library, token, channel, ts) == "channel_not_found"


def test_each_kind_needs_its_scope(library: Live) -> None:
    answer = library.call("conversations.replies", "xoxp-ann-channels", channel="D0ANNBOB001", ts="1500000600.000000")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "im:history")


def test_metadata_may_be_asked_for(library: Live) -> None:
    assert times(library, "xoxp-ann", STACKS, PARENT, include_all_metadata="1", metadata_keys_to_include="a,b") == THREAD
    assert error(library, "xoxp-ann", STACKS, PARENT, metadata_keys_to_include="[") == "invalid_metadata_filter_keys"


def test_an_app_under_reduced_limits_gets_15_messages(any_library: Live) -> None:
    for number in range(20):
        post(any_library, "xoxp-ann", STACKS, str(number), thread_ts=PARENT)
    for arguments, count in (({}, 15), ({"limit": 3}, 3), ({"limit": 16}, 15), ({"limit": 0}, 15)):
        answer = read(any_library, "xoxb-slowly", STACKS, PARENT, **arguments)
        assert (len(answer["messages"]), answer["has_more"]) == (count, True)
    assert len(read(any_library, "xoxb-reader", STACKS, PARENT)["messages"]) == 24


# Replies that the channel shows as well.


def test_a_broadcast_reply_is_in_the_channel_and_in_the_thread(any_library: Live) -> None:
    parent = post(any_library, "xoxp-ann", SHELF, "Anybody?")
    hidden = post(any_library, "xoxp-ann", SHELF, "Only here", thread_ts=parent)
    shown = post(any_library, "xoxp-ann", SHELF, "Everywhere", thread_ts=parent, reply_broadcast="true")
    assert times(any_library, "xoxp-ann", SHELF, shown) == [parent, hidden, shown]
    history = any_library.call("conversations.history", "xoxp-ann", channel=SHELF)["messages"]
    assert [message["ts"] for message in history][:2] == [shown, parent]
    assert history[0]["root"] == history[1]
    assert (history[0]["root"]["reply_count"], history[0]["root"]["latest_reply"]) == (2, shown)
