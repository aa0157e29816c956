"""Write the generated pages anew, from the schema, the data and the measures; --check compares."""

from __future__ import annotations

import inspect
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from counterpoise.data.choose import grade_of
from counterpoise.data.dataset import Dataset
from counterpoise.data.history import history
from counterpoise.data.load import REFERENCE, load
from counterpoise.data.package import datapackage
from counterpoise.data.records import Observation
from counterpoise.data.schema import BASES, RESERVED, Column, Sheet
from counterpoise.data.support import independent
from counterpoise.data.terms import cited
from counterpoise.measures.catalogue import ALL
from counterpoise.measures.evaluate import MEASURES
from counterpoise.pages import texts
from counterpoise.questions.catalogue import questions
from counterpoise.questions.question import Question
from counterpoise.questions.registry import COMPUTED, WORKSHEETS
from counterpoise.questions.table_check import Slider

FOLDER = Path(__file__).parent

INDEX = """# The sheets

Written by `docs/reference.py` from the schema and the release; don't edit it by hand.

Each sheet is a CSV file of the same name, in the reference release and in an overlay. Beside its
own columns every sheet may have: {reserved}.
A column of numbers, `x`, may have `x_low` and `x_high` beside it, and `x_source` and `x_basis`
where its source and basis aren't the row's. `sources.csv` and `aliases.csv` are told in
[data.md](data.md).

Kinds of column: **key** makes the address; **text** is words; **link** names another thing
(a list has entries separated by semicolons); **number** becomes a figure, `address/quantity`,
in the unit given; **note** helps to read the row. A name in braces stands for the row's cell.
"""

CHANGELOG = """# What changed in the data

Written by `docs/reference.py` from `reference/history.csv`; don't edit it by hand.

`counterpoise data diff --from FOLDER` compares the release with another folder of sheets, figure by
figure. The table of the last change stands in the release as `history.csv`; `counterpoise show`
tells of each thing what changed. Counts are of chosen figures. The plan together on either side of
the change, with the shortfall by area and the weighed inputs, is kept in `docs/plans`.
"""

MEASURES_HEAD = """# Measures

Written by `docs/reference.py` from the measures; don't edit it by hand.

## Standing measures

Computed from the dataset, its worlds and plans: `counterpoise measure NAME key=value …`. What
stands after an equals sign below is a default; the other arguments must be given. They take an
address, a name or an alias; several values as `POL,DEU` or `2027..2030`; `--by place` gives a row
for each state of the place, and so for any argument. Each value comes with low and high, basis, and
the share of its inputs' effects that rests on assumed ones. Ranges follow from the inputs' own:
each moved to its ends, the moves added in square, to first order. `behaviour=together` and `alone`
take the plan of a saved run over the same data, or plan by years now.
"""

SAVED_HEAD = """
## Measures of a run

Read from a saved run by its address, `counterpoise show run/latest/shortfall/together`, or as a
measure: `counterpoise measure closes behaviour=together area=mbt run=latest`.
Arguments are given in order. States are three-letter codes, areas and lines their short names;
`all` stands for every one, and the place `group` for areas needed by the group as a whole.
Behaviours: `ordered`, `alone`, `alone-first-round`, `together`. A name that is also a standing
measure's says the same of the saved run.
"""


def cell(text: str) -> str:
    """Text fit for a table's cell."""
    return " ".join(text.replace("|", "\\|").split())


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Lines of a table."""
    lines = ["| " + " | ".join(heading) + " |", "|" + " --- |" * len(heading)]
    return lines + ["| " + " | ".join(map(cell, row)) + " |" for row in rows]


def kind_of(column: Column) -> str:
    """Kind of a column, with what a number becomes or what a link names."""
    if column.role == "quantity":
        unit = f", {column.unit}" if column.unit else ""
        return f"number: `{column.quantity}`{unit}"
    if column.role == "link":
        many = "list of links" if column.many else "link"
        return f"{many}: {column.link_role} {column.link_kind}"
    return column.role


def sheet_lines(sheet: Sheet) -> list[str]:
    """A sheet's section."""
    told = []
    if sheet.kind:
        told.append(f"Each row is a thing of kind `{sheet.kind}`, at `{sheet.address}`.")
    elif sheet.link_object:
        told.append(f"Each row is a link from `{sheet.address}` to `{sheet.link_object}`.")
    else:
        told.append(f"Each row adds figures to `{sheet.address}`.")
    if sheet.period:
        told.append(f"Period of its figures: `{sheet.period}`.")
    if sheet.qualifier:
        told.append(f"Qualifier: `{sheet.qualifier}`.")
    if sheet.table:
        told.append(f"Table of facts: `{sheet.table}`.")
    rows: list[tuple[str, ...]] = [
        (f"`{item.name}`", kind_of(item), item.meaning) for item in sheet.columns.values()
    ]
    return [*told, "", *table(("column", "kind", "meaning"), rows), ""]


