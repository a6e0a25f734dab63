"""The control surface: health for everybody, the clock for tests that hold the key."""

import hmac
from collections.abc import Awaitable, Callable

import msgspec

from gridhall.contract.errors import Refusal
from gridhall.domain.source import SystemClock
from gridhall.domain.work import Storage
from gridhall.server.http import Receive, Scope, Send, header, respond_json

PREFIX = "/_gridhall/"

MOST_BODY = 4096
LAST_SECOND = 253_370_764_799
"""The end of the year 9998: after the next one Python knows no dates, and clocks run on."""

SETTLE_WITHIN = 60.0
"""Seconds that an answer waits for jobs at the most."""

ClockState = dict[str, int | None]


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """What to do to the clock, in this order: `set` it (Unix seconds), `advance` it (seconds), `freeze` it or let it go.

    `settle` has the answer wait until every job that is due by then has been done.
    """

    set: float | None = None
    advance: float | None = None
    freeze: bool | None = None
    settle: bool = False


class Control:
    """Serves `/_gridhall/health` and, where a key was given, `/_gridhall/clock`.

    Arguments:
        key: what a bearer must know; None leaves the clock alone for good.
        tell: passes the clock's state on to the other workers.
        settle: waits until no job is due any more, so many seconds at the most; gives whether it is so.
    """

    def __init__(
        self,
        storage: Storage,
        clock: SystemClock,
        key: str | None,
        tell: Callable[[ClockState], Awaitable[None]] | None,
        settle: Callable[[float], Awaitable[bool]],
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._key = key
        self._tell = tell
        self._settle = settle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        what = scope["path"].removeprefix(PREFIX)
        if what == "health":
            await self._health(send)
        elif what == "clock" and self._key is not None:
            await self._serve_clock(scope, receive, send)
        else:
            await respond_json(send, 404, {"error": "not found"})

    async def _health(self, send: Send) -> None:
        """Live: the process answers. Ready: it can do its work."""
        try:
            await self._storage.check()
        except Refusal:
            await respond_json(send, 503, {"live": True, "ready": False})
            return
        await respond_json(send, 200, {"live": True, "ready": True})

    async def _serve_clock(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = (header(scope, b"authorization") or b"").decode("latin-1")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode()):
            await respond_json(send, 401, {"error": "the control key is missing or wrong"})
            return
        settled: dict[str, bool] = {}
        if scope["method"] == "POST":
            try:
                change = msgspec.json.decode(await _read(receive), type=ClockChange)
                state = self._changed(change)
            except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
                await respond_json(send, 400, {"error": str(error)})
                return
            if self._tell is not None:
                try:
                    await self._tell(state)
                except Refusal:
                    await respond_json(send, 503, {"error": "the other workers could not be told"})
                    return
            self._clock.follow(state)
            if change.settle:
                try:
                    settled = {"settled": await self._settle(SETTLE_WITHIN)}
                except Refusal:
                    settled = {"settled": False}
        elif scope["method"] != "GET":
            await respond_json(send, 405, {"error": "read the clock with GET, change it with POST"})
            return
        now, frozen = self._clock.now() / 1_000_000, self._clock.frozen_at is not None
        await respond_json(send, 200, {"now": now, "frozen": frozen, **settled})

    def _changed(self, change: ClockChange) -> ClockState:
        """The clock's state after a change, which every worker takes over as it is."""
        clock = self._clock
        frozen = clock.frozen_at is not None if change.freeze is None else change.freeze
        now = clock.now()
        if change.set is not None:
            now = round(change.set * 1_000_000)
        if change.advance is not None:
            now += round(change.advance * 1_000_000)
        if not 0 <= now <= LAST_SECOND * 1_000_000:
            raise ValueError("the clock goes from 1970 to 9998")
        return clock.state_at(now, frozen=frozen)


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BODY:
            raise ValueError("the body is too large")
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return body
