"""Steps of questions: the arguments whose answers a site stores, beside the defaults."""

from __future__ import annotations

from pathlib import Path

from counterpoise.data.sheets import check_heading, read_table, split_list
from counterpoise.errors import BadInput, Problem
from counterpoise.questions.question import Question
from counterpoise.questions.table import FOLDER, Catalogue

_COLUMNS = ("question", "parameter", "values")

_MAIN_STEPS = 9
"""Steps of a worksheet's main slider, beside its default."""

_OTHER_STEPS = 2
"""Steps of a slider that isn't a worksheet's main one, beside its default: its ends."""

Steps = dict[tuple[str, str], tuple[str, ...]]
"""Values as text by question and parameter, in the order in which they are stepped through."""


def read_steps(catalogue: Catalogue, folder: Path = FOLDER) -> Steps:
    """The steps of all questions; BadInput for a row of no question or parameter.

    A worksheet's sliders step from end to end by themselves.
    """
    problems: list[Problem] = []
    rows = read_table(folder / "steps.csv", problems)
    if rows and not check_heading(rows[0].cells, "steps.csv", _COLUMNS, _COLUMNS, problems):
        raise BadInput(problems)
    found: Steps = {}
    for row in rows:
        ident, name = row.get("question"), row.get("parameter")
        question = catalogue.questions.get(ident)
        if question is None or name not in {item.name for item in question.parameters}:
            problems.append(
                Problem("steps", row.file, row.number, "parameter", f"{ident} {name}",
                        "a question's parameter", "correct the row")
            )  # fmt: skip
        found[ident, name] = tuple(split_list(row.get("values")))
    for ident, sliders in catalogue.sliders.items():
        main = catalogue.questions[ident].slider
        for item in sliders:
            count = _MAIN_STEPS if item.name == main else _OTHER_STEPS
            found[ident, item.name] = _slider_steps(item.low, item.high, count)
    if problems:
        raise BadInput(problems)
    return found


def _slider_steps(low: float, high: float, count: int) -> tuple[str, ...]:
    """Texts of so many numbers from end to end, rounded to three digits within the range."""
    between = [low + (high - low) * at / (count - 1) for at in range(1, count - 1)]
    return tuple(f"{value:.10g}" for value in (low, *(float(f"{v:.3g}") for v in between), high))


def stored_arguments(question: Question, steps: Steps) -> list[dict[str, str]]:
    """The arguments of all stored answers to a question: the defaults, and each step alone."""
    found: list[dict[str, str]] = [{}]
    for item in question.parameters:
        for value in steps.get((question.id, item.name), ()):
            if value != item.default:
                found.append({item.name: value})
    return found
