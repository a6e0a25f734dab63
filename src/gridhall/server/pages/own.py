"""The pages of people's own account: devices and password."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from gridhall.domain import passwords
from gridhall.domain.devices import Device
from gridhall.domain.sessions import DESKTOP, MOBILE, Session
from gridhall.server.account import Account, Accounts
from gridhall.server.pages.texts import faults_of
from gridhall.server.pages.view import Answer, View, Visit
from gridhall.server.sign_in import NotSignedIn

_KINDS = {DESKTOP: "Desktop app", MOBILE: "Mobile app"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A device as the page tells of it."""

    session: Session
    device: Device
    this: bool

    @property
    def name(self) -> str:
        kind = _KINDS.get(self.session.client, "Browser")
        system = f"{self.device.os} {self.device.os_version}".strip()
        return f"{kind} on {system}" if system else kind


class Own:
    """The pages of one's own account."""

    def __init__(self, accounts: Accounts, view: View) -> None:
        self._accounts = accounts
        self._view = view

    async def devices(self, visit: Visit, account: Account) -> Answer:
        sessions, further = await self._accounts.devices(account)
        this = account.session.id
        shown = [
            Shown(session, msgspec.json.decode(session.recent_device or session.device, type=Device), session.id == this)
            for session in sessions
        ]
        return await self._view.page(visit, "devices.html", account=account, devices=shown, further=further)

    async def end_device(self, visit: Visit, account: Account) -> Answer:
        id = visit.field("session")
        named = int(id) if id.isascii() and id.isdigit() and len(id) < 16 else 0
        ended = await self._accounts.end_device(account, named, visit.origin)
        return self._view.redirect(visit, "/account", "device-ended" if ended else "device-gone")

    async def end_others(self, visit: Visit, account: Account) -> Answer:
        await self._accounts.end_others(account, visit.origin)
        return self._view.redirect(visit, "/account", "others-ended")

    async def show_password(self, visit: Visit, account: Account) -> Answer:
        return await self._password_form(visit, account)

    async def change_password(self, visit: Visit, account: Account) -> Answer:
        current, new = visit.field("current"), visit.field("new")
        faults = {}
        if not current:
            faults["current"] = "Type your present password."
        if fault := passwords.fault_of(new):
            faults["new"] = f"{fault[0].upper()}{fault[1:]}."
        elif passwords.are_same(current, new):
            faults["new"] = "This is the same as the present password above: choose another."
        elif visit.field("again") != new:
            faults["again"] = "This is not the same as the new password above."
        if faults:
            return await self._password_form(visit, account, faults=faults)
        try:
            await self._accounts.change_password(account, current, new, visit.origin)
        except NotSignedIn as refusal:
            if refusal.code == "expired":
                raise
            wrong = faults_of(refusal, invalid_credentials="current")
            return await self._password_form(visit, account, faults=wrong, refusal=refusal)
        return self._view.redirect(visit, "/account", "password-changed")

    async def _password_form(
        self,
        visit: Visit,
        account: Account,
        *,
        faults: Mapping[str, str] | None = None,
        refusal: NotSignedIn | None = None,
    ) -> Answer:
        shortest = passwords.SHORTEST
        return await self._view.page(visit, "password.html", account=account, faults=faults, refusal=refusal, shortest=shortest)
