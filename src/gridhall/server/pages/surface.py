"""From a request to the page that answers it."""

import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from gridhall.contract.errors import Refusal
from gridhall.domain.source import Source
from gridhall.pipeline import cookies as names
from gridhall.server.account import Account, Accounts
from gridhall.server.http import Headers, Networks, Receive, Scope, Send, header, origin_of, respond
from gridhall.server.pages import forms, second_factor
from gridhall.server.pages.cookies import Cookies
from gridhall.server.pages.entrance import BEGUN, CODE, PLACE, Entrance, session_cookie
from gridhall.server.pages.own import Own
from gridhall.server.pages.problem import Problem
from gridhall.server.pages.second_factor import SecondFactor
from gridhall.server.pages.texts import PROBLEMS, STATUS
from gridhall.server.pages.view import ASSETS, BROWSER, Answer, View, Visit, assets
from gridhall.server.request_log import RequestLog
from gridhall.server.sign_in import NotSignedIn, SignIn

_PLACE = re.compile(r"/([wo])/([^/]{1,255})(/signin)?")
_NOTICE = re.compile(rb"notice=([a-z-]{1,40})")

# An address names its content by hash, so that what is behind it never changes.
_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")

_WITHOUT_FACTOR = (second_factor.SET_UP, second_factor.CONFIRM)
"""What is open to who still has to set up a second factor."""

Page = Callable[[Visit], Awaitable[Answer]]
OwnPage = Callable[[Visit, Account], Awaitable[Answer]]


