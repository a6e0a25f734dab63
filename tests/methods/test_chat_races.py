"""Several at once, on both engines, and on two workers: whoever wins, nothing is lost, doubled or seen too late."""

import itertools
import json
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cli.program import serve
from gridhall.storage import tables
from harness.databases import Databases
from harness.live import Live
from methods.press import DESK, SAFE, at_once, posted, refused, reply, rows, shown, thread
from storage.pinned import Worker, workers_of

ROUNDS = 12

Call = Callable[..., dict[str, Any]]
"""Calls a method: its name, the token, the arguments."""


def codes(answers: list[dict[str, Any]]) -> list[str]:
    return sorted(answer.get("error", "ok") for answer in answers)


# Time.

POSTERS, EACH = 4, 25


def poll(call: Call, tokens: list[str], posters: list[Call]) -> None:
    """Have several post while one reads on from the last message that it has seen; it sees every one, once and in order."""

    def post(number: int) -> list[str]:
        made = []
        for count in range(EACH):
            token = tokens[(number + count) % len(tokens)]
            answer = posters[number](method="chat.postMessage", token=token, channel=DESK, text=f"{number}/{count}")
            assert answer["ok"], answer
            made.append(answer["ts"])
        return made

    seen: list[str] = []
    oldest = posters[0](method="chat.postMessage", token=tokens[0], channel=DESK, text="First")["ts"]

    def read() -> None:
        nonlocal oldest
        answer = call(method="conversations.history", token="xoxp-mia", channel=DESK, oldest=oldest, limit="999")
        assert answer["ok"], answer
        found = [message["ts"] for message in reversed(answer["messages"])]
        seen.extend(found)
        oldest = found[-1] if found else oldest

    with ThreadPoolExecutor(POSTERS) as pool:
        running = [pool.submit(post, number) for number in range(POSTERS)]
        while not all(future.done() for future in running):
            read()
        made = [future.result() for future in running]
    read()
    assert seen == sorted(itertools.chain.from_iterable(made)), "every message once, none late"
    assert all(own == sorted(own) for own in made)


def test_a_poller_sees_every_message_once(own_press: Live) -> None:
    def call(*, method: str, token: str, **arguments: object) -> dict[str, Any]:
        return own_press.call(method, token, **arguments)

    poll(call, ["xoxp-mia", "xoxp-max", "xoxb-wire"], [call] * POSTERS)


@pytest.fixture
def workers(postgres_databases: Databases, tmp_path: Path) -> Iterator[list[list[Worker]]]:
    """Connections to two workers over one database: a pair for each who calls."""
    options = ("--database", postgres_databases.filled("chat"), "--workers", "2", "--rate-limits", "off")
    with serve(*options, folder=tmp_path) as server, ExitStack() as stack:
        yield [stack.enter_context(workers_of(server, "xoxp-mia")) for _ in range(POSTERS + 1)]


linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")


@linux_only
def test_a_poller_sees_every_message_once_whichever_worker_took_it(workers: list[list[Worker]]) -> None:
    def caller(pair: list[Worker]) -> Call:
        turns = itertools.cycle(pair)
        return lambda *, method, token, **arguments: next(turns).call(method, token, **arguments)

    poll(caller(workers[-1]), ["xoxp-mia", "xoxp-max", "xoxb-wire"], [caller(pair) for pair in workers[:POSTERS]])


@linux_only
def test_a_repetition_posts_nothing_on_either_worker(workers: list[list[Worker]]) -> None:
    every = [worker for pair in workers for worker in pair]
    arguments = {"channel": DESK, "text": "Once", "client_msg_id": "once"}
    answers = at_once(*[partial(worker.call, "chat.postMessage", "xoxp-mia", **arguments) for worker in every])
    assert len({json.dumps(answer["message"]) for answer in answers}) == 1
    changed = every[0].call("chat.update", "xoxp-mia", channel=DESK, ts=answers[0]["ts"], text="Changed")
    assert changed["ok"]
    assert every[1].call("chat.postMessage", "xoxp-mia", **arguments)["message"]["text"] == "Changed"


