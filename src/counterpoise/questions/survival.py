"""Whether bottom-up cooperation lasts: programmes with and without money, staff and a rule."""

from __future__ import annotations

from typing import Annotated

from counterpoise.cooperation.survival import (
    ELEMENTS,
    NOT_JOINT,
    WHICH,
    WHO,
    YOUNG,
    Case,
    Survival,
    cases,
    survival,
)
from counterpoise.measures.parameters import choice
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import listed, reply, said, with_range

NAMED = {"money": "money", "staff": "staff", "rule": "a rule"}
HAS = {True: "yes", False: "no", None: "not known"}


@computed(which="programmes", who="all")
def programme_survival(
    view: View,
    context: Context,
    which: Annotated[str, choice(*WHICH)],
    who: Annotated[str, choice(*WHO)],
) -> Reply:
    """Joint programmes by body with what each lacks, and how those with and without it fare."""
    found = cases(view.dataset, which, who)
    joint = [item for item in found if item.outcome != NOT_JOINT]
    if not joint:
        raise NoAnswer(f"a joint one among {which} that are {who}")
    tallies = survival(joint)
    young = [item for item in joint if item.outcome == YOUNG]
    apart = [item.name for item in found if item.outcome == NOT_JOINT]
    parts = [
        f"{_told(with_it)} with {NAMED[with_it.element]} of their own, {_told(without)} without"
        for with_it, without in zip(tallies[:-2:2], tallies[1:-2:2], strict=True)
    ]
    pairs = [
        (one, other)
        for one, other in zip(tallies[::2], tallies[1::2], strict=True)
        if one.judged and other.judged
    ]
    clear = [one.element for one, other in pairs if _apart(one, other)]
    compared = "no difference is beyond chance" if pairs else "there is nothing to compare with"
    sentence = (
        f"Of {len(joint) - len(young)} {_kind(which)} old enough to judge these percent last with "
        f"all their states: {'; '.join(parts)}; "
        + (f"the ranges part for {listed(clear)}." if clear else f"{compared}.")
    )
    return reply(
        sentence,
        [_row(view, item) for item in joint],
        [],
        chart=ChartSpec(
            "ranges", "having", "lasting", "Programmes that last with all their states",
            "percent of those old enough to judge", low="low", high="high",
            rows=tuple(_drawn(item) for item in tallies if item.judged),
        ),
        reasons=[
            *(
                f"{item.having} {item.element}: {item.lasts} last, {item.trouble} in trouble, "
                f"{item.ended} ended, {item.young} too young to tell"
                for item in tallies
            ),
            "in trouble is what a state left, or what split or stalled; late alone isn't",
            "ranges are those of chance at 95 percent (Wilson): counts this small say what went "
            "together, not what caused it, and larger programmes have more of all three",
            *(
                f"{element} not known: {listed([i.name for i in joint if element in i.unknown])}"
                for element in ELEMENTS
                if any(element in item.unknown for item in joint)
            ),
            f"not joint, left out: {listed(apart)}",
        ],
        not_included=[
            "programmes that ended before the data begins: what is still known is what lasted",
            "what each has of its own, and how it fares, is judged row by row",
        ],
        cites=[key for item in joint for key in item.sources],
    )  # fmt: skip


def _kind(which: str) -> str:
    return "programmes and projects" if which == "both" else which


def _told(item: Survival) -> str:
    if item.share is None:
        return "none is known"
    low, high = item.interval
    return f"{with_range(100 * item.share, 100 * low, 100 * high)} of {said(item.judged)}"


def _apart(one: Survival, other: Survival) -> bool:
    """Whether two ranges don't touch."""
    return one.interval[0] > other.interval[1] or other.interval[0] > one.interval[1]


def _row(view: View, item: Case) -> Row:
    body = view.dataset.things[item.body].name if item.body else "none"
    return {
        "programme": item.name,
        "body": body,
        **{name: HAS[has] for name, has in zip(ELEMENTS, item.has, strict=True)},
        "missing": ", ".join(item.missing),
        "outcome": item.outcome,
        "begun": "bottom-up" if item.bottom_up else "top-down",
    }


def _drawn(item: Survival) -> Row:
    low, high = item.interval
    return {
        "having": f"{item.having} {item.element} ({item.judged})",
        "lasting": 100 * (item.share or 0.0),
        "low": 100 * low,
        "high": 100 * high,
    }
