"""What a job may be asked for: a question that plans, or a plan with a change of one's own."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal, get_args

import polars as pl
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, NotFound, Problem
from counterpoise.measures.parameters import (
    BEHAVIOURS,
    Kind,
    Refused,
    ScenarioArgument,
    choice,
)
from counterpoise.measures.registry import printed
from counterpoise.measures.standing import Parameter, read_arguments
from counterpoise.measures.view import View
from counterpoise.pages.page import read_path
from counterpoise.pages.site import Site
from counterpoise.planning.caps import parse_cap
from counterpoise.questions.ask import check_arguments, find_question
from counterpoise.serve.jobs import Task
from counterpoise.serve.rows import plain_row
from counterpoise.world.needs import KEYS
from counterpoise.world.scenario import names, read_scenario
from counterpoise.world.weights import weight_sets

Word = Annotated[str, Field(max_length=60)]
Text = Annotated[str, Field(max_length=200)]
Arguments = Annotated[dict[Word, Text], Field(max_length=20)]

YOURS = "yours"
"""What a scenario that comes with a request is called."""

NO_CAP = "none"

_GIVEN = 20
"""Most arguments of a question."""

_ORDERS = 500
"""Largest orders that a plan's result tells."""


class QuestionAsked(BaseModel):
    """A question with arguments, as `counterpoise ask`; it may plan."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["question"]
    question: Word
    arguments: Arguments = {}


class PlanAsked(BaseModel):
    """A plan by years: `scenario`, `behaviour`, `key`, `weights` and `cap` as text.

    `scenario_file` is a scenario of your own as TOML, in place of the argument.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["plan"]
    arguments: Arguments = {}
    scenario_file: Annotated[str, Field(max_length=20_000)] = ""


class PageAsked(BaseModel):
    """The question of a page, by the page's path: `ask/q06/year=2033`."""

    model_config = ConfigDict(extra="forbid")

    path: Annotated[str, Field(max_length=600)]


def _which(given: Any) -> str:
    kind = given.get("kind", "page") if isinstance(given, dict) else getattr(given, "kind", "page")
    return kind if isinstance(kind, str) else ""


JobAsked = Annotated[
    Annotated[QuestionAsked, Tag("question")]
    | Annotated[PlanAsked, Tag("plan")]
    | Annotated[PageAsked, Tag("page")],
    Discriminator(_which),
]
"""What a job is asked for."""


def of_page(asked: PageAsked) -> QuestionAsked:
    """The question that a page shows; BadInput for another page."""
    found = read_path(asked.path)
    if len(found.parts) != 2 or found.parts[0] != "ask" or len(found.given) > _GIVEN:
        expected, remedy = "ask/QUESTION/name=value/…", "name a question's page"
        raise BadInput([Problem("path", "path", None, "", asked.path, expected, remedy)])
    return QuestionAsked(kind="question", question=found.parts[1][:60], arguments=found.given)


def question_task(site: Site, asked: QuestionAsked, options: Sequence[str]) -> Task:
    """The job that answers a question; BadInput with all that is wrong with its arguments.

    Its answer is kept, so that the page of the question shows it. `options` are the command
    line's for the data.
    """
    question = find_question(site.catalogue, asked.question)
    check_arguments(site.view, site.catalogue, question, asked.arguments)
    given = [f"{name}={text}" for name, text in sorted(asked.arguments.items())]

    def command(place: Path) -> list[str]:
        linked = _linked(site.folder, place)
        return ["counterpoise", "ask", question.id, *given, *options, "--runs", str(linked),
                "--format", "json"]  # fmt: skip

    def result(place: Path, output: bytes) -> Any:
        told = json.loads(output)
        site.answers.put(question, asked.arguments, output.decode())
        return told

    about = {"kind": "question", "question": question.id, "arguments": asked.arguments}
    return Task(_key(about, site.dataset), " ".join((question.id, *given)), about, command, result)


