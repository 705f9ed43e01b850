"""A fax comes to the wrong Health Network on a Friday; the right one takes it in on Monday, and no hour is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from browser.house import Clock
from browser.test_narrow import SCREENS, STICKING_OUT
from county import TODAY, County
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral

pytestmark = pytest.mark.browser
FRIDAY = datetime(2026, 11, 20, 22, 40, tzinfo=UTC)  # Friday 2026-11-20 14:40 in California


def test_a_request_at_the_wrong_door_goes_on_and_keeps_its_clock(
    place: County, somebody: SomebodyAt, clock: Clock
) -> None:
    gallery = Gallery()
    clock.shows("Friday 2026-11-20 16:30")
    wrong, right = somebody("nurse@sierra"), somebody("nurse@citrus")
    given_nobody_of_that_name_is_found(wrong, gallery)
    when_the_request_is_sent_on(wrong, gallery)
    clock.shows("Monday 2026-11-23 09:00")
    then_it_waits_at_the_right_desk_and_sideways_nothing_sticks_out(right, gallery)
    when_it_is_taken_in(right, gallery)
    then_the_referral_was_received_on_friday()
    gallery.found_nothing()


def given_nobody_of_that_name_is_found(desk: Desk, gallery: Gallery) -> None:
    desk.open("/intake/")
    desk.type("Birth date", "1985-05-17")
    desk.type("ID number", "M0000003")
    desk.send("Find the Member")
    desk.reads("No Member here agrees with everything you entered.")
    gallery.look(desk, "Nobody found")
    desk.follow("Forward a misdirected request")


def when_the_request_is_sent_on(desk: Desk, gallery: Gallery) -> None:
    desk.send("Send it on")
    desk.reads("Choose to whom it goes.")
    gallery.look(desk, "Forward a misdirected request, refused")
    desk.choose("How did the request reach you?", "Fax")
    desk.type("Day", "2026-11-20")
    desk.type("Time, Pacific", "14:40")
    desk.type("Who is the Member?", "Maria Reyes, born May 17, 1985, ID M0000003")
    desk.type("Who asks, and how can they be reached?", "Peter Holm, MD, 1-714-555-0150")
    desk.type("What is asked, in the asker’s own words", "Please let another surgeon look at her back.")
    desk.pick("Send it to", "Citrus Valley Medical Group")
    desk.send("Send it on")
    desk.reads(
        "Sent on to Citrus Valley Medical Group. Its clock has been running since Fri, Nov 20, 2026, 2:40 PM PT."
    )
    desk.open("/forwarding/")
    desk.reads("Sent on from here, not yet taken in")
    gallery.look(desk, "Forward a misdirected request")
    desk.page.set_viewport_size(SCREENS["320 pixels wide"]["viewport"])
    assert desk.page.evaluate(STICKING_OUT) == []


def then_it_waits_at_the_right_desk_and_sideways_nothing_sticks_out(desk: Desk, gallery: Gallery) -> None:
    wide = desk.page.viewport_size
    desk.open("/")
    desk.reads("Forwarded to you (1)", "Maria Reyes", "sent by Sierra Oak Health")
    gallery.look(desk, "Work list with a forwarded request")
    for address in ("/", desk.main.get_by_role("link", name="Take it in").get_attribute("href")):
        assert address
        desk.open(address)
        desk.page.set_viewport_size(SCREENS["320 pixels wide"]["viewport"])
        assert desk.page.evaluate(STICKING_OUT) == []
        gallery.look(desk, f"Narrow {address[:9]}")
    assert wide
    desk.page.set_viewport_size(wide)
    gallery.look(desk, "Forwarded request")


def when_it_is_taken_in(desk: Desk, gallery: Gallery) -> None:
    desk.type("Birth date", "1985-05-17")
    desk.type("ID number", "M0000003")
    desk.send("Find the Member")
    desk.reads("Is this the Member?")
    gallery.look(desk, "Forwarded request, Member found")
    desk.follow("Yes, take in the request")
    desk.reads("Forwarded to you by Sierra Oak Health.")
    gallery.look(desk, "Take in a forwarded request")
    desk.choose("Who asks?", "A physician")
    desk.type("Name of the person who asks", "Peter Holm, MD")
    desk.choose("Which opinion is asked for?", "Second opinion")
    desk.choose("Whose care is it about?", "Care from a specialist")
    desk.type("What is it about, in plain words?", "surgery on the lower back")
    desk.send("Check answers")
    desk.reads("Fri, Nov 20, 2026, 2:40 PM PT, by fax")
    desk.send("Submit the request")
    desk.reads("Received. Decide by Fri, Nov 27")


def then_the_referral_was_received_on_friday() -> None:
    with plan_scope(TODAY):
        assert Referral.objects.get().received_at == FRIDAY
