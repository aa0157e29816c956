"""Standing measures asked for by name: one amount, or a tidy table of many."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from typing import Any

from counterpoise.data.records import Figure
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.amount import Amount, assumed_share, span, weakest_basis
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.parameters import Kind, near
from counterpoise.measures.standing import Given, StandingMeasure, read_arguments
from counterpoise.measures.view import NoAnswer, View

Row = dict[str, Any]


def find_measure(name: str) -> StandingMeasure:
    """A standing measure by name; NotFound with near ones."""
    found = ALL.get(name)
    if found is None:
        raise NotFound(name, near(name, list(ALL)) or sorted(ALL)[:5])
    return found


def value_of(view: View, name: str, **given: str) -> Amount:
    """The amount of a measure for arguments given as text."""
    found = find_measure(name)
    return found.function(view, **read_arguments(name, found.parameters, given, view))


def figure_of(
    view: View,
    item: Amount,
    address: str,
    unit: str,
    bounds: tuple[float, float] = (0.0, float("inf")),
    measure: str = "",
) -> Figure:
    """An amount as a figure with range, basis and assumed share; the range stays in bounds."""
    low, high = span(item, view.inputs)
    return Figure(
        address,
        min(max(low, bounds[0]), item.value),
        item.value,
        max(min(high, bounds[1]), item.value),
        unit,
        weakest_basis(item, view.inputs),
        assumed_share(item, view.inputs),
        measure,
        tuple(item.slopes),
    )


def split(text: str) -> list[str]:
    """The values of an argument: one, several parted by commas, or years as 2027..2030."""
    found = re.fullmatch(r"(\d{4})\.\.(\d{4})", text)
    if found:
        years = [str(item) for item in range(int(found[1]), int(found[2]) + 1)]
        if not years:
            expected, remedy = "the earlier year first", f"write {found[2]}..{found[1]}"
            raise BadInput([Problem("years", "argument", None, "", text, expected, remedy)])
        return years
    return [part.strip() for part in text.split(",")] if "," in text else [text]


def measure_rows(
    view: View, name: str, given: Given, by: Iterable[str] = (), most: int | None = None
) -> list[Row]:
    """A measure's tidy table: a row for each combination of the arguments' values.

    `by` names arguments to group by: each takes every value that lies in the given one. Rows
    of a group whose figures aren't known are left out, unless none is left. BadInput for more
    than `most` rows.
    """
    found = find_measure(name)
    defaults = {item.name: item.default for item in found.parameters}
    kinds = {item.name: item.kind for item in found.parameters}
    lists = {key: split(text) for key, text in ({**defaults, **given}).items()}
    groups = tuple(by)
    unknown = [item for item in groups if item not in kinds]
    if unknown:
        expected = ", ".join(kinds) or "nothing: it takes no arguments"
        raise BadInput(
            [
                Problem("by", name, None, "--by", item, expected, "group by an argument")
                for item in unknown
            ]
        )
    first = {key: texts[0] for key, texts in lists.items()}
    for item in groups:
        first[item] = first[item] or defaults[item] or _any_value(kinds[item], view)
    values = read_arguments(name, found.parameters, first, view)
    for item in groups:
        if item not in given or len(lists[item]) == 1:
            lists[item] = kinds[item].parts(values[item], view) or lists[item]
    count = math.prod(map(len, lists.values()))
    if most is not None and count > most:
        remedy = "ask for fewer at once"
        raise BadInput(
            [Problem("too-many", name, None, "", str(count), f"up to {most} rows", remedy)]
        )
    rows = []
    gone: NotFound | None = None
    for texts in itertools.product(*lists.values()):
        each = dict(zip(lists, texts, strict=True))
        arguments = read_arguments(name, found.parameters, each, view)
        try:
            rows.append(_row(view, found, each, found.function(view, **arguments)))
        except NotFound as error:
            if not groups:
                raise
            gone = error
    if not rows and gone is not None:
        raise gone
    return rows


def told(value: float) -> float | None:
    """A number for a table; None where there is none, as for a year that never comes."""
    return value if math.isfinite(value) else None


def _any_value(kind: Kind, view: View) -> str:
    return (kind.parts(None, view) or [""])[0] if kind.name != "place" else "NATO-EUR"


def _row(view: View, found: StandingMeasure, each: Given, item: Amount) -> Row:
    address = "/".join(("measure", found.name, *each.values()))
    if math.isnan(item.value) and found.unit != "year":
        given = " ".join(f"{key}={text}" for key, text in each.items())
        raise NoAnswer(f"a number of {found.name} for {given}")
    figure = figure_of(view, item, address, found.unit, found.bounds, found.name)
    sources = {key for ident in item.slopes for key in view.inputs[ident].sources}
    return {
        "measure": found.name,
        **each,
        "low": told(figure.low),
        "value": told(figure.value),
        "high": told(figure.high),
        "unit": figure.unit,
        "basis": figure.basis,
        "assumed_share": figure.assumed_share,
        "inputs": len(item.slopes),
        "not_counted": "; ".join(sorted(part.split("/")[-1] for part in item.missing)),
        "sources": "; ".join(sorted(sources)),
    }
