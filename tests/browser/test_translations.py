"""A letter in Spanish: one enters its words, another approves, and it leaves and is read back from its PDF."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from playwright.sync_api import expect

from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from browser.house import Mail
from browser.watch import Watch
from county import TODAY, County
from referrals.spanish import AGENCY, INTO_SPANISH, denied_in_spanish, denied_in_tagalog, to_the_reader
from secondopinion.letters.models import Letter
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral, Translation

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 700}


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


def given_a_denial_to_a_member_who_reads_spanish(place: County) -> tuple[str, Letter]:
    with plan_scope(TODAY):
        way = denied_in_spanish(place)
        return Referral.objects.get(pk=way.referral).number, to_the_reader(way.referral)


def test_one_person_enters_the_words_another_approves_and_the_letter_leaves_in_spanish(
    place: County, somebody: SomebodyAt, mail: Mail, gallery: Gallery
) -> None:
    number, letter = given_a_denial_to_a_member_who_reads_spanish(place)
    nurse, appeals = somebody("nurse@plan"), somebody("appeals@plan")
    given_the_letter_is_owed_in_spanish(letter)
    when_the_nurse_comes_to_the_words(nurse, number, gallery)
    when_the_nurse_enters_them(nurse, letter)
    then_the_nurse_cannot_approve_them(nurse, gallery)
    when_another_reads_and_approves(appeals, number, gallery)
    then_the_letter_leaves_and_reads_spanish(mail, letter)
    then_the_history_says_who_did_what(appeals, number, gallery)
    gallery.found_nothing()


def given_the_letter_is_owed_in_spanish(letter: Letter) -> None:
    with plan_scope(TODAY):
        owed = Letter.objects.get(pk=letter.pk)
    assert (owed.language, owed.sealed_at) == ("es", None)


def when_the_nurse_comes_to_the_words(nurse: Desk, number: str, gallery: Gallery) -> None:
    nurse.open("/")
    nurse.follow("Translations 1")
    nurse.follow(number)
    nurse.reads("waits for its words in Spanish", "Its clock runs")
    gallery.look(nurse, "Referral, a letter waits for its words")
    nurse.open("/translations/")
    gallery.look(nurse, "Translations")
    nurse.page.get_by_role("link", name="Denial").first.click()
    nurse.reads("II.C.4")
    gallery.look(nurse, "Words of a letter, nothing entered")


def when_the_nurse_enters_them(nurse: Desk, letter: Letter) -> None:
    with plan_scope(TODAY):
        rows = list(Translation.objects.filter(letter=letter))
    for row in rows:
        words = INTO_SPANISH.get(row.original, f"[{row.original_sha256[:5]}] en español")
        nurse.page.locator(f"#words-text-{row.pk}").fill(words)
    nurse.type("Who translated", AGENCY)
    nurse.send("Enter the translation")
    nurse.is_told("entered. Somebody else now reads and approves.")


def then_the_nurse_cannot_approve_them(nurse: Desk, gallery: Gallery) -> None:
    nurse.reads("Somebody else has to read beside the original and approve.")
    expect(nurse.page.get_by_role("button", name="approve")).to_have_count(0)
    gallery.look(nurse, "Words of a letter, entered by oneself")


def when_another_reads_and_approves(appeals: Desk, number: str, gallery: Gallery) -> None:
    appeals.open("/translations/")
    appeals.reads("to be read and approved by somebody else")
    appeals.page.get_by_role("link", name="Denial").first.click()
    expect(appeals.page.get_by_role("button", name="I have read them: approve")).to_be_visible()
    gallery.look(appeals, "Words of a letter, to be approved")
    appeals.send("I have read them: approve")
    appeals.is_told("Approved. The letter leaves within a minute or two, in its reader’s language.")
    gallery.look(appeals, "Words of a letter, approved")


def then_the_letter_leaves_and_reads_spanish(mail: Mail, letter: Letter) -> None:
    mail.everything()
    with plan_scope(TODAY):
        left = Letter.objects.get(pk=letter.pk)
    assert left.mailed_at is not None
    document = pypdfium2.PdfDocument(io.BytesIO(bytes(left.pdf)))
    said = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    for english, spanish in INTO_SPANISH.items():
        assert spanish in said
        assert english not in said
    assert "Negamos la solicitud" in said


def then_the_history_says_who_did_what(appeals: Desk, number: str, gallery: Gallery) -> None:
    appeals.open(f"/referrals/{number}/")
    appeals.reads("approved the translation of", "into Spanish", f"Translated by: {AGENCY}")
    appeals.reads_not("waits for its words")


def test_a_letter_is_read_out_and_wordings_are_approved_wide_and_narrow(
    place: County, somebody: SomebodyAt, gallery: Gallery, watch: Watch
) -> None:
    watch.expected.add(422)
    with plan_scope(TODAY):
        way = denied_in_tagalog(place)
        number = Referral.objects.get(pk=way.referral).number
    nurse, physician = somebody("nurse@plan"), somebody("physician@plan", viewport=NARROW)
    nurse.open(f"/referrals/{number}/")
    nurse.reads("the reader reads Tagalog")
    nurse.open("/translations/")
    nurse.page.get_by_role("link", name="Denial").first.click()
    nurse.send("Write it down")
    gallery.look(nurse, "Read a letter out, refused")
    nurse.type("Who interpreted", "Interpreter 4711")
    nurse.send("Write it down")
    nurse.is_told("Written down.")
    gallery.look(nurse, "Read a letter out, done")
    appeals = somebody("appeals@plan")
    appeals.open("/translations/wordings/")
    unfold_spanish(appeals)
    appeals.page.locator("label", has_text="Denial").and_(
        appeals.page.locator("label", has_text="Spanish")
    ).first.click()
    appeals.send("Propose what is ticked")
    appeals.is_told("Proposed: 1 letter.")
    unfold_spanish(appeals)
    gallery.look(appeals, "Wording of letters, proposed")
    physician.open("/translations/wordings/")
    unfold_spanish(physician)
    gallery.look(physician, "Wording of letters 320")
    assert physician.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    physician.open("/translations/")
    gallery.look(physician, "Translations 320")
    assert physician.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    gallery.found_nothing()


def unfold_spanish(desk: Desk) -> None:
    desk.page.locator("summary").filter(has=desk.page.get_by_role("heading", name="Spanish")).click()
