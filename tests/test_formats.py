"""Formats: cells and holes, steps that fill them, pairs, counts, candidates, programmes."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.cli import main
from counterpoise.cooperation.cells import Definition, Network, build, network, read_definitions
from counterpoise.cooperation.counts import counts, filters
from counterpoise.cooperation.format_tables import TABLES, list_rows
from counterpoise.cooperation.formats import Format, functions, read_formats
from counterpoise.cooperation.joining import (
    LINK,
    MERGER,
    NEW,
    Step,
    StepKind,
    hang_together,
    members,
    read_kinds,
    steps,
)
from counterpoise.cooperation.lead import (
    Candidate,
    candidates,
    firsts,
    strongest,
    weaknesses,
)
from counterpoise.cooperation.least import Least, least
from counterpoise.cooperation.nested import nested, overlapping, signs
from counterpoise.cooperation.places import great_circle
from counterpoise.cooperation.survival import ELEMENTS, Case, cases, interval, survival
from counterpoise.cooperation.told import tell
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput
from counterpoise.measures.amount import Amount
from counterpoise.measures.standing import read_arguments
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions import catalogue
from counterpoise.questions.question import Context, Reply
from counterpoise.questions.registry import COMPUTED, PARAMETERS

assert catalogue  # registers the functions

SEVEN = ("intelligence", "planning", "command", "operations", "procurement", "training", "industry")
ADDED = "format-mark/added"


@cache
def release() -> Dataset:
    return load()


@cache
def real(name: str = "main") -> Network:
    return network(release(), read_definitions(release())[name])


def definition(share: float = 0.5, least_states: int = 3, **given: Any) -> Definition:
    standard: dict[str, Any] = {
        "least_functions": 2, "wide": False, "groups": frozenset({"g"}),
        "leaves_out": frozenset(), "silent_years": 2.0, "explanation": "",
    }  # fmt: skip
    return Definition("d/x", "x", least_states, share, **{**standard, **given})


def made(
    name: str, states: str, does: str, plans: str = "p", group: str = "g", **given: Any
) -> Format:
    standard: dict[str, Any] = {
        "name": name, "kind": "minilateral", "layer": "regional", "founded": 2020,
        "domains": tuple(does), "region": "", "status": "active", "rule": "", "states": frozenset(),
        "framework": frozenset(), "wide_functions": frozenset(does), "marks": frozenset(),
        "sources": (),
    }  # fmt: skip
    return Format(
        f"arrangement/{name}", members=frozenset(states), functions=frozenset(does),
        plans=frozenset(plans), everywhere=not plans, group=group, **{**standard, **given},
    )  # fmt: skip


def made_network(*formats: Format, rule: Definition | None = None, **plans: str) -> Network:
    """Plans by letter with their states as letters; functions f and g."""
    covered = {name: frozenset(states) for name, states in (plans or {"p": "ABCDEF"}).items()}
    return build(rule or definition(), formats, ("f", "g"), covered)


KINDS = {
    LINK: StepKind(LINK, "", 1.0, 0.0, 3, 2, frozenset({"minilateral"}), frozenset()),
    MERGER: StepKind(MERGER, "", 3.0, 0.0, 3, 2, frozenset({"minilateral"}), frozenset()),
    NEW: StepKind(NEW, "", 5.0, 1.0, 0, 0, frozenset(), frozenset()),
}


# Cells by hand


def test_exactly_half_fills_a_cell_and_less_does_not() -> None:
    net = made_network(made("a", "ABC", "f"), made("b", "ABXY", "g"))
    assert not net.cells[("p", "f")].hole
    assert net.cells[("p", "g")].hole
    assert net.cells[("p", "g")].largest == pytest.approx(2 / 6)
    assert net.holes == (("p", "g"),)


def test_half_of_an_odd_number_of_states_is_rounded_up() -> None:
    net = made_network(made("a", "ABC", "f"), made("b", "ABCD", "g"), p="ABCDEFG")
    assert net.holes == (("p", "f"),)


@pytest.mark.parametrize(
    "given",
    [
        {"states": "AB"},
        {"group": "apart"},
        {"status": "proposed"},
        {"plans": "q"},
        {"does": "g"},
        {"marks": frozenset({"m"})},
    ],
)
def test_what_does_not_count_fills_nothing(given: dict[str, Any]) -> None:
    """A pair, a format shown apart, one not active, of another plan, function, or left out."""
    rule = definition(leaves_out=frozenset({"m"}), share=1 / 3)
    item = made(**{"name": "a", "states": "ABC", "does": "f", **given})
    net = made_network(item, rule=rule, p="ABCDEF", q="UVW")
    assert ("p", "f") in net.holes


def test_a_format_for_no_region_counts_in_every_plan_where_its_group_does() -> None:
    net = made_network(made("all", "ABUV", "f", plans=""), p="AB", q="UV")
    assert {place for place, cell in net.cells.items() if not cell.hole} == {("p", "f"), ("q", "f")}


def test_a_working_format_fills_enough_functions_itself() -> None:
    net = made_network(made("a", "ABC", "f"), made("b", "ABC", "g"))
    assert net.working("p") == {}
    both = made("c", "ABC", "fg")
    assert made_network(both).working("p") == {both: ("f", "g")}


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from("ABCDEF"), min_size=1),
            st.sets(st.sampled_from("fg"), min_size=1),
        ),
        max_size=5,
    ),
    st.floats(0.05, 1.0),
    st.floats(0.05, 1.0),
)
def test_a_looser_share_never_adds_a_hole(
    given: list[tuple[set[str], set[str]]], one: float, other: float
) -> None:
    formats = [made(f"x{n}", "".join(s), "".join(f)) for n, (s, f) in enumerate(given)]
    loose, strict = sorted((one, other))
    fewer = made_network(*formats, rule=definition(loose, 1)).holes
    more = made_network(*formats, rule=definition(strict, 1)).holes
    assert set(fewer) <= set(more)


# Steps


def by_kind(found: Iterable[Step], kind: str) -> list[tuple[str, ...]]:
    return [tuple(item.id for item in step.formats) for step in found if step.kind == kind]


def test_a_link_joins_formats_of_one_function_that_share_members() -> None:
    """Two of six states each: together with c half of them; d shares no member; e does g."""
    rule = definition(0.5, 2)
    formats = [
        made("a", "AB", "f"), made("c", "BC", "f"), made("d", "DE", "f"), made("e", "ABD", "g"),
    ]  # fmt: skip
    net = made_network(*formats, rule=rule)
    assert net.holes == (("p", "f"),)
    found = steps(net, {LINK: KINDS[LINK]})
    assert by_kind(found, LINK) == [("a", "c")]
    assert found[0].cost == 1.0


def test_a_merger_brings_functions_together_only_where_each_counts() -> None:
    """b does g in both plans, a does f in p alone: one in their place does f and g in p alone."""
    rule = definition(0.5, 2)
    net = made_network(
        made("a", "AB", "f", plans="p"), made("b", "BCUV", "g", plans="pq"), rule=rule,
        p="ABCDEF", q="UVWX",
    )  # fmt: skip
    assert set(net.holes) == {("p", "f"), ("p", "g"), ("q", "f")}
    found = steps(net, {MERGER: KINDS[MERGER]})
    assert by_kind(found, MERGER) == [("a", "b")]
    assert found[0].fills == {("p", "f"), ("p", "g")}
    assert members(net, found[0]) == frozenset("ABCUV")


def test_no_joined_format_can_be_left_out() -> None:
    rule = definition(0.5, 2)
    net = made_network(made("a", "AB", "f"), made("b", "BC", "f"), made("c", "CA", "f"), rule=rule)
    assert all(len(names) == 2 for names in by_kind(steps(net, KINDS), MERGER))
    assert all(len(names) == 2 for names in by_kind(steps(net, KINDS), LINK))


def test_a_new_format_pays_for_itself_and_for_each_function() -> None:
    net = made_network(made("a", "A", "f"))
    found = [step for step in steps(net, KINDS) if step.kind == NEW]
    assert {(len(step.fills), step.cost) for step in found} == {(1, 6.0), (2, 7.0)}
    assert members(net, found[0]) == frozenset("ABCDEF")


def test_formats_hang_together_through_one_another() -> None:
    chain = [made("a", "AB", "f"), made("c", "CD", "f"), made("b", "BC", "f")]
    assert hang_together(chain)
    assert not hang_together(chain[:2])


# The least set


def brute(holes: list[tuple[str, str]], found: list[Step]) -> tuple[float, int]:
    """The fewest points of any set of steps that fills all holes, and the number of such sets."""
    costs = [
        sum(step.cost for step in chosen)
        for size in range(len(found) + 1)
        for chosen in combinations(found, size)
        if set(holes) <= set().union(*(step.fills for step in chosen))
    ]
    best = min(costs)
    return best, sum(abs(cost - best) < 1e-9 for cost in costs)


HOLES = [("p", name) for name in "abcd"]


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(HOLES), min_size=1), st.sampled_from([1.0, 2.0, 2.5, 3.0, 4.0])
        ),
        min_size=1,
        max_size=9,
    )
)
def test_the_least_set_is_that_of_brute_force(
    given: list[tuple[set[tuple[str, str]], float]],
) -> None:
    found = [
        Step(NEW, (made(f"s{n}", "A", "f"),), frozenset(fills), cost)
        for n, (fills, cost) in enumerate(given)
    ]
    holes = sorted(set().union(*(step.fills for step in found)))
    answer = least(holes, found)
    cost, equal = brute(holes, found)
    chosen = [choice.step for choice in answer.choices]
    assert answer.cost == pytest.approx(cost)
    assert sum(step.cost for step in chosen) == pytest.approx(cost)
    assert set(holes) <= set().union(*(step.fills for step in chosen))
    assert answer.equal == equal
    assert all(
        (other.cost, other.fills) == (choice.step.cost, choice.step.fills)
        for choice in answer.choices
        for other in choice.instead
    )


def test_a_step_that_fills_more_for_as_much_leaves_the_lesser_one_its_place() -> None:
    """a, or a and b, for 3, beside b and c for 1: both sets have 4 points."""
    a, b, c, _ = HOLES
    found = [
        Step(NEW, (), frozenset({a}), 3.0), Step(NEW, (), frozenset({a, b}), 3.0),
        Step(NEW, (), frozenset({b, c}), 1.0),
    ]  # fmt: skip
    answer = least([a, b, c], found)
    assert (answer.cost, answer.equal) == (4.0, 2) == brute([a, b, c], found)


def test_the_whole_chain_is_that_of_brute_force_on_a_small_network() -> None:
    """Links, mergers and new formats of a network small enough to try every set of steps."""
    rule = definition(0.5, 2)
    net = made_network(
        made("a", "AB", "f"), made("b", "BC", "f"), made("c", "CD", "g"), rule=rule,
        p="ABCDEF", q="UV",
    )  # fmt: skip
    found = steps(net, KINDS)
    answer = least(net.holes, found)
    assert (answer.cost, answer.equal) == brute(list(net.holes), found)
    # The merger of b and c fills both functions of p (3), a new format those of q (7).
    assert answer.cost == 10.0


def test_without_holes_nothing_is_needed_and_without_steps_nothing_helps() -> None:
    assert least([], []) == Least(0.0, (), 1)
    with pytest.raises(NoAnswer, match="p/a"):
        least([("p", "a")], [])


# Real data


def rows_of(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_arrangements_of_the_facts_and_those_added(shared: Path) -> None:
    with (shared / "facts/cooperation/arrangements.csv").open(encoding="utf-8") as handle:
        facts = {row["id"] for row in csv.DictReader(handle)}
    ours = {item.id for item in real().formats if ADDED not in item.marks}
    assert ours == facts
    assert len(ours) == 288


def test_groups_show_each_arrangement_once() -> None:
    told = tell(release(), read_definitions(release())["main"])
    *groups, whole = TABLES["apart"][1](told)
    assert sum(row["of_the_facts"] for row in groups) == whole["of_the_facts"] == 288
    assert sum(row["in_the_release"] for row in groups) == whole["in_the_release"]
    shown = {row["group"]: row["of_the_facts"] for row in groups}
    assert shown["Not active"] == 22
    without = [item for item in real().formats if ADDED not in item.marks and not item.functions]
    assert whole["without_function"] == len(without) == 62
    assert len(list_rows(told)) == whole["in_the_release"]


def test_the_seven_functions_and_every_domain_and_region_are_mapped() -> None:
    assert functions(release()) == SEVEN
    domains = {part for row in rows_of("arrangements") for part in row["domains"].split(";")}
    assert domains == {row["id"] for row in rows_of("format-domains")}
    regions = {row["region"] for row in rows_of("arrangements")}
    assert regions == {row["id"] for row in rows_of("format-regions")}


def test_holes_are_those_counted_from_the_sheets_alone() -> None:
    """The main definition again, from the sheets and by other code."""
    plans = {row["id"]: set(row["states_covered"].split(";")) for row in rows_of("regional-plans")}
    lies = {
        row["id"]: set(filter(None, row["plans"].split(";"))) for row in rows_of("format-regions")
    }
    inside: dict[str, set[str]] = {}
    for row in rows_of("memberships"):
        if row["role"] in ("member", "framework-nation"):
            inside.setdefault(row["arrangement"], set()).add(row["state"])
    agreed = {row["arrangement"] for row in rows_of("memberships") if row["state"] == "UKR"} & {
        row["id"] for row in rows_of("arrangements") if row["kind"] == "security-agreement"
    }
    filled = {
        (plan, function)
        for row in rows_of("arrangements")
        for plan in lies[row["region"]]
        for function in set(row["domains"].split(";")) & set(SEVEN)
        if row["status"] == "active"
        and row["id"] not in agreed
        and len(inside.get(row["id"], set())) >= 3
        and 2 * len(inside[row["id"]] & plans[plan]) >= len(plans[plan])
    }
    holes = {(plan.split("/")[1], function) for plan, function in real().holes}
    assert holes == {(plan, function) for plan in plans for function in SEVEN} - filled


def test_the_looser_definition_has_fewer_holes_and_the_stricter_more() -> None:
    loose, middle, strict = (set(real(name).holes) for name in ("looser", "main", "stricter"))
    assert loose < middle < strict
    assert not real("with-pan-european").holes


def test_the_least_set_of_the_release_fills_every_hole() -> None:
    net = real()
    found = steps(net, read_kinds(release()))
    answer = least(net.holes, found)
    chosen = [choice.step for choice in answer.choices]
    assert set().union(*(step.fills for step in chosen)) == set(net.holes)
    assert answer.equal is not None and answer.equal >= 1
    for step in chosen:
        filled = net.definition.enough
        assert all(filled(members(net, step), net.plans[plan]) for plan, _ in step.fills)
    alone = least(net.holes, [step for step in found if step.kind == NEW])
    assert answer.cost <= alone.cost


def test_leaving_a_state_out_leaves_it_out_of_plans_and_formats() -> None:
    without = network(release(), real().definition, ["state/USA"])
    assert all("state/USA" not in states for states in without.plans.values())
    assert all("state/USA" not in item.members for item in without.formats)
    assert Counter(item.group for item in without.formats) == Counter(
        item.group for item in real().formats
    )


def test_plans_without_a_working_format_name_who_could_lead_with_reasons() -> None:
    told = tell(release(), real().definition)
    rows = {row["plan"]: row for row in TABLES["working"][1](told)}
    assert set(rows) == {"rp-north", "rp-centre", "rp-south"}
    for plan, row in rows.items():
        works = bool(real().working(f"regional-plan/{plan}"))
        heads = ("capacity", "geography", "industry", "ties")
        assert bool(row["framework_nation"]) == all(row[head] for head in heads) == (not works)


def test_a_new_format_by_rows_alone_fills_its_cell(tmp_path: Path) -> None:
    plan = sorted(real().plans["regional-plan/rp-centre"])
    states = [item.split("/")[1] for item in plan[: len(plan) // 2 + 1]]
    (tmp_path / "arrangements.csv").write_text(
        "id,name,kind,layer,domains,region,status,source,as_of,basis\n"
        "own,Own,minilateral,regional,intelligence,nordic-baltic,active,cp-rules,2026-11,assumed\n"
    )
    (tmp_path / "memberships.csv").write_text(
        "arrangement,state,role,source,as_of,basis\n"
        + "".join(f"own,{state},member,cp-rules,2026-11,assumed\n" for state in states)
    )
    mine = load(overlays=(tmp_path,))
    net = network(mine, read_definitions(mine)["main"])
    place = ("regional-plan/rp-centre", "intelligence")
    assert place in real().holes
    assert [item.id for item in net.cells[place].fills] == ["own"]
    assert set(net.holes) == set(real().holes) - {place}


def test_domains_and_regions_that_no_row_maps_are_named(tmp_path: Path) -> None:
    (tmp_path / "arrangements.csv").write_text(
        "id,name,kind,layer,domains,region,status,source,as_of,basis\n"
        "own,Own,minilateral,regional,inteligence,nordic-balt,active,cp-rules,2026-11,assumed\n"
    )
    mine = load(overlays=(tmp_path,))
    with pytest.raises(BadInput) as told:
        read_formats(mine)
    assert len(told.value.problems) == 2
    assert "intelligence" in str(told.value) and "nordic-baltic" in str(told.value)


def test_a_plan_without_states_is_left_out_and_asks_for_nothing() -> None:
    gone = sorted(real().plans["regional-plan/rp-north"])
    net = network(release(), real().definition, gone)
    assert set(net.plans) == {"regional-plan/rp-centre", "regional-plan/rp-south"}
    with pytest.raises(NoAnswer, match="rp-north"):
        answer("lead_nation", plan="rp-north", without=",".join(s.split("/")[1] for s in gone))


# Within, beside, silent


def test_pairs_by_hand() -> None:
    """b lies within a; c overlaps with a in B and C; d does something else."""
    formats = [
        made("a", "ABC", "fg"), made("b", "ABC", "f"), made("c", "BCDE", "f"),
        made("d", "BCD", "h"),
    ]  # fmt: skip
    net = made_network(*formats)
    assert [(pair.first.id, pair.second.id) for pair in nested(net)] == [("b", "a")]
    assert [(pair.first.id, pair.second.id) for pair in overlapping(net)] == [
        ("a", "c"), ("b", "c"),
    ]  # fmt: skip


def test_of_two_equal_formats_only_the_later_lies_within_the_other() -> None:
    net = made_network(made("a", "ABC", "f"), made("b", "ABC", "f"))
    assert [(pair.first.id, pair.second.id) for pair in nested(net)] == [("b", "a")]
    assert not overlapping(net)


def test_real_pairs_are_either_nested_or_overlapping() -> None:
    inside = {frozenset((pair.first.id, pair.second.id)) for pair in nested(real())}
    beside = {frozenset((pair.first.id, pair.second.id)) for pair in overlapping(real())}
    assert inside and beside and not inside & beside


def test_dormant_needs_a_dated_source() -> None:
    found = signs(release(), 2)
    assert any(sign.dormant for sign in found.values())
    sources = release().sources
    for sign in found.values():
        assert sign.date and any(sources[key].date for key in sign.sources)
        assert all(sources[key].terms != "own" for key in sign.sources)
    year = int(release().release[:4])
    assert all(int(sign.date[:4]) <= year - 2 for sign in found.values() if sign.dormant)
    assert not any(sign.dormant for sign in signs(release(), 50).values())


# The documents' counts


def test_the_documents_counts_stand_against_ours() -> None:
    whole, *classes = counts(release(), real().formats)
    assert {item.theirs for item in (whole, *classes)} == {160.0, 50.0, 30.0, 6.0, 80.0}
    steps_down = [len(item.left) for item in filters(release(), real().formats)]
    assert steps_down == sorted(steps_down, reverse=True)
    assert len(whole.ours) == steps_down[-1] == sum(len(item.ours) for item in classes)
    placed = [item.id for each in classes for item in each.ours]
    assert len(placed) == len(set(placed))


def test_what_is_counted_is_of_the_documents_states_and_years() -> None:
    inside = set(release().targets("scope/EU27", "includes")) | {"state/GBR", "state/UKR"}
    for item in counts(release(), real().formats)[0].ours:
        assert item.states <= inside and len(item.states) > 1
        assert item.founded is not None and item.founded >= 2014
        assert item.status == "active" and item.layer in ("bilateral", "regional")


# Who could lead


def test_distances_over_the_great_circle() -> None:
    """Berlin to Warsaw is about 517 km; a quarter of the equator is a quarter of the round."""
    assert great_circle((52.52, 13.405), (52.23, 21.012)) == pytest.approx(517, abs=3)
    assert great_circle((0, 0), (0, 90)) == pytest.approx(6371 * 3.14159265 / 2, rel=1e-5)


def answer(name: str, **given: str) -> Reply:
    view = View(release())
    values = read_arguments(name, PARAMETERS[name], given, view)
    return COMPUTED[name](view, Context(Path("runs")), **values)


def test_candidates_have_columns_apart_and_no_index() -> None:
    found = answer("lead_nation")
    assert not {"score", "index", "rank", "total"} & set(found.table[0])
    assert {"spending_eur_bn", "mean_km", "lines", "common_formats"} <= set(found.table[0])
    assert {row["plan"] for row in found.table} == {"rp-north", "rp-centre", "rp-south"}
    assert "United States" not in {row["state"] for row in found.table}
    with_america = answer("lead_nation", without="none")
    assert "United States" in {row["state"] for row in with_america.table}


def test_who_could_lead_is_below_the_middle_in_the_fewest_heads() -> None:
    net = network(release(), real("own-defence").definition, ["state/USA"])
    for plan in net.plans:
        found = candidates(View(release()), net, plan, 2025)
        weak = weaknesses(found)
        best = strongest(found)
        assert best
        fewest = {len(weak[state]) for state in best}
        assert fewest == {min(len(heads) for heads in weak.values())}
        for item in found:
            if item.spending is None:
                assert "capacity" in weak[item.state]


def candidate(
    state: str, spending: float | None, distance: float, lines: int, common: float
) -> Candidate:
    money = None if spending is None else Amount(spending)
    return Candidate(
        "p", state, money, None, distance, None, lines, None, common, 0.0, 0, (), ()
    )  # fmt: skip


def test_heads_by_hand() -> None:
    """The middle is 20 of spending, 200 km, 2 lines, 2 formats: b is nowhere below it."""
    found = [
        candidate("a", 30, 300, 5, 1.0), candidate("b", 20, 200, 2, 2.0),
        candidate("c", None, 100, 1, 3.0),
    ]  # fmt: skip
    found.append(candidate("d", 10, 200, 2, 2.0))
    assert weaknesses(found) == {
        "a": ("geography", "ties"), "b": (), "c": ("capacity", "industry"), "d": ("capacity",),
    }  # fmt: skip
    assert strongest(found) == ("b",)
    assert firsts(found) == {"capacity": "a", "geography": "c", "industry": "a", "ties": "c"}


def test_every_plan_has_a_working_format_or_someone_who_could_lead_one() -> None:
    found = answer("lead_nation")
    for plan in real().plans:
        rows = [row for row in found.table if row["plan"] == plan.split("/")[1]]
        assert any(row["could_lead"] for row in rows)
    assert "rp-centre has none that works" in found.sentence


# Programmes


def case(outcome: str, *has: bool | None) -> Case:
    return Case("programme/x", "x", "", has, outcome, True, ())


def test_survival_by_hand() -> None:
    """Two with money, one of which lasts; one without that lasts; unknown and young apart."""
    found = [
        case("lasts", True, True, True), case("ended", True, False, None),
        case("lasts", False, False, False), case("lasts", None, False, False),
        case("young", False, False, False),
    ]  # fmt: skip
    rows = {(item.element, item.having): item for item in survival(found)}
    assert rows[("money", "with")].share == 0.5
    assert (rows[("money", "without")].judged, rows[("money", "without")].young) == (1, 1)
    assert rows[("rule", "with")].judged == 1
    assert rows[("all three", "with")].lasts == 1
    assert rows[("any of them", "without")].judged == 1


def test_the_interval_of_a_share() -> None:
    """Wilson's interval of 8 in 10 runs from 0.490 to 0.943; of nothing it is open."""
    assert interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(given: tuple[int, int]) -> None:
    hits, of = given
    low, high = interval(hits, of)
    assert 0 <= low <= hits / of + 1e-12 and hits / of - 1e-12 <= high <= 1


