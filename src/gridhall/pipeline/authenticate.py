"""Token to actor."""

import hashlib
import hmac
import logging
from collections.abc import Sequence

from gridhall.contract.errors import (
    Accesslimited,
    AccountInactive,
    InvalidAuth,
    NotAuthed,
    TokenExpired,
    TokenRevoked,
    TwoFactorSetupRequired,
)
from gridhall.contract.tokens import Token
from gridhall.domain import networks
from gridhall.domain.actor import Actor
from gridhall.domain.secrets import hash_of
from gridhall.domain.signals import AuthorityChanged, SessionsEnded, Signal
from gridhall.domain.source import Source
from gridhall.domain.tokens import load_actor
from gridhall.domain.work import Storage
from gridhall.pipeline import cookies

log = logging.getLogger("gridhall.pipeline")

MOST_REMEMBERED = 50_000
"""Actors kept in memory. Past it all are forgotten: simpler than ageing, and reached by few."""


class Authenticate:
    """Finds out who calls, and remembers it until something that decides it changes.

    Remembering is the largest single gain on the Web API's path (docs/decisions/0005-token-cache.md). An actor is kept only if
    nothing changed while it was being read, and on no worker that cannot hear the others.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._storage: Storage | None = None
        self._actors: dict[bytes, Actor] = {}
        self._of_session: dict[tuple[str, int], bytes] = {}
        self._generation = 0
        self._hearing = True

    def use(self, storage: Storage) -> None:
        """Where actors are read from. Given late, since storage tells this room what changed."""
        self._storage = storage

    async def __call__(self, text: str | None, address: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> Actor:
        """Who the token says is calling.

        Arguments:
            headers: the request's, names in lower case, for the cookie that a client token needs.

        Raises:
            NotAuthed, InvalidAuth, TokenRevoked, AccountInactive, TokenExpired, Accesslimited, TwoFactorSetupRequired.
        """
        if not text:
            raise NotAuthed
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        actor = self._actors.get(key)
        if actor is None:
            actor = await self._load(key, text)
        if actor.session is not None:
            if actor.expires_at and self._has_expired(actor):
                # A sign of life may have put it off meanwhile.
                actor = await self._load(key, text)
                if self._has_expired(actor):
                    raise InvalidAuth
            _require_cookie(actor, headers)
        if actor.gone:
            raise AccountInactive if actor.acts_as is Token.BOT else TokenRevoked
        if actor.expires_at and self._has_expired(actor):
            raise TokenExpired
        if actor.networks and not networks.allow(actor.networks, address):
            raise Accesslimited
        if actor.two_factor_missing:
            raise TwoFactorSetupRequired
        return actor

    def _has_expired(self, actor: Actor) -> bool:
        return 0 < actor.expires_at <= self._source.seconds()

    async def _load(self, key: bytes, text: str) -> Actor:
        assert self._storage is not None
        generation = self._generation
        actor = await self._storage.read(lambda work: load_actor(work, text))
        if actor is None:
            # Time ended a session that is remembered, and tells nobody.
            self._forget(key)
            raise InvalidAuth
        if self._hearing and generation == self._generation:
            if len(self._actors) >= MOST_REMEMBERED:
                self._forget_all()
            self._actors[key] = actor
            if actor.session is not None:
                self._of_session[actor.organization, actor.session] = key
        return actor

    def heard(self, signal: Signal) -> None:
        """Forget the actors of the organization that changed, or of the sessions that ended."""
        match signal:
            case AuthorityChanged():
                self._generation += 1
                stale = [key for key, actor in self._actors.items() if actor.organization == signal.organization]
                for key in stale:
                    self._forget(key)
            case SessionsEnded():
                self._generation += 1
                for session in signal.sessions:
                    ended = self._of_session.pop((signal.organization, session), None)
                    if ended is not None:
                        self._actors.pop(ended, None)

    def lost(self) -> None:
        self._hearing = False
        self._forget_all()

    def caught_up(self) -> None:
        self._hearing = True
        self._forget_all()

    def _forget(self, key: bytes) -> None:
        actor = self._actors.pop(key, None)
        if actor is not None and actor.session is not None:
            self._of_session.pop((actor.organization, actor.session), None)

    def _forget_all(self) -> None:
        self._generation += 1
        self._actors.clear()
        self._of_session.clear()


def _require_cookie(actor: Actor, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raise InvalidAuth unless the cookie is that of the token's session. Source: what the platform answers its own clients."""
    header = next((value for name, value in headers if name == b"cookie"), None)
    value = cookies.read(header, cookies.SESSION)
    if value is None or not hmac.compare_digest(hash_of(value), actor.cookie_hash or ""):
        raise InvalidAuth
