"""What is missing or wrong is said at the top in a sentence, with a link that leads to the very field."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.requests import a_seen_member
from browser.watch import Watch
from county import County

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("place")]


def test_an_unknown_member_is_refused_with_what_to_check(somebody: SomebodyAt) -> None:
    desk = somebody("intake@plan")
    desk.open("/intake/")
    desk.type("Birth date", "1970-01-01")
    desk.type("ID number", "M7777777")
    desk.send("Find the Member")
    desk.is_refused("No Member")
    expect(desk.main.get_by_label("ID number")).to_have_value("M7777777")
    keeps_the_baseline(desk.page)


def test_a_receipt_that_is_missing_or_lies_ahead_and_a_program_that_is_not_ours_are_refused_at_their_fields(
    somebody: SomebodyAt,
) -> None:
    desk = somebody("intake@plan")
    given_a_request_that_lacks_only_its_receipt(desk)
    desk.send("Check answers")
    then_a_link_leads_to_the_field(desk, "Enter the day on which the request reached us.", "Day")
    then_a_link_leads_to_the_field(desk, "Enter the time at which the request reached us.", "Time, Pacific")
    keeps_the_baseline(desk.page)

    desk.type("Day", "2026-11-24")
    desk.type("Time, Pacific", "09:00")
    desk.send("Check answers")
    then_a_link_leads_to_the_field(desk, "This day lies ahead.", "Day")

    desk.type("Day", "2026-11-23")
    desk.type("Time, Pacific", "10:01")
    desk.choose("Program", "PACE")
    desk.send("Check answers")
    then_a_link_leads_to_the_field(desk, "This time lies ahead.", "Time, Pacific")
    then_a_link_leads_to_the_field(desk, "GG.1538 does not apply to PACE. Send the request to", "Medi-Cal")

    desk.type("Time, Pacific", "09:15")
    desk.choose("Program", "Medi-Cal")
    desk.send("Check answers")
    expect(desk.page).to_have_title("Check answers · Second Opinion")


def test_a_report_that_is_no_pdf_is_refused_and_what_was_typed_is_kept(
    place: County, somebody: SomebodyAt, watch: Watch, tmp_path: Path
) -> None:
    watch.expected.add(422)
    desk = somebody("intake@plan")
    desk.open(f"/referrals/{a_seen_member(place)}/consultation/")
    form = desk.step("Record the consultation report")
    letter = tmp_path / "report.pdf"
    letter.write_bytes(b"PK\x03\x04 a word processor's file under another name")
    desk.upload("The report as a PDF", letter, within=form)
    desk.type("Day it was signed", "2026-11-23", within=form)
    desk.pick("What did the consultant find?", "The procedure is needed", within=form)
    desk.type("opinion, in a few sentences", "The operation is needed.", within=form)
    desk.send("Keep the report and pass it on", within=form)
    summary = desk.is_refused("The file is not a PDF, whatever its name says.")
    summary.get_by_role("link").click()
    expect(desk.main.get_by_label("opinion, in a few sentences")).to_have_value("The operation is needed.")
    desk.reads("It has not come yet.")
    keeps_the_baseline(desk.page)


def given_a_request_that_lacks_only_its_receipt(desk: Desk) -> None:
    desk.open("/intake/M0000001/")
    desk.choose("How did the request reach us?", "Phone")
    desk.choose("Who asks?", "The Member")
    desk.choose("Which opinion is asked for?", "Second opinion")
    desk.choose("Whose care is it about?", "Care from a specialist")
    desk.type("What is it about, in plain words?", "surgery on the lower back")


def then_a_link_leads_to_the_field(desk: Desk, words: str, label: str) -> None:
    """The summary's link puts the cursor into the field, and the field says what is wrong with it."""
    desk.is_refused(words).get_by_role("link", name=words).click()
    field = desk.main.get_by_label(label, exact=True).first
    expect(field).to_be_focused()
    described = field.evaluate(
        """(f) => [f, f.closest("fieldset")].flatMap((e) => (e?.getAttribute("aria-describedby") || "").split(" "))
                  .map((id) => document.getElementById(id)?.textContent || "").join(" ")"""
    )
    assert words in described
