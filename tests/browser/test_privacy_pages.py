"""Who may act, who looked, what was disclosed, why somebody looks, what is sensitive: the baseline, wide and narrow."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.desk import SomebodyAt
from browser.gallery import Gallery
from browser.requests import made_up
from browser.test_narrow import SCREENS, STICKING_OUT
from browser.watch import Watch
from people.test_file_kinds import PDF

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("orchard")]


def test_a_representative_is_recorded_and_the_pages_keep_the_baseline(
    somebody: SomebodyAt, watch: Watch, tmp_path: Path
) -> None:
    watch.expected.add(422)
    gallery, nurse = Gallery(), somebody("nurse@plan")
    page = "/members/M0000008/representatives/"
    nurse.open(page)
    gallery.look(nurse, "Who may act")
    nurse.type("Name, as the paper has it", "Rosa Field")
    nurse.choose("What the authority rests on", "An appointment")
    nurse.send("Record, with the paper")
    nurse.is_refused("The paper is missing: the appointment that the Member signed.")
    gallery.look(nurse, "Who may act, refused")
    paper = tmp_path / "appointment.pdf"
    paper.write_bytes(PDF)
    nurse.upload("The paper", paper)
    nurse.type("Day on the paper", "2026-11-02")
    nurse.main.get_by_text("Choose who gives it").click()
    nurse.main.get_by_text("Get copies of letters").click()
    nurse.send("Record, with the paper")
    nurse.is_told("Recorded, with its paper.")
    nurse.reads("Rosa Field", "May act today", "appointment.pdf")
    nurse.unfold("End it")
    gallery.look(nurse, "Who may act, recorded")
    gallery.found_nothing()


def test_what_a_member_can_be_shown_keeps_the_baseline(somebody: SomebodyAt, watch: Watch) -> None:
    watch.expected.add(422)
    gallery, nurse = Gallery(), somebody("nurse@plan")
    closed = made_up("closed")
    nurse.page.goto(f"/referrals/{closed}/why/")
    gallery.look(nurse, "Why do you open it")
    nurse.send("Open the referral")
    nurse.is_refused("Choose why you open it.")
    gallery.look(nurse, "Why do you open it, refused")
    nurse.open(f"/referrals/{closed}/")
    member = nurse.page.get_by_role("link", name="Who may act and who looked").get_attribute("href")
    assert member is not None
    nurse.open(member.replace("representatives", "looks"))
    nurse.reads("Opened your request", "The yearly look at finished referrals.")
    gallery.look(nurse, "Who looked")
    nurse.open(member.replace("representatives", "disclosures"))
    gallery.look(nurse, "What was disclosed")
    nurse.send("Write it down")
    gallery.look(nurse, "What was disclosed, refused")
    nurse.open(f"/referrals/{made_up('nurse_review')}/sensitive/")
    gallery.look(nurse, "Is it sensitive")
    gallery.found_nothing()


@pytest.mark.parametrize("screen", SCREENS)
def test_none_of_them_scrolls_sideways(somebody: SomebodyAt, screen: str) -> None:
    nurse = somebody("nurse@plan", **SCREENS[screen])
    faults = []
    closed = made_up("closed")
    nurse.open(f"/referrals/{closed}/")
    member = nurse.page.get_by_role("link", name="Who may act and who looked").get_attribute("href") or ""
    pages = [member.replace("representatives", page) for page in ("representatives", "looks", "disclosures")]
    for address in (*pages, f"/referrals/{closed}/why/", f"/referrals/{closed}/sensitive/"):
        nurse.page.goto(address)
        faults += [f"{address}: {out}" for out in nurse.page.evaluate(STICKING_OUT)]
        if "320" in screen:
            Gallery().look(nurse, f"Narrow {address.split('/')[-2]}")
    assert faults == []
