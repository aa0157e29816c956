"""Pages of the plan: start, gaps, maps, states, runs, comparisons, shocks, pathways."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import polars as pl
import pytest
from typer.testing import CliRunner

from counterpoise import runs
from counterpoise.cli import app
from counterpoise.cli import site as site_command
from counterpoise.cli.request import Request
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.asking import value_of
from counterpoise.pages.catalogue import page_at
from counterpoise.pages.evaluate import value_at, view_rows
from counterpoise.pages.gap_rows import DEFAULTS, YEARS
from counterpoise.pages.gaps import planned, regions
from counterpoise.pages.plan_paths import plan_paths
from counterpoise.pages.ranged import ranged, ranged_table
from counterpoise.pages.run_views import firmness
from counterpoise.pages.shell import Frame, render
from counterpoise.pages.site import Site, open_site
from counterpoise.pages.variants import menu, variant
from counterpoise.pages.write import stored_paths
from counterpoise.publish.blocks import Chart, Number, Table, parts
from counterpoise.publish.map_panels import map_panels
from counterpoise.publish.order_bars import order_bars
from counterpoise.publish.slope import slope
from counterpoise.publish.small_lines import small_lines
from counterpoise.publish.stacked import stacked
from counterpoise.publish.theme import plain
from counterpoise.questions.plans import no_planning
from counterpoise.questions.run_years import state_years, yearly
from counterpoise.verify import Report, check_digests, lines_of, verify
from small_site import read_html

EVERY = Frame(lambda path: True)
NUMBER = re.compile(r'<data value="([^"]+)" data-address="([^"]*)" data-decimals="(-?\d+)"')


@pytest.fixture(scope="module")
def site(labelled_runs: Path) -> Site:
    return open_site(load(), labelled_runs)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return open_site(load(), tmp_path_factory.mktemp("no-runs"))


def html_of(site: Site, path: str) -> str:
    return render(site, page_at(site, path), EVERY)


def some_paths(site: Site) -> list[str]:
    assert site.run is not None
    return [
        "",
        "gaps",
        "gaps/place=POL/us_part=left-out",
        "gaps/place=rp-north/behaviour=alone/year=2033",
        "map",
        "map/shows=spending",
        "map/shows=orders",
        "state/POL",
        "state/USA",
        f"run/{site.run.id}",
        "runs",
        "compare",
        "shock",
        "pathways",
    ]


# ------------------------------------------------------------------ paths of variants


def test_a_variant_has_one_path() -> None:
    assert variant("gaps", DEFAULTS) == "gaps"
    assert variant("gaps", DEFAULTS, year="2031", place="POL") == "gaps/place=POL/year=2031"
    assert variant("gaps", DEFAULTS, place="NATO-EUR", behaviour="together") == "gaps"
    found = menu("gaps", DEFAULTS, {"place": "POL"}, "year", "Year", ["2030", "2031"])
    assert [choice.path for choice in found.choices] == [
        "gaps/place=POL",
        "gaps/place=POL/year=2031",
    ]
    assert [choice.current for choice in found.choices] == [True, False]


# ------------------------------------------------------------------ figures with ranges


def test_a_range_stands_in_brackets_where_it_says_something() -> None:
    row = {"need": 20.0, "need_low": 15.0, "need_high": 26.4, "held": 4.0, "held_low": 4.0,
           "held_high": 4.0, "gone": None}  # fmt: skip
    told = ranged(row, "need", "view/gaps/1", "%")
    assert plain(told) == "20% [15\u00a0to\u00a026.4]"
    addresses = [part.address for part in told if isinstance(part, Number)]
    assert addresses == ["view/gaps/1/need", "view/gaps/1/need_low", "view/gaps/1/need_high"]
    assert plain(ranged(row, "held", "view/gaps/1")) == "4"
    assert plain(ranged(row, "gone", "view/gaps/1")) == "none"
    year = {"figure": 2029.75, "figure_low": 2029.0, "figure_high": 2031.0, "unit": "year"}
    assert plain(ranged(year, "figure", "x")) == "2029.8 [2029\u00a0to\u00a02031]"


def test_what_is_mostly_assumed_is_hatched(site: Site) -> None:
    rows = [{"open": 5.0, "assumed": 60.0}, {"open": 5.0, "assumed": 40.0}]
    found = ranged_table(site.dataset, "x", rows, "view/x", {"open": "open", "assumed": "%"})
    assert [row[0].hatched for row in found.rows] == [True, False]
    stated = [{"units": 5.0, "basis": "assumed"}, {"units": 5.0, "basis": "reported"}]
    found = ranged_table(site.dataset, "x", stated, "view/x", {"units": "units", "basis": "basis"})
    assert [row[0].hatched for row in found.rows] == [True, False]


# ------------------------------------------------------------------ deliveries by year, by hand


@dataclass(frozen=True)
class Told(runs.Run):
    """A run whose tables are given."""

    given: dict[str, pl.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        return self.given[name]

    def tables(self) -> list[str]:
        return sorted(self.given)


def told_run(stability: bool) -> Told:
    cell = {"behaviour": "together", "place": "state/POL", "area": "area/mbt", "need": 10.0,
            "held": 4.0, "arriving": 1.0, "us_part": 0.0}  # fmt: skip
    gaps = pl.DataFrame(
        [
            cell | {"year": 2030, "length": 0.25, "bought": 0.0, "gap": 5.0},
            cell | {"year": 2030, "length": 0.75, "bought": 4.0, "gap": 1.0},
            cell | {"year": 2031, "length": 1.0, "bought": 5.0, "gap": 0.0},
            cell | {"year": 2036, "length": 1.0, "bought": 5.0, "gap": 0.0},
        ]
    )
    order = {"behaviour": "together", "buyer": "state/POL", "area": "area/mbt",
             "system": "system/no-weight"}  # fmt: skip
    orders = [
        order | {"delivery_first": 2030, "delivery_last": 2031, "units": 4.0, "stability": "firm"},
        order | {"delivery_first": 2030, "delivery_last": 2030, "units": 6.0, "stability": "x"},
    ]
    frame = pl.DataFrame(orders)
    summary = pl.DataFrame({"behaviour": ["ordered", "together"]})
    frame = frame if stability else frame.drop("stability")
    return Told(Path("x"), {}, {"gaps": gaps, "summary": summary, "orders": frame})


def test_deliveries_by_year_follow_the_balance(site: Site) -> None:
    """By 2030: 3 of 10 bought on average, of which 2 of 8 units delivered are firm."""
    run = told_run(stability=True)
    rows = state_years(run, site.dataset, "POL", yearly(run))
    assert [row["year"] for row in rows] == [2030, 2031]
    first, second = rows
    assert first["held"] == 40 and first["arriving"] == 10
    assert first["firm"] == pytest.approx(30 * 2 / 8)
    assert first["firm"] + first["other"] == pytest.approx(30)
    assert first["gap"] == pytest.approx(100 * (0.25 * 5 + 0.75 * 1) / 10)
    assert second["firm"] == pytest.approx(50 * 4 / 10) and second["gap"] == 0
    assert state_years(run, site.dataset, "DEU", yearly(run)) == []


def test_without_draws_nothing_is_called_firm(site: Site) -> None:
    run = told_run(stability=False)
    rows = state_years(run, site.dataset, "POL", yearly(run))
    assert [row["firm"] for row in rows] == [0, 0]
    assert rows[1]["other"] == pytest.approx(50)


# ------------------------------------------------------------------ who pays


def test_payers_by_how_firm_their_orders_are() -> None:
    """Signed and later orders aside: 3 firm, of it 1 from loans, 2 preferred; 4 firm of Greece."""
    order = {"behaviour": "together", "ordered": 2030, "eur_bn_loan": 0.0}
    orders = [
        order | {"buyer": "state/POL", "stability": "firm", "eur_bn": 3.0, "eur_bn_loan": 1.0},
        order | {"buyer": "state/POL", "stability": "preferred", "eur_bn": 2.0, "eur_bn_loan": 2.0},
        order | {"buyer": "state/GRC", "stability": "firm", "eur_bn": 4.0},
        order | {"buyer": "state/GRC", "stability": "firm", "eur_bn": 9.0, "ordered": 2036},
        order | {"buyer": "state/GRC", "stability": "firm", "eur_bn": 9.0, "behaviour": "alone"},
    ]
    summary = pl.DataFrame({"behaviour": ["ordered", "alone", "together"]})
    run = Told(Path("x"), {}, {"orders": pl.DataFrame(orders), "summary": summary})
    site = cast(Site, SimpleNamespace(opened=lambda name: run))
    names = ("payer", "firm", "loans", "preferred", "interchangeable", "together")
    assert [tuple(row[name] for name in names) for row in firmness(site, "x")] == [
        ("all states", 7.0, 1.0, 2.0, 0.0, 9.0),
        ("state/GRC", 4.0, 0.0, 0.0, 0.0, 4.0),
        ("state/POL", 3.0, 1.0, 2.0, 0.0, 5.0),
    ]
    bare = Told(Path("x"), {}, {"orders": pl.DataFrame(orders).drop("stability"),
                                "summary": summary})  # fmt: skip
    assert firmness(cast(Site, SimpleNamespace(opened=lambda name: bare)), "x") == []


def test_the_run_page_calls_no_proposed_order_signed(site: Site) -> None:
    assert site.run is not None
    page = page_at(site, f"run/{site.run.id}")
    said = plain(page.lead)
    assert "orders are proposals of the plan, none of them signed" in said
    assert "column “signed before”" in said
    html = unescape(re.sub("<[^>]+>", "", html_of(site, page.path)))
    assert "Who pays the proposed orders by how firm they are" in html
    # A quick run has the plan in fractions alone; the sums name it.
    assert (
        "by the plan together in fractions of units, for orders, premiums on types new to a "
        in html
    )
    assert "state, upkeep and expansions beside all that is signed" in html
    columns = [plain(part) for block in page.blocks if isinstance(block, Table)
               for part in block.columns]  # fmt: skip
    assert "signed before" in columns


# ------------------------------------------------------------------ gaps


def test_present_gaps_are_said_before_those_of_a_plan(site: Site) -> None:
    """Signed orders first, for the same year and US part, with the ranges of their own page."""
    for more in ("", "/us_part=left-out", "/year=2033"):
        planned_one = page_at(site, f"gaps/place=POL{more}")
        path = f"gaps/place=POL/behaviour=ordered{more}"
        signed = plain(page_at(site, path).lead)
        said = plain(planned_one.lead)
        assert "with signed orders alone" in signed and "[" in signed
        assert said.startswith(f"{signed} ")
        assert "even if all plan together" in said.removeprefix(signed)
        assert "plan together" not in signed
    addresses = [part.address for part in planned_one.lead if isinstance(part, Number)]
    assert any("behaviour=ordered" in address for address in addresses)


def test_another_place_is_chosen_under_the_controls(site: Site) -> None:
    html = html_of(site, "gaps/place=POL")
    folded = html.index("<summary>Another place:")
    assert html.index('class="controls"') < folded < html.index('<div id="answer">')
    place = next(item for item in page_at(site, "gaps/place=POL").controls if item.folded)
    stored = set(stored_paths(site))
    paths = {choice.value: choice.path for choice in place.choices}
    assert set(paths.values()) <= stored
    assert {"NATO-EUR", "rp-north", "nordefco", "GBR"} <= set(paths)
    assert [choice.value for choice in place.choices if choice.current] == ["POL"]


def test_gaps_are_the_measures(site: Site) -> None:
    for given in ({"place": "POL"}, {"place": "POL", "behaviour": "ordered", "year": "2033"}):
        rows = view_rows(site, "gaps", given)
        asked = {"behaviour": "together", "year": "2030", **given}
        for row in rows[::6]:
            area = row["area"].split("/")[1]
            for name in ("need", "held", "arriving", "bought"):
                assert row[name] == pytest.approx(
                    value_of(site.view, name, area=area, **asked).value
                )
            share = value_of(site.view, "gap_share", area=area, **asked).value
            assert row["open"] == pytest.approx(share, abs=1e-6)
            assert row["need_low"] <= row["need"] <= row["need_high"]
            assert row["open_low"] <= row["open"] + 1e-9 and row["open"] <= row["open_high"] + 1e-9


def test_without_the_us_part_no_gap_is_smaller(site: Site) -> None:
    counted = {row["area"]: row for row in view_rows(site, "gaps", {"behaviour": "ordered"})}
    left = view_rows(site, "gaps", {"behaviour": "ordered", "us_part": "left-out"})
    assert all(row["us_part"] == 0 for row in left)
    assert all(row["gap"] >= counted[row["area"]]["gap"] - 1e-9 for row in left)
    assert any(row["gap"] > counted[row["area"]]["gap"] + 1 for row in left)
    world = view_rows(site, "gaps", {"behaviour": "ordered", "scenario": "us-gone", "year": "2034"})
    gone = {row["area"]: row["gap"] for row in world}
    same = view_rows(site, "gaps", {"behaviour": "ordered", "us_part": "left-out", "year": "2034"})
    assert all(row["gap"] == pytest.approx(gone[row["area"]], abs=1e-6) for row in same)


def test_equal_weights_give_the_shortfall(site: Site) -> None:
    for place in ("NATO-EUR", "POL"):
        given = {"place": place, "behaviour": "ordered"}
        rows = {
            row["weights"]: row["percent_years"] for row in view_rows(site, "gap-weights", given)
        }
        short = value_of(site.view, "shortfall", **given).value
        assert next(iter(rows.values())) == pytest.approx(short)
        assert len(rows) > 1 and len(set(rows.values())) > 1


def test_regional_plans_are_places(site: Site) -> None:
    north = site.view.place("rp-north")
    assert "state/NOR" in north.states and "state/POL" not in north.states
    named = {item.address for item in regions(site)}
    assert {"scope/EU27", "regional-plan/rp-centre", "arrangement/nordefco"} <= named
    assert "scope/World" not in named


# ------------------------------------------------------------------ all pages


def test_numbers_are_those_of_their_addresses(site: Site) -> None:
    for path in some_paths(site):
        found = NUMBER.findall(html_of(site, path))
        assert found or path in ("shock", "compare", "pathways"), path
        for value, address, _ in found[:: max(1, len(found) // 12)]:
            assert value_at(site, unescape(address)) == pytest.approx(float(value)), (path, address)


def test_every_menu_leads_to_stored_pages(site: Site) -> None:
    stored = set(stored_paths(site))
    free = {"gaps/place=rp-north/behaviour=alone/year=2033"}
    for path in some_paths(site):
        assert path in stored or path in free
        page = page_at(site, path)
        for control in (*page.controls, *page.settings):
            assert sum(choice.current for choice in control.choices) == 1, (path, control.name)
    for code in planned(site):
        assert {
            f"state/{code}",
            f"gaps/place={code}",
            f"gaps/place={code}/us_part=left-out",
        } <= stored
    assert {f"gaps/year={year}" for year in YEARS if year != 2030} <= stored
    assert {item.address for item in site.dataset.kind("state")} <= stored


def test_pages_of_any_state_have_the_same_layout(site: Site) -> None:
    def heads(path: str) -> list[str]:
        return re.findall(r"<h2[^>]*>(.*?)</h2>", html_of(site, path))

    own = heads("state/POL")[:7]
    assert own[0] == "Gaps" and own == heads("state/ISL")[:7] == heads("state/USA")[:7]


def test_bad_arguments_are_told(site: Site) -> None:
    for path in (
        "gaps/place=Atlantis",
        "gaps/year=1900",
        "gaps/us_part=perhaps",
        "gaps/no_such=1",
        "map/shows=weather",
        "map/behaviour=none",
    ):
        with pytest.raises(BadInput):
            page_at(site, path)
    for path in ("state/XXX", "run/none-such", "run", "compare/second=none-such", "compare/x=1"):
        with pytest.raises(NotFound):
            page_at(site, path)


def test_the_run_page_says_what_the_verifier_finds(labelled_runs: Path, tmp_path: Path) -> None:
    """Found once and kept; a server, where nothing may take long, tells only what is kept."""
    folder = shutil.copytree(labelled_runs, tmp_path / "runs")
    shutil.rmtree(folder / ".answers", ignore_errors=True)
    served, site = open_site(load(), folder, no_planning), open_site(load(), folder)
    assert site.run is not None
    path = f"run/{site.run.id}"
    assert "says:" not in html_of(served, path)
    *_, checked, largest, verdict = lines_of(verify(site.run.path))
    shown = unescape(re.sub("<[^>]+>", "", html_of(site, path)))
    assert f"says: {verdict}." in shown and largest[1:] in shown and checked[1:] in shown
    assert f"says: {verdict}." in unescape(html_of(served, path))


def test_addresses_inside_a_run_lead_to_places_on_its_page(site: Site, labelled_runs: Path) -> None:
    assert site.run is not None
    ids = set(re.findall(r'\sid="([^"]+)"', html_of(site, f"run/{site.run.id}")))
    assert {"orders", "state/POL", "state/GBR"} <= ids
    inside = page_at(site, f"run/{site.run.id}/state/POL")
    assert inside.path == f"run/{site.run.id}"


def test_without_a_run_pages_say_how_to_make_one(
    bare: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(view_rows(bare, "pathway-cells", {})) == 56
    monkeypatch.setattr(runs, "SHIPPED", tmp_path)
    for path, command in (("", "plan"), ("runs", "plan"), ("compare", "plan"), ("shock", "plan"),
                          ("pathways", "pathways")):  # fmt: skip
        assert f"counterpoise {command}" in unescape(html_of(bare, path)), path
    for path in ("gaps", "gaps/place=POL", "map", "map/shows=orders", "state/POL", "state/USA"):
        html_of(bare, path)
    assert {row["behaviour"] for row in view_rows(bare, "cover-years", {})} == {"ordered"}
    assert not any(path.startswith("run/") for path in stored_paths(bare))


def test_the_start_page_is_small_and_leads_on(site: Site) -> None:
    html = html_of(site, "")
    assert len(html) < 60_000
    assert html.count('class="headline"') >= 3 and html.count("Range:") >= 3
    for path in ("gaps/place=POL/us_part=left-out", "ask/q26", "decide", "rights"):
        assert f'href="{path}/index.html"' in html, path


def test_what_a_state_pays_is_what_it_buys(site: Site) -> None:
    for state in ("GRC", "POL", "HRV"):
        for row in view_rows(site, "state-money", {"state": state}):
            bought = row["purchases"] + row["premiums"] + row["upkeep"] + row["expansions"]
            assert bought == pytest.approx(row["national"] + row["loans"], abs=1e-9), row


def test_weights_rank_the_areas_and_add_up(site: Site) -> None:
    totals = {
        row["weights"].split("/")[-1]: row["percent_years"]
        for row in view_rows(site, "gap-weights", {})
    }
    assert len(totals) > 2
    orders, stored = set(), set(stored_paths(site))
    for weights, total in totals.items():
        rows = view_rows(site, "gaps", {"weights": weights})
        parts = [row["weighed"] for row in rows]
        assert sum(parts) == pytest.approx(total)
        assert weights == "equal" or parts == sorted(parts, reverse=True)
        orders.add(tuple(row["area"] for row in rows))
        assert variant("gaps", DEFAULTS, weights=weights) in stored
    assert len(orders) == len(totals)


def test_a_state_sits_where_it_votes(site: Site) -> None:
    for state in ("FRA", "USA", "RUS"):
        rows = view_rows(site, "state-bodies", {"state": state})
        assert "body/unsc" in {row["body"] for row in rows}, state


def test_a_comparison_says_why(site: Site, labelled_runs: Path) -> None:
    assert site.run is not None
    same = page_at(site, f"compare/first={site.run.id}/second={site.run.id}")
    assert "asked for the same" in render(site, same, EVERY)
    given = {"first": site.run.id, "second": site.run.id}
    assert view_rows(site, "compare-areas", given) == []


def test_a_whole_site_over_one_run_plans_another_to_compare_with(
    labelled_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Request] = []
    monkeypatch.setattr(site_command, "plan_run", lambda request, *_: asked.append(request))
    monkeypatch.setattr(site_command, "write_site", lambda *_: 0)
    for folder, more in ((labelled_runs, ["--only", "gaps"]), (tmp_path, []), (labelled_runs, [])):
        assert not asked
        given = ["site", "--runs", str(folder), "--out", str(tmp_path / "site"), *more]
        assert CliRunner().invoke(app, given).exit_code == 0
    assert [(item.scenario, item.quick) for item in asked] == [("us-gone", True)]


# ------------------------------------------------------------------ drawings


def marks(chart: Chart) -> dict[str, float]:
    assert chart.svg.lstrip().startswith("<svg")
    return {label: value for label, value, _ in chart.data}


def test_drawings_hold_a_mark_for_each_row() -> None:
    look = {"caption": parts("x"), "alternative": "x"}
    years = pl.DataFrame(
        {"series": ["a", "b", "gap"], "x": [2030, 2030, 2030], "value": [1.0, 2.0, 3.0]}
    )
    assert marks(stacked(years, line="gap", **look)) == {"a, 2030": 1, "b, 2030": 2, "gap, 2030": 3}
    moves = pl.DataFrame({"label": ["up", "down"], "value": [1.0, 5.0], "later": [2.0, 4.0]})
    found = slope(moves, before="one", after="two", **look)
    ends = {"up, one": 1, "up, two": 2, "down, one": 5, "down, two": 4}
    assert marks(found) == ends and "rises" in found.svg
    orders = pl.DataFrame({"label": ["A"], "x": [2027.0], "value": [2031.0], "share": [0.4],
                           "series": ["firm"]})  # fmt: skip
    assert marks(order_bars(orders, **look)) == {"A, firm": 2031}
    panels = pl.DataFrame({"panel": ["p", "p", "q"], "series": ["s"] * 3, "x": [2027, 2028, 2027],
                           "value": [80.0, 81.0, 82.0]})  # fmt: skip
    assert len(marks(small_lines(panels, **look))) == 3
    maps = pl.DataFrame({"panel": ["2030", "2031"], "label": ["POL", "POL"], "value": [50.0, 60.0],
                         "assumed": [True, False]})  # fmt: skip
    drawn = map_panels(maps, parts("x"), alternative="x")
    assert marks(drawn) == {"POL, 2030": 50, "POL, 2031": 60}
    assert drawn.svg.count('id="of-POL"') == 1 and drawn.svg.count('href="#of-POL"') == 3


# ------------------------------------------------------------------ pages beside a run


def test_a_plan_writes_its_first_pages(
    labelled_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "runs"
    shutil.copytree(labelled_runs, folder)
    run = runs.open_run("latest", folder)
    site = open_site(load(), folder)
    listed = plan_paths(site)
    assert {"", "gaps", "gaps/behaviour=ordered", "state/POL", f"run/{run.id}"} <= set(listed)
    assert set(listed) <= set(stored_paths(site))
    monkeypatch.setattr(site_command, "plan_paths", lambda site: ["", "runs"])
    first = site_command.write_pages(run, folder, lambda text: None)
    assert first == run.path / "site" / "index.html"
    assert "runs/index.html" in read_html(first).links
    again = runs.open_run(run.id, folder)
    report = Report()
    check_digests(again.path, again.meta, report)
    assert report.findings == []
    (run.path / "stray").write_text("x", encoding="utf-8")
    check_digests(again.path, again.meta, report)
    assert [item.place for item in report.findings] == ["stray"]
