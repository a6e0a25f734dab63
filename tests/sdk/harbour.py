"""The organization of `tests/data/sdk.yaml` with a long channel and a long thread, and the SDK's clients for it."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from harness.databases import DATA, Databases
from harness.live import Live

TEAM = "T0HARBOR001"
ANN, BEA, CAI, DOT = "W0ANN000001", "W0BEA000001", "W0CAI000001", "W0DOT000001"
ELI, FAY, GIL, TUG = "W0ELI000001", "W0FAY000001", "W0GIL000001", "W0TUG000001"
APP, BOT_ID, SIGNING_SECRET = "A0TUG000001", "B0TUG000001", "tug-signing-secret"
BOT, NARROW, OWNER, MEMBER, GUEST = "xoxb-tug", "xoxb-tug-narrow", "xoxp-ann", "xoxp-bea", "xoxp-gil"

GENERAL, PIER, LOG, STORM = "C0HARBOR001", "C0PIER00001", "C0LOG000001", "C0STORM0001"
WRECK = "C0WRECK0001"
"""An archived channel."""
VAULT = "C0VAULT0001"
"""A private channel of Ann's own."""
YARD = "C0YARD00001"
"""A public channel of Ann's own."""

MESSAGES = 10_000
"""How many LOG holds. Their texts are their numbers, oldest first."""
REPLIES = 2_500
"""How many the thread under PARENT holds, in STORM; their texts likewise."""
PARENT = "1600000000.000100"


def database(databases: Databases, pytest_folders: pytest.TempPathFactory) -> str:
    """A database of its own that holds all of it. Only the first of a run takes a moment."""
    file = pytest_folders.getbasetemp() / "harbour.yaml"
    if not file.exists():
        write(file)
    # Joined to the folder of the files that tests share, an absolute path stays what it is.
    return databases.filled(str(file.with_suffix("")))


def write(file: Path) -> None:
    """The organization file with its messages."""
    lines = [_entry(LOG, number, second=number) for number in range(MESSAGES)]
    lines.append(f'  - {{conversation: {STORM}, user: {ANN}, ts: "{PARENT}", text: A storm is coming}}')
    lines += [_entry(STORM, number, second=number + 1, more=f', thread_ts: "{PARENT}"') for number in range(REPLIES)]
    people = (DATA / "sdk.yaml").read_text(encoding="utf-8")
    file.write_text("\n".join([people, "messages:", *lines, ""]), encoding="utf-8")


def _entry(channel: str, number: int, *, second: int, more: str = "") -> str:
    user, ts = (ANN, BEA)[number % 2], f"{1_600_000_000 + second}.000100"
    return f'  - {{conversation: {channel}, user: {user}, ts: "{ts}", text: "{number}"{more}}}'


class Client:
    """A client of either kind, all of whose functions are called alike: a coroutine is run to its end."""

    def __init__(self, kind: type[WebClient] | type[AsyncWebClient], server: Live, token: str, **options: Any) -> None:
        self.real = kind(token=token, base_url=f"{server.url}/api/", **options)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self.real, name)

        def call(*positional: Any, **arguments: Any) -> Any:
            answer = function(*positional, **arguments)
            return asyncio.run(answer) if inspect.iscoroutine(answer) else answer

        return call

    def pages(self, name: str, /, **arguments: Any) -> list[dict[str, Any]]:
        """All pages of a function's answer, turned by the answer's own iteration."""
        answer = getattr(self.real, name)(**arguments)
        if inspect.iscoroutine(answer):
            return asyncio.run(_turn(answer))
        return [page.data for page in answer]

    def refused(self, name: str, /, **arguments: Any) -> str:
        """The code with which a call is refused; a name with a dot is a method's, for what the SDK's function does not send."""
        function = partial(self.api_call, name, params=arguments) if "." in name else partial(getattr(self, name), **arguments)
        with pytest.raises(SlackApiError) as refusal:
            function()
        assert refusal.value.response.status_code == 200
        code: str = refusal.value.response["error"]
        return code


async def _turn(answer: Coroutine[Any, Any, Any]) -> list[dict[str, Any]]:
    return [page.data async for page in await answer]


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]
