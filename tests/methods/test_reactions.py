"""reactions.add, reactions.remove, reactions.get"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from gridhall.domain import emoji, reactions
from gridhall.storage import tables
from gridhall.storage.statement import Statement
from harness.databases import Databases
from harness.live import Live, live
from harness.rich import in_words
from methods.zoo import (
    ANN,
    BEN,
    CAT,
    CAVE,
    DEN,
    DIRECT,
    FAY,
    FOX,
    JOINED,
    KEEPER,
    LINK,
    OF_OUR_OWN,
    OK,
    OLD,
    ONCE,
    POND,
    UNSAID,
    YARD,
    at_once,
    delete,
    keeper,
    post,
    refusal,
)

NAMES = sorted({first for name, first in emoji._names().first.items() if name.isalpha()})


@pytest.fixture(scope="module")
def _zoo_sqlite(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("items")) as running:
        yield running


@pytest.fixture(scope="module")
def _zoo_postgresql(postgres_databases: Databases) -> Iterator[Live]:
    with live(postgres_databases.filled("items")) as running:
        yield running


@pytest.fixture
def zoo(engine: str, request: pytest.FixtureRequest) -> Iterator[Live]:
    """One server of each engine: every test reacts to messages of its own."""
    running: Live = request.getfixturevalue(f"_zoo_{engine}")
    yield running
    assert not running.undeclared, "\n".join(running.undeclared)


def add(zoo: Live, who: str, ts: str, name: str, channel: str = DEN) -> dict[str, Any]:
    return zoo.call("reactions.add", f"xoxp-{who}", channel=channel, timestamp=ts, name=name)


def remove(zoo: Live, who: str, ts: str, name: str, channel: str = DEN) -> dict[str, Any]:
    return zoo.call("reactions.remove", f"xoxp-{who}", channel=channel, timestamp=ts, name=name)


def told(zoo: Live, ts: str, channel: str = DEN, token: str = "xoxp-ann") -> list[tuple[str, list[str]]] | None:
    """What a message tells of its reactions, None where it tells nothing."""
    message = zoo.call("reactions.get", token, channel=channel, timestamp=ts)["message"]
    if "reactions" not in message:
        return None
    assert all(reaction["count"] == len(reaction["users"]) for reaction in message["reactions"])
    return [(reaction["name"], reaction["users"]) for reaction in message["reactions"]]


def rows(zoo: Live) -> set[tuple[str, str, str]]:
    """The reactions that are stored: the message's `ts`, the name, the person."""
    columns = tables.reactions.c
    statement = Statement(select(columns.ts, columns.name, columns.person), lambda *row: row)

    async def unit(work: Any) -> list[Any]:
        return [*await work.connection.all(statement)]

    return {(f"{ts // 10**6}.{ts % 10**6:06d}", *rest) for ts, *rest in zoo.on_loop(zoo.gridhall.storage.read(unit))}


# Adding.


def test_a_reaction_is_told_by_its_message(zoo: Live) -> None:
    ts = post(zoo)
    assert told(zoo, ts) is None
    for who, name in (("ann", "wave"), ("ben", "tada"), ("ben", "wave"), ("cat", "wave::skin-tone-3")):
        assert add(zoo, who, ts, name) == OK
    assert told(zoo, ts) == [("wave", [ANN, BEN]), ("tada", [BEN]), ("wave::skin-tone-3", [CAT])]
    (message,) = zoo.call("conversations.history", "xoxp-ann", channel=DEN, latest=ts, inclusive="true", limit=1)["messages"]
    assert message["reactions"] == [
        {"name": "wave", "users": [ANN, BEN], "count": 2},
        {"name": "tada", "users": [BEN], "count": 1},
        {"name": "wave::skin-tone-3", "users": [CAT], "count": 1},
    ]
    assert {row for row in rows(zoo) if row[0] == ts} == {
        (ts, "wave", ANN),
        (ts, "tada", BEN),
        (ts, "wave", BEN),
        (ts, "wave::skin-tone-3", CAT),
    }


def test_nobody_gives_one_twice(zoo: Live) -> None:
    ts = post(zoo)
    assert add(zoo, "ann", ts, "wave") == OK
    assert add(zoo, "ann", ts, "wave") == refusal("already_reacted")
    assert add(zoo, "ann", ts, "wave::skin-tone-2") == OK
    assert told(zoo, ts) == [("wave", [ANN]), ("wave::skin-tone-2", [ANN])]


def test_an_emoji_is_the_same_by_each_of_its_names(zoo: Live) -> None:
    ts = post(zoo)
    assert add(zoo, "ann", ts, "thumbsup") == OK
    assert add(zoo, "ben", ts, "+1") == OK
    assert add(zoo, "ann", ts, "+1") == refusal("already_reacted")
    assert told(zoo, ts) == [("thumbsup", [ANN, BEN])]
    assert remove(zoo, "ann", ts, "+1") == OK
    assert told(zoo, ts) == [("thumbsup", [BEN])]


