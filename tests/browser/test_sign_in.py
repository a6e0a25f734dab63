"""Signing in, and what comes of it, in a real browser without scripts."""

from playwright.sync_api import Page, Route, expect
from slack_sdk import WebClient

from browser.conftest import Arrive
from browser.people import arrived, fill, follow, new_secret, press, recovery_codes, sign_in, sign_in_as_fay
from harness.live import Live
from harness.visitor import code_of


def other_session(page: Page) -> int:
    """The id of the one other session that the page of devices offers to end."""
    return int(page.locator("input[name=session]").get_attribute("value") or 0)


def test_an_administrator_ends_a_session(porch: Live, arrive: Arrive) -> None:
    laptop, library = arrive(), arrive()
    sign_in_as_fay(laptop, porch)
    sign_in_as_fay(library, porch)
    expect(library).to_have_title("Your devices · Gridhall")
    this = library.get_by_role("listitem").filter(has_text="this device")
    expect(this.get_by_role("heading")).to_contain_text("Browser on Linux")
    expect(this).to_contain_text("127.0.0.1")
    laptop.goto("/account")
    session = other_session(laptop)

    administrator = WebClient("xoxp-ove-org", base_url=f"{porch.url}/api/")
    listed = administrator.admin_users_session_list(user_id="W0FAY000001", team_id="T0FRONT0001")
    active = listed["active_sessions"]
    assert {each["session_id"] for each in active} >= {session, other_session(library)}
    administrator.admin_users_session_invalidate(session_id=str(session), team_id="T0FRONT0001", user_id="W0FAY000001")

    follow(library, "Password")
    arrived(library, "Sign in to Front <i>Door</i>")
    expect(library.get_by_role("status")).to_have_text("You were signed out. Sign in again to go on.")
    follow(laptop, "Password")
    arrived(laptop, "Change your password")
    follow(laptop, "Devices")
    expect(laptop.locator(".devices > li")).to_have_count(1)


def test_setting_up_a_second_factor_and_losing_it(porch: Live, arrive: Arrive) -> None:
    porch.move()
    page = arrive()
    sign_in(page, "front", "ela", "ela-enters-by-it")
    follow(page, "Second factor")
    follow(page, "Set up a second factor")
    fill(page, your_password="ela-enters-by-it")
    press(page, "Go on")
    picture = page.get_by_role("img", name="QR code for your authenticator app.")
    expect(picture).to_be_visible()
    fill(page, code=code_of(porch, new_secret(page)))
    press(page, "Set up")
    codes = recovery_codes(page)
    assert len(set(codes)) == 10
    follow(page, "I have kept them")
    press(page, "Sign out")

    sign_in(page, "front", "ela", "ela-enters-by-it")
    arrived(page, "Enter your code")
    fill(page, code=codes[3])
    press(page, "Sign in")
    follow(page, "Second factor")
    expect(page.get_by_text("You have 9 recovery codes left.")).to_be_visible()
    follow(page, "Remove the second factor")
    fill(page, your_password="ela-enters-by-it", code="12345")
    press(page, "Remove it")
    field = page.get_by_label("Code")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    fill(page, your_password="ela-enters-by-it", code=codes[4])
    press(page, "Remove it")
    expect(page.get_by_role("status")).to_contain_text("Your second factor is removed.")


def test_a_second_factor_that_the_workspace_requires(porch: Live, arrive: Arrive) -> None:
    porch.move()
    page = arrive("/w/safe/")
    fill(page, **{"e-mail": "ned@porch.test"}, password="ned-new-signs-in")
    press(page, "Sign in")
    arrived(page, "Set up your second factor")
    fill(page, code="000000")
    press(page, "Set up")
    field = page.get_by_label("Code of six digits")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page).to_have_title("Error: Set up your second factor · Gridhall")
    fill(page, code=code_of(porch, new_secret(page)))
    press(page, "Set up")
    recovery_codes(page)
    follow(page, "I have kept them")
    arrived(page, "Your devices")


