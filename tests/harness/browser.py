"""A real browser, the system's own: Chromium without a window, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

REQUIRED = os.environ.get("GRIDHALL_REQUIRE_BROWSER") == "1"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""It runs as whoever runs the tests, and asks nothing of the network by itself."""


def executable() -> str:
    """Where the browser is. Skips the test where there is none, unless one is required."""
    named = os.environ.get("GRIDHALL_CHROMIUM")
    found = named or next((path for path in map(shutil.which, NAMES) if path), None)
    if found is not None and os.path.exists(found):
        return found
    missing = f"no browser at {named}" if named else "Chromium is not installed, and GRIDHALL_CHROMIUM names no other"
    if REQUIRED:
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def browser() -> Iterator[Browser]:
    """A running browser."""
    path = executable()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        try:
            yield running
        finally:
            running.close()
