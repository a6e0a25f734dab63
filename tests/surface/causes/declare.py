"""How causes are declared: each module of the package adds its own to the two lists."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridhall.app import registry
from gridhall.catalogue.method import Method
from harness.live import Live
from surface.stage import Stage, call

DOCUMENTED: dict[str, list[str]] = json.loads((Path(__file__).parents[2] / "data/documented_errors.json").read_text())
METHODS: dict[str, Method] = {method.name: method for method in registry()}

_IN_ATTACHMENTS = "Attachments, or blocks in them, are wrong: chat.update documents it, people report it of chat.postMessage."
_LONG = "A text is too long: other methods document it, people report it of posts and of streams that go on."
_BOTH = "Text and chunks come in one call: people report it."
_OTHER_MODE = "A stream that began with text goes on with chunks, or the other way round: people report it."
_PREVIEW = "The platform's page on unfurling links tells of it, the reference page does not."

# Codes that methods answer though their reference pages leave them out: by method and code, what for, and who tells of it.
OBSERVED: dict[str, dict[str, str]] = {
    "chat.postMessage": {"invalid_attachments": _IN_ATTACHMENTS, "msg_too_long": _LONG},
    "chat.scheduleMessage": {"invalid_attachments": _IN_ATTACHMENTS},
    "chat.startStream": {
        "cannot_provide_both_markdown_text_and_chunks": _BOTH,
        "invalid_thread_ts": "The message cannot be replied to: people report it.",
        "msg_too_long": _LONG,
    },
    "chat.appendStream": {
        "cannot_provide_both_markdown_text_and_chunks": _BOTH,
        "msg_too_long": _LONG,
        "streaming_mode_mismatch": _OTHER_MODE,
    },
    "chat.stopStream": {
        "cannot_provide_both_markdown_text_and_chunks": _BOTH,
        "msg_too_long": _LONG,
        "streaming_mode_mismatch": _OTHER_MODE,
    },
    "chat.unfurl": {"error_processing_metadata": _PREVIEW, "invalid_blocks": _PREVIEW},
}


def codes_of(method: str) -> set[str]:
    """The codes of a method, on its reference page or seen on the platform."""
    return {*DOCUMENTED[method], *OBSERVED.get(method, ())}


Applies = Callable[[Method], bool]
Bring = Callable[[Stage, Method], dict[str, Any]]
Make = Callable[[Live], dict[str, str]]
"""Makes by real calls what a call is to name, and gives the arguments that name it."""

Own = Callable[..., None]
"""`own`, with some of its arguments given."""


@dataclass(frozen=True)
class Cause:
    """What makes methods answer a code.

    Arguments:
        state: the real state, in one sentence.
        applies: tells the methods that answer the code for this cause.
        bring: brings the state about, makes the call, and gives the answer.
    """

    code: str
    state: str
    applies: Applies
    bring: Bring


@dataclass(frozen=True)
class NoCause:
    """Why no state makes methods answer a code that they document."""

    code: str
    reason: str
    applies: Applies


CAUSES: list[Cause] = []
NO_CAUSES: list[NoCause] = []


def cause(code: str, applies: Applies, state: str) -> Callable[[Bring], Bring]:
    def declare(bring: Bring) -> Bring:
        CAUSES.append(Cause(code, state, applies, bring))
        return bring

    return declare


def own(method: str, code: str, state: str, token: str, make: Make | None = None, /, **arguments: str) -> None:
    """A cause of one method alone: one call by one token.

    Arguments:
        make: makes what the call names; the arguments stand beside what it gives, or for it.
    """

    def bring(stage: Stage, called: Method) -> dict[str, Any]:
        made = make(stage.open) if make is not None else {}
        return call(stage.open, called.name, token, made | arguments)

    CAUSES.append(Cause(code, state, named(method), bring))


def none(code: str, reason: str, *methods: str) -> None:
    """A reason against a code, of these methods."""
    NO_CAUSES.append(NoCause(code, reason, named(*methods)))


def every(method: Method) -> bool:
    return True


def takes_token(method: Method) -> bool:
    return method.tokens is not None


def takes_none(method: Method) -> bool:
    return method.tokens is None


def named(*names: str) -> Applies:
    unknown = set(names) - METHODS.keys()
    assert not unknown, unknown
    return lambda method: method.name in names


def others(applies: Applies) -> Applies:
    """The methods with a token that something does not apply to."""
    return lambda method: takes_token(method) and not applies(method)
