"""What an address inside a run shows, and why."""

from __future__ import annotations

from typing import Any

import polars as pl

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.evaluate import MEASURES, evaluate
from counterpoise.measures.registry import printed
from counterpoise.planning.saved import read_stage
from counterpoise.planning.why import why_orders
from counterpoise.questions.run_data import dataset_of

Row = dict[str, Any]


def _rows(frame: pl.DataFrame) -> list[Row]:
    return [dict(row) for row in frame.iter_rows(named=True)]


def show_in_run(run: runs.Run, path: list[str]) -> list[Row]:
    """Rows for run/ID (its tables and measures), /TABLE, /state/POL, or /MEASURE/arguments."""
    if not path:
        tables = [{"address": f"run/{run.id}/{name}", "what": "table"} for name in run.tables()]
        measures = [
            {
                "address": "/".join(
                    ("run", run.id, item.name, *(f"<{name}>" for name in item.arguments))
                ),
                "what": item.definition.splitlines()[0],
            }
            for item in MEASURES.values()
        ]
        return tables + measures
    if path[0] == "state" and len(path) == 2:
        return state_rows(run, path[1].upper())
    shown = len(path) == 1 and path[0] in run.tables()
    if path[0] in MEASURES and not shown:
        found = MEASURES[path[0]]
        value = evaluate(run.table, *path)
        return [
            {
                "address": "/".join(("run", run.id, *path)),
                "value": value,
                "unit": found.unit,
                "definition": found.definition,
            }
        ]
    if path[0] == "order":
        return _rows(_orders(run, path[1:]))
    if len(path) == 1:
        return _rows(run.table(path[0]))
    raise NotFound(
        "/".join(("run", run.id, *path)), [f"run/{run.id}/{name}" for name in MEASURES][:5]
    )


def _behaviour(run: runs.Run) -> str:
    """The behaviour whose problem says why."""
    known = run.table("summary")["behaviour"].to_list()
    return next(name for name in ("together", "alone", "ordered") if name in known)


def _printed(run: runs.Run) -> str:
    """The behaviour whose orders are shown."""
    return printed(run.table("summary")["behaviour"].to_list())


def state_rows(run: runs.Run, state: str) -> list[Row]:
    """One state's needs, gaps, money and orders under the plan whose orders are printed."""
    behaviour = _printed(run)
    gaps = run.table("gaps").filter(
        (pl.col("place") == f"state/{state}") & (pl.col("behaviour") == behaviour)
    )
    if gaps.is_empty():
        known = sorted({place.split("/")[1] for place in run.table("gaps")["place"]})
        near = [name for name in known if name[:1] == state[:1]] or known[:5]
        raise NotFound(f"run/{run.id}/state/{state}", [f"run/{run.id}/state/{n}" for n in near])
    rows: list[Row] = []
    columns = ("need", "held", "arriving", "us_part", "bought", "gap")
    for area in gaps["area"].unique(maintain_order=True):
        for year in (2027, 2030, 2033, 2035):
            name = area.split("/")[1]
            values = {
                column: evaluate(run.table, column, behaviour, state, name, str(year))
                for column in columns
            }
            rows.append({"part": "need", "what": name, "year": year, **values, "eur_bn": None})
    money = run.table("money").filter(
        (pl.col("state") == f"state/{state}") & (pl.col("behaviour") == behaviour)
    )
    for line in money.filter(pl.col("year") <= 2035).iter_rows(named=True):
        for item in ("budget", "committed", "national", "loans", "purchases", "upkeep"):
            rows.append(_plain("money", item, line["year"], line[item]))
    orders = run.table("orders").filter(
        (pl.col("buyer") == f"state/{state}") & (pl.col("behaviour") == behaviour)
    )
    for line in orders.sort("ordered", "eur_bn", descending=[False, True]).iter_rows(named=True):
        row = _plain("order", line["line"], line["ordered"], line["eur_bn"])
        row["bought"] = line["units"]
        rows.append(row)
    return rows


def _plain(part: str, what: str, year: int, eur_bn: float) -> Row:
    empty = dict.fromkeys(("need", "held", "arriving", "us_part", "bought", "gap"))
    return {"part": part, "what": what, "year": year, **empty, "eur_bn": eur_bn}


