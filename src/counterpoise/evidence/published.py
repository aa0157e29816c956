"""Published results as they were printed: a table of comparison, apart from the dataset."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from counterpoise.errors import BadInput, Problem
from counterpoise.evidence.formula import Formula, FormulaError, read_formula

COMPARISON = Path(__file__).parent.parent / "comparison" / "published-results.csv"

REQUIRED = ("id", "study", "statement", "unit")
NUMBERS = ("value_low", "value", "value_high")
OTHER = (
    "as_of",
    "metric",
    "scope",
    "year",
    "source",
    "basis",
    "note",
    "formula",
    "missing",
    "differs",
)
IGNORED = ("inputs_needed", "computation")
"""Columns that a list of published results may have and that nothing here reads."""


@dataclass(frozen=True)
class Published:
    """A published result: what was printed, by whom, and how it can be computed here.

    `formula` is None where it can't be: `missing` then says which input isn't public.
    `differs` names the figure that differs where ours is more than a tenth off.
    """

    id: str
    study: str
    statement: str
    unit: str
    as_of: str
    low: float | None
    value: float | None
    high: float | None
    sources: tuple[str, ...]
    note: str
    formula: Formula | None
    missing: str
    differs: str

    @property
    def centre(self) -> float:
        """The printed value; the end of a range where only that is printed."""
        known = [item for item in (self.value, self.high, self.low) if item is not None]
        return known[0]


def read_published(path: Path = COMPARISON) -> tuple[Published, ...]:
    """The rows of a table of published results; BadInput with every problem in the file."""
    file = path.name
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = list(reader)
            header = tuple(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problem = Problem(
            "unreadable", str(path), None, "", "", "a CSV file in UTF-8", f"mend it: {error}"
        )
        raise BadInput([problem]) from None
    problems = _header(header, file)
    if problems:
        raise BadInput(problems)
    found: list[Published] = []
    for number, row in enumerate(rows, start=2):
        cells = {key: (row.get(key) or "").strip() for key in (*REQUIRED, *NUMBERS, *OTHER)}
        faults = _faults(cells, file, number, {item.id for item in found})
        problems += faults
        if not faults:
            found.append(_published(cells))
    if problems:
        raise BadInput(problems)
    return tuple(found)


def _header(header: tuple[str, ...], file: str) -> list[Problem]:
    known = (*REQUIRED, *NUMBERS, *OTHER, *IGNORED)
    problems = [
        Problem("column", file, 1, name, "", "this column", "add it")
        for name in (*REQUIRED, "value")
        if name not in header
    ]
    return problems + [
        Problem("column", file, 1, str(name), "", ", ".join(known), "leave the column out")
        for name in header
        if name not in known
    ]


def _faults(cells: dict[str, str], file: str, row: int, seen: set[str]) -> list[Problem]:
    problems = [
        Problem("missing", file, row, name, "", "a text", "fill the cell")
        for name in REQUIRED
        if not cells[name]
    ]
    if cells["id"] in seen:
        expected = "an id that no other row has"
        problems.append(Problem("twice", file, row, "id", cells["id"], expected, "rename it"))
    for name in NUMBERS:
        if cells[name] and _number(cells[name]) is None:
            problems.append(
                Problem("number", file, row, name, cells[name], "a number", "correct it")
            )
    if cells["unit"] == "year" and not cells["as_of"][:4].isdigit():
        expected = "the year of the study, from which a year's difference is counted"
        problems.append(Problem("missing", file, row, "as_of", cells["as_of"], expected, "add it"))
    if not any(cells[name] for name in NUMBERS):
        problems.append(Problem("missing", file, row, "value", "", "a printed value", "add it"))
    if bool(cells["formula"]) == bool(cells["missing"]):
        expected = "either a formula, or what is missing to compute it"
        problems.append(
            Problem("formula", file, row, "formula", cells["formula"], expected, "fill just one")
        )
    if cells["formula"]:
        fault = _formula_fault(cells)
        if fault:
            problems.append(
                Problem("formula", file, row, "formula", cells["formula"], fault, "mend it")
            )
    return problems


def _formula_fault(cells: dict[str, str]) -> str:
    """What is wrong with a row's formula; "" if nothing."""
    try:
        found = read_formula(cells["formula"])
    except FormulaError as error:
        return str(error)
    stated = {float(text.replace(",", "")) for text in _NUMBER.findall(cells["statement"])}
    strange = [f"{item:g}" for item in found.asked if item not in stated]
    return f"asked for in the statement: {', '.join(strange)} isn't" if strange else ""


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _published(cells: dict[str, str]) -> Published:
    low, value, high = (_number(cells[name]) for name in NUMBERS)
    return Published(
        id=cells["id"],
        study=cells["study"],
        statement=cells["statement"],
        unit=cells["unit"],
        as_of=cells["as_of"],
        low=low,
        value=value,
        high=high,
        sources=tuple(key.strip() for key in cells["source"].split(";") if key.strip()),
        note=cells["note"],
        formula=read_formula(cells["formula"]) if cells["formula"] else None,
        missing=cells["missing"],
        differs=cells["differs"],
    )
