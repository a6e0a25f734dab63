"""A server on a real port, in a thread of the test's own process, so that clocks can be moved and answers watched."""

import asyncio
import http.client
import json
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import uvloop

from gridhall.app import Gridhall, assemble
from gridhall.catalogue.registry import Registry
from gridhall.cli.options import ServeOptions
from gridhall.domain.jobs import Step
from gridhall.jobs import KINDS
from gridhall.pipeline.seal import Answer
from gridhall.server.run import listen, run
from harness import answers

CONTROL_KEY = "control-key-of-the-tests"
TIMEOUT = 30


@dataclass
class Reply:
    """One HTTP answer. `headers` are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.body)
        return answer


@dataclass
class Live:
    """A running server.

    Arguments:
        url: without a trailing slash.
        gridhall: the server's own parts; `on_loop` runs something on its loop.
        undeclared: answers that no method declares; the fixture fails the test for them.
        seen: every answer's method and outcome.
        log: the request log.
    """

    url: str
    port: int
    gridhall: Gridhall
    loop: asyncio.AbstractEventLoop
    undeclared: list[str] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    log: StringIO = field(default_factory=StringIO)

    def on_loop(self, main: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine where the server runs."""
        return asyncio.run_coroutine_threadsafe(main, self.loop).result(TIMEOUT)

    def request(self, verb: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(verb, path, body, headers or {})
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def reply(self, method: str, token: str | None = None, **arguments: object) -> Reply:
        """Call a method with a form, as SDKs do."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return self.request("POST", f"/api/{method}", urlencode(arguments).encode(), headers)

    def call(self, method: str, token: str | None = None, **arguments: object) -> dict[str, Any]:
        """The answer of a method."""
        return self.reply(method, token, **arguments).json

    def move(self, *, advance: float | None = None, to: float | None = None) -> None:
        """Freeze the clock at another time: so many seconds on, or at this Unix time."""

        async def move() -> None:
            clock = self.gridhall.clock
            now = clock.now() if to is None else round(to * 1_000_000)
            clock.move(now + round((advance or 0) * 1_000_000), frozen=True)

        # Whoever waits for a time is woken, which only their own loop can do.
        self.on_loop(move())


@contextmanager
def live(
    database: str,
    *,
    methods: Registry | None = None,
    kinds: Mapping[str, Step] = KINDS,
    rate_factor: float | None = None,
    stall: float = 10.0,
    refused_after: float = 0.0,
    **options: Any,
) -> Iterator[Live]:
    """A server over a database that was migrated. Rate limits are off unless a factor is given.

    Arguments:
        methods, kinds: see `assemble`; answers of methods that are not in the catalogue are not checked.
        refused_after: seconds that a refused sign-in takes at the least, which tests need not wait.
        options: further fields of `ServeOptions`.
    """
    options = {"control_key": CONTROL_KEY} | options
    chosen = ServeOptions(database=database, port=0, rate_factor=rate_factor, **options)
    listener = listen(chosen.host, 0)
    port = listener.getsockname()[1]
    url = chosen.public_url or f"http://127.0.0.1:{port}"
    started: list[Live | BaseException] = []
    ready = threading.Event()
    stops: list[Callable[[], object]] = []
    undeclared: list[str] = []
    seen: list[tuple[str, str]] = []

    def observe(name: str, answer: Answer) -> None:
        seen.append((name, answer.outcome))
        if methods is not None:
            return
        try:
            answers.check(name, answer.status, answer.body, forced=answer.outcome == "echoed")
        except AssertionError as error:
            undeclared.append(str(error))

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        stops.append(lambda: loop.call_soon_threadsafe(stop.set))
        log = StringIO()
        gridhall = await assemble(
            chosen,
            url,
            methods=methods,
            kinds=kinds,
            observer=observe,
            stall=stall,
            refused_after=refused_after,
            request_log=log,
        )
        started.append(Live(url, port, gridhall, loop, undeclared, seen, log))
        try:
            await run(gridhall.server, listener, ready.set, stop)
        finally:
            await gridhall.close()

    def thread() -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(main())
        except BaseException as error:
            started.insert(0, error)
        finally:
            ready.set()

    worker = threading.Thread(target=thread, daemon=True)
    worker.start()
    try:
        assert ready.wait(TIMEOUT), "the server did not start"
        first = started[0]
        if isinstance(first, BaseException):
            raise first
        yield first
    finally:
        for stop in stops:
            stop()
        worker.join(TIMEOUT)
        listener.close()
    assert not undeclared, "\n".join(undeclared)
