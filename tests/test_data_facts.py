"""Every row of the shared facts is carried; what is missing or altered is named."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from counterpoise.data.facts import FOLDERS, TableCheck, check_facts
from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput

EXCEPTIONS = ("set-aside.csv", "changes.csv")

Rows = list[dict[str, str]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the reference folder that a test may spoil."""
    folder = tmp_path / "reference"
    shutil.copytree(REFERENCE, folder)
    return folder


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def save(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def checked(reference: Path, shared: Path) -> dict[str, TableCheck]:
    checks = check_facts(load(reference), shared / "facts", reference)
    return {item.table: item for item in checks}


def test_every_row_is_carried(shared: Path) -> None:
    checks = checked(REFERENCE, shared)
    assert {name.split("/")[0] for name in checks} == set(FOLDERS)
    for name, item in checks.items():
        assert not item.differences, name
        assert item.good
        assert (
            item.rows_in
            == item.carried + item.set_aside
            == len(read(shared / "facts" / f"{name}.csv"))
        )


def test_a_deleted_row_is_named(copy: Path, shared: Path) -> None:
    deleted = {
        "gdp": "money/gdp", "spending": "money/defence_spending", "blocks": "cooperation/blocks",
        "memberships": "cooperation/arrangement_members", "holdings": "forces/holdings",
        "transfers": "forces/transfers_to_ukraine", "cost-curves": "requirements/cost_curves",
        "exchange-rates": "money/fx", "delays": "industry/delays", "votes": "cooperation/votes",
    }  # fmt: skip
    for sheet in deleted:
        rows = read(copy / f"{sheet}.csv")
        save(copy / f"{sheet}.csv", rows[:10] + rows[11:])
    checks = checked(copy, shared)
    for sheet, table in deleted.items():
        item = checks.pop(table)
        assert not item.good, sheet
        (found,) = item.differences
        assert (found.column, found.ours) == ("", "no row of the sheet carries it")
        assert f"{table}, row {found.row}" in str(found)
        assert item.carried == item.rows_in - 1
    assert all(item.good for item in checks.values())


ALTERED = (
    ("gdp", "money/gdp", "gdp_usd_bn", "99999"),
    ("holdings", "forces/holdings", "quantity", "77777"),
    ("holdings", "forces/holdings", "note", "another note"),
    ("orders", "forces/orders", "status", "cancelled"),
    ("systems", "industry/systems", "unit_price_eur_m_high", "99999"),
    ("systems", "industry/systems", "source", "cp-rules"),
    ("lines", "industry/lines", "lead_time_months_high", "999"),
    ("exchange-rates", "money/fx", "rate", "3.25"),
    ("restrictions", "industry/restrictions", "duration_months", "77"),
    ("programmes", "forces/programmes", "started", "1999"),
    ("relations", "cooperation/relations", "strength", "9"),
    ("sources", "money/sources", "publisher", "Another publisher"),
    ("sources", "money/sources", "title", "Another title"),
)


def test_an_altered_cell_is_named_with_both_values(copy: Path, shared: Path) -> None:
    wanted: dict[str, set[tuple[str, str, str]]] = {}
    for at, (sheet, table, column, value) in enumerate(ALTERED):
        rows = read(copy / f"{sheet}.csv")
        keys = {row["key"] for row in read(shared / "facts" / f"{table}.csv") if "key" in row}
        ours = [row for row in rows if "key" not in row or row["key"] in keys]
        wanted.setdefault(table, set()).add((column, ours[at][column], value))
        ours[at][column] = value
        save(copy / f"{sheet}.csv", rows)
    checks = checked(copy, shared)
    for table, cells in wanted.items():
        item = checks.pop(table)
        assert {(found.column, found.facts, found.ours) for found in item.differences} == cells
        assert not item.good
        assert item.carried == item.rows_in - len(cells)
        for found in item.differences:
            assert f"column {found.column}: facts {found.facts!r}, ours {found.ours!r}" in str(
                found
            )
    assert all(item.good for item in checks.values())


def test_a_row_may_be_set_aside_and_a_cell_changed_with_a_reason(copy: Path, shared: Path) -> None:
    gdp, votes = read(copy / "gdp.csv"), read(copy / "votes.csv")
    gone = gdp.pop(3)
    save(copy / "gdp.csv", gdp)
    before, votes[0]["population_share_pct"] = votes[0]["population_share_pct"], "55"
    save(copy / "votes.csv", votes)
    key = f"{gone['state']}/{gone['year']}"
    aside = {"table": "money/gdp", "row_key": key, "reason": ""}
    kept = [read(copy / name) if (copy / name).exists() else [] for name in EXCEPTIONS]
    save(copy / "set-aside.csv", [*kept[0], aside])
    changed = {
        "table": "cooperation/votes", "row_key": votes[0]["state"],
        "column": "population_share_pct", "facts_value": before, "ours": "55",
        "reason": "counted anew",
    }  # fmt: skip
    save(copy / "changes.csv", [*kept[1], changed])
    checks = checked(copy, shared)
    assert not checks["money/gdp"].good, "a reason must be stated"
    assert checks["cooperation/votes"].good
    save(copy / "set-aside.csv", [*kept[0], {**aside, "reason": "withdrawn by its publisher"}])
    item = checked(copy, shared)["money/gdp"]
    assert item.good
    assert (item.set_aside, item.carried) == (1, item.rows_in - 1)


def test_a_missing_source_is_named(shared: Path) -> None:
    dataset = load()
    dataset.sources.pop("mny-nato-members")
    checks = {item.table: item for item in check_facts(dataset, shared / "facts")}
    (found,) = checks["money/sources"].differences
    assert (found.key, found.ours) == ("mny-nato-members", "not in sources.csv")


def test_a_folder_without_facts_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        check_facts(load(), tmp_path)
    codes = {problem.code for problem in caught.value.problems}
    assert codes == {"no-facts"}
