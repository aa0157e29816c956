"""What a plan has committed to by a date: orders, expansions, payments, loans."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpoise.planning.extract import loan_shares
from counterpoise.planning.offers import all_offers
from counterpoise.planning.payments import Payments, payments
from counterpoise.planning.plan import Plan
from counterpoise.world.calendar import Floats
from counterpoise.world.earlier import Earlier
from counterpoise.world.lines import added_rate
from counterpoise.world.money import discounts
from counterpoise.world.orderbook import Entry
from counterpoise.world.world import World


def placed_before(plan: Plan, before: float) -> Plan:
    """The plan with only those deliveries that are ordered before a decimal year."""
    kept = plan.deliveries * (plan.world.ordered < before - 1e-9)[None]
    return replace(plan, deliveries=kept)


def earlier_from(plan: Plan, before: float) -> Earlier:
    """What is decided before a decimal year, by a plan and by those that it builds on."""
    paid = payments(plan.world, placed_before(plan, before).deliveries)
    shares = loan_shares(plan, payments(plan.world, plan.deliveries))
    upkeep = np.zeros_like(plan.purchases)
    bought = np.zeros_like(plan.purchases)
    loaned = np.zeros_like(plan.purchases)
    for i, state in enumerate(paid.state):
        line = plan.world.lines[paid.line[i]]
        bought[state] += paid.amount[i]
        if line.eligible:
            loaned[state] += paid.amount[i] * shares[state]
        upkeep[state] += _upkeep(line.upkeep * paid.units[i], plan.world, int(paid.period[i]))
    expansions = _expansions(plan, paid, before)
    total = bought + upkeep + plan.funds * _funded(plan, expansions)
    draws = _draws(plan, loaned)
    worth = discounts(plan.world.dataset, plan.world.calendar.budget_years)
    saving = {loan.address: loan.saving for loan in plan.world.loans}
    saved = sum(saving[loan] * float(drawn @ worth) for loan, drawn in draws.items())
    new = Earlier(
        entries=_entries(plan, paid),
        expansions={
            line.address: expansions[index]
            for index, line in enumerate(plan.world.lines)
            if expansions[index].any()
        },
        paid=total - loaned,
        drawn={loan: float(drawn.sum()) for loan, drawn in draws.items()},
        cost=float((total @ worth).sum()) - saved,
        purchases=float((paid.amount.sum(axis=1) * (1 - paid.premium)).sum()),
    )
    return _joined(plan.world, new)


def _joined(world: World, new: Earlier) -> Earlier:
    """What a plan adds to what its world keeps of plans before it."""
    former = world.earlier
    if former is None:
        return new
    expansions = dict(former.expansions)
    for line, units in new.expansions.items():
        expansions[line] = expansions[line] + units if line in expansions else units
    loans = {*former.drawn, *new.drawn}
    return Earlier(
        entries=(*_as_delivered(world), *new.entries),
        expansions=expansions,
        paid=former.paid + new.paid,
        drawn={loan: former.drawn.get(loan, 0.0) + new.drawn.get(loan, 0.0) for loan in loans},
        cost=former.cost + new.cost,
        purchases=former.purchases + new.purchases,
    )


def _as_delivered(world: World) -> tuple[Entry, ...]:
    """Kept orders dated as the world delivers them; what isn't delivered is due at the end.

    So what has arrived in one world of a chain stays arrived in the next.
    """
    dated = []
    for entry, units in world.kept:
        due = units.copy()
        due[-1] += max(float(entry.due.sum() - units.sum()), 0.0)
        dated.append(replace(entry, due=due))
    return tuple(dated)


def _entries(plan: Plan, paid: Payments) -> tuple[Entry, ...]:
    world = plan.world
    entries = []
    for i in range(len(paid.units)):
        line = world.lines[paid.line[i]]
        due = np.zeros(len(world.calendar))
        due[paid.period[i]] = paid.units[i]
        entries.append(
            Entry(
                order="plan",
                place=world.labels.states[paid.state[i]],
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
    return tuple(entries)


def _upkeep(yearly: float, world: World, period: int) -> Floats:
    years = np.array(world.calendar.budget_years)
    at = world.calendar.middles[period]
    part: Floats = np.clip(years + 1 - at, 0.0, 1.0)
    return yearly * part


def _expansions(plan: Plan, paid: Payments, before: float) -> Floats:
    """Added rate that is bound by a date, by line and period of decision.

    All that is decided before it, and of later decisions what orders placed before it wait for:
    who takes an order to be delivered from rate that is still to be added must add it.
    """
    world, calendar = plan.world, plan.world.calendar
    kept = np.zeros(world.free.shape)
    np.add.at(kept, (paid.line, paid.period), paid.units)
    bound = plan.expansions * (calendar.starts < before - 1e-9)
    share = all_offers(world).output_share
    for index in np.flatnonzero((plan.expansions > bound).any(axis=1) & (kept > 0).any(axis=1)):
        line = world.lines[index]
        ready = calendar.starts + line.expansion_times
        for period in np.flatnonzero(kept[index]):
            made = added_rate(bound[index], line, calendar)[period]
            each = line.open_share * share[index, period]
            lacking = kept[index, period] - world.free[index, period] - made * each
            lacking /= max(each * calendar.lengths[period], 1e-12)
            for decided in np.flatnonzero(ready <= calendar.middles[period] + 1e-9)[::-1]:
                rest = plan.expansions[index, decided] - bound[index, decided]
                step = min(max(lacking, 0.0), rest)
                bound[index, decided] += step
                lacking -= step
    return bound


def _funded(plan: Plan, expansions: Floats) -> Floats:
    """Share of each year's funds for expansions that pays for some of them."""
    world = plan.world
    price = np.array([line.expansion_costs for line in world.lines])
    year = world.calendar.years - world.calendar.budget_years[0]
    whole = np.zeros(plan.funds.shape[1])
    part = np.zeros_like(whole)
    np.add.at(whole, year, (price * plan.expansions).sum(axis=0))
    np.add.at(part, year, (price * expansions).sum(axis=0))
    share: Floats = part / np.maximum(whole, 1e-12) * (whole > 1e-12)
    return share


def _draws(plan: Plan, loaned: Floats) -> dict[str, Floats]:
    """Loan money by loan and year that kept orders use; a state's loans share by what is drawn."""
    labels = plan.world.labels
    whole = np.zeros_like(plan.purchases)
    mine = [loan for loan in plan.world.loans if loan.address in plan.draws]
    mine = [loan for loan in mine if loan.state in labels.state_index]
    for loan in mine:
        whole[labels.state_index[loan.state]] += plan.draws[loan.address]
    found = {}
    for loan in mine:
        state = labels.state_index[loan.state]
        part = plan.draws[loan.address] / np.maximum(whole[state], 1e-12)
        found[loan.address] = loaned[state] * part
    return found
