"""Pages of types and of the lines that make them: values side by side, queue, dates, holders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Thing
from counterpoise.pages import supply
from counterpoise.pages.by_year import drawings
from counterpoise.pages.cells import address_of, compact, named, quarter, table, told
from counterpoise.pages.next_units import today
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page
from counterpoise.pages.site import Site
from counterpoise.pages.things import page_of, thing_at
from counterpoise.publish.blocks import (
    Chart,
    Heading,
    Name,
    PageBlock,
    Paragraph,
    Part,
    parts,
)
from counterpoise.publish.cells import heading
from counterpoise.publish.names import called
from counterpoise.publish.spans import Span, spans

_DATES = frozenset({"planned", "low", "value", "high"})

_ROLES = ("holding", "order", "restriction", "line")
"""Kinds of thing whose links to a type the page's own tables tell."""


@page("system", lambda site: [item.address for item in site.dataset.kind("system")])
def system_page(site: Site, asked: Asked) -> Page:
    """A type: its lines' dates, all values, who can withhold it, cases, holders and orders."""
    thing = thing_at(site, asked)
    lines = supply.lines_of(site.dataset, thing.address)
    blocks = [
        *_dates(site, thing, lines),
        *_values(site, thing.address),
        *_control(site, thing.address),
        *(block for line in lines for block in _queue(site, line)),
        *_cases(site, thing.address),
        *_held(site, thing.address),
    ]
    return page_of(site, thing, lead(site, thing, lines), blocks, _ROLES)


@page("line", lambda site: [item.address for item in site.dataset.kind("line")])
def line_page(site: Site, asked: Asked) -> Page:
    """A line: dates of an order, all values of it and its type, its queue, and cases."""
    thing = thing_at(site, asked)
    data = site.dataset
    system = data.target(thing.address, "makes")
    blocks: list[PageBlock] = []
    if system:
        blocks += [
            *_dates(site, thing, [thing.address]),
            *_values(site, thing.address),
            *_control(site, system),
            *_queue(site, thing.address),
            *_cases(site, thing.address),
        ]
    blocks += drawings(data, thing.address)
    return page_of(site, thing, lead(site, thing, [thing.address]), blocks)


def lead(site: Site, thing: Thing, lines: Sequence[str]) -> tuple[Part, ...]:
    """When the next unit would come, and who can withhold the type."""
    data = site.dataset
    system = thing.address if thing.kind == "system" else data.target(thing.address, "makes")
    if not system:
        return ()
    own = [(at, row) for at, row in _arrivals(site, system) if row["line"] in lines]
    said: list[Part] = []
    if own:
        at, row = own[0]
        place = f"{_address(data, system)}/{at}"
        said += [*told(f"One unit ordered on {data.release} "), *_span(row, place)]
        if thing.kind == "system" and len(own) > 1:
            said += [" from ", named(data, str(row["line"]))]
    elif lines:
        why = data.text(lines[0], "buyable_reason") or "it isn't marked as buyable"
        said += ["It can't be ordered: ", *told(why)]
    else:
        said += ["No line that makes it is on record"]
    states = [row["state"] for row in supply.controllers(site, system)]
    if states:
        said += [". Use, resupply or upgrades can be withheld by "]
        for at, state in enumerate(states):
            said += [", " if at else "", named(data, state)]
    return parts(*said, ".")


def _span(row: Row, place: str) -> Iterable[Part]:
    """A row's dates in words."""
    if row["value"] is None:
        yield "comes after the horizon of the plan"
        return
    yield "would come by "
    yield quarter(row["value"], f"{place}/value")
    if row["high"] is not None:
        yield ", in four of five cases between "
        yield quarter(row["low"], f"{place}/low")
        yield " and "
        yield quarter(row["high"], f"{place}/high")


def _arrivals(site: Site, system: str) -> list[tuple[int, Row]]:
    """The dates of the lines of a type's area, with their places in the view."""
    return list(enumerate(supply.arrivals(site, site.dataset.target(system, "fills")), start=1))


def _address(data: Dataset, system: str) -> str:
    return address_of("arrivals", {"area": data.target(system, "fills")})


