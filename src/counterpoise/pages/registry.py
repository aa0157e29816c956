"""The registry of kinds of page and of views: what a path shows, and the rows behind it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from counterpoise.pages.page import Asked, Page
from counterpoise.pages.site import Site

Row = dict[str, Any]
View = Callable[..., list[Row]]


@dataclass(frozen=True)
class PageKind:
    """A kind of page: `make` gives the page of a path, `stored` lists the paths it writes.

    `menu` names it in the navigation, in the group `group`; "" keeps it out.
    """

    head: str
    make: Callable[[Site, Asked], Page]
    stored: Callable[[Site], Iterable[str]]
    menu: str = ""
    group: str = ""


PAGES: dict[str, PageKind] = {}
"""Kinds of page by the first part of their paths; things' kinds fall to `thing`."""

VIEWS: dict[str, View] = {}
"""Named rows of a site: `(site, **arguments as text) -> rows` with the same columns."""

FREE: dict[str, tuple[str, ...]] = {}
"""By view the arguments that its function takes as they are."""


def page(
    head: str,
    stored: Callable[[Site], Iterable[str]] | None = None,
    menu: str = "",
    group: str = "",
) -> Callable[[Callable[[Site, Asked], Page]], Callable[[Site, Asked], Page]]:
    """Register the function that makes the pages whose paths begin with `head`."""

    def register(make: Callable[[Site, Asked], Page]) -> Callable[[Site, Asked], Page]:
        PAGES[head] = PageKind(head, make, stored or (lambda site: [head]), menu, group)
        return make

    return register


def view(name: str, arguments: Sequence[str] = ()) -> Callable[[View], View]:
    """Register rows under a name; its docstring tells what they are.

    `arguments` are those that its function takes as `**given` and checks itself.
    """

    def register(function: View) -> View:
        VIEWS[name] = function
        FREE[name] = tuple(arguments)
        return function

    return register


def arguments_of(name: str) -> dict[str, bool]:
    """The names of a view's arguments, and whether each must be given."""
    own = list(inspect.signature(VIEWS[name]).parameters.values())[1:]
    stated = {
        item.name: item.default is inspect.Parameter.empty
        for item in own
        if item.kind is not inspect.Parameter.VAR_KEYWORD
    }
    return stated | dict.fromkeys(FREE[name], False)
