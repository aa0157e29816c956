"""Questions about gaps: what can't be met in time, what comes first, what America leaves open."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.measures.amount import Amount, combined, total
from counterpoise.measures.forces import Scope, percent_years, scope_of
from counterpoise.measures.parameters import (
    PlaceArgument,
    PlanYear,
    ScenarioArgument,
    choice,
    number,
    year,
)
from counterpoise.measures.pieces import Balance
from counterpoise.measures.view import NoAnswer, View, no_deliveries
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import cells, ends, flips_of, ranged, reply, said
from counterpoise.questions.supply import (
    Supply,
    everyone,
    first_arrival,
    free_of_others,
    made_in,
    quarter,
    spent,
    taken_by,
)
from counterpoise.world.scenario import Event, read_scenario
from counterpoise.world.world import World

Percent = Annotated[float, number(1, 100, "percent")]
OPEN = 0.01
"""A gap up to this share of the need counts as none."""


def named(view: View, area: str) -> str:
    """An area's name in a sentence: in small letters."""
    name = view.dataset.things[area].name
    return name[:1].lower() + name[1:]


def listed(names: list[str], most: int = 4) -> str:
    """Names in a sentence: a, b and c; of many the first ones."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "none")))


@computed(place="NATO-EUR", year="2030", expansion="yes", scenario="baseline")
def late_needs(
    view: View,
    context: Context,
    place: PlaceArgument,
    year: PlanYear,
    expansion: Annotated[str, choice("yes", "no")],
    scenario: ScenarioArgument,
) -> Reply:
    """Open need of each area against what lines can deliver to orders placed now."""
    scope = scope_of(view, place, "ordered", scenario)
    world = scope.balance.world
    europe = frozenset(view.place("NATO-EUR").states + view.place("EU27").states)
    kinds = {"made": made_in(europe), "free": free_of_others(europe), "all": everyone}
    grows = expansion == "yes"
    supply = {name: Supply(view, world, which, grows) for name, which in kinds.items()}
    rows: list[Row] = []
    amounts, late, lost = [], [], []
    for area in world.labels.areas:
        wanted = scope.part("need", area, year)
        gap = scope.gap(area, year)
        if gap.value <= OPEN * wanted.value:
            continue
        can = {name: item.by_end_of(area, year) for name, item in supply.items()}
        first = supply["made"].first_delivery(area)
        share = 100 * can["made"] / gap
        amounts += [gap, share]
        if can["made"].value < gap.value:
            late.append((share.value, area))
        if can["all"].value < gap.value:
            lost.append(area)
        low, high = ends(view, share, (0.0, math.inf))
        rows.append(
            {
                "area": view.dataset.things[area].name,
                "gap": gap.value,
                "unit": view.dataset.text(area, "unit"),
                "first_european_delivery": None if first is None else int(first.value),
                "european_lines_pct": min(share.value, 999.0),
                "low_pct": min(low, 999.0),
                "high_pct": min(high, 999.0),
                "free_of_outside_control_pct": min(100 * can["free"].value / gap.value, 999.0),
                "all_lines_pct": min(100 * can["all"].value / gap.value, 999.0),
                "filled_by": _filled(scope, supply["made"], area),
            }
        )
    rows.sort(key=lambda row: row["european_lines_pct"])
    late.sort()
    sentence = (
        f"{len(late)} of {len(world.labels.areas)} needs can't be met by {year} from European "
        f"lines alone, even if all their free output were ordered today: least so "
        f"{listed([named(view, area) for _, area in late], 5)}; {len(lost)} can't be met from all "
        f"lines of the world together."
    )
    hopeless = [named(view, area) for value, area in late if value == 0]
    reasons = [
        f"nothing at all arrives by then in {listed(hopeless)}: no European line has free output "
        "after its lead time" if hopeless else "every open need gets something by then",
        "European lines are those that stand in Europe; the column beside counts only those "
        "that no state outside can withhold",
        "the free output is the share of a line open to European buyers less what is sold"
        + (", growing as fast as lines may from today on" if grows else ", at announced rates"),
    ]  # fmt: skip
    turning = [item for item in amounts[1::2] if item.value < 100]
    told = "the need nearest to it would be met in time"
    nearest = max(turning, key=lambda item: item.value, default=None)
    flips = () if nearest is None else flips_of(view, nearest, 100.0, told)
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "ranges", "area", "european_lines_pct",
            f"What European lines can deliver of the open need by {year}", "percent of the gap",
            low="low_pct", high="high_pct", marked=100.0,
        ),
        reasons=reasons,
        flips=flips,
    )  # fmt: skip


def _filled(scope: Scope, supply: Supply, area: str) -> int | None:
    """The first year from which the lines could fill an area's gap to 2035; None if none."""
    found = None
    for when in range(2035, 2026, -1):
        if supply.by_end_of(area, when).value < scope.gap(area, when).value:
            return found
        found = when
    return found


