"""A run told in a brief: all that it says can be evaluated again."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from counterpoise import runs
from counterpoise.cli.stability import relabelled
from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.measures.equipment_part import equipment_parts_table
from counterpoise.measures.evaluate import MEASURES, evaluate
from counterpoise.measures.view import View
from counterpoise.planning.drawn import ORDERS as DRAWN
from counterpoise.planning.drawn import RESULTS, Drawn
from counterpoise.planning.headlines import SCHEMA as HEADLINES
from counterpoise.planning.regret import CASES, Outcome, regret_table
from counterpoise.planning.setting import Setting
from counterpoise.planning.stability import firmness
from counterpoise.planning.variants import SCHEMA, SHOCKS
from counterpoise.publish.blocks import Document, Paragraph, Table
from counterpoise.publish.brief import build_brief
from counterpoise.publish.docx import docx_bytes
from counterpoise.publish.html import render_html
from counterpoise.publish.pdf import pdf_bytes
from counterpoise.publish.theme import plain
from counterpoise.questions.run_rows import show_in_run
from counterpoise.world.scenario import read_scenario


@pytest.fixture(scope="module")
def run(yearly_runs: Path) -> runs.Run:
    return runs.open_run("latest", yearly_runs)


OPEN = "sam-upper=0.900; sead=0.800"


def _firm_tables(run: runs.Run) -> dict[str, pl.DataFrame]:
    """Labels of the run's own orders by two draws: all that it buys, and only Britain's."""
    orders = run.table("orders").filter(pl.col("behaviour") == "together")
    number = pl.lit(0, dtype=pl.Int64).alias("draw")
    same = orders.with_columns(number).select(list(DRAWN))
    britain = same.filter(pl.col("buyer") == "state/GBR")
    drawn = Drawn(
        pl.concat([same, same.with_columns(number + 1), britain.with_columns(number + 2)]),
        pl.DataFrame([(n, 344.0, 100.0 + n, 800.0) for n in range(3)], RESULTS, orient="row"),
    )
    return firmness(load(), Setting(), run.table("orders"), "together", 2, 1, drawn)


@pytest.fixture(scope="module")
def told(run: runs.Run, tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    """A copy of the run with tables of variants and analyses as a full run has them."""
    cases = [("baseline", "planned"), ("us-stays", "planned"), ("us-gone", "planned")]
    cases += [(shock, version) for shock in SHOCKS for version in CASES]
    rows = [(*case, 100.0 + i, 344.0, 800.0 + i, 500.0, 2033) for i, case in enumerate(cases)]
    steps = ["line/k2-kor", "state/POL", "area/shell-155", "line/himars-usa"]
    costs = Outcome(100.0, 120.0, 344.0, 800.0, 500.0, 2033)
    shocked = [(read_scenario(shock, load()), (2028.0,), dict.fromkeys(CASES, costs))
               for shock in SHOCKS]  # fmt: skip
    tables = {
        "variants": pl.DataFrame(rows, schema=SCHEMA, orient="row"),
        "regret": regret_table(shocked, "yearly"),
        "bottlenecks": pl.DataFrame(
            {
                "rank": [1, 2, 3, 4],
                "address": steps,
                "step": ["a tenth more output"] * 4,
                "removed": [3.0, 2.0, 1.5, 1.0],
                "share": [0.03, 0.02, 0.015, 0.01],
            }
        ),
        "best-use": pl.DataFrame(
            {
                "rank": [1, 2],
                "address": ["state/GRC", "line/k2-kor"],
                "use": ["EUR 1bn once, in 2028", "its output doubled"],
                "eur_bn": [1.0, 0.2],
                "removed": [0.31, 0.2],
                "per_billion": [0.31, 0.2],
                "buys": ["area/mbt in state/GRC 0.3 less", ""],
            }
        ),
        "rule-costs": pl.DataFrame(
            {
                "rank": [1],
                "name": ["absorption"],
                "rule": ["no limit to what is taken up a year"],
                "removed": [20.5],
                "share": [0.12],
                "cost": [3.5],
            }
        ),
        "influence": pl.DataFrame(
            {
                "basis": ["reported", "estimated", "derived", "assumed"],
                "share": [0.1, 0.1, 0.2, 0.6],
            }
        ),
        "influential-inputs": pl.DataFrame(
            {"address": ["rule/money-share/value"], "basis": ["assumed"], "effect": [90.0]}
        ),
        "approved-orders": pl.DataFrame({"name": ["approved"], "removed": [3.2]}),
        "headlines": pl.DataFrame(
            [
                ("equal", 0.38, True, 344.0, 100.0, 0.7, 100.0, 800.0, 5, 20, 0.3, OPEN),
                ("threat-first", 0.38, False, 354.0, 110.0, 0.6, 120.0, 810.0, 5, 19, 0.3, OPEN),
                ("equal", 0.2, False, 344.0, 150.0, 0.5, 150.0, 500.0, 3, 12, 0.3, OPEN),
            ],
            schema=HEADLINES,
            orient="row",
        ),
        "equipment-parts": equipment_parts_table(View(load())),
        "whole": pl.DataFrame(
            [(name, "any", 100.0, 101.0, 0.01) for name in ("shortfall", "cost", "bound")],
            schema=["name", "unit", "against", "whole", "distance"],
            orient="row",
        ),
        **_firm_tables(run),
    }
    place = tmp_path_factory.mktemp("told") / run.id
    shutil.copytree(run.path, place)
    for name, frame in tables.items():
        frame.write_parquet(place / "tables" / f"{name}.parquet")
    (place / "run.json").unlink()
    own = ("format", "status", "files", "digest")
    runs.finish(place, {name: value for name, value in run.meta.items() if name not in own})
    return runs.open_run(str(place))


@pytest.fixture(scope="module")
def brief(told: runs.Run) -> Document:
    return build_brief(told, load())


@pytest.fixture(scope="module")
def html(brief: Document) -> str:
    return render_html(brief)


class _Reader(HTMLParser):
    """Collects data elements and the text that stands outside elements where digits are free."""

    FREE = ("data", "svg", "cite", "time", "title", "h1", "style", "script", "summary")

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, bool]] = []
        self.data: list[tuple[str, str, int]] = []
        self.plain: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "br", "img", "col", "hr"):
            return
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        free = tag in self.FREE or bool(classes & {"name", "date", "colophon", "footer"})
        self.stack.append((tag, free))
        if tag == "data":
            address = given.get("data-address") or ""
            self.data.append((given["value"] or "", address, int(given["data-decimals"] or 0)))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        if not any(free for _, free in self.stack):
            self.plain.append(text)


def test_the_brief_says_what_is_firm(told: runs.Run, html: str) -> None:
    """Half the draws buy all, the other only Britain's: its orders alone are firm, under a fifth.

    So the brief opens with it, and the calendar of orders lists Britain's as firm before others.
    """
    orders = told.table("orders").filter(pl.col("behaviour") == "together")
    firm = orders.filter(pl.col("stability") == "firm")
    assert set(firm["buyer"]) == {"state/GBR"}
    assert set(orders.filter(pl.col("buyer") == "state/GBR")["stability"]) == {"firm"}
    assert orders.head(firm.height).equals(firm)
    near = orders.filter(pl.col("ordered") < 2036)
    share = float(firm.filter(pl.col("ordered") < 2036)["eur_bn"].sum() / near["eur_bn"].sum())
    assert evaluate(told.table, "stability", "order", "firm", "all") == pytest.approx(share)
    assert share < 0.2
    assert evaluate(told.table, "undisturbed") == pytest.approx(1.0)
    assert evaluate(told.table, "order_share", "GBR", "all", "all") == pytest.approx(1.0)
    assert evaluate(told.table, "order_share", "DEU", "all", "all") == pytest.approx(0.5)
    opening = html.index("spending is firm: most")
    assert opening < html.index("rests on assumed inputs")
    calendar = html[html.rindex("Calendar of orders") :]
    assert calendar.index("preferred</td>") > calendar.index("firm</td>")


def test_the_sums_of_who_pays_name_their_plan(brief: Document) -> None:
    """What is paid is said of the plan in fractions, while orders may be printed in whole units."""
    said = [plain(block.content) for block in brief.blocks if isinstance(block, Paragraph)]
    paid = next(text for text in said if "from national equipment budgets" in text)
    assert paid.startswith("The plan together, reckoned in fractions of units, draws EUR")
    tables = [plain(block.caption) for block in brief.blocks if isinstance(block, Table)]
    assert any("plan together in fractions of units" in caption for caption in tables)


def test_other_draws_make_a_new_run_of_the_same_plan(told: runs.Run, tmp_path: Path) -> None:
    """One of the two draws that a run has needs no planning: the first buys all, so all is firm."""
    again = relabelled(told, 1, 1, "yearly", tmp_path, lambda text: None)
    assert again.id != told.id
    assert again.meta["request"] == {**told.meta["request"], "draws": 1}
    assert set(again.table("stability")["label"]) == {"firm"}
    assert again.table("draw-results")["draw"].to_list() == [0, 1]
    assert again.table("gaps").equals(told.table("gaps"))
    key = ["behaviour", "buyer", "line", "ordered"]
    same = [run.table("orders").drop("stability").sort(key) for run in (told, again)]
    assert same[0].equals(same[1])
    with pytest.raises(BadInput, match="one draw or more"):
        relabelled(told, 0, 1, "yearly", tmp_path, lambda text: None)


def test_every_number_of_the_brief_is_evaluated_again(told: runs.Run, html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    assert len(reader.data) > 500
    for value, address, decimals in reader.data:
        prefix, run_id, measure, *arguments = address.split("/")
        assert (prefix, run_id) == ("run", told.id), address
        again = evaluate(told.table, measure, *arguments)
        assert round(again, decimals) == pytest.approx(round(float(value), decimals)), address
    digits = [text for text in reader.plain if re.search(r"\d", text)]
    assert digits == []
    assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", html).replace("https://", "http://")


def test_brief_says_both_versions_of_each_shock(told: runs.Run, html: str) -> None:
    for shock in SHOCKS:
        for version in CASES:
            assert f"run/{told.id}/variant/{shock}/{version}" in html
        assert f"run/{told.id}/regret/{shock}" in html
    assert html.count('<p class="headline">') == 5


def test_brief_is_written_as_pdf_and_word(brief: Document) -> None:
    pdf = pdf_bytes(brief)
    assert pdf.startswith(b"%PDF") and pdf == pdf_bytes(brief)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 4 <= pages <= 8
    assert docx_bytes(brief).startswith(b"PK")


def test_every_measure_can_be_shown(told: runs.Run) -> None:
    example = {
        "behaviour": "together", "against": "ordered", "place": "POL", "area": "mbt",
        "year": "2030", "state": "POL", "origin": "KOR", "controller": "USA", "item": "national",
        "first": "2027", "last": "2035", "buyer": "POL", "line": "k2-kor", "ordered": "all",
        "rank": "1", "basis": "assumed", "scenario": "us-stays", "version": "planned",
        "part": "purchase", "name": "crumbs", "match": "loose", "label": "firm",
        "outcome": "cost", "end": "median", "weights": "threat-first", "money_share": "own",
        "result": "together", "counted": "share", "case": "held", "column": "distance",
        "rule": "absorption",
    }  # fmt: skip
    for name, found in MEASURES.items():
        arguments = [example[item] for item in found.arguments]
        row = show_in_run(told, [name, *arguments])[0]
        assert isinstance(row["value"], float) and row["unit"] and row["definition"]
