"""Worksheets on money: what instruments cover, who pays, what a euro buys."""

from __future__ import annotations

from counterpoise.measures.amount import Amount, total
from counterpoise.measures.view import View
from counterpoise.questions.arithmetic import percent
from counterpoise.questions.registry import worksheet

PAYERS = "NATO-EUR"
"""The states among which the cost of a wider deterrent is shared."""

_GDP_YEAR = "2025"


@worksheet
def fiscal_power(
    target: Amount,
    spending: Amount,
    loans: Amount,
    loan_years: Amount,
    grants: Amount,
    grant_years: Amount,
    unspent: Amount,
) -> dict[str, Amount]:
    """Share of the yearly gap in spending that EU instruments cover.

    Share = (loans / their years + grants / their years) × (1 − unspent) / (spending aimed at −
    spending today).
    """
    gap = target - spending
    a_year = loans / 1000 / loan_years + grants / grant_years
    covered = a_year * (1 - percent(unspent))
    return {"share": 100 * covered / gap, "covered": covered, "gap": gap}


@worksheet
def paying_ukrainian_makers(
    ukrainian_price: Amount,
    home_price: Amount,
    overhead: Amount,
    replacement: Amount,
    overhaul: Amount,
) -> dict[str, Amount]:
    """Items that a billion euros brings by three ways of paying.

    Items = 1000 / cost of one in EUR m. Direct finance: Ukrainian price × (1 + overhead). Home
    purchase: European price. Donation from stock: European price × (overhaul + part at which
    the giver buys anew).
    """
    direct = 1000 / (ukrainian_price * (1 + percent(overhead)))
    home = 1000 / home_price
    donation = 1000 / (home_price * (percent(overhaul) + percent(replacement)))
    return {"direct_finance": direct, "home_purchase": home, "donation": donation}


@worksheet
def deterrent_cost(
    view: View, cost: Amount, product_weight: Amount, border_factor: Amount
) -> dict[str, Amount]:
    """Who would pay what of a wider deterrent's cost.

    A state's share = its key / the sum of keys; key = (weight × share of product + (1 − weight)
    × share of population) × border factor where it borders Russia or Belarus.
    """
    place = view.place(PAYERS)
    products, heads = {}, {}
    for state in place.states:
        product = view.known(state, "gdp_eur", _GDP_YEAR)
        people = view.known(state, "population")
        if product is not None and people is not None:
            products[state], heads[state] = product, people
    all_products, all_heads = total(products.values()), total(heads.values())
    keys = {}
    for state, product in products.items():
        by_product = percent(product_weight) * product / all_products
        by_head = (1 - percent(product_weight)) * heads[state] / all_heads
        near = view.dataset.text(state, "borders_russia_belarus") == "y"
        keys[state] = (by_product + by_head) * (border_factor if near else 1.0)
    whole = total(keys.values())
    whole = Amount(whole.value, whole.slopes, frozenset(place.states) - keys.keys())
    ranked = sorted(keys, key=lambda state: -keys[state].value)
    bills = {state.split("/")[1]: cost * keys[state] / whole for state in ranked}
    five = total(list(bills.values())[:5])
    return {"five_largest": 100 * five / cost, **bills}


@worksheet
def drone_exchange(
    drone_price: Amount,
    cheap_price: Amount,
    dear_price: Amount,
    cheap_share: Amount,
    shots: Amount,
) -> dict[str, Amount]:
    """What the defender pays for each euro of the attacker, procurement costs only.

    Ratio = interceptors for a drone × (cheap share × cheap price + dear share × dear price) /
    price of the drone.
    """
    cheap = percent(cheap_share)
    answer = shots * (cheap * cheap_price + (1 - cheap) * dear_price)
    return {"ratio": answer / drone_price, "break_even_price": answer}
