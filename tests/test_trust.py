"""What an analyst relies on: dates, terms, leaks, support, rivals, and what moved."""

from __future__ import annotations

import csv
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from counterpoise.cli import main
from counterpoise.cli.output import write_folder
from counterpoise.data.compare import moved_figures
from counterpoise.data.conflicts import STATES, conflict_rows, rivals
from counterpoise.data.coverage import supported, weighted_coverage
from counterpoise.data.dataset import Dataset
from counterpoise.data.dates import last_day
from counterpoise.data.export import csv_files, kept
from counterpoise.data.history import history
from counterpoise.data.layers import read_layers
from counterpoise.data.load import REFERENCE, load
from counterpoise.data.package import datapackage
from counterpoise.data.support import independent
from counterpoise.data.terms import UNKNOWN, excess, holdings
from counterpoise.errors import BadInput
from counterpoise.planning.plan import Plan
from counterpoise.world.world import build_world

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

SOURCE = "key,title,publisher,date,url,kind,grade,licence,relay_of,leak,terms,compilation_rows,note"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


def overlay(folder: Path, sources: list[str], **sheets: list[str]) -> Path:
    """An overlay with sources (without their heading) and the lines of each sheet."""
    folder.mkdir(exist_ok=True)
    (folder / "sources.csv").write_text("\n".join([SOURCE, *sources]) + "\n", encoding="utf-8")
    for name, lines in sheets.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def said(capsys: Capture, patch: Patch, *words: object) -> tuple[int, str, str]:
    patch.setattr(sys, "argv", ["counterpoise", *map(str, words)])
    status = main()
    found = capsys.readouterr()
    return status, found.out, found.err


# Dates


def test_last_day_of_a_year_a_month_and_a_day() -> None:
    assert [last_day(d) for d in ("2024", "2024-02", "2024-02-10")] == [
        "2024-12-31", "2024-02-31", "2024-02-10",
    ]  # fmt: skip


def test_every_figure_is_dated_and_what_is_known_only_grows(dataset: Dataset) -> None:
    assert all(item.published for item in dataset.observations)
    days = ("2019-12-31", "2022-12-31", "2025-06", "2026-03-31", "2026-11-20", dataset.release)
    counts = [len(dataset.known(day).observations) for day in days]
    assert counts == sorted(counts)
    assert counts[0] > 0
    assert counts[-1] == len(dataset.observations)
    for item in dataset.known("2022-12-31").observations:
        assert last_day(item.published) <= "2022-12-31"


def test_general_knowledge_and_rules_are_known_from_the_release_only(dataset: Dataset) -> None:
    before = dataset.known("2026-11-20")
    for item in before.observations:
        assert item.layer > 0
        assert item.basis != "assumed"
        assert all(dataset.sources[key].terms != "own" for key in item.sources)


def test_a_figure_is_known_when_all_its_originals_are_out(tmp_path: Path) -> None:
    """A relay doesn't count beside its original; two sources must both be out."""
    place = overlay(
        tmp_path / "own",
        [
            "o1,First,Maker,2023-05,,company,A,facts only,,,,,",
            "o2,Relay,Paper,2024-02,,press,C,facts only,Maker,,,,",
            "o3,Other,Institute,2025-01-15,,press,B,facts only,,,,,",
        ],
        figures=[
            "address,quantity,unit,value,source,as_of,basis",
            "system/cv90,unit_price,EUR m,11,o1;o2,2023,reported",
            "system/k2,unit_price,EUR m,24,o1;o3,2023,derived",
        ],
    )
    data = load(overlays=(place,))
    found = {item.subject: item.published for item in data.observations if item.layer == 2}
    assert found == {"system/cv90": "2023-05", "system/k2": "2025-01-15"}
    assert data.known("2023-05-30").value("system/cv90", "unit_price") != 11.0
    assert data.known("2023-05-31").value("system/cv90", "unit_price") == 11.0


def test_a_world_as_known_earlier_and_one_that_nobody_could_know(dataset: Dataset) -> None:
    now = build_world(dataset, calendar="yearly")
    then = build_world(dataset, calendar="yearly", known="2026-09-30")
    assert then.calendar.edges[0] == 2026.75
    assert then.dataset.observation("line/fa-50-kor", "lead_time") is not None
    assert len(then.entries) < len(now.entries)
    with pytest.raises(BadInput, match="YYYY-MM-DD"):
        build_world(dataset, calendar="yearly", known="last year")
    with pytest.raises(BadInput, match="published by 2022-12-31"):
        build_world(dataset, calendar="yearly", known="2022-12-31")


