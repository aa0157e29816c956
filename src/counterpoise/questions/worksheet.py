"""Worksheets: one documented formula, its sliders, and the answer that follows from them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from counterpoise.data.records import Observation, Origin
from counterpoise.measures.amount import Amount, total, weakest_basis
from counterpoise.measures.standing import Given, find_measure, read_arguments
from counterpoise.measures.view import View
from counterpoise.questions.question import ChartSpec, Flip, Question, Reply, Row, Used
from counterpoise.questions.registry import WORKSHEETS, Formula, takes_view
from counterpoise.questions.reply import cells, said
from counterpoise.questions.table_check import Slider

_POINTS = 25
"""Points of the chart along the main slider."""

_MOST_LINES = 4
"""Results that one chart draws as lines."""


@dataclass(frozen=True)
class Sheets:
    """A worksheet with the amounts of its parameters, and all observations that they rest on."""

    view: View
    function: Formula
    amounts: Mapping[str, Amount]
    known: Mapping[str, Observation]

    def results(self, **changed: float) -> dict[str, Amount]:
        """The formula's results by name, headline first, with some parameters set to numbers."""
        given = {**self.amounts, **{name: Amount(value) for name, value in changed.items()}}
        view = (self.view,) if takes_view(self.function) else ()
        found = self.function(*view, **given)
        return found if isinstance(found, dict) else {"result": found}

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
    for slider in sliders:
        if slider.name in given:
            amounts[slider.name] = _stated(slider, numbers[slider.name], known, chosen=True)
        elif "/" in slider.value:
            amounts[slider.name] = read_default(slider, view)
        else:
            amounts[slider.name] = _stated(slider, float(slider.value), known, chosen=False)
    return Sheets(view, WORKSHEETS[question.function], amounts, known)


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


def worksheet_reply(
    question: Question, sliders: tuple[Slider, ...], view: View, given: Given
) -> Reply:
    """The reply of a worksheet: results, each slider at its ends, chart against the main one."""
    sheet = open_sheet(question, sliders, view, given)
    results = sheet.results()
    swings = {
        item.name: (
            sheet.headline(**{item.name: item.low}),
            sheet.headline(**{item.name: item.high}),
        )
        for item in sliders
    }
    least = min(map(min, swings.values()))
    bounds = (0.0 if least >= 0 else -math.inf, math.inf)
    rows = [_result_row(sheet, question, name, bounds) for name in results]
    rows += [_slider_row(sheet, item, swings[item.name]) for item in sliders]
    values = {name: said(item.value) for name, item in results.items()}
    values |= {name: said(item.value) for name, item in sheet.amounts.items()}
    formula = " ".join((WORKSHEETS[question.function].__doc__ or "").split())
    headline = next(iter(results))
    unit = question.unit_of(headline)
    widest = sorted(sliders, key=lambda item: -abs(swings[item.name][1] - swings[item.name][0]))
    reasons = [f"Formula: {formula}"]
    reasons += [
        f"{item.told} from {said(item.low)} to {said(item.high)} {item.unit} moves the result "
        f"from {said(swings[item.name][0])} to {said(swings[item.name][1])} {unit}"
        for item in widest[:3]
    ]
    return Reply(
        question.sentence.format(**values),
        tuple(rows),
        tuple(results.values()),
        results[headline],
        _chart(question, sheet, sliders, results),
        tuple(reasons),
        tuple(_flips(question, sheet, sliders)),
        (),
        sheet.known,
        tuple(
            Used(
                item.name, f"{sheet.amounts[item.name].value:.6g}", _range(item), item.name in given
            )
            for item in sliders
        ),
    )


def _range(slider: Slider) -> str:
    return f"{slider.told}, {slider.low:g} to {slider.high:g} {slider.unit}"


def _result_row(sheet: Sheets, question: Question, name: str, bounds: tuple[float, float]) -> Row:
    item = sheet.results()[name]
    told = cells(sheet.view, item, question.unit_of(name), bounds, sheet.known)
    return {
        "part": "result",
        "name": name.replace("_", " "),
        **{key: told[key] for key in ("low", "value", "high", "unit", "basis")},
        "result_at_low": None,
        "result_at_high": None,
        "reason": "",
    }


def _slider_row(sheet: Sheets, slider: Slider, swing: tuple[float, float]) -> Row:
    item = sheet.amounts[slider.name]
    return {
        "part": "slider",
        "name": slider.told,
        "low": slider.low,
        "value": item.value,
        "high": slider.high,
        "unit": slider.unit,
        "basis": weakest_basis(item, sheet.known),
        "result_at_low": swing[0],
        "result_at_high": swing[1],
        "reason": slider.reason or slider.value,
    }


def _chart(
    question: Question, sheet: Sheets, sliders: tuple[Slider, ...], results: dict[str, Amount]
) -> ChartSpec:
    """The results of the headline's unit along the main slider; many results as bars."""
    headline = next(iter(results))
    unit = question.unit_of(headline)
    alike = [name for name in results if question.unit_of(name) == unit]
    title = question.text
    if len(alike) > _MOST_LINES:
        ranked = sorted(alike, key=lambda name: -results[name].value)
        rows = tuple({"name": name, "value": results[name].value} for name in ranked)
        return ChartSpec("bars", "name", "value", title, unit, rows=rows)
    main = next(item for item in sliders if item.name == question.slider)
    step = (main.high - main.low) / (_POINTS - 1)
    points = [main.low + step * index for index in range(_POINTS)]
    found = {point: sheet.results(**{main.name: point}) for point in points}
    rows = tuple(
        {main.name: point, "series": name.replace("_", " "), "value": found[point][name].value}
        for name in alike
        for point in points
    )
    return ChartSpec(
        "curve",
        main.name,
        "value",
        title,
        unit,
        series="series",
        x_title=f"{main.told} ({main.unit})",
        marked=sheet.amounts[main.name].value,
        rows=rows,
    )


def _flips(question: Question, sheet: Sheets, sliders: tuple[Slider, ...]) -> Iterator[Flip]:
    """Each slider whose range holds a value at which the headline crosses the threshold."""
    if question.threshold is None:
        return
    for slider in sliders:
        end = _crossing(sheet, slider, question.threshold)
        if end is not None:
            start = sheet.amounts[slider.name].value
            yield Flip(slider.told, start, end, slider.unit, question.turning, True)


def _crossing(sheet: Sheets, slider: Slider, threshold: float) -> float | None:
    """The slider's value at which the headline meets the threshold, by bisection; None if none."""
    low, high = slider.low, slider.high
    above = sheet.headline(**{slider.name: low}) >= threshold
    if above == (sheet.headline(**{slider.name: high}) >= threshold):
        return None
    for _ in range(40):
        middle = (low + high) / 2
        if (sheet.headline(**{slider.name: middle}) >= threshold) == above:
            low = middle
        else:
            high = middle
    return (low + high) / 2
