"""The tables of questions and of worksheets' parameters: read, and checked all at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from counterpoise.data.load import REFERENCE
from counterpoise.data.sheets import Row, check_heading, parse_number, read_table, split_list
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import number
from counterpoise.measures.standing import Parameter
from counterpoise.questions.question import KINDS, Question
from counterpoise.questions.registry import COMPUTED, PARAMETERS, WORKSHEETS
from counterpoise.questions.table_check import Slider, check_question, read_slider, tell

FOLDER = REFERENCE / "questions"

_QUESTION = (
    "id",
    "question",
    "kind",
    "keywords",
    "function",
    "slider",
    "limits",
    "missing",
    "document",
    "sentence",
    "units",
    "threshold",
    "turning",
)
_PARAMETER = (
    "question",
    "name",
    "told",
    "low",
    "value",
    "high",
    "unit",
    "basis",
    "source",
    "reason",
)


@dataclass(frozen=True)
class Catalogue:
    """All questions by id, and the sliders of each worksheet."""

    questions: dict[str, Question]
    sliders: dict[str, tuple[Slider, ...]]


def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """The questions of a folder; BadInput with every problem of both tables."""
    problems: list[Problem] = []
    rows = _rows(folder / "questions.csv", _QUESTION, problems)
    sliders: defaultdict[str, list[Slider]] = defaultdict(list)
    for row in _rows(folder / "parameters.csv", _PARAMETER, problems):
        found = read_slider(row, problems)
        if found is not None:
            sliders[found.question].append(found)
    questions = {}
    for row in rows:
        ident = row.get("id")
        check_question(row, sliders.get(ident, []), problems)
        if ident in questions:
            tell(problems, row, "id", "each question once", "remove one of the rows")
        questions[ident] = _question(row, sliders.get(ident, []))
    for ident in sliders.keys() - {row.get("id") for row in rows if row.get("kind") == KINDS[1]}:
        problems.append(
            Problem(
                "question",
                "parameters.csv",
                None,
                "question",
                ident,
                "the id of a worksheet",
                "correct the id",
            )
        )
    named = Counter(row.get("function") for row in rows if row.get("function"))
    for name in (*COMPUTED, *WORKSHEETS):
        if named[name] != 1:
            problems.append(
                Problem(
                    "function",
                    "questions.csv",
                    None,
                    "function",
                    name,
                    "one row for each function",
                    "add its row, or remove one",
                )
            )
    if problems:
        raise BadInput(problems)
    return Catalogue(questions, {key: tuple(items) for key, items in sliders.items()})


def _rows(path: Path, columns: tuple[str, ...], problems: list[Problem]) -> list[Row]:
    rows = read_table(path, problems)
    if not rows or not check_heading(rows[0].cells, path.name, columns, columns, problems):
        return []
    return rows


def _question(row: Row, sliders: Sequence[Slider]) -> Question:
    parameters: tuple[Parameter, ...] = tuple(
        Parameter(item.name, number(item.low, item.high, item.unit), item.value) for item in sliders
    )
    if row.get("kind") == "computed":
        parameters = PARAMETERS.get(row.get("function"), ())
    return Question(
        row.get("id"),
        row.get("question"),
        row.get("kind"),
        tuple(split_list(row.get("keywords"))),
        row.get("function"),
        row.get("slider"),
        tuple(split_list(row.get("limits"))),
        row.get("missing"),
        row.get("document"),
        row.get("sentence"),
        dict(
            (name.strip(), unit.strip())
            for name, _, unit in (item.partition("=") for item in split_list(row.get("units")))
        ),
        parse_number(row.get("threshold")),
        row.get("turning"),
        parameters,
    )
