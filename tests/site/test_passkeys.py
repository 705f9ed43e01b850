"""Passkeys: added, proven, and every answer that proves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from arriving import Clock, come_in, give_app, is_in, read, traced, type_password
from county import County, county, sign_in
from device import Device
from secondopinion.people.models_signing_in import Passkey


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def place(as_plan: None, clock: Clock) -> County:
    return county()


@pytest.fixture
def device(place: County) -> Device:
    """A device that the nurse of the plan has added."""
    device, client = Device(), Client()
    type_password(client, "nurse@plan")
    page = add(client, device)
    assert "Your recovery codes" in page.content.decode()
    return device


def add(client: Client, device: Device):
    asked = read(client.post("/account/passkey/ask"))
    return client.post("/account/passkey/", {"answer": device.make(asked), "name": "Laptop"})


def prove(client: Client, device: Device):
    asked = read(client.post("/sign-in/passkey/ask"))
    return client.post("/sign-in/passkey", {"answer": device.prove(asked)})


def test_a_passkey_is_both_proofs_in_one(device: Device, client: Client) -> None:
    assert prove(client, device)["Location"] == "/"
    assert is_in(client)
    assert traced("nurse@plan") == ["signed-in", "added", "codes", "signed-in"]


def test_the_first_second_proof_opens_the_rest_of_the_house(place: County, client: Client) -> None:
    type_password(client, "nurse@plan")
    assert not is_in(client)
    add(client, Device())
    assert is_in(client)


def test_a_key_that_does_not_know_its_owner_needs_the_password_too(place: County, client: Client) -> None:
    device = Device(knows_owner=False)
    type_password(client, "nurse@plan")
    add(client, device)
    alone = Client()
    prove(alone, device)
    assert not is_in(alone)
    beside = Client()
    assert type_password(beside, "nurse@plan")["Location"] == "/sign-in/second"
    assert prove(beside, device)["Location"] == "/"
    assert is_in(beside)


@pytest.mark.parametrize(
    "forge",
    [
        lambda device: setattr(device, "origin", "https://testserver.example"),
        lambda device: setattr(device, "origin", "http://testserver:8001"),
        lambda device: setattr(device, "name", "elsewhere.example"),
        lambda device: setattr(device, "key", Device().key),
        lambda device: setattr(device, "id", Device().id),
        lambda device: setattr(device, "knows_owner", False),
        lambda device: setattr(device, "handle", b"somebody else"),
        lambda device: setattr(device, "count", -1),
    ],
    ids=[
        "other site",
        "other port",
        "other name",
        "other key",
        "unknown key",
        "owner unknown",
        "other owner",
        "copied",
    ],
)
def test_an_answer_that_was_forged_proves_nothing(
    device: Device, client: Client, forge: Callable[[Device], None]
) -> None:
    prove(Client(), device)  # the count stands at one, so that a copy that counts less is found out
    forge(device)
    answer = prove(client, device)
    assert answer.status_code == 200
    assert "The passkey was not taken" in answer.content.decode()
    assert not is_in(client)


def test_an_answer_to_another_question_proves_nothing(device: Device, client: Client) -> None:
    old = read(client.post("/sign-in/passkey/ask"))
    client.post("/sign-in/passkey/ask")
    client.post("/sign-in/passkey", {"answer": device.prove(old)})
    assert not is_in(client)


def test_the_same_answer_does_not_prove_twice(device: Device, client: Client) -> None:
    answer = device.prove(read(client.post("/sign-in/passkey/ask")))
    for _ in range(2):
        client.post("/sign-in/passkey", {"answer": answer})
        client.post("/sign-out") if is_in(client) else None
    assert traced("nurse@plan").count("signed-in") == 2  # when it was added, and once now
    thief = Client()
    thief.post("/sign-in/passkey/ask")
    thief.post("/sign-in/passkey", {"answer": answer})
    assert not is_in(thief)


def test_a_question_is_not_open_for_ever(device: Device, client: Client, clock: Clock) -> None:
    asked = read(client.post("/sign-in/passkey/ask"))
    clock.goes_on(minutes=11)
    client.post("/sign-in/passkey", {"answer": device.prove(asked)})
    assert not is_in(client)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "no json", json.dumps({"id": "x"}), "x" * 30_000])
def test_what_is_no_answer_is_refused_in_plain_words(device: Device, client: Client, answer: str) -> None:
    client.post("/sign-in/passkey/ask")
    page = client.post("/sign-in/passkey", {"answer": answer})
    assert page.status_code == 200
    assert "The passkey was not taken" in page.content.decode()


def test_another_accounts_key_does_not_stand_in_for_ones_own(device: Device, place: County) -> None:
    give_app("physician@plan")
    client = Client()
    assert type_password(client, "physician@plan")["Location"] == "/sign-in/second"
    prove(client, device)
    assert not is_in(client)


def test_a_key_that_was_removed_proves_nothing(device: Device, client: Client, clock: Clock) -> None:
    give_app("nurse@plan")
    come_in(client, "nurse@plan", clock.now)
    assert client.post(f"/account/remove/passkey/{Passkey.objects.get().pk}/")["Location"] == "/account/"
    other = Client()
    prove(other, device)
    assert not is_in(other)
    assert is_in(client)


def test_the_only_second_proof_cannot_be_removed(device: Device, client: Client) -> None:
    prove(client, device)
    page = client.post(f"/account/remove/passkey/{Passkey.objects.get().pk}/")
    assert "This is the only second proof of your account" in page.content.decode()
    assert Passkey.objects.get().removed_at is None


def test_nobody_removes_another_persons_key(device: Device, place: County, client: Client) -> None:
    give_app("physician@plan")
    sign_in(client, "physician@plan")
    assert client.post(f"/account/remove/passkey/{Passkey.objects.get().pk}/").status_code == 404


def test_a_device_is_added_once(device: Device, client: Client) -> None:
    prove(client, device)
    assert "The passkey was not added" in add(client, device).content.decode()


def test_what_proves_it_is_changed_only_a_short_while_after_signing_in(
    device: Device, client: Client, clock: Clock
) -> None:
    prove(client, device)
    clock.goes_on(minutes=11)
    assert client.post("/account/passkey/ask").status_code == 403
    for address in ("app/", "passkey/", "codes/", f"remove/passkey/{Passkey.objects.get().pk}/"):
        assert client.post(f"/account/{address}")["Location"] == "/account/"
    assert "sign in again" in client.get("/account/").content.decode()