@pytest.mark.parametrize("name", ["nothing", ":wave:", "Wave", "👋", "tada::skin-tone-2", "wave::skin-tone-9", "x" * 300])
def test_a_name_has_to_be_one_of_an_emoji(zoo: Live, name: str) -> None:
    ts = post(zoo)
    assert add(zoo, "ann", ts, name) == refusal("invalid_name")
    assert remove(zoo, "ann", ts, name) == refusal("invalid_name")
    assert told(zoo, ts) is None


def test_a_name_of_our_own_is_good_where_it_is_already(zoo: Live) -> None:
    assert told(zoo, OF_OUR_OWN) == [("lion_king", [ANN])]
    assert add(zoo, "ben", OF_OUR_OWN, "lion_king") == OK
    assert told(zoo, OF_OUR_OWN) == [("lion_king", [ANN, BEN])]
    assert remove(zoo, "ben", OF_OUR_OWN, "lion_king") == OK
    assert add(zoo, "ben", OF_OUR_OWN, "lion_queen") == refusal("invalid_name")


def test_one_person_gives_so_many_and_no_more(zoo: Live) -> None:
    ts = post(zoo)
    names = NAMES[: reactions.MOST_BY_ONE]
    assert {add(zoo, "ann", ts, name)["ok"] for name in names} == {True}
    assert add(zoo, "ann", ts, NAMES[-1]) == refusal("too_many_reactions")
    assert add(zoo, "ann", ts, names[0]) == refusal("already_reacted")
    assert add(zoo, "ben", ts, NAMES[-1]) == OK
    assert remove(zoo, "ann", ts, names[0]) == OK
    assert add(zoo, "ann", ts, NAMES[-1]) == OK


def test_a_message_bears_so_many_different_ones_and_no_more(zoo: Live) -> None:
    ts = post(zoo)
    names, most = iter(NAMES), reactions.MOST_EMOJI
    for who, count in (("ann", 20), ("ben", 20), ("cat", most - 40)):
        assert {add(zoo, who, ts, next(names))["ok"] for _ in range(count)} == {True}
    assert add(zoo, "ann", ts, next(names)) == refusal("too_many_emoji")
    assert add(zoo, "ann", ts, NAMES[most - 1]) == OK
    assert len(told(zoo, ts) or []) == most


# The item.


@pytest.mark.parametrize("method", ["reactions.add", "reactions.remove", "reactions.get"])
def test_an_item_is_a_channel_and_a_timestamp(zoo: Live, method: str) -> None:
    def call(**arguments: object) -> object:
        named = arguments if method == "reactions.get" else arguments | {"name": "wave"}
        return zoo.call(method, "xoxp-ann", **named)["error"]

    ts = post(zoo)
    assert call() == call(channel=DEN) == call(timestamp=ts) == call(channel="", timestamp=ts) == "no_item_specified"
    for bad in ("now", "1", "1500000001", f"{ts}0", f"-{ts}", "1500000001,000001"):
        assert call(channel=DEN, timestamp=bad) == "bad_timestamp"
    assert call(channel=DEN, timestamp="1500000001.000002") == "message_not_found"
    assert call(channel=CAVE, timestamp=ts) == "message_not_found"
    for unknown in ("C0NOBODY001", POND, "den", "#den"):
        assert call(channel=unknown, timestamp=ts) == "channel_not_found"


@pytest.mark.parametrize("method", ["reactions.remove", "reactions.get"])
def test_there_are_no_files(zoo: Live, method: str) -> None:
    name = {} if method == "reactions.get" else {"name": "wave"}
    for file, code in (("file", "file_not_found"), ("file_comment", "file_comment_not_found")):
        assert zoo.call(method, "xoxp-ann", **{file: "F0NONE00001"}, **name) == refusal(code)
        assert zoo.call(method, "xoxp-ann", **{file: "F0NONE00001"}, **name, channel=DEN) == refusal(code)


def test_nobody_reacts_to_files_any_more(zoo: Live) -> None:
    ts = post(zoo)
    for file in ("file", "file_comment"):
        asked = {"channel": DEN, "timestamp": ts, "name": "wave", file: "F0NONE00001"}
        assert zoo.call("reactions.add", "xoxp-ann", **asked) == refusal("not_reactable")


@pytest.mark.parametrize("method", ["reactions.add", "reactions.remove"])
def test_a_name_there_must_be(zoo: Live, method: str) -> None:
    assert zoo.call(method, "xoxp-ann", channel=DEN, timestamp=post(zoo))["error"] == "invalid_name"


