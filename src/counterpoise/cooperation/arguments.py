"""Arguments of commands and questions on cooperation: days, and lists of states."""

from __future__ import annotations

from typing import Annotated, Any

from counterpoise.data.dates import is_date
from counterpoise.data.records import short
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import Kind, Refused, near, number, thing
from counterpoise.measures.view import View

NOBODY = "none"


def _read_day(text: str, view: View) -> str:
    if len(text) != len("2026-09-01") or not is_date(text):
        raise Refused("a day such as 2026-09-01")
    return text


def _read_states(text: str, view: View) -> tuple[str, ...]:
    """Addresses of states named with commas between them; none for the word none."""
    if text == NOBODY:
        return ()
    found: dict[str, None] = {}
    for name in text.split(","):
        try:
            found[thing("state").read(name.strip(), view)] = None
        except Refused as refused:
            known = [short(item.address) for item in view.dataset.kind("state")]
            raise Refused(refused.expected, refused.near or near(name, known)) from None
    return tuple(found)


def _read_plan(text: str, view: View) -> tuple[str, ...]:
    """One regional plan by name or short name, or all of them."""
    plans = [item.address for item in view.dataset.kind("regional-plan")]
    if text == "all":
        return tuple(plans)
    known = {short(plan): plan for plan in plans}
    known |= {name.removeprefix("rp-"): plan for name, plan in known.items()}
    if text.removeprefix("regional-plan/") not in known:
        raise Refused(f"all, or one of {', '.join(known)}", near(text, list(known)))
    return (known[text.removeprefix("regional-plan/")],)


def _nothing(value: Any, view: View) -> list[str]:
    return []


DayArgument = Annotated[str, Kind("day", "a day such as 2026-09-01", _read_day, _nothing)]
StatesArgument = Annotated[
    tuple[str, ...], Kind("states", "states, with commas between; or none", _read_states, _nothing)
]
KilometresArgument = Annotated[float, number(100, 10000, "km")]
PlansArgument = Annotated[
    tuple[str, ...], Kind("plan", "a regional plan (north, centre, south), or all", _read_plan,
                          lambda value, view: [item.split("/")[1] for item in value]),
]  # fmt: skip


def read_one(argument: Any, text: str, view: View, command: str, option: str) -> Any:
    """A command's option read as one of these kinds; BadInput with near misses."""
    kind = next(mark for mark in argument.__metadata__ if isinstance(mark, Kind))
    try:
        return kind.read(text, view)
    except Refused as refused:
        close = f"did you mean {', '.join(refused.near)}?" if refused.near else f"change {option}"
        raise BadInput(
            [Problem("argument", command, None, option, text, refused.expected, close)]
        ) from None
