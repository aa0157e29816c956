"""Listening: uvicorn with bounds on clients that send or take slowly."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from counterpoise.errors import BadInput, Problem
from counterpoise.serve.limits import Limits


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, on a free port for 0; BadInput where it can't."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            expected, remedy = "an address and a port that are free", f"choose others: {error}"
            problem = Problem("listen", "--port", None, "", f"{host}:{port}", expected, remedy)
            raise BadInput([problem]) from None
        yield bound


def server(app: FastAPI, limits: Limits) -> uvicorn.Server:
    """The server of an application; run it with sockets that listen."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_bounded(limits),
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=limits.connections,
            timeout_keep_alive=limits.idle_seconds,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=limits.head,
        )
    )


class Bounded(H11Protocol):
    """uvicorn's HTTP/1.1, with time for a head and for taking a reply.

    A client who is slow with either loses its connection.
    """

    limits = Limits()
    _head: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take what was sent, and wait for the next head when it is due."""
        super().data_received(data)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        for timer in (self._head, self._taking):
            if timer is not None:
                timer.cancel()
        self._head = self._taking = None
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client takes nothing for now: give it so long."""
        super().pause_writing()
        self._taking = self.loop.call_later(self.limits.send_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client takes the reply again."""
        super().resume_writing()
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _wait_for_head(self) -> None:
        """Time runs while a head is awaited, however often a piece of it comes."""
        if self.conn.their_state is not h11.IDLE:
            if self._head is not None:
                self._head.cancel()
                self._head = None
        elif self._head is None:
            self._head = self.loop.call_later(self.limits.head_seconds, self._give_up)

    def _give_up(self) -> None:
        self._head = None
        if self.conn.their_state is h11.IDLE:
            self.transport.abort()


def _bounded(limits: Limits) -> type[Bounded]:
    """The protocol with these limits."""
    return type("Bounded", (Bounded,), {"limits": limits})
