"""The audit log over HTTP: `/audit/v1/logs`, `/audit/v1/schemas` and `/audit/v1/actions`.

Source: the platform's page on the methods and actions of its Audit Logs API, which promises HTTP's own statuses and leaves open
which. Which code has which status here, and what else that page leaves open, is in docs/choices.md.
"""

import logging
import time
from dataclasses import replace
from urllib.parse import parse_qsl

import msgspec

from gridhall.contract import audit as contract
from gridhall.contract.errors import (
    Accesslimited,
    FatalError,
    InvalidCursor,
    Ratelimited,
    Refusal,
    ServiceUnavailable,
    TwoFactorSetupRequired,
)
from gridhall.contract.rates import Tier
from gridhall.contract.roles import Role
from gridhall.contract.tokens import Token
from gridhall.domain import actions
from gridhall.domain.actor import Actor
from gridhall.domain.audit import Entry, Page, Position, Question
from gridhall.domain.cursors import Cursors
from gridhall.domain.source import Source
from gridhall.domain.work import Storage
from gridhall.pipeline.authenticate import Authenticate
from gridhall.pipeline.envelope import bearer
from gridhall.pipeline.rate import RateLimiter
from gridhall.server.http import Headers, Networks, Receive, Scope, Send, address_of, header, respond
from gridhall.server.request_log import RequestLog

log = logging.getLogger("gridhall.server")

PREFIX = "/audit/v1/"
SCOPE = "auditlogs:read"

MOST = 9999
"""Entries of one page, and as many as come where nobody says how many."""

MOST_ACTIONS = 30

FIRST = 1_519_862_400
"""The beginning of March 2018: the platform has no entries from before."""

AHEAD = 60
"""Seconds by which a caller's clock may be ahead of this one."""

MOST_BYTES = 2_000_000
"""Bytes after which a page ends, however many entries were asked for: other requests wait while it is written out."""

PORTION = 200
"""Entries that are read in one go, so that other requests come in between."""

RATE = Tier.THREE.value
"""Of an organization's calls together, whichever app makes them."""

MOST_ARGUMENTS = 100

_PERSON = (Accesslimited, TwoFactorSetupRequired)
"""What hinders the person, not the token."""


class Refused(Exception):
    """The request is refused, with a code of the platform's.

    Arguments:
        fields: further fields of the answer.
    """

    def __init__(self, status: int, code: str, **fields: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.fields = fields


class AuditApi:
    """Serves the audit log to owners of its organization; which kinds of entities and actions there are, to everybody.

    Arguments:
        trusted: the proxies whose `X-Forwarded-For` is believed.
    """

    def __init__(
        self,
        storage: Storage,
        source: Source,
        authenticate: Authenticate,
        rate: RateLimiter,
        cursors: Cursors,
        log: RequestLog,
        trusted: Networks,
    ) -> None:
        self._storage = storage
        self._source = source
        self._authenticate = authenticate
        self._rate = rate
        self._cursors = cursors
        self._log = log
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, id = time.perf_counter(), self._source.request_id()
        name = scope["path"].removeprefix(PREFIX)
        headers: Headers = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-slack-req-id", id.encode()),
        ]
        status, outcome = 200, "ok"
        try:
            body = await self._answer(name, scope)
        except Exception as error:
            refused = _refused(error)
            status, outcome = refused.status, refused.code
            body = msgspec.json.encode({"ok": False, "error": refused.code, **refused.fields})
            headers += _headers(refused, error)
            if outcome == "internal_error":
                log.error("%s failed in the audit log's %r", id, name, exc_info=error)
            elif status >= 500 and error.__cause__ is not None:
                log.warning("%s: %s (%s)", id, outcome, error.__cause__)
        headers.append((b"content-length", b"%d" % len(body)))
        await respond(send, status, headers, body)
        self._log.write(id, f"audit.{name}", outcome, time.perf_counter() - began)

    async def _answer(self, name: str, scope: Scope) -> bytes:
        """An answer that says yes.

        Raises:
            Refused, Refusal: it is none.
        """
        if scope["path"] != PREFIX + name or name not in ("logs", "schemas", "actions"):
            raise Refused(404, "bad_endpoint")
        if scope["method"] != "GET":
            raise Refused(405, "method_not_allowed")
        address = address_of(scope, self._trusted)
        if name == "logs":
            token = bearer(header(scope, b"authorization") or b"")
            if not token:
                raise Refused(401, "missing_authentication")
            actor = await self._authenticate(token, address, scope["headers"])
            _require_owner(actor)
            await self._rate.count_as_methods(f"audit/{actor.organization}", RATE)
            return await self._logs(actor.organization, *self._asked(scope["query_string"]))
        await self._rate.count_as_methods(f"audit/{address}", RATE)
        return SCHEMAS if name == "schemas" else ACTIONS

    def _asked(self, query: bytes) -> tuple[Question, str]:
        """What a query asks for, and its cursor, "" for a first page. Unknown arguments and empty ones say nothing.

        Raises:
            Refused: invalid_range, invalid_action or, for what the platform has no code for, invalid_arguments.
        """
        try:
            given = dict(parse_qsl(query.decode("ascii"), errors="strict", max_num_fields=MOST_ARGUMENTS))
        except ValueError:
            raise Refused(400, "invalid_arguments") from None
        if any("\0" in value for value in given.values()):
            # PostgreSQL knows no such character in a text.
            raise Refused(400, "invalid_arguments")
        question = Question(
            oldest=self._second(given.get("oldest")),
            latest=self._second(given.get("latest")),
            actions=_actions(given.get("action")),
            actor=given.get("actor"),
            entity=given.get("entity"),
            limit=_limit(given.get("limit")),
        )
        return question, given.get("cursor", "")

    def _second(self, text: str | None) -> int | None:
        """One end of the time that is asked for."""
        if text is None:
            return None
        second = _whole(text)
        if second is None or not FIRST <= second <= self._source.seconds() + AHEAD:
            raise Refused(400, "invalid_range")
        return second

    async def _logs(self, organization: str, question: Question, cursor: str) -> bytes:
        """A page of the log, the newest entries first; it ends early where entries are long.

        Raises:
            InvalidCursor: the cursor is no other page's of the same question.
        """
        listing = _listing(organization, question)
        after = _position(self._cursors.open(listing, cursor)) if cursor else None
        entries: list[Entry] = []
        room = MOST_BYTES
        while len(entries) < question.limit and room > 0:
            wanted = min(question.limit - len(entries), PORTION)
            found, after = await self._read(organization, replace(question, after=after, limit=wanted))
            for entry in found:
                if room <= 0:
                    after = entries[-1].at, entries[-1].id
                    break
                entries.append(entry)
                room -= _size(entry)
            else:
                if after is None or len(found) < wanted:
                    break
        next_cursor = "" if after is None else self._cursors.seal(listing, f"{after[0]}/{after[1]}")
        return msgspec.json.encode(contract.Logs([_told(entry) for entry in entries], contract.ResponseMetadata(next_cursor)))

    async def _read(self, organization: str, question: Question) -> Page:
        return await self._storage.read(lambda work: work.audit.list(organization, question))


