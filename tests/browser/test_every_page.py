"""Every page of the desk, on the made-up county of a first start: the accessibility baseline, and pictures."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from playwright.sync_api import expect

from browser.desk import SomebodyAt
from browser.gallery import Gallery
from browser.posted import what_the_post_has_to_do
from browser.requests import made_up
from browser.watch import Watch
from browser.writing import write_a_denial
from county import TODAY
from secondopinion.desk import work_list
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Notice, Referral

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("orchard")]


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


def test_the_way_in_and_the_work_list_keep_the_baseline(
    stranger: SomebodyAt, somebody: SomebodyAt, gallery: Gallery
) -> None:
    new, nurse, citrus = stranger(), somebody("nurse@plan"), somebody("nurse@citrus")
    new.open("/")
    gallery.look(new, "Sign in")
    new.type("Sign-in name", "intake@plan")
    new.type("Password", "not the password")
    new.send("Sign in")
    gallery.look(new, "Sign in, refused")
    nurse.open("/")
    gallery.look(nurse, "Work list")
    nurse.open("/?view=mine&urgency=expedited&state=awaiting_information")
    nurse.reads("No open referral fits these filters.")
    gallery.look(nurse, "Work list, nothing fits")
    citrus.open("/")
    citrus.reads_not("Harbor Light")
    gallery.look(citrus, "Work list of a Health Network")
    citrus.follow("Delegation")
    citrus.reads("Harbor Light Physicians, since Mon, Jul 1, 2024")
    gallery.look(citrus, "Delegation")
    gallery.found_nothing()


def test_the_pages_of_intake_keep_the_baseline(somebody: SomebodyAt, gallery: Gallery) -> None:
    desk = somebody("intake@plan")
    desk.open("/intake/")
    gallery.look(desk, "Find the Member")
    desk.send("Find the Member")
    gallery.look(desk, "Find the Member, refused")
    desk.type("Birth date", "1970-01-01")
    desk.type("ID number", "M0000001")
    desk.send("Find the Member")
    gallery.look(desk, "Member found")
    desk.follow("Yes, take in the request")
    gallery.look(desk, "Take in a request")
    desk.choose("How urgent is it?", "Expedited")
    desk.send("Check answers")
    gallery.look(desk, "Take in a request, refused")

    desk.open("/intake/M0000008/")  # has an open referral, so that the warning of a duplicate is seen too
    desk.choose("How did the request reach us?", "Fax")
    desk.type("Day", "2026-11-23")
    desk.type("Time, Pacific", "08:05")
    desk.choose("Who asks?", "The Member")
    desk.choose("Which opinion is asked for?", "Second opinion")
    desk.choose("Whose care is it about?", "Care from a specialist")
    desk.type("Who gave the opinion that is questioned?", "Beck")
    desk.press_here("Search the directory")
    desk.type("What is it about, in plain words?", "gallstones")
    desk.choose("Has somebody recommended an operation that has not been done yet?", "Yes")
    expect(desk.page.get_by_role("complementary")).to_contain_text("Ask for more")
    gallery.look(desk, "Take in a request, half filled in")
    desk.send("Check answers")
    gallery.look(desk, "Check answers")
    gallery.found_nothing()


def test_the_page_of_a_referral_keeps_the_baseline_in_every_state(somebody: SomebodyAt, gallery: Gallery) -> None:
    nurse, clerk = somebody("nurse@plan"), somebody("intake@plan")
    for number, state in one_referral_in_each_state().items():
        nurse.open(f"/referrals/{number}/")
        gallery.look(nurse, f"Referral, {state}")
    clerk.open(f"/referrals/{made_up('received')}/")
    gallery.look(clerk, "Referral, received, at intake")
    gallery.found_nothing()


def test_the_pages_behind_a_referral_keep_the_baseline(somebody: SomebodyAt, gallery: Gallery, watch: Watch) -> None:
    watch.expected.add(422)
    nurse, physician = somebody("nurse@plan"), somebody("physician@plan")
    nurse.open(f"/referrals/{made_up('nurse_review')}/")
    nurse.send("Send to a physician", within=nurse.step("Send to a physician"))
    gallery.look(nurse, "Referral, a step refused")
    nurse.open(f"/referrals/{made_up('authorized')}/choose/")
    gallery.look(nurse, "Choose a professional")
    nurse.send("Record the choice")
    gallery.look(nurse, "Choose a professional, refused")
    nurse.open(f"/referrals/{made_up('authorized')}/choose/")
    nurse.press_here("Give the Member a page to choose")
    nurse.reads("This code is shown now and never again.")
    gallery.look(nurse, "The Member's page is given")
    for state in ("authorized", "scheduled", "seen", "closed"):
        nurse.open(f"/referrals/{made_up(state)}/consultation/")
        gallery.look(nurse, f"Consultation, {state}")
    nurse.open(f"/referrals/{made_up('seen')}/consultation/")
    form = nurse.step("Record the consultation report")
    nurse.send("Keep the report and pass it on", within=form)
    gallery.look(nurse, "Consultation, a report refused")
    for kind, address in one_letter_of_each_kind().items():
        nurse.open(address)
        gallery.look(nurse, f"Letter, {kind}")
    write_a_denial(physician, made_up("physician_review"))
    gallery.look(physician, "Decide, the letter shown")
    gallery.found_nothing()


def test_the_gallery_of_letters_keeps_the_baseline(somebody: SomebodyAt, gallery: Gallery, watch: Watch) -> None:
    watch.expected.add(404)
    nurse = somebody("nurse@plan")
    nurse.open("/")
    nurse.follow("Letters")
    gallery.look(nurse, "Letters")
    nurse.open("/letters/?program=onecare&language=es")
    gallery.look(nurse, "Letters, of a program in a language")
    for language, name in (("en", "English"), ("es", "Spanish"), ("ar", "Arabic")):
        nurse.open(f"/letters/denial_to_member/{language}/?program=onecare")
        gallery.look(nurse, f"Letter of the gallery, {name}")
    nurse.open("/letters/denial_to_member/en/?program=onecare")
    nurse.page.get_by_role("link", name="Show it on page 2").first.click()
    expect(nurse.page.locator("svg.lt-spots g:target")).to_have_count(1)
    nurse.open("/letters/denial_to_requester/es/")
    gallery.look(nurse, "Letter of the gallery, not drawn")
    gallery.found_nothing()


def test_the_post_keeps_the_baseline(somebody: SomebodyAt, gallery: Gallery, watch: Watch) -> None:
    watch.expected.add(422)
    nurse = somebody("nurse@plan")
    nurse.open("/post/")
    nurse.reads("Every letter that was owed has been handed over.")
    gallery.look(nurse, "Post, nothing to do")
    number, letter = what_the_post_has_to_do()
    nurse.open("/post/")
    gallery.look(nurse, "Post")
    nurse.open("/post/days/?since=2026-11-01&until=2026-11-30")
    gallery.look(nurse, "Post, day by day")
    nurse.open("/post/days/?since=2026-11-30&until=2026-11-01")
    gallery.look(nurse, "Post, day by day, refused")
    nurse.open(f"/referrals/{number}/letters/{letter}/")
    nurse.page.locator("summary", has_text="Send it again").click()
    nurse.send("Send the letter again")
    gallery.look(nurse, "Letter, sending again refused")
    nurse.open("/post/offices/")
    nurse.send("Write down the address")
    gallery.look(nurse, "Addresses of offices, refused")
    nurse.open("/post/confidential/M0000003/")
    nurse.type("The day it reached the plan", "2026-11-20")
    nurse.type("Address to use from now on", "P.O. Box 7\nOrchard City, CA 92999")
    nurse.send("Write to this address from now on")
    gallery.look(nurse, "Confidential communications")
    nurse.open("/post/formats/M0000003/")
    nurse.pick("Format from now on", "Large print")
    nurse.send("Write in this format from now on")
    gallery.look(nurse, "Formats of letters")
    nurse.pick("Format from now on", "Large print")
    nurse.send("Write in this format from now on")
    gallery.look(nurse, "Formats of letters, refused")
    gallery.found_nothing()


def test_what_is_said_when_a_page_cannot_be_shown_keeps_the_baseline(
    somebody: SomebodyAt, gallery: Gallery, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.expected |= {403, 404, 500, 503}
    nurse = somebody("nurse@plan")
    nurse.open("/referrals/SO-2020-000001/")
    gallery.look(nurse, "Not found")
    nurse.open(f"/referrals/{made_up('physician_review')}/decide/")
    nurse.reads("This page is not yours to open")
    gallery.look(nurse, "Not allowed")
    nurse.open("/intake/")
    nurse.page.context.clear_cookies(name="csrftoken")
    nurse.send("Find the Member")
    nurse.reads("The page was open for too long")
    gallery.look(nurse, "Stale form")
    for error, name in ((OperationalError("gone"), "Database away"), (RuntimeError("broken"), "Broken")):
        monkeypatch.setattr(work_list, "_page", raising(error))
        nurse.open("/")
        gallery.look(nurse, name)
    gallery.found_nothing()


def one_referral_in_each_state() -> dict[str, str]:
    """Number to state."""
    with plan_scope(TODAY):
        found = Referral.objects.order_by("-number").values_list("state", "number")
        return {number: state for state, number in dict(found).items()}


def one_letter_of_each_kind() -> dict[str, str]:
    """Kind to the address of a letter's page."""
    with plan_scope(TODAY):
        found = Notice.objects.order_by("id").values_list("kind", "referral__number", "letter_id")
        return {kind: f"/referrals/{number}/letters/{letter}/" for kind, number, letter in found}


def raising(error: Exception) -> object:
    def fails(*_: object) -> None:
        raise error

    return fails
