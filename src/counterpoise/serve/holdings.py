"""Routes to what the dataset holds: things, figures, sources, and the search."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from counterpoise.data import views
from counterpoise.data.citations import PREFIX, show_source, sources
from counterpoise.data.trail import why
from counterpoise.errors import Problem
from counterpoise.questions.suggest import suggest
from counterpoise.serve.given import LONGEST, Name, check_text
from counterpoise.serve.problems import Refusal
from counterpoise.serve.rows import Most, Offset, Rows, page
from counterpoise.serve.service import Service

Words = Annotated[str, Query(max_length=LONGEST, description="Words to search for.")]
Full = Annotated[bool, Query(description="Cut no long lists.")]


class KindTold(BaseModel):
    """A kind of thing, and how many there are."""

    kind: str
    things: int


class About(BaseModel):
    """The dataset that is served."""

    release: str
    things: int
    figures: int
    observations: int
    links: int
    sources: int
    kinds: list[KindTold]


class SuggestionTold(BaseModel):
    """A question, a thing or a page that some words may mean.

    `path` is the address of its page, `given` are the arguments that the words name.
    """

    text: str
    path: str
    kind: str
    score: float
    given: dict[str, str]


class Suggestions(BaseModel):
    """Questions first, then things and pages."""

    release: str
    found: list[SuggestionTold]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["data"])
    dataset = service.dataset

    @routes.get("/about")
    async def about() -> About:
        """The release that is served, with counts."""
        return About(
            release=dataset.id,
            things=len(dataset.things),
            figures=len(dataset.figures),
            observations=len(dataset.observations),
            links=len(dataset.links),
            sources=len(dataset.sources),
            kinds=[
                KindTold(kind=kind, things=len(dataset.kind(kind))) for kind in dataset.schema.kinds
            ],
        )

    @routes.get("/things/{kind}")
    async def things(kind: Name, offset: Offset = 0, most: Most = 1_000) -> Rows:
        """All things of a kind, as `list KIND`."""
        rows = await service.do(lambda: views.listing(dataset, kind))
        return page(rows, dataset.id, kind, offset, most)

    @routes.get("/thing/{address:path}")
    async def thing(
        address: Name, full: Full = False, offset: Offset = 0, most: Most = 1_000
    ) -> Rows:
        """A thing with its figures, links and sources, or a figure, as `show ADDRESS`."""
        _check(address)

        def rows() -> list[views.Row]:
            found = (show_source if address.startswith(PREFIX) else views.show)(
                dataset, address, full
            )
            for row in found:
                if row["part"] == "figure":
                    row["effect"] = service.site.effects.get(row["address"])
            return found

        return page(await service.do(rows), dataset.id, address, offset, most)

    @routes.get("/why/{address:path}")
    async def trail(address: Name, offset: Offset = 0, most: Most = 1_000) -> Rows:
        """Why a figure is what it is: all observations, the choice, their sources."""
        _check(address)
        rows = await service.do(lambda: why(dataset, address, service.site.effects))
        return page(rows, dataset.id, address, offset, most)

    @routes.get("/sources")
    async def all_sources(offset: Offset = 0, most: Most = 1_000) -> Rows:
        """All sources with what rests on each."""
        rows = await service.do(lambda: sources(dataset))
        return page(rows, dataset.id, "sources", offset, most)

    @routes.get("/suggest")
    async def suggestions(words: Words) -> Suggestions:
        """Questions with their arguments filled in, then things that some words may mean."""
        _check(words)
        found = await service.do(lambda: suggest(service.lexicon, words))
        told = [
            SuggestionTold(
                text=item.text,
                path=item.path,
                kind=item.kind,
                score=item.score,
                given=dict(item.given),
            )
            for item in found
        ]
        return Suggestions(release=dataset.id, found=told)

    return routes


def _check(text: str) -> None:
    problems: list[Problem] = []
    check_text("address", text, problems)
    if problems:
        raise Refusal(422, problems)
