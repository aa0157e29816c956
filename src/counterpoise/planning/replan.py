"""Replanning: what was ordered stays ordered; the rest is planned anew in another world."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.extract import loan_shares
from counterpoise.planning.model import DependenceCap
from counterpoise.planning.payments import payments
from counterpoise.planning.plan import Plan
from counterpoise.world.calendar import Floats, first_quarter_after
from counterpoise.world.orderbook import Entry
from counterpoise.world.scenario import read_scenario
from counterpoise.world.world import Earlier, World, build_world


@dataclass(frozen=True)
class Replanned:
    """A plan met by a shock: planned anew from `decision` (decimal year) on."""

    decision: float
    plan: Plan


def decision_time(dataset: Dataset, scenario: str) -> float:
    """When a scenario's last surprise becomes known; the start where nothing surprises."""
    start = first_quarter_after(dataset.release)
    surprises = read_scenario(scenario, dataset).surprises_after(start)
    return max((event.known for event in surprises), default=start)


def earlier_from(plan: Plan, before: float) -> Earlier:
    """Orders, expansions, payments and loans of a plan that are decided before a decimal year."""
    world = plan.world
    paid = payments(world, plan.deliveries)
    inside = np.flatnonzero(paid.ordered < before - 1e-9)
    shares = loan_shares(plan, paid)
    years = world.calendar.budget_years
    total = np.zeros_like(plan.purchases)
    loaned = np.zeros_like(plan.purchases)
    entries = []
    for i in inside:
        state, line = int(paid.state[i]), world.lines[paid.line[i]]
        due = np.zeros(len(world.calendar))
        due[paid.period[i]] = paid.units[i]
        total[state] += paid.amount[i]
        if line.eligible:
            loaned[state] += paid.amount[i] * shares[state]
        total[state] += _upkeep(line.upkeep * paid.units[i], world, int(paid.period[i]))
        entries.append(
            Entry(
                order="plan",
                place=world.labels.states[state],
                area=line.area,
                system=line.system,
                line=line.address,
                signed=float(paid.ordered[i]),
                before=0.0,
                due=due,
                unit_weight=line.weight,
                value=float(paid.amount[i].sum()),
                financed_by="plan",
            )
        )
    decided = world.calendar.starts < before - 1e-9
    fund_years = np.array(years) < before
    total += np.where(fund_years[None, :], plan.funds, 0.0)
    return Earlier(
        entries=tuple(entries),
        added=_added(plan, decided),
        paid=total - loaned,
        drawn=_drawn(plan, loaned),
    )


def placed_before(plan: Plan, before: float) -> Plan:
    """The plan with only those deliveries that are ordered before a decimal year."""
    kept = plan.deliveries * (plan.world.ordered < before - 1e-9)[None]
    return replace(plan, deliveries=kept)


def _upkeep(yearly: float, world: World, period: int) -> Floats:
    years = np.array(world.calendar.budget_years)
    at = world.calendar.middles[period]
    part: Floats = np.clip(years + 1 - at, 0.0, 1.0)
    return yearly * part


def _added(plan: Plan, decided: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, Floats]:
    world, calendar = plan.world, plan.world.calendar
    added = {}
    for index, line in enumerate(world.lines):
        total = np.zeros(len(calendar))
        for period in np.flatnonzero((plan.expansions[index] > 0) & decided):
            ready = calendar.starts[period] + line.expansion_times[period]
            total += np.where(calendar.middles >= ready - 1e-9, plan.expansions[index, period], 0)
        if total.any():
            added[line.address] = total
    return added


def _drawn(plan: Plan, loaned: Floats) -> dict[str, float]:
    """Loan money that kept orders use, by loan; loans of one state in the order they were drawn."""
    drawn = {}
    for loan in plan.world.loans:
        state = plan.world.labels.state_index.get(loan.state)
        if state is not None and loan.address in plan.draws:
            drawn[loan.address] = min(float(loaned[state].sum()), loan.left)
    return drawn


def replan(
    plan: Plan,
    dataset: Dataset,
    scenario: str,
    *,
    calendar: str = "quarterly",
    key: str = "half",
    cap: DependenceCap | None = None,
) -> Replanned:
    """Meet a scenario's surprises with what a plan has ordered by then, and plan the rest anew.

    Orders placed before the surprise is known become rows of the order book, re-timed by what
    the lines may still deliver.
    """
    decision = decision_time(dataset, scenario)
    placed = earlier_from(plan, decision)
    world = build_world(
        dataset, scenario, calendar=calendar, key=key, decision=decision, earlier=placed
    )
    return Replanned(decision, plan_together(world, cap))
