"""What every request passes first: sizes, host, origin; and headers that every reply gets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from counterpoise.serve.limits import Limits
from counterpoise.serve.problems import Refusal, refuse, reply

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Headers of every reply."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, which a link on another site may ask for."""

UPLOAD = "/api/check-overlay"
"""The one path that takes a large body."""


class Guard:
    """Passes on what may be answered, refuses the rest, and lets no fault out as a trace."""

    def __init__(self, app: ASGIApp, limits: Limits, hosts: Collection[str]):
        self._app, self._limits = app, limits
        self._hosts = frozenset(host.lower() for host in hosts)
        self._log = logging.getLogger("counterpoise.serve")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-cache")
            await send(message)

        try:
            self._check(scope)
            await self._app(scope, await self._body(scope, receive), sending)
        except Refusal as refusal:
            if not begun:
                told = reply(refusal.status, refusal.problems, refusal.headers)
                await told(scope, receive, sending)
        except Exception:
            self._log.exception("fault while answering %s", scope["path"][:200])
            if not begun:
                fault = refuse(500, "fault", "server", "", "an answer", "tell the project of it")
                await reply(500, fault.problems, {})(scope, receive, sending)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        _check_host(headers.getlist("host"), self._hosts)
        if len(scope["path"]) > self._limits.path:
            raise refuse(414, "too-long", "path", "", _most(self._limits.path), "shorten it")
        if len(scope["query_string"]) > self._limits.query:
            raise refuse(414, "too-long", "query", "", _most(self._limits.query), "shorten it")
        if _unseen(scope["path"]):
            raise refuse(400, "path", "path", "", "letters that can be read", "correct the path")
        if sum(len(name) + len(value) for name, value in scope["headers"]) > self._limits.head:
            raise refuse(
                431, "too-large", "head", "", _most(self._limits.head, "bytes"), "send less"
            )
        if scope["method"] not in READING:
            _check_origin(headers)
        if scope["method"] == "POST" and scope["path"] != UPLOAD:
            _check_type(headers)

    async def _body(self, scope: Scope, receive: Receive) -> Receive:
        """The body read whole, within its size and time, and handed on in one piece."""
        most = self._limits.upload if scope["path"] == UPLOAD else self._limits.body
        stated = Headers(scope=scope).get("content-length", "0")
        if stated.isascii() and stated.isdigit() and int(stated[:20]) > most:
            raise _too_large(most)
        body = bytearray()
        more = True
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        break
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    if len(body) > most:
                        raise _too_large(most)
        except TimeoutError:
            seconds = f"a body within {self._limits.body_seconds:g} seconds"
            raise refuse(
                408, "slow", "body", "", seconds, "send it again", connection="close"
            ) from None
        read = False

        async def again() -> Message:
            nonlocal read
            if read:
                return await receive()
            read = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        return again


def _too_large(most: int) -> Refusal:
    return refuse(
        413, "too-large", "body", "", _most(most, "bytes"), "send less", connection="close"
    )


def _most(count: int, what: str = "characters") -> str:
    return f"up to {count} {what}"


def _unseen(text: str) -> bool:
    """Whether a text holds a control character, or half of one beyond the basic plane."""
    return any(
        ord(letter) < 32 or ord(letter) == 127 or "\ud800" <= letter <= "\udfff" for letter in text
    )


def _check_host(given: list[str], hosts: frozenset[str]) -> None:
    """Only names that the server was started for: others may come from a rebound name."""
    name = given[0] if len(given) == 1 else ""
    try:
        host = (urlsplit(f"//{name}").hostname or "").lower()
    except ValueError:
        host = ""
    if host not in hosts:
        expected = " or ".join(sorted(hosts))
        raise refuse(400, "host", "Host", name, expected, "start the server with --host-name")


def _check_type(headers: Headers) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise refuse(415, "type", "Content-Type", kind, "application/json", "send JSON")


def _check_origin(headers: Headers) -> None:
    """What changes something must come from a page of this server, or from no page at all."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    same = site in (None, "same-origin", "none")
    if origin is not None:
        same = same and origin.partition("://")[2].lower() == headers.get("host", "").lower()
    if not same:
        raise refuse(
            403, "origin", "Origin", origin or site or "", "a page of this server", "ask from there"
        )