# Terms and leaks


def test_the_release_holds_no_more_than_it_may(dataset: Dataset) -> None:
    assert excess(dataset) == {}
    assert any(held.size for held in holdings(dataset))
    for held in holdings(dataset):
        assert len(held.rows) <= (held.size * 0.1 if held.size else 30)


@pytest.mark.parametrize(
    ("terms", "size", "relay", "over"),
    [
        ("", "", "", 40 - UNKNOWN),
        ("compilation", "250", "", 40 - 25),
        ("compilation", "400", "", 0),
        ("public", "", "NATO", 0),
        ("share-alike", "", "", 0),
        ("compilation", "", "Somebody's Yearbook", 40 - UNKNOWN),
    ],
)
def test_an_overlay_against_the_rule_is_named(
    terms: str, size: str, relay: str, over: int, tmp_path: Path
) -> None:
    systems = [item.address for item in load().kind("system")][:40]
    place = overlay(
        tmp_path / "own",
        [f"own,A list,Listmaker,2026,,dataset,B,unknown,{relay},,{terms},{size},"],
        figures=["address,quantity,unit,value,source,as_of,basis"]
        + [f"{address},listed_price,EUR m,1,own,2026,reported" for address in systems],
    )
    found = excess(load(overlays=(place,)))
    assert len(found) == over
    assert all(origin.file == "own/figures.csv" for origin in found)


def test_a_row_on_grade_e_alone_is_named(tmp_path: Path) -> None:
    place = overlay(
        tmp_path / "own",
        ["bad,Claims,Mouthpiece,2026,,press,E,unknown,,,,,"],
        figures=[
            "address,quantity,unit,value,source,as_of,basis",
            "system/cv90,listed_price,EUR m,1,bad,2026,reported",
            "system/k2,listed_price,EUR m,1,bad;ind-general-knowledge,2026,reported",
        ],
    )
    assert [origin.row for origin in excess(load(overlays=(place,)))] == [2]


def test_what_a_licence_keeps_to_its_holder_is_named(tmp_path: Path) -> None:
    place = overlay(
        tmp_path / "own",
        ["offer,An offer,Maker,2026,,document,B,internal use only,,,,,"],
        figures=[
            "address,quantity,unit,value,source,as_of,basis",
            "system/cv90,listed_price,EUR m,1,offer,2026,reported",
        ],
    )
    assert list(excess(load(overlays=(place,))).values()) == [
        "the licence of offer keeps it to its holder"
    ]


