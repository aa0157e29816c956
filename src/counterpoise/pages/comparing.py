"""The page that sets two stored runs side by side: what moved, how far, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from counterpoise.errors import NotFound
from counterpoise.measures.evaluate import evaluate
from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.page import Asked, Choice, Control, Page, path_of
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Kept, Site
from counterpoise.publish.blocks import Bullets, Heading, Name, PageBlock, Part, Table, parts
from counterpoise.publish.figures import Figures
from counterpoise.publish.slope import slope
from counterpoise.publish.theme import plain
from counterpoise.questions.run_compare import compare
from counterpoise.world.scenario import names

HEAD = "compare"

LARGEST = 10
"""Moves of a kind that are told, the largest first."""

ANALYSES = frozenset({"quick", "draws", "draws_calendar", "seed"})
"""Parts of a request that say what is told of a plan, not what the plan is."""

INPUTS = frozenset({"input", "by rule"})
"""Kinds of moves whose name is a figure's address."""

HOW = (
    "Only one run is stored here, so there is nothing to compare. Make another one, as "
    "“counterpoise plan --scenario us-gone --quick” or with your own decisions "
    "(“counterpoise plan --fix FILE”), then write the site again; “counterpoise diff ONE OTHER” "
    "tells the same in a terminal."
)


@view("compare")
def moved(site: Site, first: str, second: str) -> list[Row]:
    """What moved from one run to another: figures alone, the largest of each kind.

    `behaviour`, `of`, `buyer` and `ordered` name what moved; `what` is its address in a run.
    """
    rows = compare(site.opened(first), site.opened(second), LARGEST)
    return [_named(row) for row in rows if row["change"] is not None]


def _named(row: Row) -> Row:
    part, path = row["part"], row["what"].split("/")
    named = {"behaviour": path[0], "of": "", "buyer": "", "ordered": ""}
    if part == "result":
        named |= {"behaviour": path[1], "of": path[0]}
    elif part == "area":
        named |= {"behaviour": path[1], "of": f"area/{path[2]}"}
    elif part == "order":
        named |= {"behaviour": path[1], "buyer": f"state/{path[2]}", "of": f"line/{path[3]}",
                  "ordered": path[4]}  # fmt: skip
    else:
        named |= {"of": f"state/{path[1]}"}
    return {"part": part, **named, **row}


@view("compare-areas")
def areas(site: Site, first: str, second: str) -> list[Row]:
    """The areas whose shortfall to 2035 moved most in the widest plan that both runs hold."""
    runs = (site.opened(first), site.opened(second))
    shared = _shared(*runs)
    if not shared:
        return []
    behaviour = shared[0]
    rows = []
    for area in runs[0].table("gaps")["area"].unique(maintain_order=True):
        name = area.split("/")[1]
        before, after = (evaluate(run.table, "shortfall_in", behaviour, name) for run in runs)
        rows.append({"area": area, "before": before, "after": after, "change": after - before})
    rows.sort(key=lambda row: -abs(row["change"]))
    return [row for row in rows[:LARGEST] if row["change"]]


def _shared(first: Kept, second: Kept) -> list[str]:
    """Behaviours that both runs hold, the widest first."""
    held = [set(run.table("summary")["behaviour"]) for run in (first, second)]
    return [name for name in ("together", "alone", "ordered") if name in held[0] & held[1]]


def _others(site: Site) -> list[Kept]:
    return [run for run in site.stored_runs if site.run is not None and run.id != site.run.id]


def _stored(site: Site) -> Iterable[str]:
    yield HEAD
    for run in _others(site)[1:]:
        yield path_of(HEAD, second=run.id)


@page(HEAD, _stored, "Compare runs", "Plan")
def compare_page(site: Site, asked: Asked) -> Page:
    """What moved between the site's run and another one, or between any two."""
    others = _others(site)
    unknown = sorted(set(asked.given) - {"first", "second"})
    if unknown:
        raise NotFound(asked.path, [path_of(HEAD, first="RUN", second="RUN")])
    if not ("second" in asked.given or others):
        return Page(asked.path, "Compare two runs", told(HOW), (), told(site.basis))
    first = site.opened(asked.given.get("first", site.run.id if site.run else ""))
    second = site.opened(asked.given.get("second", others[0].id if others else ""))
    given = {"first": first.id, "second": second.id}
    reasons = _reasons(first, second)
    rows = moved(site, **given)
    blocks: list[PageBlock] = [
        *_slope(site, given),
        Heading(2, ("Why it moved",)),
        Bullets(tuple(_reason(site, row) for row in reasons))
        if reasons
        else Bullets((told("Both were asked for the same over the same data."),)),
        Heading(2, ("What moved",)),
        _table(site, rows, given),
    ]
    return Page(
        asked.path,
        f"What moved from {first.id} to {second.id}",
        _lead(first, second, reasons),
        tuple(blocks),
        told(
            "Differences of two plans over chosen values: no range of their own; each run's page "
            "has that of its results, with basis and sources."
        ),
        controls=(_control(site, second),),
        related=((f"run/{first.id}", first.id), (f"run/{second.id}", second.id)),
    )


