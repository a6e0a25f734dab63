"""The pages of the second factor: one's own, and for owners the lost ones of others."""

from collections.abc import Awaitable, Callable, Mapping

from gridhall.server.account import Account, Accounts, NewFactor
from gridhall.server.pages.cookies import Cookies
from gridhall.server.pages.entrance import BEGUN
from gridhall.server.pages.problem import Problem
from gridhall.server.pages.texts import faults_of
from gridhall.server.pages.view import Answer, View, Visit, qr_code
from gridhall.server.sealing import GOOD_FOR
from gridhall.server.sign_in import NotSignedIn

OVERVIEW = "/account/two-factor"
SET_UP = f"{OVERVIEW}/set-up"
CONFIRM = f"{OVERVIEW}/confirm"
REMOVE = f"{OVERVIEW}/remove"
RECOVERY_CODES = f"{OVERVIEW}/recovery-codes"
RESET = f"{OVERVIEW}/reset"


class SecondFactor:
    """The pages of the second factor. Each act asks for the password again, and for a code where one has a second factor."""

    def __init__(self, accounts: Accounts, view: View, cookies: Cookies) -> None:
        self._accounts = accounts
        self._view = view
        self._cookies = cookies

    async def show(self, visit: Visit, account: Account) -> Answer:
        return await self._view.page(visit, "second_factor.html", account=account)

    async def show_act(self, visit: Visit, account: Account) -> Answer:
        """The form of an act: `act.html` knows by the path which."""
        return await self._view.page(visit, "act.html", account=account)

    async def set_up(self, visit: Visit, account: Account) -> Answer:
        """Begin to set one up."""

        async def act(password: str, code: str) -> Answer:
            factor = await self._accounts.begin_two_factor(account, password, code, visit.origin)
            visit.set_cookies.append(self._cookies.put(BEGUN, factor.state, max_age=GOOD_FOR))
            return self._view.redirect(visit, CONFIRM)

        return await self._act(visit, account, act)

    async def remove(self, visit: Visit, account: Account) -> Answer:
        async def act(password: str, code: str) -> Answer:
            removed = await self._accounts.remove_two_factor(account, password, code, visit.origin)
            return self._view.redirect(visit, OVERVIEW, "factor-removed" if removed else "factor-required")

        return await self._act(visit, account, act)

    async def renew_recovery_codes(self, visit: Visit, account: Account) -> Answer:
        async def act(password: str, code: str) -> Answer:
            codes = await self._accounts.new_recovery_codes(account, password, code, visit.origin)
            if not codes:
                return self._view.redirect(visit, OVERVIEW)
            return await self._view.page(visit, "recovery_codes.html", account=account, codes=codes)

        return await self._act(visit, account, act)

    async def show_confirm(self, visit: Visit, account: Account) -> Answer:
        try:
            factor = await self._accounts.reopen_two_factor(account, visit.begun or "")
        except NotSignedIn as refusal:
            return self._start_again(visit, refusal)
        return await self._code_form(visit, account, factor)

    async def confirm(self, visit: Visit, account: Account) -> Answer:
        """The first code of a second factor, which counts from then on."""
        code, state = visit.field("code").strip(), visit.begun or ""
        try:
            factor = await self._accounts.reopen_two_factor(account, state)
        except NotSignedIn as refusal:
            return self._start_again(visit, refusal)
        if not code:
            return await self._code_form(visit, account, factor, faults={"code": "Type the code."})
        try:
            codes = await self._accounts.confirm_two_factor(account, state, code, visit.origin)
        except NotSignedIn as refusal:
            if refusal.code == "expired":
                return self._start_again(visit, refusal)
            wrong = faults_of(refusal, invalid_code="code")
            return await self._code_form(visit, account, factor, faults=wrong, refusal=refusal)
        visit.set_cookies.append(self._cookies.drop(BEGUN))
        return await self._view.page(visit, "recovery_codes.html", account=account, codes=codes)

    async def show_reset(self, visit: Visit, account: Account) -> Answer:
        return await self._reset_form(visit, account)

    async def reset(self, visit: Visit, account: Account) -> Answer:
        """Take away what somebody lost, as an owner may."""
        email, password, code = visit.field("email").strip(), visit.field("password"), visit.field("code").strip()
        faults = {}
        if not email:
            faults["email"] = "Type the person’s e-mail address."
        if not password:
            faults["password"] = "Type your own password."  # noqa: S105
        if account.person.has_two_factor and not code:
            faults["code"] = "Type your own code."
        if faults:
            return await self._reset_form(visit, account, faults=faults)
        try:
            done = await self._accounts.reset_two_factor_of(account, email, password, code, visit.origin)
        except NotSignedIn as refusal:
            if refusal.code == "expired":
                raise
            wrong = faults_of(refusal, invalid_credentials="password", invalid_code="code")
            return await self._reset_form(visit, account, faults=wrong, refusal=refusal)
        if not done:
            nobody = "Nobody with this address has a second factor that you may take away."
            return await self._reset_form(visit, account, faults={"email": nobody})
        return self._view.redirect(visit, OVERVIEW, "factor-reset")

    async def _act(self, visit: Visit, account: Account, act: Callable[[str, str], Awaitable[Answer]]) -> Answer:
        """Do what needs the password and, where there is a second factor, a code."""
        password, code = visit.field("password"), visit.field("code").strip()
        faults = {}
        if not password:
            faults["password"] = "Type your password."  # noqa: S105
        if account.person.has_two_factor and not code:
            faults["code"] = "Type the code."
        refused = None
        if not faults:
            try:
                return await act(password, code)
            except NotSignedIn as refusal:
                if refusal.code == "expired":
                    raise
                faults, refused = faults_of(refusal, invalid_credentials="password", invalid_code="code"), refusal
        return await self._view.page(visit, "act.html", account=account, faults=faults, refusal=refused)

    async def _code_form(
        self,
        visit: Visit,
        account: Account,
        factor: NewFactor,
        *,
        faults: Mapping[str, str] | None = None,
        refusal: NotSignedIn | None = None,
    ) -> Answer:
        return await self._view.page(
            visit,
            "new_factor.html",
            account=account,
            faults=faults,
            refusal=refusal,
            action=CONFIRM,
            secret=factor.secret,
            address=factor.address,
            picture=await qr_code(factor.address),
        )

    async def _reset_form(
        self,
        visit: Visit,
        account: Account,
        *,
        faults: Mapping[str, str] | None = None,
        refusal: NotSignedIn | None = None,
    ) -> Answer:
        if not account.administers_factors:
            raise Problem(404, "not_found")
        return await self._view.page(
            visit, "reset_factor.html", account=account, faults=faults, refusal=refusal, email=visit.field("email")
        )

    def _start_again(self, visit: Visit, refusal: NotSignedIn) -> Answer:
        if refusal.code != "expired":
            raise refusal
        visit.set_cookies.append(self._cookies.drop(BEGUN))
        return self._view.redirect(visit, SET_UP, "set-up-expired")
