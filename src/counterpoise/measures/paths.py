"""Spending ahead: paths through the pledges, what a share of product costs, what is committed."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.measures.amount import Amount, amount, combined
from counterpoise.measures.parameters import (
    AnyYear,
    PastYear,
    PlaceArgument,
    PlanYear,
    ScenarioArgument,
    choice,
    number,
    year,
)
from counterpoise.measures.standing import standing
from counterpoise.measures.stated import NATO, ORDER, outlay, over, product, stated, together
from counterpoise.measures.view import NoAnswer, Place, View
from counterpoise.world.money import commitments, path_points, payment_profile
from counterpoise.world.orderbook import Entry

GROUP = "money"
MODEL = "docs/model.md, Money"
LAST = 2035
NATO_TABLES = ORDER[NATO][0]
DEFAULTS = {"place": "NATO-EUR", "share": "3.5"}

ShareArgument = Annotated[float, number(0, 10, "percent of gross domestic product")]
CaseArgument = Annotated[str, choice("base", "fast")]
PathYear = Annotated[int, year(2026, LAST)]


def release_year(view: View) -> int:
    """The year of the release, from which paths start."""
    return int(view.dataset.release[:4])


def product_path(view: View, state: str, year: int) -> Amount | None:
    """A state's product in EUR bn: stated, or after the release's year grown by the rule."""
    start = release_year(view)
    today = product(view, state, min(year, start))
    if today is None or year <= start:
        return today
    return today * (1 + view.read("rule/growth-real", "value")) ** (year - start)


def share_path(view: View, state: str, year: int, case: str) -> Amount | None:
    """A state's outlay in percent of product: straight between the points of its path."""
    start = stated(view, state, "defence_share_of_gdp", release_year(view), NATO_TABLES)
    if start is None:
        return None
    points = path_points(view.dataset, state, case)
    pledged = [(start, points[0].share)]
    for point in points[1:]:
        own = view.known(point.row, "path_share") or start
        # A point that the floor lifts rests on what it was lifted to.
        held = own if math.isclose(own.value, point.share) else _nearest(pledged, point.share)
        pledged.append((held, point.share))
    after = next((i for i, point in enumerate(points) if point.year >= year), len(points))
    if after == len(points):
        return pledged[-1][0]
    if after == 0 or points[after].year == year:
        return pledged[after][0]
    before, then = points[after - 1], points[after]
    way = (year - before.year) / (then.year - before.year)
    return combined(((1 - way, pledged[after - 1][0]), (way, pledged[after][0])))


def _nearest(pledged: list[tuple[Amount, float]], share: float) -> Amount:
    return min(pledged, key=lambda item: abs(item[1] - share))[0]


def equipment_path(view: View, state: str, year: int) -> Amount:
    """Share of outlay (0 to 1) for equipment: from a mean of three years to the common one."""
    last = release_year(view)
    told = [
        stated(view, state, "equipment_share", each, NATO_TABLES)
        for each in range(last - 2, last + 1)
    ]
    known = [item for item in told if item is not None]
    end = view.read("rule/equipment-share-2030", "value")
    start = combined((1 / (100 * len(known)), item) for item in known) if known else end
    way = min(max((year - last) / (2030 - last), 0.0), 1.0)
    return combined(((1 - way, start), (way, end)))


def planned(view: View, state: str, year: int, case: str) -> Amount | None:
    """A state's outlay on its path in EUR bn."""
    produced, share = product_path(view, state, year), share_path(view, state, year, case)
    return None if produced is None or share is None else produced * share / 100


@standing("EUR bn", GROUP, MODEL, defaults=DEFAULTS | {"year": "2026"})
def outlay_at_share(
    view: View, place: PlaceArgument, year: AnyYear, share: ShareArgument
) -> Amount:
    """What a share of gross domestic product amounts to in a year.

    After the release's year product grows by the rule, at prices of the release's year.
    """
    return over(place, lambda each, by: product_path(view, each, year)) * (share / 100)


