"""A server for tests: on a free port, in a thread, and what its replies must be."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from counterpoise.data.load import REFERENCE
from counterpoise.serve.app import create_app
from counterpoise.serve.limits import Limits
from counterpoise.serve.listen import listening, server
from counterpoise.serve.service import Served

SMALL = Limits(
    head_seconds=1.5, body_seconds=1.5, send_seconds=2.0, jobs_waiting=2, jobs_of_client=3
)


@contextmanager
def serving(served: Served, limits: Limits) -> Iterator[str]:
    """A server of a site on a free port, for as long as the block runs; its address."""
    app = create_app(served, limits)
    with listening("127.0.0.1", 0) as bound:
        found = server(app, limits)
        thread = threading.Thread(target=found.run, args=([bound],), daemon=True)
        thread.start()
        while not found.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            found.should_exit = True
            thread.join(timeout=30)


def problems(reply: httpx.Response, status: int) -> list[dict[str, Any]]:
    """The problems of a refusal, which tells nothing of this machine."""
    assert reply.status_code == status, reply.text
    assert "Traceback" not in reply.text and str(REFERENCE) not in reply.text
    found: list[dict[str, Any]] = reply.json()["problems"]
    assert found and all(item["code"] and item["remedy"] for item in found)
    return found


def raw(address: str, sent: bytes, wait: float = 10.0) -> bytes:
    """What a server replies to bytes as they are, until it closes or `wait` seconds pass."""
    host, port = address.removeprefix("http://").split(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=wait) as link:
        link.sendall(sent)
        try:
            while piece := link.recv(65536):
                received += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return received
