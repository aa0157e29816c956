"""What must hold on the shipped dataset, each check with a fault planted that it must name."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE, load
from counterpoise.data.schema import Schema
from counterpoise.measures.shortfall import score
from counterpoise.planning.behaviours import (
    Alone,
    plan_alone,
    plan_ordered,
    plan_together,
)
from counterpoise.planning.caps import cap_on
from counterpoise.planning.earlier import earlier_from
from counterpoise.planning.plan import Plan
from counterpoise.planning.replan import replan
from counterpoise.planning.saved import read_stage, stage_arrays
from counterpoise.planning.setting import Setting
from counterpoise.planning.solver import Solver
from counterpoise.planning.why import why_orders
from counterpoise.world.world import World, build_world
from invariants import (
    CHECKS,
    early_deliveries,
    growth_exceeded,
    loans_overdrawn,
    objective_differs,
    overspent,
    rates_exceeded,
    shares_exceeded,
    unpaid,
    worse_cells,
)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def world(together: Plan) -> World:
    return together.world


@pytest.fixture(scope="module")
def ordered(world: World) -> Plan:
    return plan_ordered(world)


@pytest.fixture(scope="module")
def alone(world: World) -> Alone:
    return plan_alone(world)


@pytest.fixture(scope="module")
def together(yearly_together: Plan) -> Plan:
    return yearly_together


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_together_holds(check, together: Plan) -> None:
    assert check(together) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_alone_holds(check, alone: Alone) -> None:
    assert check(alone.final) == []


def _scaled(plan: Plan, **changes) -> Plan:
    return replace(plan, **changes)


def test_each_check_names_a_planted_fault(together: Plan) -> None:
    world = together.world
    taken = together.deliveries.sum(axis=0)
    full = np.unravel_index(
        np.argmax(np.where(world.free > 1, taken / np.maximum(world.free, 1e-9), 0)), taken.shape
    )
    more = together.deliveries.copy()
    more[:, full[0], full[1]] *= 3.0
    assert rates_exceeded(_scaled(together, deliveries=more))
    early = together.deliveries.copy()
    slow = int(np.argmax([line.lead for line in world.lines]))
    early[0, slow, 0] = 1.0
    assert early_deliveries(_scaled(together, deliveries=early))
    assert overspent(_scaled(together, national=together.national * 1.5 + 0.01))
    moved = together.national.copy()
    moved[0], moved[1] = together.national[1], together.national[0]
    assert unpaid(_scaled(together, national=moved))
    drawn = {name: value * 3 + 1 for name, value in together.draws.items()}
    assert loans_overdrawn(_scaled(together, draws=drawn))
    assert growth_exceeded(_scaled(together, expansions=together.expansions * 1.2 + 1))
    tanker = next(i for i, line in enumerate(world.lines) if line.area == "area/tanker")
    greedy = together.deliveries.copy()
    greedy[0, tanker, -1] += 200.0
    assert shares_exceeded(_scaled(together, deliveries=greedy))
    parts = {**together.cost_parts, "purchase": together.cost_parts["purchase"] + 1}
    assert objective_differs(_scaled(together, cost_parts=parts))


def test_ordered_is_never_better_than_alone_in_any_cell(ordered: Plan, alone: Alone) -> None:
    assert worse_cells(alone.final, ordered) == []
    assert worse_cells(alone.first, ordered) == []
    assert worse_cells(ordered, alone.final), "alone must close something"


def test_rounds_help_and_together_closes_most(alone: Alone, together: Plan) -> None:
    assert alone.final.shortfall <= alone.first.shortfall + 1e-6
    assert together.shortfall <= alone.final.shortfall + 1e-6


def test_the_sum_of_the_alone_plans_is_feasible_together(alone: Alone, together: Plan) -> None:
    """Put into the rows of `together`, the alone plans break none; so together can't be worse."""
    model = together.models[0]
    problem, pairs = model.problem, model.pairs
    low, high = problem.low.copy(), problem.high.copy()
    family = problem.column("deliver")
    size = np.array(
        [together.world.dataset.value(a, "series") or 1.0 for a in together.world.labels.areas]
    )
    taken = alone.final.deliveries[pairs.state, pairs.line, pairs.period] / size[pairs.area]
    assert abs((taken * size[pairs.area]).sum() - alone.final.deliveries.sum()) < 1e-3
    place = slice(family.start, family.start + family.size)
    low[place] = np.maximum(taken - 1e-6, 0.0)
    high[place] = taken + 1e-6
    found = Solver(replace(problem, low=low, high=high)).solve()
    assert found.objective == pytest.approx(alone.final.shortfall, rel=1e-3)
    assert found.objective >= together.shortfall - 1e-6


def test_state_needs_add_up_to_the_groups(world: World) -> None:
    for index, area in enumerate(world.labels.areas):
        cells = [i for i, cell in enumerate(world.labels.cells) if cell[1] == area]
        assert world.need[cells].sum(axis=0) == pytest.approx(world.group_need[index])


