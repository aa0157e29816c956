"""Who else could steer: bodies by passage, cover and legitimacy, side by side, no composite."""

from __future__ import annotations

from counterpoise.cooperation.behind import (
    Parliaments,
    amount_behind,
    parliaments,
    people,
    spending,
)
from counterpoise.cooperation.blocking import smallest_blocking
from counterpoise.cooperation.cases import names
from counterpoise.cooperation.overview import YEAR, Vote, days_told, outcomes, unopposed
from counterpoise.cooperation.passage import NOT_RUN, Outcome, read_positions
from counterpoise.cooperation.stages import EXISTING
from counterpoise.data.records import short
from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import PlaceArgument
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.decision_kinds import (
    LAYERS,
    RELEASE,
    CompetenceArgument,
    DayArgument,
    LayersArgument,
    StatesArgument,
)
from counterpoise.questions.decisions import TOLD, sources_of
from counterpoise.questions.question import ChartSpec, Context, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import reply, said


@computed(
    against="USA+HUN", without=LAYERS, place="NATO-EUR", competence="political-guidance", on=RELEASE
)
def who_steers(
    view: View,
    context: Context,
    against: StatesArgument,
    without: LayersArgument,
    place: PlaceArgument,
    competence: CompetenceArgument,
    on: DayArgument,
) -> Reply:
    """Bodies by passage, cover and legitimacy side by side, those of some layers left out."""
    dataset = view.dataset
    vote = Vote(read_positions(dataset, against), on, competence)
    found = [
        item
        for item in outcomes(view, vote)
        if item.result != NOT_RUN
        and len(item.voters) > 1
        and dataset.text(dataset.target(item.address, "organ of"), "layer") not in without
    ]
    if not found:
        raise NoAnswer("a body for that matter outside these layers")
    whole = {
        name: amount_behind(view, place.states, read)
        for name, read in (("people", people), ("money", spending(YEAR)))
    }
    rows, amounts = [], []
    for item in found:
        inside = tuple(state for state in item.remain if state in place.states)
        money = amount_behind(view, inside, spending(YEAR))
        heads = amount_behind(view, inside, people)
        amounts += [each for each in (money, heads) if each is not None]
        cover = _part(money, whole["money"]), _part(heads, whole["people"])
        rows.append(_steer(view, item, inside, *cover))
    rows.sort(key=lambda row: (row["status"], row["outcome"], -row["cover_spending_pct"]))
    open_ones = [row for row in rows if row["status"] == EXISTING and row["outcome"] == "passes"]
    best = max(open_ones, key=lambda row: row["cover_spending_pct"], default=None)
    least = min(open_ones, key=lambda row: row["stop_alone"], default=None)
    told = (
        f"the widest cover has {best['body']} ({said(best['cover_spending_pct'])}% of "
        f"{place.name}'s outlay), the fewest members who can stop it alone has "
        f"{least['body']} ({least['stop_alone']} of {least['members']})"
        if best and least
        else "none of them passes"
    )
    left_out = " and ".join(sorted(without)) or "none"
    sentence = (
        f"With {names(against) or 'nobody'} against and the bodies of {left_out} left out, "
        f"{len(open_ones)} existing bodies of states can still set a course, and "
        f"{sum(row['status'] != EXISTING for row in rows)} are only proposed: {told}."
    )
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "points", "stop_alone", "cover_spending_pct",
            "Passage against cover, by body", f"percent of {place.name}'s defence outlay",
            series="status", label="body", x_title="members whose objection alone stops it",
        ),
        reasons=[
            "passage, cover and legitimacy stand side by side and aren't added up: a weighting "
            "would be a judgement",
            "passage: the outcome under the votes given, and the part of its members whose "
            "objection alone doesn't stop it",
            f"cover: the part of {place.name}'s defence outlay {YEAR} and population behind it",
            "legitimacy: population that is for, and parliaments that must agree before forces go, "
            "counted apart: before + partly + not needed + unknown",
            *(
                f"{short(item.address)}: {'; '.join(item.reasons)}"
                for item in found[:TOLD]
            ),
        ],
        not_included=[
            "what bodies are able to plan: staffs, money and experience",
            "bodies whose members aren't known: `decide --part gaps`",
        ],
        cites=sources_of(found),
    )  # fmt: skip


def _part(own: Amount | None, whole: Amount | None) -> float:
    return 0.0 if own is None or whole is None or not whole.value else 100 * own.value / whole.value


def _steer(view: View, item: Outcome, inside: tuple[str, ...], money: float, heads: float) -> Row:
    blocking = smallest_blocking(unopposed(item))
    alone = blocking.count if blocking.size == 1 else 0
    heard = parliaments(view.dataset, inside)
    return {
        "status": item.status,
        "body": short(item.address),
        "outcome": item.result,
        "members": len(item.voters),
        "stop_alone": alone,
        "survives_pct": 100 * (1 - alone / len(item.voters)),
        "cover_spending_pct": money,
        "cover_population_pct": heads,
        "parliaments": _counted(heard),
        "days": days_told(item.days),
    }


def _counted(heard: Parliaments) -> str:
    """Parliaments by whether they must agree: before, partly, not needed, unknown."""
    groups = (heard.needed, heard.partly, heard.not_needed, heard.unknown)
    return " + ".join(str(len(group)) for group in groups)
