"""What the two stages minimise."""

from __future__ import annotations

import numpy as np

from counterpoise.measures.shortfall import weights
from counterpoise.planning.registry import Family
from counterpoise.planning.rows.frame import Frame
from counterpoise.planning.rows.money import Money
from counterpoise.world.calendar import Floats
from counterpoise.world.money import discounts


def shortfall_costs(frame: Frame, short: Family) -> tuple[Family, Floats]:
    """Objective of the first stage: percent-years of each unit short."""
    cell, period = short.keys
    area = frame.cell_area[cell]
    weight = weights(frame.world)[cell, period] * frame.series[area]
    return short, weight


def cost_terms(frame: Frame, money: Money) -> dict[str, tuple[Family, Floats]]:
    """Objective of the second stage by part: present value in EUR bn."""
    world, pairs = frame.world, frame.pairs
    discount = discounts(world.dataset, frame.years)
    purchase = np.zeros(pairs.size)
    for moment in range(pairs.pay_year.shape[0]):
        year = np.minimum(pairs.pay_year[moment], len(frame.years) - 1)
        purchase += pairs.pay[moment] * discount[year]
    familiar = 1 / pairs.premium
    return {
        "purchase": (frame.deliver, purchase * familiar),
        "introduction": (frame.deliver, purchase * (1 - familiar)),
        "upkeep": (money.upkeep, discount[money.upkeep.keys[1]]),
        "expansion": (money.fund, discount[money.fund.keys[1]]),
        "interest saved": (money.draw, -money.saving * discount[money.draw.keys[1]]),
    }