def _dates(site: Site, thing: Thing, lines: Sequence[str]) -> Iterable[PageBlock]:
    """One unit ordered today from these lines and from others of the area."""
    data = site.dataset
    system = thing.address if thing.kind == "system" else data.target(thing.address, "makes")
    rows = _arrivals(site, system)
    if not rows:
        return
    area = data.target(system, "fills")
    own = any(row["line"] in lines for _, row in rows)
    yield Heading(2, ("Ordered today" if own else "What could be ordered today instead",))
    chart = _drawn(data, area, rows, lines, _address(data, system))
    if chart is not None and own:
        yield chart
    columns = {
        "line": "line", "planned": "if nothing is late", "low": told_share("10"),
        "value": told_share("50"), "high": told_share("90"), "made_in": "made in",
        "can_withhold": "can be withheld by", "european": "European control",
    }  # fmt: skip
    note = (
        "The next unit for a buyer behind the queue; ranges are those of recorded delays of the "
        "supplier. Rate, lead time and open share of each line are below and on its page."
    )
    yield table(
        data, f"One unit ordered on {data.release}, by line of {data.things[area].name}",
        [row for _, row in rows], _address(data, system), columns, note, dates=_DATES,
    )  # fmt: skip
    for line in lines:
        if supply.buyable(data, line):
            short = line.split("/", 1)[1]
            ask = Name(f"for any buyer, number and time from {called(data, line)}",
                       f"question/deliver/line={short}")  # fmt: skip
            yield Paragraph(parts("Ask ", Name("when an order would arrive", "question/deliver"),
                                  ", or ", ask, "."))  # fmt: skip


def told_share(share: str) -> str:
    """A column of dates by share of deliveries."""
    return f"{share}% by"


def _drawn(
    data: Dataset, area: str, rows: list[tuple[int, Row]], lines: Sequence[str], place: str
) -> Chart | None:
    start = today(data)
    items = [
        Span(
            label=called(data, str(row["line"])),
            start=start,
            end=row["value"],
            value=row["value"],
            address=f"{place}/{at}/value",
            middle=row["value"],
            low=row["low"],
            high=row["high"] if row["high"] is not None else _FAR,
            own=row["line"] in lines,
        )
        for at, row in rows
        if row["value"] is not None
    ]
    if not items:
        return None
    caption = f"From an order on {data.release} to its unit, by line of {data.things[area].name}"
    told_as = f"{caption}: {len(items)} lines with the dates of 10, 50 and 90% of deliveries"
    return spans(items, caption, told_as, "10 to 90% of deliveries")


_FAR = 2061.0
"""Where the range of a date ends that lies beyond the horizon."""


def _section(
    data: Dataset,
    title: str,
    caption: str,
    rows: list[Row],
    view: str,
    given: dict[str, str],
    note: str = "",
) -> Iterable[PageBlock]:
    """A view's rows under a heading; nothing without rows."""
    if not rows:
        return
    columns = {
        name: heading(name)
        for name in rows[0]
        if name != "address" and any(row[name] not in (None, "") for row in rows)
    }
    yield Heading(2, parts(title))
    yield compact(table(data, caption, rows, address_of(view, given), columns, note))


def _values(site: Site, of: str) -> Iterable[PageBlock]:
    rows = supply.values(site, of)
    note = "Every observation stands, also those that lost; hatched values are assumed."
    yield from _section(
        site.dataset,
        "All known values side by side",
        "Low, value and high, chosen and rivals",
        rows,
        "values",
        {"of": of},
        note,
    )


def _control(site: Site, system: str) -> Iterable[PageBlock]:
    rows = supply.controllers(site, system)
    yield from _section(
        site.dataset,
        "Who can withhold it",
        "States by what gives them control",
        rows,
        "controllers",
        {"system": system},
    )


def _queue(site: Site, line: str) -> Iterable[PageBlock]:
    data = site.dataset
    title = f"The queue ahead at {called(data, line)}"
    rows = supply.queue(site, line)
    if rows:
        yield Heading(2, ("The queue ahead",))
        note = "Units sold before and not delivered on that day; rows of the order book."
        yield table(data, title, rows, address_of("queue", {"line": line}), None, note)


def _cases(site: Site, of: str) -> Iterable[PageBlock]:
    rows = supply.withheld(site, of)
    note = "Kept from buyers by a state that controls the type or by the state where it is made"
    yield from _section(
        site.dataset,
        "Restriction and diversion cases",
        "Cases, those of this type first",
        rows,
        "withheld",
        {"of": of},
        note,
    )


def _held(site: Site, system: str) -> Iterable[PageBlock]:
    data = site.dataset
    given = {"system": system}
    yield from _section(
        data, "Who holds it", "Holdings by state", supply.holders(site, system), "holders", given
    )
    yield from _section(
        data,
        "Orders on record",
        "Orders by last delivery",
        supply.ordered(site, system),
        "ordered",
        given,
    )
