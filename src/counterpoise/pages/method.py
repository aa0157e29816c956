"""The pages of method and limits: formulas from docstrings, and what can't be known."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

from counterpoise.pages import texts
from counterpoise.pages.cells import address_of, table, told
from counterpoise.pages.measure_pages import measures
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import Row, page, view
from counterpoise.pages.site import Site
from counterpoise.planning import rows as families
from counterpoise.publish.blocks import Heading, Name, PageBlock, Paragraph, parts

_TERM = "write_"


@view("rules")
def rules(site: Site) -> list[Row]:
    """The rules of the model and for gaps: value, range, basis."""
    data = site.dataset
    rows = []
    for thing in data.kind("rule"):
        item = data.observation(thing.address, "value")
        if item is not None:
            rows.append(
                {
                    "rule": thing.address,
                    "low": item.low,
                    "value": item.value,
                    "high": item.high,
                    "unit": item.unit,
                    "basis": item.standing,
                    "sources": "; ".join(item.sources),
                    "address": item.address,
                }
            )
    return rows


@view("terms")
def terms(site: Site) -> list[Row]:
    """The rows and columns of the plan's linear problem, as the functions that write them say."""
    found = []
    for module in pkgutil.iter_modules(families.__path__):
        held = importlib.import_module(f"{families.__name__}.{module.name}")
        for name, function in inspect.getmembers(held, inspect.isfunction):
            if function.__module__ == held.__name__ and name.startswith(_TERM):
                told_as = inspect.getdoc(function) or ""
                found.append(
                    {
                        "subject": module.name,
                        "term": name.removeprefix(_TERM),
                        "says": " ".join(told_as.split()),
                    }
                )
    return found


@page("method", menu="Method", group="Data")
def method_page(site: Site, asked: Asked) -> Page:
    """What a figure is worth, which value counts, the plan's terms, rules, and all formulas."""
    data = site.dataset
    lead = told(
        "How figures are chosen, what the plan is made of, and the formula of each measure."
    )
    listed = table(data, "Terms of the plan's linear problem", terms(site), address_of("terms", {}))
    ruled = table(
        data, "Rules, each a figure that an overlay may change", rules(site),
        address_of("rules", {}),
        {name: name for name in ("rule", "low", "value", "high", "unit", "basis", "sources")},
    )  # fmt: skip
    blocks: list[PageBlock] = [
        *texts.blocks("figures"),
        Heading(2, ("The plan",)),
        Paragraph(told("The plan is one linear problem: it buys what lines can deliver in time, "
                       "within each state's money, to leave the least shortfall, then at the "
                       "least cost. Its rows, as the functions that write them say:")),
        listed,
        Heading(2, ("Rules",)),
        ruled,
        Heading(2, ("Measures",)),
        *_formulas(site),
    ]  # fmt: skip
    standing = parts("Formulas and definitions are those of the code that computes them. What "
                     "can't be known: ", Name("limits", "page/limits"), ".")  # fmt: skip
    return Page(asked.path, "Method", lead, tuple(blocks), standing)


def _formulas(site: Site) -> Iterator[PageBlock]:
    columns = {"measure": "measure", "of": "of", "unit": "unit", "definition": "definition",
               "formula": "formula from"}  # fmt: skip
    yield table(site.dataset, "All measures; each opens to its arguments and an example",
                measures(site), address_of("measures", {}), columns, leading="page")  # fmt: skip


@page("limits", menu="Limits", group="Data")
def limits_page(site: Site, asked: Asked) -> Page:
    """What the data and the model can't bear."""
    lead = told("What the figures can't bear, however good the model is.")
    standing = parts("How figures are chosen: ", Name("method", "page/method"), ". Rival values: ",
                     Name("conflicts", "page/conflicts"), ".")  # fmt: skip
    return Page(asked.path, "Limits", lead, tuple(texts.blocks("limits")), standing)
