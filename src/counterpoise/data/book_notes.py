"""What stands beside the cells of a workbook: comments, and entries offered for choice."""

from __future__ import annotations

from collections import Counter

from counterpoise.data.changes import ROW
from counterpoise.data.check import ALTERNATIVES
from counterpoise.data.choose import grade_of
from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import DATE
from counterpoise.data.records import Observation
from counterpoise.data.schema import BASES, GRADES, TERMS, Column, Sheet
from counterpoise.data.sheets import Row

Choice = tuple[tuple[str, ...], str]
"""Entries that a column offers, and what Excel does about others: stop or warning."""

GUIDE = """\
Each worksheet is one sheet of the dataset, each row one thing or some figures of it. Rest on a \
heading to read what its column means, and on a number to read its basis and sources. A grey \
empty number is filled by a rule, which gives way to what you write.

Change a figure: write over the cell, and write the key of your source into your_source. Your \
basis (reported where you leave it empty) and a note may follow. Changed cells alone become \
figures of yours; all others stay as they are.
A changed number drops its old low and high, unless you change one of these too.
Name your source: add a row to the sheet sources, with an empty cell in the column row, a key of \
your own, title, publisher, date, kind, grade (A to E) and licence. Its date becomes your figures'.
Add something: write a row below the others, with an empty cell in the column row.
Take something out: write y into withdraw. Rows and sheets that you delete change nothing.
Leave the column row as it is. Sort, filter and hide as you like; don't delete or rename columns.

Then give the saved book wherever an overlay may stand:
counterpoise data check --data book.xlsx
counterpoise plan --data book.xlsx
A book lies only on what it was made from: for another release, export it again."""

_MEANINGS = {
    ROW: "where the row stands: leave as is; empty for new rows",
    "source": "keys of the row's sources, separated by semicolons; yours go into your_source",
    "as_of": "date that the row's figures hold for: YYYY, YYYY-MM or YYYY-MM-DD",
    "published": "date on which they were published; that of the sources where it is empty",
    "basis": "how the row's figures came about; yours goes into your_basis",
    "note": "what a reader should know; yours goes into your_note",
    "error": "y records a misprint: the row's figures never win",
    "your_source": "key or keys, separated by semicolons, of the sheet sources; needed beside "
    "whatever you change",
    "your_basis": "how your figures came about; reported where it is empty",
    "your_note": "what a reader of your figures should know",
    "withdraw": "y takes out what the row names",
}

_PARTS = {"low": "lowest", "high": "highest", "source": "source", "basis": "basis"}

_MOST = 20
"""Different words up to which a column is taken to have a closed set of them."""

_SHORT = 30
"""Characters up to which such a word is long."""

_TOLD = 4
"""Sources that a comment tells of before it counts the rest."""


def meaning(sheet: Sheet, name: str) -> str:
    """What a column holds, with its unit; "" where that goes without saying."""
    column = sheet.columns.get(name)
    if column is not None:
        unit = f" [{column.unit}]" if column.unit else ""
        many = "; several are separated by semicolons" if column.many else ""
        return f"{column.meaning}{unit}{many}"
    whole, _, part = name.rpartition("_")
    if whole in sheet.columns and part in _PARTS:
        return f"{_PARTS[part]} of {whole}: {sheet.columns[whole].meaning}"
    return _MEANINGS.get(name, "")


def provenance(item: Observation, dataset: Dataset) -> str:
    """Basis, date and sources of a stated figure, and which other one counts, if one does."""
    lines = [", ".join(part for part in (item.basis, item.as_of) if part)]
    chosen = dataset.chosen[item.key]
    if chosen is not item:
        lines.insert(0, f"another value counts: {_elsewhere(chosen)}")
    for name in item.sources[:_TOLD]:
        source = dataset.sources[name]
        told = ", ".join(part for part in (source.publisher, source.title, source.date) if part)
        lines.append(f"{name} (grade {source.grade}): {told}")
    if len(item.sources) > _TOLD:
        lines.append(f"and {len(item.sources) - _TOLD} more")
    return "\n".join(lines)


def empty_told(dataset: Dataset, subject: str, column: Column) -> str:
    """What counts where a cell is empty: a rule's value, or one stated elsewhere; "" if nothing."""
    item = dataset.observation(subject, column.quantity)
    if item is None or item.value is None:
        return ""
    if item.layer > 0:
        return f"stated elsewhere: {_elsewhere(item)}"
    grade = grade_of(item, dataset.sources)
    return f"filled by a rule: {_amount(item)}\n{item.note} (grade {grade})"


def _elsewhere(item: Observation) -> str:
    return f"{_amount(item)}, {item.basis}, {item.origin.file}, row {item.origin.row}"


def _amount(item: Observation) -> str:
    """A value with its range and unit."""
    told = "" if item.value is None else _rounded(item.value)
    if item.low is not None or item.high is not None:
        told += f" ({_rounded(item.low)} to {_rounded(item.high)})"
    return f"{told} {item.unit}".strip()


def _rounded(number: float | None) -> str:
    """A number to three digits, those above a thousand whole."""
    number = number or 0.0
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def choices(sheet: Sheet, dataset: Dataset, rows: list[Row]) -> dict[str, Choice]:
    """What the columns of a sheet offer. New links and words may be written all the same."""
    found: dict[str, Choice] = {"basis": (BASES, "stop"), "your_basis": (BASES, "stop")}
    found |= {name: (("y",), "stop") for name in ("error", "withdraw")}
    for name, column in sheet.columns.items():
        if column.role == "quantity":
            found[f"{name}_basis"] = (BASES, "stop")
        elif column.role == "link":
            found[name] = (_names(column.link_kind, dataset), "warning")
        elif column.role == "text" and name not in sheet.addressing:
            words = _closed(name, rows)
            if words:
                found[name] = (words, "warning")
    return found


def source_choices(rows: list[Row]) -> dict[str, Choice]:
    """What the columns of the sheet of sources offer."""
    found: dict[str, Choice] = {"grade": (GRADES, "stop"), "leak": (("y",), "stop")}
    found["terms"] = (TERMS, "stop")
    return found | {"kind": (_closed("kind", rows), "warning")}


def _names(kind: str, dataset: Dataset) -> tuple[str, ...]:
    """Short names of all things that a column of links may name."""
    kinds = (kind, *ALTERNATIVES.get(kind, ()))
    return tuple(item.address.split("/", 1)[1] for name in kinds for item in dataset.kind(name))


def _closed(name: str, rows: list[Row]) -> tuple[str, ...]:
    """The words of a column where few and short ones come again and again, else nothing."""
    words = Counter(row.get(name) for row in rows if row.get(name))
    few = 0 < len(words) <= _MOST and 2 * len(words) <= words.total()
    fit = all(len(word) <= _SHORT and not DATE.fullmatch(word) for word in words)
    return tuple(sorted(words)) if few and fit else ()
