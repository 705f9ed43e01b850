"""The ten commonest tasks, done in headless Chromium as a person does them: clicks, keys, fields, pages, seconds.

Each task asks the database whether it was done (tests/browser/ten_tasks.py). What was counted goes into
docs/walkthrough.json and into the table of docs/walkthrough.md; a test holds both against the program. The seconds of
a person are an estimate by the keystroke-level model (tests/browser/hands.py); those of the machine are measured, here
with the program's own server of tests, beside whatever else this machine is doing. walkthrough.py calls it, in the
environment of the tests, since it walks with their hands.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ground import fresh_database

import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from browser import chromium
from browser.conftest import WINDOW, sign_in_by_cookie
from browser.desk import PATIENCE, Desk
from browser.hands import Hands
from browser.house import Clock, open_the_door
from browser.ten_tasks import TASKS, SignedIn, walk_all
from browser.walk_record import PAGE, RECORD, record, with_table
from county import NOW
from rows import missing, row
from secondopinion.site.seeding import seed

ENOUGH = 3  # clicks from a number to the letter, as an auditor may ask
FIGURE = "ten commonest tasks"


@contextmanager
def window(found: str) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=list(chromium.KEPT_APART))
        yield browser
        browser.close()


def desks(browser: Browser, address: str) -> SignedIn:
    """Hands at the work list, each in a browser of their own."""

    def signed_in(name: str) -> Hands:
        context = browser.new_context(base_url=address, viewport=WINDOW, locale="en-US")
        context.set_default_timeout(PATIENCE)
        desk = Desk(context.new_page())
        sign_in_by_cookie(desk, name, address)
        desk.open("/")
        return Hands(desk)

    return signed_in


def main() -> None:
    found = chromium.where()
    if not found:
        missing(FIGURE, "named, no peer", "there is no Chromium on this machine")
        return
    os.environ |= {"DJANGO_ALLOW_ASYNC_UNSAFE": "1", "SECONDOPINION_DEMO": "1"}  # Playwright's loop; a county to try
    with (
        tempfile.TemporaryDirectory(prefix="walk-") as folder,
        fresh_database("bench_walk"),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(settings, "PRINT_HOUSE", Path(folder) / "print-house")
        Clock(patch)
        # As the tests serve them: without the manifest of what was collected.
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        patch.setattr(settings, "STORAGES", {**settings.STORAGES, "staticfiles": plain})
        seed(NOW)
        address, close = open_the_door()
        try:
            with window(found) as browser:
                walked = list(walk_all(desks(browser, address)))
        finally:
            close()
    kept = record(walked)
    RECORD.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), kept), encoding="utf-8")
    for task, tally in walked:
        ours = f"{tally.clicks} clicks, {tally.keys} keys, {tally.characters} letters, {tally.pages} pages"
        seconds = f"{tally.estimate():.0f} s by hand (estimated), {tally.waited:.1f} s waiting"
        goal, met = ("≤ 3 clicks", tally.clicks <= ENOUGH) if task is TASKS[-1] else ("named", True)
        row(f"{task.title}: {seconds}", "keystroke-level model", ours, "–", 1.0, goal, met=met)
