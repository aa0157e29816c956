"""Write the tables of pathways.md from the matrix: python docs/pathways.py [--runs FOLDER]."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import polars as pl

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.planning.weighing import largest_regrets, parse_weights, regrets, weighed
from counterpoise.questions.lever_rows import lever_list
from counterpoise.questions.matrix import Matrix, matrix, whole
from counterpoise.questions.recommended import recommendation_rows

FOLDER = Path(__file__).parent
PAGE = FOLDER / "pathways.md"
LEVERS = FOLDER / "plans" / "levers.csv"
MARKS = ("<!-- matrix -->", "<!-- /matrix -->")

SHOWN = {
    "shortfall": ("Shortfall to 2035, percent-years", ".0f"),
    "danger": ("Shortfall in 2029 to 2033, percent-years", ".0f"),
    "closed_2030": ("Areas closed by 2030, of 26", ".0f"),
    "closed_2035": ("Areas closed by 2035, of 26", ".0f"),
    "reached": ("Year from which four fifths of the need are met", ".0f"),
    "cost": ("Cost to 2040, EUR bn at present value", ".0f"),
    "exposure_2035": ("Exposure to the United States in 2035, percent", ".1f"),
    "types_2035": ("Effective number of types in 2035", ".2f"),
}
WEIGHTS = ("shortfall=1", "cost=1", "exposure=1", "shortfall=0.5,cost=0.3,exposure=0.2")
MOST = 12
"""Recommendations shown."""


def rows_of(heading: list[str], body: list[list[str]], left: set[int]) -> list[str]:
    """Lines of a Markdown table; `left` lists the columns of words."""
    rule = ["---" if at in left else "---:" for at in range(len(heading))]
    return ["| " + " | ".join(cells) + " |" for cells in (heading, rule, *body)] + [""]


def grid(cells: pl.DataFrame, name: str, form: str) -> list[str]:
    """One indicator: a line a mix, a column a world."""
    worlds = cells["world"].unique(maintain_order=True).to_list()
    body = []
    for mix in cells["mix"].unique(maintain_order=True):
        own = dict(cells.filter(pl.col("mix") == mix).select("world", name).iter_rows())
        body.append([mix, *("–" if own[w] != own[w] else format(own[w], form) for w in worlds)])
    return rows_of(["mix", *worlds], body, {0})


def tables(found: Matrix, data: Dataset) -> list[str]:
    """All tables of the page."""
    lines = [f"Run `{found.run}`, planned in {found.seconds / 60:.0f} minutes.", ""]
    for name, (title, form) in SHOWN.items():
        lines += [f"**{title}**", "", *grid(found.cells, name, form)]
    lost = regrets(found.cells)
    names = (("shortfall", ".1f"), ("cost", ".0f"), ("exposure", ".1f"))
    body = [
        [row["mix"], *(text for name, form in names
                       for text in (format(row[name], form), row[f"{name}_in"]))]
        for row in largest_regrets(lost).iter_rows(named=True)
    ]  # fmt: skip
    heading = ["mix", *(text for name, _ in names for text in (name, "in"))]
    lines += ["**Largest regret over the worlds**", "", *rows_of(heading, body, {0, 2, 4, 6})]
    body = []
    for text in WEIGHTS:
        order = weighed(lost, parse_weights(text)).rows(named=True)[:2]
        ranked = [cell for row in order for cell in (row["mix"], f"{row['largest']:.1f}")]
        body.append([text, *ranked])
    heading = ["weights", "first", "at worst, %", "second", "at worst, %"]
    lines += ["**First under some weights**", "", *rows_of(heading, body, {0, 1, 3})]
    return lines + _levers(found, data) + _recommended(found, data)


def _levers(found: Matrix, data: Dataset) -> list[str]:
    pathways = {row["lever"]: row["pathways"] for row in lever_list(data)}
    body, idle = [], []
    for row in found.switches.iter_rows(named=True):
        if row["shortfall"] is None:
            idle.append(f"`{row['lever']}`")
            continue
        figures = [f"{row[name]:+.2f}" for name in ("shortfall", "cost", "exposure_2035")]
        body.append([f"`{row['lever']}`", pathways[row["lever"]], *figures, row["standing"],
                     row["tried"]])  # fmt: skip
    heading = ["lever", "pathways", "shortfall", "EUR bn", "exposure, points", "standing", "tried"]
    table = rows_of(heading, body, {0, 1, 5, 6})
    return [
        "**What changes when one lever is switched off**", "", *table,
        f"Without effect in the model: {', '.join(idle)}.", "",
    ]  # fmt: skip


def _recommended(found: Matrix, data: Dataset) -> list[str]:
    rows = recommendation_rows(data, found)
    moving = [row for row in rows if row["shortfall_moved"] is not None]
    body = [
        [
            row["id"],
            row["recommended"],
            f"`{row['moves_most']}`",
            f"{row['shortfall_moved']:+.2f}",
            row["direction"],
        ]
        for row in moving[:MOST]
    ]
    told = f"{len(moving)} of {len(rows)} recommendations map to a lever that acts in the model."
    heading = ["", "recommended", "lever", "shortfall moved", "direction"]
    return [f"**Recommendations that move most** ({told})", "", *rows_of(heading, body, {0, 1, 2})]


def main() -> None:
    """Write the page's tables and the kept table of levers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, default=runs.FOLDER)
    folder = parser.parse_args().runs
    data = load()
    found = matrix(data, whole(data), folder, print)
    first, last = MARKS
    text = PAGE.read_text(encoding="utf-8")
    inside = "\n".join([first, "", *tables(found, data), last])
    pattern = re.compile(re.escape(first) + ".*?" + re.escape(last), re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: inside, text), encoding="utf-8")
    found.switches.with_columns(pl.col(pl.Float64).round(4)).write_csv(LEVERS)


if __name__ == "__main__":
    main()
