"""conversations.history"""

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from gridhall.storage.tables import conversations
from harness.databases import Databases
from harness.live import Live, live
from methods.rows import change

STACKS, SHELF = "C0STACKS001", "C0SHELF0001"
ALL = [
    "1500000700.000000",
    "1500000600.000000",
    "1500000510.000000",
    "1500000400.000000",
    "1500000300.000000",
    "1500000200.000000",
]


def read(live: Live, token: str, channel: str, **arguments: object) -> dict[str, Any]:
    answer = live.call("conversations.history", token, channel=channel, **arguments)
    assert answer["ok"], answer
    return answer


def times(live: Live, token: str, channel: str, **arguments: object) -> list[str]:
    return [message["ts"] for message in read(live, token, channel, **arguments)["messages"]]


def error(live: Live, token: str, channel: str, **arguments: object) -> str:
    answer = live.call("conversations.history", token, channel=channel, **arguments)
    assert answer["ok"] is False, answer
    return str(answer["error"])


def post(live: Live, token: str, channel: str, text: str, **arguments: object) -> str:
    answer = live.call("chat.postMessage", token, channel=channel, text=text, **arguments)
    assert answer["ok"], answer
    return str(answer["ts"])


# What is there.


def test_the_newest_come_first_and_replies_are_not_among_them(library: Live) -> None:
    answer = read(library, "xoxp-ann", STACKS)
    assert [message["ts"] for message in answer["messages"]] == ALL
    assert (answer["has_more"], answer["pin_count"]) == (False, 1)
    assert answer.keys() == {"ok", "messages", "has_more", "pin_count"}


def test_a_message_is_told_with_all_that_others_did_to_it(library: Live) -> None:
    found = {message["ts"]: message for message in read(library, "xoxp-ann", STACKS)["messages"]}
    assert found["1500000300.000000"] == {
        "type": "message",
        "user": "W0ANN000001",
        "text": "First",
        "ts": "1500000300.000000",
        "team": "T0FICTION01",
    }
    second = {
        "type": "message",
        "user": "W0BOB000001",
        "text": "Second thoughts",
        "ts": "1500000400.000000",
        "team": "T0FICTION01",
        "client_msg_id": "8a1c2b1e-0000-4000-8000-000000000001",
        "edited": {"user": "W0BOB000001", "ts": "1500000410.000000"},
        "thread_ts": "1500000400.000000",
        "reply_count": 3,
        "reply_users_count": 3,
        "latest_reply": "1500000520.000000",
        "reply_users": ["W0ANN000001", "W0BOB000001", "W0GIL000001"],
        "is_locked": False,
        "subscribed": True,
        "reactions": [
            {"name": "eyes", "users": ["W0ANN000001", "W0GIL000001"], "count": 2},
            {"name": "tada", "users": ["W0BOB000001"], "count": 1},
        ],
        "pinned_to": [STACKS],
    }
    assert found["1500000400.000000"] == second
    assert found["1500000510.000000"] == {
        "type": "message",
        "subtype": "thread_broadcast",
        "user": "W0BOB000001",
        "text": "Said to all",
        "ts": "1500000510.000000",
        "team": "T0FICTION01",
        "thread_ts": "1500000400.000000",
        "parent_user_id": "W0BOB000001",
        "root": second,
    }


def test_a_bots_message_tells_of_the_bot(library: Live) -> None:
    found = {message["ts"]: message for message in read(library, "xoxp-ann", STACKS)["messages"]}["1500000600.000000"]
    profile = found.pop("bot_profile")
    assert found == {
        "type": "message",
        "user": "W0READER001",
        "text": "By a bot",
        "ts": "1500000600.000000",
        "team": "T0FICTION01",
        "app_id": "A0READER001",
        "bot_id": "B0READER001",
    }
    assert (profile["id"], profile["app_id"], profile["name"]) == ("B0READER001", "A0READER001", "reader")
    assert (profile["user_id"], profile["team_id"], profile["deleted"]) == ("W0READER001", "T0FICTION01", False)
    assert profile["icons"].keys() == {"image_36", "image_48", "image_72"}


