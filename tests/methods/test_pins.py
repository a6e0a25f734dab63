"""pins.add, pins.remove, pins.list"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select

from gridhall.contract.timestamps import ts_micros
from gridhall.domain import pins
from gridhall.storage import tables
from gridhall.storage.statement import Statement
from harness.databases import Databases
from harness.live import Live, live
from harness.rich import in_words
from methods.rows import change
from methods.zoo import (
    ANN,
    BEN,
    CAT,
    CAVE,
    DEN,
    DIRECT,
    FAY,
    JOINED,
    LINK,
    OK,
    OLD,
    ONCE,
    POND,
    UNSAID,
    YARD,
    ZOO,
    at_once,
    delete,
    keeper,
    post,
    refusal,
)


@pytest.fixture
def zoo(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own on each engine: pins are counted."""
    with live(any_databases.filled("items")) as running:
        yield running


@pytest.fixture
def one_zoo(sqlite_databases: Databases) -> Iterator[Live]:
    """A server of the test's own, for what no engine can make different."""
    with live(sqlite_databases.filled("items")) as running:
        yield running


def pin(zoo: Live, ts: str, token: str = "xoxp-ann", channel: str = DEN) -> dict[str, Any]:
    return zoo.call("pins.add", token, channel=channel, timestamp=ts)


def unpin(zoo: Live, ts: str, token: str = "xoxp-ann", channel: str = DEN) -> dict[str, Any]:
    return zoo.call("pins.remove", token, channel=channel, timestamp=ts)


def pinned(zoo: Live, token: str = "xoxp-ann", channel: str = DEN) -> list[str]:
    """The `ts` of what is pinned, newest pin first. The history counts as many."""
    answer = zoo.call("pins.list", token, channel=channel)
    assert answer["ok"], answer
    stored = rows(zoo, channel)
    shown = [item["message"]["ts"] for item in answer["items"]]
    assert sorted(map(ts_micros, shown)) == sorted(stored)
    if channel in (DEN, YARD):
        assert zoo.call("conversations.history", "xoxp-ann", channel=channel)["pin_count"] == len(stored)
    return shown


def rows(zoo: Live, channel: str) -> list[int]:
    statement = Statement(select(tables.pins.c.ts).where(tables.pins.c.conversation == channel), int)

    async def unit(work: Any) -> list[int]:
        return [*await work.connection.all(statement)]

    found: list[int] = zoo.on_loop(zoo.gridhall.storage.read(unit))
    return found


def test_a_pin_is_told_by_its_message_and_listed(zoo: Live) -> None:
    profile = keeper(zoo)
    zoo.move(to=1_900_000_000)
    ts = post(zoo)
    assert pin(zoo, ts, "xoxp-ben") == OK
    message = {
        "type": "message",
        "user": ANN,
        "text": "Hello",
        "blocks": in_words("Hello"),
        "ts": ts,
        "team": "T0LIONS0001",
        "app_id": "A0KEEPER001",
        "bot_id": "B0KEEPER001",
        "bot_profile": profile,
        "pinned_to": [DEN],
    }
    permalink = f"{zoo.url}/w/lions/archives/{DEN}/p{ts.replace('.', '')}"
    assert zoo.call("pins.list", "xoxp-ann", channel=DEN) == {
        "ok": True,
        "items": [
            {
                "type": "message",
                "channel": DEN,
                "created": 1_900_000_000,
                "created_by": BEN,
                "message": message | {"permalink": permalink},
            }
        ],
    }
    history = zoo.call("conversations.history", "xoxp-ann", channel=DEN, limit=1)
    assert (history["pin_count"], history["messages"]) == (1, [message])


def test_the_newest_pin_comes_first(zoo: Live) -> None:
    zoo.move(to=1_900_000_000)
    first, second, third = post(zoo), post(zoo), post(zoo)
    for ts in (second, third, first):
        zoo.move(advance=10)
        assert pin(zoo, ts) == OK
    assert pinned(zoo) == [first, third, second]
    assert unpin(zoo, third, "xoxp-ben") == OK
    assert pinned(zoo) == [first, second]
    zoo.move(advance=10)
    assert pin(zoo, third) == OK
    assert pinned(zoo) == [third, first, second]
    # Of pins of one second, the newer message's.
    assert pin(zoo, post(zoo)) == OK
    assert pinned(zoo)[1] == third


