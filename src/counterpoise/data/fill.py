"""Rules that fill gaps: each adds an `assumed` observation with a range and its reason.

The rules' numbers stand in the sheets `rules` and `areas`; an observation of layer 0 gives way
to any stated figure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from statistics import median

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Link, Observation, Origin, Thing

RULES = "rules.csv"
"""The file that rows filled in by a rule name as their origin."""

RULES_SOURCE = "cp-rules"


@dataclass
class _Fill:
    """Collects the observations that rules add."""

    dataset: Dataset
    observations: list[Observation] = field(default_factory=list)
    things: dict[str, Thing] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def rule(self, name: str) -> float:
        """The value of a rule of the sheet `rules`."""
        return need(self.dataset, f"rule/{name}", "value")

    def add(
        self,
        subject: str,
        quantity: str,
        value: float,
        spread: tuple[float, float],
        unit: str,
        why: str,
    ) -> None:
        """Add value with low and high as multiples of it."""
        self.observations.append(
            Observation(
                id=f"rule:{subject}:{quantity}",
                subject=subject,
                quantity=quantity,
                period="",
                qualifier="",
                low=value * spread[0],
                value=value,
                high=value * spread[1],
                unit=unit,
                price_basis="nominal" if unit.startswith("EUR") else "",
                basis="assumed",
                sources=(RULES_SOURCE,),
                as_of=self.dataset.release[:7],
                published=self.dataset.release[:7],
                note=why,
                error=False,
                layer=0,
                origin=Origin(RULES, 0),
            )
        )


FACTOR_TWO = (0.5, 2.0)


class NotKnown(KeyError):
    """A figure that the rules or a world can't do without isn't in the dataset; its address."""


def need(dataset: Dataset, subject: str, quantity: str) -> float:
    """A value that must be there; NotKnown otherwise."""
    found = dataset.value(subject, quantity)
    if found is None:
        raise NotKnown(f"{subject}/{quantity}")
    return found


def fill_gaps(dataset: Dataset) -> Dataset:
    """The dataset with an assumed observation for each gap that a rule may fill."""
    fill = _Fill(dataset)
    _prices(fill)
    implied = _implied_rates(dataset)
    for line in dataset.kind("line"):
        if line.texts.get("buyable") == "y":
            _line(fill, line, implied)
    _stocks(fill)
    filled = dataset.with_observations(tuple(fill.observations))
    return replace(
        filled, things={**dataset.things, **fill.things}, links=dataset.links + tuple(fill.links)
    )


def _prices(fill: _Fill) -> None:
    data = fill.dataset
    known: defaultdict[str, list[float]] = defaultdict(list)
    gaps: list[str] = []
    for system in data.kind("system"):
        stated = data.observation(system.address, "unit_price")
        area = data.target(system.address, "fills")
        if stated is None:
            gaps.append(system.address)
        elif stated.value is not None:
            known[area].append(stated.value)
        else:
            low, high = stated.low, stated.high
            if low and high:
                value, spread = (low * high) ** 0.5, ((low / high) ** 0.5, (high / low) ** 0.5)
                why = "geometric mean of the lowest and the highest stated price"
            elif low:
                value = low * fill.rule("price-from-low")
                spread, why = (1 / 1.3, 1.6), "from the lowest stated price"
            else:
                value = (high or 0.0) * fill.rule("price-from-high")
                spread, why = (0.6, 1 / 0.7), "from the highest stated price"
            fill.add(system.address, "unit_price", value, spread, "EUR m", why)
            known[area].append(value)
    ordered = _order_prices(data)
    for address in gaps:
        area = data.target(address, "fills")
        typical = data.value(area, "price_typical")
        prices = known[area] or ordered[area] or ([typical] if typical else [])
        if prices and data.text(area, "planned") == "y":
            weight = data.value(address, "weight") or 1.0
            value = median(prices) * weight
            where = "area" if known[area] or typical else "area's orders"
            why = f"the median price of the {where}, times the type's weight"
            fill.add(address, "unit_price", value, FACTOR_TWO, "EUR m", why)


def _order_prices(data: Dataset) -> defaultdict[str, list[float]]:
    """EUR m a unit that the orders of each area with value and quantity imply."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for order in data.kind("order"):
        quantity = data.value(order.address, "quantity")
        value = data.value(order.address, "value")
        if quantity and value:
            found[data.target(order.address, "fills")].append(value / quantity)
    return found


def _implied_rates(data: Dataset) -> dict[str, float]:
    """Units a year that the signed orders of a type imply: quantity over delivery years."""
    units: defaultdict[str, float] = defaultdict(float)
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for order in data.kind("order"):
        quantity = data.value(order.address, "quantity")
        start = data.value(order.address, "delivery_first")
        end = data.value(order.address, "delivery_last")
        system = data.target(order.address, "order of")
        if order.texts.get("status") != "signed" or not quantity or start is None or end is None:
            continue
        units[system] += quantity
        first[system] = min(start, first.get(system, start))
        last[system] = max(end, last.get(system, end))
    return {system: units[system] / (last[system] - first[system] + 1) for system in units}


