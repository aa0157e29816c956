"""How a council can be legitimate and quick: stages of consent against delay."""

from __future__ import annotations

from typing import Annotated

from counterpoise.cooperation.behind import amount_behind, parliaments, people
from counterpoise.cooperation.stages import days_of, stages_of
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import short
from counterpoise.measures.parameters import number, thing
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.councils import RuleArgument, game_for
from counterpoise.questions.decision_kinds import CompetenceArgument, MembersArgument
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import reply, said

DaysArgument = Annotated[float, number(0, 400, "days")]
CaseArgument = Annotated[str, thing("body")]


@computed(
    members="esc-ceps",
    rule="unanimity",
    like="council-fac",
    competence="operation-authorise",
    parliament_days="21",
)
def quick_council(
    view: View,
    context: Context,
    members: MembersArgument,
    rule: RuleArgument,
    like: CaseArgument,
    competence: CompetenceArgument,
    parliament_days: DaysArgument,
) -> Reply:
    """Consent stages of a council against its delay: how much is agreed to, and how late."""
    dataset = view.dataset
    days = days_of(dataset, like, stages_of(dataset, like, dataset.release, competence))
    if days is None or days[1] is None:
        raise NoAnswer(f"days that {dataset.things[like].name} takes", _with_days(dataset))
    game = game_for(dataset, rule, members.states)
    whole = amount_behind(view, members.states, people)
    if whole is None:
        raise NoAnswer(f"a population of {members.name}")
    heard = parliaments(dataset, members.states)
    every = members.states
    steps = (
        ("leaders alone", (), 0.0),
        ("parliaments told afterwards", (), 0.0),
        ("parliaments that must agree before", heard.needed, parliament_days),
        ("those, and those that must in part", heard.needed + heard.partly, parliament_days),
        ("every parliament, side by side", every, parliament_days),
        ("every parliament, one after another", every, parliament_days * len(every)),
    )
    rows: list[Row] = []
    amounts = [whole]
    for name, asked, more in steps:
        order = "one after another" if more > parliament_days else "side by side"
        behind = amount_behind(view, asked, people)
        amounts += [behind] if behind is not None else []
        rows.append(
            {
                "consent": name,
                "parliaments_asked": len(asked),
                "asked": order if asked else "nobody before",
                "can_stop": len(game.needed) + len(asked),
                "agreed_before_pct": 0.0 if behind is None else 100 * behind.value / whole.value,
                "days_low": None if days[0] is None else days[0] + more,
                "days": days[1] + more,
                "days_high": None if days[2] is None else days[2] + more,
            }
        )
    first, middle = rows[0], rows[2]
    sentence = (
        f"If {members.name} ({len(every)} members) decides as quickly as "
        f"{short(like)} ({said(first['days'])} days) and a parliament takes "
        f"{said(parliament_days)}, asking the {middle['parliaments_asked']} parliaments that must "
        f"agree before forces go takes {said(middle['days'])} days and has "
        f"{said(middle['agreed_before_pct'])}% of the population behind it; asking all side by "
        f"side costs no more time and has 100%, one after another "
        f"{said(rows[-1]['days'])} days."
    )
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "points", "days", "agreed_before_pct", "Consent against delay",
            "percent of the population whose parliament agreed before",
            series="asked", label="consent",
            x_title="days to a decision",
        ),
        reasons=[
            f"days of the council are those of cases of {dataset.things[like].name}",
            f"days of a parliament ({said(parliament_days)}) are the asker's: the data knows no "
            "cases of them; `parliament_days=` changes them",
            f"parliaments: {len(heard.needed)} must agree before, {len(heard.partly)} afterwards "
            f"or in some cases, {len(heard.not_needed)} need not, {len(heard.unknown)} not known",
            "each parliament that must agree can stop its own state's forces, not the council",
            "a score that weighs consent against delay would be a judgement: both are shown",
        ],
        flips=[
            Flip(
                "parliament_days", parliament_days, 0.0, "days",
                "consent before costs no time, as where it is given once for a standing force",
                True,
            )
        ],
        not_included=[
            "legitimacy by other ways: elections, courts, a council's own assembly",
            "that members who can be outvoted may stay away",
        ],
        cites=[*members.sources, *dataset.things[rule].sources, *dataset.things[like].sources],
    )  # fmt: skip


def _with_days(dataset: Dataset) -> list[str]:
    """Bodies whose days are known from cases."""
    found = []
    for body in dataset.kind("body"):
        days = days_of(dataset, body.address, stages_of(dataset, body.address, dataset.release))
        if days is not None and days[1] is not None:
            found.append(short(body.address))
    return found
