"""Pages of things: figures that open, links in tables, what types and lines tell, dates."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from counterpoise.cli.ask import question_list
from counterpoise.cli.formats import format_list
from counterpoise.cli.measure import measure_list
from counterpoise.data import views as data_views
from counterpoise.data.citations import sources
from counterpoise.data.conflicts import conflict_rows
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.evaluate import MEASURES
from counterpoise.pages import by_year, supply, texts
from counterpoise.pages.catalogue import page_at
from counterpoise.pages.conflicts import rivals
from counterpoise.pages.evaluate import value_at
from counterpoise.pages.figures import figure_lines
from counterpoise.pages.links import anchor_of, hrefs, place_of
from counterpoise.pages.lists import listing
from counterpoise.pages.measure_pages import names
from counterpoise.pages.page import Page
from counterpoise.pages.roles import role_tables
from counterpoise.pages.scenarios import events
from counterpoise.pages.shell import Frame, render
from counterpoise.pages.site import Site, open_site
from counterpoise.pages.sources import bases, decided, grades
from counterpoise.pages.twins import rows_of
from counterpoise.pages.write import stored_paths
from counterpoise.publish.blocks import (
    Chart,
    Heading,
    Number,
    Opened,
    PageBlock,
    Paragraph,
    Table,
)
from counterpoise.publish.html_blocks import Body, inline
from counterpoise.publish.names import called
from counterpoise.publish.theme import plain
from counterpoise.questions.lever_rows import lever_list
from counterpoise.world.delivery import Order, delivery_dates
from counterpoise.world.lines import controllers_of
from counterpoise.world.scenario import names as scenario_names
from counterpoise.world.scenario import read_scenario

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
    for path in (PATRIOT, LINE, "state/POL", "order/pol-patriot-2023", "company/saab"):
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
        assert (called(site.dataset, line.address) in marks) == expected, line.address


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
    found = {row["state"]: row["by"] for row in supply.controllers(site, PATRIOT)}
    assert found == {"state/USA": "regime/ITAR"}


def test_the_queue_adds_up_to_the_orders_ahead(site: Site) -> None:
    ahead = site.next_units[LINE].ahead
    rows = supply.queue(site, LINE)
    assert [row["units"] for row in rows] == [item.units for item in ahead]
    assert all(row["units"] > 0 for row in rows)


def test_a_figures_place_lies_on_its_page(site: Site) -> None:
    for path in (PATRIOT, "state/POL", "scope/EU27"):
        page = page_at(site, path)
        html = render(site, page, Frame(lambda path: True))
        for key in site.dataset.by_subject[path]:
            place = anchor_of(site.dataset.chosen[key].address)
            assert html.count(f'id="{place}"') == 1, place


def test_long_lists_of_links_are_folded_and_kept_in_the_data(site: Site) -> None:
    data = site.dataset
    for place in ("state/DEU", "state/POL", "area/mbt", "scope/EU27"):
        folded = (*figure_lines(site, place), *role_tables(data, place))
        page = Page(place, "", (), folded, ())
        assert len("".join(Body(folded, hrefs(data, place, lambda path: True)).lines)) < 240_000
        names = {row["text"] for row in rows_of(page) if row["column"] == "name"}
        assert {called(data, link.subject) for link in data.links_to[place]} <= names
        open_ones = [block for block in folded if isinstance(block, Table)]
        assert all(len(block.rows) <= 60 for block in open_ones)


def test_a_linked_number_needs_no_title_and_another_has_one() -> None:
    shown = Number(2.0, "state/POL/x", "2", 0)
    assert "title=" in inline((shown,))
    assert "title=" not in inline((shown,), lambda address: "there")


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


# Lists, sources, conflicts, measures, method, limits, scenarios.

LISTED = ("sources", "conflicts", "measures", "questions", "formats", "levers")


@pytest.fixture(scope="module")
def known(site: Site) -> frozenset[str]:
    """The paths of all pages."""
    return frozenset(stored_paths(site))


def test_every_address_that_list_prints_has_a_page(site: Site, known: frozenset[str]) -> None:
    data = site.dataset
    for kind in data.schema.kinds:
        for row in data_views.listing(data, kind):
            assert row["address"] in known, row["address"]
    assert {row["address"] for row in sources(data)} <= known
    assert {f"measure/{row['measure']}" for row in measure_list()} <= known
    assert {f"ask/{row['id']}" for row in question_list()} <= known
    assert {f"lever/{row['lever']}" for row in lever_list(data)} <= known
    assert {f"arrangement/{row['format']}" for row in format_list(data)} <= known
    for row in conflict_rows(data, {}):
        for address in filter(None, (row["figure"], row["conflict"])):
            path, anchor = place_of(data, address)
            assert path in known
            assert not row["figure"] or address != row["figure"] or anchor
    assert {f"scenario/{name}" for name in scenario_names()} <= known


def test_every_list_is_whole_and_none_is_too_long(site: Site, known: frozenset[str]) -> None:
    frame = Frame(known.__contains__)
    for kind in (*(item for item in site.dataset.schema.kinds if site.dataset.kind(item)), *LISTED):
        whole = len(listing(site, kind))
        paths = [path for path in known if path.split("/part=")[0] == f"list/{kind}"]
        shown = 0
        for path in paths:
            page = page_at(site, path)
            tables = [block for block in page.blocks if isinstance(block, Table)]
            shown += sum(len(table.rows) for table in tables)
            assert len(render(site, page, frame)) < 300_000, path
        assert shown == whole, kind


def test_a_list_has_no_part_that_isnt_there(site: Site) -> None:
    for path in ("list/system/part=99", "list/system/part=x", "list/system/letter=a"):
        with pytest.raises(BadInput):
            page_at(site, path)
    with pytest.raises(NotFound):
        page_at(site, "list/nothing")


def test_a_source_tells_the_figures_that_it_decides(site: Site) -> None:
    data = site.dataset
    for key in list(data.sources)[::97]:
        page = page_at(site, f"source/{key}")
        deciding = [item for item in data.chosen.values() if key in item.sources]
        assert len(decided(site, key)) == len(deciding)
        assert data.sources[key].licence in plain(page.standing)
        stated = {row["address"] for row in rows_of(page) if row["value"] is not None}
        assert {item.address for item in deciding if item.value is not None} <= stated
    with pytest.raises(NotFound):
        page_at(site, "source/no-such-source")


def test_figures_by_basis_add_up(site: Site) -> None:
    whole = bases(site)[-1]
    assert whole["figures"] == len(site.dataset.chosen)
    parts = ("reported", "estimated", "derived", "assumed", "rule")
    assert sum(whole[name] for name in parts) == whole["figures"]
    assert sum(row["sources"] for row in grades(site)) == len(site.dataset.sources)


def test_rivals_are_told_in_percent_of_the_chosen(site: Site) -> None:
    rows = rivals(site)
    assert rows
    for row in rows:
        chosen = site.dataset.chosen[site.dataset.key(row["figure"])]
        if row["outcome"] == "chosen":
            assert row["value"] == pytest.approx(100)
        else:
            values = {item.value for item in site.dataset.figures[chosen.key]}
            assert any(
                value is not None and math.isclose(value, row["value"] / 100 * (chosen.value or 0))
                for value in values
            )


def test_every_measure_has_its_definition_and_most_an_example(site: Site) -> None:
    shown = 0
    for name in names():
        page = page_at(site, f"measure/{name}")
        definition = (ALL.get(name) or MEASURES[name]).definition
        first = re.sub("`([^`]+)`", r"“\1”", definition.split("\n\n")[0])
        assert plain(page.lead) == " ".join(first.split())
        numbers = [row for row in rows_of(page) if row["value"] is not None]
        shown += bool(numbers)
        for row in numbers:
            again = value_at(site, row["address"])
            assert again == pytest.approx(row["value"], rel=1e-9), row["address"]
    assert shown >= len(ALL) * 0.9


def test_the_limits_are_told_in_one_place() -> None:
    docs = Path(__file__).parents[1] / "docs"
    for name in ("limits", "figures"):
        assert (docs / f"{name}.md").read_text(encoding="utf-8") == texts.text(name)
    said = [plain(block.content) for block in texts.blocks("limits") if isinstance(block, Heading)]
    assert "What is known, and what isn't" in said


def test_a_text_becomes_blocks() -> None:
    assert [type(block) for block in texts.blocks("figures")][:3] == [Paragraph, Heading, Table]
    parts = list(texts.inline("**Range.** See `why` or [trust](trust.md), 5 times."))
    assert plain(parts) == "Range. See “why” or trust, 5 times."


def test_the_method_tells_terms_rules_and_measures(site: Site) -> None:
    found = captions(page_at(site, "method"))
    assert any("linear problem" in caption for caption in found)
    rules = next(table for table in blocks_of(page_at(site, "method"))
                 if isinstance(table, Table) and "Rules" in plain(table.caption))  # fmt: skip
    assert len(rules.rows) == len(site.dataset.kind("rule"))


def test_a_scenario_gives_its_file_and_its_events(site: Site, tmp_path: Path) -> None:
    for name in scenario_names():
        page = page_at(site, f"scenario/{name}")
        file = tmp_path / f"{name}.toml"
        file.write_bytes(page.files[f"{name}.toml"]())
        again = read_scenario(str(file), site.dataset)
        rows = events(site, name)
        assert len(rows) == len(again.events) == len(read_scenario(name, site.dataset).events)
        assert [row["amount"] for row in rows] == [event.amount for event in again.events]


def test_links_lead_only_to_pages(site: Site, known: frozenset[str]) -> None:
    frame = Frame(known.__contains__)
    for path in ("sources", "conflicts", "method", "limits", PATRIOT, LINE, "scenario/us-gone"):
        html = render(site, page_at(site, path), frame)
        here = Path("/site") / path
        for link in re.findall(r'href="([^"#]+)index\.html', html):
            place = Path(os.path.normpath(here / unquote(link))).relative_to("/site")
            assert str(place).removeprefix(".") in known or str(place) == ".", link
