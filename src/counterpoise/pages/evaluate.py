"""The value at an address: what a page prints, reckoned again."""

from __future__ import annotations

from typing import Any

from counterpoise import runs
from counterpoise.errors import NotFound
from counterpoise.measures.asking import value_of
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.evaluate import evaluate
from counterpoise.pages.page import read_path
from counterpoise.pages.registry import VIEWS
from counterpoise.pages.site import Site
from counterpoise.publish import answer_text
from counterpoise.questions.ask import ask

Row = dict[str, Any]


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
    """The rows of a view; NotFound with the names there are."""
    found = VIEWS.get(name)
    if found is None:
        raise NotFound(f"view/{name}", [f"view/{item}" for item in sorted(VIEWS)][:8])
    return found(site, **given)


def _of_view(site: Site, rest: str) -> float:
    asked = read_path(rest)
    name, row, column = asked.parts
    return _cell(view_rows(site, name, dict(asked.given)), int(row), column, rest)


def _cell(rows: list[Row], row: int, column: str, address: str) -> float:
    if not 1 <= row <= len(rows) or column not in rows[row - 1]:
        raise NotFound(address)
    return float(rows[row - 1][column])


def _of_run(site: Site, rest: str) -> float:
    name, *path = rest.split("/")
    return evaluate(runs.open_run(name, site.folder).table, *path)


def _of_measure(site: Site, rest: str) -> float:
    asked = read_path(rest)
    if asked.parts[0] not in ALL:
        raise NotFound(f"measure/{rest}")
    return value_of(site.view, asked.parts[0], **asked.given).value


def _of_answer(site: Site, rest: str) -> float:
    asked = read_path(rest)
    ident, *inside = asked.parts
    answer = ask(site.view, site.context, site.catalogue, ident, asked.given)
    if inside[0] == "weight":
        address = "/".join(inside[1:])
        return next(item.weight for item in answer.rests_on if item.address == address)
    tables = {title.lower(): rows for title, rows in answer_text.tables(answer.table)}
    return _cell(list(tables[inside[0]]), int(inside[1]), "/".join(inside[2:]), rest)


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
