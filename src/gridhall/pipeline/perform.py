"""The method's own work, in one unit."""

import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from gridhall.catalogue.method import Method
from gridhall.contract.errors import Refusal
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import audit, sessions
from gridhall.domain.actor import Actor, Standing
from gridhall.domain.call import Call, Context
from gridhall.domain.devices import LONGEST_AGENT
from gridhall.domain.presence import RECORD_EVERY
from gridhall.domain.sessions import NOTICED_EVERY
from gridhall.domain.source import Source
from gridhall.domain.work import Storage, Work
from gridhall.pipeline import devices
from gridhall.pipeline.request import Envelope, Request

log = logging.getLogger("gridhall.pipeline")

MOST_REMEMBERED = 200_000


class Perform:
    """Runs a method's body in a unit of work, and notes that a person was active, and with which session."""

    def __init__(self, storage: Storage, source: Source, context: Context) -> None:
        self._storage = storage
        self._source = source
        self._context = context
        self._noted: dict[tuple[str, str | int], tuple[int, int]] = {}

    async def __call__(
        self,
        method: Method,
        actor: Actor,
        standing: Standing | None,
        args: msgspec.Struct,
        envelope: Envelope,
        request: Request,
    ) -> Ok:
        """What the method answers.

        Raises:
            Refusal: what the method declares, or what storage ends in.
        """
        if actor.acts_as in Token.PERSON and actor.user is not None:
            await self._note(actor, actor.user, request)
        prepared = await method.prepare(envelope.files, args) if method.prepare is not None else None

        async def unit(work: Work) -> tuple[Ok, Call]:
            if method.writes:
                work.origin = request.origin()
            call = Call(work, actor, standing, self._context, prepared, method.scopes.by_kind, envelope.arguments)
            return await method.handler(call, args), call

        answer, call = await (self._storage.write(unit) if method.writes else self._storage.read(unit))
        if call.looks:
            await self._write(request, lambda work: audit.write_looks(work, actor, call.looks))
        if call.refusal is not None:
            raise call.refusal
        return answer

    async def refused(self, method: Method, actor: Actor, arguments: Mapping[str, object], request: Request, code: str) -> None:
        """Have the audit log tell that a call was refused, where the method wants it.

        Raises:
            Refusal: what storage ends in.
        """
        if (refused := method.refused) is not None:
            await self._write(request, lambda work: refused(work, actor, method.name, arguments, code))

    async def _write(self, request: Request, what: Callable[[Work], Awaitable[None]]) -> None:
        """A unit of its own, of what a call did that only reads, or that changed nothing."""

        async def unit(work: Work) -> None:
            work.origin = request.origin()
            await what(work)

        await self._storage.write(unit)

    async def _note(self, actor: Actor, user: str, request: Request) -> None:
        """Note activity once in `RECORD_EVERY` seconds, that of a session sooner when it comes from elsewhere."""
        now = self._source.seconds()
        organization, session = actor.organization, actor.session
        key = (organization, user if session is None else session)
        # Callers choose what they send: of that, nothing but a number is kept.
        sent = 0 if session is None else hash((request.address, (request.user_agent() or b"")[:LONGEST_AGENT]))
        if key in self._noted:
            before, sent_before = self._noted[key]
            if abs(now - before) < (RECORD_EVERY if sent == sent_before else NOTICED_EVERY):
                return
        elif len(self._noted) >= MOST_REMEMBERED:
            self._noted.clear()
        self._noted[key] = now, sent
        origin = request.origin()
        device = await devices.read(origin) if session is not None else None

        async def unit(work: Work) -> None:
            if session is None or device is None:
                await work.activity.seen(organization, user, now)
            else:
                work.origin = origin
                await sessions.notice(work, organization, session, device)

        try:
            await self._storage.write(unit)
        except Refusal as refusal:
            # Presence is not worth refusing a call for: it is noted with the next one.
            self._noted.pop(key, None)
            log.warning("activity could not be noted: %s", refusal.code)
