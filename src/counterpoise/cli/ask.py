"""The command ask: lists and searches questions, answers one, saves the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterpoise import runs
from counterpoise.cli.data import Data, Leaks, Runs, load_data
from counterpoise.cli.measure import make_view, progress
from counterpoise.cli.output import FORMATS, emit, write_all
from counterpoise.cli.words import pairs
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.standing import Parameter
from counterpoise.publish import answer_text
from counterpoise.publish.answer_charts import drawing_of
from counterpoise.publish.answer_files import (
    BINARY,
    ENDINGS,
    FORMS,
    PARAGRAPH,
    file_bytes,
)
from counterpoise.publish.cells import heading
from counterpoise.questions.ask import ask as answer_to
from counterpoise.questions.ask import find_question
from counterpoise.questions.catalogue import questions
from counterpoise.questions.question import Answer, Context, Question, Row
from counterpoise.questions.suggest import (
    QUESTION,
    Suggestion,
    clear_best,
    ident_of,
    lexicon,
    suggest,
)
from counterpoise.questions.suggest_index import index
from counterpoise.questions.table import Catalogue

_LONG = frozenset({"address", "assumed_share", "sources"})
"""Columns of a table too long for a screen; files have them."""

_MOST_FOUND = 8
"""Questions that a search lists."""

Words = Annotated[
    list[str] | None,
    typer.Argument(help="Words to search for; or a question's id and key=value."),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Save to FILE.md, .docx, .xlsx, .html or .json.")
]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        help="table (text), or one of: " + ", ".join(FORMS) + " (with footnotes, .docx).",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("ask")(ask)


def ask(
    words: Words = None,
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = runs.FOLDER,
    form: Form = "",
    out: Out = None,
) -> None:
    """List the questions, search them in plain words, or answer one: `ask q26 withdrawal=2028`."""
    catalogue = questions()
    asked = words or []
    if not asked:
        emit(question_list(), _list_form(form, out), out, "questions")
        return
    if not _is_id(asked[0], catalogue, asked[1:]):
        dataset = load_data(data, without_leaks)
        _search(catalogue, dataset, " ".join(asked), _list_form(form, out), out)
        return
    found = find_question(catalogue, asked[0])
    given = pairs(asked[1:])
    form = _form(form, out)
    if out is None and form in BINARY:
        raise BadInput(
            [Problem("no-file", "--out", None, "", "", "a file name", "say where to write it")]
        )
    notes: list[str] = []
    view = make_view(data, without_leaks, folder, notes)
    context = Context(folder, progress, notes)
    answer = answer_to(view, context, catalogue, found.id, given)
    if out is not None:
        _save(answer, form, out)
    elif form == "table":
        _print(answer)
    else:
        typer.echo(file_bytes(answer, form).decode(), nl=False)


def _is_id(first: str, catalogue: Catalogue, rest: list[str]) -> bool:
    """Whether a word is meant as an id: it is one, looks like one, or arguments follow it."""
    looks = first[:1] in "qQ" and first[1:].isdigit()
    known = first.casefold() in catalogue.questions and not rest
    return known or looks or any("=" in item for item in rest)


def _form(form: str, out: Path | None) -> str:
    """The form asked for, or that of the file's ending; BadInput for one that isn't known."""
    known = (*FORMS, "table")
    if form and form not in known:
        told = " or ".join(known)
        raise BadInput([Problem("format", "--format", None, "", form, told, "choose one")])
    ending = out.suffix.removeprefix(".") if out is not None else "table"
    if form in ("", "table") and out is not None and ending not in ENDINGS.values():
        told = ", ".join(f".{item}" for item in dict.fromkeys(ENDINGS.values()))
        problem = Problem("ending", "--out", None, "", str(out), told, "choose an ending")
        raise BadInput([problem])
    if form == PARAGRAPH and out is not None and ending != ENDINGS[form]:
        problem = Problem("ending", "--out", None, "", str(out), ".docx", "choose that ending")
        raise BadInput([problem])
    return ending if form in ("", "table") else form


def _list_form(form: str, out: Path | None) -> str:
    """The form of a list: as asked for, or that of the file's ending, or a table."""
    ending = out.suffix.removeprefix(".") if out is not None else ""
    return form or (ending if ending in FORMATS else "table")


def _search(
    catalogue: Catalogue, dataset: Dataset, words: str, form: str, out: Path | None
) -> None:
    """Tell what is found for plain words: questions as a list, the best as a command, things."""
    found = suggest(lexicon(index(catalogue, dataset)), words, _MOST_FOUND)
    if not found:
        raise NotFound(words, ["ask, which lists all questions"])
    asked = [item for item in found if item.kind == QUESTION]
    rows = [_found_row(catalogue, item) for item in asked]
    if form != "table" or out is not None:
        emit(rows, form, out, f"questions on {words}")
        return
    if rows:
        emit(rows, title=f"questions on {words}")
    best = clear_best(asked)
    if best is not None:
        typer.echo(f"best match: counterpoise ask {_asked(best)}")
    for item in found:
        if item.kind != QUESTION:
            typer.echo(f"also: counterpoise show {item.path} ({item.text})")


def _found_row(catalogue: Catalogue, item: Suggestion) -> Row:
    question = catalogue.questions[ident_of(item)]
    kept = {key: text for key, text in _row(question).items() if key != "parameters"}
    return kept | {"ask": _asked(item)}


def _asked(item: Suggestion) -> str:
    """What to ask: the id and the arguments that the words name."""
    return " ".join((ident_of(item), *(f"{name}={text}" for name, text in item.given.items())))


def question_list() -> list[Row]:
    """All questions with parameters, and what is missing where one can't be answered."""
    return [_row(item) for item in questions().questions.values()]


def _row(item: Question) -> dict[str, object]:
    return {
        "id": item.id,
        "question": item.text,
        "kind": item.kind,
        "parameters": " ".join(map(_parameter, item.parameters)),
        "missing": item.missing,
    }


def _parameter(item: Parameter) -> str:
    """A parameter with its default, unless that is a figure of the dataset."""
    return item.name if "/" in item.default else f"{item.name}={item.default}"


def _print(answer: Answer) -> None:
    typer.echo(answer.sentence + "\n")
    for title, rows in answer_text.tables(answer.table):
        _print_table(title, rows)
    for title, lines in answer_text.sections(answer):
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {line}")
    typer.echo("\n" + answer_text.standing(answer))


def _save(answer: Answer, form: str, out: Path) -> None:
    """Write the answer; a Markdown file has its drawing beside it."""
    drawing = out.with_suffix(".svg")
    if form == "md" and drawing != out and (drawn := drawing_of(answer)) is not None:
        text = answer_text.markdown(answer, drawing.name)
        write_all({out: text.encode(), drawing: drawn.svg.encode()})
    else:
        write_all({out: file_bytes(answer, form)})
    typer.echo(f"saved {out}", err=True)


def _print_table(title: str, rows: tuple[Row, ...]) -> None:
    """A table without long reasons; what all rows share stands above it."""
    columns = [column for column in answer_text.columns_shown(rows) if column not in _LONG]
    alike = answer_text.columns_alike(rows, columns)
    shared = ", ".join(f"{heading(name)} {rows[0][name]}" for name in alike)
    emit(
        [{key: row[key] for key in columns if key not in alike} for row in rows],
        title=f"{title} ({shared})" if shared else title,
    )
    typer.echo()
