"""How often people may be wrong when they prove who they are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from gridhall.contract.rates import Limit
from gridhall.pipeline.rate import RateLimiter

PER_ACCOUNT_AND_ADDRESS = Limit(1, 60, 10)
PER_ACCOUNT = Limit(5, 180, 100)
"""A hundred an hour, told in minutes: those of an hour outlive a restart, for which each guess would be a durable write."""
PER_ADDRESS = Limit(5, 60, 50)

REFUSED_AFTER = 1.0
"""Seconds that a refusal takes at the least. It slows guessing down, and hides how long looking and hashing took."""

APART = 0.01
"""Seconds from one refusal to the next: however many ask at once, and ask again, no more than 100 a second are looked at."""

MOST_HELD = 1000
"""Refusals that wait at once; beyond them they are answered without a wait, so that waiting costs no more memory."""


class Wrong(Exception):
    """What somebody proves themselves with is wrong: it counts. Arguments: code: how it is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Throttle:
    """Counts wrong passwords and wrong codes: by account, by address, and by both.

    It is always on, whatever limits methods have. Each attempt is counted before it is looked at, so that many at once are no
    more than many one after the other, and given back unless it is wrong.

    Arguments:
        refused_after: see `REFUSED_AFTER`; for tests.
    """

    def __init__(self, rate: RateLimiter, refused_after: float = REFUSED_AFTER) -> None:
        self._rate = rate
        self._refused_after = refused_after
        self._held = 0
        self._next = 0.0

    @asynccontextmanager
    async def attempt(self, step: str, account: str, address: str) -> AsyncIterator[None]:
        """Count what is tried within; give it back unless it raises `Wrong`.

        Arguments:
            step: of what: passwords and codes are counted apart.
            account: an id, or whatever was typed in its place.
            address: the caller's IP address.

        Raises:
            Ratelimited: there were too many.
        """
        network = _network(address)
        # What a stranger typed may be long, and may be a password in the wrong field.
        account = sha256(account.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        buckets = [
            self._rate.bucket(f"sign-in/{step}/address/{network}", PER_ADDRESS),
            self._rate.bucket(f"sign-in/{step}/both/{account}/{network}", PER_ACCOUNT_AND_ADDRESS),
            self._rate.bucket(f"sign-in/{step}/account/{account}", PER_ACCOUNT),
        ]
        await self._rate.count(buckets)
        try:
            yield
        except Wrong:
            raise
        except Exception:
            # Refused for another reason, which tells nothing of what was tried.
            self._rate.uncount(buckets)
            raise
        self._rate.uncount(buckets)

    async def hold(self, began: float) -> None:
        """Wait until a refusal may be answered. Arguments: began: the loop's time when it was asked for."""
        if self._refused_after == 0 or self._held >= MOST_HELD:
            return
        # One at a time: those who guess come again as soon as they are answered, and would do so all together.
        self._next = max(began + self._refused_after, self._next + APART)
        self._held += 1
        try:
            await asyncio.sleep(self._next - asyncio.get_running_loop().time())
        finally:
            self._held -= 1


def _network(address: str) -> str:
    """What counts as one address: of IPv6 the /64, which is what a household or a rented machine has."""
    try:
        caller = ip_address(address)
    except ValueError:
        return address
    if not isinstance(caller, IPv6Address):
        return str(caller)
    return str(caller.ipv4_mapped or ip_network((caller, 64), strict=False))