# Two on one message.


def test_an_edit_and_a_deletion_leave_nothing(own_press: Live) -> None:
    for _ in range(ROUNDS):
        ts = posted(own_press)
        edit, deletion = at_once(
            partial(own_press.call, "chat.update", "xoxp-mia", channel=DESK, ts=ts, text="New"),
            partial(own_press.call, "chat.delete", "xoxp-mia", channel=DESK, ts=ts),
        )
        assert deletion["ok"]
        assert edit["ok"] or edit == refused("message_not_found")
        assert (rows(own_press, tables.messages, ts), shown(own_press, ts)) == ([], None)
        kept = json.loads(rows(own_press, tables.deleted_messages, ts)[0]["content"])
        assert kept["text"] == ("New" if edit["ok"] else "Words")


def test_two_edits_are_both_told(own_press: Live) -> None:
    for _ in range(ROUNDS):
        ts = posted(own_press, "First")
        texts = [f"Edit {number}" for number in range(4)]
        answers = at_once(
            *[partial(own_press.call, "chat.update", "xoxp-mia", channel=DESK, ts=ts, text=text) for text in texts]
        )
        assert [answer["text"] for answer in answers] == texts
        story = rows(own_press, tables.message_edits, ts)
        assert sorted(edit["text"] for edit in story) == texts
        chain = ["First", *[edit["text"] for edit in sorted(story, key=lambda edit: int(edit["position"]))]]
        assert [edit["previous"] for edit in sorted(story, key=lambda edit: int(edit["position"]))] == chain[:-1]
        message = shown(own_press, ts)
        assert message is not None
        assert message["text"] == chain[-1]


def test_a_message_is_deleted_once(own_press: Live) -> None:
    for _ in range(ROUNDS):
        ts = posted(own_press)
        tokens = ("xoxp-mia", "xoxp-ada", "xoxs-mia")
        answers = at_once(*[partial(own_press.call, "chat.delete", token, channel=DESK, ts=ts) for token in tokens])
        assert codes(answers) == ["message_not_found", "message_not_found", "ok"]
        assert len(rows(own_press, tables.deleted_messages, ts)) == 1


# Threads.


def test_a_reply_and_the_deletion_of_its_parent_agree(own_press: Live) -> None:
    for _ in range(ROUNDS):
        parent = posted(own_press)
        answer, deletion = at_once(
            partial(own_press.call, "chat.postMessage", "xoxp-max", channel=DESK, text="Hi", thread_ts=parent),
            partial(own_press.call, "chat.delete", "xoxp-mia", channel=DESK, ts=parent),
        )
        assert deletion["ok"]
        if answer["ok"]:
            placeholder, child = thread(own_press, parent)
            assert (placeholder["subtype"], placeholder["reply_count"], child["ts"]) == ("tombstone", 1, answer["ts"])
        else:
            assert answer == refused("cannot_reply_to_message")
            assert rows(own_press, tables.messages, parent) == []


def test_the_last_reply_and_its_parent_go_together(own_press: Live) -> None:
    for _ in range(ROUNDS):
        parent = posted(own_press)
        child = reply(own_press, parent)
        answers = at_once(
            partial(own_press.call, "chat.delete", "xoxp-mia", channel=DESK, ts=parent),
            partial(own_press.call, "chat.delete", "xoxp-max", channel=DESK, ts=child),
        )
        assert codes(answers) == ["ok", "ok"]
        assert rows(own_press, tables.messages, parent) == rows(own_press, tables.messages, child) == []
        assert rows(own_press, tables.thread_members, parent, "thread_ts") == []


