"""The unequal calendar: quarters near, years far, in years as decimal numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from counterpoise.errors import BadInput, Problem

Floats = npt.NDArray[np.float64]

REPORT_END = 2036.0
"""Results are shown to the end of 2035; later years are modelled so that orders don't dry up."""

MODEL_END = 2041.0
QUARTERS_END = 2031.0


@dataclass(frozen=True)
class Calendar:
    """Periods in order: the decimal year in which each starts, and the end of the last."""

    edges: tuple[float, ...]

    @cached_property
    def starts(self) -> Floats:
        """Start of each period, shape (periods,)."""
        return np.array(self.edges[:-1])

    @cached_property
    def lengths(self) -> Floats:
        """Length of each period in years, shape (periods,)."""
        return np.diff(np.array(self.edges))

    @cached_property
    def middles(self) -> Floats:
        """Middle of each period, shape (periods,)."""
        return self.starts + self.lengths / 2

    @cached_property
    def years(self) -> npt.NDArray[np.int64]:
        """Calendar year of each period, shape (periods,)."""
        return np.floor(self.middles).astype(np.int64)

    @cached_property
    def budget_years(self) -> tuple[int, ...]:
        """The calendar years that the calendar touches."""
        return tuple(int(year) for year in np.unique(self.years))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of the periods: 2028-Q3 or 2033."""
        return tuple(
            period_label(start, length)
            for start, length in zip(self.starts, self.lengths, strict=True)
        )

    def __len__(self) -> int:
        return len(self.edges) - 1

    def containing(self, time: float) -> int:
        """Index of the period that holds a decimal year; -1 before the first, len after all."""
        if time < self.edges[0]:
            return -1
        return int(np.searchsorted(np.array(self.edges), time + 1e-9, side="right")) - 1

    def overlap(self, start: float, end: float) -> Floats:
        """Years of each period that lie between two decimal years, shape (periods,)."""
        edges = np.array(self.edges)
        inside: Floats = np.minimum(edges[1:], end) - np.maximum(edges[:-1], start)
        return np.maximum(inside, 0.0)

    def reported(self) -> Floats:
        """Length in years of the part of each period that is shown in results."""
        return self.overlap(self.edges[0], REPORT_END)


def period_label(start: float, length: float) -> str:
    """2028-Q3 for a quarter, 2033 for a year."""
    year = int(np.floor(start + 1e-9))
    if length > 0.9:
        return str(year)
    return f"{year}-Q{round((start - year) * 4) + 1}"


_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


def parse_period(text: str) -> tuple[float, float]:
    """Start and end, in decimal years, of 2028, 2028-Q3 or 2028-07; ValueError otherwise."""
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    year, quarter, month = found.groups()
    if quarter:
        start = int(year) + (int(quarter) - 1) / 4
        return start, start + 0.25
    if month:
        start = int(year) + (int(month) - 1) / 12
        return start, start + 1 / 12
    return float(year), float(year) + 1


def first_quarter_after(release: str) -> float:
    """Decimal year of the first quarter after a date (ISO)."""
    year, month = int(release[:4]), int(release[5:7])
    quarter = (month - 1) // 3 + 1
    return year + quarter / 4


def quarterly(start: float) -> Calendar:
    """Quarters to 2030, years to 2040: the calendar of the plan that is shown."""
    if start >= QUARTERS_END:
        raise BadInput(
            [Problem("start", "calendar", None, "", str(start), "before 2031", "start earlier")]
        )
    quarters = np.arange(start, QUARTERS_END, 0.25)
    return Calendar(tuple(float(e) for e in (*quarters, *np.arange(QUARTERS_END, MODEL_END + 0.5))))


def yearly(start: float) -> Calendar:
    """Years to 2040 (the first may be a part of one): for many variants and tests."""
    first = float(np.floor(start)) + 1
    return Calendar((start, *(float(e) for e in np.arange(first, MODEL_END + 0.5))))


CALENDARS = {"quarterly": quarterly, "yearly": yearly}
