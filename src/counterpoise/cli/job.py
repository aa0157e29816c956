"""The main job: three behaviours in one world, their tables, and the folder they are saved in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from counterpoise import __version__, runs
from counterpoise.cli.snapshot import write_snapshot
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.equipment_part import equipment_parts_table
from counterpoise.measures.shortfall import weights
from counterpoise.measures.view import View
from counterpoise.planning import extract, tight
from counterpoise.planning.behaviours import BEHAVIOURS, plan_alone, plan_ordered, plan_together
from counterpoise.planning.caps import parse_cap
from counterpoise.planning.decided import decided_table
from counterpoise.planning.drawn import drawn_from
from counterpoise.planning.earlier import placed_before
from counterpoise.planning.headlines import headlines
from counterpoise.planning.influence import assumed_share
from counterpoise.planning.plan import Plan
from counterpoise.planning.plausibility import plausibility
from counterpoise.planning.regret import regret_of, regret_table
from counterpoise.planning.replan import scenario_of
from counterpoise.planning.saved import stage_arrays
from counterpoise.planning.second import GLOP, HIGHS, SOLVERS
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.size import size_of
from counterpoise.planning.stability import firmness
from counterpoise.planning.variants import CALENDAR, approved_change, variants
from counterpoise.planning.whole import Whole, plan_whole
from counterpoise.questions.plans import read_saved
from counterpoise.world.calendar import CALENDARS
from counterpoise.world.fix_file import read_fixes
from counterpoise.world.fixes import Fix
from counterpoise.world.needs import KEYS
from counterpoise.world.scenario import read_scenario
from counterpoise.world.weights import weight_sets
from counterpoise.world.world import World

Progress = Callable[[str], None]


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


def dataset_of(run: runs.Run) -> Dataset:
    """The dataset that a run was made with; BadInput where its overlays or release changed."""
    asked = run.meta["request"]
    dataset = load_for(tuple(asked["overlays"]), asked["leaks"])
    if dataset.digest != run.meta["dataset"]:
        expected = f"the dataset of digest {run.meta['dataset']}"
        remedy = "plan again, or put back the overlays that the run was made with"
        raise BadInput(
            [Problem("other-data", run.id, None, "dataset", dataset.digest, expected, remedy)]
        )
    return dataset


def load_for(overlays: tuple[str, ...], leaks: bool = True) -> Dataset:
    """The reference release under overlays, with or without what only leaks state."""
    return load(REFERENCE, tuple(Path(place) for place in overlays), leaks)


def plan_run(
    request: Request,
    folder: Path = runs.FOLDER,
    progress: Progress = lambda text: None,
    fix: Path | None = None,
) -> runs.Run:
    """Plan what a request asks for and save it; the same request gives the same run.

    `fix` is a file of the user's own decisions, which become part of the request; such a run has
    no variants and analyses.
    """
    progress("loading the dataset")
    dataset = load_for(request.overlays, request.leaks)
    check_request(request, dataset)
    setting = setting_of(request, dataset)
    scenario = read_scenario(request.scenario, dataset)
    world, cap = world_of(dataset, setting), setting.cap
    if fix is not None:
        request = replace(request, fixes=read_fixes(fix, world), quick=True)
        world = replace(world, fixes=request.fixes)
    plans = [plan_ordered(world)]
    extra: dict[str, Any] = {}
    if request.behaviour in ("all", "alone"):
        progress("planning each state for itself, in rounds of offers")
        alone = plan_alone(world, cap, progress=progress)
        plans.append(alone.final)
        first = replace(alone.first, behaviour="alone-first-round", models=(), stages=())
        plans.append(first)
        extra["rounds"] = alone.rounds
    if request.behaviour in ("all", "together"):
        progress("planning together")
        plans.append(plan_together(world, cap, request.solver))
    together, whole = plans[-1], None
    if request.behaviour in ("all", "together") and not request.quick:
        whole = plan_whole(together, progress)
        plans.append(whole.plan)
    name = runs.run_id(asdict(request), dataset, __version__)
    with runs.writing(folder, name) as aside:
        found = _tables(plans, world)
        if request.behaviour == "all" and not request.quick:
            found |= _analyses(request, dataset, together, plans[-1], found["orders"], progress)
        if whole is not None:
            found["whole"] = whole.table()
            _save_whole(aside, whole)
        lines = plausibility(found, world)
        found["plausibility"] = lines
        found["figures"] = _figures(dataset)
        _save(aside, plans, found)
        write_snapshot(aside / "dataset", dataset, scenario, world.decision, fixes=world.fixes)
        extra["size"] = size_of(world, plans)
        runs.finish(aside, _meta(request, dataset, world, extra))
    return runs.open_run(name, folder)


def replan_run(
    base: runs.Run,
    scenario: str,
    folder: Path = runs.FOLDER,
    progress: Progress = lambda text: None,
) -> runs.Run:
    """Replan a saved run's plan together each time a surprise becomes known, and save it."""
    if base.meta["request"]["replans"]:
        root = base.meta["request"]["replans"]
        expected = "a run that isn't replanned itself"
        remedy = f"replan {root} with one scenario that holds all surprises"
        raise BadInput([Problem("replanned", base.id, None, "", "", expected, remedy)])
    asked = request_of(base)
    dataset = dataset_of(base)
    setting = setting_of(asked, dataset)
    plan = read_saved(base, replace(world_of(dataset, setting), fixes=asked.fixes))
    request = replace(asked, scenario=scenario, behaviour="together", replans=base.id)
    progress("holding on, planning anew what isn't ordered yet, and planning with foresight")
    shocked = replace(setting, scenario=read_scenario(scenario, dataset))
    found, cases = regret_of(plan, dataset, shocked)
    world = found.plan.world
    plans = [plan_ordered(world), found.plan]
    kept = zip((plan, *found.plans), found.decisions, strict=False)
    extra: dict[str, Any] = {"decision": found.decision, "decisions": found.decisions}
    name = runs.run_id(asdict(request), dataset, __version__)
    with runs.writing(folder, name) as aside:
        tables = _tables(plans, world)
        orders = [extract.order_table(placed_before(plan, date)) for plan, date in kept]
        tables["earlier-orders"] = pl.concat(orders)
        tables["regret"] = regret_table(
            [(scenario_of(dataset, shocked), found.decisions, cases)], setting.calendar
        )
        tables["plausibility"] = plausibility(tables, world)
        tables["figures"] = _figures(dataset)
        _save(aside, plans, tables)
        told = read_scenario(scenario, dataset)
        write_snapshot(aside / "dataset", dataset, told, found.decision, world.earlier, world.fixes)
        extra["size"] = size_of(world, plans)
        runs.finish(aside, _meta(request, dataset, world, extra))
    return runs.open_run(name, folder)


