"""Pages opened from disk in a browser: quiet, within the window, and whole without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from chromium import WIDTHS, OpenWindow
from small_site import SmallSite

STARTED = 1_500_000
"""Bytes that the start page may come to with all that it loads later."""


def test_a_page_of_each_kind_opens_quietly(small_site: SmallSite, page: Page) -> None:
    for path in small_site.sample():
        page.goto(small_site.address(path))
        expect(page.locator("h1")).to_have_count(1)
        assert page.title(), path


@pytest.mark.parametrize("width", WIDTHS)
def test_main_pages_are_no_wider_than_the_window(
    small_site: SmallSite, open_window: OpenWindow, width: int
) -> None:
    page = open_window(width=width)
    wide: dict[str, int] = {}
    for path in small_site.main():
        page.goto(small_site.address(path))
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide[path] = needed
    assert wide == {}


def test_without_scripts_pages_say_all_and_lead_on(
    small_site: SmallSite, open_window: OpenWindow
) -> None:
    """The words of a page are there without scripts, and its menus open and lead to pages."""
    plain, scripted = open_window(scripts=False), open_window()
    words = """() => {
      const answer = document.querySelector("#answer").cloneNode(true);
      for (const made of answer.querySelectorAll(".citation button, .filter")) made.remove();
      return answer.textContent.replace(/\\s+/g, " ").trim();
    }"""
    for path in small_site.main():
        plain.goto(small_site.address(path))
        scripted.goto(small_site.address(path))
        assert plain.evaluate(words) == scripted.evaluate(words), path
    plain.goto(small_site.address(""))
    plain.get_by_text("Menu", exact=True).click()
    plain.get_by_role("navigation", name="Pages").get_by_role("link", name="Gaps").click()
    expect(plain.locator("body")).to_have_attribute("data-path", "gaps")


def test_the_search_leads_to_the_questions_without_scripts(
    small_site: SmallSite, open_window: OpenWindow
) -> None:
    page = open_window(scripts=False)
    page.goto(small_site.address(""))
    page.get_by_role("combobox").fill("Patriot")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-path", "ask")


def test_the_start_page_stays_light_when_it_is_used(small_site: SmallSite, page: Page) -> None:
    """All files asked for, the index of suggestions among them."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(small_site.address(""))
    page.get_by_role("combobox").fill("Patriot")
    expect(page.get_by_role("listbox")).to_be_visible()
    files = [small_site.folder / url.partition("/site/")[2] for url in asked]
    assert any(file.name == "index.js" for file in files)
    assert sum(file.stat().st_size for file in files) < STARTED


def test_keys_alone_reach_the_content_and_the_menus(small_site: SmallSite, page: Page) -> None:
    page.goto(small_site.address(""))
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.goto(small_site.address(""))
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.get_by_text("Menu", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
