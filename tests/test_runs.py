"""A run from end to end: saved, shown, compared and replanned."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from counterpoise import runs
from counterpoise.cli import app, main
from counterpoise.cli.job import replan_run
from counterpoise.data.load import load
from counterpoise.errors import BadInput, NotFound
from counterpoise.measures.evaluate import evaluate
from counterpoise.pages.catalogue import page_at
from counterpoise.pages.evaluate import view_rows
from counterpoise.pages.page import path_of
from counterpoise.pages.shell import Frame, render
from counterpoise.pages.site import open_site
from counterpoise.publish.theme import plain
from counterpoise.questions.run_compare import compare
from counterpoise.questions.run_rows import show_in_run, why_in_run


@pytest.fixture(scope="module")
def folder(yearly_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the stored run's folder, for runs that follow from it."""
    return Path(shutil.copytree(yearly_runs, tmp_path_factory.mktemp("again") / "runs"))


@pytest.fixture(scope="module")
def run(folder: Path) -> runs.Run:
    return runs.open_run("latest", folder)


def test_the_same_request_gives_the_same_run(run: runs.Run, folder: Path) -> None:
    listed = runs.list_runs(folder)
    assert [row["id"] for row in listed] == [run.id]
    assert set(listed[0]) >= {"id", "path", "status"} and listed[0]["status"] == "complete"
    assert runs.open_run("latest", folder).id == run.id
    assert run.meta["request"]["scenario"] == "baseline"
    assert {"together-0-shortfall.npz", "together-0-cost.npz", "alone-28-cost.npz"} <= {
        path.name for path in (run.path / "stages").iterdir()
    }


def test_parts_of_the_shortfall_and_of_spending_add_up(run: runs.Run) -> None:
    areas = run.table("closing")["area"].unique()
    for behaviour in ("ordered", "alone", "together"):
        parts = [evaluate(run.table, "shortfall_in", behaviour, a.split("/")[1]) for a in areas]
        assert sum(parts) == pytest.approx(evaluate(run.table, "shortfall", behaviour))
    paid = evaluate(run.table, "money", "together", "all", "purchases", "2027", "2040")
    paid += evaluate(run.table, "money", "together", "all", "premiums", "2027", "2040")
    spent = run.table("spending").filter(pl.col("behaviour") == "together")["eur_bn"].sum()
    ordered = run.table("orders").filter(pl.col("behaviour") == "together")["eur_bn"].sum()
    assert spent == pytest.approx(paid, rel=1e-3)
    assert ordered == pytest.approx(paid, rel=1e-3)


def test_state_view_and_unknown_addresses(run: runs.Run) -> None:
    rows = show_in_run(run, ["state", "POL"])
    assert {row["part"] for row in rows} == {"need", "money", "order"}
    for path in (["state", "XYZ"], ["nothing"], ["order", "POL", "no-line", "2028"]):
        with pytest.raises(NotFound):
            show_in_run(run, path)
    with pytest.raises(BadInput):
        show_in_run(run, ["gap", "together"])


def test_why_of_an_order_names_rows_and_shortfall(run: runs.Run) -> None:
    orders = run.table("orders").filter(pl.col("behaviour") == "together")
    top = orders.sort("eur_bn", descending=True).to_dicts()[0]
    path = ["order", top["buyer"].split("/")[1], top["line"].split("/")[1], str(top["ordered"])]
    rows = why_in_run(run, path)
    assert rows[0]["what"] == "avoided" and rows[0]["amount"] >= 0
    assert any(row["what"] == "kept by" for row in rows)
    assert any("lead_time" in row["text"] for row in rows if row["what"] == "input")


@pytest.fixture(scope="module")
def again(run: runs.Run, folder: Path) -> runs.Run:
    return replan_run(run, "us-deliveries-stop-2028", folder)


