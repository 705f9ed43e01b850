"""A referral printed, or kept as a PDF for a hearing: the whole file to read, and nothing that can only be pressed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pypdfium2
import pytest

from browser.desk import Desk, SomebodyAt
from browser.requests import made_up
from county import TODAY
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("orchard")]

FOLDED = "details:not([open]) .ref-fact__question"


def test_a_referral_on_paper_is_its_whole_file(somebody: SomebodyAt, tmp_path: Path) -> None:
    nurse = somebody("nurse@plan", color_scheme="dark")
    number = made_up("closed")
    nurse.open(f"/referrals/{number}/")
    history = [one_line(said) for said in nurse.main.locator(".ref-history__sentence").all_inner_texts()]
    folded = [one_line(said) for said in nurse.main.locator(FOLDED).all_text_contents()]
    with plan_scope(TODAY):
        assert len(history) == Event.objects.filter(referral__number=number).count() > 5
    assert folded, "Every part of the facts is open: the test shows nothing about the folded ones."

    pages = printed(nurse, tmp_path / "referral.pdf")
    said = one_line(" ".join(pages))
    for sentence in (*history, *folded):
        assert in_any_spacing(sentence, said), sentence
    assert number in said
    for control in (
        "Sign out",
        "Save the answers",
        "What can be done next",
        "Work list",
        "New request",
        "http",
        "/refer",
    ):
        assert control not in said, control
    assert f"Page 1 of {len(pages)}" in one_line(pages[0])


def test_a_decision_on_paper_shows_the_letter_and_no_buttons(somebody: SomebodyAt, tmp_path: Path) -> None:
    physician = somebody("physician@plan")
    physician.open(f"/referrals/{made_up('physician_review')}/decide/")
    said = one_line(" ".join(printed(physician, tmp_path / "decision.pdf")))
    assert "What the policy finds" in said
    assert "Not yet known" in said
    for control in ("Show the letter again", "Sign and deny", "Send back to the nurse", "Sign out"):
        assert control not in said, control


def test_the_work_list_on_paper_is_the_table_alone(somebody: SomebodyAt, tmp_path: Path) -> None:
    nurse = somebody("nurse@plan")
    nurse.open("/")
    said = one_line(" ".join(printed(nurse, tmp_path / "work-list.pdf")))
    assert made_up("nurse_review") in said
    assert "Decide by" in said
    for control in ("Filter", "Take in a request", "Due within 24 hours", "Sign out"):
        assert control not in said, control


def printed(desk: Desk, file: Path) -> list[str]:
    """Print the page at hand; the words of each sheet. The PDF is kept when pictures are wanted."""
    desk.page.pdf(path=file, format="Letter", print_background=False)
    if wanted := os.environ.get("SECONDOPINION_PICTURES"):
        Path(wanted).mkdir(parents=True, exist_ok=True)
        (Path(wanted) / file.name).write_bytes(file.read_bytes())
    document = pypdfium2.PdfDocument(file)
    return [page.get_textpage().get_text_range() for page in document]


def one_line(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()


def in_any_spacing(sentence: str, said: str) -> bool:
    """Whether it is said, however the lines were broken: a PDF has no spaces of its own at the end of a line."""
    return re.sub(r"[\s\ufffe-]", "", sentence) in re.sub(r"[\s\ufffe-]", "", said)
