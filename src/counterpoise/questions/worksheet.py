"""Worksheets: one documented formula and its sliders, opened over a dataset."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from counterpoise.data.records import Observation, Origin
from counterpoise.measures.amount import Amount, span, total
from counterpoise.measures.asking import find_measure
from counterpoise.measures.standing import Given, read_arguments
from counterpoise.measures.view import View
from counterpoise.questions.question import Question
from counterpoise.questions.registry import WORKSHEETS, Formula, takes_view
from counterpoise.questions.table_check import Slider

Results = dict[str, Amount]
"""Amounts by name, the headline first."""


@dataclass(frozen=True)
class Sheets:
    """A worksheet with the amounts of its parameters, and all observations that they rest on.

    `reach` says for each parameter between which values it is uncertain: over its slider where
    it is judged, over the figure's own range where it comes from the dataset, nowhere where the
    user chose it.
    """

    view: View
    function: Formula
    amounts: Mapping[str, Amount]
    known: Mapping[str, Observation]
    reach: Mapping[str, tuple[float, float]]

    def results(self, **changed: float) -> Results:
        """The formula's results by name, headline first, with some parameters set to numbers."""
        given = {**self.amounts, **{name: Amount(value) for name, value in changed.items()}}
        view = (self.view,) if takes_view(self.function) else ()
        found = self.function(*view, **given)
        return found if isinstance(found, dict) else {"result": found}

    def spreads(self) -> dict[str, tuple[float, float]]:
        """Low and high of each result: each input moved to its ends, moves added in square.

        Parameters are moved through the formula itself, since sliders are wide; other figures by
        their slopes. Where a result stays above zero the moves are those of its logarithm.
        """
        moved = [self.results(**{name: end}) for name, ends in self.reach.items() for end in ends]
        own = {key for item in self.amounts.values() for key in item.slopes}
        found = {}
        for name, item in self.results().items():
            rest = {key: slope for key, slope in item.slopes.items() if key not in own}
            ends = [*span(Amount(item.value, rest), self.known)]
            ends += [case[name].value for case in moved]
            found[name] = _spread(item.value, ends)
        return found

    def headline(self, **changed: float) -> float:
        """The value of the first result."""
        return next(iter(self.results(**changed).values())).value


def open_sheet(question: Question, sliders: tuple[Slider, ...], view: View, given: Given) -> Sheets:
    """A worksheet with its parameters as given, by default as in the dataset or its table.

    BadInput with every argument that isn't known or lies outside its slider.
    """
    middles = {item.name: f"{(item.low + item.high) / 2:g}" for item in sliders}
    numbers = read_arguments(question.id, question.parameters, {**middles, **given}, view)
    known = dict(view.inputs)
    amounts = {}
    reach = {}
    for slider in sliders:
        if slider.name in given:
            amounts[slider.name] = _stated(slider, numbers[slider.name], known, chosen=True)
        elif "/" in slider.value:
            amounts[slider.name] = read_default(slider, view)
        else:
            amounts[slider.name] = _stated(slider, float(slider.value), known, chosen=False)
        stated = slider.name not in given and "/" not in slider.value
        item = amounts[slider.name]
        reach[slider.name] = (slider.low, slider.high) if stated else span(item, known)
    return Sheets(view, WORKSHEETS[question.function], amounts, known, reach)


def read_default(slider: Slider, view: View) -> Amount:
    """A default from the dataset: figures and measures, added up.

    `measure/NAME/ARGUMENT…` gives a measure's arguments in order; anything else is a figure's
    address.
    """
    found = []
    for address in slider.value.split(" + "):
        if address.startswith("measure/"):
            _, name, *texts = address.split("/")
            measure = find_measure(name)
            names = [item.name for item in measure.parameters]
            arguments = dict(zip(names, texts, strict=False))
            read = read_arguments(name, measure.parameters, arguments, view)
            found.append(measure.function(view, **read))
        else:
            found.append(view.figure(address))
    return total(found)


def _stated(slider: Slider, value: float, known: dict[str, Observation], *, chosen: bool) -> Amount:
    """A number of the table or of the user as an amount that rests on itself.

    A number that the user chose has no range: it is what the answer is asked for.
    """
    ident = f"question/{slider.question}/{slider.name}"
    known[ident] = Observation(
        ident,
        f"question/{slider.question}",
        slider.name,
        "",
        "",
        None if chosen else slider.low,
        value,
        None if chosen else slider.high,
        slider.unit,
        "",
        "assumed" if chosen else slider.basis,
        () if chosen else slider.sources,
        "",
        "",
        slider.reason,
        False,
        1,
        Origin("parameters.csv", 0),
    )
    return Amount(value, {ident: 1.0})


def _spread(value: float, ends: list[float]) -> tuple[float, float]:
    """Low and high from the values at pairs of ends, one pair an input."""
    if value > 0 and min(ends) > 0:
        low, high = _spread_of(math.log(value), [math.log(end) for end in ends])
        return min(math.exp(low), value), max(math.exp(high), value)
    low, high = _spread_of(value, ends)
    return (max(low, 0.0) if min(ends) >= 0 else low), high


def _spread_of(value: float, ends: list[float]) -> tuple[float, float]:
    pairs = list(zip(ends[::2], ends[1::2], strict=True))
    down = sum((min(*pair, value) - value) ** 2 for pair in pairs)
    up = sum((max(*pair, value) - value) ** 2 for pair in pairs)
    return value - math.sqrt(down), value + math.sqrt(up)
