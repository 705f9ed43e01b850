"""A line that is slow, broken or gone: the page says so in words beside what failed, and keeps what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Route, expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.requests import made_up
from browser.watch import Watch
from browser.writing import write_a_denial
from county import County

pytestmark = pytest.mark.browser

ONECARE = re.compile(r"[?&]program=onecare")


@pytest.fixture
def broken(watch: Watch) -> Iterator[Watch]:
    """A watch whose story breaks the line on purpose; the console's and the network's complaints are the story.

    Asked for before any desk, so that it forgives what the desks say while they are closed, too.
    """
    yield watch
    watch.faults[:] = [fault for fault in watch.faults if not fault.startswith(("lost: ", "console: ", "500: "))]


def test_a_slow_answer_is_seen_to_be_under_way(place: County, somebody: SomebodyAt) -> None:
    nurse = somebody("nurse@plan")
    nurse.open("/")
    nurse.page.clock.install()
    held: list[Route] = []
    nurse.page.route(ONECARE, lambda route: held.append(route))
    nurse.pick("Program", "OneCare")
    work = nurse.main.locator("#work")
    expect(work).to_have_attribute("aria-busy", "true")
    expect(nurse.page.locator("html")).to_have_attribute("data-under-way", "")
    nurse.page.clock.fast_forward(4_500)
    expect(nurse.main.get_by_role("status")).to_contain_text("This takes longer than usual.")
    keeps_the_baseline(nurse.page)
    held[0].continue_()
    nurse.reads("No open referral fits these filters.")
    expect(work).not_to_have_attribute("aria-busy", "true")
    expect(nurse.page.locator("html[data-under-way]")).to_have_count(0)
    nurse.reads_not("This takes longer than usual.")


def test_a_filter_that_does_not_get_through_says_so_and_is_tried_again(
    place: County, broken: Watch, somebody: SomebodyAt
) -> None:
    nurse = somebody("nurse@plan")
    nurse.open("/")
    nurse.page.route(ONECARE, lambda route: route.abort("internetdisconnected"))
    nurse.pick("Program", "OneCare")
    said = told(nurse)
    expect(said).to_contain_text("That did not reach Second Opinion: the line or the service is down.")
    expect(nurse.main.locator("#work")).not_to_have_attribute("aria-busy", "true")
    keeps_the_baseline(nurse.page)
    nurse.page.unroute(ONECARE)
    said.get_by_role("button", name="Try again").click()
    nurse.reads("No open referral fits these filters.")
    expect(said).to_have_count(0)
    assert "program=onecare" in nurse.page.url


def test_an_answer_that_is_an_error_leaves_what_was_there_and_says_so(
    place: County, broken: Watch, somebody: SomebodyAt
) -> None:
    broken.expected.add(500)
    clerk = at_a_half_filled_form(somebody)
    clerk.page.route("**/intake/findings/", lambda route: route.fulfill(status=500, body="broken"))
    clerk.choose("Who asks?", "The Member")
    expect(told(clerk)).to_contain_text("The answer was an error, so what is shown here is from before.")
    expect(clerk.page.get_by_role("complementary")).to_contain_text("What the policy finds")
    clerk.page.unroute("**/intake/findings/")
    told(clerk).get_by_role("button", name="Try again").click()
    expect(told(clerk)).to_have_count(0)
    expect(clerk.main.get_by_label("Time, Pacific")).to_have_value("09:40")


def test_no_answer_in_time_is_told_too(place: County, broken: Watch, somebody: SomebodyAt) -> None:
    clerk = at_a_half_filled_form(somebody)
    clerk.page.evaluate("htmx.config.timeout = 300")
    held: list[Route] = []
    clerk.page.route("**/intake/findings/", lambda route: held.append(route))
    clerk.choose("Who asks?", "The Member")
    expect(told(clerk)).to_contain_text("No answer came in time.")


def test_who_is_signed_out_by_now_does_not_lose_the_form(place: County, broken: Watch, somebody: SomebodyAt) -> None:
    clerk = at_a_half_filled_form(somebody)
    session = clerk.page.context.cookies()
    clerk.page.context.clear_cookies(name="sessionid")
    clerk.choose("Who asks?", "The Member")
    expect(told(clerk)).to_contain_text("You are signed out by now.")
    expect(clerk.page.get_by_role("complementary")).not_to_contain_text("Password")
    clerk.page.context.add_cookies(session)
    told(clerk).get_by_role("button", name="Try again").click()
    expect(told(clerk)).to_have_count(0)


def test_a_form_is_not_sent_into_a_dead_line(place: County, broken: Watch, somebody: SomebodyAt) -> None:
    clerk = at_a_half_filled_form(somebody)
    clerk.type("What is it about, in plain words?", "gallstones, at length")
    clerk.page.route("**/*", lambda route: route.abort("internetdisconnected"))
    clerk.press_here("Check answers")
    expect(told(clerk).last).to_contain_text("Nothing was sent: Second Opinion cannot be reached at the moment.")
    expect(clerk.main.get_by_label("What is it about, in plain words?")).to_have_value("gallstones, at length")
    keeps_the_baseline(clerk.page)
    clerk.page.unroute("**/*")
    with clerk.page.expect_navigation():
        told(clerk).last.get_by_role("button", name="Try again").click()
    expect(clerk.main.get_by_label("What is it about, in plain words?")).to_have_value("gallstones, at length")
    clerk.is_refused("need your attention")


def test_a_form_is_sent_once_and_by_the_button_that_was_pressed(place: County, somebody: SomebodyAt) -> None:
    clerk = at_a_half_filled_form(somebody)
    sent = list[str]()
    clerk.page.on("request", lambda request: request.method == "POST" and sent.append(request.post_data or ""))
    with clerk.page.expect_navigation():
        clerk.page.get_by_role("button", name="Check answers").dblclick()
    forms = [body for body in sent if "do" in body]
    assert len(forms) == 1
    assert "check" in forms[0]


def test_a_letter_shown_in_another_window_leaves_the_form_free(orchard: None, somebody: SomebodyAt) -> None:
    physician = somebody("physician@plan")
    write_a_denial(physician, made_up("physician_review"))
    form = physician.page.locator("#deny")
    with physician.page.context.expect_page():
        physician.press_here("Open it as PDF", within=form)
    expect(physician.page.locator("html[data-under-way]")).to_have_count(0)
    physician.send("Show the letter again", within=form)
    expect(form.get_by_role("button", name="Sign and deny")).to_be_visible()


def test_a_door_before_the_house_that_hides_its_health_keeps_no_form_back(
    place: County, watch: Watch, somebody: SomebodyAt
) -> None:
    watch.expected.add(404)
    clerk = at_a_half_filled_form(somebody)
    clerk.page.route("**/health", lambda route: route.fulfill(status=404))
    clerk.send("Check answers")
    clerk.is_refused("need your attention")


def test_a_device_that_is_offline_is_told(place: County, somebody: SomebodyAt) -> None:
    nurse = somebody("nurse@plan")
    nurse.open("/")
    nurse.page.context.set_offline(True)
    expect(told(nurse)).to_contain_text("This device is offline.")
    keeps_the_baseline(nurse.page)
    nurse.page.context.set_offline(False)
    expect(told(nurse)).to_have_count(0)


def at_a_half_filled_form(somebody: SomebodyAt) -> Desk:
    clerk = somebody("intake@plan")
    clerk.open("/intake/M0000001/")
    clerk.type("Day", "2026-11-23")
    clerk.type("Time, Pacific", "09:40")
    clerk.page.wait_for_load_state("networkidle")
    return clerk


def told(desk: Desk) -> Locator:
    """What the page says about a line that is down."""
    return desk.page.locator(".house-note--failed")
