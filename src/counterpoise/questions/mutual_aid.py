"""What aid a state may expect under a mutual-aid clause, and which steps it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, get_args

from counterpoise.cooperation.mutual_aid import (
    ASSENT,
    Giver,
    Step,
    givers,
    munitions_unknown,
    outside_areas,
    ready,
    steps,
)
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.parameters import (
    EVERY,
    Areas,
    AreasArgument,
    Kind,
    PlanYear,
    Refused,
    ScenarioArgument,
    StateArgument,
    near,
    thing,
)
from counterpoise.measures.view import View
from counterpoise.questions.mutual_aid_told import (
    NO_FORCES,
    NONE,
    UNKNOWN,
    Having,
    cases_told,
    limits_told,
    rules_told,
    sentence,
    span,
    sum_told,
)
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import ends, ranged, reply


def _read_areas(text: str, view: View) -> Areas:
    if text == EVERY:
        return _one_area(EVERY, view)
    parts = [_one_area(part, view).addresses for part in text.split("+")]
    return Areas(tuple(dict.fromkeys(address for part in parts for address in part)))


def _one_area(text: str, view: View) -> Areas:
    found: Areas = get_args(AreasArgument)[1].read(text, view)
    return found


def _read_clause(text: str, view: View) -> str:
    known = [item.address.split("/", 1)[1] for item in view.dataset.kind("aid-clause")]
    try:
        return str(thing("aid-clause").read(text, view))
    except Refused:
        raise Refused(" or ".join(known), near(text, known)) from None


SeveralAreas = Annotated[
    Areas, Kind("areas", "planned areas joined by +, or all", _read_areas, lambda value, view: [])
]
ClauseArgument = Annotated[
    str,
    Kind("clause", "a mutual-aid clause: see `list aid-clause`", _read_clause, lambda *_: []),
]


@computed(
    victim="EST",
    clause="42-7",
    areas="fighter+mbt+howitzer+sam-medium+frigate",
    year="2027",
    scenario="baseline",
)
def mutual_aid(
    view: View,
    context: Context,
    victim: StateArgument,
    clause: ClauseArgument,
    areas: SeveralAreas,
    year: PlanYear,
    scenario: ScenarioArgument,
) -> Reply:
    """What each state bound by a clause could give, what limits it, and who must act."""
    dataset = view.dataset
    found = givers(dataset, clause, victim)
    walk = steps(dataset, clause)
    names = {area: dataset.things[area].name for area in areas.addresses}
    have = {area: _having(view, found, area, year, scenario) for area in names}
    rows = [_step_row(item, names.values()) for item in walk]
    rows += [
        _state_row(view, item, {names[area]: _cell(view, have[area][item.state]) for area in names})
        for item in found
    ]
    whole = {area: _whole(have[area].values()) for area in names}
    first = [item for item in found if item.assent == "y"]
    later = [item for item in first if item.urgent == "y"]
    return reply(
        sentence(view, victim, clause, found, walk),
        rows,
        [item for item in whole.values() if item is not None],
        chart=_chart(view, names, have, year),
        reasons=[
            *(sum_told(view, names[area], have[area], whole[area], year) for area in names),
            *limits_told(view, found),
            *rules_told(view, found),
            *cases_told(view, clause),
            *(
                f"{item.state.split('/')[1]}, outside the areas: {told}"
                for item in found
                for told in outside_areas(dataset, item.state)
            ),
        ],
        flips=[
            Flip("parliaments that vote first", len(first), len(first) - len(later), "parliaments",
                 "the rest hold up aid even where governments act first in urgent cases", True),
        ],
        not_included=[
            "all that is ready, own defence not taken off: the most that could be given, not what "
            "would be",
            "of states that don't plan here only what they hold today is told, without orders; "
            "where it needs munitions it is an upper end, and left out of the sums",
            "road, rail and lift to the victim; stationed forces of others",
        ],
    )  # fmt: skip


def _step_row(item: Step, names: Iterable[str]) -> Row:
    low, middle, high = item.days
    return {
        **_blank(names),
        "part": "step",
        "who": item.who,
        "does": item.does,
        "needed": item.needed,
        "days": span([each for each in (low, middle, high) if each is not None]),
    }


def _state_row(view: View, item: Giver, have: dict[str, str]) -> Row:
    return {
        **_blank(have),
        "part": "state",
        "state": item.state.split("/")[1],
        "region": item.region,
        "km": round(item.distance_km, -1),
        "front": "yes" if item.border else "",
        "limit": "; ".join(view.dataset.text(limit, "limit") for limit in item.limits),
        "parliament": ASSENT[item.assent],
        "acts_first": {"y": "yes", "n": "no", "": UNKNOWN}[item.urgent],
        "days": span(item.days),
        **have,
    }


def _having(
    view: View, found: tuple[Giver, ...], area: str, year: int, scenario: str
) -> dict[str, Having]:
    return {
        item.state: Having(
            item,
            ready(view, item, area, year, scenario),
            munitions_unknown(view.dataset, item, area),
        )
        for item in found
    }


def _cell(view: View, item: Having) -> str:
    """Ready units with their range; without known munitions an upper end; or why there are none."""
    if item.units is not None:
        return f"{'up to ' * item.upper_end}{ranged(view, item.units)}"
    if not item.giver.has_forces:
        return NO_FORCES
    return NONE if item.giver.listed else UNKNOWN


def _blank(names: Iterable[str]) -> Row:
    """All columns, empty."""
    first = ("part", "who", "does", "needed", "state", "region", "km", "front", "limit")
    return dict.fromkeys((*first, "parliament", "acts_first", "days", *names))


def _whole(have: Iterable[Having]) -> Amount | None:
    """The sum over states, naming those of which it isn't known; None where none is known."""
    each = list(have)
    known = [item.units for item in each if item.units is not None and not item.upper_end]
    return total(known).lacking(item.giver.state for item in each if item.open) if known else None


def _chart(
    view: View, names: dict[str, str], have: dict[str, dict[str, Having]], year: int
) -> ChartSpec | None:
    """The first area's ready units by state; None where none is known."""
    area = next(iter(names))
    rows = []
    for state, item in have[area].items():
        if item.units is not None and not item.upper_end:
            low, high = ends(view, item.units)
            told = {"state": state.split("/")[1], "low": low, "high": high}
            rows.append({**told, "ready": item.units.value})
    if not rows:
        return None
    return ChartSpec(
        "ranges", "state", "ready", f"{names[area]} ready in {year}",
        view.dataset.text(area, "unit"), low="low", high="high", rows=tuple(rows),
    )  # fmt: skip
