"""What must hold of every plan: each check names what breaks it, so that a fault can be planted."""

from __future__ import annotations

import numpy as np

from counterpoise.measures.shortfall import gaps, weights
from counterpoise.planning.offers import all_offers
from counterpoise.planning.plan import Plan

SLACK = 1e-5


def added_capacity(plan: Plan) -> np.ndarray:
    """Units by line and period that paid expansions make open to European buyers."""
    world, calendar = plan.world, plan.world.calendar
    total = np.zeros_like(plan.expansions)
    for index, line in enumerate(world.lines):
        for period in np.flatnonzero(plan.expansions[index]):
            ready = calendar.starts[period] + line.expansion_time
            on = (calendar.middles >= ready - 1e-9) * calendar.lengths * line.delivering
            total[index] += plan.expansions[index, period] * line.open_share * on
    return total


def rates_exceeded(plan: Plan) -> list[str]:
    """Lines that deliver more than their free open rate plus paid expansions."""
    taken = plan.deliveries.sum(axis=0)
    room = plan.world.free + added_capacity(plan)
    over = np.argwhere(taken > room * (1 + SLACK) + SLACK)
    lines, labels = plan.world.lines, plan.world.calendar.labels
    return [f"{lines[line].address} {labels[period]}" for line, period in over]


def early_deliveries(plan: Plan) -> list[str]:
    """Deliveries before the line's lead time has passed since the plan's decision."""
    world = plan.world
    found = []
    for state, line, period in np.argwhere(plan.deliveries > SLACK):
        if world.calendar.middles[period] - world.lines[line].lead < world.decision - 1e-9:
            found.append(f"{world.labels.states[state]} {world.lines[line].address}")
    return found


def overspent(plan: Plan) -> list[str]:
    """States that draw more in a year than the larger of their money and their commitments."""
    world = plan.world
    most = np.maximum(world.budget, world.committed)
    spent = world.committed + plan.national
    return [
        f"{world.labels.states[state]} {world.calendar.budget_years[year]}"
        for state, year in np.argwhere(spent > most + SLACK)
    ]


def unpaid(plan: Plan) -> list[str]:
    """States and years in which payments differ from what is drawn."""
    drawn = plan.national.copy()
    for loan in plan.world.loans:
        if loan.address in plan.draws:
            drawn[plan.world.labels.state_index[loan.state]] += plan.draws[loan.address]
    due = plan.purchases + plan.premiums + plan.upkeep + plan.funds
    return [
        f"{plan.world.labels.states[state]} {plan.world.calendar.budget_years[year]}"
        for state, year in np.argwhere(np.abs(due - drawn) > 1e-4)
    ]


def loans_overdrawn(plan: Plan) -> list[str]:
    """Loans drawn beyond what is left of them."""
    left = {loan.address: loan.left for loan in plan.world.loans}
    return [name for name, drawn in plan.draws.items() if drawn.sum() > left[name] + SLACK]


def growth_exceeded(plan: Plan) -> list[str]:
    """Lines expanded faster than their ramp limit."""
    growth = all_offers(plan.world).growth
    over = np.argwhere(plan.expansions > growth * (1 + SLACK) + SLACK)
    return [f"{plan.world.lines[line].address} {period}" for line, period in over]


def shares_exceeded(plan: Plan) -> list[str]:
    """States that deliver more to a joint area than their share of its open need."""
    world, labels = plan.world, plan.world.labels
    share = all_offers(world).group_share
    found = []
    for area in labels.joint:
        cell = labels.cell_of("", area)
        most = world.open_need[cell].max() * share
        given = sum(
            plan.deliveries[:, index].sum(axis=1) * line.weight
            for index, line in enumerate(world.lines)
            if line.area == area
        )
        over = np.flatnonzero(np.asarray(given) > most * (1 + SLACK) + SLACK)
        found += [f"{labels.states[state]} {area}" for state in over]
    return found


def worse_cells(better: Plan, worse: Plan) -> list[str]:
    """Cells and periods in which `better` leaves more open than `worse`."""
    over = np.argwhere(better.gaps > worse.gaps + SLACK * np.maximum(1, worse.gaps))
    return [f"{better.world.labels.cells[cell]} {period}" for cell, period in over]


def objective_differs(plan: Plan) -> list[str]:
    """Where the parts of cost or shortfall don't add up to what the stages minimised."""
    found = []
    first = sum(stages[0].solution.objective for stages in plan.stages)
    second = sum(stages[1].solution.objective for stages in plan.stages)
    total = float((weights(plan.world) * gaps(plan.world, plan.deliveries)).sum())
    if plan.behaviour == "together" and abs(total - first) > 1e-6 * first:
        found.append(f"shortfall: parts {total}, objective {first}")
    if abs(sum(plan.cost_parts.values()) - second) > 1e-6 * abs(second):
        found.append(f"cost: parts {sum(plan.cost_parts.values())}, objective {second}")
    return found


CHECKS = (
    rates_exceeded,
    early_deliveries,
    overspent,
    unpaid,
    loans_overdrawn,
    growth_exceeded,
    shares_exceeded,
    objective_differs,
)
