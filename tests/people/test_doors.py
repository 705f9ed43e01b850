"""Every route has a door: who comes in, what they may see, and what is written down about it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from county import TODAY, TOKEN, County, county, sign_in
from secondopinion.people.doors import api_client, public, signed_in
from secondopinion.people.models import AccessEntry, ApiClient, HealthNetwork, Member
from secondopinion.people.rls import Scope, plan_scope, set_scope

pytestmark = pytest.mark.urls(__name__)


@public
def open_to_all(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{Member.objects.count()} seen")


@signed_in()
def members(request: HttpRequest) -> HttpResponse:
    return HttpResponse(", ".join(Member.objects.values_list("first_name", flat=True)))


@signed_in(why="read a Member's page")
def one_member(request: HttpRequest, member_id: str) -> HttpResponse:
    return HttpResponse(member_id)


@signed_in("physician")
def for_physicians(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.person.name)  # type: ignore[attr-defined]


@signed_in()
def writes(request: HttpRequest) -> HttpResponse:
    HealthNetwork.objects.update(phone="1-714-555-0188")
    return HttpResponse("written")


@api_client(refuse=lambda sentence: JsonResponse({"why": sentence}, status=401))
def wire(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.client.name)  # type: ignore[attr-defined]


urlpatterns = [
    path("open", open_to_all),
    path("members", members),
    path("members/<str:member_id>", one_member),
    path("physicians", for_physicians),
    path("writes", writes),
    path("wire", wire),
    path("sign-in", open_to_all, name="sign-in"),
]


def refuse_plainly(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    return HttpResponse(str(exception), status=403)


handler403 = refuse_plainly


@pytest.fixture
def place(as_plan: None) -> County:
    return county()


@pytest.fixture
def lived_in(committed: None) -> County:
    with plan_scope(TODAY):
        return county()


def test_a_public_page_sees_no_member(lived_in: County, client: Client) -> None:
    assert client.get("/open").content == b"0 seen"


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(place: County, client: Client) -> None:
    answer = client.get("/members")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/members"


def test_an_account_of_no_staff_member_is_told_so(place: County, client: Client, django_user_model: type) -> None:
    client.force_login(django_user_model.objects.create_user(username="stranger"))  # type: ignore[attr-defined]
    answer = client.get("/members")
    assert answer.status_code == 403
    assert "belongs to no staff member" in answer.content.decode()


def test_a_network_sees_its_own_members_through_the_door(place: County, client: Client) -> None:
    sign_in(client, "nurse@citrus")
    assert client.get("/members").content == b"Maria"


def test_a_page_for_physicians_refuses_a_nurse_and_says_for_whom_it_is(place: County, client: Client) -> None:
    sign_in(client, "nurse@plan")
    answer = client.get("/physicians")
    assert answer.status_code == 403
    assert answer.content.decode() == "This page is for: physician."
    sign_in(client, "physician@plan")
    assert client.get("/physicians").status_code == 200


def test_a_look_at_a_member_is_written_down(place: County, client: Client) -> None:
    sign_in(client, "nurse@citrus")
    client.get("/members/M0000003")
    looked = AccessEntry.objects.get()
    assert (looked.person, looked.person_network) == ("Nurse of Citrus", place.citrus.pk)
    assert (looked.what, looked.about, looked.why) == ("one_member", "M0000003", "read a Member's page")


def test_a_page_that_names_nobody_leaves_no_entry(place: County, client: Client) -> None:
    sign_in(client, "nurse@plan")
    client.get("/members")
    assert not AccessEntry.objects.exists()


def test_reading_cannot_write(lived_in: County, client: Client) -> None:
    with plan_scope(TODAY):
        sign_in(client, "intake@plan")
    with pytest.raises(DatabaseError, match="read-only transaction"):
        client.get("/writes")
    assert client.post("/writes").content == b"written"


def test_a_system_comes_in_with_a_token_we_know(place: County, client: Client) -> None:
    for header, sentence in ((None, "No bearer token"), ("Basic abc", "No bearer token"), ("Bearer abc", "not known")):
        answer = client.get("/wire", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401
        assert sentence in answer.json()["why"]
    assert client.get("/wire", headers={"Authorization": f"Bearer {TOKEN}"}).content == b"Example office"


def test_a_system_that_was_switched_off_stays_out(place: County, client: Client) -> None:
    ApiClient.objects.update(active=False)
    assert client.get("/wire", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 401


def test_a_scope_ends_with_its_transaction(lived_in: County) -> None:
    with plan_scope(TODAY):
        assert Member.objects.count() == 4
    assert Member.objects.count() == 0
    set_scope(Scope(None, TODAY))  # outside a transaction it lasts for its own statement only
    assert Member.objects.count() == 0
