"""Production lines as amounts: which stand in a place, and what they make."""

from __future__ import annotations

from counterpoise.measures.amount import Amount, combined
from counterpoise.measures.view import Place, View
from counterpoise.world.calendar import Floats
from counterpoise.world.lines import Line


def buyable_lines(view: View, place: Place, area: str, scenario: str = "baseline") -> list[Line]:
    """Lines of an area that stand in a place and sell."""
    return [
        line
        for line in view.world(scenario).lines
        if line.area == area and line.state in place.states
    ]


def path_weights(view: View, line: str, moment: float) -> tuple[float, float]:
    """How much today's rate and the announced one count at a moment (decimal year).

    The same straight line as the world's: from the year of today's rate to the announced one.
    """
    target, at = (
        view.dataset.value(line, "rate_target"),
        view.dataset.value(line, "rate_target_year"),
    )
    if target is None or at is None:
        return 1.0, 0.0
    start = view.dataset.value(line, "output_as_of") or view.world().calendar.edges[0]
    start = min(start, at - 1)
    passed = min(max((moment - start - 0.5) / (at - start), 0.0), 1.0)
    return 1 - passed, passed


def rate_at(view: View, line: str, moment: float) -> Amount | None:
    """Items a year that a line makes at a moment; None where its rate isn't known."""
    today = view.known(line, "rate")
    if today is None:
        return None
    now, later = path_weights(view, line, moment)
    target = view.known(line, "rate_target") or Amount(0.0)
    return combined(((now, today), (later, target))) if later else today


def output_amount(view: View, line: Line, periods: Floats) -> Amount:
    """Items that a line makes in periods with these weights, events counted, shape (periods,)."""
    calendar = view.world().calendar
    parts = []
    for period, weight in enumerate(periods):
        rate = rate_at(view, line.address, float(calendar.middles[period]))
        if weight and rate is not None:
            factor = float(weight * calendar.lengths[period] * line.delivering[period])
            parts.append((factor, rate))
    return combined(parts)
