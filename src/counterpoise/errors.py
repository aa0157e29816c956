"""What can go wrong, told to the person who must act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One fault in what the user gave: where it stands, what was expected, what to do."""

    code: str
    file: str
    row: int | None
    column: str
    value: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        place = self.file + (f", row {self.row}" if self.row is not None else "")
        column = f", column {self.column}" if self.column else ""
        shown = f": {self.value!r}" if self.value else ""
        return f"{place}{column}{shown} [{self.code}] expected {self.expected}; {self.remedy}"


class CounterpoiseError(Exception):
    """The base of every error that the package raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        # It crosses from one process to another as it stands: it isn't told what it was made of.
        return _as_it_was, (type(self), self.args, self.__dict__)


def _as_it_was(
    kind: type[CounterpoiseError], args: tuple[Any, ...], held: dict[str, Any]
) -> CounterpoiseError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(held)
    return error


class BadInput(CounterpoiseError):
    """Files or arguments that can't be used; carries all problems found, not the first."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{count} problem{'s' if count != 1 else ''}:", *map(str, self.problems)]
        super().__init__("\n  ".join(lines))


class NotFound(CounterpoiseError):
    """A name or address that the dataset doesn't hold, with the nearest ones that it does."""

    def __init__(self, name: str, suggestions: Sequence[str] = ()):
        self.name = name
        self.suggestions = tuple(suggestions)
        hint = f"; did you mean {', '.join(self.suggestions)}?" if self.suggestions else ""
        super().__init__(f"nothing is called {name!r}{hint}")


class NoPlan(CounterpoiseError):
    """No plan meets all rows; carries the rows that clash."""

    def __init__(self, clash: Sequence[str]):
        self.clash = tuple(clash)
        super().__init__("no plan exists; these rows clash:\n  " + "\n  ".join(self.clash))


class Interrupted(CounterpoiseError):
    """Stopped by the user; nothing half-done is left behind."""
