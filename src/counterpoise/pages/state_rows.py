"""Rows of a state's page: cover, deliveries, gaps by key, money, orders, holdings, partners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Observation, Thing
from counterpoise.errors import NotFound
from counterpoise.measures.asking import measure_rows
from counterpoise.measures.forces import Scope
from counterpoise.measures.parameters import BEHAVIOURS
from counterpoise.measures.view import MEMBER_ROLES, Place
from counterpoise.pages.gap_rows import areas_of
from counterpoise.pages.registry import Row, view
from counterpoise.pages.run_views import firmest_first
from counterpoise.pages.site import Site
from counterpoise.questions.assess import picture
from counterpoise.questions.run_years import (
    LAST,
    planned_orders,
    printed_behaviour,
    state_years,
)

KEY_YEAR = 2030
"""The year in which gaps are set side by side by key."""

MANY = 40
"""Planned orders of a state that are listed, the largest first."""


def code_of(site: Site, state: str) -> str:
    """A state's address from its code; NotFound with near ones."""
    address = f"state/{state}"
    if address not in site.dataset.things:
        raise NotFound(address, site.dataset.suggest(address))
    return address


def is_planned(site: Site, state: str) -> bool:
    """Whether forces are planned for a state."""
    return f"state/{state}" in site.view.world().labels.state_index


@view("state-cover")
def cover_rows(site: Site, state: str) -> list[Row]:
    """Percent of a state's need that is met by behaviour, in three years, each with its range."""
    code_of(site, state)
    if not is_planned(site, state):
        return []
    behaviours = BEHAVIOURS if site.run is not None else BEHAVIOURS[:1]
    given = {"place": state, "year": "2027,2030,2035", "behaviour": ",".join(behaviours)}
    return [
        {
            "behaviour": row["behaviour"],
            "year": int(row["year"]),
            "cover_low": row["low"],
            "cover": row["value"],
            "cover_high": row["high"],
            "basis": row["basis"],
            "assumed": 100 * row["assumed_share"],
            "sources": "; ".join(f"source/{key}" for key in row["sources"].split("; ") if key),
        }
        for row in measure_rows(site.view, "cover", given)
    ]


@view("state-years")
def year_rows(site: Site, state: str) -> list[Row]:
    """What meets a state's need by year, in percent of it: the plan whose orders are printed."""
    code_of(site, state)
    if site.run is None:
        return []
    return state_years(site.run, site.dataset, state, site.run.years)


@view("state-keys")
def key_rows(site: Site, state: str) -> list[Row]:
    """Need and gap of a state with signed orders alone, under each key that shares out needs."""
    address = code_of(site, state)
    if not is_planned(site, state):
        return []
    place = Place(address, (address,))
    scopes = {key: Scope(balance, place) for key, balance in site.by_key.items()}
    first = next(iter(scopes.values()))
    rows = []
    for area in areas_of(first, (KEY_YEAR,)):
        row: Row = {"area": area}
        for key, scope in scopes.items():
            row[f"need_{key}"] = scope.part("need", area, KEY_YEAR).value
            row[f"gap_{key}"] = scope.gap(area, KEY_YEAR).value
        rows.append(row)
    return rows


@view("state-money")
def money_rows(site: Site, state: str) -> list[Row]:
    """Money for the planned areas by year: what there is, what is committed, what is bought."""
    address = code_of(site, state)
    if site.run is None:
        return []
    frame = site.run.table("money").filter(
        (pl.col("state") == address)
        & (pl.col("behaviour") == printed_behaviour(site.run))
        & (pl.col("year") <= LAST)
    )
    names = ("year", "budget", "committed", "purchases", "premiums", "upkeep", "expansions",
             "national", "loans")  # fmt: skip
    return list(frame.select(names).sort("year").iter_rows(named=True))


@view("state-picture")
def picture_rows(site: Site, state: str) -> list[Row]:
    """The standing picture of a state with signed orders alone, a line each, with its range."""
    code_of(site, state)
    rows = []
    for row in picture(site.view, {"place": state}):
        if row["missing"] or row["value"] is None:
            continue
        area = site.dataset.things.get(f"area/{row['item']}")
        item = row["item"] if area is None else area.name
        what = " ".join(part for part in (row["label"], item, row["at"]) if part)
        sources = "; ".join(f"source/{key}" for key in row["sources"].split("; ") if key)
        rows.append(
            {
                "section": row["section"],
                "what": what,
                "figure_low": row["low"],
                "figure": float(row["value"]),
                "figure_high": row["high"],
                "unit": row["unit"],
                "basis": row["basis"],
                "assumed": 100 * row["assumed_share"],
                "measure": f"measure/{row['measure']}",
                "sources": sources,
            }
        )
    return rows