def test_a_message_is_pinned_once(zoo: Live) -> None:
    ts = post(zoo)
    assert pin(zoo, ts) == OK
    assert pin(zoo, ts, "xoxp-ben") == refusal("already_pinned")
    assert unpin(zoo, ts) == OK
    assert unpin(zoo, ts) == refusal("no_pin")
    assert pinned(zoo) == []
    assert pin(zoo, ts, "xoxp-ben") == OK


def test_a_channel_has_so_many_pins_and_no_more(zoo: Live) -> None:
    stones = [post(zoo) for _ in range(3)]
    of = {"organization": ZOO, "conversation": DEN, "person": CAT, "pinned": 1600000000}
    change(zoo, *(insert(tables.pins).values(**of, ts=number) for number in range(1, pins.MOST)))
    assert pin(zoo, stones[0]) == OK
    assert pin(zoo, stones[1]) == refusal("too_many_pins")
    assert pin(zoo, stones[0]) == refusal("already_pinned")
    assert pin(zoo, post(zoo, YARD), channel=YARD) == OK
    assert unpin(zoo, stones[0]) == OK
    assert pin(zoo, stones[2]) == OK


# The item.


@pytest.mark.parametrize("method", ["pins.add", "pins.remove"])
def test_an_item_is_a_channel_and_a_timestamp(one_zoo: Live, method: str) -> None:
    def call(**arguments: object) -> object:
        return one_zoo.call(method, "xoxp-ann", **arguments)["error"]

    ts = post(one_zoo)
    assert call(channel=DEN) == call(channel=DEN, timestamp="") == "no_item_specified"
    assert (
        call(timestamp=ts)
        == call(channel="C0NOBODY001", timestamp=ts)
        == call(channel=POND, timestamp=ts)
        == "channel_not_found"
    )
    assert call(channel=DEN, timestamp="now") == call(channel=DEN, timestamp="1500000001") == "bad_timestamp"
    assert call(channel=DEN, timestamp="1500000001.000002") == call(channel=CAVE, timestamp=ts) == "message_not_found"
    assert call(channel=DEN, timestamp=UNSAID) == "message_not_found"


def test_a_listing_needs_a_channel(one_zoo: Live) -> None:
    assert one_zoo.call("pins.list", "xoxp-ann")["error"] == "channel_not_found"
    assert one_zoo.call("pins.list", "xoxp-ann", channel=POND) == refusal("channel_not_found")


def test_what_the_channel_tells_of_itself_cannot_be_pinned(one_zoo: Live) -> None:
    assert pin(one_zoo, JOINED) == refusal("not_pinnable")
    assert unpin(one_zoo, JOINED) == refusal("no_pin")


def test_what_people_and_bots_say_can_be_pinned(one_zoo: Live) -> None:
    parent = post(one_zoo)
    said = [
        parent,
        post(one_zoo, thread_ts=parent),
        post(one_zoo, thread_ts=parent, reply_broadcast="true"),
        post(one_zoo, token="xoxb-keeper"),
    ]
    assert [pin(one_zoo, ts) for ts in said] == [OK] * 4
    assert sorted(pinned(one_zoo)) == said


def test_a_pin_goes_with_its_message(zoo: Live) -> None:
    parent, alone, kept = post(zoo), post(zoo), post(zoo)
    post(zoo, thread_ts=parent)
    for ts in (parent, alone, kept):
        pin(zoo, ts)
    delete(zoo, parent)
    delete(zoo, alone)
    assert pinned(zoo) == [kept]
    assert pin(zoo, parent) == unpin(zoo, parent) == unpin(zoo, alone) == refusal("message_not_found")


def test_a_pin_leaves_thread_and_reactions_as_they_are(one_zoo: Live) -> None:
    ts = post(one_zoo)
    post(one_zoo, thread_ts=ts)
    one_zoo.call("reactions.add", "xoxp-ben", channel=DEN, timestamp=ts, name="wave")
    assert pin(one_zoo, ts) == OK
    (item,) = one_zoo.call("pins.list", "xoxp-ann", channel=DEN)["items"]
    assert (item["message"]["reply_count"], item["message"]["reactions"][0]["users"]) == (1, [BEN])
    assert unpin(one_zoo, ts) == OK
    message = one_zoo.call("reactions.get", "xoxp-ann", channel=DEN, timestamp=ts)["message"]
    assert (message["reply_count"], len(message["reactions"]), "pinned_to" in message) == (1, 1, False)


