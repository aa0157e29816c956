"""Pages of the site as a browser asks for them: with free values, twins, drawings and files."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from counterpoise.errors import CounterpoiseError, Problem
from counterpoise.pages.catalogue import page_at
from counterpoise.pages.cells import told
from counterpoise.pages.links import INDEX
from counterpoise.pages.page import Page, path_of, read_path
from counterpoise.pages.shell import Frame, render
from counterpoise.pages.write import assets, makers_of
from counterpoise.questions.suggest import suggest
from counterpoise.serve.given import LONGEST, MOST, given
from counterpoise.serve.problems import Refusal, plain, refusal_of, refuse
from counterpoise.serve.service import Service

_KEPT = "assets"
"""The folder of what all pages share."""

_TYPES = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Wanted:
    """What a browser asks for: the path of a page, and a file of it ("" for the folder itself)."""

    path: str
    file: str
    slash: bool


def router(service: Service) -> APIRouter:
    """The routes; they stand after all others."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/{path:path}", methods=["GET", "HEAD"])
    async def page(path: str, request: Request) -> Response:
        wanted = read_wanted(request.scope["raw_path"].decode("latin-1"))
        if wanted.path == _KEPT:
            return await service.do(lambda: _asset(service, wanted.file))
        if wanted.path.split("/")[0] == "api":
            raise refuse(
                404, "not-found", "path", path, "a path of /api/openapi.json", "correct it"
            )
        if request.url.query:
            return await service.do(lambda: _with_query(service, wanted, given(request)))
        return await service.do(lambda: _reply(service, wanted), f"page {wanted}")

    return routes


def read_wanted(raw: str) -> Wanted:
    """A raw path as a page and a file; Refusal 404 for one that could name nothing."""
    segments = [part for part in raw.split("/") if part]
    slash = raw.endswith("/")
    kept = []
    for part in segments:
        text = unquote(part, errors="replace")
        open_end = text in (".", "..") or "\\" in text or "\ufffd" in text or len(text) > LONGEST
        if open_end or any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
            raise _none(text)
        if "=" in text:
            name, _, value = text.partition("=")
            kept.append(path_of(**{name: value}) if name else "")
        elif "/" in text:
            raise _none(text)
        else:
            kept.append(text)
    if "" in kept or len(kept) > MOST:
        raise _none(raw)
    file = kept.pop() if kept and not slash and "." in kept[-1] and "=" not in kept[-1] else ""
    return Wanted("/".join(kept), file, slash)


def _none(text: str) -> Refusal:
    return refuse(404, "not-found", "path", text, "the path of a page", "see the list of pages")


def _asset(service: Service, name: str) -> Response:
    key = f"asset {name}"
    content = service.cache.get(key)
    if content is None:
        found = assets(service.site)
        for each, text in found.items():
            service.cache.put(f"asset {each}", text)
        if name not in found:
            raise _none(name)
        content = found[name]
    return _file(name, content, {"cache-control": "max-age=3600"})


def _reply(service: Service, wanted: Wanted) -> Response:
    """The page, one of its files, or the way to its canonical address."""
    name = wanted.file or INDEX
    key = f"page {wanted.path} {name}"
    content = service.cache.get(key)
    if content is None:
        try:
            made = page_of(service, wanted.path)
        except Refusal as refusal:
            return _refused(service, wanted, refusal)
        make = makers_of(service.site, made, frame(service)).get(name)
        if make is None:
            raise _none(f"{wanted.path}/{name}")
        content = make()
        service.cache.put(key, content)
    if not wanted.file and not wanted.slash and wanted.path:
        return RedirectResponse(place(wanted.path), 308)
    return _file(name, content, {})


def page_of(service: Service, path: str) -> Page:
    """The page of a path; Refusal with what is wrong where there is none."""
    kept = service.pages.get(path)
    if kept is not None:
        return kept
    try:
        made = page_at(service.site, path)
        service.pages.put(path, made)
        return made
    except CounterpoiseError as error:
        raise refusal_of(error) from None
    except (LookupError, StopIteration):
        # A page's maker met a path that it doesn't know: for the reader there is no such page.
        logging.getLogger("counterpoise.serve").warning("no page at %r", path[:200], exc_info=True)
        raise _none(path) from None


def frame(service: Service) -> Frame:
    """How pages are written here: with free values; a stored page's address takes any."""

    def known(path: str) -> bool:
        return path in service.stored or "/".join(read_path(path).parts) in service.stored

    return Frame(known, live=True)


def _with_query(service: Service, wanted: Wanted, asked: Mapping[str, str]) -> Response:
    """The canonical address of a page with values from a form: they go into its path.

    Words to search for lead to the question or thing that they fit best.
    """
    words = asked.get("q", "")
    if words and wanted.path == "ask":
        found = suggest(service.lexicon, words)
        return RedirectResponse(place(found[0].path) if found else "/ask/", 303)
    before = read_path(wanted.path)
    values = {**before.given, **{name: text for name, text in asked.items() if name and text}}
    if any("/" in name or "=" in name for name in values):
        raise _none(wanted.path)
    return RedirectResponse(place(path_of(*before.parts, **values)), 303)


def place(path: str) -> str:
    """The address of a page on this server; never one of another."""
    path, _, mark = path.partition("#")
    found = "/" + "".join(f"{quote(part, safe='=,+;:~%')}/" for part in path.split("/") if part)
    return f"{found}#{quote(mark)}" if mark else found


_TITLES = {
    "not-found": "There is no such page",
    "no-answer": "There is no answer to this",
    "needs-plan": "This answer needs a plan",
}
"""Headings of pages that say why there is no other, by the code of what is wrong."""


def _refused(service: Service, wanted: Wanted, refusal: Refusal) -> Response:
    """A page that says why there is no other."""
    if wanted.file not in ("", INDEX):
        raise refusal
    first = refusal.problems[0]
    needs = first.code == "needs-plan"
    title = _TITLES.get(first.code, "This can't be answered as asked")
    lead = ""
    if needs:
        asked = _asked(service, wanted.path)
        lead = f"{asked} It takes {first.expected}, made as a job in minutes."
    page = Page(
        wanted.path,
        title,
        told(plain(lead or " ".join(map(_line, refusal.problems)), 800)),
        (),
        (),
        job=wanted.path if needs else "",
    )
    text = render(service.site, page, frame(service))
    # What needs a plan is no fault of the reader's: the page offers to make it.
    status = 200 if needs else refusal.status
    return Response(text, status, {"content-type": _TYPES["html"]})


def _asked(service: Service, path: str) -> str:
    """A question with its arguments as a path gives them."""
    asked = read_path(path)
    question = service.catalogue.questions.get(asked.parts[-1])
    given = ", ".join(f"{name} {text}" for name, text in asked.given.items())
    text = question.text if question else ""
    return f"{text} ({given})" if given else text


def _line(item: Problem) -> str:
    """A problem as a sentence; what isn't there tells itself."""
    if item.code in ("not-found", "no-answer"):
        end = "" if item.expected.endswith("?") else "."
        return f"{item.expected[:1].upper()}{item.expected[1:]}{end}"
    return f"{item.column or item.file} {item.value}: expected {item.expected}; {item.remedy}."


def _file(name: str, content: bytes, headers: dict[str, str]) -> Response:
    ending = name.rpartition(".")[2]
    kind = _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, 200, {**headers, "content-type": kind})