@view("state-orders")
def order_rows(site: Site, state: str) -> list[Row]:
    """Orders of a state that the data hold: what, how many, for what money, when, how sure."""
    data = site.dataset
    rows = []
    for item in _linked(data, code_of(site, state), "bought by", "order"):
        found = {name: _figure(data, item, name) for name in ("quantity", "value")}
        first, last = (_figure(data, item, f"delivery_{end}") for end in ("first", "last"))
        rows.append(
            {
                "order": item.address,
                "system": data.target(item.address, "order of"),
                "from": data.target(item.address, "supplied by"),
                "status": item.texts.get("status", ""),
                "signed": item.texts.get("signed", ""),
                **_ends("units", found["quantity"]),
                **_ends("value", found["value"]),
                "unit": found["value"].unit if found["value"] else "",
                "delivery": _span(first, last),
                "basis": found["quantity"].basis if found["quantity"] else "",
                "sources": _sources(found.values()),
            }
        )
    return sorted(rows, key=lambda row: (str(row["signed"]) or "9", row["order"]), reverse=True)


@view("state-plans")
def plan_rows(site: Site, state: str) -> list[Row]:
    """A state's largest orders in the printed plan, the firmest first."""
    address = code_of(site, state)
    if site.run is None:
        return []
    frame = planned_orders(site.run, address).sort("eur_bn", descending=True).head(MANY)
    rows = [
        {
            "system": row["system"],
            "from": row["origin"],
            "firmness": row.get("stability", ""),
            "ordered": row["ordered"],
            "delivery": "–".join(
                dict.fromkeys((str(row["delivery_first"]), str(row["delivery_last"])))
            ),
            "units": row["units"],
            "eur_bn": row["eur_bn"],
            "loans": row["eur_bn_loan"],
            "line": row["line"],
        }
        for row in frame.iter_rows(named=True)
    ]
    return firmest_first(rows)


@view("state-holdings")
def holding_rows(site: Site, state: str) -> list[Row]:
    """What a state holds: type, area, number, basis and sources."""
    data = site.dataset
    rows = []
    for item in _linked(data, code_of(site, state), "held by", "holding"):
        found = _figure(data, item, "quantity")
        rows.append(
            {
                "area": data.target(item.address, "fills"),
                "system": data.target(item.address, "holding of"),
                "holding": item.address,
                **_ends("units", found),
                "status": item.texts.get("status", ""),
                "basis": found.basis if found else "",
                "sources": _sources([found]),
            }
        )
    return sorted(rows, key=lambda row: (row["area"], -(row["units"] or 0)))


@view("state-partners")
def partner_rows(site: Site, state: str) -> list[Row]:
    """States that share most standing arrangements with a state."""
    data, own = site.dataset, code_of(site, state)
    shared: Counter[str] = Counter()
    for arrangement in arrangements_of(data, own):
        for link in data.links_from.get(arrangement, []):
            if link.role in MEMBER_ROLES and link.object.startswith("state/"):
                shared[link.object] += 1
    shared.pop(own, None)
    close = {
        (link.role, link.object): link for link in data.links_from.get(own, [])
    }  # fmt: skip
    return [
        {
            "state": other,
            "shared": float(count),
            "relation": ", ".join(
                role for role in ("affinity", "friction") if (role, other) in close
            ),
        }
        for other, count in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:15]
    ]


@view("state-bodies")
def body_rows(site: Site, state: str) -> list[Row]:
    """Existing bodies in which a state sits, how they decide, and who can stop them."""
    data = site.dataset
    address = code_of(site, state)
    mine = arrangements_of(data, address)
    voting = {item.outcome.address for item in site.deciders[""] if address in item.outcome.voters}
    return [
        {
            "body": body.address,
            "of": organ,
            "decides_by": body.texts.get("decision_rule", ""),
            "stopped_by": body.texts.get("can_be_blocked_by", ""),
        }
        for body in data.kind("body")
        if body.texts.get("status") == "existing"
        and ((organ := data.target(body.address, "organ of")) in mine or body.address in voting)
    ]


def arrangements_of(data: Dataset, state: str) -> set[str]:
    """Active arrangements of which a state is a member."""
    return {
        link.subject
        for link in data.links_to.get(state, [])
        if link.role in MEMBER_ROLES
        and data.things[link.subject].texts.get("status", "active") == "active"
    }


def _linked(data: Dataset, state: str, role: str, kind: str) -> Iterator[Thing]:
    for link in data.links_to.get(state, []):
        item = data.things.get(link.subject)
        if link.role == role and item is not None and item.kind == kind:
            yield item


def _figure(data: Dataset, item: Thing, quantity: str) -> Observation | None:
    return data.observation(item.address, quantity)


def _ends(name: str, found: Observation | None) -> Row:
    """Value and ends of a figure as columns of a row."""
    if found is None:
        return {f"{name}_low": None, name: None, f"{name}_high": None}
    low, value, high = found.low, found.value, found.high
    return {f"{name}_low": low, name: value if value is not None else low, f"{name}_high": high}


def _span(first: Observation | None, last: Observation | None) -> str:
    years = [f"{item.value:.0f}" for item in (first, last) if item is not None and item.value]
    return "–".join(dict.fromkeys(years))


def _sources(found: Iterable[Observation | None]) -> str:
    keys = {key for item in found if item is not None for key in item.sources}
    return "; ".join(f"source/{key}" for key in sorted(keys))
