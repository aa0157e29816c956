"""Amounts and the registry of measures: slopes, ranges, arguments, groups, and the command."""

from __future__ import annotations

import csv
import functools
import io
import json
import math
import sys
from collections.abc import Callable
from typing import Annotated

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from counterpoise.cli import main
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.data.records import Observation, Origin
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.amount import (
    Amount,
    amount,
    assumed_share,
    at_most,
    combined,
    effects,
    largest,
    smallest,
    span,
    total,
    weakest_basis,
)
from counterpoise.measures.asking import figure_of, find_measure, measure_rows, split, value_of
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.parameters import PastYear, PlaceArgument, choice, number
from counterpoise.measures.standing import parameters_of, read_arguments
from counterpoise.measures.view import View

NAMES = ("a", "b", "c")


def told(
    name: str,
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    basis: str = "reported",
) -> Observation:
    return Observation(
        id=name,
        subject="state/AAA",
        quantity=name,
        period="",
        qualifier="",
        low=low,
        value=value,
        high=high,
        unit="units",
        price_basis="",
        basis=basis,
        sources=("cp-rules",),
        as_of="2026",
        published="2026",
        note="",
        error=False,
        layer=1,
        origin=Origin("figures.csv", 1),
    )


def inputs(values: tuple[float, ...]) -> list[Amount]:
    return [Amount(value, {name: 1.0}) for name, value in zip(NAMES, values, strict=False)]


# -- slopes are derivatives ----------------------------------------------------------------------

FORMULAS: dict[str, Callable[[Amount, Amount, Amount], Amount]] = {
    "sum and difference": lambda a, b, c: 3 + a - 2 * b - (1 - c) - -a,
    "product of one with itself": lambda a, b, c: a * a * b + c * 0.5,
    "ratio": lambda a, b, c: (a + 1) / (b * c),
    "number over an amount": lambda a, b, c: 7 / (a + b) + c,
    "powers": lambda a, b, c: (1 + a / 10) ** 3 * b**-2 + c**0.5,
    "share": lambda a, b, c: 100 * (a / total([a, b, c])),
    "inverse herfindahl": lambda a, b, c: (
        (total([a, b, c]) * total([a, b, c])) / total(x * x for x in (a, b, c))
    ),
    "weighted": lambda a, b, c: combined(((0.25, a), (-3.0, b), (0.0, c), (1.0, a * c))),
}

positive = st.floats(min_value=0.5, max_value=50, allow_nan=False)


@pytest.mark.parametrize("name", FORMULAS)
@given(values=st.tuples(positive, positive, positive))
def test_slopes_are_the_formulas_derivatives(name: str, values: tuple[float, ...]) -> None:
    formula = FORMULAS[name]
    found = formula(*inputs(values))
    for place, key in enumerate(NAMES):
        step = 1e-5 * values[place]
        ends = []
        for sign in (1, -1):
            moved = list(values)
            moved[place] += sign * step
            ends.append(formula(*inputs(tuple(moved))).value)
        slope = (ends[0] - ends[1]) / (2 * step)
        scale = max(abs(found.value), 1.0) / values[place]
        assert found.slopes.get(key, 0.0) == pytest.approx(slope, rel=1e-5, abs=1e-6 * scale)


@given(values=st.tuples(positive, positive))
def test_the_smaller_and_larger_rest_on_their_own_input(values: tuple[float, float]) -> None:
    assume(values[0] != values[1])
    items = inputs(values)
    low, high = sorted(zip(values, NAMES, strict=False))
    assert (smallest(items).value, dict(smallest(items).slopes)) == (low[0], {low[1]: 1.0})
    assert (largest(items).value, dict(largest(items).slopes)) == (high[0], {high[1]: 1.0})


def test_a_limit_cuts_the_value_and_keeps_what_it_rests_on() -> None:
    (item,) = inputs((5.0,))
    assert at_most(item, 7.0).value == 5
    assert at_most(item, 3.0).value == 3
    assert at_most(item, 3.0).slopes == item.slopes


