"""Making a reply from amounts: numbers in words, ranges, sources, what it rests on, what flips."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from counterpoise.data.choose import grade_of
from counterpoise.data.records import Observation
from counterpoise.measures.amount import Amount, assumed_share, effects, span, weakest_basis
from counterpoise.measures.view import View
from counterpoise.questions.question import ChartSpec, Cited, Flip, Input, Reply, Row

_NO_BOUNDS = (-math.inf, math.inf)
ROUNDING = 1e-6
"""A number nearer to zero than this is zero to a solver."""

_HEAVIEST = 8
"""Inputs that an answer names."""


def reply(
    sentence: str,
    table: Iterable[Row],
    amounts: Iterable[Amount],
    *,
    headline: Amount | None = None,
    chart: ChartSpec | None = None,
    reasons: Iterable[str] = (),
    flips: Iterable[Flip] = (),
    not_included: Iterable[str] = (),
    cites: Iterable[str] = (),
) -> Reply:
    """A reply from any iterables; ValueError for rows whose columns differ."""
    rows = tuple({name: clean(cell) for name, cell in row.items()} for row in table)
    if any(list(row) != list(rows[0]) for row in rows):
        raise ValueError("the rows of an answer's table must have the same columns")
    return Reply(
        sentence,
        rows,
        (*((headline,) if headline is not None else ()), *amounts),
        headline,
        chart if chart is not None and _drawn(chart, rows) else None,
        tuple(reasons),
        tuple(flips),
        tuple(not_included),
        cites=tuple(dict.fromkeys(cites)),
    )


def _drawn(chart: ChartSpec, table: Sequence[Row]) -> bool:
    """Whether a drawing would hold a mark: none where its own rows are none."""
    rows = chart.rows or table
    return any(row.get(chart.x) is not None and row.get(chart.y) is not None for row in rows)


def clean(cell: Any) -> Any:
    """A cell without the rounding errors of a solver around zero."""
    return 0.0 if isinstance(cell, float) and abs(cell) < ROUNDING else cell


def said(value: float, digits: int = 2) -> str:
    """A number for prose: so many significant digits, thousands set apart; a year stays whole."""
    if not math.isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 10**digits:
        return f"{int(value)}"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    return f"{rounded:,.{max(decimals, 0)}f}" if abs(rounded) < 10 else f"{rounded:,.0f}"


def named(view: View, area: str) -> str:
    """An area's name in a sentence: in small letters."""
    name = view.dataset.things[area].name
    return name[:1].lower() + name[1:]


def listed(names: list[str], most: int = 4) -> str:
    """Names in a sentence: a, b and c; of many the first ones."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "none")))


def ranged(
    view: View,
    item: Amount,
    bounds: tuple[float, float] = _NO_BOUNDS,
    inputs: Mapping[str, Observation] | None = None,
) -> str:
    """An amount for prose with its range: "12 (9.4 to 15)"; without one that can't be seen."""
    return with_range(item.value, *ends(view, item, bounds, inputs))


def with_range(value: float, low: float, high: float) -> str:
    """A value for prose with its range, which is left out where it rounds to the value."""
    shown = [said(each) for each in (value, low, high)]
    return shown[0] if len(set(shown)) == 1 else f"{shown[0]} ({shown[1]} to {shown[2]})"


def ends(
    view: View,
    item: Amount,
    bounds: tuple[float, float] = _NO_BOUNDS,
    inputs: Mapping[str, Observation] | None = None,
) -> tuple[float, float]:
    """Low and high of an amount, kept in bounds and around its value."""
    low, high = span(item, view.inputs if inputs is None else inputs)
    return min(max(low, bounds[0]), item.value), max(min(high, bounds[1]), item.value)


def cells(
    view: View,
    item: Amount,
    unit: str,
    bounds: tuple[float, float] = _NO_BOUNDS,
    inputs: Mapping[str, Observation] | None = None,
) -> Row:
    """The columns of a table that tell an amount: low, value, high, unit, basis, assumed_share."""
    known = view.inputs if inputs is None else inputs
    low, high = ends(view, item, bounds, known)
    return {
        "low": low,
        "value": item.value,
        "high": high,
        "unit": unit,
        "basis": weakest_basis(item, known),
        "assumed_share": assumed_share(item, known),
    }


