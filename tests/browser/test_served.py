"""A page with a server behind it: a slider that answers at once, and a plan run and cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from chromium import OpenWindow
from counterpoise.data.load import load
from counterpoise.serve.limits import Limits
from counterpoise.serve.service import Served
from serving import serving


@pytest.fixture(scope="module")
def address(yearly_runs: Path) -> Iterator[str]:
    with serving(Served(load(), yearly_runs), Limits()) as found:
        yield found


def test_words_lead_to_an_answer_that_a_slider_changes_in_its_place(
    address: str, open_window: OpenWindow
) -> None:
    page = open_window(home=address)
    page.goto(f"{address}/")
    page.get_by_role("combobox").press_sequentially("Patriot delay Poland")
    expect(page.get_by_role("option").first).to_contain_text("When would it arrive?")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("When would it arrive?")
    place = page.url
    slider = page.locator('.control[data-name="units"]').get_by_role("slider")
    expect(page.locator(".lead")).to_contain_text(re.compile(r"^8 ×"))
    slider.fill("11")
    expect(page.locator(".lead")).to_contain_text(re.compile(r"^11 ×"))
    slider.fill("3")
    expect(page.locator(".lead")).to_contain_text(re.compile(r"^3 ×"))
    # Address, files, controls and citation are those of what is shown, and stay so.
    assert page.url == place.replace("deliver/", "deliver/units=3/")
    with page.expect_download() as held:
        page.get_by_role("link", name="paragraph.docx").click()
    assert "3 × Patriot" in "".join(each.text for each in Document(held.value.path()).paragraphs)
    units = page.locator('.control[data-name="units"]')
    expect(units.locator("input:not([type=range])")).to_have_value("3")
    expect(units.locator("[aria-current]")).to_have_text("3")
    expect(page.get_by_role("button", name="Copy citation")).to_have_count(1)
    page.locator('.control[data-name="buyer"]').get_by_text("Germany", exact=True).click()
    expect(page.locator(".lead")).to_contain_text(re.compile(r"^3 × .* for Germany"))
    page.reload()
    expect(page.locator(".lead")).to_contain_text(re.compile(r"^3 × .* for Germany"))
    page.locator(".brand").click()
    expect(page.locator("h1")).to_contain_text("enough usable force")


def test_free_values_are_set_without_a_slider(address: str, open_window: OpenWindow) -> None:
    page = open_window(home=address)
    page.goto(f"{address}/ask/deliver/")
    buyer = page.locator('.control[data-name="buyer"]')
    buyer.get_by_role("textbox").or_(buyer.get_by_role("combobox")).fill("EST")
    buyer.get_by_role("button", name="Set").click()
    expect(page.locator(".lead")).to_contain_text("for Estonia")


def test_a_plan_is_run_and_cancelled(address: str, open_window: OpenWindow) -> None:
    page = open_window(home=address)
    page.goto(f"{address}/ask/q19/")
    page.get_by_role("button", name="Run with my change").click()
    told = page.get_by_role("status")
    expect(told).to_contain_text(re.compile("running|Waiting"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Run with my change")).to_be_visible()
    expect(told).to_contain_text("cancelled")
