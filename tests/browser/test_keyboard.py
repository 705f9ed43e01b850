"""A request is taken in with the keyboard alone: Tab, arrows, Space, Enter and letters. The focus is always seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from arriving import give_app
from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.requests import a_call_without_answers
from county import PASSWORD, County

pytestmark = pytest.mark.browser
FAR = 120  # presses of Tab after which a control counts as out of reach
# The words of the control that has the focus, and whether its focus can be seen.
FOCUSED = """() => {
  const here = document.activeElement;
  if (here === document.body) return {words: "", asked: "", checked: false, seen: true};
  const label = here.labels?.[0];
  const group = here.closest("fieldset, [role=radiogroup]");
  const asked = here.type === "radio" && group
    ? (group.querySelector("legend") || document.getElementById(group.getAttribute("aria-labelledby"))).textContent
    : "";
  const inside = !here.matches(":focus");  // in a part of a date or time, which the browser marks by itself
  const marked = [here, label, here.parentElement, here.parentElement?.parentElement].filter(Boolean)
    .flatMap((e) => [getComputedStyle(e), getComputedStyle(e, "::before")])
    .some((s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none");
  const tidy = (words) => (words || "").replace(/\\s+/g, " ").trim();
  return {words: tidy(label?.textContent || here.getAttribute("aria-label") || here.textContent), asked: tidy(asked),
          checked: !!here.checked, seen: marked || inside || here.tagName === "MAIN"};
}"""

# Whether any part of what has the focus (for a radio button, its words) lies open to the eye.
OPEN_TO_THE_EYE = """() => {
  const here = document.activeElement;
  if (here === document.body || here.matches(".usa-skipnav")) return "";  // a skip link glides in
  const what = here.type === "radio" || here.type === "checkbox" ? here.labels[0] : here;
  const {left, top, width, height} = what.getBoundingClientRect();
  const open = [[.5, .5], [.1, .1], [.9, .1], [.1, .9], [.9, .9]].some(([x, y]) => {
    const hit = document.elementFromPoint(left + x * width, top + y * height);
    return hit && (what.contains(hit) || hit.contains(what) && hit.closest("details, form, p, li, td, div") === hit);
  });
  return open ? "" : `${here.tagName} “${what.textContent.trim().slice(0, 60)}” at ${Math.round(top)}`;
}"""


def test_a_request_is_taken_in_with_the_keyboard_alone(place: County, stranger: SomebodyAt) -> None:
    desk = stranger()
    hands = Keyboard(desk.page)
    given_intake_signs_in(desk, hands)
    when_the_page_is_skipped_to_its_main_part(desk, hands)
    when_the_member_is_found(desk, hands)
    when_the_call_is_taken_down(hands)
    then_the_panel_says_what_it_finds(desk)
    when_it_is_checked_and_submitted(desk, hands)
    then_it_is_authorized(desk)
    keeps_the_baseline(desk.page)


def test_nothing_sticky_hides_what_has_the_focus_on_the_page_of_a_referral(place: County, somebody: SomebodyAt) -> None:
    nurse = somebody("nurse@plan")
    nurse.open(f"/referrals/{a_call_without_answers(place)}/")
    hidden = []
    for key in (*["Tab"] * 60, *["Shift+Tab"] * 60):
        nurse.page.keyboard.press(key)
        hidden.append(nurse.page.evaluate(OPEN_TO_THE_EYE))
    assert not any(hidden), "\n".join(filter(None, hidden))


class Keyboard:
    """Two hands on the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, words: str, *, asked: str = "") -> None:
        """Tab, if need be, until the focus is on the control with these words (a radio button: under this question)."""
        passed = []
        for _ in range(FAR):
            here = self.page.evaluate(FOCUSED)
            assert here["seen"], f"the focus cannot be seen on “{here['words']}”"
            if here["asked"].startswith(asked) if asked else here["words"].startswith(words):
                return
            passed.append(here["words"] or "-")
            self.press("Tab")
        pytest.fail(f"“{asked or words}” is out of the keyboard's reach; passed {passed}")

    def type(self, label: str, words: str) -> None:
        self.to(label)
        self.page.keyboard.type(words)

    def enter(self, words: str) -> None:
        """Go to a link or a button and press Enter; the next page comes."""
        self.to(words)
        with self.page.expect_navigation():
            self.press("Enter")

    def choose(self, question: str, answer: str) -> None:
        """Go to a group of radio buttons, then to the answer by arrow keys."""
        self.to("", asked=question)
        self.press("Space")
        for _ in range(6):
            here = self.page.evaluate(FOCUSED)
            if here["words"] == answer and here["checked"]:
                return
            self.press("ArrowDown")
        pytest.fail(f"“{answer}” cannot be chosen with the arrow keys under “{question}”")


def given_intake_signs_in(desk: Desk, hands: Keyboard) -> None:
    desk.open("/")
    hands.page.keyboard.type("intake@plan")  # the cursor stands in the first field already
    hands.type("Password", PASSWORD)
    give_app("intake@plan", made_up=True)
    with desk.page.expect_navigation():
        hands.press("Enter")
    expect(desk.page).to_have_title("Show that it is you · Second Opinion")
    with desk.page.expect_navigation():
        hands.press("Enter")  # the cursor stands in the field of the code, and the made-up county has filled it in
    expect(desk.page).to_have_title("Work list · Second Opinion")


def when_the_page_is_skipped_to_its_main_part(desk: Desk, hands: Keyboard) -> None:
    desk.page.reload()
    hands.to("Skip to the main part of the page")
    hands.press("Enter")
    expect(desk.main).to_be_focused()
    hands.enter("Take in a request")


def when_the_member_is_found(desk: Desk, hands: Keyboard) -> None:
    hands.type("Birth date", "01011970")
    hands.type("ID number", "M0000001")
    with desk.page.expect_navigation():
        hands.press("Enter")
    expect(desk.page.get_by_role("link", name="Yes, take in the request")).to_be_focused()
    with desk.page.expect_navigation():
        hands.press("Enter")


def when_the_call_is_taken_down(hands: Keyboard) -> None:
    hands.choose("How did the request reach us?", "Phone")
    hands.type("Day", "11232026")
    hands.type("Time, Pacific", "0915AM")
    hands.choose("Who asks?", "The Member")
    hands.choose("Which opinion is asked for?", "Second opinion")
    hands.choose("Whose care is it about?", "Care from a specialist")
    hands.type("What is it about, in plain words?", "surgery on the lower back")
    hands.choose("Has somebody recommended an operation that has not been done yet?", "Yes")
    hands.choose("Does the Member doubt that the operation is reasonable or necessary?", "Yes")


def then_the_panel_says_what_it_finds(desk: Desk) -> None:
    expect(desk.page.get_by_role("complementary")).to_contain_text("The policy authorizes this request")


def when_it_is_checked_and_submitted(desk: Desk, hands: Keyboard) -> None:
    hands.enter("Check answers")
    desk.reads("Mon, Nov 23, 2026, 9:15 AM PT")
    hands.enter("Submit the request")


def then_it_is_authorized(desk: Desk) -> None:
    desk.is_told("Authorized by the policy (II.C.1).")