def test_spelling_makes_no_second_publisher(tmp_path: Path) -> None:
    systems = [item.address for item in load().kind("system")][:40]
    place = overlay(
        tmp_path / "own",
        [
            "a,A,List Maker,2026,,dataset,B,unknown,,,,,",
            "b,B,LIST-MAKER,2026,,dataset,B,unknown,,,,,",
        ],
        figures=["address,quantity,unit,value,source,as_of,basis"]
        + [
            f"{address},listed_price,EUR m,1,{'ab'[number % 2]},2026,reported"
            for number, address in enumerate(systems)
        ],
    )
    assert len(excess(load(overlays=(place,)))) == 40 - UNKNOWN


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("s,T,,2026,,press,B,unknown,,,,,", "publisher"),
        ("s,T,P,2026,,press,B,,,,,,", "licence"),
        ("s,T,P,,,press,B,unknown,,,,,", "date"),
        ("s,T,P,2026-13,,press,B,unknown,,,,,", "date"),
        ("s,T,P,2026,,press,F,unknown,,,,,", "grade"),
        ("s,T,P,2026,,press,B,unknown,,,free,,", "terms"),
        ("s,T,P,2026,,press,B,unknown,,,,few,", "compilation_rows"),
        ("s,T,P,2026,,press,B,unknown,,,,,copy of an agency text", "relay_of"),
    ],
)
def test_a_source_must_say_what_it_is(row: str, column: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        load(overlays=(overlay(tmp_path / "own", [row]),))
    assert column in {problem.column for problem in caught.value.problems}


def test_without_leaks_nothing_rests_on_a_leaked_document(dataset: Dataset) -> None:
    leaked = {key for key, source in dataset.sources.items() if source.leak}
    clean = load(leaks=False)
    assert leaked
    for item in (*clean.observations, *clean.links, *clean.things.values()):
        assert item.sources
        assert not leaked & set(item.sources)
    gone = [item for item in dataset.observations if set(item.sources) <= leaked]
    assert gone
    assert len(clean.observations) < len(dataset.observations)
    assert clean.digest != dataset.digest
    build_world(clean, calendar="yearly")


# Support and effect


def test_relays_count_as_their_original(tmp_path: Path) -> None:
    place = overlay(
        tmp_path / "own",
        [
            "a,One,Paper A,2025,,press,C,unknown,Agency,,,,",
            "b,Two,Paper B,2025,,press,C,unknown,Agency,,,,",
            "c,Three,Institute,2025,,press,B,unknown,,,,,",
        ],
        figures=[
            "address,quantity,unit,value,source,as_of,basis,error",
            "system/cv90,own_price,EUR m,11,a;b,2023,reported,",
            "system/k2,own_price,EUR m,11,a,2023,reported,",
            "system/k2,own_price,EUR m,12,c,2023,reported,",
            "system/k9,own_price,EUR m,12,c;ind-general-knowledge,2023,reported,",
            "system/k9,own_price,EUR m,13,a,2023,reported,y",
        ],
    )
    data = load(overlays=(place,))
    names = {
        name: independent(data, (f"system/{name}", "own_price", "", ""))
        for name in ("cv90", "k2", "k9")
    }
    assert names == {"cv90": ("Agency",), "k2": ("Agency", "Institute"), "k9": ("Institute",)}


def test_weighted_coverage_by_hand(dataset: Dataset) -> None:
    inputs = pl.DataFrame(
        {
            "address": [
                "system/cv90/unit_price",
                "line/cv90-swe/lead_time",
                "system/k2/unit_price",
            ],
            "basis": ["reported", "assumed", "reported"],
            "grade": ["A", "D", "B"],
            "effect": [3.0, 5.0, 2.0],
            "low": [1.0, 1.0, 1.0],
            "value": [2.0, 2.0, 2.0],
            "high": [3.0, 3.0, 3.0],
        }
    )
    shares = {(row["part"], row["name"]): row["share"] for row in weighted_coverage(inputs)}
    assert shares["basis", "reported"] == shares["basis", "assumed"] == 0.5
    assert (shares["grade", "A"], shares["grade", "B"], shares["grade", "E"]) == (0.3, 0.2, 0.0)
    assert shares["quantity", "system/unit_price"] == 0.5
    rows = supported(dataset, inputs)
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert rows[1]["independent"] == len(rows[1]["originals"].split("; "))


def test_what_the_result_rests_on_is_solved_for(
    yearly_together: Plan, capsys: Capture, monkeypatch: Patch, tmp_path: Path
) -> None:
    """Without a run of the same data one plan is solved; the aims of the release hold by it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("counterpoise.questions.effects.plan_together", lambda _: yearly_together)
    status, out, err = said(
        capsys, monkeypatch, "data", "coverage", "--weighted", "--format", "json"
    )
    assert (status, "by duals" in err) == (0, True)
    rows = json.loads(out)
    for part in ("basis", "grade", "quantity"):
        assert sum(row["share"] for row in rows if row["part"] == part) == pytest.approx(1)
    shares = {row["name"]: row["share"] for row in rows if row["part"] == "basis"}
    assert shares["assumed"] < 0.35


@pytest.mark.parametrize("domain", ["land", "air", "sea"])
def test_how_much_in_service_is_general_knowledge_alone(dataset: Dataset, domain: str) -> None:
    """At most 30% of each area's weighted units; three land areas fall short, as limits.md says."""
    short = {"area/shell-155", "area/field-hospital", "area/loitering"}
    total: defaultdict[str, float] = defaultdict(float)
    unproved: defaultdict[str, float] = defaultdict(float)
    for holding in dataset.kind("holding"):
        item = dataset.observation(holding.address, "quantity")
        area = dataset.target(holding.address, "fills")
        if holding.texts.get("status") != "active" or item is None or not item.value:
            continue
        if dataset.text(area, "domain") != domain or dataset.text(area, "planned") != "y":
            continue
        system = dataset.target(holding.address, "holding of")
        each = dataset.value(holding.address, "units_per_item") or 1.0
        units = item.value * each * (dataset.value(system, "weight") or 1.0)
        total[area] += units
        if all(dataset.sources[key].terms == "own" for key in item.sources):
            unproved[area] += units
    assert total
    over = {area for area in total if unproved[area] > 0.3 * total[area]}
    assert over <= short


# Conflicts


def test_each_conflict_of_the_documents_is_mapped(dataset: Dataset, shared: Path) -> None:
    with (shared / "facts/documents/conflicts.csv").open(encoding="utf-8") as handle:
        facts = {row["id"]: row for row in csv.DictReader(handle)}
    ours = {thing.address.split("/")[1]: thing for thing in dataset.kind("conflict")}
    assert ours.keys() == facts.keys()
    for name, thing in ours.items():
        state = thing.texts["state"]
        addresses = [a.strip() for a in thing.texts.get("figures", "").split(";") if a.strip()]
        assert state in STATES
        assert thing.texts["reason"]
        if state == "open":
            assert facts[name]["verdict"] == "unresolved"
        if state == "words":
            assert not addresses
        else:
            observations = [dataset.figures[dataset.key(address)] for address in addresses]
            assert sum(map(len, observations)) >= 2, name


def test_rivals_stand_side_by_side_ranked_by_effect(dataset: Dataset) -> None:
    price, rate = "system/aster-30/unit_price", "line/f-35a-usa/rate"
    rows = conflict_rows(dataset, {price: 2.0, rate: 0.5})
    by_figure = {row["figure"]: row for row in rows if row["figure"]}
    for address in (price, rate):
        key = dataset.key(address)
        values = [item.value for item in (dataset.chosen[key], *rivals(dataset, key))]
        stated = [value for value in values if value is not None]
        slope = 2.0 if address == price else 0.5
        assert by_figure[address]["effect"] == pytest.approx(slope * (max(stated) - min(stated)))
    told = [row["effect"] for row in rows if row["effect"] is not None]
    assert told == sorted(told, reverse=True)
    assert {row["figure"] for row in rows[:2]} == {price, rate}
    assert {row["state"] for row in rows if row["figure"] is None} == {"words"}


# Exports


def test_sheets_exported_read_back_the_same(dataset: Dataset, tmp_path: Path) -> None:
    layers = read_layers(REFERENCE, (), dataset.schema, [])
    write_folder(tmp_path / "all", csv_files(dataset, kept(layers, dataset)))
    assert load(tmp_path / "all").digest == dataset.digest
    clean = load(leaks=False)
    write_folder(tmp_path / "clean", csv_files(clean, kept(layers, clean)))
    again = load(tmp_path / "clean")
    assert moved_figures(clean, again) == []
    assert not any(source.leak for source in again.sources.values())


def test_a_release_leaves_out_and_names_what_an_overlay_adds_against_the_rule(
    dataset: Dataset, capsys: Capture, monkeypatch: Patch, tmp_path: Path
) -> None:
    systems = [item.address for item in dataset.kind("system")][:35]
    place = overlay(
        tmp_path / "own",
        ["own,A list,Listmaker,2026,,dataset,B,unknown,,,,,"],
        figures=["address,quantity,unit,value,source,as_of,basis"]
        + [f"{address},listed_price,EUR m,1,own,2026,reported" for address in systems],
    )
    words = ("data", "export", "--data", place)
    status, out, err = said(capsys, monkeypatch, *words, "--release", "--out", tmp_path / "shared")
    assert (status, "5 rows left out" in out) == (0, True)
    assert err.count("left out: own/figures.csv, row ") == 5
    with (tmp_path / "shared/overlays/own/figures.csv").open(encoding="utf-8") as handle:
        assert len(list(csv.DictReader(handle))) == 30
    status, out, err = said(capsys, monkeypatch, *words, "--out", tmp_path / "all")
    assert (status, err) == (0, "")
    with (tmp_path / "all/overlays/own/figures.csv").open(encoding="utf-8") as handle:
        assert len(list(csv.DictReader(handle))) == 35
    assert said(capsys, monkeypatch, *words, "--out", tmp_path / "all")[0] == 2
    status, _, err = said(capsys, monkeypatch, "data", "check", "--data", place)
    assert (status, err.count("not to be shared: ")) == (0, 5)


# What moved


def test_what_moved_is_what_an_overlay_states(dataset: Dataset, tmp_path: Path) -> None:
    place = overlay(
        tmp_path / "own",
        ["own,Offer,Maker,2026-10,,company,A,facts only,,,,,"],
        figures=[
            "address,quantity,unit,value,source,as_of,basis",
            "line/cv90-swe,lead_time,months,99,own,2026-10,reported",
            "system/k2,paint_price,EUR m,1,own,2026-10,reported",
        ],
    )
    rows = moved_figures(dataset, load(overlays=(place,)))
    assert [(row["figure"], row["change"], row["after"]) for row in rows] == [
        ("line/cv90-swe/lead_time", "value", "99"),
        ("system/k2/paint_price", "new", "1"),
    ]
    assert moved_figures(dataset, dataset) == []


def test_the_history_tells_the_present_release(dataset: Dataset) -> None:
    rows = history()
    assert rows
    for row in rows:
        if row["change"] != "gone":
            assert dataset.key(row["figure"]) in dataset.chosen


# Figures computed from tables of the release


def table(name: str) -> list[dict[str, str]]:
    path = REFERENCE / "derivations" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_absorption_is_the_upper_quartile_of_recorded_fieldings(dataset: Dataset) -> None:
    peaks = sorted(
        float(row["peak_share"])
        for row in table("fieldings")
        if int(row["years"]) >= 2 and float(row["target_2035"]) >= 10
    )
    found = dataset.observation("rule/absorption", "value")
    assert found is not None and found.low is not None and found.high is not None
    quartile = statistics.quantiles(peaks, n=4, method="inclusive")[2]
    assert found.value == pytest.approx(quartile, abs=0.005)
    assert found.low == pytest.approx(statistics.median(peaks), abs=0.005)
    assert found.high == pytest.approx(peaks[-1], abs=0.005)


@pytest.mark.parametrize(
    ("kind", "units"),
    [("interceptor-upper", 196), ("interceptor-medium", 229), ("rocket", 745)],
)
def test_munitions_needed_follow_from_those_ordered_with_a_unit(
    kind: str, units: float, dataset: Dataset
) -> None:
    ratios = [float(row["ratio"]) for row in table("missiles-per-unit") if row["kind"] == kind]
    need = dataset.value(f"need/{kind}", "need_2035")
    assert need == pytest.approx(statistics.median(ratios) * units, rel=0.01)


# Commands


def test_commands_tell_the_release_and_answer(
    dataset: Dataset, capsys: Capture, monkeypatch: Patch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, _ = said(capsys, monkeypatch, "data", "check", "--terms", "--format", "json")
    assert status == 0
    assert {row["release"] for row in json.loads(out)} == {dataset.id}
    status, out, _ = said(capsys, monkeypatch, "data", "known", "--on", "2022-12-31")
    assert status == 0
    assert f"release {dataset.id}" in out
    for wrong in ("last year", "2026-02-31"):
        assert said(capsys, monkeypatch, "data", "known", "--on", wrong)[0] == 2
    status, out, _ = said(
        capsys, monkeypatch, "data", "known", "--on", "2022-12-31", "--figures", "--format", "csv"
    )
    assert status == 0
    assert len(out.splitlines()) - 1 == len(dataset.known("2022-12-31").figures)
    status, out, _ = said(capsys, monkeypatch, "show", "source/forces-sipri-at-2024")
    assert (status, "rows of the compilation: 27,953" in out) == (0, True)
    assert said(capsys, monkeypatch, "show", "source/forces-sipri")[0] == 1
    status, out, _ = said(capsys, monkeypatch, "list", "sources", "--format", "json")
    assert len(json.loads(out)) == len(dataset.sources)
    status, out, _ = said(capsys, monkeypatch, "why", "line/fa-50-kor/lead_time")
    assert "independent sources" in out
    assert "lost: derived goes before assumed" in out


def test_the_generated_pages_are_current() -> None:
    script = Path(__file__).parent.parent / "docs" / "reference.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_data_package_describes_every_column() -> None:
    dataset = load()
    resources = {item["name"]: item for item in datapackage(dataset)["resources"]}
    assert resources.keys() >= {"systems", "sources", "aliases", "figures"}
    for name, resource in resources.items():
        with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            heading = next(csv.reader(handle))
        assert [field["name"] for field in resource["schema"]["fields"]] == heading
    assert replace(dataset, release="2020-01-01").id != dataset.id
