"""Pages that are stored under several settings: their paths, and the menus that step through them.

A page's path holds the settings that differ from its defaults, in the defaults' order, so each
combination has one path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from counterpoise.pages.page import Choice, Control, Given, path_of


def variant(head: str, defaults: Given, **given: str) -> str:
    """The path of a page under settings; those that are the defaults are left out."""
    told = {name: given.get(name, default) for name, default in defaults.items()}
    kept = {name: value for name, value in told.items() if value != defaults[name]}
    return path_of(head, **kept)


def rows_at(view: str, defaults: Given, given: Given) -> str:
    """The address of a view's rows under settings; those that are the defaults are left out."""
    return f"view/{variant(view, defaults, **given)}"


def menu(
    head: str,
    defaults: Given,
    given: Given,
    name: str,
    told: str,
    values: Mapping[str, str] | Iterable[str],
) -> Control:
    """A menu over one setting of a page, the others kept: values with their labels."""
    asked = {**defaults, **given}
    labels = dict(values) if isinstance(values, Mapping) else {value: value for value in values}
    choices = tuple(
        Choice(
            label,
            variant(head, defaults, **{**asked, name: value}),
            value == asked[name],
            value,
        )
        for value, label in labels.items()
    )
    return Control(name, told, labels.get(asked[name], asked[name]), choices)
