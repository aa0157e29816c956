"""The tables of a planning cycle: what each step gives, by area and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpoise.data.records import short
from counterpoise.measures.amount import Amount, span
from counterpoise.measures.asking import figure_of, told
from counterpoise.measures.cover import european_share, year_of_cover
from counterpoise.measures.cycle import Cell, Round, added, open_part, open_share
from counterpoise.measures.parameters import Areas
from counterpoise.measures.view import View

Row = dict[str, Any]

SHARE_YEAR = 2030
"""The year for which the European share is told."""

PERCENT = (0.0, 100.0)


def _ranged(view: View, name: str, item: Amount) -> Row:
    low, high = span(item, view.inputs)
    return {f"{name}_low": max(low, 0.0), name: item.value, f"{name}_high": high}


def _shown(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.weight > 0]


def guidance(view: View, areas: Sequence[str]) -> list[Row]:
    """Published goals that each area's need rests on."""
    rows = []
    for area in areas:
        need = f"need/{short(area)}"
        goals = view.dataset.text(need, "requirement_rows").split(";")
        for goal in (f"requirement/{item.strip()}" for item in goals):
            thing = view.dataset.things.get(goal)
            if thing is not None:
                rows.append(
                    {
                        "area": short(area),
                        "goal": short(goal),
                        "item": thing.name,
                        "assessor": thing.texts.get("assessor", ""),
                        "rule": view.dataset.text(need, "rule"),
                        "sources": "; ".join(thing.sources),
                    }
                )
    return rows


def requirement(
    held: Round, cells: Mapping[int, Sequence[Cell]], areas: Sequence[str]
) -> list[Row]:
    """The need of the whole group, and how much of it falls to the place by the key."""
    view = held.view
    rows = []
    for at, items in cells.items():
        for area in areas:
            own = [cell for cell in items if cell.area == area]
            required = held.required(area, at)
            rows.append(
                {
                    "area": short(area),
                    "year": at,
                    "unit": view.dataset.text(area, "unit"),
                    **_ranged(view, "required", required),
                    "us_part": view.dataset.value(f"need/{short(area)}", "us_part") or 0.0,
                    "held_at_baseline": sum(cell.own.value for cell in own),
                    "part_of_place": added(own, "by_key").value,
                }
            )
    return rows


def apportionment(held: Round, cells: Mapping[int, Sequence[Cell]]) -> list[Row]:
    """The requirement shared out by the key, before any reply."""
    return [
        {
            "area": short(cell.area),
            "unit": held.view.dataset.text(cell.area, "unit"),
            "year": at,
            "state": short(cell.place),
            "key": held.key,
            "share_of_rest": cell.share,
            "counted": cell.weight,
            "held_at_baseline": cell.own.value,
            **_ranged(held.view, "part", cell.by_key),
        }
        for at, items in cells.items()
        for cell in _shown(items)
    ]


def replies(held: Round, cells: Mapping[int, Sequence[Cell]]) -> list[Row]:
    """What each state says it will have, by plan or by rule, and its part after the plans."""
    return [
        {
            "area": short(cell.area),
            "unit": held.view.dataset.text(cell.area, "unit"),
            "year": at,
            "state": short(cell.place),
            "replied_by": replied_by(cell),
            "counted": cell.weight,
            "part_by_key": cell.by_key.value,
            **_ranged(held.view, "part", cell.part),
            "held": cell.held.value,
            "on_order": cell.arriving.value,
            "bought": cell.bought.value,
            "announced": cell.announced.value,
            **_ranged(held.view, "reply", cell.reply),
            "rests_on": "; ".join(cell.rests_on),
        }
        for at, items in cells.items()
        for cell in _shown(items)
    ]


def replied_by(cell: Cell) -> str:
    """How a place replied: by a plan that it published, or by rule."""
    return "rule" if cell.plan is None else "plan"


def shortfall(held: Round, cells: Mapping[int, Sequence[Cell]]) -> list[Row]:
    """What stays open if all keep their word, and without what is only announced."""
    return [
        {
            "area": short(cell.area),
            "unit": held.view.dataset.text(cell.area, "unit"),
            "year": at,
            "state": short(cell.place),
            "counted": cell.weight,
            "part": cell.part.value,
            "reply": cell.reply.value,
            "us_part": cell.us.value,
            **_ranged(held.view, "shortfall", cell.shortfall),
            "without_announced": cell.uncovered.value,
        }
        for at, items in cells.items()
        for cell in _shown(items)
    ]


