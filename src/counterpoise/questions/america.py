"""What is missing without America: gaps, what they cost, and when lines could fill them."""

from __future__ import annotations

import math
from typing import Annotated

from counterpoise.measures.amount import Amount, mean, total
from counterpoise.measures.forces import scope_of
from counterpoise.measures.parameters import (
    PlaceArgument,
    PlanYear,
    choice,
    year,
)
from counterpoise.measures.view import View
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import cells, flips_of, listed, named, ranged, reply, said
from counterpoise.questions.supply import OPEN, Supply, everyone, filled
from counterpoise.world.scenario import Event, read_scenario
from counterpoise.world.world import World


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
                "lines_could_fill_by": filled(without, supply, area),
            }
        )
    rows.sort(key=lambda row: -row["value"])
    missing.sort(reverse=True)
    bill = total(costs)
    covers = {name: 100 - 100 * mean(items) for name, items in shares.items()}
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
