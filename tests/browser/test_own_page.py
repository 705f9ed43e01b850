"""The Member's own page in a browser: asked on a phone without a script, and by a representative with keys alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from browser.baseline import keeps_the_baseline, read_by_a_script
from browser.desk import Desk, SomebodyAt
from browser.test_narrow import STICKING_OUT
from browser.test_public_right import kept
from browser.watch import Watch
from county import NOW, TODAY, County
from desk.life import PDF, received
from portal.test_own_page import rosa
from secondopinion.people import own_page
from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False}
# A window of 1280 pixels, looked at with 200% zoom, lays a page out on 640.
ZOOMED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}


def test_a_member_asks_on_a_phone_without_a_script(place: County, stranger: SomebodyAt, watch: Watch) -> None:
    watch.expected.add(422)
    member = stranger(**PHONE)
    when_the_code_is_typed(member, given_a_code(place))
    member.reads("Hello, Member.", "You have not asked for a second opinion yet.")
    then_the_page_is_sound(member)
    member.follow("Ask for a second opinion")
    member.send("Start")
    member.send("Save and go on")
    member.is_refused("Please choose one answer.")
    then_the_page_is_sound(member)
    when_each_question_is_answered(member)
    member.reads("Check your answers", "Peter Holm, MD", "back surgery")
    then_the_page_is_sound(member)
    member.send("Send my request")
    member.reads("We have your request", "The answer is yes.")
    then_the_page_is_sound(member)
    member.follow("See where it stands")
    member.reads("Approved", "Choose the doctor you want to see.", "Step 4 of 6")
    then_the_page_is_sound(member)
    when_a_paper_is_sent(member)
    member.reads("We have your paper.", "scan.pdf (1 p.), got on Monday, November 23, 2026")
    member.send("Choose your doctor")
    member.send("Choose Sam Specialist, MD")
    member.send("Yes, I choose this doctor")
    member.reads("You chose Sam Specialist, MD.")
    member.follow("Your page")
    member.reads("Call the office of your doctor")
    with plan_scope(TODAY):
        roles = {*Event.objects.filter(step__in=("receive", "file_record", "choose")).values_list("role", flat=True)}
    assert roles == {"member"}


def test_a_representative_stops_and_objects_with_the_keyboard_alone(
    place: County, stranger: SomebodyAt, watch: Watch
) -> None:
    watch.expected.add(403)
    who = rosa(place)
    somebody = stranger(**ZOOMED)
    when_the_code_is_typed(somebody, given_a_code(place, who))
    somebody.reads("Hello, Rosa One.", "You act for Member.")
    number = given_a_request(place)
    somebody.open("/your-page/")
    press_until(somebody, lambda: focused(somebody) == f"See request {number}")
    when_enter_is_pressed(somebody)
    somebody.reads("Where it stands")
    then_the_page_is_sound(somebody)
    press_until(somebody, lambda: focused(somebody) == "Something is not right")
    when_enter_is_pressed(somebody)
    press_until(somebody, lambda: somebody.page.evaluate("document.activeElement.id") == "words")
    somebody.page.keyboard.type("Nobody called me back")
    then_the_page_is_sound(somebody)
    press_until(somebody, lambda: focused(somebody) == "Go on")
    when_enter_is_pressed(somebody)
    somebody.reads("Is this right?", "Nobody called me back")
    then_the_page_is_sound(somebody)
    press_until(somebody, lambda: focused(somebody) == "Send it")
    when_enter_is_pressed(somebody)
    somebody.reads("We have what you told us.", "You complained to us.")
    with plan_scope(TODAY):
        event = Event.objects.get(step="dispute")
        assert (event.details["by_name"], event.details["how"]) == ("Rosa One", "page")
        AuthorizedRepresentative.objects.filter(pk=who.pk).update(from_on="2026-01-01", to_on="2026-11-22")
    somebody.page.reload()
    somebody.is_refused("as one who may act for this Member")
    keeps_the_baseline(somebody.page)


def given_a_code(place: County, who: AuthorizedRepresentative | None = None) -> str:
    with plan_scope(TODAY):
        return own_page.give(
            place.one, who.pk if who else None, "phone", person=place.person("intake@plan"), now=NOW
        ).code


def given_a_request(place: County) -> str:
    return received(place).number


def when_the_code_is_typed(member: Desk, code: str) -> None:
    member.open("/your-page/")
    then_the_page_is_sound(member)
    member.type("Your code", code.lower())
    for label, typed in (("Month", "1"), ("Day", "1"), ("Year", "1970")):
        member.type(label, typed)
    member.send("Go on")


def when_each_question_is_answered(member: Desk) -> None:
    choose(member, "No")
    member.main.get_by_label("A specialist or another doctor").check()
    member.type("Name of the doctor, if it is not your main doctor", "Holm")
    member.send("Save and go on")
    choose(member, "Peter Holm, MD")
    member.type("Your health problem", "pain in my lower back")
    then_the_page_is_sound(member)
    member.send("Save and go on")
    member.main.get_by_label("Yes", exact=True).check()
    member.type("If yes: which operation?", "back surgery")
    member.send("Save and go on")
    choose(member, "If I need the operation")
    choose(member, "I do not know")
    choose(member, "I do not know")
    then_the_page_is_sound(member)
    member.send("Save and go on")


def choose(member: Desk, label: str) -> None:
    then_the_page_is_sound(member)
    member.main.get_by_label(re.compile(rf"^{re.escape(label)}\b")).first.check()
    member.send("Save and go on")


def when_a_paper_is_sent(member: Desk) -> None:
    member.follow("Send papers")
    then_the_page_is_sound(member)
    member.main.get_by_label("The photo or file").set_input_files(
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    member.send("Send this paper")


def when_enter_is_pressed(somebody: Desk) -> None:
    """Follow what has the focus, and wait until the next page is there."""
    with somebody.page.expect_navigation():
        somebody.page.keyboard.press("Enter")


def press_until(somebody: Desk, there: Callable[[], bool]) -> None:
    """Press the tabulator until the focus is where it should be."""
    for _ in range(60):
        if there():
            return
        somebody.page.keyboard.press("Tab")
    raise AssertionError("The keyboard does not get there.")


def focused(somebody: Desk) -> str:
    return str(somebody.page.evaluate("document.activeElement.textContent.trim()"))


def then_the_page_is_sound(member: Desk) -> None:
    assert member.page.evaluate(STICKING_OUT) == []
    with read_by_a_script(member.page) as same:
        keeps_the_baseline(same)
    kept(member, "own-" + re.sub("[^a-z0-9]+", "-", member.page.title().lower()))
