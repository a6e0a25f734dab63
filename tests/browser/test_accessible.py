"""Every page, looked through by axe-core, at a phone's width and in the dark; the only tests that let scripts run."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Arrive
from browser.people import FAY, fill, new_secret, press, sign_in
from harness.live import Live
from harness.visitor import code_of

AXE = Path(__file__).parent.parent / "node" / "node_modules" / "axe-core" / "axe.min.js"

WAYS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (320, "dark"))
"""Widths in pixels, and what the system asks for."""


@pytest.fixture
def axe() -> str:
    """The program that looks for what keeps people out."""
    if not AXE.is_file():
        missing = "axe-core is not installed: run `make setup-node`"
        if os.environ.get("GRIDHALL_REQUIRE_NODE") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return AXE.read_text()


def faults(page: Page, axe: str) -> list[str]:
    """What axe-core finds on a page, large and light, small and dark; and whether one has to scroll sideways."""
    found = []
    for width, scheme in WAYS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{page.title()}: wider than {width}")
        # As a tag in the page it would be refused, as any script is there.
        page.evaluate(axe)
        result: dict[str, Any] = page.evaluate("axe.run(document)")
        assert len(result["passes"]) > 10
        for fault in result["violations"]:
            elements = [node["html"] for node in fault["nodes"]]
            found.append(f"{page.title()} ({scheme}, {width}): {fault['id']} {elements}")
    return found


def entering(page: Page, porch: Live) -> Iterator[str]:
    """The titles of the pages of who comes in, one after the other."""
    yield "Sign in"
    press(page, "Sign in")
    yield "Error: Sign in"
    sign_in(page, "front", "fay", "wrong")
    yield "Error: Sign in"
    sign_in(page, "front", "fay", "fay-factor-signs-in")
    yield "Enter your code"
    fill(page, code="12345")
    press(page, "Sign in")
    yield "Error: Enter your code"
    fill(page, code=code_of(porch, FAY))
    press(page, "Sign in")
    page.goto("/w/front/signin")
    yield "Sign in to Front <i>Door</i>"
    page.goto("/w/nowhere/signin")
    yield "Workspace not found"
    sign_in(page, "safe", "ned", "ned-new-signs-in")
    yield "Set up your second factor"
    fill(page, code=code_of(porch, new_secret(page)))
    press(page, "Set up")
    yield "Keep your recovery codes"


def at_home(page: Page, porch: Live) -> Iterator[str]:
    """The same of who is signed in."""
    sign_in(page, "front", "ela", "ela-enters-by-it")
    yield "Your devices"
    press(page, "Sign out of all other devices")
    yield "Your devices"
    page.goto("/account/password")
    yield "Change your password"
    press(page, "Change the password")
    yield "Error: Change your password"
    page.goto("/account/nothing")
    yield "Page not found"
    page.goto("/account/two-factor")
    yield "Your second factor"
    page.goto("/account/two-factor/set-up")
    yield "Set up a second factor"
    press(page, "Go on")
    yield "Error: Set up a second factor"
    fill(page, your_password="ela-enters-by-it")
    press(page, "Go on")
    yield "Set up your second factor"
    fill(page, code="12345")
    press(page, "Set up")
    yield "Error: Set up your second factor"
    fill(page, code=code_of(porch, new_secret(page)))
    press(page, "Set up")
    yield "Keep your recovery codes"
    for path, title in (
        ("", "Your second factor"),
        ("/remove", "Remove the second factor"),
        ("/recovery-codes", "Make new recovery codes"),
    ):
        page.goto(f"/account/two-factor{path}")
        yield title
    press(page, "Make new codes")
    yield "Error: Make new recovery codes"


def owning(page: Page, porch: Live) -> Iterator[str]:
    """The same of an owner."""
    sign_in(page, "front", "ove", "ove-owner-signs-in")
    page.goto("/account/two-factor/reset")
    yield "Take away somebody’s second factor"
    press(page, "Take it away")
    yield "Error: Take away somebody’s second factor"
    page.goto("/account/two-factor/set-up")
    fill(page, your_password="ove-owner-signs-in")
    press(page, "Go on")
    fill(page, code=code_of(porch, new_secret(page)))
    press(page, "Set up")
    yield "Keep your recovery codes"
    page.goto("/account/two-factor/reset")
    yield "Take away somebody’s second factor"
    press(page, "Take it away")
    yield "Error: Take away somebody’s second factor"


@pytest.mark.parametrize("walk", [entering, at_home, owning])
def test_no_page_keeps_anybody_out(walk: Callable[[Page, Live], Iterator[str]], axe: str, porch: Live, arrive: Arrive) -> None:
    porch.move()
    page = arrive(scripts=True)
    found = []
    for title in walk(page, porch):
        expect(page).to_have_title(f"{title} · Gridhall")
        found += faults(page, axe)
    assert found == []
