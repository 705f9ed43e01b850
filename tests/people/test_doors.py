"""Every route has a door: who comes in, what they may see, and what is written down about it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from county import NOW, TODAY, TOKEN, County, county, sign_in
from secondopinion.people.doors import api_client, own_account, public, signed_in
from secondopinion.people.models import AccessEntry, ApiClient, HealthNetwork, Member, Staff
from secondopinion.people.models_signing_in import AuthenticatorApp
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


@own_account
def account(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{Member.objects.count()} seen")


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
    path("sign-in/second", open_to_all, name="sign-in-second"),
    path("account/", account, name="account"),
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
    django_user_model.objects.create_user(username="stranger")  # type: ignore[attr-defined]
    sign_in(client, "stranger")
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
    assert answer.content.decode() == "This page is for: physician reviewer."
    sign_in(client, "physician@plan")
    assert client.get("/physicians").status_code == 200


def test_without_a_second_proof_no_page_about_members_opens(lived_in: County, client: Client) -> None:
    with plan_scope(TODAY):
        sign_in(client, "nurse@plan", second=False)
    for address in ("/members", "/members/M0000003"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/account/?next={address}")
    assert client.post("/writes").status_code == 302
    assert client.get("/account/").content == b"0 seen"  # a page of one's own has no scope: it sees no Member's row
    with plan_scope(TODAY):
        assert not AccessEntry.objects.exists()


def test_a_second_proof_that_was_added_elsewhere_is_asked_for(place: County, client: Client) -> None:
    sign_in(client, "nurse@plan", second=False)
    AuthenticatorApp.objects.create(account=place.staff["nurse@plan"].user, name="Phone", sealed="sealed", added_at=NOW)
    for address in ("/members", "/account/"):
        assert client.get(address)["Location"] == f"/sign-in/second?next={address}"


def test_an_administrator_sees_no_row_of_a_member(place: County, client: Client) -> None:
    person = place.person("admin@plan")
    assert person.scope(TODAY).setting == ""
    sign_in(client, "admin@plan")
    assert client.get("/members").status_code == 403


def test_who_oversees_reads_and_writes_nothing(place: County, client: Client) -> None:
    for name in ("oversight@plan", "compliance@plan"):
        sign_in(client, name)
        assert "Maria" in client.get("/members").content.decode()
        assert client.post("/writes").status_code == 403


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(place: County, client: Client) -> None:
    sign_in(client, "physician@plan")
    assert client.get("/physicians").status_code == 200
    Staff.objects.filter(pk=place.staff["physician@plan"].pk).update(roles=["intake"])
    assert client.get("/physicians").status_code == 403


def test_an_account_that_is_switched_off_is_out_at_the_next_request(place: County, client: Client) -> None:
    sign_in(client, "nurse@plan")
    assert client.get("/members").status_code == 200
    place.staff["nurse@plan"].user.is_active = False
    place.staff["nurse@plan"].user.save()
    assert client.get("/members")["Location"] == "/sign-in?next=/members"


def test_a_part_of_a_page_takes_the_whole_page_to_the_door(place: County, client: Client) -> None:
    answer = client.get("/members", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/sign-in")


def test_an_administrator_has_no_other_role(place: County) -> None:
    with pytest.raises(IntegrityError, match="an_administrator_is_nothing_else"), transaction.atomic():
        Staff.objects.filter(pk=place.staff["admin@plan"].pk).update(roles=["administrator", "nurse"])


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
