"""Decisions: recorded blocks, bodies that a member can block, and posts held, in counts."""

from __future__ import annotations

from typing import Annotated

from counterpoise.measures.amount import Amount
from counterpoise.measures.parameters import PlaceArgument, year
from counterpoise.measures.standing import standing
from counterpoise.measures.view import MEMBER_ROLES, View

GROUP = "decisions"
OWN = "docs/measures.md"

ANY_MEMBER = "any "
"""How the sheet `bodies` begins to tell that each member of a body can stop it."""

Since = Annotated[int, year(2000, 2026)]


@standing("cases", GROUP, OWN, defaults={"place": "HUN", "since": "2002"})
def blocks_recorded(view: View, place: PlaceArgument, since: Since) -> Amount:
    """Recorded cases since a year in which a state of the place blocked or delayed a decision.

    A case that several states blocked counts once. Cases are those of the sheet `blocks`: what
    was never made public isn't among them.
    """
    dataset = view.dataset
    found = [
        case
        for case in dataset.kind("block")
        if set(dataset.targets(case.address, "blocked by")) & set(place.states)
        and case.texts.get("date", "")[:4] >= str(since)
    ]
    return Amount(float(len(found)))


@standing("bodies", GROUP, OWN, defaults={"place": "HUN"})
def veto_bodies(view: View, place: PlaceArgument) -> Amount:
    """Existing bodies that any member can block and in which a state of the place sits."""
    dataset = view.dataset
    arrangements = {
        link.subject
        for state in place.states
        for link in dataset.links_to.get(state, [])
        if link.role in MEMBER_ROLES
    }
    found = [
        body
        for body in dataset.kind("body")
        if body.texts.get("can_be_blocked_by", "").startswith(ANY_MEMBER)
        and body.texts.get("status") == "existing"
        and dataset.target(body.address, "organ of") in arrangements
    ]
    return Amount(float(len(found)))


@standing("posts", GROUP, OWN, defaults={"place": "USA"})
def posts_held(view: View, place: PlaceArgument) -> Amount:
    """Posts of the sheet `posts` that a state of the place holds, alone or in turn.

    A group of posts isn't counted beside its members.
    """
    dataset = view.dataset
    groups = {link.object for link in dataset.links if link.role == "member"}
    found = [
        post
        for post in dataset.kind("post")
        if post.address not in groups
        and set(dataset.targets(post.address, "held by")) & set(place.states)
    ]
    return Amount(float(len(found)))
