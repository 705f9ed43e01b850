"""One person's two hands at a desk: what they do is done in the browser, and counted.

A page is handled as a person who knows it would: by the words on it, with the mouse for what is pointed at and the
keyboard for what is written, with Tab to the next field while the hands are on the keys. Clicks, keys, fields, pages
and the machine's own time are counted as they happen; a person's time is estimated from the counts by the
keystroke-level model.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Locator, Position, expect

from browser.desk import Desk

# Seconds, from S. K. Card, T. P. Moran and A. Newell, "The keystroke-level model for user performance time with
# interactive systems", Communications of the ACM 23(7), 1980, pages 396 to 410.
KEY: Final = 0.28  # K: one key, of an average typist who is no secretary (40 words a minute); Shift is a key too
POINT: Final = 1.10  # P: moving the mouse to something on the screen
CLICK: Final = 0.20  # the press of the mouse button that follows the pointing
HOME: Final = 0.40  # H: a hand's way from the mouse to the keys, or back
THINK: Final = 1.35  # M: getting ready for the next thing to do: one for each field, link or button
SCREEN: Final = POINT  # not in the model: one turn of the wheel for each window that is scrolled, taken as a pointing

SHIFTED: Final = set('~!@#$%^&*()_+{}|:"<>?')
WRITTEN_IN: Final = "input:not([type=radio], [type=checkbox], [type=file]), textarea"
TABS: Final = 4  # the most presses of Tab from one field to the next: a date has three parts, and a button
PICKED_FROM_A_FOLDER: Final = 2  # clicks in the system's own window: on the file, and on Open

# Whether an element is what Tab comes to after the one that has the focus; its own parts do not count.
IS_NEXT = """(wanted) => {
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(
    (e) => e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && e.checkVisibility() && e.getClientRects().length);
  const here = stops.indexOf(document.activeElement);
  return here >= 0 && stops[here + 1] === wanted;
}"""
SOMETHING_HAS_THE_FOCUS = "() => document.activeElement !== document.body"
IN_PARTS = "(target) => ['date', 'time'].includes(target.type)"
HALF_WAY_DOWN = "(target) => target.getBoundingClientRect().height / 2"
FIRST_PART: Final = 16.0  # pixels from the left edge of such a field
# How many windows must be scrolled until an element is seen whole; then it stands in the middle.
SCROLL = """(wanted) => {
  const box = wanted.getBoundingClientRect();
  const away = box.top < 0 ? -box.top : Math.max(0, box.bottom - innerHeight);
  if (away) wanted.scrollIntoView({block: "center", behavior: "instant"});
  return Math.ceil(away / innerHeight);
}"""


@dataclass
class Tally:
    """What somebody did. `clicks` are presses of the mouse button, `characters` what was written, `keys` all other
    keys pressed (Tab, Enter), `fields` what was filled in or chosen, `pages` what the browser loaded, `waited`
    seconds of waiting for the machine.
    """

    clicks: int = 0
    keys: int = 0
    characters: int = 0
    fields: int = 0
    pages: int = 0
    shifts: int = 0
    pointings: int = 0
    homings: int = 0
    thoughts: int = 0
    screens: int = 0
    waited: float = 0.0

    def estimate(self) -> float:
        """Seconds that the hands need by the keystroke-level model. No reading, no talk, no waiting is in it."""
        return (
            KEY * (self.keys + self.characters + self.shifts)
            + POINT * self.pointings
            + CLICK * self.clicks
            + HOME * self.homings
            + THINK * self.thoughts
            + SCREEN * self.screens
        )

    def writing(self) -> float:
        """The part of the estimate that is typing of words and numbers, which no other system would spare."""
        return KEY * (self.characters + self.shifts)

    def counts(self) -> dict[str, int]:
        """Everything counted, without what the clock said."""
        return {name: number for name, number in vars(self).items() if name != "waited"}


@dataclass
class Hands:
    """The hands of whoever sits at `desk`. They begin on the mouse."""

    desk: Desk
    tally: Tally = field(default_factory=Tally)
    on_the_keys: bool = False

    def __post_init__(self) -> None:
        self.desk.page.on("domcontentloaded", self._page_came)

    def start(self) -> None:
        """Count from here: the page that is open is where the task begins."""
        self.tally, self.on_the_keys = Tally(), False

    def follow(self, words: str, *, within: Locator | None = None) -> None:
        """Follow the first link with these words."""
        with self._next_page():
            self._click((within or self.desk.page).get_by_role("link", name=words, exact=True).first)

    def follow_count(self, words: str) -> None:
        """Follow the link that begins with these words and ends with how many wait there."""
        begins = re.compile(rf"^{re.escape(words)} \d")
        with self._next_page():
            self._click(self.desk.main.get_by_role("link", name=begins))

    def press(self, words: str, *, within: Locator | None = None) -> None:
        """Press a button that sends a form."""
        with self._next_page():
            self._click((within or self.desk.main).get_by_role("button", name=words, exact=True))

    def press_here(self, words: str, comes: Locator) -> None:
        """Press a button that changes the page at hand, and wait for what comes."""
        self._click(self.desk.main.get_by_role("button", name=words, exact=True))
        with self._waiting():
            expect(comes).to_be_visible()

    def enter(self) -> None:
        """Press Enter where the focus is; the next page comes."""
        self._to_the_keys()
        self.tally.thoughts += 1
        self.tally.keys += 1
        self.desk.page.wait_for_function(SOMETHING_HAS_THE_FOCUS)
        with self._next_page():
            self.desk.page.keyboard.press("Enter")

    def type(self, label: str, words: str, *, within: Locator | None = None) -> None:
        """Write into the field with this label, reached by Tab when it comes next."""
        box = (within or self.desk.main).get_by_label(label).and_(self.desk.page.locator(WRITTEN_IN)).first
        if not self._has_focus(box):
            if self.on_the_keys and box.evaluate(IS_NEXT):
                self._tab_to(box)
            else:
                self._point(box)
        self.tally.thoughts += 1
        self._to_the_keys()
        self.desk.page.keyboard.type(words)
        self.tally.fields += 1
        self.tally.characters += len(words)
        self.tally.shifts += sum(letter.isupper() or letter in SHIFTED for letter in words)

    def choose(self, question: str, answer: str) -> None:
        """Choose one of the radio buttons under a question, by its words."""
        group = self.desk.group(question)
        radio = group.get_by_role("radio", name=answer).first
        self._click(self.desk.page.locator(f'label[for="{radio.get_attribute("id")}"]'))
        self.tally.fields += 1

    def tick(self, words: str, *, within: Locator | None = None) -> None:
        """Tick what stands beside these words."""
        self._click((within or self.desk.main).locator("label").filter(has_text=words).first)
        self.tally.fields += 1

    def pick(self, label: str, words: str, *, within: Locator | None = None) -> None:
        """Choose from a list: a click to open it, a click on the line."""
        box = (within or self.desk.main).get_by_label(label).and_(self.desk.page.locator("select")).first
        self._point(box)
        self.desk.page.keyboard.press("Escape")  # the list of the browser itself cannot be pointed at
        box.select_option(words)
        self.tally.pointings += 1
        self.tally.clicks += 1
        self.tally.thoughts += 1
        self.tally.fields += 1

    def unfold(self, title: str) -> Locator:
        """Open a part that is folded away, unless it is open; returns it."""
        part = self.desk.main.locator("details").filter(has=self.desk.page.locator("summary", has_text=title)).last
        if part.get_attribute("open") is None:
            self._click(part.locator("summary").first)
        return part

    def upload(self, label: str, file: Path, *, within: Locator) -> None:
        """Choose a file: a click on the button, then two in the system's window, which is not the browser's to show."""
        with self.desk.page.expect_file_chooser() as chooser:
            group = within.locator(".usa-form-group").filter(has_text=label)
            self._click(group.locator("input[type=file]"))
        chooser.value.set_files(file)
        self.tally.pointings += PICKED_FROM_A_FOLDER
        self.tally.clicks += PICKED_FROM_A_FOLDER
        self.tally.fields += 1

    def look_at(self, link: Locator) -> bytes:
        """Open a paper and go back: two clicks. Its bytes come by the browser's own hand, to be judged."""
        with self._waiting():
            answer = self.desk.page.request.get(str(link.evaluate("(link) => link.href")))
        assert answer.ok, f"the paper answered {answer.status}"
        self._see(link)
        self._to_the_mouse()
        self.tally.pointings += 2
        self.tally.clicks += 2
        self.tally.thoughts += 1
        self.tally.pages += 1
        return answer.body()

    def _click(self, target: Locator) -> None:
        self.tally.thoughts += 1
        self._point(target)

    def _point(self, target: Locator) -> None:
        self._see(target)
        self._to_the_mouse()
        self.tally.pointings += 1
        self.tally.clicks += 1
        # In a day or a time a person points at its first part, from which what is typed fills the others.
        is_in_parts = target.evaluate(IN_PARTS)
        where = Position(x=FIRST_PART, y=target.evaluate(HALF_WAY_DOWN)) if is_in_parts else None
        target.click(position=where)

    def _see(self, target: Locator) -> None:
        self.tally.screens += target.evaluate(SCROLL)

    def _tab_to(self, box: Locator) -> None:
        for _ in range(TABS):
            self.desk.page.keyboard.press("Tab")
            self.tally.keys += 1
            if self._has_focus(box):
                return
        raise AssertionError("Tab did not come to the field that stands next on the page")

    def _to_the_keys(self) -> None:
        self.tally.homings += not self.on_the_keys
        self.on_the_keys = True

    def _to_the_mouse(self) -> None:
        self.tally.homings += self.on_the_keys
        self.on_the_keys = False

    @staticmethod
    def _has_focus(box: Locator) -> bool:
        return bool(box.evaluate("(box) => document.activeElement === box"))

    @contextmanager
    def _next_page(self) -> Iterator[None]:
        with self._waiting(), self.desk.page.expect_navigation():
            yield

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.tally.waited += time.perf_counter() - start

    def _page_came(self, _: Any) -> None:
        self.tally.pages += 1