def test_a_deleted_message_with_replies_leaves_a_placeholder(library: Live) -> None:
    placeholder = read(library, "xoxp-eve", STACKS)["messages"][0]
    assert placeholder == {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "ts": "1500000700.000000",
        "hidden": True,
        "thread_ts": "1500000700.000000",
        "reply_count": 1,
        "reply_users_count": 1,
        "latest_reply": "1500000710.000000",
        "reply_users": ["W0ANN000001"],
        "is_locked": False,
        "subscribed": False,
    }


def test_who_follows_no_thread_has_read_nothing_of_it(library: Live) -> None:
    parent = read(library, "xoxp-eve", STACKS, latest="1500000400.000000", inclusive="true", limit=1)["messages"][0]
    assert parent["subscribed"] is False
    assert "last_read" not in parent


# Between two times.


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"oldest": "1500000400.000000"}, ALL[:3]),
        ({"oldest": "1500000400.000000", "inclusive": "true"}, ALL[:4]),
        ({"latest": "1500000400.000000"}, ALL[4:]),
        ({"latest": "1500000400.000000", "inclusive": "1"}, ALL[3:]),
        ({"oldest": "1500000300.000000", "latest": "1500000600.000000"}, ALL[2:4]),
        ({"oldest": "1500000300.000000", "latest": "1500000600.000000", "inclusive": "true"}, ALL[1:5]),
        ({"latest": "1500000400.000000", "inclusive": "true", "limit": 1}, ALL[3:4]),
        ({"oldest": "1500000400.000000", "inclusive": "true", "limit": 1}, ALL[:1]),
        ({"oldest": "1500000399.999999"}, ALL[:4]),
        ({"oldest": "1500000400"}, ALL[:3]),
        ({"oldest": "1500000400.0"}, ALL[:3]),
        ({"oldest": "1500000399.9999999"}, ALL[:4]),
        ({"latest": "now"}, ALL),
        ({"latest": "", "oldest": ""}, ALL),
        ({"oldest": "0"}, ALL),
        ({"latest": "0"}, []),
        ({"oldest": "1500000600.000000", "latest": "1500000300.000000"}, []),
        ({"inclusive": "true"}, ALL),
        ({"oldest": "999999999999"}, []),
    ],
)
def test_a_page_lies_between_two_times(library: Live, arguments: dict[str, object], found: list[str]) -> None:
    assert times(library, "xoxp-ann", STACKS, **arguments) == found


def test_the_times_are_told_as_they_were_sent(library: Live) -> None:
    answer = read(library, "xoxp-ann", STACKS, oldest="1500000300", latest="1500000600.0")
    assert (answer["oldest"], answer["latest"]) == ("1500000300", "1500000600.0")


@pytest.mark.parametrize("time", ["yesterday", "-1", "1.2.3", "1e9", "1500000400.", "9999999999999", "１"])
def test_what_is_no_time_is_refused(library: Live, time: str) -> None:
    assert error(library, "xoxp-ann", STACKS, oldest=time) == "invalid_ts_oldest"
    assert error(library, "xoxp-ann", STACKS, latest=time) == "invalid_ts_latest"


# Pages.


@pytest.mark.parametrize(
    ("limit", "count"), [("1", 1), ("5", 5), ("6", 6), ("7", 6), ("0", 6), ("-3", 6), ("999", 6), ("1000", 6), ("100000", 6)]
)
def test_a_limit_bounds_a_page(library: Live, limit: str, count: int) -> None:
    answer = read(library, "xoxp-ann", STACKS, limit=limit)
    assert len(answer["messages"]) == count
    assert answer["has_more"] is (count < 6)
    assert ("response_metadata" in answer) is (count < 6)


