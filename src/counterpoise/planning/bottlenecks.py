"""What one step of more would buy: candidates by the duals, ranked by solving again.

The first stage is convex in its bounds, so that dual × step bounds the gain of a step from
above; for steps that change the matrix the bound is that of the Lagrangian at the old duals.
Candidates are solved again in the order of that bound until none left can rank higher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context

import highspy
import numpy as np
import numpy.typing as npt

from counterpoise.errors import CounterpoiseError, NoPlan
from counterpoise.measures.shortfall import weights
from counterpoise.planning.model import DependenceCap, Model, build_model, series
from counterpoise.planning.offers import all_offers
from counterpoise.planning.plan import Plan
from counterpoise.planning.registry import Family, Ints, LinearProblem
from counterpoise.planning.solver import Solution, Solver
from counterpoise.world.calendar import Floats
from counterpoise.world.labels import GROUP
from counterpoise.world.lines import Line, diverted, open_output
from counterpoise.world.world import World

OUTPUT_STEP = 0.10
"""More output of a line, supply of an input, or money of all states together, as a share."""

LIMIT_STEP = 0.25
"""More of a rule's limit: absorption, ramp, share of a joint area."""

OPEN_STEP = 0.10
"""More of a line's output open to European buyers, as a part of the whole output."""

MONEY_STEP, MONEY_CAP, MONEY_YEARS = 1.0, 0.25, (2027, 2035)
"""EUR bn a year more for one state, at most this share of its mean budget, in these years."""

LEAD_STEP = 0.5
"""Years off a lead time. Where the calendar counts years, a whole year is taken off and the
gain scaled to half a year: half a year alone would move some lines by a year, others by none."""

SOLVES = 6
"""At most this many candidates are solved again for each bottleneck asked for."""

LEADS = 8
"""At most this many lead times are solved again: each needs a problem of its own."""

PATIENCE = 1500
"""Simplex steps after which a changed problem is solved anew by interior point instead."""

CHUNK = 4
"""Steps that one process solves on one kept solver."""

Progress = Callable[[str], None]
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Bottleneck:
    """A limit, the step by which it was moved, and what that removes.

    `removed` and `estimate` (a bound from the duals) are percent-years of shortfall, `share`
    is of the plan's total shortfall.
    """

    address: str
    kind: str
    step: str
    removed: float
    share: float
    estimate: float
    sentence: str


@dataclass(frozen=True)
class Basis:
    """A simplex basis: the status of each column and row, as HiGHS numbers them."""

    column: Codes
    row: Codes


@dataclass(frozen=True)
class Step:
    """A change of the first stage: upper bounds of rows and columns, or a changed world.

    `estimate` is percent-years; `scale` turns a measured gain into that of the step in words.
    """

    address: str
    kind: str
    words: str
    estimate: float
    rows: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    row_high: Floats = field(default_factory=lambda: np.zeros(0))
    columns: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    column_high: Floats = field(default_factory=lambda: np.zeros(0))
    scale: float = 1.0
    world: World | None = None


class WarmSolver(Solver):
    """A problem solved by simplex from a given basis, without presolve."""

    def __init__(self, problem: LinearProblem, basis: Basis):
        super().__init__(problem, "simplex", presolve="off")
        self.set_basis(basis)

    def set_basis(self, basis: Basis) -> None:
        """Start the next solve here; a basis of the wrong size is mended by HiGHS."""
        given = highspy.HighsBasis()
        given.col_status = [highspy.HighsBasisStatus(int(code)) for code in basis.column]
        given.row_status = [highspy.HighsBasisStatus(int(code)) for code in basis.row]
        given.valid = given.alien = True
        self._highs.setBasis(given)

    def solve_within(self, limit: int) -> Solution:
        """The optimum, if simplex finds it in so many steps; CounterpoiseError otherwise."""
        self._highs.setOptionValue("simplex_iteration_limit", limit)
        return self.solve()

    def basis(self) -> Basis:
        """The basis in which the last solve ended."""
        found = self._highs.getBasis()
        return Basis(
            np.array([int(status) for status in found.col_status], dtype=np.int8),
            np.array([int(status) for status in found.row_status], dtype=np.int8),
        )


