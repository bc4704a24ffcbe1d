"""A browser for a module of tests, and pages of it that tell what goes wrong in them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.chromium import EXECUTABLE, WAIT_MS, chromium


@pytest.fixture(scope="module")  # no longer: Playwright's loop is in the way of asyncio's tests
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    if EXECUTABLE is None:
        pytest.skip("this machine has no Chromium")
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh profile; what it reports as an error fails the test."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if _is_fault(message) else None)
    yield page
    context.close()
    assert errors == []


def _is_fault(message: object) -> bool:
    kind, text = getattr(message, "type", ""), getattr(message, "text", "")
    # A refused request is reported by the browser itself, and is not a fault of the page.
    return kind == "error" and "Failed to load resource" not in text