@computed(place="NATO-EUR", until="2030", scenario="baseline")
def first_gaps(
    view: View,
    context: Context,
    place: PlaceArgument,
    until: PlanYear,
    scenario: ScenarioArgument,
) -> Reply:
    """Areas ranked by shortfall that new orders remove by a year, per euro paid for them."""
    planned = scope_of(view, place, "together", scenario)
    world = planned.balance.world
    ordered = Scope(Balance(world, no_deliveries(world)), place)
    own = taken_by(world, planned.balance.deliveries, place.states)
    rows: list[Row] = []
    amounts = []
    worth: dict[str, Amount] = {}
    for area in world.labels.areas:
        if not ordered.part("need", area, until).value > 0:
            continue
        before = percent_years(ordered, (area,), until)
        after = percent_years(planned, (area,), until)
        removed = before - after
        paid = spent(view, world, own, area, until)
        per_euro = removed / paid if paid.value > 0 else Amount(0.0)
        when = first_arrival(world, own, area)
        amounts += [before, per_euro]
        worth[view.dataset.things[area].name] = per_euro
        low, high = ends(view, per_euro, (0.0, math.inf))
        rows.append(
            {
                "area": view.dataset.things[area].name,
                "shortfall": before.value,
                "removed": removed.value,
                "spending_eur_bn": paid.value,
                "removed_per_eur_bn": per_euro.value,
                "low": low,
                "high": high,
                "order_by": None if when is None else quarter(when[0]),
                "first_arrival": None if when is None else quarter(when[1]),
            }
        )
    rows.sort(key=lambda row: -row["removed_per_eur_bn"])
    worst = max(rows, key=lambda row: row["shortfall"])
    top = [row for row in rows[:3] if row["removed_per_eur_bn"] > 0]
    told = listed(
        [f"{str(row['area']).lower()} ({said(row['removed_per_eur_bn'])})" for row in top]
    )
    best = f"Per euro, new orders close most by {until} in {told} percent-years per EUR bn"
    if not top:
        best = f"No new order of {place.name} arrives by {until}"
    sentence = (
        f"{best}; the widest gap is {str(worst['area']).lower()} "
        f"({said(worst['shortfall'])} percent-years)."
    )
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "ranges", "area", "removed_per_eur_bn",
            f"Shortfall removed by {until} for each EUR bn", "percent-years per EUR bn",
            low="low", high="high",
        ),
        reasons=[
            "an area's shortfall is its open need in percent, added over the years to "
            f"{until}: 100 means that all of it is missing for a year",
            "removed is what the plan together takes off the shortfall under signed orders; "
            "spending is what arrives by then, at list prices",
            f"nothing can be removed by {until} where no line delivers before: "
            + listed([str(row["area"]).lower() for row in rows if row["removed"] < OPEN], 8),
        ],
        flips=_overtaking(view, worth),
    )  # fmt: skip


def _overtaking(view: View, worth: dict[str, Amount]) -> tuple[Flip, ...]:
    """What would put the second area before the first; nothing where there is one alone."""
    first, *rest = sorted(worth, key=lambda name: -worth[name].value)
    if not rest:
        return ()
    lead = worth[first] - worth[rest[0]]
    return flips_of(view, lead, 0.0, f"{rest[0].lower()} would come first")


