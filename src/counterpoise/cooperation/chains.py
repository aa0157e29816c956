"""Chains of command by regional plan, the functions of posts, and what stops in a vacancy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counterpoise.cooperation.posts import VACANT, Standing
from counterpoise.data.dataset import Dataset
from counterpoise.errors import BadInput, Problem

UNCOVERED, ACTING, REDUCED, NOT_KNOWN = "uncovered", "under a deputy", "reduced", "not known"

ABOVE, REGIONAL, BELOW, BESIDE = "above", "regional command", "below", "for all plans"
"""A post's place in a plan's chain."""

Standings = Mapping[str, Standing]
"""How each post stands, by address."""


@dataclass(frozen=True)
class Chain:
    """One post in the chain of a plan.

    `broken_at` is the nearest post at or above it that nobody known leads since its holder
    stepped back; "" where its orders come through.
    """

    plan: str
    place: str
    standing: Standing
    broken_at: str


@dataclass(frozen=True)
class Function:
    """What some posts do, and how far it still is done.

    `status` is uncovered (all its posts are vacant), under a deputy, reduced (some of its posts
    are vacant), not known (nobody known leads it otherwise), or "" where nothing has changed.
    """

    address: str
    name: str
    plan: str
    status: str
    posts: tuple[Standing, ...]


def above(dataset: Dataset, post: str) -> list[str]:
    """The posts over a post, the nearest first; bodies end the line, a circle does so too."""
    found: list[str] = []
    at = dataset.target(post, "reports to")
    while at in dataset.things and dataset.things[at].kind == "post" and at not in (post, *found):
        found.append(at)
        at = dataset.target(at, "reports to")
    return found


def chains(dataset: Dataset, standing: Standings) -> list[Chain]:
    """The chain of each regional plan: what is over its command, under it, and for all plans.

    A post is under the command if it reports to it, or if its region is one that the plan but not
    every plan covers and it reports to no other plan's command. Only posts that count, and whose
    line has the same head, are in the chain.
    BadInput for a plan that no post runs.
    """
    plans = [plan.address for plan in dataset.kind("regional-plan")]
    commands = {dataset.target(plan, "run by") for plan in plans}
    found = []
    for plan in plans:
        lead = dataset.target(plan, "run by")
        if lead not in standing:
            expected, remedy = "the post that runs the plan", "name a post of posts.csv"
            raise BadInput(
                [Problem("plan", "regional-plans.csv", None, "responsible_jfc", lead or plan,
                         expected, remedy)]
            )  # fmt: skip
        over = above(dataset, lead)
        head = over[-1] if over else lead
        rows = [(post, ABOVE) for post in reversed(over)] + [(lead, REGIONAL)]
        rest = [
            post
            for post, item in standing.items()
            if item.post.appointment.counted
            and post not in (*commands, *over)
            and commands.isdisjoint({*above(dataset, post)} - {lead})
            and head in above(dataset, post)
            and plan in item.post.plans
        ]
        everywhere = [post for post in rest if set(plans) <= set(standing[post].post.plans)]
        own = [post for post in rest if post not in everywhere or lead in above(dataset, post)]
        rows += [(post, BELOW) for post in own]
        rows += [(post, BESIDE) for post in everywhere if post not in own]
        found += [
            Chain(plan, place, standing[post], broken_at(dataset, standing, post))
            for post, place in rows
        ]
    return found


def broken_at(dataset: Dataset, standing: Standings, post: str) -> str:
    """The nearest vacant post without a known deputy, from a post upwards; "" for none."""
    for address in (post, *above(dataset, post)):
        item = standing[address]
        if item.status == VACANT and not item.led:
            return address
    return ""


def functions(dataset: Dataset, standing: Standings) -> list[Function]:
    """All functions and how far each is done, in the order of their sheet."""
    found = []
    for thing in dataset.kind("command-function"):
        posts = tuple(standing[post] for post in dataset.targets(thing.address, "done by"))
        plan = dataset.target(thing.address, "for")
        found.append(Function(thing.address, thing.name, plan, status_of(posts), posts))
    return found


def status_of(posts: tuple[Standing, ...]) -> str:
    """What vacancies do to a function that each of the posts performs alone."""
    vacant = [item for item in posts if item.status == VACANT]
    if not vacant:
        return ""
    if any(item.led and item.status != VACANT for item in posts):
        return REDUCED
    if any(item.acting for item in vacant):
        return ACTING
    return UNCOVERED if len(vacant) == len(posts) else NOT_KNOWN