def flips_of(
    view: View,
    item: Amount,
    threshold: float,
    told: str,
    *,
    inputs: Mapping[str, Observation] | None = None,
    count: int = 3,
) -> tuple[Flip, ...]:
    """Which single inputs would carry an amount to a threshold, and where they would then stand.

    First order: value + (threshold - amount) / slope. Inputs whose range reaches come first,
    then those that must move least, as a share of their value; moves beyond zero or more than
    tenfold are left out. `told` says what turns: "the half is met".
    """
    known = view.inputs if inputs is None else inputs
    found = []
    for key, slope in item.slopes.items():
        stated = known[key]
        if not slope or not stated.value:
            continue
        end = stated.value + (threshold - item.value) / slope
        if not 0 <= end / stated.value <= 10:
            continue
        low = stated.value if stated.low is None else stated.low
        high = stated.value if stated.high is None else stated.high
        inside = min(low, high) <= end <= max(low, high)
        flip = Flip(stated.address, stated.value, end, stated.unit, told, inside)
        found.append((not inside, abs(end / stated.value - 1), flip))
    found.sort(key=lambda entry: entry[:2])
    return tuple(flip for *_, flip in found[:count])


def heaviest(
    view: View, amounts: Sequence[Amount], known: Mapping[str, Observation]
) -> tuple[Input, ...]:
    """The inputs that move the amounts most; each amount counts alike, whatever its unit."""
    weights = _weights(amounts, known)
    ranked = sorted(weights, key=lambda key: (-weights[key], key))[:_HEAVIEST]
    return tuple(_input(view, known[key], weights[key]) for key in ranked)


def _weights(amounts: Sequence[Amount], known: Mapping[str, Observation]) -> dict[str, float]:
    """Shares (summing to 1) of the inputs in the amounts' effects, by observation."""
    weights: defaultdict[str, float] = defaultdict(float)
    for item in amounts:
        found = effects(item, known)
        whole = sum(found.values())
        for key, weight in found.items():
            weights[key] += weight / whole
    whole = sum(weights.values())
    return {key: weight / whole for key, weight in weights.items()}


def _input(view: View, item: Observation, weight: float) -> Input:
    value = item.value or 0.0
    return Input(
        item.address,
        value,
        value if item.low is None else item.low,
        value if item.high is None else item.high,
        item.unit,
        item.standing,
        grade_of(item, view.dataset.sources),
        weight,
    )


def mean_assumed_share(amounts: Sequence[Amount], known: Mapping[str, Observation]) -> float:
    """Mean of the amounts' assumed shares; amounts that rest on nothing don't count."""
    shares = [assumed_share(item, known) for item in amounts if effects(item, known)]
    return sum(shares) / len(shares) if shares else 0.0


def cited(
    view: View,
    amounts: Sequence[Amount],
    known: Mapping[str, Observation],
    beside: Iterable[str] = (),
) -> tuple[Cited, ...]:
    """The sources of all inputs that the amounts move with, by weight, then grade.

    Sources `beside` them, of rows without numbers, come with weight 0 where they aren't among them.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    for ident, weight in _weights(amounts, known).items():
        for key in known[ident].sources:
            if key in view.dataset.sources:
                weights[key] += weight / len(known[ident].sources)
    for key in beside:
        if key in view.dataset.sources:
            weights[key] += 0.0
    found = [view.dataset.sources[key] for key in weights]
    found.sort(key=lambda item: (-round(weights[item.key], 9), item.grade, item.key))
    return tuple(
        Cited(
            item.key,
            item.title or item.key,
            item.publisher,
            item.grade,
            item.leak,
            weights[item.key],
            item.date,
            item.url,
        )
        for item in found
    )


def grades(sources: Sequence[Cited]) -> str:
    """Sources counted by grade: "A 3, B 2"."""
    counted = Counter(item.grade for item in sources)
    return ", ".join(f"{grade} {count}" for grade, count in sorted(counted.items()))


def not_counted(amounts: Sequence[Amount]) -> tuple[str, ...]:
    """A sentence that names what isn't counted for want of figures, if anything isn't."""
    gone = sorted({part.split("/")[-1] for item in amounts for part in item.missing})
    return (f"not counted for want of figures: {', '.join(gone)}",) if gone else ()
