"""Is a saved run solved correctly? One file that shares no code with what made the run.

`verify(folder)` reads a run's folder and nothing else: the snapshot of the dataset that the plan
was made from, each stage's problem and solution, the saved plans and tables. It checks

- the digests of all files;
- every stage: bounds, rows, signs of duals, reduced costs, the dual bound and the gap; and that
  the second stage is exactly the first one's optimal face;
- every stage's problem against one rebuilt here from the snapshot, by the label of each row and
  column (docs/model.md gives the formulas);
- every saved plan against every row, and the tables against what the plan gives.

It says nothing about the data. It imports numpy, scipy and polars, and runs by itself too:
python verify.py RUN_FOLDER [--without-digests].
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp

Floats = npt.NDArray[np.float64]
Json = dict[str, Any]

PAGES = "site/"
"""Where pages that were written from a run lie in its folder."""

FORMAT = 3
"""The layout of a run's folder that is read here."""

VERDICT = "solved correctly; says nothing about the data"

SAME = 1e-9
"""Relative difference up to which a rebuilt number is the saved one."""

FEASIBLE = 1e-6
"""How far a solution may overstep a bound or row: this, plus this much of the bound itself."""

DUAL = 1e-6
"""How far a dual may have the wrong sign, and a reduced cost differ from its definition."""

FACE = 1e-7
"""Duals beyond this fix the optimal face for the second stage."""

GAP = 1e-6
"""Largest relative difference between a stage's objective and the bound that its duals prove."""

LOST = 1e-5
"""Relative difference that the second stage's shortfall may have to the first one's.

It is what bounds and rows that are kept to FEASIBLE, and duals up to FACE, add up to.
"""

DUST = 1e-9
"""Open needs below this are rounding: whether they have columns is left open."""

NAMED = 5
"""Findings of one kind and family that are named one by one; the others are counted."""

GROUP = "scope/NATO-EUR"
POOL = "scope/NATO"


# --------------------------------------------------------------------------- what is found


@dataclass(frozen=True)
class Finding:
    """Something wrong: the check, the place (file, stage or table), the label, both values."""

    check: str
    place: str
    label: str
    found: str
    expected: str

    def __str__(self) -> str:
        expected = f", expected {self.expected}" if self.expected else ""
        return f"{self.check}: {self.place}: {self.label}: {self.found}{expected}"


@dataclass
class Report:
    """All findings, how much was checked, and what wasn't."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    largest: dict[str, float] = field(default_factory=dict)
    unchecked: list[str] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def add(self, check: str, place: str, label: str, found: object, expected: object = "") -> None:
        """Note a finding; numbers are printed with nine digits."""
        self.findings.append(Finding(check, place, label, _told(found), _told(expected)))

    def add_some(
        self, check: str, place: str, faults: Iterable[tuple[str, object, object]]
    ) -> None:
        """Note the first findings of each family of labels by name and count the others."""
        families: defaultdict[str, list[tuple[str, object, object]]] = defaultdict(list)
        for fault in faults:
            families[fault[0].partition("[")[0]].append(fault)
        for name, every in families.items():
            for label, found, expected in every[:NAMED]:
                self.add(check, place, label, found, expected)
            if len(every) > NAMED:
                self.add(check, place, f"{name}: {len(every) - NAMED} more", "not listed")

    def worst(self, name: str, value: float) -> None:
        """Keep the largest of a measured violation."""
        self.largest[name] = max(self.largest.get(name, 0.0), float(value))


class Unreadable(Exception):
    """The folder holds no run that can be verified."""


def _told(value: object) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def same(found: Floats, expected: Floats, least: float = SAME) -> npt.NDArray[np.bool_]:
    """Where two arrays agree: to SAME relative, or to `least`; infinities with their sign."""
    with np.errstate(invalid="ignore"):
        close = np.abs(found - expected) <= SAME * np.maximum(abs(found), abs(expected)) + least
    finite = np.isfinite(found) & np.isfinite(expected)
    return np.asarray((close & finite) | (found == expected))


# --------------------------------------------------------------------------- the snapshot


class MissingFigure(KeyError):
    """The snapshot lacks a figure that the model needs."""


class Facts:
    """The snapshot of the dataset: kinds, words, roles and chosen figures, in their order."""

    def __init__(self, folder: Path, release: str):
        self.release = release
        self.kinds: defaultdict[str, list[str]] = defaultdict(list)
        for address, kind in pl.read_parquet(folder / "things.parquet").iter_rows():
            self.kinds[kind].append(address)
        self.known = frozenset(address for every in self.kinds.values() for address in every)
        words = pl.read_parquet(folder / "words.parquet")
        self._words: dict[tuple[str, str], str] = {
            (subject, name): text for subject, name, text in words.iter_rows()
        }
        self._objects: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._subjects: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for subject, role, target in pl.read_parquet(folder / "links.parquet").iter_rows():
            self._objects[subject, role].append(target)
            self._subjects[target, role].append(subject)
        self.figures = pl.read_parquet(folder / "figures.parquet")
        self._values: dict[tuple[str, str, str, str], float | None] = {}
        self._stated: dict[tuple[str, str], tuple[str, str]] = {}
        for row in self.figures.iter_rows(named=True):
            key = row["subject"], row["quantity"], row["period"], row["qualifier"]
            self._values[key] = row["value"]
            if not row["period"] and not row["qualifier"]:
                self._stated[key[:2]] = row["as_of"], row["standing"]

    def value(self, subject: str, quantity: str, period: str = "") -> float | None:
        """A figure, or None where it isn't known."""
        return self._values.get((subject, quantity, period, ""))

    def need(self, subject: str, quantity: str) -> float:
        """A figure that must be known."""
        found = self.value(subject, quantity)
        if found is None:
            raise MissingFigure(f"{subject}/{quantity}")
        return found

    def rule(self, name: str) -> float:
        """A number of the sheet of rules."""
        return self.need(f"rule/{name}", "value")

    def newest(self, subject: str, quantity: str, period: str, series: str) -> float | None:
        """The figure of the last series whose name begins so."""
        found = [
            (key[3], value)
            for key, value in self._of(subject)
            if key[1:3] == (quantity, period) and key[3].startswith(series)
        ]
        return max(found)[1] if found else None

    def _of(self, subject: str) -> list[tuple[tuple[str, str, str, str], float | None]]:
        return self._by_subject.get(subject, [])

    @cached_property
    def _by_subject(self) -> dict[str, list[tuple[tuple[str, str, str, str], float | None]]]:
        found: defaultdict[str, list[Any]] = defaultdict(list)
        for key, value in self._values.items():
            found[key[0]].append((key, value))
        return dict(found)

    def qualified(self, subject: str, quantity: str) -> dict[tuple[str, str], float]:
        """All values of a quantity by period and qualifier."""
        return {
            key[2:]: value
            for key, value in self._of(subject)
            if key[1] == quantity and value is not None
        }

    def stated(self, subject: str, quantity: str) -> tuple[str, str] | None:
        """Date and standing (basis, or `rule`) of a known figure; None where it isn't known."""
        if self.value(subject, quantity) is None:
            return None
        return self._stated[subject, quantity]

    def words(self, subject: str, name: str) -> str:
        """What a thing's row says in words."""
        return self._words.get((subject, name), "")

    def objects(self, subject: str, role: str) -> list[str]:
        """The things towards which `subject` has a role."""
        return self._objects.get((subject, role), [])

    def object(self, subject: str, role: str) -> str:
        """The first of them, or an empty text."""
        return next(iter(self.objects(subject, role)), "")

    def subjects(self, target: str, role: str) -> list[str]:
        """The things that have a role towards `target`."""
        return self._subjects.get((target, role), [])


# --------------------------------------------------------------------------- time


@dataclass(frozen=True)
class Calendar:
    """Periods by their edges in decimal years."""

    edges: tuple[float, ...]

    @cached_property
    def starts(self) -> Floats:
        """Start of each period."""
        return np.array(self.edges[:-1])

    @cached_property
    def lengths(self) -> Floats:
        """Years of each period."""
        return np.diff(self.edges)

    @cached_property
    def middles(self) -> Floats:
        """Middle of each period."""
        return self.starts + self.lengths / 2

    @cached_property
    def years(self) -> list[int]:
        """Calendar year of each period."""
        return [math.floor(middle) for middle in self.middles]

    @cached_property
    def budget_years(self) -> list[int]:
        """The calendar years in order."""
        return sorted(set(self.years))

    @cached_property
    def labels(self) -> list[str]:
        """2028-Q3 for a quarter, 2033 for a year."""
        found = []
        for start, length in zip(self.starts, self.lengths, strict=True):
            year = math.floor(start + 1e-9)
            quarter = round((start - year) * 4) + 1
            found.append(str(year) if length > 0.9 else f"{year}-Q{quarter}")
        return found

    def inside(self, start: float, end: float) -> Floats:
        """Years of each period between two moments."""
        edges = np.array(self.edges)
        both = np.minimum(edges[1:], end) - np.maximum(edges[:-1], start)
        return np.asarray(np.clip(both, 0.0, None))

    def holding(self, moment: float) -> int:
        """The period in which a moment after the calendar's start lies."""
        return int(np.searchsorted(np.array(self.edges), moment + 1e-9, side="right")) - 1


