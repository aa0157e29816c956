"""Numbers of a brief: each is a measure of a run, printed with its rounding and its address."""

from __future__ import annotations

import math
from dataclasses import dataclass

from counterpoise.measures.evaluate import evaluate
from counterpoise.publish.blocks import Number, Part
from counterpoise.runs import Run

MISSING = "none"


@dataclass(frozen=True)
class Figures:
    """Prints measures of one run."""

    run: Run

    def value(self, measure: str, *arguments: str) -> float:
        """The value of a measure."""
        return evaluate(self.run.table, measure, *arguments)

    def address(self, measure: str, *arguments: str) -> str:
        """The address that gives the value again."""
        return "/".join(("run", self.run.id, measure, *arguments))

    def percent(self, measure: str, *arguments: str, decimals: int = 0) -> Part:
        """A share in percent."""
        value = self.value(measure, *arguments)
        if math.isnan(value):
            return MISSING
        return Number(
            value, self.address(measure, *arguments), f"{value:.{decimals}%}", 2 + decimals
        )

    def rounded(self, measure: str, *arguments: str, digits: int = 2) -> Part:
        """A value at two significant digits (or more), with thousands set apart."""
        value = self.value(measure, *arguments)
        if math.isnan(value):
            return MISSING
        decimals = decimals_for(value, digits)
        text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
        return Number(value, self.address(measure, *arguments), text, decimals)

    def whole(self, measure: str, *arguments: str) -> Part:
        """A value at whole numbers."""
        value = self.value(measure, *arguments)
        if math.isnan(value):
            return MISSING
        return Number(value, self.address(measure, *arguments), f"{value:,.0f}", 0)

    def year(self, measure: str, *arguments: str) -> Part:
        """A year; "after 2035" is told in words where there is none."""
        value = self.value(measure, *arguments)
        if math.isnan(value):
            return "open"
        return Number(value, self.address(measure, *arguments), f"{value:.0f}", 0)


def decimals_for(value: float, digits: int) -> int:
    """Decimals that leave so many significant digits, at most three decimals."""
    if value == 0 or not math.isfinite(value):
        return 0
    return min(digits - 1 - math.floor(math.log10(abs(value))), 3)