def test_what_is_out_of_sight_or_deleted_is_no_item(zoo: Live) -> None:
    parent, alone = post(zoo), post(zoo)
    post(zoo, thread_ts=parent)
    for ts in (parent, alone):
        add(zoo, "ben", ts, "wave")
        delete(zoo, ts)
        assert not any(row[0] == ts for row in rows(zoo))
    for ts in (UNSAID, parent, alone):
        assert add(zoo, "ann", ts, "wave") == refusal("message_not_found")
        assert remove(zoo, "ann", ts, "wave") == refusal("message_not_found")
        assert zoo.call("reactions.get", "xoxp-ann", channel=DEN, timestamp=ts) == refusal("message_not_found")


def test_replies_and_what_the_channel_tells_can_be_reacted_to(zoo: Live) -> None:
    reply = post(zoo, thread_ts=post(zoo))
    assert add(zoo, "ann", reply, "wave") == add(zoo, "ben", JOINED, "wave") == OK
    assert told(zoo, reply) == [("wave", [ANN])]
    assert remove(zoo, "ben", JOINED, "wave") == OK


def test_a_reaction_leaves_thread_and_pin_as_they_are(zoo: Live) -> None:
    ts = post(zoo)
    post(zoo, thread_ts=ts)
    zoo.call("pins.add", "xoxp-ann", channel=DEN, timestamp=ts)
    assert add(zoo, "ann", ts, "wave") == OK
    post(zoo, thread_ts=ts)
    message = zoo.call("reactions.get", "xoxp-ann", channel=DEN, timestamp=ts)["message"]
    assert (message["reply_count"], message["pinned_to"], message["reactions"][0]["users"]) == (2, [DEN], [ANN])


# Who may.


def test_people_react_in_public_channels_without_joining_and_bots_do_not(zoo: Live) -> None:
    ts = post(zoo, YARD)
    assert add(zoo, "ben", ts, "wave", YARD) == OK
    assert told(zoo, ts, YARD, "xoxp-ben") == [("wave", [BEN])]
    assert remove(zoo, "ben", ts, "wave", YARD) == OK
    asked = {"channel": YARD, "timestamp": ts}
    assert zoo.call("reactions.add", "xoxb-keeper", **asked, name="wave") == refusal("no_access")
    assert zoo.call("reactions.remove", "xoxb-keeper", **asked, name="wave") == refusal("no_access")
    assert zoo.call("reactions.get", "xoxb-keeper", **asked) == refusal("access_denied")


def test_a_bot_reacts_where_it_was_added(zoo: Live) -> None:
    ts = post(zoo)
    assert zoo.call("reactions.add", "xoxb-keeper", channel=DEN, timestamp=ts, name="robot_face") == OK
    assert told(zoo, ts, token="xoxb-keeper") == [("robot_face", [KEEPER])]


def test_guests_and_others_react_only_where_they_are(zoo: Live) -> None:
    den, yard, cave = post(zoo), post(zoo, YARD), post(zoo, CAVE)
    assert add(zoo, "guy", den, "wave") == OK
    assert add(zoo, "guy", yard, "wave", YARD) == refusal("channel_not_found")
    assert add(zoo, "ben", cave, "wave", CAVE) == refusal("channel_not_found")
    assert add(zoo, "cat", cave, "wave", CAVE) == OK


def test_people_react_in_direct_messages(zoo: Live) -> None:
    ts = post(zoo, DIRECT)
    assert add(zoo, "ben", ts, "wave", DIRECT) == OK
    assert told(zoo, ts, DIRECT) == [("wave", [BEN])]
    assert add(zoo, "cat", ts, "wave", DIRECT) == refusal("channel_not_found")


def test_people_of_another_organization_react_in_a_connected_channel(zoo: Live) -> None:
    ts = post(zoo, LINK)
    for who in ("fay", "ann", "fox"):
        assert add(zoo, who, ts, "wave", LINK) == OK
    assert add(zoo, "fay", ts, "wave", LINK) == refusal("already_reacted")
    assert told(zoo, ts, LINK) == told(zoo, ts, LINK, "xoxp-fay") == [("wave", [FAY, ANN, FOX])]
    assert remove(zoo, "fay", ts, "wave", LINK) == OK
    assert told(zoo, ts, LINK) == [("wave", [ANN, FOX])]
    theirs = post(zoo, LINK, "xoxp-fay")
    assert add(zoo, "ann", theirs, "wave", LINK) == OK
    assert add(zoo, "fay", post(zoo), "wave") == refusal("channel_not_found")


def test_in_an_archive_a_reaction_can_be_taken_back_but_not_given(zoo: Live) -> None:
    assert add(zoo, "ann", ONCE, "tada", OLD) == refusal("is_archived")
    assert remove(zoo, "ben", ONCE, "wave", OLD) == OK
    assert told(zoo, ONCE, OLD) == [("wave", [ANN])]


