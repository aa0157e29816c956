"""What the command deliver shows of the score of recorded delays."""

from __future__ import annotations

import typer

from counterpoise.cli.output import Row, emit
from counterpoise.measures.delay_score import LEVEL, RESAMPLES, DelayScore, Score

TITLE = "Delays foretold, each case held out in turn; months"
_SCORES = {"inside_80": "inside", "pinball": "pinball", "error": "error"}


def rows(score: DelayScore) -> list[Row]:
    """The score table: a row for each group of cases and rule."""
    return [_row(score, group, each) for group, rules in score.groups.items() for each in rules]


def _row(score: DelayScore, group: str, each: Score) -> Row:
    row: Row = {"group": group, "rule": each.rule, "cases": len(each.cases)}
    for name, field in _SCORES.items():
        values = getattr(each, field)
        figure = None if values is None else score.resampled(values)
        row[name] = figure and figure.value
        row[f"{name}_low"] = figure and figure.low
        row[f"{name}_high"] = figure and figure.high
    return row


def tell(score: DelayScore) -> None:
    """Print the table with its intervals, what it says, and how it is to be read."""
    table: list[Row] = []
    for row in rows(score):
        told = {"group": row["group"], "rule": row["rule"]}
        for name in _SCORES:
            low, high = row[f"{name}_low"], row[f"{name}_high"]
            digits = 2 if name == "inside_80" else 1
            values = [f"{value or 0:.{digits}f}" for value in (row[name], low, high)]
            told[name] = "none" if low is None else "{} ({} to {})".format(*values)
        table.append(told)
    typer.echo(TITLE)
    emit(table)
    for line in told_of(score):
        typer.echo(line)


def told_of(score: DelayScore) -> list[str]:
    """What the table says, in sentences."""
    told = [
        "inside 80: share of the cases within the 80% interval; pinball: loss of the 10, 50 and "
        f"90% forecasts; error: of the middle. In brackets {LEVEL:.0%} of {RESAMPLES:,} resamples "
        f"of the cases, seed {score.seed}.",
        "As announced gives one date and no interval; announced plus mean delay is given the "
        "normal interval of the other cases.",
        *score.verdicts,
        "The form of the pooling, its weight and its scale were chosen with these cases in view, "
        "so the pooled score flatters a little; cases that come later will tell.",
    ]
    if score.unsure:
        names = ", ".join(case.address.split("/")[1] for case in score.unsure)
        told.append(f"Dated by the running year alone, so perhaps still to come: {names}.")
    return told
