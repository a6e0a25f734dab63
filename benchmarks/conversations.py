"""What is measured of channels: reading, posting, how both grow with a channel's length, and the memory that posts take."""

import http.client
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from benchmarks import load, messages
from benchmarks.load import Requests
from benchmarks.measuring import Bench, Case, show, show_growth, told
from benchmarks.messages import Channel
from benchmarks.organization import WRITER_TOKEN
from benchmarks.servers import Running

SMALL = 1000
"""Messages of a small channel."""

MOST_GROWTH = 1.25
"""How much more a large channel may cost than a small one."""

MOST_FOR_BLOCKS = 1.5
"""How much more a post with blocks may cost than one of words alone."""

MOST_ADDED = 4.0
"""MiB that the second half of many posts may add to the server's memory. Forty bytes kept of each of 100,000 would be 3.8."""

MANY = 50_000
"""Posts from which on what they add to the memory is judged."""

HISTORY_AIM, POSTING_AIM = 0.35, 0.30

LARGE, _SMALL, _PLAIN, _LATE = "C0LARGE0001", "C0SMALL0001", "C0PLAIN0001", "C0LATE00001"

_BETWEEN_POSTS = 0.01

# SQLite keeps up to 64 MiB of the file's pages for its writer. Long posts fill them sooner than short ones.
_SETTLING = 20_000
_LONG = " ".join([messages.TEXT] * 40)


def channels(large: int, rounds: int) -> list[Channel]:
    """The channels that are measured.

    Arguments:
        large: the messages of the large one.
        rounds: of measuring; each posts words and blocks into small channels of its own, which are none any more afterwards.
    """
    fresh = [Channel(_fresh(number), SMALL) for number in range(2 * rounds)]
    return [Channel(LARGE, large), Channel(_SMALL, SMALL), Channel(_PLAIN, SMALL, plain=True), Channel(_LATE, 0), *fresh]


def _fresh(number: int) -> str:
    return f"C0FRESH{number:04d}"


def reading(bench: Bench, large: int) -> None:
    """Print what a page of history costs: the newest, asked for again and again, and any, none of them asked for twice."""
    for which, how, drawn in (("newest", "again and again", False), ("any", "never the same", True)):
        cases = [
            Case(f"history, {which} 50 of {kind}, {how}", [_history(channel, count if drawn else None)], aim)
            for kind, channel, count, aim in (
                (f"{large:,}", LARGE, large, HISTORY_AIM),
                (f"{SMALL:,}", _SMALL, SMALL, HISTORY_AIM),
                (f"{SMALL:,} plain", _PLAIN, SMALL, HISTORY_AIM),
            )
        ]
        figures = bench.measure(*cases)
        for case, figure in zip(cases, figures, strict=True):
            show(case, figure)
        show_growth(f"a page of {large:,} messages", figures[0], figures[1], MOST_GROWTH)
    case = Case(f"history, newest 50 of {large:,}, while 100/s come", [_history(LARGE)])
    with _posted(bench.server, LARGE, bench.core):
        show(case, *bench.measure(case))


def posting(bench: Bench, large: int) -> None:
    """Print what a post costs, of words alone and with blocks."""
    rounds = bench.rounds
    cases = [
        Case(f"chat.postMessage, into {large:,}", [_post(LARGE)], POSTING_AIM),
        Case(f"chat.postMessage, into {SMALL:,}", [_post(_fresh(number)) for number in range(rounds)], POSTING_AIM),
        Case(
            f"chat.postMessage with blocks, into {SMALL:,}",
            [_post(_fresh(rounds + number), blocks=messages.BLOCKS) for number in range(rounds)],
        ),
    ]
    figures = bench.measure(*cases)
    for case, figure in zip(cases, figures, strict=True):
        show(case, figure)
    show_growth(f"a post after {large:,} messages", figures[0], figures[1], MOST_GROWTH)
    show_growth("a post with blocks", figures[2], figures[1], MOST_FOR_BLOCKS)


def memory(server: Running, posts: int, core: int | None) -> None:
    """Print the memory of a server that was just started before, during and after so many posts.

    Whether it stays the same is judged where they are many.
    """
    judged = posts >= MANY
    if judged:
        _send(server, _post(_LATE, _LONG), _SETTLING, core)
    marks = [(0, server.memory())]
    for mark in (posts // 4, posts // 2, posts):
        sent = marks[-1][0]
        if sent < mark:
            marks.append((sent + _send(server, _post(_LATE), mark - sent, core), server.memory()))
    line = ", ".join(f"{memory:.1f} MiB after {sent:,} posts" for sent, memory in marks)
    print(f"  memory: {line}", flush=True)
    if judged:
        (before, held), (after, holds) = marks[-2:]
        added = holds - held
        aim = f"aim: at most {MOST_ADDED:.1f}: {told(added <= MOST_ADDED)}"
        print(f"  the last {after - before:,} posts added {added:.1f} MiB ({aim})", flush=True)


def _send(server: Running, requests: Requests, count: int, core: int | None) -> int:
    """Send at least so many, for a second at a time; gives how many they were."""
    sent = 0
    while sent < count:
        sent += load.run(server.port, requests, 1.0, core).requests
    return sent


def _history(channel: str, drawn_from: int | None = None) -> Requests:
    """Ask for pages of fifty: the newest one, or with a number of messages, any full page of so many."""
    path = f"/api/conversations.history?channel={channel}&limit=50"
    if drawn_from is None:
        return Requests([path], WRITER_TOKEN)
    full = 2 * 50 * messages.CYCLE // messages.IN_CHANNEL
    return Requests([path], WRITER_TOKEN, latest=(messages.moment(full), messages.moment(drawn_from - 1)))


def _post(channel: str, text: str = messages.TEXT, blocks: list[dict[str, Any]] | None = None) -> Requests:
    form = {"channel": channel, "text": text}
    if blocks is not None:
        form["blocks"] = json.dumps(blocks)
    return Requests(["/api/chat.postMessage"], WRITER_TOKEN, form=urlencode(form))


@contextmanager
def _posted(server: Running, channel: str, core: int | None) -> Iterator[None]:
    """Somebody posts into a channel a hundred times a second."""
    stop, failed = threading.Event(), threading.Event()
    requests = _post(channel)
    headers = {"authorization": f"Bearer {requests.token}", "content-type": load.FORM}

    def post() -> None:
        if core is not None:
            # Of this thread alone.
            os.sched_setaffinity(0, {core})
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        while not stop.wait(_BETWEEN_POSTS):
            connection.request("POST", requests.paths[0], requests.form, headers)
            if b'"ok":true' not in connection.getresponse().read():
                failed.set()
        connection.close()

    thread = threading.Thread(target=post)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failed.is_set():
        raise load.NotOk("posts were not ok")
