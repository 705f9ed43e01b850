"""One cell of the matrix: one address asked by one person in one way, what came back, and what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from apart.world import Place, Subject, World
from house.test_guarded_tables import OPEN
from house.test_routes import routes
from secondopinion.people.doors import SAFE
from secondopinion.referrals.models import Event

NAMED = frozenset({"number", "letter_id", "paper_id", "member_id", "forwarded_id"})  # what names one Member's record
WRITTEN = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
 WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
TRACE = "people_accessentry"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request came to. `written` are the guarded tables that it wrote; `told` everything that was said."""

    status: int
    told: str
    kind: str
    location: str
    written: frozenset[str] = field(default_factory=frozenset)

    def tells_of(self, subjects: list[Subject]) -> list[str]:
        """The keys of the Members of whom the answer holds a word."""
        return [s.life.key for s in subjects if any(word in self.told for word in s.words) or born(s) in self.told]


def born(subject: Subject) -> str:
    """The Member's birth date as pages say it."""
    return f"{subject.born_on:%B} {subject.born_on.day}, {subject.born_on.year}".casefold()


def values_of(world: World, subject: Subject) -> dict[str, Any]:
    """What an address of this Member's may name."""
    return {
        "number": subject.number, "letter_id": subject.letter, "paper_id": subject.paper,
        "representative": subject.representative,
        "member_id": subject.member_id, "forwarded_id": subject.forwarded, "step": "withdraw",
        "npi": world.there.sam.npi, "code": subject.code or "AAAA-BBBB-CCCC-DDDD", "rest": "Patient",
        "kind": "approval_to_member", "language": "es", "case": "medi-cal", "key": "plan",
        "proposal_id": world.proposal, "view_id": 1, "page_id": UUID(int=7),
        "tag": "en", "program": "medi-cal", "paper": "member-handbook", "page": "doctor",
        "pk": world.there.staff["nurse@citrus"].pk,
    }  # fmt: skip


def names_in(route: URLPattern) -> set[str]:
    """The names of what an address holds."""
    return set(route.pattern.converters)


def is_of_a_record(route: URLPattern) -> bool:
    """Does the address name one record about a Member?"""
    return bool(names_in(route) & NAMED)


def desk_routes() -> Iterator[URLPattern]:
    """Every address behind a staff sign-in."""
    return (route for route in routes() if route.callback.guard == "signed_in")  # type: ignore[attr-defined]


def own_routes() -> Iterator[URLPattern]:
    """Every address of somebody's own sign-in, open to all who work here."""
    return (route for route in routes() if route.callback.guard == "own_account")  # type: ignore[attr-defined]


def lets_in(route: URLPattern, role: str, method: str) -> bool:
    """Does the door of an address let this role in, in this way?"""
    door = route.callback
    return role in (door.readers if method in SAFE else door.writers)  # type: ignore[attr-defined]


def address_of(route: URLPattern, world: World, subject: Subject) -> str:
    """The address, with this Member's own keys in it. A name nobody has told of fails here."""
    values = values_of(world, subject)
    if "member_id" in names_in(route):
        values["paper_id"] = subject.authority
    if str(route.name).startswith("administration"):
        values["kind"] = "value"
    if route.name == "office-held":
        values["number"] = subject.from_office
    if route.name == "right-edition":
        values["number"] = 1
    return reverse(str(route.name), kwargs={name: values[name] for name in names_in(route)})


def ask(client: Client, method: str, address: str, said: Mapping[str, Any] | None = None, **more: Any) -> Answer:
    """Ask once, look at what was written, and take everything back."""
    client.cookies.pop("messages", None)  # what an earlier cell was told must not turn up in this one
    with transaction.atomic():
        before = rows_written()
        response: HttpResponse = getattr(client, method.lower())(address, said or {}, **more)
        after = before if response.status_code >= 500 else rows_written()
        transaction.set_rollback(True)
    written = frozenset(name for name, rows in after.items() if rows != before.get(name, 0))
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    body = response.getvalue() if response.streaming else response.content
    plain = body.decode("utf-8", "replace")
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    everything = f"{plain}\n{headers}\n{response.cookies.output()}".casefold()
    return Answer(response.status_code, everything, kind, response.headers.get("Location", ""), written)


def rows_written() -> dict[str, int]:
    """How many rows of each guarded table this connection has written and not yet told the server's statistics."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return {name: rows for name, rows in cursor.fetchall() if name not in OPEN}


def pressed(subject: Subject, position: int) -> dict[str, Any]:
    """What a form would send that withdraws the request: whoever may, changes something with it."""
    return {"seen": position, "page": "referral", "by": "member", "by_name": "Somebody", "words": "No more, thank you."}


def position_of(subject: Subject) -> int:
    """How many steps were taken on the request. The transaction needs the plan's scope."""
    return Event.objects.filter(referral=subject.referral).count()


def describe(route: URLPattern, role: str, place: Place, subject: str, method: str, what: object) -> str:
    """A cell that is not as it must be, so that one knows where to look."""
    return f"{method} {route.name} by {role} of {place.name} about “{subject}”: {what}"