def test_the_usual_page_and_the_largest(any_library: Live) -> None:
    for number in range(1010):
        post(any_library, "xoxp-ann", "C0SHELF0001", str(number))
    for limit, count in ((None, 100), ("0", 100), ("-1", 100), ("999", 999), ("1000", 999)):
        arguments = {} if limit is None else {"limit": limit}
        answer = read(any_library, "xoxp-ann", "C0SHELF0001", **arguments)
        assert (len(answer["messages"]), answer["has_more"]) == (count, True)


def test_a_limit_is_a_number(library: Live) -> None:
    assert error(library, "xoxp-ann", STACKS, limit="many") == "invalid_arguments"


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7])
@pytest.mark.parametrize(
    "between",
    [{}, {"oldest": "1500000300.000000"}, {"oldest": "1500000300.000000", "latest": "1500000700.000000", "inclusive": 1}],
)
def test_pages_of_any_size_meet_end_to_end(library: Live, limit: int, between: dict[str, object]) -> None:
    whole = times(library, "xoxp-ann", STACKS, **between)
    found: list[str] = []
    arguments = between | {"limit": limit}
    while True:
        answer = read(library, "xoxp-ann", STACKS, **arguments)
        found += [message["ts"] for message in answer["messages"]]
        if not answer["has_more"]:
            break
        arguments |= {"cursor": answer["response_metadata"]["next_cursor"]}
    assert found == whole


def test_the_last_ts_serves_as_a_cursor_as_well(library: Live) -> None:
    found: list[str] = []
    arguments: dict[str, object] = {"limit": 2}
    while True:
        answer = read(library, "xoxp-ann", STACKS, **arguments)
        found += [message["ts"] for message in answer["messages"]]
        if not answer["has_more"]:
            break
        arguments["latest"] = found[-1]
    assert found == ALL


def test_a_cursor_is_for_one_conversation_and_one_caller(library: Live) -> None:
    cursor = read(library, "xoxp-ann", STACKS, limit=1)["response_metadata"]["next_cursor"]
    assert times(library, "xoxp-ann", STACKS, cursor=cursor) == ALL[1:]
    for token, channel in (("xoxp-bob", STACKS), ("xoxp-ann", "C0SHELF0001")):
        assert error(library, token, channel, cursor=cursor) == "invalid_cursor"
    assert error(library, "xoxp-ann", STACKS, cursor="bmV4dF90czoxNTEyMDg1ODYxMDAwNTQz") == "invalid_cursor"


def test_paging_while_people_post_neither_repeats_nor_omits(any_library: Live) -> None:
    before = [post(any_library, "xoxp-ann", "C0SHELF0001", str(number)) for number in range(9)]
    before = ["1500000200.000100", *before]
    found: list[str] = []
    arguments: dict[str, object] = {"limit": 3}
    for number in itertools.count():
        answer = read(any_library, "xoxp-ann", "C0SHELF0001", **arguments)
        found += [message["ts"] for message in answer["messages"]]
        post(any_library, "xoxp-ann", "C0SHELF0001", f"later {number}")
        if not answer["has_more"]:
            break
        arguments |= {"cursor": answer["response_metadata"]["next_cursor"]}
    assert found == before[::-1]


def test_polling_with_the_newest_ts_misses_nothing(any_library: Live) -> None:
    """Whatever the clock does: it may stand still."""
    any_library.move(to=1_800_000_000)
    newest, found, posted = "0", [], []
    for number in range(6):
        posted += [post(any_library, "xoxp-ann", "C0SHELF0001", f"{number} {which}") for which in range(number)]
        some = times(any_library, "xoxp-ann", "C0SHELF0001", oldest=newest)
        found += some[::-1]
        newest = some[0] if some else newest
    assert found == ["1500000200.000100", *posted]