def coverage_lines(dataset: Dataset, sheet: Sheet) -> list[str]:
    """What the figures of the sheet's things rest on, by quantity, and its rows' publishers."""
    file = f"{sheet.name}.csv"
    chosen: defaultdict[str, list[Observation]] = defaultdict(list)
    for item in dataset.chosen.values():
        mine = item.subject.startswith(f"{sheet.kind}/") if sheet.kind else item.origin.file == file
        if mine:
            chosen[item.quantity].append(item)
    origins = cited(dataset)
    rows = [keys for origin, keys in origins.items() if origin.file == file]
    lines = [f"{len(rows)} rows in the release."]
    if chosen:
        heading = ("figure", "known", *BASES, "by rule", "grade A or B")
        body: list[tuple[str, ...]] = []
        for quantity, items in sorted(chosen.items()):
            counts = Counter(item.standing for item in items)
            good = sum(grade_of(item, dataset.sources) in "AB" for item in items)
            told = [str(counts[name]) for name in (*BASES, "rule")]
            body.append((f"`{quantity}`", str(len(items)), *told, str(good)))
        if len(body) > MOST:
            body = sorted(body, key=lambda row: (-int(row[1]), row[0]))[:MOST]
            lines.append(f"The {MOST} quantities stated most often:")
        lines += ["", *table(heading, body)]
    publishers = Counter(
        name for keys in rows for name in {dataset.sources[key].publisher for key in keys}
    )
    ranked = sorted(publishers.items(), key=lambda item: (-item[1], item[0]))[:5]
    named = ", ".join(f"{cell(name)} ({count})" for name, count in ranked)
    return [*lines, "", f"Publishers read most, with rows: {named}."]


MOST = 25
"""Quantities of one sheet that its page counts."""


def sheet_page(dataset: Dataset, sheet: Sheet) -> str:
    """A sheet's page: its columns, units and definitions, and what is known."""
    head = [f"# {sheet.name}", "", "Written by `docs/reference.py`; don't edit it by hand.", ""]
    coverage = ["## Coverage", "", *coverage_lines(dataset, sheet)]
    return "\n".join([*head, *sheet_lines(sheet), *coverage]) + "\n"


def index_page(dataset: Dataset) -> str:
    """The page that leads to each sheet's."""
    reserved = ", ".join(f"`{name}`" for name in RESERVED)
    things = Counter(thing.kind for thing in dataset.things.values())
    rows: list[tuple[str, ...]] = [
        (
            f"[{sheet.name}](kinds/{sheet.name}.md)",
            f"`{sheet.kind}`" if sheet.kind else "",
            str(things[sheet.kind]) if sheet.kind else "",
            f"`{sheet.address}`",
        )
        for sheet in dataset.schema.sheets.values()
    ]
    lines = table(("sheet", "makes things of kind", "things", "address"), rows)
    return "\n".join([INDEX.format(reserved=reserved), *lines]) + "\n"


