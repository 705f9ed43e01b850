"""What the policy finds is read again at each answer, beside the form and without getting in its way."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("place")]


def test_a_search_for_a_clinician_and_the_panel_leave_each_other_alone(somebody: SomebodyAt) -> None:
    desk = somebody("intake@plan")
    desk.open("/intake/M0000001/")
    when_a_name_is_typed_and_searched_for_at_once(desk)
    then_the_list_stands_under_the_search_and_the_panel_is_still_a_panel(desk)
    keeps_the_baseline(desk.page)


def when_a_name_is_typed_and_searched_for_at_once(desk: Desk) -> None:
    desk.type("Who gave the opinion that is questioned?", "Holm")
    # One press does two things: it searches, and it leaves the field, so that the panel is read again.
    with (
        desk.page.expect_response("**/intake/clinicians/"),
        desk.page.expect_response("**/intake/findings/"),
    ):
        desk.press_here("Search the directory")


def then_the_list_stands_under_the_search_and_the_panel_is_still_a_panel(desk: Desk) -> None:
    expect(desk.page.locator("#clinicians")).to_contain_text("Peter Holm, MD")
    panel = desk.page.get_by_role("complementary")
    expect(panel).to_contain_text("Still to fill in")
    expect(panel.get_by_role("heading")).to_have_text(["What the policy finds"])
