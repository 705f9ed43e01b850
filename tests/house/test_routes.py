"""Every address has a door, and a door for reading cannot write."""

from collections.abc import Iterator

import pytest
from django.db import InternalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from county import NOW, county
from secondopinion.people.doors import public, signed_in
from secondopinion.people.models import HealthNetwork

OPEN_TO_ALL = {
    "health", "sign-in", "sign-out", "fhir-metadata", "fhir-nothing-here",
    "right-anywhere", "right", "right-edition", "right-paper",
}  # fmt: skip


def routes(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    """Every address of the house."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            yield pattern


def test_every_route_has_a_door() -> None:
    doors = {"public", "signed_in", "api_client", "members_code", "members_page"}
    assert [r.name or str(r.pattern) for r in routes() if getattr(r.callback, "guard", None) not in doors] == []


def test_only_these_routes_are_open_to_everyone() -> None:
    assert {r.name for r in routes() if getattr(r.callback, "guard", None) == "public"} == OPEN_TO_ALL


def test_every_route_has_a_name_of_its_own() -> None:
    names = [r.name for r in routes()]
    assert None not in names
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_who_is_not_signed_in_is_sent_to_sign_in() -> None:
    answer = Client().get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_page_that_reads_cannot_write(as_plan: None, method: str) -> None:
    request = getattr(RequestFactory(), method)("/")
    request.user, request.now = county().staff["intake@plan"].user, NOW
    with pytest.raises(InternalError, match="read-only transaction"):
        signed_in()(writes)(request)


def test_a_page_that_writes_may_write(as_plan: None) -> None:
    request = RequestFactory().post("/")
    request.user, request.now = county().staff["intake@plan"].user, NOW
    assert signed_in()(writes)(request).status_code == 200


def writes(request: HttpRequest) -> HttpResponse:
    """A page that changes something, whatever the method."""
    HealthNetwork.objects.update(phone="714-555-0100")
    return HttpResponse("done")


def test_a_public_door_says_that_it_is_one() -> None:
    assert public(writes).guard == "public"  # type: ignore[attr-defined]
