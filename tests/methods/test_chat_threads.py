"""Replies: where they go, what a thread tells of them, and who follows it."""

import pytest

from gridhall.domain.threads import MOST_MENTIONED
from gridhall.storage import tables
from harness.live import Live
from methods.press import (
    ADA,
    DESK,
    JOINED,
    LONG_AGO,
    MAX,
    MIA,
    SAFE,
    TIM,
    TOM,
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


def follows(press: Live, parent: str, token: str, channel: str = DESK) -> bool:
    return bool(thread(press, parent, token, channel)[0]["subscribed"])


def test_a_reply_tells_of_its_parent_and_the_parent_of_its_replies(press: Live) -> None:
    parent = posted(press)
    first = post(press, "One", "xoxp-max", thread_ts=parent)
    message = first["message"]
    assert (message["thread_ts"], message["parent_user_id"], "subtype" in message) == (parent, MIA, False)
    last = reply(press, parent, token="xoxp-mia")
    summary = thread(press, parent)[0]
    assert (summary["thread_ts"], summary["reply_count"], summary["reply_users_count"]) == (parent, 2, 2)
    assert (summary["reply_users"], summary["latest_reply"], summary["is_locked"]) == ([MAX, MIA], last, False)
    assert shown(press, first["ts"]) is None, "only the thread shows it"
    assert thread(press, parent)[1] == message


def test_a_reply_to_a_reply_is_one_to_its_thread(press: Live) -> None:
    parent = posted(press)
    first = reply(press, parent)
    second = post(press, "Two", thread_ts=first)["message"]
    assert (second["thread_ts"], second["parent_user_id"]) == (parent, MIA)
    assert [message["ts"] for message in thread(press, parent)] == [parent, first, second["ts"]]


def test_a_broadcast_reply_is_in_the_channel_with_its_root(press: Live) -> None:
    parent = posted(press, "Root")
    answer = post(press, "Loud", "xoxb-wire", thread_ts=parent, reply_broadcast="true")
    message = answer["message"]
    assert (message["subtype"], message["root"]["text"], message["root"]["reply_count"]) == ("thread_broadcast", "Root", 1)
    assert shown(press, answer["ts"], "xoxb-wire") == message
    assert [found["ts"] for found in thread(press, parent)] == [parent, answer["ts"]]


@pytest.mark.parametrize("ts", ["1500000000.000001", JOINED, LONG_AGO, "soon", "1500000000", "0"])
def test_what_is_no_message_has_no_replies(press: Live, ts: str) -> None:
    answer = press.call("chat.postMessage", "xoxp-mia", channel=DESK, text="Hi", thread_ts=ts)
    assert answer == refused("cannot_reply_to_message")


def test_a_thread_belongs_to_its_conversation(press: Live) -> None:
    parent = posted(press)
    answer = press.call("chat.postMessage", "xoxp-mia", channel=SAFE, text="Hi", thread_ts=parent)
    assert answer == refused("cannot_reply_to_message")


def test_those_follow_a_thread_whom_it_concerns(press: Live) -> None:
    parent = posted(press)
    assert "subscribed" not in thread(press, parent)[0], "there is no thread yet"
    reply(press, parent)
    assert [follows(press, parent, token) for token in ("xoxp-mia", "xoxp-max", "xoxp-ada", "xoxb-wire")] == [
        True,
        True,
        False,
        False,
    ]
    reply(press, parent, f"<@{ADA}> and <@{WIRE}|wire>, not <@W0LOUD00001> nor <@W0NOBODY001>")
    assert follows(press, parent, "xoxp-ada")
    assert follows(press, parent, "xoxb-wire")
    members = {row["person"] for row in _parts(press, parent)}
    assert members == {MIA, MAX, ADA, WIRE}


def _parts(press: Live, parent: str) -> list[dict[str, object]]:
    """Who has a part in a thread."""
    return rows(press, tables.thread_members, parent, "thread_ts")


def test_who_is_mentioned_follows_from_another_organization_too(press: Live) -> None:
    parent = posted(press, channel=VISIT)
    reply(press, parent, f"<@{TOM}> <@{TIM}>", "xoxp-ada", channel=VISIT)
    assert follows(press, parent, "xoxp-tom", VISIT)
    reply(press, parent, f"<@{MIA}>", "xoxp-tom", channel=VISIT)
    assert {row["person"] for row in _parts(press, parent)} == {MIA, ADA, TOM, TIM}


def test_nobody_makes_the_whole_world_follow(press: Live) -> None:
    parent = posted(press)
    crowd = " ".join(f"<@W0CROWD{number:04}>" for number in range(MOST_MENTIONED))
    reply(press, parent, f"{crowd} <@{ADA}>", "xoxp-mia")
    assert not follows(press, parent, "xoxp-ada")


def test_however_many_are_mentioned_each_follows(press: Live) -> None:
    parent = posted(press)
    crowd = " ".join(f"<@W0CROWD{number:04}>" for number in range(MOST_MENTIONED - 2))
    reply(press, parent, f"<@{ADA}> {crowd} <@{WIRE}>", "xoxp-mia")
    assert {row["person"] for row in _parts(press, parent)} == {MIA, ADA, WIRE}


def test_a_page_tells_of_each_of_many_threads_whether_it_is_followed(press: Live) -> None:
    parents = [posted(press) for _ in range(60)]
    for number, parent in enumerate(parents):
        reply(press, parent, token="xoxp-ada" if number in (0, 30, 59) else "xoxp-max")
    page = press.call("conversations.history", "xoxp-ada", channel=DESK, oldest=parents[0], inclusive="true")["messages"]
    followed = {message["ts"]: message["subscribed"] for message in page}
    assert [parent for parent in parents if followed[parent]] == [parents[0], parents[30], parents[59]]


def test_a_thread_names_the_first_five_who_replied(press: Live) -> None:
    parent = posted(press)
    tokens = ["xoxp-max", "xoxb-wire", "xoxp-ada", "xoxp-mia", "xoxs-mia"]
    for token in tokens:
        reply(press, parent, token=token)
    summary = thread(press, parent)[0]
    assert summary["reply_users"] == [MAX, WIRE, ADA, MIA]
    assert (summary["reply_users_count"], summary["reply_count"]) == (4, 5)