class Pages:
    """Serves the pages.

    Arguments:
        url: where the server is reached from outside.
        key: what forms are sealed with; the same on every worker.
        trusted: the proxies whose `X-Forwarded-For` is believed.
    """

    FIRST_PARTS = ("", "signin", "signout", "account", "w", "o", ASSETS)
    """The first parts of the paths that are answered here."""

    def __init__(
        self,
        sign_in: SignIn,
        accounts: Accounts,
        source: Source,
        url: str,
        key: bytes,
        log: RequestLog,
        trusted: Networks,
    ) -> None:
        cookies = Cookies(secure=url.startswith("https:"))
        self._accounts = accounts
        self._cookies = cookies
        self._key = key
        self._log = log
        self._source = source
        self._trusted = trusted
        self._url = url
        self._view = view = View(url, key, source, cookies)
        self._entrance = entrance = Entrance(sign_in, accounts, source, view, cookies)
        own, factor = Own(accounts, view), SecondFactor(accounts, view, cookies)
        self._open: Mapping[str, Mapping[str, Page]] = {
            "/": {"GET": entrance.home},
            "/signin": {"GET": entrance.show, "POST": entrance.password},
            CODE: {"GET": entrance.show_code, "POST": entrance.code},
            "/signout": {"POST": entrance.sign_out},
        }
        self._own: Mapping[str, Mapping[str, OwnPage]] = {
            "/account": {"GET": own.devices},
            "/account/devices/end": {"POST": own.end_device},
            "/account/devices/end-others": {"POST": own.end_others},
            "/account/password": {"GET": own.show_password, "POST": own.change_password},
            second_factor.OVERVIEW: {"GET": factor.show},
            second_factor.SET_UP: {"GET": factor.show_act, "POST": factor.set_up},
            second_factor.CONFIRM: {"GET": factor.show_confirm, "POST": factor.confirm},
            second_factor.REMOVE: {"GET": factor.show_act, "POST": factor.remove},
            second_factor.RECOVERY_CODES: {"GET": factor.show_act, "POST": factor.renew_recovery_codes},
            second_factor.RESET: {"GET": factor.show_reset, "POST": factor.reset},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(f"/{ASSETS}/"):
            answer = _asset(scope)
        else:
            began, name = time.perf_counter(), self._name(scope["path"].rstrip("/") or "/")
            try:
                answer = await self._answer(scope, receive)
            except ConnectionResetError:
                self._log.write("-", name, "client_gone", time.perf_counter() - began)
                return
            self._log.write(self._source.request_id(), name, str(answer.status), time.perf_counter() - began)
        await respond(send, answer.status, answer.headers, b"" if scope["method"] == "HEAD" else answer.body)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        visit = self._visit(scope)
        verb = "GET" if scope["method"] == "HEAD" else scope["method"]
        try:
            pages = self._pages(visit.path)
            page = pages.get(verb)
            if page is None:
                raise Problem(405, "verb", tuple(pages))
            if verb == "POST":
                forms.need_own_site(scope, self._url)
                visit.fields = await forms.read(scope, receive)
                forms.need_token(self._key, visit.browser, visit.session, visit.fields)
            return await page(visit)
        except Problem as problem:
            return await self._explain(visit, problem)
        except NotSignedIn as refusal:
            # Only what no form can tell of comes up to here: the session may have ended while the form was on its way.
            if refusal.code == "expired":
                return self._view.redirect(visit, "/account")
            return await self._explain(visit, Problem(STATUS[refusal.code], "service_unavailable"))
        except Refusal:
            return await self._explain(visit, Problem(503, "service_unavailable"))
        except ConnectionResetError:
            raise
        except Exception:
            logging.getLogger("gridhall").exception("a page could not be made")
            return await self._explain(visit, Problem(500, "defect"))

    def _visit(self, scope: Scope) -> Visit:
        cookies, notice = header(scope, b"cookie"), _NOTICE.fullmatch(scope["query_string"])
        return Visit(
            scope["path"].rstrip("/") or "/",
            notice[1].decode() if notice else "",
            origin_of(scope, self._trusted),
            self._cookies.find(cookies, BROWSER),
            self._cookies.find(cookies, names.SESSION),
            self._cookies.find(cookies, BEGUN),
            self._cookies.find(cookies, PLACE),
        )

    def _pages(self, path: str) -> Mapping[str, Page]:
        """What answers at a path, by verb. Raises Problem where there is nothing."""
        if path in self._open:
            return self._open[path]
        if path in self._own:
            return {verb: partial(self._for_owner, page) for verb, page in self._own[path].items()}
        place = _PLACE.fullmatch(path)
        if place is None:
            raise Problem(404, "not_found")
        kind, domain, signin = place.groups()
        if not signin:
            return {"GET": partial(self._entrance.home, kind=kind, domain=domain)}
        return {
            "GET": partial(self._entrance.show, kind=kind, domain=domain),
            "POST": partial(self._entrance.password, kind=kind, domain=domain),
        }

    def _name(self, path: str) -> str:
        """What the request log calls a page: whatever else a path holds is not told."""
        place = _PLACE.fullmatch(path)
        if place:
            path = place[3] or "/"
        known = path in self._open or path in self._own
        return f"pages.{path[1:].replace('/', '.').replace('-', '') or 'home'}" if known else "-"

    async def _for_owner(self, page: OwnPage, visit: Visit) -> Answer:
        """A page for whoever is signed in; others are led to where they can."""
        account = await self._accounts.find(visit.session, visit.origin) if visit.session else None
        if account is None or visit.session is None:
            return await self._entrance.lead_in(visit)
        if account.two_factor_missing and visit.path not in _WITHOUT_FACTOR:
            return self._view.redirect(visit, second_factor.SET_UP)
        answer = await page(visit, account)
        # What administrators set for one's sessions may have changed since the cookie was set. Only now: a session that ended
        # meanwhile has no answer of the page's own.
        cookie = session_cookie(self._cookies, visit.session, account, now=self._source.seconds())
        answer.headers.append((b"set-cookie", cookie))
        return answer

    async def _explain(self, visit: Visit, problem: Problem) -> Answer:
        headers: Headers = []
        if problem.allow:
            verbs = ("GET", "HEAD", *problem.allow[1:]) if problem.allow[0] == "GET" else problem.allow
            headers.append((b"allow", ", ".join(verbs).encode()))
        if problem.status == 408:
            # The rest of the form may never come, and the next request must not be looked for behind it.
            headers.append((b"connection", b"close"))
        title, text = PROBLEMS[problem.code]
        there = problem.status not in (404, 405) and "GET" in self._pages(visit.path)
        again = visit.path if there else "/"
        return await self._view.page(
            visit, "problem.html", status=problem.status, headers=headers, title=title, text=text, again=again
        )


def _asset(scope: Scope) -> Answer:
    asset = assets().get(scope["path"].rpartition("/")[2])
    if scope["method"] not in ("GET", "HEAD"):
        return Answer(405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")])
    if asset is None or scope["path"] != f"/{ASSETS}/{asset.name}":
        return Answer(404, [(b"content-length", b"0")])
    headers = [_FOR_EVER, (b"etag", asset.etag)]
    if header(scope, b"if-none-match") == asset.etag:
        return Answer(304, headers)
    headers += [
        (b"content-type", asset.media),
        (b"content-length", b"%d" % len(asset.body)),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Answer(200, headers, asset.body)
