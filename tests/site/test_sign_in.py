"""Signing in with name, password and second proof; and everything somebody may try instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import DatabaseError, transaction
from django.test import Client

from arriving import (
    SECRET,
    Clock,
    code_at,
    come_in,
    give_app,
    is_in,
    traced,
    type_code,
    type_password,
    words,
)
from county import NOW, PASSWORD, County, county, proven
from secondopinion.people.models_signing_in import AuthenticatorApp, SignInEntry
from secondopinion.people.signing_in import ADDRESS_TRIES, TRIES

NOT_TOGETHER = "That name and password do not belong together"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(settings, "SESSION_QUIET", timedelta(minutes=30))
    monkeypatch.setattr(settings, "SESSION_LONGEST", timedelta(hours=10))
    return Clock(monkeypatch)


@pytest.fixture
def place(as_plan: None, clock: Clock) -> County:
    made = county()
    give_app("nurse@plan")
    return made


def test_somebody_signs_in_with_both_proofs_and_out_again(place: County, client: Client, clock: Clock) -> None:
    answer = type_password(client, "nurse@plan")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/second")
    assert not is_in(client)
    answer = type_code(client, code_at(NOW))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert not is_in(client)
    assert traced("nurse@plan") == ["signed-in", "signed-out"]
    entry = SignInEntry.objects.get(what="signed-in")
    assert (entry.how, entry.address, entry.at) == ("password, code", "127.0.0.1", NOW)


def test_one_goes_where_one_was_going_but_never_to_another_site(place: County, clock: Clock) -> None:
    for given, going in (("/intake/", "/intake/"), ("https://elsewhere.example/", "/"), ("//elsewhere.example", "/")):
        client = Client()
        type_password(client, "nurse@plan", next=given)
        assert type_code(client, code_at(clock.now))["Location"] == going
        clock.goes_on(minutes=5)


def test_without_a_second_proof_one_gets_as_far_as_the_page_that_adds_it(place: County, client: Client) -> None:
    assert type_password(client, "intake@plan")["Location"] == "/account/"
    assert client.get("/")["Location"] == "/account/?next=/"
    assert "Add a second proof first" in words(client.get("/account/"))


def test_a_wrong_password_is_answered_without_saying_which_was_wrong(place: County, client: Client) -> None:
    known, unknown = (words(type_password(client, name, "no")) for name in ("nurse@plan", "nobody@plan"))
    assert NOT_TOGETHER in known
    assert known == unknown.replace("nobody@plan", "nurse@plan")


def test_a_name_that_nobody_has_costs_as_many_password_hashes_as_one_that_somebody_has(
    place: County, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for name in ("nurse@plan", "nobody@plan"):
        hashed.clear()
        type_password(client, name, "a wrong one")
        assert hashed == ["a wrong one"]


@pytest.mark.parametrize("name", ["nurse@plan", "nobody@plan"])
def test_too_many_wrong_tries_close_a_name_whether_somebody_has_it_or_not(
    place: County, client: Client, clock: Clock, name: str
) -> None:
    for _ in range(TRIES):
        assert type_password(client, name, "no").status_code == 200
    answer = type_password(client, name)  # the right one, for the name that there is
    assert answer.status_code == 429
    assert "There were too many wrong tries. For your protection nobody can sign in this way before 10:15 AM" in words(
        answer
    )
    clock.goes_on(minutes=14)
    assert type_password(Client(), name.upper(), "no").status_code == 429  # nor in another browser or other letters
    clock.goes_on(minutes=1, seconds=1)
    assert type_password(client, name, "no").status_code == 200


def test_a_right_password_between_does_not_buy_more_tries_at_the_second_proof(
    place: County, client: Client, clock: Clock
) -> None:
    for _ in range(TRIES):
        type_password(client, "nurse@plan")
        assert type_code(client, "000000").status_code == 200
    assert type_password(client, "nurse@plan").status_code == 429
    assert type_code(client, code_at(clock.now)).status_code == 429
    assert not is_in(client)


def test_spraying_one_password_over_many_names_closes_the_address(place: County, client: Client) -> None:
    for at in range(ADDRESS_TRIES):
        assert type_password(client, f"name{at}@plan", "Welcome to 2026").status_code == 200
    assert type_password(client, "nurse@plan").status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert type_password(elsewhere, "nurse@plan")["Location"] == "/sign-in/second"


def test_an_address_that_anybody_can_make_up_is_not_believed(
    place: County, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/sign-in", {"username": "a", "password": "b"}, headers={"X-Forwarded-For": "203.0.113.9"})
    assert SignInEntry.objects.latest("id").address == "127.0.0.1"
    monkeypatch.setattr(settings, "PROXIES", 1)
    sent = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    client.post("/sign-in", {"username": "a", "password": "b"}, headers=sent)
    assert SignInEntry.objects.latest("id").address == "198.51.100.7"


def test_the_same_code_does_not_open_twice(place: County, clock: Clock) -> None:
    come_in(Client(), "nurse@plan", clock.now)
    thief = Client()
    type_password(thief, "nurse@plan")
    answer = type_code(thief, code_at(clock.now))
    assert answer.status_code == 200
    assert "That code does not fit" in words(answer)
    assert not is_in(thief)
    clock.goes_on(seconds=30)
    assert type_code(thief, code_at(clock.now)).status_code == 302


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_half_a_minute_off_and_no_more(
    place: County, client: Client, clock: Clock, steps: int, fits: bool
) -> None:
    type_password(client, "nurse@plan")
    assert (type_code(client, code_at(clock.now, steps=steps)).status_code == 302) is fits


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_refused(place: County, client: Client, typed: str) -> None:
    type_password(client, "nurse@plan")
    assert type_code(client, typed).status_code == 200
    assert not is_in(client)


def test_a_code_alone_opens_nothing(place: County, client: Client, clock: Clock) -> None:
    assert type_code(client, code_at(clock.now))["Location"] == "/sign-in"
    type_password(client, "nurse@plan")
    clock.goes_on(minutes=11)  # and the password does not wait for ever
    assert type_code(client, code_at(clock.now))["Location"] == "/sign-in"


def test_a_session_that_was_put_into_the_browser_before_is_not_the_one_that_opens(
    place: County, client: Client, clock: Clock
) -> None:
    session = client.session
    session["planted"] = "by a thief"
    session.save()
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    come_in(client, "nurse@plan", clock.now)
    mine = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert mine != planted
    assert "planted" not in client.session
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not is_in(thief)


def test_the_session_of_the_password_alone_is_not_the_one_that_opens(
    place: County, client: Client, clock: Clock
) -> None:
    type_password(client, "nurse@plan")
    half = client.cookies[settings.SESSION_COOKIE_NAME].value
    type_code(client, code_at(clock.now))
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = half
    assert not is_in(thief)


def test_what_a_browser_says_of_itself_proves_nothing(place: County, client: Client) -> None:
    for name, value in (("second", "True"), ("half", "1"), (settings.SESSION_COOKIE_NAME, "0" * 32)):
        client.cookies[name] = value
    assert client.get("/delegation/")["Location"] == "/sign-in?next=/delegation/"


def test_a_session_ends_when_nobody_does_anything(place: County, client: Client, clock: Clock) -> None:
    come_in(client, "nurse@plan", clock.now)
    assert "If you do nothing, you are signed out at 10:30 AM." in words(client.get("/delegation/"))
    clock.goes_on(minutes=29)
    assert is_in(client)
    clock.goes_on(minutes=29)
    assert is_in(client)  # it began anew with the page before
    clock.goes_on(minutes=30)
    answer = client.get("/delegation/")
    assert answer["Location"] == "/sign-in?next=/delegation/&over=quiet"
    assert "because nobody had done anything for a while" in words(client.get(answer["Location"]))
    assert traced("nurse@plan") == ["signed-in", "ended"]


def test_a_session_ends_after_a_working_day_however_busy(place: County, client: Client, clock: Clock) -> None:
    come_in(client, "nurse@plan", clock.now)
    for _ in range(24):
        clock.goes_on(minutes=24)
        assert is_in(client)
    clock.goes_on(minutes=24)
    assert client.get("/delegation/")["Location"].endswith("over=long")


def test_staying_signed_in_says_for_how_long(place: County, client: Client, clock: Clock) -> None:
    come_in(client, "nurse@plan", clock.now)
    clock.goes_on(minutes=28)
    assert client.post("/account/stay/").json() == {"seconds": 1800}
    clock.goes_on(minutes=28)
    assert is_in(client)
    clock.goes_on(hours=1)
    assert client.post("/account/stay/").status_code == 302


def test_every_session_of_an_account_but_the_own_ends_at_once(place: County, clock: Clock) -> None:
    here, there = Client(), Client()
    come_in(there, "nurse@plan", clock.now)
    clock.goes_on(seconds=30)
    come_in(here, "nurse@plan", clock.now)
    assert here.post("/account/everywhere/").status_code == 200
    assert is_in(here)
    assert there.get("/delegation/")["Location"].endswith("over=ended")


def test_a_made_up_app_opens_nothing_where_people_are_real(
    place: County, client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    AuthenticatorApp.objects.update(made_up=True)
    monkeypatch.setenv("SECONDOPINION_DEMO", "0")
    answer = type_password(client, "nurse@plan")
    assert code_at(clock.now) not in words(client.get(answer["Location"]))
    assert type_code(client, code_at(clock.now)).status_code == 200
    assert not is_in(client)
    monkeypatch.setenv("SECONDOPINION_DEMO", "1")
    assert code_at(clock.now, steps=-1) in words(client.get("/sign-in/second"))
    assert type_code(client, code_at(clock.now)).status_code == 302


def test_the_code_of_a_real_app_is_never_shown(
    place: County, client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECONDOPINION_DEMO", "1")
    type_password(client, "nurse@plan")
    page = client.get("/sign-in/second").content.decode()
    assert not any(code_at(clock.now, steps=steps) in page for steps in (-1, 0, 1))


def test_no_password_name_or_secret_is_kept_in_the_clear(place: County, client: Client, clock: Clock) -> None:
    type_password(client, "my secret typed as a name", "no")
    come_in(client, "nurse@plan", clock.now)
    kept = str(list(SignInEntry.objects.values())) + str(list(AuthenticatorApp.objects.values()))
    for secret in ("my secret typed as a name", PASSWORD, SECRET.decode(), code_at(NOW)):
        assert secret not in kept


def test_the_trace_cannot_be_changed(place: County, client: Client) -> None:
    type_password(client, "nurse@plan", "no")
    for statement in (
        lambda: SignInEntry.objects.update(what="signed-in"),
        lambda: SignInEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            statement()


def test_a_session_without_its_beginning_is_over(place: County, client: Client) -> None:
    client.force_login(place.staff["nurse@plan"].user)
    session = client.session
    session.update({**proven(), "began": None})
    del session["began"]
    session.save()
    assert client.get("/delegation/")["Location"].endswith("over=long")
