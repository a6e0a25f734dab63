"""A flood of guesses, and how long other people's calls take meanwhile."""

import asyncio
import json
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from typing import Any

CONNECTIONS = 200
MOST = 50_000
"""Guesses of one flood at the most."""
LONGEST = 60.0
"""Seconds of one flood at the most."""

PACE = 0.002
"""Seconds from the end of a call to the next."""


@dataclass(frozen=True)
class Flood:
    """Who is guessed at, and from where.

    Arguments:
        emails: accounts that are guessed at in turn; `{}` is a number that no other has.
        addresses: from how many addresses.
    """

    place: str
    emails: tuple[str, ...]
    addresses: int


@contextmanager
def flooding(port: int, flood: Flood) -> Iterator[Counter[int]]:
    """A flood that goes on within, in a process of its own; the statuses of the answers are there at the end."""
    spawn = multiprocessing.get_context("spawn")
    stop, told = spawn.Event(), spawn.Queue()
    process = spawn.Process(target=_pour, args=(port, flood, stop, told), daemon=True)
    process.start()
    statuses: Counter[int] = Counter()
    try:
        assert told.get(timeout=30) == "it flows"
        yield statuses
    finally:
        stop.set()
        statuses.update(told.get(timeout=30))
        process.join(30)


def latencies(port: int, calls: list[tuple[str, str, str]], count: int) -> list[float]:
    """Seconds that each of so many calls takes, one after the other: method, token, and the query that goes with it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    took = []
    try:
        for number in range(count):
            method, token, query = calls[number % len(calls)]
            began = time.perf_counter()
            connection.request("GET", f"/api/{method}?{query}", headers={"authorization": f"Bearer {token}"})
            answer = json.loads(connection.getresponse().read())
            took.append(time.perf_counter() - began)
            assert answer["ok"], answer
            time.sleep(PACE)
    finally:
        connection.close()
    return took


def percentile(took: list[float], percent: float) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * percent / 100))]


def _pour(port: int, flood: Flood, stop: Event, told: "Queue[Any]") -> None:
    told.put(asyncio.run(_pour_all(port, flood, stop, told)))


async def _pour_all(port: int, flood: Flood, stop: Event, told: "Queue[Any]") -> Counter[int]:
    statuses: Counter[int] = Counter()
    deadline = time.monotonic() + LONGEST
    numbers = iter(range(MOST))

    async def guess() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for number in numbers:
                if stop.is_set() or time.monotonic() > deadline:
                    return
                writer.write(_request(flood, number))
                statuses[await _status(reader)] += 1
        finally:
            writer.close()

    guesses = [asyncio.create_task(guess()) for _ in range(CONNECTIONS)]
    await asyncio.wait(guesses, timeout=2)
    told.put("it flows")
    await asyncio.gather(*guesses)
    return statuses


def _request(flood: Flood, number: int) -> bytes:
    email = flood.emails[number % len(flood.emails)].format(number)
    body = json.dumps({"place": flood.place, "email": email, "password": f"guess-{number}", "client": "web"}).encode()
    source = random.Random(number % flood.addresses).getrandbits(24)
    address = f"10.{source >> 16}.{source >> 8 & 255}.{source & 255}"
    head = f"POST /client/signin HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-forwarded-for: {address}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r")[0])
    await reader.readexactly(length)
    return int(head.split()[1])