def _reasons(first: Kept, second: Kept) -> list[Row]:
    """What differs in requests, decisions and inputs, the scenario first; analyses don't count."""
    rows = [row for row in compare(first, second, LARGEST) if row["change"] is None]
    rows = [row for row in rows if row["part"] != "request" or row["what"] not in ANALYSES]
    return sorted(rows, key=lambda row: row["what"] != "scenario")


def _lead(first: Kept, second: Kept, reasons: Sequence[Row]) -> tuple[Part, ...]:
    shared = _shared(first, second)
    if not shared:
        return told("The two runs hold no plan of the same behaviour.")
    behaviour = shared[0]
    one, two = Figures(first), Figures(second)
    why = "; ".join(f"{row['what']} {_word(row['after'])}" for row in reasons[:3])
    because = [" because of ", *told(why)] if why else []
    costs = [run.rounded("cost", behaviour, digits=3) for run in (one, two)]
    same = plain(costs[:1]) == plain(costs[1:])
    instead: list[Part] = [] if same else [" instead of ", costs[0], " bn"]
    return parts(
        "The plan ", behaviour, " leaves ", two.rounded("shortfall", behaviour, digits=3),
        " percent-years open instead of ", one.rounded("shortfall", behaviour, digits=3),
        " and costs ", "the same, " if same else "", "EUR ", costs[1], " bn", *instead,
        *because, ".",
    )  # fmt: skip


def _reason(site: Site, row: Row) -> tuple[Part, ...]:
    """An input, request or decision that differs, with how much it moves the shortfall."""
    moves = site.effects.get(str(row["what"]), 0.0)
    effect = f"; over its range it moves {moves:.2g} percent-years" if moves else ""
    values = [_value(row["what"], row[side]) for side in ("before", "after")]
    what = Name(row["what"], row["what"] if row["part"] in INPUTS else "")
    return parts(f"{row['part']} ", what, ": ", *values[0], " became ", *values[1], *told(effect))


def _value(what: str, value: object) -> tuple[Part, ...]:
    """A value as words; a shipped scenario leads to its page, which tells its events."""
    if what == "scenario" and value in names():
        return (Name(str(value), f"page/scenario/{value}"),)
    return told(_word(value))


def _word(value: object) -> str:
    if value is None or value == "":
        return "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _slope(site: Site, given: dict[str, str]) -> list[PageBlock]:
    rows = areas(site, **given)
    if not rows:
        return []
    address = address_of("compare-areas", given)
    frame = pl.DataFrame(
        [
            {
                "label": site.dataset.things[row["area"]].name,
                "value": row["before"],
                "later": row["after"],
                "address": f"{address}/{at}/before",
                "address_later": f"{address}/{at}/after",
            }
            for at, row in enumerate(rows, start=1)
        ]
    )
    return [
        slope(
            frame,
            caption=told(
                f"The {len(rows)} areas that moved most: their part of the shortfall to 2035"
            ),
            alternative="Slopes of each area's part of the shortfall from one run to the other",
            before="first run",
            after="second run",
            y_title="percent-years",
        ),
        table(
            site.dataset,
            "The same as figures, percent-years",
            rows,
            address,
            {"area": "area", "before": "first run", "after": "second run", "change": "change"},
        ),
    ]


def _table(site: Site, rows: Sequence[Row], given: dict[str, str]) -> Table:
    columns = {
        "of": "what", "part": "kind", "behaviour": "behaviour", "buyer": "buyer",
        "ordered": "ordered", "before": "first run", "after": "second run", "change": "change",
    }  # fmt: skip
    return table(
        site.dataset,
        f"Results, areas, states and orders, at most {LARGEST} of each, the largest moves first",
        rows,
        address_of("compare", given),
        columns,
        "Areas and results in percent-years or EUR bn; orders in EUR bn.",
    )


def _control(site: Site, second: Kept) -> Control:
    others = _others(site)
    choices = tuple(
        Choice(
            f"{run.meta['request']['scenario']} ({run.id})",
            HEAD if at == 0 else path_of(HEAD, second=run.id),
            run.id == second.id,
            run.id,
        )
        for at, run in enumerate(others)
    )
    return Control("second", "The run to compare with", second.id, choices)
