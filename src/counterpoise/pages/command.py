"""Pages of command: who holds which post by year, what falls vacant, who could follow."""

from __future__ import annotations

from counterpoise.cooperation.arguments import NOBODY
from counterpoise.cooperation.command import short as named
from counterpoise.cooperation.command_asked import EVERY, CommandAsked, read_command
from counterpoise.cooperation.command_years import by_year_rows
from counterpoise.cooperation.posts import VACANT, read_posts
from counterpoise.data.records import short
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.parameters import near
from counterpoise.pages.cells import address_of, number, table, told
from counterpoise.pages.naming import known, linked
from counterpoise.pages.page import Asked, Choice, Control, Given, Page, path_of
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Bullets,
    Chart,
    Heading,
    Name,
    Opened,
    PageBlock,
    Part,
    parts,
)
from counterpoise.publish.matrix import Line, Look, Mark, matrix

_ARGUMENTS = ("without", "on", "region", "pool")
PARTS = {
    "nations": "Posts by nation and year",
    "counts": "Posts by nation: today, and once decided handovers are done",
    "next": "Vacancies: deputies, who is decided, best candidates",
    "functions": "What stops or is reduced",
    "years": "Assignment by year; a star where others would be worth as much",
    "equal": "Other assignments worth as much",
    "chains": "Chains of command by regional plan",
    "posts": "All posts and their holders",
    "headquarters": "Seats by mean distance to the capitals",
}
"""What is told, with its title."""

_KINDS = {
    "post": ("post",), "holder": ("state",), "state": ("state",), "next": ("state",),
    "acting": ("state",), "deputy": ("state",), "candidates": ("state",), "left_by": ("state",),
    "plan": ("regional-plan",), "reports_to": ("post", "body"), "broken_at": ("post",),
    "vacant": ("post",), "remain": ("post",), "posts": ("post",), "set": ("post-set",),
    "nearest": ("state",), "farthest": ("state",), "instead_of": ("state",), "equal": ("state",),
}  # fmt: skip
"""Kinds of the things that columns name."""

_QUESTIONS = ("q28", "q29", "q31")
_FOLDED = frozenset({"equal", "headquarters", "posts"})

_LOOKS = {
    "stays": Look("as today", theme.DIVERGING[4]),
    "new": Look("another nation than today", theme.DIVERGING[2]),
    "vacant": Look("vacant", theme.DIVERGING[1], "cross"),
    "unknown": Look("holder not known", theme.LAND),
}


def _asked(site: Site, given: Given) -> CommandAsked:
    return read_command(site.view, **known(given, _ARGUMENTS, "command"))


@view("command", _ARGUMENTS)
def command_rows(site: Site, part: str = "nations", **given: str) -> list[Row]:
    """A table of command: posts by nation and year, vacancies, chains and so on."""
    if part not in PARTS:
        close = ", ".join(near(part, list(PARTS))) or ", ".join(PARTS)
        raise BadInput([Problem("part", "command", None, "part", part, close, "choose one")])
    return linked(site.dataset, _asked(site, given).rows(part), _KINDS)


def _leavers(site: Site) -> list[str]:
    """States that hold a post today, by short name: who may step back."""
    found = (
        state
        for post in read_posts(site.dataset).values()
        if post.appointment.left and post.appointment.counted
        and (held := post.tenure(site.dataset.release))
        for state in held.states
    )  # fmt: skip
    return sorted({short(state) for state in found})


def _regions(site: Site) -> list[str]:
    plans = (short(item.address) for item in site.dataset.kind("regional-plan"))
    return [EVERY, *(name.removeprefix("rp-") for name in plans)]


def _stored(site: Site) -> list[str]:
    states = [NOBODY, *_leavers(site)]
    found = [_path(without=state) for state in states]
    found += [_path(without=state, region=name) for state in (NOBODY, "USA")
              for name in _regions(site)]  # fmt: skip
    return list(dict.fromkeys(found))


def _path(**given: str) -> str:
    """The path of a page of command; what is usual isn't named."""
    return path_of(
        "command", **{name: text for name, text in given.items() if text not in (NOBODY, EVERY, "")}
    )


@page("command", _stored, "Command posts", "Decide")
def command_page(site: Site, asked: Asked) -> Page:
    """Who holds which post, and who could once a state steps back."""
    if len(asked.parts) > 1:
        raise NotFound(asked.path, ["command"])
    found = _asked(site, asked.given)
    gone = [site.dataset.things[state].name for state in found.without]
    title = "Who commands, and where?"
    if gone:
        title = f"Which posts fall vacant without {' and '.join(gone)}, and who could follow?"
    return Page(
        asked.path,
        title,
        tuple(_lead(site, found, asked.given)),
        tuple(_blocks(site, found, asked.given)),
        told(
            f"Holders on {found.on} as reported, each with date and source on the post's page; "
            "who could hold a post in later years is a model on judgements that are assumed "
            "(assignment rules with their ranges), not a forecast."
        ),
        controls=_controls(site, asked.given),
    )


