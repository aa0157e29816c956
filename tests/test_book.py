"""The dataset as a workbook: what is changed in it becomes an overlay, and nothing else."""

from __future__ import annotations

import datetime
import functools
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from counterpoise.cli import main
from counterpoise.data.book import book
from counterpoise.data.changes import ROW, as_text
from counterpoise.data.dataset import Dataset
from counterpoise.data.layers import read_layers
from counterpoise.data.load import REFERENCE, load
from counterpoise.data.records import Observation
from counterpoise.data.trail import why
from counterpoise.errors import BadInput, Problem

Grids = dict[str, list[list[Any]]]
Edit = Callable[[Grids], object]

OURS = {
    "key": "our-visit", "title": "Visit to the plant", "publisher": "our office",
    "date": "2026-10", "url": "", "kind": "document", "grade": "C", "licence": "internal",
}  # fmt: skip


@functools.cache
def release() -> Dataset:
    return load()


@functools.cache
def exported(*overlays: Path) -> bytes:
    dataset = load(overlays=overlays)
    return book(dataset, read_layers(REFERENCE, overlays, dataset.schema, []))


@functools.cache
def grids(content: bytes) -> Grids:
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        return {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }


def saved(path: Path, pages: Grids) -> Path:
    """A workbook of some worksheets, as a spreadsheet would save their cells."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as workbook:
        date = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in pages.items():
            page = workbook.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime.date):
                        page.write_datetime(at, column, cell, date)
                    elif cell != "":
                        page.write(at, column, cell)
    return path


class Pages(Grids):
    """The worksheets of a book that an edit touches; the others are as if deleted."""

    def __init__(self, content: bytes):
        super().__init__()
        self.content = content

    def __missing__(self, name: str) -> list[list[Any]]:
        return self.setdefault(name, [[*row] for row in grids(self.content)[name]])


def edited(tmp_path: Path, *edits: Edit, content: bytes | None = None) -> Path:
    pages = Pages(content or exported())
    assert pages["read me"]
    for edit in edits:
        edit(pages)
    return saved(tmp_path / "book.xlsx", pages)


def line_of(pages: Grids, sheet: str, *key: str) -> list[Any]:
    """The row that begins with the key."""
    return next(row for row in pages[sheet][1:] if tuple(row[1 : 1 + len(key)]) == key)


def change(sheet: str, key: str | tuple[str, ...], **cells: Any) -> Edit:
    """Write cells into the row of a key, whose columns come first."""
    keys = (key,) if isinstance(key, str) else key

    def edit(pages: Grids) -> None:
        row = line_of(pages, sheet, *keys)
        for column, cell in cells.items():
            row[pages[sheet][0].index(column)] = cell

    return edit


def add(sheet: str, **cells: Any) -> Edit:
    def edit(pages: Grids) -> None:
        pages[sheet].append([cells.get(column, "") for column in pages[sheet][0]])

    return edit


our_source = add("sources", **OURS)
PATRIOT = functools.partial(change, "systems", "patriot")


def ours_of(dataset: Dataset) -> list[Observation]:
    return [item for item in dataset.observations if item.layer > 1]


def problems(path: Path, *overlays: Path) -> list[Problem]:
    with pytest.raises(BadInput) as caught:
        load(overlays=(*overlays, path))
    return list(caught.value.problems)


# Export


def test_the_book_has_every_sheet_and_row() -> None:
    pages = grids(exported())
    assert list(pages) == ["read me", *release().schema.sheets, "sources", "aliases", "lists"]
    for layer in read_layers(REFERENCE, (), release().schema, []):
        for name, rows in layer.sheets.items():
            assert pages[name][0][:2] == [ROW, next(iter(rows[0].cells))]
            places = [f"{row.file}:{row.number}" for row in rows]
            assert [row[0] for row in pages[name][1:]] == places
    assert any(release().id in row for row in pages["read me"])
    assert any(release().digest in row for row in pages["read me"])


def test_numbers_are_numbers_and_words_are_words() -> None:
    pages = grids(exported())
    for name, sheet in release().schema.sheets.items():
        heading = pages[name][0]
        numbers = {
            at
            for at, column in enumerate(heading)
            for part in ("", "_low", "_high")
            if (found := sheet.columns.get(column.removesuffix(part))) is not None
            and found.role == "quantity"
        }
        for row in pages[name][1:]:
            for at, cell in enumerate(row):
                kind = int | float if at in numbers else str
                assert cell == "" or isinstance(cell, kind), (name, heading[at], cell)


# Nothing changed


def test_an_unchanged_book_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(exported())
    assert load(overlays=(path,)).digest == release().digest


def test_a_book_whose_rows_and_sheets_are_sorted_or_deleted_changes_nothing(
    tmp_path: Path,
) -> None:
    def shorten(pages: Grids) -> None:
        pages["lines"] = [pages["lines"][0], *reversed(pages["lines"][5:])]

    assert load(overlays=(edited(tmp_path, shorten),)).digest == release().digest


def test_what_a_spreadsheet_makes_of_cells_is_no_change(tmp_path: Path) -> None:
    def convert(pages: Grids) -> None:
        for name in (*release().schema.sheets, "sources", "aliases"):
            for row in pages[name][1:]:
                for at, cell in enumerate(row[1:], start=1):
                    row[at] = as_converted(cell)

    assert load(overlays=(edited(tmp_path, convert),)).digest == release().digest


def as_converted(cell: Any) -> Any:
    """Years as numbers, months as days, numbers as words, words with blanks around them."""
    if isinstance(cell, int | float):
        return f" {cell:.15g} "
    if cell.isdigit():
        return float(cell)
    try:
        return datetime.date.fromisoformat(f"{cell}-01" if len(cell) == 7 else cell)
    except ValueError:
        return f" {cell} " if cell else cell


@given(st.floats(-1e300, 1e300))
def test_a_number_is_the_same_to_fifteen_digits(number: float) -> None:
    assert as_text(float(f"{number:.16G}"), repr(number), number=True) == repr(number)
    assert float(as_text(number)) == pytest.approx(number, rel=1e-14)


@pytest.mark.parametrize(
    ("cell", "was", "number", "text"),
    [
        (2024.0, "2024", False, "2024"),
        (7.0, "007", False, "007"),
        ("7", "007", False, "7"),
        ("39.9", "39.90", True, "39.90"),
        (0.1 + 0.2, "0.3", True, "0.3"),
        (1.5, "", True, "1.5"),
        (datetime.datetime(2026, 3, 1), "2026-03", False, "2026-03"),
        (datetime.date(2026, 4, 1), "2026-03", False, "2026-04"),
        (datetime.date(2026, 4, 2), "2026-03", False, "2026-04-02"),
        (datetime.date(2026, 4, 1), "", False, "2026-04-01"),
        (True, "", False, "y"),
        ("  x ", "x", False, "x"),
    ],
)
def test_a_cell_is_told_as_the_sheet_would(cell: Any, was: str, number: bool, text: str) -> None:
    assert as_text(cell, was, number) == text


# Changes


def test_nine_changed_prices_become_nine_observations(tmp_path: Path) -> None:
    stated = [
        item.subject.split("/")[1]
        for item in release().chosen.values()
        if item.quantity == "unit_price" and item.layer == 1 and item.value
    ][:9]
    yours = {"your_source": "our-visit", "your_basis": "estimated", "your_note": "as told there"}
    edits = [
        change("systems", key, unit_price_eur_m=100.5 + at, **yours)
        for at, key in enumerate(stated)
    ]
    path = edited(tmp_path, our_source, *edits)
    found = load(overlays=(path,))
    assert len(ours_of(found)) == 9
    for at, key in enumerate(stated):
        item = found.observation(f"system/{key}", "unit_price")
        assert item is not None
        assert (item.low, item.value, item.high) == (None, 100.5 + at, None)
        assert (item.sources, item.basis, item.note) == (
            ("our-visit",), "estimated", "as told there",
        )  # fmt: skip
        assert (item.as_of, item.published, item.unit) == ("2026-10", "2026-10", "EUR m")
        assert item.origin.file == "book.xlsx/systems"
        assert pages_cell(path, item.origin.row) == key
    rows = why(found, f"system/{stated[0]}/unit_price")
    assert rows[0]["source"] == "our-visit"
    assert "overlay" in rows[-1]["outcome"]
    assert found.links == release().links
    assert found.things.keys() == release().things.keys()


def pages_cell(path: Path, row: int) -> Any:
    return grids(path.read_bytes())["systems"][row - 1][1]


def test_a_range_goes_with_its_value(tmp_path: Path) -> None:
    ours = {"your_source": "our-visit"}
    cases: dict[str, tuple[float | None, ...]] = {}
    for name, cells, told in (
        ("value", {"unit_price_eur_m": 900}, (None, 900, None)),
        ("low", {"unit_price_eur_m_low": 840}, (840, 1000, 2300)),
        ("both", {"unit_price_eur_m": 900, "unit_price_eur_m_high": 950}, (850, 900, 950)),
        ("bound", {"unit_price_eur_m_high": ""}, (850, 1000, None)),
    ):
        path = edited(tmp_path, our_source, PATRIOT(**cells, **ours))
        (item,) = ours_of(load(overlays=(path,)))
        cases[name] = (item.low, item.value, item.high)
        assert cases[name] == told
        assert item.basis == "reported"


def test_words_and_links_are_changed_alone(tmp_path: Path) -> None:
    cells = {"tier": "middle", "prime_company": "mbda", "your_source": "our-visit"}
    found = load(overlays=(edited(tmp_path, our_source, PATRIOT(**cells)),))
    assert not ours_of(found)
    before = release().things["system/patriot"]
    assert found.things["system/patriot"].texts == {**before.texts, "tier": "middle"}
    assert found.targets("system/patriot", "made by") == ["company/mbda"]
    for role in ("fills", "designed by"):
        assert found.targets("system/patriot", role) == release().targets("system/patriot", role)


def test_a_changed_link_row_replaces_its_link(tmp_path: Path) -> None:
    pages = grids(exported())
    kind = pages["relations"][0].index("kind")
    first = pages["relations"][1]
    state, other = first[1], first[2]
    assert kind == 3
    edit = change("relations", (state, other), topic="other words", your_source="our-visit")
    found = load(overlays=(edited(tmp_path, our_source, edit),))
    assert not ours_of(found)
    assert len(found.links) == len(release().links)
    (changed,) = {*found.links} - {*release().links}
    assert (changed.subject, changed.role, changed.object) == (
        f"state/{state}", first[kind], f"state/{other}",
    )  # fmt: skip
    assert "other words" in changed.note
    assert changed.sources == ("our-visit",)


def test_a_links_key_stays_with_its_source(tmp_path: Path) -> None:
    """The key columns of `system-inputs` are links, which no change of an amount touches."""
    first = grids(exported())["system-inputs"][1]
    edit = change("system-inputs", (first[1], first[2]), criticality=2, your_source="our-visit")
    found = load(overlays=(edited(tmp_path, our_source, edit),))
    assert len(ours_of(found)) == 1
    assert found.links == release().links


def test_figures_of_a_year_keep_their_year(tmp_path: Path) -> None:
    edit = change("gdp", ("POL", "2025"), gdp_eur_bn=1000, your_source="our-visit")
    found = load(overlays=(edited(tmp_path, our_source, edit),))
    (item,) = ours_of(found)
    assert item.address == "state/POL/gdp_eur/2025"
    assert found.value("state/POL", "gdp_eur", "2025") == 1000


def test_a_date_beside_a_changed_figure_is_its_date(tmp_path: Path) -> None:
    ours = {"your_source": "our-visit", "as_of": datetime.date(2026, 9, 1)}
    path = edited(tmp_path, our_source, PATRIOT(unit_price_eur_m=900, **ours))
    (item,) = ours_of(load(overlays=(path,)))
    assert (item.as_of, item.published) == ("2026-09-01", "2026-10")


def test_new_rows_are_taken_whole(tmp_path: Path) -> None:
    path = edited(
        tmp_path,
        our_source,
        add("systems", system="own-gun", name="Own gun", capability="howitzer",
            unit_price_eur_m=7, your_source="our-visit"),
        add("lines", line="own-gun-deu", system="own-gun", state="DEU", buyable="y",
            output_per_year=12, source="our-visit", basis="estimated", as_of=2026),
        add("aliases", alias="our gun", address="system/own-gun"),
    )  # fmt: skip
    found = load(overlays=(path,))
    assert found.find("our gun") == "system/own-gun"
    assert found.things["system/own-gun"].name == "Own gun"
    price = found.observation("system/own-gun", "unit_price")
    rate = found.observation("line/own-gun-deu", "rate")
    assert price is not None
    assert rate is not None
    assert (price.value, price.basis, price.as_of) == (7, "reported", "2026-10")
    assert (rate.value, rate.basis, rate.as_of) == (12, "estimated", "2026")
    assert found.targets("line/own-gun-deu", "makes") == ["system/own-gun"]


def test_what_is_withdrawn_is_gone(tmp_path: Path) -> None:
    path = edited(
        tmp_path, PATRIOT(withdraw="y"), change("gdp", ("POL", "2025"), withdraw=True),
        change("memberships", ("nato", "TUR"), withdraw="yes"),
    )  # fmt: skip
    found = load(overlays=(path,))
    assert "system/patriot" not in found.things
    assert found.value("state/POL", "gdp_eur", "2025") is None
    assert "state/TUR" not in found.targets("arrangement/nato", "member")


# Over another overlay


def overlay(folder: Path) -> Path:
    folder.mkdir()
    (folder / "systems.csv").write_text(
        "system,capability,unit_price_eur_m,note,source,as_of,basis,withdraw\n"
        "own-gun,howitzer,0.30000000000000004,n,cp-rules,2026-11,assumed,\n"
        "patriot,,,,,,,y\n",
        encoding="utf-8",
    )
    return folder


def test_a_book_lies_on_the_overlays_that_it_was_made_from(tmp_path: Path) -> None:
    ours = overlay(tmp_path / "ours")
    content = exported(ours)
    path = edited(tmp_path, content=content)
    assert load(overlays=(ours, path)).digest == load(overlays=(ours,)).digest
    systems = [row[1] for row in grids(content)["systems"]]
    assert "own-gun" in systems
    assert "patriot" not in systems
    edit = change("systems", "own-gun", unit_price_eur_m=9, your_source="our-visit")
    path = edited(tmp_path, our_source, edit, content=content)
    assert load(overlays=(ours, path)).value("system/own-gun", "unit_price") == 9
    (problem,) = problems(path)
    assert problem.code == "other-overlay"
    assert "ours" in problem.value
    assert "--data" in problem.remedy


def test_a_book_of_the_release_lies_on_any_overlay(tmp_path: Path) -> None:
    ours = overlay(tmp_path / "ours")
    edit = change("systems", "samp-t", unit_price_eur_m=9, your_source="our-visit")
    found = load(overlays=(ours, edited(tmp_path, our_source, edit)))
    assert found.value("system/samp-t", "unit_price") == 9


# Problems


def rename(pages: Grids, sheet: str, column: str, to: str) -> None:
    pages[sheet][0][pages[sheet][0].index(column)] = to


def without(pages: Grids, sheet: str, column: str) -> None:
    at = pages[sheet][0].index(column)
    for row in pages[sheet]:
        del row[at]


PRICE = {"unit_price_eur_m": 900, "your_source": "our-visit"}
CASES: dict[str, tuple[Edit, tuple[str, ...]]] = {
    "no source": (
        PATRIOT(unit_price_eur_m=900),
        ("sheet systems, row 2, column unit_price_eur_m", "'900'", "no-source", "your_source",
         "put back '1000'"),
    ),
    "unknown source": (
        PATRIOT(unit_price_eur_m=900, your_source="our-vist"),
        ("sheet systems, row 2, column source", "unknown-source", "near: our-visit"),
    ),
    "wrong basis": (
        PATRIOT(your_basis="rumour", **PRICE), ("row 2, column basis", "'rumour'", "[basis]"),
    ),
    "source changed in place": (
        PATRIOT(source="our-visit"), ("row 2, column source", "fixed", "use your_source"),
    ),
    "note changed beside a figure": (
        PATRIOT(note="other", **PRICE), ("row 2, column note", "fixed", "your_note"),
    ),
    "date changed alone": (
        PATRIOT(as_of="2026", your_source="our-visit"), ("column as_of", "fixed", "change a fig"),
    ),
    "figure's own basis changed": (
        PATRIOT(weight_basis="reported", your_source="our-visit"), ("column weight_basis", "fixed"),
    ),
    "source without a change": (
        PATRIOT(your_source="our-visit"), ("row 2, column your_source", "no-change"),
    ),
    "value emptied": (
        PATRIOT(unit_price_eur_m="", your_source="our-visit"),
        ("row 2, column unit_price_eur_m", "emptied", "put back '1000'", "withdraw = y"),
    ),
    "words emptied": (
        PATRIOT(tier="", your_source="our-visit"), ("column tier", "emptied", "put back 'high'"),
    ),
    "key changed": (
        PATRIOT(system="patriot-2", your_source="our-visit"),
        ("row 2, column system", "'patriot-2'", "key-changed", "empty row"),
    ),
    "year changed": (
        change("gdp", ("POL", "2025"), year=2031, your_source="our-visit"),
        ("sheet gdp", "column year", "'2031'", "key-changed"),
    ),
    "unit changed": (
        change("rules", "expansion-time", unit="years", your_source="our-visit"),
        ("sheet rules", "column unit", "key-changed"),
    ),
    "no number": (
        PATRIOT(unit_price_eur_m="1,5", your_source="our-visit"), ("not-a-number", "'1,5'"),
    ),
    "a date for a number": (
        PATRIOT(unit_price_eur_m=datetime.date(2026, 5, 1), your_source="our-visit"),
        ("not-a-number", "'2026-05-01'"),
    ),
    "negative": (
        PATRIOT(unit_price_eur_m=-3, your_source="our-visit"), ("row 2", "negative", "'-3'"),
    ),
    "unknown company": (
        PATRIOT(prime_company="rtxx", your_source="our-visit"),
        ("sheet systems, row 2, column prime_company", "dangling", "near: rtx"),
    ),
    "withdrawn with a change": (
        PATRIOT(withdraw="y", **PRICE), ("column unit_price_eur_m", "[withdraw]", "put back"),
    ),
    "withdraw unclear": (PATRIOT(withdraw="x"), ("column withdraw", "'x'", "y or nothing")),
    "place unknown": (
        PATRIOT(row="systems.csv:9999"), ("row 2, column row", "row-place", "put back"),
    ),
    "row copied": (
        lambda pages: pages["systems"].append([*pages["systems"][1]]),
        ("row 461, column row", "duplicate", "row 2", "clear the cell if this is a new row"),
    ),
    "new row without a source": (
        add("systems", system="own-gun"), ("row 461, column your_source", "no-source"),
    ),
    "new row without a key": (
        add("systems", name="Own gun", your_source="our-visit"), ("row 461", "key-empty"),
    ),
    "source changed": (
        lambda pages: pages["sources"][1].__setitem__(2, "Another title"),
        ("sheet sources, row 2, column title", "fixed", "add a row of your own"),
    ),
    "alias changed": (
        lambda pages: pages["aliases"][1].__setitem__(2, "system/patriot"),
        ("sheet aliases, row 2, column address", "fixed"),
    ),
    "source twice": (our_source, ("sheet sources", "source-key", "'our-visit'")),
    "worksheet unknown": (
        lambda pages: pages.update({"Sheet1": [["a"]]}),
        ("sheet Sheet1", "unknown-sheet", "rename or delete"),
    ),
    "column missing": (
        lambda pages: without(pages, "systems", "tier"),
        ("sheet systems, row 1, column tier", "missing-column"),
    ),
    "column of rows missing": (
        lambda pages: without(pages, "sources", ROW), ("sheet sources, row 1, column row",),
    ),
    "column unknown": (
        lambda pages: rename(pages, "systems", "tier", "teir"),
        ("column teir", "unknown-column", "tier", "missing-column"),
    ),
    "column twice": (
        lambda pages: rename(pages, "systems", "tier", "name"), ("column name", "column-twice"),
    ),
    "empty worksheet": (
        lambda pages: pages["systems"].clear(), ("sheet systems [empty]",),
    ),
    "words without a heading": (
        lambda pages: [row.append("") for row in pages["systems"]]
        and pages["systems"][1].__setitem__(-1, "a scribble"),
        ("sheet systems, row 2", "'a scribble'", "no-heading", "your_note"),
    ),
    "other release": (
        lambda pages: pages["read me"].__setitem__(
            slice(None), [["made from", "the release", "0123456789abcdef"]]
        ),
        ("sheet read me", "other-release", "0123456789abcdef", "export the book again"),
    ),
    "read me deleted": (lambda pages: pages.pop("read me"), ("sheet read me", "no-origin")),
    "read me emptied": (lambda pages: pages["read me"].clear(), ("sheet read me", "no-origin")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_told_with_its_place_and_remedy(case: str, tmp_path: Path) -> None:
    edit, words = CASES[case]
    found = problems(edited(tmp_path, our_source, edit))
    told = "\n".join(map(str, found))
    assert told.startswith("book.xlsx, sheet ")
    for word in words:
        assert word in told
    assert len(found) <= 2


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    cases = ("no source", "source changed", "year changed", "worksheet unknown")
    found = problems(edited(tmp_path, our_source, *(CASES[case][0] for case in cases)))
    assert len(found) == len(cases)


@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"PK\x03\x04" + bytes(50), b"\xd0\xcf\x11\xe0" + bytes(600)]
)
def test_a_broken_book_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    (problem,) = problems(path)
    assert (problem.file, problem.code) == ("book.xlsx", "format")
    assert "password" in problem.remedy


def test_a_missing_book_is_told(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "book.xlsx")
    assert problem.code == "no-file"


# Through the command line


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object) -> Any:
    monkeypatch.setattr(sys, "argv", ["counterpoise", *map(str, words)])
    status = main()
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_book_goes_out_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "book.xlsx"
    assert run(capsys, monkeypatch, "data", "export", "--out", out)[0] == 0
    assert run(capsys, monkeypatch, "data", "check", "--data", out)[0] == 0
    edited(tmp_path, our_source, PATRIOT(**PRICE), content=out.read_bytes())
    status, said, _ = run(capsys, monkeypatch, "why", "system/patriot/unit_price", "--data", out)
    assert status == 0
    assert "900 EUR m: chosen" in said
    assert "book.xlsx/systems:2:unit_price_eur_m" in said
    status, _, told = run(capsys, monkeypatch, "data", "export", "--out", tmp_path / "book.csv")
    assert status == 2
    assert ".xlsx" in told
