"""From a few words to an answer with its reasons, other ways and files, on the static site."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from counterpoise.data.load import load
from small_site import SmallSite


@pytest.fixture
def answer(small_site: SmallSite, page: Page) -> Page:
    """The answer to which a few typed words lead."""
    page.goto(small_site.address(""))
    page.get_by_role("combobox").press_sequentially("Patriot delay Poland")
    found = page.get_by_role("listbox").get_by_role("option")
    # The index is read on the first key: what is found comes when it is there.
    first = found.first
    expect(first).to_contain_text("When would it arrive?")
    expect(first).to_contain_text("buyer POL")
    kinds = [text.split()[-1] for text in found.locator("small").all_inner_texts()]
    assert kinds[0] == "question" and kinds[-1] != "question"
    assert [kind == "question" for kind in kinds] == sorted(
        (kind == "question" for kind in kinds), reverse=True
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("When would it arrive?")
    return page


def test_the_answer_has_date_number_and_range(answer: Page) -> None:
    told = answer.locator(".lead").inner_text()
    assert re.match(r"\d+ × Patriot fire unit for Poland, ordered in 20\d\d-Q\d", told)
    assert re.search(r"between 20\d\d-Q\d and 20\d\d-Q\d", told)


def test_why_names_causes_whose_figures_open_to_rivals_and_sources(answer: Page) -> None:
    why = answer.get_by_role("heading", name="Why?")
    causes = why.locator("xpath=following-sibling::*[self::details]")
    words = " ".join(causes.locator("> summary").all_inner_texts()).lower()
    assert "queue" in words and "rate" in words
    rate = causes.filter(has_text="Rate").first
    rate.locator("> summary").click()
    rate.locator('a[href$="#rate"]').first.click()
    expect(answer.locator("body")).to_have_attribute("data-path", re.compile("^line/patriot"))
    figure = answer.locator("#rate")
    expect(figure).to_contain_text(re.compile("reported|estimated|derived|assumed"))
    expect(figure).to_have_attribute("open", "")
    expect(figure.locator('a[href*="source/"]').first).to_be_visible()


def test_what_if_steps_through_stored_answers_and_says_so(answer: Page) -> None:
    before = answer.locator(".lead").inner_text()
    expect(answer.locator("section.controls")).to_contain_text(re.compile("stored answer"))
    units = answer.locator('.control[data-name="units"]')
    slider = units.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", "8")
    slider.press("ArrowRight")
    expect(answer.locator("body")).to_have_attribute("data-path", "ask/deliver/units=12")
    after = answer.locator(".lead").inner_text()
    assert after.startswith("12 ×") and after != before


def test_instead_tells_other_lines_by_date_and_controller(answer: Page) -> None:
    heading = answer.get_by_role("heading", name="Instead?")
    other = heading.locator("xpath=following::table[1]")
    heads = " ".join(other.get_by_role("columnheader").all_inner_texts()).lower()
    assert "item" in heads and "middle" in heads and "controlled by" in heads
    assert other.get_by_role("row").count() > 2


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("paragraph.docx", "word/footnotes.xml"),
        ("answer.docx", "word/document.xml"),
        ("answer.xlsx", "xl/workbook.xml"),
    ],
)
def test_the_answer_is_saved(answer: Page, name: str, inside: str) -> None:
    with answer.expect_download() as download:
        answer.locator(f'a[href="{name}"]').click()
    content = download.value.path().read_bytes()
    assert inside in zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_a_drawing_is_saved_with_its_title_and_source(small_site: SmallSite, page: Page) -> None:
    page.goto(small_site.address("state/POL"))
    place = page.get_by_role("link", name="SVG", exact=True).first.get_attribute("href")
    assert place is not None
    svg = small_site.file("state/POL", place).read_text(encoding="utf-8")
    assert "Poland" in svg and f"release {load().id}" in svg