def test_what_is_missing_is_carried_through_every_step() -> None:
    left, right = Amount(2.0, {}, frozenset({"x"})), Amount(4.0, {}, frozenset({"y"}))
    for item in (left + right, left - right, left * right, left / right, total([left, right])):
        assert item.missing == {"x", "y"}
    assert (-left).missing == (left**2).missing == (1 / left).missing == {"x"}


def test_a_division_by_nothing_is_not_a_number() -> None:
    assert math.isnan((amount(3.0) / amount(0.0)).value)
    assert total([]).value == 0


# -- ranges, bases and shares of assumed inputs ------------------------------------------------


@given(
    value=st.floats(-50, 50),
    below=st.floats(0, 20),
    above=st.floats(0, 20),
    factor=st.floats(-5, 5).filter(lambda factor: abs(factor) > 1e-3),
    shift=st.floats(-50, 50),
)
def test_the_range_of_one_input_is_its_own(
    value: float, below: float, above: float, factor: float, shift: float
) -> None:
    item = factor * Amount(value, {"a": 1.0}) + shift
    ends = sorted(factor * end + shift for end in (value - below, value + above))
    found = span(item, {"a": told("a", value, value - below, value + above)})
    assert found == pytest.approx(ends, rel=1e-9, abs=1e-9)


def test_ranges_of_several_inputs_add_in_square() -> None:
    """a = 10 (7 to 14), b = 5 (1 to 5): a + b falls by 3 and 4, so by 5, and rises by 4.

    a − b falls with a by 3 and as b rises, by nothing; it rises by 4 and 4.
    """
    a, b = inputs((10.0, 5.0))
    known = {"a": told("a", 10.0, 7.0, 14.0), "b": told("b", 5.0, 1.0)}
    assert span(a + b, known) == pytest.approx((10, 19))
    assert span(a - b, known) == pytest.approx((2, 5 + math.sqrt(32)))


def test_an_input_without_a_central_value_or_a_range_widens_nothing() -> None:
    a, b = inputs((10.0, 5.0))
    known = {"a": told("a", None, 7.0, 14.0), "b": told("b", 5.0)}
    assert span(a + b, known) == (15, 15)


def test_the_assumed_share_weighs_inputs_by_their_effect() -> None:
    """2a + b with a = 3 assumed and b = 2: 6 of 8 moves with the assumed one."""
    a, b = inputs((3.0, 2.0))
    known = {"a": told("a", 3.0, basis="assumed"), "b": told("b", 2.0)}
    assert effects(2 * a - b, known) == {"a": 6, "b": 2}
    assert assumed_share(2 * a - b, known) == pytest.approx(0.75)
    assert assumed_share(b, known) == 0
    assert assumed_share(amount(1.0), known) == 0


def test_the_basis_is_the_inputs_or_derived() -> None:
    a, b = inputs((3.0, 2.0))
    known = {"a": told("a", 3.0, basis="estimated"), "b": told("b", 2.0)}
    assert weakest_basis(a, known) == "estimated"
    assert weakest_basis(a + b, known) == "derived"
    assert weakest_basis(amount(3.0), known) == "derived"
    known["b"] = told("b", 2.0, basis="assumed")
    assert weakest_basis(a + b, known) == "assumed"


# -- arguments ---------------------------------------------------------------------------------


@functools.cache
def release() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def view() -> View:
    return View(release())


def test_parameters_are_read_off_a_function() -> None:
    def measured(
        view: View,
        place: PlaceArgument,
        year: PastYear,
        how: Annotated[str, choice("x", "y")] = "x",
    ) -> Amount:
        return amount(1.0)

    found = parameters_of(measured)
    assert [(item.name, item.kind.name, item.default) for item in found] == [
        ("place", "place", ""),
        ("year", "year", ""),
        ("how", "choice", "x"),
    ]


def test_all_bad_arguments_are_told_at_once_with_near_misses(view: View) -> None:
    found = find_measure("burden_share")
    given = {"plaze": "POL", "place": "Polnd", "indicator": "spendin", "year": "1999"}
    with pytest.raises(BadInput) as caught:
        read_arguments(found.name, found.parameters, given, view)
    problems = {item.column: item for item in caught.value.problems}
    assert set(problems) == {"plaze", "place", "indicator", "year"}
    assert "place" in problems["plaze"].remedy
    assert "Poland" in problems["place"].remedy
    assert "spending" in problems["indicator"].remedy
    assert problems["year"].expected == "a year from 2014 to 2026"


