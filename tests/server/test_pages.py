"""The pages as a browser without scripts meets them: what they show, and where they lead."""

import html
import re
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from gridhall.domain import sessions
from gridhall.server import account
from gridhall.server.sign_in import NotSignedIn
from gridhall.storage import tables
from harness.audit import entries
from harness.databases import Databases
from harness.live import Live, live
from harness.visitor import Visitor, code_of
from methods import rows

FAY = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def porch(sqlite_databases: Databases) -> Iterator[Live]:
    """A server of the test's own over pages.yaml."""
    with live(sqlite_databases.filled("pages")) as running:
        yield running


@pytest.fixture
def any_porch(any_databases: Databases) -> Iterator[Live]:
    """The same on each engine."""
    with live(any_databases.filled("pages")) as running:
        yield running


@pytest.fixture
def ela(porch: Live) -> Visitor:
    """Somebody who is signed in, and is shown her devices."""
    visitor = Visitor(porch)
    visitor.sign_in("front", "ela", "ela-enters-by-it")
    assert visitor.page.path == "/account"
    return visitor


def secret_of(visitor: Visitor) -> str:
    """The secret of a new second factor, as the page tells it for an authenticator on the same device."""
    [link] = [a for a in visitor.page.parsed.all("a") if a["href"].startswith("otpauth://")]
    found = re.search(r"[?&]secret=([A-Z2-7]+)", link["href"])
    assert found
    return found[1]


def recovery_codes_of(visitor: Visitor) -> list[str]:
    return re.findall(r"<code>([0-9A-Z-]{19})</code>", visitor.page.html)


def fault_of(visitor: Visitor, name: str) -> str:
    """What is wrong with a field: told beside it, found by who hears it, and summed up on top."""
    page = visitor.page.parsed
    [field] = page.all("input", id=name)
    assert field["aria-invalid"] == "true"
    assert f"{name}-fault" in field["aria-describedby"].split()
    assert page.title.startswith("Error: ")
    assert page.all("div", role="alert")
    assert page.all("a", href=f"#{name}")
    found = re.search(rf'<p class="fault" id="{name}-fault">(.*?)</p>', visitor.page.html)
    assert found
    return html.unescape(found[1])


# Signing in.


def test_the_server_s_own_address_leads_to_where_one_signs_in(porch: Live) -> None:
    visitor = Visitor(porch)
    assert visitor.get("/").path == "/signin"
    assert visitor.page.parsed.title == "Sign in · Gridhall"
    assert "signed out" not in visitor.page.html


@pytest.mark.parametrize(("path", "domain"), [("/w/front", "front"), ("/w/front/", "front"), ("/o/porch/", "porch")])
def test_the_address_of_a_place_leads_to_its_page(porch: Live, path: str, domain: str) -> None:
    visitor = Visitor(porch)
    assert visitor.get(path).path == f"{path.rstrip('/')}/signin"
    [field] = visitor.page.parsed.all("input", name="place")
    assert field["value"] == domain


def test_no_such_place(any_porch: Live) -> None:
    strange = ("/w/%00/signin", "/w/%FF/", "/o/%F0%9F%9A%AA/signin", f"/w/{'x' * 255}/signin")
    for path in ("/w/nowhere/", "/w/nowhere/signin", "/o/front/signin", "/w/porch/signin", *strange):
        page = Visitor(any_porch).get(path)
        assert (page.status, page.parsed.title) == (404, "Workspace not found · Gridhall")


def test_signing_in_and_out(any_porch: Live) -> None:
    visitor = Visitor(any_porch)
    visitor.get("/w/front/signin")
    visitor.post("/w/front/signin", place="front", email="Ela@Porch.test ", password="ela-enters-by-it")
    assert visitor.page.path == "/account"
    assert visitor.get("/").path == visitor.get("/w/front/").path == "/account"
    cookie = visitor.cookies["d"]
    token = sessions.token_of(cookie)
    asked = {"authorization": f"Bearer {token}", "cookie": f"d={cookie}"}
    assert any_porch.request("POST", "/api/auth.test", headers=asked).json["user_id"] == "W0ELA000001"

    visitor.post("/signout")
    assert visitor.page.path == "/w/front/signin?notice=signed-out"
    assert "You are signed out." in visitor.page.parsed.text
    assert "d" not in visitor.cookies
    assert any_porch.request("POST", "/api/auth.test", headers=asked).json["error"] == "invalid_auth"
    # Whoever kept the cookie has nothing.
    visitor.cookies["d"] = cookie
    assert visitor.get("/account").path == "/w/front/signin?notice=ended"