@computed(place="NATO-EUR", withdrawal="2028", year="2030", deliveries="go-on")
def without_america(
    view: View,
    context: Context,
    place: PlaceArgument,
    withdrawal: Annotated[int, year(2027, 2035)],
    year: PlanYear,
    deliveries: Annotated[str, choice("go-on", "stop")],
) -> Reply:
    """Gaps under signed orders with the US part assured, and without it from a year on."""
    stays = read_scenario("us-stays", view.dataset)
    events = [_event("assured-part", withdrawal, view.dataset.release)]
    if deliveries == "stop":
        events.append(_event("line-output", withdrawal, view.dataset.release))
    gone = stays.with_events(f"us-stays+{deliveries}-{withdrawal}", tuple(events))
    with_us = scope_of(view, place, "ordered", stays)
    without = scope_of(view, place, "ordered", gone)
    supply = Supply(view, without.balance.world, everyone, True)
    rows: list[Row] = []
    amounts, missing, costs = [], [], []
    shares: dict[str, list[Amount]] = {"with": [], "without": []}
    for area in without.balance.world.labels.areas:
        wanted = without.part("need", area, year)
        if wanted.value <= 0:
            continue
        before, after = with_us.gap(area, year), without.gap(area, year)
        lost = after - before
        shares["with"].append(before / wanted)
        shares["without"].append(after / wanted)
        if lost.value <= OPEN * wanted.value:
            continue
        share = 100 * lost / wanted
        price = _price(view, supply.world, area)
        if price is not None:
            costs.append(lost * price)
        amounts.append(share)
        missing.append((share.value, area))
        rows.append(
            {
                "area": view.dataset.things[area].name,
                "gap_with_america": before.value,
                "gap_without": after.value,
                "missing": lost.value,
                **cells(view, share, "percent of the need", (0.0, 100.0)),
                "cost_eur_bn": None if price is None else lost.value * price.value,
                "lines_could_fill_by": _filled(without, supply, area),
            }
        )
    rows.sort(key=lambda row: -row["value"])
    missing.sort(reverse=True)
    bill = total(costs)
    covers = {
        name: 100 - 100 * combined((1 / len(items), item) for item in items)
        for name, items in shares.items()
    }
    amounts += [*covers.values(), bill]
    heading = "leaves" if deliveries == "go-on" else "leaves and stops its deliveries"
    worst = [f"{named(view, area)} ({said(value)}%)" for value, area in missing[:4]]
    sentence = (
        f"If America {heading} from {withdrawal}, {place.name} lacks more in {len(missing)} of "
        f"{len(shares['with'])} areas in {year}: cover falls from {said(covers['with'].value)}% to "
        f"{ranged(view, covers['without'], (0.0, 100.0))}% of the need; most is missing "
        f"for {listed(worst)} of the need; buying it costs EUR bn "
        f"{ranged(view, bill, (0.0, math.inf))}."
    )
    if not missing:
        sentence = (
            f"If America {heading} from {withdrawal}, nothing more is missing in {place.name} in "
            f"{year} under signed orders: cover stays {said(covers['with'].value)}%."
        )
    return reply(
        sentence,
        rows,
        amounts,
        headline=covers["without"],
        chart=ChartSpec(
            "ranges", "area", "value", f"Missing in {year} without America from {withdrawal}",
            "percent of the need", low="low", high="high",
        ),
        reasons=[
            "the need contains what the United States provide today; with America that part is "
            "met, without it it is open",
            "gaps count signed orders only, as their lines can deliver them",
            "the cost is the missing units at the typical price of what is on offer, upkeep and "
            "crews left out",
            *(f"{row['area']}: {said(row['missing'])} missing" for row in rows[:3]),
        ],
        flips=[
            Flip(
                "withdrawal", withdrawal, year + 1.0, "year",
                f"nothing more would be missing in {year}", True,
            ),
            *flips_of(view, covers["without"], 50.0, "just half of the need would be met"),
        ],
        not_included=["what nobody sells has no price and isn't in the cost"],
    )  # fmt: skip


def _event(kind: str, start: int, release: str) -> Event:
    """The United States give nothing of a kind from the start of a year, as known today."""
    return Event(
        kind=kind,
        target="state/USA",
        start=f"{start}-Q1",
        known_from=release[:7],
        amount=0.0,
        chosen_by="state/USA",
        reason="the question's assumption",
    )


