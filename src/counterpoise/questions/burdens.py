"""Who carries which burden, and who drives the build-up."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.amount import Amount
from counterpoise.measures.asking import value_of
from counterpoise.measures.parameters import (
    PastYear,
    PlaceArgument,
    choice,
)
from counterpoise.measures.stated import INDICATORS
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import cells, flips_of, ranged, reply, said

PERCENT = (0.0, 100.0)


def named(view: View, state: str) -> str:
    """A state's name."""
    return view.dataset.things[state].name


@computed(group="NATO-EUR", year="2025")
def burdens(view: View, context: Context, group: PlaceArgument, year: PastYear) -> Reply:
    """Each state's part of the group by indicator, beside its part of the product."""
    _several(group)
    rows: list[Row] = [{"state": named(view, state)} for state in group.states]
    amounts: list[Amount] = []
    told: list[str] = []
    columns: dict[str, dict[str, Amount]] = {}
    for indicator in INDICATORS:
        when, found = _column(view, group, indicator, year)
        columns[indicator] = {
            named(view, state): item
            for state, item in zip(group.states, found, strict=True)
            if item is not None
        }
        for row, item in zip(rows, found, strict=True):
            row[indicator] = None if item is None else item.value
            row["unit"] = "percent of the group"
        amounts += [item for item in found if item is not None]
        count = sum(item is not None for item in found)
        if when != year or count < len(rows):
            told.append(f"{indicator}: of {when}, figures of {count} of {len(rows)} states")
    rows.sort(key=lambda row: -(row["spending"] or 0.0))
    known = [row for row in rows if row["spending"] and row["gdp"]]
    if not known:
        raise NoAnswer(f"spending and product of {group.name} in {year}")
    over, who, where = max(
        (row[indicator] - row["gdp"], str(row["state"]), indicator)
        for row in known
        for indicator in INDICATORS
        if row[indicator] is not None
    )
    first = known[0]
    spending, product = columns["spending"], columns["gdp"]
    above = [row for row in known if row["spending"] > row["gdp"]]
    sentence = (
        f"In {year} {first['state']} carried most of {group.name}'s spending "
        f"({said(first['spending'])}%, with {said(first['gdp'])}% of the product); {len(above)} "
        f"of {len(known)} states carry more of the spending than of the product; farthest above "
        f"its weight is {who} in {where} (+{said(over)} points)."
    )
    parity = spending[str(first["state"])] / product[str(first["state"])]
    ratios = [
        {"state": row["state"], "times": row["spending"] / row["gdp"]}
        for row in sorted(known, key=lambda row: -row["spending"] / row["gdp"])
    ]
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "ranges", "state", "times", f"Part of the spending over part of the product, {year}",
            "times", low="times", high="times", marked=1.0, rows=tuple(ratios),
        ),
        reasons=[
            "each column adds up to 100 over the states that have a figure; no column is weighed "
            "against another, since every weighting is a judgement",
            *told,
        ],
        flips=flips_of(
            view, parity, 1.0, f"{first['state']} would carry just its part of the product"
        ),
    )  # fmt: skip


def _several(group: Place) -> None:
    """BadInput for a single state, which has no parts to compare."""
    if len(group.states) < 2:
        expected, remedy = "a group of several states", "name a scope or an arrangement"
        raise BadInput([Problem("group", "ask", None, "group", group.name, expected, remedy)])


def _column(view: View, group: Place, indicator: str, year: int) -> tuple[int, list[Amount | None]]:
    """Each state's part by an indicator, in the nearest year that half of the states have.

    Where no year has so many, the one that most have.
    """
    best: tuple[int, list[Amount | None]] = (year, [None for _ in group.states])
    most = 0
    for when in sorted(range(2014, 2027), key=lambda item: (abs(item - year), item)):
        found = [_part(view, state, group, indicator, when) for state in group.states]
        count = sum(item is not None for item in found)
        if 2 * count >= len(found):
            return when, found
        if count > most:
            best, most = (when, found), count
    return best


def _part(view: View, state: str, group: Place, indicator: str, year: int) -> Amount | None:
    try:
        return value_of(
            view, "burden_share", place=state.split("/")[1], group=group.name,
            indicator=indicator, year=str(year),
        )  # fmt: skip
    except NotFound:
        return None


@computed(group="NATO-EUR", indicator="spending", first="2022", last="2025")
def drivers(
    view: View,
    context: Context,
    group: PlaceArgument,
    indicator: Annotated[str, choice("spending", "equipment")],
    first: PastYear,
    last: PastYear,
) -> Reply:
    """Each state's part of the group's increase between two years, and how concentrated it is."""
    _several(group)
    years = {"first": str(first), "last": str(last)}
    rows: list[Row] = []
    amounts: list[Amount] = []
    for state in group.states:
        try:
            item = value_of(
                view, "build_up_share", place=state.split("/")[1], group=group.name,
                indicator=indicator, **years,
            )  # fmt: skip
        except NotFound:
            continue
        amounts.append(item)
        rows.append({"state": named(view, state), **cells(view, item, "percent of the rise")})
    rows.sort(key=lambda row: -row["value"])
    top = value_of(
        view, "build_up_top_share", place=group.name, indicator=indicator, count="3", **years
    )
    spread = value_of(
        view, "build_up_concentration", place=group.name, indicator=indicator, **years
    )
    if math.isnan(top.value) or len(rows) < 3:
        raise NoAnswer(f"a rise of {indicator} in {group.name} from {first} to {last}")
    leaders = [str(row["state"]) for row in rows[:3]]
    sentence = (
        f"{leaders[0]}, {leaders[1]} and {leaders[2]} drive {ranged(view, top, PERCENT)}% of the "
        f"rise of {group.name}'s {indicator} from {first} to {last}; it is as concentrated as if "
        f"{said(spread.value)} states of equal size made it."
    )
    return reply(
        sentence,
        rows,
        [top, spread, *amounts],
        headline=top,
        chart=ChartSpec(
            "bars", "state", "value", f"Part of the rise of {indicator}, {first} to {last}",
            "percent",
        ),
        reasons=[
            "increases are in nominal euros at each year's rate, so inflation and a falling or "
            "rising currency count too",
            f"the effective number of states is one over the sum of squared parts: "
            f"{said(spread.value)} of {len(rows)}",
        ],
        flips=flips_of(view, top, 50.0, "three states would make just half of the rise"),
    )  # fmt: skip
