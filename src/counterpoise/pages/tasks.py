"""What readers most often come for: a line, the page that tells it, and words to find it by."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.data.sheets import check_heading, read_table, split_list
from counterpoise.errors import BadInput, Problem
from counterpoise.pages.site import Site
from counterpoise.questions.table import FOLDER

_COLUMNS = ("text", "path", "words")
_LATEST = "run/latest"


@dataclass(frozen=True)
class Task:
    """A task in words, the path of its page, and other words that ask for it."""

    text: str
    path: str
    words: tuple[str, ...]


def tasks(site: Site) -> list[Task]:
    """The tasks of the release; one on the latest run leads to that which the site shows."""
    problems: list[Problem] = []
    rows = read_table(FOLDER / "tasks.csv", problems)
    if problems or not check_heading(rows[0].cells, "tasks.csv", _COLUMNS, _COLUMNS, problems):
        raise BadInput(problems)
    latest = f"run/{site.run.id}" if site.run is not None else "runs"
    found = []
    for row in rows:
        path = latest if row.get("path") == _LATEST else row.get("path")
        found.append(Task(row.get("text"), path, tuple(split_list(row.get("words")))))
    return found
