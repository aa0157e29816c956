"""The command reproduce: published results beside what the data here give."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from counterpoise import runs
from counterpoise.cli.data import Data, Form, Leaks, Out, Runs
from counterpoise.cli.measure import make_view
from counterpoise.cli.output import emit
from counterpoise.errors import BadInput, Problem
from counterpoise.evidence.published import COMPARISON, Published, read_published
from counterpoise.evidence.reproduce import CLASSES, CLOSE, Reproduction, reproduce
from counterpoise.measures.asking import Row
from counterpoise.measures.parameters import near
from counterpoise.measures.view import View
from counterpoise.publish.cells import shown

Ids = Annotated[list[str] | None, typer.Argument(help="Results to show in full; none for all.")]
Table = Annotated[Path, typer.Option("--rows", help="Another table of published results, as CSV.")]
Verdict = Annotated[str, typer.Option("--class", help="Only: " + ", ".join(CLASSES) + ".")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("reproduce")(reproduce_command)


def reproduce_command(
    ids: Ids = None,
    table: Table = COMPARISON,
    verdict: Verdict = "",
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = runs.FOLDER,
    form: Form = "table",
    out: Out = None,
) -> None:
    """Hold published results against ours: which follow from independent figures, and how near."""
    rows = _wanted(read_published(table), ids or [], verdict)
    view = make_view(data, without_leaks, folder)
    found = [reproduce(row, view) for row in rows]
    found = [item for item in found if not verdict or item.verdict == verdict]
    if form == "table" and out is None:
        if ids:
            for item in found:
                _tell(item, view)
        else:
            emit([_short(item) for item in found], form, out, "reproduce")
            _count(found)
        typer.echo(f"release {view.dataset.id}")
        return
    emit([row_of(item) for item in found], form, out, "reproduce", view.dataset.id)


def _wanted(rows: tuple[Published, ...], ids: list[str], verdict: str) -> list[Published]:
    known = {row.id: row for row in rows}
    problems = [
        Problem(
            "result", "reproduce", None, "", name, "an id of the table",
            f"did you mean {', '.join(near(name, list(known)))}?" if near(name, list(known))
            else "see `reproduce` for all",
        )
        for name in ids
        if name not in known
    ]  # fmt: skip
    if verdict and verdict not in CLASSES:
        expected = " or ".join(CLASSES)
        problems.append(Problem("class", "--class", None, "", verdict, expected, "choose one"))
    if problems:
        raise BadInput(problems)
    return [known[name] for name in ids] if ids else list(rows)


def row_of(item: Reproduction) -> Row:
    """A reproduction as a tidy row."""
    row, ours = item.published, item.ours
    return {
        "id": row.id,
        "study": row.study,
        "statement": row.statement,
        "published_low": row.low,
        "published": row.centre,
        "published_high": row.high,
        "ours_low": ours.low if ours else None,
        "ours": ours.value if ours else None,
        "ours_high": ours.high if ours else None,
        "unit": row.unit,
        "class": item.verdict,
        "difference_pct": 100 * item.difference if math.isfinite(item.difference) else None,
        "within_10_pct": item.close if ours else None,
        "inside_range": item.inside if ours else None,
        "assumed_share": ours.assumed_share if ours else None,
        "why": item.why,
        "differs": _differs(item),
        "formula": row.formula.text if row.formula else "",
        "inputs": "; ".join(found.address for found in item.inputs),
        "sources": "; ".join(sorted({key for found in item.inputs for key in found.sources})),
    }


def _differs(item: Reproduction) -> str:
    """What differs, as the row tells it; for a miss that tells nothing, the weightiest inputs."""
    if item.ours is None or item.published.differs or item.close:
        return item.published.differs if item.ours else ""
    names = ", ".join(found.address for found in item.inputs[:3])
    return f"not told in the row; ours rests most on {names}"


def _short(item: Reproduction) -> Row:
    row = row_of(item)
    told = row["differs"] or (item.why if item.verdict == "not computable" else "")
    return {
        "id": row["id"],
        "published": row["published"],
        "ours": row["ours"],
        "unit": row["unit"],
        "class": row["class"],
        "off_pct": None if row["difference_pct"] is None else round(row["difference_pct"], 1),
        "why_not_or_what_differs": told,
    }


def _count(found: list[Reproduction]) -> None:
    for verdict in CLASSES:
        inside = [item for item in found if item.verdict == verdict]
        close = sum(item.close for item in inside)
        told = f", {close} within {CLOSE:.0%}" if verdict != "not computable" else ""
        typer.echo(f"{verdict}: {len(inside)}{told}")


def _tell(item: Reproduction, view: View) -> None:
    row = row_of(item)
    typer.echo(f"{row['id']} ({row['study']}): {row['statement']}")
    published = [row["published_low"], row["published"], row["published_high"]]
    typer.echo(f"  published: {_range(published)} {row['unit']}")
    if item.ours is not None:
        typer.echo(
            f"  ours: {_range([row['ours_low'], row['ours'], row['ours_high']])} {row['unit']}, "
            f"{row['difference_pct']:+.1f}%, {100 * item.ours.assumed_share:.0f}% assumed"
        )
        typer.echo(f"  formula: {row['formula']}")
    typer.echo(f"  {item.verdict}: {item.why}")
    if row["differs"]:
        typer.echo(f"  what differs: {row['differs']}")
    for found in item.inputs[:12]:
        told = f"{shown(found.value)} {found.unit}, {found.basis}: {'; '.join(found.sources)}"
        typer.echo(f"    {found.address}: {told}")
    if len(item.inputs) > 12:
        typer.echo(f"    … and {len(item.inputs) - 12} more (--format csv lists them)")


def _range(values: list[float | None]) -> str:
    low, value, high = values
    if low is None or high is None or low == high:
        return shown(value)
    return f"{shown(value)} ({shown(low)} to {shown(high)})"
