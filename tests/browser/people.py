"""What people do on the pages, as their eyes and fingers find it."""

import re

from playwright.sync_api import Page, expect

from harness.live import Live
from harness.visitor import code_of

FAY = "JBSWY3DPEHPK3PXP"
"""The secret of Fay's second factor."""


def press(page: Page, button: str) -> None:
    """Press a button, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).first.click()


def follow(page: Page, link: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=link, exact=True).click()


def fill(page: Page, **fields: str) -> None:
    """Fill fields in by what their labels begin with: `new_password` is the one labelled "New password"."""
    for label, value in fields.items():
        named = page.get_by_label(re.compile("^" + label.replace("_", " "), re.IGNORECASE))
        named.and_(page.locator("input")).fill(value)


def sign_in(page: Page, place: str, name: str, password: str) -> None:
    page.goto("/signin")
    fill(page, workspace=place, **{"e-mail": f"{name}@porch.test"}, password=password)
    press(page, "Sign in")


def sign_in_as_fay(page: Page, server: Live) -> None:
    """With a one-time code. The clock goes on first, for a code is good once."""
    server.move(advance=60)
    sign_in(page, "front", "fay", "fay-factor-signs-in")
    fill(page, code=code_of(server, FAY))
    press(page, "Sign in")


def new_secret(page: Page) -> str:
    """The secret that the page tells for an authenticator, in its key and in the address behind its link alike."""
    key = page.locator(".key code").inner_text()
    assert all(len(group) == 4 for group in key.split(" "))
    secret = key.replace(" ", "")
    address = page.get_by_role("link", name="open it in an app on this device").get_attribute("href") or ""
    assert address.startswith("otpauth://totp/")
    assert f"secret={secret}" in address
    return secret


def recovery_codes(page: Page) -> list[str]:
    codes = page.locator(".codes code")
    expect(codes).to_have_count(10)
    return codes.all_inner_texts()


def arrived(page: Page, heading: str) -> None:
    """See that the page with this heading is shown."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
