"""Recorded delays: how late a supplier has delivered, pooled where its cases are few."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

from counterpoise.data.dataset import Dataset
from counterpoise.data.fill import need


@dataclass(frozen=True)
class Case:
    """A recorded delivery: `months` late (below zero for early) against the date first agreed.

    `past` says whether planned and actual date are stated and the actual one lies before the
    end of the release's year or month; the others hold what is expected today.
    """

    address: str
    months: float
    basis: str
    sources: tuple[str, ...]
    cause: str
    system: str
    maker: str
    supplier: str
    domain: str
    past: bool


@dataclass(frozen=True)
class Supplier:
    """What a delivery is pooled by: type, maker, supplying state and domain of its area.

    `makers` are the type's maker and the company that runs the line; empty texts match nothing.
    """

    system: str
    makers: tuple[str, ...]
    state: str
    domain: str


@dataclass(frozen=True)
class Level:
    """Cases of one level, from all to the maker: their number, mean, spread and weight.

    `mean` and `middle` are months; `weight` (0 to 1) is what the level's own cases count for
    against the levels above it.
    """

    name: str
    of: str
    cases: int
    assumed: int
    mean: float | None
    middle: float | None
    weight: float


@dataclass(frozen=True)
class Spread:
    """The distribution of delay: asinh(months / scale) is normal with `middle` and `width`."""

    middle: float
    width: float
    scale: float
    levels: tuple[Level, ...]

    def quantile(self, share: float) -> float:
        """Months of delay that a share (between 0 and 1) of deliveries doesn't exceed."""
        if self.width == 0:
            return self.scale * math.sinh(self.middle)
        return self.scale * math.sinh(NormalDist(self.middle, self.width).inv_cdf(share))


def recorded(dataset: Dataset) -> tuple[Case, ...]:
    """All recorded delays that state how many months, in the order of their sheet."""
    found = []
    for thing in dataset.kind("delay"):
        figure = dataset.observation(thing.address, "delay")
        if figure is None or figure.value is None:
            continue
        system = dataset.target(thing.address, "delays")
        planned, actual = (thing.texts.get(f"{name}_delivery", "") for name in _DATES)
        found.append(
            Case(
                address=thing.address,
                months=figure.value,
                basis=figure.basis,
                sources=figure.sources,
                cause=thing.texts.get("cause", ""),
                system=system,
                maker=dataset.target(system, "made by"),
                supplier=dataset.target(thing.address, "supplied by"),
                domain=dataset.text(dataset.target(system, "fills"), "domain"),
                past=bool(planned and actual) and actual <= dataset.release,
            )
        )
    return tuple(found)


_DATES = ("planned", "actual")


def supplier_of(case: Case) -> Supplier:
    """What a recorded case is pooled by."""
    return Supplier(case.system, (case.maker,), case.supplier, case.domain)


def pooled(cases: Sequence[Case], supplier: Supplier, weight: float, scale: float) -> Spread:
    """The spread of delay of a supplier, by partial pooling on four levels.

    On the scale asinh(months / scale), which is straight near zero and logarithmic far from it,
    each level moves mean and variance of the level above towards its own cases, with weight
    n / (n + weight) and (n - 1) / (n - 1 + weight): all cases, those of the domain, of the
    supplying state, of the maker or type. Shrinkage of this form is the posterior mean of a
    normal model with known ratio of variances (Gelman and Hill, Data Analysis Using Regression
    and Multilevel/Hierarchical Models, 2007, section 12.2). Without cases the delay is zero.
    """
    middle = width = 0.0
    levels = []
    for name, of, group in groups(cases, supplier):
        n = len(group)
        values = [math.asinh(case.months / scale) for case in group]
        share = 0.0
        if n and name == "all":
            middle, width, share = fmean(values), stdev(values) if n > 1 else 0.0, 1.0
        elif n:
            share = n / (n + weight)
            middle = share * fmean(values) + (1 - share) * middle
            steady = (n - 1) / (n - 1 + weight)
            variance = stdev(values) ** 2 if n > 1 else 0.0
            width = math.sqrt(steady * variance + (1 - steady) * width**2)
        levels.append(_level(name, of, group, share))
    return Spread(middle, width, scale, tuple(levels))


def groups(cases: Sequence[Case], supplier: Supplier) -> list[tuple[str, str, list[Case]]]:
    """Levels from all to the maker or type: name, what it is of, and the cases on it."""
    return [
        ("all", "", list(cases)),
        ("domain", supplier.domain, [c for c in cases if c.domain == supplier.domain and c.domain]),
        (
            "supplying state",
            supplier.state,
            [c for c in cases if c.supplier == supplier.state and c.supplier],
        ),
        (
            "maker or type",
            "; ".join(dict.fromkeys((*filter(None, supplier.makers), supplier.system))),
            [c for c in cases if (c.maker in supplier.makers and c.maker) or _same(c, supplier)],
        ),
    ]


def pull(cases: Sequence[Case], supplier: Supplier, spread: Spread) -> dict[str, float]:
    """By how many months the middle delay moves for a month more in a case, by its address.

    The derivative of scale · sinh(middle), in which each level's mean counts by its weight.
    """
    weights: dict[str, float] = {}
    for level, (_, _, group) in zip(spread.levels, groups(cases, supplier), strict=True):
        weights = {address: (1 - level.weight) * held for address, held in weights.items()}
        for case in group:
            weights[case.address] = weights.get(case.address, 0.0) + level.weight / len(group)
    steep = spread.scale * math.cosh(spread.middle)
    return {
        case.address: steep * weights[case.address] / math.hypot(case.months, spread.scale)
        for case in cases
    }


def _same(case: Case, supplier: Supplier) -> bool:
    return bool(case.system) and case.system == supplier.system


def _level(name: str, of: str, group: Sequence[Case], share: float) -> Level:
    months = sorted(case.months for case in group)
    half = len(months) // 2
    return Level(
        name=name,
        of=of,
        cases=len(group),
        assumed=sum(case.basis == "assumed" for case in group),
        mean=fmean(months) if months else None,
        middle=(months[half] + months[-half - 1]) / 2 if months else None,
        weight=share,
    )


def spread_of(dataset: Dataset, cases: Sequence[Case], supplier: Supplier) -> Spread:
    """The pooled spread with the weight and scale of the sheet `rules`."""
    weight = need(dataset, "rule/delay-pooling", "value")
    return pooled(cases, supplier, weight, need(dataset, "rule/delay-scale", "value"))