def test_replies_and_deletions_are_all_counted(own_press: Live) -> None:
    parent = posted(own_press)
    old = [reply(own_press, parent, token=token) for token in ("xoxp-max", "xoxp-mia") * 4]
    calls: list[Callable[[], dict[str, Any]]] = []
    for number, ts in enumerate(old):
        token = ("xoxp-max", "xoxp-mia")[number % 2]
        calls.append(partial(own_press.call, "chat.delete", token, channel=DESK, ts=ts))
        calls.append(partial(own_press.call, "chat.postMessage", "xoxb-wire", channel=DESK, text="Hi", thread_ts=parent))
    assert set(codes(at_once(*calls))) == {"ok"}
    summary, *replies = thread(own_press, parent)
    assert (summary["reply_count"], len(replies)) == (8, 8)
    assert (summary["reply_users"], summary["latest_reply"]) == (["W0WIRE00001"], replies[-1]["ts"])


# Channels.


def test_nothing_comes_after_a_channel_is_archived(own_press: Live) -> None:
    def post(_: int) -> dict[str, Any]:
        return own_press.call("chat.postMessage", "xoxp-mia", channel=SAFE, text="Hi")

    for _ in range(ROUNDS):
        with ThreadPoolExecutor(6) as pool:
            before = [pool.submit(post, number) for number in range(10)]
            archived = pool.submit(own_press.call, "conversations.archive", "xoxp-ada", channel=SAFE)
            after = [pool.submit(post, number) for number in range(10)]
        assert archived.result()["ok"]
        answers = [future.result() for future in (*before, *after)]
        assert set(codes(answers)) <= {"ok", "is_archived"}
        newest = own_press.call("conversations.history", "xoxp-mia", channel=SAFE, limit="1")["messages"][0]
        assert newest["subtype"] == "channel_archive"
        assert all(answer["ts"] < newest["ts"] for answer in answers if answer["ok"])
        assert own_press.call("conversations.unarchive", "xoxp-ada", channel=SAFE)["ok"]


def test_nobody_posts_after_they_have_left(own_press: Live) -> None:
    def post(_: int) -> dict[str, Any]:
        return own_press.call("chat.postMessage", "xoxp-max", channel=DESK, text="Hi")

    for _ in range(ROUNDS):
        with ThreadPoolExecutor(6) as pool:
            before = [pool.submit(post, number) for number in range(10)]
            left = pool.submit(own_press.call, "conversations.leave", "xoxp-max", channel=DESK)
            after = [pool.submit(post, number) for number in range(10)]
        assert left.result()["ok"]
        answers = [future.result() for future in (*before, *after)]
        assert set(codes(answers)) <= {"ok", "not_in_channel"}
        newest = own_press.call("conversations.history", "xoxp-mia", channel=DESK, limit="1")["messages"][0]
        assert newest["subtype"] == "channel_leave"
        assert own_press.call("conversations.join", "xoxp-max", channel=DESK)["ok"]


def test_posts_without_end_keep_nobody_from_changing_the_channel(own_press: Live) -> None:
    most = 400
    over = threading.Event()

    def post_on(_: int) -> int:
        for count in range(most):
            if over.is_set():
                return count
            assert own_press.call("chat.postMessage", "xoxp-mia", channel=SAFE, text="Hi")["ok"]
        return most

    with ThreadPoolExecutor(8) as pool:
        posting = [pool.submit(post_on, number) for number in range(8)]
        for number in range(3):
            assert own_press.call("conversations.setTopic", "xoxp-ada", channel=SAFE, topic=str(number))["ok"]
        over.set()
    assert all(future.result() < most for future in posting), "nobody had to come to an end first"


def test_one_id_stands_for_one_message_in_one_channel(own_press: Live) -> None:
    for number in range(ROUNDS):
        answers = at_once(
            *[
                partial(
                    own_press.call, "chat.postMessage", "xoxp-mia", channel=channel, text="Hi", client_msg_id=f"id-{number}"
                )
                for channel in (DESK, SAFE) * 2
            ]
        )
        assert codes(answers) == ["duplicate_channel_not_found"] * 2 + ["ok"] * 2
        assert len({answer["ts"] for answer in answers if answer["ok"]}) == 1
