"""Posts and replies while a server is killed again and again, and what has to be there of them afterwards."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cli.program import Serving
from storage.killing import GONE, Connection

READER = "xoxp-anne"
SHARED_PARENT = "1500000100.000100"

_PERIOD = 10
_REPLIES_TO_OWN, _REPLIES_TO_SHARED = (1, 2, 3, 4), (5, 6)


class Channel:
    """A channel, and the newest `ts` in it that anybody was told."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.newest = SHARED_PARENT
        self._lock = threading.Lock()

    def tell(self, ts: str) -> None:
        with self._lock:
            self.newest = max(self.newest, ts)


@dataclass
class Post:
    """One post, sent until it is acknowledged.

    Arguments:
        after: the newest `ts` that anybody was told before it was sent first.
        found: its `ts` where it was there before it was acknowledged.
        ts: the acknowledged one.
    """

    channel: str
    id: str
    text: str
    thread_ts: str | None
    after: str
    found: str | None = None
    ts: str | None = None

    def arguments(self) -> dict[str, str]:
        thread = {} if self.thread_ts is None else {"thread_ts": self.thread_ts}
        return {"channel": self.channel, "text": self.text, "client_msg_id": self.id} | thread

    def check(self, message: dict[str, Any]) -> None:
        """What a server tells of it is what was sent, and what was told before."""
        assert (message["client_msg_id"], message["text"]) == (self.id, self.text)
        # One that got replies names itself.
        named = (None, message["ts"]) if self.thread_ts is None else (self.thread_ts,)
        assert message.get("thread_ts") in named
        assert message["ts"] > self.after, f"{self} came out before what it was sent after"
        assert message["ts"] == (self.ts or self.found or message["ts"]), f"{self} became {message}"


@dataclass
class Poster:
    """Posts one message after another. The last one is sent again to the next server, whether it was answered or not."""

    token: str
    channel: Channel
    posts: list[Post] = field(default_factory=list)
    wrong: str = ""

    def write(self, port: int) -> None:
        """Write until the server is gone."""
        connection = Connection(port, self.token)
        again = bool(self.posts)
        try:
            while True:
                if not again:
                    self.posts.append(self._next())
                again = False
                post = self.posts[-1]
                answer: dict[str, Any] = connection.call("chat.postMessage", post.arguments())
                assert answer["ok"], f"{post} was refused: {answer}"
                assert (answer["channel"], answer["message"]["ts"]) == (post.channel, answer["ts"])
                post.check(answer["message"])
                post.ts = answer["ts"]
                self.channel.tell(answer["ts"])
        except GONE:
            pass
        except AssertionError as error:
            self.wrong = str(error)
        finally:
            connection.close()

    def _next(self) -> Post:
        """Of every ten one that gets replies, four replies to it, two to the message that all reply to, and others."""
        number = len(self.posts)
        kind = number % _PERIOD
        parent = None
        if kind in _REPLIES_TO_OWN:
            parent = self.posts[number - kind].ts
        elif kind in _REPLIES_TO_SHARED:
            parent = SHARED_PARENT
        text = f"Message {number} of {self.token}"
        return Post(self.channel.id, f"{self.token}-{number}", text, parent, self.channel.newest)


class Posts:
    """Six people post into the two channels of `tests/data/crowd.yaml`."""

    def __init__(self) -> None:
        self._channels = {Channel("C0SQUARE001"): ("anne", "bert", "carl", "dora"), Channel("C0MARKET001"): ("edna", "fred")}
        self._posters = [Poster(f"xoxp-{name}", channel) for channel, names in self._channels.items() for name in names]

    def clients(self) -> list[Callable[[int], None]]:
        return [poster.write for poster in self._posters]

    def acknowledged(self) -> int:
        return sum(post.ts is not None for poster in self._posters for post in poster.posts)

    def check(self, server: Serving) -> None:
        """What was acknowledged is there once, as it was sent; what else is there was sent and not answered."""
        wrong = [poster.wrong for poster in self._posters if poster.wrong]
        assert not wrong, wrong
        connection = Connection(server.port, READER)
        try:
            for channel in self._channels:
                messages = list(_all(connection, channel.id))
                self._check_posts(channel, [message for message in messages if message["ts"] != SHARED_PARENT])
                _check_threads(messages)
        finally:
            connection.close()

    def _check_posts(self, channel: Channel, messages: list[dict[str, Any]]) -> None:
        posts = {post.id: post for poster in self._posters if poster.channel is channel for post in poster.posts}
        times = Counter(message["client_msg_id"] for message in messages)
        assert times.keys() <= posts.keys(), "nobody sent them"
        assert set(times.values()) <= {1}, "they are there twice"
        missing = [post for post in posts.values() if post.ts is not None and post.id not in times]
        assert not missing
        for message in messages:
            post = posts[message["client_msg_id"]]
            post.check(message)
            post.found = message["ts"]


def _all(connection: Connection, channel: str) -> Iterator[dict[str, Any]]:
    """Every message of a channel: those that it shows, newest first, and after each its replies, oldest first."""
    shown = list(_pages(connection, "conversations.history", {"channel": channel, "limit": "999"}))
    _increase([message["ts"] for message in reversed(shown)])
    for message in shown:
        yield message
        if "reply_count" in message:
            first, *replies = _pages(connection, "conversations.replies", {"channel": channel, "ts": message["ts"]})
            assert first["ts"] == message["ts"]
            _increase([reply["ts"] for reply in replies])
            yield from replies


def _pages(connection: Connection, method: str, arguments: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The messages of all pages."""
    cursor = ""
    while True:
        answer: dict[str, Any] = connection.call(method, arguments | ({"cursor": cursor} if cursor else {}))
        assert answer["ok"], answer
        yield from answer["messages"]
        if not answer["has_more"]:
            return
        cursor = answer["response_metadata"]["next_cursor"]


def _increase(all_ts: list[str]) -> None:
    assert all(before < after for before, after in pairwise(all_ts)), all_ts


def _check_threads(messages: list[dict[str, Any]]) -> None:
    """What a parent tells of its thread is what is there."""
    threads: dict[str, list[dict[str, Any]]] = {}
    for message in messages:
        if message.get("thread_ts", message["ts"]) != message["ts"]:
            threads.setdefault(message["thread_ts"], []).append(message)
    parents = {message["ts"]: message for message in messages if "reply_count" in message}
    assert parents.keys() == threads.keys()
    for ts, replies in threads.items():
        people = list(dict.fromkeys(reply["user"] for reply in replies))
        told = {name: parents[ts][name] for name in ("reply_count", "reply_users_count", "reply_users", "latest_reply")}
        assert told == {
            "reply_count": len(replies),
            "reply_users_count": len(people),
            "reply_users": people[:5],
            "latest_reply": replies[-1]["ts"],
        }
