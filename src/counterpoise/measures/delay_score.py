"""How well recorded delays foretell one another: each case held out in turn, beside plain rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist, fmean, stdev

import numpy as np

from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import last_day
from counterpoise.errors import BadInput, Problem
from counterpoise.world.calendar import Floats
from counterpoise.world.delays import Case, recorded, spread_of, supplier_of

SHARES = (0.1, 0.5, 0.9)
RESAMPLES = 2000
LEVEL = 0.9
"""Share of the resamples that an interval of a score holds."""

Quantiles = tuple[float, float, float]
Rule = Callable[[Case, Sequence[Case]], Quantiles]
"""Months of delay of a case at SHARES, from the other cases."""


@dataclass(frozen=True)
class Figure:
    """A score with its bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Score:
    """What a rule foretells of cases that it hasn't seen, and how far it is off.

    `told` holds months at SHARES, shape (cases, shares); the scores have shape (cases,).
    """

    rule: str
    cases: tuple[Case, ...]
    told: Floats

    @cached_property
    def _missed(self) -> Floats:
        return np.array([case.months for case in self.cases])[:, None] - self.told

    @cached_property
    def inside(self) -> Floats | None:
        """1 where the case lies in the 80% interval, else 0; None for a rule without interval."""
        if np.all(self.told[:, 0] == self.told[:, -1]):
            return None
        within = (self._missed[:, 0] >= 0) & (self._missed[:, -1] <= 0)
        return within.astype(np.float64)

    @cached_property
    def pinball(self) -> Floats:
        """Mean quantile loss over SHARES, months.

        Koenker and Bassett, Regression Quantiles, Econometrica 46, 1978.
        """
        shares = np.array(SHARES)
        loss = np.maximum(shares * self._missed, (shares - 1) * self._missed)
        return np.asarray(loss.mean(axis=1))

    @cached_property
    def error(self) -> Floats:
        """Absolute error of the middle forecast, months."""
        return np.abs(self._missed[:, SHARES.index(0.5)])


@dataclass(frozen=True)
class DelayScore:
    """The scores of all rules on all cases that came, and on those not assumed; first is ours."""

    groups: dict[str, tuple[Score, ...]]
    unsure: tuple[Case, ...]
    seed: int

    def resampled(self, values: Floats) -> Figure:
        """The mean with the interval of LEVEL over RESAMPLES draws of cases, seeded."""
        draws = self._draws(len(values))
        means = values[draws].mean(axis=1)
        edge = (1 - LEVEL) / 2
        low, high = np.quantile(means, [edge, 1 - edge])
        return Figure(float(values.mean()), float(low), float(high))

    def _draws(self, size: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        generator = np.random.default_rng(self.seed)
        return generator.integers(0, size, (RESAMPLES, size))

    @cached_property
    def verdicts(self) -> tuple[str, ...]:
        """Where ours is better or worse than each plain rule, and where it can't be told."""
        told = []
        for group, (ours, *others) in self.groups.items():
            for other in others:
                for name in ("pinball", "error"):
                    gap = self.resampled(getattr(ours, name) - getattr(other, name))
                    word = "better" if gap.high < 0 else "worse" if gap.low > 0 else "no better"
                    measured = "pinball loss" if name == "pinball" else "absolute error"
                    told.append(
                        f"{group}, {measured}: {word} than {other.rule} "
                        f"({gap.value:+.1f} months, {gap.low:+.1f} to {gap.high:+.1f})"
                    )
        return tuple(told)


def delay_score(dataset: Dataset, seed: int = 1) -> DelayScore:
    """Score the pooled spread of delay on the cases that came, each held out in turn.

    Each forecast uses all other recorded cases, those still expected included, as forecasts of
    orders do. `unsure` are cases dated by the release's year or month alone, which may not be
    over. Raises BadInput for fewer than three cases that came.
    """
    cases = recorded(dataset)
    came = [case for case in cases if case.past]
    if len(came) < 3:
        expected = "three delays with planned and actual date"
        raise BadInput([Problem("no-cases", "delays.csv", None, "", "", expected, "add cases")])

    def ours(case: Case, rest: Sequence[Case]) -> Quantiles:
        spread = spread_of(dataset, rest, supplier_of(case))
        return spread.quantile(0.1), spread.quantile(0.5), spread.quantile(0.9)

    rules = {
        "pooled delays": ours,
        "as announced": lambda case, rest: (0.0, 0.0, 0.0),
        "announced plus mean delay": _mean_delay,
    }
    whole = tuple(
        Score(name, tuple(came), np.array([rule(case, _without(cases, case)) for case in came]))
        for name, rule in rules.items()
    )
    firm = [at for at, case in enumerate(came) if case.basis != "assumed"]
    groups = {f"all {len(came)} cases": whole}
    if len(firm) > 1:
        groups[f"{len(firm)} not assumed"] = tuple(
            Score(each.rule, tuple(came[at] for at in firm), each.told[firm]) for each in whole
        )
    unsure = tuple(case for case in came if _unsure(dataset, case))
    return DelayScore(groups, unsure, seed)


def _without(cases: Sequence[Case], held: Case) -> list[Case]:
    return [case for case in cases if case.address != held.address]


def _mean_delay(case: Case, rest: Sequence[Case]) -> Quantiles:
    """Mean of the other cases, with the interval of a normal distribution of their spread."""
    months = [other.months for other in rest]
    normal = NormalDist(fmean(months), stdev(months) or 1e-9)
    return normal.inv_cdf(0.1), normal.mean, normal.inv_cdf(0.9)


def _unsure(dataset: Dataset, case: Case) -> bool:
    actual = dataset.text(case.address, "actual_delivery")
    return last_day(actual) > dataset.release
