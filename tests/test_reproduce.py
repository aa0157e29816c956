"""Published results: a table apart from the dataset, never an input, and honestly classed."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.evidence import published as table
from counterpoise.evidence.formula import FormulaError, read_formula
from counterpoise.evidence.published import COMPARISON, Published, read_published
from counterpoise.evidence.reproduce import Reproduction, difference, reproduce
from counterpoise.measures.view import View

COUNTS = frozenset({"mck-17", "mck-27", "mck-29", "wotr-one"})
"""Results that count types: they move when holdings go, not when they grow."""

FACTS = "facts/requirements/published_results.csv"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def rows() -> tuple[Published, ...]:
    return read_published()


@pytest.fixture(scope="module")
def found(dataset: Dataset, rows: tuple[Published, ...]) -> dict[str, Reproduction]:
    view = View(dataset)
    return {row.id: reproduce(row, view) for row in rows}


def row_with(formula: str, value: float = 10.0, **cells: object) -> Published:
    """A published result of a study that nobody wrote."""
    empty = Published(
        "x", "A study", "said", "percent", "2025", None, value, None, (), "",
        read_formula(formula), "", "",
    )  # fmt: skip
    return replace(empty, **cells)  # type: ignore[arg-type]


def test_every_row_of_the_facts_is_there(rows: tuple[Published, ...], shared: Path) -> None:
    with (shared / FACTS).open(encoding="utf-8") as handle:
        facts = {row["id"]: row for row in csv.DictReader(handle)}
    assert {row.id for row in rows} == facts.keys()
    for row in rows:
        stated = (facts[row.id][name] for name in ("value_low", "value", "value_high"))
        assert [row.low, row.value, row.high] == [float(x) if x else None for x in stated], row.id


def test_aims(found: dict[str, Reproduction]) -> None:
    """At least 35 rows follow from independent figures, at least 15 of them within a tenth."""
    independent = [item for item in found.values() if item.verdict == "independent"]
    assert len(independent) >= 35
    assert sum(item.close for item in independent) >= 15


def test_each_row_says_why(found: dict[str, Reproduction]) -> None:
    for item in found.values():
        assert item.why, item.published.id
        if item.verdict == "not computable":
            assert item.published.missing, f"{item.published.id} should be computable: {item.why}"
        elif item.verdict == "independent" and not item.close:
            told = item.published.differs
            assert any(letter.isdigit() for letter in told), f"{item.published.id}: {told!r}"


def test_no_input_rests_on_the_study(found: dict[str, Reproduction]) -> None:
    """A second look at what `independent` says: neither source key nor printed number is shared."""
    for item in found.values():
        if item.verdict == "independent":
            assert item.inputs
            used = {key for each in item.inputs for key in each.sources}
            assert not used & set(item.published.sources), item.published.id


def test_published_values_are_no_inputs(
    dataset: Dataset,
    found: dict[str, Reproduction],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Without the table the dataset is the same; with other printed values ours stay."""
    monkeypatch.setattr(table, "COMPARISON", tmp_path / "gone.csv")
    assert load().digest == dataset.digest
    view = View(dataset)
    for item in found.values():
        if item.ours is None or item.published.formula is None:
            continue
        other = replace(item.published, low=None, value=-1.0, high=None)
        again = reproduce(other, view)
        assert again.ours is not None
        assert again.ours.value == item.ours.value
        assert again.verdict == item.verdict


def test_a_moved_input_moves_ours(dataset: Dataset, found: dict[str, Reproduction]) -> None:
    """The weightiest input a tenth larger moves each independent result; a count loses inputs."""
    for item in found.values():
        if item.verdict != "independent" or item.ours is None:
            continue
        counts = item.published.id in COUNTS
        chosen = {each.id for each in (item.inputs[::2] if counts else item.inputs[:1])}
        moved = tuple(
            replace(each, value=(0.0 if counts else 1.1) * each.value)
            if each.id in chosen and each.value is not None
            else each
            for each in dataset.observations
        )
        again = reproduce(item.published, View(replace(dataset, observations=moved)))
        assert again.ours is None or again.ours.value != pytest.approx(item.ours.value, rel=1e-6), (
            item.published.id
        )


def test_printed_numbers_make_arithmetic(dataset: Dataset) -> None:
    view = View(dataset)
    plain = 'figure("state/POL/gdp_eur/2025")'
    assert reproduce(row_with(plain), view).verdict == "independent"
    shared = view.dataset.figures[view.dataset.key("state/POL/gdp_eur/2025")][0].sources[0]
    assert reproduce(row_with(plain, sources=(shared,)), view).verdict == "arithmetic"
    printed = reproduce(row_with(f"printed(40) * {plain} / 100"), view)
    assert printed.verdict == "arithmetic"
    assert "40" in printed.why
    gone = reproduce(row_with('figure("state/POL/gdp_eur/1815")'), view)
    assert gone.verdict == "not computable"
    assert "1815" in gone.why


def test_difference_by_hand() -> None:
    row = row_with('figure("state/POL/gdp_eur/2025")', value=50.0)
    assert difference(row, 55.0) == pytest.approx(0.1)
    year = replace(row, unit="year", value=2035.0, as_of="2025-06")
    assert difference(year, 2037.0) == pytest.approx(0.2)  # two of ten years


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("1 +", "not a formula"),
        ('figure("state/POL/gdp_eur/2025") * 7', "7 has no source"),
        ('figure("state/POL/gdp_eur/2025") * (1 + 1 / 10)', "a number without a source"),
        ('figure("state/POL/gdp_eur/2025") * mean(0, 1)', "a number without a source"),
        ('printed("seven")', "one plain value"),
        ('gapp(area="mbt")', "nothing is called 'gapp'"),
        ("__import__('os').getcwd()", "nothing is called"),
        ("(1).__class__", ""),
        ("[1, 2]", ""),
    ],
)
def test_formulas_refuse_what_they_do_not_know(formula: str, told: str, dataset: Dataset) -> None:
    try:
        row = row_with(formula)
    except FormulaError as error:
        assert told in str(error)
    else:
        assert reproduce(row, View(dataset)).verdict == "not computable"


def test_a_table_tells_all_its_faults(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        'id,study,statement,value,unit,formula,missing,colour\na,S,t,1,x,figure("a/b/c"),,red\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput, match="colour"):
        read_published(file)
    file.write_text(
        "id,study,statement,value,unit,formula,missing\n"
        ",S,t,one,x,,\n"
        'b,S,t,,year,"figure(""a/b/c"") * 3",\n'
        "b,S,t,1,x,,gone\n",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as caught:
        read_published(file)
    places = {(item.row, item.column) for item in caught.value.problems}
    assert {
        (2, "id"),
        (2, "value"),
        (2, "formula"),
        (3, "as_of"),
        (3, "value"),
        (3, "formula"),
    } <= (places)
    assert COMPARISON.is_file()
