"""What a worksheet answers: results, each slider at its ends, what turns, the chart."""

from __future__ import annotations

from collections.abc import Iterator

from counterpoise.measures.amount import Amount, weakest_basis
from counterpoise.measures.standing import Given
from counterpoise.measures.view import View
from counterpoise.questions.question import ChartSpec, Flip, Question, Reply, Row, Used
from counterpoise.questions.registry import WORKSHEETS
from counterpoise.questions.reply import said, with_range
from counterpoise.questions.table_check import Slider
from counterpoise.questions.worksheet import Results, Sheets, open_sheet

_POINTS = 61
"""Points of the chart along the main slider."""

_MOST_LINES = 4
"""Results beside the headline that one chart draws as lines; more are drawn as bars."""

_MOST_BARS = 20
"""Bars of one chart; the table has all."""

_WIDEST = 3
"""Sliders that the reasons name."""


def worksheet_reply(
    question: Question, sliders: tuple[Slider, ...], view: View, given: Given
) -> Reply:
    """The reply of a worksheet for some parameters given as text, the others by default.

    BadInput with every argument that isn't known or lies outside its slider.
    """
    sheet = open_sheet(question, sliders, view, given)
    results = sheet.results()
    spreads = sheet.spreads()
    headline = next(iter(results))
    swings = {
        item.name: (
            sheet.headline(**{item.name: item.low}),
            sheet.headline(**{item.name: item.high}),
        )
        for item in sliders
    }
    rows = [_result_row(sheet, question, name, results[name], spreads[name]) for name in results]
    rows += [_slider_row(sheet, item, swings[item.name]) for item in sliders]
    told = {name: said(item.value) for name, item in sheet.amounts.items()}
    told |= {name: with_range(item.value, *spreads[name]) for name, item in results.items()}
    return Reply(
        question.sentence.format(**told),
        tuple(rows),
        tuple(results.values()),
        None,
        _chart(question, sheet, sliders, results),
        tuple(_reasons(question, sliders, swings, question.unit_of(headline))),
        tuple(_flips(question, sheet, sliders)),
        (),
        sheet.known,
        tuple(
            Used(
                item.name,
                f"{sheet.amounts[item.name].value:.10g}",
                _range(item),
                item.name in given,
            )
            for item in sliders
        ),
    )


def _reasons(
    question: Question,
    sliders: tuple[Slider, ...],
    swings: dict[str, tuple[float, float]],
    unit: str,
) -> Iterator[str]:
    """The formula, and the sliders that move the headline most."""
    _, _, formula = (WORKSHEETS[question.function].__doc__ or "").partition("\n\n")
    yield f"Formula: {' '.join(formula.split())}"
    moving = [item for item in sliders if swings[item.name][0] != swings[item.name][1]]
    widest = sorted(moving, key=lambda item: -abs(swings[item.name][1] - swings[item.name][0]))
    for item in widest[:_WIDEST]:
        low, high = swings[item.name]
        yield (
            f"{item.told}: from {said(item.low)} to {said(item.high)} {item.unit} the result goes "
            f"from {said(low)} to {said(high)} {unit}"
        )


def _range(slider: Slider) -> str:
    """What a parameter is, its slider's range, and why or whence its default."""
    figure = slider.value if "/" in slider.value else ""
    told = ", ".join(text for text in (figure, slider.reason) if text)
    return f"{slider.told}, {slider.low:,.10g} to {slider.high:,.10g} {slider.unit}; {told}"


def _name(sheet: Sheets, result: str) -> str:
    """A result's name for people; a state's code by the state's name."""
    state = sheet.view.dataset.things.get(f"state/{result}")
    return state.name if state is not None else result.replace("_", " ")


def _result_row(
    sheet: Sheets, question: Question, name: str, item: Amount, spread: tuple[float, float]
) -> Row:
    return {
        "part": "result",
        "name": _name(sheet, name),
        "low": spread[0],
        "value": item.value,
        "high": spread[1],
        "unit": question.unit_of(name),
        "basis": weakest_basis(item, sheet.known),
        "result_at_low": None,
        "result_at_high": None,
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
    }


def _chart(
    question: Question, sheet: Sheets, sliders: tuple[Slider, ...], results: Results
) -> ChartSpec:
    """The results of the headline's unit along the main slider; many results as bars."""
    title = (WORKSHEETS[question.function].__doc__ or "").splitlines()[0].rstrip(".")
    headline = next(iter(results))
    parts = [name for name in results if name != headline]
    if len(parts) > _MOST_LINES:
        ranked = sorted(parts, key=lambda name: -results[name].value)[:_MOST_BARS]
        bars = tuple({"name": _name(sheet, name), "value": results[name].value} for name in ranked)
        return ChartSpec("bars", "name", "value", title, question.unit_of(parts[0]), rows=bars)
    unit = question.unit_of(headline)
    alike = [name for name in results if question.unit_of(name) == unit]
    main = next(item for item in sliders if item.name == question.slider)
    step = (main.high - main.low) / (_POINTS - 1)
    points = [main.low + step * index for index in range(_POINTS)]
    found = {point: sheet.results(**{main.name: point}) for point in points}
    rows = tuple(
        {main.name: point, "series": _name(sheet, name), "value": found[point][name].value}
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