def _orders(run: runs.Run, path: list[str]) -> pl.DataFrame:
    frame = run.table("orders").filter(pl.col("behaviour") == _printed(run))
    for column, prefix, value in zip(
        ("buyer", "line", "ordered"), ("state/", "line/", ""), path, strict=False
    ):
        wanted = int(value) if column == "ordered" and value.isdigit() else prefix + value
        if isinstance(wanted, str) and column == "ordered":
            raise NotFound(f"run/{run.id}/order/" + "/".join(path))
        frame = frame.filter(pl.col(column) == wanted)
    if frame.is_empty():
        raise NotFound(
            f"run/{run.id}/order/" + "/".join(path),
            [
                f"run/{run.id}/order/" + "/".join(order_path(row))
                for row in run.table("orders").sort("eur_bn", descending=True).head(5).to_dicts()
            ],
        )
    return frame


def order_path(row: Row) -> tuple[str, str, str]:
    """Buyer, line and year of an order, as its address has them."""
    return row["buyer"].split("/")[1], row["line"].split("/")[1], str(row["ordered"])


def why_in_run(run: runs.Run, path: list[str]) -> list[Row]:
    """Why an order (order/BUYER/LINE/YEAR), a line's orders (line/NAME) or a figure stands."""
    if path and path[0] in MEASURES:
        return _why_measure(run, path)
    if path and path[0] == "line" and len(path) == 2:
        return _why_line(run, f"line/{path[1]}", "")
    if path and path[0] == "order" and len(path) >= 3:
        _orders(run, path[1:])
        return _why_line(run, f"line/{path[2]}", f"state/{path[1].upper()}")
    raise NotFound(
        "/".join(("run", run.id, *path)),
        [f"run/{run.id}/order/<buyer>/<line>/<year>", f"run/{run.id}/line/<line>"],
    )


def _why_measure(run: runs.Run, path: list[str]) -> list[Row]:
    row = show_in_run(run, path)[0]
    rows = [{"what": "value", "text": f"{row['value']:.6g} {row['unit']}", "amount": row["value"]}]
    rows.append({"what": "definition", "text": row["definition"], "amount": None})
    if "influential-inputs" in run.tables():
        rows.append(
            {"what": "note", "text": "inputs that move the whole result most:", "amount": None}
        )
        for item in run.table("influential-inputs").head(10).to_dicts():
            text = f"{item['address']} ({item['basis']})"
            rows.append({"what": "input", "text": text, "amount": item["effect"]})
    return rows


def _why_line(run: runs.Run, line: str, buyer: str) -> list[Row]:
    if _behaviour(run) != "together":
        problem = Problem(
            "behaviour",
            run.id,
            None,
            "",
            _behaviour(run),
            "a run with the plan together",
            "plan with --behaviour all or together",
        )
        raise BadInput([problem])
    stage, first = read_stage(run.arrays("together-0-shortfall"))
    _, second = read_stage(run.arrays("together-0-cost"))
    reason = why_orders(stage, first, second.column, line, buyer)
    who = f"{buyer.split('/')[1]}'s orders" if buyer else "all orders"
    rows = [
        {
            "what": "avoided",
            "text": f"shortfall to 2040, percent-years, that {who} on {line} avoid: "
            "the saved problem solved again with them closed",
            "amount": reason.avoided,
        }
    ]
    for label, text, worth in reason.rows:
        rows.append({"what": "kept by", "text": f"{label}: {text}", "amount": worth})
    if not reason.rows:
        rows.append(
            {"what": "kept by", "text": "no need that binds: interchangeable", "amount": 0.0}
        )
    return rows + _line_inputs(dataset_of(run), line)


def _line_inputs(data: Dataset, line: str) -> list[Row]:
    rows = []
    system = data.target(line, "makes")
    for subject, quantity in (
        (line, "rate"),
        (line, "lead_time"),
        (line, "open_share"),
        (system, "unit_price"),
    ):
        found = data.observation(subject, quantity)
        if found is not None:
            low, high = found.low, found.high
            span = f" ({low:g} to {high:g})" if low is not None and high is not None else ""
            text = f"{found.address}: {found.value:g}{span} {found.unit}, {found.basis}"
            rows.append({"what": "input", "text": text, "amount": found.value})
    return rows
