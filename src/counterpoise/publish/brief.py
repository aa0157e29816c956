"""The brief of a run: five findings, then who pays, dependence, gaps, orders, bottlenecks."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.publish.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Date,
    Document,
    Finding,
    Heading,
    Name,
    Paragraph,
    Part,
    SourceLine,
    Strong,
    Table,
    parts,
)
from counterpoise.publish.charts import bands, bars, heat
from counterpoise.publish.figures import Figures
from counterpoise.publish.map import cover_map
from counterpoise.runs import Run

YEARS = tuple(str(year) for year in range(2027, 2036))
SHOCKS = ("us-exit-2028", "us-deliveries-stop-2028", "gulf-diversion")


@dataclass(frozen=True)
class _Brief:
    run: Run
    data: Dataset
    figures: Figures

    def name(self, address: str) -> Part:
        """The printed name of a thing; digits in it are a name's."""
        thing = self.data.things.get(address)
        text = thing.name if thing is not None else address.split("/")[1]
        return Name(text, address)

    def line(self, address: str) -> list[Part]:
        """A line by its system and the state where it stands."""
        system = self.data.target(address, "makes")
        state = self.data.target(address, "located in")
        return [self.name(system), f" ({state.split('/')[1]})" if state else ""]

    def areas(self) -> list[str]:
        """Short names of the planned areas, in the order of the run."""
        return [
            area.split("/")[1]
            for area in self.run.table("closing")["area"].unique(maintain_order=True)
        ]

    def states(self) -> list[str]:
        """ISO codes of the planning states."""
        return [
            s.split("/")[1] for s in self.run.table("money")["state"].unique(maintain_order=True)
        ]


def build_brief(run: Run, dataset: Dataset) -> Document:
    """The brief of a full run as typed blocks."""
    brief = _Brief(run, dataset, Figures(run))
    blocks: list[Block] = [
        *_findings(brief),
        *_overview(brief),
        *_money(brief),
        *_dependence(brief),
        *_gaps(brief),
        *_orders(brief),
        *_bottlenecks(brief),
        *_shocks(brief),
        *_trust(brief),
        *_sources(brief),
    ]
    return Document(
        title="What European states get by 2035, and what it takes",
        subtitle=parts(
            "Three behaviours in one world. World: ",
            Name(run.meta["scenario_title"]),
            ". Dataset of ",
            Date(run.meta["release"]),
            ", run ",
            Name(run.id),
            ".",
        ),
        blocks=tuple(blocks),
        footer=f"Counterpoise, run {run.id}, dataset of {run.meta['release']}",
    )


def _findings(b: _Brief) -> list[Block]:
    f = b.figures
    return [
        Paragraph(
            parts(
                f.percent("influence", "assumed"),
                " of this result, weighted by effect, rests on assumed inputs. Shortfall is the need "
                "that is not met, in percent of the need, averaged over ",
                f.whole("closed_areas_counted"),
                " capability areas and added up over the years: percent-years. "
                "Money is at prices of ",
                Date(b.run.meta["release"][:4]),
                ".",
            ),
            kind="lead",
        ),
        Finding(
            parts(
                f.percent("unavoidable_share"), " of the shortfall can't be changed by any order."
            ),
            parts(
                "Signed orders alone leave ",
                f.rounded("shortfall", "ordered"),
                " percent-years open to the end of ",
                Date("2035"),
                ". Of these ",
                f.rounded("unavoidable"),
                " fall before the first delivery that any line can make, or in an area that nobody sells.",
            ),
        ),
        _worth(b),
        _closing(b),
        _us_part(b),
        _three_tightest(b),
    ]


def _worth(b: _Brief) -> Finding:
    f = b.figures
    return Finding(
        parts(
            "New orders remove ",
            f.percent("shortfall_removed", "alone", "ordered"),
            " of it state by state, ",
            f.percent("shortfall_removed", "together", "ordered"),
            " together.",
        ),
        parts(
            "Alone, states get from ",
            f.percent("shortfall_removed", "alone-first-round", "ordered"),
            " with one round of offers for the lines' slots to ",
            f.percent("shortfall_removed", "alone", "ordered"),
            " when rounds go on to the end, at EUR ",
            f.rounded("cost", "alone"),
            " bn in present value; together it costs EUR ",
            f.rounded("cost", "together"),
            " bn. The United States then control ",
            f.percent("exposure", "together", "all", "USA", "2035"),
            " of units in service (mean over the areas) against ",
            f.percent("exposure", "ordered", "all", "USA", "2027"),
            " today. ",
            f.whole("plausibility", "worse-together"),
            " states fare worse together than alone.",
        ),
    )