@pytest.mark.parametrize(
    ("column", "hinders", "before"),
    [
        ("network_allowlist", '["203.0.113.0/24"]', "[]"),
        ("two_factor_required", True, False),
        ("maintenance", True, False),
    ],
)
def test_who_may_do_nothing_more_may_still_sign_out(any_porch: Live, column: str, hinders: object, before: object) -> None:
    ours = update(tables.organizations).where(tables.organizations.c.id == "E0PORCH0001")
    visitor = Visitor(any_porch)
    visitor.sign_in("front", "ela", "ela-enters-by-it")
    form, cookie = visitor.page, visitor.cookies["d"]
    rows.change(any_porch, ours.values({column: hinders}))
    assert visitor.get("/account").parsed.title != form.parsed.title
    visitor.page = form
    visitor.post("/signout")
    assert visitor.page.path == "/w/front/signin?notice=signed-out"
    assert "d" not in visitor.cookies
    assert [entry.action for entry in entries(any_porch, "E0PORCH0001")][-2:] == ["user_login", "user_logout"]
    rows.change(any_porch, ours.values({column: before}))
    visitor.cookies["d"] = cookie
    assert visitor.get("/account").path == "/w/front/signin?notice=ended"


def test_signing_in_to_the_organization_as_a_whole(porch: Live) -> None:
    visitor = Visitor(porch)
    visitor.get("/o/porch/signin")
    assert visitor.page.parsed.title == "Sign in to Porch & Co · Gridhall"
    visitor.post("/o/porch/signin", place="porch", email="ove@porch.test", password="ove-owner-signs-in")
    assert visitor.page.path == "/account"
    assert "Porch & Co" in visitor.page.parsed.text


def test_another_place_than_the_page_s_own_can_be_typed(porch: Live) -> None:
    visitor = Visitor(porch)
    visitor.get("/w/safe/signin")
    visitor.post("/w/safe/signin", place="front", email="ela@porch.test", password="ela-enters-by-it")
    assert "Front <i>Door</i>" in visitor.page.parsed.text


def test_what_is_left_out_is_asked_for_and_the_first_of_it_has_the_focus(porch: Live) -> None:
    visitor = Visitor(porch)
    visitor.get("/signin")
    visitor.post("/signin", place=" ", email="ela@porch.test", password="")
    assert visitor.page.status == 422
    assert fault_of(visitor, "place") == "Type the workspace or organization."
    assert fault_of(visitor, "password") == "Type your password."
    page = visitor.page.parsed
    assert [held["id"] for _, held in page.elements if "autofocus" in held] == ["place"]
    assert page.all("input", name="email", value="ela@porch.test")


def test_what_of_it_was_wrong_is_not_told(porch: Live) -> None:
    told = set()
    for place, email, password in (
        ("front", "ela@porch.test", "wrong"),
        ("front", "nobody@porch.test", "ela-enters-by-it"),
        ("nowhere", "ela@porch.test", "ela-enters-by-it"),
        ("safe", "ela@porch.test", "ela-enters-by-it"),
    ):
        visitor = Visitor(porch)
        visitor.get("/signin")
        visitor.post("/signin", place=place, email=email, password=password)
        assert "d" not in visitor.cookies
        # No password comes back.
        assert [field.get("value") for field in visitor.page.parsed.all("input", type="password")] == [None]
        page = visitor.page.html.replace(f'value="{place}"', "").replace(f'value="{email}"', "").replace(visitor.token, "")
        told.add((visitor.page.status, page))
    [(status, page)] = told
    assert status == 403
    assert "Something of this is not right" in page


def test_too_many_wrong_tries_are_told_when_to_try_again(porch: Live) -> None:
    visitor = Visitor(porch)
    visitor.get("/signin")
    for _ in range(11):
        visitor.post("/signin", place="front", email="ela@porch.test", password="wrong")
    assert visitor.page.status == 429
    assert int(visitor.page.headers["retry-after"]) > 0
    assert "There were too many tries. Please wait a minute, then try again." in visitor.page.parsed.text