def test_worlds_with_and_without_the_us_differ_only_by_the_us_part(data: Dataset) -> None:
    stays = build_world(data, "us-stays", calendar="yearly")
    gone = build_world(data, "us-gone", calendar="yearly")
    for name in ("need", "american", "held", "arriving", "free", "budget", "committed"):
        assert np.array_equal(getattr(stays, name), getattr(gone, name)), name
    assert (stays.assured == 1).all() and (gone.assured == 0).all()
    assert (stays.open_need <= gone.open_need + 1e-9).all()


def test_only_signed_orders_arrive(data: Dataset) -> None:
    signed = build_world(data, calendar="yearly")
    both = build_world(data, calendar="yearly", statuses=frozenset({"signed", "approved"}))
    orders = {entry.order for entry in signed.entries}
    assert {data.text(order, "status") for order in orders} == {"signed"}
    assert sum(data.text(o.address, "status") == "approved" for o in data.kind("order")) == 32
    more = {entry.order for entry in both.entries} - orders
    assert more and {data.text(order, "status") for order in more} == {"approved"}
    assert score(both, both.open_need) < score(signed, signed.open_need)


def test_dependence_caps_order_the_plans(world: World, together: Plan) -> None:
    """At a tighter cap fewer new units are under US control, and no less stays open."""
    american = [i for i, line in enumerate(world.lines) if "state/USA" in line.controllers]

    def units(plan: Plan) -> float:
        """US-controlled new units by 2035, in percent of each area's need, added up."""
        total = 0.0
        for index in american:
            line = world.lines[index]
            need = world.group_need[world.labels.area_index[line.area]].max()
            total += 100 * plan.deliveries[:, index].sum() * line.weight / need
        return total

    free = units(together)
    plans = [plan_together(world, cap_on("state/USA", share)) for share in (0.3, 0.5, 0.7)]
    used = [units(plan) for plan in plans]
    short = [plan.shortfall for plan in plans]
    assert used[1] < free and short[1] >= together.shortfall - 1e-6
    assert used[0] <= used[1] + 1e-6 and used[1] <= used[2] + 1e-6
    assert short[0] >= short[1] - 1e-6 >= short[2] - 2e-6


def test_a_plan_made_before_an_event_is_known_equals_the_plan_without_it(
    data: Dataset, together: Plan
) -> None:
    surprised = plan_together(build_world(data, "us-deliveries-stop-2028", calendar="yearly"))
    assert np.array_equal(surprised.deliveries, together.deliveries)
    assert surprised.cost == together.cost
    foreseen = plan_together(
        build_world(data, "us-deliveries-stop-2028-foreseen", calendar="yearly")
    )
    assert np.abs(foreseen.deliveries - together.deliveries).max() > 0.5


def test_replanning_keeps_what_was_ordered(data: Dataset, together: Plan) -> None:
    found = replan(together, data, Setting("us-deliveries-stop-2028", calendar="yearly"))
    world = together.world
    lead = np.array([line.lead for line in world.lines])
    ordered_at = world.calendar.middles[None, :] - lead[:, None]
    earlier = together.deliveries * (ordered_at < found.decision - 1e-9)[None]
    kept = sum(entry.due.sum() for entry in found.plan.world.entries if entry.order == "plan")
    assert kept == pytest.approx(earlier.sum(), rel=1e-6)
    new = found.plan.deliveries * (ordered_at < found.decision - 1e-9)[None]
    assert new.max() == 0
    known = found.plan.world.earlier
    assert known is not None and known.cost > 0


def test_a_plan_is_worth_what_it_commits_to(together: Plan) -> None:
    whole = earlier_from(together, np.inf)
    assert whole.cost == pytest.approx(together.cost, rel=1e-6)
    assert whole.purchases == pytest.approx(together.purchases.sum(), rel=1e-6)


def _without(world: World, index: int) -> World:
    """The world built anew with nothing to be had from a line."""
    line = world.lines[index]
    dead = replace(line, output=line.output * 0.0, delivering=line.delivering * 0.0, growth=0.0)
    free = world.free.copy()
    free[index] = 0.0
    lines = tuple(dead if i == index else item for i, item in enumerate(world.lines))
    return replace(world, lines=lines, free=free)


