"""Bottlenecks: what one sensible step of more would buy, ranked by solving again.

Duals only point to candidates: they say the most that a step can bring. Each step that might be
among the best is solved again in full. For the best the dual is then checked against what is
solved: along the step, from its right side, over its range.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.planning.behaviours import Progress
from counterpoise.planning.best_use import best_use
from counterpoise.planning.ground import Ground, ground_of
from counterpoise.planning.model import DependenceCap
from counterpoise.planning.plan import Plan
from counterpoise.planning.ranking import Ranked, rank
from counterpoise.planning.relaxations import rule_costs
from counterpoise.planning.setting import Setting
from counterpoise.planning.stepped import Stepped, holding
from counterpoise.planning.steps import NOTHING, Step, bottleneck_steps, worth
from counterpoise.planning.workers import Workers

TOP = 10
"""How many bottlenecks are told and checked."""

TWINS = 16
"""How many lines have their lead time tried at first."""


@dataclass(frozen=True)
class Bottleneck:
    """One step, the percent-years of shortfall to 2040 that it removes, and its dual's check.

    `removed` and `share` (of the least shortfall) are solved again for the whole step; `eur_bn`
    is what the step itself costs where a price is known. `dual` is dual × step for the whole
    step; `exact` its range, the share of the step over which the dual doesn't move at all, and
    `cut` the share over which it falls by no more than two percent. Cut to the range `promised` is
    dual × step, `found` what solving again removes, and `difference` their distance as a share of
    what is found. Where there is no dual `why_not` says so.
    """

    address: str
    kind: str
    step: str
    removed: float
    share: float
    eur_bn: float | None
    per_eur_bn: float | None
    dual: float
    exact: float
    cut: float
    promised: float | None
    found: float | None
    difference: float | None
    why_not: str


def bottlenecks(
    plan: Plan, cap: DependenceCap | None = None, workers: int = 2, count: int = TOP
) -> list[Bottleneck]:
    """The steps that remove most of the shortfall of a plan together, the best first.

    None that is left out could be among them: the duals bound what each can bring.
    """
    return most_told(plan, cap, workers, count)[1]


def most_told(
    plan: Plan, cap: DependenceCap | None, workers: int, count: int = TOP
) -> tuple[Ground, list[Bottleneck]]:
    """The bottlenecks and the ground that they were tried on.

    It has twins beside more lines as long as one without might be among the best.
    """
    twins = TWINS
    while True:
        ground = ground_of(plan, cap, twins)
        steps = bottleneck_steps(ground.world, ground.base.problem, ground.twins)
        found = told(ground.base, steps, workers, count)
        last = found[-1].removed if len(found) == count else 0.0
        if ground.untried <= max(last, NOTHING):
            return ground, found
        twins *= 2


def tables(
    dataset: Dataset,
    setting: Setting,
    plan: Plan,
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> dict[str, pl.DataFrame]:
    """What limits a plan together: `bottlenecks`, `best-use` and `rule-costs`, ranked.

    All solve the first stage of the plan, made in the setting, again; take one on the yearly
    calendar.
    """
    progress("solving again for bottlenecks")
    ground, tight = most_told(plan, setting.cap, workers)
    found: dict[str, list[dict[str, Any]]] = {"bottlenecks": [asdict(item) for item in tight]}
    progress("solving again for the best use of the next billion")
    found["best-use"] = [asdict(item) for item in best_use(ground, workers)]
    progress("relaxing each rule alone")
    found["rule-costs"] = [asdict(item) for item in rule_costs(dataset, setting, plan, workers)]
    return {
        name: pl.DataFrame(
            [{"rank": number, **row} for number, row in enumerate(rows, start=1)],
            infer_schema_length=None,
        )
        for name, rows in found.items()
    }


def told(base: Stepped, steps: list[Step], workers: int, count: int = TOP) -> list[Bottleneck]:
    """The best of some steps from a solved first stage, ranked and checked."""
    promised = [(step, worth(step, base.solution)) for step in steps]
    hopeful = [(step, most) for step, most in promised if most > NOTHING]
    with Workers(base, workers) as pool:
        best = [item for item in rank(pool, hopeful, count) if item.removed > NOTHING]
        return pool.map(_checked, best)


def _checked(base: Stepped, item: Ranked) -> Bottleneck:
    step = item.step
    found = holding(base, step)
    checked = found.dual > NOTHING
    promised = found.dual * found.exact
    removed = base.removed(step, found.exact) if checked else 0.0
    return Bottleneck(
        address=step.address,
        kind=step.kind,
        step=step.words,
        removed=item.removed,
        share=item.removed / base.least,
        eur_bn=step.eur_bn,
        per_eur_bn=item.removed / step.eur_bn if step.eur_bn else None,
        dual=found.dual,
        exact=found.exact,
        cut=found.cut,
        promised=promised if checked else None,
        found=removed if checked else None,
        difference=abs(promised - removed) / removed if checked else None,
        why_not="" if checked else "no dual at the optimum",
    )
