"""Whatever is sent to any interface, the house answers and does not break: no 5xx, no trace, in bounded time.

`SECONDOPINION_FUZZ=200` asks two hundred times as often as there are examples here, for an afternoon.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import pytest
import pytest_django
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import got_request_exception
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings

from browser.requests import made_up
from county import NOW, sign_in
from emptying import empty_tables
from interfaces.crawl import Form, description, walk
from secondopinion.fhir.metadata import capability_statement
from secondopinion.people import own_page
from secondopinion.people.models import Staff
from secondopinion.people.person import person_of
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.portal.questions import PAGES
from secondopinion.referrals import pages
from secondopinion.referrals.models import Referral
from secondopinion.site import database
from secondopinion.site.seeding import demo_token, seed

# What lends a body to the application keeps it in a file that it does not close; the files are not ours.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed file:ResourceWarning"
)

TIMES = int(os.environ.get("SECONDOPINION_FUZZ", "1"))
CSRF = "c" * 32
BASE = "/fhir/pas/2.2.1"
WHO = ("nurse@plan", "physician@plan")  # between them they have every page and form about referrals
STARTS = (
    "/", "/?view=mine&urgency=standard&state=received&q=x&after=x", "/delegation/?on=2026-11-23", "/directory/?who=x",
    "/directory/health/", "/post/", "/post/days/", "/post/offices/", "/intake/", "/intake/M0000008/", "/forwarding/",
    "/intake/M0000008/found/", "/intake/M0000008/plan/", "/administration/", "/letters/", "/translations/",
    "/translations/wordings/", "/accounts/", "/aloud/", "/account/", "/who-may/",
)  # fmt: skip
NASTY = {
    "a nul": "a\x00b",
    "half a character": "\udcff",
    "direction marks": "\u202e\u2066x",
    "a quotation": "' OR 1=1; --\"><svg/onload=x>{{7*7}}${7*7}%s%n../../etc",
    "a large number": "9" * 400,
    "a long line": "x" * 20_000,
    "a day that is none": "0000-99-99",
    "nothing": "",
}


class Walked(NamedTuple):
    """A browser with everything it can reach."""

    client: Client
    pages: list[str]
    forms: list[Form]


POLYGLOT = b"%PDF-1.4\n<html><script>1</script>\nPK\x03\x04" + b"\x00\xff" * 200


@pytest.fixture(scope="module")
def orchard(
    django_db_setup: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
    test_owner: database.Address,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """The made-up county, committed once for all that is asked here."""
    patch = pytest.MonkeyPatch()
    patch.setenv("SECONDOPINION_DEMO", "1")
    patch.setattr(django_settings, "PRINT_HOUSE", tmp_path_factory.mktemp("print-house"))
    patch.setattr(django_settings, "ALLOWED_HOSTS", ["testserver", "localhost"])
    patch.setattr(django_settings, "PACE", 1000.0)
    with django_db_blocker.unblock():
        seed(NOW)
        yield
    patch.undo()
    with django_db_blocker.unblock():
        empty_tables(test_owner)


@pytest.fixture
def broken() -> Iterator[list[str]]:
    """What broke inside, told by name and place; the answer itself tells nothing."""
    found: list[str] = []

    def note(sender: Any, request: Any, **more: Any) -> None:
        found.append(f"{request.method} {request.path}: {traceback.format_exc(limit=-3)}")

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


def browser(name: str) -> Client:
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    sign_in(client, name)
    return client


@pytest.fixture(scope="module")
def walked(orchard: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Callable[[str], Walked]:
    """The pages and forms that somebody can walk to; walked once."""

    @cache
    def by(name: str) -> Walked:
        client = browser(name)
        return Walked(client, *walk(client, STARTS))

    return by


def ask_every_way(raw: dict[str, Any], *, examples: int, **how: Any) -> int:
    """Let schemathesis ask every operation of a description. Returns how many requests it sent."""
    schema = schemathesis.openapi.from_dict(raw)
    schema.app = get_wsgi_application()
    sent = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=examples * TIMES, deadline=None, database=None, derandomize=TIMES == 1,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal sent
            sent += 1
            answer = case.call(base_url="http://localhost", **how)
            assert answer.status_code < 500, f"{answer.status_code}: {case.method} {case.formatted_path}"
            assert b"Traceback" not in answer.content

        ask()
    return sent


def test_what_breaks_is_seen(orchard: None, broken: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    # First of all, since what is sent at random below may close the very account that asks here.
    asking = browser("nurse@plan")
    assert asking.get("/delegation/").status_code == 200
    monkeypatch.setattr("secondopinion.desk.delegation.register_on", lambda on: 1 / 0)
    raw = {"openapi": "3.0.3", "info": {"title": "One page", "version": "1"},
           "paths": {"/delegation/": {"get": {"responses": {"default": {"description": "A page"}}}}}}  # fmt: skip
    cookies = {"sessionid": asking.cookies["sessionid"].value}
    with pytest.raises(AssertionError, match="500: GET /delegation/"):
        ask_every_way(raw, examples=1, cookies=cookies)
    assert "ZeroDivisionError" in broken[0]


@pytest.mark.parametrize("name", WHO)
def test_no_page_and_no_form_of_the_desk_breaks(walked: Callable[[str], Walked], broken: list[str], name: str) -> None:
    client, found, forms = walked(name)
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": CSRF}
    headers = {"X-CSRFToken": CSRF, "Referer": "http://localhost/"}
    sent = ask_every_way(description(found, forms), examples=2, cookies=cookies, headers=headers)
    assert broken == []
    assert sent > 60


@pytest.mark.parametrize(("name", "least"), [(WHO[0], 9), (WHO[1], 9), ("admin@plan", 2), ("calls@plan", 1)])
def test_nothing_nasty_in_every_field_breaks_a_form(
    walked: Callable[[str], Walked], broken: list[str], name: str, least: int
) -> None:
    client, _, forms = walked(name)
    assert len({form.route for form in forms}) >= least
    for form in forms:
        for what, value in NASTY.items():
            answer = send(client, form, value)
            assert answer.status_code < 500, (form.route, what, broken[-1:])
    assert broken == []


def members_browser() -> Client:
    """A browser with a Member's own page open, given a moment ago."""
    now = datetime.now(UTC)
    with plan_scope(now.astimezone(PACIFIC).date()):
        referral = Referral.objects.get(number=made_up("authorized"))
        member, staff = referral.member, Staff.objects.get(user__username="intake@plan")
        code = pages.give(referral, person_of(staff, now.date()), now).code
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    born = member.birth_date
    told = {"code": code, "year": born.year, "month": born.month, "day": born.day}
    assert client.post("/your-choice/open/", told).status_code == 303
    return client