# Who may.


def test_who_is_in_a_channel_pins_there(one_zoo: Live) -> None:
    ts = post(one_zoo, YARD)
    assert pin(one_zoo, ts, "xoxp-ben", YARD) == pin(one_zoo, ts, "xoxb-keeper", YARD) == refusal("not_in_channel")
    assert pin(one_zoo, ts, "xoxp-cat", YARD) == OK
    assert unpin(one_zoo, ts, "xoxp-ben", YARD) == unpin(one_zoo, ts, "xoxb-keeper", YARD) == refusal("restricted_action")
    # People read a public channel without joining, bots do not.
    assert pinned(one_zoo, "xoxp-ben", YARD) == [ts]
    assert one_zoo.call("pins.list", "xoxb-keeper", channel=YARD) == refusal("restricted_action")
    assert pin(one_zoo, post(one_zoo), "xoxb-keeper") == pin(one_zoo, post(one_zoo), "xoxp-guy") == OK
    for who in ("xoxp-ben", "xoxp-guy"):
        assert one_zoo.call("pins.list", who, channel=CAVE) == refusal("channel_not_found")


def test_an_archive_stays_as_it_is(one_zoo: Live) -> None:
    assert unpin(one_zoo, ONCE, channel=OLD) == pin(one_zoo, ONCE, channel=OLD) == refusal("restricted_action")
    assert pinned(one_zoo, channel=OLD) == [ONCE]


def test_direct_messages_are_pinned_as_well(one_zoo: Live) -> None:
    ts = post(one_zoo, DIRECT)
    assert pin(one_zoo, ts, "xoxp-ben", DIRECT) == OK
    assert pinned(one_zoo, channel=DIRECT) == [ts]


def test_people_of_another_organization_pin_in_a_connected_channel(zoo: Live) -> None:
    ts = post(zoo, LINK)
    assert pin(zoo, ts, "xoxp-fay", LINK) == OK
    assert pin(zoo, ts, "xoxp-fox", LINK) == refusal("not_in_channel")
    (item,) = zoo.call("pins.list", "xoxp-ann", channel=LINK)["items"]
    assert (item["created_by"], item["message"]["pinned_to"]) == (FAY, [LINK])
    assert pinned(zoo, "xoxp-fox", LINK) == [ts]
    assert unpin(zoo, ts, channel=LINK) == OK


@pytest.mark.parametrize(("method", "needed"), [("add", "pins:write"), ("remove", "pins:write"), ("list", "pins:read")])
def test_a_scope_is_needed(one_zoo: Live, method: str, needed: str) -> None:
    answer = one_zoo.call(f"pins.{method}", "xoxp-ann-plain", channel=DEN, timestamp=post(one_zoo))
    assert (answer["error"], answer["needed"]) == ("missing_scope", needed)


# At once.


def test_the_same_at_once_counts_once(zoo: Live) -> None:
    for _ in range(5):
        ts = post(zoo)
        assert at_once(*(partial(pin, zoo, ts, token) for token in ("xoxp-ann", "xoxp-ben", "xoxp-cat"))) == [
            "already_pinned",
            "already_pinned",
            "ok",
        ]
        assert pinned(zoo) == [ts]
        assert at_once(*[partial(unpin, zoo, ts)] * 3) == ["no_pin", "no_pin", "ok"]
        assert pinned(zoo) == []


def test_the_last_place_is_taken_once(zoo: Live) -> None:
    of = {"organization": ZOO, "conversation": DEN, "person": CAT, "pinned": 1600000000}
    change(zoo, *(insert(tables.pins).values(**of, ts=number) for number in range(1, pins.MOST)))
    stones = [post(zoo) for _ in range(4)]
    assert at_once(*(partial(pin, zoo, ts) for ts in stones)) == ["ok"] + ["too_many_pins"] * 3
    assert len(rows(zoo, DEN)) == pins.MOST


def test_a_message_that_is_deleted_meanwhile_keeps_no_pin(zoo: Live) -> None:
    for round in range(10):
        ts = post(zoo)
        steps = [partial(pin, zoo, ts), partial(delete, zoo, ts)]
        assert at_once(*(steps if round % 2 else reversed(steps))) in (["ok", "ok"], ["message_not_found", "ok"])
        assert rows(zoo, DEN) == []
