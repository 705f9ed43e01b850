"""Too many, too fast, too large: refused in plain words with the time to wait, by address and by account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from county import NOW, TODAY, TOKEN, County, county, sign_in
from house.test_routes import routes
from secondopinion.people.pace import Limit
from secondopinion.people.rls import plan_scope
from secondopinion.site import front, limits
from secondopinion.site.running import gunicorn

SUBMIT = "/fhir/pas/2.2.1/Claim/$submit"
NAMES = (
    "SIGNING_IN",
    "MEMBERS_CODE",
    "MEMBERS_PAGE",
    "FHIR_ADDRESS",
    "FHIR_CLIENT",
    "SEARCH",
    "UPLOAD",
    "WRITE",
    "OPEN",
)


@pytest.fixture
def place(committed: None) -> County:
    with plan_scope(TODAY):
        return county()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """The front door's clock stands still, until it is told to go on."""
    shown = [NOW]

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return shown[0].astimezone(tz)

    monkeypatch.setattr(front, "datetime", Stopped)

    def go_on(by: timedelta) -> None:
        shown[0] += by

    return go_on


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`only("SEARCH", 2)`: of this kind only two at once."""

    def two(name: str, most: int = 2) -> None:
        monkeypatch.setattr(limits, name, replace(getattr(limits, name), most=most))

    return two


def statuses(ask: Callable[[], Any], times: int = 3) -> list[int]:
    return [ask().status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("name", "address", "body"),
    [
        ("SIGNING_IN", "/sign-in", {"username": "nurse@plan", "password": "wrong"}),
        ("MEMBERS_CODE", "/your-choice/open/", {"code": "x", "year": "1970", "month": "1", "day": "1"}),
    ],
)
def test_guessing_is_slowed_down_by_address_whoever_is_guessed_at(
    place: County, only: Callable[..., None], name: str, address: str, body: dict[str, str]
) -> None:
    only(name)
    many = iter(range(9))
    assert statuses(lambda: Client().post(address, {**body, "username": f"n{next(many)}"}))[2] == 429
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert other.post(address, body).status_code != 429


def test_a_refusal_says_how_long_to_wait_and_then_lets_in_again(
    place: County, only: Callable[..., None], clock: Callable[[timedelta], None]
) -> None:
    only("SIGNING_IN")
    statuses(lambda: Client().post("/sign-in", {}), 2)
    answer = Client().post("/sign-in", {})
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert "Wait 5 minutes" in answer.content.decode()
    clock(timedelta(seconds=300))
    assert Client().post("/sign-in", {}).status_code == 200


def test_looking_up_is_slowed_down_by_account_from_whatever_address(place: County, only: Callable[..., None]) -> None:
    only("SEARCH")
    nurse, other = Client(), Client(REMOTE_ADDR="203.0.113.9")
    sign_in(nurse, "nurse@plan")
    sign_in(other, "nurse@plan")
    assert statuses(lambda: nurse.get("/directory/?who=Beck"), 2) == [200, 200]
    assert other.get("/directory/?who=Beck").status_code == 429
    citrus = Client()
    sign_in(citrus, "nurse@citrus")
    assert citrus.get("/directory/?who=Beck").status_code == 200


def test_writing_is_slowed_down_by_account(place: County, only: Callable[..., None]) -> None:
    only("WRITE")
    nurse = Client()
    sign_in(nurse, "nurse@plan")
    assert statuses(lambda: nurse.post("/post/offices/", {}))[2] == 429


def test_uploads_have_a_bucket_of_their_own(place: County, only: Callable[..., None]) -> None:
    only("UPLOAD", 1)
    nurse = Client()
    sign_in(nurse, "nurse@plan")
    form = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n"
    asked = [nurse.post("/forwarding/", form, content_type="multipart/form-data; boundary=x") for _ in range(2)]
    assert [each.status_code == 429 for each in asked] == [False, True]


@pytest.mark.parametrize("name", ["FHIR_CLIENT", "FHIR_ADDRESS"])
def test_the_fhir_door_refuses_in_its_own_form(place: County, only: Callable[..., None], name: str) -> None:
    only(name)
    ask = {"content_type": "application/fhir+json", "headers": {"Authorization": f"Bearer {TOKEN}"}}
    client = Client()
    assert statuses(lambda: client.post(SUBMIT, b"{}", **ask), 2) == [400, 400]  # type: ignore[arg-type]
    answer = client.post(SUBMIT, b"{}", **ask)  # type: ignore[arg-type]
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/fhir+json")
    assert answer.json()["issue"][0]["code"] == "throttled"
    assert int(answer["Retry-After"]) >= 1


def test_a_tenfold_pace_lets_in_ten_times_as_many(place: County, only: Callable[..., None], settings: Any) -> None:
    only("SIGNING_IN")
    settings.PACE = 10
    many = iter(range(21))  # names: the same one is closed after five wrong tries, however fast they come
    asked = statuses(lambda: Client().post("/sign-in", {"username": f"n{next(many)}"}), 21)
    assert asked[:20].count(429) == 0
    assert asked[20] == 429


def test_while_the_database_is_away_the_page_itself_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(limits, "take", away)
    monkeypatch.setattr("secondopinion.site.pages.connection.cursor", away)
    assert Client().get("/health").status_code == 503


@pytest.mark.parametrize(
    ("size", "kind", "path", "status"),
    [
        (limits.LARGEST_FORM, "application/x-www-form-urlencoded", "/sign-in", 200),
        (limits.LARGEST_FORM + 1, "application/x-www-form-urlencoded", "/sign-in", 413),
        (limits.LARGEST_FORM + 1, "multipart/form-data; boundary=x", "/forwarding/", 200),
        (limits.LARGEST_REQUEST + 1, "multipart/form-data; boundary=x", "/forwarding/", 413),
        (limits.LARGEST_REQUEST + 1, "application/fhir+json", SUBMIT, 200),  # it says so itself
    ],
)
def test_what_is_too_large_is_refused_before_it_is_read(
    db: None, rf: Any, size: int, kind: str, path: str, status: int
) -> None:
    request = rf.post(path, b"x", content_type=kind)
    request.META["CONTENT_LENGTH"] = str(size)
    answer = limits.Limits(lambda _: HttpResponse("let in"))(request)
    assert answer.status_code == status
    assert ("is larger than" in answer.content.decode()) is (status == 413)


def test_the_fhir_door_refuses_a_large_body_in_its_own_form(place: County) -> None:
    answer = Client().post(
        SUBMIT, b" " * 1_000_001, content_type="application/fhir+json", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/fhir+json")


def test_every_door_that_is_open_to_strangers_has_a_limit(rf: Any) -> None:
    class Nobody:
        is_authenticated = False

    for route in routes():
        guard = getattr(route.callback, "guard", "")
        for method in ("get", "post"):
            request = getattr(rf, method)("/fhir/x" if str(route.name).startswith("fhir") else "/x")
            request.user = Nobody()
            assert list(limits.limits_of(request, str(route.name), guard)), f"{method} {route.name}"


def test_every_search_is_a_route() -> None:
    assert limits.SEARCHES - {route.name for route in routes()} == set()


def test_every_limit_lets_a_person_work() -> None:
    for name in NAMES:
        limit = getattr(limits, name)
        assert isinstance(limit, Limit)
        assert limit.most >= 60
    assert len({getattr(limits, name).name for name in NAMES}) == len(NAMES)


def test_the_server_has_limits_of_its_own() -> None:
    command = gunicorn(8000)
    for option in ("--limit-request-line", "--limit-request-fields", "--limit-request-field_size", "--timeout"):
        assert int(command[command.index(option) + 1]) > 0
