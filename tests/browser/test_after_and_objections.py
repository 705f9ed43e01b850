"""Agreements, appeals and complaints, the chain of opinions and the new beginnings, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from browser.house import Clock
from browser.watch import Watch
from county import TODAY, County
from referrals.brought import (
    WORDS,
    Brought,
    agreed_outside,
    authorized,
    contact,
    denied,
    found_visit,
    plans_own,
    reported,
)
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral
from secondopinion.referrals.told_after import Asked, DraftAgreement, ReturnTests
from secondopinion.referrals.told_objections import Uphold

pytestmark = pytest.mark.browser
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
RATE = DraftAgreement("the Medi-Cal fee-for-service rate")


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def look(
    request: pytest.FixtureRequest, place: County, somebody: SomebodyAt, gallery: Gallery
) -> Callable[[str, str, str], Desk]:
    """Open an address as somebody; judge it, see that nothing runs out of the window, and keep its picture."""
    width = request.param["width"]

    def opened(who: str, address: str, name: str) -> Desk:
        desk = somebody(who, viewport=request.param)
        desk.open(address)
        gallery.look(desk, f"{name} {width}")
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
        return desk

    return opened


def brought(place: County, way: Callable[[County], Brought]) -> str:
    """The address of a referral brought so far."""
    with plan_scope(TODAY):
        return f"/referrals/{Referral.objects.get(pk=way(place).referral).number}/"


def test_an_appeal_and_a_complaint_show_what_was_said_and_both_deadlines(
    place: County, look: Callable[[str, str, str], Desk], gallery: Gallery
) -> None:
    both = contact(complaint=True, words="Nobody called me back for a week.\nI still want the other doctor.")
    address = brought(place, lambda c: denied(c).then(both, "intake@plan"))
    desk = look("appeals@plan", address, "Referral with an appeal and a complaint")
    desk.reads("Appeal, open", "Complaint, open", "Decide the appeal", "Answer the complaint")
    look("appeals@plan", "/", "Appeals and complaints").reads("Appeals and complaints")
    address = brought(place, lambda c: denied(c).then(contact(), "intake@plan").then(
        Uphold("Dr. Elm", WORDS), "appeals@plan"))  # fmt: skip
    look("appeals@plan", address, "Referral with an appeal that was answered").reads("The decision stands")
    gallery.found_nothing()


def test_the_contact_form_shows_the_ways_and_a_refusal_keeps_the_words(
    place: County, look: Callable[[str, str, str], Desk], gallery: Gallery, watch: Watch
) -> None:
    watch.expected.add(422)
    desk = look("intake@plan", brought(place, denied), "Referral, denied, at intake")
    form = desk.step("Write down that somebody is not content")
    gallery.look(desk, f"Contact form {desk.page.viewport_size['width']}")  # type: ignore[index]
    desk.type("What did the person say?", "I still want the other doctor.", within=form)
    desk.choose("Does the person want the decision changed?", "Yes", within=form)
    desk.send("Write it down", within=form)
    desk.is_refused("“Is the person unhappy with something else?” is not answered.")
    gallery.look(desk, f"Contact form, refused {desk.page.viewport_size['width']}")  # type: ignore[index]
    form = desk.step("Write down that somebody is not content")
    desk.choose("Is the person unhappy with something else?", "Not sure", within=form)
    desk.pick("Who said it?", "The Member", within=form)
    desk.type("Name of that person", "Member One", within=form)
    desk.send("Write it down", within=form)
    desk.is_told("opened an appeal or a complaint")
    desk.reads("Appeal, open", "Complaint, open", "I still want the other doctor.")
    gallery.found_nothing()


def test_a_letter_of_agreement_is_followed_from_list_to_signature(
    place: County, look: Callable[[str, str, str], Desk], gallery: Gallery
) -> None:
    address = brought(place, lambda c: agreed_outside(c).then(RATE, "contracting@plan"))
    look("contracting@plan", "/", "Agreements").reads("Letter of agreement to be signed by")
    desk = look("contracting@plan", address, "Referral outside the network")
    form = desk.step("Record the signed agreement")
    desk.type("Day it was signed", "2026-11-23", within=form)
    desk.type("Who signed it?", "Otto Far, MD", within=form)
    desk.send("Record the signature", within=form)
    desk.is_told("recorded the signed agreement")
    gallery.found_nothing()


def test_after_a_report_that_differs_the_third_opinion_is_one_button_away(
    place: County, look: Callable[[str, str, str], Desk], gallery: Gallery, clock: Clock
) -> None:
    clock.shows("Saturday 2026-11-28 10:00")
    tests = ReturnTests((Asked("a scan of the back", "72148"), Asked("blood work")), "Sam Specialist, MD")
    address = brought(place, lambda c: reported(c).then(tests, now=datetime(2026, 11, 28, 17, 30, tzinfo=UTC)))
    look("intake@plan", address, "Referral with a report that differs")
    desk = look("intake@plan", f"{address}consultation/", "Consultation with a report that differs")
    desk.send("Ask for a third opinion")
    desk.is_told("the next opinion is referral")
    desk.reads("Third opinion", "Differs from the first")
    gallery.look(desk, f"The third opinion {desk.page.viewport_size['width']}")  # type: ignore[index]
    gallery.found_nothing()


def test_the_new_beginnings_and_what_they_make(
    place: County, look: Callable[[str, str, str], Desk], gallery: Gallery, watch: Watch
) -> None:
    watch.expected.add(422)
    look("nurse@plan", "/intake/M0000001/", "Intake with its two other beginnings")
    for address, name, verb in (
        ("/intake/M0000001/found/", "A visit without authorization", "Enter the visit"),
        ("/intake/M0000001/plan/", "The plan asks", "Ask for the opinion"),
    ):
        desk = look("nurse@plan", address, name)
        desk.send(verb)
        gallery.look(desk, f"{name}, refused {desk.page.viewport_size['width']}")  # type: ignore[index]
    look("physician@plan", brought(place, found_visit), "Referral of a visit found").reads("III.D")
    look("nurse@plan", brought(place, plans_own), "Referral for the plan").reads("The request it is for")
    look("intake@plan", f"{brought(place, authorized)}consultation/", "Consultation, authorized by the policy")
    gallery.found_nothing()
