"""Command: who holds posts, what stops, who follows; assignment by brute force; distances."""

from __future__ import annotations

import csv
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise.cli import main
from counterpoise.cooperation import command as tables
from counterpoise.cooperation import command_years as years
from counterpoise.cooperation.assignment import Group, Slot, Task, best, worth
from counterpoise.cooperation.chains import (
    ACTING,
    NOT_KNOWN,
    REDUCED,
    UNCOVERED,
    chains,
    functions,
    status_of,
)
from counterpoise.cooperation.places import EARTH_KM, great_circle
from counterpoise.cooperation.posts import (
    HELD,
    SUPPOSED,
    UNDATED,
    VACANT,
    Appointment,
    Post,
    Tenure,
    standings,
)
from counterpoise.cooperation.reassignment import (
    HOLDS,
    OPEN,
    YEAR_ASSUMED,
    holders_in,
    reassignment,
)
from counterpoise.cooperation.seats import clock, distance
from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput, NoPlan
from counterpoise.measures.amount import Amount
from counterpoise.measures.standing import read_arguments
from counterpoise.measures.view import View
from counterpoise.publish.answer_charts import draw
from counterpoise.questions import catalogue
from counterpoise.questions.question import Context, Reply
from counterpoise.questions.registry import COMPUTED, PARAMETERS

assert catalogue  # registers the functions

USA = "state/USA"
DAY = "2026-09-01"


@pytest.fixture(scope="module")
def view() -> View:
    return View(load())


