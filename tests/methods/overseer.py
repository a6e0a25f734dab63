"""What the tests of oversight.chat.* share: somebody who oversees, and what each reader is told of a message."""

from typing import Any

from gridhall.domain import tokens
from gridhall.domain.work import Work
from gridhall.storage import tables
from harness.live import Live
from methods.press import ADA, DESK, MIA, NEWS, PRESS, posted, reply, rows
from methods.rows import make_token

READERS = ("xoxp-mia", "xoxp-max", "xoxp-ada", "xoxp-mia-org", "xoxp-gus", "xoxb-wire")
KEPT = (
    tables.deleted_messages,
    tables.message_edits,
    tables.tombstones,
    tables.reactions,
    tables.pins,
    tables.streams,
)
LOOKS = ["channels:history", "channels:read", "groups:history", "reactions:read", "pins:read", "chat:write"]
CHAT = "admin.chat:read,admin.chat:write"
OUT_OF_SIGHT = {"type", "subtype", "user", "text", "ts", "team", "app_id", "bot_id", "bot_profile"}
"""What a tombstone tells of an ordinary message."""


async def make_org_token(work: Work, person: str = ADA, scopes: str = CHAT) -> str:
    """A new org-level token of somebody's."""
    return await tokens.create(
        work,
        organization=PRESS,
        workspace=None,
        person=person,
        app="A0WIRE00001",
        kind="user",
        scopes=scopes.split(","),
        actor=None,
    )


def org_token(live: Live, person: str = ADA, scopes: str = CHAT) -> str:
    """The same of a server that runs (see `make_org_token`)."""
    text: str = live.on_loop(live.gridhall.storage.write(lambda work: make_org_token(work, person, scopes)))
    return text


class Overseer:
    """Somebody with a token that oversees an organization, Ada unless told otherwise, and one with which Mia looks."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.token = org_token(live)
        self.mia = make_token(live, PRESS, NEWS, MIA, LOOKS)

    def call(self, method: str, ts: str, channel: str = DESK, **arguments: object) -> dict[str, Any]:
        """The answer of a method of oversight.chat."""
        return self.live.call(f"oversight.chat.{method}", self.token, channel=channel, ts=ts, **arguments)

    def do(self, method: str, ts: str, channel: str = DESK, **arguments: object) -> dict[str, Any]:
        """The same, which has to be ok."""
        answer = self.call(method, ts, channel, **arguments)
        assert answer["ok"], (method, answer)
        return answer

    def refused(self, method: str, ts: str, channel: str = DESK, **arguments: object) -> str:
        """The code of a refusal."""
        answer = self.call(method, ts, channel, **arguments)
        assert not answer["ok"], (method, answer)
        return str(answer["error"])

    def told(self, ts: str, channel: str = DESK) -> list[dict[str, Any]]:
        """All that anybody is told of a message: by each reader's channel and thread, and by who looks at what others did."""
        found = []
        for reader in READERS:
            place = {"oldest": ts, "latest": ts, "inclusive": "true", "include_all_metadata": "true"}
            found.append(self.live.call("conversations.history", reader, channel=channel, **place))
            found.append(self.live.call("conversations.replies", reader, channel=channel, ts=ts, include_all_metadata="true"))
        found.append(self.live.call("reactions.get", self.mia, channel=channel, timestamp=ts, full="true"))
        found.append(self.live.call("pins.list", self.mia, channel=channel))
        found.append(self.live.call("chat.getPermalink", self.mia, channel=channel, message_ts=ts))
        found += [self.live.call("reactions.list", self.mia, user=user, full="true") for user in ("W0MAX000001", MIA)]
        return found


def react(live: Live, ts: str, name: str, token: str = "xoxp-max", channel: str = DESK) -> dict[str, Any]:
    return live.call("reactions.add", token, channel=channel, timestamp=ts, name=name)


def rich(live: Live, mark: str = "") -> str:
    """A message of the bot's with everything that a message can have, each part with a mark of its own."""
    ts = posted(
        live,
        f"{mark}text",
        "xoxb-wire",
        username=f"{mark[:4]}Persona",
        icon_emoji=":newspaper:",
        blocks=f'[{{"type": "section", "text": {{"type": "mrkdwn", "text": "{mark}block"}}}}]',
        attachments=f'[{{"text": "{mark}attachment", "fallback": "{mark}fallback"}}]',
        metadata=f'{{"event_type": "{mark}event", "event_payload": {{"{mark}key": "{mark}value"}}}}',
    )
    for name, token in (("tada", "xoxp-max"), ("wave", "xoxp-mia"), ("tada", "xoxp-ada"), ("eyes", "xoxp-max")):
        assert react(live, ts, name, token)["ok"]
    assert live.call("pins.add", "xoxp-max", channel=DESK, timestamp=ts)["ok"]
    reply(live, ts, "First answer", "xoxp-ada")
    reply(live, ts, "Second answer", reply_broadcast="true")
    return ts


def kept(live: Live, ts: str) -> set[str]:
    """The tables beside the messages' own that know of a message."""
    return {table.name for table in KEPT if rows(live, table, ts)}
