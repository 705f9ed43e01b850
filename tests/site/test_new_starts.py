"""A new start: two administrators, a code told in person, and nothing left of what proved it before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from arriving import Clock, code_at, come_in, give_app, is_in, traced, type_code, type_password, words
from county import NOW, PASSWORD, TODAY, County, county, sign_in
from secondopinion.people.models import Staff
from secondopinion.people.models_signing_in import AuthenticatorApp, NewStart
from secondopinion.people.rls import Scope, set_scope

WHY = "She came to my desk with her badge."
NEW = "another long pass phrase"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(settings, "SESSION_QUIET", timedelta(minutes=30))
    return Clock(monkeypatch)


@pytest.fixture
def place(as_plan: None, clock: Clock) -> County:
    made = county()
    give_app("nurse@plan")
    return made


@pytest.fixture
def one(place: County) -> Client:
    return at_a_desk("admin@plan")


@pytest.fixture
def other(place: County) -> Client:
    return at_a_desk("second-admin@plan")


def at_a_desk(name: str) -> Client:
    client = Client()
    sign_in(client, name)
    return client


def ask(client: Client, whose: Staff, why: str = WHY):
    return client.post(f"/accounts/{whose.pk}/new-start/", {"why": why})


def answer(client: Client, said: str = "approve"):
    return client.post(f"/accounts/new-start/{NewStart.objects.latest('id').pk}/", {"answer": said})


def start_code(one: Client, other: Client, whose: Staff) -> str:
    ask(one, whose)
    page = answer(other)
    assert page.status_code == 200
    return page.context["code"]  # type: ignore[no-any-return]


def begin(client: Client, code: str, name: str = "nurse@plan", password: str = NEW, again: str = ""):
    given = {"username": name, "code": code, "password": password, "again": again or password}
    return client.post("/sign-in/start", given)


def test_a_new_start_takes_two_and_leaves_nothing_of_the_old_proofs(
    place: County, one: Client, other: Client, client: Client, clock: Clock
) -> None:
    come_in(client, "nurse@plan", NOW)
    code = start_code(one, other, place.staff["nurse@plan"])
    assert client.get("/delegation/").status_code == 302
    assert type_password(Client(), "nurse@plan").status_code == 200  # the old password opens nothing
    fresh = Client()
    assert begin(fresh, code)["Location"] == "/account/"
    assert not is_in(fresh)  # a second proof has to be added first
    assert not AuthenticatorApp.objects.filter(removed_at=None).exists()
    assert type_password(Client(), "nurse@plan", NEW)["Location"] == "/account/"
    expected = ["signed-in", "reset-asked", "reset-approved", "refused", "password", "signed-in", "signed-in"]
    assert traced("nurse@plan") == expected


def test_the_code_is_good_for_one_time_and_one_day(place: County, one: Client, other: Client, clock: Clock) -> None:
    code = start_code(one, other, place.staff["nurse@plan"])
    assert begin(Client(), code).status_code == 302
    assert "do not belong together" in words(begin(Client(), code))
    code = start_code(one, other, place.staff["nurse@plan"])
    clock.goes_on(hours=24)
    assert "do not belong together" in words(begin(Client(), code))


def test_a_wrong_code_and_a_wrong_name_are_told_alike_and_counted(place: County, one: Client, other: Client) -> None:
    code = start_code(one, other, place.staff["nurse@plan"])
    wrong = begin(Client(), "AAAA-AAAA-AAAA-AAAA"), begin(Client(), code, "nobody@plan")
    said = "That name and start code do not belong together"
    assert all(said in words(page) for page in wrong)
    for _ in range(4):
        begin(Client(), "AAAA")
    assert begin(Client(), code).status_code == 429


def test_whoever_asks_does_not_approve(place: County, one: Client) -> None:
    ask(one, place.staff["nurse@plan"])
    page = answer(one)
    assert page.status_code == 422
    assert "another administrator has to approve it" in words(page)
    assert NewStart.objects.get().approved is None
    assert answer(one, "refuse")["Location"] == "/accounts/"  # but may take it back
    assert NewStart.objects.get().approved is False


def test_the_database_too_demands_another_person(place: County, one: Client) -> None:
    ask(one, place.staff["nurse@plan"])
    for by in (NewStart.objects.get().asked_by_id, None):
        with pytest.raises(IntegrityError, match="a_new_start_needs_two"), transaction.atomic():
            NewStart.objects.update(approved=True, answered_by=by, answered_at=NOW)


def test_nobody_gives_themselves_a_new_start(place: County, one: Client, other: Client) -> None:
    assert "Nobody gives a new start to their own account" in words(ask(one, place.staff["admin@plan"]))
    ask(one, place.staff["second-admin@plan"])
    assert "Nobody gives a new start to their own account" in words(answer(other))


def test_it_is_asked_once_and_with_a_reason(place: County, one: Client, other: Client) -> None:
    assert "Say how you know" in words(ask(one, place.staff["nurse@plan"], "lost"))
    ask(one, place.staff["nurse@plan"])
    assert "waits for this account already" in words(ask(other, place.staff["nurse@plan"]))
    answer(other, "refuse")
    assert "Somebody has answered this already" in words(answer(other))


def test_an_administrator_of_a_network_sees_that_networks_accounts_alone(place: County, one: Client) -> None:
    citrus = at_a_desk("admin@citrus")
    said = words(citrus.get("/accounts/"))
    assert "nurse@citrus" in said
    assert "nurse@sierra" not in said
    assert "nurse@plan" not in said
    assert ask(citrus, place.staff["nurse@sierra"]).status_code == 404
    ask(one, place.staff["nurse@sierra"])
    assert answer(citrus).status_code == 404


@pytest.mark.parametrize("name", ["nurse@plan", "physician@plan", "compliance@plan", "calls@plan"])
def test_nobody_but_an_administrator_looks_after_accounts(place: County, name: str) -> None:
    somebody = at_a_desk(name)
    assert somebody.get("/accounts/").status_code == 403
    assert ask(somebody, place.staff["physician@plan"]).status_code == 403


def test_an_administrator_gets_no_row_of_a_member_from_the_database(place: County, one: Client) -> None:
    set_scope(Scope((), TODAY))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r' ORDER BY relname")
        guarded = [name for (name,) in cursor.fetchall()]
        assert "people_member" in guarded
        for table in guarded:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table


def test_a_recovery_code_opens_once(place: County, client: Client, clock: Clock) -> None:
    come_in(client, "nurse@plan", clock.now)
    codes = client.post("/account/codes/").context["codes"]
    assert len(set(codes)) == 10
    for tried, fits in ((codes[0].lower().replace("-", " "), True), (codes[0], False), (codes[1], True)):
        browser = Client()
        type_password(browser, "nurse@plan")
        browser.post("/sign-in/second", {"recovery": tried})
        assert is_in(browser) is fits
    renewed = client.post("/account/codes/").context["codes"]
    browser = Client()
    type_password(browser, "nurse@plan")
    browser.post("/sign-in/second", {"recovery": codes[2]})
    assert not is_in(browser)
    browser.post("/sign-in/second", {"recovery": renewed[0]})
    assert is_in(browser)


def test_a_password_is_changed_with_the_present_one_and_ends_the_other_sessions(
    place: County, client: Client, clock: Clock
) -> None:
    elsewhere = Client()
    come_in(elsewhere, "nurse@plan", clock.now)
    clock.goes_on(seconds=30)
    come_in(client, "nurse@plan", clock.now)
    for old, new, again, said in (
        ("wrong", NEW, NEW, "The present password is not that one"),
        (PASSWORD, NEW, NEW + "!", "The two new passwords differ"),
        (PASSWORD, "short", "short", "too short"),
        (PASSWORD, "password12345", "password12345", "too common"),
    ):
        page = client.post("/account/password/", {"old": old, "password": new, "again": again})
        assert said in words(page)
    assert client.post("/account/password/", {"old": PASSWORD, "password": NEW, "again": NEW}).status_code == 302
    assert is_in(client)
    assert elsewhere.get("/delegation/").status_code == 302
    assert type_password(Client(), "nurse@plan").status_code == 200
    assert type_password(Client(), "nurse@plan", NEW)["Location"] == "/sign-in/second"


def test_an_app_is_added_only_with_a_code_of_its_own(place: County, client: Client, clock: Clock) -> None:
    type_password(client, "intake@plan")
    shown = client.get("/account/app/").context["secret"]
    assert "That code does not fit" in words(client.post("/account/app/", {"code": "000000", "name": "Phone"}))
    page = client.post("/account/app/", {"code": code_at(clock.now, shown.secret), "name": "Phone"})
    assert "Your recovery codes" in words(page)
    assert is_in(client)
    again = Client()
    type_password(again, "intake@plan")
    type_code(again, code_at(clock.now, shown.secret))
    assert not is_in(again)  # the code that added the app was taken with it
    type_code(again, code_at(clock.now, shown.secret, steps=1))
    assert is_in(again)
