"""Mutual aid: who is bound, who must act, what is known of the forces of each, worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterpoise.cooperation.mutual_aid import (
    ASSENT,
    bound_states,
    distance,
    givers,
    held_ready,
    outside_areas,
    parliament,
    ready,
    steps,
)
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.measures.standing import read_arguments
from counterpoise.measures.view import View
from counterpoise.questions import catalogue
from counterpoise.questions.question import Context, Reply, Row
from counterpoise.questions.registry import COMPUTED, PARAMETERS
from counterpoise.world.labels import label

assert catalogue  # registers the functions

OUTSIDE = ("AUT", "CYP", "IRL", "MLT")
"""Members of the EU outside NATO, of which no list of forces is whole."""

PLANNED = ("fighter", "mbt", "howitzer", "ifv", "apc", "sam-medium", "shorad", "frigate")


@pytest.fixture(scope="module")
def view() -> View:
    return View(load())


@pytest.fixture(scope="module")
def dataset(view: View) -> Dataset:
    return view.dataset


def ask(view: View, **given: str) -> Reply:
    arguments = read_arguments("mutual_aid", PARAMETERS["mutual_aid"], given, view)
    return COMPUTED["mutual_aid"](view, Context(Path("runs")), **arguments)


def states(answer: Reply) -> dict[str, Row]:
    return {row["state"]: row for row in answer.table if row["part"] == "state"}


def test_who_is_bound(dataset: Dataset) -> None:
    union, alliance = (
        bound_states(dataset, "aid-clause/42-7"),
        bound_states(dataset, "aid-clause/5"),
    )
    assert (len(union), len(alliance)) == (27, 32)
    assert {f"state/{name}" for name in OUTSIDE} <= set(union) - set(alliance)
    assert {"state/TUR", "state/GBR", "state/USA"} <= set(alliance) - set(union)
    assert bound_states(dataset, "aid-clause/222") == union


@pytest.mark.parametrize(
    ("clause", "must", "spared"),
    [
        ("42-7", {"", "body/art427-states"}, {"body/council-fac", "body/nac"}),
        ("5", {"", "body/nac"}, {"body/council-fac"}),
        ("222", {"", "body/council-eu", "body/commission"}, {"body/nac"}),
    ],
)
def test_which_bodies_act(dataset: Dataset, clause: str, must: set[str], spared: set[str]) -> None:
    """A state's own act has no body; Article 42(7) needs neither Council nor Alliance."""
    walk = steps(dataset, f"aid-clause/{clause}")
    assert [item.number for item in walk] == list(range(1, len(walk) + 1))
    assert {item.body for item in walk if item.needed == "must"} == must
    assert {item.body for item in walk if item.needed == "need not"} == spared
    assert {item.needed for item in walk} <= {"must", "may", "need not"}


def test_the_victim_must_be_covered(dataset: Dataset) -> None:
    with pytest.raises(BadInput, match="EST"):
        givers(dataset, "aid-clause/42-7", "state/GBR")
    found = givers(dataset, "aid-clause/42-7", "state/EST")
    assert len(found) == 26 and "state/EST" not in [item.state for item in found]


def test_distance_by_hand(dataset: Dataset) -> None:
    """A degree of latitude is 111.2 km: Tallinn at 59.44 and Helsinki at 60.17 north, near 25."""
    assert distance(dataset, "state/EST", "state/FIN") == pytest.approx(0.73 * 111.2, rel=0.03)
    assert distance(dataset, "state/EST", "state/EST") == 0
    there, back = (("state/MLT", "state/IRL"), ("state/IRL", "state/MLT"))
    assert distance(dataset, *there) == pytest.approx(distance(dataset, *back))


def test_days_come_from_cases_alone(dataset: Dataset) -> None:
    found = {item.state: item for item in givers(dataset, "aid-clause/42-7", "state/EST")}
    assert found["state/DEU"].days == (1, 17)
    assert found["state/GRC"].days == (0,)
    assert found["state/POL"].days == ()
    assert all(not item.days for item in givers(dataset, "aid-clause/222", "state/EST"))


def test_days_of_the_cases_are_their_dates(dataset: Dataset) -> None:
    for case in dataset.kind("aid-case"):
        asked, decided = (date.fromisoformat(case.texts[name]) for name in ("asked", "decided"))
        assert dataset.value(case.address, "days") == (decided - asked).days


