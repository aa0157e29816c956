"""Views of types and lines: their values, who can withhold them, the queue, holders, dates."""

from __future__ import annotations

import math
from collections.abc import Iterable

from counterpoise.data.cells import unit_told
from counterpoise.data.choose import grade_of, rank, reason
from counterpoise.data.dataset import Dataset, Key
from counterpoise.data.records import Observation
from counterpoise.pages.cells import ANSWERS
from counterpoise.pages.registry import Row, view
from counterpoise.pages.site import Site
from counterpoise.world.lines import controllers_of

_SHARES = {"low": 0.1, "value": 0.5, "high": 0.9}
"""Shares of deliveries that a date's low, value and high end stand for."""


def lines_of(dataset: Dataset, system: str) -> list[str]:
    """The lines that make a type, those that can be ordered from first."""
    made = [item.subject for item in dataset.links_to.get(system, []) if item.role == "makes"]
    return sorted(made, key=lambda line: dataset.text(line, "buyable") != "y")


def buyable(dataset: Dataset, line: str) -> bool:
    """Whether a line can be ordered from."""
    return dataset.text(line, "buyable") == "y"


@view("arrivals")
def arrivals(site: Site, area: str) -> list[Row]:
    """Dates of one unit ordered today from each line of an area, soonest first.

    Low, value and high are the dates that 10, 50 and 90% of deliveries don't exceed; a line that
    can't deliver before the horizon has none.
    """
    data = site.dataset
    found = []
    for item in site.next_units.values():
        line = item.line
        if line.area != area:
            continue
        dates = {name: item.first.at(share) for name, share in _SHARES.items()}
        found.append(
            {
                "line": line.address,
                "type": line.system,
                "planned": _finite(item.first.planned),
                **{name: _finite(date) for name, date in dates.items()},
                "made_in": line.state,
                "can_withhold": "; ".join(line.controllers),
                "european": "yes" if item.european else "no",
                "basis": "derived",
                "rests_on": "; ".join(data.things[line.address].sources),
            }
        )
    return sorted(found, key=lambda row: (row["value"] or math.inf, row["line"]))


def _finite(date: float) -> float | None:
    return date if math.isfinite(date) else None


@view("values")
def values(site: Site, of: str) -> list[Row]:
    """All that is stated of a type and its lines, or of a line and its type, with rivals."""
    data = site.dataset
    kind = data.things[of].kind
    others = lines_of(data, of) if kind == "system" else data.targets(of, "makes")
    keys = [key for each in (of, *others) for key in data.by_subject.get(each, [])]
    order = {name: at for at, name in enumerate(dict.fromkeys(key[1] for key in keys))}
    keys.sort(key=lambda key: (order[key[1]], (of, *others).index(key[0]), key[2:]))
    return [row for key in keys for row in _stated(data, key)]


def _stated(data: Dataset, key: Key) -> Iterable[Row]:
    winner = data.chosen[key]
    yield _observed(data, winner, "chosen")
    losers = [item for item in data.figures[key] if item is not winner]
    for item in sorted(losers, key=lambda item: rank(item, data.sources)):
        yield _observed(data, item, "lost: " + reason(winner, item, data.sources))


def _observed(data: Dataset, item: Observation, outcome: str) -> Row:
    period = " ".join(part for part in (item.period, item.qualifier) if part)
    chosen = outcome == "chosen"
    return {
        "quantity": f"{item.quantity.replace('_', ' ')} {period}".strip(),
        "of": item.subject,
        "low": item.low,
        "value": item.value,
        "high": item.high,
        "unit": unit_told(item.unit),
        "basis": item.standing,
        "grade": grade_of(item, data.sources),
        "as_of": item.as_of,
        "outcome": outcome,
        "sources": "; ".join(item.sources),
        "address": item.address if chosen else "",
    }


