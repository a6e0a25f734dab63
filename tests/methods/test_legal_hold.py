"""What is out of sight is told by nothing but oversight.chat.info: no method, whoever asks, and no log."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gridhall.catalogue.method import Method
from gridhall.contract.messages import Message, Told
from gridhall.domain import tokens
from harness.answers import METHODS
from harness.audit import Owner
from harness.databases import Databases
from harness.live import Live, live
from methods.overseer import Overseer, org_token, react
from methods.press import ADA, DESK, MAX, MIA, MIA_MAX, NEWS, PRESS, WIRE, posted

MARK, EMOJI = "qzxmark", "accordion"
"""What is in every word that is hidden, and the emoji under it, which is nowhere else."""

TOLD_BY = frozenset(
    {
        "chat.postMessage",
        "conversations.history",
        "conversations.info",
        "conversations.open",
        "conversations.replies",
        "pins.list",
        "reactions.get",
        "reactions.list",
    }
)
"""Methods that tell what another call said. A test holds that these are all of them that could."""

FORGET = ("auth.revoke", "chat.delete")
"""What would end the tokens or the messages that are looked for, where it may: called last, and not while all is in sight."""

Arguments = Mapping[str, str]


def _mark(what: str) -> str:
    return f"{MARK}-{what}"


def _parts(number: int) -> dict[str, str]:
    """Everything that a message may say, for the sending and for each change of it."""
    return {
        "blocks": json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": _mark(f"block-{number}")}}]),
        "attachments": json.dumps([{"text": _mark(f"attached-{number}"), "fallback": _mark(f"fallback-{number}")}]),
        "metadata": json.dumps({"event_type": _mark("event"), "event_payload": {_mark("key"): _mark(f"value-{number}")}}),
    }


class Stage:
    """Messages in a channel and in a direct conversation, every word of which is marked, and whoever may come and ask.

    Arguments:
        hidden: channel and `ts` of those that are taken out of sight, with the client's own id.
        answers: the same of replies that are out of sight with the parent of their thread, and by nothing else.
        tokens: everybody's, the authors' and the administrators' among them, with each scope that any method asks for.
    """

    def __init__(self, server: Live) -> None:
        self.server = server
        self.overseer = Overseer(server)
        self.hidden: list[tuple[str, str, str]] = []
        self.answers: list[tuple[str, str, str]] = []
        parent = posted(server, "In sight")
        self.say("xoxb-wire", DESK, with_parts=True)
        root = self.hidden[0][1]
        self.say("xoxp-mia", DESK)
        self.say("xoxp-mia", DESK, thread_ts=parent)
        self.say("xoxp-max", DESK, thread_ts=parent, reply_broadcast="true")
        for broadcast in ("false", "true"):
            self.say("xoxp-mia", DESK, thread_ts=root, reply_broadcast=broadcast)
            self.answers.append(self.hidden.pop())
        self.say("xoxp-mia", MIA_MAX)
        self.tokens = _everybody(server)

    def say(self, token: str, channel: str, *, with_parts: bool = False, **more: str) -> None:
        """Say something, change it twice, react to it and pin it."""
        id = str(uuid4())
        parts = _parts(0) if with_parts else {}
        ts = posted(self.server, _mark("first"), token, channel, client_msg_id=id, **parts, **more)
        for number in (1, 2):
            parts = _parts(number) if with_parts else {}
            answer = self.server.call("chat.update", token, channel=channel, ts=ts, text=_mark(f"edit-{number}"), **parts)
            assert answer["ok"], answer
        for who in ("xoxp-max", "xoxp-mia"):
            assert react(self.server, ts, EMOJI, who, channel)["ok"]
        assert self.server.call("pins.add", "xoxp-mia", channel=channel, timestamp=ts)["ok"]
        self.hidden.append((channel, ts, id))

    def hide(self) -> None:
        for channel, ts, _ in self.hidden:
            self.overseer.do("tombstone", ts, channel)

    def show(self) -> None:
        for channel, ts, _ in self.hidden:
            self.overseer.do("restore", ts, channel)

    def telling(self, methods: list[Method], tokens: list[str]) -> set[tuple[str, str]]:
        """Which of these methods tell anything of what is marked, and of which message they were asked."""
        found = set()
        for method in methods:
            for channel, ts, id in (*self.hidden, *self.answers):
                for arguments in _asked(method, channel, ts, id):
                    for token in tokens:
                        reply = self.server.reply(method.name, token, **arguments)
                        if MARK in reply.body.decode() or EMOJI in reply.body.decode():
                            found.add((method.name, ts))
        return found


def _everybody(server: Live) -> list[str]:
    """A token of each kind for each who has a part in it, and those of the file."""
    ordinary = [method for method in METHODS.values() if not method.on_request]
    scopes = sorted({scope for method in ordinary for scope in method.scopes.accepted})

    async def unit(work: Any) -> list[str]:
        made = []
        for person, kind, workspace in (
            (MIA, "user", NEWS),
            (MIA, "user", None),
            (MAX, "user", NEWS),
            (ADA, "user", NEWS),
            (ADA, "user", None),
            (MIA, "legacy", NEWS),
            (ADA, "legacy", NEWS),
            (WIRE, "bot", NEWS),
        ):
            app = None if kind == "legacy" else "A0WIRE00001"
            of: Any = {"organization": PRESS, "workspace": workspace, "person": person, "app": app, "kind": kind}
            made.append(await tokens.create(work, **of, scopes=scopes, actor=None))
        return made

    made: list[str] = server.on_loop(server.gridhall.storage.write(unit))
    return [*made, "xoxp-amy-org", "xoxp-gus", "xoxp-sam", "xoxb-wire", "xoxb-loud", "xoxs-mia", "xoxp-tom"]


def _asked(method: Method, channel: str, ts: str, id: str) -> Iterator[Arguments]:
    """Arguments with which a method is asked about a message in every way it can be."""
    known = {
        "channel": channel,
        "channel_id": channel,
        "client_msg_id": id,
        "count": "100",
        "full": "true",
        "inclusive": "true",
        "include_all_metadata": "true",
        "include_num_members": "true",
        "limit": "100",
        "markdown_text": "More",
        "message_ts": ts,
        "name": "tada",
        "return_im": "true",
        "text": "Other",
        "timestamp": ts,
        "ts": ts,
        "unfurls": '{"https://wire.test/1": {"text": "Preview"}}',
        "user": MIA,
    }
    names = {argument.name for argument in method.arguments}
    if method.name.startswith("chat.") and "text" in names:
        known.pop("markdown_text")
    plain = {name: value for name, value in known.items() if name in names}
    yield plain
    if "user" in names:
        yield plain | {"user": MAX}
    if "thread_ts" in names:
        yield {name: value for name, value in plain.items() if name != "client_msg_id"} | {"thread_ts": ts}


def _answers_messages(method: Method) -> bool:
    """Whether there is a message anywhere in what a method answers."""
    seen: set[Any] = set()

    def walk(kind: Any) -> bool:
        if isinstance(kind, msgspec.inspect.StructType):
            if kind.cls in seen:
                return False
            seen.add(kind.cls)
            return issubclass(kind.cls, (Message, Told)) or any(walk(field.type) for field in kind.fields)
        inner = [getattr(kind, name, None) for name in ("item_type", "value_type")]
        return any(walk(one) for one in (*inner, *getattr(kind, "types", ())) if one is not None)

    return walk(msgspec.inspect.type_info(method.result))


def _ordinary(fits: Callable[[Method], bool] = lambda method: True) -> list[Method]:
    """The methods, those first that only read, and those last that end what is looked for."""
    found = [method for name, method in METHODS.items() if not name.startswith("oversight.") and fits(method)]
    return sorted(found, key=lambda method: (method.name in FORGET, method.writes and method.name != "conversations.open"))


@pytest.fixture
def stage(any_databases: Databases, caplog: pytest.LogCaptureFixture) -> Iterator[Stage]:
    """What was said and hidden is in no log, neither in the server's own nor in what it tells of requests."""
    caplog.set_level(logging.DEBUG)
    with live(any_databases.filled("chat")) as running:
        yield Stage(running)
    assert not running.undeclared, "\n".join(running.undeclared)
    for text in (running.log.getvalue(), caplog.text):
        assert MARK not in text
        assert EMOJI not in text
    assert "oversight.chat.tombstone" in running.log.getvalue()


