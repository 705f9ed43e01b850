"""Somebody at a desk: what a person does with a page, in the words that stand on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PATIENCE = 15_000  # milliseconds; two cores may be shared with much else
expect.set_options(timeout=PATIENCE)


SomebodyAt = Callable[..., "Desk"]


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's browser. Controls are found as a person or a screen reader finds them: by their words."""

    page: Page

    @property
    def main(self) -> Locator:
        """The main part of the page."""
        return self.page.get_by_role("main")

    def open(self, address: str) -> None:
        """Go to an address of the house, and say why where that is asked."""
        self.page.goto(address)
        if self.page.url.split("?")[0].endswith("/why/") and not address.endswith("/why/"):
            self.choose("What is it for?", "An audit")
            self.type("In a sentence", "The yearly look at finished referrals.")
            self.send("Open the referral")

    def follow(self, words: str, *, within: Locator | None = None) -> None:
        """Follow the link with these words."""
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=words, exact=True).first.click()

    def send(self, words: str, *, within: Locator | None = None) -> None:
        """Press a button that sends a form."""
        with self.page.expect_navigation():
            (within or self.main).get_by_role("button", name=words, exact=True).click()

    def press_here(self, words: str, *, within: Locator | None = None) -> None:
        """Press a button that changes the page at hand."""
        (within or self.main).get_by_role("button", name=words, exact=True).click()

    def type(self, label: str, words: str, *, within: Locator | None = None) -> None:
        """Fill in the field with this label; that it is optional is said in the label too."""
        (within or self.main).get_by_label(label).and_(self.page.locator("input, textarea")).first.fill(words)

    def pick(self, label: str, words: str, *, within: Locator | None = None) -> None:
        """Choose from a list."""
        (within or self.main).get_by_label(label, exact=True).select_option(label=words)

    def choose(self, question: str, answer: str, *, within: Locator | None = None) -> None:
        """Choose the first of a group of radio buttons whose words begin so, by a click on the words."""
        begins = re.compile(f"^{re.escape(answer)}")
        radio = self.group(question, within=within).get_by_role("radio", name=begins).first
        self.page.locator(f'label[for="{radio.get_attribute("id")}"]').click()

    def group(self, question: str, *, within: Locator | None = None) -> Locator:
        """The group of radio buttons under a question."""
        there = within or self.main
        return there.get_by_role("group", name=question).or_(there.get_by_role("radiogroup", name=question)).last

    def unfold(self, title: str) -> Locator:
        """Open a part of the page that is folded away; returns it."""
        part = self.main.locator("details").filter(has=self.page.locator("summary", has_text=title)).last
        if part.get_attribute("open") is None:
            part.locator("summary").first.click()
        return part

    def step(self, title: str) -> Locator:
        """The form of a step, unfolded."""
        return self.unfold(title)

    def upload(self, label: str, file: Path, *, within: Locator | None = None) -> None:
        """Choose a file."""
        there = within or self.main
        group = there.locator(".usa-form-group").filter(has_text=label)
        group.locator("input[type=file]").set_input_files(file)

    def reads(self, *words: str) -> None:
        """The page says all of this."""
        for some in words:
            expect(self.main).to_contain_text(some)

    def reads_not(self, *words: str) -> None:
        """The page says none of this."""
        for some in words:
            expect(self.main).not_to_contain_text(some)

    def is_told(self, words: str) -> None:
        """A sentence of success stands at the top."""
        expect(self.main.get_by_role("status").filter(has_text=words)).to_be_visible()

    def is_refused(self, words: str) -> Locator:
        """The error summary says it; returns the summary."""
        summary = self.main.get_by_role("alert")
        expect(summary).to_contain_text(words)
        return summary

    @property
    def number(self) -> str:
        """The number of the referral that is open."""
        return self.page.url.split("/referrals/")[1].split("/")[0]
