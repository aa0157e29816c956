"""What readers most often come for: a line, the page that tells it, and words to find it by.

A task's path may have slots for what the words name: `{KIND}`, `{KIND|INSTEAD}` with what stands
there where they name nothing, or `{KIND||USUAL}` with what goes without saying.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from counterpoise.data.sheets import check_heading, read_table, split_list
from counterpoise.errors import BadInput, Problem
from counterpoise.pages.gap_rows import YEARS
from counterpoise.pages.site import Site
from counterpoise.questions.table import FOLDER

_COLUMNS = ("text", "path", "words")
_LATEST = "run/latest"
_SLOT = re.compile(r"\{(?P<kind>[^|}]+)\|?(?P<instead>[^|}]*)\|?(?P<usual>[^|}]*)\}")


@dataclass(frozen=True)
class Task:
    """A task in words, the path of its page with slots, and other words that ask for it."""

    text: str
    pattern: str
    words: tuple[str, ...]

    @property
    def path(self) -> str:
        """The path of the page where nothing is named."""
        pieces = (_SLOT.sub(r"\g<instead>", piece) for piece in self.pattern.split("/"))
        return "/".join(piece for piece in pieces if not piece.endswith("="))

    def row(self) -> list[Any]:
        """The task as a row of the index of suggestions: see `suggest_index.index`."""
        pieces = self.pattern.split("/")
        head = [piece for piece in pieces if "=" not in piece]
        return [
            "/".join(head),
            self.text,
            list(self.words),
            [*map(_parameter, pieces[len(head) :])],
        ]


def _parameter(piece: str) -> list[Any]:
    name, _, text = piece.partition("=")
    slot = _SLOT.fullmatch(text)
    if slot is None:
        return [name, "", "", [], text]
    kind, instead, usual = slot["kind"], slot["instead"], slot["usual"]
    years = [str(year) for year in YEARS] if kind == "year" else []
    return [name, kind, usual, years, *([instead] if instead else [])]


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