def test_replan_and_diff(run: runs.Run, again: runs.Run, folder: Path) -> None:
    assert again.meta["request"]["replans"] == run.id
    keys = ["buyer", "line", "ordered", "delivery_first"]
    kept = again.table("earlier-orders").select(*keys, "units").sort(keys)
    before = run.table("orders").filter(
        (pl.col("behaviour") == "together") & (pl.col("ordered") < 2028)
    )
    assert kept.equals(before.select(*keys, "units").sort(keys))
    assert kept.height > 20
    new = again.table("orders").filter(pl.col("behaviour") == "together")
    assert new["ordered"].min() >= 2028
    (shock,) = again.table("regret").to_dicts()
    assert shock["foreseen_to_2040"] <= shock["replanned_to_2040"] <= shock["held_to_2040"]
    assert shock["decided_anew"] == "2028-Q1"
    with pytest.raises(BadInput, match="isn't replanned itself"):
        replan_run(again, "gulf-diversion", folder)
    moved = compare(run, again, 10)
    assert any(row["what"] == "scenario" for row in moved)
    assert any(row["part"] == "order" for row in moved)
    assert all(row["before"] != row["after"] for row in moved if row["part"] == "result")


def test_the_page_of_two_runs_names_what_moved_and_why(
    run: runs.Run, again: runs.Run, folder: Path
) -> None:
    site = open_site(load(), folder)
    given = {"first": run.id, "second": again.id}
    rows = view_rows(site, "compare", given)
    kinds = {"area": "area", "order": "line", "result": ""}
    assert {row["part"] for row in rows} == set(kinds)
    for row in rows:
        assert row["of"] in ("shortfall", "cost") or row["of"] in site.dataset.things, row
        assert row["of"].partition("/")[0] == kinds[row["part"]] or not kinds[row["part"]]
        assert (row["buyer"] in site.dataset.things) == (row["part"] == "order")
        assert row["change"] == pytest.approx(row["after"] - row["before"])
    page = page_at(site, path_of("compare", **given))
    html = render(site, page, Frame(lambda path: True))
    assert "scenario us-deliveries-stop-2028" in plain(page.lead)
    assert "scenario/us-deliveries-stop-2028/index.html" in html


def test_half_written_and_foreign_runs_are_refused(run: runs.Run, tmp_path: Path) -> None:
    half = tmp_path / "half"
    half.mkdir()
    assert runs.list_runs(tmp_path)[0]["status"] == "incomplete"
    with pytest.raises(BadInput, match="half-run"):
        runs.open_run("half", tmp_path)
    meta = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    (half / "run.json").write_text(json.dumps({**meta, "format": 99}), encoding="utf-8")
    with pytest.raises(BadInput, match="finished run of format"):
        runs.open_run("half", tmp_path)
    (half / "run.json").write_text(json.dumps(meta), encoding="utf-8")
    with pytest.raises(BadInput, match="as it was saved"):
        runs.open_run("half", tmp_path)
    shutil.copytree(run.path, tmp_path / "cut")
    table = tmp_path / "cut" / "tables" / "orders.parquet"
    table.write_bytes(table.read_bytes()[:-100])
    with pytest.raises(BadInput, match=r"orders\.parquet"):
        runs.open_run("cut", tmp_path)
    (half / "run.json").write_text('{"format": 1, "status": "complete"}', encoding="utf-8")
    with pytest.raises(BadInput, match="half-run"):
        runs.open_run("half", tmp_path)
    with pytest.raises(NotFound):
        runs.open_run("no-such-run", tmp_path)


OTHER = "pathways-00000000"

