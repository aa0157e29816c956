"""Pages of command posts: holders by year, who follows, who is above, what the post does."""

from __future__ import annotations

from counterpoise.cooperation.chains import above
from counterpoise.cooperation.posts import Post
from counterpoise.data.records import short
from counterpoise.pages.cells import address_of, named, table, told
from counterpoise.pages.naming import known
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.pages.things import page_of, thing_at
from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Bullets,
    Chart,
    Heading,
    Name,
    PageBlock,
    Part,
    Strong,
)
from counterpoise.publish.matrix import Line, Look, Mark, matrix

_LOOKS = {
    "held": Look("held it in the middle of the year", theme.DIVERGING[4]),
}
_MOST_YEARS = 30
_MIDDLE = "-07-01"


def _post(site: Site, post: str) -> Post:
    return site.posts[thing_at(site, Asked(post, ("post", post), {})).address].post


@view("post-holders")
def holder_rows(site: Site, post: str) -> list[Row]:
    """Holders of a post, oldest first: from when to when, with basis and sources."""
    data = site.dataset
    found = _post(site, post)
    rows = [
        {
            "held_by": "; ".join(item.states),
            "since": item.since,
            "until": item.until,
            "basis": data.things[item.address].basis,
            "sources": "; ".join(data.things[item.address].sources),
        }
        for item in sorted(found.tenures, key=lambda item: item.since)
    ]
    thing = data.things[found.address]
    if found.stated and not any(not item.until for item in found.tenures):
        rows.append(
            {
                "held_by": "; ".join(found.stated),
                "since": f"not known; stated for {found.as_of}",
                "until": "",
                "basis": thing.basis,
                "sources": "; ".join(thing.sources),
            }
        )
    return rows


@page("post", lambda site: [item.address for item in site.dataset.kind("post")])
def post_page(site: Site, asked: Asked) -> Page:
    """A command post: who holds it, who held it, who follows."""
    thing = thing_at(site, asked)
    known(asked.given, (), thing.address)
    standing = site.posts[thing.address]
    rows = holder_rows(site, short(thing.address))
    own: list[PageBlock] = [Bullets(tuple(_told(site, thing.address)))]
    if rows:
        address = address_of("post-holders", {"post": short(thing.address)})
        own += [
            Heading(2, ("Holders",)),
            *_drawn(site, standing.post),
            table(site.dataset, "Holders, oldest first", rows, address),
        ]
    return page_of(site, thing, _lead(site, thing.address), own, ("tenure",))


def _lead(site: Site, address: str) -> tuple[Part, ...]:
    item = site.posts[address]
    if not item.holders:
        return told(f"Holder: {item.status or 'not known'}.")
    found: list[Part] = ["Held by ", *_names(site, item.holders)]
    found += told(f" since {item.since}") if item.since else [", since when isn't known"]
    if item.coming:
        found += ["; then ", *_names(site, item.coming), *told(f" ({item.when})")]
    return (*found, ".")


def _told(site: Site, address: str) -> list[tuple[Part, ...]]:
    data = site.dataset
    post = site.posts[address].post
    lines: list[tuple[Part, ...]] = []
    for title, found in (
        ("Deputies", post.deputies),
        ("Reserved to", post.only),
        ("Over it", tuple(above(data, address))),
        ("Regional plans", post.plans),
        ("What it does", tuple(_functions(site, address))),
    ):
        if found:
            lines.append((Strong(title), ": ", *_names(site, found)))
    leavers = [short(state) for state in site.posts[address].holders]
    if post.appointment.left and len(leavers) == 1:
        path = f"page/command/without={leavers[0]}"
        told_name = data.things[f"state/{leavers[0]}"].name
        lines.append((Strong("If its holder steps back"), ": ",
                      Name(f"posts without {told_name}", path)))  # fmt: skip
    lines.append((Strong("Beside all others"), ": ", Name("command posts", "page/command")))
    return lines


def _functions(site: Site, address: str) -> list[str]:
    return [
        link.subject for link in site.dataset.links_to.get(address, []) if link.role == "done by"
    ]


def _names(site: Site, addresses: tuple[str, ...]) -> list[Part]:
    found: list[Part] = []
    for at, address in enumerate(addresses):
        found += [", " if at else "", named(site.dataset, address)]
    return [part for part in found if part]


def _drawn(site: Site, post: Post) -> list[Chart]:
    """States by year: who held the post in the middle of each year."""
    dates = [item.since[:4] for item in post.tenures if item.since]
    last = int(site.dataset.release[:4])
    if not dates:
        return []
    years = list(range(max(int(min(dates)), last - _MOST_YEARS), last + 1))
    held: dict[tuple[str, int], str] = {}
    for year in years:
        day = min(f"{year}{_MIDDLE}", site.dataset.release)
        tenure = post.tenure(day)
        for state in tenure.states if tenure else ():
            held[state, year] = "held"
    states = list(dict.fromkeys(state for state, _ in held))
    if not states:
        return []
    names = [site.dataset.things[state].name for state in states]
    marks = {
        (states.index(state), years.index(year)): Mark(look) for (state, year), look in held.items()
    }
    chart = matrix(
        [Line(name) for name in names],
        [f"{year}" for year in years],
        marks,
        _LOOKS,
        caption=("State by year: who held the post",),
        alternative=f"{len(states)} states by {len(years)} years, told in the table below",
    )
    return [chart]
