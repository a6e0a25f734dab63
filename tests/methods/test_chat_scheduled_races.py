"""Scheduled messages while their time comes, on both engines: nothing is overlooked, posted twice, or posted and deleted."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from harness.live import Live
from methods.press import DESK, MIA_MAX, SAFE, at_once
from methods.scheduling import NOW, SOON, go, newer, schedule, texts, waiting

ROUNDS = 8


@pytest.fixture
def still(own_press: Live) -> Live:
    """A server of the test's own, whose clock stands still."""
    own_press.move(to=NOW)
    return own_press


def test_what_is_scheduled_while_others_are_posted_is_not_overlooked(still: Live) -> None:
    """Three schedule for ten seconds ahead while the clock goes on ten seconds at a time."""
    made: list[str] = []

    def write(client: int) -> None:
        for number in range(20):
            text = f"{client}/{number}"
            at = still.gridhall.clock.now() // 1_000_000 + 11
            answer = still.call("chat.scheduleMessage", "xoxp-mia", channel=DESK, text=text, post_at=at)
            # The clock may have gone on in between.
            if answer["ok"]:
                made.append(text)
            else:
                assert answer["error"] in ("time_in_past", "restricted_too_many"), answer

    def pass_time() -> None:
        for step in range(1, 30):
            go(still, NOW + 10 * step)

    at_once(pass_time, *[partial(write, client) for client in range(3)])
    go(still, NOW + 1000)
    assert waiting(still) == []
    assert len(made) > 20
    assert sorted(texts(newer(still))) == sorted(made)


def test_a_channel_gets_thirty_however_many_come_at_once(still: Live) -> None:
    def write(token: str) -> list[bool]:
        sent = partial(still.call, "chat.scheduleMessage", token, channel=DESK, text="Words", post_at=SOON)
        return [sent()["ok"] for _ in range(12)]

    answers = at_once(*[partial(write, token) for token in ("xoxp-mia", "xoxp-max", "xoxb-wire", "xoxp-ada")])
    assert sum(map(sum, answers)) == 30
    go(still)
    assert len(newer(still)) == 30


def test_a_message_is_posted_or_deleted(still: Live) -> None:
    for round in range(ROUNDS):
        at = SOON + 1000 * round
        still.move(to=at - 60)
        id = schedule(still, f"{round}", at=at)
        _, deletion = at_once(
            partial(go, still, at),
            partial(still.call, "chat.deleteScheduledMessage", "xoxp-mia", channel=DESK, scheduled_message_id=id),
        )
        go(still, at)
        assert waiting(still) == []
        assert texts(newer(still)).count(f"{round}") == (0 if deletion["ok"] else 1)


def _end(still: Live, method: str, **arguments: object) -> Callable[[], Any]:
    return partial(still.call, method, "xoxp-mia", **arguments)


def test_nothing_is_posted_behind_the_archiving(still: Live) -> None:
    for number in range(25):
        schedule(still, f"{number}", at=SOON + number)
    at_once(partial(go, still, SOON + 100), _end(still, "conversations.archive", channel=DESK))
    go(still, SOON + 100)
    assert waiting(still) == []
    found = newer(still)
    assert found[-1]["subtype"] == "channel_archive"
    before = texts(found)[:-1]
    assert before == [f"{number}" for number in range(len(before))]


def test_replies_and_posts_of_others_meanwhile_are_all_counted(still: Live) -> None:
    parents = [still.call("chat.postMessage", "xoxp-mia", channel=DESK, text=f"Parent {one}")["ts"] for one in range(3)]
    for number in range(24):
        schedule(still, f"{number}", at=SOON + number, thread_ts=parents[number % 3])

    def write(parent: str) -> None:
        for _ in range(8):
            assert still.call("chat.postMessage", "xoxp-max", channel=DESK, text="Now", thread_ts=parent)["ok"]

    at_once(partial(go, still, SOON + 100), *[partial(write, parent) for parent in parents])
    go(still, SOON + 100)
    for parent in parents:
        answer = still.call("conversations.replies", "xoxp-mia", channel=DESK, ts=parent)
        first, *replies = answer["messages"]
        assert first["reply_count"] == len(replies) == 16


def test_conversations_wait_for_each_other_not_at_all(still: Live) -> None:
    for channel in (DESK, SAFE, MIA_MAX):
        for number in range(25):
            schedule(still, f"{number}", channel=channel, at=SOON + number)
    go(still, SOON + 100)
    for channel in (DESK, SAFE, MIA_MAX):
        assert texts(newer(still, channel=channel)) == [f"{number}" for number in range(25)]
