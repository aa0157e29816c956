"""Which formats exist, what they cover, where holes are and what least fills them."""

from __future__ import annotations

from typing import Annotated

from counterpoise.cooperation.arguments import NOBODY, StatesArgument
from counterpoise.cooperation.beside import apart_rows
from counterpoise.cooperation.cells import Network, read_definitions
from counterpoise.cooperation.counts import counts
from counterpoise.cooperation.format_tables import cell_rows, definition_rows, fills_told
from counterpoise.cooperation.nested import nested, overlapping, signs
from counterpoise.cooperation.told import Told, tell
from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import thing
from counterpoise.measures.view import View
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import listed, reply, said

DefinitionArgument = Annotated[str, thing("format-definition")]


@computed(definition="main", without=NOBODY)
def small_formats(
    view: View, context: Context, definition: DefinitionArgument, without: StatesArgument
) -> Reply:
    """Seven functions by regional plan: formats there, holes, and the least that fills them."""
    dataset = view.dataset
    rule = read_definitions(dataset)[definition.split("/", 1)[1]]
    told = tell(dataset, rule, without)
    net, least = told.net, told.least
    definitions = {row["definition"]: row["holes"] for row in definition_rows(told)}
    others = ", ".join(f"{name} {count}" for name, count in definitions.items() if name != rule.id)
    lacking = [told.name(plan) for plan in net.plans if not net.working(plan)]
    steps = [f"{item.step.kind} {item.step.name}" for item in least.choices]
    sentence = (
        f"{len(net.counted)} regional formats fill {len(net.cells) - len(net.holes)} of "
        f"{len(net.cells)} cells of function and plan; {len(net.holes)} are holes "
        f"({_holes(net)}); {_filling(least.cost, steps)}."
        if net.holes
        else f"{len(net.counted)} formats fill all {len(net.cells)} cells of function and plan."
    )
    return reply(
        sentence,
        cell_rows(told),
        [view.read(rule.address, name) for name in ("least_states", "share")] + _points(view),
        chart=ChartSpec(
            "heat", "plan", "share_pct", "Largest share of a plan's states in one format",
            "percent of the plan's states", series="function",
        ),
        reasons=[
            rule.explanation,
            f"holes under the other definitions: {others}",
            *_apart(told),
            *(
                f"{item.step.kind} {item.step.name} ({said(item.step.cost)} points) fills "
                f"{fills_told(item.step)}; {len(item.instead)} others could stand in its place"
                for item in least.choices
            ),
            f"sets of steps at the same {said(least.cost)} points: "
            f"{'too many holes to count' if least.equal is None else least.equal}",
            *_side_by_side(told),
            f"no working format: {listed(lacking)}; who could lead one: question q31"
            if lacking
            else "every plan has a working format",
            *_documents(told),
        ],
        flips=_flips(net),
        not_included=[
            "a share counts states, not their forces; which states a plan covers is assumed",
            "what a format does beyond its domains in the data isn't known",
        ],
        cites=[key for cell in net.cells.values() for item in cell.fills for key in item.sources],
    )  # fmt: skip


def _holes(net: Network) -> str:
    parts = []
    for plan in net.plans:
        names = [function for where, function in net.holes if where == plan]
        if names:
            parts.append(f"{plan.split('/', 1)[1]}: {listed(names, 7)}")
    return "; ".join(parts)


def _filling(cost: float, steps: list[str]) -> str:
    return f"the least set that fills them takes {said(cost)} points: {listed(steps, 6)}"


def _points(view: View) -> list[Amount]:
    """The points of the kinds of step, on which the least set rests."""
    found = [
        view.known(item.address, name)
        for item in view.dataset.kind("format-step")
        for name in ("cost", "function_cost")
    ]
    return [item for item in found if item is not None and item.value]


def _apart(told: Told) -> list[str]:
    """What is shown apart, with the numbers of the facts and of the release."""
    parts = [
        f"{row['group'][:1].lower()}{row['group'][1:]} "
        f"{row['of_the_facts']} ({row['in_the_release']})"
        for row in apart_rows(told)
    ]
    return [f"arrangements of the facts (and in the release): {', '.join(parts)}"]


def _side_by_side(told: Told) -> list[str]:
    net = told.net
    inside, beside = nested(net), overlapping(net)
    known = signs(told.dataset, net.definition.silent_years).values()
    silent = [f"{item.format.split('/', 1)[1]} since {item.date}" for item in known if item.dormant]
    return [
        f"{len(inside)} pairs of formats lie one within the other, {len(beside)} overlap",
        f"dormant by a dated source: {listed(silent)}; of the others no last sign was looked for",
    ]


def _documents(told: Told) -> list[str]:
    parts = [
        f"{item.name} {said(item.theirs, 3)} against {len(item.ours)}"
        for item in counts(told.dataset, told.net.formats)
    ]
    return [f"the documents' counts against ours: {', '.join(parts)}; see `formats --part counts`"]


def _flips(net: Network) -> list[Flip]:
    """The hole that is nearest to being filled: at which share it would be none."""
    nearest = max(
        (cell for cell in net.cells.values() if cell.hole),
        key=lambda cell: cell.largest,
        default=None,
    )
    if nearest is None or not nearest.present:
        return []
    share = f"{net.definition.address}/share"
    name = nearest.plan.split("/", 1)[1]
    held = nearest.present[0][0].id
    return [
        Flip(
            share, 100 * net.definition.share, 100 * nearest.largest, "percent",
            f"{held} would fill {nearest.function} in {name}", False,
        )
    ]  # fmt: skip
