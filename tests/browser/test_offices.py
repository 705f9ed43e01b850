"""Those who have no account: an office asks and reads the answer, a professional says yes and files the report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from browser.house import Clock
from browser.requests import a_call_with_a_physician, a_call_without_answers
from browser.test_keyboard import Keyboard
from browser.test_narrow import SCREENS, STICKING_OUT
from browser.watch import Watch
from county import NOW, TODAY, County
from desk.life import DENIAL
from referrals.life import PDF
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import offices, visit_links
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import OfficeRequest, Referral
from secondopinion.referrals.told import Choose, FileRecord, ReferUp, TakeUp

pytestmark = pytest.mark.browser

YES = {"surgery_is_recommended": True, "member_questions_surgery": True}
PHONE = {"viewport": {"width": 320, "height": 640}}
NPI = "1234567893"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record, as a file on the office's own machine."""
    path = tmp_path / "mri-of-october.pdf"
    path.write_bytes(PDF)
    return path


def test_an_office_asks_without_a_script_and_reads_why_it_was_denied(
    place: County, stranger: SomebodyAt, somebody: SomebodyAt, watch: Watch, record: Path
) -> None:
    watch.expected |= {403, 422}
    office = stranger(java_script_enabled=False)
    gallery = Gallery()
    office.open("/office/")
    office.follow("Ask for a second opinion")
    office.send("Send the request")
    office.is_refused("Enter the patient’s ID number.")
    when_the_form_is_filled_in(office, record)
    office.send("Send the request")
    office.reads("We have your request", "Received Monday, November 23, 2026, 10:00 AM Pacific")
    number, code = given_on(office)
    when_the_job_has_run(number)
    when_a_physician_denies_it(place, number)

    office.follow("See where it stands")
    when_the_office_opens(office, number, "1679576722")
    office.is_refused("These do not fit together.")
    when_the_office_opens(office, number, NPI)
    office.reads("Not approved", "Decided", "Your code opens the rest")
    office.reads_not("no change that surgery would help", "lower back", "Member One")
    office.follow("Open with the code")
    when_the_office_opens(office, number, code)
    office.reads("Your code is right.", "we call your office back")
    office.reads_not("no change that surgery would help")
    when_the_desk_calls_the_office_back(somebody, number)
    office.open("/office/answer/")
    office.reads(
        "no change that surgery would help", "What would lead to a yes", place.staff["physician@plan"].phone,
        "GG.1538 II.C.1",
    )  # fmt: skip
    office.page.get_by_role("button", name="Close this page").click()
    office.open("/office/answer/")
    office.is_refused("this page closes by itself")
    assert gallery.faults == []


def test_a_professional_accepts_and_files_the_report_by_keyboard_alone(
    place: County, stranger: SomebodyAt, somebody: SomebodyAt, clock: Clock, record: Path
) -> None:
    number = given_sam_is_chosen(place)
    code = given_the_desk_gives_a_link(number, somebody)
    sam = stranger()
    hands = Keyboard(sam.page)
    sam.open(f"/visit/{code}")
    when_the_professional_proves_to_be_sam(place, hands)
    sam.reads("One consultation with Sam Specialist, MD", "mri.pdf", "surgery on the lower back")
    hands.type("Day of the visit", "11242026")
    hands.type("Time, Pacific", "0900AM")
    hands.enter("Accept and set the visit")
    sam.reads("The visit is set for Tuesday, November 24, 2026, 9:00 AM Pacific.")

    clock.shows("Tuesday 2026-11-24 11:00")
    sam.open(f"/visit/{code}")
    when_the_professional_proves_to_be_sam(place, hands)
    hands.enter("Write the report")
    keeps_the_baseline(sam.page)
    hands.type("Day of the visit", "11242026")
    hands.choose("What about the procedure in question?", "It is not needed")
    hands.type("What you found", "The scan shows no narrowing that surgery would help.")
    hands.type("What you recommend", "Physical therapy for twelve weeks.")
    hands.type("Follow-up", "A new scan in spring.")
    hands.to("The signed report")
    with sam.page.expect_file_chooser() as chooser:
        hands.press("Space")
    chooser.value.set_files(record)
    hands.enter("File the report")
    sam.reads("Your report is here since Tuesday, November 24, 2026, 11:00 AM Pacific.")
    keeps_the_baseline(sam.page)

    nurse = somebody("nurse@plan")
    nurse.open(f"/referrals/{number}/consultation/")
    nurse.reads("The procedure is not needed", "differs from the first opinion", "Follow-up: A new scan in spring.")


