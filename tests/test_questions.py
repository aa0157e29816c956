"""Questions: tables, worksheets by hand, sliders, answers, saves, search and bad arguments."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
import zipfile
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import docx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from counterpoise.cli import main
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.amount import Amount
from counterpoise.measures.view import NoAnswer, View, no_deliveries
from counterpoise.planning.behaviours import plan_together
from counterpoise.planning.caps import DependenceCap
from counterpoise.planning.plan import Plan
from counterpoise.publish.answer import told
from counterpoise.publish.answer_charts import draw
from counterpoise.publish.answer_files import FORMS, file_bytes
from counterpoise.publish.answer_paragraph import paragraph
from counterpoise.publish.answer_text import citation, source_note
from counterpoise.publish.cells import shown
from counterpoise.publish.theme import plain
from counterpoise.questions.arithmetic import halved, to_power
from counterpoise.questions.ask import NotAnswered, ask
from counterpoise.questions.catalogue import questions
from counterpoise.questions.question import Answer, ChartSpec, Context
from counterpoise.questions.registry import COMPUTED, WORKSHEETS
from counterpoise.questions.reply import ends, flips_of, ranged, reply, said
from counterpoise.questions.suggest import Lexicon, clear_best, ident_of, lexicon, suggest
from counterpoise.questions.suggest_index import index
from counterpoise.questions.table import FOLDER, read_catalogue
from counterpoise.world.world import World

ALL = questions()
COMPUTED_IDS = [
    "deliver",
    "q04",
    "q05",
    "q06",
    "q10",
    "q11",
    "q19",
    "q22",
    "q23",
    "q26",
    "q27",
    "q28",
]
COMPUTED_IDS += [
    "q29",
    "q30",
    "q31",
    "q32",
    "q33",
    "q40",
    "q44",
    "q48",
    "q49",
    "q51",
    "q52",
    "q57",
    "q61",
]
COMPUTED_IDS += ["q71"]
MANY_PLANS = {"q06", "q61", "q71"}
"""Planned many times over: asked of tiny worlds, in tests of their own."""

REGISTERED_IDS = ["q14", "q34", "q39", "q59", "q66"]
WORKSHEET_IDS = ["q03", "q13", "q17", "q24", "q25", "q38", "q47", "q55", "q65", "q67", "q68"]
CONTEXT = Context(Path("runs"))
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def view(data: Dataset) -> View:
    """A view whose plans order nothing, so that no plan is made."""
    found = View(data)

    def nothing(scenario: str, behaviour: str) -> Any:
        world = found.world(scenario)
        return world, no_deliveries(world)

    return View(data, nothing)


@pytest.fixture(scope="module")
def answers(view: View) -> dict[str, Answer]:
    """Each worksheet's answer with defaults."""
    return {ident: ask(view, CONTEXT, ALL, ident, {}) for ident in WORKSHEET_IDS}


def run(capsys: Capture, monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["counterpoise", *map(str, words)])
    monkeypatch.setenv("COLUMNS", "200")
    status = main()
    out, err = capsys.readouterr()
    return status, out, err


def values(function: str, **amounts: float) -> dict[str, float]:
    """A worksheet's results for plain numbers."""
    found = WORKSHEETS[function](**{name: Amount(value) for name, value in amounts.items()})
    assert isinstance(found, dict)
    return {name: item.value for name, item in found.items()}


# The tables


def test_every_question_of_the_three_kinds_is_there() -> None:
    by_kind: dict[str, list[str]] = {"computed": [], "worksheet": [], "registered": []}
    for item in ALL.questions.values():
        by_kind[item.kind].append(item.id)
    assert sorted(by_kind["computed"]) == sorted(COMPUTED_IDS)
    assert sorted(by_kind["worksheet"]) == WORKSHEET_IDS
    assert sorted(by_kind["registered"]) == REGISTERED_IDS


def test_documents_and_sources_are_in_the_dataset(data: Dataset) -> None:
    cited = {item.document for item in ALL.questions.values() if item.document}
    cited |= {key for sliders in ALL.sliders.values() for item in sliders for key in item.sources}
    assert cited <= data.sources.keys()


@pytest.mark.shared
def test_ids_and_documents_are_those_of_the_facts(shared: Path, data: Dataset) -> None:
    path = shared / "facts" / "documents" / "questions.csv"
    with path.open(encoding="utf-8") as file:
        asked = {row["id"]: row["document"] for row in csv.DictReader(file)}
    for item in ALL.questions.values():
        assert item.document.removeprefix("coop-") == asked.get(item.id, "")


