"""api.*"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.rates import Counted
from gridhall.contract.rates import Tier
from gridhall.contract.wire import Ok
from gridhall.domain.call import Call


class TestArgs(msgspec.Struct, frozen=True):
    """Arguments of api.test; every other argument is echoed too."""

    error: Annotated[str | None, Arg("The error to answer with.", example="my_error")] = None


class TestResult(Ok, kw_only=True):
    """What was sent, as it arrived; `error` where one was asked for."""

    error: str | UnsetType = UNSET
    args: dict[str, object] | UnsetType = UNSET


_PER_ADDRESS = (Counted("tier four", Tier.FOUR.value, lambda actor, team, raw: actor.token),)


@method("api.test", tokens=None, rate=_PER_ADDRESS)
async def test(call: Call, args: TestArgs) -> TestResult:
    """Check that calls arrive, and how."""
    return TestResult(ok=args.error is None, error=args.error or UNSET, args=dict(call.raw or {}) or UNSET)
