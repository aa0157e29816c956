"""Work in threads: so many side by side, so many waiting, each within a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from counterpoise.serve.limits import Limits
from counterpoise.serve.problems import refuse

T = TypeVar("T")


class Workers:
    """Threads that work for requests.

    A thread can't be stopped: work that is given up keeps its place until it ends, so that no
    more than `parallel` ever run.
    """

    def __init__(self, limits: Limits):
        self._limits = limits
        self._pool = ThreadPoolExecutor(limits.parallel, thread_name_prefix="request")
        self._lock = Lock()
        self._held = 0
        self._shared: dict[str, Future[Any]] = {}

    async def do(self, function: Callable[[], T], key: str = "") -> T:
        """What a function gives; Refusal 503 where too much waits, or where it takes too long.

        Work under a `key` is done once for all who wait for it.
        """
        future = self._begin(function, key)
        try:
            return await asyncio.wait_for(
                asyncio.shield(asyncio.wrap_future(future)), self._limits.seconds
            )
        except TimeoutError:
            if not key:
                future.cancel()
            raise refuse(
                503, "too-slow", "server", "", f"an answer within {self._limits.seconds:g} seconds",
                "ask for less, or try again later", Retry_After="30",
            ) from None  # fmt: skip

    def _begin(self, function: Callable[[], T], key: str) -> Future[T]:
        with self._lock:
            if key in self._shared:
                return self._shared[key]
            if self._held >= self._limits.parallel + self._limits.waiting:
                raise refuse(
                    503, "busy", "server", "", "fewer requests at once",
                    "try again in a few seconds", Retry_After="3",
                )  # fmt: skip
            self._held += 1
            future = self._pool.submit(function)
            if key:
                self._shared[key] = future
        future.add_done_callback(lambda done: self._free(key))
        return future

    def _free(self, key: str) -> None:
        with self._lock:
            self._held -= 1
            self._shared.pop(key, None)

    def close(self) -> None:
        """Take no more work; what runs ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
