"""How often people may be wrong when they prove who they are, and how many may try at once."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from gridhall.contract.errors import Ratelimited
from gridhall.contract.rates import Limit
from gridhall.pipeline.rate import Bucket, RateLimiter
from gridhall.server.hashing import Hashing
from gridhall.server.turns import Busy, Turns

PER_ACCOUNT_AND_ADDRESS = Limit(1, 60, 10)
PER_SESSION = Limit(1, 60, 10)
PER_ACCOUNT = Limit(5, 180, 100)
"""A hundred an hour, told in minutes: those of an hour outlive a restart, for which each guess would be a durable write."""
PER_ADDRESS = Limit(5, 60, 50)
CODES = Limit(10, 86_400, 10)
"""One-time codes and recovery codes of one second factor. Six digits are few: NIST SP 800-63B, 5.2.2 allows no more than a
hundred wrong ones in a row. It outlives a restart."""

ACCOUNT_TURNS = (1, 20)
"""How many attempts at one account are looked at together, and how many wait. One: until it is known whether that is wrong,
nobody knows whether the next is one too many."""
NETWORK_TURNS = (4, 32)

REFUSED_AFTER = 1.0
"""Seconds that a refusal takes, or a multiple of them. It slows guessing down, and hides how long looking and hashing took."""

APART = 0.01
"""Seconds from one refusal that waits to the next: those who guess come again as soon as they are answered, and would do so all
together."""

MOST_HELD = 500
"""Refusals that wait at once, of those that followed a look and of the others; it bounds their memory."""


class Wrong(Exception):
    """What somebody proves themselves with is wrong: it counts. Arguments: code: how it is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Line:
    """Refusals that wait to be answered, one after the other."""

    def __init__(self, refused_after: float) -> None:
        self._refused_after = refused_after
        self._held = 0
        self._next = 0.0

    @property
    def is_full(self) -> bool:
        return self._held >= MOST_HELD

    async def wait(self, began: float) -> None:
        """Wait until a refusal may be answered. Arguments: began: the loop's time when it was asked for."""
        if self._refused_after == 0:
            return
        took = asyncio.get_running_loop().time() - began
        steps = max(1, math.ceil(took / self._refused_after))
        self._next = max(began + steps * self._refused_after, self._next + APART)
        self._held += 1
        try:
            await asyncio.sleep(self._next - asyncio.get_running_loop().time())
        finally:
            self._held -= 1