def _closing(b: _Brief) -> Finding:
    f = b.figures
    areas = sorted(b.areas(), key=lambda area: -f.value("worst_open", "together", area))
    listed: list[Part] = []
    for position, area in enumerate(areas[:5]):
        listed += [
            ", " if position else "",
            b.name(f"area/{area}"),
            " (",
            f.percent("worst_open", "together", area),
            ")",
        ]
    return Finding(
        parts(
            f.whole("closed_areas", "together", "2030"),
            " areas are closed by ",
            Date("2030"),
            ", ",
            f.whole("closed_areas", "together", "2035"),
            " by ",
            Date("2035"),
            ".",
        ),
        parts(
            "Signed orders alone close ",
            f.whole("closed_areas", "ordered", "2035"),
            ". Most open between ",
            Date("2029"),
            " and ",
            Date("2033"),
            ", with the worst year's share of the need: ",
            *listed,
            ". The year in which each area closes stands in the table of needs.",
        ),
    )


def _us_part(b: _Brief) -> Finding:
    f = b.figures
    here = b.run.meta["request"]["scenario"]
    return Finding(
        parts(
            "Replacing the US part costs EUR ",
            f.rounded("us_part_cost"),
            " bn and leaves ",
            f.rounded("us_part_shortfall"),
            " percent-years more open.",
        ),
        parts(
            "Planned together, with the US part assured throughout ",
            f.rounded("variant", "us-stays", "planned"),
            " percent-years stay open at EUR ",
            f.rounded("variant_cost", "us-stays", "planned"),
            " bn and four fifths of the need are met from ",
            f.year("variant_reached", "us-stays", "planned"),
            "; in this world ",
            f.rounded("variant", here, "planned"),
            " at EUR ",
            f.rounded("variant_cost", here, "planned"),
            " bn, from ",
            f.year("variant_reached", here, "planned"),
            "; without any US part ",
            f.rounded("variant", "us-gone", "planned"),
            " at EUR ",
            f.rounded("variant_cost", "us-gone", "planned"),
            " bn, from ",
            f.year("variant_reached", "us-gone", "planned"),
            " (all on the yearly calendar).",
        ),
    )


def _three_tightest(b: _Brief) -> Finding:
    f = b.figures
    rows = b.run.table("bottlenecks").head(3).to_dicts()
    listed: list[Part] = []
    for row in rows:
        listed += [
            _step(b, row),
            " removes ",
            f.percent("bottleneck_share", str(row["rank"])),
            "; ",
        ]
    listed[-1] = "."
    return Finding(
        parts("Tightest: ", *_tight_names(b, rows), "."),
        parts("Of the shortfall that the plan leaves, each solved again: ", *listed),
    )


def _tight_names(b: _Brief, rows: list[dict[str, object]]) -> list[Part]:
    found: list[Part] = []
    for position, row in enumerate(rows):
        found += [", " if position else "", _thing(b, str(row["address"]))]
    return found


def _thing(b: _Brief, address: str) -> Part:
    if address.startswith("line/"):
        system = b.data.target(address, "makes")
        state = b.data.target(address, "located in").split("/")[1]
        thing = b.data.things[system]
        return Name(f"{thing.name} line in {state}", address)
    return b.name(address)


def _step(b: _Brief, row: dict[str, object]) -> Part:
    thing = _thing(b, str(row["address"]))
    text = thing.text if isinstance(thing, Name) else str(thing)
    return Name(f"{text}: {row['step']}", str(row["address"]))


def _overview(b: _Brief) -> list[Block]:
    f = b.figures
    rows = []
    for behaviour, label in (
        ("ordered", "signed orders"),
        ("alone", "alone"),
        ("together", "together"),
    ):
        for year in YEARS:
            value = f.value("cover", behaviour, "all", "all", year)
            address = f.address("cover", behaviour, "all", "all", year)
            rows.append(
                {
                    "series": label,
                    "x": int(year),
                    "value": value,
                    "low": value,
                    "high": value,
                    "address": address,
                }
            )
    frame = pl.DataFrame(rows)
    return [
        bands(
            frame,
            caption=parts(
                "Share of the need that is met, mean over the areas; danger years shaded."
            ),
            alternative="Lines of cover for three behaviours from 2027 to 2035",
            y_title="share of the need",
            number=".0%",
            width=0.8,
        )
    ]