def test_a_nurse_clears_a_queue_by_keyboard(place: County, somebody: SomebodyAt, watch: Watch) -> None:
    for _ in range(3):
        a_call_without_answers(place)
    nurse = somebody("nurse@plan")
    nurse.open("/")
    keys, shown = nurse.page.keyboard, nurse.main.locator("[data-row]").all_inner_texts()
    expect(nurse.main.locator(".so-task--not-started")).to_have_count(3)
    for _ in range(3):
        keys.press("j")
        keys.press("x")
    expect(nurse.main.locator("[data-tick]:checked")).to_have_count(3)
    keys.press("k")
    expect(nurse.main.get_by_role("link", name=shown[1])).to_be_focused()
    keys.press("t")
    with nurse.page.expect_navigation():
        keys.press("Enter")
    nurse.is_told("Taken up by you:")
    expect(nurse.main.locator(".so-task--in-progress")).to_have_count(3)
    keys.press("j")
    with nurse.page.expect_navigation():
        keys.press("Enter")
    expect(nurse.page).to_have_title(re.compile("Referral SO-2026"))
    keys.press("h")
    expect(nurse.page.locator("#history")).to_be_focused()
    with nurse.page.expect_navigation():
        keys.press("?")
    nurse.reads("Next referral", "The keys are on.")
    keeps_the_baseline(nurse.page)
    nurse.send("Turn the keys off")
    nurse.reads("The keys are off until you sign out.")
    nurse.open("/")
    keys.press("j")
    expect(nurse.main.get_by_role("link", name=shown[0])).not_to_be_focused()


def test_keys_typed_into_a_field_stay_there(place: County, somebody: SomebodyAt) -> None:
    a_call_without_answers(place)
    nurse = somebody("nurse@plan")
    nurse.open("/")
    nurse.page.keyboard.press("/")
    expect(nurse.page.locator("#number")).to_be_focused()
    nurse.page.keyboard.type("j?gw")
    expect(nurse.page.locator("#number")).to_have_value("j?gw")
    expect(nurse.page).to_have_title("Work list · Second Opinion")


@pytest.mark.parametrize("screen", [*SCREENS, "dark", "wide"])
def test_the_pages_without_an_account_keep_the_baseline_and_never_scroll_sideways(
    place: County, stranger: SomebodyAt, somebody: SomebodyAt, watch: Watch, record: Path, screen: str
) -> None:
    watch.expected |= {403, 422}
    how = {"dark": {"color_scheme": "dark"}, "wide": {}}.get(screen) or SCREENS.get(screen, {})
    office, gallery = stranger(**how), Gallery()

    def look(desk: Desk, name: str) -> None:
        desk.page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
        gallery.look(desk, f"{name}, {screen}")
        gallery.faults.extend(f"{name}: {out}" for out in desk.page.evaluate(STICKING_OUT))

    office.open("/office/")
    look(office, "Office start")
    office.follow("Ask for a second opinion")
    look(office, "Office asks")
    office.send("Send the request")
    look(office, "Office asks, refused")
    when_the_form_is_filled_in(office, record)
    office.send("Send the request")
    look(office, "Office is told")
    number, code = given_on(office)
    office.follow("See where it stands")
    look(office, "Office status")
    office.send("Open")
    look(office, "Office status, refused")
    when_the_job_has_run(number)
    when_the_office_opens(office, number, NPI)
    look(office, "Office answer, status")
    when_a_physician_denies_it(place, number)
    when_the_office_was_called_back(place, number)
    office.open("/office/status/")
    when_the_office_opens(office, number, code)
    look(office, "Office answer, whole")

    link = given_the_desk_gives_a_link(given_sam_is_chosen(place), somebody)
    sam = stranger(**how)
    sam.open(f"/visit/{link}")
    look(sam, "Visit, way in")
    sam.send("Open the visit")
    look(sam, "Visit, way in, refused")
    sam.type("Your NPI and the last four digits", place.sam.npi + place.sam.phone[-4:])
    sam.send("Open the visit")
    look(sam, "Visit")
    sam.send("Decline")
    look(sam, "Visit, refused")
    sam.follow("Write the report")
    look(sam, "Visit report")
    sam.send("File the report")
    look(sam, "Visit report, refused")
    gallery.found_nothing()


