"""Jobs: requests that plan, in a queue with bounds, each in a process of its own."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from counterpoise.serve.child import Child, Ended
from counterpoise.serve.limits import Limits
from counterpoise.serve.problems import plain, refuse

WAITING, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"

STATES = (WAITING, RUNNING, DONE, FAILED, CANCELLED)

_PROGRESS = 40
"""Newest lines of progress that are kept."""


@dataclass(frozen=True)
class Task:
    """What a job does: its name for a reader, how its process is called, how its end is read.

    `command` is given the job's folder; `result` the folder and what the process wrote.
    """

    key: str
    title: str
    asked: dict[str, Any]
    command: Callable[[Path], list[str]]
    result: Callable[[Path, bytes], Any]


@dataclass
class Job:
    """A job as it stands; changed under the lock of its `Jobs`."""

    task: Task
    clients: set[str]
    made: float
    state: str = WAITING
    lines: list[str] = field(default_factory=list)
    started: float | None = None
    ended: float | None = None
    result: Any = None
    problem: str = ""
    child: Child | None = None

    @property
    def id(self) -> str:
        """The job's name: the same request has the same."""
        return self.task.key


class Jobs:
    """The queue of a server. The same request asked twice is one job."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic):
        self._limits, self._clock = limits, clock
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._changed = Condition()
        self._open = False
        self._threads = [
            Thread(target=self._work, name=f"job-{number}", daemon=True)
            for number in range(limits.jobs_running)
        ]

    def open(self) -> None:
        """Begin to work on what is asked for."""
        self._open = True
        for thread in self._threads:
            thread.start()

    def add(self, task: Task, client: str) -> dict[str, Any]:
        """Take on a task, or join the job that does it; Refusal 429 where there is no room."""
        with self._changed:
            self._forget()
            job = self._jobs.get(task.key)
            if job is not None and job.state in (WAITING, RUNNING, DONE):
                if job.state != DONE:
                    self._check_client(client, job)
                job.clients.add(client)
                return self._told(job)
            self._check_client(client, None)
            waiting = sum(item.state == WAITING for item in self._jobs.values())
            if waiting >= self._limits.jobs_waiting:
                expected = f"up to {self._limits.jobs_waiting} waiting jobs"
                raise refuse(
                    429, "queue-full", "jobs", str(waiting), expected, "try again later",
                    Retry_After="60",
                )  # fmt: skip
            self._jobs.pop(task.key, None)
            job = self._jobs[task.key] = Job(task, {client}, self._clock())
            self._changed.notify()
            return self._told(job)

    def see(self, key: str) -> dict[str, Any]:
        """How a job stands; Refusal 404 for one that isn't known or was forgotten."""
        with self._changed:
            self._forget()
            return self._told(self._job(key))

    def all(self) -> list[dict[str, Any]]:
        """How all jobs stand, without results."""
        with self._changed:
            self._forget()
            return [{**self._told(job), "result": None} for job in self._jobs.values()]

    def cancel(self, key: str, client: str) -> dict[str, Any]:
        """A client's wish to end a job; it ends when none who asked for it still wants it."""
        with self._changed:
            self._forget()
            job = self._job(key)
            if client not in job.clients:
                raise refuse(
                    403, "not-yours", "job", key, "a job that you asked for", "leave it running"
                )
            if job.state in (WAITING, RUNNING):
                job.clients.discard(client)
                if not job.clients:
                    self._end(job, CANCELLED, "stopped by who asked for it")
            return self._told(job)

    def close(self) -> None:
        """End all jobs and wait for their processes."""
        with self._changed:
            self._open = False
            for job in self._jobs.values():
                if job.state in (WAITING, RUNNING):
                    self._end(job, CANCELLED, "the server was stopped")
            self._changed.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=10)

    def _check_client(self, client: str, joined: Job | None) -> None:
        held = Counter(
            name
            for job in self._jobs.values()
            if job.state in (WAITING, RUNNING) and job is not joined
            for name in job.clients
        )
        if held[client] >= self._limits.jobs_of_client:
            expected = f"up to {self._limits.jobs_of_client} jobs of one client"
            remedy = "wait for one of yours, or cancel it"
            raise refuse(
                429, "too-many-jobs", "jobs", str(held[client]), expected, remedy, Retry_After="60"
            )

    def _job(self, key: str) -> Job:
        job = self._jobs.get(key)
        if job is None:
            raise refuse(404, "job", "job", key, "a job of this server", "start it again")
        return job

    def _forget(self) -> None:
        """Let go of jobs that ended long ago."""
        now = self._clock()
        for key, job in list(self._jobs.items()):
            if job.ended is not None and now - job.ended > self._limits.job_kept:
                del self._jobs[key]

    def _told(self, job: Job) -> dict[str, Any]:
        queue = [item.id for item in self._jobs.values() if item.state == WAITING]
        now = job.ended if job.ended is not None else self._clock()
        return {
            "id": job.id,
            "title": job.task.title,
            "asked": job.task.asked,
            "state": job.state,
            "position": queue.index(job.id) + 1 if job.state == WAITING else 0,
            "seconds": round(now - job.started, 1) if job.started is not None else None,
            "lines": list(job.lines),
            "problem": job.problem,
            "result": job.result,
        }

    def _end(self, job: Job, state: str, problem: str = "") -> None:
        job.state, job.problem, job.ended = state, problem, self._clock()
        if job.child is not None:
            job.child.stop()

    def _work(self) -> None:
        while True:
            with self._changed:
                job = self._next()
                while job is None and self._open:
                    self._changed.wait()
                    job = self._next()
                if job is None:
                    return
                job.state, job.started = RUNNING, self._clock()
            self._run(job)

    def _next(self) -> Job | None:
        return next((job for job in self._jobs.values() if job.state == WAITING), None)

    def _run(self, job: Job) -> None:
        folder = Path(tempfile.mkdtemp(prefix="counterpoise-job-"))
        try:
            child = Child(job.task.command(folder), folder)
            with self._changed:
                job.child = child
                if job.state != RUNNING:
                    child.stop()
            seconds, most = self._limits.job_seconds, self._limits.job_result
            ended = child.run(seconds, most, lambda line: self._tell(job, line))
            state, problem, result = self._read(job, folder, ended)
        except Exception as error:
            state, problem, result = FAILED, f"the job broke off ({type(error).__name__})", None
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        with self._changed:
            job.child = None
            if job.state == RUNNING:
                job.result = result
                self._end(job, state, problem)

    def _tell(self, job: Job, line: str) -> None:
        found = re.match(r"·\s*(.+)", line)
        with self._changed:
            if found:
                job.lines = [*job.lines, plain(found[1])][-_PROGRESS:]
            elif line.startswith("counterpoise: "):
                job.problem = plain(line.removeprefix("counterpoise: "))
            elif job.problem and line.startswith("  "):
                job.problem = plain(f"{job.problem} {line.strip()}", 1000)

    def _read(self, job: Job, folder: Path, ended: Ended) -> tuple[str, str, Any]:
        if ended.late:
            return FAILED, f"not done within {self._limits.job_seconds:g} seconds", None
        if ended.status != 0:
            return FAILED, job.problem or f"the job broke off (status {ended.status})", None
        if len(ended.output) > self._limits.job_result:
            return FAILED, f"the result is larger than {self._limits.job_result} bytes", None
        try:
            return DONE, "", job.task.result(folder, ended.output)
        except (ValueError, OSError) as error:
            return FAILED, f"the result can't be read ({type(error).__name__})", None
