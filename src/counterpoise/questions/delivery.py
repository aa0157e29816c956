"""When an order would arrive: dates with their range, why, and what would come instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from counterpoise.data.records import short
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.amount import Amount
from counterpoise.measures.ordering import (
    ExpansionArgument,
    OrderedLine,
    OrderTimeArgument,
    PriorityArgument,
    UnitsArgument,
    order_of,
)
from counterpoise.measures.parameters import ScenarioArgument, StateArgument
from counterpoise.measures.view import View
from counterpoise.questions.delivery_rows import Delivered, sentence, warnings, when
from counterpoise.questions.delivery_table import reason_lines, table
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import reply
from counterpoise.world.delays import pull
from counterpoise.world.delivery import (
    QUEUE,
    Delivery,
    Order,
    alternatives,
    delivery_dates,
    planned,
    supplier,
)
from counterpoise.world.delivery_inputs import inputs, slopes, turns
from counterpoise.world.slots import PRIORITIES, slots_of

_MOST_FLIPS = 3


def delivered(view: View, order: Order, scenario: str = "baseline") -> Delivered:
    """An order's delivery with what would come instead and what it rests on.

    BadInput for an expansion of a line that can't grow.
    """
    world = view.delivery_world(scenario)
    found = delivery_dates(world, order, view.delays)
    if order.expand and not found.line.growth:
        problem = Problem(
            "expand",
            "expand=",
            None,
            "",
            f"{order.expand:g}",
            "0: the line can't grow",
            "change it",
        )
        raise BadInput([problem])
    return Delivered(
        world, found, alternatives(world, order, view.delays), inputs(world, found), view.delays
    )


@computed(
    line="patriot-fire-unit-usa",
    buyer="POL",
    units="8",
    order="2027-Q1",
    expand="0",
    priority="usual",
    scenario="baseline",
)
def time_of_arrival(
    view: View,
    context: Context,
    line: OrderedLine,
    buyer: StateArgument,
    units: UnitsArgument,
    order: OrderTimeArgument,
    expand: ExpansionArgument,
    priority: PriorityArgument,
    scenario: ScenarioArgument,
) -> Reply:
    """Date of the last unit: queue, rate and lead time of its line, and recorded delays on top.

    A range is that of 10 to 90% of deliveries, by the pooled record of the supplier's delays.
    Other lines of the same area follow by date, in units of equal weight.
    """
    asked = order_of(view, line, buyer, units, order, expand, priority)
    whole = delivered(view, asked, scenario)
    months = months_to_last(view, whole)
    return reply(
        sentence(whole.world, whole.found),
        table(whole),
        [months],
        headline=months,
        chart=_chart(whole),
        reasons=[
            *warnings(whole.world, whole.found),
            *reason_lines(whole),
            *_served_sooner(whole),
        ],
        flips=_flips(whole, months.slopes),
        cites=_cites(whole),
    )


def months_to_last(view: View, whole: Delivered) -> Amount:
    """Months from the order to the middle date of the last unit, with what they move with.

    Figures of the line move them as tried anew; recorded delays by their share in the pool;
    quantities of orders ahead by the mean months that a unit sold ahead adds.
    """
    found, data = whole.found, view.dataset
    moves = slopes(whole.world, found)
    pulls = pull(view.delays, supplier(data, found.line), found.spread)
    for address, months in pulls.items():
        figure = data.observation(address, "delay")
        if figure is not None and months:
            moves[figure.id] = months
    ahead = sum(item.units for item in found.ahead)
    waited = sum(part.months for part in found.parts if part.reason == QUEUE)
    if ahead > 0 and waited > 0:
        for address in (order for item in found.ahead for order in item.orders):
            figure = data.observation(address, "quantity")
            if figure is not None:
                moves[figure.id] = waited / ahead
    last = found.last.at(0.5)
    return Amount(12 * (last - found.order.ordered) if math.isfinite(last) else math.nan, moves)


def _served_sooner(whole: Delivered) -> Iterable[str]:
    """When all would be there by each priority that comes before the order's own."""
    found = whole.found
    slots = slots_of(whole.world, found.line)
    late = found.spread.quantile(0.5) / 12
    told = []
    names = list(PRIORITIES)
    for name in names[names.index(found.order.priority) + 1 :]:
        last = planned(slots, replace(found.order, priority=name))[1]
        told.append(f"priority={name} (middle {when(last + late)})")
    if told:
        yield f"Served sooner: {', '.join(told)}"


def _flips(whole: Delivered, steep: Mapping[str, float]) -> Iterable[Flip]:
    """Single figures of the line that would make its last unit as late or soon as another's."""
    found = whole.found
    rivals = [item for item in whole.others if math.isfinite(item.last.at(0.5))]
    own = found.last.at(0.5)
    if not rivals or not math.isfinite(own):
        return []
    first = rivals[0]
    gap = 12 * (first.last.at(0.5) - own)
    name = _maker(whole, first)
    told = f"{name} would be as soon" if gap > 0 else f"this line would be as soon as {name}"
    return [
        Flip(item.figure.address, item.figure.value or 0.0, item.end, item.figure.unit, told,
             item.inside)
        for item in turns(whole.world, found, gap, steep)[:_MOST_FLIPS]
    ]  # fmt: skip


def _maker(whole: Delivered, item: Delivery) -> str:
    """A line by what it makes and where: "K2 (POL)"; by its own id where there are several."""
    data = whole.world.dataset
    state = data.target(item.order.line, "located in")
    alike = [
        line
        for line in data.kind("line")
        if data.target(line.address, "makes") == item.line.system
        and data.target(line.address, "located in") == state
    ]
    where = short(state if len(alike) == 1 else item.order.line)
    return f"{data.things[item.line.system].name} ({where})"


def _chart(whole: Delivered) -> ChartSpec:
    """From the order to first and last unit, and to the last of each other line."""
    found = whole.found
    rows = [
        _drawn(f"{_maker(whole, found)}, first", "this order", found, first=True),
        _drawn(f"{_maker(whole, found)}, last", "this order", found),
        *(_drawn(_maker(whole, item), "instead", item) for item in whole.others),
    ]
    return ChartSpec(
        "calendar",
        "delivered",
        "date",
        f"Order in {found.order.period or when(found.order.ordered)} to delivery, "
        "with the dates of 10 to 90%",
        "year",
        series="which",
        low="early",
        high="late",
        marked=found.order.ordered,
        rows=tuple(rows),
    )


def _drawn(name: str, which: str, item: Delivery, first: bool = False) -> Row:
    dates = item.first if first else item.last
    early, middle, late = (dates.at(share) for share in (0.1, 0.5, 0.9))
    drawn: Row = {"delivered": name, "which": which, "date": None, "early": None, "late": None}
    if math.isfinite(middle):
        drawn |= {"date": middle, "early": early, "late": late}
    return drawn


def _cites(whole: Delivered) -> Iterable[str]:
    """Sources of what the rows say in words: orders ahead, recorded cases, other lines."""
    data = whole.world.dataset
    for case in whole.found.precedents:
        yield from case.sources
    for address in (order for item in whole.found.ahead for order in item.orders):
        yield from data.things[address].sources
    for item in (whole.found, *whole.others):
        yield from data.things[item.order.line].sources
