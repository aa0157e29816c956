"""Pages of things: figures that open, links in tables, what types and lines tell, dates."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from counterpoise.data.load import load
from counterpoise.errors import NotFound
from counterpoise.pages import by_year, supply
from counterpoise.pages.catalogue import page_at
from counterpoise.pages.evaluate import value_at
from counterpoise.pages.links import anchor_of
from counterpoise.pages.page import Page
from counterpoise.pages.shell import Frame, render
from counterpoise.pages.site import Site, open_site
from counterpoise.pages.twins import rows_of
from counterpoise.publish.blocks import Chart, Opened, PageBlock, Table
from counterpoise.publish.theme import plain
from counterpoise.world.delivery import Order, delivery_dates
from counterpoise.world.lines import controllers_of

PATRIOT = "system/patriot"
LINE = "line/patriot-fire-unit-usa"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The release without any run: pages of things need none."""
    return open_site(load(), tmp_path_factory.mktemp("runs"))


def blocks_of(page: Page) -> list[PageBlock]:
    """All blocks of a page, those that lie in others too."""
    found: list[PageBlock] = []
    left = list(page.blocks)
    while left:
        block = left.pop(0)
        found.append(block)
        if isinstance(block, Opened):
            left = [*block.blocks, *left]
    return found


def captions(page: Page) -> list[str]:
    return [plain(block.caption) for block in blocks_of(page) if isinstance(block, Table)]


def test_all_numbers_of_a_types_page_are_found_again(site: Site) -> None:
    for path in (PATRIOT, LINE, "state/POL", "order/pol-patriot-2023", "company/kongsberg"):
        if path not in site.dataset.things:
            continue
        told = [row for row in rows_of(page_at(site, path)) if row["value"] is not None]
        assert told, path
        for row in told:
            assert math.isclose(value_at(site, row["address"]), row["value"], rel_tol=1e-9), row


def test_dates_of_a_line_are_those_of_deliver(site: Site) -> None:
    area = site.dataset.target(PATRIOT, "fills")
    rows = supply.arrivals(site, area)
    row = next(row for row in rows if row["line"] == LINE)
    found = site.next_units[LINE]
    again = delivery_dates(
        site.view.delivery_world(), Order(LINE, "state/ESP", 1.0, found.order.ordered)
    )
    assert (row["low"], row["value"], row["high"]) == tuple(
        again.first.at(share) for share in (0.1, 0.5, 0.9)
    )
    assert row["low"] <= row["value"] <= row["high"]
    assert [each["value"] for each in rows] == sorted(each["value"] for each in rows)
    shown = [block for block in blocks_of(page_at(site, LINE)) if isinstance(block, Chart)]
    assert row["value"] in [value for _, value, _ in shown[0].data]


def test_every_line_that_can_be_ordered_has_its_dates_drawn(site: Site) -> None:
    for line in site.view.delivery_world().lines:
        page = page_at(site, line.address)
        marks = [
            label for block in page.blocks if isinstance(block, Chart) for label, _, _ in block.data
        ]
        expected = math.isfinite(site.next_units[line.address].first.at(0.5))
        assert (site.dataset.things[line.address].name in marks) == expected, line.address


def test_values_stand_side_by_side_with_their_rivals(site: Site) -> None:
    data = site.dataset
    rows = supply.values(site, PATRIOT)
    subjects = (PATRIOT, *supply.lines_of(data, PATRIOT))
    stated = [item for item in data.observations if item.subject in subjects]
    assert len(rows) == len(stated)
    chosen = [row for row in rows if row["outcome"] == "chosen"]
    assert {row["address"] for row in chosen} == {
        data.chosen[key].address for subject in subjects for key in data.by_subject[subject]
    }
    lost = [row for row in rows if row["outcome"] != "chosen"]
    assert lost
    assert all(row["outcome"].startswith("lost: ") and not row["address"] for row in lost)


def test_controllers_are_those_that_the_world_counts(site: Site) -> None:
    for system in site.dataset.kind("system"):
        rows = supply.controllers(site, system.address)
        assert tuple(row["state"] for row in rows) == controllers_of(site.dataset, system.address)
        assert all(row["by"] for row in rows)
    gripen = {row["state"]: row["by"] for row in supply.controllers(site, PATRIOT)}
    assert gripen == {"state/USA": "regime/ITAR"}


def test_the_queue_adds_up_to_the_orders_ahead(site: Site) -> None:
    ahead = site.next_units[LINE].ahead
    rows = supply.queue(site, LINE)
    assert [row["units"] for row in rows] == [item.units for item in ahead]
    assert all(row["units"] > 0 for row in rows)


def test_a_figures_place_lies_on_its_page(site: Site) -> None:
    for path in (PATRIOT, "state/POL"):
        page = page_at(site, path)
        html = render(site, page, Frame(lambda path: True))
        for key in site.dataset.by_subject[path]:
            place = anchor_of(site.dataset.chosen[key].address)
            assert html.count(f'id="{place}"') == 1, place


def test_long_lists_of_links_are_folded_and_kept_in_the_data(site: Site) -> None:
    page = page_at(site, "state/DEU")
    html = render(site, page, Frame(lambda path: True))
    assert len(html) < 250_000
    names = {row["text"] for row in rows_of(page) if row["column"] == "name"}
    others = {site.dataset.things[link.subject].name for link in site.dataset.links_to[page.path]}
    assert others <= names
    assert not [block for block in page.blocks if isinstance(block, Table) and len(block.rows) > 60]


def test_a_series_needs_three_years_and_a_drawing_gives_them_all(site: Site) -> None:
    data = site.dataset
    panels = {panel.name: panel for panel in by_year.series(data, "state/POL")}
    points = panels["gdp eur"].points
    keys = [key for key in data.by_subject["state/POL"] if key[1] == "gdp_eur" and not key[3]]
    assert [point.year for point in points] == sorted(int(key[2]) for key in keys)
    assert all(len(panel.points) >= 3 for panel in panels.values())
    assert by_year.series(data, PATRIOT) == []


def test_unknown_paths_name_near_ones(site: Site) -> None:
    for path in ("system/patriott", "line/patriot", "state/XXX"):
        with pytest.raises(NotFound) as error:
            page_at(site, path)
        assert error.value.suggestions


def test_a_run_tells_what_a_figure_moves(site: Site, tmp_path: Path) -> None:
    assert site.effects == {}
    assert captions(page_at(site, PATRIOT))
