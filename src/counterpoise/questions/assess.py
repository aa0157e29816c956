"""The standing picture of a state or group of states: lines of measures, from a table of rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterpoise.data.load import REFERENCE
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.asking import find_measure, measure_rows
from counterpoise.measures.parameters import BehaviourArgument, PlaceArgument, ScenarioArgument
from counterpoise.measures.standing import Given, Parameter, parameters_of, read_arguments
from counterpoise.measures.view import Place, View

Row = dict[str, Any]

LINES = REFERENCE / "assess.csv"

DEFAULTS = {"place": "", "behaviour": "ordered", "scenario": "baseline"}
"""What an assessment takes; measures get those of these that they have an argument for."""


@dataclass(frozen=True)
class Line:
    """A line of the picture: a measure with arguments given as text.

    `by` names an argument over whose values the measure is ranked, largest first, of which
    `top` are told, a row each. `of` is `group` for what means nothing for a single state, else
    empty.
    """

    section: str
    label: str
    measure: str
    arguments: dict[str, str]
    by: str
    top: int
    of: str


def read_lines(path: Path = LINES) -> tuple[Line, ...]:
    """The lines of the picture in their order."""
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(
            Line(
                row["section"],
                row["label"],
                row["measure"],
                dict(part.split("=", 1) for part in row["arguments"].split()),
                row["by"],
                int(row["top"] or 0),
                row["of"],
            )
            for row in csv.DictReader(handle)
        )


def picture(view: View, given: Given, lines: Sequence[Line] | None = None) -> list[Row]:
    """A row for each figure of the standing picture of `place`; BadInput for unfit arguments.

    `line` numbers the lines; rows of one line differ in the `item` of a ranking or in the
    argument told by `at`. Where a figure isn't known, its row says why in `missing`.
    """
    texts = {**DEFAULTS, **given}
    parameters = [Parameter(p.name, p.kind, DEFAULTS[p.name]) for p in parameters_of(_asked)]
    place: Place = read_arguments("assess", parameters, given, view)["place"]
    rows = []
    for number, line in enumerate(read_lines() if lines is None else lines, start=1):
        rows += [{"line": number, **row} for row in _rows(view, line, texts, len(place.states))]
    return rows


def _asked(
    view: View, place: PlaceArgument, behaviour: BehaviourArgument, scenario: ScenarioArgument
) -> Place:
    """The arguments of an assessment; what they name is its place."""
    return place


def arguments_of(line: Line, texts: Given) -> dict[str, str]:
    """The arguments of a line's measure: the line's own, and the assessment's that it takes."""
    names = [item.name for item in find_measure(line.measure).parameters]
    return {name: texts[name] for name in names if name in texts} | line.arguments


def _rows(view: View, line: Line, texts: Given, states: int) -> list[Row]:
    given = arguments_of(line, texts)
    told = " ".join(f"{name}={text}" for name, text in given.items())
    empty: Row = {
        "section": line.section,
        "label": line.label,
        "item": "",
        "at": "",
        "measure": line.measure,
        "arguments": told,
        "low": None,
        "value": None,
        "high": None,
        "unit": find_measure(line.measure).unit,
        "basis": "",
        "assumed_share": None,
        "not_counted": "",
        "sources": "",
        "missing": "",
    }
    if line.of == "group" and states == 1:
        return [empty | {"missing": "told of groups of states alone"}]
    try:
        found = measure_rows(view, line.measure, given, (line.by,) if line.by else ())
    except NotFound as gone:
        return [empty | {"missing": f"not known: {gone.name}"}]
    except BadInput as unfit:
        return [empty | {"missing": f"doesn't apply: {unfit.problems[0].expected}"}]
    if line.by:
        ranked = [row for row in found if row["value"]]
        found = sorted(ranked, key=lambda row: -row["value"])[: line.top]
        if not found:
            return [empty | {"missing": "none"}]
    taken = find_measure(line.measure).parameters
    several = [name for name, text in line.arguments.items() if "," in text or ".." in text]
    return [
        empty
        | {key: row[key] for key in empty if key in row and key != "measure"}
        | {
            "item": row[line.by] if line.by else "",
            "at": " ".join(row[name] for name in several),
            "arguments": " ".join(f"{item.name}={row[item.name]}" for item in taken),
        }
        for row in found
    ]
