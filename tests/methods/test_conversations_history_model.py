"""What history and threads give is what posting, changing, deleting, reacting and pinning said: held against a small model.

The harness holds every answer against the declared types as well.
"""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.live import Live
from harness.rich import in_words

PEOPLE = {"xoxp-ann": "W0ANN000001", "xoxp-bob": "W0BOB000001", "xoxb-reader": "W0READER001"}
EMOJI = ("eyes", "tada", "thumbsup")
OPERATIONS = 120

Shown = dict[str, Any]


@dataclass
class Part:
    """Somebody's part in a thread."""

    last_read: str
    replies: int = 0
    first: str = ""


@dataclass
class Said:
    """A message as the model has it."""

    ts: str
    token: str
    text: str
    parent: "Said | None" = None
    broadcast: bool = False
    edited: int | None = None
    deleted: bool = False
    pinned: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    threaded: bool = False
    replies: list["Said"] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def user(self) -> str:
        return PEOPLE[self.token]

    def shown_to(self, token: str, channel: str) -> Shown:
        """The message as a member sees it in history, but for the profile of the bot."""
        shown: Shown = {"type": "message", "text": self.text, "ts": self.ts}
        if self.deleted:
            shown |= {"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "hidden": True}
        else:
            # Everybody posts through the same app, whose bot is told.
            shown |= {"user": self.user, "team": "T0FICTION01", "app_id": "A0READER001", "bot_id": "B0READER001"}
            shown["blocks"] = in_words(self.text)
        if self.edited is not None and not self.deleted:
            shown["edited"] = {"user": self.user, "ts": f"{self.edited}.000000"}
        if self.reactions:
            told = [{"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()]
            shown["reactions"] = told
        if self.pinned:
            shown["pinned_to"] = [channel]
        if self.parent is not None:
            shown |= {"thread_ts": self.parent.ts, "parent_user_id": self.parent.user}
        if self.broadcast and self.parent is not None:
            shown |= {"subtype": "thread_broadcast", "root": self.parent.shown_to(token, channel)}
        return shown | self._thread(token)

    def _thread(self, token: str) -> Shown:
        if not self.threaded:
            return {}
        repliers = sorted((part.first, user) for user, part in self.parts.items() if part.replies)
        told: Shown = {
            "thread_ts": self.ts,
            "reply_count": len(self.replies),
            "reply_users_count": len(repliers),
            "reply_users": [user for _, user in repliers],
            "is_locked": False,
            "subscribed": False,
        }
        if self.replies:
            told["latest_reply"] = self.replies[-1].ts
        if PEOPLE[token] in self.parts:
            told |= {"subscribed": True}
        return told

    def unread_by(self, token: str) -> Shown:
        part = self.parts.get(PEOPLE[token]) if self.threaded else None
        if part is None:
            return {}
        return {"last_read": part.last_read, "unread_count": sum(reply.ts > part.last_read for reply in self.replies)}


@dataclass
class Model:
    """A channel, what was said in it, and a server that was told the same."""

    live: Live
    random: random.Random
    channel: str = ""
    now: int = 1_800_000_000
    top: list[Said] = field(default_factory=list)

    def call(self, method: str, token: str, **arguments: object) -> Shown:
        answer = self.live.call(method, token, channel=self.channel, **arguments)
        assert answer["ok"], (method, answer)
        return answer

    def open(self) -> None:
        self.live.move(to=self.now)
        name = f"model-{self.random.getrandbits(60)}"
        self.channel = self.live.call("conversations.create", "xoxp-ann", name=name)["channel"]["id"]
        self.call("conversations.invite", "xoxp-ann", users="W0BOB000001,W0READER001")

    # What is there.

    def alive(self) -> list[Said]:
        everything = [*self.top, *(reply for said in self.top for reply in said.replies)]
        return [said for said in everything if not said.deleted]

    def in_channel(self) -> list[Said]:
        broadcast = [reply for said in self.top for reply in said.replies if reply.broadcast]
        return sorted([*self.top, *broadcast], key=lambda said: said.ts, reverse=True)

    # What may be done.

    def step(self) -> None:
        """Do one thing, on the server and here."""
        if self.random.random() < 0.7:
            self.now += self.random.choice((0, 1, 60))
            self.live.move(to=self.now + self.random.random())
            self.now += 1
        self.random.choice(
            (self.post, self.post, self.reply, self.reply, self.reply, self.edit, self.delete, self.react, self.react, self.pin)
        )()

    def token(self) -> str:
        return self.random.choice(list(PEOPLE))

    def post(self) -> None:
        token, text = self.token(), f'Said {self.random.getrandbits(20)} \u00e9 "quoted"'
        self.top.append(Said(str(self.call("chat.postMessage", token, text=text)["ts"]), token, text))

    def reply(self) -> None:
        if not self.top:
            return
        parent, token = self.random.choice(self.top), self.token()
        broadcast, text = self.random.random() < 0.3, f"Replied {self.random.getrandbits(20)}"
        # The `ts` of any message of the thread will do.
        named = self.random.choice([parent, *parent.replies])
        answer = self.call("chat.postMessage", token, text=text, thread_ts=named.ts, reply_broadcast=broadcast)
        reply = Said(str(answer["ts"]), token, text, parent, broadcast)
        parent.threaded = True
        parent.replies.append(reply)
        parent.parts.setdefault(parent.user, Part(last_read=parent.ts))
        part = parent.parts.setdefault(reply.user, Part(last_read=reply.ts))
        part.first = part.first if part.replies else reply.ts
        part.replies, part.last_read = part.replies + 1, reply.ts

    def edit(self) -> None:
        if alive := self.alive():
            said = self.random.choice(alive)
            said.text = f"Changed {self.random.getrandbits(20)}"
            self.call("chat.update", said.token, ts=said.ts, text=said.text)
            said.edited = self.live.gridhall.clock.now() // 1_000_000

    def delete(self) -> None:
        if not (alive := self.alive()):
            return
        said = self.random.choice(alive)
        self.call("chat.delete", said.token, ts=said.ts)
        if said.parent is not None:
            said.parent.replies.remove(said)
            said.parent.parts[said.user].replies -= 1
            if said.parent.deleted and not said.parent.replies:
                self.top.remove(said.parent)
        elif said.replies:
            said.deleted, said.reactions, said.pinned = True, {}, False
        else:
            self.top.remove(said)

    def react(self) -> None:
        if not (alive := self.alive()):
            return
        said, token, name = self.random.choice(alive), self.token(), self.random.choice(EMOJI)
        users, user = said.reactions.setdefault(name, []), PEOPLE[token]
        self.call(f"reactions.{'remove' if user in users else 'add'}", token, timestamp=said.ts, name=name)
        (users.remove if user in users else users.append)(user)
        if not users:
            del said.reactions[name]

    def pin(self) -> None:
        if alive := self.alive():
            said = self.random.choice(alive)
            self.call(f"pins.{'remove' if said.pinned else 'add'}", self.token(), timestamp=said.ts)
            said.pinned = not said.pinned

    # What is told.

    def check(self) -> None:
        for token in PEOPLE:
            self.check_history(token)
            for said in self.top:
                self.check_thread(token, said)

    def check_history(self, token: str) -> None:
        limit = self.random.choice((1, 3, 10, 999))
        found: list[Shown] = []
        answer: Shown = {}
        while not found or answer["has_more"]:
            cursor = answer["response_metadata"]["next_cursor"] if found else ""
            answer = self.call("conversations.history", token, limit=limit, cursor=cursor)
            assert answer["pin_count"] == sum(said.pinned for said in self.alive())
            found += answer["messages"]
        # Two messages of the channel's own say who came in.
        assert [message["subtype"] for message in found[-2:]] == ["channel_join"] * 2
        assert plain(found[:-2]) == [said.shown_to(token, self.channel) for said in self.in_channel()]

    def check_thread(self, token: str, said: Said) -> None:
        limit = self.random.choice((1, 2, 1000))
        wanted = [said.shown_to(token, self.channel) | said.unread_by(token)]
        wanted += [reply.shown_to(token, self.channel) for reply in said.replies]
        found: list[Shown] = []
        answer: Shown = {}
        named = self.random.choice([said, *said.replies])
        while not found or answer["has_more"]:
            cursor = answer["response_metadata"]["next_cursor"] if found else ""
            answer = self.call("conversations.replies", token, ts=named.ts, limit=limit, cursor=cursor)
            # The parent heads every page.
            assert not found or answer["messages"][0]["ts"] == said.ts
            found += answer["messages"][1:] if found else answer["messages"]
        assert plain(found) == wanted


def plain(messages: list[Shown]) -> list[Shown]:
    """The messages without the profiles of bots, which are there where a bot is told and nowhere else."""
    for message in messages:
        assert ("bot_profile" in message) is ("bot_id" in message)
        if "bot_id" in message:
            assert message.pop("bot_profile")["id"] == message["bot_id"]
        if "root" in message:
            plain([message["root"]])
    return messages


@pytest.mark.parametrize("seed", range(3))
def test_what_was_said_is_what_is_read(any_library: Live, seed: int) -> None:
    model = Model(any_library, random.Random(seed))
    model.open()
    for number in range(OPERATIONS):
        model.step()
        if number % 12 == 11:
            model.check()
