"""Many scheduled messages while the server that posts them is killed, and what has to be there of them afterwards."""

import os
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cli.program import ROOT, Serving, serve
from harness.databases import Databases
from harness.storage import wait_until
from storage.killing import Connection

KEY = "control-key-of-the-tests"
AUTHORS = ("xoxb-bell", "xoxp-ida", "xoxp-ivo")

_BETWEEN = 10
"""Seconds between two messages of a channel: as many as there may be."""

_AHEAD = 1000
"""Seconds until the first of them, which is more than it takes to schedule them."""

_CLIENTS = 4

_HASTY = (sys.executable, "-m", "jobs.hasty")
"""What is killed: the next one has to wait for the leases of the one before."""

_PATH = os.pathsep.join(str(ROOT / folder) for folder in ("src", "tests"))


def database(databases: Databases, folder: Path, channels: int) -> str:
    """A database with so many channels, two people and a bot in each."""
    file = folder / "bells.yaml"
    members = "members: [W0IDA000001, W0IVO000001, W0BELL00001]"
    lines = [f"  - {{id: {channel}, name: {channel.lower()}, {members}}}" for channel in _ids(channels)]
    file.write_text("\n".join([_PEOPLE, *lines, ""]), encoding="utf-8")
    return databases.filled(str(file.with_suffix("")))


def _ids(channels: int) -> list[str]:
    return [f"C0BELL{number:05}" for number in range(channels)]


_PEOPLE = """
enterprise: {id: E0TOWER0001, name: Tower, domain: tower}
teams: [{id: T0TOWER0001, name: Tower, domain: tower-one}]
users:
  - {id: W0IDA000001, name: ida, real_name: Ida Tower, email: ida@tower.test, teams: [T0TOWER0001], org_role: primary_owner}
  - {id: W0IVO000001, name: ivo, real_name: Ivo Tower, email: ivo@tower.test, teams: [T0TOWER0001]}
apps:
  - id: A0BELL00001
    name: Bell
    bot: {name: bell, id: W0BELL00001, bot_id: B0BELL00001}
    bot_scopes: &scopes ["chat:write", "channels:history"]
    user_scopes: *scopes
    installed_on: [T0TOWER0001]
tokens:
  - {token: xoxb-bell, app: A0BELL00001, team: T0TOWER0001}
  - {token: xoxp-ida, app: A0BELL00001, team: T0TOWER0001, user: W0IDA000001}
  - {token: xoxp-ivo, app: A0BELL00001, team: T0TOWER0001, user: W0IVO000001}
conversations:"""


@dataclass
class Schedule:
    """Messages for later, each channel's told by their numbers; each is of another author than the one before it.

    Arguments:
        channels: how many channels there are.
        each: how many messages each gets.
    """

    channels: int
    each: int
    first: int = 0

    @property
    def all(self) -> int:
        return self.channels * self.each

    def put_down(self, server: Serving) -> None:
        """Schedule all of them, a channel's from the last to the first: their times decide, not when they were scheduled."""
        self.first = int(time.time()) + _AHEAD
        with ThreadPoolExecutor(_CLIENTS) as pool:
            list(pool.map(lambda client: self._put_down(server, client), range(_CLIENTS)))

    def _put_down(self, server: Serving, client: int) -> None:
        connections = [Connection(server.port, token) for token in AUTHORS]
        for channel in _ids(self.channels)[client::_CLIENTS]:
            for number in reversed(range(self.each)):
                answer = connections[number % len(AUTHORS)].call(
                    "chat.scheduleMessage",
                    {"channel": channel, "text": str(number), "post_at": str(self.first + number * _BETWEEN)},
                )
                assert answer["ok"], answer
        for connection in connections:
            connection.close()

    def move(self, server: Serving, part: float, **change: object) -> dict[str, Any]:
        """Have the clock be where this part of the messages is due."""
        to = self.first + self.each * _BETWEEN * part
        body = msgspec.json.encode({"set": to, "freeze": True} | change)
        status, answer = server.request("POST", "/_gridhall/clock", body, {"authorization": f"Bearer {KEY}"})
        assert status == 200, answer
        return answer

    def posted(self, server: Serving) -> int:
        """How many are there; what is there of each channel is there once and in order, from the first one on."""
        connection = Connection(server.port, AUTHORS[0])
        try:
            return sum(self._posted(connection, channel) for channel in _ids(self.channels))
        finally:
            connection.close()

    def _posted(self, connection: Connection, channel: str) -> int:
        texts: list[str] = []
        cursor = ""
        while True:
            asked = {"channel": channel, "limit": "999"} | ({"cursor": cursor} if cursor else {})
            answer: Any = connection.call("conversations.history", asked)
            texts += [message["text"] for message in answer["messages"]]
            if not answer["has_more"]:
                break
            cursor = answer["response_metadata"]["next_cursor"]
        assert texts[::-1] == [str(number) for number in range(len(texts))]
        return len(texts)

    def waiting(self, server: Serving) -> int:
        """How many the authors see waiting."""
        count = 0
        for token in AUTHORS:
            connection = Connection(server.port, token)
            cursor = ""
            while True:
                asked = {"limit": "1000"} | ({"cursor": cursor} if cursor else {})
                answer: Any = connection.call("chat.scheduledMessages.list", asked)
                count += len(answer["scheduled_messages"])
                cursor = answer["response_metadata"]["next_cursor"]
                if not cursor:
                    break
            connection.close()
        return count


def kill_while_posting(
    schedule: Schedule,
    database: str,
    rounds: int,
    folder: Path,
    *options: str,
    kill: Callable[[Serving], None] = lambda server: server.process.kill(),
    deadline: float = 60,
) -> int:
    """Kill a server so often while it posts what is due; gives how often it was in the middle of it.

    In the end each message is there once and in its turn, and none waits any more.
    """
    arguments = ("--database", database, "--rate-limits", "off", "--control-key", KEY, *options)
    middle = before = due = 0
    for round in range(rounds + 1):
        with serve(*arguments, folder=folder, deadline=deadline, program=_HASTY, PYTHONPATH=_PATH) as server:
            if round == 0:
                schedule.put_down(server)
            there = schedule.posted(server)
            assert there + schedule.waiting(server) == schedule.all
            middle += before < there < due
            before = there
            if round == rounds:
                assert schedule.move(server, 1, settle=True)["settled"]
                assert (schedule.posted(server), schedule.waiting(server)) == (schedule.all, 0)
                break
            # At the first kill some are not due yet, at the others all are.
            part = 0.9 if round == 0 else 1.0
            due = int(schedule.all * part)
            schedule.move(server, part)
            _wait_for(schedule, server, before + random.randint(1, max(1, (schedule.all - before) // (rounds - round + 1))))
            kill(server)
            server.process.wait()
    return middle


def _wait_for(schedule: Schedule, server: Serving, count: int) -> None:
    connection = Connection(server.port, AUTHORS[0])
    wait_until(lambda: _shown(connection, schedule.channels) >= count, 60)
    connection.close()


def _shown(connection: Connection, channels: int) -> int:
    """How many are there at the least, by a look at the newest of each channel."""
    count = 0
    for channel in _ids(channels):
        answer: Any = connection.call("conversations.history", {"channel": channel, "limit": "1"})
        count += sum(int(message["text"]) + 1 for message in answer["messages"])
    return count