def test_a_missing_argument_is_told_with_what_it_takes(view: View) -> None:
    parameters = parameters_of(_needs_all)
    with pytest.raises(BadInput) as caught:
        read_arguments("x", parameters, {}, view)
    assert [(item.code, item.column) for item in caught.value.problems] == [
        ("missing", "place"),
        ("missing", "part"),
    ]
    assert "0 to 100 (percent)" in caught.value.problems[1].expected
    for text in ("101", "-1", "many", "nan"):
        with pytest.raises(BadInput):
            read_arguments("x", parameters, {"place": "POL", "part": text}, view)


def _needs_all(
    view: View, place: PlaceArgument, part: Annotated[float, number(0, 100, "percent")]
) -> Amount:
    return amount(part)


@pytest.mark.parametrize("text", ["POL", "Poland", "state/POL", "poland"])
def test_a_place_goes_by_any_name(text: str, view: View) -> None:
    assert value_of(view, "population", place=text).value == pytest.approx(
        view.read("state/POL", "population").value
    )


def test_an_unknown_measure_has_near_ones() -> None:
    with pytest.raises(NotFound) as caught:
        find_measure("defense_spending")
    assert "defence_spending" in caught.value.suggestions


def test_every_measure_says_what_it_is(view: View) -> None:
    assert len(ALL) >= 40
    for item in ALL.values():
        assert item.definition.splitlines()[0].endswith((".", ":")), item.name
        assert item.unit
        assert item.formula_source
        assert item.bounds[0] < item.bounds[1]
        for each in item.parameters:
            if each.default:
                each.kind.read(each.default, view)


