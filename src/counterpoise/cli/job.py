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
from counterpoise.measures.shortfall import weights
from counterpoise.planning import extract
from counterpoise.planning.behaviours import BEHAVIOURS, plan_alone, plan_ordered, plan_together
from counterpoise.planning.influence import assumed_share
from counterpoise.planning.model import DependenceCap
from counterpoise.planning.plan import Plan
from counterpoise.planning.plausibility import plausibility
from counterpoise.planning.replan import placed_before, replan
from counterpoise.planning.saved import stage_arrays
from counterpoise.planning.setting import Setting, world_of
from counterpoise.planning.tight import bottlenecks
from counterpoise.planning.variants import CALENDAR, approved_change, variants
from counterpoise.questions.plans import read_saved
from counterpoise.world.needs import KEYS
from counterpoise.world.scenario import read_scenario
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


def parse_cap(text: str, dataset: Dataset) -> DependenceCap | None:
    """A dependence cap given as usa=0.5; BadInput where it is none."""
    if not text:
        return None
    name, _, share = text.partition("=")
    address = f"state/{name.upper()}"
    try:
        value = float(share)
    except ValueError:
        value = -1.0
    if address not in dataset.things or not 0 <= value <= 1:
        raise BadInput(
            [Problem("cap", "--cap", None, "", text, "STATE=SHARE, as usa=0.5", "correct it")]
        )
    return DependenceCap(address, value)


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
        ("--calendar", request.calendar, ("quarterly", "yearly")),
        ("--behaviour", request.behaviour, ("all", *BEHAVIOURS)),
    ):
        if value not in allowed:
            problems.append(
                Problem("option", option, None, "", value, " or ".join(allowed), "choose one")
            )
    if problems:
        raise BadInput(problems)
    parse_cap(request.cap, dataset)
    read_scenario(request.scenario, dataset)


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
    request: Request, folder: Path = runs.FOLDER, progress: Progress = lambda text: None
) -> runs.Run:
    """Plan what a request asks for and save it; the same request gives the same run."""
    progress("loading the dataset")
    dataset = load_for(request.overlays, request.leaks)
    check_request(request, dataset)
    setting = setting_of(request, dataset)
    scenario = read_scenario(request.scenario, dataset)
    world, cap = world_of(dataset, setting), setting.cap
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
        plans.append(plan_together(world, cap))
    name = runs.run_id(asdict(request), dataset, __version__)
    with runs.writing(folder, name) as aside:
        found = _tables(plans, world)
        if request.behaviour == "all" and not request.quick:
            found |= _analyses(request, dataset, progress)
        lines = plausibility(found, world)
        found["plausibility"] = lines
        found["figures"] = _figures(dataset)
        _save(aside, plans, found)
        write_snapshot(aside / "dataset", dataset, scenario, world.decision)
        runs.finish(aside, _meta(request, dataset, world, extra))
    return runs.open_run(name, folder)


def replan_run(
    base: runs.Run,
    scenario: str,
    folder: Path = runs.FOLDER,
    progress: Progress = lambda text: None,
) -> runs.Run:
    """Replan a saved run's plan together when a scenario's events become known, and save it."""
    asked = Request(**{**base.meta["request"], "overlays": tuple(base.meta["request"]["overlays"])})
    dataset = dataset_of(base)
    read_scenario(scenario, dataset)
    setting = setting_of(asked, dataset)
    world = world_of(dataset, setting)
    request = replace(asked, scenario=scenario, behaviour="together", replans=base.id)
    plan = read_saved(base, world)
    progress("planning anew what isn't ordered yet")
    found = replan(plan, dataset, scenario, calendar=asked.calendar, key=asked.key, cap=setting.cap)
    plans = [plan_ordered(found.plan.world), found.plan]
    name = runs.run_id(asdict(request), dataset, __version__)
    with runs.writing(folder, name) as aside:
        tables = _tables(plans, found.plan.world)
        tables["earlier-orders"] = extract.order_table(placed_before(plan, found.decision))
        tables["plausibility"] = plausibility(tables, found.plan.world)
        tables["figures"] = _figures(dataset)
        _save(aside, plans, tables)
        told = read_scenario(scenario, dataset)
        earlier = found.plan.world.earlier
        write_snapshot(aside / "dataset", dataset, told, found.decision, earlier)
        runs.finish(aside, _meta(request, dataset, found.plan.world, {"decision": found.decision}))
    return runs.open_run(name, folder)


def _analyses(
    request: Request,
    dataset: Dataset,
    progress: Progress,
) -> dict[str, pl.DataFrame]:
    progress("planning together on the yearly calendar, for variants")
    setting = setting_of(request, dataset, CALENDAR)
    cap = setting.cap
    base = plan_together(world_of(dataset, setting), cap)
    progress("planning in other worlds and under shocks")
    found = {"variants": variants(dataset, request.scenario, request.key, base, cap)}
    progress("solving again for bottlenecks")
    tight = bottlenecks(base, cap)
    found["bottlenecks"] = pl.DataFrame(
        [{"rank": rank, **asdict(item)} for rank, item in enumerate(tight, start=1)]
    )
    progress("weighing the inputs by their effect")
    weighed = assumed_share(base, setting)
    found["influence"] = weighed.by_basis()
    found["influential-inputs"] = weighed.inputs_table()
    approved = approved_change(dataset, request.scenario, request.calendar, request.key)
    found["approved-orders"] = pl.DataFrame({"name": ["approved"], "removed": [approved]})
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
