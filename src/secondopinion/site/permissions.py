"""Who may do what: each step by the lifecycle table, each page by its door. Nothing is written here by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_safe

from secondopinion.people.doors import EVERYBODY, signed_in
from secondopinion.people.models import Role
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.referrals.states import By

OTHERS: Final = {By.MEMBER: "Member", By.POLICY: "The policy", By.SYSTEM: "The house"}
GUARDS: Final = {
    "public": "everybody; shows nothing of any Member",
    "own_account": "all staff, for their own sign-in",
    "members_code": "whoever has a Member’s code",
    "members_page": "the Member, on a page of their own",
    "office_way_in": "any office; shows nothing until number, birth date and office fit",
    "office_page": "the office that asked, on the page of its answer",
    "professional_way_in": "whoever has a professional’s link",
    "professional_page": "the professional who gives the opinion, on the page of the visit",
    "api_client": "systems with a token",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is, the mark in each column, and what the line adds in words."""

    words: str
    marks: tuple[str, ...]
    note: str = ""


def step_columns() -> tuple[str, ...]:
    """Who takes steps: the roles of the desk, then those who are no staff."""
    return (*(role.label for role in Role if role is not Role.ADMINISTRATOR), *OTHERS.values())


def steps() -> tuple[Line, ...]:
    """Who may take which step of a referral, from the lifecycle table."""
    columns = (*(role.value for role in Role if role is not Role.ADMINISTRATOR), *(by.value for by in OTHERS))
    return tuple(
        Line(
            step.words,
            tuple("yes" if column in step.by else "" for column in columns),
            "adverse: with a licence in force, in person" if step.adverse else "",
        )
        for step in STEPS.values()
    )


def pages() -> tuple[Line, ...]:
    """Which role may open which page, and send something there, from the pages' doors."""
    found = []
    for route, pattern in sorted(_routes(), key=lambda pair: pair[0]):
        door: Any = pattern.callback
        if door.guard == "signed_in":
            marks = tuple(_mark(role, door.readers, door.writers) for role in Role)
            found.append(Line(route, marks))
    return tuple(found)


def other_pages() -> tuple[Line, ...]:
    """The pages that ask for no role, each with whom it is open to."""
    doors = [(route, getattr(p.callback, "guard", "")) for route, p in sorted(_routes(), key=lambda pair: pair[0])]
    return tuple(Line(route, (), GUARDS[guard]) for route, guard in doors if guard != "signed_in")


def as_markdown() -> str:
    """The same as a page of the documentation, `docs/permissions.md`."""
    roles = [role.label for role in Role]
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Written by `secondopinion permissions` from the lifecycle table and from each page’s door. Where somebody",
            "works is not a role: staff of a Health Network have the same roles and see their network’s Members alone.",
            "",
            "## Steps of a referral",
            "",
            *_table("Step", step_columns(), steps(), noted=True),
            "",
            "## Pages",
            "",
            "*reads*: may look; *writes*: may send something there, too, as far as the steps above allow.",
            "",
            *_table("Page", roles, pages()),
            "",
            "## Pages that ask for no role",
            "",
            "| Page | Open to |",
            "| --- | --- |",
            *(f"| `{line.words}` | {line.note} |" for line in other_pages()),
            "",
        ]
    )


@signed_in(*EVERYBODY, why="read who may do what")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page for staff."""
    context = {
        "step_columns": step_columns(), "steps": steps(), "roles": [role.label for role in Role],
        "pages": pages(), "other_pages": other_pages(),
    }  # fmt: skip
    return render(request, "site/permissions.html", context)


def _mark(role: str, readers: frozenset[str], writers: frozenset[str]) -> str:
    return "writes" if role in writers else "reads" if role in readers else ""


def _table(
    first: str, columns: tuple[str, ...] | list[str], lines: tuple[Line, ...], *, noted: bool = False
) -> list[str]:
    heads = [first, *columns, *(["Besides"] if noted else [])]
    rows = [[_code(line.words, first), *line.marks, *([line.note] if noted else [])] for line in lines]
    return [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]


def _code(words: str, first: str) -> str:
    return f"`{words}`" if first == "Page" else words


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _routes(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = "/"
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = before + re.sub(r"<\w+:", "<", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, here)
        else:
            yield here, pattern