def test_signing_in_anew_takes_the_place_of_the_session_before(porch: Live, ela: Visitor) -> None:
    before, name = ela.cookies["d"], ela.cookies["browser"]
    ela.get("/signin")
    assert "You are signed in as Ela <script>alert(1)</script> at Front <i>Door</i>" in ela.page.parsed.text
    ela.post("/signin", place="front", email="ove@porch.test", password="ove-owner-signs-in")
    assert "Ove Owner" in ela.page.parsed.text
    assert ela.cookies["browser"] != name
    assert Visitor(porch, cookies={"d": before}).get("/account").path == "/signin?notice=ended"


def test_a_cookie_that_was_planted_is_not_taken_over(porch: Live) -> None:
    visitor = Visitor(porch, cookies={"d": "xoxd-planted", "browser": "planted"})
    visitor.get("/signin")
    visitor.post("/signin", place="front", email="ela@porch.test", password="ela-enters-by-it")
    assert visitor.page.path == "/account"
    assert visitor.cookies["d"] != "xoxd-planted"
    assert visitor.cookies["browser"] != "planted"


def test_somebody_whose_organization_is_away_signs_in_elsewhere(
    porch: Live, ela: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise NotSignedIn("service_unavailable")

    with monkeypatch.context() as patch:
        patch.setattr(porch.gridhall.accounts, "find", away)
        assert ela.get("/account").status == 503
        ela.get("/signin")
        assert ela.submit("/signin", place="front", email="ove@porch.test", password="ove-owner-signs-in").status == 303
    assert "Ove Owner" in ela.get("/account").parsed.text


def test_who_was_signed_in_finds_the_place_again(any_porch: Live) -> None:
    visitor = Visitor(any_porch)
    visitor.get("/signin")
    visitor.post("/signin", place="T0FRONT0001", email="ove@porch.test", password="ove-owner-signs-in")
    visitor.cookies.pop("d")
    assert visitor.get("/account/password").path == "/w/front/signin"
    [field] = visitor.page.parsed.all("input", name="place")
    assert field["value"] == "front"
    assert visitor.get("/").path == "/w/front/signin"
    # Which place it is nobody has to leave to the browser.
    assert visitor.get("/signin").path == "/signin"
    visitor.post("/signin", place="porch", email="ove@porch.test", password="ove-owner-signs-in")
    visitor.cookies.pop("d")
    assert visitor.get("/account").path == "/o/porch/signin"


def test_a_place_that_is_gone_is_not_looked_for(porch: Live, ela: Visitor) -> None:
    front = update(tables.workspaces).where(tables.workspaces.c.id == "T0FRONT0001")
    rows.change(porch, front.values(deleted=True))
    page = ela.get("/account")
    assert (page.path, page.status) == ("/signin?notice=ended", 200)


def test_an_ended_session_leads_to_the_sign_in_page_and_says_so(porch: Live, ela: Visitor) -> None:
    other = Visitor(porch)
    other.sign_in("front", "ela", "ela-enters-by-it")
    other.post("/account/devices/end-others")
    ela.post("/account/devices/end-others")
    assert ela.page.path == "/w/front/signin?notice=ended"
    assert "You were signed out. Sign in again to go on." in ela.page.parsed.text
    assert other.get("/account").path == "/account"


# The second step.


def test_a_code_is_asked_for_where_a_second_factor_is_set_up(any_porch: Live) -> None:
    any_porch.move()
    visitor = Visitor(any_porch)
    visitor.sign_in("front", "fay", "fay-factor-signs-in")
    assert visitor.page.path == "/signin/code"
    assert "d" not in visitor.cookies
    [field] = visitor.page.parsed.all("input", name="code")
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "text")
    assert visitor.get("/account").path == "/signin"

    visitor.get("/signin/code")
    visitor.post("/signin/code", code="")
    assert fault_of(visitor, "code") == "Type the code."
    wrong = f"{(int(code_of(any_porch, FAY)) + 500_000) % 10**6:06}"
    visitor.post("/signin/code", code=wrong)
    assert visitor.page.status == 403
    assert "This code is not right" in fault_of(visitor, "code")

    held = dict(visitor.cookies)
    code = code_of(any_porch, FAY)
    visitor.post("/signin/code", code=f" {code[:3]} {code[3:]} ")
    assert visitor.page.path == "/account"
    assert "begun" not in visitor.cookies

    # The same once more, with all that the browser had then.
    again = Visitor(any_porch, cookies=held)
    again.get("/signin/code")
    again.post("/signin/code", code=code)
    assert "This code is not right, or was used before." in fault_of(again, "code")
    assert "d" not in again.cookies