def _require_owner(actor: Actor) -> None:
    """Let owners of an organization pass, with a token of an app that is installed there.

    Raises:
        ServiceUnavailable: the organization is under maintenance.
        Refused: everybody else.
    """
    if actor.acts_as is not Token.USER:
        raise Refused(403, "method_not_allowed")
    if actor.enterprise is None:
        raise Refused(403, "feature_not_enabled")
    if not actor.org_level:
        raise Refused(403, "team_not_authorized")
    if actor.maintenance:
        raise ServiceUnavailable
    if actor.ekm_access_withdrawn:
        raise Refused(403, "invalid_workspace")
    if SCOPE not in actor.scopes:
        raise Refused(401, "invalid_authentication", needed=SCOPE, provided=actor.scopes_header)
    if actor.org_role < Role.OWNER:
        raise Refused(403, "user_not_authorized")


def _actions(text: str | None) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(","))) if text else ()
    if len(names) > MOST_ACTIONS or not actions.KNOWN.issuperset(names):
        raise Refused(400, "invalid_action")
    return names


def _limit(text: str | None) -> int:
    """How many entries are asked for; who asks for more than there may be gets those."""
    limit = MOST if text is None else _whole(text)
    if not limit:
        raise Refused(400, "invalid_arguments")
    return min(limit, MOST)


def _whole(text: str) -> int | None:
    """A number of digits alone, None for anything else; longer ones than any time has are cut."""
    return int(text[:15]) if text.isascii() and text.isdigit() else None


def _listing(organization: str, question: Question) -> str:
    """What a cursor belongs to: whoever goes on asks the same."""
    same = (question.oldest, question.latest, question.actions, question.actor, question.entity)
    return "audit/" + msgspec.json.encode((organization, *same)).decode()


def _position(text: str) -> Position:
    at, _, id = text.partition("/")
    return int(at), id


def _told(entry: Entry) -> contract.Entry:
    return contract.Entry(
        id=entry.id,
        date_create=entry.at // 1_000_000,
        action=entry.action,
        actor=msgspec.Raw(entry.actor_told),
        entity=msgspec.Raw(entry.entity_told),
        context=msgspec.Raw(entry.context),
        details=msgspec.UNSET if entry.details == "{}" else msgspec.Raw(entry.details),
    )


def _size(entry: Entry) -> int:
    """About how many bytes an entry takes in an answer."""
    return 200 + sum(len(text.encode()) for text in (entry.actor_told, entry.entity_told, entry.context, entry.details))


def _refused(error: Exception) -> Refused:
    """What an error is called here, and its status."""
    match error:
        case Refused():
            return error
        case InvalidCursor():
            return Refused(400, error.code)
        case Ratelimited():
            return Refused(429, "rate_limited")
        case ServiceUnavailable():
            return Refused(503, error.code)
        case FatalError():
            return Refused(500, error.code)
        case Refusal():
            # Authentication speaks of nothing else.
            return Refused(403, "user_not_authorized") if isinstance(error, _PERSON) else Refused(401, "invalid_authentication")
    return Refused(500, "internal_error")


def _headers(refused: Refused, error: Exception) -> Headers:
    if isinstance(error, Ratelimited):
        return [(b"retry-after", b"%d" % error.retry_after)]
    if refused.status == 401:
        return [(b"www-authenticate", b"Bearer")]
    return [(b"allow", b"GET")] if refused.status == 405 else []


SCHEMAS = msgspec.json.encode({"schemas": contract.SCHEMAS})
ACTIONS = msgspec.json.encode({"actions": actions.CATEGORIES})
