"""Two readings of the law, made apart, give the same deadline for every case drawn by lot.

The other reading is in `second_reading/`; it was written from the law alone. Where the two ever differ, one of them is
wrong, and the law says which.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest

from policy.second_reading import afterwards, deadlines
from policy.second_reading.cases import REPRESENTATIVE, Case, cases, cases_in_the_hour_that_comes_twice
from policy.second_reading.deadlines import EXPEDITED, MEDI_CAL, ONECARE, RETROSPECTIVE, STANDARD, local_day
from secondopinion.policy import clocks
from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.clocks_objecting import (
    appeal_answer_clocks,
    appeal_clocks,
    appeal_window_ends_on,
    complaint_clocks,
    effectuation_clocks,
    external_review_clock,
    fast_refusal_clocks,
    hearing_packet_clock,
    hearing_window_ends_on,
)
from secondopinion.policy.rights import rights

PROGRAM = {MEDI_CAL: Program.MEDI_CAL, ONECARE: Program.ONECARE}
URGENCY = {STANDARD: Urgency.STANDARD, EXPEDITED: Urgency.EXPEDITED}
LOTS, EACH = range(20), 5_000


def house(case: Case) -> Asked:
    """The case as the product takes it."""
    return Asked(
        PROGRAM[case.program],
        case.received_at,
        case.complete_at,
        URGENCY[case.urgency],
        Requester(case.requester),
        Opinion.SECOND,
        About.SPECIALIST_CARE,
    )


def waits(case: Case) -> bool:
    """Whether the clock waits for a OneCare representative's authority."""
    return case.authority_missing and case.program == ONECARE and case.requester == REPRESENTATIVE


def other(case: Case) -> deadlines.Asked:
    """The case as the second reading takes it; authority on file is no matter for it."""
    return deadlines.Asked(
        case.program,
        case.urgency,
        case.received_at,
        case.complete_at,
        by_representative=case.requester == REPRESENTATIVE and (case.authority_at is not None or waits(case)),
        authority_at=case.authority_at,
        extended_days=case.extended_days,
        extended_at=case.extended_at,
        upgraded_at=case.upgraded_at,
    )


def decided_by_the_house(case: Case) -> tuple[clocks.Clock, ...]:
    """The product's clocks for the decision, of a request made expedited later too."""
    asked = house(case)
    wanted = {
        "prior_authorization": case.needs_prior_authorization,
        "extension_days": case.extended_days,
        "representative_valid_at": case.authority_at,
    }
    if case.upgraded_at is not None:
        since = case.extended_at is not None and clocks.instant(case.extended_at) >= clocks.instant(case.upgraded_at)
        return clocks.upgrade(asked, upgraded_at=case.upgraded_at, extended_since=since, **wanted)
    return clocks.decision_clocks(asked, representative_missing=waits(case), **wanted)


def told_by_the_house(case: Case) -> tuple[clocks.Clock, ...]:
    """The product's clocks for the notices, of the request as it stands."""
    asked = house(case)
    if case.upgraded_at is not None:
        asked = replace(asked, urgency=Urgency.EXPEDITED)
    request = decided_by_the_house(case)
    return clocks.notice_clocks(asked, decided_at=case.decided_at, adverse=case.adverse, request=request)


def bound(listed: tuple[clocks.Clock, ...], kind: str) -> datetime:
    """The one binding end of a kind, in UTC."""
    (one,) = [clock for clock in listed if clock.binding and clock.kind == kind]
    return one.due_at.astimezone(UTC)


def utc(clock: clocks.Clock) -> datetime | None:
    """The end of a clock that stands alone; None while it has not started."""
    assert clock.binding is (clock.due_at is not None)
    return clock.due_at and clock.due_at.astimezone(UTC)