def test_a_second_step_that_takes_too_long_starts_again(porch: Live) -> None:
    porch.move()
    visitor = Visitor(porch)
    visitor.sign_in("front", "fay", "fay-factor-signs-in")
    porch.move(advance=601)
    visitor.post("/signin/code", code=code_of(porch, FAY))
    assert visitor.page.path == "/signin?notice=expired"
    assert "Signing in took too long." in visitor.page.parsed.text
    assert "begun" not in visitor.cookies


@pytest.mark.parametrize("begun", [None, "", "made-up", "bWFkZQ.dXA.none"])
def test_there_is_no_second_step_without_a_first(porch: Live, begun: str | None) -> None:
    visitor = Visitor(porch, cookies={} if begun is None else {"begun": begun})
    assert visitor.get("/signin/code").path == "/signin?notice=expired"


def test_a_second_factor_is_set_up_while_signing_in_where_it_has_to_be(any_porch: Live) -> None:
    any_porch.move()
    visitor = Visitor(any_porch)
    visitor.sign_in("safe", "ned", "ned-new-signs-in")
    page = visitor.page.parsed
    assert (visitor.page.path, page.title) == ("/signin/code", "Set up your second factor · Gridhall")
    assert page.all("div", role="img")
    assert page.all("svg")
    secret = secret_of(visitor)
    assert " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)) in page.text
    # It is the same when the page is opened again.
    visitor.get("/signin/code")
    assert secret_of(visitor) == secret

    code = code_of(any_porch, secret)
    visitor.post("/signin/code", code=code)
    assert visitor.page.status == 200
    codes = recovery_codes_of(visitor)
    assert len(set(codes)) == 10
    assert visitor.get("/account").path == "/account"
    assert "You have 10 recovery codes left." in visitor.get("/account/two-factor").parsed.text

    # From now on there is a code to type; one of those on paper will do, once.
    for status in (200, 403):
        other = Visitor(any_porch)
        other.sign_in("safe", "ned", "ned-new-signs-in")
        assert "Enter your code" in other.page.parsed.text
        assert other.post("/signin/code", code=codes[0].lower()).status == status
    assert "You have 9 recovery codes left." in visitor.get("/account/two-factor").parsed.text


# Devices.


def test_one_s_own_devices(porch: Live, ela: Visitor) -> None:
    page = ela.page.parsed
    headings = re.findall(r"<h2>(.*?)</h2>", ela.page.html)
    assert len(headings) == 3
    assert headings[0].startswith("Browser")
    assert "this device" in headings[0]
    assert "Mobile app on iOS 17.4" in page.text
    assert "Desktop app on macOS 14.5" in page.text
    for told in ("203.0.113.9", "198.51.100.2", "127.0.0.1", "24.03.10", "Asia/Kolkata"):
        assert told in page.text
    assert all(held["datetime"].endswith("+05:30") for held in page.all("time"))
    assert len(page.all("time")) == 2 * 3 + 2
    # Nobody else's.
    assert "198.51.100.3" not in page.text


def test_signing_out_of_one_device(any_porch: Live) -> None:
    ela, pam = Visitor(any_porch), Visitor(any_porch)
    ela.sign_in("front", "ela", "ela-enters-by-it")
    pam.sign_in("front", "pam", "pam-prime-signs-in")
    assert {field["value"] for field in ela.page.parsed.all("input", name="session")} == {"1000000000001", "1000000000002"}
    ela.post("/account/devices/end", session="1000000000001")
    assert ela.page.path == "/account?notice=device-ended"
    assert [field["value"] for field in ela.page.parsed.all("input", name="session")] == ["1000000000002"]
    # Neither one that is gone, nor somebody else's, nor the one that one is signed in with.
    [own] = pam.page.parsed.all("input", name="session")
    assert own["value"] == "1000000000003"
    for session in ("1000000000001", "1000000000003", "0", "", "x", "9" * 30, "-1", "١"):
        ela.post("/account/devices/end", session=session)
        assert ela.page.path == "/account?notice=device-gone"
    assert "198.51.100.3" in pam.get("/account").parsed.text


