"""Saved results: a run is a folder, written aside and renamed into place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, NotFound, Problem

FORMAT = 3
"""Version of the folder's layout; another one is refused."""

FOLDER = Path("runs")

SHIPPED = Path(__file__).parent / "reference" / "runs"
"""Runs over the reference release that come with it, for they take long: the matrix of pathways."""

PLAN = "plan"
"""The kind of a run that holds plans; other kinds are asked for by what they are."""


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, its request and what was saved with it."""

    path: Path
    meta: dict[str, Any]

    @property
    def id(self) -> str:
        """The run's name: scenario and digest of request, dataset and version."""
        return self.path.name

    def table(self, name: str) -> pl.DataFrame:
        """A saved table; NotFound names the ones there are."""
        file = self.path / "tables" / f"{name}.parquet"
        if not file.is_file():
            raise NotFound(f"{self.id}/{name}", self.tables())
        return pl.read_parquet(file)

    def tables(self) -> list[str]:
        """Names of the saved tables."""
        return sorted(path.stem for path in (self.path / "tables").glob("*.parquet"))

    def arrays(self, name: str) -> dict[str, np.ndarray[Any, Any]]:
        """Saved arrays of a stage or a behaviour."""
        with np.load(self.path / "stages" / f"{name}.npz", allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}


def run_id(request: dict[str, Any], dataset: Dataset, version: str) -> str:
    """Name of the run that a request over a dataset gives: the same inputs, the same name."""
    text = json.dumps([request, dataset.digest, version, FORMAT], sort_keys=True)
    scenario = Path(str(request["scenario"])).stem
    return f"{scenario}-{sha256(text.encode()).hexdigest()[:8]}"


@contextmanager
def writing(folder: Path, name: str) -> Iterator[Path]:
    """A folder to write a run in; renamed to its name at the end, removed if anything fails."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".part-{name}"
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "tables").mkdir(parents=True)
    (aside / "stages").mkdir()
    try:
        yield aside
        place = folder / name
        old = folder / f".old-{name}"
        if place.exists():
            place.rename(old)
        aside.rename(place)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def finish(aside: Path, meta: dict[str, Any]) -> None:
    """Write run.json with the digest of every other file in the folder, and its own."""
    digests = {
        path.relative_to(aside).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(aside.rglob("*"))
        if path.is_file()
    }
    _write_meta(aside, {"format": FORMAT, "status": "complete", **meta, "files": digests})


def _write_meta(path: Path, content: dict[str, Any]) -> None:
    """Write run.json; `digest` is that of the file's text without it."""
    kept = {name: value for name, value in content.items() if name != "digest"}
    digest = sha256(_text(kept).encode()).hexdigest()
    (path / "run.json").write_text(_text({**kept, "digest": digest}) + "\n", encoding="utf-8")


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)


def keep_with(run: Run, paths: Sequence[Path]) -> None:
    """Count files written into a run's folder later, as its brief, among its files.

    Files elsewhere are left out. The run keeps its place among the others by date.
    """
    inside = [path for path in paths if path.resolve().is_relative_to(run.path.resolve())]
    if not inside:
        return
    files = {
        path.resolve().relative_to(run.path.resolve()).as_posix(): sha256(
            path.read_bytes()
        ).hexdigest()
        for path in inside
    }
    made = (run.path / "run.json").stat()
    _write_meta(run.path, {**run.meta, "files": {**run.meta["files"], **files}})
    os.utime(run.path / "run.json", ns=(made.st_atime_ns, made.st_mtime_ns))


def list_runs(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Runs in a folder, newest first: id, path, kind, status, scenario, calendar, release."""
    found = []
    for path in folder.glob("*"):
        if not path.is_dir() or path.name.startswith("."):
            continue
        meta = _meta(path)
        changed = (path / "run.json").stat().st_mtime_ns if meta else path.stat().st_mtime_ns
        found.append(
            (
                changed,
                {
                    "id": path.name,
                    "path": str(path),
                    "kind": meta.get("kind", PLAN),
                    "status": meta.get("status", "incomplete"),
                    "scenario": meta.get("request", {}).get("scenario", ""),
                    "calendar": meta.get("request", {}).get("calendar", ""),
                    "release": meta.get("release_id", ""),
                },
            )
        )
    return [row for _, row in sorted(found, key=lambda item: (-item[0], item[1]["id"]))]


def _meta(path: Path) -> dict[str, Any]:
    try:
        content = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def find_run(name: str, folder: Path = FOLDER) -> Path:
    """The folder of a run by id, path, or `latest`: the newest finished one that holds plans.

    NotFound for an unknown one.
    """
    path = Path(name)
    if name == "latest":
        newest = [
            row for row in list_runs(folder) if row["status"] == "complete" and row["kind"] == PLAN
        ]
        if not newest:
            raise NotFound("run/latest", ["counterpoise plan"])
        path = Path(newest[0]["path"])
    elif not (path.is_dir() and {"/", os.sep} & set(name)):
        path = next((at / name for at in (folder, SHIPPED) if (at / name).is_dir()), folder / name)
    if not path.is_dir():
        raise NotFound(f"run/{name}", [f"run/{row['id']}" for row in list_runs(folder)[:5]])
    return path


def check_kind(run: Run, kind: str = PLAN) -> None:
    """BadInput for a run of another kind, with its tables, which can be shown all the same."""
    found = run.meta.get("kind", PLAN)
    if found == kind:
        return
    tables = ", ".join(f"run/{run.id}/{name}" for name in run.tables())
    remedy = f"choose one of kind {kind} in `counterpoise runs`, or `show` a table: {tables}"
    raise BadInput([Problem("run-kind", run.id, None, "kind", found, kind, remedy)])


def open_run(name: str, folder: Path = FOLDER, kind: str | None = PLAN) -> Run:
    """A finished run by id, path, or `latest`, of a kind; of any kind if it is None.

    NotFound for an unknown one; BadInput for one half-written, or of another format or kind.
    """
    path = find_run(name, folder)
    meta = _meta(path)
    if meta.get("status") != "complete" or meta.get("format") != FORMAT:
        expected = f"a finished run of format {FORMAT}"
        raise BadInput(
            [
                Problem(
                    "half-run",
                    str(path),
                    None,
                    "",
                    str(meta.get("format", "no run.json")),
                    expected,
                    "plan again, or delete the folder",
                )
            ]
        )
    if kind is not None:
        check_kind(Run(path, meta), kind)
    broken = [
        str(path / file)
        for file, digest in meta.get("files", {"run.json": ""}).items()
        if not (path / file).is_file() or sha256((path / file).read_bytes()).hexdigest() != digest
    ]
    if not {"request", "dataset", "files"} <= set(meta):
        broken.append(str(path / "run.json"))
    if broken:
        remedy = "plan again, or delete the folder"
        raise BadInput(
            [
                Problem("half-run", file, None, "", "", "a file of the run as it was saved", remedy)
                for file in broken
            ]
        )
    return Run(path, meta)
