"""Scenarios: dated lists of events, read from TOML and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.world.calendar import Calendar, Floats, parse_period

SCENARIOS = Path(__file__).parent.parent / "reference" / "scenarios"

EVENT_KINDS = {
    "assured-part": "share of the part that the target state provides today which is assured",
    "line-output": "share of its output that a line in the target state delivers",
    "open-output": "share of a line's output that stays open to European buyers",
    "lead-time": "factor on the time from order to delivery, for deliveries in the period",
    "price": "factor on the price, for deliveries in the period",
    "expansion-time": "factor on the time until an added rate delivers, by date of decision",
    "expansion-growth": "factor on the rate that may be added to a line",
    "expansion-cost": "factor on what states pay for an added rate",
    "spending": "factor on a state's money for the planned areas",
    "need": "factor on the group's need in an area",
    "absorption": "factor on what a place takes up in a year",
    "joint-share": "factor on the share of a joint need that a state may deliver",
    "introduction": "factor on the extra cost of a type new to a state",
    "loan": "factor on what an instrument allots to each state; drawn until `end`",
    "origin-limit": "most of each need that a state, or all outside a scope, may control",
    "plans-together": "the members of a scope plan as one; the amount is 1",
}
"""Kinds of event: what `amount` is. Each amount is a factor on what would be without it."""


_LINES = ("state/", "scope/", "line/", "company/", "area/", "system/")
_STATES = ("state/", "scope/")

TARGETS = {
    "assured-part": ("state/USA",),
    "line-output": _LINES,
    "open-output": _LINES,
    "lead-time": _LINES,
    "price": _LINES,
    "expansion-time": _LINES,
    "expansion-growth": _LINES,
    "expansion-cost": _LINES,
    "spending": _STATES,
    "need": ("scope/NATO-EUR", "area/"),
    "absorption": _STATES,
    "joint-share": _STATES,
    "introduction": _STATES,
    "loan": ("instrument/",),
    "origin-limit": _STATES,
    "plans-together": ("scope/",),
}
"""What an event of a kind may be aimed at: addresses, or kinds of thing ending in a slash."""


def check_period(value: str) -> str:
    """The text of a period, or of none; ValueError says what a period looks like."""
    if value:
        try:
            parse_period(value)
        except ValueError:
            raise ValueError("a year (2028), quarter (2028-Q1) or month (2028-03)") from None
    return value


class Event(BaseModel):
    """One thing that happens, and when it becomes known.

    `amount` holds from `start` to the end of `end` (open if empty); with `amount_end` it moves
    straight from the middle of `start` to the middle of `end`, and stays. `areas` and `lines`
    narrow the target where given, `eligible` to lines whose type loans may pay. `chosen_by` is
    the state or body that decides, or "" for fate.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    target: str
    start: str
    end: str = ""
    known_from: str = ""
    amount: float = Field(ge=0, allow_inf_nan=False)
    amount_end: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    areas: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    eligible: bool = False
    chosen_by: str = ""
    source: str = "cp-rules"
    basis: str = "assumed"
    reason: str = Field(min_length=3)

    @field_validator("kind")
    @classmethod
    def _kind(cls, value: str) -> str:
        if value not in EVENT_KINDS:
            raise ValueError("one of " + ", ".join(EVENT_KINDS))
        return value

    @field_validator("start", "end", "known_from")
    @classmethod
    def _period(cls, value: str) -> str:
        return check_period(value)

    @model_validator(mode="after")
    def _order(self) -> Event:
        if self.end and parse_period(self.end)[1] <= parse_period(self.start)[0]:
            raise ValueError("end not before start")
        if self.amount_end is not None and not self.end:
            raise ValueError("an end where amount_end is given")
        return self

    @property
    def known(self) -> float:
        """The decimal year from which plans reckon with the event."""
        return parse_period(self.known_from or self.start)[0]

    def share(self, calendar: Calendar) -> Floats:
        """What is left by the event in each period (1 where it has no effect)."""
        start = parse_period(self.start)
        if self.amount_end is not None:
            times = [sum(start) / 2, sum(parse_period(self.end)) / 2]
            path = np.interp(calendar.middles, times, [self.amount, self.amount_end])
            return np.where(calendar.middles < start[0], 1.0, path)
        end = parse_period(self.end)[1] if self.end else np.inf
        inside = calendar.overlap(start[0], min(end, calendar.edges[-1])) / calendar.lengths
        return 1.0 + inside * (self.amount - 1.0)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=3)
    based_on: str = ""
    known_from: str = ""
    event: tuple[dict[str, Any], ...] = ()

    @field_validator("known_from")
    @classmethod
    def _period(cls, value: str) -> str:
        return check_period(value)


