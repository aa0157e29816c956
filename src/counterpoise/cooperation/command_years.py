"""Tables of posts assigned by year: who holds them, who else could, and how steady that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counterpoise.cooperation.command import Row, short
from counterpoise.cooperation.posts import Standing
from counterpoise.cooperation.reassignment import Reassignment, holders_in, reassignment
from counterpoise.measures.view import Place, View

VARIED = (
    "personnel-weight",
    "contribution-points",
    "region-points",
    "host-points",
    "continuity-points",
    "troops-four-stars",
    "troops-three-stars",
    "troops-two-stars",
    "most-four-stars",
    "term",
)
"""Judgements whose ends are tried to see how steady an assignment is."""


def year_rows(task: Reassignment, year: int, steady: Mapping[tuple[str, str], float]) -> list[Row]:
    """Who holds each assigned post in a year, why, and who else would be worth the same.

    `steady` is the percent of the variants of the judgements in which the state may hold it.
    """
    found = task.in_year(year)
    plans = [holders_in(task.task, plan, year) for plan in found.plans]
    rows = []
    for at in task.task.held(year):
        slot = task.task.slots[at]
        state = plans[0][slot.post]
        others = sorted({plan[slot.post] for plan in plans} - {state})
        rows.append(
            {
                "year": year,
                "post": short(slot.post),
                "state": short(state),
                "why": task.reasons[at],
                "term": f"{slot.first}–{slot.last}",
                "equal": short(others),
                "more": "y" if found.more else "",
                "steady_pct": steady.get((slot.post, state)),
            }
        )
    return rows


def steadiness(
    view: View,
    standing: Mapping[str, Standing],
    on: str,
    pool: Place,
    without: Sequence[str],
    year: int,
) -> dict[tuple[str, str], float]:
    """Percent of variants in which a best assignment gives a state a post in a year.

    Where several are worth the same each counts, so a post's states may sum to more than 100. A
    variant has one judgement at an end of its range; the judgements as they stand count too.
    """
    ends: list[dict[str, float]] = [{}]
    for name in VARIED:
        figure = view.dataset.figure(f"assignment-rule/{name}/value")
        ends += [{name: end} for end in (figure.low, figure.high) if end != figure.value]
    counted: dict[tuple[str, str], float] = {}
    for given in ends:
        plan = reassignment(view, standing, on, pool, without, given)
        holders = {
            pair
            for found in plan.in_year(year).plans
            for pair in holders_in(plan.task, found, year).items()
        }
        for pair in holders:
            counted[pair] = counted.get(pair, 0.0) + 100 / len(ends)
    return counted


def by_year_rows(task: Reassignment) -> list[Row]:
    """Who holds each assigned post in every year; a star marks a term that others could hold too.

    Others could hold it if another plan of all years, worth as much, gives it to them.
    """
    plans = task.best.plans
    first = plans[0]
    rows: dict[str, Row] = {}
    for at, slot in enumerate(task.task.slots):
        row = rows.setdefault(slot.post, {"post": short(slot.post)})
        mark = "*" if any(plan[at] != first[at] for plan in plans) else ""
        row.update(
            {f"{year}": short(first[at]) + mark for year in range(slot.first, slot.last + 1)}
        )
    return list(rows.values())


def nation_rows(task: Reassignment, standing: Mapping[str, Standing]) -> list[Row]:
    """How many of the assigned posts each state holds today and in every year.

    Years are those of the first of the best plans; a post that nobody known holds, or that was
    left, stands under its status. A post that several states hold counts for the first.
    """
    slots = task.task.slots
    plan = task.best.plans[0]
    posts = list(dict.fromkeys(slot.post for slot in slots))
    today = [short(standing[post].holders[:1]) or standing[post].status for post in posts]
    years = list(task.task.years)
    held = {year: holders_in(task.task, plan, year) for year in years}
    by_year = {year: [short(holders.get(post, "")) for post in posts]
               for year, holders in held.items()}  # fmt: skip
    every = {*today, *(name for names in by_year.values() for name in names)} - {""}
    order = sorted(every, key=lambda name: (not name.isupper(), -today.count(name), name))
    return [
        {
            "state": name,
            "today": today.count(name),
            **{f"{year}": names.count(name) for year, names in by_year.items()},
        }
        for name in order
    ]


def equal_rows(task: Reassignment) -> list[Row]:
    """The other plans of all years that are worth as much, by what they change."""
    plans = task.best.plans
    return [
        {
            "plan": number,
            "post": short(slot.post),
            "years": f"{slot.first}–{slot.last}",
            "state": short(other[at]),
            "instead_of": short(plans[0][at]),
        }
        for number, other in enumerate(plans[1:], start=2)
        for at, slot in enumerate(task.task.slots)
        if other[at] != plans[0][at]
    ]