@pytest.mark.parametrize("screen", [*SCREENS, "wide"])
def test_the_new_pages_of_the_desk_keep_the_baseline(
    place: County, somebody: SomebodyAt, stranger: SomebodyAt, screen: str
) -> None:
    a_call_without_answers(place)
    a_call_with_a_physician(place)
    number = given_sam_is_chosen(place)
    office = stranger()
    office.open("/office/ask/")
    when_the_form_is_filled_in(office, None)
    office.type("Patient’s last name", "Onne")
    office.send("Send the request")
    held, _ = given_on(office)
    when_the_job_has_run(held)
    nurse, gallery = somebody("nurse@plan", **SCREENS.get(screen, {})), Gallery()

    def look(address: str, name: str) -> None:
        nurse.open(address)
        gallery.look(nurse, f"{name}, {screen}")
        gallery.faults.extend(f"{name}: {out}" for out in nurse.page.evaluate(STICKING_OUT))

    nurse.open("/?work=not-started")
    nurse.unfold("Keep this view")
    nurse.type("Its name", "Nobody has looked")
    nurse.send("Keep")
    look("/?work=not-started", "Desk, work list with views")
    look("/keys/", "Desk, keys")
    look("/scorecard/", "Desk, scorecard")
    look(f"/from-offices/{held}/", "Desk, from an office")
    look(f"/referrals/{number}/", "Desk, referral with doors")
    nurse.send("Give the professional a link")
    gallery.look(nurse, f"Desk, link told once, {screen}")
    gallery.found_nothing()


def when_the_form_is_filled_in(office: Desk, record: Path | None) -> None:
    office.choose("Who asks?", "A physician")
    office.type("Name of the person who asks", "Susan Watson, MD")
    office.page.get_by_label("NPI", exact=True).fill(NPI)
    office.page.get_by_label("Phone", exact=True).fill("714-555-0177")
    office.type("Mailing address", "8 Mill Road\nOrchard, CA 92000")
    office.type("Patient’s ID number", "M0000001")
    office.type("Patient’s date of birth", "1970-01-01")
    office.type("Patient’s first name", "Member")
    office.type("Patient’s last name", "One")
    office.choose("Program", "Medi-Cal")
    office.choose("Whose care is it about?", "Care from a specialist")
    office.type("What is it about, in plain words?", "surgery on the lower back")
    if record is not None:
        office.page.get_by_label("A record, as a PDF").set_input_files(record)


def given_on(office: Desk) -> tuple[str, str]:
    number = re.search(r"SO-2026-\d{6}", office.main.inner_text())
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", office.main.inner_text())
    assert number
    assert code
    return number[0], code[0]


def when_the_desk_calls_the_office_back(somebody: SomebodyAt, number: str) -> None:
    clerk = somebody("intake@plan")
    clerk.open(f"/referrals/{number}/")
    clerk.reads("at the directory’s number for this NPI")
    clerk.send("I called back: it is the office")
    clerk.is_told("the office’s code opens the whole answer")


def when_the_office_was_called_back(place: County, number: str) -> None:
    with plan_scope(TODAY):
        offices.confirm_office(Referral.objects.get(number=number), place.person("intake@plan"), NOW)


def when_the_job_has_run(number: str) -> None:
    with plan_scope(TODAY):
        key = OfficeRequest.objects.get(number=number).pk
    offices.take_in(key, NOW)


def when_a_physician_denies_it(place: County, number: str) -> None:
    with plan_scope(TODAY):
        found = Referral.objects.get(number=number)
        papers = tuple(found.papers.values_list("pk", flat=True))
        nurse = place.person("nurse@plan")
        for told in (TakeUp(complete=True), ReferUp("Nothing in the list fits; please look.")):
            advance(found.pk, told, person=nurse, now=NOW)
        signed = {name: getattr(DENIAL, name) for name in DENIAL.__slots__} | {"considered": papers}
        advance(found.pk, type(DENIAL)(**signed), person=place.person("physician@plan"), now=NOW)


def when_the_office_opens(office: Desk, number: str, proof: str) -> None:
    office.type("Request number", number)
    office.type("Patient’s date of birth", "1970-01-01")
    office.type("Your office’s NPI or phone", proof)
    office.send("Open")


def given_sam_is_chosen(place: County) -> str:
    number = a_call_without_answers(place, answers=YES)
    with plan_scope(TODAY):
        found, clerk = Referral.objects.get(number=number), place.person("intake@plan")
        for told in (Choose(place.sam.pk, "member", "phone"), FileRecord("mri.pdf", PDF)):
            advance(found.pk, told, person=clerk, now=NOW)
        assert visit_links.link_of(found, NOW) is None
    return number


def given_the_desk_gives_a_link(number: str, somebody: SomebodyAt) -> str:
    clerk = somebody("intake@plan")
    clerk.open(f"/referrals/{number}/")
    clerk.send("Give the professional a link")
    clerk.reads("This code is shown now and never again.")
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", clerk.main.inner_text())
    assert found
    return found[0]


def when_the_professional_proves_to_be_sam(place: County, hands: Keyboard) -> None:
    hands.type("Your NPI and the last four digits", place.sam.npi + place.sam.phone[-4:])
    hands.enter("Open the visit")