def _lead(site: Site, found: CommandAsked, given: Given) -> list[Part]:
    own = address_of("command-summary", given)
    row = summary(site, **given)[0]

    def count(name: str) -> Part:
        return number(row[name], f"{own}/1/{name}")

    if not found.without:
        most = site.dataset.things.get(f"state/{row['most']}")
        told_most: list[Part] = (
            ["; ", Name(most.name, most.address), " holds ", count("most_posts"), " of them"]
            if most
            else []
        )
        return [
            count("held"), " of ", count("posts"), " posts have a known holder", *told_most, ".",
        ]  # fmt: skip
    return [
        count("vacant"), " of ", count("posts"), " posts fall vacant, ", count("with_deputy"),
        " of them have a known deputy who stays, for ", count("decided"),
        " a successor is decided; ", count("functions"), " functions are touched.",
    ]  # fmt: skip


@view("command-summary", _ARGUMENTS)
def summary(site: Site, **given: str) -> list[Row]:
    """Posts held, vacant, under a deputy and with a decided successor: one row."""
    found = _asked(site, given)
    counted = [item for item in found.standing.values() if item.post.appointment.counted]
    vacant = [item for item in counted if item.status == VACANT]
    holders = [named(item.holders[:1]) for item in counted if item.holders]
    most = max(sorted(set(holders)), key=holders.count, default="")
    return [
        {
            "posts": len(counted),
            "held": len(holders),
            "vacant": len(vacant),
            "with_deputy": sum(bool(item.acting) for item in vacant),
            "decided": sum(bool(item.coming) for item in vacant),
            "functions": len(found.rows("functions")),
            "most": most,
            "most_posts": holders.count(most),
        }
    ]


def _blocks(site: Site, found: CommandAsked, given: Given) -> list[PageBlock]:
    def shown(part: str) -> PageBlock | None:
        rows = linked(site.dataset, found.rows(part), _KINDS)
        if not rows:
            return None
        address = address_of("command", {**given, "part": part})
        block = table(site.dataset, PARTS[part], rows, address)
        return Opened(told(PARTS[part]), (block,)) if part in _FOLDED else block

    groups = {
        "": ("nations",),
        "What falls vacant": ("next", "functions"),
        "Who could hold the posts": ("years", "equal"),
        "Chains of command": ("chains",),
        "More about posts": ("counts", "posts", "headquarters"),
    }
    blocks: list[PageBlock] = [_drawn(found)]
    for head, names in groups.items():
        inner = [block for part in names if (block := shown(part)) is not None]
        blocks += [Heading(2, parts(head)), *inner] if head and inner else inner
    items = site.catalogue.questions
    questions = tuple((Name(items[name].text, f"question/{name}"),) for name in _QUESTIONS)
    return [*blocks, Heading(2, ("Asked as a question",)), Bullets(questions)]


def _drawn(found: CommandAsked) -> Chart:
    """Assigned posts by year: the nation, and whether it is today's."""
    rows = by_year_rows(found.task)
    years = [f"{year}" for year in found.task.task.years]
    marks = {}
    for at, row in enumerate(rows):
        standing = found.standing[f"post/{row['post']}"]
        today = named(standing.holders or standing.left_by)
        now = named(standing.holders)
        empty = "vacant" if standing.status == VACANT else "unknown"
        marks[at, 0] = Mark("stays" if now else empty, now)
        for column, year in enumerate(years, start=1):
            if row.get(year):
                same = row[year].removesuffix("*") in today.split(", ")
                marks[at, column] = Mark("stays" if same else "new", row[year])
    return matrix(
        [Line(row["post"]) for row in rows],
        ["today", *years],
        marks,
        _LOOKS,
        caption=("Post by year: the nation that holds it; a star where others would do as well",),
        alternative=f"{len(rows)} posts by year, told in the tables below",
    )


def _controls(site: Site, given: Given) -> tuple[Control, ...]:
    gone, region = given.get("without", NOBODY), given.get("region", EVERY)
    return (
        Control(
            "without", "who steps back", gone,
            tuple(
                Choice("nobody" if name == NOBODY else name, _path(without=name, region=region),
                       name == gone, name)
                for name in (NOBODY, *_leavers(site))
            ),
        ),
        Control(
            "region", "regional plan whose chain and seats are told", region,
            tuple(
                Choice(name, _path(without=gone, region=name), name == region, name)
                for name in _regions(site)
            ),
        ),
        Control("on", "the day", given.get("on", site.dataset.release)),
    )  # fmt: skip
