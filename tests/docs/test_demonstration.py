"""The demonstration's tokens can try every method: what they lack is no scope."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from gridhall.catalogue.method import Method
from gridhall.catalogue.registry import Registry
from gridhall.cli.banner import DEMO_ADMIN, DEMO_BOT, DEMO_USER
from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.contract.tokens import Token
from gridhall.methods import MODULES
from harness.live import Live

GARDEN, TOMAS, MIRA, YUKI = "T0GARDEN001", "W0TOMAS0001", "W0MIRA00001", "W0YUKI00001"

LEFT_OUT = {
    "auth.revoke": "it ends the token",
    "users.identity": "its scope is for signing in, and goes with no other",
}
"""Methods that are not called, and why."""

EVERYWHERE = ("channel_not_found", "invalid_arguments", "missing_scope")
"""Refusals with which a call would not have come to ask for the scope of a conversation's kind, or have lacked it."""

_number = count(1)


class _Caller:
    """Somebody with a token, and two others whom they may write to."""

    def __init__(self, server: Live, token: str, others: tuple[str, str]) -> None:
        self._server = server
        self._token = token
        self._others = others

    def call(self, method: str, **arguments: object) -> dict[str, Any]:
        # An org-level token says which workspace it means; others need not.
        return self._server.call(method, self._token, team_id=GARDEN, **arguments)

    def conversation(self, kind: str) -> str:
        """The id of a new channel, or of the conversation with others."""
        if kind in (PUBLIC, PRIVATE):
            answer = self.call("conversations.create", name=f"try-{next(_number)}", is_private=kind == PRIVATE)
        else:
            answer = self.call("conversations.open", users=",".join(self._others[: 1 if kind == IM else 2]))
        return str(answer["channel"]["id"])

    def tries(self, method: Method) -> Iterator[tuple[str, str | None]]:
        """The outcomes of a method, and of which kind of conversation each is: of every kind that it has a scope for."""
        by_kind = method.scopes.by_kind
        for kind in (PUBLIC, PRIVATE, IM, MPIM):
            if by_kind.of(kind) if by_kind else kind == PUBLIC:
                yield kind, self.call(method.name, **self._arguments(method, kind)).get("error")

    def _arguments(self, method: Method, kind: str) -> dict[str, object]:
        """Arguments of all methods: each leaves those alone that it does not know."""
        channel = self.conversation(kind)
        ts = self.call("chat.postMessage", channel=channel, text="Tea?")["ts"]
        given: dict[str, object] = {"channel": channel, "ts": ts, "timestamp": ts, "message_ts": ts, "text": "Tea!"}
        given |= {"user": self._others[0], "users": self._others[1], "email": "mira@juniper.example", "bot": "B0KETTLE001"}
        given |= {"name": f"try-{next(_number)}", "topic": "Tea", "purpose": "Tea", "presence": "auto", "limit": 1}
        if method.name.startswith("reactions"):
            given["name"] = "tea"
        if method.name == "conversations.open":
            given.pop("users")
        given |= {"user_id": self._others[0], "user_ids": self._others[0], "session_id": 1, "duration": 28_800}
        given |= {"channel_id": channel, "duration_days": 30}
        if method.name == "conversations.create":
            given["is_private"] = kind == PRIVATE
        if method.name in ("conversations.list", "users.conversations"):
            given["types"] = "public_channel,private_channel,im,mpim"
        return given


@pytest.mark.parametrize(
    ("token", "kind", "others"),
    [
        (DEMO_BOT, Token.BOT, (TOMAS, YUKI)),
        (DEMO_USER, Token.USER, (TOMAS, MIRA)),
        (DEMO_ADMIN, Token.USER, (TOMAS, YUKI)),
    ],
)
def test_no_scope_is_missing(demonstration: Live, token: str, kind: Token, others: tuple[str, str]) -> None:
    caller = _Caller(demonstration, token, others)
    outcomes: dict[tuple[str, str], str | None] = {}
    # Only the token of an administrator has the scopes of administrators.
    administering = ("admin.", "oversight.")
    tried = [method for method in Registry.of(MODULES) if token == DEMO_ADMIN or not method.name.startswith(administering)]
    for method in tried:
        if (method.tokens is None or kind in method.tokens) and method.name not in LEFT_OUT:
            outcomes |= {(method.name, of): outcome for of, outcome in caller.tries(method)}
    refused = {called: outcome for called, outcome in outcomes.items() if outcome in EVERYWHERE}
    assert refused == {}
    # That much was tried in earnest.
    assert len([outcome for outcome in outcomes.values() if outcome is None]) > len(outcomes) // 2