def face_basis(solution: Solution) -> Basis:
    """Every column and row without a dual as basic: HiGHS picks a basis among them."""
    codes = (highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kUpper)
    low, high, basic = (int(code) for code in (*codes, highspy.HighsBasisStatus.kBasic))

    def status(dual: Floats) -> Codes:
        held = np.where(dual > 0, low, high)
        return np.where(np.abs(dual) > 1e-9, held, basic).astype(np.int8)

    return Basis(status(solution.column_dual), status(solution.row_dual))


def keys_of(families: Sequence[Family]) -> dict[str, npt.NDArray[np.int64]]:
    """One number for each member of each family, equal for equal labels on the same axes."""
    return {
        family.name: np.ravel_multi_index(
            family.keys, tuple(max(len(names), 1) for _, names in family.axes)
        )
        if family.size
        else np.zeros(0, dtype=np.int64)
        for family in families
    }


def positions(old: Sequence[Family], new: Sequence[Family]) -> Ints:
    """For each member of the new families its position in the old ones; -1 where it is new."""
    held, wanted = keys_of(old), keys_of(new)
    start = {family.name: family.start for family in old}
    found = []
    for family in new:
        keys = held.get(family.name, np.zeros(0, dtype=np.int64))
        order = np.argsort(keys)
        place = np.searchsorted(keys[order], wanted[family.name])
        inside = np.minimum(place, max(len(keys) - 1, 0))
        if not len(keys):
            found.append(np.full(family.size, -1, dtype=np.int64))
            continue
        hit = keys[order][inside] == wanted[family.name]
        found.append(np.where(hit, order[inside] + start.get(family.name, 0), -1))
    return np.concatenate(found).astype(np.int64)


def carried(basis: Basis, old: LinearProblem, new: LinearProblem) -> Basis:
    """A basis for a changed problem: members by label, new columns at zero, new rows free."""
    column, row = positions(old.columns, new.columns), positions(old.rows, new.rows)
    lower, basic = (
        int(highspy.HighsBasisStatus.kLower),
        int(highspy.HighsBasisStatus.kBasic),
    )
    return Basis(
        np.where(column >= 0, basis.column[column], lower).astype(np.int8),
        np.where(row >= 0, basis.row[row], basic).astype(np.int8),
    )


def outside(world: World, model: Model) -> float:
    """Percent-years short in cells that nothing in the model can meet."""
    open_cells = np.ones(world.open_need.shape, dtype=bool)
    need = model.problem.row("need")
    open_cells[need.keys[0], need.keys[1]] = False
    return float((weights(world) * world.open_need)[open_cells].sum())


def start_basis(plan: Plan) -> Basis:
    """A basis of the plan's first stage, from its stored optimum (about a second)."""
    stage = plan.stages[0][0]
    solver = WarmSolver(stage.problem, face_basis(stage.solution))
    solver.solve()
    return solver.basis()


def rebuilt(world: World, plan: Plan, cap: DependenceCap | None) -> Model:
    """The plan's problem in a changed world."""
    return build_model(world, plan.models[0].states, all_offers(world), cap)


def total_in(world: World, plan: Plan, basis: Basis, cap: DependenceCap | None = None) -> float:
    """Least total shortfall in a changed world, percent-years, from the plan's basis."""
    model = rebuilt(world, plan, cap)
    solver = WarmSolver(model.problem, carried(basis, plan.stages[0][0].problem, model.problem))
    try:
        found = solver.solve_within(PATIENCE)
    except NoPlan:
        raise
    except CounterpoiseError:
        found = Solver(model.problem).solve()
    return found.objective + outside(world, model)


def solve_steps(
    plan: Plan, basis: Basis, steps: Sequence[Step], cap: DependenceCap | None
) -> list[float]:
    """Percent-years that each step removes, each from the plan's own optimum."""
    problem = plan.stages[0][0].problem
    base = plan.stages[0][0].solution.objective
    rest = outside(plan.world, plan.models[0])
    solver = WarmSolver(problem, basis)
    gains = []
    for step in steps:
        if step.world is not None:
            gains.append((base + rest - total_in(step.world, plan, basis, cap)) * step.scale)
            continue
        rows, columns = step.rows, step.columns
        solver.set_basis(basis)
        solver.set_row_bounds(rows.astype(float), problem.row_low[rows], step.row_high)
        solver.set_column_bounds(columns.astype(float), problem.low[columns], step.column_high)
        gains.append((base - solver.solve().objective) * step.scale)
        solver.set_row_bounds(rows.astype(float), problem.row_low[rows], problem.row_high[rows])
        solver.set_column_bounds(columns.astype(float), problem.low[columns], problem.high[columns])
    return gains


