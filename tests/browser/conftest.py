"""A server over `tests/data/pages.yaml`, and browsers of people who come to it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from harness.browser import browser
from harness.databases import Databases
from harness.live import Live, live

TIMEOUT = 30_000
"""Milliseconds that anything may take to be there."""

expect.set_options(timeout=TIMEOUT)


@pytest.fixture
def porch(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("pages")) as running:
        yield running


@pytest.fixture
def chromium(porch: Live) -> Iterator[Browser]:
    """A browser of the test's own. It starts after the server: while Playwright runs, no other loop can run in this thread."""
    with browser() as running:
        yield running


Arrive = Callable[..., Page]


@pytest.fixture
def arrive(porch: Live, chromium: Browser) -> Arrive:
    """Opens a browser of somebody's own, without scripts unless they are asked for; nothing of one is in another."""

    def arrive(path: str = "/", *, scripts: bool = False) -> Page:
        context = chromium.new_context(base_url=porch.url, java_script_enabled=scripts)
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()
        page.goto(path)
        return page

    return arrive
