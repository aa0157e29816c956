"""Write sheets.md and measures.md anew from the schema and the measures; --check only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from counterpoise.data.load import REFERENCE
from counterpoise.data.schema import RESERVED, Column, Schema, Sheet, load_schema
from counterpoise.measures.runs import MEASURES

FOLDER = Path(__file__).parent

SHEETS = """# Sheets and columns

Written by `docs/reference.py` from the schema; don't edit it by hand.

Each sheet is a CSV file of the same name, in the reference release and in an overlay. Beside
the columns below every sheet may have:
{reserved}.
A column of numbers, `x`, may have `x_low` and `x_high` beside it, and `x_source` and `x_basis`
where its source and basis aren't the row's. `sources.csv` and `aliases.csv` are told in
[data.md](data.md).

Kinds of column: **key** makes the address; **text** is words; **link** names another thing
(a list has entries separated by semicolons); **number** becomes a figure, `address/quantity`,
in the unit given; **note** helps to read the row. A name in braces stands for the row's cell.
"""

MEASURES_HEAD = """# Measures

Written by `docs/reference.py` from the measures; don't edit it by hand.

A measure is read from a run by its address: `counterpoise show run/latest/shortfall/together`.
Arguments are given in order. States are three-letter codes, areas and lines their short names;
`all` stands for every one, and the place `group` for areas needed by the group as a whole.
Behaviours: `ordered`, `alone`, `alone-first-round`, `together`.
"""


def cell(text: str) -> str:
    """Text fit for a table's cell."""
    return " ".join(text.replace("|", "\\|").split())


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Lines of a table."""
    lines = ["| " + " | ".join(heading) + " |", "|" + " --- |" * len(heading)]
    return lines + ["| " + " | ".join(map(cell, row)) + " |" for row in rows]


def kind_of(column: Column) -> str:
    """Kind of a column, with what a number becomes or what a link names."""
    if column.role == "quantity":
        unit = f", {column.unit}" if column.unit else ""
        return f"number: `{column.quantity}`{unit}"
    if column.role == "link":
        many = "list of links" if column.many else "link"
        return f"{many}: {column.link_role} {column.link_kind}"
    return column.role


def sheet_lines(sheet: Sheet) -> list[str]:
    """A sheet's section."""
    told = []
    if sheet.kind:
        told.append(f"Each row is a thing of kind `{sheet.kind}`, at `{sheet.address}`.")
    elif sheet.link_object:
        told.append(f"Each row is a link from `{sheet.address}` to `{sheet.link_object}`.")
    else:
        told.append(f"Each row adds figures to `{sheet.address}`.")
    if sheet.period:
        told.append(f"Period of its figures: `{sheet.period}`.")
    if sheet.qualifier:
        told.append(f"Qualifier: `{sheet.qualifier}`.")
    if sheet.table:
        told.append(f"Table of facts: `{sheet.table}`.")
    rows: list[tuple[str, ...]] = [
        (f"`{item.name}`", kind_of(item), item.meaning) for item in sheet.columns.values()
    ]
    return [f"## {sheet.name}", "", *told, "", *table(("column", "kind", "meaning"), rows), ""]


def sheets_page(schema: Schema) -> str:
    """The page of all sheets."""
    reserved = ", ".join(f"`{name}`" for name in RESERVED)
    lines = [SHEETS.format(reserved=reserved)]
    for sheet in schema.sheets.values():
        lines += sheet_lines(sheet)
    return "\n".join(lines).rstrip() + "\n"


def measures_page() -> str:
    """The page of all measures."""
    rows: list[tuple[str, ...]] = []
    for item in MEASURES.values():
        address = "/".join((item.name, *(f"<{name}>" for name in item.arguments)))
        rows.append((f"`{address}`", item.unit, item.definition))
    lines = table(("address in a run", "unit", "definition"), rows)
    return "\n".join([MEASURES_HEAD, *lines]) + "\n"


def main(arguments: list[str]) -> int:
    """Write both pages; with --check write nothing and return 1 where one isn't current."""
    pages = {
        "sheets.md": sheets_page(load_schema(REFERENCE / "schema")),
        "measures.md": measures_page(),
    }
    status = 0
    for name, text in pages.items():
        path = FOLDER / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"docs/{name} isn't current: run python docs/reference.py", file=sys.stderr)
            status = 1
        else:
            path.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
