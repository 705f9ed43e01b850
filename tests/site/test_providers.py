"""Single sign-on, by a provider that somebody else wrote, and by one that lies in every way it can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from joserfc.jwk import RSAKey

from arriving import Clock, code_at, come_in, give_app, is_in, traced, type_code
from county import NOW, County, county
from openid import Liar, agree, real_provider, set_up, signed_with_the_public_key, unsigned
from secondopinion.people.models_signing_in import ProviderLink, SignInEntry
from secondopinion.site import front
from secondopinion.site.providers import providers


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def place(as_plan: None) -> County:
    made = county()
    for name in ("nurse@plan", "nurse@citrus"):
        give_app(name)
    return made


@pytest.fixture
def liar(clock: Clock, place: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Liar]:
    """The provider of Citrus Valley, where the nurse is `n-1`."""
    liar = Liar(lambda: clock.now)
    row = {"key": "citrus", "network": place.citrus.name, "issuer": liar.issuer, "two_factors": "true"}
    monkeypatch.setattr(settings, "PROVIDERS", set_up(tmp_path, row))
    link(place, "nurse@citrus", liar.issuer)
    yield liar
    liar.close()


def link(place: County, name: str, issuer: str, subject: str = "n-1") -> None:
    ProviderLink.objects.create(account=place.staff[name].user, issuer=issuer, subject=subject, added_at=NOW)


def leave(client: Client, liar: Liar, key: str = "citrus") -> dict[str, str]:
    """Off to the provider; gives what it was asked, and lets it know the nonce."""
    answer = client.get(f"/sign-in/by/{key}")
    assert answer.status_code == 302, answer.content.decode()
    asked = {name: said[0] for name, said in parse_qs(urlsplit(answer["Location"]).query).items()}
    liar.nonce = asked["nonce"]
    return asked


def come_back(client: Client, state: str, key: str = "citrus", **more: str) -> Any:
    return client.get(f"/sign-in/back/{key}", {"code": "c-1", "state": state, **more})


def test_a_provider_that_somebody_else_wrote_signs_a_person_in(
    place: County, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_provider() as issuer:
        monkeypatch.setattr(settings, "PROVIDERS", set_up(tmp_path, {"key": "plan", "issuer": issuer}))
        assert "Sign in by plan" in client.get("/sign-in").content.decode()
        link_by_hand(client, issuer)
        fresh = Client()
        left = fresh.get("/sign-in/by/plan", {"next": "/delegation/"})
        answer = fresh.get(f"/sign-in/back/plan?{agree(left['Location'], 'ruth')}")
        assert answer["Location"] == "/sign-in/second"  # the provider has not said that there were two factors
        assert type_code(fresh, code_at(datetime.now(UTC) + timedelta(seconds=30)))["Location"] == "/delegation/"
        assert is_in(fresh)
        stranger = Client()
        left = stranger.get("/sign-in/by/plan")
        answer = stranger.get(f"/sign-in/back/plan?{agree(left['Location'], 'somebody else')}")
        assert answer.status_code == 403
        assert "nobody here is linked to that identity" in answer.content.decode()


def link_by_hand(client: Client, issuer: str) -> None:
    """The nurse of the plan signs in with both proofs and links the account."""
    come_in(client, "nurse@plan", datetime.now(UTC))
    left = client.get("/account/link/plan/")
    answer = client.get(f"/sign-in/back/plan?{agree(left['Location'], 'ruth')}")
    assert answer["Location"] == "/account/", answer.content.decode()
    assert ProviderLink.objects.get().issuer == issuer
    assert "Linked" in client.get("/account/").content.decode()


def test_the_provider_is_asked_by_the_book(liar: Liar, client: Client) -> None:
    asked = leave(client, liar)
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    assert asked["redirect_uri"] == "http://testserver/sign-in/back/citrus"
    come_back(client, asked["state"])
    (form,) = liar.asked
    assert (form["grant_type"], form["code"]) == (["authorization_code"], ["c-1"])
    assert len(form["code_verifier"][0]) >= 43


def test_two_factors_at_the_provider_are_the_second_proof(liar: Liar, client: Client) -> None:
    liar.claims = lambda claims: {**claims, "amr": ["pwd", "mfa"]}
    assert come_back(client, leave(client, liar)["state"])["Location"] == "/"
    assert is_in(client)
    assert SignInEntry.objects.latest("id").how == "by citrus with two factors"


@pytest.mark.parametrize("amr", [None, [], ["pwd"], "mfa", ["mfa2"]])
def test_one_factor_at_the_provider_leaves_the_second_proof_to_be_given(liar: Liar, client: Client, amr: Any) -> None:
    liar.claims = lambda claims: {**claims, **({} if amr is None else {"amr": amr})}
    assert come_back(client, leave(client, liar)["state"])["Location"] == "/sign-in/second"
    assert not is_in(client)


LIES: dict[str, Callable[[Liar], None]] = {
    "no signature": lambda liar: setattr(liar, "sign", unsigned),
    "keyed with the public key": lambda liar: setattr(
        liar, "sign", lambda claims: signed_with_the_public_key(liar.key, claims)
    ),
    "another key": lambda liar: setattr(liar, "sign", _with_another_key),
    "another issuer": lambda liar: _bend(liar, iss="https://other.example"),
    "another audience": lambda liar: _bend(liar, aud="another program"),
    "many audiences, none the presenter": lambda liar: _bend(liar, aud=["second-opinion", "another"]),
    "made for another": lambda liar: _bend(liar, azp="another program"),
    "another nonce": lambda liar: _bend(liar, nonce="of another sign-in"),
    "no nonce": lambda liar: _bend(liar, nonce=None),
    "expired": lambda liar: _bend(liar, exp=int(NOW.timestamp()) - 61),
    "no end": lambda liar: _bend(liar, exp=None),
    "an end in words": lambda liar: _bend(liar, exp="never"),
    "made long ago": lambda liar: _bend(liar, iat=int(NOW.timestamp()) - 700),
    "made tomorrow": lambda liar: _bend(liar, iat=int(NOW.timestamp()) + 86400),
    "nobody": lambda liar: _bend(liar, sub=""),
    "no token": lambda liar: setattr(liar, "sign", lambda claims: None),
    "no such token": lambda liar: setattr(liar, "sign", lambda claims: "a.b.c"),
    "describes itself as another": lambda liar: liar.description.update(issuer="https://other.example"),
    "asks for secrets without encryption": lambda liar: liar.description.update(token_endpoint="http://a.example/t"),
    "a file for a key": lambda liar: liar.description.update(jwks_uri="file:///etc/hostname"),
}  # fmt: skip


def _bend(liar: Liar, **claims: Any) -> None:
    liar.claims = lambda honest: {n: v for n, v in {**honest, **claims}.items() if v is not None}


def _with_another_key(claims: dict[str, Any]) -> str:
    other = Liar(lambda: NOW)
    other.close()
    other.key = RSAKey.generate_key(2048, {"kid": "one"})
    return other.honest(claims)


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_of_the_provider_signs_nobody_in(liar: Liar, client: Client, lie: str) -> None:
    asked = leave(client, liar)
    LIES[lie](liar)
    answer = come_back(client, asked["state"])
    assert answer.status_code == 403
    assert "Nobody was signed in." in answer.content.decode()
    assert not is_in(client)
    assert SignInEntry.objects.latest("id").what == "refused"


def test_an_answer_is_good_for_one_time_and_for_the_browser_that_asked(liar: Liar, client: Client) -> None:
    liar.claims = lambda claims: {**claims, "amr": ["mfa"]}
    state = leave(client, liar)["state"]
    assert come_back(Client(), state).status_code == 403
    assert come_back(client, "another state").status_code == 403
    assert come_back(client, state).status_code == 403  # the wrong answer has used the question up
    state = leave(client, liar)["state"]
    assert come_back(client, state)["Location"] == "/"
    client.post("/sign-out")
    assert come_back(client, state).status_code == 403
    assert not is_in(client)


def test_an_answer_that_comes_late_or_from_another_provider_is_refused(
    liar: Liar, client: Client, clock: Clock
) -> None:
    state = leave(client, liar)["state"]
    assert come_back(client, state, iss="https://other.example").status_code == 403
    state = leave(client, liar)["state"]
    clock.goes_on(minutes=11)
    assert come_back(client, state).status_code == 403
    state = leave(client, liar)["state"]
    assert client.get("/sign-in/back/citrus", {"error": "access_denied", "state": state}).status_code == 403


def test_one_places_provider_never_signs_in_another_places_staff(liar: Liar, place: County, client: Client) -> None:
    liar.claims = lambda claims: {**claims, "amr": ["mfa"], "sub": "n-2"}
    for name, subject in (("nurse@sierra", "n-2"), ("nurse@plan", "n-3")):
        link(place, name, liar.issuer, subject)  # even if somebody had brought such a link about
    for subject in ("n-2", "n-3"):
        liar.claims = lambda claims, subject=subject: {**claims, "amr": ["mfa"], "sub": subject}
        answer = come_back(client, leave(client, liar)["state"])
        assert answer.status_code == 403
        assert "speaks for the staff of another place" in answer.content.decode()
        assert not is_in(client)


def test_staff_who_move_to_another_network_cannot_come_in_by_the_old_ones_provider(
    liar: Liar, place: County, client: Client
) -> None:
    liar.claims = lambda claims: {**claims, "amr": ["mfa"]}
    staff = place.staff["nurse@citrus"]
    staff.network = place.sierra
    staff.save()
    assert come_back(client, leave(client, liar)["state"]).status_code == 403


def test_another_places_staff_cannot_link_their_account(
    liar: Liar, place: County, client: Client, clock: Clock
) -> None:
    come_in(client, "nurse@plan", clock.now)
    assert "Sign in by citrus" not in client.get("/account/").content.decode()
    left = client.get("/account/link/citrus/")
    asked = {name: said[0] for name, said in parse_qs(urlsplit(left["Location"]).query).items()}
    liar.nonce, liar.claims = asked["nonce"], lambda claims: {**claims, "sub": "n-9"}
    assert come_back(client, asked["state"]).status_code == 403
    assert not ProviderLink.objects.filter(subject="n-9").exists()


def test_an_identity_is_linked_to_one_account(liar: Liar, place: County, client: Client, clock: Clock) -> None:
    give_app("physician@citrus")
    come_in(client, "physician@citrus", clock.now)
    left = client.get("/account/link/citrus/")
    asked = {name: said[0] for name, said in parse_qs(urlsplit(left["Location"]).query).items()}
    liar.nonce = asked["nonce"]
    assert come_back(client, asked["state"]).status_code == 403
    assert "linked" not in traced("physician@citrus")


def test_an_account_that_is_switched_off_does_not_come_in_by_its_provider(
    liar: Liar, place: County, client: Client
) -> None:
    liar.claims = lambda claims: {**claims, "amr": ["mfa"]}
    place.staff["nurse@citrus"].user.is_active = False
    place.staff["nurse@citrus"].user.save()
    assert come_back(client, leave(client, liar)["state"]).status_code == 403


def test_a_provider_that_does_not_answer_leaves_the_other_ways_in(liar: Liar, client: Client) -> None:
    liar.close()
    answer = client.get("/sign-in/by/citrus")
    assert answer.status_code == 403
    assert "Sign in another way" in answer.content.decode()
    assert client.get("/sign-in/by/nobody").status_code == 404


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"key": "a", "issuer": "https://a.example"}, {"key": "b", "issuer": "https://a.example"}], "the same issuer"),
        ([{"key": "a", "issuer": "https://a.example", "netwrok": "Citrus"}], "nothing is called netwrok"),
    ],
)
def test_a_file_that_says_something_wrong_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, str]], sentence: str
) -> None:
    monkeypatch.setattr(settings, "PROVIDERS", set_up(tmp_path, *rows))
    with pytest.raises(ImproperlyConfigured, match=sentence):
        providers()


def test_the_clock_of_these_tests_stands_still(clock: Clock) -> None:
    assert front.datetime.now(UTC) == NOW