def _analyses(
    request: Request,
    dataset: Dataset,
    together: Plan,
    printed: Plan,
    orders: pl.DataFrame,
    progress: Progress,
) -> dict[str, pl.DataFrame]:
    progress("planning together on the yearly calendar, for variants")
    setting = setting_of(request, dataset, CALENDAR)
    cap = setting.cap
    base = plan_together(world_of(dataset, setting), cap)
    progress("planning in other worlds and under shocks")
    others = variants(dataset, setting, base)
    found = {"variants": others.rows, "regret": others.regret}
    found |= tight.tables(dataset, setting, base, progress=progress)
    progress("weighing the inputs by their effect")
    weighed = assumed_share(base, setting)
    found["influence"] = weighed.by_basis()
    found["influential-inputs"] = weighed.inputs_table()
    approved = approved_change(dataset, request.scenario, request.calendar, request.key)
    found["approved-orders"] = pl.DataFrame({"name": ["approved"], "removed": [approved]})
    progress("planning under other weights, and with other parts of equipment money")
    found["headlines"] = headlines(dataset, setting, base)
    found["equipment-parts"] = equipment_parts_table(View(dataset))
    if request.draws:
        progress(f"planning {request.draws} draws of prices, rates and lead times")
        drawing = setting_of(request, dataset, request.draws_calendar)
        still = {request.calendar: together, CALENDAR: base}[request.draws_calendar]
        found |= firmness(
            dataset,
            drawing,
            orders,
            printed.behaviour,
            request.draws,
            request.seed,
            drawn_from(still),
        )
    return found


