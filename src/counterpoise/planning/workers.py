"""Solving at once: forked processes that share what they need, or one beside the caller."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, TypeVar

from counterpoise.errors import CounterpoiseError

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


def _send(connection: Connection, work: Callable[[Task], Any], task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for the answer ends the process
    try:
        connection.send((work(task), None))
    except Exception as error:
        connection.send((None, error))


class Beside(Generic[Result]):
    """One function of one task in a process of its own; a context manager that ends it."""

    def __init__(self, work: Callable[[Task], Result], task: Task):
        context = get_context("fork")
        self._answer, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_send, args=(sender, work, task), daemon=True)
        self._process.start()
        sender.close()

    def __enter__(self) -> Beside[Result]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.join()
        self._answer.close()

    def result(self) -> Result:
        """What the function gives, waited for; what it raises is raised here."""
        try:
            found, error = self._answer.recv()
        except EOFError as gone:
            raise CounterpoiseError("a process of the plan was ended from outside") from gone
        if error is not None:
            raise error
        value: Result = found
        return value
