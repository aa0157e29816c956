"""Routes to what pages show: views by name, and the value at any address."""

from __future__ import annotations

import inspect
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from counterpoise.errors import BadInput, CounterpoiseError, NotFound, Problem
from counterpoise.pages.evaluate import value_at, view_rows
from counterpoise.pages.registry import PAGES, VIEWS, arguments_of
from counterpoise.serve.given import Name, check_text, free, given
from counterpoise.serve.rows import Most, Offset, Rows, page, plain
from counterpoise.serve.service import Service


class ViewTold(BaseModel):
    """A view: rows that pages show."""

    view: str
    told: str
    arguments: list[str]


class ValueTold(BaseModel):
    """The number at an address, reckoned again."""

    release: str
    address: str
    value: float | None


class PagesTold(BaseModel):
    """Paths of stored pages."""

    release: str
    heads: list[str]
    total: int
    offset: int
    paths: list[str]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["pages"])
    dataset = service.dataset

    @routes.get("/views")
    async def views() -> list[ViewTold]:
        """All views with what they take."""
        return [
            ViewTold(
                view=name,
                told=inspect.getdoc(function) or "",
                arguments=list(arguments_of(name)),
            )
            for name, function in VIEWS.items()
        ]

    @routes.get("/view/{name}", openapi_extra=free("The view's arguments by name, as kind=state."))
    async def view(name: Name, request: Request, offset: Offset = 0, most: Most = 1_000) -> Rows:
        """The rows of a view."""
        arguments = given(request, ("offset", "most"))
        rows = await service.do(lambda: _rows(service, name, arguments))
        return page(rows, dataset.id, name, offset, most)

    @routes.get("/value/{address:path}")
    async def value(address: Name) -> ValueTold:
        """The number at the address of a figure, a run, a measure, an answer or a view."""
        problems: list[Problem] = []
        check_text("address", address, problems)
        if problems:
            raise BadInput(problems)
        found = await service.do(lambda: _value(service, address))
        return ValueTold(release=dataset.id, address=address, value=plain(found))

    @routes.get("/pages")
    async def pages(offset: Offset = 0, most: Most = 1_000) -> PagesTold:
        """Paths of the stored pages; most take other values too."""
        found = await service.do(lambda: sorted(service.stored))
        return PagesTold(
            release=dataset.id,
            heads=sorted(PAGES),
            total=len(found),
            offset=offset,
            paths=found[offset : offset + most],
        )

    return routes


def _rows(service: Service, name: str, arguments: dict[str, str]) -> list[dict[str, Any]]:
    try:
        return view_rows(service.site, name, arguments)
    except (LookupError, TypeError, ValueError, StopIteration):
        given = "/".join(f"{key}={text}" for key, text in arguments.items())
        raise NotFound(f"view/{name}/{given}") from None


def _value(service: Service, address: str) -> float:
    parts = address.split("/")
    if parts[0] == "run":
        service.run(parts[1] if len(parts) > 1 else "")
    try:
        return value_at(service.site, address)
    except CounterpoiseError:
        raise
    except (LookupError, TypeError, ValueError, StopIteration):
        raise NotFound(address) from None
