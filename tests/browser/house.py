"""The house with its door open: the real program in a thread, its clock in the story's hand, its worker at one call."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread

from county import NOW
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.posting import post
from secondopinion.site import front

HOST = "127.0.0.1"


def open_the_door() -> tuple[str, Callable[[], None]]:
    """Serve the program on a free port; its address, and what closes it.

    Each request runs in a thread with its own connections: the application's role, under row-level security.
    """
    thread = LiveServerThread(HOST, StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error

    def close() -> None:
        thread.terminate()
        for left in threading.enumerate():
            if "process_request_thread" in left.name:
                left.join(timeout=5)

    return f"http://{HOST}:{thread.port}", close


class Clock:
    """The front door's clock. It stands still on Monday 2026-11-23 at 10:00 in California until it is set."""

    def __init__(self, patch: pytest.MonkeyPatch, at: datetime = NOW) -> None:
        self.now = at
        clock = self

        class Stopped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return clock.now.astimezone(tz)

        patch.setattr(front, "datetime", Stopped)

    def shows(self, words: str) -> None:
        """Set it to a Pacific wall-clock instant with its weekday: `Monday 2026-11-23 10:00`."""
        weekday, _, rest = words.partition(" ")
        at = datetime.fromisoformat(rest).replace(tzinfo=PACIFIC)
        assert f"{at:%A}" == weekday, f"{rest} is a {at:%A}"
        self.now = at


@dataclass(frozen=True, slots=True)
class Mailed:
    """A letter as the print house has it."""

    kind: str
    to: str
    file: Path


@dataclass(frozen=True, slots=True)
class Mail:
    """The worker and the print house: `everything()` mails what waits, at the clock's instant."""

    clock: Clock
    folder: Path

    def everything(self) -> list[Mailed]:
        """Mail each letter that waits, as the worker does; returns all the print house has by then."""
        with plan_scope(self.clock.now.astimezone(PACIFIC).date()):
            letters = Letter.objects.filter(mailed_at__isnull=True).order_by("owed_at", "kind", "id")
            waiting = list(letters.values_list("pk", flat=True))
        for letter_id in waiting:
            assert post(letter_id, now=self.clock.now, carrier=PrintHouse(self.folder))
        return self.mailed()

    def mailed(self) -> list[Mailed]:
        """Every line of every list of the print house."""
        found: list[Mailed] = []
        for manifest in sorted(self.folder.glob("*/manifest.csv")):
            with manifest.open(newline="") as lines:
                found += [
                    Mailed(line["kind"], line["recipient_name"], manifest.parent / line["file"])
                    for line in csv.DictReader(lines)
                ]
        return found