def test_every_default_from_the_dataset_lies_on_its_slider_in_its_unit(
    view: View, answers: dict[str, Answer]
) -> None:
    for ident, sliders in ALL.sliders.items():
        used = {item.name: float(item.value) for item in answers[ident].parameters}
        for slider in sliders:
            assert slider.low <= used[slider.name] <= slider.high, (ident, slider.name)
            if "/" in slider.value and not slider.value.startswith("measure/"):
                unit = view.dataset.figure(slider.value).unit.lower().replace("_", " ")
                unit = {"pct": "percent", "% of defence outlay": "percent"}.get(unit, unit)
                assert unit == slider.unit.lower(), (ident, slider.name)


def test_all_faults_of_the_tables_are_told_at_once(tmp_path: Path) -> None:
    for name in ("questions.csv", "parameters.csv"):
        shutil.copy(FOLDER / name, tmp_path / name)
    text = (tmp_path / "questions.csv").read_text(encoding="utf-8")
    text = text.replace("fiscal_power", "fiscal_powr").replace(",registered,", ",regstered,", 1)
    (tmp_path / "questions.csv").write_text(text, encoding="utf-8")
    text = (tmp_path / "parameters.csv").read_text(encoding="utf-8")
    text = text.replace("q13,clearance,", "q13,clearence,").replace("q24,batch,", "q99,batch,")
    text = re.sub(r"(q65,makers,[^,]*),5,10,20", r"\1,9,10,12", text)
    (tmp_path / "parameters.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        read_catalogue(tmp_path)
    told = str(error.value)
    for expected in (
        "fiscal_powr",
        "fiscal_power",
        "regstered",
        "clearence",
        "q99",
        "factor of two",
    ):
        assert expected in told


# Worksheets, each worked by hand


def test_fiscal_power() -> None:
    # 100 bn over 5 years and 70 bn over 7 are 30 a year; less a tenth 27, of a gap of 200.
    found = values(
        "fiscal_power",
        target=600,
        spending=400,
        loans=100_000,
        loan_years=5,
        grants=70,
        grant_years=7,
        unspent=10,
    )
    assert found == pytest.approx({"share": 13.5, "covered": 27, "gap": 200})


def test_weeks_lost() -> None:
    # Half of 70 weeks is lost, a fifth of it side by side.
    found = values(
        "weeks_lost",
        clearance=10,
        tender=20,
        contract=30,
        approval=5,
        licence=5,
        needed=50,
        overlap=20,
    )
    assert found["weeks_lost"] == pytest.approx(28)
    assert found["contract"] == pytest.approx(15)


def test_paying_ukrainian_makers() -> None:
    # A billion over 2.5 m, 5 m and 6.25 m an item.
    found = values(
        "paying_ukrainian_makers",
        ukrainian_price=2,
        home_price=5,
        overhead=25,
        replacement=100,
        overhaul=25,
    )
    assert found == pytest.approx({"direct_finance": 400, "home_purchase": 200, "donation": 160})


def test_stock_under_obsolescence() -> None:
    # One half-life of lead leaves a half; a batch of one half-life has 0.5 / ln 2 of that.
    found = values("stock_under_obsolescence", rate=100, batch=6, lead=6, half_life=6)
    assert found == pytest.approx({"worth": 36.067, "effective_stock": 108.2}, rel=1e-4)


def test_number_against_quality() -> None:
    # Four times as many to the power of 1.5 are eight; half of that is quality.
    found = values(
        "number_against_quality", price_ratio=4, quality_ratio=4, exponent=1.5, crewed=100
    )
    assert found == pytest.approx({"advantage": 2, "break_even_quality": 8})


def test_balanced_relations() -> None:
    # 50 bought, 5 sold; 45 under their consent and 2 under ours.
    found = values(
        "balanced_relations",
        procurement=100,
        bought_share=50,
        sold=5,
        consent_bought=90,
        consent_sold=40,
    )
    assert found == pytest.approx({"returned": 10, "trade_deficit": 45, "consent_deficit": 43})


def test_market_access() -> None:
    # 60 percent against 2; 60 bn of 100 against 4 bn of 200.
    found = values(
        "market_access",
        american_share=60,
        european_share=2,
        european_market=100,
        american_outlay=800_000,
        american_equipment=25,
    )
    wanted = {"access_ratio": 30, "euro_ratio": 15, "sales_in_Europe": 60, "sales_in_America": 4}
    assert found == pytest.approx(wanted)


def test_interchangeable_ammunition() -> None:
    # Half plain at 80 percent, half special at 20: a half; of 80 pairs 40 are missing.
    found = values(
        "interchangeable_ammunition",
        plain=50,
        approved_plain=80,
        approved_special=20,
        guns=10,
        makers=8,
    )
    assert found == pytest.approx({"share": 50, "approvals_missing": 40})


def test_drone_exchange() -> None:
    # Two shots of 0.9 × 0.01 + 0.1 × 1 are 0.218, for a drone of 0.05.
    found = values(
        "drone_exchange", drone_price=0.05, cheap_price=0.01, dear_price=1, cheap_share=90, shots=2
    )
    assert found == pytest.approx({"ratio": 4.36, "break_even_price": 0.218})


class _World:
    """Two states, three orders: what the worksheets that read figures need of a view."""

    release = "2026-11-21"
    facts: dict[tuple[str, str], float] = {  # noqa: RUF012
        ("order/a", "value"): 4000.0,
        ("order/a", "delivery_first"): 2025,
        ("order/a", "delivery_last"): 2028,
        ("order/b", "quantity"): 10.0,
        ("system/x", "unit_price"): 100.0,
        ("order/c", "value"): 900.0,
        ("state/DEU", "gdp_eur"): 300.0,
        ("state/EST", "gdp_eur"): 100.0,
        ("state/DEU", "population"): 80.0,
        ("state/EST", "population"): 20.0,
    }
    links: dict[tuple[str, str], list[str]] = {  # noqa: RUF012
        ("order/a", "built in"): ["state/USA"],
        ("order/a", "bought by"): ["state/DEU", "state/EST"],
        ("order/b", "built in"): ["state/USA"],
        ("order/b", "bought by"): ["state/EST"],
        ("order/b", "order of"): ["system/x"],
        ("order/c", "built in"): ["state/DEU"],
        ("order/c", "bought by"): ["state/EST"],
    }

    @property
    def dataset(self) -> _World:
        return self

    def kind(self, kind: str) -> list[Any]:
        names = ("order/a", "order/b", "order/c")
        return [SimpleNamespace(address=name, texts={"status": "signed"}) for name in names]

    def targets(self, subject: str, role: str) -> list[str]:
        return self.links.get((subject, role), [])

    def target(self, subject: str, role: str) -> str:
        return (self.targets(subject, role) or [""])[0]

    def value(self, subject: str, quantity: str) -> float | None:
        return self.facts.get((subject, quantity))

    def text(self, subject: str, name: str) -> str:
        return "y" if (subject, name) == ("state/EST", "borders_russia_belarus") else ""

    def known(self, subject: str, quantity: str, period: str = "") -> Amount | None:
        found = self.value(subject, quantity)
        return None if found is None else Amount(found)

    def place(self, name: str) -> Any:
        return SimpleNamespace(states=("state/DEU", "state/EST", "state/ISL"))


def test_retaliation_cost() -> None:
    # Of 4 bn half is due after 2026, shared by two; 10 items of 100 m have no dates: all due.
    amounts = {"surcharge": 10, "delay": 2, "carry": 5, "hit": 50}
    function = WORKSHEETS["retaliation_cost"]
    found = function(_World(), **{name: Amount(value) for name, value in amounts.items()})
    assert isinstance(found, dict)
    told = {name: item.value for name, item in found.items()}
    assert told == pytest.approx({"whole": 0.3, "EST": 0.2, "DEU": 0.1})


def test_deterrent_cost() -> None:
    # Keys: 0.5 × 0.75 + 0.5 × 0.8 = 0.775, and 0.225 × 2 = 0.45, of 1.225.
    amounts = {"cost": 12.25, "product_weight": 50, "border_factor": 2}
    function = WORKSHEETS["deterrent_cost"]
    found = function(_World(), **{name: Amount(value) for name, value in amounts.items()})
    assert isinstance(found, dict)
    told = {name: item.value for name, item in found.items()}
    assert told == pytest.approx({"five_largest": 100, "DEU": 7.75, "EST": 4.5})
    assert found["DEU"].missing == {"state/ISL"}


RISES = {
    "q03": {"loans": 1, "grants": 1, "target": -1, "spending": 1, "unspent": -1, "loan_years": -1},
    "q13": {"clearance": 1, "contract": 1, "needed": -1, "overlap": -1},
    "q17": {"ukrainian_price": -1, "overhead": -1, "home_price": 0},
    "q24": {"half_life": 1, "lead": -1, "batch": -1, "rate": 0},
    "q25": {"price_ratio": 1, "quality_ratio": -1, "exponent": 1, "crewed": 1},
    "q38": {"sold": 1, "procurement": -1, "bought_share": -1},
    "q47": {"cost": 0},
    "q55": {"american_share": 1, "european_share": -1},
    "q65": {"approved_plain": 1, "approved_special": 1, "plain": 1},
    "q67": {"surcharge": 1, "delay": 1, "carry": 1, "hit": 1},
    "q68": {"drone_price": -1, "cheap_price": 1, "dear_price": 1, "cheap_share": -1, "shots": 1},
}
"""Which way each result goes as a slider rises."""


@pytest.mark.parametrize("ident", WORKSHEET_IDS)
def test_the_result_goes_the_right_way_along_each_slider(
    ident: str, answers: dict[str, Answer]
) -> None:
    swings = {row["name"]: row for row in answers[ident].table if row["part"] == "slider"}
    for slider in ALL.sliders[ident]:
        row = swings[slider.told]
        moved = row["result_at_high"] - row["result_at_low"]
        wanted = RISES[ident].get(slider.name)
        if wanted is not None:
            sign = 0 if abs(moved) < 1e-9 else 1 if moved > 0 else -1
            assert sign == wanted, slider.name


@pytest.mark.parametrize("ident", WORKSHEET_IDS)
def test_sliders_take_their_ends_and_nothing_beyond(ident: str, view: View) -> None:
    lows = {item.name: f"{item.low!r}" for item in ALL.sliders[ident]}
    highs = {item.name: f"{item.high!r}" for item in ALL.sliders[ident]}
    for ends_given in (lows, highs):
        found = ask(view, CONTEXT, ALL, ident, ends_given)
        assert all(row["value"] == row["value"] for row in found.table)
        assert all(item.given for item in found.parameters)
    beyond = {item.name: f"{item.high * 1.01!r}" for item in ALL.sliders[ident]}
    with pytest.raises(BadInput) as error:
        ask(view, CONTEXT, ALL, ident, beyond)
    assert len(error.value.problems) == len(beyond)


@pytest.mark.parametrize("ident", WORKSHEET_IDS)
def test_a_flip_is_where_the_headline_meets_the_threshold(
    ident: str, view: View, answers: dict[str, Answer]
) -> None:
    threshold = ALL.questions[ident].threshold
    for flip in answers[ident].flips:
        slider = next(item for item in ALL.sliders[ident] if item.told == flip.what)
        turned = ask(view, CONTEXT, ALL, ident, {slider.name: f"{flip.end!r}"})
        assert turned.table[0]["value"] == pytest.approx(threshold, rel=1e-4)


@pytest.mark.parametrize("ident", WORKSHEET_IDS)
def test_each_worksheet_tells_what_a_reader_needs(ident: str, answers: dict[str, Answer]) -> None:
    found = answers[ident]
    assert found.grade == "worksheet, illustrative"
    assert found.sentence.endswith(".") and "{" not in found.sentence
    assert found.reasons[0].startswith("Formula: ") and found.not_included
    assert 0 < found.assumed_share <= 1
    assert sum(item.weight for item in found.sources) <= 1 + 1e-9
    results = [row for row in found.table if row["part"] == "result"]
    assert all(row["low"] <= row["value"] <= row["high"] for row in results)
    assert found.chart is not None and found.chart.rows


def test_a_figure_that_moves_moves_the_worksheet_that_rests_on_it(tmp_path: Path) -> None:
    text = "address,quantity,value,unit,source,as_of,published,basis\n"
    text += "instrument/safe,envelope,300000,EUR m,cp-rules,2026-11,2026-11,assumed\n"
    (tmp_path / "figures.csv").write_text(text, encoding="utf-8")
    doubled = View(load(overlays=(tmp_path,)))
    answer = ask(doubled, CONTEXT, ALL, "q03", {})
    # (300 / 5 + 131 / 7) × 0.9 a year.
    assert answer.table[1]["value"] == pytest.approx((60 + 131 / 7) * 0.9)


def test_a_number_of_the_user_has_no_range_of_its_own(view: View) -> None:
    given = {item.name: f"{item.low!r}" for item in ALL.sliders["q24"]}
    answer = ask(view, CONTEXT, ALL, "q24", given)
    result = answer.table[0]
    assert result["low"] == pytest.approx(result["value"]) == pytest.approx(result["high"])


# Amounts and replies


@given(st.floats(0.1, 50), st.floats(0.2, 4))
def test_powers_and_halvings_have_the_slopes_of_their_curves(base: float, power: float) -> None:
    step = 1e-6
    raised = to_power(Amount(base, {"b": 1.0}), Amount(power, {"p": 1.0}))
    assert raised.slopes["b"] == pytest.approx(
        ((base + step) ** power - raised.value) / step, rel=1e-3
    )
    assert raised.slopes["p"] == pytest.approx(
        (base ** (power + step) - raised.value) / step, rel=1e-3, abs=1e-4
    )
    left = halved(Amount(power, {"p": 1.0}))
    assert left.slopes["p"] == pytest.approx((2 ** -(power + step) - left.value) / step, rel=1e-3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12, "12"),
        (6.0, "6"),
        (12345, "12,000"),
        (0.0456, "0.046"),
        (9.96, "10"),
        (2.25, "2.2"),
    ],
)
def test_prose_has_two_digits(value: float, text: str) -> None:
    assert said(value) == text