def more_open(world: World, index: int, line: Line) -> Floats:
    """Open output of a changed line at a position, units by period; the order book as it is."""
    signed = len(world.entries) - len(world.earlier.entries if world.earlier else ())
    book = [
        units
        for entry, units in zip(world.entries[:signed], world.delivered[:signed], strict=True)
        if entry.line == line.address
    ]
    booked = np.sum([np.zeros(len(world.calendar)), *book], axis=0)
    left = diverted(line, world.calendar, world.scenario)
    old, new = (
        open_output(item, booked, bool(book), left, world.calendar, world.dataset)
        for item in (world.lines[index], line)
    )
    free: Floats = np.maximum(world.free[index] + new - old, 0.0)
    return free


class _Steps:
    """All candidate steps of a plan, each with its estimate."""

    def __init__(self, plan: Plan, cap: DependenceCap | None):
        self.plan, self.cap, self.world = plan, cap, plan.world
        stage = plan.stages[0][0]
        self.problem, self.solution = stage.problem, stage.solution
        labels = self.world.labels
        self.line_size = series(self.world)[
            [labels.area_index[line.area] for line in self.world.lines]
        ]

    def all(self) -> list[Step]:
        """Candidates of every kind that may remove something, most promising first."""
        found = [
            *self.lines(),
            *self.growth(),
            *self.money(),
            *self.limits("absorb"),
            *self.limits("share"),
            *self.inputs(),
            *self.leads(),
        ]
        wanted = [step for step in found if step.estimate > 1e-9]
        return sorted(wanted, key=lambda step: (-step.estimate, step.address, step.kind))

    def _row_step(self, address: str, kind: str, words: str, rows: Ints, high: Floats) -> Step:
        change = high - self.problem.row_high[rows]
        estimate = float(-self.solution.row_dual[rows] @ change)
        return Step(address, kind, words, estimate, rows=rows, row_high=high)

    def _column_step(self, address: str, kind: str, words: str, at: Ints, high: Floats) -> Step:
        worth = np.minimum(self.solution.column_dual[at], 0.0)
        estimate = float(-worth @ (high - self.problem.high[at]))
        return Step(address, kind, words, estimate, columns=at, column_high=high)

    def lines(self) -> list[Step]:
        """More output of a line, and more of its output open to European buyers."""
        world, rate, found = self.world, self.problem.row("rate"), []
        expand = self.problem.column("expand")
        matrix = self.problem.matrix.tocsr()
        for index in np.unique(rate.keys[0]):
            line, size = world.lines[index], self.line_size[index]
            rows = rate.start + np.flatnonzero(rate.keys[0] == index)
            periods = rate.keys[1][rows - rate.start]
            more = replace(line, output=line.output * (1 + OUTPUT_STEP))
            free = more_open(world, index, more)
            words = f"{OUTPUT_STEP:.0%} more output"
            found.append(self._row_step(line.address, "output", words, rows, free[periods] / size))
            share = min(OPEN_STEP, 1.0 - line.open_share)
            if share <= 0:
                continue
            opened = replace(line, open_share=line.open_share + share)
            free = more_open(world, index, opened)
            own = expand.start + np.flatnonzero(expand.keys[0] == index)
            grown = matrix[rows][:, own] @ self.solution.column[own] / line.open_share * -share
            change = (free - world.free[index])[periods] / size + grown
            found.append(
                Step(
                    line.address,
                    "open share",
                    f"{100 * share:.0f} percentage points more of its output open to Europe",
                    float(-self.solution.row_dual[rows] @ change),
                    world=self._with_line(index, opened, free),
                )
            )
        return found

    def _with_line(self, index: int, line: Line, free: Floats) -> World:
        lines = list(self.world.lines)
        lines[index] = line
        table = self.world.free.copy()
        table[index] = free
        return replace(self.world, lines=tuple(lines), free=table)

    def growth(self) -> list[Step]:
        """A higher limit on what may be added to a line's rate."""
        expand, found = self.problem.column("expand"), []
        for index in np.unique(expand.keys[0]):
            at = expand.start + np.flatnonzero(expand.keys[0] == index)
            words = f"{LIMIT_STEP:.0%} more growth of its rate a year"
            high = self.problem.high[at] * (1 + LIMIT_STEP)
            found.append(
                self._column_step(self.world.lines[index].address, "growth", words, at, high)
            )
        return found

    def money(self) -> list[Step]:
        """More equipment money of one state, and of all; commitments are paid from it first."""
        world, national = self.world, self.problem.column("national")
        state, year = national.keys
        budget, committed = world.budget[state, year], world.committed[state, year]
        years = np.array(world.calendar.budget_years)[year]
        inside = (years >= MONEY_YEARS[0]) & (years <= MONEY_YEARS[1])
        every = national.start + np.arange(national.size)
        high = np.maximum(budget * (1 + OUTPUT_STEP) - committed, self.problem.high[every])
        words = f"{OUTPUT_STEP:.0%} more equipment money of every state"
        found = [self._column_step(GROUP, "money", words, every, high)]
        for index in np.unique(state):
            mine = np.flatnonzero((state == index) & inside)
            most = MONEY_CAP * float(budget[mine].mean()) if len(mine) else 0.0
            if most <= 0:
                continue
            step = min(MONEY_STEP, most)
            words = f"EUR {step:.2g}bn a year more"
            if step < MONEY_STEP:
                words += f" ({MONEY_CAP:.0%} of its budget)"
            high = np.maximum(budget[mine] + step - committed[mine], self.problem.high[every[mine]])
            address = world.labels.states[index]
            found.append(self._column_step(address, "money", words, every[mine], high))
        return found

    def limits(self, name: str) -> list[Step]:
        """More absorption of an area beyond signed orders, or a higher share of a joint area."""
        family, labels = self.problem.row(name), self.world.labels
        if name == "absorb":
            area = np.array([labels.area_index[item] for _, item in labels.cells])[family.keys[0]]
            kind, words = "absorption", f"{LIMIT_STEP:.0%} more taken up a year in every state"
        else:
            area = family.keys[1]
            kind, words = "cost key", f"each state up to {LIMIT_STEP:.0%} beyond its share"
        found = []
        for index in np.unique(area):
            rows = family.start + np.flatnonzero(area == index)
            high = self.problem.row_high[rows] * (1 + LIMIT_STEP)
            found.append(self._row_step(labels.areas[index], kind, words, rows, high))
        return found

    def inputs(self) -> list[Step]:
        """More supply of an input that lines share."""
        found = []
        for family in self.problem.rows:
            if family.name.startswith("input-"):
                rows = family.start + np.arange(family.size)
                high = self.problem.row_high[rows] * (1 + OUTPUT_STEP)
                address = family.axes[0][1][family.keys[0][0]]
                words = f"{OUTPUT_STEP:.0%} more supply"
                found.append(self._row_step(address, "supply", words, rows, high))
        return found

    def leads(self) -> list[Step]:
        """Shorter lead times, with a bound from one problem in which all are shorter."""
        world = self.world
        whole = bool(world.calendar.lengths.max() > LEAD_STEP) and bool(
            world.calendar.lengths.min() > LEAD_STEP
        )
        off = np.array([min(1.0 if whole else LEAD_STEP, line.lead) for line in world.lines])
        lines = tuple(
            replace(line, lead=line.lead - step)
            for line, step in zip(world.lines, off, strict=True)
        )
        bound = self._bounds(replace(world, lines=lines))
        words = "six months shorter lead time"
        return [
            Step(
                line.address,
                "lead time",
                words,
                bound[index] * LEAD_STEP / max(step, LEAD_STEP),
                scale=LEAD_STEP / max(step, LEAD_STEP),
                world=self._with_line(index, lines[index], world.free[index]),
            )
            for index, (line, step) in enumerate(zip(world.lines, off, strict=True))
            if step > 0
        ]

    def _bounds(self, world: World) -> Floats:
        """Most that each line's own change can remove: the Lagrangian at the old row duals.

        Where a delivery would pay (reduced cost below zero), its line's row `rate` takes the
        difference as a dual, so that the bound is the open output times the best of them.
        """
        problem = rebuilt(world, self.plan, self.cap).problem
        place = positions(self.problem.rows, problem.rows)
        dual = np.where(place >= 0, self.solution.row_dual[place], 0.0)
        reduced = problem.cost - problem.matrix.T @ dual
        deliver, rate = problem.column("deliver"), problem.row("rate")
        expand = problem.column("expand")
        inside = slice(deliver.start, deliver.start + deliver.size)
        count = len(world.calendar)
        table = np.full(len(world.lines) * count, np.inf)
        np.minimum.at(table, deliver.keys[1] * count + deliver.keys[2], reduced[inside])
        raised = np.maximum(-table[rate.keys[0] * count + rate.keys[1]], 0.0)
        rows = slice(rate.start, rate.start + rate.size)
        gain = np.zeros(len(world.lines))
        np.add.at(gain, rate.keys[0], raised * problem.row_high[rows])
        grown = slice(expand.start, expand.start + expand.size)
        lower = problem.matrix.tocsr()[rows].T[grown] @ raised
        old = np.minimum(reduced[grown], 0.0)
        gain_by = (old - np.minimum(reduced[grown] + lower, 0.0)) * problem.high[grown]
        np.add.at(gain, expand.keys[0], gain_by)
        return gain


