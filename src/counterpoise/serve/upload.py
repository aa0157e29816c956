"""The route that checks an overlay that is sent to it, and keeps nothing of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from counterpoise.errors import Problem
from counterpoise.serve.child import Child
from counterpoise.serve.limits import Limits
from counterpoise.serve.problems import ProblemTold, refuse, told
from counterpoise.serve.rows import Row, plain_row
from counterpoise.serve.service import Served, Service
from counterpoise.serve.unpack import unpack

_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
    "application/octet-stream",
    "text/csv",
)
"""Media types of a body; which of them it is, it shows itself."""

_MOST = 300
"""Problems that are told."""

_REPLY = 20_000_000

Sheet = Annotated[
    str, Query(max_length=60, description="The sheet, where the body is one CSV file.")
]


class Changes(BaseModel):
    """What an overlay changes."""

    release: str
    things_new: list[str]
    things_gone: list[str]
    links_new: int
    links_gone: int
    sources_new: list[str]
    figures: dict[str, int]
    moved: list[Row]
    not_to_be_shared: int


class Checked(BaseModel):
    """All problems of an overlay, or what it changes."""

    good: bool
    problems: list[ProblemTold]
    count: int
    changes: Changes | None


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["overlay"])
    turn = BoundedSemaphore(1)
    sheets = (*service.dataset.schema.sheets, "sources", "aliases")

    body = {"schema": {"type": "string", "format": "binary"}}

    @routes.post(
        "/check-overlay",
        openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(_TYPES, body)}},
    )
    async def check(request: Request, sheet: Sheet = "") -> Checked:
        """Check an overlay as `data check` does: an .xlsx, a ZIP of CSV sheets, or a CSV sheet."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _TYPES:
            raise refuse(415, "type", "Content-Type", kind, " or ".join(_TYPES), "state it")
        content = await request.body()

        def checked() -> Checked:
            if not turn.acquire(blocking=False):
                raise refuse(
                    503, "busy", "server", "", "one check at a time", "try again in a few seconds",
                    Retry_After="5",
                )  # fmt: skip
            try:
                return _checked(service.served, service.limits, content, sheet, sheets)
            finally:
                turn.release()

        return await service.do(checked)

    return routes


def _checked(
    served: Served, limits: Limits, content: bytes, sheet: str, sheets: tuple[str, ...]
) -> Checked:
    place = Path(tempfile.mkdtemp(prefix="counterpoise-overlay-"))
    try:
        overlay = unpack(content, sheet, sheets, place, limits)
        leaks = "leaks" if served.leaks else "none"
        below = [str(item.resolve()) for item in served.overlays]
        command = [
            "counterpoise.serve.checking", str(overlay), str(limits.upload_memory), leaks, *below
        ]  # fmt: skip
        ended = Child(command, place).run(limits.upload_seconds, _REPLY, lambda line: None)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    try:
        found: dict[str, Any] = json.loads(ended.output)
    except ValueError:
        found = {}
    if ended.status != 0 or not found:
        raise refuse(
            422, "too-large", "body", "", "an overlay that can be checked in the server's bounds",
            "send less, or run `counterpoise data check`",
        )  # fmt: skip
    problems = [told(Problem(**item)) for item in found["problems"]]
    changes = found["summary"]
    if changes is not None:
        changes["moved"] = [plain_row(row) for row in changes["moved"]]
    return Checked(
        good=not problems,
        problems=problems[:_MOST],
        count=len(problems),
        changes=Changes(**changes) if changes is not None else None,
    )
