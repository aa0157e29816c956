"""Worksheets on forces: time in administration, ageing of stocks, number against quality."""

from __future__ import annotations

from counterpoise.measures.amount import Amount, total
from counterpoise.questions.arithmetic import halved, percent, to_power
from counterpoise.questions.registry import worksheet

_LN_2 = 0.6931471805599453


@worksheet
def weeks_lost(
    clearance: Amount,
    tender: Amount,
    contract: Amount,
    approval: Amount,
    licence: Amount,
    needed: Amount,
    overlap: Amount,
) -> dict[str, Amount]:
    """Weeks lost in national administration, by stage.

    Lost in a stage = its weeks × (1 − part that the work itself needs); in all = their sum × (1
    − part that runs side by side).
    """
    stages = {
        "security_clearance": clearance,
        "tender": tender,
        "contract": contract,
        "approval_of_money": approval,
        "export_licence": licence,
    }
    lost = {name: weeks * (1 - percent(needed)) for name, weeks in stages.items()}
    return {"weeks_lost": total(lost.values()) * (1 - percent(overlap)), **lost}


@worksheet
def stock_under_obsolescence(
    rate: Amount, batch: Amount, lead: Amount, half_life: Amount
) -> dict[str, Amount]:
    """What a stock is worth when its kind of item ages within months.

    Mean worth = 2^(−lead / half-life) × (1 − 2^(−batch / half-life)) / (ln 2 × batch / half-
    life): the design is frozen a lead time before use, and a batch is used up evenly. Effective
    stock = rate × batch × worth / 2, since half of a batch lies in stock on average.
    """
    lives = batch / half_life
    worth = halved(lead / half_life) * (1 - halved(lives)) / (_LN_2 * lives)
    return {"worth": 100 * worth, "effective_stock": rate * batch * worth / 2}


@worksheet
def number_against_quality(
    price_ratio: Amount, quality_ratio: Amount, exponent: Amount, crewed: Amount
) -> dict[str, Amount]:
    """Strength of many cheap items against few better ones for one budget.

    Advantage = (price ratio × crewed part)^exponent / quality ratio. Strength is number to an
    exponent times quality: one for the linear law, two for the square law of Lanchester,
    Aircraft in Warfare (1916).
    """
    more = price_ratio * percent(crewed)
    break_even = to_power(more, exponent)
    return {"advantage": break_even / quality_ratio, "break_even_quality": break_even}


@worksheet
def interchangeable_ammunition(
    plain: Amount, approved_plain: Amount, approved_special: Amount, guns: Amount, makers: Amount
) -> dict[str, Amount]:
    """Share of pairs of gun and round, weighted by stocks, that may be fired together.

    Share = plain part of stocks × approved pairs with plain rounds + special part × approved
    pairs with special rounds. Approvals missing = guns × makers × (1 − share).
    """
    special = 1 - percent(plain)
    share = percent(plain) * percent(approved_plain) + special * percent(approved_special)
    return {"share": 100 * share, "approvals_missing": guns * makers * (1 - share)}