def _price(view: View, world: World, area: str) -> Amount | None:
    """EUR bn for one capability unit: the median of the types on offer; None where nobody sells."""
    found = []
    for line in world.lines:
        price = view.known(line.system, "unit_price")
        if line.area == area and price is not None and price.value > 0:
            weight = view.known(line.system, "weight") or Amount(1.0)
            found.append(price / weight / 1000)
    found.sort(key=lambda item: item.value)
    return found[(len(found) - 1) // 2] if found else None


@computed(place="NATO-EUR", factor="4", scenario="baseline")
def air_defence(
    view: View,
    context: Context,
    place: PlaceArgument,
    factor: Annotated[float, number(1, 10, "times today's units")],
    scenario: ScenarioArgument,
) -> Reply:
    """Units in service of the air-defence areas as a multiple of today's, by year."""
    rows: list[Row] = []
    chart: list[Row] = []
    amounts, told = [], []
    last: dict[str, Amount] = {}
    start = scope_of(view, place, "ordered", scenario)
    for behaviour in ("ordered", "together"):
        scope = scope_of(view, place, behaviour, scenario)
        world = scope.balance.world
        areas = [a for a in world.labels.areas if view.dataset.text(a, "domain") == "air defence"]
        for area in areas:
            today = _today(start, area)
            if today.value <= 0:
                continue
            by_year = {when: _in_service(scope, area, when) for when in range(2027, 2036)}
            ratios = {when: item / today for when, item in by_year.items()}
            reached = next((w for w, item in ratios.items() if item.value >= factor), None)
            amounts += [ratios[2030], ratios[2035]]
            name = view.dataset.things[area].name
            low, high = ends(view, ratios[2035], (0.0, math.inf))
            rows.append(
                {
                    "area": name,
                    "behaviour": behaviour,
                    "today": today.value,
                    "units_2030": by_year[2030].value,
                    "units_2035": by_year[2035].value,
                    "times_2030": ratios[2030].value,
                    "times_2035": ratios[2035].value,
                    "low": low,
                    "high": high,
                    "reached": reached,
                }
            )
            if behaviour == "together":
                last[name] = ratios[2035]
                told.append((name.lower(), ratios[2030].value, ratios[2035].value, reached))
            chart += [
                {"year": when, "times": item.value, "series": f"{name}, {behaviour}"}
                for when, item in ratios.items()
            ]
    if not rows:
        raise NoAnswer(f"air defence that {place.name} holds today", ["NATO-EUR", "DEU"])
    done = [item for item in told if item[3] is not None]
    words = "; ".join(
        f"{name} {said(first)} times in 2030 and {said(last)} in 2035"
        + (f" ({said(factor)} times from {when})" if when else "")
        for name, first, last, when in told
    )
    verdict = "Yes" if len(done) == len(told) else ("In part" if done else "Not by 2035")
    sentence = f"{verdict}: planning together, {place.name} would have {words} as much as today."
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "lines", "year", "times", "Air defence as a multiple of today's units", "times today's",
            series="series", rows=tuple(chart),
        ),
        reasons=[
            "units are weighted by type; today's are holdings at the calendar's start",
            "stocks of interceptors start from what is published or one load a launcher, so "
            "their multiples rest on assumptions",
            "what is asked for is about four to five times; the needs of the plan follow it",
        ],
        flips=[
            flip
            for name, item in last.items()
            for flip in flips_of(
                view, item, factor, f"{name.lower()} would be just {said(factor)} times in 2035",
                count=1,
            )
        ],
    )  # fmt: skip


def _in_service(scope: Scope, area: str, when: int) -> Amount:
    return total(scope.part(name, area, when) for name in ("held", "arriving", "bought"))


def _today(scope: Scope, area: str) -> Amount:
    """Weighted units in service at the calendar's start, before any retirement."""
    weights = scope.cells(area)
    world = scope.balance.world
    periods = world.calendar.lengths * 0.0
    periods[0] = 1.0
    return scope.balance.amount("held", weights, periods)