def test_signing_out_of_all_others(any_porch: Live) -> None:
    ela, pam = Visitor(any_porch), Visitor(any_porch)
    ela.sign_in("front", "ela", "ela-enters-by-it")
    pam.sign_in("front", "pam", "pam-prime-signs-in")
    ela.post("/account/devices/end-others")
    assert ela.page.path == "/account?notice=others-ended"
    page = ela.page.parsed
    assert "All your other devices are signed out." in page.text
    assert page.all("input", name="session") == []
    assert page.all("form", action="/account/devices/end-others") == []
    assert "198.51.100.3" in pam.get("/account").parsed.text


def test_of_very_many_devices_the_last_used_are_shown(porch: Live, ela: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "MOST_DEVICES", 3)
    porch.move(advance=100)
    for _ in range(4):
        last = Visitor(porch)
        last.sign_in("front", "ela", "ela-enters-by-it")
    assert re.findall("<h2>(.*?) on ", last.page.html) == []
    assert last.page.html.count("<h2>Browser") == 3
    assert last.page.html.count("this device") == 1
    # One more of the four, the first browser, a phone and a computer.
    assert "And 4 more that were not used for longer." in last.page.parsed.text


# The password.


def change(visitor: Visitor, current: str, new: str, again: str | None = None) -> None:
    visitor.get("/account/password")
    visitor.post("/account/password", current=current, new=new, again=new if again is None else again)


def test_changing_the_password_ends_the_other_sessions(any_porch: Live) -> None:
    ela, other = Visitor(any_porch), Visitor(any_porch)
    ela.sign_in("front", "ela", "ela-enters-by-it")
    other.sign_in("front", "ela", "ela-enters-by-it")
    change(ela, "ela-enters-by-it", "ela-leaves-by-it")
    assert ela.page.path == "/account?notice=password-changed"
    assert ela.page.parsed.all("input", name="session") == []
    assert other.get("/account").path == "/w/front/signin?notice=ended"
    assert other.sign_in("front", "ela", "ela-enters-by-it").status == 403
    assert other.sign_in("front", "ela", "ela-leaves-by-it").path == "/account"


def test_passwords_that_are_not_taken(ela: Visitor) -> None:
    change(ela, "", "short", "other")
    assert fault_of(ela, "current") == "Type your present password."
    assert fault_of(ela, "new") == "A password has at least 8 characters."
    change(ela, "ela-enters-by-it", "long enough", "not the same")
    assert fault_of(ela, "again") == "This is not the same as the new password above."
    for present, new in (("ela-enters-by-it", "ela-enters-by-it"), ("caf\u00e9 ol\u00e9", "cafe\u0301 ole\u0301")):
        change(ela, present, new)
        assert (ela.page.status, fault_of(ela, "new")) == (
            422,
            "This is the same as the present password above: choose another.",
        )
    change(ela, "wrong", "long enough")
    assert (ela.page.status, fault_of(ela, "current")) == (403, "This is not your password.")
    assert [field.get("value") for field in ela.page.parsed.all("input", type="password")] == [None] * 3
    assert "long enough" not in ela.page.html


def test_fields_say_what_belongs_into_them(ela: Visitor) -> None:
    page = ela.get("/account/password").parsed
    fields = {field["name"]: field for field in page.all("input") if field["type"] != "hidden"}
    assert {name: field["autocomplete"] for name, field in fields.items()} == {
        "owner": "username",
        "current": "current-password",
        "new": "new-password",
        "again": "new-password",
    }
    labelled = {label["for"] for label in page.all("label")}
    assert labelled == {"current", "new", "again"}


# The second factor.


def prove(visitor: Visitor, act: str, password: str, code: str | None = None) -> None:
    visitor.get(f"/account/two-factor/{act}")
    visitor.post(f"/account/two-factor/{act}", password=password, **({} if code is None else {"code": code}))


def set_up(visitor: Visitor, password: str, code: str | None = None) -> tuple[str, list[str]]:
    """Set up a second factor, by a code of the one before; gives its secret and its recovery codes."""
    prove(visitor, "set-up", password, code)
    assert visitor.page.path == "/account/two-factor/confirm"
    secret = secret_of(visitor)
    visitor.post("/account/two-factor/confirm", code=code_of(visitor.server, secret))
    return secret, recovery_codes_of(visitor)