@dataclass(frozen=True)
class Scenario:
    """A named list of events; those of the scenario that it is based on come first."""

    name: str
    title: str
    based_on: str
    events: tuple[Event, ...]

    def known_by(self, time: float) -> Scenario:
        """The scenario as it is known at a decimal year."""
        return Scenario(
            self.name,
            self.title,
            self.based_on,
            tuple(event for event in self.events if event.known <= time + 1e-9),
        )

    def surprises_after(self, time: float) -> tuple[Event, ...]:
        """Events that become known later than a decimal year."""
        return tuple(event for event in self.events if event.known > time + 1e-9)

    def with_events(self, name: str, events: tuple[Event, ...]) -> Scenario:
        """The scenario under a new name, with more events."""
        return Scenario(name, self.title, self.name, self.events + events)

    def shares(self, kind: str, calendar: Calendar, hit: Callable[[Event], bool]) -> Floats:
        """Product of the shares that the events of a kind leave, shape (periods,)."""
        total = np.ones(len(calendar))
        for event in self.events:
            if event.kind == kind and hit(event):
                total = total * event.share(calendar)
        return total


def names() -> list[str]:
    """Names of the scenarios that ship with the package."""
    return sorted(path.stem for path in SCENARIOS.glob("*.toml"))


def _path(name: str) -> Path:
    shipped = SCENARIOS / f"{name}.toml"
    if shipped.is_file():
        return shipped
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        return path
    raise NotFound(name, [known for known in names() if name[:4] in known] or names())


def _faults(error: ValidationError, file: str, row: int | None = None) -> list[Problem]:
    problems = []
    for fault in error.errors():
        column = ".".join(str(part) for part in fault["loc"])
        value = fault["input"] if isinstance(fault["input"], str | int | float) else ""
        problems.append(
            Problem("scenario", file, row, column, str(value), fault["msg"], "correct the event")
        )
    return problems


def read_scenario(name: str, dataset: Dataset, seen: tuple[str, ...] = ()) -> Scenario:
    """A scenario by its shipped name or the path of a TOML file; checked against the dataset.

    Raises NotFound for an unknown name and BadInput with every problem in the file.
    """
    path = _path(name)
    file = path.name
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8"))
        parsed = _File.model_validate(content)
    except UnicodeDecodeError:
        problem = Problem("encoding", file, None, "", "", "UTF-8 text", "save the file as UTF-8")
        raise BadInput([problem]) from None
    except tomllib.TOMLDecodeError as error:
        problem = Problem("toml", file, None, "", str(error), "a TOML file", "mend the line named")
        raise BadInput([problem]) from None
    except ValidationError as error:
        raise BadInput(_faults(error, file)) from None
    if path.stem in seen:
        problem = Problem("circle", file, None, "based_on", parsed.based_on, "no circle", "cut it")
        raise BadInput([problem])
    events, problems = read_events(parsed.event, dataset, file)
    base: tuple[Event, ...] = ()
    if parsed.based_on:
        base = read_scenario(parsed.based_on, dataset, (*seen, path.stem)).events
        if parsed.known_from:
            base = tuple(_known_at(event, parsed.known_from) for event in base)
    elif parsed.known_from:
        events = tuple(_known_at(event, parsed.known_from) for event in events)
    if problems:
        raise BadInput(problems)
    return Scenario(path.stem, parsed.title, parsed.based_on, base + events)


def _known_at(event: Event, period: str) -> Event:
    if parse_period(period)[0] < event.known:
        return event.model_copy(update={"known_from": period})
    return event


def read_events(
    given: tuple[dict[str, Any], ...], dataset: Dataset, file: str
) -> tuple[tuple[Event, ...], list[Problem]]:
    """The events in some contents, and everything wrong with them; rows count the events."""
    events = []
    problems = []
    for number, content in enumerate(given, start=1):
        try:
            event = Event.model_validate(content)
        except ValidationError as error:
            problems += _faults(error, file, number)
        else:
            problems += _unknown(event, number, dataset, file)
            events.append(event)
    return tuple(events), problems


def _unknown(event: Event, number: int, dataset: Dataset, file: str) -> list[Problem]:
    problems = []
    start = parse_period(dataset.release[:4])[0]
    named = [("target", event.target)]
    named += [("areas", f"area/{area}") for area in event.areas]
    named += [("lines", f"line/{line}") for line in event.lines]
    named += [("chosen_by", event.chosen_by)] if event.chosen_by else []
    for column, address in named:
        if address not in dataset.things:
            near = ", ".join(dataset.suggest(address)) or "an address in the dataset"
            problems.append(
                Problem("unknown-thing", file, number, column, address, near, "correct it")
            )
    aims = TARGETS[event.kind]
    if not any(event.target == aim or event.target.startswith(aim) for aim in aims):
        expected = f"for {event.kind} one of: {', '.join(aims)}"
        problems.append(
            Problem("target", file, number, "target", event.target, expected, "aim it at one")
        )
    if event.source not in dataset.sources:
        problems.append(
            Problem("source", file, number, "source", event.source, "a source key", "add it")
        )
    for column in ("start", "known_from"):
        given = getattr(event, column)
        if given and parse_period(given)[0] < start:
            problems.append(
                Problem(
                    "before-start",
                    file,
                    number,
                    column,
                    given,
                    f"{dataset.release[:4]} or later",
                    "move the event",
                )
            )
    return problems
