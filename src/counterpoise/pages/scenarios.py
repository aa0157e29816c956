"""Pages of scenarios: their events by date, who chooses them, and the file to save."""

from __future__ import annotations

from functools import partial

from counterpoise.errors import NotFound
from counterpoise.pages.cells import address_of, compact, table, told
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish.blocks import Heading, Name, PageBlock, Paragraph, parts
from counterpoise.publish.spans import Span, spans
from counterpoise.world.calendar import parse_period
from counterpoise.world.scenario import EVENT_KINDS, SCENARIOS, Event, names, read_scenario

_OPEN = 2041.0
"""Where an event without an end is cut: the end of the plan's years."""


@view("scenarios")
def listing(site: Site) -> list[Row]:
    """The scenarios that ship with the release."""
    found = []
    for name in names():
        item = read_scenario(name, site.dataset)
        found.append(
            {"scenario": name, "page": f"page/scenario/{name}", "title": item.title,
             "based_on": item.based_on, "events": len(item.events)}
        )  # fmt: skip
    return found


@view("events")
def events(site: Site, scenario: str) -> list[Row]:
    """The events of a scenario, those that it is based on first."""
    return [
        {
            "kind": event.kind,
            "target": event.target,
            "start": event.start,
            "end": event.end,
            "amount": event.amount,
            "amount_end": event.amount_end,
            "known_from": event.known_from or event.start,
            "chosen_by": event.chosen_by or "fate",
            "areas": "; ".join(f"area/{area}" for area in event.areas),
            "lines": "; ".join(f"line/{line}" for line in event.lines),
            "basis": event.basis,
            "reason": event.reason,
            "sources": event.source,
            "amount_is": EVENT_KINDS[event.kind],
        }
        for event in read_scenario(scenario, site.dataset).events
    ]


@page("scenario", lambda site: ["scenario", *(f"scenario/{name}" for name in names())])
def scenario_page(site: Site, asked: Asked) -> Page:
    """A scenario's events, or all scenarios."""
    data = site.dataset
    if len(asked.parts) == 1:
        columns = {"title": "scenario", "scenario": "name", "based_on": "based on",
                   "events": "events"}  # fmt: skip
        block = table(data, "Scenarios", listing(site), address_of("scenarios", {}), columns,
                      leading="page")  # fmt: skip
        lead = told("Dated lists of events. Any other is a file of the same form.")
        return Page(asked.path, "Scenarios", lead, (block,), told("Each opens to its events."))
    name = "/".join(asked.parts[1:])
    if name not in names():
        near = [f"scenario/{known}" for known in names() if known[:3] == name[:3]]
        raise NotFound(asked.path, near or ["scenario"])
    found = read_scenario(name, data)
    blocks: list[PageBlock] = []
    if found.events:
        place = address_of("events", {"scenario": name})
        drawn = [_span(data.things[item.target].name, item, f"{place}/{at}/amount")
                 for at, item in enumerate(found.events, start=1)]  # fmt: skip
        caption = "When each event holds; a diamond is where it becomes known"
        blocks.append(spans(drawn, caption, f"{caption}: {len(drawn)} events, listed below"))
        blocks += [Heading(2, ("Events",)),
                   compact(table(data, "Events", events(site, name), place))]  # fmt: skip
    else:
        blocks.append(Paragraph(("Nothing happens in it beyond what the data state.",)))
    if found.based_on:
        base = Name(found.based_on, f"page/scenario/{found.based_on}")
        blocks.append(Paragraph(parts("Based on ", base, ": its events come first.")))
    text = partial((SCENARIOS / f"{name}.toml").read_bytes)
    lead = told(f"{found.title}.")
    standing = parts("Amounts are judgements unless a row says else; each has its reason. Plan "
                     "with it: ", Name(f"counterpoise plan --scenario {name}"), ".")  # fmt: skip
    return Page(asked.path, name, lead, tuple(blocks), standing, "scenario",
                files={f"{name}.toml": text})  # fmt: skip


def _span(target: str, event: Event, address: str) -> Span:
    start = parse_period(event.start)[0]
    end = parse_period(event.end)[1] if event.end else _OPEN
    label = f"{event.kind}, {target}"
    return Span(label, start, end, event.amount, address, middle=event.known)
