"""The worked cases that came with the law, and the State's list of holidays as it was computed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from policy.second_reading import afterwards, deadlines, holidays
from policy.second_reading.deadlines import EXPEDITED, MEDI_CAL, ONECARE, PACIFIC, RETROSPECTIVE, STANDARD, Asked


def instant(words: str) -> datetime:
    """`Mon 2026-11-23 10:00` in California; the weekday must be right."""
    weekday, rest = words.split(" ", 1)
    found = datetime.fromisoformat(rest).replace(tzinfo=PACIFIC)
    assert f"{found:%a}" == weekday, f"{rest} is a {found:%A}"
    return found.astimezone(UTC)


def last_second(words: str) -> datetime:
    """`Mon 2026-11-30`: 23:59:59 of that day."""
    return instant(f"{words} 23:59:59")


# Vector, received, complete, extension, five business days, cap, due.
STANDARD_CASES = [
    ("V1", "Mon 2026-11-23 10:00", "Mon 2026-11-23 10:00", 0, "Wed 2026-12-02", "Mon 2026-11-30", "Mon 2026-11-30"),
    ("V2", "Tue 2026-12-01 09:00", "Tue 2026-12-01 09:00", 0, "Tue 2026-12-08", "Tue 2026-12-08", "Tue 2026-12-08"),
    ("V3", "Tue 2026-12-22 09:00", "Tue 2026-12-22 09:00", 0, "Wed 2026-12-30", "Tue 2026-12-29", "Tue 2026-12-29"),
    ("V4", "Fri 2026-03-27 08:00", "Fri 2026-03-27 08:00", 0, "Mon 2026-04-06", "Fri 2026-04-03", "Fri 2026-04-03"),
    ("V5", "Tue 2026-12-01 09:00", "Mon 2026-12-07 15:00", 0, "Mon 2026-12-14", "Tue 2026-12-08", "Tue 2026-12-08"),
    ("V6", "Tue 2026-12-01 09:00", "Fri 2026-12-11 15:00", 14, "Fri 2026-12-18", "Tue 2026-12-22", "Fri 2026-12-18"),
    ("V7", "Sat 2026-12-05 11:00", "Sat 2026-12-05 11:00", 0, "Fri 2026-12-11", "Sat 2026-12-12", "Fri 2026-12-11"),
    ("V8", "Thu 2027-07-01 12:00", "Thu 2027-07-01 12:00", 0, "Fri 2027-07-09", "Thu 2027-07-08", "Thu 2027-07-08"),
]


@pytest.mark.parametrize(("name", "received", "complete", "more", "five", "cap", "due"), STANDARD_CASES)
def test_a_standard_case_is_due_as_the_law_was_worked(name, received, complete, more, five, cap, due):
    asked = Asked(MEDI_CAL, STANDARD, instant(received), instant(complete), extended_days=more)
    assert deadlines.decision_limits(asked) == {"five business days": last_second(five), "cap": last_second(cap)}
    assert deadlines.decision_due(asked) == last_second(due)


@pytest.mark.parametrize("program", [MEDI_CAL, ONECARE])
@pytest.mark.parametrize(
    ("name", "received", "due"),
    [
        ("V9", "Wed 2026-11-25 17:30", "Sat 2026-11-28 17:30"),
        ("V10", "Fri 2027-03-12 15:00", "Mon 2027-03-15 16:00"),
        ("V11", "Fri 2026-10-30 15:00", "Mon 2026-11-02 14:00"),
    ],
)
def test_seventy_two_hours_are_elapsed_hours(program, name, received, due):
    assert deadlines.decision_due(Asked(program, EXPEDITED, instant(received))) == instant(due)


def test_v12_the_member_is_written_to_by_tuesday_2026_12_01():
    asked = Asked(MEDI_CAL, STANDARD, instant("Tue 2026-11-24 09:00"), instant("Tue 2026-11-24 09:00"))
    decided = instant("Wed 2026-11-25 12:00")
    written = afterwards.member_written(asked, decided, adverse=True)
    assert written == last_second("Tue 2026-12-01") == afterwards.notice_cap(asked)
    assert afterwards.provider_told(asked, decided) == instant("Thu 2026-11-26 12:00")


def test_a_denial_is_written_no_later_than_the_cap():
    asked = Asked(MEDI_CAL, STANDARD, instant("Mon 2026-11-23 10:00"), instant("Mon 2026-11-23 10:00"))
    decided = instant("Mon 2026-11-30 10:00")
    assert afterwards.member_written(asked, decided, adverse=True) == last_second("Mon 2026-11-30")
    assert afterwards.member_written(asked, decided, adverse=False) == last_second("Wed 2026-12-02")


def test_v13_the_windows_of_a_notice_dated_wednesday_2026_12_02():
    notice_on = date(2026, 12, 2)
    assert afterwards.appeal_by(MEDI_CAL, notice_on) == date(2027, 1, 31)  # Sunday
    assert afterwards.appeal_by(ONECARE, notice_on) == date(2027, 2, 5)  # Friday
    assert afterwards.continuation_by(notice_on) == date(2026, 12, 12)  # Saturday


def test_v14_the_report_on_a_visit_of_friday_2026_12_18_is_due_on_tuesday_2027_01_05():
    assert afterwards.report_due(date(2026, 12, 18)) == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, "1/1 1/19 2/16 3/31 5/25 7/4 9/7 11/11 11/26 11/27 12/25"),
        (2027, "1/1 1/18 2/15 3/31 5/31 7/4 7/5 9/6 11/11 11/25 11/26 12/25"),
        (2028, "1/1 1/17 2/21 3/31 5/29 7/4 9/4 11/10 11/11 11/23 11/24 12/25"),
    ],
)
def test_the_state_is_shut_on_these_days_and_on_no_other(year, days):
    first = date(year, 1, 1).toordinal()
    year_round = [date.fromordinal(first + n) for n in range(366)]
    assert " ".join(f"{d.month}/{d.day}" for d in year_round if d.year == year and holidays.is_shut(d)) == days


def test_the_year_2026_brings_seven_days_to_both_programs():
    old, new = instant("Wed 2025-12-31 23:59:59"), instant("Thu 2026-01-01 00:00")
    for program in (MEDI_CAL, ONECARE):
        assert deadlines.decision_due(Asked(program, STANDARD, old)) == last_second("Wed 2026-01-14")
        assert deadlines.decision_due(Asked(program, STANDARD, new)) == last_second("Thu 2026-01-08")


def test_a_onecare_representative_starts_the_clock_with_authority_and_a_medi_cal_one_with_the_request():
    received, shown = instant("Tue 2026-12-01 09:00"), instant("Thu 2026-12-03 16:00")
    waiting = Asked(ONECARE, STANDARD, received, by_representative=True)
    assert deadlines.decision_due(waiting) is None
    assert deadlines.decision_due(replace(waiting, authority_at=shown)) == last_second("Thu 2026-12-10")
    assert deadlines.decision_due(replace(waiting, program=MEDI_CAL)) == last_second("Tue 2026-12-08")
    urgent = replace(waiting, urgency=EXPEDITED, authority_at=shown)
    assert deadlines.decision_due(urgent) == instant("Sun 2026-12-06 16:00")


def test_an_upgrade_only_ever_shortens_and_a_downgrade_counts_from_the_first_receipt():
    asked = Asked(MEDI_CAL, STANDARD, instant("Tue 2026-12-01 09:00"))
    early = replace(asked, upgraded_at=instant("Wed 2026-12-02 09:00"))
    late = replace(asked, upgraded_at=instant("Tue 2026-12-08 09:00"))
    assert deadlines.decision_due(early) == instant("Sat 2026-12-05 09:00")
    assert deadlines.decision_due(late) == last_second("Tue 2026-12-08")
    assert deadlines.downgraded(replace(asked, urgency=EXPEDITED)) == asked
    assert deadlines.plan_asked_due(early) == deadlines.decision_due(early)


def test_a_visit_already_made_is_decided_in_thirty_days_or_in_onecare_in_sixty():
    received, complete = instant("Tue 2026-12-01 09:00"), instant("Mon 2026-12-07 15:00")
    assert deadlines.decision_due(Asked(MEDI_CAL, RETROSPECTIVE, received)) is None
    assert deadlines.decision_due(Asked(MEDI_CAL, RETROSPECTIVE, received, complete)) == last_second("Wed 2027-01-06")
    assert deadlines.decision_due(Asked(ONECARE, RETROSPECTIVE, received, complete)) == last_second("Sat 2027-01-30")


@pytest.mark.parametrize(
    ("program", "urgency", "days"), [(ONECARE, STANDARD, 1), (MEDI_CAL, RETROSPECTIVE, 1), (MEDI_CAL, STANDARD, 15)]
)
def test_an_extension_that_is_not_allowed_is_refused(program, urgency, days):
    with pytest.raises(ValueError, match="never extended"):
        deadlines.decision_due(Asked(program, urgency, instant("Tue 2026-12-01 09:00"), extended_days=days))


def test_onecare_writes_within_three_days_of_a_call_about_an_expedited_decision():
    asked = Asked(ONECARE, EXPEDITED, instant("Tue 2026-12-01 09:00"))
    decided = instant("Fri 2026-12-04 08:00")
    assert afterwards.member_written(asked, decided, adverse=True) == instant("Fri 2026-12-04 09:00")
    called = instant("Fri 2026-12-04 08:30")
    assert afterwards.member_written(asked, decided, adverse=True, oral_at=called) == last_second("Mon 2026-12-07")
    assert afterwards.provider_told(asked, decided) == instant("Fri 2026-12-04 09:00")
    assert afterwards.expedite_refused_oral(asked.received_at) == instant("Wed 2026-12-02 09:00")
    assert afterwards.expedite_refused_written(called) == last_second("Mon 2026-12-07")


def test_an_appeal_is_acknowledged_resolved_and_carried_out_in_time():
    came = instant("Wed 2026-11-25 09:00")
    assert afterwards.appeal_acknowledged(MEDI_CAL, came) == last_second("Mon 2026-11-30")
    assert afterwards.appeal_acknowledged(ONECARE, came) == last_second("Fri 2026-12-04")
    assert afterwards.appeal_resolved(ONECARE, came) == last_second("Fri 2026-12-25")
    assert afterwards.appeal_resolved(ONECARE, came, extended_days=14) == last_second("Fri 2027-01-08")
    assert afterwards.appeal_resolved(MEDI_CAL, came, is_expedited=True) == instant("Sat 2026-11-28 09:00")
    assert afterwards.appeal_answer_written(MEDI_CAL, came) == last_second("Mon 2026-11-30")
    assert afterwards.appeal_answer_written(ONECARE, came) == last_second("Fri 2026-11-27")
    assert afterwards.appeal_answer_due(MEDI_CAL, came, told_at=came) == last_second("Mon 2026-11-30")
    assert afterwards.appeal_answer_due(MEDI_CAL, came) == last_second("Fri 2026-12-25")
    late = instant("Thu 2026-12-24 09:00")
    assert afterwards.appeal_answer_due(MEDI_CAL, came, told_at=late) == last_second("Fri 2026-12-25")
    assert afterwards.appeal_answer_due(ONECARE, came, is_expedited=True, told_at=instant("Sat 2026-11-28 08:00")) == (
        last_second("Mon 2026-11-30")
    )
    assert afterwards.fast_appeal_refused(came) == instant("Thu 2026-11-26 09:00")
    assert afterwards.fast_appeal_refused_written(came) == last_second("Fri 2026-11-27")
    assert afterwards.sent_to_reviewer(came, late) == last_second("Fri 2026-12-25")
    assert afterwards.sent_to_reviewer(came, came, is_expedited=True) == instant("Thu 2026-11-26 09:00")
    assert afterwards.own_reversal_effectuated(ONECARE, late, came) == last_second("Fri 2026-12-25")
    assert afterwards.own_reversal_effectuated(MEDI_CAL, late, came) == instant("Sun 2026-12-27 09:00")
    assert afterwards.hearing_packet(came, is_expedited=True) == last_second("Tue 2026-12-01")
    assert afterwards.hearing_packet(came, hearing_on=date(2026, 12, 28)) == last_second("Wed 2026-12-23")  # a Monday
    assert afterwards.hearing_packet(came, hearing_on=date(2026, 11, 27)) == last_second("Wed 2026-11-25")  # a Friday
    assert afterwards.physician_calls(came, is_emergency=True) == instant("Wed 2026-11-25 09:30")
    assert afterwards.physician_calls(came, is_emergency=False) == last_second("Mon 2026-11-30")
    assert afterwards.reversal_effectuated(came) == instant("Sat 2026-11-28 09:00")
    assert afterwards.hearing_by(date(2026, 12, 2)) == date(2027, 4, 1)  # Thursday
    assert afterwards.appointment_offered(came, is_urgent=True) == instant("Sun 2026-11-29 09:00")
    assert afterwards.appointment_offered(came) == last_second("Fri 2026-12-18")