def _table(
    caption: tuple[Part, ...],
    columns: list[list[Part]],
    rows: list[list[Cell]],
    note: tuple[Part, ...] = (),
    words: frozenset[int] = frozenset({0}),
) -> Table:
    """A table whose columns hold numbers, but for those in `words`."""
    numeric = frozenset(range(len(columns))) - words
    heads = tuple(tuple(column) for column in columns)
    return Table(caption, heads, tuple(tuple(row) for row in rows), numeric, note)


def _cell(*content: Part, shade: float = 0.0, hatched: bool = False) -> Cell:
    return Cell(parts(*content), shade, hatched)


def _money(b: _Brief) -> list[Block]:
    f = b.figures
    items = ("budget", "committed", "national", "loans", "purchases", "expansions", "upkeep")
    heads: list[list[Part]] = [[item] for item in items]
    columns: list[list[Part]] = [["state"], *heads, ["need met in ", Date("2035")]]
    states = sorted(
        b.states(),
        key=lambda state: -f.value("money", "together", state, "national", "2027", "2035"),
    )
    rows = []
    for state in states:
        cells = [_cell(b.name(f"state/{state}"))]
        cells += [
            _cell(f.rounded("money", "together", state, item, "2027", "2035")) for item in items
        ]
        cover = f.value("cover", "together", state, "all", "2035")
        cells.append(
            _cell(f.percent("cover", "together", state, "all", "2035"), shade=max(0.0, 1 - cover))
        )
        rows.append(cells)
    over = b.run.table("plausibility").filter(pl.col("name") == "overcommitted")["text"][0]
    return [
        Heading(1, parts("Who pays what, from which source")),
        Paragraph(
            parts(
                "The plan together draws EUR ",
                f.rounded("money", "together", "all", "national", "2027", "2035"),
                " bn from national equipment budgets and EUR ",
                f.rounded("money", "together", "all", "loans", "2027", "2035"),
                " bn from common loans to the end of ",
                Date("2035"),
                ". Before any new order, commitments exceed the budget in some year in ",
                f.whole("plausibility", "overcommitted"),
                " states (",
                Name(over.split(": ")[1]),
                "); new orders there wait.",
            )
        ),
        _table(
            parts("EUR bn from ", Date("2027"), " to ", Date("2035"), ", plan together."),
            columns,
            rows,
            parts(
                "Budget: the part of equipment money that buys things in the planned areas. Committed: "
                "payments for signed orders. Need met: mean over the state's areas, US part included; "
                "darker is emptier.",
            ),
        ),
    ]


def _dependence(b: _Brief) -> list[Block]:
    f = b.figures
    spent = b.run.table("spending").filter(
        (pl.col("behaviour") == "together") & (pl.col("year") <= 2035)
    )
    origins = spent.group_by("origin").agg(pl.col("eur_bn").sum()).sort("eur_bn", descending=True)
    names = [origin.split("/")[1] for origin in origins["origin"].head(12)]
    held = b.run.table("exposure")
    rows = []
    for origin in names:
        if held.filter(pl.col("controller") == f"state/{origin}").is_empty():
            continue
        rows.append(
            [
                _cell(b.name(f"state/{origin}")),
                _cell(f.rounded("spending", "together", "all", "all", origin, "all")),
                _cell(f.rounded("spending_controlled", "together", "all", origin)),
                _cell(f.percent("spending_controlled_share", "together", origin)),
                _cell(f.percent("exposure", "ordered", "all", origin, "2027")),
                _cell(f.percent("exposure", "together", "all", origin, "2035")),
            ]
        )
    chart_rows = [
        {
            "label": b.data.things[f"area/{area}"].name,
            "series": b.data.things[f"state/{control}"].name,
            "value": f.value("exposure", "together", area, control, "2035"),
            "address": f.address("exposure", "together", area, control, "2035"),
        }
        for area in b.areas()
        for control in ("USA",)
    ]
    chart_rows.sort(key=lambda row: -float(str(row["value"])))
    chart_rows = chart_rows[:12]
    return [
        Heading(1, parts("Where the money goes, and who can withhold")),
        _table(
            parts("New orders by the line's state, and what each state can withhold."),
            [
                ["state"],
                ["built there, EUR bn"],
                ["controlled, EUR bn"],
                ["share of spending"],
                ["share of units, ", Date("2027")],
                ["share of units, ", Date("2035")],
            ],
            rows,
            parts(
                "Control is where use, resupply or upgrade can be withheld: design authority and "
                "control regime. A unit under several states' control counts under each. Units: mean "
                "over the areas, under the plan together in ",
                Date("2035"),
                ".",
            ),
        ),
        bars(
            pl.DataFrame(chart_rows),
            caption=parts(
                "Share of units in service in ",
                Date("2035"),
                " that the United States can withhold.",
            ),
            alternative="Bars of US-controlled share by capability area in 2035",
            x_title="share of units in service",
            number=".0%",
            width=0.75,
        ),
    ]


