"""Signing in and out."""

import re
from collections.abc import Mapping

from gridhall.domain.places import Place
from gridhall.domain.sessions import WEB
from gridhall.domain.signing_in import SignedIn
from gridhall.domain.source import Source
from gridhall.pipeline import cookies as names
from gridhall.server.account import Account, Accounts
from gridhall.server.pages.cookies import LONGEST, Cookies
from gridhall.server.pages.problem import Problem
from gridhall.server.pages.texts import faults_of
from gridhall.server.pages.view import Answer, View, Visit, qr_code
from gridhall.server.sealing import GOOD_FOR
from gridhall.server.sign_in import NotSignedIn, Pending, SignIn

CODE = "/signin/code"

BEGUN = "begun"
"""The cookie that holds, sealed, what was begun and waits for a code: a sign-in, or the set-up of a second factor."""

PLACE = "place"
"""The cookie that holds the path of the place where the browser was signed in last: no secret, and nobody is known by it."""

_PLACE = re.compile(r"([wo])/([a-z0-9][a-z0-9-]{0,254})")


class Entrance:
    """The pages by which people come in and go."""

    def __init__(self, sign_in: SignIn, accounts: Accounts, source: Source, view: View, cookies: Cookies) -> None:
        self._sign_in = sign_in
        self._accounts = accounts
        self._source = source
        self._view = view
        self._cookies = cookies

    async def home(self, visit: Visit, kind: str = "", domain: str = "") -> Answer:
        """Where the server's own address leads, and a workspace's."""
        if visit.session and await self._accounts.find(visit.session, visit.origin):
            return self._view.redirect(visit, "/account")
        if not kind:
            return await self.lead_in(visit)
        place = await self._place(kind, domain)
        return self._view.redirect(visit, _path(place), "ended" if visit.session else "")

    async def lead_in(self, visit: Visit) -> Answer:
        """On to where one signs in: to the place where the browser was signed in last, as long as there is such a place."""
        named = _PLACE.fullmatch(visit.place or "")
        place = await self._sign_in.find_place(named[1], named[2]) if named else None
        return self._view.redirect(visit, _path(place), "ended" if visit.session else "")

    async def show(self, visit: Visit, kind: str = "", domain: str = "") -> Answer:
        place = await self._place(kind, domain)
        try:
            account = await self._accounts.find(visit.session, visit.origin)
        except NotSignedIn:
            account = None  # Somebody whose organization is away may sign in elsewhere.
        return await self._form(visit, place, account=account, typed=domain)

    async def password(self, visit: Visit, kind: str = "", domain: str = "") -> Answer:
        """The first step."""
        named = await self._place(kind, domain)
        typed, email, password = visit.field("place").strip(), visit.field("email").strip(), visit.field("password")
        faults = {}
        if not typed:
            faults["place"] = "Type the workspace or organization."
        if not email:
            faults["email"] = "Type your e-mail address."
        if not password:
            faults["password"] = "Type your password."  # noqa: S105
        if faults:
            return await self._form(visit, named, typed=typed, email=email, faults=faults)
        try:
            place = named if named and typed == domain else await self._sign_in.find_places(typed)
            outcome = await self._sign_in.password(
                place, email, password, client=WEB, device=None, origin=visit.origin, replaces=visit.session
            )
        except NotSignedIn as refusal:
            return await self._form(visit, named, typed=typed, email=email, refusal=refusal)
        if isinstance(outcome, SignedIn):
            return await self._let_in(visit, outcome)
        visit.set_cookies.append(self._cookies.put(BEGUN, outcome.state, max_age=GOOD_FOR))
        return self._view.redirect(visit, CODE)

    async def show_code(self, visit: Visit) -> Answer:
        try:
            pending = await self._sign_in.pending(visit.begun or "")
        except NotSignedIn as refusal:
            return self._start_again(visit, refusal)
        return await self._code_form(visit, pending)

    async def code(self, visit: Visit) -> Answer:
        """The second step."""
        code, state = visit.field("code").strip(), visit.begun or ""
        try:
            pending = await self._sign_in.pending(state)
        except NotSignedIn as refusal:
            return self._start_again(visit, refusal)
        if not code:
            return await self._code_form(visit, pending, faults={"code": "Type the code."})
        try:
            signed_in = await self._sign_in.code(
                state, code, client=WEB, device=None, origin=visit.origin, replaces=visit.session
            )
        except NotSignedIn as refusal:
            if refusal.code == "expired":
                return self._start_again(visit, refusal)
            wrong = faults_of(refusal, invalid_code="code")
            return await self._code_form(visit, pending, faults=wrong, refusal=refusal)
        return await self._let_in(visit, signed_in)

    async def sign_out(self, visit: Visit) -> Answer:
        """For whoever has a session, wherever they come from and whatever else they would have to do first."""
        place = await self._accounts.sign_out(visit.session, visit.origin) if visit.session else None
        if place is None:
            return await self.lead_in(visit)
        visit.set_cookies.append(self._cookies.drop(names.SESSION))
        self._view.renew(visit)
        return self._view.redirect(visit, _path(place), "signed-out")

    async def _let_in(self, visit: Visit, signed_in: SignedIn) -> Answer:
        visit.session = signed_in.secrets.cookie
        self._view.renew(visit)
        now = self._source.seconds()
        visit.set_cookies.append(session_cookie(self._cookies, visit.session, signed_in, now=now))
        visit.set_cookies.append(self._cookies.put(PLACE, signed_in.place.path, max_age=LONGEST))
        if visit.begun is not None:
            visit.set_cookies.append(self._cookies.drop(BEGUN))
        if signed_in.recovery_codes:
            return await self._view.page(visit, "recovery_codes.html", codes=signed_in.recovery_codes)
        return self._view.redirect(visit, "/account")

    def _start_again(self, visit: Visit, refusal: NotSignedIn) -> Answer:
        if refusal.code != "expired":
            raise refusal
        visit.set_cookies.append(self._cookies.drop(BEGUN))
        return self._view.redirect(visit, "/signin", "expired")

    async def _form(
        self,
        visit: Visit,
        place: Place | None,
        *,
        typed: str,
        email: str = "",
        account: Account | None = None,
        faults: Mapping[str, str] | None = None,
        refusal: NotSignedIn | None = None,
    ) -> Answer:
        return await self._view.page(
            visit,
            "sign_in.html",
            faults=faults,
            refusal=refusal,
            # Which of the three it was is not told.
            all_wrong=refusal is not None and refusal.code == "invalid_credentials",
            place=place,
            action=_path(place),
            typed=typed,
            email=email,
            signed_in=account,
        )

    async def _code_form(
        self,
        visit: Visit,
        pending: Pending,
        *,
        faults: Mapping[str, str] | None = None,
        refusal: NotSignedIn | None = None,
    ) -> Answer:
        if pending.address is None:
            return await self._view.page(visit, "code.html", faults=faults, refusal=refusal, place=pending.place)
        return await self._view.page(
            visit,
            "new_factor.html",
            faults=faults,
            refusal=refusal,
            action=CODE,
            secret=pending.secret,
            address=pending.address,
            picture=await qr_code(pending.address),
        )

    async def _place(self, kind: str, domain: str) -> Place | None:
        """The place that the path names, None where it names none. Raises Problem where there is no such one."""
        if not kind:
            return None
        place = await self._sign_in.find_place(kind, domain)
        if place is None:
            raise Problem(404, "no_place")
        return place


def session_cookie(cookies: Cookies, value: str, terms: SignedIn | Account, *, now: int) -> bytes:
    """The session's cookie, kept for as long as the session lasts, or while the browser runs.

    Arguments:
        now: in Unix seconds.
    """
    expires = terms.session.expires_at
    return cookies.put(names.SESSION, value, max_age=(max(1, expires - now) if expires else LONGEST) if terms.lasts else None)


def _path(place: Place | None) -> str:
    return f"/{place.path}/signin" if place else "/signin"
