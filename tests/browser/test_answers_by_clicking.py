"""Five questions of a reader who has seen the start page alone, answered by clicking."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from small_site import SmallSite


@pytest.fixture
def start(small_site: SmallSite, page: Page) -> Page:
    page.goto(small_site.address(""))
    return page


def often(page: Page, question: str) -> None:
    """Follow a question of the start page."""
    page.locator("#content").get_by_role("link", name=question, exact=True).click()


def step(page: Page, control: str, label: str) -> None:
    """Take a stored step of a control."""
    place = page.locator(f'.control[data-name="{control}"]')
    folded = place.locator("xpath=ancestor-or-self::details[not(@open)] | .//details[not(@open)]")
    while folded.count():
        folded.first.locator("> summary").click()
    place.get_by_role("link", name=label, exact=True).click()


def lead(page: Page) -> Locator:
    return page.locator(".lead")


def table(page: Page, caption: str) -> Locator:
    return page.get_by_role("table", name=re.compile(caption))


def test_what_poland_lacks_in_2030_without_the_us_part(start: Page) -> None:
    often(start, "What does a state lack in a year without the US part?")
    expect(start.locator("h1")).to_have_text("Gaps: Poland")
    expect(lead(start)).to_contain_text("in 2030 without the US part")
    rows = table(start, "Poland in 2030, .*capability units").get_by_role("row")
    missing = rows.filter(has_text="Medium-range air defence").first
    assert float(missing.get_by_role("cell").first.inner_text().split()[0]) > 50
    step(start, "us_part", "counted")
    expect(lead(start)).not_to_contain_text("without the US part")


def test_who_can_still_authorise_an_operation_if_hungary_objects(start: Page) -> None:
    often(start, "Who can still authorise an operation if one state objects?")
    expect(start.locator("h1")).to_contain_text("authorise an operation if Hungary objects")
    expect(lead(start)).to_contain_text("JEF")
    bodies = table(start, "Each body under these votes").get_by_role("row")
    council = bodies.filter(has_text="North Atlantic Council")
    expect(council).to_contain_text("HUN")
    step(start, "against", "nobody")
    expect(council).to_contain_text("passes")


def test_which_orders_are_firm_and_who_pays_them(start: Page) -> None:
    often(start, "Which orders are firm, and who pays for them?")
    expect(
        start.get_by_role("heading", name="Calendar of proposed orders, the firmest first")
    ).to_be_visible()
    start.get_by_text("largest orders, each with buyer").click()
    orders = table(start, "orders").first.get_by_role("row")
    labels = [text for text in orders.all_inner_texts() if "firm" in text or "preferred" in text]
    assert labels and "firm" in labels[0]
    money = table(start, "What each state orders and pays")
    expect(money.get_by_role("columnheader", name="from the budget")).to_be_visible()
    expect(money.get_by_role("row").filter(has_text="Poland")).to_have_count(1)


def test_who_must_consent_before_britain_sells_eurofighter_to_turkey(start: Page) -> None:
    often(start, "Who must consent to a resale?")
    start.locator("#content").get_by_role("link", name="Eurofighter Typhoon T4/T5").first.click()
    start.get_by_text("Sales between named states").click()
    start.get_by_role("link", name="United Kingdom to Turkey").click()
    expect(start.locator("h1")).to_contain_text("United Kingdom sells Eurofighter")
    expect(lead(start)).to_contain_text("Germany, Italy and Spain must agree")
    withheld = table(start, "States that withheld it before")
    expect(withheld.get_by_role("row").filter(has_text="Germany").first).to_be_visible()


def test_which_sources_disagree_on_the_price_of_a_patriot(start: Page) -> None:
    often(start, "Which sources disagree on a price?")
    expect(start.locator("h1")).to_have_text("Where sources disagree")
    start.get_by_role("combobox").fill("Patriot price")
    start.get_by_role("option", name="Patriot fire unit", exact=False).first.click()
    expect(start.locator("body")).to_have_attribute("data-path", "system/patriot")
    price = start.locator("#unit_price")
    if not price.evaluate("node => node.open"):
        price.locator("summary").click()
    rivals = price.get_by_role("row")
    expect(rivals.filter(has_text="chosen")).to_have_count(1)
    expect(rivals.filter(has_text="lost:").first).to_be_visible()
    rivals.filter(has_text="chosen").locator('a[href*="source/"]').first.click()
    expect(start.locator("body")).to_have_attribute("data-path", re.compile("^source/"))
