"""Messages that are taken out of sight and brought back, again and again, while a server is killed in the middle."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cli.program import Serving
from gridhall.domain.audit import Question
from gridhall.domain.work import Work
from harness.databases import run
from harness.storage import opened
from methods.overseer import make_org_token
from methods.press import DESK, PRESS
from storage.killing import GONE, Connection

MESSAGES = 4
FIRST, SECOND = "Hidden first", "Hidden then"

_STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("restore", {}),
    ("tombstone", {"content": FIRST}),
    ("tombstone", {"content": SECOND}),
)

_BLOCKS = json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": "A block"}}])
_METADATA = json.dumps({"event_type": "told", "event_payload": {"key": "value"}})


@dataclass
class Message:
    """One message: hidden, hidden behind other words, brought back, and so on, each when the one before was acknowledged.

    Arguments:
        original: as everyone saw it at first.
    """

    token: str
    ts: str
    original: dict[str, Any]
    sent: int = 0
    acknowledged: int = 0
    refused: str = ""

    def write(self, port: int) -> None:
        """Write until the server is gone."""
        connection = Connection(port, self.token)
        try:
            while not self.refused:
                self.sent = self.acknowledged + 1
                method, more = _STEPS[self.sent % 3]
                answer = connection.call(f"oversight.chat.{method}", {"channel": DESK, "ts": self.ts} | more)
                if answer["ok"]:
                    self.acknowledged = self.sent
                else:
                    self.refused = str(answer["error"])
        except GONE:
            pass
        finally:
            connection.close()

    def check(self, server: Serving) -> None:
        """It is as the last acknowledged step left it, or as the one after that, whose answer the kill prevented; and what it
        said is there all the time."""
        assert not self.refused
        there = _shown(server, self.ts)
        stored = [number for number in (self.acknowledged, self.sent) if self._is_as_after(number, there)]
        assert stored, f"{there} is there after {self.acknowledged} steps"
        self.acknowledged = self.sent = stored[0]
        story = server.call("oversight.chat.info", self.token, channel=DESK, ts=self.ts)
        said = [story["message"]["text"], *[step["previous"]["text"] for step in story["edits"]]]
        assert said[-1 if len(said) == 1 else 1] == self.original["text"]
        assert len(story["edits"]) == self.acknowledged % 3

    def _is_as_after(self, number: int, there: dict[str, Any]) -> bool:
        if number % 3 == 0:
            return there == self.original
        return (there["text"], "blocks" in there) == ((FIRST, SECOND)[number % 3 - 1], False)


class Hiding:
    """Messages with everything that there is to a message, on `tests/data/chat.yaml`.

    Arguments:
        database: where the overseer's token is made, and the audit log is read.
    """

    def __init__(self, database: str) -> None:
        self._database = database
        self._token = run(_overseer(database))
        self._messages: list[Message] = []

    def clients(self) -> list[Callable[[int], None]]:
        return [message.write for message in self._messages]

    def check(self, server: Serving) -> None:
        if not self._messages:
            self._messages = [_post(server, self._token) for _ in range(MESSAGES)]
        for message in self._messages:
            message.check(server)
        assert run(_audited(self._database)) == self.acknowledged()

    def acknowledged(self) -> int:
        return sum(message.acknowledged for message in self._messages)


def _post(server: Serving, token: str) -> Message:
    said = {"text": "The original", "blocks": _BLOCKS, "attachments": '[{"text": "attached"}]', "metadata": _METADATA}
    ts = server.call("chat.postMessage", "xoxb-wire", channel=DESK, **said)["ts"]
    for who, name in (("xoxp-max", "tada"), ("xoxp-mia", "wave"), ("xoxp-mia", "tada")):
        assert server.call("reactions.add", who, channel=DESK, timestamp=ts, name=name)["ok"]
    assert server.call("pins.add", "xoxp-mia", channel=DESK, timestamp=ts)["ok"]
    return Message(token, ts, _shown(server, ts))


def _shown(server: Serving, ts: str) -> dict[str, Any]:
    """What the channel shows, but for pictures, which have the server's address."""
    place = {"oldest": ts, "latest": ts, "inclusive": "true", "include_all_metadata": "true"}
    [message] = server.call("conversations.history", "xoxp-mia", channel=DESK, **place)["messages"]
    message.pop("bot_profile")
    found: dict[str, Any] = message
    return found


async def _overseer(database: str) -> str:
    async with opened(database) as storage:
        return await storage.write(make_org_token)


async def _audited(database: str) -> int:
    """How often the audit log tells that a message was hidden or brought back."""

    async def unit(work: Work) -> int:
        asked = Question(actions=("message_tombstoned", "message_restored"), limit=1_000_000)
        return len((await work.audit.list(PRESS, asked)).entries)

    async with opened(database) as storage:
        return await storage.read(unit)
