"""Windows of a real browser for tests: no network, and no complaint may go unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeAlias

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from needed import CHROMIUM

WIDTHS = (390, 820, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PATIENCE = 15_000.0  # milliseconds until a missing thing on a page is a failure
# A browser that asks for nothing by itself; no name is resolved, whatever a page asks for.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--no-first-run",
)

OpenWindow: TypeAlias = Callable[..., Page]


class Watch:
    """What went wrong in a window: complaints of its pages, and requests that leave the site."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home = home
        self.faults: list[str] = []
        context.on("console", self.console)
        context.on("weberror", lambda error: self.faults.append(f"{error.page}: {error.error}"))
        context.on("request", self.request)
        context.on("requestfailed", self.failed)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            place = message.page.url if message.page else "?"
            self.faults.append(f"{place}: {message.type}: {message.text}")

    def request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.faults.append(f"a page asked for {request.url}")

    def failed(self, request: Request) -> None:
        # Leaving a page stops what it still loads, and a download ends its own navigation.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"{request.url} failed: {request.failure}")


def watched(
    browser: Browser,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
    home: str = "file://",
) -> tuple[BrowserContext, Watch]:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=scripts,
        offline=home.startswith("file:"),
        locale="en-GB",
        timezone_id="UTC",
    )
    context.set_default_timeout(PATIENCE)
    return context, Watch(context, home)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium.

    Of a module, not of the session: its event loop would stay in the way of the modules after it.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def open_window(browser: Browser) -> Iterator[OpenWindow]:
    """Opens windows; after the test none of their pages may have complained or asked elsewhere.

    Takes `width`, `scheme`, `scripts` (False: JavaScript off) and `home`, what addresses must begin
    with: files by default, cut off from any network, or the address of a server within the test.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_one(**wanted: Any) -> Page:
        context, watch = watched(browser, **wanted)
        opened.append((context, watch))
        return context.new_page()

    yield open_one
    for context, _ in opened:
        context.close()
    faults = [fault for _, watch in opened for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(open_window: OpenWindow) -> Page:
    """One window of middling width, light, with scripts, on files alone."""
    return open_window()