ASKS = (
    ("replan", OTHER, "--scenario", "us-exit-2028"),
    ("diff", OTHER, OTHER),
    ("diff", "latest", OTHER),
    ("diff", OTHER, "latest"),
    ("brief", OTHER),
    ("stability", OTHER),
    ("bottlenecks", OTHER),
    ("verify", OTHER),
    ("measure", "regret", "scenario=us-exit-2028", f"run={OTHER}"),
    ("show", f"run/{OTHER}"),
    ("show", f"run/{OTHER}/shortfall/together"),
    ("show", f"run/{OTHER}/state/POL"),
    ("why", f"run/{OTHER}/line/leopard-2a8-deu"),
)
"""Each command that takes a run, given one that holds no plans."""


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a run of another kind and a bare one that counts as plans."""
    meta = {"request": {"scenario": "pathways"}, "dataset": "0", "release_id": "none"}
    for name, kind in ((OTHER, "pathways"), ("plain", runs.PLAN)):
        with runs.writing(tmp_path / "runs", name) as aside:
            pl.DataFrame({"cell": [1]}).write_parquet(aside / "tables" / "cells.parquet")
            runs.finish(aside, {**meta, "kind": kind})
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize("words", ASKS, ids=" ".join)
def test_a_run_of_another_kind_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        CliRunner().invoke(app, words, catch_exceptions=False)
    (problem,) = refused.value.problems
    assert "pathways" in problem.value
    if words[0] != "verify":
        assert (problem.code, problem.expected) == ("run-kind", "plan")
        assert f"run/{OTHER}/cells" in problem.remedy


def test_every_command_that_takes_a_run_is_asked() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    named = {
        name
        for name, command in commands.items()
        if {"run", "first"} & {item.name for item in command.params}
    }
    assert named | {"show", "why", "measure"} == {words[0] for words in ASKS}


def test_tables_of_a_run_of_another_kind_can_be_shown(foreign: Path) -> None:
    done = CliRunner().invoke(app, ["show", f"run/{OTHER}/cells", "--format", "json"])
    assert [row["cell"] for row in json.loads(done.stdout)] == [1]
    assert runs.open_run(OTHER, foreign, "pathways").tables() == ["cells"]
    with pytest.raises(BadInput, match="run-kind"):
        runs.open_run("plain", foreign, "pathways")


def test_a_scenario_is_checked_before_anything_is_replanned(run: runs.Run, tmp_path: Path) -> None:
    """Nothing is said to be planned for a file that is refused."""
    event = '[[event]]\nkind = "line-output"\ntarget = "line/leopard-2a8-deu"\nreason = "test"\n'
    cases = {
        "unknown": event.replace("leopard-2a8-deu", "none") + 'start = "2029"\namount = 0.5\n',
        "no-surprise": event + 'start = "2027"\nknown_from = "2026-11"\namount = 0.5\n',
        "other-start": event + 'start = "2029"\namount = 0.5\n',
    }
    for code, text in cases.items():
        file = tmp_path / "bad.toml"
        file.write_text(f'title = "A test"\n{text}', encoding="utf-8")
        told: list[str] = []
        with pytest.raises(BadInput, match=code):
            replan_run(run, str(file), tmp_path / "runs", told.append)
        assert told == []


def _command(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "counterpoise", *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )


def test_stopping_leaves_no_half_run(tmp_path: Path) -> None:
    process = _command("plan", "--quick", "--calendar", "yearly", cwd=tmp_path)
    time.sleep(6)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    folder = tmp_path / "runs"
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("plan", "--scenario", "no-such-world"), 1),
        (("plan", "--key", "area", "--calendar", "monthly"), 2),
        (("plan", "--cap", "usa=2"), 2),
        (("show", "run/no-such-run"), 1),
        (("scenario", "check", "us-stays"), 0),
        (("scenario", "list", "--format", "json"), 0),
        (("runs",), 0),
        (("runs", "--format", "pdf"), 2),
        (("diff", "one", "two"), 1),
    ],
)
def test_exit_status(
    arguments: tuple[str, ...],
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["counterpoise", *arguments])
    assert main() == status, capsys.readouterr()


def test_the_command_ends_with_that_status(tmp_path: Path) -> None:
    process = _command("diff", "one", "two", cwd=tmp_path)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.startswith("counterpoise: ") and "Traceback" not in errors
