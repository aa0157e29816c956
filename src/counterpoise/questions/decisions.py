"""What can still be decided when states object: each body's outcome, and who is pivotal."""

from __future__ import annotations

from counterpoise.cooperation.behind import amount_behind, people, spending
from counterpoise.cooperation.cases import blocks, counted, names
from counterpoise.cooperation.overview import YEAR, Vote, days_told, matter, outcome_row, outcomes
from counterpoise.cooperation.passage import NOT_RUN, Outcome, read_positions
from counterpoise.cooperation.stages import EXISTING
from counterpoise.data.records import short
from counterpoise.measures.amount import Amount
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.decision_kinds import (
    ANY,
    NOBODY,
    RELEASE,
    CompetenceArgument,
    DayArgument,
    StatesArgument,
)
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import listed, reply


@computed(against="HUN", abstain=NOBODY, on=RELEASE, competence=ANY)
def still_decided(
    view: View,
    context: Context,
    against: StatesArgument,
    abstain: StatesArgument,
    on: DayArgument,
    competence: CompetenceArgument,
) -> Reply:
    """Every body under given votes: outcome, who remains, what stands behind, who is pivotal."""
    vote = Vote(read_positions(view.dataset, against, abstain), on, competence)
    whole = [item for item in outcomes(view, vote) if item.result != NOT_RUN]
    voted = [item for item in whole if len(item.voters) > 1]
    if not voted:
        raise NoAnswer("a body with voters for that matter")
    rows: list[Row] = []
    amounts: list[Amount] = []
    for item in voted:
        row = outcome_row(view, vote, item)
        behind = amount_behind(view, item.remain, spending(YEAR))
        heads = amount_behind(view, item.remain, people)
        amounts += [each for each in (behind, heads) if each is not None]
        kept = {name: row[name] for name in _SHOWN} | {"days": days_told(item.days)}
        rows.append(kept | {name: row[name] for name in ("last_case", "pivotal")})
    rows.sort(key=lambda row: (row["status"], row["outcome"], -row["of"]))
    existing = [item for item in voted if item.status == EXISTING]
    stopped = [item for item in existing if not item.passed]
    recorded = blocks(view.dataset, on, states=frozenset(against))
    who = names(against) or "nobody"
    concerned = [item for item in existing if set(item.voters) & set(against + abstain)]
    every, some, none = _sorted(existing)
    sitting = _sorted(concerned)
    partly = {item.address for item in some}
    told = ", ".join(
        f"{short(item.address)} for {matter(view, item)}"
        for item in existing
        if item.address in partly and item.passed
    )
    sentence = (
        f"With {who} against{f' and {names(abstain)} abstaining' if abstain else ''}, "
        f"{len(every)} of {_bodies(existing)} existing bodies of several states still pass a "
        f"decision, {len(some)} on some matters ({told or 'none'}), {len(none)} on none; of the "
        f"{_bodies(concerned)} in which these states sit {len(sitting[0])} pass everything: "
        f"{listed([short(item.address) for item in sitting[0]], TOLD)}."
    )
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "bars", "way", "spending_eur_bn", f"Defence outlay {YEAR} of those who are for",
            "EUR bn", series="outcome",
            rows=tuple(
                {**row, "way": _way(row)} for row in rows if row["status"] == EXISTING
            ),
        ),
        reasons=[
            f"members are those of {on}; all states that aren't named are for",
            f"recorded blocks by {who}: {counted(recorded) if against else 'none'}; cases that "
            "passed aren't recorded, so nothing is fitted to them",
            *_stoppers_told(stopped),
            *(
                f"{short(item.address)}: {'; '.join(item.reasons)}"
                for item in (concerned or existing)[:TOLD]
            ),
        ],
        flips=[
            Flip(
                f"the votes of {who}", 0.0, 1.0, "for",
                f"{_bodies(stopped)} existing bodies would pass what they can't now", False,
            ),
        ] if against else [],
        not_included=[
            "bodies that can't be run, each with what is missing: `decide --part gaps`",
            "historic bodies; proposed ones stand in the table as such and aren't counted",
            "what a state is offered for its vote",
        ],
        cites=sources_of(concerned or existing),
    )  # fmt: skip


_SHOWN = (
    "body", "status", "matter", "outcome", "stopped_by", "for", "of", "spending_eur_bn",
    "spending_low", "spending_high",
)  # fmt: skip

TOLD = 12
"""Bodies whose votes are told in the reasons."""


def _way(row: Row) -> str:
    """A body in the drawing, with the first matter of a way of its own."""
    first = row["matter"].split(", ")[0]
    return str(row["body"]) if first == "any" else f"{row['body']}: {first}"


def _bodies(found: list[Outcome]) -> int:
    return len({item.address for item in found})


def _sorted(found: list[Outcome]) -> tuple[list[Outcome], list[Outcome], list[Outcome]]:
    """One outcome a body: of those that pass every matter, some, and none."""
    groups: tuple[list[Outcome], list[Outcome], list[Outcome]] = ([], [], [])
    for address in dict.fromkeys(item.address for item in found):
        own = [item for item in found if item.address == address]
        passing = sum(item.passed for item in own)
        groups[0 if passing == len(own) else 1 if passing else 2].append(own[0])
    return groups


def _stoppers_told(stopped: list[Outcome]) -> list[str]:
    """What each of those who stop bodies stops."""
    stoppers = sorted({voter for item in stopped for voter in item.stoppers})
    found = []
    for voter in stoppers:
        own = dict.fromkeys(short(item.address) for item in stopped if voter in item.stoppers)
        found.append(
            f"{short(voter)} stops, in part or whole, {len(own)}: {listed(list(own), TOLD)}"
        )
    return found


def sources_of(found: list[Outcome]) -> list[str]:
    """Keys of the sources that the stages of outcomes rest on."""
    return list(
        dict.fromkeys(key for item in found for each in item.stages for key in each.stage.sources)
    )
