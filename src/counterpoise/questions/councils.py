"""Who sits in a council and how it votes: power and passage for variants of its membership."""

from __future__ import annotations

from typing import Annotated

from counterpoise.cooperation.behind import amount_behind, parliaments, people, spending
from counterpoise.cooperation.blocking import chance, smallest_blocking
from counterpoise.cooperation.coalitions import tally
from counterpoise.cooperation.electorates import VOTING, Seat
from counterpoise.cooperation.games import Game
from counterpoise.cooperation.overview import YEAR
from counterpoise.cooperation.power import power
from counterpoise.cooperation.rules import game_of, read_rule
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import short
from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import number, thing
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.decision_kinds import VARIANTS, Members, VariantsArgument
from counterpoise.questions.question import ChartSpec, Context, Flip, Reply, Row
from counterpoise.questions.registry import computed
from counterpoise.questions.reply import reply, said

RuleArgument = Annotated[str, thing("decision-rule")]
SupportArgument = Annotated[float, number(0, 1, "probability that a member is for")]


def game_for(dataset: Dataset, rule: str, states: tuple[str, ...]) -> Game:
    """The game of a council of states with one plain seat each; NoAnswer for want of a figure."""
    seats = []
    for state in states:
        millions = dataset.value(state, "population")
        heads = None if millions is None else round(1e6 * millions)
        seats.append(Seat(state, state, short(state), VOTING[0], 1, heads, "", ""))
    try:
        return game_of(read_rule(dataset, rule), seats)
    except ValueError as unknown:
        raise NoAnswer(str(unknown)) from None


@computed(variants=VARIANTS, rule="unanimity", support="0.95")
def council_variants(
    view: View,
    context: Context,
    variants: VariantsArgument,
    rule: RuleArgument,
    support: SupportArgument,
) -> Reply:
    """Power and passage of a council for variants of its membership, under one rule."""
    named = view.dataset.things[rule].name
    rows: list[Row] = []
    amounts: list[Amount] = []
    for variant in variants:
        money = amount_behind(view, variant.states, spending(YEAR))
        heads = amount_behind(view, variant.states, people)
        amounts += [each for each in (money, heads) if each is not None]
        game = game_for(view.dataset, rule, variant.states)
        rows.append(_variant(view, variant, game, support, named, money, heads))
    likeliest = max(rows, key=lambda row: row["passes_pct"])
    widest = max(rows, key=lambda row: row["spending_eur_bn"] or 0.0)
    sentence = (
        f"Under {named}, with each member for with a probability of {said(support)}, "
        f"{likeliest['variant']} ({likeliest['members']} members) passes most often, "
        f"{said(likeliest['passes_pct'])}%; the largest outlay stands behind {widest['variant']} "
        f"({widest['members']} members, EUR bn {said(widest['spending_eur_bn'] or 0.0)}), which "
        f"passes {said(widest['passes_pct'])}%."
    )
    half = f"half of the decisions of {variants[0].name} pass"
    definition = view.dataset.text(rule, "definition")
    return reply(
        sentence,
        rows,
        amounts,
        chart=ChartSpec(
            "points", "spending_eur_bn", "passes_pct", "Passage against outlay, by membership",
            "percent of decisions that pass", series="rule", label="variant",
            x_title=f"defence outlay {YEAR} of the members, EUR bn",
        ),
        reasons=[
            f"{named}: {definition}",
            "members' votes are independent, and each is for with the same probability; real "
            "votes go together, so the figures rank variants and forecast nothing",
            "coalitions: the part of all ways to vote under which a decision passes",
            "power: each member's part by Shapley and Shubik, beside it by Banzhaf, without regard "
            "to the matter",
            "in a council where each member can stop a decision all have the same power, and each "
            "further member lowers passage",
            *(
                f"{row['variant']}: {row['members']} members, power {row['power']}, "
                f"{said(row['passes_pct'])}% pass"
                for row in rows
            ),
            *_other_rules(view, variants[0], support, rule),
        ],
        flips=[
            Flip("support", support, turn, "probability", half, True)
            for turn in [_turning(game_for(view.dataset, rule, variants[0].states))]
            if turn is not None
        ],
        not_included=["who sits without a vote: presidents of the Union and of NATO"],
        cites=[key for variant in variants for key in variant.sources]
        + list(view.dataset.things[rule].sources),
    )  # fmt: skip


def _other_rules(view: View, first: Members, support: float, rule: str) -> list[str]:
    """What the first variant would pass under a majority instead."""
    found = []
    for other in ("decision-rule/qualified-55-65", "decision-rule/simple-majority"):
        if other != rule and other in view.dataset.things:
            game = game_for(view.dataset, other, first.states)
            likely = chance(game, dict.fromkeys(game.players, support))
            name = view.dataset.things[other].name
            found.append(f"under {name} {first.name} passes {said(100 * likely.value)}%")
    return found


def _turning(game: Game, share: float = 0.5) -> float | None:
    """The probability of each member at which a share of decisions passes; None for none."""
    low, high = 0.0, 1.0
    if chance(game, dict.fromkeys(game.players, high)).value < share:
        return None
    for _ in range(20):
        middle = (low + high) / 2
        if chance(game, dict.fromkeys(game.players, middle)).value < share:
            low = middle
        else:
            high = middle
    return high


def _variant(
    view: View,
    variant: Members,
    game: Game,
    support: float,
    rule: str,
    money: Amount | None,
    heads: Amount | None,
) -> Row:
    strength = power(game)
    blocking = smallest_blocking(game)
    likely = chance(game, dict.fromkeys(game.players, support))
    counted = tally(game)
    ordered = sorted(strength.values(), key=lambda item: -item.shapley)
    heard = parliaments(view.dataset, variant.states)
    every = 2 ** len(game.players)
    return {
        "variant": variant.name,
        "rule": rule,
        "members": len(game.players),
        "passes_pct": 100 * likely.value,
        "error_pct": 100 * likely.error,
        "coalitions_pct": None if counted is None else 100 * sum(counted.total) / every,
        "smallest_block": blocking.size,
        "blocking_sets": blocking.count,
        "power": _powers([(short(item.voter), item.shapley) for item in ordered]),
        "banzhaf": _powers([(short(item.voter), item.banzhaf) for item in ordered]),
        "population_m": None if heads is None else heads.value,
        "spending_eur_bn": None if money is None else money.value,
        "parliaments_before": len(heard.needed),
    }


def _powers(parts: list[tuple[str, float]]) -> str:
    """Power in percent, members with the same together: "DEU, FRA 20%; ITA 12%"."""
    groups: dict[str, list[str]] = {}
    for name, share in parts:
        groups.setdefault(said(100 * share, 3), []).append(name)
    return "; ".join(
        f"{', '.join(names) if len(names) <= 4 else f'{len(names)} members'} {share}%"
        for share, names in groups.items()
    )
