"""Worksheets on partners: balance of trade and rights, access to markets, retaliation."""

from __future__ import annotations

from collections import defaultdict

from counterpoise.measures.amount import Amount, total
from counterpoise.measures.view import NoAnswer, View
from counterpoise.questions.arithmetic import percent
from counterpoise.questions.registry import worksheet

SUPPLIER = "state/USA"
"""The partner whose retaliation the worksheet looks at; the question names it."""


@worksheet
def balanced_relations(
    procurement: Amount,
    bought_share: Amount,
    sold: Amount,
    consent_bought: Amount,
    consent_sold: Amount,
) -> dict[str, Amount]:
    """What comes back of the money paid to the partner, and whose consent binds whom.

    Returned = sold / bought; bought = procurement × share bought from the partner. Consent
    balance = sold × part under our consent − bought × part under theirs.
    """
    bought = procurement * percent(bought_share)
    bound = bought * percent(consent_bought) - sold * percent(consent_sold)
    return {
        "returned": 100 * sold / bought,
        "trade_deficit": bought - sold,
        "consent_deficit": bound,
    }


@worksheet
def market_access(
    american_share: Amount,
    european_share: Amount,
    european_market: Amount,
    american_outlay: Amount,
    american_equipment: Amount,
) -> dict[str, Amount]:
    """How much more of one market the other side's makers win.

    Access ratio = share of European purchases that American makers win / share of American
    purchases that European makers win; euro ratio = the same in money.
    """
    american_market = american_outlay / 1000 * percent(american_equipment)
    won_here = european_market * percent(american_share)
    won_there = american_market * percent(european_share)
    return {
        "access_ratio": american_share / european_share,
        "euro_ratio": won_here / won_there,
        "sales_in_Europe": won_here,
        "sales_in_America": won_there,
    }


@worksheet
def retaliation_cost(
    view: View, surcharge: Amount, delay: Amount, carry: Amount, hit: Amount
) -> dict[str, Amount]:
    """What surcharges and delays on open orders from the United States would cost.

    Cost = value of open orders × part hit × (surcharge + years of delay × cost of waiting a
    year). Open is what is due after the release, on a straight line between first and last
    delivery.
    """
    orders: defaultdict[str, list[Amount]] = defaultdict(list)
    inside = set(view.place("NATO-EUR").states)
    for order in view.dataset.kind("order"):
        if SUPPLIER not in view.dataset.targets(order.address, "built in"):
            continue
        if order.texts.get("status") != "signed":
            continue
        value = _open_value(view, order.address)
        buyers = view.dataset.targets(order.address, "bought by")
        for buyer in buyers:
            if value is not None and value.value > 0 and buyer in inside:
                orders[buyer].append(value / len(buyers) / 1000)
    if not orders:
        raise NoAnswer("an open order that is built in the United States")
    loss = percent(hit) * (percent(surcharge) + delay * percent(carry))
    costs = {state.split("/")[1]: total(items) * loss for state, items in orders.items()}
    ranked = sorted(costs.items(), key=lambda entry: -entry[1].value)
    return {"whole": total(costs.values()), **dict(ranked)}


def _open_value(view: View, order: str) -> Amount | None:
    """What is due of an order after the release, in EUR m; None where its value isn't known.

    The value is as stated, else units times the system's price.
    """
    value = view.known(order, "value")
    if value is None:
        units = view.known(order, "quantity")
        price = view.known(view.dataset.target(order, "order of"), "unit_price")
        if units is None or price is None:
            return None
        value = units * price
    first = view.dataset.value(order, "delivery_first")
    last = view.dataset.value(order, "delivery_last")
    if first is None or last is None:
        return value
    next_year = int(view.dataset.release[:4]) + 1
    left = (last + 1 - next_year) / (last + 1 - first)
    return value * min(max(left, 0.0), 1.0)
