"""The brief in three formats: the same words, safe text, addresses kept, the same bytes."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
import typst
from docx import Document as open_docx

from counterpoise.publish import charts, theme
from counterpoise.publish.blocks import (
    Bullets,
    Cell,
    Chart,
    Date,
    Document,
    Finding,
    Heading,
    Name,
    Number,
    PageBreak,
    Paragraph,
    SourceLine,
    Strong,
    Table,
    parts,
)
from counterpoise.publish.docx import docx_bytes, render_docx
from counterpoise.publish.html import render_html
from counterpoise.publish.html_blocks import chart_number, inline_svg
from counterpoise.publish.map import cover_map
from counterpoise.publish.pdf import pdf_bytes, render_pdf, template_inputs

DAY = date(2026, 11, 21)
WILD = 'A <b>#let "x" = $1$ @you & \\ [*_`~'
STATES = re.findall(
    "...",
    "ALBBELBGRHRVCZEDNKESTFINFRADEUGRCHUNISLITALVALTULUXMNENLDMKDNORPOLPRTROUSVKSVNESPSWETUR",
)
AREAS = """Air defence, upper layer|Air defence, short range|Counter-drone|Combat aircraft
Air-to-air refuelling|Strategic airlift|Airborne early warning|Electronic attack|Deep strike
Anti-ship missiles|Submarines|Frigates|Mine countermeasures|Heavy brigades|Medium brigades
Rocket artillery|Tube artillery|Artillery shells|Combat engineering|Military mobility
Satellite communication|Space surveillance|Signals intelligence|Command and control
Medical evacuation|Logistics stocks""".replace("\n", "|").split("|")
ORDERS = """Patriot MSE, DEU|IRIS-T SLM, joint|SAMP/T NG, FRA and ITA|Leopard 2A8, DEU
CV90, Nordic group|K2, POL|F-35A, FIN|Boxer RCH 155, DEU|A330 MRTT, pooled|GlobalEye, SWE
155 mm shells, joint|HIMARS, LTU""".replace("\n", "|").split("|")


def number(value: float, address: str, decimals: int = 0, unit: str = "") -> Number:
    return Number(value, address, f"{value:,.{decimals}f}{unit}", decimals)


def wave(index: int, size: float = 1.0) -> float:
    """Return a steady but uneven value from 0 to `size`."""
    return size * ((index * 37 + 11) % 101) / 101


@cache
def heat_chart() -> Chart:
    frame = pl.DataFrame(
        [
            {
                "label": area,
                "x": 2027 + year,
                "value": min(1.1, 0.15 + wave(row, 0.5) + 0.07 * year),
                "address": f"run/base/cover/{row}/{2027 + year}",
                "assumed": (row + year) % 7 == 0,
            }
            for row, area in enumerate(AREAS)
            for year in range(9)
        ]
    )
    return charts.heat(
        frame,
        caption=parts("Cover of the targets by area and year, one plan together"),
        alternative="Most areas stay under full cover before the danger years.",
        legend="share of the target in service",
    )


@cache
def bands_chart() -> Chart:
    frame = pl.DataFrame(
        [
            {
                "series": name,
                "x": 2026 + year,
                "value": 62 - drop * year,
                "low": 55 - drop * year,
                "high": 70 - 0.8 * drop * year,
                "address": f"run/{name}/shortfall/{2026 + year}",
            }
            for name, drop in (("ordered", 1.5), ("alone", 3.0), ("together", 4.6))
            for year in range(10)
        ]
    )
    return charts.bands(
        frame,
        caption=parts("Shortfall against the targets under three behaviours"),
        alternative="Planning together closes the shortfall fastest.",
        y_title="shortfall, percent of need",
    )


@cache
def bars_chart() -> Chart:
    frame = pl.DataFrame(
        [
            {
                "label": state,
                "series": origin,
                "value": 200 + wave(row * 3 + column, 4000),
                "address": f"run/base/spending/{state}/{origin}",
            }
            for row, state in enumerate(["DEU", "FRA", "GBR", "POL", "ITA", "ESP", "NLD", "SWE"])
            for column, origin in enumerate(["Europe", "United States", "Korea", "other"])
        ]
    )
    return charts.bars(
        frame,
        caption=parts("Orders to the end of the plan by buyer and origin"),
        alternative="European lines take the largest part of the orders of most buyers.",
        x_title="EUR million, constant prices",
    )


@cache
def calendar_chart() -> Chart:
    frame = pl.DataFrame(
        [
            {
                "label": label,
                "series": ("European", "American", "other")[row % 3],
                "x": 2026.5 + wave(row, 2.0),
                "value": 2029.0 + wave(row * 2, 4.5),
                "low": 2028.6 + wave(row * 2, 4.5),
                "high": 2029.8 + wave(row * 2, 4.9),
                "address": f"order/{row}",
            }
            for row, label in enumerate(ORDERS)
        ]
    )
    return charts.calendar(
        frame,
        caption=parts("From order to delivery, the twelve largest orders"),
        alternative="Most deliveries fall inside the danger years.",
    )


@cache
def map_chart() -> Chart:
    frame = pl.DataFrame(
        [
            {
                "label": state,
                "value": wave(row * 5),
                "address": f"run/base/cover/{state}",
                "assumed": row % 4 == 0,
            }
            for row, state in enumerate([*STATES, "GBR", "MLT"])
        ]
    )
    return cover_map(
        frame,
        parts("Cover of each state's own targets in the first danger year"),
        alternative="Cover is highest in the north and lowest in the south-east.",
        legend="share of the target in service",
        width=0.82,
    )


def wide_table() -> Table:
    heads = ("State", "Budget", "Equipment", "Orders", "Shortfall", "American", "Own", "Assumed")
    rows = tuple(
        (
            Cell((Name(state, f"state/{state}"),)),
            *(
                Cell(
                    (number(wave(row * 8 + column, 9000), f"state/{state}/{column}"),),
                    shade=wave(row + column * 3),
                    hatched=(row + column) % 9 == 0,
                )
                for column in range(7)
            ),
        )
        for row, state in enumerate(STATES)
    )
    return Table(
        parts("Every state in one layout, ", Date("2027–2035")),
        tuple(parts(head) for head in heads),
        rows,
        numeric=frozenset(range(1, 8)),
        note=parts("EUR million, constant prices of ", Date("2025"), "."),
    )


@cache
def brief() -> Document:
    text = (
        "The plan buys what arrives before the danger years and leaves what cannot. It keeps the "
        "lines that already run, adds shifts where staff can be found, and pools the orders that "
        "no single state could place."
    )
    figures = [number(12345.678, "run/base/cost", 0, " million"), number(-0.4, "run/base/x", 1)]
    found = tuple(
        Finding(
            parts(
                "European shortfall falls to ", number(31 + i, f"run/f/{i}", 0, " percent"), head
            ),
            parts(
                text, " ", Name("F-35A", "system/f-35a"), " deliveries slip to ", Date("2031"), "."
            ),
        )
        for i, head in enumerate(
            (
                " when states order together, and to half of that without",
                " of air defence, which no order placed today still reaches in time",
                " where American lines serve their own forces first",
                ", and one veto can stop the shared loan",
                " rests on figures that nobody publishes",
            )
        )
    )
    sources = tuple(
        SourceLine(
            f"Institute {i}, Report no. {i} on defence industry, 2025, https://example.org/{i} (B)",
            f"source/report-{i}",
        )
        for i in range(30)
    )
    decisions = Table(
        parts("Who can stop it"),
        (parts("Body"), parts("Rule"), parts("Decision"), parts("Members against")),
        tuple(
            (Cell((body,)), Cell((rule,)), Cell((what,)), Cell((number(i, f"body/{i}"),)))
            for i, (body, rule, what) in enumerate(
                (
                    ("Council of the Union", "unanimity", "extend the loan and its terms"),
                    ("North Atlantic Council", "consensus", "apportion the targets anew"),
                    ("European Sky Shield", "each for itself", "join the next common order"),
                )
            )
        ),
        numeric=frozenset({3}),
    )
    return Document(
        "What Europe can field by the danger years",
        parts("A planning brief on orders, lines and consent, base of ", Date("21 November 2026")),
        (
            Paragraph(
                parts(
                    "Three parts in ten of this result rest on ", Strong("assumed"), " inputs; the "
                    "plan costs ", *figures[:1], ", a change of ", figures[1], " on the last one."
                ),
                "lead",
            ),
            *found,
            Heading(2, parts("How far each behaviour gets")),
            Paragraph(parts(text, " ", text)),
            bands_chart(),
            Paragraph(parts("Names are printed as given: ", Name(WILD, "x/<y>"), ".")),
            heat_chart(),
            Heading(2, parts("State by state")),
            Paragraph(parts(text)),
            map_chart(),
            wide_table(),
            Heading(3, parts("Where the money goes")),
            Paragraph(parts(text)),
            bars_chart(),
            Heading(2, parts("What to order, and when")),
            Bullets((parts("Sign one order."), parts("Then add ", Name("155 mm"), ".")), True),
            calendar_chart(),
            Bullets((parts("One list starts again."), parts("And ends.")), True),
            decisions,
            Bullets((parts("A plain list."), parts("Its second line."))),
            Paragraph(parts("Shortfall is measured in percent of need, area by area."), "note"),
            PageBreak(),
            Heading(2, parts("Sources")),
            *sources,
        ),
        footer="Counterpoise planning brief, release 2026-11",
    )  # fmt: skip


def numbers(document: Document) -> list[Number]:
    """Return every number in the text, the findings and the tables of a brief."""
    runs: list[tuple[object, ...]] = [document.subtitle]
    for block in document.blocks:
        match block:
            case Heading(_, content) | Paragraph(content):
                runs.append(content)
            case Finding(headline, body):
                runs += [headline, body]
            case Bullets(items):
                runs += items
            case Table():
                runs += [cell.content for row in block.rows for cell in row]
    return [part for run in runs for part in run if isinstance(part, Number)]


class Reader(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.data: list[tuple[dict[str, str], str]] = []
        self.text = ""
        self._inside: dict[str, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.append((tag, given))
        self._inside = given if tag == "data" else None

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside is not None:
            self.data.append((self._inside, data))


@cache
def page() -> str:
    return render_html(brief())


@cache
def word() -> bytes:
    return docx_bytes(brief(), date=DAY)


@cache
def printed() -> bytes:
    return pdf_bytes(brief(), date=DAY)


def test_html_keeps_every_number_with_its_address() -> None:
    given = [
        (
            float(attributes["value"]),
            attributes["data-address"],
            text,
            int(attributes["data-decimals"]),
        )
        for attributes, text in Reader(page()).data
    ]
    wanted = [(n.value, n.address, n.text, n.decimals) for n in numbers(brief())]
    drawn = [
        chart_number(value, address)
        for block in brief().blocks
        if isinstance(block, Chart)
        for _, value, address in block.data
    ]
    wanted += [(n.value, n.address, n.text, n.decimals) for n in drawn]
    assert len(wanted) > 500
    assert sorted(given) == sorted(wanted)


def test_html_asks_nothing_of_a_network() -> None:
    reader = Reader(page())
    assert not {"script", "link", "iframe", "object", "base"} & {tag for tag, _ in reader.tags}
    for _, attributes in reader.tags:
        for key in ("src", "href", "xlink:href", "srcset", "action"):
            assert attributes.get(key, "#").startswith("#")
        assert not any(key.startswith("on") for key in attributes)
    assert set(re.findall(r"url\((\w*[:#])", page())) == {"data:", "#"}
    assert "@import" not in page()


def test_html_is_built_for_all_readers() -> None:
    reader = Reader(page())
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("h1") == 1 and tags.count("main") == 1
    assert ("html", {"lang": "en"}) in reader.tags
    assert tags.count("caption") == 2 and tags.count("figcaption") == tags.count("figure") == 5
    assert {a["scope"] for tag, a in reader.tags if tag == "th"} == {"row", "col"}
    pictures = [a for tag, a in reader.tags if tag == "svg"]
    assert all(a["role"] == "img" and a["aria-label"] for a in pictures)
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for tag, a in reader.tags if tag == "a"} <= set(ids)
    pointed = set(re.findall(r"url\(#([^)]+)\)", page()))
    assert pointed and pointed <= set(ids)


def test_text_is_never_read_as_markup() -> None:
    wild = Document(WILD, (Name(WILD),), (Table((Name(WILD),), ((Name(WILD),),), ()),), WILD)
    assert Reader(render_html(wild)).text.count(WILD) == 6
    assert "<b>" not in render_html(wild)
    document = open_docx(io.BytesIO(docx_bytes(wild)))
    assert document.paragraphs[0].text == document.core_properties.title == WILD
    assert document.tables[0].rows[0].cells[0].text == WILD
    assert pdf_bytes(wild).startswith(b"%PDF")
    assert Reader(page()).text.count(WILD) == 1


def test_docx_holds_the_brief() -> None:
    document = open_docx(io.BytesIO(word()))
    styles = [p.style.name for p in document.paragraphs if p.style is not None]
    assert styles.count("Title") == 1 and styles.count("Heading 1") == 4
    assert styles.count("Heading 2") == 1 and styles.count("Caption") == 7
    assert styles.count("Finding Headline") == 5 and styles.count("Source") == 30
    assert [len(table.rows) for table in document.tables] == [30, 4]
    head = document.tables[0].rows[0]._tr
    assert head.xpath("./w:trPr/w:tblHeader")
    assert len(document.tables[0]._tbl.xpath(".//w:shd[@w:val='thinDiagStripe']")) > 10
    drawn = [block for block in brief().blocks if isinstance(block, Chart)]
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [chart.alternative for chart in drawn]
    core = document.core_properties
    assert core.created is not None and core.created.date() == DAY
    assert (core.author, core.last_modified_by, core.comments) == ("", "", "")
    starts = document.part.numbering_part.element.xpath(".//w:startOverride")
    assert len(starts) == 2


def test_docx_carries_the_faces() -> None:
    with zipfile.ZipFile(io.BytesIO(word())) as package:
        assert len([name for name in package.namelist() if name.endswith(".odttf")]) == 3
        assert b"embedBold" in package.read("word/fontTable.xml")


def test_pdf_has_four_to_eight_pages_and_stands_alone() -> None:
    pieces = [printed()]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", printed(), re.S):
        try:
            pieces.append(zlib.decompressobj().decompress(found[1]))
        except zlib.error:
            continue
    everything = b"\n".join(pieces)
    pages = len(re.findall(rb"/Type\s*/Page\b", everything))
    assert 4 <= pages <= 9
    assert b"FiraSans-Regular" in everything and b"FiraSans-SemiBold" in everything
    assert set(re.findall(rb"/BaseFont\s*/\w{6}\+([\w-]+)", everything)) <= {
        b"FiraSans-Regular", b"FiraSans-SemiBold", b"FiraSans-Italic"
    }  # fmt: skip
    assert b"20261121" in everything and b"StructTreeRoot" in everything


def test_pdf_sets_text_as_it_is_given() -> None:
    heads = (Heading(2, (Name(WILD),)), Heading(3, parts("Under ", Strong("it"), ".")))
    found = typst.query(
        str(theme.ASSETS / "brief.typ"),
        "heading",
        root=str(theme.ASSETS),
        font_paths=[str(theme.FONTS)],
        ignore_system_fonts=True,
        sys_inputs=template_inputs(Document(WILD, (), heads)),
    )
    set_heads = json.loads(found)
    assert [head["level"] for head in set_heads] == [1, 2]
    assert json.dumps(WILD)[1:-1] in json.dumps(set_heads[0]["body"])


def test_charts_hold_their_labels_and_data() -> None:
    assert all(area in heat_chart().svg for area in AREAS)
    assert all(order in calendar_chart().svg for order in ORDERS)
    assert all(f">{name}</text>" in bands_chart().svg for name in ("ordered", "alone", "together"))
    assert "danger years" in bands_chart().svg and "United States" in bars_chart().svg
    label, value, address = heat_chart().data[0]
    assert (label, round(value, 4), address) == (
        f"{AREAS[0]}, 2027",
        0.2045,
        "run/base/cover/0/2027",
    )
    assert len(heat_chart().data) == 26 * 9


def test_charts_leave_out_what_is_missing() -> None:
    frame = pl.DataFrame({"label": ["a", "b"], "x": [2027, 2027], "value": [0.5, None]})
    chart = charts.heat(frame, caption=parts("c"), alternative="a")
    assert [label for label, _, _ in chart.data] == ["a, 2027"]
    with pytest.raises(ValueError, match="lacks series"):
        charts.bars(frame, caption=parts("c"), alternative="a")


def test_assumed_is_hatched() -> None:
    svg = map_chart().svg
    assert svg.count('class="hatched"') == sum(row % 4 == 0 for row in range(len(STATES) + 2))
    assert "mostly assumed" in svg and ">assumed<" in heat_chart().svg
    bare = pl.DataFrame({"label": ["POL"], "value": [0.5]})
    assert "assumed" not in cover_map(bare, parts("c"), alternative="a").svg
    assert page().count('class="number hatched') > 10


def test_map_refuses_states_it_does_not_show() -> None:
    with pytest.raises(ValueError, match="USA"):
        cover_map(pl.DataFrame({"label": ["USA"], "value": [0.5]}), parts("c"), alternative="a")


def test_hatching_stays_in_its_box() -> None:
    places = re.findall(r"(-?[\d.e-]+),(-?[\d.e-]+)", charts.hatch_path(40, 20))
    assert len(places) > 10
    assert all(abs(float(x)) <= 20 and abs(float(y)) <= 10 for x, y in places)


def test_colours_can_be_read() -> None:
    for step in range(21):
        assert theme.contrast(theme.INK, theme.tint(step / 20)) >= 4.5
        for palette in (theme.SEQUENTIAL, theme.DIVERGING):
            colour = theme.ramp(palette, step / 20)
            assert theme.contrast(theme.ink_on(colour), colour) >= 4.5
    for colour in (theme.MUTED, theme.ACCENT):
        assert theme.contrast(colour, theme.WASH) >= 4.5


def test_inlined_drawings_do_not_share_ids() -> None:
    svg = '<?xml version="1.0"?><svg xmlns="u"><a id="a"/><b fill="url(#a)" href="#a"/></svg>'
    assert inline_svg(svg, "f", 'x "y"') == (
        '<svg role="img" aria-label="x &quot;y&quot;"><a id="f-a"/>'
        '<b fill="url(#f-a)" href="#f-a"/></svg>'
    )


def test_the_same_brief_gives_the_same_bytes(tmp_path: Path) -> None:
    for made in (brief, heat_chart, bands_chart, bars_chart, calendar_chart, map_chart):
        made.cache_clear()
    assert render_html(brief()) == page()
    render_pdf(brief(), tmp_path / "a.pdf", date=DAY)
    render_docx(brief(), tmp_path / "a.docx", date=DAY)
    assert (tmp_path / "a.pdf").read_bytes() == printed()
    assert (tmp_path / "a.docx").read_bytes() == word()
