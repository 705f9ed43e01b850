"""The public page of the right, as a stranger with a phone meets it: in every language, no script, day and night."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.test_narrow import STICKING_OUT
from secondopinion.letters.languages import LANGUAGES
from secondopinion.portal.words import ALL

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": True}
HEAVIEST = 200_000  # bytes over the wire, all of a page


def kept(desk: Desk, name: str) -> None:
    """Keep a picture where pictures are wanted."""
    if wanted := os.environ.get("SECONDOPINION_PICTURES"):
        Path(wanted).mkdir(parents=True, exist_ok=True)
        desk.page.screenshot(path=Path(wanted) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_page_keeps_the_baseline_in_each_language_on_a_phone_by_day_and_by_night(
    stranger: SomebodyAt, tag: str
) -> None:
    for scheme in ("light", "dark"):
        desk = stranger(**PHONE, color_scheme=scheme)
        desk.open(f"/your-right/{tag}/")
        expect(desk.main.get_by_role("heading", level=1)).to_have_text(ALL[tag]["right_title"])
        assert desk.page.evaluate("document.documentElement.dir") == ("rtl" if LANGUAGES[tag].right_to_left else "ltr")
        assert desk.page.evaluate(STICKING_OUT) == []
        keeps_the_baseline(desk.page, tag)
        kept(desk, f"right-{tag}-{scheme}")


def test_a_reader_goes_from_one_language_to_another_without_script(stranger: SomebodyAt) -> None:
    desk = stranger(java_script_enabled=False, locale="ko-KR")
    desk.open("/your-right/")
    expect(desk.main.get_by_role("heading", level=1)).to_have_text(ALL["ko"]["right_title"])
    desk.follow("العربية")
    expect(desk.main.get_by_role("heading", level=1)).to_have_text(ALL["ar"]["right_title"])
    desk.follow("English")
    desk.reads("You can get a second opinion")
    desk.reads("These words have been here since November 23, 2026.")


def test_a_reader_goes_on_to_ask_online_in_the_same_language(stranger: SomebodyAt) -> None:
    desk = stranger(java_script_enabled=False)
    desk.open("/your-right/es/")
    desk.follow("Pedir una segunda opinión Su página")
    expect(desk.main.get_by_role("heading", level=1)).to_have_text("Su página")
    assert desk.page.url.endswith("/your-page/enter/?language=es")


def test_the_typeface_is_the_desks_where_it_has_every_letter(stranger: SomebodyAt) -> None:
    desk = stranger()
    for tag in LANGUAGES:
        desk.open(f"/your-right/{tag}/")
        desk.page.wait_for_load_state("networkidle")
        worn = desk.page.evaluate("[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.weight)")
        assert sorted(worn) == (["400", "700"] if tag in ("en", "es") else [])


def test_the_wide_page_keeps_the_baseline_and_is_light(stranger: SomebodyAt) -> None:
    desk = stranger()
    weights: list[int] = []
    desk.page.on("response", lambda answer: weights.append(len(answer.body())))
    desk.open("/your-right/en/")
    desk.page.wait_for_load_state("networkidle")
    assert sum(weights) < HEAVIEST
    keeps_the_baseline(desk.page)
    kept(desk, "right-wide")


def test_the_keyboard_skips_to_the_words_first(stranger: SomebodyAt) -> None:
    desk = stranger()
    desk.open("/your-right/en/")
    desk.page.keyboard.press("Tab")
    skip = desk.page.get_by_role("link", name="Go to the main words")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()


def test_the_member_handbook_is_there_as_a_paper(stranger: SomebodyAt) -> None:
    desk = stranger()
    desk.open("/your-right/es/")
    link = desk.main.get_by_role("link", name="Lo que dice el Manual del Miembro (OneCare) (PDF)")
    answer = desk.page.request.get(link.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")


def test_the_page_of_who_was_told_keeps_the_baseline(orchard: None, somebody: SomebodyAt) -> None:
    desk = somebody("nurse@plan")
    desk.open("/post/")
    desk.follow("Who was told of the right")
    desk.reads("Where we stand today")
    keeps_the_baseline(desk.page)
    kept(desk, "right-told")
    desk.open("/post/right/M0000003/")
    desk.reads("Nothing is on record.")
    keeps_the_baseline(desk.page)
    kept(desk, "right-told-member")
