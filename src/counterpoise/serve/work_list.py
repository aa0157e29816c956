"""Routes to jobs: start one, see how it stands, cancel it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from counterpoise.serve.given import Name
from counterpoise.serve.jobs import Task
from counterpoise.serve.service import Service
from counterpoise.serve.tasks import (
    JobAsked,
    PageAsked,
    QuestionAsked,
    of_page,
    plan_task,
    question_task,
)


class JobTold(BaseModel):
    """A job as it stands; `result` is an answer, or of a plan its headline measures and orders."""

    id: str
    title: str
    asked: dict[str, Any]
    state: str = Field(description="queued, running, done, failed or cancelled")
    position: int = Field(description="Its place in the queue, from 1; 0 when it doesn't wait.")
    seconds: float | None = Field(description="How long it has run.")
    lines: list[str] = Field(description="What it has told of its progress, the newest last.")
    problem: str
    result: Any = None


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["jobs"])

    @routes.post("/jobs", status_code=202)
    async def start(asked: JobAsked, request: Request) -> JobTold:
        """Start what needs a plan; the same request is the same job. 429 if the queue is full."""
        task = await service.do(lambda: _task(service, asked))
        return JobTold(**service.jobs.add(task, _client(request)))

    @routes.get("/jobs")
    async def all_jobs() -> list[JobTold]:
        """All jobs of this server, without their results."""
        return [JobTold(**job) for job in service.jobs.all()]

    @routes.get("/jobs/{ident}")
    async def one_job(ident: Name) -> JobTold:
        """How a job stands, with its result when it is done."""
        return JobTold(**service.jobs.see(ident))

    @routes.delete("/jobs/{ident}")
    async def cancel(ident: Name, request: Request) -> JobTold:
        """Cancel a job that you asked for; it goes on while another who asked for it wants it."""
        return JobTold(**service.jobs.cancel(ident, _client(request)))

    return routes


def _task(service: Service, asked: JobAsked) -> Task:
    served = service.served
    if isinstance(asked, PageAsked):
        asked = of_page(asked)
    if isinstance(asked, QuestionAsked):
        return question_task(service.site, asked, served.options)
    return plan_task(service.view(), asked, served.options)


def _client(request: Request) -> str:
    """Who asks, as far as a server can tell: the address that the connection comes from."""
    return request.client.host if request.client is not None else ""