def bottlenecks(
    plan: Plan,
    count: int = 12,
    cap: DependenceCap | None = None,
    workers: int = 2,
    progress: Progress = lambda text: None,
) -> list[Bottleneck]:
    """The limits whose step removes most shortfall, best first, for a plan of all together.

    Each is solved again in the first stage from the plan's optimum, in the calendar of the
    plan's world (the yearly one is meant). `cap` must be the one the plan was made with.
    """
    if len(plan.models) != 1:
        raise CounterpoiseError("bottlenecks need one plan for all: the behaviour together")
    capped = any(family.name == "dependence" for family in plan.models[0].problem.rows)
    if capped and cap is None:
        raise CounterpoiseError("the plan was made with a dependence cap: give the same cap")
    waiting = _Steps(plan, cap).all()
    basis = start_basis(plan)
    leads = 0
    solved: list[tuple[float, Step]] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        while waiting and len(solved) < SOLVES * count:
            best = sorted((gain for gain, _ in solved), reverse=True)
            if len(best) >= count and waiting[0].estimate <= best[count - 1]:
                break
            batch: list[Step] = []
            while waiting and len(batch) < CHUNK * workers:
                step = waiting.pop(0)
                leads += step.kind == "lead time"
                if step.kind != "lead time" or leads <= LEADS:
                    batch.append(step)
            parts = [batch[start::workers] for start in range(workers)]
            jobs = [pool.submit(solve_steps, plan, basis, part, cap) for part in parts]
            for part, job in zip(parts, jobs, strict=True):
                solved += zip(job.result(), part, strict=True)
            progress(f"{len(solved)} steps solved again, {len(waiting)} candidates left")
    solved.sort(key=lambda item: (-item[0], item[1].address, item[1].kind))
    return [_told(plan, gain, step) for gain, step in solved[:count] if gain > 0]


def _told(plan: Plan, gain: float, step: Step) -> Bottleneck:
    data, share = plan.world.dataset, gain / plan.shortfall
    thing = data.things.get(step.address)
    name = thing.name if thing is not None else step.address
    who = name
    if step.address.startswith("line/"):
        line = plan.world.lines[plan.world.labels.line_index[step.address]]
        state = data.things[line.state].name
        who = f"{name} ({data.things[line.system].name}, {state})"
    sentence = (
        f"{who}: {step.words} would remove {gain:.3g} percent-years of shortfall, "
        f"{share:.2%} of the total."
    )
    return Bottleneck(step.address, step.kind, step.words, gain, share, step.estimate, sentence)