def plan_task(view: View, asked: PlanAsked, options: Sequence[str]) -> Task:
    """The job that plans; BadInput with all that is wrong with its arguments or scenario."""
    parameters = plan_parameters(view)
    given = read_arguments("plan", parameters, asked.arguments, view)
    if asked.scenario_file:
        check_scenario(view, asked.scenario_file, asked.arguments)
    if asked.scenario_file:
        given["scenario"] = f"{YOURS}.toml"
    words = {name: text for name, text in given.items() if (name, text) != ("cap", NO_CAP)}
    chosen = [f"--{name}={text}" for name, text in words.items()]

    def command(place: Path) -> list[str]:
        if asked.scenario_file:
            (place / f"{YOURS}.toml").write_text(asked.scenario_file, encoding="utf-8")
        return ["counterpoise", "plan", *chosen, "--calendar", "yearly", "--quick", *options,
                "--runs", str(place / "runs")]  # fmt: skip

    told = {"kind": "plan", "arguments": asked.arguments, "scenario_file": asked.scenario_file}
    title = " ".join(
        ("plan", *(f"{name}={text}" for name, text in sorted(asked.arguments.items())))
    )
    return Task(_key(told, view.dataset), title, told, command, plan_result)


def plan_parameters(view: View) -> tuple[Parameter, ...]:
    """What a plan takes; the same words as the command `plan`."""
    scenario = next(mark for mark in get_args(ScenarioArgument) if isinstance(mark, Kind))
    return (
        Parameter("scenario", scenario, "baseline"),
        Parameter("behaviour", choice(*BEHAVIOURS), "together"),
        Parameter("key", choice(*KEYS), KEYS[0]),
        Parameter("weights", choice(*weight_sets(view.dataset)), "equal"),
        Parameter("cap", Kind("cap", f"usa=0.5, or {NO_CAP}", _read_cap, _no_parts), NO_CAP),
    )


def _read_cap(text: str, view: View) -> str:
    if text != NO_CAP:
        try:
            parse_cap(text, view.dataset)
        except BadInput as error:
            raise Refused(error.problems[0].expected) from None
    return text


def _no_parts(value: Any, view: View) -> list[str]:
    return []


def check_scenario(view: View, text: str, arguments: Mapping[str, str]) -> None:
    """BadInput with all that is wrong with a scenario's text; it may build on shipped ones only."""
    if "scenario" in arguments:
        expected = "either a scenario's name or a file"
        problem = Problem(
            "scenario", "scenario", None, "", arguments["scenario"], expected, "choose"
        )
        raise BadInput([problem])
    try:
        based_on = tomllib.loads(text).get("based_on", "")
    except tomllib.TOMLDecodeError:
        based_on = ""
    except RecursionError:
        problem = Problem("toml", "scenario_file", None, "", "", "a flat TOML file", "nest less")
        raise BadInput([problem]) from None
    if based_on not in ("", *names()):
        expected = " or ".join(names())
        problem = Problem(
            "based-on", "scenario_file", None, "based_on", str(based_on), expected, "choose one"
        )
        raise BadInput([problem])
    with TemporaryDirectory(prefix="counterpoise-scenario-") as place:
        file = Path(place) / f"{YOURS}.toml"
        file.write_text(text, encoding="utf-8")
        try:
            read_scenario(str(file), view.dataset)
        except NotFound as error:
            raise BadInput(
                [
                    Problem(
                        "scenario", "scenario_file", None, "", error.name, str(error), "correct it"
                    )
                ]
            ) from None


def plan_result(place: Path, output: bytes) -> dict[str, Any]:
    """Headline measures, gaps' summary and the largest orders of the run that a plan wrote."""
    found = next(iter(runs.list_runs(place / "runs")), None)
    if found is None:
        raise ValueError("no run was written")
    run = runs.open_run(found["path"], place / "runs")
    summary = run.table("summary")
    shown = printed(summary["behaviour"].to_list())
    orders = run.table("orders").filter(pl.col("behaviour") == shown)
    orders = orders.sort("eur_bn", descending=True).head(_ORDERS)
    return {
        "run": run.id,
        "release": run.meta["release_id"],
        "behaviour": shown,
        "summary": [plain_row(row) for row in summary.iter_rows(named=True)],
        "orders": [plain_row(row) for row in orders.iter_rows(named=True)],
    }


def _linked(folder: Path, place: Path) -> Path:
    """A folder of runs in the job's own, that shows the saved ones: what it makes stays there."""
    linked = place / "runs"
    linked.mkdir()
    if folder.is_dir():
        for run in folder.iterdir():
            if run.is_dir() and not run.name.startswith("."):
                (linked / run.name).symlink_to(run.resolve(), target_is_directory=True)
    return linked


def _key(told: Mapping[str, Any], dataset: Dataset) -> str:
    text = json.dumps([told, dataset.digest], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]