def test_assent_is_that_of_the_parliaments(dataset: Dataset) -> None:
    """Words of the sheet bodies; of whose parliament nothing is known, that is said."""
    found = {item.state: item for item in givers(dataset, "aid-clause/5", "state/EST")}
    assert ASSENT[found["state/DEU"].assent] == "votes first"
    assert ASSENT[found["state/ALB"].assent] == "not known"
    for item in found.values():
        assert item.assent in ASSENT
        assert parliament(dataset, item.state)
    for rule in dataset.kind("assent-rule"):
        state = dataset.target(rule.address, "assent rule of")
        assert dataset.target(rule.address, "assent given by") == parliament(dataset, state)


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("area", PLANNED)
def test_never_nothing_for_want_of_a_list(view: View, name: str, area: str) -> None:
    """Outside the plan no row means not known: neither zero units nor the words for none."""
    found = next(
        item
        for item in givers(view.dataset, "aid-clause/42-7", "state/EST")
        if item.state == f"state/{name}"
    )
    assert not found.planned
    units = ready(view, found, f"area/{area}", 2027, "baseline")
    assert units is None or units.value > 0


def test_held_ready_by_hand(view: View) -> None:
    """Units held times weight of type times readiness: Austria's tanks and its aircraft."""
    dataset = view.dataset
    readiness = dataset.value("rule/readiness", "value") or 0.0
    tanks = held_ready(view, "state/AUT", "area/mbt")
    weight = dataset.value("system/leopard-2a4", "weight") or 0.0
    assert tanks is not None and tanks.value == pytest.approx(58 * weight * readiness)
    carriers = held_ready(view, "state/CYP", "area/ifv")
    assert carriers is not None and carriers.value == pytest.approx(43 * 0.25 * readiness)
    assert held_ready(view, "state/MLT", "area/frigate") is None


def test_ships_that_fit_no_area_are_told(dataset: Dataset) -> None:
    assert outside_areas(dataset, "state/IRL")[0].startswith("8 × patrol-ship")
    assert len(outside_areas(dataset, "state/MLT")) == 3
    assert outside_areas(dataset, "state/DEU") == ()


def test_the_new_holdings_leave_the_plan_alone(dataset: Dataset) -> None:
    """None of the four plans: their holdings count in no cell of a world."""
    planning = set(label(dataset).states)
    assert not planning & {f"state/{name}" for name in OUTSIDE}


def test_answer_for_estonia(view: View) -> None:
    answer = ask(view, victim="EST", clause="42-7")
    rows = states(answer)
    assert len(rows) == 26
    assert "the Council and the North Atlantic Council need not" in answer.sentence
    assert {name for name in rows if rows[name]["limit"] == "neutral"} == {"AUT", "IRL", "MLT"}
    assert rows["IRL"]["Combat aircraft"] == rows["MLT"]["Main battle tanks"] == "not known"
    assert rows["LUX"]["Combat aircraft"] == "none listed"
    assert rows["CYP"]["Self-propelled howitzers"].startswith("up to ")
    for name in OUTSIDE:
        cells = [rows[name][key] for key in rows[name] if key[0].isupper()]
        assert len(cells) == 5 and not {"0", "none listed", None} & set(cells)
    distances = [row["km"] for row in rows.values()]
    assert distances == sorted(distances)


def test_sums_leave_out_what_is_not_known(view: View) -> None:
    """A sum is that of the states shown with a number; the open ones are named as missing."""
    answer = ask(view, victim="EST", clause="42-7", areas="howitzer")
    (whole,) = answer.amounts
    assert {f"state/{name}" for name in OUTSIDE} == whole.missing
    shown = sum(row["ready"] for row in answer.chart.rows) if answer.chart else 0.0
    assert whole.value == pytest.approx(shown)
    assert "left out, not known: AUT, IRL, MLT and CYP" in " ".join(answer.reasons)


def test_the_alliance_without_lists_and_without_forces(view: View) -> None:
    rows = states(ask(view, victim="TUR", clause="5", areas="fighter"))
    assert rows["USA"]["Combat aircraft"] == rows["CAN"]["Combat aircraft"] == "not known"
    assert rows["ISL"]["Combat aircraft"] == "no forces"


def test_faults_are_told_at_once(view: View) -> None:
    with pytest.raises(BadInput) as error:
        ask(view, clause="42", areas="fighter+figter")
    assert len(error.value.problems) == 2


def test_a_planning_state_without_any_row_is_not_known(view: View) -> None:
    """Montenegro has stocks by a rule alone and no row in the sheet of holdings."""
    answer = ask(view, victim="EST", clause="5", areas="mbt+fighter")
    assert states(answer)["MNE"]["Main battle tanks"] == "not known"
    assert all("state/MNE" in amount.missing for amount in answer.amounts)


def test_a_state_without_forces_is_not_among_those_not_known(view: View) -> None:
    answer = ask(view, victim="EST", clause="5")
    left = [
        text.split("not known: ")[1] for text in answer.reasons if "left out, not known" in text
    ]
    assert len(left) == 5
    assert all("ISL" not in text and "USA" in text for text in left)
    assert all("state/ISL" not in amount.missing for amount in answer.amounts)