def sheet(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def answer(view: View, name: str, **given: str) -> Reply:
    values = read_arguments(name, PARAMETERS[name], given, view)
    return COMPUTED[name](view, Context(Path("runs")), **values)


def run(*words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["counterpoise", *words])
    return main()


# Who holds what.

ALLOCATED = Appointment("appointment-kind/allocated", True, True, True, "always", "unknown")


def post(tenures: tuple[Tenure, ...] = (), **given: object) -> Post:
    """A post in Poland, reported as held by Germany in February 2026."""
    told: dict[str, object] = {
        "address": "post/x", "name": "X", "appointment": ALLOCATED, "stars": 4.0,
        "superior": "", "theatre": "", "plans": (), "seat": "", "host": "state/POL",
        "tenures": tenures, "stated": ("state/DEU",), "as_of": "2026-02", "basis": "reported",
        "planned": (), "planned_year": "", "deputies": (), "only": (), "turns": False,
    }  # fmt: skip
    return Post(**{**told, **given})  # type: ignore[arg-type]


def test_a_tenure_holds_from_its_first_day_to_the_day_before_its_end() -> None:
    rows = (
        Tenure("tenure/a", ("state/ITA",), "2022-06-03", "2025-06"),
        Tenure("tenure/b", ("state/DEU",), "2025-06", ""),
    )
    held = post(rows)
    assert held.tenure("2022-06-02") is None
    for day, state in (("2022-06-03", "ITA"), ("2025-05-31", "ITA"), ("2025-06-01", "DEU")):
        found = held.tenure(day)
        assert found is not None
        assert found.states == (f"state/{state}",)


def test_without_tenures_the_stated_holder_counts_from_the_date_it_is_stated_for() -> None:
    assert post().tenure("2026-01-31") is None
    found = post().tenure("2026-02-01")
    assert found is not None
    assert (found.states, found.since) == (("state/DEU",), "")


def test_a_gap_between_tenures_has_no_holder_and_an_ended_one_outlives_an_older_statement() -> None:
    rows = (
        Tenure("tenure/a", ("state/USA",), "2022", "2025-05"),
        Tenure("tenure/b", ("state/USA",), "2025-10-31", ""),
    )
    assert post(rows).tenure("2025-08-01") is None
    ended = (Tenure("tenure/a", ("state/ITA",), "2024-07", "2027-07"),)
    old = post(ended, as_of="2024-07", stated=("state/ITA",))
    assert old.tenure("2027-06-30") is not None
    assert old.tenure("2027-07-01") is None


def test_a_decided_holder_without_a_date_is_said_to_have_none() -> None:
    assert post(planned=("state/POL",)).successor(DAY) == (("state/POL",), UNDATED)
    assert post(planned=("state/POL",), basis="assumed").successor(DAY)[1] == SUPPOSED
    assert post(planned=("state/POL",), planned_year="2028").successor(DAY)[1] == "2028"
    assert post(planned=("state/POL",)).successor("2026-01-01") == ((), "")
    assert post(planned=("state/DEU",)).successor(DAY) == ((), "")
    coming = (Tenure("tenure/p", ("state/POL",), "2027-03-01", ""),)
    assert post(coming).successor(DAY) == (("state/POL",), "2027-03-01")
    later = (Tenure("tenure/p", ("state/POL",), "2027-03-01", "", "2027-03"),)
    assert post(later).successor(DAY) == ((), "")
    assert post(later).successor("2027-03-01") == ((), "")
    told = (Tenure("tenure/p", ("state/POL",), "2027-03-01", "", "2026-10-05"),)
    assert post(told).successor("2026-10-04") == ((), "")
    assert post(told).successor("2026-10-05") == (("state/POL",), "2027-03-01")


def test_five_of_the_eight_posts_are_american_and_four_once_the_decided_handovers_are_done(
    view: View,
) -> None:
    for day in ("2026-02-15", DAY):
        rows = tables.count_rows(view, tables.standing_on(view, day), day)
        counted = {row["state"]: (row["held"], row["after_handovers"]) for row in rows}
        assert {row["posts"] for row in rows} == {8}
        assert counted["USA"] == (5, 4)
        assert sum(held for held, _ in counted.values()) == 8
        assert sum(later for _, later in counted.values()) == 8
    for name in ("jfc-naples", "jfc-norfolk", "marcom"):
        standing = tables.standing_on(view, DAY)[f"post/{name}"]
        assert standing.post.successor(DAY)[1] == UNDATED


@pytest.mark.parametrize(
    ("day", "unknown"),
    [("2010-06-01", 8), ("2025-01-01", 1), ("2025-08-01", 1), ("2026-01-31", 0), (DAY, 0)],
)
def test_counts_add_up_to_the_posts_on_any_day(view: View, day: str, unknown: int) -> None:
    """Posts without a known holder have a row; no handover shows before its decision."""
    rows = tables.count_rows(view, tables.standing_on(view, day), day)
    assert sum(row["held"] for row in rows) == 8
    assert sum(row["held"] for row in rows if row["state"] == "unknown") == unknown
    later = [row["after_handovers"] for row in rows]
    assert sum(later) == 8 if day == DAY else set(later) == {None}


def test_a_post_left_counts_as_vacant_not_unknown(view: View) -> None:
    rows = tables.count_rows(view, tables.standing_on(view, DAY, (USA,)), DAY)
    assert {row["state"]: row["held"] for row in rows if row["held"]} == {
        "GBR": 2, "DEU": 1, "vacant": 5,
    }  # fmt: skip
    assert sum(row["after_handovers"] for row in rows) == 8


def test_the_count_follows_the_sheets(tmp_path: Path) -> None:
    """A handover that somebody dates moves the count from that day on."""
    (tmp_path / "tenures.csv").write_text(
        "id,post,holder_state,since,until,rank_stars,source,as_of,basis,note\n"
        "jfc-naples-usa-2025-11-19,jfc-naples,USA,2025-11-19,2026-06-01,4,cp-rules,2026,assumed,\n"
        "jfc-naples-ita-2026,jfc-naples,ITA,2026-06-01,,4,cp-rules,2026,assumed,\n"
    )
    own = View(load(overlays=(tmp_path,)))

    def american(day: str) -> int:
        rows = tables.count_rows(own, tables.standing_on(own, day), day)
        return int(next(row["held"] for row in rows if row["state"] == "USA"))

    assert (american("2026-05-31"), american("2026-06-01")) == (5, 4)


def test_a_post_or_plan_of_ones_own_must_say_how_it_is_filled_and_run(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text(
        "id,post,organisation,source,as_of,basis\nnew,A new post,nato,cp-rules,2026,assumed\n"
    )
    with pytest.raises(BadInput, match="post/new"):
        tables.standing_on(View(load(overlays=(tmp_path,))), DAY)
    (tmp_path / "appointments.csv").write_text(
        "post,appointment,source,as_of,basis\nnew,allocated,cp-rules,2026,assumed\n"
    )
    (tmp_path / "regional-plans.csv").write_text(
        "id,name,source,as_of,basis\nrp-new,A new plan,cp-rules,2026,assumed\n"
    )
    own = View(load(overlays=(tmp_path,)))
    standing = tables.standing_on(own, DAY)
    assert standing["post/new"].status == "unknown"
    with pytest.raises(BadInput, match="rp-new"):
        chains(own.dataset, standing)


def test_america_leaves_the_eight_posts_that_the_sheet_gives_it(view: View) -> None:
    groups = {row["post"] for row in sheet("appointments") if row["appointment"] == "group"}
    given = {
        row["id"]
        for row in sheet("posts")
        if row["holder_state"] == "USA" and row["organisation"] == "nato"
    } - groups
    standing = tables.standing_on(view, DAY, (USA,))
    left = {item.post.id for item in tables.vacancies(standing)}
    assert left == given
    assert len(left) == 8
    national = [row["id"] for row in sheet("posts") if row["organisation"] == "national"]
    assert {standing[f"post/{name}"].status for name in national} == {HELD}


def test_the_nine_without_known_holder_are_unknown_or_proposed_and_not_vacant(view: View) -> None:
    standing = tables.standing_on(view, DAY, (USA,))
    found = {
        item.post.id: item.status
        for item in standing.values()
        if item.post.appointment.counted and item.status not in (HELD, VACANT)
    }
    assert found == {
        "mclcc-east": "proposed", "brunssum-euro": "proposed", "ger-nl-corps": "unknown",
        "mnc-ne": "unknown", "eurocorps": "unknown", "mnd-n": "unknown", "mnd-c": "unknown",
        "eu-opcdr-althea": "unknown", "eatc": "unknown",
    }  # fmt: skip


def test_who_steps_back_follows_nobody(view: View) -> None:
    """The sea command is decided to be American; without America nobody is decided for it."""
    assert tables.standing_on(view, DAY)["post/marcom"].coming == (USA,)
    gone = tables.standing_on(view, DAY, (USA,))["post/marcom"]
    assert (gone.holders, gone.coming, gone.when) == (("state/GBR",), (), "")


def test_nobody_stepping_back_leaves_nothing_vacant(view: View) -> None:
    standing = tables.standing_on(view, DAY)
    assert not tables.vacancies(standing)
    assert not tables.function_rows(view, standing)
    assert not any(item.broken_at for item in chains(view.dataset, standing))


@pytest.mark.parametrize("state", ["HUN", "TUR", "USA", "DEU", "FRA"])
def test_a_vacant_post_was_held_by_the_state_that_left_and_no_deputy_is_from_there(
    view: View, state: str
) -> None:
    before = tables.standing_on(view, DAY)
    after = tables.standing_on(view, DAY, (f"state/{state}",))
    for address, item in after.items():
        if item.status == VACANT:
            assert before[address].holders == (f"state/{state}",) == item.left_by
            assert f"state/{state}" not in item.acting
        else:
            assert item.holders == before[address].holders


# What stops.


def test_what_stops_without_america(view: View) -> None:
    standing = tables.standing_on(view, DAY, (USA,))
    told = {item.address.split("/")[1]: item.status for item in functions(view.dataset, standing)}
    assert told["command-south"] == UNCOVERED
    assert told["strategic-command"] == told["command-north"] == ACTING
    assert told["ukraine-support"] == REDUCED
    assert told["command-centre"] == told["maritime-command"] == ""
    broken = {
        item.standing.post.id: item.broken_at
        for item in chains(view.dataset, standing)
        if item.plan == "regional-plan/rp-south" and item.broken_at
    }
    assert broken["mnd-se"] == broken["jfc-naples"] == "post/jfc-naples"
    assert "nrdc-tur" not in broken


def test_without_america_and_britain_every_chain_breaks_at_the_top(view: View) -> None:
    standing = tables.standing_on(view, DAY, (USA, "state/GBR"))
    found = chains(view.dataset, standing)
    assert {item.plan for item in found} == {
        f"regional-plan/rp-{name}" for name in ("north", "centre", "south")
    }
    assert all(item.broken_at for item in found)
    centre = next(item for item in found if item.standing.post.id == "jfc-brunssum")
    assert centre.broken_at == "post/saceur"
    told = {item.address.split("/")[1]: item.status for item in functions(view.dataset, standing)}
    assert told["strategic-command"] == UNCOVERED


def test_a_post_stands_in_the_chain_of_the_command_that_it_reports_to(view: View) -> None:
    found = chains(view.dataset, tables.standing_on(view, DAY))
    plans: dict[str, set[str]] = {}
    for item in found:
        plans.setdefault(item.standing.post.id, set()).add(item.plan.removeprefix("regional-plan/"))
    assert plans["mnc-ne"] == plans["mnd-n"] == {"rp-centre"}
    assert plans["ctf-baltic"] == {"rp-north", "rp-centre"}
    assert plans["saceur"] == plans["landcom"] == {"rp-north", "rp-centre", "rp-south"}
    assert plans["jfc-norfolk"] == {"rp-north"}


def test_a_function_with_an_unknown_post_left_is_not_known() -> None:
    one, two = post(stated=(USA,)), post(address="post/y", stated=())
    found = standings([one, two], DAY, (USA,))
    assert status_of(tuple(found.values())) == NOT_KNOWN
    assert status_of((found["post/x"],)) == UNCOVERED
    assert status_of((found["post/y"],)) == ""


# Assignment.

TWO = (
    Slot("a", 2027, 2028, ("X", "Y")),
    Slot("a", 2029, 2030, ("X", "Y")),
    Slot("b", 2027, 2030, ("X", "Y")),
)


def test_worth_by_hand() -> None:
    """Fit 2 a year for X in a; 1 a year for staying; seats 9 and 3 for X, 6 and 2 for Y."""
    seats = {"X": (9.0, 3.0), "Y": (6.0, 2.0)}
    group = Group(frozenset({"a", "b"}), seats)
    task = Task(TWO, {("a", "X"): 2.0}, 1.0, frozenset(), {"a": "X", "b": ""}, (group,))
    # X twice in a: 4 years of fit, 4 of staying; Y in b; in each year a first seat for both.
    assert worth(task, ("X", "X", "Y")) == 4 * 2 + 4 * 1 + 4 * (9 + 6)
    # Two seats for X in each year.
    assert worth(task, ("X", "X", "X")) == 4 * 2 + 4 * 1 + 4 * (9 + 3)
    assert best(task).plans == (("X", "X", "Y"),)
    assert best(task).points == 72


def test_turns_limits_and_clashes() -> None:
    turn = Task(TWO, {("a", "X"): 5.0}, 1.0, frozenset({"a"}), {"a": "X"}, ())
    assert {plan[:2] for plan in best(turn).plans} == {("Y", "X")}
    group = Group(frozenset({"a", "b"}), {"X": (9.0, 9.0)}, most=1)
    capped = Task(TWO, {}, 0.0, frozenset(), {}, (group,))
    for plan in best(capped).plans:
        assert plan[0] != plan[2] or plan[0] == "Y"
    one = (Slot("a", 2027, 2027, ("X",)), Slot("a", 2028, 2028, ("X", "Y")))
    forced = Task((*one, Slot("b", 2027, 2028, ("X",))), {}, 0.0, frozenset(), {}, (group,))
    assert best(forced).plans == (("X", "Y", "X"),)
    none = Task((Slot("a", 2027, 2027, ()),), {}, 0.0, frozenset(), {}, ())
    with pytest.raises(NoPlan):
        best(none)


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Two or three posts of one to two terms, three states, two groups of small whole points."""
    states = ("X", "Y", "Z")
    points = st.integers(0, 4).map(float)
    slots = []
    posts = ("a", "b", "c")[: draw(st.integers(2, 3))]
    for name in posts:
        cut = draw(st.sampled_from([None, 2028, 2029]))
        spans = [(2027, 2029)] if cut is None else [(2027, cut - 1), (cut, 2029)]
        for first, last in spans:
            allowed = draw(st.sets(st.sampled_from(states), min_size=1, max_size=3))
            slots.append(Slot(name, first, last, tuple(sorted(allowed))))
    fit = {(name, state): draw(points) for name in posts for state in states}

    def group(members: frozenset[str], most: int | None) -> Group:
        seats = {
            state: tuple(sorted((draw(points) for _ in posts), reverse=True)) for state in states
        }
        return Group(members, seats, most)

    limit = draw(st.sampled_from([None, 1, 2]))
    groups = (group(frozenset(posts), None), group(frozenset(posts[:2]), limit))
    turns = draw(st.sets(st.sampled_from(posts), max_size=1))
    before = {name: draw(st.sampled_from(("", *states))) for name in posts}
    return Task(tuple(slots), fit, draw(points), frozenset(turns), before, groups)


@settings(max_examples=60)
@given(tasks())
def test_the_model_finds_all_best_assignments_that_brute_force_finds(task: Task) -> None:
    every = {
        plan: worth(task, plan) for plan in itertools.product(*(s.allowed for s in task.slots))
    }
    top = max(every.values())
    if top == -np.inf:
        with pytest.raises(NoPlan):
            best(task)
        return
    wanted = {plan for plan, points in every.items() if points > top - 1e-9}
    found = best(task, most=len(every))
    assert found.points == pytest.approx(top)
    assert set(found.plans) == wanted
    assert not found.more


def test_more_best_assignments_than_are_listed_are_told() -> None:
    task = Task(TWO, {}, 0.0, frozenset(), {}, ())
    assert (len(best(task, most=3).plans), best(task, most=3).more) == (3, True)
    assert (len(best(task, most=8).plans), best(task, most=8).more) == (8, False)


def test_assignments_of_a_year_differ_in_that_year() -> None:
    task = Task(TWO, {}, 0.0, frozenset(), {}, ())
    found = best(task, task.held(2027))
    assert len({(plan[0], plan[2]) for plan in found.plans}) == len(found.plans) == 4


@pytest.mark.parametrize("gone", [(), (USA,)])
def test_the_real_assignment_keeps_the_rules(view: View, gone: tuple[str, ...]) -> None:
    standing = tables.standing_on(view, DAY, gone)
    plan = reassignment(view, standing, DAY, view.place("NATO-EUR"), gone)
    task, found = plan.task, plan.best
    assert worth(task, found.plans[0]) == pytest.approx(found.points)
    assert list(task.years) == list(range(2027, 2036))
    for year in task.years:
        held = holders_in(task, found.plans[0], year)
        assert len(held) == 12
        assert not set(held.values()) & set(gone)
        assert held["post/dsaceur"] == "state/GBR"
    for at, slot in enumerate(task.slots):
        item = standing[slot.post]
        if plan.reasons[at] == HOLDS:
            assert slot.allowed == item.holders
        elif plan.reasons[at] == YEAR_ASSUMED:
            assert slot.allowed == item.post.planned
        else:
            assert plan.reasons[at] == OPEN
            four = (item.post.stars or 0) >= 4
            for state in set(slot.allowed) - set(item.holders):
                assert plan.contributions[state].soldiers.value >= (50 if four else 15)
    turns = [found.plans[0][at] for at, s in enumerate(task.slots) if s.post == "post/jfc-brunssum"]
    assert all(one != other for one, other in itertools.pairwise(turns))
    assert sum(item.share.value for item in plan.contributions.values()) == pytest.approx(100)
    assert plan.not_counted == ("state/ISL",)


def test_decided_handovers_come_with_the_end_of_a_term(view: View) -> None:
    """Naples began in November 2025: from mid 2029 the first full year of the successor."""
    standing = tables.standing_on(view, DAY)
    plan = reassignment(view, standing, DAY, view.place("NATO-EUR"))
    rows = {row["post"]: row for row in years.by_year_rows(plan)}
    naples = rows["jfc-naples"]
    assert [naples[str(year)] for year in (2027, 2028, 2029, 2035)] == ["USA", "USA", "ITA", "ITA"]
    without = tables.standing_on(view, DAY, (USA,))
    left = reassignment(view, without, DAY, view.place("NATO-EUR"), (USA,))
    assert {row["post"]: row for row in years.by_year_rows(left)}["jfc-naples"]["2027"] == "ITA"


def test_steadiness_counts_variants_with_every_plan_of_equal_worth(view: View) -> None:
    standing = tables.standing_on(view, DAY, (USA,))
    pool = view.place("NATO-EUR")
    steady = years.steadiness(view, standing, DAY, pool, (USA,), 2030)
    for name in {post for post, _ in steady}:
        parts = [part for (post, _), part in steady.items() if post == name]
        assert sum(parts) >= 100 - 1e-9
        assert max(parts) <= 100 + 1e-9
    plan = reassignment(view, standing, DAY, pool, (USA,))
    rows = years.year_rows(plan, 2030, steady)
    assert {row["post"] for row in rows} == {name.split("/")[1] for name, _ in steady}
    for row in rows:
        assert row["state"] not in row["equal"].split(", ")
        assert row["steady_pct"] >= 100 / 21
    strike = next(row for row in rows if row["post"] == "strikfornato")
    for state in strike["equal"].split(", "):
        assert steady["post/strikfornato", f"state/{state}"] > 0


def test_no_year_is_left_after_the_last(view: View) -> None:
    with pytest.raises(BadInput, match="2035"):
        reassignment(view, tables.standing_on(view, DAY), "2035-08-01", view.place("NATO-EUR"))


# Where commands sit.


def test_great_circles_by_hand() -> None:
    quarter = EARTH_KM * math.pi / 2
    assert great_circle((0, 0), (0, 90)) == pytest.approx(quarter)
    assert great_circle((90, 0), (0, 55)) == pytest.approx(quarter)
    assert great_circle((10, 20), (10, 20)) == 0
    assert great_circle((0, 0), (0, 180)) == pytest.approx(2 * quarter)


@given(
    st.tuples(st.floats(-89, 89), st.floats(-179, 179)),
    st.tuples(st.floats(-89, 89), st.floats(-179, 179)),
)
def test_distance_is_the_same_both_ways_and_within_half_the_globe(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    away = great_circle(one, other)
    assert away == pytest.approx(great_circle(other, one), abs=1e-6)
    assert 0 <= away <= EARTH_KM * math.pi + 1e-6


def test_a_distance_moves_with_its_coordinates() -> None:
    """Northwards by one degree from the equator: a degree of a meridian."""
    here = Amount(0.0, {"lat": 1.0}), Amount(0.0, {"lon": 1.0})
    found = distance(here, (Amount(10.0), Amount(0.0)))
    assert found.value == pytest.approx(EARTH_KM * math.radians(10))
    assert found.slopes["lat"] == pytest.approx(-EARTH_KM * math.radians(1), rel=1e-6)
    assert found.slopes["lon"] == pytest.approx(0, abs=1e-6)


def test_clocks_change_on_the_days_that_each_side_changes_them() -> None:
    """America changes on 8 March 2026, Europe on 29 March: between them the gap is five hours."""

    def gap(day: str) -> float:
        return clock("Europe/Brussels", day, "x") - clock("America/New_York", day, "x")

    assert [gap(day) for day in ("2026-03-01", "2026-03-15", "2026-04-01")] == [6, 5, 6]
    with pytest.raises(BadInput, match="Europe/Nowhere"):
        clock("Europe/Nowhere", DAY, "headquarters.csv")


def test_every_existing_post_with_a_single_seat_has_one_in_the_data(view: View) -> None:
    rows = tables.post_rows(view, tables.standing_on(view, DAY))
    assert {row["post"] for row in rows if not row["seat"]} == {
        "mclcc-east", "eu-rdc", "us-secdef", "us-secstate", "lrf-battalion", "kfor-commander"
    }  # fmt: skip


# Questions, drawings and the command line.


def test_vacant_posts_are_answered_with_sources_and_parameters(view: View) -> None:
    found = answer(view, "vacant_posts")
    assert len(found.table) == 8
    assert "8 command posts fall vacant" in found.sentence
    naples = next(row for row in found.table if row["post"] == "jfc-naples")
    assert (naples["next"], naples["from"], naples["deputy"]) == ("ITA", UNDATED, "not known")
    for row in found.table:
        assert "USA" not in row["candidates"]
    assert found.amounts
    assert {"cmd-nato-sofcom-2024-02", "coop-nato-ncs-2026-02"} <= set(found.cites)
    nobody = answer(view, "vacant_posts", without="none")
    assert "0 command posts" in nobody.sentence


def test_seats_are_compared_for_each_plan_and_drawn_on_the_map(view: View) -> None:
    found = answer(view, "command_seats")
    for plan in ("rp-north", "rp-centre", "rp-south"):
        rows = [row for row in found.table if row["plan"] == plan]
        assert sum(row["runs_it"] == "y" for row in rows) == 1
        assert [row["mean_km"] for row in rows] == sorted(row["mean_km"] for row in rows)
        for row in rows:
            assert row["low"] <= row["flight_hours"] <= row["high"]
            assert row["nearest_km"] <= row["mean_km"] <= row["farthest_km"]
    norfolk = next(row for row in found.table if row["seat"] == "Norfolk")
    assert norfolk["widest_clock"] == -7
    assert found.chart is not None
    svg = draw(found.chart, found.table).svg
    assert "Off the map: Norfolk (rp-north)" in svg
    assert ">Brunssum<" in svg
    one = answer(view, "command_seats", plan="south")
    assert {row["plan"] for row in one.table} == {"rp-south"}


def test_the_command_prints_and_writes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("command", "--on", DAY, "--without", "USA", monkeypatch=monkeypatch) == 0
    told = capsys.readouterr().out
    assert "what stops" in told
    assert "uncovered" in told
    words = ("command", "--on", DAY, "--part", "counts", "--format", "json")
    assert run(*words, monkeypatch=monkeypatch) == 0
    rows = json.loads(capsys.readouterr().out)
    assert next(row for row in rows if row["state"] == "USA")["held"] == 5
    words = ("command", "--on", DAY, "--region", "south", "--part", "chains", "--format", "csv")
    assert run(*words, monkeypatch=monkeypatch) == 0
    lines = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert {row["plan"] for row in lines} == {"rp-south"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--without", "USB"), "USA"),
        (("--on", "2026-13-01"), "2026-09-01"),
        (("--on", "2026"), "2026-09-01"),
        (("--region", "sout"), "south"),
        (("--part", "chain"), "chains"),
        (("--part", "year"), "--year 2030"),
        (("--year", "2040"), "2035"),
        (("--format", "csv"), "--part"),
        (("--within", "5"), "from 100"),
        (("--candidates", "NATO-EURO"), "NATO-EUR"),
    ],
)
def test_wrong_words_are_told_what_fits(
    words: tuple[str, ...],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("command", *words, monkeypatch=monkeypatch) == 2
    assert told in capsys.readouterr().err


def test_a_post_is_shown_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("show", "post/jfc-norfolk", monkeypatch=monkeypatch) == 0
    told = capsys.readouterr().out
    for part in ("held by", "to be held by", "deputised by", "tenure of", "seat of", "done by"):
        assert part in told
