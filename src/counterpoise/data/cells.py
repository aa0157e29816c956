"""Values as a reader sees them."""

from __future__ import annotations

import math
import re
from typing import Any


def shown(value: Any) -> str:
    """A cell as a reader sees it: three significant digits, nothing for None; years stay whole."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        if value == int(value) and (abs(value) < 1000 or 1900 <= value <= 2100):
            return f"{int(value)}"
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def unit_told(unit: str) -> str:
    """A unit as a reader knows it: "eur_bn" is "EUR bn", "year" goes without saying."""
    if unit == "year":
        return ""
    if unit[:1].isdigit():
        return f"on a scale of {unit}"
    money = re.fullmatch(r"([a-z]{3})_(bn|m)", unit)
    return f"{money[1].upper()} {money[2]}" if money else unit.replace("_", " ")
