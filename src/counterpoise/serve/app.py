"""The application: the API and the pages of one site, behind a guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from counterpoise import __version__
from counterpoise.errors import CounterpoiseError, Problem
from counterpoise.serve import asking, chambers, holdings, reading, saved, shown, upload, work_list
from counterpoise.serve.guard import Guard
from counterpoise.serve.limits import Limits
from counterpoise.serve.problems import Problems, Refusal, refusal_of, reply
from counterpoise.serve.service import Served, Service

HOSTS = ("127.0.0.1", "localhost", "::1")
"""Names under which a server on one's own machine is asked."""

_TOLD = 20
"""Faults of one request that are told."""

_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": Problems, "description": text}
    for status, text in {
        400: "The request can't be read.",
        403: "It comes from a page of another site, or the job isn't yours.",
        404: "There is no such thing.",
        408: "The body came too slowly.",
        409: "It needs a plan that no saved run holds: start a job.",
        413: "The body is too large.",
        414: "The path or the query is too long.",
        415: "The body is of another type.",
        422: "An argument can't be used.",
        429: "Too many jobs.",
        503: "Too much to do, or too slow.",
    }.items()
}


def create_app(
    served: Served,
    limits: Limits | None = None,
    hosts: Collection[str] = HOSTS,
) -> FastAPI:
    """The application that serves a site; its state lives from start-up to shutdown.

    `hosts` are the names that requests may be for.
    """
    bounds = limits or Limits()
    service = Service(served, bounds)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.open()
        yield
        service.close()

    app = FastAPI(
        title="Counterpoise",
        version=__version__,
        description="The functions of Counterpoise as JSON.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        redirect_slashes=False,
        responses=_REFUSED,
    )
    for routes in (holdings, asking, chambers, saved, shown, work_list, upload):
        app.include_router(routes.router(service), prefix="/api")
    app.include_router(reading.router(service))
    app.add_middleware(Guard, limits=bounds, hosts=hosts)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(CounterpoiseError, _erred)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _http)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return reply(error.status, error.problems, error.headers)


async def _erred(request: Request, error: Exception) -> Response:
    assert isinstance(error, CounterpoiseError)
    refusal = refusal_of(error)
    return reply(refusal.status, refusal.problems, refusal.headers)


async def _unfit(request: Request, error: Exception) -> Response:
    """Arguments or a body of the wrong shape."""
    assert isinstance(error, RequestValidationError)
    problems = [
        Problem(
            str(fault["type"]),
            ".".join(str(part) for part in fault["loc"]),
            None,
            "",
            fault["input"] if isinstance(fault.get("input"), str) else "",
            str(fault["msg"]),
            "see /api/openapi.json",
        )
        for fault in error.errors()[:_TOLD]
    ]
    return reply(400 if problems[0].code == "json_invalid" else 422, problems, {})


async def _http(request: Request, error: Exception) -> Response:
    """No such route, or not by this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # the body couldn't be read at all
        problem = Problem("json_invalid", "body", None, "", "", "JSON", "see /api/openapi.json")
    else:
        code = "method" if error.status_code == 405 else "not-found"
        wanted, remedy = "a path of /api/openapi.json", "correct the address"
        problem = Problem(code, "path", None, "", request.url.path, wanted, remedy)
    return reply(error.status_code, [problem], dict(error.headers or {}))
