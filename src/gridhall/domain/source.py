"""Where time, randomness and new ids come from, so that tests are exact and time travel is free."""

import secrets
import time
from collections.abc import Callable
from typing import Protocol

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_BLOCKS = _ALPHABET + "abcdefghijklmnopqrstuvwxyz+/"
_PAIRS = [first + second for first in _BLOCKS for second in _BLOCKS]

_STRIDE = 0x2545F4915
"""From one block's id to the next: odd, so that all 2**36 come before one comes again."""


class Clock(Protocol):
    """A clock that a test may hold."""

    def now(self) -> int:
        """The time in Unix microseconds."""
        ...


class SystemClock:
    """The machine's clock, which the control surface may freeze, set and advance.

    A set clock runs on from the time that it was set to; a frozen one stands still until it is advanced or let go.
    """

    __slots__ = ("_on_move", "frozen_at", "offset")

    def __init__(self) -> None:
        self.offset = 0
        self.frozen_at: int | None = None
        self._on_move: list[Callable[[], None]] = []

    def on_move(self, moved: Callable[[], None]) -> None:
        """Have somebody called whenever the clock was moved: who waits for a time has to look again."""
        self._on_move.append(moved)

    def now(self) -> int:
        if self.frozen_at is not None:
            return self.frozen_at
        return time.time_ns() // 1000 + self.offset

    @staticmethod
    def state_at(now: int, *, frozen: bool) -> dict[str, int | None]:
        """The state of a clock that is moved to this time and runs on from there or stands still."""
        return {"offset": now - time.time_ns() // 1000, "frozen_at": now if frozen else None}

    def move(self, now: int, *, frozen: bool) -> None:
        """Make it this time, and let the clock run on from there or stand still. `now` is in Unix microseconds."""
        self.follow(self.state_at(now, frozen=frozen))

    def follow(self, state: dict[str, int | None]) -> None:
        """Be as another worker's clock is."""
        self.offset, self.frozen_at = state["offset"] or 0, state["frozen_at"]
        for moved in self._on_move:
            moved()


class Source:
    """The one place that time, ids and secrets come from.

    Arguments:
        clock: tells the time.
    """

    __slots__ = ("_block", "_count", "_prefix", "clock")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._prefix = secrets.token_hex(4)
        self._count = 0
        self._block = secrets.randbits(36)

    def micros(self) -> int:
        """The time in Unix microseconds."""
        return self.clock.now()

    def seconds(self) -> int:
        """The time in whole Unix seconds."""
        return self.clock.now() // 1_000_000

    def machine_micros(self) -> int:
        """The machine's own time in Unix microseconds, which nobody moves: for how long a worker may be silent."""
        return time.time_ns() // 1000

    def id(self, prefix: str) -> str:
        """A new id: the prefix and ten letters or digits, so that it reads as the platform's do."""
        return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(10))

    def number(self) -> int:
        """A new id that is a number of 13 digits, as the platform's ids of sessions are."""
        return 10**12 + secrets.randbelow(9 * 10**12)

    def bytes(self, count: int) -> bytes:
        """So many random bytes."""
        return secrets.token_bytes(count)

    def uuid(self) -> str:
        """A UUID that begins with the time, then counts: those of one process are in the order in which they were made.

        Its layout is that of version 7 (RFC 9562, 5.7).
        """
        self._count += 1
        millis, micros = divmod(self.clock.now(), 1000)
        number = (millis & 0xFFFFFFFFFFFF) << 80 | 7 << 76 | micros << 64 | 0b10 << 62
        number |= (self._count & 0x3FFFFFFF) << 32 | int(self._prefix, 16)
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def secret(self, prefix: str) -> str:
        """A new token: the prefix and 48 random hexadecimal digits."""
        return prefix + secrets.token_hex(24)

    def block_id(self) -> str:
        """An id for a block or what acts in it, short as the platform's are: a walk through all of them from a random start.

        It is no secret, need be unique in its message only, and costs a tenth of drawing it at random.
        """
        self._block = number = (self._block + _STRIDE) & 0xFFFFFFFFF
        return _PAIRS[number >> 24] + _PAIRS[(number >> 12) & 0xFFF] + _PAIRS[number & 0xFFF]

    def request_id(self) -> str:
        """An id for one request: unique by a random start and a count, which costs a tenth of drawing each at random."""
        self._count += 1
        return f"{self._prefix}{self._count:08x}"