def test_what_flips_is_exact_for_a_straight_line(view: View) -> None:
    item = view.read("instrument/safe", "envelope") * 2 - 100_000
    (flip,) = flips_of(view, item, 300_000, "it is reached")
    assert flip.end == pytest.approx(200_000) and not flip.inside
    assert ranged(view, item) == "200,000"


def test_prose_tells_a_range_where_there_is_one(view: View) -> None:
    price = view.read("system/caesar", "unit_price")
    low, high = ends(view, price)
    assert ranged(view, price) == f"{said(price.value)} ({said(low)} to {said(high)})"


def test_a_range_stays_in_its_bounds(view: View) -> None:
    price = view.read("system/caesar", "unit_price")
    low, high = ends(view, price)
    assert low < price.value < high
    assert ends(view, price, (low + 0.1, high - 0.1)) == (low + 0.1, high - 0.1)
    assert ends(view, price, (price.value + 1, price.value + 2)) == (price.value, high)


def test_rows_with_other_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="same columns"):
        reply("So it is.", [{"a": 1}, {"b": 2}], [])


def test_half_of_the_requirement(view: View) -> None:
    answer = ask(view, CONTEXT, ALL, "q52", {"behaviour": "ordered", "half": "100"})
    assert answer.sentence.startswith("No: in 2030 NATO-EUR covers")
    shares = [row["value"] for row in answer.table]
    assert shares == sorted(shares) and all(0 <= share <= 100 for share in shares)
    mean = sum(shares) / len(shares)
    assert f"covers {said(mean)} (" in answer.sentence
    easy = ask(view, CONTEXT, ALL, "q52", {"behaviour": "ordered", "half": "1"})
    assert easy.sentence.startswith("Yes")


