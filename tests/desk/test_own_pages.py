"""The desk gives the Member a page of the Member's own, and takes it back; and writes down what is said by phone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from county import NOW, TODAY, County, sign_in
from desk.life import received, step
from portal.test_own_page import enter, rosa, text
from secondopinion.people.models import AccessEntry, OwnPage
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event
from secondopinion.referrals.pages import THE_MEMBER
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.reviewing import supply
from secondopinion.referrals.told import Supply, Withdraw
from secondopinion.referrals.told_objections import Contact

CODES = "/members/M0000001/page/"


def at_the_desk(name: str) -> Client:
    client = Client()
    sign_in(client, name)
    return client


def code_on(page: str) -> str:
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", page)
    assert found
    return found[0]


def test_a_code_given_on_the_phone_opens_the_page_and_is_shown_once(place: County) -> None:
    clerk = at_the_desk("intake@plan")
    assert "Nobody has a code to this Member’s page yet." in clerk.get(CODES).content.decode()
    given = clerk.post(CODES, {"who": "member", "how": "phone"})
    assert "1970" not in given.content.decode(), "the second proof never stands beside the code"
    assert enter(code_on(given.content.decode())).status_code == 303
    later = clerk.get(CODES).content.decode()
    assert not re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", later)
    assert "The Member: opens" in later
    with plan_scope(TODAY):
        page = OwnPage.objects.get()
        assert (page.how, page.given_by, page.representative_id) == ("phone", "Intake of Plan", None)
        assert AccessEntry.objects.filter(what="member_page_codes", about="M0000001").count() == 3


def test_a_representative_on_record_gets_a_code_of_their_own(place: County) -> None:
    who = rosa(place)
    given = at_the_desk("intake@plan").post(CODES, {"who": str(who.pk), "how": "letter"})
    assert "mail it to the address on record" in given.content.decode()
    with plan_scope(TODAY):
        assert OwnPage.objects.get().representative_id == who.pk


@pytest.mark.parametrize(
    "told", [{}, {"who": "member"}, {"who": "99", "how": "phone"}, {"who": "member", "how": "owl"}]
)
def test_what_is_missing_gives_no_code(place: County, told: dict[str, str]) -> None:
    assert at_the_desk("intake@plan").post(CODES, told).status_code == 422
    with plan_scope(TODAY):
        assert not OwnPage.objects.exists()


def test_a_code_is_taken_back_with_a_reason(place: County) -> None:
    clerk = at_the_desk("intake@plan")
    code = code_on(clerk.post(CODES, {"who": "member", "how": "phone"}).content.decode())
    with plan_scope(TODAY):
        key = OwnPage.objects.get().pk
    assert clerk.post(f"{CODES}{key}/close/", {"why": " "}).status_code == 422
    assert enter(code).status_code == 303
    assert clerk.post(f"{CODES}{key}/close/", {"why": "The letter was lost"}).status_code == 303
    assert "This page is closed." in text(enter(code))
    assert "The letter was lost" in clerk.get(CODES).content.decode()


def test_a_network_gives_codes_to_its_own_members_alone(place: County) -> None:
    clerk = at_the_desk("nurse@sierra")
    assert clerk.get(CODES).status_code == 404
    assert clerk.get("/members/1122334455/page/").status_code == 200


def test_what_is_said_on_the_phone_is_kept_as_such(place: County) -> None:
    referral = received(place)
    complaint = Contact(NOW, "member", "Member One", "Nobody called", None, True, how="phone")
    step(place, referral, "intake@plan", complaint, Withdraw("member", "Member One", "I feel better", "by phone"))
    with plan_scope(TODAY):
        events = Event.objects.filter(referral=referral, step__in=("dispute", "withdraw"))
        assert {(event.role, event.details["how"]) for event in events} == {("intake", "phone")}
    page = at_the_desk("intake@plan").get(f"/referrals/{referral.number}/").content.decode()
    assert "withdrew the request, by phone" in page
    assert re.search(r"opened a complaint[^<]*, by phone", page)


def test_nobody_at_the_desk_says_that_it_came_on_the_members_page(place: County) -> None:
    referral = received(place)
    with pytest.raises(Refused, match="own page"):
        step(place, referral, "intake@plan", Withdraw("member", "Member One", "I feel better", "page"))
    with pytest.raises(Refused, match="Only the Member's own page"):
        received(place, channel="page")


def test_the_member_never_says_that_the_information_is_complete(place: County) -> None:
    with pytest.raises(Refused, match="A reviewer says"):
        supply(snapshot_of(received(place)), Supply(NOW, complete=True), THE_MEMBER, NOW)