def own_pages_browser() -> Client:
    """A browser with the Member's own page open and a request begun."""
    now = datetime.now(UTC)
    with plan_scope(now.astimezone(PACIFIC).date()):
        member = Referral.objects.get(number=made_up("authorized")).member
        staff = Staff.objects.get(user__username="intake@plan")
        code = own_page.give(member, None, "phone", person=person_of(staff, now.date()), now=now).code
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    born = member.birth_date
    told = {"code": code, "year": born.year, "month": born.month, "day": born.day}
    assert client.post("/your-page/open/", told).status_code == 303
    assert client.post("/your-page/ask/begin/").status_code == 303
    return client


def strangers_browser() -> Client:
    """A browser of somebody who is not known here."""
    return Client(raise_request_exception=False, HTTP_HOST="localhost")


DOORS: dict[str, tuple[Callable[[], Client], tuple[str, ...], set[str]]] = {
    "the choice": (
        members_browser,
        ("/your-choice/", "/your-choice/doctors/", "/your-choice/done/", "/your-choice/ABCD"),
        {"member-open", "member-check"},
    ),
    "the Member's own page": (
        own_pages_browser,
        (
            "/your-page/", "/your-page/enter/?language=x", "/your-page/enter/ABCD", "/your-page/requests/SO-1/",
            *(f"/your-page/ask/{page.name}/" for page in PAGES), "/your-page/ask/check/", "/your-page/ask/call/about/",
        ),
        {"own-open", "ask-page", "own-papers", "own-withdraw", "own-object"},
    ),
    "offices and professionals": (
        strangers_browser,
        ("/office/", "/office/ask/", "/office/status/", "/office/answer/", "/visit/", "/visit/page/", "/visit/ABCD"),
        {"office-ask", "office-status", "visit-open"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_no_page_and_no_form_without_an_account_breaks(orchard: None, broken: list[str], door: str) -> None:
    arrives, starts, least = DOORS[door]
    client = arrives()
    found, forms = walk(client, starts)
    assert {form.route for form in forms} >= least
    for form in forms:
        for value in NASTY.values():
            assert send(client, form, value).status_code < 500, (form.route, broken[-1:])
    cookies = {**{name: each.value for name, each in client.cookies.items()}, "csrftoken": CSRF}
    headers = {"X-CSRFToken": CSRF, "Referer": "http://localhost/"}
    assert ask_every_way(description(found, forms), examples=5, cookies=cookies, headers=headers) > 10
    assert broken == []


def send(client: Client, form: Form, value: str) -> Any:
    """The form with the same text in every field that offers nothing, and its first offer in the others."""
    raw = value.encode(errors="surrogateescape")
    filled = {name: (offered[0].encode() if offered else raw) for name, offered in form.fields.items()}
    if form.method == "get":
        return client.get(form.path, {**dict(form.query), **{k: v.decode("latin-1") for k, v in filled.items()}})
    if form.has_file:
        parts = b"".join(
            b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"'
            + (b'; filename="a.pdf.html"\r\nContent-Type: image/svg+xml' if not form.fields[name] else b"")
            + b"\r\n\r\n" + (POLYGLOT if not form.fields[name] else part) + b"\r\n"
            for name, part in filled.items()
        )  # fmt: skip
        return client.post(form.path, parts + b"--x--\r\n", content_type="multipart/form-data; boundary=x")
    pairs = ((name.encode(), b"".join(b"%%%02X" % byte for byte in part)) for name, part in filled.items())
    body = b"&".join(name + b"=" + part for name, part in pairs)
    return client.post(form.path, body, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00&&==%zz%"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=1"),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(2000))),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: "
                                            b'form-data; name="a"; filename="\x00/../b"\r\n\r\n!!!\r\n--x--'),
        ("text/plain", b"x"),
        ("", b"x"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_is_refused(orchard: None, broken: list[str], kind: str, body: bytes) -> None:
    client = browser("nurse@plan")
    for path in ("/sign-in", "/your-choice/open/", "/post/offices/", "/intake/", "/forwarding/", "/administration/"):
        assert client.generic("POST", path, body, content_type=kind).status_code < 500, path
    assert broken == []


STRANGE_PATHS = (
    "/%00", "/%ff%fe", "/intake/%00/", "/directory/%ff/", "/your-choice/%00", "//", "/../../etc/passwd",
    "/" + "a/" * 2000, "/referrals/SO-2026-000001%0d%0aX:1/", "/fhir/%00", "/fhir/pas/2.2.1/Claim/$submit/",
    "/static/../settings.py", "/static/%2e%2e/%2e%2e/etc/passwd",
)  # fmt: skip


@pytest.mark.parametrize("path", STRANGE_PATHS)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch", "options", "trace"])
def test_no_address_and_no_method_breaks(orchard: None, broken: list[str], path: str, method: str) -> None:
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    answer = getattr(client, method)(path)
    assert 200 <= answer.status_code < 500
    assert broken == []


def fhir_description() -> dict[str, Any]:
    """The FHIR door out of its own CapabilityStatement: each interaction and operation it says it has."""
    stated = capability_statement("http://localhost" + BASE)
    anything: dict[str, Any] = {
        "type": "object",
        "properties": {
            "resourceType": {"enum": ["Bundle", "Claim", "Patient"]},
            "type": {"enum": ["collection", "batch", ""]},
            "identifier": {"type": "object"},
            "timestamp": {"type": "string", "maxLength": 30},
            "entry": {"type": "array", "maxItems": 3, "items": {"type": "object", "properties": {
                "fullUrl": {"type": "string", "maxLength": 40},
                "resource": {"type": "object", "properties": {"resourceType": {"enum": ["Claim", "Patient"]}}},
            }}},
        },
    }  # fmt: skip
    answers = {"default": {"description": "FHIR JSON"}}
    paths: dict[str, Any] = {f"{BASE}/metadata": {"get": {"responses": answers}}}
    for rest in stated["rest"]:
        for resource in rest["resource"]:
            for operation in resource.get("operation", []):
                body = {"required": True, "content": {"application/fhir+json": {"schema": anything}}}
                paths[f"{BASE}/{resource['type']}/${operation['name'].lstrip('$')}"] = {
                    "post": {"requestBody": body, "responses": answers}
                }
    return {"openapi": "3.0.3", "info": {"title": "The FHIR door", "version": "1"}, "paths": paths}


def test_the_fhir_door_does_not_break(orchard: None, broken: list[str]) -> None:
    raw = fhir_description()
    assert f"{BASE}/Claim/$submit" in raw["paths"]
    sent = ask_every_way(raw, examples=60, headers={"Authorization": f"Bearer {demo_token()}"})
    assert broken == []
    assert sent > 60


DEEP = b'{"resourceType":"Bundle","entry":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
BODIES: dict[str, bytes] = {
    "deep": DEEP,
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "a nul": b'{"resourceType":"Bundle\\u0000"}',
    "half a character": b'{"resourceType":"\\ud800"}',
    "not UTF-8": b'{"resourceType":"\xff"}',
    "UTF-16": '{"resourceType":"Bundle"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a large number": b'{"a":' + b"9" * 5000 + b"}",
    "no number": b'{"a":NaN}',
    "the same twice": b'{"resourceType":"Bundle","resourceType":"Claim"}',
    "a prototype": b'{"__proto__":{"resourceType":"Bundle"}}',
    "nothing": b"",
    "a PDF": POLYGLOT,
    "XML with an entity": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_is_no_bundle_is_refused_with_an_outcome(orchard: None, broken: list[str], what: str) -> None:
    answer = Client(raise_request_exception=False, HTTP_HOST="localhost").post(
        f"{BASE}/Claim/$submit", BODIES[what], content_type="application/fhir+json",
        headers={"Authorization": f"Bearer {demo_token()}"},
    )  # fmt: skip
    assert 400 <= answer.status_code < 500, broken
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert broken == []