@standing(
    "EUR bn",
    GROUP,
    MODEL,
    bounds=(-math.inf, math.inf),
    defaults=DEFAULTS | {"year": "2026"},
)
def extra_spending(
    view: View, place: PlaceArgument, year: PastYear, share: ShareArgument
) -> Amount:
    """What a place would have had to spend more in a year to reach a share of its product.

    Over the whole place: states above the share make up for others. Below zero where it's met.
    """
    produced, spent = together(
        place,
        lambda each, by: product(view, each, year),
        lambda each, by: outlay(view, each, year, by),
    )
    return produced * (share / 100) - spent


@standing("EUR bn", GROUP, MODEL, defaults={"place": "NATO-EUR", "year": "2030", "case": "base"})
def spending_path(view: View, place: PlaceArgument, year: PathYear, case: CaseArgument) -> Amount:
    """Defence outlay in a year to come, if pledges are kept, at prices of the release's year.

    Product grown by the rule, times a share that runs straight through the state's pledges.
    `case=fast` takes what states aim at sooner.
    """
    return over(place, lambda each, by: planned(view, each, year, case))


@standing(
    "year",
    GROUP,
    MODEL,
    bounds=(2026.0, float(LAST)),
    defaults=DEFAULTS | {"case": "base"},
)
def year_at_share(
    view: View, place: PlaceArgument, share: ShareArgument, case: CaseArgument
) -> Amount:
    """The first year in which the path of a place reaches a share of its product.

    Not a number if not by 2035. The range follows from the path's inputs and its rise a year.
    """
    by_year = {
        each: path_share(view, place, each, case) for each in range(release_year(view), LAST + 1)
    }
    reached = [each for each, item in by_year.items() if item.value >= share - 1e-9]
    if not reached:
        return Amount(math.nan, {}, by_year[LAST].missing)
    at = by_year[reached[0]]
    before = by_year.get(reached[0] - 1)
    rise = at.value - before.value if before is not None else 0.0
    slopes = {key: -slope / rise for key, slope in at.slopes.items()} if rise > 1e-9 else {}
    return Amount(float(reached[0]), slopes, at.missing)


def path_share(view: View, place: Place, year: int, case: str) -> Amount:
    """Outlay on the path in percent of product, sum over sum."""
    spent, produced = together(
        place,
        lambda each, by: planned(view, each, year, case),
        lambda each, by: product_path(view, each, year),
    )
    return 100 * (spent / produced)


def equipment_money(view: View, state: str, year: int) -> Amount | None:
    """EUR bn in a year that buy things in the planned areas: the model's budget of a state."""
    spent = planned(view, state, year, "base")
    if spent is None:
        return None
    part = view.read("rule/money-share", "value")
    return spent * equipment_path(view, state, year) * part


@standing(
    "percent",
    GROUP,
    MODEL,
    defaults={"place": "NATO-EUR", "year": "2028", "scenario": "baseline"},
)
def commitments_share(
    view: View, place: PlaceArgument, year: PlanYear, scenario: ScenarioArgument
) -> Amount:
    """Payments for signed orders in percent of the equipment money of a year.

    Equipment money as the plans have it; payments by the payment profile, as the lines can
    deliver, loans left out. Above 100 where more is signed than the path pays for.
    """
    world = view.world(scenario)
    states = [state for state in place.states if state in world.labels.state_index]
    if not states:
        raise NoAnswer(f"equipment money of {place.name}")
    inside = Place(place.address, tuple(states))
    money = over(inside, lambda each, by: equipment_money(view, each, year))
    profile = payment_profile(view.dataset)
    which = world.calendar.budget_years.index(year)
    due = amount(0.0)
    for entry, units in zip(world.entries, world.delivered, strict=True):
        if entry.place in states:
            paid = commitments([entry], [units], world.labels, world.calendar, profile)
            due = due + _of_order(view, entry, float(paid[:, which].sum()))
    share = 100 * (due / money)
    gone = frozenset(place.states) - frozenset(states)
    return share.lacking(gone)


def _of_order(view: View, entry: Entry, paid: float) -> Amount:
    """A payment, proportional to the order's value, or to its quantity and unit price."""
    parts = (
        (entry.order, "value"),
        (entry.order, "quantity"),
        (entry.system, "unit_price"),
    )
    known = [item for item in (view.known(*part) for part in parts) if item is not None]
    known = known[:1] if view.known(entry.order, "value") is not None else known
    slopes = {
        ident: paid / item.value for item in known for ident in item.slopes if item.value and paid
    }
    return Amount(paid, slopes)