def test_changing_the_password_ends_the_other_session(arrive: Arrive) -> None:
    here, there = arrive(), arrive()
    for page in (here, there):
        sign_in(page, "front", "ela", "ela-enters-by-it")
    follow(here, "Password")
    fill(here, present="ela-enters-by-it", **{"new password$": "ela-leaves-by-it"}, new_password_once="ela-leaves-by-it")
    press(here, "Change the password")
    expect(here.get_by_role("status")).to_contain_text("Your password is changed")
    there.reload()
    arrived(there, "Sign in to Front <i>Door</i>")
    sign_in(there, "front", "ela", "ela-enters-by-it")
    expect(there.get_by_role("alert")).to_contain_text("Something of this is not right")
    sign_in(there, "front", "ela", "ela-leaves-by-it")
    arrived(there, "Your devices")


def test_a_browser_forgets_its_cookie_from_the_next_page_on(porch: Live, arrive: Arrive) -> None:
    page = arrive()
    sign_in(page, "front", "ela", "ela-enters-by-it")

    def kept() -> bool:
        [cookie] = [cookie for cookie in page.context.cookies() if cookie["name"] == "d"]
        return cookie["expires"] > 0

    assert kept()
    administrator = WebClient("xoxp-ove-org", base_url=f"{porch.url}/api/")
    administrator.admin_users_session_setSettings(user_ids="W0ELA000001", desktop_app_browser_quit=True)
    follow(page, "Password")
    arrived(page, "Change your password")
    assert not kept()


def test_an_owner_with_a_second_factor_takes_away_another_s(porch: Live, arrive: Arrive) -> None:
    porch.move()
    page, fay = arrive(), arrive()
    sign_in_as_fay(fay, porch)
    sign_in(page, "front", "ove", "ove-owner-signs-in")
    follow(page, "Second factor")
    follow(page, "Set up a second factor")
    fill(page, your_password="ove-owner-signs-in")
    press(page, "Go on")
    fill(page, code=code_of(porch, new_secret(page)))
    press(page, "Set up")
    codes = recovery_codes(page)
    follow(page, "Second factor")
    follow(page, "Take away their second factor")
    fill(page, their="fay@porch.test", your_own_password="ove-owner-signs-in", your_own_code="12345")
    press(page, "Take it away")
    field = page.get_by_label("Your own code")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    fill(page, your_own_password="ove-owner-signs-in", your_own_code=codes[0])
    press(page, "Take it away")
    expect(page.get_by_role("status")).to_contain_text("Their second factor is taken away")
    fay.reload()
    arrived(fay, "Sign in to Front <i>Door</i>")


def test_by_the_keyboard_alone(porch: Live, arrive: Arrive) -> None:
    porch.move()
    page = arrive()
    keys = page.keyboard
    keys.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page’s content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    for label, value in (("Workspace or organization", "front"), ("E-mail address", "ela@porch.test"), ("Password", "wrong")):
        keys.press("Tab")
        expect(page.get_by_label(label)).to_be_focused()
        keys.type(value)
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    for _ in range(3):
        keys.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    keys.type("ela-enters-by-it")
    keys.press("Tab")
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    keys.press("Enter")
    expect(page).to_have_title("Your devices · Gridhall")
    # Skip link, home, three pages, then signing out.
    for _ in range(6):
        keys.press("Tab")
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("status")).to_have_text("You are signed out.")


def test_nothing_is_left_behind_the_back_button(arrive: Arrive) -> None:
    page = arrive()
    sign_in(page, "front", "ela", "ela-enters-by-it")
    arrived(page, "Your devices")
    [cookie] = [cookie for cookie in page.context.cookies() if cookie["name"] == "d"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    press(page, "Sign out")
    arrived(page, "Sign in to Front <i>Door</i>")
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "d"]
    page.go_back()
    arrived(page, "Sign in to Front <i>Door</i>")
    expect(page.get_by_label("Workspace or organization")).to_have_value("front")


def test_a_form_on_another_site_does_nothing(porch: Live, arrive: Arrive) -> None:
    page = arrive()
    sign_in(page, "front", "ela", "ela-enters-by-it")

    def lure(route: Route) -> None:
        form = f'<form method="post" action="{porch.url}/account/devices/end-others"><button>Win a prize</button></form>'
        route.fulfill(content_type="text/html", body=form)

    page.context.route("http://prize.test/", lure)
    page.goto("http://prize.test/")
    press(page, "Win a prize")
    arrived(page, "Not sent")
    page.goto(f"{porch.url}/account")
    expect(page.locator(".devices > li")).to_have_count(3)
