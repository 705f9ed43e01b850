"""A nurse sends a request up and a physician denies it. The letter that was read is the letter that is printed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.house import Mail
from browser.requests import a_call_without_answers
from browser.writing import REASON, write_a_denial
from county import County

pytestmark = pytest.mark.browser


def test_a_nurse_sends_a_request_up_and_a_physician_denies_it_with_the_letter_that_was_read(
    place: County, somebody: SomebodyAt, mail: Mail
) -> None:
    number = a_call_without_answers(place)
    nurse, physician = somebody("nurse@plan"), somebody("physician@plan")
    given_the_nurse_has_taken_it_up(nurse, number)
    when_the_nurse_sends_it_to_a_physician(nurse)
    then_the_nurse_is_offered_no_decision_page(nurse)

    when_the_physician_opens_the_decision_page(physician, number)
    then_there_is_nothing_to_sign_before_the_letter_was_seen(physician)
    when_the_physician_writes_the_denial_and_looks_at_the_letter(physician)
    draft = then_the_letter_stands_beside_the_form_as_the_member_will_read_it(physician)
    keeps_the_baseline(physician.page)
    when_the_physician_signs(physician)
    then_the_request_is_denied_and_the_member_can_appeal(physician)

    printed = then_the_member_and_the_pcp_are_written_to(mail)
    assert printed == draft, "the letter printed is not the letter that was read, byte for byte"
    then_the_page_of_the_letter_proves_that_it_was_mailed(physician)
    keeps_the_baseline(physician.page)


def given_the_nurse_has_taken_it_up(nurse: Desk, number: str) -> None:
    nurse.open("/")
    nurse.follow(number)
    form = nurse.step("Take up the review")
    form.locator("label").get_by_text("Everything needed to decide was in hand").click()
    nurse.send("Take it up", within=form)
    nurse.is_told("Done: took up the review.")


def when_the_nurse_sends_it_to_a_physician(nurse: Desk) -> None:
    form = nurse.step("Send to a physician")
    nurse.type("Summary for the physician", "No operation is recommended. The Member wants to be sure.", within=form)
    nurse.send("Send to a physician", within=form)
    nurse.is_told("Done: sent to a physician.")


def then_the_nurse_is_offered_no_decision_page(nurse: Desk) -> None:
    nurse.reads("With a physician")
    expect(nurse.page.get_by_role("link", name="Open the decision page")).to_have_count(0)
    expect(nurse.page.get_by_role("button", name="Sign and deny")).to_have_count(0)


def when_the_physician_opens_the_decision_page(physician: Desk, number: str) -> None:
    physician.open("/")
    physician.follow("For me 1")
    physician.follow(number)
    physician.follow("Open the decision page")
    physician.reads("The Member wants to be sure.", "surgery on the lower back", "Is there another good reason")


def then_there_is_nothing_to_sign_before_the_letter_was_seen(physician: Desk) -> None:
    physician.reads("The letter is shown before it can be signed.")
    expect(physician.page.get_by_role("button", name="Sign and deny")).to_have_count(0)


def when_the_physician_writes_the_denial_and_looks_at_the_letter(physician: Desk) -> None:
    write_a_denial(physician, physician.number)


def then_the_letter_stands_beside_the_form_as_the_member_will_read_it(physician: Desk) -> bytes:
    letter = physician.page.get_by_role("region", name="The letter, exactly as the Member will read it")
    expect(letter.get_by_role("img").first).to_be_visible()
    letter.get_by_text("Page 1 as text").first.click()
    expect(letter).to_contain_text(REASON)
    expect(letter).to_contain_text("GG.1538 II.K.1")
    # What the button “Open it as PDF” sends, by the browser's own hand, so that its bytes can be kept.
    form = physician.page.locator("#deny")
    typed = form.evaluate("(form) => Object.fromEntries(new FormData(form))")
    answer = physician.page.request.post(str(form.evaluate("(f) => f.action")), form={**typed, "act": "pdf"})
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def when_the_physician_signs(physician: Desk) -> None:
    physician.send("Sign and deny")


def then_the_request_is_denied_and_the_member_can_appeal(physician: Desk) -> None:
    physician.is_told("Done: denied. 2 letters will be mailed.")
    physician.reads("The Member can appeal; the letter says how and until when.")


def then_the_member_and_the_pcp_are_written_to(mail: Mail) -> bytes:
    letters = mail.everything()
    assert [letter.kind for letter in letters] == ["denial_to_member", "denial_to_pcp"]
    assert letters[0].to == "Member One"
    assert mail.everything() == letters, "a second round mails nothing twice"
    return letters[0].file.read_bytes()


def then_the_page_of_the_letter_proves_that_it_was_mailed(physician: Desk) -> None:
    physician.page.reload()
    physician.follow("Denial to the Member")
    physician.reads("Mailed Mon, Nov 23, 2026, 10:00 AM PT", "Line in the print house’s list", "GG.1538 II.K.1")
