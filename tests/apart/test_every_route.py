"""Every address x every role x own, other and former network x GET and POST: nobody is told of whom they may not see.

The expected answer of each cell comes from the door's roles and from the world's own days; none is written by hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern

from apart.cells import (
    NAMED,
    TRACE,
    Answer,
    address_of,
    ask,
    describe,
    desk_routes,
    is_of_a_record,
    lets_in,
    names_in,
    own_routes,
    position_of,
    pressed,
)
from apart.world import DAY, PLACES, STEM, Place, Subject, World, desk_roles
from secondopinion.people.models import Role
from secondopinion.people.rls import plan_scope

BY_NAME = {place.name: place for place in PLACES}
# From where whose record is asked for. Every role of the first three is asked; of the others, one person of all roles.
RELATIONS = {
    "own network": ("citrus", "own"),
    "other network": ("sierra", "own"),
    "former network": ("citrus", "former"),
    "the plan": ("plan", "own"),
    "a network without Members": ("grove", "own"),
    "the network the Member left, its work done": ("citrus", "left"),
    "the network the Member left, still deciding": ("citrus", "open"),
    "the new network of an open request": ("sierra", "open"),
    "the new network that honours": ("sierra", "moved"),
    "a sub-delegate": ("harbor", "own"),
    "a sub-delegate for another program": ("pier", "own"),
    "a sub-delegate of yesterday": ("quay", "own"),
    "the plan's own Member, from a network": ("citrus", "plans"),
}
# What looking leaves besides its trace: that this person has read the paper.
LEAVES = {"paper-pdf": {"referrals_paperread"}}
EVERY_ROLE = ("own network", "other network", "former network")
METHODS = ("GET", "POST")
# The plan alone accounts to a Member for everybody, and runs the house.
OF_THE_PLAN = {"looks", "disclosures", "disclosures-csv", "administration", "administration-kind",
               "administration-propose", "administration-proposal"}  # fmt: skip


def roles_for(relation: str) -> list[str]:
    """The roles that are asked from a relation."""
    return list(Role.values) if relation in EVERY_ROLE else ["all"]


def let_in(route: URLPattern, role: str, method: str) -> bool:
    """Does the door open to the role, or to any of somebody who has them all?"""
    return any(lets_in(route, each, method) for each in (desk_roles() if role == "all" else [role]))


def is_seen(route: URLPattern, subject: Subject, place: Place) -> bool:
    """May the place see the record that the address names?"""
    named = names_in(route) & NAMED
    if route.name == "aloud-letter":
        return False  # nobody has looked the Member up today: tests/desk/test_aloud.py
    if route.name == "office-held":
        return not place.network  # no record of a Member is found yet, so it is no network's
    if "member_id" in named:
        return subject.member_is_seen_from(place)
    if "forwarded_id" in named:
        return not place.sub_delegate and (place.network == subject.life.received_at)
    if named & {"letter_id", "paper_id"}:
        there = "paper_id" in named or subject.has_letters
        return there and subject.is_kept_at(place) and subject.page_is_seen_from(place)
    if str(route.name).startswith("packet") and not subject.objected:
        return False  # there is none before an objection
    return subject.page_is_seen_from(place)


def wrongs(route: URLPattern, role: str, relation: str, method: str, answer: Answer, world: World) -> Iterator[str]:
    """What is not as it must be in one cell."""
    name, key = RELATIONS[relation]
    place, subject = BY_NAME[name], world.subjects[key]
    of_a_record = is_of_a_record(route)
    strangers = [s for s in world.subjects.values() if not s.page_is_seen_from(place)
                 and not s.member_is_seen_from(place)]  # fmt: skip
    if leaked := answer.tells_of(strangers):
        yield f"tells of {leaked}"
    if answer.status >= 500:
        yield f"answers {answer.status}"
    if method == "GET" and answer.written - {TRACE, *LEAVES.get(str(route.name), ())}:
        yield f"GET writes {set(answer.written)}"
    if not let_in(route, role, method):
        if answer.status not in (403, 405):
            yield f"answers {answer.status}, but the door is not for this role"
        if answer.tells_of(list(world.subjects.values())):
            yield "tells of a Member whom the role may not read of here"
        if answer.written:
            yield f"writes {set(answer.written)} though the door is closed"
        return
    if str(route.name) in OF_THE_PLAN and place.network:
        if answer.status not in (403, 405):
            yield f"answers {answer.status}, and it is the plan's alone"
        if answer.tells_of(list(world.subjects.values())) or answer.written - {TRACE}:
            yield "tells or writes something, and it is the plan's alone"
        return
    if not of_a_record:
        # A form for the plan alone may refuse a network's staff when it is sent; what is read is for the door's roles.
        if answer.status == 403 and method == "GET":
            yield "answers 403, but the door is for this role"
        return
    if TRACE not in answer.written and answer.status != 405:
        yield "leaves no trace of the look"
    if is_seen(route, subject, place):
        if answer.status in (403, 404) and not (method == "POST" and answer.status == 404):
            yield f"answers {answer.status} to somebody who may see it"
        return
    elsewhere = answer.status == 302 and subject.number not in answer.location and STEM not in answer.location
    if answer.status not in (404, 405) and not elsewhere:
        yield f"answers {answer.status} to somebody who may not see it"
    if answer.kind in ("application/pdf", "application/zip", "text/csv"):
        yield f"hands over a file of {answer.kind}"
    if answer.written - {TRACE}:
        yield f"writes {set(answer.written)}"


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_address_for_every_role(
    world: World, relation: str, record_property: Callable[[str, object], None]
) -> None:
    name, key = RELATIONS[relation]
    place, subject = BY_NAME[name], world.subjects[key]
    with plan_scope(DAY):
        said = pressed(subject, position_of(subject))
    found, cells, began = [], 0, time.perf_counter()
    for route in desk_routes():
        address = address_of(route, world, subject)
        for role in roles_for(relation):
            for method in METHODS:
                answer = ask(world.browser(name, role), method, address, said if method == "POST" else None)
                cells += 1
                found += [
                    describe(route, role, place, key, method, what)
                    for what in wrongs(route, role, relation, method, answer, world)
                ]
    record_property("cells", cells)
    record_property("seconds", round(time.perf_counter() - began, 1))
    assert not found, "\n".join(found)
    assert cells == len(list(desk_routes())) * len(roles_for(relation)) * 2


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_the_pages_of_ones_own_sign_in_tell_of_no_member_and_write_nothing_of_one(world: World, place: Place) -> None:
    wrong, subjects = [], list(world.subjects.values())
    for route in own_routes():
        for role in Role.values:
            for method in METHODS:
                answer = ask(world.browser(place.name, role), method, address_of(route, world, subjects[0]))
                if answer.status >= 500 or answer.tells_of(subjects) or answer.written:
                    wrong.append(describe(route, role, place, "nobody", method, answer.status))
    assert list(own_routes())
    assert not wrong, "\n".join(wrong)
