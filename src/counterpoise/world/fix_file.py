"""Reading a user's decisions on orders from a CSV file or a workbook, with all that is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook

from counterpoise.data.changes import as_text
from counterpoise.data.sheets import Row, check_heading, check_once, parse_number, read_table
from counterpoise.errors import BadInput, CounterpoiseError, Problem
from counterpoise.world.fixes import (
    AT_LEAST,
    AT_MOST,
    DECISIONS,
    FORBID,
    Fix,
    barred,
    deliverable,
    in_order,
    lines_of,
    order_times,
    order_years,
)
from counterpoise.world.world import World

TARGET = "line or system"
NEEDED = ("decision", "buyer", TARGET, "units", "year")
COLUMNS = (*NEEDED, "note")
WORKBOOKS = (".xlsx", ".ods")
ENDINGS = (".csv", *WORKBOOKS)

Tell = Callable[[str, str, str, str], None]
"""Notes a problem of a row: code, column, expected, remedy."""


def read_fixes(path: Path, world: World) -> tuple[Fix, ...]:
    """The decisions in a file, checked against a world; BadInput with everything wrong."""
    problems: list[Problem] = []
    rows = _rows(path, problems)
    if rows and check_heading(rows[0].cells, path.name, COLUMNS, NEEDED, problems):
        found = [(row, fix) for row in rows if (fix := _fix(row, world, problems)) is not None]
        for (first, one), (second, other) in combinations(found, 2):
            _check_two(first, one, second, other, problems)
        _check_forbidden(found, world, problems)
    elif not rows and not problems:
        expected = "at least one decision"
        problems.append(Problem("empty", path.name, None, "", "", expected, "add a row"))
    if problems:
        raise BadInput(sorted(problems, key=lambda problem: problem.row or 0))
    return in_order(tuple(fix for _, fix in found))


def _rows(path: Path, problems: list[Problem]) -> list[Row]:
    if path.suffix.lower() not in ENDINGS:
        expected = "a name that ends in " + ", ".join(ENDINGS)
        remedy = "save the decisions as one of these"
        problems.append(Problem("format", path.name, None, "", path.suffix, expected, remedy))
        return []
    if path.suffix.lower() not in WORKBOOKS:
        rows = read_table(path, problems)
        if rows and len(rows[0].cells) == 1 and ";" in next(iter(rows[0].cells)):
            value, remedy = next(iter(rows[0].cells)), "save it with commas, or as .xlsx"
            expected = "columns separated by commas"
            problems.append(Problem("format", path.name, 1, "", value, expected, remedy))
            return []
        return rows
    try:
        with CalamineWorkbook.from_path(path) as book:
            grid = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (OSError, CalamineError) as error:
        remedy = "check the path, or save it again as .xlsx without a password"
        problems.append(
            Problem("format", path.name, None, "", str(error), "a readable workbook", remedy)
        )
        return []
    lines = [[as_text(cell) for cell in line] for line in grid]
    heading = [cell for cell in lines[0] if cell] if lines else []
    check_once(heading, path.name, problems)
    return [
        Row(dict(zip(heading, line, strict=False)), path.name, number)
        for number, line in enumerate(lines[1:], start=2)
        if any(line)
    ]


def _fix(row: Row, world: World, problems: list[Problem]) -> Fix | None:
    """The decision of a row, None where something in it is wrong."""
    before = len(problems)

    def tell(code: str, column: str, expected: str, remedy: str) -> None:
        problems.append(
            Problem(code, row.file, row.number, column, row.get(column), expected, remedy)
        )

    decision = row.get("decision")
    if decision not in DECISIONS:
        near = _near(decision, DECISIONS)
        tell("decision", "decision", " or ".join(DECISIONS) + near, "choose one of them")
    buyer = _buyer(row.get("buyer"), world, tell)
    target = _target(row.get(TARGET), world, tell)
    units = _units(row.get("units"), decision, tell)
    span = _span(row.get("year"), tell)
    if len(problems) > before:
        return None
    fix = Fix(decision, buyer, target, units, *span, note=row.get("note"))
    _check_possible(fix, world, tell)
    return fix if len(problems) == before else None


def _near(text: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(text.casefold(), list(known), n=4, cutoff=0.4)
    return f" (near: {', '.join(found)})" if found else ""


def _find(text: str, kinds: tuple[str, ...], world: World) -> str:
    """The address of a thing of some kinds, by address, id, name or alias; empty if none."""
    things = world.dataset.things
    for name in (text, *(f"{kind}/{text}" for kind in kinds), f"state/{text.upper()}"):
        if name in things and things[name].kind in kinds:
            return name
    try:
        found = world.dataset.find(text)
    except CounterpoiseError:
        return ""
    return found if things[found].kind in kinds else ""


def _suggest(text: str, kinds: tuple[str, ...], known: Iterable[str], world: World) -> str:
    """The nearest of some addresses, in words; empty where none is near."""
    known = list(known)
    found = [item for item in world.dataset.suggest(text, 12) if item in known]
    ids = {item.split("/", 1)[1].casefold(): item for item in known}
    close = difflib.get_close_matches(text.casefold().split("/")[-1], list(ids), n=4, cutoff=0.4)
    found = list(dict.fromkeys([*found, *(ids[item] for item in close)]))[:4]
    return f" (near: {', '.join(found)})" if found else ""


def _buyer(text: str, world: World, tell: Tell) -> str:
    found = _find(text, ("state",), world)
    if found in world.labels.state_index:
        return found
    near = _suggest(text, ("state",), world.labels.states, world)
    if found:
        tell("not-planning", "buyer", f"a state that plans{near}", "see `list state`")
    else:
        tell("unknown-buyer", "buyer", f"a state, as POL or state/POL{near}", "see `list state`")
    return ""


def _target(text: str, world: World, tell: Tell) -> str:
    found = _find(text, ("system", "line"), world)
    sold = {line.system for line in world.lines} | {line.address for line in world.lines}
    if found in sold:
        return found
    near = _suggest(text, ("system", "line"), sold, world)
    if not found:
        expected = f"a system or a line by address or id{near}"
        tell("unknown-target", TARGET, expected, "see `list system` and `list line`")
        return ""
    if world.dataset.things[found].kind == "system":
        areas = world.dataset.targets(found, "fills")
        others = sorted({line.system for line in world.lines if line.area in areas})
        near = f" (of the same area: {', '.join(others[:4])})" if others else near
    tell(
        "not-for-sale", TARGET, f"a system or line that may be bought from{near}", "choose another"
    )
    return ""


def _units(text: str, decision: str, tell: Tell) -> float | None:
    if decision == FORBID:
        if text:
            tell("units", "units", "nothing, for forbid leaves no units", "empty the cell")
        return None
    number = parse_number(text)
    if number is None or number <= 0:
        remedy = "write a number above 0" + (", or forbid" if decision == AT_MOST else "")
        tell("units", "units", "a number of items above 0, as 12 or 7.5", remedy)
        return None
    return number


def _span(text: str, tell: Tell) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    found = re.fullmatch(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        expected = "a year (2027), a span of years (2027-2030), or nothing for any year"
        tell("year", "year", expected, "correct it")
        return None, None
    return first, last


def _check_possible(fix: Fix, world: World, tell: Tell) -> None:
    """Whether the decision speaks of any delivery that may happen."""
    lines = lines_of(fix, world)
    banned = barred(fix, world)
    if len(banned) == len(lines):
        expected = f"a pair that the sheet bans allows: {fix.buyer} may not buy from {banned[0]}"
        tell("banned", TARGET, expected, "remove the row, or overlay the sheet bans")
        return
    if deliverable(fix, world).any():
        return
    times = np.concatenate([order_times(world, int(line)) for line in lines])
    times = times[np.isfinite(times)]
    if not len(times):
        expected = "a line that delivers new orders by 2040 in this scenario"
        tell("no-delivery", TARGET, expected, "choose another")
        return
    years = order_years(times)
    expected = (
        f"an order year from {years.min()} to {years.max()}: with the lead time no order of "
        "another year is delivered within the calendar"
    )
    tell("year", "year", expected, "choose such a year, or leave it empty")


def _check_two(first: Row, one: Fix, second: Row, other: Fix, problems: list[Problem]) -> None:
    """Two decisions on the same buyer, target and years that can't both stand."""
    if (one.buyer, one.target, one.years) != (other.buyer, other.target, other.years):
        return

    def tell(code: str, column: str, expected: str) -> None:
        problems.append(
            Problem(
                code,
                second.file,
                second.number,
                column,
                second.get(column),
                expected,
                "remove one of the two rows, or correct it",
            )
        )

    pair = {one.decision, other.decision}
    stated = f"row {first.number} says {one.decision} {first.get('units')}".strip()
    if one.decision == other.decision:
        tell("twice", "decision", f"each decision once; {stated} of the same")
    elif pair == {AT_LEAST, AT_MOST} and max(one.low, other.low) <= min(one.high, other.high):
        return
    else:
        tell("contradiction", "decision", f"decisions that can hold together; {stated} of the same")


def _check_forbidden(found: list[tuple[Row, Fix]], world: World, problems: list[Problem]) -> None:
    """Decisions to buy what other rows forbid altogether."""
    for row, fix in found:
        bans = [
            (other, rule)
            for other, rule in found
            if rule.decision == FORBID
            and rule.buyer == fix.buyer
            and (rule.target, rule.years) != (fix.target, fix.years)
        ]
        if fix.low == 0 or not bans:
            continue
        left = deliverable(fix, world)
        hit = [other.number for other, rule in bans if (left & deliverable(rule, world)).any()]
        for _, rule in bans:
            left &= ~deliverable(rule, world)
        if not left.any():
            rows = ", ".join(map(str, hit))
            expected = f"something to buy that the file leaves; row {rows} forbids all of it"
            problems.append(
                Problem(
                    "contradiction",
                    row.file,
                    row.number,
                    "decision",
                    fix.decision,
                    expected,
                    "remove one of the rows, or narrow the ban",
                )
            )
