"""The call centre reads aloud where it stands, sees nothing else, and writes nothing but that it was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from county import NOW, TODAY, County
from referrals.ways import way_to
from secondopinion.letters.kinds import kind_named
from secondopinion.people.models import AccessEntry
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event, Notice, Referral

Browser = Callable[[str], Client]
JOE = {"birth_date": "1960-02-03", "card": "1122334455"}


@pytest.fixture
def agent(place: County, signed_in_as: Browser) -> Client:
    return signed_in_as("calls@plan")


def standing_at(step: str, place: County) -> Referral:
    """A referral of the plan's Member, where a step could be taken."""
    with plan_scope(TODAY):
        return Referral.objects.get(pk=way_to(step, place).referral)


def found(agent: Client, **typed: str) -> str:
    answer = agent.post("/aloud/", typed or {"birth_date": "1970-01-01", "card": "M0000001"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_status_and_letters_are_read_and_not_what_it_is_about(place: County, agent: Client) -> None:
    referral = standing_at("schedule", place)
    page = found(agent)
    assert referral.number in page
    assert "Authorized" in page
    with plan_scope(TODAY):
        letter = Notice.objects.filter(referral=referral, kind="approval_to_member").earliest("id").letter_id
    assert reverse("aloud-letter", args=[referral.number, letter]) in page
    opened = agent.get(reverse("aloud-letter", args=[referral.number, letter]))
    assert (opened.status_code, opened["Content-Type"]) == (200, "application/pdf")
    for secret in (referral.condition, referral.procedure, referral.request_words, referral.clinician_name):
        assert not secret or secret not in page
    assert referral.condition


def test_a_letter_is_opened_only_for_a_caller_who_was_found_today_and_only_where_it_is_to_the_member(
    place: County, agent: Client
) -> None:
    referral = standing_at("schedule", place)
    with plan_scope(TODAY):
        letters = {n.kind: n.letter_id for n in Notice.objects.filter(referral=referral)}
    addresses = {kind: reverse("aloud-letter", args=[referral.number, letter]) for kind, letter in letters.items()}
    others = [kind for kind in addresses if kind_named(kind).reader != "member"]
    assert {agent.get(address).status_code for address in addresses.values()} == {404}
    found(agent, **JOE)
    assert {agent.get(address).status_code for address in addresses.values()} == {404}
    found(agent)
    assert agent.get(addresses["approval_to_member"]).status_code == 200
    assert others
    assert {agent.get(addresses[kind]).status_code for kind in others} == {404}
    for name in ("letter", "letter-pdf"):
        assert agent.get(reverse(name, args=[referral.number, letters["approval_to_member"]])).status_code == 403


def test_that_it_was_read_is_written_down(place: County, agent: Client) -> None:
    referral = standing_at("schedule", place)
    answer = agent.post(f"/aloud/{referral.number}/", {"to": "the Member"}, follow=True)
    assert f"Noted: {referral.number} was read aloud." in answer.content.decode()
    with plan_scope(TODAY):
        entry = AccessEntry.objects.get(what="read_aloud")
    assert (entry.person, entry.about, entry.at) == ("Calls of Plan", referral.number, NOW)
    assert entry.why == "read aloud to the Member"


@pytest.mark.parametrize(("number", "to"), [("SO-2020-000001", "the Member"), ("", "a neighbour")])
def test_a_note_about_nothing_or_to_anybody_else_is_refused(place: County, agent: Client, number: str, to: str) -> None:
    referral = standing_at("schedule", place)
    assert agent.post(f"/aloud/{number or referral.number}/", {"to": to}).status_code == 404
    with plan_scope(TODAY):
        assert not AccessEntry.objects.filter(what="read_aloud").exists()


def test_one_identifier_finds_nobody(place: County, agent: Client) -> None:
    assert "Two identifiers are needed" in found(agent, birth_date="1970-01-01")
    assert "There is no second opinion on record" in found(agent, **JOE)


def test_a_call_centre_agent_opens_no_other_page_and_takes_no_step(place: County, agent: Client) -> None:
    referral = standing_at("deny", place)
    with plan_scope(TODAY):
        before = Event.objects.count()
    addresses: list[tuple[str, Any]] = [
        ("work-list", []), ("referral", [referral.number]), ("intake-start", []), ("directory", []), ("post", []),
        ("consultation", [referral.number]), ("accounts", []),
    ]  # fmt: skip
    for name, given in addresses:
        assert agent.get(reverse(name, args=given)).status_code == 403, name
    for step in ("authorize", "deny", "answer", "tell_member", "withdraw"):
        assert agent.post(reverse("take-step", args=[referral.number, step])).status_code == 403
    with plan_scope(TODAY):
        assert Event.objects.count() == before


@pytest.mark.parametrize("name", ["nurse@plan", "compliance@plan", "admin@plan"])
def test_the_page_is_the_call_centres(signed_in_as: Browser, name: str) -> None:
    assert signed_in_as(name).get("/aloud/").status_code == 403


def test_the_note_is_write_once(db: None) -> None:
    assert "write_once" in triggers_of("people_accessentry")


def triggers_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass", [table])
        return [name for (name,) in cursor.fetchall()]
