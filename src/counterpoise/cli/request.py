"""What a run is asked for, checked against the dataset."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.planning.behaviours import BEHAVIOURS
from counterpoise.planning.caps import parse_cap
from counterpoise.planning.second import GLOP, HIGHS, SOLVERS
from counterpoise.planning.setting import Setting
from counterpoise.planning.variants import CALENDAR
from counterpoise.world.calendar import CALENDARS
from counterpoise.world.fixes import Fix
from counterpoise.world.needs import KEYS
from counterpoise.world.scenario import read_scenario
from counterpoise.world.weights import weight_sets


@dataclass(frozen=True)
class Request:
    """What a run was asked for; with the dataset's digest it names the run."""

    scenario: str = "baseline"
    calendar: str = "quarterly"
    key: str = "half"
    behaviour: str = "all"
    cap: str = ""
    quick: bool = False
    overlays: tuple[str, ...] = ()
    leaks: bool = True
    replans: str = ""
    weights: str = "equal"
    fixes: tuple[Fix, ...] = ()
    draws: int = 20
    seed: int = 1
    draws_calendar: str = CALENDAR
    solver: str = HIGHS


def setting_of(request: Request, dataset: Dataset, calendar: str = "") -> Setting:
    """What the request's plans are made in, on its calendar or another one."""
    return Setting(
        request.scenario,
        calendar or request.calendar,
        request.key,
        request.weights,
        parse_cap(request.cap, dataset),
    )


def check_request(request: Request, dataset: Dataset) -> None:
    """BadInput with everything wrong in a request; NotFound for an unknown scenario."""
    problems = []
    for option, value, allowed in (
        ("--key", request.key, KEYS),
        ("--calendar", request.calendar, tuple(CALENDARS)),
        (
            "--draws-calendar",
            request.draws_calendar,
            tuple(dict.fromkeys((CALENDAR, request.calendar))),
        ),
        ("--weights", request.weights, tuple(weight_sets(dataset))),
        ("--behaviour", request.behaviour, ("all", *BEHAVIOURS)),
        ("--solver", request.solver, SOLVERS),
    ):
        if value not in allowed:
            problems.append(
                Problem("option", option, None, "", value, " or ".join(allowed), "choose one")
            )
    for option, number in (("--draws", request.draws), ("--seed", request.seed)):
        if number < 0:
            expected, remedy = "zero or more", "give another number"
            problems.append(Problem("option", option, None, "", str(number), expected, remedy))
    if request.solver == GLOP and request.behaviour != "together":
        remedy = "add --behaviour together"
        problems.append(
            Problem("option", "--behaviour", None, "", request.behaviour, "together", remedy)
        )
    if problems:
        raise BadInput(problems)
    parse_cap(request.cap, dataset)
    read_scenario(request.scenario, dataset)


def request_of(run: runs.Run) -> Request:
    """What a saved run was asked for."""
    asked = run.meta["request"]
    fixes = tuple(Fix(**item) for item in asked.get("fixes", ()))
    return Request(**{**asked, "overlays": tuple(asked["overlays"]), "fixes": fixes})
