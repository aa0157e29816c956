"""Answers that took plans, kept beside the saved runs: read again in place of planning anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from counterpoise import __version__
from counterpoise.questions.question import Answer, ChartSpec, Cited, Flip, Input, Question, Used

FOLDER = ".answers"
"""The folder within that of the runs; runs are looked for beside it."""

_LISTS = {"parameters": Used, "flips": Flip, "sources": Cited, "rests_on": Input}


@dataclass(frozen=True)
class Answers:
    """The kept answers of one release: a JSON file each, as `ask --format json` writes it."""

    folder: Path
    release: str
    _unwritten: dict[str, str] = field(default_factory=dict, repr=False)

    def find(self, question: Question, given: Mapping[str, str]) -> Answer | None:
        """The kept answer to a question for arguments, None without one."""
        try:
            path = self._path(question, given)
            text = self._unwritten.get(path.name) or path.read_text(encoding="utf-8")
            return read_answer(question, json.loads(text))
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def put(self, question: Question, given: Mapping[str, str], text: str) -> None:
        """Keep an answer, told as JSON; only as long as this lives where it can't be written."""
        path = self._path(question, given)
        if not keep(path, text):
            self._unwritten[path.name] = text

    def _path(self, question: Question, given: Mapping[str, str]) -> Path:
        asked = json.dumps([question.id, sorted(given.items()), self.release, __version__])
        return self.folder / FOLDER / f"{sha256(asked.encode()).hexdigest()[:24]}.json"


def keep(path: Path, text: str) -> bool:
    """Write a file whole or not at all; whether that was possible."""
    aside = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError:
        return False
    return True


def read_answer(question: Question, told: Mapping[str, Any]) -> Answer:
    """The answer that `as_json` told; ValueError, LookupError or TypeError for anything else."""
    if told["id"] != question.id:
        raise ValueError(f"an answer to {told['id']}")
    named: dict[str, Any] = {
        item.name: told[item.name] for item in fields(Answer) if item.name != "question"
    }
    for name, kind in _LISTS.items():
        named[name] = tuple(kind(**item) for item in named[name])
    for name in ("table", "reasons", "not_included"):
        named[name] = tuple(named[name])
    if named["chart"] is not None:
        chart = named["chart"]
        named["chart"] = ChartSpec(**{**chart, "rows": tuple(chart["rows"])})
    return Answer(question=question, **named)
