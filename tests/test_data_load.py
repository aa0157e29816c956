"""Loading, choosing, naming, overlays: what the dataset holds is what the sheets say."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.data.choose import choose, rank, reason
from counterpoise.data.coverage import coverage
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import REFERENCE, load
from counterpoise.data.records import Observation, Origin, Source
from counterpoise.data.schema import BASES, GRADES
from counterpoise.data.trail import why
from counterpoise.data.views import listing, show
from counterpoise.errors import BadInput, NotFound

INVENTED = (
    "Patriot XL", "Leopard 9", "Leopard 2B12", "Gripen Z", "Eurofighter Neo", "Rafale Omega",
    "F-35Q", "IRIS-T Ultra", "NASAMS 7", "Tomahawk Lite", "Taurus Maximus", "Storm Shade",
    "HIMARS Nano", "K2 Grey Panther", "K11", "Boxer Heavy 10x10", "Puma Nova", "Lynx KF99",
    "CV95", "Archer Longbow Mk 4", "Caesar 10x10", "PzH 3000", "Skyranger 99", "Skynex Prime",
    "A400Z", "Globaleye 2", "Type 28", "Type 299", "FDI Grande", "A27 Blekinge II",
    "system/patriott", "state/POLL", "line/pac-4-mse", "company/rtxx", "area/sam-lower",
    "European Sky Dome Initiative", "North Adriatic Treaty Organization", "SAFE 9",
    "JFC Brunswick", "Permanent Unstructured Cooperation",
)  # fmt: skip


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


def write(folder: Path, sheet: str, *rows: dict[str, str]) -> None:
    """An overlay's sheet with the columns of its first row."""
    folder.mkdir(exist_ok=True)
    with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


OUTLAY = "defence_outlay/2025/nato-sgar-2026-03"
STATED = {"source": "cp-rules", "as_of": "2026-11", "basis": "assumed"}


