"""What a page is: a path, its sentence, typed blocks, what can be stepped through, and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from counterpoise.publish.blocks import PageBlock, Part

Given = Mapping[str, str]
"""Arguments as text, by name."""


@dataclass(frozen=True)
class Choice:
    """One step of a control: its label, the argument's text, the page that shows it ("": none)."""

    label: str
    path: str
    current: bool = False
    value: str = ""


@dataclass(frozen=True)
class Control:
    """An argument that a reader may change: choices that are stored, or any value with `serve`.

    `kind` is "menu" (a word or a name) or "slider" (a number, from `low` to `high`,
    a `whole` one alone). `folded` is what opens to one of many choices, "" for one that is open.
    """

    name: str
    told: str
    value: str
    choices: tuple[Choice, ...] = ()
    kind: str = "menu"
    low: float | None = None
    high: float | None = None
    unit: str = ""
    whole: bool = False
    folded: str = ""


@dataclass(frozen=True)
class Page:
    """A page: `path` is the address of what it shows; `standing` says where its figures stand.

    `settings` replace the header's menus of the same name. `files` are made where they are asked
    for, by name. `heads` of other pages lead back to it.
    `job` is the path of the answer that a server may plan, "" where there is nothing to plan.
    """

    path: str
    title: str
    lead: tuple[Part, ...]
    blocks: tuple[PageBlock, ...]
    standing: tuple[Part, ...]
    kind: str = ""
    controls: tuple[Control, ...] = ()
    settings: tuple[Control, ...] = ()
    files: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    related: tuple[tuple[str, str], ...] = ()
    job: str = ""


@dataclass(frozen=True)
class Asked:
    """What a path asks for: `ask/q26/year=2031` is parts (ask, q26) and given {year: 2031}."""

    path: str
    parts: tuple[str, ...]
    given: Given


def read_path(path: str) -> Asked:
    """A path's parts and arguments; values are percent-encoded where they hold a slash."""
    segments = [part for part in path.strip("/").split("/") if part]
    parts = tuple(part for part in segments if "=" not in part)
    pairs = (part.partition("=") for part in segments if "=" in part)
    return Asked("/".join(segments), parts, {name: unquote(value) for name, _, value in pairs})


def path_of(*parts: str, **given: str) -> str:
    """The path of parts and arguments; the other way of `read_path`."""
    told = (f"{name}={quote(value, safe=',+;:.-_~ ')}" for name, value in given.items())
    return "/".join((*parts, *told))
