"""Takes the pictures of tour.md from a written site: `python docs/tour.py SITE`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent / "tour"
WIDTH, HEIGHT = 1180, 820
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def start(page: Page) -> None:
    """The start page, with words in the field."""
    page.fill("#search", "Patriot delay Poland")
    page.wait_for_selector("#found li")


def opened(page: Page) -> None:
    """An answer, scrolled to its causes, the first one open."""
    page.locator("details.opened summary").first.click()
    page.get_by_role("heading", name="Why?").scroll_into_view_if_needed()
    page.evaluate("window.scrollBy(0, 420)")


def still(page: Page) -> None:
    """The head of a page."""


PICTURES = {
    "start": ("", start),
    "deliver": ("ask/deliver", still),
    "why": ("ask/deliver", opened),
    "gaps": ("gaps", still),
    "state": ("state/POL", still),
    "decide": ("decide/against=HUN/competence=operation-authorise", still),
    "rights": ("rights/system=eurofighter/from=GBR/to=TUR", still),
    "system": ("system/patriot", still),
}


def main(site: Path) -> None:
    """Take all pictures into docs/tour."""
    HERE.mkdir(exist_ok=True)
    browser_path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, (path, prepare) in PICTURES.items():
            page.goto((site.resolve() / path / "index.html").as_uri())
            prepare(page)
            page.screenshot(path=HERE / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
