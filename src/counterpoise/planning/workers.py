"""Solving many problems at once: forked processes that share what all of them need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Generic, TypeVar

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")

_held: Any = None
"""In a worker: what its pool shares. Inherited by the fork, so that nothing large is pickled."""


def _hold(shared: Any) -> None:
    global _held
    _held = shared


def _work(call: tuple[Callable[[Any, Any], Any], Any]) -> Any:
    work, task = call
    return work(_held, task)


class Workers(Generic[Shared]):
    """A pool of `count` processes for functions of (shared, task); a context manager."""

    def __init__(self, shared: Shared, count: int):
        self._pool = ProcessPoolExecutor(count, get_context("fork"), _hold, (shared,))

    def __enter__(self) -> Workers[Shared]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.__exit__(kind, error, trace)

    def map(self, work: Callable[[Shared, Task], Result], tasks: Iterable[Task]) -> list[Result]:
        """Results in the order of the tasks; `work` is a function of a module."""
        return list(self._pool.map(_work, ((work, task) for task in tasks)))

    def each(
        self, work: Callable[[Shared, Task], Result], tasks: Iterable[Task]
    ) -> Iterator[Result]:
        """Results in the order of the tasks, each as soon as it and those before it are there."""
        yield from self._pool.map(_work, ((work, task) for task in tasks))