class Throttle:
    """Counts wrong passwords and wrong codes, and has whoever tries much wait for themselves.

    It is always on, whatever limits methods have. Each attempt waits for its turn, by the caller's network and then by the
    account. It is counted before it is looked at, so that many at once are no more than many one after the other, and given
    back unless it is wrong. Turns are each worker's own, counts are all workers'.

    What is wrong is told after a while, whatever came to light. Where too many wait to be told so, nothing is looked at.
    Refusals for which nothing was looked at wait as well, while there is room.

    Arguments:
        refused_after: see `REFUSED_AFTER`; for tests.
    """

    def __init__(self, rate: RateLimiter, hashing: Hashing, refused_after: float = REFUSED_AFTER) -> None:
        self._rate = rate
        self._hashing = hashing
        self._accounts = Turns(*ACCOUNT_TURNS)
        self._networks = Turns(*NETWORK_TURNS)
        self._wrong = _Line(refused_after)
        self._turned_away = _Line(refused_after)

    @asynccontextmanager
    async def password(self, account: str, address: str, is_known: Callable[[], Awaitable[bool]]) -> AsyncIterator[None]:
        """Try a password, within.

        Arguments:
            account: whatever was typed.
            address: the caller's IP address.
            is_known: whether the person is signed in at this address. Who is may go on though others have guessed too often:
                else anybody could keep anybody out. It must take as long for who is nobody.

        Raises:
            Ratelimited: there were too many wrong ones.
            Busy: there are too many at once.
        """
        account, network = _short(account), _network(address)
        buckets = self._of_password(account, network)
        guessed = self._rate.bucket(f"sign-in/password/account/{account}", PER_ACCOUNT)
        async with self._attempt(account, network):
            # Workers count in the database, which a flood need not reach.
            self._hashing.require_room()
            guessed_at: Ratelimited | None = None
            try:
                await self._rate.count([*buckets, guessed])
                buckets.append(guessed)
            except Ratelimited as refusal:
                # Whichever it was: without the account it is refused again, unless it was that.
                await self._rate.count(buckets)
                guessed_at = refusal
            async with self._counted(buckets):
                if guessed_at is not None and not await is_known():
                    raise guessed_at
                yield

    @asynccontextmanager
    async def own_password(self, account: str, address: str, session: str) -> AsyncIterator[None]:
        """Try the password of whoever is signed in, within: as `password`, but guesses from elsewhere keep nobody from it.

        Arguments:
            session: what tells it from all others.
        """
        account, network = _short(account), _network(address)
        own = self._rate.bucket(f"sign-in/password/session/{session}", PER_SESSION)
        async with self._attempt(_short(f"session/{session}"), network):
            buckets = [*self._of_password(account, network), own]
            await self._rate.count(buckets)
            async with self._counted(buckets):
                yield

    @asynccontextmanager
    async def code(self, factor: str, address: str) -> AsyncIterator[None]:
        """Try a one-time code or a recovery code, within; the right one makes up for the wrong ones before it. Raises as
        `password`.

        Arguments:
            factor: what tells this second factor from all others.
        """
        factor, network = _short(factor), _network(address)
        codes = self._rate.bucket(f"sign-in/code/factor/{factor}", CODES)
        async with self._attempt(factor, network):
            buckets = [self._rate.bucket(f"sign-in/code/address/{network}", PER_ADDRESS), codes]
            await self._rate.count(buckets)
            async with self._counted(buckets):
                yield
            await self._rate.refill(codes)

    @asynccontextmanager
    async def first_code(self, account: str, address: str) -> AsyncIterator[None]:
        """Try the first code of a second factor that is being set up, within. There is nothing to guess, as its secret is told
        to whoever sets it up. Raises as `password`."""
        account, network = _short(account), _network(address)
        async with self._attempt(account, network):
            buckets = [self._rate.bucket(f"sign-in/first-code/{account}/{network}", PER_ACCOUNT_AND_ADDRESS)]
            await self._rate.count(buckets)
            async with self._counted(buckets):
                yield

    def _of_password(self, account: str, network: str) -> list[Bucket]:
        return [
            self._rate.bucket(f"sign-in/password/address/{network}", PER_ADDRESS),
            self._rate.bucket(f"sign-in/password/both/{account}/{network}", PER_ACCOUNT_AND_ADDRESS),
        ]

    @asynccontextmanager
    async def _attempt(self, account: str, network: str) -> AsyncIterator[None]:
        """Wait for a turn before what is done within, and for a while after what is refused there."""
        began = asyncio.get_running_loop().time()
        try:
            if self._wrong.is_full:
                raise Busy
            async with self._networks.turn(network), self._accounts.turn(account):
                yield
        except Wrong:
            await self._wrong.wait(began)
            raise
        except (Ratelimited, Busy):
            # However soon it comes it tells nothing of anybody.
            if not self._turned_away.is_full:
                await self._turned_away.wait(began)
            raise

    @asynccontextmanager
    async def _counted(self, buckets: list[Bucket]) -> AsyncIterator[None]:
        """Give back what was counted unless what is tried within is wrong."""
        try:
            yield
        except Wrong:
            raise
        except Exception:
            # Refused for another reason, which tells nothing of what was tried.
            self._rate.uncount(buckets)
            raise
        self._rate.uncount(buckets)


def _short(text: str) -> str:
    """What a stranger typed may be long, and may be a password in the wrong field."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _network(address: str) -> str:
    """What counts as one address: of IPv6 the /64, which is what a household or a rented machine has."""
    try:
        caller = ip_address(address)
    except ValueError:
        return address
    if not isinstance(caller, IPv6Address):
        return str(caller)
    return str(caller.ipv4_mapped or ip_network((caller, 64), strict=False))
