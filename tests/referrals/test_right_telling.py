"""Telling Members of their right: who is owed it, what leaves, what is proven, and what the night finds missing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from county import NOW, TODAY, County, county
from letters.tongues import complete
from referrals.mailed import acknowledged
from secondopinion.letters.carriers import Carrier, NotCarried, Parcel, PrintHouse
from secondopinion.letters.models import Letter, Mailing
from secondopinion.people.confidential import ask_in_confidence
from secondopinion.people.models import Enrollment, Member
from secondopinion.people.rls import Scope, set_one_member, set_scope
from secondopinion.policy.asked import Program
from secondopinion.referrals.afterwards import take_acknowledgements
from secondopinion.referrals.checks.everybody_is_told import EverybodyIsTold
from secondopinion.referrals.models_right import RightStatement
from secondopinion.referrals.right_owed import lapsed, owe_what_is_due, standings, told_to
from secondopinion.referrals.right_telling import mailings_of, tell, tell_who_waits

pytestmark = [pytest.mark.usefixtures("as_plan"), pytest.mark.clause("II.A")]

A_DAY = timedelta(days=1)
YEAR = timedelta(days=365)


class Keeping(Carrier):
    """A carrier that keeps what it is given, or fails when told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.parcels: list[Parcel] = []

    def post(self, parcel: Parcel) -> str:
        if self.fails:
            raise NotCarried("The folder of the print house is full. Make room.")
        self.parcels.append(parcel)
        return f"kept/{len(self.parcels)}"


@pytest.fixture
def there() -> County:
    return county()


def owed_to(member: Member, program: str = "medi-cal", **more: object) -> RightStatement:
    """A debt to a new Member since Monday 2026-11-23."""
    told = {"occasion": "welcome", "counts_from": TODAY, "due_on": TODAY + 7 * A_DAY, "owed_at": NOW} | more
    return RightStatement.objects.create(member=member, program=program, **told)


def told(member: Member, on: date, program: str = "medi-cal") -> RightStatement:
    """A telling elsewhere."""
    return owed_to(member, program, counts_from=on, due_on=on, told_on=on, told_by="packet", evidence="a file, line 2")


def as_plan() -> None:
    set_scope(Scope(None, TODAY))


def findings(today: date) -> list[str]:
    """What the nightly check says on a day."""
    set_scope(Scope(None, today))
    return [found.what for found in EverybodyIsTold().look_around()]


def test_a_statement_leaves_in_the_members_language_and_the_row_says_when_and_how(there: County) -> None:
    debt, carrier = owed_to(there.maria), Keeping()
    with complete("es"):
        assert tell(debt.pk, now=NOW, carrier=carrier)
    debt.refresh_from_db()
    assert (debt.told_on, debt.told_by, debt.evidence) == (TODAY, "letter", "kept/1")
    letter = Letter.objects.get(pk=debt.letter_id)
    assert (letter.kind, letter.language, letter.data["statement"]["occasion"]) == (
        "right_statement_to_member", "es", "welcome",
    )  # fmt: skip
    assert letter.mailed_at == NOW
    (parcel,) = carrier.parcels
    assert parcel.recipient_name == "Maria Reyes"
    assert {each.name for each in parcel.enclosures} >= {"nondiscrimination-notice.pdf", "language-help.pdf"}
    assert not tell(debt.pk, now=NOW + A_DAY, carrier=carrier), "told once"
    assert len(carrier.parcels) == 1


def test_all_who_wait_are_told_what_is_due_first_at_the_top(there: County) -> None:
    later, sooner = owed_to(there.one), owed_to(there.maria, counts_from=TODAY - A_DAY, due_on=TODAY)
    carrier = Keeping()
    assert tell_who_waits(NOW, carrier, most=1).told == 1
    as_plan()
    assert RightStatement.objects.get(told_on__isnull=False).pk == sooner.pk
    assert tell_who_waits(NOW, carrier).told == 1
    assert tell_who_waits(NOW, carrier).told == 0
    as_plan()
    later.refresh_from_db()
    assert later.told_on == TODAY


def test_what_the_carrier_refuses_is_written_down_and_still_owed(there: County) -> None:
    debt = owed_to(there.one)
    run = tell_who_waits(NOW, Keeping(fails=True))
    assert (run.told, run.kept) == (0, 1)
    as_plan()
    debt.refresh_from_db()
    assert (debt.told_on, debt.tries, debt.why) == (None, 1, "The folder of the print house is full. Make room.")
    assert tell_who_waits(NOW + A_DAY, Keeping()).told == 1
    as_plan()
    debt.refresh_from_db()
    assert (debt.told_on, debt.why) == (TODAY + A_DAY, "")


def test_what_cannot_leave_holds_up_nobody(there: County) -> None:
    stuck, next_one = owed_to(there.one, counts_from=TODAY - A_DAY, due_on=TODAY), owed_to(there.maria)
    tell_who_waits(NOW, Keeping(fails=True), most=1)
    assert tell_who_waits(NOW, Keeping(), most=1).told == 1
    as_plan()
    stuck.refresh_from_db()
    next_one.refresh_from_db()
    assert (stuck.told_on, next_one.told_on) == (None, TODAY)