@pytest.mark.parametrize("method", ["reactions.add", "reactions.remove", "reactions.get", "reactions.list"])
def test_a_scope_is_needed(zoo: Live, method: str) -> None:
    needed = "reactions:write" if method in ("reactions.add", "reactions.remove") else "reactions:read"
    answer = zoo.call(method, "xoxp-ann-plain", channel=DEN, timestamp=post(zoo), name="wave")
    assert (answer["error"], answer["needed"]) == ("missing_scope", needed)


# Taking back.


def test_a_reaction_is_taken_back_by_who_gave_it(zoo: Live) -> None:
    ts = post(zoo)
    for who in ("ann", "ben", "cat"):
        add(zoo, who, ts, "wave")
    assert remove(zoo, "ben", ts, "wave") == OK
    assert told(zoo, ts) == [("wave", [ANN, CAT])]
    assert remove(zoo, "ben", ts, "wave") == remove(zoo, "ann", ts, "tada") == refusal("no_reaction")
    assert remove(zoo, "ann", ts, "wave") == remove(zoo, "cat", ts, "wave") == OK
    assert told(zoo, ts) is None
    assert not any(row[0] == ts for row in rows(zoo))
    assert remove(zoo, "ann", ts, "wave") == refusal("no_reaction")


# Reading.


def test_the_item_is_told_whole(zoo: Live) -> None:
    ts = post(zoo)
    add(zoo, "ben", ts, "wave")
    answer = zoo.call("reactions.get", "xoxp-ann", channel=DEN, timestamp=ts, full="true")
    assert answer == zoo.call("reactions.get", "xoxp-ann", channel=DEN, timestamp=ts)
    assert answer == {
        "ok": True,
        "type": "message",
        "channel": DEN,
        "message": {
            "type": "message",
            "user": ANN,
            "text": "Hello",
            "blocks": in_words("Hello"),
            "ts": ts,
            "team": "T0LIONS0001",
            "app_id": "A0KEEPER001",
            "bot_id": "B0KEEPER001",
            "bot_profile": keeper(zoo),
            "reactions": [{"name": "wave", "users": [BEN], "count": 1}],
            "permalink": f"{zoo.url}/w/lions/archives/{DEN}/p{ts.replace('.', '')}",
        },
    }


# At once.


def test_all_who_react_at_once_are_counted(zoo: Live) -> None:
    for _ in range(5):
        ts = post(zoo)
        assert at_once(*(partial(add, zoo, who, ts, "wave") for who in ("ann", "ben", "cat", "guy"))) == ["ok"] * 4
        assert [(name, len(users)) for name, users in told(zoo, ts) or []] == [("wave", 4)]
        assert at_once(*(partial(remove, zoo, who, ts, "wave") for who in ("ann", "ben", "cat", "guy"))) == ["ok"] * 4
        assert told(zoo, ts) is None


def test_the_same_at_once_counts_once(zoo: Live) -> None:
    for _ in range(5):
        ts = post(zoo)
        assert at_once(*[partial(add, zoo, "ann", ts, "wave")] * 3) == ["already_reacted"] * 2 + ["ok"]
        assert told(zoo, ts) == [("wave", [ANN])]
        assert at_once(*[partial(remove, zoo, "ann", ts, "wave")] * 3) == ["no_reaction"] * 2 + ["ok"]
        assert told(zoo, ts) is None


def test_reactions_replies_and_pins_at_once_lose_nothing(zoo: Live) -> None:
    for _ in range(5):
        ts = post(zoo)
        outcomes = at_once(
            partial(add, zoo, "ann", ts, "wave"),
            partial(zoo.call, "chat.postMessage", "xoxp-ben", channel=DEN, text="Yes", thread_ts=ts),
            partial(zoo.call, "pins.add", "xoxp-cat", channel=DEN, timestamp=ts),
            partial(add, zoo, "ben", ts, "tada"),
        )
        assert outcomes == ["ok"] * 4
        message = zoo.call("reactions.get", "xoxp-ann", channel=DEN, timestamp=ts)["message"]
        assert (message["reply_count"], message["pinned_to"]) == (1, [DEN])
        assert sorted(reaction["name"] for reaction in message["reactions"]) == ["tada", "wave"]
        zoo.call("pins.remove", "xoxp-cat", channel=DEN, timestamp=ts)


def test_a_message_that_is_deleted_meanwhile_keeps_no_reaction(zoo: Live) -> None:
    for round in range(10):
        ts = post(zoo)
        add(zoo, "ben", ts, "tada")
        steps = [partial(add, zoo, "ann", ts, "wave"), partial(delete, zoo, ts)]
        assert at_once(*(steps if round % 2 else reversed(steps))) in (["ok", "ok"], ["message_not_found", "ok"])
        assert not any(row[0] == ts for row in rows(zoo))
