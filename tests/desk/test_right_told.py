"""The desk's pages of who was told of the right: who may see them, what they show, and what they leave out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from county import NOW, TODAY, County
from secondopinion.letters.carriers import PrintHouse
from secondopinion.people.models import AccessEntry
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models_right import EnrollmentFile, RightStatement
from secondopinion.referrals.right_telling import tell

Browser = Callable[[str], Client]
A_DAY = timedelta(days=1)

pytestmark = pytest.mark.clause("II.A")


def owed(there: County, name: str, days: int, program: str = "medi-cal") -> RightStatement:
    """A debt to a Member with so many days left."""
    due = TODAY + days * A_DAY
    with plan_scope(TODAY):
        return RightStatement.objects.create(
            member=getattr(there, name), program=program, occasion="welcome", counts_from=due - 7 * A_DAY, due_on=due,
            owed_at=NOW,
        )  # fmt: skip


def test_the_page_tells_owed_and_overdue_apart_by_number_and_without_names(
    place: County, signed_in_as: Browser
) -> None:
    owed(place, "one", 3)
    owed(place, "maria", -2)
    page = signed_in_as("nurse@plan").get("/post/right/").content.decode()
    overdue, in_time = page.split('id="owed"')
    assert "M0000003" in overdue
    assert "M0000001" not in overdue
    assert "M0000001" in in_time
    assert "Sat, Nov 21, 2026" in overdue
    for name in ("Maria", "Reyes"):
        assert name not in page


def test_files_that_were_read_stand_below(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        EnrollmentFile.objects.create(
            file_name="december.csv", file_sha256="0" * 64, on_day=TODAY, loaded_at=NOW, rows=1200, new=1180,
            refused={"is empty": 20}, owed=1180,
        )  # fmt: skip
    page = signed_in_as("intake@plan").get("/post/right/").content.decode()
    for words in ("december.csv", "1,200", "1,180", "<td>20</td>"):
        assert words in page


def test_a_members_page_says_when_and_how_the_member_was_told_and_leaves_a_trace(
    place: County, signed_in_as: Browser, tmp_path: Path
) -> None:
    debt = owed(place, "one", 3)
    with plan_scope(TODAY):
        tell(debt.pk, now=NOW, carrier=PrintHouse(tmp_path))
    page = signed_in_as("nurse@plan").get("/post/right/M0000001/").content.decode()
    for words in ("Told on Mon, Nov 23, 2026", "By a letter of ours", "Mail: Handed over", "New in the program"):
        assert words in page
    with plan_scope(TODAY):
        entry = AccessEntry.objects.get(what="one_member")
    assert (entry.about, entry.why) == ("M0000001", "see how a Member was told of the right")


def test_a_late_telling_is_called_late_and_an_overdue_one_overdue(
    place: County, signed_in_as: Browser, tmp_path: Path
) -> None:
    late = owed(place, "one", -1)
    with plan_scope(TODAY):
        tell(late.pk, now=NOW, carrier=PrintHouse(tmp_path))
    owed(place, "maria", -1)
    nurse = signed_in_as("nurse@plan")
    assert "Late: the last day was Sun, Nov 22, 2026." in nurse.get("/post/right/M0000001/").content.decode()
    assert "Overdue since Sun, Nov 22, 2026." in nurse.get("/post/right/M0000003/").content.decode()


def test_a_network_sees_its_own_members_and_no_others(place: County, signed_in_as: Browser) -> None:
    owed(place, "one", -2)
    owed(place, "maria", -2)
    citrus = signed_in_as("nurse@citrus")
    page = citrus.get("/post/right/").content.decode()
    assert "M0000003" in page
    assert "M0000001" not in page
    assert citrus.get("/post/right/M0000001/").status_code == 404
    assert citrus.get("/post/right/M9999999/").status_code == 404


def test_who_has_nothing_to_do_with_members_does_not_see_it(place: County, signed_in_as: Browser) -> None:
    assert signed_in_as("contracting@plan").get("/post/right/").status_code == 403
    assert Client().get("/post/right/").status_code == 302
