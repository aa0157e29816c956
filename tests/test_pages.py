"""What all pages share: paths and links, numbers that are reckoned again, twins, whole sites."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import partial
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.pages.catalogue import page_at
from counterpoise.pages.evaluate import value_at, view_rows
from counterpoise.pages.links import hrefs, place_of, relative
from counterpoise.pages.page import path_of, read_path
from counterpoise.pages.shell import Frame, render
from counterpoise.pages.site import Site, open_site
from counterpoise.pages.twins import as_csv, as_json
from counterpoise.pages.write import stored_paths, write_site
from counterpoise.publish.blocks import Chart
from counterpoise.publish.picture import png, standing_alone

EVERY = Frame(lambda path: True)
NUMBER = re.compile(r'<data value="([^"]+)" data-address="([^"]*)" data-decimals="(-?\d+)"')


def opened(folder: Path) -> Site:
    return open_site(load(), folder)


@pytest.fixture(scope="module")
def site(yearly_runs: Path) -> Site:
    return opened(yearly_runs)


@given(
    st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True), min_size=1, max_size=3),
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,9}", fullmatch=True), st.text(min_size=1, max_size=12), max_size=3
    ),
)
def test_a_path_is_read_as_it_was_made(parts: list[str], asked: dict[str, str]) -> None:
    found = read_path(path_of(*parts, **asked))
    assert (list(found.parts), dict(found.given)) == (parts, asked)


def test_links_hold_on_disk() -> None:
    assert relative("state/POL", "system/patriot") == "../../system/patriot/index.html"
    assert relative("", "gaps") == "gaps/index.html"
    assert relative("ask/q26/year=2031", "") == "../../../index.html"
    assert relative("gaps", "system/patriot", "rate_2/x y") == (
        "../system/patriot/index.html#rate_2/x%20y"
    )
    assert relative("", "scope/DEU;NLD;POL") == "scope/DEU;NLD;POL/index.html"


def test_addresses_lead_to_pages(site: Site) -> None:
    data = site.dataset
    assert place_of(data, "system/patriot/unit_price/low") == ("system/patriot", "unit_price")
    assert place_of(data, "question/q26/year=2031/results/1/value") == ("ask/q26/year=2031", "")
    assert place_of(data, "run/latest/shortfall/together") == ("run/latest", "figures")
    assert place_of(data, "system/no-such-thing") == ("", "")
    assert place_of(data, "source/no-such-source") == ("", "")
    href = hrefs(data, "state/POL", {"system/patriot"}.__contains__)
    assert href("system/patriot/unit_price") == "../../system/patriot/index.html#unit_price"
    assert href("state/DEU") == "" == href("")


def test_values_are_reckoned_again(site: Site) -> None:
    price = site.dataset.chosen["system/patriot", "unit_price", "", ""]
    assert value_at(site, "system/patriot/unit_price") == price.value
    assert value_at(site, "system/patriot/unit_price/high") == price.high
    assert value_at(site, f"observation/{price.id}/low") == price.low
    assert site.run is not None
    together = pl.col("behaviour") == "together"
    cost = site.run.table("summary").row(by_predicate=together, named=True)["cost"]
    assert value_at(site, f"run/{site.run.id}/cost/together") == pytest.approx(cost)
    rows = {row["kind"]: at for at, row in enumerate(_kinds(site), start=1)}
    assert value_at(site, f"view/kinds/{rows['system']}/things") == len(site.dataset.kind("system"))
    for wrong in ("system/patriot/no-such", "view/no-such/1/x", "view/kinds/9999/things"):
        with pytest.raises(NotFound):
            value_at(site, wrong)


def _kinds(site: Site) -> list[dict[str, object]]:
    return view_rows(site, "kinds", {})


@pytest.mark.parametrize("path", ["system/patriot", "list/area", "ask/q26", "ask/deliver", "ask"])
def test_a_page_and_its_twins_say_the_same(site: Site, path: str) -> None:
    page = page_at(site, path)
    html = render(site, page, EVERY)
    rows = list(csv.DictReader(io.StringIO(as_csv(page))))
    told = {(row["address"], float(row["value"])) for row in rows if row["value"]}
    found = {(unescape(address), float(value)) for value, address, _ in NUMBER.findall(html)}
    assert found == told
    plain = json.loads(as_json(page, "r"))
    assert [dict(zip(plain["columns"], row, strict=True)) for row in plain["rows"]] == [
        {**row, "value": float(row["value"]) if row["value"] else None} for row in rows
    ]
    assert "style=" not in html and "<script>" not in html
    assert len(re.findall(r'\sid="([^"]+)"', html)) == len(set(re.findall(r'\sid="([^"]+)"', html)))


def test_numbers_of_answers_are_those_of_their_addresses(site: Site) -> None:
    for path in ("ask/q26/place=POL", "ask/q25/crewed=40", "ask/deliver/units=4"):
        html = render(site, page_at(site, path), EVERY)
        for value, address, _ in NUMBER.findall(html)[::5]:
            assert value_at(site, unescape(address)) == pytest.approx(float(value)), address


def test_every_step_has_a_page(site: Site) -> None:
    stored = set(stored_paths(site))
    for question in site.catalogue.questions.values():
        if question.kind != "worksheet":
            continue
        page = page_at(site, f"ask/{question.id}")
        for control in page.controls:
            assert sum(choice.current for choice in control.choices) == 1
            for choice in control.choices:
                assert choice.path in stored or choice.current, choice.path


def test_bad_paths_are_told(site: Site) -> None:
    with pytest.raises(NotFound):
        page_at(site, "no/such/page")
    with pytest.raises(NotFound):
        page_at(site, "thing/x")
    with pytest.raises(BadInput, match="2027 to 2035"):
        page_at(site, "ask/q26/year=1900")


def test_a_site_is_written_whole(yearly_runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    paths = ["", "ask", "system/patriot"]
    assert write_site(partial(opened, yearly_runs), out, paths, workers=1) == 3
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"index.html", "index.csv", "index.json", "system/patriot/index.html"} <= names
    assert {"assets/site.css", "assets/site.js", "assets/index.js"} <= names
    start = (out / "index.html").read_text(encoding="utf-8")
    assert "http://" not in start.replace("http://www.w3.org", "") and "https://" not in start
    with pytest.raises(NotFound, match=r"^nothing is called 'no/such'"):
        write_site(partial(opened, yearly_runs), out, ["no/such"], workers=1)
    assert (out / "index.html").read_text(encoding="utf-8") == start
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="a site to replace"):
        write_site(partial(opened, yearly_runs), other, paths)
    assert (other / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_drawing_stands_alone() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="90"><g/></svg>'
    chart = Chart(("Cover of <need>",), svg, "a")
    found = standing_alone(chart, "Counterpoise, release r & run 1")
    assert "Cover of &lt;need&gt;" in found and "release r &amp; run 1" in found
    assert png(found).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="size"):
        standing_alone(Chart(("x",), "<svg/>", "a"), "s")
