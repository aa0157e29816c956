"""Rows of the map: what states have covered, depend on, spend, and buy from whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from counterpoise.errors import NotFound
from counterpoise.measures.asking import figure_of, find_measure, value_of
from counterpoise.measures.parameters import BehaviourArgument, choice
from counterpoise.measures.standing import Parameter, parameters_of, read_arguments
from counterpoise.measures.view import View
from counterpoise.pages.page import path_of
from counterpoise.pages.registry import Row, view
from counterpoise.pages.site import Site

DEFAULTS = {"shows": "cover", "behaviour": "together"}

ORIGINS = 6
"""Suppliers of orders that are drawn, the largest first."""


@dataclass(frozen=True)
class Shown:
    """What a map can show: a short label, title, unit, ends of its key, measure and its years.

    `own` lists the settings that it depends on.
    """

    label: str
    title: str
    unit: str
    ends: tuple[float, float]
    measure: str
    years: tuple[int, ...]
    own: tuple[str, ...] = ()


SHOWN: Mapping[str, Shown] = {
    "cover": Shown("cover", "Share of the need met", "percent of the need", (40.0, 100.0), "cover",
                   (2027, 2028, 2030, 2031, 2033, 2035), ("behaviour",)),
    "exposure": Shown("exposure", "Share of units whose use the United States can withhold",
                      "percent of units in service", (0.0, 60.0), "permission_dependence",
                      (2027, 2030, 2035), ("behaviour",)),
    "spending": Shown("spending path", "Defence outlay if pledges are kept", "percent of product",
                      (1.0, 5.0),
                      "spending_path", (2027, 2028, 2030, 2031, 2033, 2035)),
    "orders": Shown("orders by supplier", "Orders signed since 2022 by supplier",
                    "percent of their value", (0.0, 100.0),
                    "origin_share", ()),
}  # fmt: skip


def _asked(
    view: View, shows: Annotated[str, choice(*SHOWN)], behaviour: BehaviourArgument
) -> tuple[str, str]:
    """The arguments of a map."""
    return shows, behaviour


PARAMETERS = tuple(
    Parameter(item.name, item.kind, DEFAULTS[item.name]) for item in parameters_of(_asked)
)


def chosen(site: Site, given: Mapping[str, str]) -> tuple[str, str]:
    """What a map shows and under which behaviour; BadInput for arguments that don't fit."""
    found = read_arguments("map", PARAMETERS, given, site.view)
    return found["shows"], found["behaviour"]


@view("map", tuple(DEFAULTS))
def map_rows(site: Site, **given: str) -> list[Row]:
    """A value a state and year (or supplier), with its range, basis, sources and address."""
    shows, behaviour = chosen(site, given)
    settings = behaviour if SHOWN[shows].own else ""
    return site.kept(("map", shows, settings), lambda: _rows(site, shows, behaviour))


def _rows(site: Site, shows: str, behaviour: str) -> list[Row]:
    shown = SHOWN[shows]
    states = [item.split("/")[1] for item in site.view.world().labels.states]
    if shows == "orders":
        panels = [(name, {"origin": name}) for name in suppliers(site)]
    else:
        panels = [(str(year), {"year": str(year)}) for year in shown.years]
    fixed = {"behaviour": behaviour} if shown.own else {}
    rows = []
    for panel, argument in panels:
        for state in states:
            given = {"place": state, **argument, **fixed}
            try:
                rows.append({"panel": panel, "state": f"state/{state}"} | _row(site, shows, given))
            except NotFound:
                continue
    return rows


def suppliers(site: Site) -> list[str]:
    """The states that supply most of what European allies have ordered, the largest first."""
    shares: dict[str, float] = {}
    for item in site.dataset.kind("state"):
        code = item.address.split("/")[1]
        try:
            shares[code] = _supplied(site, item.address)
        except NotFound:
            continue
    return sorted(shares, key=lambda code: -shares[code])[:ORIGINS]


def _supplied(site: Site, origin: str) -> float:
    return value_of(site.view, "origin_share", base="orders", origin=origin).value


def _row(site: Site, shows: str, given: dict[str, str]) -> Row:
    name = SHOWN[shows].measure
    amount = value_of(site.view, name, **given)
    address = path_of("measure", name, **given)
    unit, bounds = find_measure(name).unit, find_measure(name).bounds
    if shows == "spending":
        one = {"place": given["place"], "year": given["year"], "share": "1"}
        amount, address = amount / value_of(site.view, "outlay_at_share", **one), ""
        unit, bounds = "percent", (0.0, 100.0)
    figure = figure_of(site.view, amount, address, unit, bounds, name)
    sources = {key for ident in amount.slopes for key in site.view.inputs[ident].sources}
    return {
        "value_low": figure.low,
        "value": figure.value,
        "value_high": figure.high,
        "basis": figure.basis,
        "assumed": 100 * figure.assumed_share,
        "sources": "; ".join(f"source/{key}" for key in sorted(sources)),
        "address": address,
    }