@view("controllers")
def controllers(site: Site, system: str) -> list[Row]:
    """States that can withhold use, resupply or upgrades of a type, and by what."""
    data = site.dataset
    told = data.text(system, "control_regime")
    regimes = [part.strip() for part in told.replace("national:", "").split(";")]
    by_state: dict[str, list[str]] = {}
    for name in regimes:
        regime = f"regime/{name}"
        state = data.text(regime, "state") if regime in data.things else name
        by_state.setdefault(f"state/{state}", []).append(
            regime if regime in data.things else "national control"
        )
    thing = data.things[system]
    return [
        {
            "state": state,
            "by": "; ".join(by_state.get(state, ["designs it"])),
            "basis": thing.basis,
            "sources": "; ".join(thing.sources),
        }
        for state in controllers_of(data, system)
    ]


@view("queue")
def queue(site: Site, line: str) -> list[Row]:
    """Who waits for units of a line on the day of the release: its order book, largest first."""
    if not buyable(site.dataset, line):
        return []
    return [
        {
            "buyer": item.buyer,
            "units": item.units,
            "orders": "; ".join(item.orders),
            "basis": "derived",
        }
        for item in site.next_units[line].ahead
    ]


@view("withheld")
def withheld(site: Site, of: str) -> list[Row]:
    """Recorded cases in which the states that control a type, or make it, kept it from buyers."""
    data = site.dataset
    lines = lines_of(data, of) if data.things[of].kind == "system" else [of]
    known = {
        case.address: case
        for line in lines
        if buyable(data, line)
        for case in site.next_units[line].precedents
    }
    rows: list[Row] = [
        {
            "case": case.address,
            "kind": case.kind.replace("-", " "),
            "since": case.date,
            "by": "; ".join(case.by),
            "from": "; ".join(case.hit),
            "months": case.months,
            "over": ANSWERS.get(case.resolved, case.resolved),
            "of": case.near,
            "basis": case.basis,
            "sources": "; ".join(case.sources),
        }
        for case in known.values()
    ]
    system = of if data.things[of].kind == "system" else data.target(of, "makes")
    for link in data.links_to.get(system, []):
        if link.role == "restricts" and link.subject not in known:
            rows.append(_restricted(data, link.subject))
    return rows


def _restricted(data: Dataset, address: str) -> Row:
    thing = data.things[address]
    figure = data.observation(address, "duration")
    return {
        "case": address,
        "kind": thing.texts.get("kind", "").replace("-", " "),
        "since": thing.texts.get("date", ""),
        "by": "; ".join(data.targets(address, "imposed by")),
        "from": "; ".join(data.targets(address, "hits")),
        "months": figure.value if figure else None,
        "over": ANSWERS.get(over := thing.texts.get("resolved", ""), over),
        "of": "this type",
        "basis": figure.basis if figure else thing.basis,
        "sources": "; ".join(figure.sources if figure else thing.sources),
    }


@view("holders")
def holders(site: Site, system: str) -> list[Row]:
    """Who holds a type, and how many."""
    data = site.dataset
    return [
        {
            "holding": link.subject,
            "holder": data.target(link.subject, "held by"),
            **_figure(data.observation(link.subject, "quantity")),
        }
        for link in data.links_to.get(system, [])
        if link.role == "holding of"
    ]


@view("ordered")
def ordered(site: Site, system: str) -> list[Row]:
    """Recorded orders of a type: buyer, units, years of delivery."""
    data = site.dataset
    rows = [
        {
            "order": link.subject,
            "buyer": "; ".join(data.targets(link.subject, "bought by")),
            **_figure(data.observation(link.subject, "quantity")),
            "first_delivery": data.value(link.subject, "delivery_first"),
            "last_delivery": data.value(link.subject, "delivery_last"),
        }
        for link in data.links_to.get(system, [])
        if link.role == "order of"
    ]
    return sorted(rows, key=lambda row: (row["last_delivery"] or math.inf, row["order"]))


def _figure(item: Observation | None) -> Row:
    if item is None:
        return dict.fromkeys(("low", "value", "high", "unit", "basis", "sources", "address"))
    return {
        "low": item.low,
        "value": item.value,
        "high": item.high,
        "unit": item.unit,
        "basis": item.standing,
        "sources": "; ".join(item.sources),
        "address": item.address,
    }
