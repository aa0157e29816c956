"""The dataset as a workbook to edit, one worksheet a sheet; `book_read` reads it back."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from counterpoise.data.book_notes import (
    GUIDE,
    Choice,
    choices,
    empty_told,
    meaning,
    provenance,
    source_choices,
)
from counterpoise.data.book_read import LISTS, MADE_FROM, READ_ME
from counterpoise.data.changes import ROW, YOURS
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Origin
from counterpoise.data.schema import Sheet
from counterpoise.data.sheets import Layer, Row, parse_number

SPARE = 500
"""Rows below those of a sheet that offer choices too."""

_LINE = 15
"""Height of a line of text, points."""

_GUIDE_WIDTH = 90
"""Width of the guide's column, characters."""

_WIDTHS = (8, 40)
"""Narrowest and widest column, in characters."""

_COMMENT = (55, 17, 400)
"""Characters in a line of a comment, and its height a line and width, in pixels."""


def book(dataset: Dataset, layers: Sequence[Layer]) -> bytes:
    """A workbook (.xlsx) of the rows of `layers`: the release and the overlays in `dataset`."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        writer = _Writer(workbook, dataset)
        writer.read_me(layers)
        for sheet in dataset.schema.sheets.values():
            rows = [row for layer in layers for row in layer.sheets.get(sheet.name, [])]
            # What an overlay withdrew isn't there to be edited.
            writer.sheet(sheet, [row for row in rows if writer.subject(row) in dataset.things])
        for name in ("sources", "aliases"):
            writer.plain(name, [row for layer in layers for row in layer.sheets.get(name, [])])
        writer.offered()
    return buffer.getvalue()


class _Writer:
    """Writes worksheets one after another, and last the lists that their cells offer."""

    def __init__(self, workbook: xlsxwriter.Workbook, dataset: Dataset):
        self.workbook = workbook
        self.dataset = dataset
        self.stated = {
            (item.origin, item.id.rpartition(":")[2]): item for item in dataset.observations
        }
        self.lists: dict[tuple[str, ...], str] = {}
        heading = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self.theirs = workbook.add_format({**heading, "bg_color": "#DDE6EE"})
        self.yours = workbook.add_format({**heading, "bg_color": "#FFF1CC"})
        self.words = workbook.add_format({"num_format": "@"})
        self.grey = workbook.add_format({"num_format": "@", "font_color": "#808080"})
        self.ruled = workbook.add_format({"bg_color": "#E8E8E8"})
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})

    def subject(self, row: Row) -> str:
        """The address of the thing that a row speaks of ("" where it only withdraws)."""
        return self.dataset.carried.get((row.file, row.number), "")

    def read_me(self, layers: Sequence[Layer]) -> None:
        """What the book is, what it was made from, and how to edit it."""
        page = self.workbook.add_worksheet(READ_ME)
        page.fit_to_pages(1, 0)
        page.set_column(0, 0, 14)
        page.set_column(1, 1, _GUIDE_WIDTH)
        page.write_string(0, 0, "Counterpoise: the dataset to edit", self.title)
        page.write_row(1, 0, ("release", self.dataset.id))
        page.write_row(2, 0, ("digest", self.dataset.digest))
        for at, layer in enumerate(layers, start=3):
            page.write_row(at, 0, (MADE_FROM, layer.name or "the release", layer.digest))
        for at, line in enumerate(GUIDE.split("\n"), start=4 + len(layers)):
            page.set_row(at, _LINE * (1 + len(line) // _GUIDE_WIDTH))
            page.write_string(at, 1, line, self.wrapped)

    def sheet(self, sheet: Sheet, rows: list[Row]) -> None:
        """A sheet of the schema, with comments on its numbers."""
        names = [name for name in _heading(rows) if name not in YOURS]
        whole = {
            part: column
            for name, column in sheet.columns.items()
            if column.role == "quantity"
            for part in (f"{name}_low", name, f"{name}_high")
        }
        page = self.page(sheet.name, [*names, *YOURS], rows, set(whole))
        for at, name in enumerate((ROW, *names, *YOURS)):
            self.remark(page, 0, at, meaning(sheet, name))
        for number, row in enumerate(rows, start=1):
            for at, name in enumerate(names, start=1):
                if name not in whole:
                    continue
                column = whole[name]
                item = self.stated.get((Origin(row.file, row.number), column.name))
                if row.get(name) and item is not None:
                    self.remark(page, number, at, provenance(item, self.dataset))
                elif name == column.name and not row.get(name):
                    told = empty_told(self.dataset, self.subject(row), column)
                    if told:
                        page.write_blank(number, at, None, self.ruled)
                        self.remark(page, number, at, told)
        offers = choices(sheet, self.dataset, rows)
        self.offer(page, [ROW, *names, *YOURS], len(rows), offers)

    def plain(self, name: str, rows: list[Row]) -> None:
        """The sheet of sources or of aliases, whose rows can only be added to."""
        names = _heading(rows)
        page = self.page(name, names, rows, set())
        if name == "sources":
            self.offer(page, [ROW, *names], len(rows), source_choices(rows))

    def page(
        self, name: str, names: list[str], rows: list[Row], numbers: set[str]
    ) -> xlsxwriter.worksheet.Worksheet:
        """A worksheet with a heading and the cells of its rows."""
        page = self.workbook.add_worksheet(name)
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, len(rows), len(names))
        page.set_row(0, 3 * _LINE)
        page.set_column(0, 0, 18, self.grey)
        page.write_string(0, 0, ROW, self.theirs)
        for number, row in enumerate(rows, start=1):
            page.write_string(number, 0, f"{row.file}:{row.number}")
        for at, column in enumerate(names, start=1):
            longest = max((len(row.get(column)) for row in rows), default=0)
            width = min(max(longest, len(column) // 2 + 3, _WIDTHS[0]), _WIDTHS[1])
            page.set_column(at, at, width, None if column in numbers else self.words)
            page.write_string(0, at, column, self.yours if column in YOURS else self.theirs)
            for number, row in enumerate(rows, start=1):
                text = row.get(column)
                value = parse_number(text) if column in numbers else None
                if value is not None:
                    page.write_number(number, at, value)
                elif text:
                    page.write_string(number, at, text)
        return page

    def remark(
        self, page: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str
    ) -> None:
        """A comment on a cell, in a box as high as its text."""
        length, height, width = _COMMENT
        lines = sum(1 + len(line) // length for line in text.split("\n"))
        if text:
            size = {"width": width, "height": height * (lines + 1)}
            page.write_comment(row, column, text, {**size, "author": "", "font_size": 9})

    def offer(
        self,
        page: xlsxwriter.worksheet.Worksheet,
        names: list[str],
        count: int,
        offers: dict[str, Choice],
    ) -> None:
        """Let the columns of a worksheet offer their choices, in spare rows too."""
        for at, name in enumerate(names):
            if name == "your_source":
                # As many as there may ever be: the editor's own sources are offered too.
                source, style = "=sources!$B$2:$B$9999", "warning"
            elif name in offers and offers[name][0]:
                source, style = self.listed(offers[name][0]), offers[name][1]
            else:
                continue
            rule = {"validate": "list", "source": source, "error_type": style}
            page.data_validation(1, at, count + SPARE, at, rule)

    def listed(self, words: tuple[str, ...]) -> str:
        """The place of a list on the hidden worksheet."""
        column = xlsxwriter.utility.xl_col_to_name(len(self.lists))
        return self.lists.setdefault(words, f"={LISTS}!${column}$1:${column}${len(words)}")

    def offered(self) -> None:
        """The hidden worksheet with all lists."""
        page = self.workbook.add_worksheet(LISTS)
        page.hide()
        for at, words in enumerate(self.lists):
            page.write_column(0, at, words, self.words)


def _heading(rows: list[Row]) -> list[str]:
    """All columns of some rows, in their order."""
    return list(dict.fromkeys(name for row in rows for name in row.cells))
