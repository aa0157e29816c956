"""Main pages by axe-core: no serious fault for readers who use other means than eyes or mouse."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from chromium import OpenWindow
from small_site import SmallSite

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}
ROWS = 10
"""Rows of each table that are looked at: the later ones are made like them."""


def faults(page: Page, **options: Any) -> list[str]:
    """Serious faults of the page that is open, each with the first place where it is."""
    page.evaluate(
        "most => document.querySelectorAll(`tbody tr:nth-child(n + ${most + 1})`)"
        ".forEach(row => row.remove())",
        ROWS,
    )
    page.evaluate(AXE)
    found = page.evaluate(
        "(options) => axe.run(document, options)",
        {"preload": False, "resultTypes": ["violations"], **options},
    )
    return [
        f"{item['id']}: {item['help']}, {len(item['nodes'])} times, as {item['nodes'][0]['html']}"
        for item in found["violations"]
        if item["impact"] in SERIOUS
    ]


def test_a_fault_is_found(page: Page) -> None:
    page.set_content("<html><title>Title</title><button></button>")
    assert [fault.split(":")[0] for fault in faults(page)] == ["button-name", "html-has-lang"]


def test_main_pages_have_no_serious_fault(small_site: SmallSite, open_window: OpenWindow) -> None:
    page = open_window(width=820)
    found = {}
    for path in small_site.main():
        page.goto(small_site.address(path))
        if wrong := faults(page):
            found[path] = wrong
    assert found == {}


def test_colours_stand_out_in_the_dark(small_site: SmallSite, open_window: OpenWindow) -> None:
    page = open_window(width=820, scheme="dark")
    found = {}
    for path in small_site.main():
        page.goto(small_site.address(path))
        if wrong := faults(page, runOnly=["color-contrast"]):
            found[path] = wrong
    assert found == {}