def observation(number: int = 1, **changes: object) -> Observation:
    base = Observation(
        id=f"own:{number}:value", subject="system/own", quantity="unit_price", period="",
        qualifier="", low=None, value=10.0, high=None, unit="EUR m", price_basis="nominal",
        basis="reported", sources=("a",), as_of="2025", published="2025", note="", error=False,
        layer=1, origin=Origin("own.csv", number),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def source(grade: str) -> Source:
    return Source(
        key=grade.lower(), title="", publisher="", date="", url="", kind="", grade=grade,
        licence="", relay_of="", leak=False,
        terms="compilation", compilation_rows=None, note="",
    )  # fmt: skip


SOURCES = {grade.lower(): source(grade) for grade in GRADES}


# Round trip


def test_every_observation_is_reached_by_its_address(dataset: Dataset) -> None:
    for item in dataset.observations:
        key = dataset.key(item.address)
        assert key == (item.subject, item.quantity, item.period, item.qualifier)
        assert item in dataset.figures[key]
        assert item.subject in dataset.things


def test_every_link_is_reached_from_both_ends(dataset: Dataset) -> None:
    for link in dataset.links:
        assert link in dataset.links_from[link.subject]
        assert link in dataset.links_to[link.object]
        assert {link.subject, link.object} <= dataset.things.keys()


def test_every_row_of_every_sheet_is_carried(dataset: Dataset) -> None:
    for sheet in dataset.schema.sheets:
        with (REFERENCE / f"{sheet}.csv").open(encoding="utf-8", newline="") as handle:
            count = sum(1 for _ in csv.DictReader(handle))
        carried = [place for place in dataset.carried if place[0] == f"{sheet}.csv"]
        assert len(carried) == count, sheet
    assert set(dataset.carried.values()) <= dataset.things.keys()


def test_every_record_names_sources_that_are_known(dataset: Dataset) -> None:
    for sources in (
        *(item.sources for item in dataset.things.values()),
        *(item.sources for item in dataset.links),
        *(item.sources for item in dataset.observations),
    ):
        assert sources
        assert set(sources) <= dataset.sources.keys()


def test_figures_of_an_alliance_are_its_scopes(dataset: Dataset) -> None:
    """The spending sheet calls every spender a state; NATO is none."""
    assert dataset.value("scope/NATO", "defence_outlay_usd", "2025", "nato-2026")
    assert "state/NATO" not in dataset.things


def test_rows_of_links_leave_no_text_at_their_subject(dataset: Dataset) -> None:
    assert "role" not in dataset.things["arrangement/nato"].texts
    assert "topic" not in dataset.things["state/POL"].texts


# Names


def test_an_alias_finds_what_its_address_finds(dataset: Dataset) -> None:
    for alias, address in dataset.aliases.items():
        assert dataset.find(alias) == address
        assert dataset.find(alias.upper()) == address
        assert dataset.find(address) == address


def test_every_address_finds_itself(dataset: Dataset) -> None:
    assert all(dataset.find(address) == address for address in dataset.things)


@pytest.mark.parametrize("name", INVENTED)
def test_an_invented_name_is_not_found_but_near_ones_are_told(dataset: Dataset, name: str) -> None:
    with pytest.raises(NotFound) as caught:
        show(dataset, name)
    assert caught.value.suggestions
    assert set(caught.value.suggestions) <= dataset.things.keys()


def test_forty_names_are_invented() -> None:
    assert len(set(INVENTED)) == 40


def test_a_wrong_quantity_suggests_figures_of_the_thing(dataset: Dataset) -> None:
    with pytest.raises(NotFound) as caught:
        why(dataset, "system/patriot/unit_pric")
    assert "system/patriot/unit_price" in caught.value.suggestions


# Choosing


@pytest.mark.parametrize(
    ("better", "worse", "words"),
    [
        ({}, {"error": True, "basis": "reported", "sources": ("a",)}, "misprint"),
        ({"basis": "assumed", "sources": ("d",)}, {"value": None, "low": 1.0}, "bound"),
        ({"basis": "assumed", "sources": ("e",), "layer": 2}, {"sources": ("a",)}, "overlay"),
        ({"basis": "assumed", "sources": ("e",)}, {"layer": 0, "sources": ("a",)}, "rule"),
        ({"sources": ("e",), "as_of": "2001"}, {"basis": "estimated"}, "reported"),
        ({"basis": "estimated", "sources": ("e",)}, {"basis": "derived"}, "estimated"),
        ({"basis": "derived", "sources": ("e",)}, {"basis": "assumed"}, "derived"),
        ({"sources": ("b",), "as_of": "2001"}, {"sources": ("c",)}, "grade B"),
        ({"sources": ("d", "b")}, {"sources": ("c",)}, "grade B"),
        ({"as_of": "2025-06"}, {"as_of": "2025"}, "older"),
    ],
)
def test_the_better_of_two_rivals_wins(
    better: dict[str, object], worse: dict[str, object], words: str
) -> None:
    first, second = observation(1, **better), observation(2, **worse)
    assert choose([second, first], SOURCES) == first
    assert choose([first, second], SOURCES) == first
    assert words in reason(first, second, SOURCES)


def test_the_median_settles_a_tie() -> None:
    rivals = [observation(number, value=value) for number, value in enumerate((9.0, 1.0, 4.0))]
    assert choose(rivals, SOURCES).value == 4.0
    assert "median" in reason(rivals[2], rivals[0], SOURCES)


observations = st.builds(
    observation,
    st.just(1),
    value=st.one_of(st.none(), st.floats(0, 100)),
    basis=st.sampled_from(BASES),
    sources=st.lists(st.sampled_from([grade.lower() for grade in GRADES]), max_size=2).map(tuple),
    as_of=st.sampled_from(["", "2024", "2024-06", "2025", "2025-11"]),
    error=st.booleans(),
    layer=st.integers(0, 3),
)
rival_lists = st.lists(observations, min_size=1, max_size=8).map(
    lambda items: [replace(item, id=f"own:{at}:value") for at, item in enumerate(items)]
)


@given(rival_lists, st.randoms(use_true_random=False))
def test_the_winner_depends_on_no_order_and_none_ranks_before_it(rivals, random) -> None:  # type: ignore[no-untyped-def]
    winner = choose(rivals, SOURCES)
    assert winner in rivals
    assert all(rank(winner, SOURCES) <= rank(item, SOURCES) for item in rivals)
    shuffled = rivals[:]
    random.shuffle(shuffled)
    assert choose(shuffled, SOURCES) == winner


@given(rival_lists)
def test_a_misprint_wins_over_nothing_and_a_bound_over_no_value(rivals: list[Observation]) -> None:
    winner = choose(rivals, SOURCES)
    sound = [item for item in rivals if not item.error]
    assert not winner.error or not sound
    assert winner.value is not None or all(item.value is None for item in sound)


@given(rival_lists)
def test_a_rival_that_ranks_behind_changes_nothing(rivals: list[Observation]) -> None:
    winner = choose(rivals, SOURCES)
    behind = [item for item in rivals if rank(item, SOURCES) > rank(winner, SOURCES)]
    assert choose([item for item in rivals if item not in behind], SOURCES) == winner
    assert all(reason(winner, item, SOURCES) for item in behind)


# Recorded conflicts


@pytest.mark.parametrize(
    ("address", "value", "unit", "losing"),
    [
        *(
            (f"state/{state}/{OUTLAY}", value, "USD bn", "ceps-2026-05")
            for state, value in (
                ("POL", 44), ("DEU", 120), ("FRA", 69), ("GBR", 92), ("TUR", 36), ("NOR", 16.5),
            )
        ),
        ("state/DEU/contract_list_value", 83, "EUR bn", "carnegie-2025-12"),
        ("state/DEU/contract_list_months", 16, "months", "carnegie-2025-12"),
        ("state/DEU/contract_list_us_value", 6.8, "EUR bn", "carnegie-2025-12"),
        ("area/sam-upper/air_defence_multiple_of_today", 5, "multiple", "ceps-2026-05"),
        ("area/sam-medium/air_defence_multiple_of_today", 5, "multiple", "ceps-2026-05"),
        ("area/shorad/air_defence_multiple_of_today", 5, "multiple", "ceps-2026-05"),
        (
            "state/CAN/procurement_and_capital_opportunity_ten_years",
            470, "CAD bn", "us-nato-brief-2026-02",
        ),
        ("scope/EU27/howitzer_types", 10, "types", "wotr-2026-02"),
        ("scope/NATO-EUR/defence_industry_jobs", 633_000, "jobs", "carnegie-2025-12"),
        ("scope/NATO-EUR/defence_industry_turnover", 183.4, "EUR bn", "carnegie-2025-12"),
    ],
)  # fmt: skip
def test_a_recorded_conflict_stands_right(
    dataset: Dataset, address: str, value: float, unit: str, losing: str
) -> None:
    rows = why(dataset, address)
    winners = [row for row in rows if row["outcome"] == "chosen"]
    losers = [row for row in rows if row["outcome"] != "chosen"]
    assert {(row["value"], row["unit"]) for row in winners} == {(value, unit)}
    assert losing not in {row["source"] for row in winners}
    assert losing in {row["source"] for row in losers}
    assert len({row["figure"] for row in rows}) == 1


def test_air_defence_is_four_to_five_times_todays(dataset: Dataset) -> None:
    (key,) = [
        key
        for key in dataset.by_subject["area/sam-upper"]
        if key[1] == "air_defence_multiple_of_today"
    ]
    found = dataset.chosen[key]
    assert (found.low, found.high) == (4, 5)


def test_canadas_sum_is_that_of_its_parts(dataset: Dataset) -> None:
    place = ("2026..2035", "Defence Industrial Strategy")
    parts = [
        dataset.value("state/CAN", f"{name}_opportunity_ten_years", *place)
        for name in ("procurement", "capital")
    ]
    assert parts == [180, 290]
    total = "procurement_and_capital_opportunity_ten_years"
    assert dataset.value("state/CAN", total, *place) == 470


def test_misprints_are_told_as_such(dataset: Dataset) -> None:
    rows = why(dataset, "state/POL/defence_outlay/2025/nato-sgar-2026-03")
    assert [row["outcome"] for row in rows] == ["chosen", "lost: a recorded misprint"]
    assert not any(item.error for item in dataset.chosen.values())


# Overlays


def test_an_overlay_goes_before_the_release(tmp_path: Path, dataset: Dataset) -> None:
    ours = tmp_path / "ours"
    write(ours, "systems", {"system": "patriot", "unit_price_eur_m": "1234", **STATED})
    found = load(overlays=(ours,))
    assert found.value("system/patriot", "unit_price") == 1234
    before = dataset.value("system/patriot", "unit_price")
    lost = [row for row in why(found, "system/patriot/unit_price") if row["value"] == before]
    assert {row["outcome"] for row in lost} == {"lost: an overlay's figure goes first"}
    assert found.digest != dataset.digest
    assert found.things["system/patriot"].name == dataset.things["system/patriot"].name


def test_an_overlay_restates_texts_and_links(tmp_path: Path, dataset: Dataset) -> None:
    ours = tmp_path / "ours"
    restated = {"system": "patriot", "tier": "middle", "prime_company": "mbda", **STATED}
    write(ours, "systems", restated)
    found = load(overlays=(ours,))
    assert found.text("system/patriot", "tier") == "middle"
    assert found.targets("system/patriot", "made by") == ["company/mbda"]
    assert found.targets("system/patriot", "fills") == dataset.targets("system/patriot", "fills")


def test_an_overlay_adds_things(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    write(ours, "systems", {"system": "own-gun", "capability": "howitzer", **STATED})
    found = load(overlays=(ours,))
    assert found.find("own-gun") == "system/own-gun"
    assert found.things["system/own-gun"].name == "system/own-gun"
    assert found.value("system/own-gun", "unit_price"), "a rule fills the price"


def test_an_overlay_withdraws_a_thing_with_all_that_names_it(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    write(ours, "systems", {"system": "patriot", "withdraw": "y"})
    found = load(overlays=(ours,))
    assert "system/patriot" not in found.things
    assert not any("system/patriot" in (link.subject, link.object) for link in found.links)
    assert "line/patriot-fire-unit-usa" not in found.things
    assert "system/patriot" not in found.aliases.values()
    with pytest.raises(NotFound):
        found.find("system/patriot")


def test_withdrawing_a_figure_leaves_the_state(tmp_path: Path, dataset: Dataset) -> None:
    ours = tmp_path / "ours"
    write(ours, "gdp", {"state": "POL", "year": "2025", "withdraw": "y"})
    found = load(overlays=(ours,))
    assert dataset.value("state/POL", "gdp_eur", "2025") is not None
    assert found.value("state/POL", "gdp_eur", "2025") is None
    assert found.value("state/POL", "gdp_eur", "2026") is not None
    assert "state/POL" in found.things


def test_withdrawing_a_link_leaves_the_others(tmp_path: Path, dataset: Dataset) -> None:
    ours = tmp_path / "ours"
    write(
        ours, "memberships",
        {"arrangement": "nato", "state": "TUR", "role": "member", "withdraw": "y"},
    )  # fmt: skip
    found = load(overlays=(ours,))
    before = dataset.targets("arrangement/nato", "member")
    assert found.targets("arrangement/nato", "member") == [
        item for item in before if item != "state/TUR"
    ]


def test_withdrawing_what_is_not_there_is_a_problem(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    write(ours, "systems", {"system": "no-such", "withdraw": "y"})
    write(ours, "gdp", {"state": "POL", "year": "1066", "withdraw": "y"})
    with pytest.raises(BadInput) as caught:
        load(overlays=(ours,))
    assert [problem.code for problem in caught.value.problems] == ["withdraw", "withdraw"]


def test_what_rules_need_cannot_be_withdrawn(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    write(ours, "rules", {"id": "expansion-time", "withdraw": "y"})
    with pytest.raises(BadInput) as caught:
        load(overlays=(ours,))
    assert caught.value.problems[0].code == "needed"


def test_two_overlays_lie_in_the_order_given(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, price in ((first, "100"), (second, "200")):
        write(folder, "systems", {"system": "patriot", "unit_price_eur_m": price, **STATED})
    price = ("system/patriot", "unit_price")
    assert load(overlays=(first, second)).value(*price) == 200
    assert load(overlays=(second, first)).value(*price) == 100


# Views


def test_every_thing_can_be_shown(dataset: Dataset) -> None:
    for address, thing in dataset.things.items():
        rows = show(dataset, address)
        assert (rows[0]["text"], rows[0]["address"]) == (thing.name, address)
        assert len({tuple(row) for row in rows}) == 1


def test_a_cut_list_counts_its_rest(dataset: Dataset) -> None:
    def orders(full: bool) -> list[str]:
        rows = show(dataset, "POL", full)
        return [row["text"] for row in rows if row["name"] == "bought by"]

    cut, whole = orders(False), orders(True)
    assert len(cut) < len(whole)
    assert cut[-1] == f"and {len(whole) - len(cut) + 1} more of kind order"


def test_every_kind_is_listed_whole(dataset: Dataset) -> None:
    for kind in dataset.schema.kinds:
        rows = listing(dataset, kind)
        assert [row["address"] for row in rows] == [item.address for item in dataset.kind(kind)]
        assert len({tuple(row) for row in rows}) <= 1
    with pytest.raises(NotFound) as caught:
        listing(dataset, "quarrel")
    assert set(caught.value.suggestions) == set(dataset.schema.kinds)


def test_coverage_counts_each_figure_once(dataset: Dataset) -> None:
    rows = {row["kind"]: row for row in coverage(dataset)}
    total = rows.pop("all")
    assert total["things"] == len(dataset.things)
    assert total["figures"] == len(dataset.figures)
    for row in (total, *rows.values()):
        assert row["figures"] == row["rule"] + sum(row[basis] for basis in BASES)
        assert row["figures"] == sum(row[grade] for grade in GRADES)
        assert row["things"] >= 0


@pytest.mark.shared
def test_named_systems_of_the_documents_have_entries(dataset: Dataset, shared: Path) -> None:
    """A sourced figure or two links for nine in ten; a mere mention in a document is no link."""
    path = shared / "facts" / "documents" / "systems.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [
            row
            for row in csv.DictReader(handle)
            if row["kind"] not in ("report", "concept", "process", "pathway")
        ]
    thin = []
    for row in rows:
        try:
            found = show(dataset, row["name"], full=True)
        except NotFound:
            thin.append(row["name"])
            continue
        figures = [
            item
            for item in found
            if item["part"] == "figure" and item["sources"] and item["basis"] != "rule"
        ]
        links = [
            item
            for item in found
            if item["part"].startswith("link") and item["name"] != "mentioned in"
        ]
        if not figures and len(links) < 2:
            thin.append(row["name"])
    assert len(rows) > 150
    assert len(thin) <= 0.1 * len(rows), thin


# Names as people write them


def test_almost_every_named_thing_of_the_documents_is_found(dataset: Dataset, shared: Path) -> None:
    """With real content: a figure, two links or an explanation, and for processes a command."""
    with (shared / "facts/documents/systems.csv").open(encoding="utf-8") as handle:
        named = [(row["name"], row["kind"]) for row in csv.DictReader(handle)]
    found = 0
    for name, kind in named:
        try:
            rows = show(dataset, name)
        except NotFound:
            continue
        parts = [row["part"] for row in rows]
        links = sum(part.startswith("link") for part in parts)
        explained = any(row["name"] == "explanation" for row in rows)
        runs = any(row["name"] == "run" for row in rows)
        if kind in ("process", "pathway"):
            found += explained and runs
        elif kind in ("concept", "report"):
            found += explained and links > 0
        else:
            found += "figure" in parts or links >= 2
    assert found >= 0.95 * len(named)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Deutschland", "state/DEU"), ("Pays-Bas", "state/NLD"), ("Türkei", "state/TUR"),
        ("Royaume-Uni", "state/GBR"), ("Nordatlantikrat", "body/nac"), ("OTAN", "arrangement/nato"),
        ("European Peace Facility", "instrument/epf"), ("Leopard 2 A8", "system/leopard-2a8"),
    ],
)  # fmt: skip
def test_names_in_three_languages(dataset: Dataset, typed: str, address: str) -> None:
    assert dataset.find(typed) == address


def test_misspellings_are_answered_with_the_right_name_first(dataset: Dataset) -> None:
    with (Path(__file__).parent / "data/misspellings.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            with pytest.raises(NotFound) as caught:
                dataset.find(row["typed"])
            assert caught.value.suggestions[0] == row["address"]
