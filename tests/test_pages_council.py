"""Pages of decisions, formats, command and rights: hand-worked rows, matrices, links, bad words."""

from __future__ import annotations

import math
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote

import pytest
import vl_convert

from counterpoise.cooperation.blockers import objectors, passing
from counterpoise.cooperation.command_asked import read_command
from counterpoise.cooperation.passage import PASSES, STOPPED, passes
from counterpoise.data.load import load
from counterpoise.data.records import short
from counterpoise.errors import BadInput, CounterpoiseError, NotFound
from counterpoise.measures.view import View
from counterpoise.pages.catalogue import page_at
from counterpoise.pages.evaluate import value_at, view_rows
from counterpoise.pages.page import Page
from counterpoise.pages.registry import PAGES
from counterpoise.pages.shell import Frame, charts_of, render
from counterpoise.pages.site import Site, open_site
from counterpoise.pages.twins import rows_of
from counterpoise.pages.write import stored_paths
from counterpoise.publish.blocks import Chart, Name, Number, Table
from counterpoise.publish.matrix import Line, Look, Mark, matrix
from counterpoise.publish.picture import packed
from counterpoise.publish.theme import plain

HUNGARY = "decide/against=HUN/competence=operation-authorise"
TYPHOON = "rights/system=eurofighter/from=GBR/to=TUR"
LINKS = re.compile(r'href="([^"]+)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The release without any run: these pages need none."""
    return open_site(load(), tmp_path_factory.mktemp("runs"))


def rows(site: Site, name: str, **given: str) -> list[dict[str, object]]:
    return view_rows(site, name, given)


def named(page: Page) -> list[str]:
    """Addresses that a page's opening sentence names."""
    return [part.address for part in page.lead if isinstance(part, Name) and part.address]


def links(html: str) -> set[str]:
    """Paths within the site that a page leads to."""
    found = {unescape(unquote(path)).partition("#")[0] for path in LINKS.findall(html)}
    return {
        path.replace("../", "").removesuffix("index.html").strip("/")
        for path in found
        if path.endswith("index.html")
    }


def test_who_can_still_authorise_an_operation_if_hungary_objects(site: Site) -> None:
    """JEF, the Security Council and the willing can; every body of consensus with Hungary can't."""
    page = page_at(site, HUNGARY)
    assert page.title == "Who can still authorise an operation if Hungary objects?"
    outcome = {
        row["body"]: row["outcome"]
        for row in rows(site, "decide", against="HUN", competence="operation-authorise")
        if row["status"] == "existing"
    }
    can = {"body/coalition-body", "body/unsc", "body/jef-body"}
    stopped = {"body/nac", "body/psc", "body/council-fac", "body/berlin-plus-dec"}
    assert {body for body, told in outcome.items() if told == PASSES} == can
    assert {body for body, told in outcome.items() if told == STOPPED} == stopped
    told = named(page)
    assert can | stopped <= set(told)
    assert plain(page.lead).startswith("3 of 7 existing bodies can: ")
    nac = passes(site.dataset, "nac", ["HUN"], competence="operation-authorise")
    assert (nac.result, nac.stoppers) == (STOPPED, ("state/HUN",))


def test_the_answer_is_two_clicks_from_the_menu(site: Site) -> None:
    """Any page's menu leads to decisions, whose table leads to the state and matter."""
    known = Frame(set(stored_paths(site)).__contains__)
    assert "decide" in links(render(site, page_at(site, "electorate/e5"), known))
    found = links(render(site, page_at(site, "decide"), known))
    assert HUNGARY in found


def test_cells_of_the_table_by_objector_are_the_outcomes(site: Site) -> None:
    """Numbers from single stoppers are those of votes run one by one."""
    states = ["", *objectors(site.view)]
    for at, matter in enumerate(name for name in site.deciders if name):
        for state in states[at % 9 :: 9]:
            given = {"competence": matter} | ({"against": short(state)} if state else {})
            row = rows(site, "decide-counts", **given)[0]
            assert row["pass"] == passing(site.deciders[matter], state), (matter, state)
            assert row["existing"] == passing(site.deciders[matter])


def test_the_matrix_marks_who_stops_a_body(site: Site) -> None:
    found = {row["body"]: row for row in rows(site, "decide-alone", competence="article-5")}
    nac = found["body/nac"]
    assert (nac["voters"], nac["stop_it_alone"], nac["who"]) == (32, 32, "each of them")
    assert (nac["smallest_block"], nac["blocking_sets"]) == (1, 32)
    qualified = {row["body"]: row for row in rows(site, "decide-alone", competence="procurement")}
    majority = qualified["body/council-qmv"]
    assert (majority["stop_it_alone"], majority["who"]) == (0, "")
    assert majority["smallest_block"] == 4
    # fmt: off
    ours = [line for line in rows(site, "decide", competence="article-5")
            if line["body"] == "body/nac"]
    # fmt: on
    assert ours[0]["pivots"] == 32


@pytest.mark.parametrize(
    "path",
    ["decide", "decide/against=USA", HUNGARY, "formats/definition=looser", "command/without=USA",
     "rights", TYPHOON, "body/nac", "body/council-qmv/against=DEU,FRA", "clause/teu-42-7",
     "electorate/e5", "arrangement/jef", "post/jfc-naples"],
)  # fmt: skip
def test_numbers_are_found_again_and_links_lead_to_pages(site: Site, path: str) -> None:
    stored = set(stored_paths(site))
    page = page_at(site, path)
    assert page.path == path and page.standing and page.lead
    told = [row for row in rows_of(page) if row["value"] is not None]
    assert told or path == "post/jfc-naples"
    for row in told[:: max(len(told) // 8, 1)]:
        assert math.isclose(value_at(site, row["address"]), row["value"], rel_tol=1e-9), row
    html = render(site, page, Frame(stored.__contains__))
    for found in links(html):
        assert found in stored, found
    for chart in charts_of(page.blocks):
        ET.fromstring(chart.svg)
        assert chart.alternative


def test_every_stored_page_is_made(site: Site) -> None:
    """All of the small kinds, and of the large ones a draw."""
    for head, step in (
        ("decide", 37), ("formats", 3), ("command", 5), ("rights", 20), ("body", 6),
        ("clause", 8), ("electorate", 4), ("arrangement", 20), ("post", 4),
    ):  # fmt: skip
        paths = list(PAGES[head].stored(site))
        assert len(paths) == len(set(paths))
        for path in paths[::step]:
            page = page_at(site, path)
            assert page.path == path
            assert page.title


def test_steps_of_controls_are_stored_and_one_is_current(site: Site) -> None:
    stored = set(stored_paths(site))
    for path in ("decide", HUNGARY, "formats", "command/without=USA/region=north", TYPHOON,
                 "rights/system=eurofighter", "rights/system=spike/from=EST"):  # fmt: skip
        for control in page_at(site, path).controls:
            if control.choices:
                assert sum(choice.current for choice in control.choices) == 1, control.name
            for choice in control.choices:
                away = path.startswith("command/") and control.name == "without"
                assert choice.path in stored or away, choice.path


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("decide/against=XX", "state"),
        ("decide/competence=operation", "operation-authorise"),
        ("decide/agaist=HUN", "against"),
        ("decide/on=yesterday", "YYYY"),
        ("decide/support=HUN=3", "0 to 1"),
        ("formats/definition=strict", "stricter"),
        ("formats/without=Atlantis", "without"),
        ("command/without=XX", "without"),
        ("command/region=west", "region"),
        ("command/on=2026", "day"),
        ("rights/from=GBR", "an item of a case"),
        (f"{TYPHOON}/to=GBR", "another state"),
        ("rights/system=eurofighter/from=XX", "from="),
        ("body/nac/against=XX", "state"),
        ("post/saceur/on=2026", "unknown-word"),
    ],
)
def test_unfit_words_are_told(site: Site, path: str, told: str) -> None:
    with pytest.raises(BadInput) as wrong:
        page_at(site, path)
    assert told in str(wrong.value)


def test_unknown_things_are_not_found(site: Site) -> None:
    for path in ("body/no-such", "post/no-such", "rights/system=no-such", "command/x"):
        with pytest.raises(NotFound):
            page_at(site, path)
    for name in ("formats", "command"):
        with pytest.raises(CounterpoiseError):
            rows(site, name, part="no-such")


def test_who_must_consent_before_britain_sells_eurofighter_to_turkey(site: Site) -> None:
    page = page_at(site, TYPHOON)
    assert page.title.startswith("Who must consent before United Kingdom sells Eurofighter")
    said = plain(page.lead)
    assert said == (
        "Re-export: Germany, Italy and Spain must agree; United States may have to; "
        "United Kingdom licenses it itself. Under the Agreement on Defence Export Controls with "
        "Germany and Spain a party may oppose a sale only where its direct interests or national "
        "security are at stake, and must object within 2 months."
    )
    agreement = "consent-agreement/export-controls-2021"
    assert agreement in named(page)
    months = [part for part in page.lead if isinstance(part, Number)]
    assert [part.address for part in months] == [f"{agreement}/objection_time"]
    assert value_at(site, months[0].address) == 2
    table = {row["state"]: row for row in rows(site, "rights", system="eurofighter",
                                               **{"from": "GBR", "to": "TUR"})}  # fmt: skip
    assert table["state/DEU"]["part"] == "design"
    assert table["state/USA"]["share_pct"] == value_at(site, "system/eurofighter/us_content")
    cases = rows(site, "rights-cases", system="eurofighter")
    assert [(row["date"], row["months"]) for row in cases] == [
        ("2018-10", 63.0), ("2023-11", 11.0), ("2025-03", 4.0),
    ]  # fmt: skip


def steps_of(page: Page, name: str) -> dict[str, tuple[str, str]]:
    """Label and path of each choice of a control, by its value."""
    control = next(item for item in page.controls if item.name == name)
    return {choice.value: (choice.label, choice.path) for choice in control.choices}


def test_a_seller_alone_names_no_buyer(site: Site) -> None:
    """A chosen seller or buyer sets nobody else; the page then offers whom it may sell to."""
    typhoon = page_at(site, "rights/system=eurofighter")
    by_britain = "rights/system=eurofighter/from=GBR"
    assert steps_of(typhoon, "from")["GBR"] == ("GBR", by_britain)
    assert steps_of(typhoon, "to")["TUR"] == ("TUR", "rights/system=eurofighter/to=TUR")
    page = page_at(site, by_britain)
    assert by_britain in stored_paths(site)
    assert "United Kingdom sells" in page.title and page.title.endswith("to anybody?")
    assert plain(page.lead).startswith(
        "Re-export by United Kingdom to anybody: Germany, Italy and Spain must agree; "
    )
    assert steps_of(page, "to")["TUR"][1] == TYPHOON
    assert steps_of(page, "from")[""][1] == "rights/system=eurofighter"
    offered = {path for path in links(render(site, page, Frame(lambda path: True)))
               if path.startswith(f"{by_britain}/to=")}  # fmt: skip
    assert TYPHOON in offered and len(offered) > 2
    assert "from=ESP" not in render(site, page, Frame(lambda path: "/to=" in path))


def test_a_sale_without_a_page_leads_to_one_and_says_so(site: Site) -> None:
    """Poland and Turkey are a pair of no stored sale of Leopards: each choice names one alone."""
    stored = set(stored_paths(site))
    page = page_at(site, "rights/system=leopard-2/to=TUR")
    assert "rights/system=leopard-2/from=POL/to=TUR" not in stored
    assert steps_of(page, "from")["POL"] == (
        "Poland (to anybody)", "rights/system=leopard-2/from=POL",
    )  # fmt: skip
    page = page_at(site, "rights/system=leopard-2/from=POL")
    assert steps_of(page, "to")["TUR"] == (
        "Turkey (from anybody)", "rights/system=leopard-2/to=TUR",
    )  # fmt: skip
    for name in ("from", "to"):
        assert {path for _, path in steps_of(page, name).values()} <= stored


def test_posts_by_nation_add_up_and_vacancies_are_those_of_the_table(site: Site) -> None:
    found = rows(site, "command", part="nations", without="USA")
    years = [name for name in found[0] if name != "state"]
    assert years[:2] == ["today", "2027"] and years[-1] == "2035"
    posts = len(rows(site, "command", part="years", without="USA"))
    assert {sum(row[year] for row in found) for year in years} == {posts}  # type: ignore[misc]
    summary = rows(site, "command-summary", without="USA")[0]
    assert summary["vacant"] == len(rows(site, "command", part="next", without="USA")) == 8
    assert not any(row["state"] == "state/USA" for row in found)


def test_on_old_days_nobody_is_told_to_follow_who_was_known_only_later(site: Site) -> None:
    """In January 2024 nobody could tell who would be Supreme Commander in July 2025."""
    asked = read_command(View(site.dataset), on="2024-01-01")
    told = {row["post"]: row["from"] for row in asked.rows("posts")}
    assert told["saceur"] == ""
    assert not [day for day in told.values() if day[:4].isdigit() and day > "2024-02"]


def test_a_formats_page_tells_where_it_counts(site: Site) -> None:
    """Six of the eight states of plan North are in the Joint Expeditionary Force."""
    found = rows(site, "arrangement-cells", arrangement="jef")
    north = [row for row in found if row["plan"] == "regional-plan/rp-north"]
    assert {row["share_pct"] for row in north} == {75.0}
    assert {row["fills"] for row in north} == {"fills it"}
    cells = rows(site, "formats", part="cells")
    assert sum(row["hole"] == "hole" for row in cells) == 10 == int(
        value_at(site, "view/formats/part=definitions/1/holes")
    )  # fmt: skip


def test_the_holders_of_a_post_are_drawn_by_year(site: Site) -> None:
    """Britain has deputised all along; France has led transformation since 2021."""
    held = rows(site, "post-holders", post="sact")
    assert [row["held_by"] for row in held] == ["state/FRA", "state/FRA"]
    page = page_at(site, "post/sact")
    (chart,) = [block for block in page.blocks if isinstance(block, Chart)]
    assert "France" in chart.svg and "2022" in chart.svg


def test_a_matrix_tells_by_colour_and_sign() -> None:
    looks = {"on": Look("holds", "#c3dbe9"), "off": Look("is stopped", "#e59b69", "cross")}
    lines = [Line("first", "existing"), Line("second", "proposed")]
    marks = {(0, 0): Mark("on", "75%"), (0, 1): Mark("off"), (1, 1): Mark("off")}
    chart = matrix(lines, ["A & B", "C"], marks, looks, caption=("x",), alternative="y")
    tree = ET.fromstring(chart.svg)
    texts = ["".join(item.itertext()) for item in tree.iter() if item.tag.endswith("text")]
    assert {"holds", "is stopped", "existing", "proposed", "first", "A & B", "75%"} <= set(texts)
    paths = [item.get("d", "") for item in tree.iter() if item.tag.endswith("path")]
    assert sum(path.count("M") for path in paths if path.endswith("z") and "v16" in path) == 3
    crosses = [path for path in paths if "l6 6m-6 0l6 -6" in path]
    assert sum(path.count("l6 6") for path in crosses) == 3  # two cells and the key
    wide = matrix([Line("a")], ["a head that is much too long for its column"] * 9, {}, looks,
                  caption=("x",), alternative="y")  # fmt: skip
    assert "rotate(-40)" in wide.svg
    assert "rotate(-90)" in matrix([Line("a")], ["POL"] * 30, {}, looks, caption=("x",),
                                   alternative="y").svg  # fmt: skip


def test_a_packed_picture_has_the_same_pixels() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="90"><rect width="50"/></svg>'
    image = bytes(vl_convert.svg_to_png(svg, scale=2))
    small = packed(image)
    assert len(small) <= len(image) and pixels(small) == pixels(image)
    for kind, body, check in chunks(small):
        assert zlib.crc32(kind + body) == check


def chunks(image: bytes) -> Iterable[tuple[bytes, bytes, int]]:
    place = 8
    while place < len(image):
        length, kind = struct.unpack(">I4s", image[place : place + 8])
        body = image[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", image[place + 8 + length : place + 12 + length])
        yield kind, body, check
        place += 12 + length


def pixels(image: bytes) -> bytes:
    return zlib.decompress(b"".join(body for kind, body, _ in chunks(image) if kind == b"IDAT"))


def test_tables_name_what_they_tell_of(site: Site) -> None:
    """Short names of the rows are names with pages in the tables."""
    page = page_at(site, "formats")
    table = next(block for block in page.blocks if isinstance(block, Table))
    addresses = {
        part.address for row in table.rows for cell in row for part in cell.content
        if isinstance(part, Name)
    }  # fmt: skip
    assert "arrangement/jef" in addresses and "regional-plan/rp-north" in addresses
