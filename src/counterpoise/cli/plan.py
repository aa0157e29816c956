"""Commands about plans: plan, replan, runs, diff, brief, scenario; and what a run shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from counterpoise import runs
from counterpoise.cli.firmview import print_firmness, print_headlines, print_little_firm
from counterpoise.cli.job import plan_run, replan_run
from counterpoise.cli.output import as_csv, emit, write_new
from counterpoise.cli.request import Request
from counterpoise.cli.site import write_pages
from counterpoise.cli.wholeview import print_far, print_whole
from counterpoise.data.load import load
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.evaluate import evaluate
from counterpoise.planning.relax import FixesClash
from counterpoise.planning.size import size_words
from counterpoise.planning.variants import CALENDAR
from counterpoise.questions.run_compare import compare
from counterpoise.questions.run_fixes import decided_rows, fix_rows
from counterpoise.questions.run_rows import show_in_run, why_in_run
from counterpoise.world import scenario as scenarios

Form = Annotated[str, typer.Option("--format", help="table, json, csv or xlsx")]
Out = Annotated[Path | None, typer.Option("--out", help="write to this file")]
Folder = Annotated[Path, typer.Option("--runs", help="folder of the runs")]
Data = Annotated[
    list[str] | None, typer.Option("--data", help="overlay folder or edited book, repeatable")
]
ScenarioOption = Annotated[str, typer.Option("--scenario", help="a shipped name or a TOML file")]


def _progress(quiet: bool) -> Any:
    console = Console(stderr=True, highlight=False)

    def say(text: str) -> None:
        if not quiet:
            console.print(f"· {text}")

    return say


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("plan")(plan)
    app.command("replan")(replan)
    app.command("runs")(list_runs)
    app.command("diff")(diff)
    app.command("brief")(brief)
    group = typer.Typer(help="Scenarios: list, check, start a new one.", no_args_is_help=True)
    group.command("list")(scenario_list)
    group.command("check")(scenario_check)
    group.command("new")(scenario_new)
    app.add_typer(group, name="scenario")


def plan(
    scenario: ScenarioOption = "baseline",
    behaviour: Annotated[str, typer.Option(help="all, ordered, alone or together")] = "all",
    calendar: Annotated[str, typer.Option(help="quarterly or yearly")] = "quarterly",
    key: Annotated[str, typer.Option(help="half, gdp or population")] = "half",
    cap: Annotated[str, typer.Option(help="dependence cap, as usa=0.5")] = "",
    weights: Annotated[str, typer.Option(help="set of weights of areas and years")] = "equal",
    fix: Annotated[
        Path | None, typer.Option("--fix", help="your own decisions, CSV or xlsx; as --quick")
    ] = None,
    relaxed: Annotated[
        Path | None,
        typer.Option("--relaxed", help="where they can't all hold: write those that can (CSV)"),
    ] = None,
    solver: Annotated[str, typer.Option(help="highs, or glop with --behaviour together")] = "highs",
    data: Data = None,
    without_leaks: Annotated[
        bool, typer.Option("--without-leaks", help="leave out what only leaks state")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="leave out variants and analyses")] = False,
    draws: Annotated[int, typer.Option(help="draws of inputs that tell how firm orders are")] = 20,
    seed: Annotated[int, typer.Option(help="seed of the draws")] = 1,
    draws_calendar: Annotated[str, typer.Option(help="calendar of the draws")] = CALENDAR,
    no_brief: Annotated[
        bool, typer.Option("--no-brief", help="write no brief and no pages")
    ] = False,
    folder: Folder = runs.FOLDER,
    quiet: Annotated[bool, typer.Option("--quiet", help="show no progress")] = False,
) -> None:
    """Plan to 2035 under three behaviours, save the run, write its brief and its first pages."""
    say = _progress(quiet)
    overlays = tuple(data or ())
    request = Request(
        scenario,
        calendar,
        key,
        behaviour,
        cap,
        quick,
        overlays,
        leaks=not without_leaks,
        weights=weights,
        draws=draws,
        seed=seed,
        draws_calendar=draws_calendar,
        solver=solver,
    )
    try:
        run = plan_run(request, folder, say, fix)
    except FixesClash as clash:
        if relaxed is not None:
            write_new(relaxed, as_csv(fix_rows(clash.kept)).encode())
            typer.echo(f"written: {relaxed}", err=True)
        raise
    _print_run(run)
    if behaviour == "all" and not (quick or fix or no_brief):
        say("writing the brief")
        for path in _write_brief(run, ("html", "pdf", "docx"), run.path):
            typer.echo(f"brief: {path}")
        if (first := write_pages(run, folder, say)) is not None:
            typer.echo(f"pages: {first}")
    typer.echo(f"run: {run.id} in {run.path}, release {run.meta['release_id']}")


def replan(
    run: Annotated[str, typer.Argument(help="a run's id, path, or latest")],
    scenario: ScenarioOption,
    folder: Folder = runs.FOLDER,
    quiet: Annotated[bool, typer.Option("--quiet", help="show no progress")] = False,
) -> None:
    """Keep what is ordered each time a surprise becomes known, and plan the rest anew."""
    found = replan_run(runs.open_run(run, folder), scenario, folder, _progress(quiet))
    _print_run(found)
    typer.echo(f"run: {found.id} in {found.path}, release {found.meta['release_id']}")


def list_runs(form: Form = "table", out: Out = None, folder: Folder = runs.FOLDER) -> None:
    """Saved runs, newest first."""
    emit(runs.list_runs(folder), form, out, "runs")


def diff(
    first: Annotated[str, typer.Argument(help="a run's id, path, or latest")],
    second: Annotated[str, typer.Argument(help="the run to compare it with")],
    largest: Annotated[int, typer.Option(help="how many rows")] = 20,
    form: Form = "table",
    out: Out = None,
    folder: Folder = runs.FOLDER,
) -> None:
    """What moved from one run to another, largest first: inputs, results, orders."""
    opened = runs.open_run(first, folder), runs.open_run(second, folder)
    rows = compare(*opened, largest)
    both = " to ".join(run.meta["release_id"] for run in opened)
    emit(rows, form, out, f"{first} to {second}", both)


def brief(
    run: Annotated[str, typer.Argument(help="a run's id, path, or latest")] = "latest",
    form: Annotated[str, typer.Option("--format", help="html, pdf, docx or all")] = "all",
    out: Annotated[Path | None, typer.Option("--out", help="folder, or file of one format")] = None,
    folder: Folder = runs.FOLDER,
) -> None:
    """Write the brief of a run as HTML, PDF and Word."""
    forms = ("html", "pdf", "docx") if form == "all" else (form,)
    found = runs.open_run(run, folder)
    for path in _write_brief(found, forms, out or found.path):
        typer.echo(f"brief: {path}")


def _write_brief(run: runs.Run, forms: tuple[str, ...], out: Path) -> list[Path]:
    from counterpoise.publish.brief import build_brief
    from counterpoise.publish.docx import docx_bytes
    from counterpoise.publish.html import render_html
    from counterpoise.publish.pdf import pdf_bytes
    from counterpoise.questions.run_data import dataset_of

    if "variants" not in run.tables():
        problem = Problem("quick-run", run.id, None, "", "", "a full run", "plan without --quick")
        raise BadInput([problem])
    dataset = dataset_of(run)
    document = build_brief(run, dataset)
    writers = {
        "html": lambda: render_html(document).encode(),
        "pdf": lambda: pdf_bytes(document),
        "docx": lambda: docx_bytes(document),
    }
    unknown = [form for form in forms if form not in writers]
    if unknown:
        allowed = ", ".join((*writers, "all"))
        raise BadInput([Problem("format", "--format", None, "", unknown[0], allowed, "choose one")])
    paths = []
    for form in forms:
        path = out if out.suffix == f".{form}" else out / f"brief.{form}"
        write_new(path, writers[form]())
        paths.append(path)
    runs.keep_with(run, paths)
    return paths


def _print_run(run: runs.Run) -> None:
    print_far(run)
    print_little_firm(run)
    summary = run.table("summary")
    ordered = evaluate(run.table, "shortfall", "ordered")
    rows = []
    for behaviour in summary["behaviour"]:
        short = evaluate(run.table, "shortfall", behaviour)
        rows.append(
            {
                "behaviour": behaviour,
                "shortfall to 2035, percent-years": short,
                "of ordered": short / ordered,
                "cost to 2040, EUR bn": evaluate(run.table, "cost", behaviour),
                "US control of holdings 2035": evaluate(
                    run.table, "exposure", behaviour, "all", "USA", "2035"
                ),
            }
        )
    emit(rows, title=f"{run.id}: {run.meta['scenario_title']}")
    typer.echo(
        f"part of the shortfall that no order can change: "
        f"{evaluate(run.table, 'unavoidable_share'):.0%} of ordered"
    )
    print_whole(run)
    if "decisions" in run.tables():
        emit(decided_rows(run), title="your decisions")
    lines = run.table("plausibility")
    emit([dict(row) for row in lines.iter_rows(named=True)], title="plausibility")
    if "influence" in run.tables():
        shares = run.table("influence").sort("share", descending=True)
        emit([dict(row) for row in shares.iter_rows(named=True)], title="result rests on")
    if "regret" in run.tables() and run.table("regret").height:
        _print_regret(run)
    if "approved-orders" in run.tables():
        removed = float(run.table("approved-orders")["removed"][0])
        typer.echo(f"counting approved orders as arriving: {removed:.3g} percent-years less")
    if "bottlenecks" in run.tables():
        tight = (
            run.table("bottlenecks").head(5).select("rank", "address", "step", "removed", "share")
        )
        title = f"bottlenecks, solved again on the {CALENDAR} calendar"
        emit([dict(row) for row in tight.iter_rows(named=True)], title=title)
    print_firmness(run)
    print_headlines(run)
    for line in size_words(run.meta.get("size", {})):
        typer.echo(f"model: {line}")


def _print_regret(run: runs.Run) -> None:
    """Shocks: held, replanned, foreseen; what having committed costs and planning anew saves."""
    rows = []
    for name in run.table("regret")["scenario"]:
        row: dict[str, Any] = {"scenario": name}
        for case in ("held", "replanned", "foreseen"):
            row[case] = evaluate(run.table, "shocked", name, case)
        row["regret"] = evaluate(run.table, "regret", name)
        row["saved"] = evaluate(run.table, "replanning_saves", name)
        row["regret, EUR bn"] = evaluate(run.table, "regret_cost", name)
        row["saved, EUR bn"] = evaluate(run.table, "replanning_saves_cost", name)
        rows.append(row)
    calendar = run.table("regret")["calendar"][0]
    emit(rows, title=f"shocks: percent-years to 2035, cost to 2040, on the {calendar} calendar")


def show_run(address: str, form: str = "table", out: Path | None = None) -> None:
    """Print what stands at an address `run/ID/…`."""
    run, rest = _split(address, None)
    if len(rest) != 1 or rest[0] not in run.tables():
        runs.check_kind(run)
    emit(show_in_run(run, rest), form, out, address, run.meta["release_id"])


def why_run(address: str, form: str = "table", out: Path | None = None) -> None:
    """Print why a figure or an order of a run is as it is."""
    run, rest = _split(address)
    emit(why_in_run(run, rest), form, out, address, run.meta["release_id"])


def _split(address: str, kind: str | None = runs.PLAN) -> tuple[runs.Run, list[str]]:
    parts = address.strip("/").split("/")
    name = parts[1] if len(parts) > 1 else "latest"
    return runs.open_run(name, runs.FOLDER, kind), parts[2:]


def scenario_list(form: Form = "table", out: Out = None) -> None:
    """The scenarios that ship with the package."""
    data = load()
    rows = []
    for name in scenarios.names():
        found = scenarios.read_scenario(name, data)
        rows.append(
            {
                "scenario": name,
                "title": found.title,
                "based_on": found.based_on,
                "events": len(found.events),
            }
        )
    emit(rows, form, out, "scenarios", data.id)


def scenario_check(
    name: Annotated[str, typer.Argument(help="a shipped name or a TOML file")],
    form: Form = "table",
    out: Out = None,
) -> None:
    """Check a scenario and print its events."""
    data = load()
    found = scenarios.read_scenario(name, data)
    rows = [
        {
            "kind": event.kind,
            "target": event.target,
            "start": event.start,
            "end": event.end,
            "known_from": event.known_from or event.start,
            "amount": event.amount,
            "amount_end": event.amount_end,
            "chosen_by": event.chosen_by,
            "basis": event.basis,
            "reason": event.reason,
        }
        for event in found.events
    ]
    emit(rows, form, out, f"{found.name}: {found.title}", data.id)


def scenario_new(
    path: Annotated[Path, typer.Argument(help="the TOML file to write")],
    based_on: Annotated[str, typer.Option(help="scenario whose events come first")] = "baseline",
) -> None:
    """Write a scenario file to start from; an existing file is left alone."""
    if path.suffix != ".toml":
        expected = "a name that ends in .toml"
        raise BadInput([Problem("suffix", str(path), None, "", "", expected, "add the ending")])
    if path.exists():
        problem = Problem("exists", str(path), None, "", "", "a new file", "choose another name")
        raise BadInput([problem])
    kinds = "".join(f"# {kind}: {text}\n" for kind, text in scenarios.EVENT_KINDS.items())
    text = (
        f'title = "{path.stem}"\nbased_on = "{based_on}"\n\n{kinds}\n[[event]]\n'
        'kind = "line-output"\ntarget = "state/USA"\nstart = "2029-Q1"\nend = "2029-Q4"\n'
        'amount = 0.5\nchosen_by = "state/USA"\nreason = "say why this may happen"\n'
    )
    write_new(path, text.encode())
    typer.echo(f"written: {path}")
