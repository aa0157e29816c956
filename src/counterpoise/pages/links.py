"""Where the page of an address lies, and how one page leads to another."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from counterpoise.data.dataset import Dataset
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.evaluate import MEASURES
from counterpoise.publish.html_blocks import Href

INDEX = "index.html"

FIGURES = "figures"
"""The place on a run's page to which the address of any of its measures leads."""


def anchor_of(address: str) -> str:
    """The place of a figure within its thing's page."""
    return "/".join(address.split("/")[2:]).replace(" ", "_")


def place_of(dataset: Dataset, address: str) -> tuple[str, str]:
    """Path and anchor of the page that shows what an address names; ("", "") for none.

    An answer's cell leads to its answer, a run's measure to the run, a view's cell to the page
    with the same arguments whose name the view's begins with.
    """
    parts = address.strip("/").split("/")
    head = parts[0]
    thing = "/".join(parts[:2])
    if thing in dataset.things:
        stated = len(parts) > 2 and stated_figure(dataset, address)
        return thing, anchor_of(stated) if stated else ""
    if head == "source" and len(parts) == 2 and parts[1] in dataset.sources:
        return address, ""
    if head == "question" and len(parts) > 1:
        given = [part for part in parts[2:] if "=" in part]
        return "/".join(("ask", parts[1], *given)), ""
    if head == "run" and len(parts) > 1:
        return thing, run_anchor(parts[2:])
    if head == "measure" and len(parts) > 1 and parts[1] in {**ALL, **MEASURES}:
        return thing, ""
    if head == "view" and len(parts) > 1:
        given = [part for part in parts[2:] if "=" in part]
        return "/".join((parts[1].split("-")[0], *given)), ""
    if head == "page":
        return "/".join(parts[1:]), ""
    return "", ""


def run_anchor(path: list[str]) -> str:
    """The place within a run's page that shows what an address inside the run names."""
    if path[:1] == ["state"] and len(path) > 1:
        return f"state/{path[1]}"
    if path and path[0] in MEASURES:
        return FIGURES
    return "orders" if path and path[0].startswith("order") else ""


def stated_figure(dataset: Dataset, address: str) -> str:
    """The figure that an address names, or one end of its range; "" where it isn't stated."""
    for known in (address, address.rpartition("/")[0]):
        parts = known.split("/")
        if len(parts) < 3:
            break
        period = parts[3] if len(parts) > 3 else ""
        key = ("/".join(parts[:2]), parts[2], "" if period == "-" else period, "/".join(parts[4:]))
        if key in dataset.figures:
            return known
    return ""


def relative(here: str, there: str, anchor: str = "") -> str:
    """The link from one page to another, which holds on disk and on a server alike."""
    up = "../" * len([part for part in here.split("/") if part])
    place = "/".join(quote(part, safe="=,+;:~") for part in there.split("/") if part)
    file = f"{up}{place}/{INDEX}" if place else f"{up}{INDEX}"
    return f"{file}#{quote(anchor)}" if anchor else file


def hrefs(dataset: Dataset, here: str, known: Callable[[str], bool]) -> Href:
    """Links of a page to the pages that there are; none to itself without an anchor."""

    def href(address: str) -> str:
        if address.startswith("https://"):
            return address
        path, anchor = place_of(dataset, address)
        if (not path and address != "page/") or (path == here and not anchor) or not known(path):
            return ""
        if path == here:
            return f"#{quote(anchor)}"
        return relative(here, path, anchor)

    return href
