"""People post on two workers at once while others poll: whoever asks for what is newer than the last message misses none."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from cli.program import serve
from storage.pinned import Worker, workers_of

CHANNEL = "C0SQUARE001"
POSTERS = ("xoxp-bert", "xoxp-carl", "xoxp-dora", "xoxp-edna")
POLLER = "xoxp-fred"
POLLERS = 4

_LONGEST = 1800
"""Seconds that a server has at the most."""

_BEFORE_ALL = "1500000100.000100"

Message = tuple[str, str]
"""A `ts` and a text."""


def post_and_poll(database: str, folder: Path, each: int) -> int:
    """Have each poster post so many messages; gives how many each poller saw, all of them once and in order.

    Arguments:
        database: holds `tests/data/crowd.yaml`.
    """
    posted: list[Message] = []
    all_posted = threading.Event()
    options = ("--database", database, "--rate-limits", "off", "--workers", "2")
    with serve(*options, folder=folder, deadline=_LONGEST) as server, ExitStack() as connections, ThreadPoolExecutor() as pool:
        # In pairs, each to both workers.
        workers = [
            worker
            for _ in range((len(POSTERS) + POLLERS) // 2)
            for worker in connections.enter_context(workers_of(server, POLLER))
        ]
        posters = [
            pool.submit(_post, worker, token, each, posted.append)
            for worker, token in zip(workers[: len(POSTERS)], POSTERS, strict=True)
        ]
        pollers = [pool.submit(_poll, worker, all_posted) for worker in workers[len(POSTERS) :]]
        try:
            for poster in posters:
                poster.result()
        finally:
            all_posted.set()
        for poller in pollers:
            assert poller.result() == sorted(posted)
    return len(posted)


def _post(worker: Worker, token: str, count: int, note: Callable[[Message], object]) -> None:
    for number in range(count):
        answer = worker.call("chat.postMessage", token, channel=CHANNEL, text=f"Message {number} of {token}")
        note((answer["ts"], answer["message"]["text"]))


def _poll(worker: Worker, all_posted: threading.Event) -> list[Message]:
    """What a poller saw, in the order in which it came."""
    seen: list[Message] = []
    last = False
    while not last:
        last = all_posted.is_set()
        newer = _newer(worker, seen[-1][0] if seen else _BEFORE_ALL)
        seen += reversed(newer)
    return seen


def _newer(worker: Worker, oldest: str) -> list[Message]:
    """What is newer, newest first, on as many pages as it takes."""
    arguments = {"channel": CHANNEL, "oldest": oldest, "limit": "20"}
    found: list[Message] = []
    while True:
        answer: dict[str, Any] = worker.call("conversations.history", POLLER, **arguments)
        found += [(message["ts"], message["text"]) for message in answer["messages"]]
        if not answer["has_more"]:
            return found
        arguments["cursor"] = answer["response_metadata"]["next_cursor"]