def _line(fill: _Fill, line: Thing, implied: dict[str, float]) -> None:
    data, address = fill.dataset, line.address
    system = data.target(address, "makes")
    area = data.target(system, "fills")
    typical = need(data, area, "rate_typical")
    floor = fill.rule("rate-floor") * typical
    rate = data.value(address, "rate")
    siblings = [item for item in data.links_to.get(system, []) if item.role == "makes"]
    opening = float(data.release[:4]) + fill.rule("opening-time")
    unit = "units per year"
    target = data.value(address, "rate_target")
    if rate is None:
        share = implied.get(system, 0.0) / len(siblings)
        value = max(share, floor) if line.texts.get("site") else floor
        why = "what known orders imply, at least half of the area's typical rate"
        if not line.texts.get("site"):
            why = "half of the area's typical rate: no published site"
        if target is not None and value > target:
            value, why = target, "the announced rate: known orders imply no less"
        fill.add(address, "rate", value, FACTOR_TWO, unit, why)
    elif rate == 0 and target is None:
        why = "half of the area's typical rate, three years after opening"
        fill.add(address, "rate_target", floor, FACTOR_TWO, unit, why)
        fill.add(address, "rate_target_year", opening, (0.9995, 1.0005), "year", why)
    if target is not None and data.value(address, "rate_target_year") is None:
        why = "three years after opening where no year is stated"
        fill.add(address, "rate_target_year", opening, (0.9995, 1.0005), "year", why)
    stated = data.observation(address, "lead_time")
    if stated is None or stated.value is None:
        value = need(data, area, "lead_time_typical")
        why = "typical for the area"
        fill.add(address, "lead_time", value, (2 / 3, 4 / 3), "months", why)
    if data.value(address, "open_share") is None:
        state = data.target(address, "located in")
        held = data.observation(state, "open_share")
        base, spread = 0.3, (0.5, 5 / 3)
        if held is not None and held.value is not None:
            base = held.value
            spread = ((held.low or 0.0) / base, (held.high or 1.0) / base) if base else (0.0, 1.0)
        why = "share of the line's state: own forces and other customers come first"
        fill.add(address, "open_share", base, spread, "share", why)
    if data.value(address, "expansion_time") is None:
        value = fill.rule("expansion-time")
        fill.add(address, "expansion_time", value, (0.6, 1.4), "months", "usual time to add output")


def _stocks(fill: _Fill) -> None:
    """Stocks that no state publishes: loads of the launchers held, or a share of the need."""
    data = fill.dataset
    held: defaultdict[tuple[str, str], float] = defaultdict(float)
    for holding in data.kind("holding"):
        if holding.texts.get("status") != "active":
            continue
        units = data.value(holding.address, "quantity") or 0.0
        units *= data.value(holding.address, "units_per_item") or 1.0
        system = data.target(holding.address, "holding of")
        units *= data.value(system, "weight") or 1.0
        for state in data.targets(holding.address, "held by"):
            held[(state, data.target(holding.address, "fills"))] += units
    states = [item.address for item in data.kind("state") if item.texts.get("planning") == "plans"]
    outputs = {state: _latest_gdp(data, state) for state in states}
    total = sum(outputs.values())
    if states and total == 0:
        raise NotKnown(f"{states[0]}/gdp_eur/{data.release[:4]}")
    for area in data.kind("area"):
        launcher = data.target(area.address, "loaded by")
        part = data.value(area.address, "stock_share")
        for state in states:
            if (state, area.address) in held:
                continue
            if launcher:
                loads = need(data, area.address, "stock_per_launcher")
                value = held[(state, launcher)] * loads
                why = f"not published: {loads:g} for each unit of {launcher.split('/')[1]} held"
            elif part is not None:
                wanted = need(data, f"need/{area.address.split('/')[1]}", "need_2026")
                value = part * wanted * outputs[state] / total
                why = f"not published: {part:.0%} of today's need, by gross domestic product"
            else:
                continue
            if value > 0:
                _stock(fill, state, area.address, value, why)


def _latest_gdp(data: Dataset, state: str) -> float:
    return data.value(state, "gdp_eur", data.release[:4]) or 0.0


def _stock(fill: _Fill, state: str, area: str, value: float, why: str) -> None:
    name = f"{state.split('/')[1].lower()}-{area.split('/')[1]}-stock"
    address, origin = f"holding/{name}", Origin(RULES, 0)
    data = fill.dataset
    fill.things[address] = Thing(
        address,
        "holding",
        f"stock of {area.split('/')[1]}, {state.split('/')[1]}",
        {"status": "active"},
        (RULES_SOURCE,),
        data.release[:7],
        "assumed",
        why,
        origin,
    )
    for role, target in (("held by", state), ("fills", area)):
        fill.links.append(Link(address, role, target, "", (RULES_SOURCE,), "assumed", why, origin))
    fill.add(address, "quantity", value, FACTOR_TWO, "units", why)
