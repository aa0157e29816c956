"""What is asked of command: states that step back, a day, regions; and the tables that answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from counterpoise.cooperation import command as tables
from counterpoise.cooperation import command_years as years
from counterpoise.cooperation.arguments import (
    NOBODY,
    DayArgument,
    PlansArgument,
    StatesArgument,
    read_one,
)
from counterpoise.cooperation.command import Row
from counterpoise.cooperation.posts import Standing
from counterpoise.cooperation.reassignment import Reassignment, reassignment
from counterpoise.measures.parameters import PlaceArgument
from counterpoise.measures.view import Place, View

POOL = "NATO-EUR"
"""Who may be assigned posts where nobody else is named."""

EVERY = "all"
NEAR = 1500.0
"""Kilometres that count as near."""


PARTS = {
    "counts": "counts by state",
    "posts": "posts and holders",
    "chains": "chains, three assumed regions",
    "functions": "what stops",
    "next": "vacancies and who is next",
    "years": "assignment by year, * one of several",
    "nations": "posts by nation and year",
    "equal": "other assignments worth as much",
    "year": "assignment in one year",
    "headquarters": "seats, nearest first",
}
"""What can be told, with its title."""


@dataclass(frozen=True)
class CommandAsked:
    """What is asked, and the tables that answer it; `seats` is how many of a plan are told."""

    view: View
    on: str
    without: tuple[str, ...]
    plans: tuple[str, ...]
    pool: Place
    year: int = 0
    within: float = NEAR
    seats: int | None = None

    @cached_property
    def standing(self) -> dict[str, Standing]:
        """How the posts stand."""
        return tables.standing_on(self.view, self.on, self.without)

    @cached_property
    def task(self) -> Reassignment:
        """The assignment of posts by year."""
        return reassignment(self.view, self.standing, self.on, self.pool, self.without)

    def rows(self, part: str) -> list[Row]:
        """The rows of a part."""
        view, standing = self.view, self.standing
        match part:
            case "counts":
                return tables.count_rows(view, standing, self.on)
            case "posts":
                return tables.post_rows(view, standing)
            case "chains":
                return tables.chain_rows(view, standing, self.plans)
            case "functions":
                return tables.function_rows(view, standing)
            case "next":
                return tables.next_rows(view, standing, self.on, self.pool, self.without)
            case "years":
                return years.by_year_rows(self.task)
            case "nations":
                return years.nation_rows(self.task, standing)
            case "equal":
                return years.equal_rows(self.task)
            case "year":
                steady = years.steadiness(
                    view, standing, self.on, self.pool, self.without, self.year
                )
                return years.year_rows(self.task, self.year, steady)
            case _:
                return tables.headquarters_rows(view, self.plans, self.on, self.within, self.seats)


def read_command(
    view: View, *, without: str = NOBODY, on: str = "", region: str = EVERY, pool: str = POOL
) -> CommandAsked:
    """What is asked, from its texts; BadInput for the first that can't be read."""

    def read(kind: Any, text: str, option: str) -> Any:
        return read_one(kind, text, view, "command", option)

    return CommandAsked(
        view,
        read(DayArgument, on or view.dataset.release, "--on"),
        read(StatesArgument, without or NOBODY, "--without"),
        read(PlansArgument, region or EVERY, "--region"),
        read(PlaceArgument, pool, "--candidates"),
    )