CHANGES = ("new_need", "retirement", "arrivals", "plans", "us_part", "surplus")
"""What moves a shortfall between a round and its review; the changes add up to the difference."""


def changes(before: Cell, after: Cell) -> dict[str, float]:
    """By what the shortfall of a place and area moves, in the area's units.

    Less held and less from the United States adds to it; arrivals and plans (orders announced,
    published goals on their way) take from it; what was and is above the part adds back, since a
    surplus fills no gap.
    """
    moved = {
        name: getattr(after, name).value - getattr(before, name).value
        for name in ("part", "held", "arriving", "bought", "reply", "us")
    }
    forces = moved["held"] + moved["arriving"] + moved["bought"]
    above = [open_part(c.reply + c.us - c.part).value for c in (before, after)]
    return {
        "new_need": moved["part"],
        "retirement": 0.0 - moved["held"],
        "arrivals": 0.0 - moved["arriving"] - moved["bought"],
        "plans": forces - moved["reply"],
        "us_part": 0.0 - moved["us"],
        "surplus": above[1] - above[0],
    }


def review(held: Round, before: Sequence[Cell], after: Sequence[Cell]) -> list[Row]:
    """The shortfall of each state and area at the start and at the review, and what moved it."""
    rows = []
    for one, two in zip(before, after, strict=True):
        if one.weight > 0:
            rows.append(
                {
                    "area": short(one.area),
                    "unit": held.view.dataset.text(one.area, "unit"),
                    "state": short(one.place),
                    "counted": one.weight,
                    "replied_by": replied_by(one),
                    "from": one.shortfall.value,
                    **changes(one, two),
                    **_ranged(held.view, "to", two.shortfall),
                }
            )
    return rows


def areas_table(
    held: Round,
    cells: Mapping[int, Sequence[Cell]],
    areas: Sequence[str],
    threshold: float,
    behaviour: str,
    scenario: str,
) -> list[Row]:
    """By area: requirement, reply and shortfall, the European share and when it is enough.

    The European share is the measure `european_share` in 2030, the year is `year_of_cover`: the
    first from which that share stays at the threshold to 2035; None if never.
    """
    view, place = held.view, held.scope.place
    *earlier, end = sorted(cells)
    rows = []
    for area in areas:
        own = {at: [cell for cell in items if cell.area == area] for at, items in cells.items()}
        if added(own[end], "part").value <= 0:
            continue
        only = Areas((area,))
        share = figure_of(
            view,
            european_share(view, place, only, SHARE_YEAR, behaviour, scenario),
            "",
            "",
            PERCENT,
        )
        when = figure_of(
            view,
            year_of_cover(view, place, only, threshold, "own", behaviour, scenario),
            "",
            "",
            (2027.0, float(end)),
        )
        rows.append(
            {
                "area": short(area),
                "unit": view.dataset.text(area, "unit"),
                **_ranged(view, f"part_{end}", added(own[end], "part")),
                "by_plan": sum(cell.plan is not None for cell in _shown(own[end])),
                **_ranged(view, f"reply_{end}", added(own[end], "reply")),
                **{f"short_{at}": added(own[at], "shortfall").value for at in earlier},
                **{f"open_{at}": 100 * open_share(own[at]).value for at in earlier},
                **_ranged(view, f"short_{end}", added(own[end], "shortfall")),
                **_ranged(view, f"open_{end}", 100 * open_share(own[end])),
                "without_announced": added(own[end], "uncovered").value,
                "european_share_low": share.low,
                "european_share": share.value,
                "european_share_high": share.high,
                "enough_from_low": told(when.low),
                "enough_from": told(when.value),
                "enough_from_high": told(when.high),
                "assumed_share": share.assumed_share,
            }
        )
    return rows


def states_table(held: Round, cells: Mapping[int, Sequence[Cell]]) -> list[Row]:
    """By state: how often it replied by plan, and the open share of its parts in percent."""
    rows = []
    places = dict.fromkeys(cell.place for items in cells.values() for cell in _shown(items))
    for place in places:
        own = {at: [cell for cell in items if cell.place == place] for at, items in cells.items()}
        rows.append(
            {
                "state": short(place),
                "areas": sum(cell.part.value > 0 for cell in own[max(own)]),
                "by_plan": "; ".join(short(c.area) for c in own[max(own)] if c.plan is not None),
                **{
                    f"open_{at}": 100 * open_share(items).value
                    for at, items in own.items()
                    if at != max(own)
                },
                **_ranged(held.view, f"open_{max(own)}", 100 * open_share(own[max(own)])),
            }
        )
    return rows