def test_a_draft_does_not_leave_and_says_why(there: County) -> None:
    debt = owed_to(there.maria)
    with override_settings(LETTERS_APPROVED_ONLY=True):
        assert tell_who_waits(NOW, Keeping()).kept == 1
    as_plan()
    debt.refresh_from_db()
    assert debt.told_on is None
    assert "is a draft" in debt.why


def test_who_asked_in_confidence_is_told_there(there: County) -> None:
    asker = there.person("intake@plan")
    lines = ["Care of a friend", "5 Quiet Lane", "Orchard City, CA 92998"]
    ask_in_confidence(there.one, "electronic", TODAY, lines, person=asker, now=NOW)
    carrier = Keeping()
    tell(owed_to(there.one).pk, now=NOW, carrier=carrier)
    assert carrier.parcels[0].address_lines == tuple(lines)
    assert Mailing.objects.get().confidential


def test_a_letter_that_came_back_has_told_nobody(there: County, tmp_path: Path) -> None:
    debt = owed_to(there.one)
    tell(debt.pk, now=NOW, carrier=PrintHouse(tmp_path))
    debt.refresh_from_db()
    assert debt.letter is not None
    take_acknowledgements(acknowledged(debt.letter, "mailed", TODAY + A_DAY), NOW + A_DAY)
    as_plan()
    assert [each.postmarked_on for each in mailings_of([debt])[debt.pk]] == [TODAY + A_DAY]
    assert RightStatement.objects.count() == 1
    tuesday = date(2026, 12, 1)  # Tuesday
    came = take_acknowledgements(acknowledged(debt.letter, "returned", tuesday, "no such street"), NOW + 9 * A_DAY)
    assert (came.taken, came.refused) == (1, ())
    as_plan()
    again, first = told_to(there.one)
    assert (first.pk, again.told_on, again.counts_from) == (debt.pk, None, tuesday)
    assert again.due_on > tuesday + 6 * A_DAY


def test_whose_year_is_nearly_over_is_owed_the_yearly_statement_once(there: County) -> None:
    for member in (there.one, there.maria):
        told(member, TODAY - YEAR + 30 * A_DAY)
    told(there.maria, TODAY - 10 * A_DAY)
    for member in (there.joe, there.luis):
        told(member, TODAY - A_DAY, "onecare")
    assert owe_what_is_due(NOW) == 1
    debt = RightStatement.objects.get(told_on__isnull=True)
    assert (debt.member, debt.occasion, debt.due_on) == (there.one, "yearly", TODAY + 30 * A_DAY)
    assert owe_what_is_due(NOW) == 0
    carrier = Keeping()
    tell(debt.pk, now=NOW, carrier=carrier)
    assert Letter.objects.get().data["statement"]["occasion"] == "yearly"


def test_for_whom_nothing_is_on_record_is_not_taken_to_be_told(there: County) -> None:
    assert owe_what_is_due(NOW) == 4
    assert set(RightStatement.objects.values_list("due_on", flat=True)) == {TODAY + 7 * A_DAY}


def test_who_left_the_plan_is_owed_nothing(there: County) -> None:
    Enrollment.objects.update(to_on=TODAY - A_DAY)
    assert owe_what_is_due(NOW) == 0


def test_the_night_finds_whoever_is_overdue_and_whoever_was_forgotten(there: County) -> None:
    debt = owed_to(there.one)
    told(there.maria, TODAY - 100 * A_DAY)
    assert findings(TODAY + 7 * A_DAY) == []
    (late,) = findings(TODAY + 8 * A_DAY)
    assert late == f"the welcome statement {debt.pk} was due on 2026-11-30"
    assert "Member" not in late
    set_scope(Scope(None, TODAY))
    tell(debt.pk, now=NOW, carrier=Keeping())
    (forgotten,) = findings(TODAY + 300 * A_DAY)
    assert forgotten.startswith("1 Members were last told more than a year ago")
    assert lapsed(TODAY) == 0


def test_the_standing_tells_told_owed_overdue_and_unknown_apart(there: County) -> None:
    told(there.one, TODAY - 5 * A_DAY)
    owed_to(there.joe, "onecare")
    owed_to(there.luis, "onecare", counts_from=TODAY - 9 * A_DAY, due_on=TODAY - 2 * A_DAY)
    by_program = {each.program: each for each in standings(TODAY)}
    medi_cal, onecare = by_program[Program.MEDI_CAL], by_program[Program.ONECARE]
    assert (medi_cal.enrolled, medi_cal.told, medi_cal.owed, medi_cal.overdue, medi_cal.unknown) == (2, 1, 0, 0, 1)
    assert (onecare.enrolled, onecare.told, onecare.owed, onecare.overdue, onecare.unknown) == (2, 0, 1, 1, 0)


def test_a_members_own_page_would_see_that_members_statements_alone(there: County) -> None:
    owed_to(there.one)
    owed_to(there.maria)
    set_one_member(there.one.pk, there.one.pk, TODAY)
    assert [each.member_id for each in RightStatement.objects.all()] == [there.one.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('secondopinion.member', '', true)")
