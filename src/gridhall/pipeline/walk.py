"""The order of the rooms. A request walks through them once; the first that refuses decides the answer."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import lru_cache

from gridhall.catalogue.method import Method
from gridhall.catalogue.registry import Registry
from gridhall.contract.errors import FatalError, InternalError, Ratelimited, Refusal, ServiceUnavailable, UnknownMethod
from gridhall.contract.rates import Limit
from gridhall.contract.wire import Ok
from gridhall.domain.actor import Actor, anonymous
from gridhall.domain.imaging import MAX_BYTES
from gridhall.domain.source import Source
from gridhall.pipeline.address import address
from gridhall.pipeline.arguments import arguments
from gridhall.pipeline.authenticate import Authenticate
from gridhall.pipeline.authorize import authorize
from gridhall.pipeline.envelope import Limits, envelope
from gridhall.pipeline.perform import Perform
from gridhall.pipeline.rate import RateLimiter
from gridhall.pipeline.request import ClientGone, Request
from gridhall.pipeline.route import route
from gridhall.pipeline.seal import JSON, Answer, declared_or_defect, seal, seal_refusal

log = logging.getLogger("gridhall.pipeline")

STORAGE = (FatalError, ServiceUnavailable)
"""What an operator wants to hear the cause of. What callers do wrong is their business, and shall not fill the log."""

UNTOLD = (*STORAGE, InternalError, Ratelimited, UnknownMethod)
"""Refusals that the audit log never tells of: nobody learns anything from what they were refused with."""

NOTED = Limit(60, 60, 60)
"""Refusals that the audit log tells of one token: it can be made to call for ever."""

Observer = Callable[[str, Answer], None]
"""Sees every answer with the method's name: the tests' harness holds it against what the method declares."""


class Pipeline:
    """Answers requests.

    Arguments:
        stall: seconds that a body may give nothing before it is given up.
        observer: sees every answer; for tests.
    """

    def __init__(
        self,
        registry: Registry,
        source: Source,
        authenticate: Authenticate,
        rate: RateLimiter,
        perform: Perform,
        *,
        stall: float = 10.0,
        observer: Observer | None = None,
    ) -> None:
        self._registry = registry
        self._source = source
        self._authenticate = authenticate
        self._rate = rate
        self._perform = perform
        self._plain = Limits(stall=stall)
        self._limits = {
            method.name: Limits(file=MAX_BYTES, files=method.files, stall=stall) for method in registry if method.files
        }
        self._accepted = {method.name: ",".join(method.scopes.accepted).encode() for method in registry}
        self._observer = observer

    async def answer(self, request: Request) -> Answer:
        """Walk one request through the rooms.

        Raises:
            ClientGone: the connection broke, and there is nobody to answer.
        """
        began = time.perf_counter()
        id = self._source.request_id()
        headers = [JSON, (b"x-slack-req-id", id.encode())]
        warnings: tuple[str, ...] = ()
        declared: frozenset[type[Refusal]] = frozenset()
        raw: Mapping[str, object] = {}
        method: Method | None = None
        actor: Actor | None = None
        try:
            opened = await envelope(request, self._limits.get(request.name, self._plain))
            warnings = opened.warnings
            raw = opened.arguments
            method = route(self._registry, request.name)
            declared = method.errors
            actor = await self._caller(method, opened.token, request)
            if method.on_request and not actor.oversight_access:
                # What was not granted looks as if there were none.
                raise UnknownMethod
            if method.tokens is not None:
                headers.append((b"x-oauth-scopes", _value(actor.scopes_header)))
                headers.append((b"x-accepted-oauth-scopes", self._accepted[method.name]))
            standing = address(method, actor, raw.get("team_id"))
            authorize(method, actor)
            await self._rate(method, actor, standing.team if standing else None, raw)
            args = arguments(method, actor, raw)
            result: Ok = await self._perform(method, actor, standing, args, opened, request)
            answer = seal(result, warnings, headers)
        except Refusal as refusal:
            fit = declared_or_defect(refusal, declared)
            if fit is not refusal:
                log.error("%r refused with %s, which it does not declare", request.name, refusal.code, exc_info=refusal)
            elif isinstance(refusal, STORAGE) and refusal.__cause__ is not None:
                log.warning("%s: %s (%s)", id, refusal.code, refusal.__cause__)
            if method is not None and method.refused is not None and actor is not None:
                await self._note(fit, method, actor, raw, request)
            answer = seal_refusal(fit, warnings, headers)
        except ClientGone:
            raise
        except Exception:
            log.exception("%s failed in %r", id, request.name)
            answer = seal_refusal(InternalError(), warnings, headers)
        if self._observer is not None:
            self._observer(request.name, answer)
        answer.id, answer.took = id, time.perf_counter() - began
        return answer

    async def _caller(self, method: Method, token: str | None, request: Request) -> Actor:
        if method.tokens is None:
            return anonymous(request.address)
        return await self._authenticate(token, request.address, request.headers)

    async def _note(self, refusal: Refusal, method: Method, actor: Actor, raw: Mapping[str, object], request: Request) -> None:
        """Have the audit log tell of a refusal, as long as one token does not have it tell of nothing else.

        Nothing that goes wrong here changes the answer: a refusal tells the caller little.
        """
        if isinstance(refusal, UNTOLD):
            return
        try:
            await self._rate.count([self._rate.bucket(f"refused/{actor.token}", NOTED)])
            await self._perform.refused(method, actor, raw, request, refusal.code)
        except Ratelimited:
            pass
        except Refusal as unwritten:
            log.warning("a refused call of %r could not be noted: %s", method.name, unwritten.code)
        except Exception:
            log.exception("a refused call of %r could not be noted", method.name)


@lru_cache(maxsize=4096)
def _value(text: str) -> bytes:
    """A header's value. Scopes are kept as whoever made the token wrote them, and must not begin a header of their own."""
    return (text if text.isprintable() else ascii(text)).encode()