def test_polling_misses_nothing_of_what_many_post_at_once(any_library: Live) -> None:
    """A message that is stored later has a later `ts`, whoever began first."""
    people = ("xoxp-ann", "xoxp-bob", "xoxb-reader", "xoxb-slowly")

    def chatter(token: str) -> list[str]:
        return [post(any_library, token, STACKS, str(number)) for number in range(20)]

    found: list[str] = []
    newest = ALL[0]
    with ThreadPoolExecutor(len(people)) as pool:
        chatting = [pool.submit(chatter, token) for token in people]
        while True:
            ended = all(one.done() for one in chatting)
            some = times(any_library, "xoxp-eve", STACKS, oldest=newest, limit=999)
            found += some[::-1]
            newest = some[0] if some else newest
            if ended:
                break
    assert sorted(found) == found
    assert set(found) == {ts for one in chatting for ts in one.result()}
    assert len(found) == 20 * len(people)


# Who may read.


def test_people_read_public_channels_that_they_are_not_in(library: Live) -> None:
    assert times(library, "xoxp-eve", "C0SHELF0001") == ["1500000200.000100"]
    assert times(library, "xoxp-bob", "C0SHELF0001") == ["1500000200.000100"]
    assert times(library, "xoxp-cat", "C0BOTHS0001") == []
    assert times(library, "xoxp-ann", "C0EVERY0001") == []
    assert times(library, "xoxp-eve", "C0STRANGE01") == []


def test_bots_read_only_where_they_are(library: Live) -> None:
    assert times(library, "xoxb-reader", STACKS) == ALL
    assert error(library, "xoxb-reader", "C0SHELF0001") == "not_in_channel"
    assert error(library, "xoxb-reader", "C0SECRET001") == "channel_not_found"
    assert error(library, "xoxb-reader", "D0ANNBOB001") == "channel_not_found"


@pytest.mark.parametrize(
    ("token", "channel"),
    [
        ("xoxp-bob", "C0SECRET001"),
        ("xoxp-eve", "C0SECRET001"),
        ("xoxp-eve", "D0ANNBOB001"),
        ("xoxp-eve", "G0THREE0001"),
        ("xoxp-gil", "C0BOTHS0001"),
        ("xoxp-cat", STACKS),
        ("xoxp-zed", STACKS),
        ("xoxp-ann", "C0GONE00001"),
        ("xoxp-ann", "C0ATLAS0001"),
        ("xoxp-ann", "C0NOWHERE01"),
    ],
)
def test_what_the_caller_may_not_know_of_is_not_found(library: Live, token: str, channel: str) -> None:
    assert error(library, token, channel) == "channel_not_found"


def test_a_conversation_has_to_be_named(library: Live) -> None:
    assert library.call("conversations.history", "xoxp-ann")["error"] == "channel_not_found"


def test_members_read_what_is_not_public(library: Live) -> None:
    assert times(library, "xoxp-ann", "C0SECRET001") == ["1500000200.000100"]
    assert len(times(library, "xoxp-bob", "D0ANNBOB001")) == 4
    assert times(library, "xoxp-cat", "G0THREE0001") == []
    assert times(library, "xoxp-zed", "C0LENT00001") == []


def test_an_archived_channel_is_read_as_before(library: Live) -> None:
    assert times(library, "xoxp-eve", "C0OLDEN0001") == ["1500000200.000100"]


def test_an_org_level_token_reads_what_it_reaches(library: Live) -> None:
    assert times(library, "xoxp-ann-org", STACKS) == ALL
    assert error(library, "xoxp-ann-org", "C0ATLAS0001") == "channel_not_found"


def test_each_kind_needs_its_scope(library: Live) -> None:
    assert times(library, "xoxp-ann-channels", STACKS) == ALL
    for channel, needed in (("C0SECRET001", "groups:history"), ("D0ANNBOB001", "im:history"), ("G0THREE0001", "mpim:history")):
        answer = library.call("conversations.history", "xoxp-ann-channels", channel=channel)
        assert (answer["error"], answer["needed"]) == ("missing_scope", needed)
    answer = library.call("conversations.history", "xoxp-eve-channels", channel=STACKS)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history,groups:history,im:history,mpim:history")


