"""What stands behind a decision: population, spending, holdings, posts and parliaments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from counterpoise.cooperation.passage import Outcome
from counterpoise.cooperation.posts import Standing, read_posts, standings
from counterpoise.cooperation.stages import PARLIAMENT, PARLIAMENTS
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import short
from counterpoise.measures.amount import Amount, total
from counterpoise.measures.spending import defence_spending, personnel, population
from counterpoise.measures.stated import NATO
from counterpoise.measures.view import NoAnswer, Place, View

BEFORE, PARTLY, NOT_NEEDED, UNKNOWN = "before", "partly", "not needed", "unknown"

ASSENT = {"y": BEFORE, "ex-post": PARTLY, "limited": PARTLY, "n": NOT_NEEDED}
"""How a body's row tells whether a parliament must agree to send forces; else unknown."""

GIVEN = ("yes", "no", "unknown")
"""What a parliament has said, where its assent is needed."""


@dataclass(frozen=True)
class Parliaments:
    """Parliaments of the states that are for, by whether they must agree to send forces.

    `needed` must agree before; `partly` afterwards or in some cases. Of those needed `given` have
    agreed, `refused` have not, and of the `open` ones it isn't known.
    """

    needed: tuple[str, ...]
    partly: tuple[str, ...]
    not_needed: tuple[str, ...]
    unknown: tuple[str, ...]
    given: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def open(self) -> tuple[str, ...]:
        """Those that must agree before and of which it isn't known what they say."""
        return tuple(set(self.needed) - set(self.given) - set(self.refused))


@dataclass(frozen=True)
class Posts:
    """Command posts of a body's arrangement: by those for, by others, with no known holder."""

    own: tuple[Standing, ...]
    others: tuple[Standing, ...]
    unknown: tuple[Standing, ...]


def assent_of(dataset: Dataset, state: str) -> str:
    """Whether a state's parliament must agree to send forces: one of the four words above."""
    for body in dataset.kind("body"):
        if body.texts.get("kind") == PARLIAMENT and body.texts.get("members_rule") == short(state):
            return ASSENT.get(body.texts.get("parliament_approval", ""), UNKNOWN)
    return UNKNOWN


def parliaments(
    dataset: Dataset, states: tuple[str, ...], said: Mapping[str, str] | None = None
) -> Parliaments:
    """Parliaments of states by whether they must agree, and what they `said` (yes or no)."""
    heard = said or {}
    kinds = {state: assent_of(dataset, state) for state in states if state.startswith("state/")}

    def of(kind: str) -> tuple[str, ...]:
        return tuple(state for state, found in kinds.items() if found == kind)

    needed = of(BEFORE)
    return Parliaments(
        needed,
        of(PARTLY),
        of(NOT_NEEDED),
        of(UNKNOWN),
        tuple(state for state in needed if heard.get(state) == "yes"),
        tuple(state for state in needed if heard.get(state) == "no"),
    )


def asks_parliaments(found: Outcome) -> bool:
    """Whether a stage says that those who take part may need their parliament."""
    return any(PARLIAMENTS in item.stage.assent for item in found.stages)


def taking_part(found: Outcome, behind: Parliaments) -> tuple[str, ...]:
    """The states that are for, less those whose parliament has refused to send forces."""
    gone = set(behind.refused) if asks_parliaments(found) else set()
    return tuple(state for state in found.remain if state not in gone)


def posts_behind(
    dataset: Dataset, found: Outcome, standing: Mapping[str, Standing] | None = None
) -> Posts:
    """Posts of the arrangement of a body on the day, by whether a state that is for holds them.

    Posts that don't count as one (a group, a part of a staff) are left out. A post that several
    states hold together counts for those who are for if one of them is. `standing` is how all
    posts stand on the day, where that is at hand.
    """
    if standing is None:
        standing = standings(read_posts(dataset).values(), found.on)
    arrangement = dataset.target(found.address, "organ of")
    remain = set(found.remain)
    own: list[Standing] = []
    others: list[Standing] = []
    unknown: list[Standing] = []
    for item in standing.values():
        post = item.post
        of_body = post.superior == found.address
        of_arrangement = arrangement and dataset.target(post.address, "post of") == arrangement
        if not post.appointment.counted or not (of_body or of_arrangement):
            continue
        place = unknown if not item.holders else own if remain & set(item.holders) else others
        place.append(item)
    return Posts(tuple(own), tuple(others), tuple(unknown))


def amount_behind(
    view: View, states: tuple[str, ...], read: Callable[[View, Place], Amount]
) -> Amount | None:
    """A measure over states; None where no state has a figure, or there is no state.

    The states without a figure, and voters that are no states, are named as missing.
    """
    place = Place("decision/states", tuple(item for item in states if item.startswith("state/")))
    try:
        found = read(view, place) if place.states else None
    except NoAnswer:
        return None
    return None if found is None else found.lacking(set(states) - set(place.states))


def people(view: View, place: Place) -> Amount:
    """Population in million."""
    return population(view, place)


def spending(year: int) -> Callable[[View, Place], Amount]:
    """Defence outlay of a year, EUR bn."""
    return lambda view, place: defence_spending(view, place, year, NATO)


def troops(year: int) -> Callable[[View, Place], Amount]:
    """Military personnel of a year, thousand."""
    return lambda view, place: personnel(view, place, year)


@dataclass(frozen=True)
class Holdings:
    """Active units of each area that states hold, and the states whose units aren't known.

    `listed` are the states with a row of equipment. A state without one is not known in an area,
    unless a row of that area alone (a stock by rule) is its own: `told` has these.
    """

    states: tuple[str, ...]
    units: Mapping[str, Amount]
    listed: frozenset[str]
    told: Mapping[str, frozenset[str]]

    def unknown(self, area: str) -> tuple[str, ...]:
        """The states of which nothing is known in an area: never counted as none."""
        return tuple(
            state
            for state in self.states
            if state not in self.listed and state not in self.told.get(area, ())
        )


def holdings_of(view: View, states: tuple[str, ...]) -> Holdings:
    """What states hold; what several hold together is shared evenly."""
    dataset, wanted = view.dataset, set(states)
    parts: defaultdict[str, list[Amount]] = defaultdict(list)
    told: defaultdict[str, set[str]] = defaultdict(set)
    listed: set[str] = set()
    for holding in dataset.kind("holding"):
        count = view.known(holding.address, "quantity")
        area = dataset.target(holding.address, "fills")
        holders = dataset.targets(holding.address, "held by")
        named = dataset.target(holding.address, "holding of") or holding.texts.get("named_system")
        if named:
            listed |= wanted.intersection(holders)
        inside = sum(holder in wanted for holder in holders)
        if inside and count is not None and area and holding.texts.get("status") == "active":
            each = dataset.value(holding.address, "units_per_item") or 1.0
            parts[area].append(count * (each * inside / len(holders)))
            told[area] |= wanted.intersection(holders)
    return Holdings(
        states,
        {area: total(found) for area, found in parts.items()},
        frozenset(listed),
        {area: frozenset(found) for area, found in told.items()},
    )


def without_figure(states: tuple[str, ...], found: Amount | None) -> tuple[str, ...]:
    """The states that a measure over them lacks; all of them where there is no measure."""
    return tuple(state for state in states if found is None or state in found.missing)