def start_after(release: str) -> float:
    """The first quarter after a date."""
    return int(release[:4]) + ((int(release[5:7]) - 1) // 3 + 1) / 4


def calendar_of(name: str, release: str) -> Calendar:
    """Quarters to 2030 and years to 2040, or years alone after the rest of the first."""
    start = start_after(release)
    if name == "quarterly":
        near = [start + number / 4 for number in range(round((2031 - start) * 4))]
        return Calendar((*near, *map(float, range(2031, 2042))))
    if name == "yearly":
        return Calendar((start, *map(float, range(math.floor(start) + 1, 2042))))
    raise Unreadable(f"the calendar {name} isn't known to the verifier")


def period_of(text: str) -> tuple[float, float]:
    """Start and end of 2028, 2028-Q3 or 2028-07."""
    year, _, part = text.partition("-")
    if part.startswith("Q"):
        start = int(year) + (int(part[1]) - 1) / 4
        return start, start + 1 / 4
    if part:
        start = int(year) + (int(part) - 1) / 12
        return start, start + 1 / 12
    return float(year), float(year) + 1


def left_by(event: Json, calendar: Calendar) -> Floats:
    """What an event leaves in each period: its amount inside, 1 outside, by the part inside."""
    start = period_of(event["start"])
    if event.get("amount_end") is not None:
        end = period_of(event["end"])
        path = np.interp(
            calendar.middles, [sum(start) / 2, sum(end) / 2], [event["amount"], event["amount_end"]]
        )
        return np.where(calendar.middles < start[0], 1.0, path)
    until = period_of(event["end"])[1] if event["end"] else math.inf
    part = calendar.inside(start[0], until) / calendar.lengths
    return np.asarray(1 + part * (event["amount"] - 1))


def product_left(
    events: Sequence[Json], kind: str, calendar: Calendar, hit: Callable[[Json], bool]
) -> Floats:
    """What all events of a kind leave together."""
    total = np.ones(len(calendar.starts))
    for event in events:
        if event["kind"] == kind and hit(event):
            total = total * left_by(event, calendar)
    return total


EVENTS = frozenset(
    {
        "assured-part", "line-output", "open-output", "lead-time", "price", "expansion-time",
        "expansion-growth", "expansion-cost", "spending", "need", "absorption", "joint-share",
        "introduction", "loan", "origin-limit", "plans-together",
    }
)  # fmt: skip
"""The kinds of event that are rebuilt here; any other one is refused."""

EVENT_PARTS = frozenset(
    {
        "kind", "target", "start", "end", "known_from", "amount", "amount_end", "areas", "lines",
        "eligible", "chosen_by", "source", "basis", "reason",
    }
)  # fmt: skip
"""What an event may state; anything else that is set is refused."""


def reaches(facts: Facts, event: Json, state: str) -> bool:
    """Whether an event aims at a state, or at a scope that includes it."""
    return event["target"] == state or state in facts.objects(event["target"], "includes")


def narrowed(event: Json, area: str, line: str = "", eligible: bool = False) -> bool:
    """Whether an event's filters let something of an area (and line) through."""
    areas, lines = event["areas"], event["lines"]
    return (
        (not areas or area.split("/")[1] in areas)
        and (not lines or line.split("/")[-1] in lines)
        and (not event["eligible"] or eligible)
    )


def mean_by_year(factor: Floats, calendar: Calendar) -> Floats:
    """Mean of a factor over the periods of each budget year."""
    years = np.array(calendar.years)
    means = []
    for year in calendar.budget_years:
        length = np.where(years == year, calendar.lengths, 0.0)
        means.append(float((factor * length).sum() / length.sum()))
    return np.array(means)


def in_service(arrivals: Floats, before: float, use: float, calendar: Calendar) -> Floats:
    """Mean of start and end of each period, of what arrives and is used up by a share a year."""
    level, means = before, []
    for length, units in zip(calendar.lengths, arrivals, strict=True):
        after = level * (1 - use) ** length + units
        means.append((level + after) / 2)
        level = after
    return np.array(means)


# --------------------------------------------------------------------------- supply and order book


@dataclass(frozen=True)
class Line:
    """A line's figures: units by period, years, EUR bn a unit, rates in units a year.

    `lead` and `price` are by period of delivery; what is said of expansions by that of decision.
    """

    address: str
    system: str
    area: str
    state: str
    controllers: tuple[str, ...]
    barred: frozenset[str]
    output: Floats
    delivering: Floats
    left: Floats
    open_share: float
    lead: Floats
    available: float
    price: Floats
    weight: float
    expansion_time: Floats
    growth: Floats
    expansion_cost: Floats
    upkeep: float
    eligible: bool
    sold_until: float


@dataclass(frozen=True)
class Entry:
    """What one place gets of an order: units due by period, and before the calendar starts."""

    order: str
    place: str
    area: str
    system: str
    line: str
    signed: float
    before: float
    due: Floats
    weight: float
    value: float
    national: bool


@dataclass(frozen=True)
class Stock:
    """What a place holds of a type: capability units at the start and by period."""

    address: str
    place: str
    area: str
    system: str
    controllers: tuple[str, ...]
    start: float
    path: Floats


@dataclass(frozen=True)
class Loan:
    """A loan: EUR bn left, years in which it may be drawn, what a euro drawn saves."""

    address: str
    state: str
    left: float
    first: int
    last: int
    saving: float


def in_control(facts: Facts, system: str) -> tuple[str, ...]:
    """States of a type's control regimes, else those that designed it."""
    marks = facts.words(system, "control_regime").replace("national:", "").split(";")
    names = [mark.strip() for mark in marks]
    states = [f"state/{facts.words(f'regime/{name}', 'state') or name}" for name in names]
    found = tuple(dict.fromkeys(state for state in states if state in facts.known))
    return found or tuple(facts.objects(system, "designed by"))


def may_not_buy(facts: Facts, system: str, controllers: tuple[str, ...]) -> frozenset[str]:
    """Buyers that a ban on the type, or on what a state controls, keeps from it."""
    barred: set[str] = set()
    for ban in facts.kinds["ban"]:
        about = facts.object(ban, "bars control by")
        if facts.object(ban, "bars") == system or (about and about in controllers):
            barred.update(facts.objects(ban, "may not buy"))
    return frozenset(barred)


def rate_of(facts: Facts, line: str, calendar: Calendar) -> Floats:
    """Units a year by period: straight from today's rate to the announced one."""
    rate = facts.need(line, "rate")
    target, year = facts.value(line, "rate_target"), facts.value(line, "rate_target_year")
    if target is None or year is None:
        return np.full(len(calendar.starts), rate)
    today = min(facts.value(line, "output_as_of") or calendar.edges[0], year - 1)
    passed = np.clip((calendar.middles - today - 0.5) / (year - today), 0.0, 1.0)
    return np.asarray(rate + passed * (target - rate))


def price_of(facts: Facts, system: str) -> float:
    """EUR bn a unit at prices of the release's year."""
    price, release = facts.need(system, "unit_price"), int(facts.release[:4])
    date = (facts.stated(system, "unit_price") or ("", ""))[0][:4]
    years = release - int(date) if date.isdigit() else 0
    return price * (1 + facts.rule("inflation")) ** years / 1000


def line_of(facts: Facts, address: str, calendar: Calendar, events: Sequence[Json]) -> Line:
    """A line under the events known when the plan was made."""
    system, state = facts.object(address, "makes"), facts.object(address, "located in")
    area, company = facts.object(system, "fills"), facts.object(address, "run by")

    eligible = facts.words(system, "safe_eligible") == "y"

    def hit(event: Json) -> bool:
        named = event["target"] in (address, company, area, system)
        return (named or reaches(facts, event, state)) and narrowed(event, area, address, eligible)

    def factor(kind: str) -> Floats:
        return product_left(events, kind, calendar, hit)

    rate, price = rate_of(facts, address, calendar), price_of(facts, system)
    delivering, open_share = factor("line-output"), facts.need(address, "open_share")
    most = 1 / open_share if open_share > 0 else math.inf
    controllers = in_control(facts, system)
    return Line(
        address=address,
        system=system,
        area=area,
        state=state,
        controllers=controllers,
        barred=may_not_buy(facts, system, controllers),
        output=rate * delivering * calendar.lengths,
        delivering=delivering,
        left=np.minimum(factor("open-output"), most),
        open_share=open_share,
        lead=facts.need(address, "lead_time") / 12 * factor("lead-time"),
        available=facts.value(system, "year_available") or 0.0,
        price=price * factor("price"),
        weight=facts.value(system, "weight") or 1.0,
        expansion_time=facts.need(address, "expansion_time") / 12 * factor("expansion-time"),
        growth=facts.need(area, "expansion_growth")
        * max(0.0, float(rate.max()))
        * factor("expansion-growth"),
        expansion_cost=facts.need(area, "expansion_cost_share") * price * factor("expansion-cost"),
        upkeep=facts.need(area, "upkeep_share") * price,
        eligible=eligible,
        sold_until=facts.value(address, "committed_until") or 0.0,
    )


def moment_of(date: str, otherwise: float) -> float:
    """Decimal year of a date; the middle of its year where no month is given."""
    year, _, rest = date.partition("-")
    if not year.isdigit():
        return otherwise
    month = rest.split("-")[0]
    return int(year) + ((int(month) if month.isdigit() else 7) - 1) / 12


def maker_of(facts: Facts, order: str, system: str) -> str:
    """The line that delivers an order: named, or one in a state where it is built or supplied."""
    named = facts.object(order, "delivered by")
    if named:
        return named
    every = facts.subjects(system, "makes")
    lines = [line for line in every if facts.words(line, "buyable") == "y"] or every
    for state in (*facts.objects(order, "built in"), *facts.objects(order, "supplied by")):
        for line in lines:
            if facts.object(line, "located in") == state:
                return line
    return lines[0] if lines else ""


def delivery_span(
    facts: Facts, order: str, line: str, area: str, units: float, signed: float
) -> tuple[float, float]:
    """Between which decimal years an order is delivered."""
    first, last = facts.value(order, "delivery_first"), facts.value(order, "delivery_last")
    if first is None:
        months = facts.value(line, "lead_time") if line else None
        if months is None:
            months = facts.value(area, "lead_time_typical") or 36.0
        first = max(signed + months / 12, 0.0)
        first = first if last is None else min(first, last)
    if last is not None:
        return first, max(last + 1, first + 1)
    ships = facts.words(area, "unit") in ("ship", "boat")
    return first, first + max(1.0, units if ships else facts.rule("delivery-spread") + 1)


def entries_of(facts: Facts, order: str, calendar: Calendar) -> Iterator[Entry]:
    """A signed order as it falls to its buyers in equal parts; nothing where units aren't known."""
    units = facts.value(order, "quantity")
    if units is None:
        return
    system, area = facts.object(order, "order of"), facts.object(order, "fills")
    line = maker_of(facts, order, system)
    signed = moment_of(facts.words(order, "signed"), calendar.edges[0] - 1)
    start, end = delivery_span(facts, order, line, area, units, signed)
    value = facts.value(order, "value")
    if value is None:
        value = units * (facts.value(system, "unit_price") or 0.0)
    weight = facts.value(system, "weight") or 1.0
    weight *= facts.value(order, "units_per_item") or 1.0
    buyers = facts.objects(order, "bought by")
    for buyer in buyers:
        rate = units / (end - start) / len(buyers)
        yield Entry(
            order=order,
            place=buyer,
            area=area,
            system=system,
            line=line,
            signed=signed,
            before=rate * max(0.0, min(end, calendar.edges[0]) - start),
            due=rate * calendar.inside(start, end),
            weight=weight,
            value=value / 1000 / len(buyers),
            national=facts.words(order, "financed_by").startswith("national"),
        )


def order_book(facts: Facts, calendar: Calendar) -> list[Entry]:
    """Signed orders by their first delivery, less what counts of holdings already have."""
    entries = [
        entry
        for order in facts.kinds["order"]
        if facts.words(order, "status") == "signed"
        for entry in entries_of(facts, order, calendar)
    ]
    counted: defaultdict[tuple[str, str], float] = defaultdict(float)
    for holding in facts.kinds["holding"]:
        for place in facts.objects(holding, "held by"):
            system = facts.object(holding, "holding of")
            counted[place, system] += facts.value(holding, "from_orders") or 0.0

    def first_due(entry: Entry) -> tuple[int, str]:
        due = np.flatnonzero(entry.due)
        return (-1 if entry.before > 0 else int(due[0]) if len(due) else len(due)), entry.order

    found = []
    for entry in sorted(entries, key=first_due):
        units = np.concatenate([[entry.before], entry.due])
        gone = min(counted[entry.place, entry.system], float(units.sum()))
        counted[entry.place, entry.system] -= gone
        passed = np.cumsum(units)
        rest = np.clip(passed - gone, 0.0, units)
        part = float(rest.sum()) / float(units.sum()) if units.sum() else 0.0
        found.append(replaced(entry, before=float(rest[0]), due=rest[1:], value=entry.value * part))
    return found


def replaced(entry: Entry, **changes: Any) -> Entry:
    """An entry with other values."""
    return Entry(**{**entry.__dict__, **changes})


def through_lines(
    entries: Sequence[Entry], output: Mapping[str, Floats]
) -> tuple[list[Floats], dict[str, Floats]]:
    """Deliveries of entries when no line delivers more than its output, earliest due first.

    Gives units by entry and period, and what each line's book takes. Entries of other lines
    arrive as due.
    """
    arrivals = [entry.due.copy() for entry in entries]
    taken = {line: np.zeros(len(units)) for line, units in output.items()}
    queues: defaultdict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        if entry.line in output:
            queues[entry.line].append(number)
            arrivals[number] = np.zeros(len(entry.due))
    for line, queue in queues.items():
        waiting: list[list[Any]] = []
        for period, room in enumerate(output[line]):
            waiting += [[n, entries[n].due[period]] for n in queue if entries[n].due[period] > 0]
            room = float(room)
            for item in waiting:
                step = min(room, item[1])
                arrivals[item[0]][period] += step
                item[1] -= step
                room -= step
            taken[line][period] = output[line][period] - room
            waiting = [item for item in waiting if item[1] > 1e-12]
    return arrivals, taken


def unsold(facts: Facts, line: Line, booked: Floats, in_book: bool, calendar: Calendar) -> Floats:
    """Units by period open to new orders: the open share less what is sold."""
    share = line.open_share * line.left * line.output
    if in_book:
        return np.maximum(share - booked, 0.0)
    if not line.sold_until:
        return share
    until = line.sold_until + 1
    fall = (until - calendar.middles) / max(until - calendar.edges[0], 1e-9)
    return np.maximum(share - share * np.clip(fall, 0, 1) * facts.rule("committed-share"), 0.0)


def stocks_of(facts: Facts, calendar: Calendar, places: set[str], areas: set[str]) -> list[Stock]:
    """Holdings in service, as they retire and are used up."""
    found = []
    start = calendar.edges[0]
    for holding in facts.kinds["holding"]:
        area, holders = facts.object(holding, "fills"), facts.objects(holding, "held by")
        if facts.words(holding, "status") != "active" or area not in areas:
            continue
        if not set(holders) <= places:
            continue
        system = facts.object(holding, "holding of")
        units = facts.value(holding, "quantity") or 0.0
        units *= facts.value(holding, "units_per_item") or 1.0
        units *= (facts.value(system, "weight") or 1.0) / len(holders)
        span = years_left(facts, system, start)
        passed = calendar.middles - start
        left = np.clip(1 - passed / span, 0, 1) if span > 0 else 0 * passed
        left = left * (1 - (facts.value(area, "training_use") or 0.0)) ** passed
        control = in_control(facts, system) if system else ()
        found += [
            Stock(holding, place, area, system, control, units, units * left) for place in holders
        ]
    return found


def years_left(facts: Facts, system: str, start: float) -> float:
    """Years from the calendar's start in which a type's holdings retire."""
    end = facts.value(system, "out_of_service_year")
    if end is not None:
        return end - start
    if facts.words(system, "generation") == "old":
        return facts.rule("retirement-old")
    life = facts.value(system, "service_life") or facts.rule("service-life")
    return life * facts.rule("retirement-stretch")


# --------------------------------------------------------------------------- needs and money


def shared_key(facts: Facts, states: Sequence[str], area: str, key: str) -> Floats:
    """Each state's part of what the group needs beyond its baseline."""
    gdp = np.array([gdp_of(facts, state) for state in states])
    held = baseline(facts, states, area, "holding") + baseline(facts, states, area, "ordered")
    asked = np.ones(len(states)) if facts.words(area, "everyone") == "y" else 1.0 * (held > 0)
    if key == "population":
        people = np.array([facts.value(state, "population") or 0.0 for state in states]) * asked
        return np.asarray(people / people.sum())
    by_gdp = gdp * asked / (gdp * asked).sum()
    if key == "half" and held.sum() > 0:
        return np.asarray(by_gdp / 2 + held / held.sum() / 2)
    return np.asarray(by_gdp)


def gdp_of(facts: Facts, state: str) -> float:
    """Gross domestic product, EUR bn, in the release's year."""
    found = facts.value(state, "gdp_eur", facts.release[:4])
    if found is None:
        raise MissingFigure(f"{state}/gdp_eur/{facts.release[:4]}")
    return found


def baseline(facts: Facts, states: Sequence[str], area: str, quantity: str) -> Floats:
    """Frozen holdings or orders of each state."""
    names = [f"baseline/{state.split('/')[1].lower()}-{area.split('/')[1]}" for state in states]
    return np.array([facts.value(name, quantity) or 0.0 for name in names])


def spending_path(facts: Facts, state: str, years: Sequence[int]) -> Floats:
    """Percent of product by year through the pledges; never below the first but for a cut."""
    today = int(facts.release[:4])
    start = facts.newest(state, "defence_share_of_gdp", str(today), "nato-2")
    if start is None:
        raise MissingFigure(f"{state}/defence_share_of_gdp/{today}")
    pledges = []
    for pledge in facts.subjects(state, "pledged by"):
        role = facts.words(pledge, "path_role")
        year, share = facts.value(pledge, "path_year"), facts.value(pledge, "path_share")
        if role in ("base", "cut") and year is not None and share is not None and year > today:
            pledges.append((int(year), share, role))
    points, floor = {today: start}, start
    for year, share, role in sorted(pledges, key=lambda item: item[0]):
        floor = min(floor, share) if role == "cut" else floor
        points[year] = max(share, points.get(year, floor))
    return np.interp(years, list(points), list(points.values()))


def equipment_path(facts: Facts, state: str, years: Sequence[int]) -> Floats:
    """Equipment share of outlays by year: from the mean of three years to that of 2030."""
    today = int(facts.release[:4])
    recent = [
        facts.newest(state, "equipment_share", str(year), "nato-2")
        for year in (today - 2, today - 1, today)
    ]
    known = [value / 100 for value in recent if value is not None]
    end = facts.rule("equipment-share-2030")
    start = sum(known) / len(known) if known else end
    return np.interp(years, [today, 2030], [start, end])


def budget_of(facts: Facts, state: str, years: Sequence[int]) -> Floats:
    """EUR bn by year for what the plan buys."""
    since = np.array(years) - int(facts.release[:4])
    product = gdp_of(facts, state) * (1 + facts.rule("growth-real")) ** since
    share = spending_path(facts, state, years) / 100 * equipment_path(facts, state, years)
    return np.asarray(product * share * facts.rule("money-share"))


def loan_saving(own: float, common: float, maturity: float, grace: float) -> float:
    """Present value saved by a euro borrowed at the common rate rather than one's own."""
    count = round(maturity)
    free = min(grace, maturity - 1)
    repaid = [
        1 / max(maturity - grace, 1.0) if year > free else 0.0 for year in range(1, count + 1)
    ]
    owed = 1 - np.concatenate([[0.0], np.cumsum(repaid)[:-1]])
    paid = owed * common / 100 + np.array(repaid)
    return float(1 - (paid / (1 + own / 100) ** np.arange(1, count + 1)).sum())


def loans_of(facts: Facts, events: Sequence[Json], drawn: Mapping[str, float]) -> list[Loan]:
    """Loans with all their figures, after events, less what an earlier plan drew."""
    found = []
    names = ("allocation", "committed", "own_yield", "eu_yield", "first_year", "last_year")
    for loan in facts.kinds["loan"]:
        stated = [facts.value(loan, name) for name in names]
        whole = [value for value in stated if value is not None]
        if len(whole) < len(names):
            continue
        allotted, used, own, common, first, last = whole
        fund = facts.object(loan, "drawn from")
        saving = loan_saving(own, common, facts.need(fund, "maturity"), facts.need(fund, "grace"))
        left, last_year = max(allotted - used, 0.0) / 1000, int(last)
        for event in events:
            if event["kind"] == "loan" and event["target"] == fund:
                left = max(left + (event["amount"] - 1) * allotted / 1000, 0.0)
                end = math.ceil(period_of(event["end"])[1]) - 1 if event["end"] else last_year
                last_year = max(last_year, end)
        left = max(left - drawn.get(loan, 0.0), 0.0)
        state = facts.object(loan, "allocated to")
        found.append(Loan(loan, state, left, int(first), last_year, saving))
    return found


# --------------------------------------------------------------------------- the world


@dataclass
class World:
    """What a plan reckons with, rebuilt: by cell (place, area), by line, by state."""

    facts: Facts
    calendar: Calendar
    decision: float
    states: list[str]
    areas: list[str]
    joint: set[str]
    lines: dict[str, Line]
    stocks: list[Stock]
    entries: list[Entry]
    arrivals: list[Floats]
    booked: dict[str, Floats]
    free: dict[str, Floats]
    need: dict[tuple[str, str], Floats]
    american: dict[tuple[str, str], Floats]
    held: dict[tuple[str, str], Floats]
    signed: dict[tuple[str, str], Floats]
    arriving: dict[tuple[str, str], Floats]
    budget: dict[str, Floats]
    committed: dict[str, Floats]
    loans: list[Loan]
    weighting: dict[str, Floats]
    events: list[Json]
    kept: list[tuple[Entry, Floats]]
    kept_expansions: dict[str, Floats]
    fixes: list[Json]
    capped: frozenset[str]
    cap: float | None

    def cell(self, place: str, area: str) -> tuple[str, str]:
        """The cell to which a place's units in an area count; it may not exist."""
        return (GROUP if area in self.joint else place), area

    @cached_property
    def open(self) -> dict[tuple[str, str], Floats]:
        """Need less holdings, signed orders and the assured US part."""
        return {
            cell: np.maximum(
                self.need[cell] - self.held[cell] - self.arriving[cell] - self.american[cell], 0.0
            )
            for cell in self.need
        }

    @cached_property
    def group_need(self) -> dict[str, Floats]:
        """Need of all cells of an area."""
        total = {area: np.zeros(len(self.calendar.starts)) for area in self.areas}
        for (_, area), need in self.need.items():
            total[area] = total[area] + need
        return total

    @cached_property
    def weight(self) -> dict[str, Floats]:
        """Percent-years of one unit short over a period, by area."""
        count = len(self.areas)
        return {
            area: 100
            / np.maximum(need, 1e-9)
            * self.calendar.lengths
            / count
            * self.weighting[area]
            for area, need in self.group_need.items()
        }

    def kept_added(self, line: str) -> Floats:
        """Rate that earlier plans have added to a line, by period of decision."""
        return self.kept_expansions.get(line, np.zeros(len(self.calendar.starts)))

    @cached_property
    def kept_arrivals(self) -> dict[tuple[str, str], Floats]:
        """Units that orders of earlier plans bring, by cell."""
        found = {cell: np.zeros(len(self.calendar.starts)) for cell in self.need}
        for entry, units in self.kept:
            cell = self.cell(entry.place, entry.area)
            if cell in found:
                found[cell] = found[cell] + entry.weight * units
        return found

    @cached_property
    def open_before(self) -> dict[tuple[str, str], Floats]:
        """Open need if nothing of earlier plans were kept."""
        found = {}
        for cell, need in self.need.items():
            kept = in_service(self.kept_arrivals[cell], 0.0, self.use[cell[1]], self.calendar)
            signed = self.arriving[cell] - kept
            found[cell] = np.maximum(need - self.held[cell] - signed - self.american[cell], 0.0)
        return found

    @cached_property
    def part(self) -> dict[str, float]:
        """Each state's share of the group's product."""
        gdp = {state: gdp_of(self.facts, state) for state in self.states}
        return {state: value / sum(gdp.values()) for state, value in gdp.items()}

    def state_factor(self, kind: str, state: str, area: str = "") -> Floats:
        """What events of a kind make of something of a state (and area), by period."""

        def hit(event: Json) -> bool:
            aimed = reaches(self.facts, event, state)
            return aimed and (not area or narrowed(event, area))

        return product_left(self.events, kind, self.calendar, hit)

    def uptake(self, cell: tuple[str, str], year: int) -> float:
        """Factor of events on what a cell takes up in a year; a joint one by product."""
        if all(event["kind"] != "absorption" for event in self.events):
            return 1.0
        place, area = cell
        factor = np.zeros(len(self.calendar.starts))
        for state in self.states if place == GROUP else [place]:
            part = self.part[state] if place == GROUP else 1.0
            factor = factor + part * self.state_factor("absorption", state, area)
        return float(mean_by_year(factor, self.calendar)[year - self.calendar.budget_years[0]])

    @cached_property
    def introduction(self) -> dict[str, Floats]:
        """Extra cost of a type new to each state, as a part of the price, by period."""
        extra = self.facts.rule("introduction-premium")
        return {state: extra * self.state_factor("introduction", state) for state in self.states}

    @cached_property
    def series(self) -> dict[str, float]:
        """Units in one unit of the problem, by area."""
        return {area: self.facts.value(area, "series") or 1.0 for area in self.areas}

    @cached_property
    def use(self) -> dict[str, float]:
        """Share used up in training a year, by area."""
        return {area: self.facts.value(area, "training_use") or 0.0 for area in self.areas}

    @cached_property
    def known_types(self) -> set[tuple[str, str]]:
        """Pairs of state and type that it holds, has ordered or makes."""
        found = {(stock.place, stock.system) for stock in self.stocks}
        signed = self.entries[: len(self.entries) - len(self.kept)]
        found |= {(entry.place, entry.system) for entry in signed}
        return found | {(line.state, line.system) for line in self.lines.values()}

    @cached_property
    def profile(self) -> list[tuple[float, float]]:
        """Moments between order and delivery, and the share of the price paid at each."""
        rows = self.facts.kinds["payment"]
        return [(self.facts.need(row, "moment"), self.facts.need(row, "share")) for row in rows]

    @cached_property
    def discount(self) -> Floats:
        """Present value of a euro, by budget year."""
        rate = self.facts.rule("discount-rate")
        return np.asarray((1 + rate) ** -np.arange(float(len(self.calendar.budget_years))))


KNOWN_REQUEST = frozenset(
    {
        "scenario", "calendar", "key", "behaviour", "cap", "quick", "overlays", "leaks",
        "replans", "weights", "solver", "fixes", "draws", "seed", "draws_calendar",
    }
)  # fmt: skip
"""What a request may ask for that is rebuilt here; anything else that is set is refused."""

KNOWN_VALUES = {
    "behaviour": ("all", "together", "alone", "ordered"),
    "key": ("half", "gdp", "population"),
    "solver": ("highs", "glop"),
}
"""What a request may set these to."""


def rebuild(folder: Path, request: Json, report: Report) -> World:
    """The world of a run from its snapshot."""
    setting = json.loads((folder / "setting.json").read_text(encoding="utf-8"))
    facts = Facts(folder, setting["release"])
    calendar = calendar_of(request["calendar"], facts.release)
    unknown = [name for name in request if name not in KNOWN_REQUEST and request[name]]
    for name in unknown:
        report.add("not checked", "run.json", f"request {name}", request[name], "a known option")
    for name, values in KNOWN_VALUES.items():
        if request[name] not in values:
            expected = " or ".join(values)
            report.add("not checked", "run.json", f"request {name}", request[name], expected)
    decision = float(setting["decision"])
    events = []
    for event in setting["events"]:
        if event["kind"] not in EVENTS:
            label = f"event {event['kind']}"
            report.add("not checked", "dataset/setting.json", label, "unknown", ", ".join(EVENTS))
        elif any(event[part] for part in set(event) - EVENT_PARTS):
            parts = ", ".join(sorted(set(event) - EVENT_PARTS))
            report.add("not checked", "dataset/setting.json", event["kind"], parts, "known parts")
        elif period_of(event["known_from"] or event["start"])[0] <= decision + 1e-9:
            events.append(event)
    earlier: Json = {}
    if (folder / "earlier.json").is_file() != bool(request["replans"]):
        report.add("dataset", "run.json", "request replans", request["replans"], "as the dataset")
    if (folder / "earlier.json").is_file():
        earlier = json.loads((folder / "earlier.json").read_text(encoding="utf-8"))
        report.unchecked.append("commitments of the earlier plan, which are taken as saved")
    fixes = setting.get("fixes", [])
    if not earlier and fixes != request.get("fixes", []):
        report.add("dataset", "dataset/setting.json", "fixes", "other decisions", "those asked")
    return world_of(facts, calendar, decision, request, events, earlier, fixes)


def cap_of(
    facts: Facts, text: str, states: Sequence[str], events: Sequence[Json]
) -> tuple[frozenset[str], float | None]:
    """The states under a cap, and its share: that asked for, or the tightest of the events.

    A cap is usa=0.5, usa+isr=0.3 or outside=0.2.
    """
    names, _, share = text.partition("=")
    if share and names.strip().lower() == "outside":
        return frozenset(facts.kinds["state"]) - frozenset(states), float(share)
    if share:
        named = (f"state/{name.strip().upper()}" for name in names.split("+"))
        return frozenset(named), float(share)
    limits = [event for event in events if event["kind"] == "origin-limit"]
    if not limits:
        return frozenset(), None
    event = min(limits, key=lambda item: float(item["amount"]))
    if event["target"].startswith("state/"):
        return frozenset({event["target"]}), float(event["amount"])
    inside = facts.objects(event["target"], "includes")
    return frozenset(facts.kinds["state"]) - frozenset(inside), float(event["amount"])


def weights_of(
    facts: Facts, name: str, areas: Sequence[str], calendar: Calendar
) -> dict[str, Floats]:
    """Weight of each area by period, of the area and of the year, each over its mean."""
    stated = facts.qualified(f"weight-set/{name}", "weight")
    if name != "equal" and not stated:
        raise MissingFigure(f"weight-set/{name}/weight")
    area = np.array([stated.get(("", item.split("/")[1]), 1.0) for item in areas])
    named = sorted((int(period), value) for (period, _), value in stated.items() if period)
    year = np.ones(len(calendar.starts))
    if named:
        years, values = zip(*named, strict=True)
        year = np.interp(calendar.years, years, values)
    shown = calendar.inside(calendar.edges[0], 2036.0)
    by_year = year / ((year * shown).sum() / shown.sum())
    return {item: value / area.mean() * by_year for item, value in zip(areas, area, strict=True)}


def world_of(
    facts: Facts,
    calendar: Calendar,
    decision: float,
    request: Json,
    events: list[Json],
    earlier: Json,
    fixes: list[Json],
) -> World:
    """All parts of a world, in the order in which they build on each other."""
    states = [item for item in facts.kinds["state"] if facts.words(item, "planning") == "plans"]
    areas = [item for item in facts.kinds["area"] if facts.words(item, "planned") == "y"]
    joint = {area for area in areas if facts.words(area, "joint") == "y"}
    buyable = [item for item in facts.kinds["line"] if facts.words(item, "buyable") == "y"]
    lines = {item: line_of(facts, item, calendar, events) for item in buyable}
    book = order_book(facts, calendar)
    output = {
        name: np.where(line.left < 1, line.open_share * line.left, 1.0) * line.output
        for name, line in lines.items()
    }
    arrivals, booked = through_lines(book, output)
    in_book = {entry.line for entry in book}
    free = {
        name: unsold(facts, line, booked[name], name in in_book, calendar)
        for name, line in lines.items()
    }
    entries, later = list(book), earlier_entries(earlier, calendar)
    expansions = {name: np.array(path) for name, path in earlier.get("expansions", {}).items()}
    for name, added in expansions.items():
        line = lines[name]
        grown = added_by(added, line, calendar) * line.delivering * line.left
        free[name] = free[name] + line.open_share * grown
    more, taken = through_lines(later, free)
    free = {name: units - taken[name] for name, units in free.items()}
    booked = {name: units + taken[name] for name, units in booked.items()}
    entries += later
    arrivals += more
    capped, cap = cap_of(facts, request["cap"], states, events)
    world = World(
        facts=facts,
        calendar=calendar,
        decision=decision,
        states=states,
        areas=areas,
        joint=joint,
        lines=lines,
        stocks=stocks_of(facts, calendar, {*states, POOL}, set(areas)),
        entries=entries,
        arrivals=arrivals,
        booked=booked,
        free=free,
        need={},
        american={},
        held={},
        signed={},
        arriving={},
        budget={},
        committed={},
        loans=loans_of(facts, events, earlier.get("drawn", {})),
        weighting=weights_of(facts, request["weights"], areas, calendar),
        events=events,
        kept=list(zip(later, more, strict=True)),
        kept_expansions=expansions,
        fixes=fixes,
        capped=capped,
        cap=cap,
    )
    for state in states:
        spending = mean_by_year(world.state_factor("spending", state), calendar)
        world.budget[state] = spending * budget_of(facts, state, calendar.budget_years)
    fill_needs(world, request["key"], events)
    fill_arrivals(world)
    fill_commitments(world, earlier)
    return world


def added_by(added: Floats, line: Line, calendar: Calendar) -> Floats:
    """Units by period that rates added by period of decision make, once they are built."""
    total = np.zeros(len(calendar.starts))
    for period in np.flatnonzero(added):
        ready = calendar.starts[period] + line.expansion_time[period]
        total += np.where(calendar.middles >= ready - 1e-9, added[period], 0.0)
    return np.asarray(total * calendar.lengths)


def earlier_entries(earlier: Json, calendar: Calendar) -> list[Entry]:
    """The orders of an earlier plan, as saved with the run."""
    found = []
    for row in earlier.get("entries", []):
        due = np.zeros(len(calendar.starts))
        for period, units in row["due"].items():
            due[int(period)] = units
        found.append(
            Entry(
                order=row["order"],
                place=row["place"],
                area=row["area"],
                system=row["system"],
                line=row["line"],
                signed=row["signed"],
                before=row["before"],
                due=due,
                weight=row["unit_weight"],
                value=row["value"],
                national=row["financed_by"].startswith("national"),
            )
        )
    return found


def fill_needs(world: World, key: str, events: list[Json]) -> None:
    """Needs by cell with the US part in them, and the part that is assured."""
    facts, calendar = world.facts, world.calendar

    def american(event: Json) -> bool:
        return bool(event["target"] == "state/USA")

    assured = product_left(events, "assured-part", calendar, american)
    end = facts.rule("need-end") + 0.5
    for area in world.areas:
        row = f"need/{area.split('/')[1]}"
        today, later = facts.need(row, "need_2026"), facts.need(row, "need_2035")
        passed = np.clip((calendar.middles - 2026.5) / (end - 2026.5), 0.0, 1.0)
        total = (today + passed * (later - today)) * need_factor(world, area)
        us_part = facts.value(row, "us_part") or 0.0
        if area in world.joint:
            world.need[GROUP, area] = total + us_part
            world.american[GROUP, area] = us_part * assured
            continue
        own = baseline(facts, world.states, area, "holding")
        share = shared_key(facts, world.states, area, key)
        for number, state in enumerate(world.states):
            rest = total + us_part - own.sum()
            world.need[state, area] = own[number] + share[number] * rest
            world.american[state, area] = share[number] * us_part * assured


def need_factor(world: World, area: str) -> Floats:
    """What events make of the group's need in an area, by period."""

    def hit(event: Json) -> bool:
        return event["target"] in (area, GROUP) and narrowed(event, area)

    return product_left(world.events, "need", world.calendar, hit)


def fill_arrivals(world: World) -> None:
    """What is held, what arrives of signed orders, and what of that is in service, by cell."""
    nothing = np.zeros(len(world.calendar.starts))
    before: defaultdict[tuple[str, str], float] = defaultdict(float)
    world.held.update({cell: nothing for cell in world.need})
    world.signed.update({cell: nothing for cell in world.need})
    for stock in world.stocks:
        cell = world.cell(stock.place, stock.area)
        if cell in world.need:
            world.held[cell] = world.held[cell] + stock.path
    counted = {*world.states, POOL}
    for entry, units in zip(world.entries, world.arrivals, strict=True):
        cell = world.cell(entry.place, entry.area)
        if cell in world.need and entry.place in counted:
            world.signed[cell] = world.signed[cell] + entry.weight * units
            before[cell] += entry.weight * entry.before
    for cell, units in world.signed.items():
        world.arriving[cell] = in_service(units, before[cell], world.use[cell[1]], world.calendar)


def fill_commitments(world: World, earlier: Json) -> None:
    """EUR bn a year still to be paid for signed orders from national money."""
    years = world.calendar.budget_years
    for number, state in enumerate(world.states):
        paid = earlier["paid"][number] if earlier else [0.0] * len(years)
        world.committed[state] = np.array(paid, dtype=np.float64)
    for entry, units in zip(world.entries, world.arrivals, strict=True):
        total = entry.before + float(entry.due.sum())
        if entry.place not in world.committed or not entry.national or total <= 0:
            continue
        for period in np.flatnonzero(units):
            worth = entry.value * units[period] / total
            span = world.calendar.middles[period] - entry.signed
            for moment, share in world.profile:
                year = int(entry.signed + moment * span)
                if years[0] <= year <= years[-1]:
                    world.committed[entry.place][year - years[0]] += worth * share


# --------------------------------------------------------------------------- the problem


@dataclass(frozen=True)
class Delivery:
    """One delivery that may happen; money is EUR bn for one unit of the problem."""

    state: str
    line: Line
    period: int
    label: str
    cell: tuple[str, str]
    ordered: float
    payments: tuple[tuple[int, float], ...]
    familiar: bool
    premium: float
    upkeep: float
    first_upkeep: float
    dust: bool


def deliveries_of(world: World) -> Iterator[Delivery]:
    """All deliveries that may happen: ordered after the decision, available, needed, allowed."""
    calendar = world.calendar
    first = calendar.budget_years[0]
    for state in world.states:
        for line in world.lines.values():
            cell = world.cell(state, line.area)
            most = float(world.open[cell].max())
            decided = any(
                fix["buyer"] == state
                and fix["units"]
                and fix["target"] in (line.address, line.system)
                for fix in world.fixes
                if fix["decision"] in ("buy", "at-least")
            )
            if not (most > 0 or decided) or state in line.barred or line.output.sum() <= 0:
                continue
            familiar = (state, line.system) in world.known_types
            size = world.series[line.area]
            for period, middle in enumerate(calendar.middles):
                ordered = float(middle) - float(line.lead[period])
                if ordered < world.decision - 1e-9 or middle < line.available:
                    continue
                span = float(middle) - ordered
                premium = 1.0 if familiar else 1.0 + float(world.introduction[state][period])
                price = float(line.price[period]) * size * premium
                yield Delivery(
                    state=state,
                    line=line,
                    period=period,
                    label=f"deliver[{state},{line.address},{calendar.labels[period]}]",
                    cell=cell,
                    ordered=ordered,
                    payments=tuple(
                        (
                            math.floor(ordered + moment * span + 1e-9) - first,
                            share * price,
                        )
                        for moment, share in world.profile
                    ),
                    familiar=familiar,
                    premium=premium,
                    upkeep=line.upkeep * size,
                    first_upkeep=line.upkeep * size * (calendar.years[period] + 1 - float(middle)),
                    dust=most < DUST and not decided,
                )


OFFERED_TO_FIXES = (f"absorb[{GROUP}:",)
"""Rows whose bound depends on offers too where a user's decisions are served first."""


class Problem:
    """Columns, rows and coefficients by label, as the snapshot asks for them.

    `optional` holds labels that may be missing; `shared` those whose upper bound is an offer: at
    most the bound given here, for a state that plans by itself.
    """

    def __init__(self) -> None:
        self.columns: dict[str, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.first: list[float] = []
        self.second: list[float] = []
        self.part: list[str] = []
        self.rows: dict[str, int] = {}
        self.row_low: list[float] = []
        self.row_high: list[float] = []
        self.entries: defaultdict[tuple[int, int], float] = defaultdict(float)
        self.optional: set[str] = set()
        self.shared: set[str] = set()
        self.deliveries: list[Delivery] = []

    def column(self, label: str, high: float = math.inf, *, dust: bool = False) -> int:
        """Add a column between zero and `high`."""
        self.columns[label] = len(self.low)
        self.low.append(0.0)
        self.high.append(high)
        self.first.append(0.0)
        self.second.append(0.0)
        self.part.append("")
        if dust:
            self.optional.add(label)
        return self.columns[label]

    def row(self, label: str, low: float, high: float, *, dust: bool = False) -> int:
        """Add a row."""
        self.rows[label] = len(self.row_low)
        self.row_low.append(low)
        self.row_high.append(high)
        if dust:
            self.optional.add(label)
        return self.rows[label]

    def put(self, row: int, column: int, value: float) -> None:
        """Add to a coefficient."""
        self.entries[row, column] += value

    def cost(self, column: int, part: str, value: float) -> None:
        """Set the second objective's coefficient and the part of the cost that it is."""
        self.second[column], self.part[column] = value, part

    @cached_property
    def matrix(self) -> sp.csr_matrix:
        """The coefficients, rows × columns."""
        at = np.array(list(self.entries), dtype=np.int64).reshape(-1, 2)
        values = np.array(list(self.entries.values()))
        return sp.csr_matrix((values, (at[:, 0], at[:, 1])), (len(self.rows), len(self.columns)))


def problem_of(world: World, deciding: Sequence[str], every: Sequence[Delivery]) -> Problem:
    """The problem of states that decide together, alone against the rest or all of them."""
    problem = Problem()
    mine = set(deciding)
    whole = len(mine) == len(world.states)
    part = 1.0 if whole else sum(world.part[state] for state in deciding)
    problem.deliveries = [item for item in every if item.state in mine]
    for item in problem.deliveries:
        problem.column(item.label, dust=item.dust)
    _rates(problem, world)
    _needs(problem, world, mine, part)
    _shares(problem, world, deciding)
    _money(problem, world, deciding)
    _absorption(problem, world, part)
    _inputs(problem, world)
    if world.cap is not None:
        _dependence(problem, world, part)
    _fixes(problem, world, mine)
    if not whole:
        families = ("expand[", "rate[", "input-", *OFFERED_TO_FIXES[: bool(world.fixes)])
        labels = (*problem.columns, *problem.rows)
        problem.shared = {label for label in labels if label.startswith(families)}
        problem.optional |= {label for label in problem.columns if label.startswith("expand[")}
    return problem


def _rates(problem: Problem, world: World) -> None:
    """Columns `expand`, rows `rate`: open output and what was added to it in time."""
    calendar = world.calendar
    expansions: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for line in {item.line.address: item.line for item in problem.deliveries}.values():
        for period, start in enumerate(calendar.starts):
            ready = float(start) + float(line.expansion_time[period])
            growth = float(line.growth[period] * calendar.lengths[period])
            growth = max(growth - float(world.kept_added(line.address)[period]), 0.0)
            if growth <= 0 or start < world.decision - 1e-9 or ready >= calendar.middles[-1]:
                continue
            high = growth / world.series[line.area]
            label = f"expand[{line.address},{calendar.labels[period]}]"
            expansions[line.address].append((problem.column(label, high), ready))
    for item in problem.deliveries:
        line, period = item.line, item.period
        label = f"rate[{line.address},{calendar.labels[period]}]"
        if label not in problem.rows:
            high = float(world.free[line.address][period]) / world.series[line.area]
            row = problem.row(label, -math.inf, high, dust=item.dust)
            gained = line.open_share * calendar.lengths[period] * line.delivering[period]
            gained *= line.left[period]
            for column, ready in expansions[line.address]:
                if calendar.middles[period] >= ready - 1e-9:
                    problem.put(row, column, -float(gained))
        problem.put(problem.rows[label], problem.columns[item.label], 1.0)


def _needs(problem: Problem, world: World, mine: set[str], part: float) -> None:
    """Columns `hold`, `short`, rows `stock`, `need`; the first objective."""
    labels = world.calendar.labels
    reached = {item.cell for item in problem.deliveries}
    for (place, area), wanted in world.open.items():
        scale = part if place == GROUP else 1.0 if place in mine else 0.0
        asked = wanted * scale / world.series[area]
        if not asked.max() > 0 and (place, area) not in reached:
            continue
        dust = bool(wanted.max() < DUST)
        before, most = -1, most_held(world, (place, area), asked * world.series[area], mine)
        for period, label in enumerate(labels):
            keys = f"[{place}:{area},{label}]"
            high = float(most[period]) / world.series[area]
            last, before = before, problem.column("hold" + keys, high, dust=dust)
            hold = before
            row = problem.row("stock" + keys, 0.0, 0.0, dust=dust)
            problem.put(row, hold, 1.0)
            if period:
                left = (1 - world.use[area]) ** float(world.calendar.lengths[period])
                problem.put(row, last, -left)
            if asked[period] <= 0:
                continue
            thin = bool(wanted[period] < DUST)
            short = problem.column("short" + keys, float(asked[period]), dust=thin)
            problem.first[short] = float(world.weight[area][period]) * world.series[area]
            row = problem.row("need" + keys, float(asked[period]), math.inf, dust=thin)
            problem.put(row, hold, 0.5)
            problem.put(row, short, 1.0)
            if period:
                problem.put(row, last, 0.5)
    for item in problem.deliveries:
        label = f"stock[{item.cell[0]}:{item.cell[1]},{labels[item.period]}]"
        problem.put(problem.rows[label], problem.columns[item.label], -item.line.weight)


def most_held(world: World, cell: tuple[str, str], asked: Floats, mine: set[str]) -> Floats:
    """Most units that new orders may hold at each period's end.

    The largest open need, or what earlier plans leave of it; more where a user has decided more.
    """
    most = np.full(len(asked), float(asked.max()))
    if world.kept or world.kept_expansions:
        kept, level = [], 0.0
        for length, units in zip(world.calendar.lengths, world.kept_arrivals[cell], strict=True):
            level = level * (1 - world.use[cell[1]]) ** length + units
            kept.append(level)
        most = np.maximum(float(world.open_before[cell].max()) - np.array(kept), 0.0)
    decided = np.zeros(len(asked))
    for fix in world.fixes:
        if fix["buyer"] in mine and fix["decision"] in ("buy", "at-least"):
            decided = decided + decided_stock(world, fix, cell)
    return np.asarray(np.maximum(most, decided))


def spoken_of(world: World, fix: Json) -> list[Line]:
    """The lines that a user's decision speaks of."""
    return [item for item in world.lines.values() if fix["target"] in (item.address, item.system)]


def in_years(fix: Json, ordered: float) -> bool:
    """Whether an order time lies in the years of a decision."""
    year = math.floor(ordered + 1e-9)
    return fix["first"] is None or fix["last"] is None or fix["first"] <= year <= fix["last"]


def decided_stock(world: World, fix: Json, cell: tuple[str, str]) -> Floats:
    """Units that a decision may put into a cell's service, by period's end."""
    calendar, lines = world.calendar, spoken_of(world, fix)
    path = np.zeros(len(calendar.starts))
    if world.cell(fix["buyer"], lines[0].area) != cell or not fix["units"]:
        return path
    periods = [
        period
        for line in lines
        for period, middle in enumerate(calendar.middles)
        if fix["buyer"] not in line.barred
        and line.output.sum() > 0
        and middle >= line.available
        and middle - line.lead[period] >= world.decision - 1e-9
        and in_years(fix, float(middle - line.lead[period]))
    ]
    if not periods:
        return path
    age = 0.0
    for period in range(min(periods), len(path)):
        age += float(calendar.lengths[period]) if period > max(periods) else 0.0
        path[period] = fix["units"] * lines[0].weight * (1 - world.use[cell[1]]) ** age
    return path


def _fixes(problem: Problem, world: World, mine: set[str]) -> None:
    """Rows `fixed`: a user's decisions; what is forbidden has columns that are closed."""
    for fix in world.fixes:
        if fix["buyer"] not in mine:
            continue
        lines = spoken_of(world, fix)
        inside = [
            item
            for item in problem.deliveries
            if item.state == fix["buyer"]
            and fix["target"] in (item.line.address, item.line.system)
            and in_years(fix, item.ordered)
        ]
        if fix["decision"] == "forbid":
            for item in inside:
                problem.high[problem.columns[item.label]] = 0.0
            continue
        units = (fix["units"] or 0.0) / world.series[lines[0].area]
        low = units if fix["decision"] in ("buy", "at-least") else 0.0
        high = math.inf if fix["decision"] == "at-least" or fix["units"] is None else units
        years = "any"
        if fix["first"] is not None and fix["last"] is not None:
            first, last = fix["first"], fix["last"]
            years = str(first) if first == last else f"{first}-{last}"
        label = ":".join((fix["decision"], fix["buyer"], fix["target"], years))
        row = problem.row(f"fixed[{label}]", low, high)
        for item in inside:
            problem.put(row, problem.columns[item.label], 1.0)


def _shares(problem: Problem, world: World, deciding: Sequence[str]) -> None:
    """Rows `share`: a state's part of a joint area by its product."""
    for state in deciding:
        part = world.part[state] * float(world.state_factor("joint-share", state).max())
        for area in sorted(world.joint):
            most = float(world.open_before[GROUP, area].max()) * part
            most = max(most - kept_orders(world, state, area), decided_units(world, state, area), 0)
            problem.row(f"share[{state},{area}]", -math.inf, most / world.series[area])
    for item in problem.deliveries:
        if item.cell[0] == GROUP:
            row = problem.rows[f"share[{item.state},{item.line.area}]"]
            problem.put(row, problem.columns[item.label], item.line.weight)


def kept_orders(world: World, state: str, area: str) -> float:
    """Units that a state has ordered for an area under earlier plans."""
    return sum(
        entry.weight * float(entry.due.sum())
        for entry, _ in world.kept
        if (entry.place, entry.area) == (state, area)
    )


def decided_units(world: World, state: str, area: str) -> float:
    """Units for an area that a user's decisions ask of a state at least."""
    total = 0.0
    for fix in world.fixes:
        line = spoken_of(world, fix)[0]
        if (fix["buyer"], line.area) == (state, area) and fix["decision"] in ("buy", "at-least"):
            total += fix["units"] * line.weight
    return total


def _money(problem: Problem, world: World, deciding: Sequence[str]) -> None:
    """Columns and rows of money, and the second objective."""
    years, discount = world.calendar.budget_years, world.discount
    for state in deciding:
        cap = np.maximum(world.budget[state] - world.committed[state], 0.0)
        for at, year in enumerate(years):
            keys = f"[{state},{year}]"
            upkeep, fund = problem.column("upkeep" + keys), problem.column("fund" + keys)
            national = problem.column("national" + keys, float(cap[at]))
            problem.cost(upkeep, "upkeep", float(discount[at]))
            problem.cost(fund, "expansion", float(discount[at]))
            grows = problem.row("upkeep" + keys, 0.0, 0.0)
            problem.put(grows, upkeep, 1.0)
            if at:
                problem.put(grows, problem.columns[f"upkeep[{state},{years[at - 1]}]"], -1.0)
            pay = problem.row("pay" + keys, 0.0, 0.0)
            for column, value in ((upkeep, 1.0), (fund, 1.0), (national, -1.0)):
                problem.put(pay, column, value)
            if f"fund[{year}]" not in problem.rows:
                problem.row(f"fund[{year}]", 0.0, 0.0)
            problem.put(problem.rows[f"fund[{year}]"], fund, 1.0)
    _loans(problem, world, set(deciding))
    _expansion_money(problem, world)
    _payments(problem, world)


def _expansion_money(problem: Problem, world: World) -> None:
    """Entries of rows `fund`: what the expansions decided in a year cost."""
    for line in {item.line.address: item.line for item in problem.deliveries}.values():
        cost = line.expansion_cost * world.series[line.area]
        for period, label in enumerate(world.calendar.labels):
            column = problem.columns.get(f"expand[{line.address},{label}]")
            if column is not None:
                row = problem.rows[f"fund[{world.calendar.years[period]}]"]
                problem.put(row, column, -float(cost[period]))


def _payments(problem: Problem, world: World) -> None:
    """Entries of deliveries in rows `pay`, `upkeep` and `eligible`, and their price."""
    years, discount = world.calendar.budget_years, world.discount
    count = len(years)
    for item in problem.deliveries:
        column = problem.columns[item.label]
        worth = sum(paid * float(discount[min(year, count - 1)]) for year, paid in item.payments)
        problem.cost(column, "purchase", worth)
        at = world.calendar.years[item.period] - years[0]
        later = item.upkeep - item.first_upkeep
        for year, value in ((at, item.first_upkeep), (at + 1, later)):
            if value > 0 and year < count:
                row = problem.rows[f"upkeep[{item.state},{years[year]}]"]
                problem.put(row, column, -value)
        for year, paid in item.payments:
            if paid > 0 and year < count:
                problem.put(problem.rows[f"pay[{item.state},{years[year]}]"], column, paid)
                row_eligible = problem.rows.get(f"eligible[{item.state},{years[year]}]")
                if item.line.eligible and row_eligible is not None:
                    problem.put(row_eligible, column, -paid)


def _loans(problem: Problem, world: World, mine: set[str]) -> None:
    """Columns `draw`, rows `loan` and `eligible`."""
    years = world.calendar.budget_years
    for loan in world.loans:
        if loan.state not in mine:
            continue
        envelope = problem.row(f"loan[{loan.address}]", -math.inf, loan.left)
        for at, year in enumerate(years):
            if not max(loan.first, int(world.decision)) <= year <= loan.last:
                continue
            draw = problem.column(f"draw[{loan.address},{year}]")
            problem.cost(draw, "interest saved", -loan.saving * float(world.discount[at]))
            problem.put(envelope, draw, 1.0)
            problem.put(problem.rows[f"pay[{loan.state},{year}]"], draw, -1.0)
            label = f"eligible[{loan.state},{year}]"
            if label not in problem.rows:
                problem.row(label, -math.inf, 0.0)
            problem.put(problem.rows[label], draw, 1.0)


def _absorption(problem: Problem, world: World, part: float) -> None:
    """Rows `absorb`: what a cell takes up in a year, signed orders included."""
    calendar, share = world.calendar, world.facts.rule("absorption")
    first = calendar.budget_years[0]
    for item in problem.deliveries:
        year = calendar.years[item.period]
        place, area = item.cell
        label = f"absorb[{place}:{area},{year}]"
        if label not in problem.rows:
            length = first + 1 - calendar.edges[0] if year == first else 1.0
            most = share * float(world.need[item.cell][calendar.holding(2035.0)]) * length
            most *= world.uptake(item.cell, year)
            signed = sum(
                float(units)
                for units, when in zip(world.signed[item.cell], calendar.years, strict=True)
                if when == year
            )
            joint = place == GROUP and not world.fixes
            scale = (part if joint else 1.0) / world.series[area]
            problem.row(label, -math.inf, max(most - signed, 0.0) * scale, dust=item.dust)
        problem.put(problem.rows[label], problem.columns[item.label], item.line.weight)


def supply_of(world: World, name: str, year: int) -> float:
    """Tonnes of an input open to European lines in a year."""
    total = 0.0
    for source in world.facts.subjects(name, "source of"):
        output = world.facts.value(source, "output")
        share = world.facts.value(source, "open_share")
        opens = world.facts.value(source, "first_year") or 0.0
        if output is not None and share is not None and year >= opens:
            total += output * share
    return total


def tonnes_in(world: World, name: str) -> dict[str, float]:
    """Tonnes of an input in a unit of each type that holds some."""
    found = {}
    for content in world.facts.subjects(name, "needs"):
        amount = world.facts.value(content, "amount")
        if amount is not None:
            found[world.facts.object(content, "part of")] = amount / 1000
    return found


def kept_tonnes(world: World, tonnes: Mapping[str, float], year: int) -> float:
    """Tonnes of an input that orders of earlier plans take from European lines in a year."""
    total = 0.0
    for entry, units in world.kept:
        if world.facts.words(world.lines[entry.line].state, "planning"):
            inside = np.array(world.calendar.years) == year
            total += tonnes.get(entry.system, 0.0) * float(units[inside].sum())
    return total


def _inputs(problem: Problem, world: World) -> None:
    """Rows `input-…`: what European lines take of an input within its supply."""
    for name in world.facts.kinds["input"]:
        if world.facts.words(name, "planned") != "y":
            continue
        tonnes = tonnes_in(world, name)
        for item in problem.deliveries:
            amount = tonnes.get(item.line.system, 0.0) * world.series[item.line.area]
            if amount <= 0 or not world.facts.words(item.line.state, "planning"):
                continue
            year = world.calendar.years[item.period]
            label = f"input-{name.split('/')[1]}[{name},{year}]"
            if label not in problem.rows:
                supply = supply_of(world, name, year) - kept_tonnes(world, tonnes, year)
                problem.row(label, -math.inf, max(supply, 0.0), dust=item.dust)
            problem.put(problem.rows[label], problem.columns[item.label], amount)


def _dependence(problem: Problem, world: World, part: float) -> None:
    """Columns `controlled`, rows `control`, `dependence`: a state's control within the cap."""
    calendar = world.calendar
    under = [item for item in problem.deliveries if world.capped & set(item.line.controllers)]
    wanted = {item.line.area for item in under}
    for area in (area for area in world.areas if area in wanted):
        today = controlled_today(world, area)
        room = part * np.maximum((world.cap or 0.0) * world.group_need[area] - today, 0.0)
        for period, label in enumerate(calendar.labels):
            keys = f"[{area},{label}]"
            column = problem.column("controlled" + keys)
            row = problem.row("control" + keys, 0.0, 0.0)
            problem.put(row, column, 1.0)
            if period:
                left = (1 - world.use[area]) ** float(calendar.lengths[period])
                problem.put(row, column - 1, -left)
            high = float(room[period]) / world.series[area]
            problem.put(problem.row("dependence" + keys, -math.inf, high), column, 1.0)
    for item in under:
        row = problem.rows[f"control[{item.line.area},{calendar.labels[item.period]}]"]
        problem.put(row, problem.columns[item.label], -item.line.weight)


def controlled_today(world: World, area: str) -> Floats:
    """Units of an area held or signed that the cap's states control."""
    total, before = np.zeros(len(world.calendar.starts)), 0.0
    for stock in world.stocks:
        if stock.area == area and world.capped & set(stock.controllers):
            total = total + stock.path
    units = np.zeros(len(world.calendar.starts))
    for entry, arrived in zip(world.entries, world.arrivals, strict=True):
        if entry.area != area or world.cell(entry.place, area) not in world.need:
            continue
        if world.capped & set(in_control(world.facts, entry.system)):
            units = units + entry.weight * arrived
            before += entry.weight * entry.before
    return np.asarray(total + in_service(units, before, world.use[area], world.calendar))


# --------------------------------------------------------------------------- whole units


@dataclass
class WholeProblem:
    """The problem of whole units: the least lot of each order, and columns in whole numbers."""

    problem: Problem
    lots: dict[str, float]
    integral: set[str]


def whole_problem_of(world: World, every: Sequence[Delivery]) -> WholeProblem:
    """The problem for all states with limits in whole units, lots, pooled orders, units begun."""
    problem, facts = problem_of(world, world.states, every), world.facts
    whole = {area for area in world.areas if facts.words(area, "whole") == "y"}
    least = {
        area: (world.series[area] if (lot := facts.value(area, "lot")) is None else lot)
        / world.series[area]
        for area in world.areas
    }
    _whole_limits(problem, whole, least)
    lots, integral = {}, set()
    for item in problem.deliveries:
        column = problem.columns[item.label]
        label = f"lot[{item.state},{item.line.address}]"
        if label not in problem.rows:
            problem.row(label, 0.0, math.inf, dust=item.dust)
            lots[label] = least[item.line.area]
        problem.put(problem.rows[label], column, 1.0)
        if item.line.area not in whole:
            continue
        if item.line.area not in world.joint:
            integral.add(item.label)
            continue
        label = f"pooled[{item.line.address},{world.calendar.labels[item.period]}]"
        if label not in problem.rows:
            problem.put(problem.row(label, 0.0, 0.0), problem.column(label), -1.0)
        problem.put(problem.rows[label], column, 1.0)
        integral.add(label)
    _begun(problem, world, whole)
    return WholeProblem(problem, lots, integral)


def _whole_limits(problem: Problem, whole: set[str], least: Mapping[str, float]) -> None:
    """Limits of what is held, taken up and shared, in whole units of the largest type or lots."""
    unit: dict[str, float] = {}
    lot: dict[str, float] = {}
    for item in problem.deliveries:
        for key in (f"{item.cell[0]}:{item.cell[1]}", item.line.area):
            unit[key] = max(unit.get(key, 0.0), item.line.weight)
            lot[key] = max(lot.get(key, 0.0), item.line.weight * least[item.line.area])
    for label, at in problem.columns.items():
        family, _, keys = label.partition("[")
        high, cell = problem.high[at], keys.split(",")[0]
        if family == "hold" and high > DUST:
            counted = cell.split(":")[1] in whole and cell in unit
            step = unit.get(cell, 1.0)
            up = math.ceil(high / step - DUST) * step
            problem.high[at] = up if counted else max(high, lot.get(cell, 0.0))
    for label, at in problem.rows.items():
        family, _, keys = label.partition("[")
        high, first = problem.row_high[at], keys.rstrip("]").split(",")
        if family == "absorb" and high > DUST and first[0].split(":")[1] in whole:
            step = unit[first[0]]
            problem.row_high[at] = max(round(high / step), 1) * step
        elif family == "share" and high > DUST and first[1] in whole:
            step = lot.get(first[1]) or 1.0
            problem.row_high[at] = math.ceil(high / step - DUST) * step


def _begun(problem: Problem, world: World, whole: set[str]) -> None:
    """Columns `begun`: the part done of a unit that a line delivers later."""
    part = world.facts.rule("unit-begun") if "rule/unit-begun" in world.facts.known else 0.0
    for line in world.lines.values():
        if line.area not in whole:
            continue
        before = -1
        for period in world.calendar.labels:
            row = problem.rows.get(f"rate[{line.address},{period}]")
            if row is None:
                continue
            column = problem.column(f"begun[{line.address},{period}]", 1.0)
            problem.put(row, column, 1.0)
            if before < 0:
                problem.row_high[row] += part
            else:
                problem.put(row, before, -1.0)
            before = column


def check_whole(path: Path, stage: Stage, whole: WholeProblem, report: Report) -> None:
    """The plan in whole units: its problem, rows, whole numbers, lots, and the bound.

    Which orders are closed is free, and each other one asks for its lot.
    """
    with np.load(path, allow_pickle=False) as stored:
        marked = {stage.columns[at] for at in np.flatnonzero(stored["integral"])}
        told, dual = float(stored["bound"][0]), stored["bound_dual"]
    bound = proved_bound(stage, dual, whole.problem)
    choose(stage, whole, report)
    check_problem(stage, whole.problem, report)
    _primal(stage, report)
    values = {label: float(stage.value[at]) for label, at in stage.column_at.items()}
    report.add_some(
        "whole units",
        stage.place,
        (
            (label, values[label], float(round(values[label])))
            for label in sorted(whole.integral & set(values))
            if abs(values[label] - round(values[label])) > FEASIBLE
        ),
    )
    for label in sorted(marked ^ (whole.integral & set(values)))[:NAMED]:
        report.add("whole units", stage.place, label, label in marked, label not in marked)
    reached = float(stage.cost @ stage.value)
    scale = max(1.0, abs(reached))
    report.worst("gap", abs(told - bound) / scale)
    if not abs(told - bound) <= GAP * scale or told > reached + GAP * scale:
        report.add("bound", stage.place, "bound", told, bound)


def choose(stage: Stage, whole: WholeProblem, report: Report) -> None:
    """Close the orders in the rebuilt problem that the saved one closes; ask the others' lots."""
    problem = whole.problem
    columns: defaultdict[str, list[str]] = defaultdict(list)
    for item in problem.deliveries:
        if item.label in stage.column_at:
            columns[f"lot[{item.state},{item.line.address}]"].append(item.label)
    for label, members in columns.items():
        asked = problem.rows[label]
        if all(stage.high[stage.column_at[member]] == 0 for member in members):
            for member in members:
                problem.high[problem.columns[member]] = 0.0
        else:
            problem.row_low[asked] = whole.lots[label]
    report.counts["orders in whole units"] += sum(
        problem.row_low[problem.rows[label]] > 0 for label in columns
    )


def proved_bound(stage: Stage, duals: Floats, problem: Problem) -> float:
    """What no plan in whole units goes below, by duals of the problem without marks and lots."""
    dual = np.zeros(len(problem.rows))
    for label, at in stage.row_at.items():
        if label in problem.rows:
            dual[problem.rows[label]] = duals[at]
    nothing = np.zeros(len(problem.columns))
    return dual_bound(
        Stage(
            place="",
            cost=np.array(problem.first),
            low=np.array(problem.low),
            high=np.array(problem.high),
            row_low=np.array(problem.row_low),
            row_high=np.array(problem.row_high),
            matrix=problem.matrix,
            value=nothing,
            activity=dual,
            reduced=nothing,
            dual=dual,
            objective=0.0,
            columns=[],
            rows=[],
            families={},
        )
    )


# --------------------------------------------------------------------------- stages


@dataclass(frozen=True)
class Family:
    """Rows or columns of one kind: where they start, their axes' labels, and keys into these."""

    name: str
    start: int
    axes: list[list[str]]
    keys: list[npt.NDArray[np.int64]]

    @cached_property
    def parts(self) -> list[tuple[str, ...]]:
        """The labels of each member."""
        named = [
            [axis[key] for key in keys] for axis, keys in zip(self.axes, self.keys, strict=True)
        ]
        return list(zip(*named, strict=True))

    def labels(self) -> list[str]:
        """The name of each member, as in rate[line/pac-3-mse-usa,2029]."""
        return [f"{self.name}[{','.join(parts)}]" for parts in self.parts]


@dataclass(frozen=True)
class Stage:
    """A saved stage: its problem, its solution and their labels."""

    place: str
    cost: Floats
    low: Floats
    high: Floats
    row_low: Floats
    row_high: Floats
    matrix: sp.csr_matrix
    value: Floats
    activity: Floats
    reduced: Floats
    dual: Floats
    objective: float
    columns: list[str]
    rows: list[str]
    families: dict[str, Family]

    @cached_property
    def column_at(self) -> dict[str, int]:
        """Position of each column."""
        return {label: at for at, label in enumerate(self.columns)}

    @cached_property
    def row_at(self) -> dict[str, int]:
        """Position of each row."""
        return {label: at for at, label in enumerate(self.rows)}


def read_stage(path: Path, report: Report) -> Stage | None:
    """A stage from its file; None, and findings, where its arrays don't fit together."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    width, height = len(arrays["cost"]), len(arrays["row_low"])
    named = {side: families_of(arrays, side) for side in ("columns", "rows")}
    labels = {
        side: [label for family in families for label in family.labels()]
        for side, families in named.items()
    }
    sizes = {
        "column": width, "column_dual": width, "low": width, "high": width, "columns": width,
        "row": height, "row_dual": height, "row_high": height, "rows": height,
        "indptr": width + 1,
    }  # fmt: skip
    faults: list[tuple[str, object, object]] = [
        (name, len(labels.get(name, arrays[name])), size)
        for name, size in sizes.items()
        if len(labels.get(name, arrays[name])) != size
    ]
    starts = [
        (f"{side} of family {family.name}", family.start, expected)
        for side, families in named.items()
        for family, expected in zip(families, starts_of(families), strict=True)
        if family.start != expected
    ]
    twice = [
        (label, f"{number} {side} of one name", 1)
        for side, every in labels.items()
        for label, number in Counter(every).items()
        if number > 1
    ]
    indices = arrays["indices"]
    if len(indices) and not 0 <= int(indices.min()) <= int(indices.max()) < height:
        faults.append(("indices", "rows beyond the last", height))
    broken = [
        (f"array {name}", "not finite", "numbers")
        for name in ("cost", "data", "column", "column_dual", "row", "row_dual", "low")
        if not np.isfinite(arrays[name]).all()
    ]
    broken += [
        (f"array {name}", "not a number", "bounds")
        for name in ("high", "row_low", "row_high")
        if np.isnan(arrays[name]).any()
    ]
    if faults or starts or twice or broken:
        report.add_some("arrays", path.name, [*faults, *starts, *twice, *broken])
        return None
    matrix = sp.csc_matrix((arrays["data"], indices, arrays["indptr"]), (height, width)).tocsr()
    matrix.sum_duplicates()
    return Stage(
        place=path.stem,
        cost=arrays["cost"],
        low=arrays["low"],
        high=arrays["high"],
        row_low=arrays["row_low"],
        row_high=arrays["row_high"],
        matrix=matrix,
        value=arrays["column"],
        activity=arrays["row"],
        reduced=arrays["column_dual"],
        dual=arrays["row_dual"],
        objective=float(arrays["objective"][0]),
        columns=labels["columns"],
        rows=labels["rows"],
        families={family.name: family for family in named["columns"]},
    )


def families_of(arrays: Mapping[str, npt.NDArray[Any]], side: str) -> list[Family]:
    """The families of a side in their order."""
    found = []
    for name in map(str, arrays[side]):
        stem = f"{side}:{name}"
        axes = [str(axis) for axis in arrays[f"{stem}:axes"]]
        found.append(
            Family(
                name,
                int(arrays[f"{stem}:place"][0]),
                [[str(label) for label in arrays[f"{stem}:{axis}:labels"]] for axis in axes],
                [arrays[f"{stem}:{axis}:keys"].astype(np.int64) for axis in axes],
            )
        )
    return found


def starts_of(families: Sequence[Family]) -> list[int]:
    """Where each family must start, one after the other."""
    ends = np.cumsum([len(family.parts) for family in families])
    return [0, *map(int, ends[:-1])] if families else []


def check_solution(stage: Stage, report: Report) -> None:
    """Bounds, rows, signs of duals, reduced costs, the dual bound and the gap of a stage."""
    place = stage.place
    _primal(stage, report)
    reduced = stage.cost - stage.matrix.T @ stage.dual
    wrong = stage.reduced - reduced
    report.worst("reduced cost", np.abs(wrong).max(initial=0.0))
    bad = np.flatnonzero(np.abs(wrong) > DUAL * (1 + np.abs(stage.cost)))
    if len(bad):
        row = blamed(stage.matrix, wrong)
        report.add("duals", place, stage.rows[row], stage.dual[row], "a dual that fits the columns")
    report.add_some(
        "reduced cost",
        place,
        ((stage.columns[at], stage.reduced[at], reduced[at]) for at in bad),
    )
    _signs(stage, reduced, report)
    objective = float(stage.cost @ stage.value)
    scale = max(1.0, abs(objective))
    if abs(objective - stage.objective) > SAME * scale * 10:
        report.add("objective", place, "objective", stage.objective, objective)
    bound = dual_bound(stage)
    gap = abs(objective - bound) / scale
    report.worst("gap", gap)
    if not gap <= GAP:
        report.add("gap", place, "dual bound", bound, objective)


def _primal(stage: Stage, report: Report) -> None:
    activity = stage.matrix @ stage.value
    moved = np.flatnonzero(~same(stage.activity, activity, FEASIBLE))
    report.add_some(
        "row value",
        stage.place,
        ((stage.rows[at], stage.activity[at], activity[at]) for at in moved),
    )
    for check, labels, found, low, high in (
        ("bound", stage.columns, stage.value, stage.low, stage.high),
        ("row", stage.rows, activity, stage.row_low, stage.row_high),
    ):
        over = overstepped(found, low, high)
        report.worst(f"{check} overstepped", over.max(initial=0.0))
        report.add_some(
            check,
            stage.place,
            (
                (labels[at], found[at], f"{low[at]:.9g} to {high[at]:.9g}")
                for at in np.flatnonzero(over > FEASIBLE)
            ),
        )


def overstepped(found: Floats, low: Floats, high: Floats) -> Floats:
    """By how much values lie outside their bounds, relative to one and the bound."""
    below = (low - found) / (1 + np.abs(np.where(np.isfinite(low), low, 0.0)))
    above = (found - high) / (1 + np.abs(np.where(np.isfinite(high), high, 0.0)))
    return np.asarray(np.maximum(np.maximum(below, above), 0.0))


def blamed(matrix: sp.csr_matrix, wrong: Floats) -> int:
    """The row whose dual alone would explain most of what is wrong with the reduced costs."""
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return int(np.argmax(np.abs(matrix @ wrong) / np.maximum(norm, 1e-30)))


def _signs(stage: Stage, reduced: Floats, report: Report) -> None:
    """A dual above zero needs a row at its lower bound, one below zero a row at its upper."""
    activity = stage.matrix @ stage.value
    for check, labels, found, dual, low, high in (
        ("dual sign", stage.rows, activity, stage.dual, stage.row_low, stage.row_high),
        ("reduced cost sign", stage.columns, stage.value, reduced, stage.low, stage.high),
    ):
        bound = np.where(dual > 0, low, high)
        away = np.abs(found - bound) / (1 + np.abs(np.where(np.isfinite(bound), bound, 0.0)))
        bad = np.flatnonzero((np.abs(dual) > DUAL) & ~(away <= 10 * FEASIBLE))
        report.add_some(
            check,
            stage.place,
            ((labels[at], f"{dual[at]:.6g} at {found[at]:.6g}", f"{bound[at]:.6g}") for at in bad),
        )


def dual_bound(stage: Stage) -> float:
    """The least objective that the duals prove, whatever the stored solution says.

    Duals of the wrong sign are taken as zero; columns without an upper bound have the one that
    the rows imply.
    """
    no_low, no_high = np.isinf(stage.row_low), np.isinf(stage.row_high)
    dual = np.where((no_low & (stage.dual > 0)) | (no_high & (stage.dual < 0)), 0.0, stage.dual)
    reduced = stage.cost - stage.matrix.T @ dual
    high = implied_high(stage)
    row_bound = np.where(dual > 0, stage.row_low, stage.row_high)
    bound = np.where(reduced > 0, stage.low, high)
    parts = [
        (dual[dual != 0] * row_bound[dual != 0]).sum(),
        (reduced[reduced != 0] * bound[reduced != 0]).sum(),
    ]
    return float(sum(parts))


def implied_high(stage: Stage) -> Floats:
    """Upper bounds of columns, with those that rows imply where there is none."""
    high = stage.high.copy()
    entries = stage.matrix.tocoo()
    for _ in range(5):
        open_ended = np.isinf(high)
        if not open_ended.any():
            break
        for sign, limit in ((1.0, stage.row_high), (-1.0, -stage.row_low)):
            value = sign * entries.data
            least = np.where(value > 0, value * stage.low[entries.col], 0.0)
            falls = value < 0
            least[falls] = value[falls] * high[entries.col[falls]]
            total = np.bincount(entries.row, np.where(np.isinf(least), 0.0, least), len(limit))
            endless = np.bincount(entries.row, np.isinf(least), len(limit)) > 0
            use = open_ended[entries.col] & (value > 0) & np.isfinite(limit[entries.row])
            use &= ~endless[entries.row]
            rest = limit[entries.row[use]] - total[entries.row[use]] + least[use]
            np.minimum.at(high, entries.col[use], rest / value[use])
    return np.maximum(high, stage.low)


def check_face(first: Stage, second: Stage, report: Report) -> None:
    """The second stage has the first one's rows and columns, and fixes just the optimal face."""
    place = second.place
    if first.columns != second.columns or first.rows != second.rows:
        report.add("face", place, "labels", "other rows or columns", "those of the first stage")
        return
    changed = (first.matrix - second.matrix).tocoo()
    report.add_some(
        "face",
        place,
        (
            (f"{first.rows[row]} × {first.columns[column]}", second.matrix[row, column], "as first")
            for row, column, value in zip(changed.row, changed.col, changed.data, strict=True)
            if value
        ),
    )
    reduced = first.cost - first.matrix.T @ first.dual
    for labels, dual, before, after in (
        (first.columns, reduced, (first.low, first.high), (second.low, second.high)),
        (
            first.rows,
            first.dual,
            (first.row_low, first.row_high),
            (second.row_low, second.row_high),
        ),
    ):
        report.add_some("face", place, _face_faults(labels, dual, before, after))
    kept = float(first.cost @ second.value)
    least = float(first.cost @ first.value)
    report.worst("shortfall lost in the second stage", abs(kept - least) / max(1.0, abs(least)))
    if not abs(kept - least) <= LOST * max(1.0, abs(least)):
        report.add("face", place, "shortfall", kept, least)


def _face_faults(
    labels: Sequence[str],
    dual: Floats,
    before: tuple[Floats, Floats],
    after: tuple[Floats, Floats],
) -> Iterator[tuple[str, object, object]]:
    """Bounds that are neither as before nor fixed by a dual, or not fixed in spite of one."""
    low, high = before
    up, down = dual > 0, dual < 0
    fixed = (np.where(down, high, low), np.where(up, low, high))
    as_before = (after[0] == low) & (after[1] == high)
    as_fixed = (after[0] == fixed[0]) & (after[1] == fixed[1])
    must, may = np.abs(dual) > 2 * FACE, np.abs(dual) > FACE / 2
    bad = ~((as_before & ~must) | (as_fixed & may) | (as_before & as_fixed))
    for at in np.flatnonzero(bad):
        expected = fixed if must[at] else before
        yield (
            labels[int(at)],
            f"{after[0][at]:.9g} to {after[1][at]:.9g}",
            f"{expected[0][at]:.9g} to {expected[1][at]:.9g}",
        )


# --------------------------------------------------------------------------- stages and snapshot


def check_problem(stage: Stage, problem: Problem, report: Report) -> None:
    """The first stage's problem is the one that the snapshot asks for, label by label."""
    place = stage.place
    for side, saved, asked in (
        ("column", stage.column_at, problem.columns),
        ("row", stage.row_at, problem.rows),
    ):
        missing = [label for label in asked if label not in saved]
        gone = [label for label in missing if label not in problem.optional]
        extra = [label for label in saved if label not in asked]
        report.add_some("problem", place, ((label, f"no such {side}", "one") for label in gone))
        report.add_some("problem", place, ((label, f"a {side}", "none") for label in extra))
    columns = _common(stage.column_at, problem.columns)
    rows = _common(stage.row_at, problem.rows)
    pairs = (
        ("lower bound", stage.columns, columns, stage.low, problem.low),
        ("upper bound", stage.columns, columns, stage.high, problem.high),
        ("objective", stage.columns, columns, stage.cost, problem.first),
        ("lower bound", stage.rows, rows, stage.row_low, problem.row_low),
        ("upper bound", stage.rows, rows, stage.row_high, problem.row_high),
    )
    for what, labels, (at, of), saved_values, asked_values in pairs:
        found, expected = saved_values[at], np.array(asked_values)[of]
        wrong = ~same(found, expected)
        if what == "upper bound" and problem.shared:
            offered = np.array([labels[item] in problem.shared for item in at], dtype=bool)
            wrong &= ~(offered & (found <= expected * (1 + SAME) + FEASIBLE) & (found >= 0))
        report.add_some(
            "problem",
            place,
            (
                (f"{what} of {labels[at[item]]}", found[item], expected[item])
                for item in np.flatnonzero(wrong)
            ),
        )
    _check_entries(stage, problem, columns, rows, report)


def _common(
    saved: Mapping[str, int], asked: Mapping[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Positions of the labels that both sides have."""
    both = [(at, asked[label]) for label, at in saved.items() if label in asked]
    found = np.array(both, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _check_entries(
    stage: Stage,
    problem: Problem,
    columns: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    rows: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    report: Report,
) -> None:
    saved = stage.matrix[rows[0]][:, columns[0]]
    asked = problem.matrix[rows[1]][:, columns[1]]
    report.counts["coefficients"] += asked.nnz
    moved = (saved - asked).tocoo()
    large = np.abs(moved.data) > 1e-13
    at, of = moved.row[large], moved.col[large]
    if not len(at):
        return
    found = np.asarray(saved[at, of]).ravel()
    expected = np.asarray(asked[at, of]).ravel()
    wrong = np.flatnonzero(~same(found, expected, 1e-13))
    report.add_some(
        "problem",
        stage.place,
        (
            (
                f"{stage.rows[rows[0][at[item]]]} × {stage.columns[columns[0][of[item]]]}",
                found[item],
                expected[item],
            )
            for item in wrong
        ),
    )


def check_money_objective(stage: Stage, problem: Problem, report: Report) -> None:
    """The second stage minimises present value as rebuilt."""
    at, of = _common(stage.column_at, problem.columns)
    found, expected = stage.cost[at], np.array(problem.second)[of]
    report.add_some(
        "problem",
        stage.place,
        (
            (f"objective of {stage.columns[at[item]]}", found[item], expected[item])
            for item in np.flatnonzero(~same(found, expected, 1e-12))
        ),
    )


def check_offers(stages: Sequence[Stage], problem: Problem, place: str, report: Report) -> None:
    """What states that plan by themselves are offered adds up to no more than there is."""
    total: Counter[str] = Counter()
    for stage in stages:
        for labels, high in ((stage.columns, stage.high), (stage.rows, stage.row_high)):
            for at, label in enumerate(labels):
                if label.startswith(("expand[", "rate[", "input-", *OFFERED_TO_FIXES)):
                    total[label] += high[at]
    there = {label: problem.high[at] for label, at in problem.columns.items()}
    there |= {label: problem.row_high[at] for label, at in problem.rows.items()}
    report.add_some(
        "offers",
        place,
        (
            (label, f"{offered:.9g} offered in all", there.get(label, 0.0))
            for label, offered in total.items()
            if offered > there.get(label, 0.0) * (1 + SAME) + FEASIBLE
        ),
    )


# --------------------------------------------------------------------------- plans


@dataclass(frozen=True)
class Plan:
    """A saved plan: units by state, line, period; rates added; EUR bn by state (loan) and year."""

    name: str
    units: Floats
    expansions: Floats
    money: dict[str, Floats]
    draws: dict[str, Floats]


def read_plan(path: Path, world: World, report: Report) -> Plan | None:
    """A saved plan; None, with findings, where its arrays don't fit the world."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    shape = (len(world.states), len(world.lines), len(world.calendar.starts))
    years = (shape[0], len(world.calendar.budget_years))
    place = f"stages/{path.name}"
    money = {
        name: arrays[name] for name in ("purchases", "premiums", "upkeep", "funds", "national")
    }
    shapes = {"expansions": (arrays["expansions"].shape, shape[1:])}
    shapes |= {name: (values.shape, years) for name, values in money.items()}
    where = [arrays[name] for name in ("state", "line", "period")]
    faults = [
        (name, f"shape {found}", f"{expected}")
        for name, (found, expected) in shapes.items()
        if found != expected
    ]
    faults += [
        (name, "positions beyond the world's", f"below {size}")
        for name, at, size in zip(("state", "line", "period"), where, shape, strict=True)
        if len(at) and not 0 <= int(at.min()) <= int(at.max()) < size
    ]
    if faults:
        report.add_some("arrays", place, faults)
        return None
    units = np.zeros(shape)
    np.add.at(units, tuple(where), arrays["units"])
    draws = dict(zip(map(str, arrays["loans"]), arrays["draws"], strict=True))
    return Plan(path.stem, units, arrays["expansions"], money, draws)


def named_entries(plan: Plan, world: World) -> Iterator[tuple[str, float]]:
    """All that a plan decides, by the label of its column, in the plan's units."""
    lines, labels, years = list(world.lines), world.calendar.labels, world.calendar.budget_years
    for state, line, period in np.argwhere(plan.units):
        name = f"deliver[{world.states[state]},{lines[line]},{labels[period]}]"
        yield name, float(plan.units[state, line, period])
    for line, period in np.argwhere(plan.expansions):
        yield f"expand[{lines[line]},{labels[period]}]", float(plan.expansions[line, period])
    for name, family in (("upkeep", "upkeep"), ("funds", "fund"), ("national", "national")):
        for state, year in np.argwhere(plan.money[name]):
            label = f"{family}[{world.states[state]},{years[year]}]"
            yield label, float(plan.money[name][state, year])
    for loan, drawn in plan.draws.items():
        for year in np.flatnonzero(drawn):
            yield f"draw[{loan},{years[year]}]", float(drawn[year])


def series_of(label: str, world: World) -> float:
    """Units of a plan in one unit of the problem, by a column's label."""
    if not label.startswith(("deliver[", "expand[")):
        return 1.0
    line = next(part for part in label.split("[")[1][:-1].split(",") if part.startswith("line/"))
    return world.series[world.lines[line].area]


def check_decisions(plan: Plan, stages: Sequence[Stage], world: World, report: Report) -> None:
    """A saved plan is the solution of its second stages."""
    solved: Counter[str] = Counter()
    for stage in stages:
        for name in ("deliver", "expand", "upkeep", "fund", "national", "draw"):
            family = stage.families[name]
            size = len(family.parts)
            values = stage.value[family.start : family.start + size]
            values = np.maximum(values, 0.0) if name == "deliver" else values
            for label, value in zip(family.labels(), values, strict=True):
                if value:
                    solved[label] += value * series_of(label, world)
    saved = dict(named_entries(plan, world))
    labels = sorted({*saved, *solved})
    found = np.array([saved.get(label, 0.0) for label in labels])
    expected = np.array([float(solved.get(label, 0.0)) for label in labels])
    report.add_some(
        "plan",
        f"stages/{plan.name}.npz",
        (
            (labels[at], found[at], f"{expected[at]:.9g} as solved")
            for at in np.flatnonzero(~same(found, expected))
        ),
    )


def check_plan(
    plan: Plan, problem: Problem, world: World, begun: Mapping[str, float], report: Report
) -> Floats:
    """Every row holds for a plan as saved; gives the plan in the columns of the problem.

    `begun` are the parts of units done, by column, where the problem is that of whole units.
    """
    place = f"stages/{plan.name}.npz"
    value = np.zeros(len(problem.columns))
    strange = []
    for label, amount in named_entries(plan, world):
        at = problem.columns.get(label)
        if at is None:
            strange.append((label, amount, why_not(label, world)))
        else:
            value[at] += amount / series_of(label, world)
    report.add_some("plan", place, strange)
    for label, at in problem.columns.items():
        if label.startswith("begun["):
            value[at] = begun.get(label, 0.0)
    _fill_levels(problem, value)
    low, high = np.array(problem.low), np.array(problem.high)
    if plan.name.startswith("alone"):
        _allow_joint_decisions(problem, world, high)
    activity = problem.matrix @ value
    size = abs(problem.matrix) @ np.abs(value)
    row_low, row_high = np.array(problem.row_low), np.array(problem.row_high)
    for what, labels, found, least, most, slack in (
        ("bound", list(problem.columns), value, low, high, np.abs(value)),
        ("row", list(problem.rows), activity, row_low, row_high, size),
    ):
        over = overstepped(found, least, most)
        if plan.name == "ordered":
            over[[label.startswith("fixed[") for label in labels]] = 0.0
        report.worst(f"{what} overstepped by a plan", over.max(initial=0.0))
        report.add_some(
            what,
            place,
            (
                (labels[at], found[at], f"{least[at]:.9g} to {most[at]:.9g}")
                for at in np.flatnonzero(over > FEASIBLE + SAME * slack)
            ),
        )
    report.counts["rows of plans"] += len(problem.rows)
    return value


def _allow_joint_decisions(problem: Problem, world: World, high: Floats) -> None:
    """States that plan alone fill their parts of joint needs, whatever others have decided."""
    for fix in world.fixes:
        area = spoken_of(world, fix)[0].area
        if area in world.joint and fix["decision"] in ("buy", "at-least"):
            path = decided_stock(world, fix, (GROUP, area)) / world.series[area]
            for units, period in zip(path, world.calendar.labels, strict=True):
                high[problem.columns[f"hold[{GROUP}:{area},{period}]"]] += units


def why_not(label: str, world: World) -> str:
    """Why there is no column of a name."""
    if not label.startswith("deliver["):
        return "nothing: there is no such column"
    state, name, period = label[len("deliver[") : -1].split(",")
    line = world.lines[name]
    at = world.calendar.labels.index(period)
    ordered = world.calendar.middles[at] - line.lead[at]
    if state in line.barred:
        return "nothing: a ban"
    if ordered < world.decision - 1e-9:
        return f"nothing: its order would lie at {ordered:.2f}, before {world.decision:.2f}"
    if world.calendar.middles[at] < line.available:
        return f"nothing: the type is available from {line.available:.0f}"
    return "nothing: no open need or no output"


def _fill_levels(problem: Problem, value: Floats) -> None:
    """Fill what follows from decisions: units in service and short, units under control."""
    matrix = problem.matrix
    for label, row in problem.rows.items():
        family, _, keys = label.partition("[")
        if family in ("stock", "control"):
            level = ("hold[" if family == "stock" else "controlled[") + keys
            value[problem.columns[level]] -= (matrix[row] @ value)[0]
        elif family == "pooled":
            value[problem.columns[label]] = (matrix[row] @ value)[0]
        elif family == "need":
            short = problem.row_low[row] - (matrix[row] @ value)[0]
            value[problem.columns["short[" + keys]] = max(float(short), 0.0)


# --------------------------------------------------------------------------- tables


@dataclass(frozen=True)
class Payment:
    """One delivery of a plan and what is paid for it by budget year, EUR bn."""

    item: Delivery
    units: float
    amount: Floats


def payments_of(plan: Plan, world: World, by_label: Mapping[str, Delivery]) -> list[Payment]:
    """Payments for all deliveries of a plan over a millionth of a unit."""
    found = []
    lines, count = list(world.lines), len(world.calendar.budget_years)
    for state, line, period in np.argwhere(plan.units > 1e-6):
        label = f"deliver[{world.states[state]},{lines[line]},{world.calendar.labels[period]}]"
        item = by_label.get(label)
        if item is None:
            continue
        units = float(plan.units[state, line, period])
        amount = np.zeros(count)
        for year, paid in item.payments:
            if year < count:
                amount[year] += paid * units / world.series[item.line.area]
        found.append(Payment(item, units, amount))
    return found


def short_of(plan: Plan, world: World) -> dict[tuple[str, str], tuple[Floats, Floats]]:
    """Units in service from new orders, and units short, by cell."""
    arrivals = {cell: np.zeros(len(world.calendar.starts)) for cell in world.need}
    for state, line in np.argwhere(plan.units.any(axis=2)):
        item = world.lines[list(world.lines)[line]]
        cell = world.cell(world.states[state], item.area)
        arrivals[cell] = arrivals[cell] + item.weight * plan.units[state, line]
    found = {}
    for cell, units in arrivals.items():
        bought = in_service(units, 0.0, world.use[cell[1]], world.calendar)
        found[cell] = bought, np.maximum(world.open[cell] - bought, 0.0)
    return found


Frames = dict[str, list[Json]]


def gap_rows(plan: Plan, world: World) -> list[Json]:
    """The table of gaps."""
    rows = []
    calendar = world.calendar
    for (place, area), (bought, short) in short_of(plan, world).items():
        cell = place, area
        for at, label in enumerate(calendar.labels):
            rows.append(
                {
                    "behaviour": plan.name,
                    "place": place,
                    "area": area,
                    "period": label,
                    "year": calendar.years[at],
                    "length": calendar.lengths[at],
                    "need": world.need[cell][at],
                    "held": world.held[cell][at],
                    "arriving": world.arriving[cell][at],
                    "us_part": world.american[cell][at],
                    "bought": bought[at],
                    "gap": short[at],
                    "percent_years": world.weight[area][at] * short[at],
                }
            )
    return rows


def closing_rows(plan: Plan, world: World) -> list[Json]:
    """The table of closing years and open shares by area."""
    short = {area: np.zeros(len(world.calendar.starts)) for area in world.areas}
    for (_, area), (_, missing) in short_of(plan, world).items():
        short[area] = short[area] + missing
    rows = []
    inside = world.calendar.starts < 2036.0
    years = np.array(world.calendar.years)
    for area in world.areas:
        share = short[area] / np.maximum(world.group_need[area], 1e-9)
        still = np.flatnonzero((share > 0.01) & inside)
        last = int(still[-1]) + 1 if len(still) else 0
        row: Json = {"behaviour": plan.name, "area": area}
        row["closes"] = int(years[last]) if last < inside.sum() else None
        for year in range(2027, 2036):
            at = years == year
            length = world.calendar.lengths[at]
            row[f"open_{year}"] = float((share[at] * length).sum() / length.sum())
        rows.append(row)
    return rows


def loaned_part(plan: Plan, world: World, paid: Sequence[Payment]) -> dict[str, Floats]:
    """Share of each state's payments for eligible types that loans carry, by year."""
    count = len(world.calendar.budget_years)
    eligible = {state: np.zeros(count) for state in world.states}
    drawn = {state: np.zeros(count) for state in world.states}
    for payment in paid:
        if payment.item.line.eligible:
            eligible[payment.item.state] = eligible[payment.item.state] + payment.amount
    for loan in world.loans:
        if loan.address in plan.draws and loan.state in drawn:
            drawn[loan.state] = drawn[loan.state] + plan.draws[loan.address]
    return {
        state: np.minimum(drawn[state] / np.maximum(total, 1e-12), 1.0) * (total > 1e-12)
        for state, total in eligible.items()
    }


def order_rows(plan: Plan, world: World, paid: Sequence[Payment]) -> list[Json]:
    """The calendar of orders."""
    groups: defaultdict[tuple[str, str, int], list[Payment]] = defaultdict(list)
    for payment in paid:
        item = payment.item
        groups[item.state, item.line.address, int(item.ordered + 1e-9)].append(payment)
    loaned = loaned_part(plan, world, paid)
    rows = []
    for (state, name, year), members in groups.items():
        line = world.lines[name]
        when = [float(world.calendar.middles[member.item.period]) for member in members]
        amount = np.sum([member.amount for member in members], axis=0)
        figures = ((name, "rate"), (name, "lead_time"), (line.system, "unit_price"))
        stated = [world.facts.stated(*figure) for figure in figures]
        standing = [found[1] for found in stated if found is not None]
        whole = len(standing) == len(figures)
        rows.append(
            {
                "behaviour": plan.name,
                "buyer": state,
                "line": name,
                "system": line.system,
                "area": line.area,
                "origin": line.state,
                "controllers": ";".join(line.controllers),
                "ordered": year,
                "delivery_first": int(min(when)),
                "delivery_last": int(max(when)),
                "units": sum(member.units for member in members),
                ROUNDED: round(sum(member.units for member in members)),
                "eur_bn": float(amount.sum()),
                "eur_bn_loan": float((amount * loaned[state]).sum()) if line.eligible else 0.0,
                "familiar": members[0].item.familiar,
                "published": whole and not {"assumed", "rule"} & set(standing),
                "stated": whole and "rule" not in standing,
            }
        )
    return rows


def line_rows(plan: Plan, world: World) -> list[Json]:
    """The table of lines."""
    return [
        {
            "behaviour": plan.name,
            "line": name,
            "period": label,
            "year": world.calendar.years[at],
            "output": line.output[at],
            "booked": world.booked[name][at],
            "open": world.free[name][at],
            "taken": plan.units[:, number, at].sum(),
            "added_rate": plan.expansions[number, at],
        }
        for number, (name, line) in enumerate(world.lines.items())
        for at, label in enumerate(world.calendar.labels)
    ]


def spending_rows(plan: Plan, world: World, paid: Sequence[Payment]) -> list[Json]:
    """Payments by buyer, area, origin, control and year."""
    total: Counter[tuple[str, ...]] = Counter()
    for payment in paid:
        line = payment.item.line
        control = ";".join(line.controllers)
        for at in np.flatnonzero(payment.amount):
            year = str(world.calendar.budget_years[at])
            key = payment.item.state, line.area, line.state, control, year
            total[key] += payment.amount[at]
    names = ("state", "area", "origin", "controllers")
    return [
        {
            "behaviour": plan.name,
            **dict(zip(names, key[:4], strict=True)),
            "year": int(key[4]),
            "eur_bn": value,
        }
        for key, value in total.items()
    ]


def money_rows(plan: Plan, world: World, paid: Sequence[Payment]) -> list[Json]:
    """The table of money; purchases and premiums by the payment profile."""
    rows = []
    years = world.calendar.budget_years
    bought = {state: np.zeros((2, len(years))) for state in world.states}
    for payment in paid:
        plain = payment.amount / payment.item.premium
        bought[payment.item.state] += np.array([plain, payment.amount - plain])
    for number, state in enumerate(world.states):
        loans = np.zeros(len(years))
        for loan in world.loans:
            if loan.state == state and loan.address in plan.draws:
                loans = loans + plan.draws[loan.address]
        for at, year in enumerate(years):
            budget, committed = float(world.budget[state][at]), float(world.committed[state][at])
            rows.append(
                {
                    "behaviour": plan.name,
                    "state": state,
                    "year": year,
                    "budget": budget,
                    "committed": committed,
                    "overcommitted": committed > budget + 1e-9,
                    "purchases": bought[state][0][at],
                    "premiums": bought[state][1][at],
                    "upkeep": plan.money["upkeep"][number, at],
                    "expansions": plan.money["funds"][number, at],
                    "national": plan.money["national"][number, at],
                    "loans": loans[at],
                }
            )
    return rows


def exposure_rows(plan: Plan, world: World) -> list[Json]:
    """Units in service by area, period and controlling state, and their share."""
    count = len(world.calendar.starts)
    total: defaultdict[tuple[str, str], Floats] = defaultdict(lambda: np.zeros(count))
    arriving: defaultdict[tuple[str, str], Floats] = defaultdict(lambda: np.zeros(count))
    before: Counter[tuple[str, str]] = Counter()
    facts = world.facts

    def marks(system: str, controllers: Sequence[str]) -> tuple[str, ...]:
        origins = (f"from:{state}" for state in facts.objects(system, "designed by"))
        return (*controllers, *origins, "all")

    for stock in world.stocks:
        for mark in marks(stock.system, stock.controllers):
            total[stock.area, mark] += stock.path
    counted = {*world.states, POOL}
    for entry, units in zip(world.entries, world.arrivals, strict=True):
        if world.cell(entry.place, entry.area) not in world.need or entry.place not in counted:
            continue
        for mark in marks(entry.system, in_control(facts, entry.system)):
            arriving[entry.area, mark] += entry.weight * units
            before[entry.area, mark] += entry.weight * entry.before  # type: ignore[assignment]
    for number, line in enumerate(world.lines.values()):
        for mark in (*line.controllers, f"from:{line.state}", "all"):
            arriving[line.area, mark] += line.weight * plan.units[:, number, :].sum(axis=0)
    paths = {
        key: total[key] + in_service(arriving[key], before[key], world.use[key[0]], world.calendar)
        for key in {*total, *arriving}
    }
    return [
        {
            "behaviour": plan.name,
            "area": area,
            "controller": mark,
            "period": label,
            "year": world.calendar.years[at],
            "units": path[at],
            "share": path[at] / max(paths[area, "all"][at], 1e-9),
        }
        for (area, mark), path in paths.items()
        for at, label in enumerate(world.calendar.labels)
    ]


def cost_rows(plan: Plan, world: World, problem: Problem, value: Floats) -> list[Json]:
    """Cost in present value by part."""
    parts: Counter[str] = Counter()
    worth = np.array(problem.second) * value
    for at in np.flatnonzero(worth):
        parts[problem.part[at]] += worth[at]
    plain = sum(worth[problem.columns[item.label]] / item.premium for item in problem.deliveries)
    parts["introduction"] = parts["purchase"] - plain
    parts["purchase"] = plain
    names = ("purchase", "introduction", "upkeep", "expansion", "interest saved")
    return [{"behaviour": plan.name, "part": name, "eur_bn": float(parts[name])} for name in names]


def early_rows(world: World, every: Sequence[Delivery]) -> list[Json]:
    """Shortfall that no order can change, percent-years to 2035, by cell."""
    first = dict.fromkeys(world.need, len(world.calendar.starts))
    for item in every:
        first[item.cell] = min(first[item.cell], item.period)
    shown = world.calendar.inside(world.calendar.edges[0], 2036.0) / world.calendar.lengths
    rows = []
    for (place, area), wanted in world.open.items():
        worth = (world.weight[area] * wanted * shown)[: first[place, area]]
        rows.append({"area": area, "place": place, "percent_years": float(worth.sum())})
    return rows


def evidence_rows(world: World) -> list[Json]:
    """Holdings at the start by cell, and the part whose basis is assumed."""
    held: Counter[tuple[str, str]] = Counter()
    guessed: Counter[tuple[str, str]] = Counter()
    for stock in world.stocks:
        stated = world.facts.stated(stock.address, "quantity")
        cell = world.cell(stock.place, stock.area)
        if stated is not None and cell in world.need:
            held[cell] += stock.start  # type: ignore[assignment]
            if stated[1] in ("assumed", "rule"):
                guessed[cell] += stock.start  # type: ignore[assignment]
    return [
        {"place": place, "area": area, "held": float(held[place, area]),
         "assumed": float(guessed[place, area])}
        for place, area in world.need
    ]  # fmt: skip


def package_rows(world: World) -> list[Json]:
    """Launchers and units for each, by munition area."""
    return [
        {
            "munition": area,
            "launcher": world.facts.object(area, "makes usable"),
            "units": world.facts.value(area, "package_units"),
            "readiness": world.facts.rule("readiness"),
        }
        for area in world.areas
    ]


def whole_rows(summary: Sequence[Json], folder: Path) -> list[Json]:
    """The plan in whole units beside the one in fractions, and beside the bound."""
    by_name = {row["behaviour"]: row for row in summary}
    if (
        not {"whole", "together"} <= set(by_name)
        or not (folder / "stages" / f"{WHOLE}.npz").exists()
    ):
        return []
    with np.load(folder / "stages" / f"{WHOLE}.npz", allow_pickle=False) as stored:
        bound = float(stored["bound"][0])
    short, cost = "shortfall_to_2040", "cost"
    rows = [
        ("shortfall", "percent-years", by_name["together"][short], by_name["whole"][short]),
        ("cost", "EUR bn", by_name["together"][cost], by_name["whole"][cost]),
        ("bound", "percent-years", bound, by_name["whole"][short]),
    ]
    return [
        {"name": name, "unit": unit, "against": against, "whole": whole,
         "distance": whole / against - 1 if against else 0.0}
        for name, unit, against, whole in rows
    ]  # fmt: skip


KEYS = {
    "gaps": ("behaviour", "place", "area", "period"),
    "closing": ("behaviour", "area"),
    "orders": ("behaviour", "buyer", "line", "ordered"),
    "lines": ("behaviour", "line", "period"),
    "spending": ("behaviour", "state", "area", "origin", "controllers", "year"),
    "money": ("behaviour", "state", "year"),
    "exposure": ("behaviour", "area", "controller", "period"),
    "summary": ("behaviour",),
    "cost-parts": ("behaviour", "part"),
    "unavoidable-cells": ("area", "place"),
    "evidence": ("place", "area"),
    "packages": ("munition",),
    "whole": ("name",),
    "figures": ("address",),
}
"""The tables that are made again, and what names their rows."""

FREE = {"orders": ("stability",), "figures": ("sources",)}
"""Columns that may be there and aren't made again; figures have sources in newer copies."""

ROUNDED = "units_whole"
"""The column of units rounded, which may fall to either side of a half."""

LEAST = {
    "whole": 1e-6,
    "summary": 1e-6,
    "cost-parts": 1e-6,
    "money": 1e-6,
    "orders": 1e-6,
    "spending": 1e-6,
    "figures": 0.0,
}
"""Differences that tables of money may have: payments below a millionth of a unit aren't listed.

Figures are copies and have none, not even a relative one.
"""


def check_table(name: str, folder: Path, rows: Sequence[Json], report: Report) -> None:
    """A saved table has the rows that the plans give, and no others; cell by cell."""
    place, keys = f"tables/{name}.parquet", list(KEYS[name])
    saved = pl.read_parquet(folder / "tables" / f"{name}.parquet")
    if not set(keys) <= set(saved.columns):
        report.add("table", place, "columns", ", ".join(saved.columns), ", ".join(keys))
        return
    asked = {tuple(row[key] for key in keys): row for row in rows}
    known = set(next(iter(asked.values()), {}))
    for column in sorted(set(saved.columns) - known) if known else ():
        if column in FREE.get(name, ()):
            report.unchecked.append(f"column {column} of table {name}")
        else:
            report.add("table", place, column, "a column", "no such column")
    gone = known - set(saved.columns)
    report.add_some("table", place, ((column, "no such column", "one") for column in gone))
    faults: list[tuple[str, object, object]] = []
    seen: set[tuple[object, ...]] = set()
    for row in saved.iter_rows(named=True):
        key = tuple(row[part] for part in keys)
        label = f"{name}[{','.join(map(str, key))}]"
        if key in seen or key not in asked:
            faults.append((label, "a row", "none" if key not in asked else "only one"))
            continue
        seen.add(key)
        faults += cell_faults(label, row, asked[key], LEAST.get(name, SAME))
    faults += [
        (f"{name}[{','.join(map(str, key))}]", "no row", "one") for key in asked if key not in seen
    ]
    report.counts["table rows"] += saved.height
    report.add_some("table", place, faults)


def cell_faults(
    label: str, row: Json, asked: Json, least: float
) -> Iterator[tuple[str, object, object]]:
    """Cells of a row that differ from what they must be."""
    for name, expected in asked.items():
        found = row.get(name)
        if name == ROUNDED:
            continue
        if isinstance(expected, float) and isinstance(found, float | int):
            least_here = least and 10 * SAME * max(abs(found), abs(expected)) + least
            agree = bool(abs(found - expected) <= least_here)
        else:
            agree = found == expected
        if not agree:
            yield f"{label} {name}", found, expected
    if ROUNDED in asked:
        whole: Any = row.get(ROUNDED)
        if whole is None or abs(whole - asked["units"]) > 0.5 + FEASIBLE:
            yield f"{label} {ROUNDED}", whole, asked["units"]


# --------------------------------------------------------------------------- a run


def read_meta(folder: Path) -> Json:
    """run.json of a finished run of the known format; Unreadable otherwise."""
    try:
        meta = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Unreadable(f"{folder}: no run.json that can be read ({error})") from None
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        found = meta.get("format") if isinstance(meta, dict) else "none"
        raise Unreadable(f"{folder}: format {found}; the verifier reads {FORMAT}: plan again")
    if meta.get("kind", "plan") != "plan":
        raise Unreadable(f"{folder}: a run of kind {meta['kind']}, which keeps no plans to verify")
    if not {"request", "files", "digest"} <= set(meta) or meta.get("status") != "complete":
        raise Unreadable(f"{folder}: run.json isn't that of a finished run")
    return meta


def check_digests(folder: Path, meta: Json, report: Report) -> None:
    """Every file is as it was saved, run.json too, and no other file lies in the folder.

    Pages written from the run may lie in their own folder: nothing is read from them.
    """
    kept = {name: value for name, value in meta.items() if name != "digest"}
    text = json.dumps(kept, indent=2, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    whole = json.dumps(meta, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if digest != meta["digest"] or (folder / "run.json").read_text(encoding="utf-8") != whole:
        report.add("digest", "run.json", "the file", digest[:16], str(meta["digest"])[:16])
    there = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {"run.json"}
    for name, expected in meta["files"].items():
        if name not in there:
            report.add("digest", name, "the file", "missing", expected[:16])
            continue
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            report.add("digest", name, "the file", found[:16], expected[:16])
    for name in sorted(there - set(meta["files"])):
        if name.startswith(PAGES):
            continue
        report.add("digest", name, "the file", "not saved with the run", "no such file")
    report.counts["files"] = len(meta["files"]) + 1


STAGE_FILE = re.compile(r"(.+)-(\d+)-([a-z]+)")
STAGES = ("shortfall", "cost")
WHOLE = "whole-0-whole"
"""The one stage that is kept of the plan in whole units."""

BROKEN = (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile,
          pl.exceptions.PolarsError)  # fmt: skip
"""What reading a damaged file raises."""

SOLVED = ("together", "alone", "blocs")
"""Behaviours whose plans must have their stages beside them."""


def verify(folder: Path, *, digests: bool = True) -> Report:
    """Check a run's folder; Unreadable where it holds no finished run of the known format."""
    meta, report = read_meta(folder), Report()
    if digests:
        check_digests(folder, meta, report)
        if report.findings:
            report.unchecked.append("the files' contents, since they aren't those saved")
            return report
    else:
        report.unchecked.append("digests of the files")
    try:
        world = rebuild(folder / "dataset", meta["request"], report)
        every = list(deliveries_of(world))
        whole = problem_of(world, world.states, every)
    except MissingFigure as error:
        report.add("dataset", "dataset/figures.parquet", str(error.args[0]), "missing", "a figure")
        return report
    except BROKEN as error:
        report.add("dataset", "dataset", "the snapshot", f"can't be read: {error}", "tables")
        return report
    stages = read_stages(folder, report)
    plans = read_plans(folder, world, report)
    check_presence(folder, meta["request"], plans, stages, report)
    for name, found in stages.items():
        if name != "whole":
            check_stages(name, found, world, every, whole, report)
    extended = None
    if "whole" in plans and "whole" in stages:
        extended = whole_problem_of(world, every)
        path, stage = folder / "stages" / f"{WHOLE}.npz", stages["whole"][0]["whole"]
        report.counts["stages"] += 1
        try:
            check_whole(path, stage, extended, report)
        except BROKEN as error:
            report.add("arrays", path.name, "the file", f"can't be read: {error}", "a stage")
    check_saved(folder, plans, stages, world, whole, extended, report)
    try:
        check_meta(folder, meta, world, stages, report)
    except BROKEN as error:
        report.add("run", "run.json", "what it says", f"can't be read: {error}", "as saved")
    return report


def read_stages(folder: Path, report: Report) -> dict[str, dict[int, dict[str, Stage]]]:
    """All saved stages by behaviour, number and name."""
    found: defaultdict[str, dict[int, dict[str, Stage]]] = defaultdict(dict)
    for path in sorted((folder / "stages").glob("*.npz")):
        named = STAGE_FILE.fullmatch(path.stem)
        if named is None:
            continue
        if named[3] not in STAGES and path.stem != WHOLE:
            report.add("not checked", path.name, "stage", named[3], " or ".join(STAGES))
            continue
        try:
            stage = read_stage(path, report)
        except BROKEN as error:
            report.add("arrays", path.name, "the file", f"can't be read: {error}", "a stage")
            continue
        if stage is not None:
            found[named[1]].setdefault(int(named[2]), {})[named[3]] = stage
    return dict(found)


def read_plans(folder: Path, world: World, report: Report) -> dict[str, Plan]:
    """All saved plans by behaviour."""
    found = {}
    for path in sorted((folder / "stages").glob("*.npz")):
        if STAGE_FILE.fullmatch(path.stem):
            continue
        try:
            plan = read_plan(path, world, report)
        except BROKEN as error:
            report.add("arrays", path.name, "the file", f"can't be read: {error}", "a plan")
            continue
        if plan is not None:
            found[plan.name] = plan
    return found


def plans_asked(request: Json) -> set[str]:
    """Names of the plans that a request asks for."""
    asked = {"ordered"}
    if request["behaviour"] in ("all", "together"):
        asked.add("together")
        if not (request["quick"] or request["replans"]):
            asked.add("whole")
    if request["behaviour"] in ("all", "alone"):
        asked |= {"alone", "alone-first-round"}
    return asked


def check_presence(
    folder: Path,
    request: Json,
    plans: Mapping[str, Plan],
    stages: Mapping[str, Mapping[int, Mapping[str, Stage]]],
    report: Report,
) -> None:
    """The plans that were asked for are there, and those solved have both stages."""
    for name in sorted(plans_asked(request) - set(plans)):
        report.add("plan", f"stages/{name}.npz", name, "missing", "a saved plan")
    for name in sorted(set(plans) - plans_asked(request)):
        expected = f"none for request behaviour {request['behaviour']}, quick {request['quick']}"
        report.add("plan", f"stages/{name}.npz", name, "a saved plan", expected)
    for name in SOLVED:
        numbers = stages.get(name, {})
        if name in plans and not numbers:
            report.add("stage", f"stages/{name}-0-shortfall.npz", name, "missing", "a stage")
        for number, found in numbers.items():
            for stage in STAGES:
                if stage not in found:
                    place = f"stages/{name}-{number}-{stage}.npz"
                    report.add("stage", place, name, "missing", "a stage")
    if "whole" in plans and "whole" not in stages:
        report.add("stage", f"stages/{WHOLE}.npz", "whole", "missing", "a stage")
    for name in sorted(set(stages) - set(SOLVED) - {"whole"}):
        report.add("not checked", f"stages/{name}", name, "unknown stages", ", ".join(SOLVED))
    for name in sorted(set(plans) - set(stages) - {"ordered"}):
        report.unchecked.append(f"whether {name} is the best plan: its stages aren't kept")


def joined_blocs(world: World) -> list[frozenset[str]]:
    """States that plan as one by events; those that share a member are one bloc, others alone."""
    found = [frozenset({state}) for state in world.states]
    for event in world.events:
        if event["kind"] == "plans-together":
            members = frozenset(s for s in world.states if reaches(world.facts, event, s))
            met = [bloc for bloc in found if bloc & members]
            found = [bloc for bloc in found if not bloc & members]
            found += [frozenset[str]().union(*met)] if met else []
    return found


def check_stages(
    name: str,
    found: Mapping[int, Mapping[str, Stage]],
    world: World,
    every: Sequence[Delivery],
    whole: Problem,
    report: Report,
) -> None:
    """All stages of a behaviour: solution, face, problem; and that each state decides once."""
    deciding: Counter[str] = Counter()
    groups: list[frozenset[str]] = []
    for stages in found.values():
        for stage in stages.values():
            report.counts["stages"] += 1
            report.counts["rows"] += len(stage.rows)
            report.counts["columns"] += len(stage.columns)
            check_solution(stage, report)
        first, second = stages.get("shortfall"), stages.get("cost")
        if first is None:
            continue
        states = [
            state for state in world.states
            if f"national[{state},{world.calendar.budget_years[0]}]" in first.column_at
        ]  # fmt: skip
        deciding.update(states)
        groups.append(frozenset(states))
        together = len(states) == len(world.states)
        problem = whole if together else problem_of(world, states, every)
        check_problem(first, problem, report)
        if second is not None:
            check_face(first, second, report)
            check_money_objective(second, problem, report)
    for state in world.states:
        if deciding[state] != 1:
            report.add("stage", name, f"pay[{state}]", f"in {deciding[state]} problems", 1)
    alone = [stages["shortfall"] for stages in found.values() if "shortfall" in stages]
    if name == "alone":
        check_offers(alone, whole, name, report)
        joined = joined_blocs(world)
        if len(found) != len(joined):
            report.add("stage", name, "problems", len(found), len(joined))
        for bloc in set(groups) - set(joined):
            report.add("stage", name, f"pay[{min(bloc)}]", "; ".join(sorted(bloc)), "another bloc")
        report.unchecked.append(
            "how free output, growth and inputs were offered to single states, but that the "
            "offers add up to no more than there is"
        )
    elif len(found) != 1:
        report.add("stage", name, "problems", len(found), 1)


def check_saved(
    folder: Path,
    plans: Mapping[str, Plan],
    stages: Mapping[str, Mapping[int, Mapping[str, Stage]]],
    world: World,
    whole: Problem,
    extended: WholeProblem | None,
    report: Report,
) -> None:
    """Plans against their stages and every row; tables against plans."""
    by_label = {item.label: item for item in whole.deliveries}
    tables: defaultdict[str, list[Json]] = defaultdict(list)
    for name, plan in plans.items():
        last = "whole" if name == "whole" else "cost"
        second = [found[last] for found in stages.get(name, {}).values() if last in found]
        if second:
            check_decisions(plan, second, world, report)
        problem, begun = whole, dict[str, float]()
        if name == "whole" and extended is not None and second:
            problem = extended.problem
            begun = dict(zip(second[0].columns, map(float, second[0].value), strict=True))
        if name == "ordered" and (plan.units.any() or plan.expansions.any()):
            report.add("plan", "stages/ordered.npz", "ordered", "new orders", "none")
        value = check_plan(plan, problem, world, begun, report)
        report.counts["plans"] += 1
        paid = payments_of(plan, world, by_label)
        check_purchases(plan, world, paid, report)
        gaps = gap_rows(plan, world)
        tables["gaps"] += gaps
        tables["closing"] += closing_rows(plan, world)
        tables["orders"] += order_rows(plan, world, paid)
        tables["lines"] += line_rows(plan, world)
        tables["spending"] += spending_rows(plan, world, paid)
        tables["money"] += money_rows(plan, world, paid)
        tables["exposure"] += exposure_rows(plan, world)
        if name != "ordered":
            tables["cost-parts"] += cost_rows(plan, world, problem, value)
        tables["summary"].append(
            {
                "behaviour": name,
                "shortfall_to_2040": float(sum(row["percent_years"] for row in gaps)),
                "cost": float(np.array(problem.second) @ value),
            }
        )
    tables["whole"] = whole_rows(tables["summary"], folder)
    tables["unavoidable-cells"] = early_rows(world, whole.deliveries)
    tables["evidence"] = evidence_rows(world)
    tables["packages"] = package_rows(world)
    tables["figures"] = figure_rows(world)
    check_tables(folder, tables, report)


def check_purchases(plan: Plan, world: World, paid: Sequence[Payment], report: Report) -> None:
    """Purchases and premiums of the plan's arrays are what its deliveries cost."""
    rows = money_rows(plan, world, paid)
    years = world.calendar.budget_years
    for name in ("purchases", "premiums"):
        expected = np.array([row[name] for row in rows]).reshape(-1, len(years))
        wrong = np.argwhere(~same(plan.money[name], expected, FEASIBLE))
        report.add_some(
            "plan",
            f"stages/{plan.name}.npz",
            (
                (f"{name}[{world.states[state]},{years[year]}]", plan.money[name][state, year],
                 expected[state, year])
                for state, year in wrong
            ),
        )  # fmt: skip


def check_tables(folder: Path, tables: Mapping[str, list[Json]], report: Report) -> None:
    """All tables that can be made again; the others are named as not checked."""
    there = {path.stem for path in (folder / "tables").glob("*.parquet")}
    for name in KEYS:
        if name not in there and name == "whole" and not tables[name]:
            continue
        if name not in there:
            report.add("table", f"tables/{name}.parquet", name, "missing", "a table")
            continue
        try:
            check_table(name, folder, tables[name], report)
        except BROKEN as error:
            place = f"tables/{name}.parquet"
            report.add("table", place, name, f"can't be read: {error}", "a table")
    others = sorted(there - set(KEYS))
    if others:
        report.unchecked.append(f"tables {', '.join(others)}")


def check_meta(
    folder: Path,
    meta: Json,
    world: World,
    stages: Mapping[str, Mapping[int, Mapping[str, Stage]]],
    report: Report,
) -> None:
    """What run.json says of the run is what its name, copy, setting, stages and tables say."""
    setting = json.loads((folder / "dataset" / "setting.json").read_text(encoding="utf-8"))
    request, begin = meta["request"], start_after(setting["release"])
    known = {period_of(event["known_from"] or event["start"])[0] for event in setting["events"]}
    decisions = sorted(date for date in known if date > begin + 1e-9)
    expected: Json = {
        "release": setting["release"],
        "release_id": f"{setting['release']}+{str(meta.get('dataset'))[:8]}",
        "unknown_orders": unknown_orders(world.facts),
        "size": size_of(world, stages),
        "decision": decisions[-1] if request["replans"] and decisions else None,
        "decisions": decisions if request["replans"] else None,
    }
    untold = {"dataset", "version", "rounds"}
    if "title" in setting:
        expected["scenario_title"] = setting["title"]
    else:
        untold.add("scenario_title")
    faults: list[tuple[str, object, object]] = [
        (name, meta.get(name, "nothing"), value)
        for name, value in expected.items()
        if meta.get(name) != value
    ]
    own = {"format", "status", "kind", "request", "files", "digest"}
    faults += [
        (name, meta[name], "nothing") for name in sorted(set(meta) - set(expected) - untold - own)
    ]
    if Path(str(request["scenario"])).stem != setting["scenario"]:
        faults.append(("request scenario", request["scenario"], setting["scenario"]))
    if setting["decision"] != meta.get("decision", begin):
        faults.append(("decision", meta.get("decision", begin), setting["decision"]))
    kept = {"draws", "draws_calendar", "leaks", "overlays", "seed", "solver"}
    if (folder / "tables" / "draw-results.parquet").is_file():
        kept.remove("draws")
        drawn = pl.read_parquet(folder / "tables" / "draw-results.parquet").height - 1
        if request["draws"] != drawn:
            faults.append(("request draws", request["draws"], drawn))
    if request["replans"]:
        kept |= {"replans", "fixes"}
    if request["replans"] or request["behaviour"] in ("alone", "ordered"):
        kept.add("quick")
    name = folder.resolve().name
    if re.fullmatch(r".+-[0-9a-f]{8}", name):
        asked = [request, meta.get("dataset"), meta.get("version"), FORMAT]
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        own_name = f"{Path(str(request['scenario'])).stem}-{digest[:8]}"
        if name != own_name:
            faults.append(("request, dataset and version", own_name, f"those of {name}"))
    else:
        report.unchecked.append("whether the run's name is that of its request: it was renamed")
    report.add_some("run", "run.json", faults)
    report.unchecked.append(f"in run.json {', '.join(sorted(untold & set(meta)))}")
    report.unchecked.append(
        f"in the request {', '.join(sorted(kept & set(request)))}: nothing here shows them"
    )


def unknown_orders(facts: Facts) -> list[str]:
    """Signed orders that state no quantity."""
    return [
        order
        for order in facts.kinds["order"]
        if facts.words(order, "status") == "signed" and facts.value(order, "quantity") is None
    ]


def size_of(world: World, stages: Mapping[str, Mapping[int, Mapping[str, Stage]]]) -> Json:
    """Counts of the world's parts, and by behaviour of the columns, rows, entries of problems."""
    found: Json = {
        "world": {
            "states": len(world.states),
            "areas": len(world.areas),
            "cells": len(world.need),
            "lines": len(world.lines),
            "periods": len(world.calendar.starts),
        }
    }
    for name, numbers in stages.items():
        first = "whole" if name == "whole" else "shortfall"
        every = [each[first] for each in numbers.values() if first in each]
        found[name] = {
            "problems": len(every),
            "columns": sum(len(stage.columns) for stage in every),
            "rows": sum(len(stage.rows) for stage in every),
            "entries": sum(int(stage.matrix.nnz) for stage in every),
        }
    return found


def figure_rows(world: World) -> list[Json]:
    """The table of figures: the snapshot's by address, with unit, basis and, if kept, sources."""
    rows = []
    for row in world.facts.figures.iter_rows(named=True):
        parts = [row["subject"], row["quantity"]]
        if row["period"] or row["qualifier"]:
            parts.append(row["period"] or "-")
        address = "/".join([*parts, *([row["qualifier"]] if row["qualifier"] else [])])
        told = {"address": address, "value": row["value"], "unit": row["unit"]}
        told["basis"] = row["standing"]
        rows.append(told | {name: row[name] for name in ("sources",) if name in row})
    return rows


def lines_of(report: Report) -> Iterator[str]:
    """The report in words."""
    for finding in report.findings:
        yield f"refused: {finding}"
    for text in report.unchecked:
        yield f"not checked: {text}"
    counts = ", ".join(f"{number:,} {name}" for name, number in report.counts.items())
    yield f"checked: {counts}"
    if report.largest:
        largest = ", ".join(f"{name} {value:.1e}" for name, value in report.largest.items())
        yield f"largest: {largest}"
    yield verdict(report)


def verdict(report: Report) -> str:
    """The last line: verified, or how much was found."""
    return VERDICT if report.verified else f"refused: {len(report.findings)} findings"


def main(arguments: Sequence[str]) -> int:
    """Verify the run's folder named; 0 verified, 1 refused, 2 no run."""
    named = [item for item in arguments if not item.startswith("--")]
    if len(named) != 1 or set(arguments) - {*named, "--without-digests"}:
        print("usage: verify.py RUN_FOLDER [--without-digests]", file=sys.stderr)
        return 2
    try:
        report = verify(Path(named[0]), digests="--without-digests" not in arguments)
    except Unreadable as error:
        print(f"verify: {error}", file=sys.stderr)
        return 2
    for line in lines_of(report):
        print(line)
    return 0 if report.verified else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
