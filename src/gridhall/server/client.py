"""What native clients sign in with, stay signed in with and sign out with: JSON in, JSON out.

| `POST` | takes | answers |
|---|---|---|
| `/client/signin` | `SignInArgs` | `Welcome`; or 403 with a `state` where a second factor is wanted |
| `/client/signin/code` | `CodeArgs` | `Welcome` |
| `/client/heartbeat` | `HeartbeatArgs` | `Alive` |
| `/client/close` | nothing | `Closed` |
| `/client/signout` | nothing | `{"ok": true}` |

The last three take the session's token and cookie in their headers, `Authorization: Bearer xoxc-…` and `Cookie: d=xoxd-…`. A
body is JSON and says so, which no form of another site's can. No answer sets a cookie: a browser that was led here stays who it
is.

A refusal is `{"ok": false, "error": CODE}` with an HTTP status that says the same, and `Retry-After` where trying again helps.
"""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

import msgspec

from gridhall.catalogue.json import holds_nul
from gridhall.contract.errors import Refusal
from gridhall.domain import devices, sessions, signing_in
from gridhall.domain.actor import Actor
from gridhall.domain.devices import Device
from gridhall.domain.origin import Origin
from gridhall.domain.sessions import DESKTOP, HEARTBEAT_EVERY, WEB, Session
from gridhall.domain.signing_in import SignedIn
from gridhall.domain.source import Source
from gridhall.domain.work import Storage, Work
from gridhall.pipeline import cookies
from gridhall.pipeline.authenticate import Authenticate
from gridhall.pipeline.envelope import bearer
from gridhall.server.http import (
    BodyTooLarge,
    Headers,
    Networks,
    Receive,
    Scope,
    Send,
    header,
    origin_of,
    read_body,
    respond_json,
)
from gridhall.server.request_log import RequestLog
from gridhall.server.sign_in import NotSignedIn, Pending, SignIn

log = logging.getLogger("gridhall.server")

PREFIX = "/client/"

MOST_BODY = 16 * 1024

T = TypeVar("T")

_STATUS = {
    "invalid_json": 400,
    "invalid_arguments": 400,
    "not_authed": 401,
    "invalid_auth": 401,
    "token_revoked": 401,
    "invalid_credentials": 401,
    "invalid_code": 401,
    "expired": 401,
    "code_required": 403,
    "two_factor_setup_required": 403,
    "accesslimited": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "too_large": 413,
    "invalid_post_type": 415,
    "ratelimited": 429,
    "internal_error": 500,
    "busy": 503,
    "service_unavailable": 503,
    "fatal_error": 503,
}

ClientKind = Literal["desktop", "mobile", "web"]


class DeviceArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a native client tells of its device. A hundred characters of each are kept."""

    hardware: str = ""
    os: str = ""
    os_version: str = ""
    client_version: str = ""


class SignInArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first step of signing in.

    Arguments:
        place: the workspace, or the Enterprise organization as a whole: its domain, its id or the address of its sign-in page.
        client: the kind of client. One in a browser is known by its requests, whatever `device` says.
        device: None for a device that is to be known by the request's headers.
    """

    place: str
    email: str
    password: str
    client: ClientKind
    device: DeviceArgs | None = None


class CodeArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The second step: the `state` of the first one's answer with a one-time code, or a recovery code in its place."""

    state: str
    code: str
    client: ClientKind
    device: DeviceArgs | None = None


class HeartbeatArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sign of life, with the whole device where something of it changed."""

    device: DeviceArgs | None = None


class Welcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody is signed in.

    Arguments:
        token, cookie: what to call the Web API with; told this once. The cookie is the value of `d`.
        team_id: the workspace, or the organization where somebody signed in to it as a whole.
        expires_at: when the session ends by itself, in Unix seconds; None for never.
        heartbeat_every: seconds from one heartbeat to the next.
        ends_with_client: whether the session ends when the client closes, or misses three heartbeats.
        recovery_codes: only where a second factor was set up: told this once, too.
    """

    ok: bool
    session_id: int
    user_id: str
    team_id: str
    token: str
    cookie: str
    expires_at: int | None
    heartbeat_every: int
    ends_with_client: bool
    recovery_codes: list[str] = msgspec.field(default_factory=list)


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The password was right: a code is wanted with this `state`, within ten minutes.

    Arguments:
        error: `code_required`, or `two_factor_setup_required` where a second factor has to be set up first.
        secret, address: in the second case, what an authenticator is set up with: in Base32, and as an `otpauth://` address.
    """

    ok: bool
    error: str
    state: str
    secret: str | None = None
    address: str | None = None


class Alive(msgspec.Struct, frozen=True):
    """The session goes on; see `Welcome`."""

    ok: bool
    expires_at: int | None
    heartbeat_every: int
    ends_with_client: bool


class Closed(msgspec.Struct, frozen=True):
    """The client closes. `ended` is whether its session ended with it."""

    ok: bool
    ended: bool


class _Refused(Exception):
    """The answer is a refusal."""

    def __init__(self, code: str, retry_after: int = 0, answer: Wanted | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.answer = answer or {"ok": False, "error": code}


class _Call:
    """One request, its body read."""

    __slots__ = ("_body", "cookie", "headers", "origin", "token")

    def __init__(self, scope: Scope, trusted: Networks, body: bytes) -> None:
        self._body = body
        self.headers: Headers = scope["headers"]
        self.origin: Origin = origin_of(scope, trusted)
        self.cookie = header(scope, b"cookie")
        authorization = header(scope, b"authorization")
        self.token = bearer(authorization) if authorization else None
        media = (header(scope, b"content-type") or b"").partition(b";")[0].strip().lower()
        if body and media != b"application/json":
            raise _Refused("invalid_post_type")

    def arguments(self, type: type[T]) -> T:
        try:
            if b"\\u0000" in self._body and holds_nul(msgspec.json.decode(self._body)):
                raise _Refused("invalid_arguments")
            return msgspec.json.decode(self._body or b"{}", type=type)
        except msgspec.ValidationError as error:
            raise _Refused("invalid_arguments") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _Refused("invalid_json") from error


class Client:
    """Serves `/client/…`.

    Arguments:
        trusted: the proxies whose `X-Forwarded-For` is believed.
    """

    def __init__(
        self,
        sign_in: SignIn,
        authenticate: Authenticate,
        storage: Storage,
        source: Source,
        request_log: RequestLog,
        trusted: Networks,
    ) -> None:
        self._sign_in = sign_in
        self._authenticate = authenticate
        self._storage = storage
        self._source = source
        self._log = request_log
        self._trusted = trusted
        self._endpoints: dict[str, Callable[[_Call], Awaitable[object]]] = {
            "signin": self._password,
            "signin/code": self._code,
            "heartbeat": self._heartbeat,
            "close": self._close,
            "signout": self._sign_out,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, id = time.perf_counter(), self._source.request_id()
        name = scope["path"].removeprefix(PREFIX)
        headers: Headers = [(b"x-slack-req-id", id.encode())]
        try:
            outcome, answer = "ok", await self._answer(name, scope, receive)
            await respond_json(send, 200, answer, headers)
        except ConnectionResetError:
            outcome = "client_gone"
        except _Refused as refused:
            outcome = refused.code
            if refused.retry_after:
                headers.append((b"retry-after", b"%d" % refused.retry_after))
            if outcome == "method_not_allowed":
                headers.append((b"allow", b"POST"))
            if outcome in ("too_large", "request_timeout"):
                # The rest of the body may never come, and the next request must not be looked for behind it.
                headers.append((b"connection", b"close"))
            await respond_json(send, _STATUS.get(outcome, 503), refused.answer, headers)
        self._log.write(id, f"client.{name.replace('/', '.')}", outcome, time.perf_counter() - began)

    async def _answer(self, name: str, scope: Scope, receive: Receive) -> object:
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            raise _Refused("not_found")
        if scope["method"] != "POST":
            raise _Refused("method_not_allowed")
        try:
            return await endpoint(_Call(scope, self._trusted, await read_body(receive, MOST_BODY)))
        except BodyTooLarge as error:
            raise _Refused("too_large") from error
        except TimeoutError as error:
            raise _Refused("request_timeout") from error
        except NotSignedIn as error:
            raise _Refused(error.code, error.retry_after) from error
        except Refusal as refusal:
            if refusal.__cause__ is not None:
                log.warning("%s: %s (%s)", name, refusal.code, refusal.__cause__)
            raise _Refused(refusal.code) from refusal
        except (_Refused, ConnectionResetError):
            raise
        except Exception as error:
            log.exception("client.%s failed", name)
            raise _Refused("internal_error") from error

    async def _password(self, call: _Call) -> Welcome:
        args = call.arguments(SignInArgs)
        place = await self._sign_in.find_places(args.place)
        device = _told(args.device, args.client, call.origin)
        step = await self._sign_in.password(
            place, args.email, args.password, client=args.client, device=device, origin=call.origin
        )
        if isinstance(step, Pending):
            code = "code_required" if step.secret is None else "two_factor_setup_required"
            raise _Refused(code, answer=Wanted(False, code, step.state, step.secret, step.address))
        return _welcome(step)

    async def _code(self, call: _Call) -> Welcome:
        args = call.arguments(CodeArgs)
        device = _told(args.device, args.client, call.origin)
        return _welcome(await self._sign_in.code(args.state, args.code, client=args.client, device=device, origin=call.origin))

    async def _heartbeat(self, call: _Call) -> Alive:
        args = call.arguments(HeartbeatArgs)
        actor, id = await self._caller(call)

        async def unit(work: Work) -> tuple[Session | None, bool]:
            work.origin = call.origin
            organization = await work.organizations.find(actor.organization)
            assert organization is not None
            told = _told(args.device, DESKTOP, call.origin)
            session = await sessions.heartbeat(work, organization, id, told=told)
            ends = session is not None and await sessions.end_with_client(work, organization, session.person)
            return session, ends

        session, ends = await self._storage.write(unit)
        if session is None:
            raise _Refused("invalid_auth")
        return Alive(True, session.expires_at or None, HEARTBEAT_EVERY, ends and session.client == DESKTOP)

    async def _close(self, call: _Call) -> Closed:
        async def ends_with_client(work: Work, session: Session) -> bool:
            organization = await work.organizations.find(session.organization)
            assert organization is not None
            return session.client == DESKTOP and await sessions.end_with_client(work, organization, session.person)

        return Closed(True, await self._end(call, ends_with_client))

    async def _sign_out(self, call: _Call) -> dict[str, bool]:
        async def always(work: Work, session: Session) -> bool:
            return True

        await self._end(call, always)
        return {"ok": True}

    async def _end(self, call: _Call, wanted: Callable[[Work, Session], Awaitable[bool]]) -> bool:
        """End the caller's session where that is wanted; gives whether it did.

        Who may not call anything else, from there or without a second factor, may end their session all the same.
        """
        token, cookie = call.token, cookies.read(call.cookie, cookies.SESSION)
        if not token:
            raise _Refused("not_authed")

        async def look(work: Work) -> tuple[Session | None, bool]:
            found = await sessions.find_by_secrets(work, token, cookie) if cookie else None
            return found, found is not None and await wanted(work, found)

        session, ends = await self._storage.read(look)
        if session is None:
            raise _Refused("invalid_auth")

        async def unit(work: Work) -> None:
            work.origin = call.origin
            await signing_in.out(work, session)

        if ends:
            await self._storage.write(unit)
        return ends

    async def _caller(self, call: _Call) -> tuple[Actor, int]:
        """Whose session it is, and its id."""
        actor = await self._authenticate(call.token, call.origin.address, call.headers)
        if actor.session is None:
            # Another kind of token, which belongs to no session.
            raise _Refused("invalid_auth")
        return actor, actor.session


def _told(told: DeviceArgs | None, client: str, origin: Origin) -> Device | None:
    """The device as a native client tells of it; None where it is known by the request."""
    if told is None or client == WEB:
        return None
    return devices.told(
        hardware=told.hardware,
        os=told.os,
        os_version=told.os_version,
        client_version=told.client_version,
        ip=origin.address,
    )


def _welcome(signed_in: SignedIn) -> Welcome:
    session = signed_in.session
    return Welcome(
        ok=True,
        session_id=session.id,
        user_id=session.person,
        team_id=session.workspace,
        token=signed_in.secrets.token,
        cookie=signed_in.secrets.cookie,
        expires_at=session.expires_at or None,
        heartbeat_every=HEARTBEAT_EVERY,
        ends_with_client=session.client == DESKTOP and not signed_in.lasts,
        recovery_codes=signed_in.recovery_codes,
    )