def _gaps(b: _Brief) -> list[Block]:
    f = b.figures
    heat_rows, table_rows = [], []
    for area in b.areas():
        guessed = f.value("assumed_holdings", "all", area)
        for year in YEARS:
            heat_rows.append(
                {
                    "label": b.data.things[f"area/{area}"].name,
                    "x": int(year),
                    "value": f.value("cover", "together", "all", area, year),
                    "address": f.address("cover", "together", "all", area, year),
                    "assumed": bool(guessed > 0.5 or guessed != guessed),
                }
            )
        cells = [_cell(b.name(f"area/{area}"))]
        for name in ("need", "held", "arriving", "us_part", "bought", "gap"):
            cells.append(_cell(f.rounded(name, "together", "all", area, "2030", digits=3)))
        cells.append(_cell(f.rounded("gap", "ordered", "all", area, "2030", digits=3)))
        for behaviour in ("ordered", "alone", "together"):
            cells.append(_cell(f.year("closes", behaviour, area)))
        table_rows.append(cells)
    return [
        Heading(1, parts("Need against holdings")),
        _map(b),
        _table(
            parts(
                "Needs and what meets them in ",
                Date("2030"),
                ", capability units, and the year from which each area stays closed.",
            ),
            [
                ["area"],
                ["need"],
                ["held"],
                ["signed"],
                ["US part"],
                ["new"],
                ["gap"],
                ["gap, signed only"],
                ["closes, signed"],
                ["closes, alone"],
                ["closes, together"],
            ],
            table_rows,
            parts(
                "Open: not closed by ",
                Date("2035"),
                ". Units are weighted: an old type counts less.",
            ),
        ),
        heat(
            pl.DataFrame(heat_rows),
            caption=parts("Share of the need met, plan together, by capability area and year."),
            alternative="Heat map of cover by capability area and year",
            legend="share of the need met",
        ),
    ]


def _map(b: _Brief) -> Chart:
    f = b.figures
    rows = []
    for state in b.states():
        guessed = f.value("assumed_holdings", state, "all")
        rows.append(
            {
                "label": state,
                "value": f.value("cover", "together", state, "all", "2030"),
                "address": f.address("cover", "together", state, "all", "2030"),
                "assumed": bool(guessed > 0.5),
            }
        )
    return cover_map(
        pl.DataFrame(rows),
        parts(
            "Share of each state's need met in ",
            Date("2030"),
            ", mean over its areas, plan together.",
        ),
        alternative="Map of Europe with the share of each state's need that is met in 2030",
        legend="share of the need met",
        domain=(0.4, 1.0),
        width=0.55,
    )


def _orders(b: _Brief) -> list[Block]:
    f = b.figures
    orders = b.run.table("orders").filter(pl.col("behaviour") == "together")
    near = orders.filter(pl.col("ordered") <= 2030).sort(
        "eur_bn", "buyer", "line", descending=[True, False, False]
    )
    rows = []
    for row in near.head(24).sort("ordered", "eur_bn", descending=[False, True]).to_dicts():
        buyer, line, year = (
            row["buyer"].split("/")[1],
            row["line"].split("/")[1],
            str(row["ordered"]),
        )
        rows.append(
            [
                _cell(Date(year)),
                _cell(b.name(row["buyer"])),
                _cell(*b.line(row["line"])),
                _cell(f.whole("order_units", "together", buyer, line, year)),
                _cell(f.rounded("order_value", "together", buyer, line, year)),
                _cell(Date(f"{row['delivery_first']}\u2013{row['delivery_last']}")),
                _cell("loan and budget" if row["eur_bn_loan"] > 0.001 else "budget"),
            ]
        )
    return [
        Heading(1, parts("Calendar of orders")),
        _table(
            parts(
                "The largest orders to be placed to ", Date("2030"), ", plan together, whole units."
            ),
            [
                ["order in"],
                ["buyer"],
                ["what, line"],
                ["units"],
                ["EUR bn"],
                ["delivered"],
                ["paid from"],
            ],
            rows,
            parts(
                "The full calendar stands in the run's table of orders. Single rows may be exchanged for "
                "near equals; how firm each is, is not measured here.",
            ),
            frozenset({0, 1, 2, 5, 6}),
        ),
    ]


