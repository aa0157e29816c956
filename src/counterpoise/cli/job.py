"""The main job: three behaviours in one world, their tables, and the folder they are saved in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl

from counterpoise import __version__, runs
from counterpoise.cli.request import Request, check_request, request_of, setting_of
from counterpoise.cli.saving import about, chosen_figures, plan_tables, save_plans, save_whole
from counterpoise.cli.snapshot import write_snapshot
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.equipment_part import equipment_parts_table
from counterpoise.measures.view import View
from counterpoise.planning import extract, tight
from counterpoise.planning.behaviours import plan_alone, plan_ordered, plan_together
from counterpoise.planning.drawn import drawn_from
from counterpoise.planning.earlier import placed_before
from counterpoise.planning.headlines import headlines
from counterpoise.planning.influence import assumed_share
from counterpoise.planning.plan import Plan
from counterpoise.planning.plausibility import plausibility
from counterpoise.planning.regret import regret_of, regret_table
from counterpoise.planning.replan import check_base, surprises
from counterpoise.planning.setting import world_of
from counterpoise.planning.size import size_of
from counterpoise.planning.stability import firmness
from counterpoise.planning.variants import CALENDAR, approved_change, variants
from counterpoise.planning.whole import plan_whole
from counterpoise.planning.workers import Beside
from counterpoise.questions import run_data
from counterpoise.questions.plans import read_saved
from counterpoise.world.fix_file import read_fixes
from counterpoise.world.scenario import read_scenario

Progress = Callable[[str], None]


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
    dataset = run_data.load_for(request.overlays, request.leaks)
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
    told: dict[str, pl.DataFrame] = {}
    base = None
    if request.behaviour in ("all", "together") and not request.quick:
        progress("planning in whole units, beside what follows")
        with Beside(plan_whole, together) as later:
            if request.behaviour == "all":
                base, told = _analyses(request, dataset, progress)
            whole = later.result()
        plans.append(whole.plan)
    name = runs.run_id(asdict(request), dataset, __version__)
    with runs.writing(folder, name) as aside:
        found = told | plan_tables(plans, world)
        if base is not None and request.draws:
            progress(f"planning {request.draws} draws of prices, rates and lead times")
            found |= firmness(
                dataset,
                setting_of(request, dataset, request.draws_calendar),
                found["orders"],
                plans[-1].behaviour,
                request.draws,
                request.seed,
                drawn_from({request.calendar: together, CALENDAR: base}[request.draws_calendar]),
            )
        if whole is not None:
            found["whole"] = whole.table()
            save_whole(aside, whole)
        lines = plausibility(found, world)
        found["plausibility"] = lines
        found["figures"] = chosen_figures(dataset)
        save_plans(aside, plans, found)
        write_snapshot(aside / "dataset", dataset, scenario, world.decision, fixes=world.fixes)
        extra["size"] = size_of(world, plans)
        runs.finish(aside, about(request, dataset, world, extra))
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
    dataset = run_data.dataset_of(base)
    told = read_scenario(scenario, dataset)
    surprises(dataset, told)
    setting = setting_of(asked, dataset)
    plan = read_saved(base, replace(world_of(dataset, setting), fixes=asked.fixes))
    check_base(plan, told)
    request = replace(asked, scenario=scenario, behaviour="together", replans=base.id)
    shocked = replace(setting, scenario=told)
    progress("holding on, planning anew what isn't ordered yet, and planning with foresight")
    found, cases = regret_of(plan, dataset, shocked)
    world = found.plan.world
    plans = [plan_ordered(world), found.plan]
    kept = zip((plan, *found.plans), found.decisions, strict=False)
    extra: dict[str, Any] = {"decision": found.decision, "decisions": found.decisions}
    name = runs.run_id(asdict(request), dataset, __version__)
    with runs.writing(folder, name) as aside:
        tables = plan_tables(plans, world)
        orders = [extract.order_table(placed_before(plan, date)) for plan, date in kept]
        tables["earlier-orders"] = pl.concat(orders)
        tables["regret"] = regret_table([(told, found.decisions, cases)], setting.calendar)
        tables["plausibility"] = plausibility(tables, world)
        tables["figures"] = chosen_figures(dataset)
        save_plans(aside, plans, tables)
        write_snapshot(aside / "dataset", dataset, told, found.decision, world.earlier, world.fixes)
        extra["size"] = size_of(world, plans)
        runs.finish(aside, about(request, dataset, world, extra))
    return runs.open_run(name, folder)


def _analyses(
    request: Request, dataset: Dataset, progress: Progress
) -> tuple[Plan, dict[str, pl.DataFrame]]:
    """The plan together on the yearly calendar, and the tables of what is tried on it."""
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
    approved = approved_change(dataset, setting_of(request, dataset))
    found["approved-orders"] = pl.DataFrame({"name": ["approved"], "removed": [approved]})
    progress("planning under other weights, and with other parts of equipment money")
    found["headlines"] = headlines(dataset, setting, base)
    found["equipment-parts"] = equipment_parts_table(View(dataset))
    return base, found