def test_no_method_tells_anybody_what_is_hidden(stage: Stage) -> None:
    telling = _ordinary(lambda method: _answers_messages(method) and (not method.writes or method.name in TOLD_BY))
    assert {method.name for method in telling} >= TOLD_BY
    before = stage.telling(telling, stage.tokens)
    assert {name for name, _ in before} == TOLD_BY, "the look sees what is there"
    assert {ts for _, ts in before} == {ts for _, ts, _ in (*stage.hidden, *stage.answers)}
    stage.say("xoxp-mia", MIA_MAX)
    stage.hide()
    assert stage.telling(_ordinary(), stage.tokens) == set()


def test_what_was_hidden_is_seen_again(stage: Stage) -> None:
    telling = _ordinary(lambda method: method.name in TOLD_BY and method.name != "chat.postMessage")
    before = stage.telling(telling, stage.tokens)
    stage.hide()
    stage.show()
    assert stage.telling(telling, stage.tokens) == before


def test_to_overseers_the_one_method_tells_it(stage: Stage) -> None:
    stage.hide()
    scopes = {scope for method in METHODS.values() if method.on_request for scope in method.scopes.accepted}
    token = org_token(stage.server, scopes=",".join(sorted(scopes)))
    others = [method for method in METHODS.values() if method.on_request and method.name != "oversight.chat.restore"]
    others.sort(key=lambda method: method.name == "oversight.chat.delete")
    found = stage.telling(others, [token])
    assert {name for name, _ in found} == {"oversight.chat.info"}


def test_the_audit_log_tells_what_was_done_and_not_to_which_words(stage: Stage) -> None:
    stage.hide()
    for channel, ts, _ in stage.hidden:
        stage.overseer.do("info", ts, channel)
        stage.overseer.do("update", ts, channel, text="Quarantined")
        stage.overseer.do("restore", ts, channel)
        stage.overseer.refused("restore", ts, channel)
        stage.overseer.do("delete", ts, channel)
    log = json.dumps(Owner(stage.server, PRESS, ADA).pages(limit=1000))
    for action in ("message_tombstoned", "message_restored", "message_updated", "message_deleted", "oversight_message_viewed"):
        assert action in log
    assert MARK not in log
    assert EMOJI not in log
    assert "Quarantined" not in log