def test_setting_up_a_second_factor_and_taking_it_away(any_porch: Live) -> None:
    any_porch.move()
    ela = Visitor(any_porch)
    ela.sign_in("front", "ela", "ela-enters-by-it")
    assert "You have no second factor." in ela.get("/account/two-factor").parsed.text
    prove(ela, "set-up", "wrong")
    assert (ela.page.status, fault_of(ela, "password")) == (403, "This is not your password.")
    prove(ela, "set-up", "")
    assert fault_of(ela, "password") == "Type your password."
    prove(ela, "set-up", "ela-enters-by-it")
    ela.post("/account/two-factor/confirm", code="12345")
    assert (ela.page.status, "This code is not right" in fault_of(ela, "code")) == (403, True)
    ela.post("/account/two-factor/confirm", code="")
    assert fault_of(ela, "code") == "Type the code."
    ela.post("/account/two-factor/confirm", code=code_of(any_porch, secret_of(ela)))
    codes = recovery_codes_of(ela)
    assert len(codes) == 10
    # They are shown once: neither the page nor the form gives them again.
    assert ela.get("/account/two-factor/confirm").path == "/account/two-factor/set-up?notice=set-up-expired"

    prove(ela, "recovery-codes", "ela-enters-by-it", "")
    assert (ela.page.status, fault_of(ela, "code")) == (422, "Type the code.")
    prove(ela, "recovery-codes", "ela-enters-by-it", "12345")
    assert (ela.page.status, "This code is not right" in fault_of(ela, "code")) == (403, True)
    prove(ela, "recovery-codes", "wrong", codes[0])
    assert (ela.page.status, fault_of(ela, "password")) == (403, "This is not your password.")
    prove(ela, "recovery-codes", "ela-enters-by-it", codes[0])
    newer = recovery_codes_of(ela)
    assert len(newer) == 10
    assert not set(newer) & set(codes)

    prove(ela, "remove", "ela-enters-by-it", newer[0])
    assert ela.page.path == "/account/two-factor?notice=factor-removed"
    assert Visitor(any_porch).sign_in("front", "ela", "ela-enters-by-it").path == "/account"


def test_a_second_factor_in_place_of_another(porch: Live, ela: Visitor) -> None:
    porch.move()
    first, _ = set_up(ela, "ela-enters-by-it")
    porch.move(advance=60)
    second, _ = set_up(ela, "ela-enters-by-it", code_of(porch, first))
    porch.move(advance=60)
    for secret, path in ((first, "/signin/code"), (second, "/account")):
        visitor = Visitor(porch)
        visitor.sign_in("front", "ela", "ela-enters-by-it")
        assert visitor.post("/signin/code", code=code_of(porch, secret)).path == path


def test_a_set_up_that_takes_too_long_starts_again(porch: Live, ela: Visitor) -> None:
    porch.move()
    prove(ela, "set-up", "ela-enters-by-it")
    secret = secret_of(ela)
    porch.move(advance=601)
    ela.post("/account/two-factor/confirm", code=code_of(porch, secret))
    assert ela.page.path == "/account/two-factor/set-up?notice=set-up-expired"
    assert "You have no second factor." in ela.get("/account/two-factor").parsed.text


def test_one_person_s_set_up_is_of_no_use_to_another(porch: Live, ela: Visitor) -> None:
    prove(ela, "set-up", "ela-enters-by-it")
    secret, begun = secret_of(ela), ela.cookies["begun"]
    ove = Visitor(porch)
    ove.sign_in("front", "ove", "ove-owner-signs-in")
    ove.cookies["begun"] = begun
    ove.post("/account/two-factor/confirm", code=code_of(porch, secret))
    assert ove.page.path == "/account/two-factor/set-up?notice=set-up-expired"


def test_without_a_second_factor_there_are_no_recovery_codes(ela: Visitor) -> None:
    prove(ela, "recovery-codes", "ela-enters-by-it")
    assert ela.page.path == "/account/two-factor"


def test_where_it_is_required_it_stays(porch: Live) -> None:
    porch.move()
    ned = Visitor(porch)
    ned.sign_in("safe", "ned", "ned-new-signs-in")
    ned.post("/signin/code", code=code_of(porch, secret_of(ned)))
    prove(ned, "remove", "ned-new-signs-in", recovery_codes_of(ned)[0])
    assert ned.page.path == "/account/two-factor?notice=factor-required"
    assert "You have set up a second factor" in ned.page.parsed.text