def test_every_programme_and_project_has_a_row() -> None:
    found = {item.address for item in cases(release(), "both", "all")}
    both = [*release().kind("programme"), *release().kind("project")]
    assert found == {item.address for item in both}
    begun = [cases(release(), "programmes", who) for who in ("bottom-up", "top-down")]
    assert sum(map(len, begun)) == len(rows_of("programmes"))


def test_the_answer_names_body_and_missing_element() -> None:
    found = answer("programme_survival")
    for row in found.table:
        lacking = [name for name in ELEMENTS if row[name] == "no"]
        assert row["missing"] == ", ".join(lacking)
    assert found.cites


# Answers and commands


def test_the_answer_on_formats_tells_holes_and_steps() -> None:
    found = answer("small_formats")
    assert sum(row["hole"] == "hole" for row in found.table) == len(real().holes)
    assert len(found.table) == 21
    assert f"{len(real().holes)} are holes" in found.sentence
    filled = answer("small_formats", definition="with-pan-european")
    assert "fill all 21" in filled.sentence


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *given: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("counterpoise.cli.data.load", lambda overlays, leaks: release())
    monkeypatch.setattr(sys, "argv", ["counterpoise", *given])
    status = main()
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("part", list(TABLES))
def test_each_part_is_written(
    part: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run(capsys, monkeypatch, "formats", "--part", part, "--format", "json")
    assert status == 0
    rows = json.loads(out)
    assert rows and all(list(row) == list(rows[0]) for row in rows)


def test_formats_are_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run(capsys, monkeypatch, "list", "formats", "--format", "json")
    assert status == 0
    assert len(json.loads(out)) == len(read_formats(release()))


def test_all_that_is_wrong_is_told_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("formats", "--definition", "mian", "--without", "Polnd", "--part", "matrx")
    status, _, err = run(capsys, monkeypatch, *words)
    assert status == 2
    assert "3 problems" in err and "main" in err and "Poland" in err and "matrix" in err
