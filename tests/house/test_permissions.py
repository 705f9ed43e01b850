"""Who may do what: the page is drawn from the table and the doors, and every role is tried at every route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import URLPattern

from county import NOW, TODAY, county, sign_in
from house.test_routes import at_the_door_as, routes
from secondopinion.people.doors import READ, WORK
from secondopinion.people.models import Role
from secondopinion.people.rls import Scope, set_scope
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.site.permissions import as_markdown, pages, steps

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
AGAIN = "secondopinion permissions > docs/permissions.md"
ONE_OF_EACH = {
    Role.INTAKE: "intake@plan", Role.NURSE: "nurse@plan", Role.PHYSICIAN: "physician@plan",
    Role.CONTRACTING: "contracting@plan", Role.APPEALS: "appeals@plan", Role.OVERSIGHT: "oversight@plan",
    Role.COMPLIANCE: "compliance@plan", Role.CALL_CENTRE: "calls@plan", Role.ADMINISTRATOR: "admin@plan",
}  # fmt: skip
GUARDED = sorted({r.name: r for r in routes() if getattr(r.callback, "guard", "") == "signed_in"}.items())  # type: ignore[type-var]
OF_THE_HOUSE = {"administration", "administration-kind", "administration-propose", "administration-proposal"}
GIVEN = {
    "slug": "nothing", "str": "nothing", "int": 1, "uuid": UUID(int=0), "path": "nothing",
}  # fmt: skip


def test_the_page_in_docs_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), f"Somebody's rights changed: run `{AGAIN}` and look."


def test_every_role_has_somebody_here() -> None:
    assert set(ONE_OF_EACH) == set(Role)


def test_every_step_and_every_guarded_page_has_its_line() -> None:
    assert [line.words for line in steps()] == [step.words for step in STEPS.values()]
    assert len(pages()) == len(GUARDED)


def test_nobody_outside_the_working_roles_writes_but_at_the_pages_made_for_them() -> None:
    made_for = {"aloud", "aloud-read", "aloud-letter", "accounts", "accounts-ask", "accounts-answer", "who-may"}
    made_for |= OF_THE_HOUSE
    strangers = set(map(str, Role)) - set(map(str, WORK))
    assert {name for name, route in GUARDED if route.callback.writers & strangers} == made_for  # type: ignore[attr-defined]


def test_an_administrator_reads_no_page_but_of_accounts_and_of_how_the_house_is_run() -> None:
    admin = str(Role.ADMINISTRATOR)
    assert {name for name, route in GUARDED if admin in route.callback.readers} == {  # type: ignore[attr-defined]
        "accounts", "accounts-ask", "accounts-answer", "who-may", *OF_THE_HOUSE,
    }  # fmt: skip


def arguments(route: URLPattern) -> dict[str, object]:
    """Something in every place of an address, which leads to no record."""
    return {name: GIVEN[kind] for kind, name in re.findall(r"<(\w+):(\w+)>", str(route.pattern))}


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_past_the_doors_that_say_so_and_past_no_other(as_plan: None, role: Role) -> None:
    user = county().staff[ONE_OF_EACH[role]].user
    wrong = []
    for name, route in GUARDED:
        for method in ("get", "post"):
            set_scope(Scope(None, TODAY))
            request = at_the_door_as(getattr(RequestFactory(), method)("/"), user)
            door = route.callback
            expected = role.value in (door.readers if method == "get" else door.writers)  # type: ignore[attr-defined]
            if is_let_in(door, request, arguments(route)) not in (expected, None):
                wrong.append(f"{method} {name}")
    assert wrong == []


def is_let_in(door: object, request: HttpRequest, given: dict[str, object]) -> bool | None:
    """Does the door let the request through to the view? None: the page takes no such method, whoever asks."""
    inner = door
    while inner.__code__.co_name != "door":  # type: ignore[attr-defined]
        inner = inner.__wrapped__  # type: ignore[attr-defined]
    view, reached = inner.__wrapped__, []  # type: ignore[attr-defined]

    def stands_in(*_: object, **__: object) -> None:
        reached.append(True)
        raise Reached

    cells = dict(zip(inner.__code__.co_freevars, inner.__closure__, strict=True))  # type: ignore[attr-defined]
    stands_in.__name__ = view.__name__
    cells["view"].cell_contents = stands_in
    try:
        if door(request, **given).status_code == 405:  # type: ignore[operator]
            return None
    except Reached:
        pass
    except PermissionDenied:
        assert not reached
    finally:
        cells["view"].cell_contents = view
    return bool(reached)


class Reached(Exception):
    """The view was reached."""


@pytest.mark.parametrize("name", ["calls@plan", "nurse@citrus", "admin@citrus"])
def test_all_staff_may_read_who_may_do_what(as_plan: None, client: Client, name: str) -> None:
    county()
    sign_in(client, name, NOW)
    page = client.get("/who-may/").content.decode()
    assert "Denied" in page
    assert "adverse: with a licence in force, in person" in page


def _columns() -> Iterator[str]:
    yield from (role.label for role in (*WORK, *READ))


def test_the_documentation_names_every_role() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(label in text for label in _columns())