def test_who_lacks_one_that_is_required_by_now_can_only_set_it_up(sqlite_databases: Databases) -> None:
    database = sqlite_databases.filled("pages")
    with live(database) as porch:
        ela = Visitor(porch)
        ela.sign_in("front", "ela", "ela-enters-by-it")
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE workspaces SET two_factor_required = 1 WHERE id = 'T0FRONT0001'")
    connection.close()
    with live(database) as porch:
        porch.move()
        ela.server = porch
        for path in ("/account", "/account/password", "/account/two-factor", "/account/two-factor/remove"):
            assert ela.get(path).path == "/account/two-factor/set-up"
        assert "Your organization requires a second factor." in ela.page.parsed.text
        ela.post("/account/devices/end-others")
        assert ela.page.path == "/account/two-factor/set-up"
        set_up(ela, "ela-enters-by-it")
        assert "Mobile app" in ela.get("/account").parsed.text


def test_owners_take_away_what_somebody_lost(any_porch: Live) -> None:
    any_porch.move()
    ove, fay = Visitor(any_porch), Visitor(any_porch)
    fay.sign_in("front", "fay", "fay-factor-signs-in")
    fay.post("/signin/code", code=code_of(any_porch, FAY))
    ove.sign_in("front", "ove", "ove-owner-signs-in")
    reset = "/account/two-factor/reset"
    ove.get("/account/two-factor")
    assert ove.page.parsed.all("a", href=reset)
    ove.get(reset)
    ove.post(reset, email="", password="")
    assert fault_of(ove, "email") == "Type the person’s e-mail address."
    assert fault_of(ove, "password") == "Type your own password."
    ove.post(reset, email="fay@porch.test", password="wrong")
    assert fault_of(ove, "password") == "This is not your password."
    for nobody in ("nobody@porch.test", "ela@porch.test"):
        ove.post(reset, email=nobody, password="ove-owner-signs-in")
        assert fault_of(ove, "email").startswith("Nobody with this address")
    assert fay.get("/account").path == "/account"
    ove.post(reset, email="fay@porch.test", password="ove-owner-signs-in")
    assert ove.page.path == "/account/two-factor?notice=factor-reset"
    assert fay.get("/account").path == "/w/front/signin?notice=ended"
    assert fay.sign_in("front", "fay", "fay-factor-signs-in").path == "/account"


def test_owners_who_have_a_second_factor_type_a_code_of_it_too(any_porch: Live) -> None:
    any_porch.move()
    ove, fay = Visitor(any_porch), Visitor(any_porch)
    fay.sign_in("front", "fay", "fay-factor-signs-in")
    fay.post("/signin/code", code=code_of(any_porch, FAY))
    ove.sign_in("front", "ove", "ove-owner-signs-in")
    _, codes = set_up(ove, "ove-owner-signs-in")
    reset = "/account/two-factor/reset"
    assert ove.get(reset).parsed.all("input", name="code", autocomplete="one-time-code")
    asked = {"email": "fay@porch.test", "password": "ove-owner-signs-in"}
    ove.post(reset, **asked)
    assert (ove.page.status, fault_of(ove, "code")) == (422, "Type your own code.")
    ove.post(reset, **asked, code="12345")
    assert (ove.page.status, "This code is not right" in fault_of(ove, "code")) == (403, True)
    assert ove.page.parsed.all("input", name="email", value="fay@porch.test")
    # Neither is it Fay's that is asked for.
    any_porch.move(advance=60)
    ove.post(reset, **asked, code=code_of(any_porch, FAY))
    assert "This code is not right" in fault_of(ove, "code")
    assert fay.get("/account").path == "/account"
    ove.post(reset, **asked, code=codes[0])
    assert ove.page.path == "/account/two-factor?notice=factor-reset"
    assert fay.get("/account").path == "/w/front/signin?notice=ended"


def test_nobody_else_does(ela: Visitor) -> None:
    assert "Other people" not in ela.get("/account/two-factor").html
    assert ela.get("/account/two-factor/reset").status == 404
    ela.get("/account")
    assert ela.post("/account/two-factor/reset", email="fay@porch.test", password="ela-enters-by-it").status == 404
