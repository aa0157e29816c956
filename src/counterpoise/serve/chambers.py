"""Routes to cooperation: who decides, whose consent is needed, formats, posts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from counterpoise.cooperation import decide_asked
from counterpoise.cooperation.arguments import NOBODY, read_one
from counterpoise.cooperation.command_asked import NEAR, PARTS, POOL, read_command
from counterpoise.cooperation.consent_tables import chosen, consent_rows, objector_rows
from counterpoise.cooperation.decide_asked import MANY, part_problems
from counterpoise.cooperation.format_asked import read_formats_asked
from counterpoise.cooperation.format_tables import TABLES
from counterpoise.cooperation.passage import read_day, read_states
from counterpoise.cooperation.reading import names_in, read_vote
from counterpoise.cooperation.reassignment import LAST
from counterpoise.cooperation.rights_asked import read_rights
from counterpoise.cooperation.rights_told import case_rows, limits, sentences
from counterpoise.cooperation.rights_told import consent_rows as rights_rows
from counterpoise.errors import BadInput, Problem
from counterpoise.measures.parameters import year
from counterpoise.serve.given import Name, Words, check_text
from counterpoise.serve.rows import Rows, Told, page, plain_row
from counterpoise.serve.service import Service

FormatPart = Enum("FormatPart", {name: name for name in TABLES}, type=str)  # type: ignore[misc]
"""The tables on formats."""

CommandPart = Enum("CommandPart", {name: name for name in PARTS}, type=str)  # type: ignore[misc]
"""The tables on posts."""

_FORMATS, _COMMAND = next(iter(FormatPart)), next(iter(CommandPart))

States = Annotated[str, Query(max_length=200, description="States by code, with commas between.")]
Day = Annotated[str, Query(max_length=10, description="A day; the release's without one.")]
PlanYear = Annotated[int, Query(ge=2024, le=2040)]
Kilometres = Annotated[float, Query(ge=100, le=10_000)]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["cooperation"])
    for add in (_decide, _rights, _formats, _command, _consents):
        add(routes, service)
    return routes


async def _rows_of(service: Service, title: str, find: Callable[[], list[dict[str, Any]]]) -> Rows:
    return page(await service.do(find), service.dataset.id, title, most=service.limits.rows)


def _decide(routes: APIRouter, service: Service) -> None:
    dataset = service.dataset

    @routes.get("/decide")
    async def decide(
        body: Words = "",
        against: States = "",
        abstain: States = "",
        concerned: States = "",
        on: Day = "",
        competence: Words = "",
        support: States = "",
        assent: States = "",
        part: Words = "",
    ) -> Rows:
        """Who can still decide when states object: all bodies, or one body or clause in detail."""
        asked = {
            "against": against, "abstain": abstain, "concerned": concerned, "on": on,
            "competence": competence, "support": support, "assent": assent,
        }  # fmt: skip
        _check({**asked, "body": body, "part": part})

        def rows() -> list[dict[str, Any]]:
            view = service.view()
            vote = read_vote(dataset, part_problems(body, part), **asked)
            if not body:
                return decide_asked.rows_of_all(view, vote, part or MANY[0])
            found = decide_asked.find_outcome(dataset, vote, body)
            return decide_asked.rows_of_one(view, vote, found, part or decide_asked.ONE[0])

        return await _rows_of(service, "decide", rows)


def _rights(routes: APIRouter, service: Service) -> None:
    dataset = service.dataset

    @routes.get("/rights/{item}")
    async def rights(
        item: Name,
        seller: Annotated[str, Query(alias="from", max_length=60)] = "",
        buyer: Annotated[str, Query(alias="to", max_length=60)] = "",
    ) -> Told:
        """Who must consent to use, transfer, re-export and upgrade of a type."""
        _check({"item": item, "from": seller, "to": buyer})

        def told() -> Told:
            found = read_rights(dataset, item, {"from": seller, "to": buyer})
            tables = {"consents": rights_rows(dataset, found), "cases": case_rows(found)}
            return Told(
                release=dataset.id,
                sentences=[*sentences(dataset, found), *limits(dataset, found)],
                tables={name: list(map(plain_row, rows)) for name, rows in tables.items()},
            )

        return await service.do(told)


def _formats(routes: APIRouter, service: Service) -> None:
    dataset = service.dataset

    @routes.get("/formats")
    async def formats(
        definition: Words = "main", without: States = "", part: FormatPart = _FORMATS
    ) -> Rows:
        """What formats of cooperation cover by function and regional plan, and where holes are."""
        _check({"definition": definition, "without": without})

        def rows() -> list[dict[str, Any]]:
            return list(
                TABLES[part.value][1](read_formats_asked(dataset, definition, names_in(without)))
            )

        return await _rows_of(service, str(part.value), rows)


def _command(routes: APIRouter, service: Service) -> None:
    @routes.get("/command")
    async def command(
        without: States = NOBODY,
        on: Day = "",
        region: Words = "all",
        part: CommandPart = _COMMAND,
        at_year: Annotated[PlanYear | None, Query(alias="year")] = None,
        pool: Annotated[str, Query(alias="candidates", max_length=60)] = POOL,
        within: Kilometres = NEAR,
    ) -> Rows:
        """Who holds which post, what falls vacant if a state steps back, and who could follow."""
        texts = {"without": without, "on": on, "region": region, "pool": pool}
        _check(texts)
        if part.value == "year" and at_year is None:
            raise BadInput([Problem("missing", "year", None, "", "", "a year", "add year=2030")])

        def rows() -> list[dict[str, Any]]:
            view = service.view()

            asked = replace(read_command(view, **texts), year=at_year or 0, within=within)
            if at_year is not None:
                first = asked.task.task.years.start
                read_one(Annotated[int, year(first, LAST)], str(at_year), view, "command", "year")
            return asked.rows(part.value)

        return await _rows_of(service, str(part.value), rows)


def _consents(routes: APIRouter, service: Service) -> None:
    dataset = service.dataset

    @routes.get("/consents")
    async def consents(
        pathway: Words = "", against: States = "", on: Day = "", stoppers: bool = False
    ) -> Rows:
        """Who must agree to each lever of a pathway, who can stop it, and what then goes on."""
        _check({"pathway": pathway, "against": against, "on": on})

        def rows() -> list[dict[str, Any]]:
            day = read_day(dataset, on)
            objectors = read_states(dataset, names_in(against), "against")
            levers = chosen(dataset, pathway)
            if stoppers:
                return objector_rows(dataset, levers, day)
            return consent_rows(dataset, levers, day, objectors)

        return await _rows_of(service, "stoppers" if stoppers else "consents", rows)


def _check(texts: dict[str, str]) -> None:
    problems: list[Problem] = []
    for name, text in texts.items():
        check_text(name, text, problems)
    if problems:
        raise BadInput(problems)