def _bottlenecks(b: _Brief) -> list[Block]:
    f = b.figures
    items = []
    for row in b.run.table("bottlenecks").head(8).to_dicts():
        items.append(
            parts(
                _step(b, row),
                " removes ",
                f.rounded("bottleneck", str(row["rank"])),
                " percent-years, ",
                f.percent("bottleneck_share", str(row["rank"])),
                " of what the plan leaves open.",
            )
        )
    return [
        Heading(1, parts("Bottlenecks")),
        Paragraph(parts("Each solved again with the step named, on the yearly calendar; ranked.")),
        Bullets(tuple(items), numbered=True),
    ]


def _shocks(b: _Brief) -> list[Block]:
    f = b.figures
    rows = []
    here = b.run.meta["request"]["scenario"]
    cases = [(here, "planned"), *((s, v) for s in SHOCKS for v in ("foreseen", "replanned"))]
    for scenario, version in cases:
        rows.append(
            [
                _cell(Name(scenario)),
                _cell(
                    {
                        "planned": "as planned",
                        "foreseen": "known from the start",
                        "replanned": "known when it happens",
                    }[version]
                ),
                _cell(f.rounded("variant", scenario, version, digits=3)),
                _cell(f.rounded("variant_cost", scenario, version, digits=3)),
                _cell(f.year("variant_reached", scenario, version)),
            ]
        )
    return [
        Heading(1, parts("Shocks")),
        _table(
            parts("The plan together under shocks, yearly calendar."),
            [
                ["event"],
                ["known"],
                ["shortfall, percent-years"],
                ["cost of orders, EUR bn"],
                ["four fifths met from"],
            ],
            rows,
            parts(
                "Cost of a replanned case counts the orders placed after the event only. What was "
                "ordered before stays ordered."
            ),
            frozenset({0, 1}),
        ),
    ]


def _trust(b: _Brief) -> list[Block]:
    f = b.figures
    shares: list[Part] = []
    for position, basis in enumerate(("reported", "estimated", "derived", "assumed")):
        shares += [", " if position else "", f"{basis} ", f.percent("influence", basis)]
    top = b.run.table("influential-inputs").head(6).to_dicts()
    listed: list[Part] = []
    for position, row in enumerate(top):
        listed += [", " if position else "", Name(str(row["address"]), str(row["address"]))]
    return [
        Heading(1, parts("How much of it rests on assumptions")),
        Paragraph(
            parts(
                "Weighted by effect on the shortfall, the result rests on inputs that are: ",
                *shares,
                ". Those that move it most: ",
                *listed,
                ". Lines with a published rate, lead time and price carry ",
                f.percent("plausibility", "published"),
                " of the plan's spending; ",
                f.percent("plausibility", "familiar"),
                " goes to types that the buyer holds, has ordered or makes. Counting approved orders as "
                "arriving would remove ",
                f.rounded("approved"),
                " percent-years under signed orders.",
            )
        ),
        Paragraph(
            parts(
                Strong("Limits. "),
                "Needs are judgements with an author, not the Alliance's targets. Readiness, crews and "
                "ammunition per unit aren't in the gap. Electronic-attack aircraft have no seller and "
                "stay open whatever is ordered. Solved correctly doesn't mean true.",
            ),
            kind="note",
        ),
    ]


def _sources(b: _Brief) -> list[Block]:
    orders = b.run.table("orders").filter(pl.col("behaviour") == "together")
    lines = orders.group_by("line").agg(pl.col("eur_bn").sum()).sort("eur_bn", descending=True)
    keys: list[str] = []
    for line in lines["line"].head(25):
        system = b.data.target(line, "makes")
        for subject, quantity in ((line, "rate"), (line, "lead_time"), (system, "unit_price")):
            found = b.data.observation(subject, quantity)
            keys += [key for key in (found.sources if found else ()) if key not in keys]
    for need in b.data.kind("need"):
        keys += [key for key in need.sources if key not in keys]
    found_sources = [b.data.sources[key] for key in keys if key in b.data.sources]
    listed = [item for item in found_sources if item.url or item.key == "cp-rules"][:30]
    return [
        Heading(1, parts("Sources")),
        Paragraph(
            parts(
                "The sources behind the needs and the lines that carry most spending; all others "
                "stand in the dataset, figure by figure."
            ),
            kind="note",
        ),
        *(
            SourceLine(
                f"{item.publisher}: {item.title}, {item.date} (grade {item.grade})",
                f"source/{item.key}",
            )
            for item in listed
        ),
    ]
