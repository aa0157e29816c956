"""The planning cycle as tables: each step of a round, and the review some years on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from counterpoise.data.fill import need as figure
from counterpoise.data.records import short
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import span
from counterpoise.measures.cycle import Cell, Round, open_share, round_of
from counterpoise.measures.parameters import (
    BehaviourArgument,
    PlaceArgument,
    ScenarioArgument,
    choice,
    number,
    year,
)
from counterpoise.measures.standing import Given, Parameter, parameters_of, read_arguments
from counterpoise.measures.view import Place, View
from counterpoise.questions import cycle_tables as tables_of
from counterpoise.questions.cycle_tables import Row
from counterpoise.questions.reply import clean
from counterpoise.world.needs import KEYS

DEFAULTS = {
    "place": "NATO-EUR",
    "key": "half",
    "first": "2026",
    "review": "2",
    "threshold": "50",
    "behaviour": "ordered",
    "scenario": "baseline",
}

Key = Annotated[str, choice(*KEYS)]
First = Annotated[int, year(2026, 2034)]
Review = Annotated[str, choice(*map(str, range(1, 10)))]
Threshold = Annotated[float, number(1, 100, "percent of the requirement")]


@dataclass(frozen=True)
class Step:
    """A step of the real process, and the tables that stand for it."""

    number: str
    name: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Cycle:
    """A walk through the cycle: tables by name in the order of the steps, a sentence for each.

    `years` are the first, the review's and the one in which needs reach their end.
    """

    place: Place
    years: tuple[int, int, int]
    threshold: float
    steps: tuple[Step, ...]
    tables: Mapping[str, Sequence[Row]]
    sentences: Mapping[str, str]


def steps(view: View) -> tuple[Step, ...]:
    """The steps of the planning process in their order, as the dataset has them."""
    rows = sorted(view.dataset.kind("process-step"), key=lambda item: item.texts["number"])
    return tuple(
        Step(
            item.texts["number"],
            item.name,
            tuple(part.strip() for part in item.texts.get("gives", "").split(";") if part.strip()),
        )
        for item in rows
    )


def parameters(view: View) -> tuple[Parameter, ...]:
    """The arguments of a cycle, with defaults; the review comes when the data say it does."""
    after = [
        view.dataset.value(item.address, "after_years") or 0.0
        for item in view.dataset.kind("process-step")
    ]
    defaults = {**DEFAULTS, **({"review": f"{max(after):g}"} if any(after) else {})}
    return tuple(
        Parameter(item.name, item.kind, defaults[item.name]) for item in parameters_of(walk)
    )


def cycle(view: View, given: Given) -> Cycle:
    """A cycle by arguments given as text; BadInput for unfit ones."""
    return walk(view, **read_arguments("cycle", parameters(view), given, view))


def walk(
    view: View,
    place: PlaceArgument,
    key: Key,
    first: First,
    review: Review,
    threshold: Threshold,
    behaviour: BehaviourArgument,
    scenario: ScenarioArgument,
) -> Cycle:
    """The steps of one round in the first year, and of the review some years on.

    BadInput where the review comes after the last year that is told.
    """
    end = int(figure(view.dataset, "rule/need-end", "value"))
    later = first + int(review)
    if later > end:
        raise BadInput(
            [
                Problem(
                    "argument",
                    "cycle",
                    None,
                    "review",
                    review,
                    f"at most {end - first} years after {first}",
                    "let it come earlier",
                )
            ]
        )
    held = round_of(view, place, key, behaviour, scenario)
    years = (first, later, end)
    areas = [area for area in held.areas if held.required(area, end).value > 0]
    cells = {at: [c for area in areas for c in held.cells(area, at)] for at in years}
    tables: dict[str, Sequence[Row]] = {
        "guidance": tables_of.guidance(view, areas),
        "requirement": tables_of.requirement(held, cells, areas),
        "apportionment": tables_of.apportionment(held, cells),
        "reply": tables_of.replies(held, cells),
        "shortfall": tables_of.shortfall(held, cells),
        "review": tables_of.review(held, cells[first], cells[later]),
        "areas": tables_of.areas_table(held, cells, areas, threshold, behaviour, scenario),
        "states": tables_of.states_table(held, cells),
    }
    tables = {
        name: [{column: clean(cell) for column, cell in row.items()} for row in rows]
        for name, rows in tables.items()
    }
    return Cycle(place, years, threshold, steps(view), tables, _sentences(held, cells, tables))


def _sentences(
    held: Round, cells: Mapping[int, Sequence[Cell]], tables: Mapping[str, Sequence[Row]]
) -> dict[str, str]:
    """What each step says, in a sentence."""
    first, later, end = cells
    place = held.scope.place.name
    goals = {row["goal"] for row in tables["guidance"]}
    areas = {row["area"] for row in tables["requirement"]}
    shown = [cell for cell in cells[end] if cell.weight > 0]
    apart = [cell for cell in shown if cell.area not in held.world.labels.joint]
    growth: defaultdict[str, float] = defaultdict(float)
    for cell in apart:
        growth[short(cell.place)] += cell.share / len({item.area for item in apart})
    ranked = sorted(growth.items(), key=lambda item: -item[1])
    most = ", ".join(f"{state} {100 * share:.0f}%" for state, share in ranked[:4])
    plans = Counter(short(cell.place) for cell in shown if cell.plan is not None)
    named = ", ".join(f"{state} {count}" for state, count in plans.most_common())
    told_of = sum(cell.plan is None and cell.announced.value > 0 for cell in shown)
    moved = {name: _moved(tables["review"], name) for name in ("grows", "falls")}
    return {
        "guidance": f"{len(goals)} published goals stand behind the needs of {len(areas)} areas; "
        "the targets by state are secret.",
        "requirement": f"In {len(areas)} areas the requirement of the group, the part of the "
        f"United States in it, grows by {_growth(held, first, end):.0f}% from {first} to {end}, "
        "mean over the areas.",
        "apportionment": f"The key {held.key} shares it out; of what is above the baseline, mean "
        f"over the areas, {most}; areas needed by all together stay with the group.",
        "reply": f"{sum(plans.values())} parts of {len(shown)} are replied to by a published plan"
        + (f" ({named})" if named else "")
        + f"; the others by rule: what is held and on order, in {told_of} with orders announced.",
        "shortfall": f"If all keep their word, {_percent(held, cells[end], 'shortfall')} of what "
        f"falls to {place} is open in {end}, mean over the areas; "
        f"{_percent(held, cells[end], 'uncovered')} without what is only announced.",
        "review": f"From {first} to {later} the shortfall grows in {moved['grows']} areas and "
        f"falls in {moved['falls']}: {_percent(held, cells[first], 'shortfall')} are open at "
        f"first, {_percent(held, cells[later], 'shortfall')} at the review.",
    }


def _growth(held: Round, first: int, end: int) -> float:
    ratios = [
        held.required(area, end).value / held.required(area, first).value
        for area in held.areas
        if held.required(area, first).value > 0
    ]
    return 100 * (sum(ratios) / len(ratios) - 1)


def _percent(held: Round, cells: Sequence[Cell], name: str) -> str:
    share = 100 * open_share([cell for cell in cells if cell.weight > 0], name)
    low, high = span(share, held.view.inputs)
    return f"{share.value:.0f}% ({max(low, 0.0):.0f} to {min(high, 100.0):.0f})"


def _moved(rows: Sequence[Row], way: str) -> int:
    by_area: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        by_area[row["area"]] += row["counted"] * (row["to"] - row["from"])
    return sum(move > 1e-9 if way == "grows" else move < -1e-9 for move in by_area.values())
