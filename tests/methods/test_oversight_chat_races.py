"""Several on one message at once, an overseer among them, on both engines: one of the right ends, and nothing lost."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from gridhall.domain.messages import Message
from gridhall.domain.tombstones import Tombstone
from gridhall.storage import tables
from gridhall.storage.tombstones import SqlTombstones
from harness.databases import Databases
from harness.live import Live, live
from methods.overseer import Overseer, kept, react
from methods.press import DESK, at_once, posted, refused, reply, rows, shown, thread
from methods.rows import change

ROUNDS = 12
DEFAULT = "This message was removed."


@pytest.fixture
def overseer(own_press: Live) -> Iterator[Overseer]:
    yield Overseer(own_press)
    assert not own_press.undeclared, "\n".join(own_press.undeclared)


def text(overseer: Overseer, ts: str) -> str | None:
    message = shown(overseer.live, ts)
    return None if message is None else str(message["text"])


def author(overseer: Overseer, method: str, ts: str, **arguments: str) -> "partial[dict[str, Any]]":
    """What the author does."""
    return partial(overseer.live.call, f"chat.{method}", "xoxp-mia", channel=DESK, ts=ts, **arguments)


def oversee(overseer: Overseer, method: str, ts: str, **arguments: str) -> "partial[dict[str, Any]]":
    return partial(overseer.call, method, ts, **arguments)


def wordings(overseer: Overseer, ts: str) -> list[tuple[str, str]]:
    return [(step["previous"]["text"], step["text"]) for step in overseer.do("info", ts)["edits"]]


def test_an_edit_comes_before_the_tombstone_or_not_at_all(overseer: Overseer) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live, "First")
        edit, hidden = at_once(author(overseer, "update", ts, text="Second"), oversee(overseer, "tombstone", ts))
        assert hidden["ok"]
        assert edit["ok"] or edit == refused("cant_update_message")
        assert text(overseer, ts) == DEFAULT
        overseer.do("restore", ts)
        assert text(overseer, ts) == ("Second" if edit["ok"] else "First")
        assert wordings(overseer, ts) == ([("First", "Second")] if edit["ok"] else [])


def test_a_deletion_by_the_author_or_the_tombstone_comes_first(overseer: Overseer) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        deletion, hidden = at_once(author(overseer, "delete", ts), oversee(overseer, "tombstone", ts))
        if hidden["ok"]:
            assert deletion == refused("cant_delete_message")
            overseer.do("restore", ts)
            assert text(overseer, ts) == "Words"
        else:
            assert (hidden, deletion["ok"]) == (refused("message_not_found"), True)
            assert (text(overseer, ts), wordings(overseer, ts)) == (None, [("Words", "")])


def test_tombstones_at_once_keep_one_original_and_tell_of_each(overseer: Overseer) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        before = shown(overseer.live, ts)
        words = [f"Hidden {number}" for number in range(4)]
        answers = at_once(*[oversee(overseer, "tombstone", ts, content=each) for each in words])
        assert [answer["message"]["text"] for answer in answers] == words
        story = wordings(overseer, ts)
        assert sorted(now for _, now in story) == words
        assert [previous for previous, _ in story] == ["Words", *[now for _, now in story[:-1]]]
        assert text(overseer, ts) == story[-1][1]
        overseer.do("restore", ts)
        assert shown(overseer.live, ts) == before


def test_a_restoration_and_a_tombstone_end_in_either(overseer: Overseer) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        react(overseer.live, ts, "tada")
        before = shown(overseer.live, ts)
        overseer.do("tombstone", ts, content="First")
        restored, hidden = at_once(oversee(overseer, "restore", ts), oversee(overseer, "tombstone", ts, content="Second"))
        assert (restored["ok"], hidden["ok"]) == (True, True)
        if text(overseer, ts) == "Second":
            assert kept(overseer.live, ts) == {"tombstones"}
            overseer.do("restore", ts)
        assert (shown(overseer.live, ts), kept(overseer.live, ts)) == (before, {"reactions"})


def test_a_restoration_and_other_words_end_in_either(overseer: Overseer) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        overseer.do("tombstone", ts)
        restored, changed = at_once(oversee(overseer, "restore", ts), oversee(overseer, "update", ts, text="Other"))
        assert (restored["ok"], changed["ok"]) == (True, True)
        if "subtype" in changed["message"]:
            assert text(overseer, ts) == "Words"
        else:
            assert (text(overseer, ts), wordings(overseer, ts)) == ("Other", [("Words", "Other")])


@pytest.mark.parametrize("method", ["tombstone", "restore", "update"])
def test_what_is_purged_stays_gone(overseer: Overseer, method: str) -> None:
    for round in range(ROUNDS):
        ts = posted(overseer.live)
        if method == "restore" or round % 2:
            overseer.do("tombstone", ts)
        arguments = {"text": "Other"} if method == "update" else {}
        purged, other = at_once(oversee(overseer, "delete", ts), oversee(overseer, method, ts, **arguments))
        assert purged["ok"]
        assert other["ok"] or other == refused("message_not_found")
        assert (text(overseer, ts), kept(overseer.live, ts)) == (None, set())
        assert overseer.refused("info", ts) == "message_not_found"


@pytest.mark.parametrize("method", ["update", "delete"])
def test_nothing_that_the_author_does_outlasts_a_purge(overseer: Overseer, method: str) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        arguments = {"text": "Other"} if method == "update" else {}
        purged, other = at_once(oversee(overseer, "delete", ts), author(overseer, method, ts, **arguments))
        assert purged["ok"]
        assert other["ok"] or other == refused("message_not_found")
        assert (text(overseer, ts), kept(overseer.live, ts)) == (None, set())
        assert rows(overseer.live, tables.messages, ts) == []


def test_a_reaction_is_kept_with_the_original_or_refused(overseer: Overseer) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        given, hidden = at_once(partial(react, overseer.live, ts, "tada"), oversee(overseer, "tombstone", ts))
        assert hidden["ok"]
        assert given["ok"] or given == refused("message_not_found")
        assert kept(overseer.live, ts) == {"tombstones"}
        overseer.do("restore", ts)
        assert ("reactions" in (shown(overseer.live, ts) or {})) == given["ok"]
        assert kept(overseer.live, ts) == ({"reactions"} if given["ok"] else set())


def test_a_pin_is_there_or_refused(overseer: Overseer) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        pin = partial(overseer.live.call, "pins.add", "xoxp-max", channel=DESK, timestamp=ts)
        pinned, hidden = at_once(pin, oversee(overseer, "tombstone", ts))
        assert hidden["ok"]
        assert pinned["ok"] or pinned == refused("message_not_found")
        overseer.do("restore", ts)
        assert ("pinned_to" in (shown(overseer.live, ts) or {})) == pinned["ok"] == ("pins" in kept(overseer.live, ts))
        overseer.do("delete", ts)


@pytest.mark.parametrize("method", ["tombstone", "delete"])
def test_a_reply_comes_before_or_not_at_all(overseer: Overseer, method: str) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        answer, hidden = at_once(
            partial(overseer.live.call, "chat.postMessage", "xoxp-max", channel=DESK, text="Hi", thread_ts=ts),
            oversee(overseer, method, ts),
        )
        assert hidden["ok"]
        assert answer["ok"] or answer == refused("cannot_reply_to_message")
        if method == "tombstone":
            overseer.do("restore", ts)
            parent, *replies = thread(overseer.live, ts)
            assert (parent.get("reply_count", 0), len(replies)) == (int(answer["ok"]), int(answer["ok"]))
        elif answer["ok"]:
            placeholder, child = thread(overseer.live, ts)
            assert (placeholder["subtype"], placeholder["reply_count"], child["ts"]) == ("tombstone", 1, answer["ts"])
        else:
            assert rows(overseer.live, tables.messages, ts) == []


def test_a_parent_and_its_replies_are_purged_and_hidden_together(overseer: Overseer) -> None:
    for _ in range(ROUNDS):
        ts = posted(overseer.live)
        first, second, third = (reply(overseer.live, ts) for _ in range(3))
        answers = at_once(
            oversee(overseer, "tombstone", ts),
            oversee(overseer, "delete", first),
            oversee(overseer, "tombstone", second),
            partial(overseer.live.call, "chat.delete", "xoxp-max", channel=DESK, ts=third),
        )
        *overseen, deleted = answers
        assert all(answer["ok"] for answer in overseen), answers
        assert deleted["ok"] or deleted == refused("message_not_found")
        overseer.do("restore", ts)
        parent, *replies = thread(overseer.live, ts)
        left = [(second, DEFAULT)] if deleted["ok"] else [(second, DEFAULT), (third, "Reply")]
        assert (parent["reply_count"], parent["latest_reply"]) == (len(left), left[-1][0])
        assert [(message["ts"], message["text"]) for message in replies] == left


def test_a_stream_ends_where_it_is_hidden(overseer: Overseer) -> None:
    of = {"channel": DESK, "thread_ts": posted(overseer.live), "recipient_user_id": "W0MIA000001"}
    for _ in range(ROUNDS):
        begin = partial(overseer.live.call, "chat.startStream", "xoxb-wire", recipient_team_id="T0NEWS00001", **of)
        ts = begin(markdown_text="One")["ts"]
        more = partial(overseer.live.call, "chat.appendStream", "xoxb-wire", channel=DESK, ts=ts, markdown_text=" two")
        written, hidden = at_once(more, oversee(overseer, "tombstone", ts))
        assert hidden["ok"]
        assert written["ok"] or written == refused("message_not_in_streaming_state")
        assert kept(overseer.live, ts) == {"tombstones"}
        assert overseer.do("restore", ts)["message"]["text"] == ("One two" if written["ok"] else "One")


@pytest.mark.parametrize("method", ["tombstone", "restore", "update", "delete"])
def test_retention_leaves_nothing_whatever_is_done_meanwhile(any_databases: Databases, method: str) -> None:
    with live(any_databases.filled("chat")) as press:
        press.move(advance=0)
        assert press.on_loop(press.gridhall.jobs.settle(30))
        overseer, arguments = Overseer(press), {"text": "Other"} if method == "update" else {}
        change(press, update(tables.organizations).values(retention_days=1))
        for number in range(4):
            id = f"an-id-{number}"
            ts = posted(press, client_msg_id=id)
            react(press, ts, "tada")
            if method in ("restore", "delete"):
                overseer.do("tombstone", ts)
            press.move(advance=2 * 86_400)
            purge = partial(press.on_loop, press.gridhall.jobs.settle(30))
            other, done = at_once(oversee(overseer, method, ts, **arguments), purge)
            assert done
            assert other["ok"] or other == refused("message_not_found")
            assert (text(overseer, ts), kept(press, ts), rows(press, tables.messages, ts)) == (None, set(), [])
            if not (method == "delete" and other["ok"]):
                assert posted(press, client_msg_id=id) != ts
        assert not press.undeclared, press.undeclared


def test_a_message_that_comes_back_while_it_is_told_is_told_as_it_is(
    postgres_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With SQLite a look is of one moment."""
    with live(postgres_databases.filled("chat")) as server:
        overseer = Overseer(server)
        ts = posted(server, "Original")
        overseer.do("tombstone", ts)
        find, restored = SqlTombstones.find, False

        async def find_late(self: SqlTombstones, message: Message) -> Tombstone | None:
            nonlocal restored
            if not restored:
                restored = True
                await asyncio.to_thread(overseer.do, "restore", ts)
            return await find(self, message)

        monkeypatch.setattr(SqlTombstones, "find", find_late)
        told = overseer.do("info", ts)
        assert restored
        assert (told["message"]["text"], told["edits"]) == ("Original", [])