@pytest.mark.parametrize("lot", LOTS)
def test_both_readings_agree_on_every_decision_and_notice(lot):
    twice = cases_in_the_hour_that_comes_twice(lot, EACH // 10)
    for case in chain(cases(lot, EACH - EACH // 10), twice):
        law, listed = other(case), decided_by_the_house(case)
        if waits(case):
            assert deadlines.decision_due(law) is None, case
            assert not any(clock.binding or clock.due_at for clock in listed), case
            continue
        assert bound(listed, "decision") == deadlines.decision_due(law), case
        ends = [clock.due_at.astimezone(UTC) for clock in listed if clock.due_at is not None]
        assert sorted(ends) == sorted(deadlines.decision_limits(law).values()), case
        assert min(ends) == bound(listed, "decision"), case  # no deadline is later than a clock of its set
        told = told_by_the_house(case)
        assert bound(told, "provider-notice") == afterwards.provider_told(law, case.decided_at), case
        written = afterwards.member_written(law, case.decided_at, adverse=case.adverse)
        assert bound(told, "member-notice") == written, case
        for kind in ("provider-notice", "member-notice"):
            of_kind = [clock.due_at.astimezone(UTC) for clock in told if clock.kind == kind]
            assert min(of_kind) == bound(told, kind), case


@pytest.mark.parametrize("lot", LOTS[:5])
def test_both_readings_agree_on_visits_reports_refusals_and_letters_after_a_call(lot):
    for case in cases(100 + lot, 4_000):
        asked, law = house(case), other(case)
        late = replace(law, urgency=RETROSPECTIVE, extended_days=0, upgraded_at=None)
        assert utc(clocks.retrospective_clock(asked)) == deadlines.decision_due(late), case
        urgent = case.urgency == EXPEDITED
        offered = afterwards.appointment_offered(case.decided_at, is_urgent=urgent)
        assert utc(clocks.appointment_clock(asked, case.decided_at)) == offered, case
        seen_on = local_day(case.decided_at)
        report = deadlines.end_of(afterwards.report_due(seen_on))
        assert utc(clocks.report_clock(seen_on, asked.program)) == report, case
        if case.program == ONECARE:
            said, written = clocks.expedite_refusal_clocks(asked, told_at=case.told_at)
            assert utc(said) == afterwards.expedite_refused_oral(case.received_at), case
            assert utc(written) == afterwards.expedite_refused_written(case.told_at), case
        after_call = clocks.written_notice_clock(asked, told_at=case.told_at)
        assert (after_call is not None) is (urgent and case.program == ONECARE), case
        told_inside = after_call is not None and not waits(case)
        if told_inside and case.told_at.astimezone(UTC) <= afterwards.notice_cap(law):
            letter = afterwards.member_written(law, case.decided_at, adverse=True, oral_at=case.told_at)
            assert utc(after_call) == letter, case


@pytest.mark.parametrize("lot", LOTS[:5])
def test_both_readings_agree_on_appeals(lot):
    for case in cases(200 + lot, 2_000):
        program, at, on = PROGRAM[case.program], case.decided_at, local_day(case.decided_at)
        told = rights(program, "deny", on, previously_authorized=True)
        window = afterwards.appeal_by(case.program, on)
        assert told.appeal_by == window == appeal_window_ends_on(on, program), case
        assert told.continuation_by == afterwards.continuation_by(on), case
        assert on + timedelta(days=told.state_hearing_days) == afterwards.hearing_by(on), case
        for fast in (False, True):
            acknowledge, resolve = appeal_clocks(at, program, expedited=fast)
            assert utc(acknowledge) == afterwards.appeal_acknowledged(case.program, at), case
            assert utc(resolve) == afterwards.appeal_resolved(case.program, at, is_expedited=fast), case
            _, resolve = complaint_clocks(at, program, expedited=fast)
            assert utc(resolve) == afterwards.complaint_resolved(case.program, at, is_expedited=fast), case
        (clock,) = effectuation_clocks(at, program)
        assert utc(clock) == afterwards.reversal_effectuated(at), case


@pytest.mark.parametrize("lot", LOTS[:5])
def test_both_readings_agree_on_what_follows_an_appeal(lot):
    way = random.Random(lot)
    for case in cases(400 + lot, 2_000):
        program, at, told_at, fast = PROGRAM[case.program], case.decided_at, case.told_at, case.urgency == EXPEDITED
        more = way.choice((0, 0, way.randint(1, 14))) if case.program == ONECARE else 0
        _, resolve = appeal_clocks(at, program, expedited=fast, extension_days=more)
        own = {"is_expedited": fast, "extended_days": more}
        assert utc(resolve) == afterwards.appeal_resolved(case.program, at, **own), case
        for said in (None, told_at):
            answer = appeal_answer_clocks(resolve, program, expedited=fast, told_at=said)
            due = afterwards.appeal_answer_due(case.program, at, **own, told_at=said)
            assert bound(answer, "appeal-written") == due == _earliest(answer), case
        oral, written = fast_refusal_clocks(at, program, told_at=told_at)
        assert utc(oral) == afterwards.fast_appeal_refused(at), case
        assert utc(written) == afterwards.fast_appeal_refused_written(told_at), case
        assert fast_refusal_clocks(at, program, told_at=None)[1].due_at is None, case
        if case.program == ONECARE:
            sent = external_review_clock(resolve, told_at, program, expedited=fast)
            assert utc(sent) == afterwards.sent_to_reviewer(at, told_at, **own), case
        reversal = effectuation_clocks(told_at, program, appealed_at=at, extension_days=more)
        done = afterwards.own_reversal_effectuated(case.program, told_at, at, extended_days=more)
        assert bound(reversal, "effectuate") == done == _earliest(reversal), case
        heard_on = max(date(2015, 1, 20), local_day(told_at) + timedelta(days=way.choice((0, 1, 2, 3, 5, 30))))
        for expedited, on in ((True, None), (False, heard_on)):
            packet = hearing_packet_clock(told_at, program, expedited=expedited, hearing_on=on)
            assert utc(packet) == afterwards.hearing_packet(told_at, is_expedited=expedited, hearing_on=on), case
        for pressing in (True, False):
            called = clocks.peer_clock(at, emergency=pressing)
            assert utc(called) == afterwards.physician_calls(at, is_emergency=pressing), case
        assert hearing_window_ends_on(local_day(at), program) == afterwards.hearing_by(local_day(at)), case


@pytest.mark.parametrize("lot", LOTS[:5])
def test_a_request_that_comes_later_is_not_due_earlier_unless_the_law_changed_between(lot):
    way = random.Random(lot)
    compared = 0
    for case in cases(300 + lot, 2_000):
        if waits(case):
            continue
        moved = case.received_at.astimezone(UTC) + timedelta(minutes=way.choice((1, 60, 1_440, 10_080, 20_000)))
        later = replace(case, received_at=moved, complete_at=case.complete_at and _not_before(case.complete_at, moved))
        early_due, late_due = (bound(decided_by_the_house(each), "decision") for each in (case, later))
        if deadlines.standard_days(other(case)) == deadlines.standard_days(other(later)):
            assert early_due <= late_due, case
            compared += 1
        if case.complete_at is not None:
            waited = replace(case, complete_at=case.complete_at.astimezone(UTC) + timedelta(days=way.randint(1, 9)))
            assert early_due <= bound(decided_by_the_house(waited), "decision"), case
        shorter = replace(case, extended_days=max(0, case.extended_days - 1))
        assert bound(decided_by_the_house(shorter), "decision") <= early_due, case
    assert compared > 1_500


def _earliest(listed: tuple[clocks.Clock, ...]) -> datetime:
    """The first end of a set, whichever is marked as binding."""
    return min(clock.due_at.astimezone(UTC) for clock in listed if clock.due_at is not None)


def _not_before(at: datetime, limit: datetime) -> datetime:
    return max(at.astimezone(UTC), limit)


def test_the_information_may_be_complete_in_the_second_of_two_equal_hours():
    """Sunday 2026-11-01 has 01:00 to 02:00 twice; on the wall the second visit reads earlier than the first."""
    received = datetime(2026, 11, 1, 8, 50, tzinfo=UTC).astimezone(deadlines.PACIFIC)
    complete = datetime(2026, 11, 1, 9, 10, tzinfo=UTC).astimezone(deadlines.PACIFIC)
    asked = Asked(
        Program.MEDI_CAL,
        received,
        complete,
        Urgency.STANDARD,
        Requester.MEMBER,
        Opinion.SECOND,
        About.PCP_CARE,
    )
    assert asked.information_complete_at == complete
    with pytest.raises(ValueError, match="lies before"):
        replace(asked, received_at=complete, information_complete_at=received)


def test_a_request_made_expedited_is_also_told_within_the_hours_from_the_upgrade():
    """Received Tuesday 2026-12-01, urgent since Wednesday, denied on Friday: the letter is due on Saturday at nine."""
    received, upgraded = datetime(2026, 12, 1, 17, tzinfo=UTC), datetime(2026, 12, 2, 17, tzinfo=UTC)
    asked = Asked(
        Program.MEDI_CAL, received, received, Urgency.STANDARD, Requester.MEMBER, Opinion.SECOND, About.PCP_CARE
    )
    request = clocks.upgrade(asked, upgraded_at=upgraded, prior_authorization=True)
    told = clocks.notice_clocks(
        replace(asked, urgency=Urgency.EXPEDITED),
        decided_at=datetime(2026, 12, 4, 20, tzinfo=UTC),
        adverse=True,
        request=request,
    )
    assert bound(told, "member-notice") == bound(told, "provider-notice") == datetime(2026, 12, 5, 17, tzinfo=UTC)
    assert {clock.rule for clock in told if clock.binding} == {"MC-EXP/upgrade"}