# -- lists and groups --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2027..2030", ["2027", "2028", "2029", "2030"]),
        ("2030..2030", ["2030"]),
        ("POL,DEU", ["POL", "DEU"]),
        ("POL, DEU", ["POL", "DEU"]),
        ("DEU;NLD;POL", ["DEU;NLD;POL"]),
        ("2027", ["2027"]),
    ],
)
def test_lists_of_values(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_a_table_has_a_row_for_each_combination(view: View) -> None:
    rows = measure_rows(view, "defence_spending", {"place": "POL,DEU", "year": "2024..2026"})
    assert [(row["place"], row["year"]) for row in rows] == [
        (place, year) for place in ("POL", "DEU") for year in ("2024", "2025", "2026")
    ]
    for row in rows:
        address = f"state/{row['place']}/defence_outlay_eur/{row['year']}/nato-2026"
        assert row["value"] == pytest.approx(view.figure(address).value / 1000)
        assert row["unit"] == "EUR bn"
        assert row["inputs"] == 1
        assert row["sources"]


def test_groups_take_what_lies_in_the_given_value(view: View) -> None:
    rows = measure_rows(view, "population", {"place": "DEU;NLD;POL"}, ["place"])
    assert [row["place"] for row in rows] == ["DEU", "NLD", "POL"]
    whole = value_of(view, "population", place="DEU;NLD;POL").value
    assert sum(row["value"] for row in rows) == pytest.approx(whole)
    years = measure_rows(view, "defence_spending", {"place": "POL"}, ["year"])
    assert [row["year"] for row in years] == [str(year) for year in range(2014, 2027)]


def test_groups_leave_out_what_is_not_known_unless_nothing_is(view: View) -> None:
    rows = measure_rows(view, "defence_spending", {"place": "NATO-EUR"}, ["place"])
    assert "ISL" not in {row["place"] for row in rows}
    whole = measure_rows(view, "defence_spending", {"place": "NATO-EUR"})[0]
    assert whole["not_counted"] == "ISL"
    with pytest.raises(NotFound):
        measure_rows(view, "defence_spending", {"place": "ISL"}, ["place"])
    with pytest.raises(NotFound):
        measure_rows(view, "defence_spending", {"place": "ISL,POL"})


def test_grouping_by_what_is_no_argument_is_told(view: View) -> None:
    with pytest.raises(BadInput) as caught:
        measure_rows(view, "gdp", {}, ["colour", "states"])
    assert [item.value for item in caught.value.problems] == ["colour", "states"]
    assert caught.value.problems[0].expected == "place, year"


def test_a_range_stays_in_its_bounds_and_around_the_value(view: View) -> None:
    ident, found = next(
        (key, item)
        for key, item in view.inputs.items()
        if item.value and item.low is not None and item.high and item.low < item.value < item.high
    )
    assert found.value is not None
    item = Amount(99.0, {ident: 1000 / found.value})
    shown = figure_of(view, item, "measure/x", "percent", (0.0, 100.0))
    assert (shown.low, shown.value, shown.high) == (0, 99, 100)


# -- the command -------------------------------------------------------------------------------

Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    """Status, output and errors of a command, over one reading of the release."""
    monkeypatch.setattr("counterpoise.cli.data.load", lambda overlays, leaks: release())
    monkeypatch.setattr(sys, "argv", ["counterpoise", *words])
    status = main()
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return status, said.out, said.err


def test_the_command_answers_in_every_format(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, view: View
) -> None:
    words = ("measure", "defence_share_of_gdp", "place=POL,EU27", "year=2026")
    values = [
        value_of(view, "defence_share_of_gdp", place=place, year="2026").value
        for place in ("POL", "EU27")
    ]
    status, out, _ = run(capsys, monkeypatch, *words)
    assert status == 0
    for word in ("year: 2026", "percent", "POL", "EU27", "MLT"):
        assert word in out
    status, out, _ = run(capsys, monkeypatch, *words, "--format", "csv")
    assert status == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [float(row["value"]) for row in rows] == pytest.approx(values)
    assert all(row["sources"] for row in rows)
    status, out, _ = run(capsys, monkeypatch, *words, "--format", "json")
    assert status == 0
    assert json.loads(out)


def test_the_command_shows_years_as_years(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, view: View
) -> None:
    moment = value_of(view, "danger_year", statistic="median", since="2024").value
    status, out, _ = run(capsys, monkeypatch, "measure", "danger_year")
    assert status == 0
    assert f"{moment:.1f}" in out
    status, out, _ = run(capsys, monkeypatch, "measure", "year_at_share", "place=DEU,FRA")
    assert status == 0
    assert "2,0" not in out
    assert "2029 " in out


def test_the_command_groups(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("measure", "personnel", "place=EU27", "year=2026", "--by", "place", "--format", "csv")
    status, out, _ = run(capsys, monkeypatch, *words)
    assert status == 0
    places = [row["place"] for row in csv.DictReader(io.StringIO(out))]
    assert len(places) == len(set(places)) == 23


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        (("gdb",), 2, ("gdb", "gdp")),
        (("gdp", "yaer=2026", "place=Polnd"), 2, ("2 problems", "year", "Poland")),
        (("gdp", "year"), 2, ("year", "2014 to 2026")),
        (("gdp", "year=2025", "year=2026"), 2, ("each once",)),
        (("gdp", "year=2050"), 2, ("2014 to 2026",)),
        (("gdp", "--by", "colour"), 2, ("colour", "place, year")),
        (("gdp", "place=ISL"), 1, ("ISL",)),
        (("burden_share", "place=USA", "group=EU27"), 1, ("USA",)),
    ],
)
def test_the_command_says_what_is_wrong(
    words: tuple[str, ...],
    status: int,
    expected: tuple[str, ...],
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, out, err = run(capsys, monkeypatch, "measure", *words)
    assert found == status
    assert not out
    for word in expected:
        assert word in err


def test_the_list_of_measures_has_them_all(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run(capsys, monkeypatch, "list", "measures", "--format", "csv")
    assert status == 0
    rows = {row["measure"]: row for row in csv.DictReader(io.StringIO(out))}
    assert set(ALL) <= set(rows)
    assert rows["outlay_at_share"]["arguments"] == "place=NATO-EUR year=2026 share=3.5"