def test_dear_lines_lose_orders_but_not_all(world: World, together: Plan) -> None:
    """Six lines with most spending, each at ten times its price: units never rise.

    Those that still have orders are needed: `why` names the need that keeps them and what they
    avoid, and the problem built anew without the line agrees.
    """
    spent = np.array(
        [together.deliveries[:, i].sum() * line.price for i, line in enumerate(world.lines)]
    )
    kept = 0
    for index in np.argsort(-spent)[:6]:
        line = world.lines[index]
        dear = replace(
            line,
            price=line.price * 10,
            upkeep=line.upkeep * 10,
            expansion_cost=line.expansion_cost * 10,
        )
        lines = tuple(dear if i == index else item for i, item in enumerate(world.lines))
        costly = replace(world, lines=lines)
        plan = plan_together(costly)
        units = plan.deliveries[:, index].sum()
        assert units <= together.deliveries[:, index].sum() * (1 + 1e-6) + 1e-6, line.address
        if units <= 0.5:
            continue
        kept += 1
        if kept <= 2:
            first, second = plan.stages[0]
            reason = why_orders(first.problem, first.solution, second.solution.column, line.address)
            assert reason.avoided > 0 and line.area in reason.rows[0][0]
            anew = plan_together(_without(costly, int(index))).shortfall - plan.shortfall
            assert anew == pytest.approx(reason.avoided, rel=0.01), line.address
    assert kept >= 3


def test_one_more_unit_held_never_raises_the_shortfall(
    data: Dataset, ordered: Plan, together: Plan, tmp_path
) -> None:
    """Five holdings that no order brings, one unit more each, by an overlay."""
    overlay = tmp_path / "more"
    overlay.mkdir()
    names = ("deu-pzh-2000", "fra-a400m", "pol-leopard-2a5", "ita-eurofighter", "tur-f-16")
    rows = [name for name in names if f"holding/{name}" in data.things]
    assert len(rows) >= 3
    text = "id,state,system,capability,quantity,status,source,as_of,basis,note\n"
    for name in rows:
        thing = data.things[f"holding/{name}"]
        value = data.value(thing.address, "quantity") + 1
        state = data.target(thing.address, "held by").split("/")[1]
        system = data.target(thing.address, "holding of").split("/")[1]
        area = data.target(thing.address, "fills").split("/")[1]
        text += f"{name},{state},{system},{area},{value},active,cp-rules,2026-11,derived,\n"
    (overlay / "holdings.csv").write_text(text, encoding="utf-8")
    more = build_world(load(overlays=(overlay,)), calendar="yearly")
    assert (more.arriving == ordered.world.arriving).all()
    assert more.held.sum() > ordered.world.held.sum()
    assert plan_ordered(more).shortfall <= ordered.shortfall + 1e-9
    assert plan_together(more).shortfall <= together.shortfall + 1e-6


RENAMED = ("system", "line", "order", "holding", "loan")


def _renamed(sheet: str, heading: list[str], row: list[str], schema: Schema) -> list[str]:
    """The row with every name of a renamed kind written anew, wherever it stands."""
    made = schema.sheets.get(sheet)
    result = []
    for column, cell in zip(heading, row, strict=True):
        known = made.columns.get(column) if made else None
        own = made and made.kind in RENAMED and column in made.keys
        linked = known and known.role == "link" and known.link_kind in RENAMED
        address = cell.split("/")[0] in RENAMED and column in (
            "subject", "object", "address",
        )  # fmt: skip
        if cell and (own or linked):
            cell = ";".join(f"x-{name.strip()}" for name in cell.split(";"))
        elif address:
            cell = cell.replace("/", "/x-", 1)
        result.append(cell)
    return result


def test_order_and_names_of_rows_dont_matter(tmp_path: Path, data: Dataset, together: Plan) -> None:
    """All sheets written back to front, types, lines, orders, holdings, loans renamed."""
    folder = tmp_path / "turned"
    folder.mkdir()
    for path in REFERENCE.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            heading, *rows = list(csv.reader(handle))
        turned = [_renamed(path.stem, heading, row, data.schema) for row in rows[::-1]]
        with (folder / path.name).open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([heading, *turned])
    again = load(folder)
    assert "system/x-patriot" in again.things and "system/patriot" not in again.things
    plan = plan_together(build_world(again, calendar="yearly"))
    assert plan.shortfall == pytest.approx(together.shortfall, rel=1e-6)
    assert plan.cost == pytest.approx(together.cost, rel=1e-4)


def test_why_agrees_with_a_dataset_without_the_line(world: World, together: Plan) -> None:
    """Closing a line's columns in the saved problem equals building the problem without it."""
    index = int(
        np.argmax([together.deliveries[:, i].sum() * x.price for i, x in enumerate(world.lines)])
    )
    line = world.lines[index]
    problem, first = read_stage(
        stage_arrays(together.stages[0][0].problem, together.stages[0][0].solution)
    )
    decided = together.stages[0][1].solution.column
    reason = why_orders(problem, first, decided, line.address)
    assert reason.avoided > 0
    assert reason.rows and reason.rows[0][0].startswith("need[")
    assert line.area in reason.rows[0][0]
    without = plan_together(_without(world, index))
    assert without.shortfall - together.shortfall == pytest.approx(reason.avoided, rel=0.01)
