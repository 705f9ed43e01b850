"""What the Member can still do, and until when, counts from the date of adequate notice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from county import NOW
from policy.when import at, day
from referrals.brought import WORDS, Brought, appealed, authorized, contact, denied, joe_denied, upheld
from secondopinion.letters.carriers import PrintHouse
from secondopinion.referrals import told_outcomes as outcomes
from secondopinion.referrals.models import Notice, Referral
from secondopinion.referrals.posting import post
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.told_objections import Overturn
from secondopinion.referrals.told_review import ForwardToReviewer, HearingAsked, WriteAnswer
from secondopinion.referrals.windows import Window, windows, windows_of

NOTICED = day("Wednesday 2026-12-02")


def of(way: Brought, noticed: date | None = NOTICED) -> dict[str, Window]:
    found = windows_of(snapshot_of(Referral.objects.get(pk=way.referral)), noticed)
    return {window.what.partition(",")[0].removesuffix(" to the plan"): window for window in found}


@pytest.mark.clause("II.K.2")
@pytest.mark.parametrize(
    ("bring", "days", "last"), [(denied, 60, "Sunday 2027-01-31"), (joe_denied, 65, "Friday 2027-02-05")]
)
def test_the_window_to_appeal_is_open_until_its_last_day_and_then_over(there, bring, days, last):
    appeal = of(bring(there))["Appeal"]
    assert (appeal.days, appeal.until) == (days, day(last))
    assert [appeal.stands(appeal.until + timedelta(days=n)) for n in (0, 1)] == ["open", "over"]
    assert appeal.authority


def test_while_the_notice_has_not_left_no_window_has_begun(there):
    appeal = of(denied(there), None)["Appeal"]
    assert (appeal.until, appeal.stands(date(2030, 1, 1))) == (None, "waits")


def test_the_notice_that_counts_is_the_one_that_was_mailed(there, tmp_path):
    way = denied(there)
    row = Referral.objects.get(pk=way.referral)
    assert windows(snapshot_of(row))[0].until is None
    mailed = at("Wednesday 2026-12-02 09:00")
    for notice in Notice.objects.filter(referral=row):
        post(notice.letter_id, now=mailed, carrier=PrintHouse(tmp_path))
    row.refresh_from_db()
    assert windows(snapshot_of(row))[0].until == day("Sunday 2027-01-31")


def test_the_hearing_counts_from_the_written_answer(there):
    assert of(joe_denied(there))["Ask for a State Hearing"].until is None
    way = upheld(there)
    assert of(way)["Appeal"].stands(NOTICED) == "used"
    assert of(way)["Ask for a State Hearing"].stands(NOTICED) == "waits"  # the letter has not left
    way.then(WriteAnswer("appeal", date(2026, 11, 23)), "appeals@plan")
    hearing = of(way)["Ask for a State Hearing"]
    assert (hearing.days, hearing.until) == (120, day("Tuesday 2027-03-23"))
    way.then(HearingAsked(NOW), "appeals@plan")
    assert of(way)["Ask for a State Hearing"].stands(NOTICED) == "used"


def test_the_hearing_opens_on_the_day_after_the_plan_let_its_time_pass(there):
    hearing = of(appealed(there))["Ask for a State Hearing"]
    assert hearing.until == day("Thursday 2027-04-22")  # 120 days from Wednesday 2026-12-23
    stands = {d: hearing.stands(date(2026, 12, d)) for d in (23, 24)}
    assert stands == {23: "waits", 24: "open"}
    way = joe_denied(there).then(contact())
    way.then(ForwardToReviewer("by the portal"), "appeals@plan", at("Monday 2026-12-28 09:00"))
    assert of(way)["Ask for a State Hearing"].until == day("Thursday 2027-04-22")


def test_care_that_was_taken_back_goes_on_if_asked_for_in_time(there):
    way = authorized(there).then(outcomes.Rescind("not-enrolled", WORDS, date(2026, 12, 15)), "physician@plan")
    care = of(way)["Ask"]
    assert (care.days, care.until) == (10, day("Tuesday 2026-12-15"))  # later than ten days from the notice
    assert "Ask" not in of(denied(there))
    way.then(contact(continue_care=True))
    assert of(way)["Ask"].stands(NOTICED) == "used"


def test_where_nothing_was_decided_against_the_member_there_is_no_window(there):
    assert of(authorized(there)) == {}
    assert of(appealed(there).then(Overturn("Dr. Elm", WORDS), "appeals@plan")) == {}