def changelog_page() -> str:
    """What moved since the release before, counted by sheet and told for the plan's inputs."""
    lines = [CHANGELOG]
    found: defaultdict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in history():
        found[(row["from_release"], row["release"])].append(row)
    for (before, after), rows in found.items():
        lines += [f"## From {before} to {after}", ""]
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            subject, quantity = row["figure"].split("/")[0], row["figure"].split("/")[2]
            counts[f"{subject}/{quantity}"][row["change"]] += 1
        kinds = ("value", "basis", "new", "gone")
        body: list[tuple[str, ...]] = [
            (f"`{name}`", *(str(count[kind]) for kind in kinds))
            for name, count in sorted(
                counts.items(), key=lambda item: (-sum(item[1].values()), item[0])
            )
        ]
        lines += [*table(("figure", *kinds), body), ""]
        inputs = [row for row in rows if row["change"] == "value" and row["effect"]]
        inputs.sort(key=lambda row: (-float(row["effect"]), row["figure"]))
        lines += [
            "Changed inputs of the plan with the largest effect, percent-years over their range:",
            "",
            *table(
                ("figure", "before", "after", "unit", "basis", "effect"),
                [
                    (
                        f"`{row['figure']}`",
                        row["before"],
                        row["after"],
                        row["unit"],
                        f"{row['basis_before']} → {row['basis_after']}",
                        f"{float(row['effect']):.3g}",
                    )
                    for row in inputs[:40]
                ],
            ),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def measures_page() -> str:
    """The page of all measures: the standing ones by group, then those of a run."""
    lines = [MEASURES_HEAD]
    groups = sorted({item.group for item in ALL.values()})
    for group in groups:
        rows = [
            (
                f"`{item.name}`",
                " ".join(
                    f"{each.name}={each.default}" if each.default else each.name
                    for each in item.parameters
                ),
                item.unit,
                item.definition,
                item.formula_source,
            )
            for item in sorted(ALL.values(), key=lambda item: item.name)
            if item.group == group
        ]
        heading = ("measure", "arguments", "unit", "definition", "formula from")
        lines += [f"### {group.capitalize()}", "", *table(heading, rows), ""]
    saved = [
        (
            "`" + "/".join((item.name, *(f"<{name}>" for name in item.arguments))) + "`",
            item.unit,
            item.definition,
        )
        for item in MEASURES.values()
    ]
    lines += [SAVED_HEAD, *table(("address in a run", "unit", "definition"), saved)]
    return "\n".join(lines) + "\n"


RULES = """# Rules

Written by `docs/reference.py` from the release; don't edit it by hand. Rules of the model and for
gaps in the data, each a figure `rule/NAME/value` that an overlay may change.

"""


def rules_page(dataset: Dataset) -> str:
    """All rules with value, range, basis and how many independent sources they rest on."""
    rows: list[tuple[str, ...]] = []
    for thing in dataset.kind("rule"):
        item = dataset.chosen[(thing.address, "value", "", "")]
        span = "" if item.low is None else f"{item.low:g} to {item.high:g}"
        names = independent(dataset, (thing.address, "value", "", ""))
        value = f"{item.value:g} {item.unit}"
        rows.append((f"`{thing.address}`", thing.name, value, span, item.basis, str(len(names))))
    heading = ("address", "rule", "value", "range", "basis", "sources")
    return RULES + "\n".join(table(heading, rows)) + "\n"


QUESTIONS = """# Questions

Written by `docs/reference.py` from the questions; don't edit it by hand.

`counterpoise ask` lists the questions, `counterpoise ask WORDS` searches them in plain words and
fills in what the words name, `counterpoise ask q52 year=2031` answers one, and `--out FILE.md` (or
`.docx`, `.xlsx`, `.html`, `.json`) saves the answer. `--format paragraph --out FILE.docx` saves one
paragraph for a report, with its sources as footnotes. How to: [how-to.md](how-to.md).

Each answer has one sentence, tables, a drawing, reasons, what would flip it, the inputs that weigh
most, what isn't included, its sources with grades, and the share that rests on assumptions. A
range moves each input to its ends and adds the moves in square.
"""

KIND_HEADS = {
    "computed": ("Computed", "Answered by the project's measures, worlds and plans."),
    "worksheet": (
        "Worksheets",
        "One documented formula each, with a slider for each parameter: illustrative. A default is "
        "a figure of the dataset where it has one, else a judgement with its reason.",
    ),
    "registered": ("Registered", "Not answered yet; each says which piece is missing."),
}


def questions_page(dataset: Dataset) -> str:
    """The page of all questions: what each takes, how it is computed, what it leaves out."""
    catalogue = questions()
    lines = [QUESTIONS]
    for kind, (title, told) in KIND_HEADS.items():
        lines += [f"## {title}", "", told, ""]
        for item in catalogue.questions.values():
            if item.kind == kind:
                lines += question_lines(dataset, item, catalogue.sliders.get(item.id, ()))
    return "\n".join(lines).rstrip() + "\n"


def question_lines(dataset: Dataset, item: Question, sliders: tuple[Slider, ...]) -> list[str]:
    """A question's section."""
    lines = [f"### {item.id}: {item.text}", ""]
    if item.document:
        source = dataset.sources[item.document]
        lines += [f"Raised by {source.title}, {source.publisher}.", ""]
    if item.missing:
        return [*lines, f"Missing: {item.missing}.", ""]
    function = COMPUTED.get(item.function) or WORKSHEETS.get(item.function)
    lines += [*inspect.cleandoc(function.__doc__ or "" if function else "").splitlines(), ""]
    if sliders:
        body = [
            (
                f"`{each.name}`",
                each.told,
                f"`{each.value}`" if "/" in each.value else each.value,
                f"{each.low:g} to {each.high:g}",
                each.unit,
                each.basis or "the figure's",
                each.reason,
            )
            for each in sliders
        ]
        heading = ("parameter", "what it is", "default", "slider", "unit", "basis", "why")
        lines += [*table(heading, body), ""]
    elif item.parameters:
        body = [(f"`{each.name}`", each.kind.told, f"`{each.default}`") for each in item.parameters]
        lines += [*table(("parameter", "what may be given", "default"), body), ""]
    return [*lines, f"Not included: {'; '.join(item.limits)}.", ""]


def pages() -> dict[Path, str]:
    """Every generated file with its text."""
    dataset = load()
    found = {
        FOLDER / "kinds.md": index_page(dataset),
        FOLDER / "measures.md": measures_page(),
        FOLDER / "rules.md": rules_page(dataset),
        FOLDER / "questions.md": questions_page(dataset),
        FOLDER / "data-changelog.md": changelog_page(),
        # Texts that the pages show too: edit them there.
        FOLDER / "figures.md": texts.text("figures"),
        FOLDER / "limits.md": texts.text("limits"),
        REFERENCE / "datapackage.json": json.dumps(datapackage(dataset), indent=2) + "\n",
    }
    for sheet in dataset.schema.sheets.values():
        found[FOLDER / "kinds" / f"{sheet.name}.md"] = sheet_page(dataset, sheet)
    return found


def main(arguments: list[str]) -> int:
    """Write all pages; with --check write nothing and return 1 where one isn't current."""
    status = 0
    for path, text in pages().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"{path.name} isn't current: run python docs/reference.py", file=sys.stderr)
            status = 1
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
