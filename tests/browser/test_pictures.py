"""The six pictures of README.md can be taken, and are small. `SECONDOPINION_PICTURES` names a folder to keep them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.desk import Desk, SomebodyAt
from browser.requests import made_up
from browser.ten_tasks import newest_of
from browser.test_choosing import given_the_member_has_a_code, when_the_member_types_the_date_of_birth

CLONE = Path(__file__).resolve().parents[2]
SIX = {"work-list", "intake", "referral", "decision", "choose", "member"}
LARGEST = 200_000  # bytes
QUALITIES = (85, 75, 65, 55, 45)  # of the JPEG, the best first
PHONE = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2}
BANNER = 70  # pixels that stick to the top of a referral's pages


def test_readme_shows_the_six_pictures_and_each_is_small() -> None:
    shown = set(re.findall(r"docs/images/([a-z-]+)\.jpg", (CLONE / "README.md").read_text(encoding="utf-8")))
    there = {file.stem: file.stat().st_size for file in (CLONE / "docs" / "images").iterdir()}
    assert shown == set(there) == SIX
    assert {name: size for name, size in there.items() if size > LARGEST} == {}


@pytest.mark.browser
@pytest.mark.usefixtures("orchard")
def test_the_six_pictures_can_be_taken_small_enough(somebody: SomebodyAt, stranger: SomebodyAt) -> None:
    taken = {
        "work-list": picture(the_work_list(somebody("intake@plan", **wide(860)))),
        "intake": picture(intake_with_its_panel(somebody("intake@plan", **wide(900)))),
        "referral": picture(a_referral_that_nobody_decided(somebody("appeals@plan", **wide(1120)))),
        "decision": picture(the_letter_beside_the_form(somebody("physician@plan", **wide(1300)))),
        "choose": picture(the_list_and_the_map(somebody("intake@plan", **wide(1000)))),
        "member": picture(the_members_own_page(somebody, stranger(**PHONE))),
    }
    assert set(taken) == SIX
    assert [name for name, content in taken.items() if len(content) > LARGEST] == []
    if wanted := os.environ.get("SECONDOPINION_PICTURES"):
        Path(wanted).mkdir(parents=True, exist_ok=True)
        for name, content in taken.items():
            (Path(wanted) / f"{name}.jpg").write_bytes(content)


def wide(height: int) -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": height}}


def picture(desk: Desk) -> bytes:
    """What the window shows, in the best quality that is small enough, else in the lowest."""
    desk.page.wait_for_load_state("networkidle")
    content = b""
    for quality in QUALITIES:
        content = desk.page.screenshot(type="jpeg", quality=quality, animations="disabled")
        if len(content) <= LARGEST:
            break
    return content


def the_work_list(desk: Desk) -> Desk:
    desk.open("/")
    desk.reads("Work list")
    return desk


def intake_with_its_panel(desk: Desk) -> Desk:
    desk.open("/intake/M0000044/")
    desk.choose("How did the request reach us?", "Phone")
    desk.type("Day", "2026-11-23")
    desk.type("Time, Pacific", "09:50")
    desk.choose("Who asks?", "The Member")
    desk.choose("Which opinion is asked for?", "Second opinion")
    desk.choose("Whose care is it about?", "Care from a specialist")
    desk.type("What is it about, in plain words?", "surgery on the lower back")
    desk.choose("Has somebody recommended an operation that has not been done yet?", "Yes")
    desk.choose("Does the Member doubt that the operation is reasonable or necessary?", "Yes")
    expect(desk.page.get_by_role("complementary", name="What the policy finds")).to_contain_text("II.C.1")
    desk.main.get_by_role("heading", name="What the policy asks").evaluate("(e) => e.scrollIntoView()")
    return desk


def a_referral_that_nobody_decided(desk: Desk) -> Desk:
    desk.open(f"/referrals/{newest_of('M0000004').number}/")
    desk.reads("counts as denied")
    return desk


def the_letter_beside_the_form(desk: Desk) -> Desk:
    desk.open(f"/referrals/{newest_of('M0000056').number}/decide/")
    form = desk.page.locator("#deny")
    form.get_by_label("Clause of the policy").first.select_option("II.D")
    for label, words in (
        ("Why it is not met, in words the Member understands", "Your two doctors agree: neither wants to operate now."),
        ("The medical reason", "Both visits found a small tear. Exercise and rest come first."),
        ("What would lead to a yes", "A note from one of your doctors that the two opinions differ"),
        ("Why no other good reason applies", "No new sign was found in the two reports."),
    ):
        desk.type(label, words, within=form)
    desk.send("Show the letter", within=form)
    expect(form.get_by_role("button", name="Sign and deny")).to_be_visible()
    desk.page.locator("#ways").evaluate("(e) => e.scrollIntoView()")
    desk.page.evaluate(f"window.scrollBy(0, {-BANNER})")
    return desk


def the_list_and_the_map(desk: Desk) -> Desk:
    desk.open(f"/referrals/{made_up('authorized')}/choose/")
    desk.reads("Who may give the opinion")
    return desk


def the_members_own_page(somebody: SomebodyAt, member: Desk) -> Desk:
    code = given_the_member_has_a_code(newest_of("M0000008").number, somebody)
    member.open(f"/your-choice/{code}")
    when_the_member_types_the_date_of_birth(member, "2", "14", "1962")
    return member
