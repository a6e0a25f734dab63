"""oversight.chat.restore: what was taken out of sight comes back exactly as it was."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select, update

from gridhall.contract.timestamps import ts_micros
from gridhall.storage import tables
from gridhall.storage.statement import Statement
from harness.live import Live
from methods.overseer import OUT_OF_SIGHT, Overseer, kept, react, rich
from methods.press import DESK, JOINED, MIA, NEWS, at_once, posted, reply, shown, thread
from methods.rows import change


def edited(press: Live) -> str:
    ts = posted(press, "First", client_msg_id=str(uuid4()))
    for text in ("Second", "Third"):
        assert press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, text=text)["ok"]
    return ts


def followed(press: Live) -> str:
    """A parent whose thread somebody has read half of."""
    ts = posted(press, "Parent")
    for token in ("xoxp-max", "xoxb-wire", "xoxp-max"):
        reply(press, ts, token=token)
    return ts


def shared_file(press: Live) -> str:
    """As an organization file brings one along."""
    ts = posted(press, "With a file")
    _is_now(press, ts, "file_share")
    return ts


def said(press: Live) -> str:
    answer = press.call("chat.meMessage", "xoxp-mia", channel=DESK, text="is there")
    assert answer["ok"]
    return str(answer["ts"])


def streamed(press: Live) -> str:
    of = {"channel": DESK, "thread_ts": posted(press), "recipient_user_id": MIA, "recipient_team_id": NEWS}
    ts = press.call("chat.startStream", "xoxb-wire", **of, markdown_text="**Bold**")["ts"]
    assert press.call("chat.stopStream", "xoxb-wire", channel=DESK, ts=ts, markdown_text=" words")["ok"]
    return str(ts)


def _is_now(press: Live, ts: str, subtype: str) -> None:
    of = tables.messages.c.ts == ts_micros(ts)

    async def unit(work: Any) -> str:
        found: str = await work.connection.one(Statement(select(tables.messages.c.content).where(of), str))
        return found

    content = msgspec.json.decode(press.on_loop(press.gridhall.storage.read(unit))) | {"subtype": subtype}
    values = {"subtype": subtype, "content": msgspec.json.encode(content).decode()}
    change(press, update(tables.messages).where(of).values(values))


MADE: dict[str, Callable[[Live], str]] = {
    "text": lambda press: posted(press, "Words & <https://words.test|more>", client_msg_id=str(uuid4()), unfurl_links="false"),
    "blocks": lambda press: posted(press, "", blocks='[{"type": "divider"}]'),
    "attachments": lambda press: posted(press, "", attachments='[{"text": "attached", "color": "#112233"}]'),
    "edited": edited,
    "parent": followed,
    "reply": lambda press: reply(press, posted(press), "An answer"),
    "broadcast": lambda press: reply(press, posted(press), "An answer to all", reply_broadcast="true"),
    "me": said,
    "file": shared_file,
    "system": lambda press: JOINED,
    "stream": streamed,
    "everything": rich,
}


@pytest.fixture(params=MADE)
def made(request: pytest.FixtureRequest) -> Callable[[Live], str]:
    maker: Callable[[Live], str] = MADE[request.param]
    return maker


def test_a_message_comes_back_as_it_was(press: Live, made: Callable[[Live], str]) -> None:
    overseer = Overseer(press)
    ts = made(press)
    before, story, tables_before = overseer.told(ts), overseer.do("info", ts), kept(press, ts)
    overseer.do("tombstone", ts, content="Under review")
    hidden = overseer.told(ts)
    assert hidden != before
    answer = overseer.do("restore", ts)
    assert overseer.told(ts) == before
    assert overseer.do("info", ts) == story
    assert kept(press, ts) == tables_before
    assert (answer["channel"], answer["ts"], answer["message"]) == (DESK, ts, story["message"])


def test_covers_that_followed_one_another_are_all_taken_off(press: Live, made: Callable[[Live], str]) -> None:
    overseer = Overseer(press)
    ts = made(press)
    before, story = overseer.told(ts), overseer.do("info", ts)
    for _ in range(2):
        overseer.do("tombstone", ts)
        overseer.do("tombstone", ts, content="Again")
        overseer.do("update", ts, text="Quarantined", attachments='[{"text": "by a rule"}]')
        overseer.do("restore", ts)
    assert overseer.told(ts) == before
    assert overseer.do("info", ts) == story


def test_reactions_are_in_their_old_order_and_count_as_before(press: Live) -> None:
    overseer = Overseer(press)
    ts = rich(press)
    overseer.do("tombstone", ts)
    overseer.do("restore", ts)
    message = shown(press, ts)
    assert message is not None
    assert [(reaction["name"], reaction["count"]) for reaction in message["reactions"]] == [
        ("tada", 2),
        ("wave", 1),
        ("eyes", 1),
    ]
    assert react(press, ts, "tada") == {"ok": False, "error": "already_reacted"}
    assert press.call("reactions.remove", "xoxp-max", channel=DESK, timestamp=ts, name="eyes")["ok"]
    assert react(press, ts, "rocket", "xoxp-mia")["ok"]


def test_what_was_done_to_its_thread_meanwhile_stays_done(press: Live) -> None:
    overseer = Overseer(press)
    ts = posted(press)
    first, second = reply(press, ts), reply(press, ts, token="xoxp-ada")
    overseer.do("tombstone", ts)
    overseer.do("delete", second)
    overseer.do("restore", ts)
    parent, *replies = thread(press, ts)
    assert (parent["reply_count"], parent["latest_reply"]) == (1, first)
    assert [message["ts"] for message in replies] == [first]
    assert reply(press, ts)


def test_a_restored_message_is_its_author_s_again(press: Live) -> None:
    overseer = Overseer(press)
    ts = posted(press, "First")
    overseer.do("tombstone", ts)
    overseer.do("restore", ts)
    assert press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, text="Second")["ok"]
    assert [edit["text"] for edit in overseer.do("info", ts)["edits"]] == ["Second"]
    assert press.call("chat.delete", "xoxp-mia", channel=DESK, ts=ts)["ok"]


def test_edits_before_and_after_are_one_story(press: Live) -> None:
    overseer = Overseer(press)
    ts = edited(press)
    overseer.do("tombstone", ts)
    overseer.do("restore", ts)
    overseer.do("update", ts, text="Fourth")
    story = overseer.do("info", ts)["edits"]
    chain = [(edit["previous"]["text"], edit["text"], edit["editor_id"]) for edit in story]
    assert chain == [("First", "Second", MIA), ("Second", "Third", MIA), ("Third", "Fourth", "W0ADA000001")]


def test_only_what_is_out_of_sight_comes_back(press: Live) -> None:
    overseer = Overseer(press)
    ts = posted(press)
    assert overseer.refused("restore", ts) == "non_tombstoned_message_not_allowed"
    overseer.do("tombstone", ts)
    answers = at_once(*[lambda: overseer.call("restore", ts)] * 3)
    assert sorted(answer.get("error", "") for answer in answers) == ["", *["non_tombstoned_message_not_allowed"] * 2]


def test_a_tombstone_tells_who_wrote_and_nothing_of_what(press: Live) -> None:
    overseer = Overseer(press)
    ts = posted(press, "Words", client_msg_id=str(uuid4()))
    react(press, ts, "tada")
    overseer.do("tombstone", ts)
    message = shown(press, ts)
    assert message is not None
    assert message.keys() == OUT_OF_SIGHT
    assert (message["user"], message["text"], message["subtype"]) == (MIA, "This message was removed.", "dlp_tombstone")
