"""Worksheets on money: who pays, what instruments cover, what a euro buys."""

from __future__ import annotations

from counterpoise.measures.amount import Amount
from counterpoise.questions.registry import worksheet


@worksheet
def fiscal_power(
    need: Amount, instruments: Amount, years: Amount, cut: Amount
) -> dict[str, Amount]:
    """Share covered = envelopes / years × (1 − cut) / yearly need; the rest falls to states."""
    covered = instruments / years * (1 - cut / 100)
    return {"share": 100 * covered / need, "covered": covered, "left": need - covered}
