"""What one server allows: sizes, times, and how much runs side by side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of a server. Sizes in bytes, times in seconds.

    `parallel` requests are worked on side by side and `waiting` more wait their turn; others are
    told to come back. `seconds` is what a request may take from its arrival. A client has
    `head_seconds` to send a request's head, `body_seconds` to send its body, and
    `send_seconds` to take each piece of the reply. `rows` is the most that one reply holds.
    Of jobs `jobs_running` run at once and `jobs_waiting` wait, `jobs_of_client` of them for one
    client; one may take `job_seconds`, and its result is kept for `job_kept`.
    """

    path: int = 1_000
    query: int = 2_000
    head: int = 16_384
    body: int = 65_536
    upload: int = 12_000_000
    unpacked: int = 80_000_000
    upload_cells: int = 4_000_000
    upload_memory: int = 4_000_000_000
    upload_seconds: float = 18.0
    parallel: int = 4
    waiting: int = 32
    seconds: float = 20.0
    connections: int = 300
    head_seconds: float = 10.0
    body_seconds: float = 20.0
    send_seconds: float = 30.0
    idle_seconds: int = 5
    rows: int = 1_000
    measured: int = 400
    cache: int = 64_000_000
    jobs_running: int = 1
    jobs_waiting: int = 8
    jobs_of_client: int = 3
    job_seconds: float = 2_400.0
    job_kept: float = 3_600.0
    job_result: int = 20_000_000
