"""A child process: its progress line by line, its end in time, and its whole group with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

_KEPT_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "HOME", "SYSTEMROOT")

_GRACE = 3.0
"""Seconds that a child has to end by itself after it was told to."""

_LINE = 400
"""Characters of a line of progress that are kept."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: its status, what it wrote, and whether it was out of time."""

    status: int
    output: bytes
    late: bool


class Child:
    """One child process in a group of its own, so that its helpers end with it."""

    def __init__(self, command: Sequence[str], folder: Path):
        self._late = self._over = False
        self._written = folder / "output"
        environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
        with self._written.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={**environment, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )

    def run(self, seconds: float, most: int, tell: Callable[[str], None]) -> Ended:
        """Wait for the end, at most so long; `tell` gets each line of its error stream.

        Of what it wrote the first `most` bytes are given, and one more where there is more.
        """
        timer = Timer(seconds, self._out_of_time)
        timer.daemon = True
        timer.start()
        try:
            with self._process as process:
                if process.stderr is not None:
                    while line := process.stderr.readline(8 * _LINE):
                        tell(line.decode("utf-8", "replace").rstrip()[:_LINE])
                process.wait()
        finally:
            timer.cancel()
            self._kill(signal.SIGKILL)
            self._over = True
        with self._written.open("rb") as output:
            content = output.read(most + 1)
        return Ended(self._process.returncode, content, self._late)

    def stop(self) -> None:
        """End the child and its group; those that don't listen are ended by force."""
        self._kill(signal.SIGTERM)
        force = Timer(_GRACE, self._kill, [signal.SIGKILL])
        force.daemon = True
        force.start()

    def _out_of_time(self) -> None:
        self._late = True
        self.stop()

    def _kill(self, how: signal.Signals) -> None:
        if self._over:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, how)