def weigh(dataset: Dataset) -> pl.DataFrame:
    """The inputs of the plan together in the default world by their effect, by duals alone."""
    return assumed_share(
        plan_together(world_of(dataset, Setting(calendar=CALENDAR)))
    ).inputs_table()


def _figures(dataset: Dataset) -> pl.DataFrame:
    """The chosen value of every figure, kept with a run so that any two runs can be compared."""
    chosen = dataset.chosen.values()
    return pl.DataFrame(
        {
            "address": [item.address for item in chosen],
            "value": [item.value for item in chosen],
            "unit": [item.unit for item in chosen],
            "basis": [item.standing for item in chosen],
            "sources": ["; ".join(item.sources) for item in chosen],
        },
        schema_overrides={"value": pl.Float64},
    )


def _tables(plans: list[Plan], world: World) -> dict[str, pl.DataFrame]:
    each = [extract.tables(plan) for plan in plans]
    found = {
        name: pl.concat([tables[name] for tables in each], how="vertical_relaxed")
        for name in each[0]
    }
    if any(plan.world.fixes for plan in plans):
        found["decisions"] = pl.concat([decided_table(plan) for plan in plans])
    found["evidence"] = extract.evidence_table(world)
    found["packages"] = extract.package_table(world)
    found["summary"] = pl.DataFrame(
        {
            "behaviour": [plan.behaviour for plan in plans],
            "shortfall_to_2040": [plan.shortfall for plan in plans],
            "cost": [plan.cost for plan in plans],
        }
    )
    found["cost-parts"] = pl.DataFrame(
        [
            {"behaviour": plan.behaviour, "part": part, "eur_bn": value}
            for plan in plans
            for part, value in plan.cost_parts.items()
        ],
        schema={"behaviour": pl.String, "part": pl.String, "eur_bn": pl.Float64},
    )
    hopeless = weights(world) * extract.unavoidable(world) * world.calendar.reported()
    hopeless = hopeless / world.calendar.lengths
    found["unavoidable-cells"] = pl.DataFrame(
        {
            "area": [area for _, area in world.labels.cells],
            "place": [place for place, _ in world.labels.cells],
            "percent_years": hopeless.sum(axis=1),
        }
    )
    return found


def _meta(
    request: Request, dataset: Dataset, world: World, extra: dict[str, Any]
) -> dict[str, Any]:
    return {
        "request": asdict(request),
        "dataset": dataset.digest,
        "release": dataset.release,
        "release_id": dataset.id,
        "version": __version__,
        "scenario_title": world.scenario.title,
        "unknown_orders": list(world.unknown_orders),
        **extra,
    }


def _save_whole(aside: Path, whole: Whole) -> None:
    """The problem of whole units as solved, with the marks of its columns in whole numbers."""
    arrays: dict[str, Any] = {**stage_arrays(whole.stage.problem, whole.stage.solution)}
    arrays |= {"integral": whole.problem.integral, "bound": np.array([whole.bound])}
    arrays["bound_dual"] = whole.bound_dual
    np.savez_compressed(aside / "stages" / f"whole-0-{whole.stage.name}.npz", **arrays)


def _save(aside: Path, plans: list[Plan], tables: dict[str, pl.DataFrame]) -> None:
    for name, frame in tables.items():
        frame.write_parquet(aside / "tables" / f"{name}.parquet")
    for plan in plans:
        state, line, period = np.nonzero(plan.deliveries)
        np.savez_compressed(
            aside / "stages" / f"{plan.behaviour}.npz",
            state=state,
            line=line,
            period=period,
            units=plan.deliveries[state, line, period],
            expansions=plan.expansions,
            purchases=plan.purchases,
            premiums=plan.premiums,
            upkeep=plan.upkeep,
            funds=plan.funds,
            national=plan.national,
            loans=np.array(sorted(plan.draws), dtype=np.str_),
            draws=np.array([plan.draws[loan] for loan in sorted(plan.draws)]),
        )
        for number, stages in enumerate(plan.stages):
            for stage in stages:
                arrays: dict[str, Any] = {**stage_arrays(stage.problem, stage.solution)}
                file = f"{plan.behaviour}-{number}-{stage.name}.npz"
                np.savez_compressed(aside / "stages" / file, **arrays)