def test_a_withdrawn_key_closes_a_conversation(any_library: Live) -> None:
    change(any_library, update(conversations).where(conversations.c.id == STACKS).values(ekm_access_withdrawn=True))
    assert error(any_library, "xoxp-ann", STACKS) == "ekm_access_denied"


def test_both_sides_of_a_connected_channel_read_the_same(any_library: Live) -> None:
    ts = [post(any_library, token, "C0LENT00001", "Hello") for token in ("xoxp-ann", "xoxp-zed")]
    for token in ("xoxp-ann", "xoxp-zed", "xoxp-eve"):
        found = read(any_library, token, "C0LENT00001")["messages"]
        assert [(message["ts"], message["user"], message["team"]) for message in found] == [
            (ts[1], "U0ZED000001", "T0STREET001"),
            (ts[0], "W0ANN000001", "T0FICTION01"),
        ]


# Metadata.


def test_metadata_may_be_asked_for(library: Live) -> None:
    asked = {"include_all_metadata": "true", "metadata_keys_to_include": '["priority"]'}
    assert times(library, "xoxp-ann", STACKS, **asked) == ALL
    assert error(library, "xoxp-ann", STACKS, metadata_keys_to_include="[1]") == "invalid_metadata_filter_keys"
    assert error(library, "xoxp-ann", STACKS, include_all_metadata="maybe") == "invalid_arguments"


# Reduced limits.


def test_an_app_under_reduced_limits_gets_15_messages(any_library: Live) -> None:
    for number in range(20):
        post(any_library, "xoxp-ann", STACKS, str(number))
    for arguments, count in (({}, 15), ({"limit": 3}, 3), ({"limit": 16}, 15), ({"limit": 999}, 15), ({"limit": 0}, 15)):
        answer = read(any_library, "xoxb-slowly", STACKS, **arguments)
        assert (len(answer["messages"]), answer["has_more"]) == (count, True)
        assert len(read(any_library, "xoxb-reader", STACKS)["messages"]) == 26


def test_an_app_under_reduced_limits_calls_once_a_minute(any_databases: Databases) -> None:
    with live(any_databases.filled("library"), rate_factor=1) as server:
        server.move(to=1_800_000_000)
        asked = {"channel": STACKS, "ts": ALL[3]}
        for method in ("conversations.history", "conversations.replies"):
            assert server.call(method, "xoxb-slowly", **asked)["ok"]
            refused = server.reply(method, "xoxb-slowly", **asked)
            assert (refused.status, refused.headers["retry-after"]) == (429, "60")
            assert refused.json == {"ok": False, "error": "ratelimited"}
            for _ in range(3):
                assert server.call(method, "xoxb-reader", **asked)["ok"]
        server.move(advance=59)
        assert server.reply("conversations.history", "xoxb-slowly", **asked).headers["retry-after"] == "1"
        server.move(advance=1)
        assert server.call("conversations.history", "xoxb-slowly", **asked)["ok"]


def test_a_page_ends_where_it_would_be_huge(any_library: Live) -> None:
    words = "x" * 39_000
    wanted = [post(any_library, "xoxp-ann", SHELF, words) for _ in range(130)]
    found: list[str] = []
    sizes: list[int] = []
    arguments: dict[str, object] = {"limit": 999, "oldest": wanted[0], "inclusive": "true"}
    while True:
        answer = read(any_library, "xoxp-ann", SHELF, **arguments)
        sizes.append(len(answer["messages"]))
        found += [message["ts"] for message in answer["messages"]]
        if not answer["has_more"]:
            break
        arguments["cursor"] = answer["response_metadata"]["next_cursor"]
    assert found == wanted[::-1]
    assert len(sizes) > 1
    assert max(sizes) * len(words) < 5_000_000
