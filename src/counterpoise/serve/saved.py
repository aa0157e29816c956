"""Routes to saved runs: their tables, a page at a time, and measures of them."""

from __future__ import annotations

import polars as pl
from fastapi import APIRouter, Request
from pydantic import BaseModel

from counterpoise import runs
from counterpoise.errors import NotFound
from counterpoise.measures.evaluate import MEASURES, evaluated_row
from counterpoise.serve.given import Name, free, given
from counterpoise.serve.problems import plain
from counterpoise.serve.rows import Most, Offset, Rows, page
from counterpoise.serve.service import Service


class RunTold(BaseModel):
    """A saved run."""

    id: str
    kind: str
    status: str
    scenario: str
    calendar: str
    release: str


class TableTold(BaseModel):
    """A table of a run, and how many rows it has."""

    table: str
    rows: int


class RunWhole(BaseModel):
    """A run with its tables, and the measures that it can be asked for."""

    run: str
    release: str
    title: str
    tables: list[TableTold]
    measures: list[str]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["runs"])

    @routes.get("/runs")
    async def all_runs() -> list[RunTold]:
        """Saved runs, newest first."""
        found = await service.do(lambda: runs.list_runs(service.served.folder))
        names = RunTold.model_fields
        return [RunTold(**{name: plain(str(row[name])) for name in names}) for row in found]

    @routes.get("/runs/{ident}")
    async def one_run(ident: Name) -> RunWhole:
        """A run by its id, or `latest`: its tables, and measures with their arguments."""

        def told() -> RunWhole:
            run = service.run(ident)
            return RunWhole(
                run=run.id,
                release=str(run.meta["release_id"]),
                title=plain(str(run.meta.get("scenario_title", ""))),
                tables=[TableTold(table=name, rows=_height(run, name)) for name in run.tables()],
                measures=[
                    "/".join((item.name, *(f"<{name}>" for name in item.arguments)))
                    for item in MEASURES.values()
                ],
            )

        return await service.do(told)

    @routes.get("/runs/{ident}/tables/{name}")
    async def table(ident: Name, name: Name, offset: Offset = 0, most: Most = 1_000) -> Rows:
        """A table of a run, a page at a time."""

        def rows() -> Rows:
            run = service.run(ident)
            if name not in run.tables():
                raise NotFound(f"run/{run.id}/{name}", run.tables())
            found = pl.scan_parquet(run.path / "tables" / f"{name}.parquet")
            kept = found.slice(offset, most).collect()
            told = page(kept.to_dicts(), str(run.meta["release_id"]), name)
            return told.model_copy(update={"total": _height(run, name), "offset": offset})

        return await service.do(rows)

    @routes.get(
        "/runs/{ident}/measures/{name}",
        openapi_extra=free("The measure's arguments by name, as behaviour=together."),
    )
    async def measure(ident: Name, name: Name, request: Request) -> Rows:
        """A measure of a run."""
        arguments = given(request)

        def rows() -> Rows:
            run = service.run(ident)
            found = evaluated_row(run.table, run.id, name, arguments)
            return page([found], str(run.meta["release_id"]), name)

        return await service.do(rows)

    return routes


def _height(run: runs.Run, name: str) -> int:
    path = run.path / "tables" / f"{name}.parquet"
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())
