"""The tables of what stands beside the cells: what is apart, pairs, dormant ones, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from counterpoise.cooperation.counts import Count, counts, filters
from counterpoise.cooperation.formats import read_groups
from counterpoise.cooperation.nested import Pair, signs
from counterpoise.cooperation.told import Row, Told, short

ADDED = "format-mark/added"

RECENT = 2024
"""Year from which the documents say that more than half of theirs are."""


def apart_rows(told: Told) -> list[Row]:
    """How many arrangements each group shows; without a function are those of the facts."""
    facts = [item for item in told.net.formats if ADDED not in item.marks]
    in_facts = Counter(item.group for item in facts)
    in_all = Counter(item.group for item in told.net.formats)
    idle = Counter(item.group for item in facts if not item.functions)
    rows = [
        {
            "group": group.name,
            "of_the_facts": in_facts[group.address],
            "in_the_release": in_all[group.address],
            "without_function": idle[group.address],
            "explanation": group.explanation,
        }
        for group in read_groups(told.dataset)
    ]
    rows.append(
        {
            "group": "all",
            "of_the_facts": len(facts),
            "in_the_release": len(told.net.formats),
            "without_function": sum(idle.values()),
            "explanation": "added after the facts: "
            + ", ".join(item.id for item in told.net.formats if ADDED in item.marks),
        }
    )
    return rows


def pair_rows(pairs: Iterable[Pair]) -> list[Row]:
    """Pairs of formats: what and whom they share."""
    return [
        {
            "format": pair.first.id,
            "within" if pair.nested else "beside": pair.second.id,
            "functions": ", ".join(pair.functions),
            "plans": short(pair.plans),
            "shared": len(pair.shared),
            "of": f"{len(pair.first.members)} and {len(pair.second.members)}",
        }
        for pair in pairs
    ]


def dormant_rows(told: Told) -> list[Row]:
    """Formats whose last dated sign is known, those that have fallen silent first."""
    found = signs(told.dataset, told.net.definition.silent_years)
    ranked = sorted(found.values(), key=lambda sign: (not sign.dormant, sign.date))
    return [
        {
            "format": sign.format.split("/", 1)[1],
            "last_sign": sign.date,
            "what": sign.told,
            "dormant": "dormant" if sign.dormant else "",
            "sources": "; ".join(sign.sources),
        }
        for sign in ranked
    ]


def count_rows(told: Told) -> list[Row]:
    """What the documents count, ours by the same words, and ours that name it beside others."""
    found = counts(told.dataset, told.net.formats)
    theirs, ours = found[0].theirs, len(found[0].ours)
    return [
        {
            "kind": item.name,
            "documents": item.theirs,
            "ours": len(item.ours),
            "difference": len(item.ours) - item.theirs,
            "documents_pct": 100 * item.theirs / theirs if theirs else None,
            "ours_pct": 100 * len(item.ours) / ours if ours else None,
            "ours_beside_others": len(item.beside),
            "why": _why(told, item),
            "sources": "; ".join(item.sources),
        }
        for item in found
    ]


def _why(told: Told, item: Count) -> str:
    """Why ours differ: what fell out of the whole, or what a class loses to the comprehensive."""
    if item.ours and item.beside:
        return f"{len(item.beside)} of ours name it beside other domains: comprehensive here"
    if item.beside:
        return f"all {len(item.beside)} of ours that name it name other domains too"
    rows = filter_rows(told)
    if len(item.ours) == rows[-1]["left"]:
        fell = ", ".join(f"{row['fell_out']} not {row['kept']}" for row in rows[2:])
        recent = sum((each.founded or 0) >= RECENT for each in item.ours)
        return f"fell out: {fell}; {recent} of ours begun in {RECENT} or later"
    return "ours are fewer in all"


def filter_rows(told: Told) -> list[Row]:
    """From all arrangements to those that the documents count, one step at a time."""
    rows: list[Row] = []
    for item in filters(told.dataset, told.net.formats):
        before = rows[-1]["left"] if rows else len(item.left)
        rows.append(
            {"kept": item.told, "left": len(item.left), "fell_out": before - len(item.left)}
        )
    return rows
