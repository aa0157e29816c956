"""Write the README's first results anew from a run: python docs/results.py RUN [--runs FOLDER]."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.measures.evaluate import evaluate

README = Path(__file__).parent.parent / "README.md"

MARKS = ("<!-- results -->", "<!-- /results -->")


def results(run: runs.Run, data: Dataset) -> str:
    """The table of behaviours and the findings, every number evaluated from the run."""

    def value(*address: str) -> float:
        return evaluate(run.table, *address)

    def whole(*address: str) -> str:
        return f"{value(*address):,.0f}"

    def percent(*address: str) -> str:
        return f"{value(*address):.0%}"

    def control(behaviour: str) -> str:
        return percent("exposure", behaviour, "all", "USA", "2035")

    first, last = "alone-first-round", "alone"
    areas = [item.address.split("/")[1] for item in data.kind("area")]
    planned = [area for area in areas if data.text(f"area/{area}", "planned") == "y"]
    planned.sort(key=lambda area: -value("worst_open", "together", area))
    names = [data.things[f"area/{area}"].name.lower() for area in planned[:4]]
    rows = [
        f"| signed orders only | {whole('shortfall', 'ordered')} | | {control('ordered')} |",
        f"| each state alone, one round of offers to all rounds | {whole('shortfall', first)} to "
        f"{whole('shortfall', last)} | {whole('cost', first)} to {whole('cost', last)} | "
        f"{control(first)} to {control(last)} |",
        f"| one plan together | {whole('shortfall', 'together')} | {whole('cost', 'together')} | "
        f"{control('together')} |",
    ]
    told = [
        f"{percent('unavoidable_share')} of the shortfall under signed orders falls before any new "
        "order can deliver, or in an area that nobody sells.",
        f"{whole('closed_areas', 'together', '2030')} of {whole('closed_areas_counted')} areas are "
        f"closed by 2030 and {whole('closed_areas', 'together', '2035')} by 2035; most open in "
        f"2029 to 2033: {', '.join(names)}.",
        f"Replacing the US part altogether costs EUR {whole('us_part_cost')} bn more and leaves "
        f"{whole('us_part_shortfall')} percent-years more open than a world in which it stays.",
        f"Lines with a published rate, lead time and price carry "
        f"{percent('plausibility', 'published')} of the spending.",
        f"{percent('influence', 'assumed')} of the result, weighted by effect, rests on assumed "
        "inputs, and most of the rest on derived ones: read it as a comparison of behaviours "
        "rather than as a forecast.",
    ]
    heading = (
        "| behaviour | shortfall to 2035, percent-years | cost to 2040, EUR bn, present value | "
        "units under US control, 2035 |"
    )
    lines = [heading, "| --- | --- | --- | --- |", *rows, ""]
    lines += [f"- {text}" for text in told]
    return "\n".join(lines)


def main() -> None:
    """Put the results between their marks in the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="?", default="latest")
    parser.add_argument("--runs", type=Path, default=runs.FOLDER)
    asked = parser.parse_args()
    text = results(runs.open_run(asked.run, asked.runs), load())
    page = README.read_text(encoding="utf-8")
    block = f"{MARKS[0]}\n\n{text}\n\n{MARKS[1]}"
    pattern = re.compile(f"{re.escape(MARKS[0])}.*{re.escape(MARKS[1])}", re.DOTALL)
    README.write_text(pattern.sub(lambda _: block, page), encoding="utf-8")


if __name__ == "__main__":
    main()
