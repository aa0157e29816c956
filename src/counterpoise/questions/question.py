"""What a question is, what its function gives, and the answer that a reader gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterpoise.data.records import Observation
from counterpoise.measures.amount import Amount
from counterpoise.measures.standing import Parameter

Row = dict[str, Any]

KINDS = ("computed", "worksheet", "registered")
"""Answered by the project's models; by one illustrative formula; or not yet."""

CHARTS = ("bars", "lines", "curve", "points", "ranges", "heat", "calendar", "map")
"""How a chart is drawn: see `ChartSpec`."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Context:
    """What a question may use beside the view: the folder of saved runs, and a place to tell.

    `progress` is told before each plan that is made, so that it can stop it (see `NeedsPlan`).
    `notes` fills with the plans that were taken; they are told at the end of the reasons.
    """

    folder: Path
    progress: Progress = lambda text: None
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Question:
    """A question: its words, what it takes, its limits, and what it lacks if it can't answer.

    `document` is the key of the source that raises it, "" where a reader's need does. A worksheet
    has more: its `sentence` has results and parameters in braces, `units` are its results' by
    name, its chart shows them against the parameter `slider`, and `turning` tells what holds from
    `threshold` on.
    """

    id: str
    text: str
    kind: str
    keywords: tuple[str, ...]
    function: str
    slider: str
    limits: tuple[str, ...]
    missing: str
    document: str
    sentence: str
    units: Mapping[str, str]
    threshold: float | None
    turning: str
    parameters: tuple[Parameter, ...]

    def unit_of(self, result: str) -> str:
        """The unit of a worksheet's result; `*` stands for all that aren't named."""
        return self.units.get(result, self.units.get("*", ""))


@dataclass(frozen=True)
class ChartSpec:
    """A drawing told by the columns of its rows (the answer's table where it has none).

    `kind` is one of CHARTS. bars: a lying bar for each text in `x`, as long as `y`, parted by
    `series`. ranges: a dot at `y` with a stroke from `low` to `high` for each text in `x`.
    lines: `y` over the years in `x`, one line a `series`, with a band from `low` to `high`.
    curve: the same over any number. points: a dot at `x` and `y` named by `label`, coloured by
    `series`. heat: cells of `y` by `series` (rows) and `x` (columns), in
    percent. calendar: a bar from the decimal year `low` to `y` for each text in `x`; where `marked`
    is given all bars start there, and `low` to `high` is the range of their ends. map: a dot
    at longitude `x` and latitude `y` named by `label`; states listed in `low` are coloured by
    `series`.
    Order is that of the rows; `marked` is a point on the horizontal axis to point out.
    """

    kind: str
    x: str
    y: str
    title: str
    unit: str
    series: str = ""
    low: str = ""
    high: str = ""
    x_title: str = ""
    label: str = ""
    marked: float | None = None
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Flip:
    """What would turn the answer: an input or parameter, from its value to another one.

    `told` says what turns. `inside` tells whether the other value lies in the input's range.
    """

    what: str
    start: float
    end: float
    unit: str
    told: str
    inside: bool


@dataclass(frozen=True)
class Cited:
    """A source of an answer; `weight` is the share (0 to 1) of all effects that it decides.

    `date` and `url` are "" where the source has none.
    """

    key: str
    title: str
    publisher: str
    grade: str
    leak: bool
    weight: float
    date: str
    url: str


@dataclass(frozen=True)
class Input:
    """A figure that an answer rests on; `weight` is its share (0 to 1) of all effects."""

    address: str
    value: float
    low: float
    high: float
    unit: str
    basis: str
    grade: str
    weight: float


@dataclass(frozen=True)
class Used:
    """A parameter as it was used; `given` is false where the default was taken."""

    name: str
    value: str
    told: str
    given: bool


@dataclass(frozen=True)
class Reply:
    """What a question's function gives; made by `reply`.

    `amounts` are all amounts that the sentence, the table and the reasons rest on: the sources
    follow from them. The heaviest inputs and the assumed share are those of the `headline`, or
    of all amounts alike where the answer isn't one number. `inputs` holds all observations by
    id where not all are the dataset's. `cites` are keys of sources that rows of words rest on.
    """

    sentence: str
    table: tuple[Row, ...]
    amounts: tuple[Amount, ...]
    headline: Amount | None = None
    chart: ChartSpec | None = None
    reasons: tuple[str, ...] = ()
    flips: tuple[Flip, ...] = ()
    not_included: tuple[str, ...] = ()
    inputs: Mapping[str, Observation] | None = None
    used: tuple[Used, ...] | None = None
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """An answer with all that a reader needs to judge it.

    `grade` says how it came about: "computed", or "worksheet, illustrative". `source_grades`
    counts the sources by grade; `raised_by` is the document that asks the question.
    `assumed_share` (0 to 1) is the share of the inputs' effects that rests on assumed ones.
    """

    question: Question
    parameters: tuple[Used, ...]
    sentence: str
    table: tuple[Row, ...]
    chart: ChartSpec | None
    reasons: tuple[str, ...]
    flips: tuple[Flip, ...]
    not_included: tuple[str, ...]
    sources: tuple[Cited, ...]
    rests_on: tuple[Input, ...]
    raised_by: str
    grade: str
    source_grades: str
    assumed_share: float
    release: str

    @property
    def address(self) -> str:
        """The address that gives the answer again."""
        given = [f"{item.name}={item.value}" for item in self.parameters if item.given]
        return "/".join(("question", self.question.id, *given))
