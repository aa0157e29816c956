"""The value at an address: what a page prints, reckoned again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.asking import value_of
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.evaluate import evaluate
from counterpoise.pages.page import read_path
from counterpoise.pages.registry import VIEWS, arguments_of
from counterpoise.pages.site import Site
from counterpoise.publish import answer_text
from counterpoise.questions.ask import find_question

Row = dict[str, Any]
Found = TypeVar("Found")


def value_at(site: Site, address: str) -> float:
    """The number at an address of a figure, a run's measure, a measure, an answer, or a view.

    NotFound where there is none; BadInput for unfit arguments.
    """
    head, _, rest = address.partition("/")
    finders = {
        "run": _of_run,
        "measure": _of_measure,
        "question": _of_answer,
        "view": _of_view,
        "observation": _of_observation,
    }
    return finders.get(head, _of_figure)(site, rest if head in finders else address)


def view_rows(site: Site, name: str, given: dict[str, str]) -> list[Row]:
    """The rows of a view; NotFound with the names there are, BadInput for unfit arguments."""
    found = VIEWS.get(name)
    if found is None:
        raise NotFound(f"view/{name}", [f"view/{item}" for item in sorted(VIEWS)][:8])
    known = arguments_of(name)
    problems = [
        Problem("argument", name, None, key, text, ", ".join(known) or "nothing", "leave it out")
        for key, text in given.items()
        if key not in known
    ]
    problems += [
        Problem("missing", name, None, key, "", "a value", f"add {key}=…")
        for key, needed in known.items()
        if needed and key not in given
    ]
    if problems:
        raise BadInput(problems)
    return site.kept(("view", name, *sorted(f"{key}={text}" for key, text in given.items())),
                     lambda: found(site, **given))  # fmt: skip


def _of_view(site: Site, rest: str) -> float:
    asked = read_path(rest)
    name, row, column = (*asked.parts, "", "", "")[:3]
    return _cell(view_rows(site, name, dict(asked.given)), row, column, rest)


def _cell(rows: Sequence[Row], row: str, column: str, address: str) -> float:
    """The number in a row (counted from 1) and a column; NotFound where there is none."""
    at = int(row) if row.isdecimal() else 0
    value = rows[at - 1].get(column) if 1 <= at <= len(rows) else None
    if not isinstance(value, int | float):
        raise NotFound(address)
    return float(value)


def _of_run(site: Site, rest: str) -> float:
    name, *path = rest.split("/")
    return evaluate(site.opened(name).table, *path)


def _of_measure(site: Site, rest: str) -> float:
    asked = read_path(rest)
    if asked.parts[0] not in ALL:
        raise NotFound(f"measure/{rest}")
    return value_of(site.view, asked.parts[0], **asked.given).value


def _of_answer(site: Site, rest: str) -> float:
    asked = read_path(rest)
    ident, *inside = asked.parts
    answer = site.answer(find_question(site.catalogue, ident), asked.given)
    for item in answer.rests_on:
        ends = {item.address: item.value, f"{item.address}/low": item.low,
                f"{item.address}/high": item.high}  # fmt: skip
        if "/".join(("question", ident, *inside)) in ends:
            return ends["/".join(("question", ident, *inside))]
    part, *place = inside or [""]
    if part == "weight":
        weights = {item.address: item.weight for item in answer.rests_on}
        return _known(weights, "/".join(place), rest)
    tables = {title.lower(): rows for title, rows in answer_text.tables(answer.table)}
    if answer.chart is not None:
        tables["chart"] = answer.chart.rows or answer.table
    row, column = (*place, "", "")[:2]
    return _cell(_known(tables, part, rest), row, column, rest)


def _known(found: Mapping[str, Found], name: str, address: str) -> Found:
    if name not in found:
        raise NotFound(address)
    return found[name]


def _of_observation(site: Site, rest: str) -> float:
    ident, _, end = rest.rpartition("/")
    found = getattr(site.view.inputs[ident], end)
    if found is None:
        raise NotFound(f"observation/{rest}")
    return float(found)


def _of_figure(site: Site, address: str) -> float:
    known, _, end = address.rpartition("/")
    try:
        found, end = site.dataset.chosen[site.dataset.key(address)], "value"
    except NotFound:
        if end not in ("low", "high"):
            raise
        found = site.dataset.chosen[site.dataset.key(known)]
    value = getattr(found, end)
    if value is None:
        raise NotFound(address)
    return float(value)
