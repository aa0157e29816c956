"""A long table is narrowed to the rows that hold the words typed above it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from chromium import OpenWindow
from small_site import SmallSite

SHOWN = "Figures with rival values"


def rows_of(page: Page) -> Locator:
    """The rows of the rival values, left out or not."""
    return page.locator(".table", has_text=SHOWN).locator("tbody tr")


def test_words_leave_the_rows_that_hold_them_all(small_site: SmallSite, page: Page) -> None:
    page.goto(small_site.address("conflicts"))
    rows = rows_of(page)
    count = rows.count()
    field = page.get_by_role("searchbox", name=re.compile(f"^Filter rows of the table “{SHOWN}"))
    told = page.get_by_role("status").filter(has_text=f"of {count} rows")
    expect(told).to_have_text(f"{count} of {count} rows")
    field.focus()
    page.keyboard.type("Patriot")
    texts = [text.lower() for text in rows.all_text_contents()]
    wanted = [at for at, text in enumerate(texts) if "patriot" in text]
    assert 0 < len(wanted) < count
    expect(told).to_have_text(f"{len(wanted)} of {count} rows")
    assert [at for at in range(count) if rows.nth(at).is_visible()] == wanted
    page.keyboard.type(" PÁTRIOT no-such-word")
    expect(told).to_have_text(f"0 of {count} rows")
    field.fill("")
    expect(told).to_have_text(f"{count} of {count} rows")
    assert all(row.is_visible() for row in rows.all())


def test_all_words_must_stand_in_a_row_in_any_order(small_site: SmallSite, page: Page) -> None:
    page.goto(small_site.address("conflicts"))
    rows = rows_of(page)
    row = rows.filter(has_text="Patriot").first
    words = row.locator("th").inner_text().lower().split()
    assert len(words) > 2
    page.get_by_role("searchbox", name=re.compile(SHOWN)).fill(" ".join(reversed(words)))
    expect(row).to_be_visible()
    kept = rows.filter(visible=True).all_text_contents()
    assert 0 < len(kept) < rows.count()
    assert all(word in text.lower() for text in kept for word in words)


def test_print_shows_all_rows_and_no_field(small_site: SmallSite, page: Page) -> None:
    page.goto(small_site.address("conflicts"))
    field = page.get_by_role("searchbox", name=re.compile(SHOWN))
    field.fill("patriot")
    assert not all(row.is_visible() for row in rows_of(page).all())
    page.emulate_media(media="print")
    assert all(row.is_visible() for row in rows_of(page).all())
    expect(field).to_be_hidden()


def test_short_tables_and_pages_without_scripts_have_no_field(
    small_site: SmallSite, open_window: OpenWindow
) -> None:
    page = open_window()
    page.goto(small_site.address("gaps"))
    longest = max(table.locator("tbody tr").count() for table in page.locator(".table table").all())
    assert 0 < longest < 30
    expect(page.locator(".table .filter")).to_have_count(0)
    plain = open_window(scripts=False)
    plain.goto(small_site.address("conflicts"))
    expect(plain.locator(".filter")).to_have_count(0)
    expect(rows_of(plain).first).to_be_visible()
