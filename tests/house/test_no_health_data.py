"""Words planted in a Member's records come out on the pages for them, and nowhere else: no address, header or log line.

Every route is opened by everybody there is, and every error page is made to show itself.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from io import StringIO
from logging.config import DictConfigurator  # type: ignore[attr-defined]
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from county import NOW, SIGN_INS, TODAY, County, county, sign_in
from desk.life import received, step
from house.test_routes import routes
from people.test_file_kinds import PDF
from secondopinion.desk import referral as referral_page
from secondopinion.people.models import AuthorizedRepresentative, Member
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Notice, Paper, Referral
from secondopinion.referrals.told import FileRecord
from secondopinion.site import front

NAME, CONDITION, PROCEDURE, WORDS, FOR_WHOM, STREET = PLANTED = (
    "Zebulonica", "xylopathia", "quintoplasty", "grumblewitch", "Thaddeusina", "Wimblestreet",
)  # fmt: skip
ANY = re.compile("|".join(PLANTED), re.I)
LINKS = re.compile(r"""(?:href|src|action|content|hx-get|hx-post)\s*=\s*["']([^"']*)["']""", re.I)


@pytest.fixture
def place(committed: None, monkeypatch: pytest.MonkeyPatch) -> County:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return NOW.astimezone(tz)

    monkeypatch.setattr(front, "datetime", Stopped)
    with plan_scope(TODAY):
        return county()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything that any logger says at any level, written as the log is in service."""
    said = StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(DictConfigurator({}).configure_formatter(dict(settings.LOGGING["formatters"]["line"])))
    root, request = logging.getLogger(), logging.getLogger("django.request")
    levels = {each: each.level for each in (root, request)}
    root.addHandler(handler)
    for each in levels:
        each.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    for each, level in levels.items():
        each.setLevel(level)


def planted(place: County) -> Referral:
    """A referral of Member One whose every text has a planted word in it."""
    with plan_scope(TODAY):
        Member.objects.filter(pk=place.one.pk).update(first_name=NAME, last_name=f"{NAME}son", address=f"1 {STREET}")
        member = Member.objects.get(pk=place.one.pk)
        AuthorizedRepresentative.objects.create(
            member=member, name=FOR_WHOM, authority="in-writing", evidence="x", from_on=TODAY
        )
    referral = received(
        place, member=member, requester_name=NAME, condition=CONDITION, procedure=PROCEDURE, request_words=WORDS
    )
    return step(place, referral, "nurse@plan", FileRecord(f"{WORDS}.pdf", PDF, WORDS))


def addresses(referral: Referral) -> Iterator[str]:
    """The address of every route there is, with what it names filled in by what was planted."""
    with plan_scope(TODAY):
        letter = Notice.objects.filter(referral=referral).values_list("letter_id", flat=True).first() or uuid4()
        given = {
            "number": referral.number, "member_id": referral.member.member_id, "letter_id": letter, "step": "take_up",
            "paper_id": Paper.objects.get(referral=referral).pk, "npi": "1679576722", "forwarded_id": uuid4(),
            "code": "ABCD-EFGH", "kind": "approval_to_member", "language": "es", "case": "medi-cal", "key": "plan",
            "pk": 1, "representative": AuthorizedRepresentative.objects.get().pk,
        }  # fmt: skip
    for route in routes():
        if route.name and all(name in given for name in names_of(route)):
            yield reverse(route.name, kwargs={name: given[name] for name in names_of(route)})


def names_of(route: URLPattern) -> list[str]:
    return list(route.pattern.converters)


def leaks_of(address: str, answer: HttpResponse) -> list[str]:
    """Where an answer says a planted word that must not: in its headers, in a link, or on a page that says no."""
    found = [f"{address}: header {name}" for name, text in answer.headers.items() if ANY.search(str(text))]
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        return found
    body = answer.content.decode("utf-8", "replace")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        found += [f"{address}: link {link}" for link in LINKS.findall(body) if ANY.search(link)]
    if answer.status_code >= 300 and ANY.search(body):
        found.append(f"{address}: the page of a {answer.status_code}")
    return found


def test_every_page_keeps_them_out_of_addresses_headers_and_the_log(place: County, log: StringIO) -> None:
    referral = planted(place)
    seen = 0
    leaks: list[str] = []
    for who in SIGN_INS:
        client = Client(raise_request_exception=False)
        sign_in(client, who)
        for address in addresses(referral):
            answer = client.get(address)
            assert answer.status_code != 500, address
            shown = "" if answer.streaming or answer.status_code != 200 else answer.content.decode("latin-1")
            seen += bool(ANY.search(shown))
            leaks += leaks_of(address, answer)
    assert seen > 20, "the words were planted, and pages show them"
    assert leaks == []
    assert ANY.search(log.getvalue()) is None


def test_what_is_typed_into_any_form_comes_into_no_log_line_and_no_address(place: County, log: StringIO) -> None:
    referral = planted(place)
    typed = dict.fromkeys(
        ("name", "words", "why", "reason_1", "request_words", "condition", "procedure", "to_name", "what", "first_name",
         "last_name", "address", "note", "evidence", "by_name", "purpose", "card", "q", "specialty", "next"), WORDS,
    )  # fmt: skip
    leaks: list[str] = []
    for who in ("intake@plan", "nurse@plan", "physician@plan", "nurse@sierra"):
        client = Client(raise_request_exception=False)
        sign_in(client, who)
        for address in addresses(referral):
            if "sign-" in address:
                continue
            answer = client.post(address, typed)
            assert answer.status_code != 500, address
            leaks += [line for line in leaks_of(address, answer) if ": header" in line]
    assert leaks == []
    assert ANY.search(log.getvalue()) is None


def test_every_error_page_and_its_log_line_say_nothing_of_them(
    place: County, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = planted(place)
    client = Client(raise_request_exception=False)
    sign_in(client, "nurse@plan")
    page = reverse("referral", args=[referral.number])
    other = Client(raise_request_exception=False)
    sign_in(other, "nurse@sierra")
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    sign_in(strict, "nurse@plan")
    contracting = Client(raise_request_exception=False)
    sign_in(contracting, "contracting@plan")
    answers = [
        other.get(page),  # not found, for who may not see it
        contracting.get(reverse("representatives", args=["M0000001"])),  # not allowed
        strict.post(reverse("intake-start"), {"last_name": NAME}),  # forged
        client.get(page, headers={"host": "elsewhere.example"}),  # not understood
    ]

    def breaks(*_: object) -> None:
        try:
            raise IntegrityError(f"DETAIL: Failing row contains ({NAME}, {CONDITION}).")
        except IntegrityError as error:
            raise ValueError(f"{NAME} has {CONDITION}") from error

    monkeypatch.setattr(referral_page, "page_of", breaks)
    answers.append(client.get(page))
    assert [answer.status_code for answer in answers] == [404, 403, 403, 400, 500]
    assert [line for answer in answers for line in leaks_of(page, answer)] == []
    said = log.getvalue()
    assert "builtins.ValueError (message left out)" in said
    assert "django.db.utils.IntegrityError (message left out)" in said
    assert ANY.search(said) is None


def test_health_says_nothing_of_anybody(place: County) -> None:
    planted(place)
    assert set(Client().get(reverse("health")).json()) == {"database", "worker", "letters_waiting"}