@pytest.mark.parametrize("ident", sorted(set(COMPUTED_IDS) - MANY_PLANS))
def test_every_computed_question_answers(
    ident: str, view: View, yearly_together: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ALL.questions[ident].function not in COMPUTED:
        pytest.skip("not written yet")

    def planned(world: World, cap: DependenceCap | None = None) -> Plan:
        """The plan together; the release's own, without a cap, is at hand."""
        own = cap is None and np.array_equal(world.budget, yearly_together.world.budget)
        return yearly_together if own else plan_together(world, cap)

    for name in ("less_dependence", "late_spending"):
        monkeypatch.setattr(f"counterpoise.questions.{name}.plan_together", planned)
    answer = ask(view, CONTEXT, ALL, ident, {})
    assert answer.sentence and answer.table and answer.not_included and answer.sources
    assert answer.grade == "computed" and 0 <= answer.assumed_share <= 1
    if answer.chart is not None:
        assert draw(answer.chart, answer.table).svg.startswith("<svg")


def test_no_need_is_no_answer(view: View) -> None:
    with pytest.raises(NoAnswer, match="a need of LUX in area/mbt"):
        ask(view, CONTEXT, ALL, "q11", {"place": "LUX", "area": "mbt"})


def test_a_type_that_is_kept_from_its_buyer_is_told(view: View) -> None:
    told = "kept it from this buyer, and that isn't recorded as over"
    for buyer, kept in (("TUR", True), ("POL", False)):
        answer = ask(view, CONTEXT, ALL, "deliver", {"line": "f-35a-usa", "buyer": buyer})
        assert (told in answer.sentence) == kept


def test_nothing_is_reckoned_beyond_the_horizon(view: View) -> None:
    answer = ask(view, CONTEXT, ALL, "deliver", {"units": "1000"})
    causes = [row for row in answer.table if row["item"] in ("queue", "rate")]
    assert causes and all(row["value"] is None for row in causes if row["basis"] == "derived")


# Saving


class _Text(HTMLParser):
    """The words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("ident", ["q17", "q47"])
def test_an_answer_opens_again_in_each_form(
    ident: str, answers: dict[str, Answer], tmp_path: Path
) -> None:
    answer = answers[ident]
    files = {form: file_bytes(answer, form) for form in FORMS}
    word = docx.Document(io.BytesIO(files["docx"]))
    written = "\n".join(item.text for item in word.paragraphs)
    assert answer.sentence in written and word.inline_shapes
    assert all(limit in written for limit in answer.not_included)
    book = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"]))
    assert book.sheet_names[:3] == ["answer", "figures", "chart"]
    rows = book.get_sheet_by_name("figures").to_python()
    assert rows[1][rows[0].index("value")] == pytest.approx(answer.table[0]["value"])
    assert len(rows) == len(answer.table) + 1
    assert len(book.get_sheet_by_name("sources").to_python()) == len(answer.sources) + 1
    page = _Text()
    page.feed(files["html"].decode())
    assert answer.sentence in " ".join("".join(page.words).split())
    assert b"<svg" in files["html"]
    marked = files["md"].decode()
    assert f"**{answer.sentence}**" in marked and "rests on assumed inputs" in marked
    told_again = json.loads(files["json"])
    assert told_again["sentence"] == answer.sentence and len(told_again["table"]) == len(
        answer.table
    )


WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def notes_of(package: zipfile.ZipFile) -> dict[str, str]:
    """The footnotes of a Word document by id, without those that draw the line above them."""
    root = ElementTree.fromstring(package.read("word/footnotes.xml"))
    return {
        note.get(f"{WORD}id", ""): "".join(note.itertext()).strip()
        for note in root
        if note.get(f"{WORD}type") is None
    }


@pytest.mark.parametrize("ident", ["q17", "q47", "deliver", "q27"])
def test_a_paragraph_has_its_sources_as_footnotes(ident: str, view: View) -> None:
    answer = ask(view, CONTEXT, ALL, ident, {})
    saved = file_bytes(answer, "paragraph")
    assert saved == file_bytes(answer, "paragraph")
    (line,) = docx.Document(io.BytesIO(saved)).paragraphs
    assert line.text.startswith(answer.sentence.rstrip(".")[1:], 1)
    assert "rests on assumed inputs" in line.text
    package = zipfile.ZipFile(io.BytesIO(saved))
    body = ElementTree.fromstring(package.read("word/document.xml"))
    marks = [mark.get(f"{WORD}id") for mark in body.iter(f"{WORD}footnoteReference")]
    notes = notes_of(package)
    assert marks == list(notes) == [str(number) for number in range(1, len(notes) + 1)]
    *sources, cited = notes.values()
    assert cited == citation(answer) and answer.address in cited and "CC BY 4.0" in cited
    assert sources and len(set(sources)) == len(sources)
    assert set(sources) <= {source_note(item) for item in answer.sources}
    for name in ("[Content_Types].xml", "word/_rels/document.xml.rels", "word/settings.xml"):
        assert b"footnote" in package.read(name)


def test_reasons_have_the_sources_of_their_rows(view: View) -> None:
    answer = ask(view, CONTEXT, ALL, "deliver", {})
    noted = dict(paragraph(answer))
    rate = next(sentence for sentence in noted if sentence.startswith("Rate adds"))
    figure = view.dataset.observation("line/patriot-fire-unit-usa", "rate")
    assert figure is not None
    wanted = {source_note(item) for item in answer.sources if item.key in figure.sources}
    assert wanted and wanted <= set(noted[rate])


def test_a_paragraph_is_saved_as_a_word_document(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "access.docx"
    status, _, _ = run(capsys, monkeypatch, "ask", "q55", "--format", "paragraph", "--out", out)
    assert status == 0 and len(notes_of(zipfile.ZipFile(out))) > 1
    status, _, err = run(capsys, monkeypatch, "ask", "q55", "--format", "paragraph")
    assert status == 2 and "a file name" in err
    out = tmp_path / "access.paragraph"
    status, _, err = run(capsys, monkeypatch, "ask", "q55", "--out", out)
    assert status == 2 and ".docx" in err and ".paragraph" not in err.split("expected")[1]
    out = tmp_path / "access.md"
    status, _, err = run(capsys, monkeypatch, "ask", "q55", "--format", "paragraph", "--out", out)
    assert status == 2 and ".docx" in err and not out.exists()


def test_saving_markdown_puts_the_drawing_beside_it(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "access.md"
    status, _, _ = run(capsys, monkeypatch, "ask", "q55", "--out", out)
    assert status == 0
    assert "](access.svg)" in out.read_text(encoding="utf-8")
    assert (tmp_path / "access.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_failed_save_leaves_nothing(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "access.svg.part").mkdir()
    before = sorted(tmp_path.rglob("*"))
    status, _, err = run(capsys, monkeypatch, "ask", "q55", "--out", tmp_path / "access.md")
    assert status == 2 and "cannot-write" in err
    assert sorted(tmp_path.rglob("*")) == before


def test_digits_in_prose_refer_to_the_answer() -> None:
    parts = told("From 3 to 4.5 percent.", "question/q03")
    assert plain(parts) == "From 3 to 4.5 percent."
    named = [part for part in parts if not isinstance(part, str)]
    assert [part.text for part in named] == ["3", "4.5"]


def drawn(spec: ChartSpec, *rows: dict[str, Any]) -> tuple[list[str], str]:
    """The texts of a drawing in their order, and the drawing."""
    svg = draw(spec, rows).svg
    return re.findall(r">([^<>]+)</text>", svg), svg


def test_columns_of_a_heat_chart_keep_the_order_of_the_table() -> None:
    rows = [{"plan": plan, "what": "x", "share": 10} for plan in ("north", "centre", "south")]
    texts, _ = drawn(ChartSpec("heat", "plan", "share", "T", "percent", series="what"), *rows)
    assert [text for text in texts if text in ("north", "centre", "south")] == [
        "north", "centre", "south",
    ]  # fmt: skip


def test_counts_in_bars_are_whole() -> None:
    texts, _ = drawn(ChartSpec("bars", "plan", "posts", "T", "posts"), {"plan": "a", "posts": 17})
    assert "17" in texts and "17.0" not in texts


def test_names_of_points_stand_clear_of_each_other_and_no_axis_falls_below_zero() -> None:
    """Five dots near zero, three on one place: no two names overlap."""
    places = [(800 + 10 * at, 1 + at / 10) for at in range(5)] + [(900, 50.0)] * 3
    rows: list[dict[str, Any]] = [
        {"km": km, "eur": eur, "state": f"State {at}", "kind": "a"}
        for at, (km, eur) in enumerate(places)
    ]
    rows.append({"km": 5400, "eur": 100, "state": "Far", "kind": "a"})
    spec = ChartSpec("points", "km", "eur", "T", "EUR bn", series="kind", label="state")
    texts, svg = drawn(spec, *rows)
    names = [text for text in texts if text.startswith("State")]
    assert sorted(names) == sorted(f"State {at}" for at in range(8))
    assert not any(text.startswith(("-", "−")) for text in texts)
    marks = re.findall(
        r'<text text-anchor="(start|end)" transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]*>State',
        svg,
    )
    assert len(marks) == 8
    wide = 6 * len("State 1")
    boxes = [
        (float(x) - wide * (side == "end"), float(x) + wide * (side == "start"), float(y))
        for side, x, y in marks
    ]
    for one, other in combinations(boxes, 2):
        assert one[1] <= other[0] or other[1] <= one[0] or abs(one[2] - other[2]) >= 13


@pytest.mark.parametrize("kind", ["bars", "lines", "curve", "ranges", "heat", "calendar"])
def test_each_kind_of_chart_is_drawn(kind: str) -> None:
    rows: list[dict[str, Any]] = [
        {"x": 2027 + year, "name": f"thing {name}", "value": 10.0 * year, "low": 1.0, "high": 40.0}
        for name in "ab"
        for year in range(3)
    ]
    if kind in ("bars", "ranges"):
        spec = ChartSpec(kind, "name", "value", "A title", "units", low="low", high="high")
    elif kind == "calendar":
        rows = [{"name": "order", "value": 2031.5, "first": 2028.0}]
        spec = ChartSpec(kind, "name", "value", "A title", "year", low="first")
    else:
        spec = ChartSpec(kind, "x", "value", "A title", "percent", series="name")
    drawing = draw(spec, tuple(rows))
    assert drawing.svg.startswith("<svg") and drawing.data


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "yes"), (3.0, "3"), (0.12345, "0.123"), (45678.9, "45,679")],
)
def test_cells(value: object, text: str) -> None:
    assert shown(value) == text


# Search


PHRASES = {
    "america leaves": "q26",
    "what happens when the US withdraws": "q26",
    "air defense batteries": "q44",
    "cost of drones and interceptors": "q68",
    "nuclear umbrella costs": "q47",
    "155 mm shells interchangeable": "q65",
    "priorities of gaps": "q22",
    "postponed spending": "q23",
    "reduce dependency on america": "q19",
    "burden sharing": "q48",
    "growth of spending germany": "q51",
    "miltestones and timelines": "q57",
    "half of the minimum requirment": "q52",
    "closing the gap by 2030": "q49",
    "danish model": "q17",
    "bureaucracy": "q13",
    "buy american market access": "q55",
    "hungary veto": "q27",
    "command posts": "q28",
    "joint procurement savings": "q59",
    "SAFE interest savings": "q34",
    "lanchester": "q25",
    "retaliation tariffs": "q67",
    "fiscal": "q03",
    "obsolete drones stockpile": "q24",
    "spare parts withheld": "q39",
    "q38": "q38",
}


@pytest.fixture(scope="module")
def known(data: Dataset) -> Lexicon:
    return lexicon(index(ALL, data))


@pytest.mark.parametrize(("words", "ident"), PHRASES.items())
def test_plain_words_find_the_question(words: str, ident: str, known: Lexicon) -> None:
    assert ident_of(suggest(known, words)[0]) == ident


def test_a_clear_best_is_named_and_nothing_is_nothing(known: Lexicon) -> None:
    best = clear_best(suggest(known, "lanchester", things=0))
    assert best is not None and best.path == "ask/q25"
    assert clear_best(suggest(known, "spending", things=0)) is None
    assert suggest(known, "xylophone") == () and clear_best([]) is None


# The command


def test_the_list_names_every_question(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, "ask", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0 and [row["id"] for row in rows] == sorted(ALL.questions)
    assert all(row["missing"] for row in rows if row["kind"] == "registered")


def test_an_answer_starts_with_its_sentence(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run(capsys, monkeypatch, "ask", "Q55", "european_share=4")
    assert status == 0
    assert out.startswith("American makers win 16 times the share")
    places = [out.index(head) for head in ("Results", "Reasons", "What would flip it", "Not incl")]
    assert places == sorted(places) and "Grade: worksheet, illustrative" in out


def test_words_search_and_name_the_best(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, "ask", "market", "acess")
    assert status == 0 and "ask q55" in out
    status, _, err = run(capsys, monkeypatch, "ask", "xylophone")
    assert status == 1 and "xylophone" in err


@pytest.mark.parametrize("ident", REGISTERED_IDS)
def test_a_registered_question_says_what_is_missing(
    ident: str, view: View, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotAnswered, match=re.escape(ALL.questions[ident].missing)):
        ask(view, CONTEXT, ALL, ident, {})
    assert issubclass(NotAnswered, NotFound)
    if ident == REGISTERED_IDS[0]:
        status, _, err = run(capsys, monkeypatch, "ask", ident)
        assert status == 1 and ALL.questions[ident].missing in err


def test_bad_arguments_are_all_told_with_near_ones(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, err = run(capsys, monkeypatch, "ask", "q55", "europan_share=4", "american_share=900")
    assert status == 2 and "2 problems" in err
    assert "did you mean european_share" in err and "from 20 to 80" in err
    status, _, err = run(capsys, monkeypatch, "ask", "q99")
    assert status == 2 and re.search(r"did you mean q\d\d", err)
    status, _, err = run(capsys, monkeypatch, "ask", "q55", "--out", "access.pdf")
    assert status == 2 and ".docx" in err
    status, _, err = run(capsys, monkeypatch, "ask", "q55", "--format", "docx")
    assert status == 2 and "a file name" in err
    status, _, err = run(capsys, monkeypatch, "ask", "q55", "--format", "pdf")
    assert status == 2 and "md or docx" in err
    status, _, err = run(capsys, monkeypatch, "ask", "nonsense", "year=2030")
    assert status == 2 and "ask` lists all" in err


def test_leaks_can_be_left_out(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("ask", "q52", "behaviour=ordered", "--format", "json")
    _, with_leaks, _ = run(capsys, monkeypatch, *words)
    status, without, _ = run(capsys, monkeypatch, *words, "--without-leaks")
    assert status == 0
    assert any(item["leak"] for item in json.loads(with_leaks)["sources"])
    assert not any(item["leak"] for item in json.loads(without)["sources"])
