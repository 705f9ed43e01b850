"""An appeal is held to its end: how fast, how long, said and written, and what comes after the plan's own answer.

Everything comes in on Monday 2026-11-23 at 10:00; Thursday and Friday of that week are State holidays.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from county import NOW, County
from policy.when import at, day
from referrals.brought import (
    WORDS,
    Brought,
    appealed,
    contact,
    denied,
    hearing_noticed,
    joe_denied,
    joe_upheld,
    may_be_an_appeal,
    modify,
    upheld,
    with_a_physician,
    with_the_reviewer,
)
from referrals.life import YES
from secondopinion.letters.carriers import PrintHouse
from secondopinion.people.models import License
from secondopinion.referrals import told as t
from secondopinion.referrals import told_outcomes as outcomes
from secondopinion.referrals.checks.every import EVERY
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, Referral, RunningClock
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.posting import post
from secondopinion.referrals.told_objections import Acknowledge, Lift, Overturn, Uphold
from secondopinion.referrals.told_review import (
    ExtendAppeal,
    ForwardToReviewer,
    HearingAsked,
    HearingUpheld,
    PacketSent,
    RefuseFastAppeal,
    ReviewerAgrees,
    WriteAnswer,
)
from secondopinion.referrals.told_time import TellMember

ELM = "Dr. Elm"
APPEALS = "appeals@plan"


def row(way: Brought) -> Referral:
    return Referral.objects.get(pk=way.referral)


def running(way: Brought) -> dict[str, datetime | None]:
    """The earliest due instant of each kind that runs."""
    found: dict[str, datetime | None] = {}
    for clock in RunningClock.objects.filter(referral_id=way.referral, stopped_at=None).order_by("-due_at"):
        found[clock.kind] = clock.due_at
    assert list(differences([row(way).number], checks=EVERY)) == []
    return found


def ended(way: Brought, kind: str) -> tuple[str, datetime | None]:
    clock = (
        RunningClock.objects.filter(referral_id=way.referral, kind=kind).exclude(stopped_at=None).latest("stopped_at")
    )
    return clock.outcome, clock.stopped_at


def last(way: Brought) -> Event:
    return Event.objects.filter(referral_id=way.referral).latest("position")


def mail(way: Brought, folder: object, now: datetime) -> None:
    for notice in Notice.objects.filter(referral_id=way.referral, letter__mailed_at=None):
        post(notice.letter_id, now=now, carrier=PrintHouse(folder))  # type: ignore[arg-type]


def test_an_appeal_kept_at_the_standard_time_counts_from_its_receipt_and_is_told_and_written(there: County) -> None:
    way = appealed(there, expedited=True)
    assert running(way)["appeal-resolve"] == at("Thursday 2026-11-26 10:00")
    tuesday = at("Tuesday 2026-11-24 09:00")
    way.then(RefuseFastAppeal(WORDS), APPEALS, tuesday)
    clocks = running(way)
    assert clocks["appeal-resolve"] == at("Wednesday 2026-12-23 23:59:59")
    assert clocks["appeal-refusal-told"] == at("Wednesday 2026-11-25 09:00")
    assert clocks["appeal-refusal-written"] is None  # it starts with the call
    way.then(TellMember("fast-appeal-refused", "the Member"), "nurse@plan", at("Tuesday 2026-11-24 16:00"))
    clocks = running(way)
    assert "appeal-refusal-told" not in clocks
    assert clocks["appeal-refusal-written"] == at("Thursday 2026-11-26 23:59:59")
    way.then(WriteAnswer("fast-refused", day("Thursday 2026-11-26")), APPEALS, at("Friday 2026-11-27 09:00"))
    assert "appeal-refusal-written" not in running(way)
    # Written down on Friday, mailed on Thursday: it was in time.
    assert ended(way, "appeal-refusal-written") == ("met", at("Thursday 2026-11-26 23:59:59"))


@pytest.mark.parametrize("said", [{"supported": True}, {"by": "physician", "consent": True}])
def test_a_physicians_word_makes_an_appeal_fast_and_cannot_be_refused(there: County, said: dict[str, object]) -> None:
    way = appealed(there, expedited=True, **said)
    with pytest.raises(Refused, match="A physician asks for the fast way"):
        way.then(RefuseFastAppeal(WORDS), APPEALS)
    assert row(way).appeal_expedited


def test_a_fast_appeal_whose_hours_have_passed_is_not_made_slow(there: County) -> None:
    way = appealed(there, expedited=True)
    with pytest.raises(Refused, match="The time for this appeal is over"):
        way.then(RefuseFastAppeal(WORDS), APPEALS, at("Thursday 2026-11-26 10:01"))
    with pytest.raises(Refused, match="not handled fast"):
        appealed(there, expedited=False).then(RefuseFastAppeal(WORDS), APPEALS)


def test_only_the_appeals_team_refuses_a_fast_appeal(there: County) -> None:
    way = appealed(there, expedited=True)
    for who in ("intake@plan", "nurse@plan", "physician@plan", "contracting@plan"):
        with pytest.raises(Refused, match="is not yours to do"):
            way.then(RefuseFastAppeal(WORDS), who)


def test_a_onecare_appeal_is_extended_once_and_a_medi_cal_one_not(there: County) -> None:
    way = joe_denied(there).then(contact())
    way.then(ExtendAppeal(14, "information", WORDS), APPEALS)
    assert running(way)["appeal-resolve"] == at("Wednesday 2027-01-06 23:59:59")
    with pytest.raises(Refused, match="once already"):
        way.then(ExtendAppeal(1, "information", WORDS), APPEALS)
    with pytest.raises(Refused, match=r"A Medi-Cal appeal is given no more time \(GG.1510 II.R.1\)"):
        appealed(there).then(ExtendAppeal(14, "information", WORDS), APPEALS)
    with pytest.raises(Refused, match="give 1 to 14"):
        joe_denied(there).then(contact()).then(ExtendAppeal(15, "information", WORDS), APPEALS)
    for short in (ExtendAppeal(3, "information", "no"), ExtendAppeal(3, "asked"), ExtendAppeal(0, "asked", "", "Joe"),
                  ExtendAppeal(3, "busy", WORDS)):  # fmt: skip
        with pytest.raises(Refused):
            joe_denied(there).then(contact()).then(short, APPEALS)


def test_a_fast_onecare_appeal_is_extended_by_whole_days_of_hours(there: County) -> None:
    way = joe_denied(there).then(contact(expedited=True)).then(ExtendAppeal(2, "asked", "", "Joe Smith"), APPEALS)
    assert running(way)["appeal-resolve"] == at("Saturday 2026-11-28 10:00")


@pytest.mark.parametrize(
    ("bring", "fast", "due"),
    [
        (denied, False, "Wednesday 2026-11-25 23:59:59"),  # one business day
        (denied, True, "Wednesday 2026-11-25 23:59:59"),
        (joe_denied, False, "Thursday 2026-11-26 23:59:59"),  # two calendar days
        (joe_denied, True, "Thursday 2026-11-26 23:59:59"),
    ],
)
def test_an_answer_by_voice_is_written_soon_after(there: County, bring: object, fast: bool, due: str) -> None:
    way: Brought = bring(there).then(contact(expedited=fast))  # type: ignore[operator]
    told_at = at("Tuesday 2026-11-24 15:00")
    way.then(Uphold(ELM, WORDS, told_at), APPEALS, told_at + timedelta(hours=1))
    assert running(way)["appeal-written"] == at(due)
    assert ended(way, "appeal-resolve") == ("met", told_at)
    way.then(WriteAnswer("appeal", date(2026, 11, 25)), APPEALS, at("Friday 2026-12-04 09:00"))
    assert "appeal-written" not in running(way)
    assert ended(way, "appeal-written") == ("met", at("Wednesday 2026-11-25 23:59:59"))
    with pytest.raises(Refused, match="on record already"):
        way.then(WriteAnswer("appeal", date(2026, 11, 25)), APPEALS, at("Friday 2026-12-04 09:00"))


def test_without_a_call_the_letter_is_due_with_the_appeal_and_a_late_one_is_missed(there: County) -> None:
    way = upheld(there)
    assert running(way)["appeal-written"] == at("Wednesday 2026-12-23 23:59:59")
    late = at("Monday 2026-12-28 09:00")
    with pytest.raises(Refused, match="not after today"):
        way.then(WriteAnswer("appeal", date(2026, 12, 29)), APPEALS, late)
    with pytest.raises(Refused, match="after the appeal came"):
        way.then(WriteAnswer("appeal", date(2026, 11, 22)), APPEALS, late)
    way.then(WriteAnswer("appeal", date(2026, 12, 24)), APPEALS, late)
    assert ended(way, "appeal-written") == ("missed", at("Thursday 2026-12-24 23:59:59"))


def test_an_appeal_answered_before_it_was_acknowledged_is_not_said_to_have_been(there: County) -> None:
    assert ended(upheld(there), "appeal-acknowledge")[0] == "void"
    way = joe_denied(there).then(contact()).then(Acknowledge("appeal"), APPEALS)
    assert ended(way, "appeal-acknowledge") == ("met", NOW)


def test_an_answer_is_not_told_before_the_appeal_came_nor_later_than_now(there: County) -> None:
    for told_at in (NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)):
        with pytest.raises(Refused, match="at some time after the appeal came"):
            appealed(there).then(Uphold(ELM, WORDS, told_at), APPEALS)


def test_the_letter_of_a_yes_is_the_written_answer(there: County, tmp_path: object) -> None:
    way = appealed(there).then(Overturn(ELM, WORDS), APPEALS)
    assert {"appeal-written", "effectuate"} <= set(running(way))
    mail(way, tmp_path, NOW + timedelta(hours=5))
    assert not {"appeal-written", "effectuate"} & set(running(way))
    assert row(way).appeal_written_on == date(2026, 11, 23)


def test_an_upheld_onecare_case_goes_on_to_the_reviewer_who_may_turn_it(there: County, tmp_path: object) -> None:
    way = joe_denied(there).then(contact(expedited=True)).then(Uphold(ELM, WORDS), APPEALS)
    assert running(way)["external-review"] == at("Tuesday 2026-11-24 10:00")
    assert running(joe_upheld(there))["external-review"] == at("Wednesday 2026-12-23 23:59:59")
    assert "external-review" not in running(upheld(there))
    with pytest.raises(Refused, match="not with Medicare's reviewer"):
        way.then(Overturn("The reviewer", WORDS, "reviewer"), APPEALS)
    way.then(ForwardToReviewer("by the portal"), APPEALS)
    assert "external-review" not in running(way)
    assert ended(way, "external-review") == ("met", NOW)
    with pytest.raises(Refused, match="went to Medicare's reviewer already"):
        way.then(ForwardToReviewer("by the portal"), APPEALS)
    answered = at("Monday 2026-12-14 09:00")
    came = at("Friday 2026-12-11 09:00")  # the reviewer's notice, written down after the weekend
    way.then(Overturn("The reviewer", WORDS, "reviewer", came), APPEALS, answered)
    now = row(way)
    assert (now.state, now.appeal_outcome, now.overturned_by) == ("authorized", "overturned", "reviewer")
    assert now.reviewer_answered_at == answered
    assert running(way)["effectuate"] == at("Monday 2026-12-14 09:00")  # 72 hours from the notice
    mail(way, tmp_path, answered)
    assert "effectuate" not in running(way)


def test_a_reviewer_who_agrees_leaves_the_denial_and_the_way_to_a_hearing(there: County) -> None:
    way = with_the_reviewer(there).then(ReviewerAgrees(WORDS), APPEALS)
    assert row(way).state == "denied"
    with pytest.raises(Refused, match="not with Medicare's reviewer"):
        way.then(ReviewerAgrees(WORDS), APPEALS)
    way.then(HearingAsked(NOW, hearing_on=date(2026, 12, 21)), APPEALS)
    assert "hearing-packet" in running(way)


def test_a_onecare_appeal_that_nobody_answered_goes_on_all_the_same(there: County) -> None:
    way = joe_denied(there).then(contact(expedited=True))
    with pytest.raises(Refused, match="Record first what came of the appeal"):
        way.then(ForwardToReviewer("by the portal"), APPEALS)
    late = at("Thursday 2026-11-26 11:00")
    way.then(ForwardToReviewer("by the portal"), APPEALS, late)
    now = row(way)
    assert (now.appeal_outcome, now.appeal_resolved_at) == ("late", late)
    assert ended(way, "appeal-resolve") == ("missed", late)
    assert running(way)["appeal-written"] == at("Thursday 2026-11-26 10:00")  # still owed, and late
    with pytest.raises(Refused, match="A Medi-Cal appeal does not go to Medicare's reviewer"):
        upheld(there).then(ForwardToReviewer("by the portal"), APPEALS)


def test_a_hearing_is_asked_for_within_120_days_of_the_written_answer(there: County) -> None:
    written, by = date(2026, 11, 23), day("Tuesday 2027-03-23")
    on_time, late = at("Tuesday 2027-03-23 09:00"), at("Wednesday 2027-03-24 09:00")
    way = upheld(there).then(WriteAnswer("appeal", written), APPEALS)
    with pytest.raises(Refused, match="The last day to ask for a State Hearing was Tuesday, March 23, 2027"):
        way.then(HearingAsked(late), APPEALS, late)
    way.then(HearingAsked(late, asked_on=by), APPEALS, late)  # the State's notice came a day after the Member asked
    assert last(way).details["late"] is False
    other = upheld(there).then(WriteAnswer("appeal", written), APPEALS)
    other.then(HearingAsked(late, late_because="The Member was in the hospital."), APPEALS, late)
    assert last(other).details["late"] is True
    third = upheld(there).then(WriteAnswer("appeal", written), APPEALS).then(HearingAsked(on_time), APPEALS, on_time)
    assert running(third)["hearing-packet"] is None  # no day for it yet
    unwritten = upheld(there)
    unwritten.then(HearingAsked(late), APPEALS, late)
    assert last(unwritten).details["window_ends_on"] == ""  # no letter, no window: nobody is late


def test_silence_of_the_plan_opens_the_hearing_at_once_and_not_before(there: County) -> None:
    way = appealed(there, expedited=True)
    with pytest.raises(Refused, match="The plan has until Thursday, November 26, 2026 at 10:00 AM"):
        way.then(HearingAsked(NOW), APPEALS)
    after = at("Thursday 2026-11-26 10:30")
    way.then(HearingAsked(after, expedited=True), APPEALS, after)
    assert last(way).details["deemed_exhausted"] is True
    assert last(way).details["window_ends_on"] == "2027-03-26"
    assert running(way)["hearing-packet"] == at("Tuesday 2026-12-01 23:59:59")  # Monday is day 1
    assert "appeal-resolve" in running(way)  # the answer is still owed
    way.then(Overturn("The State", WORDS, "hearing"), APPEALS, at("Monday 2026-11-30 09:00"))
    now = row(way)
    assert (now.state, now.appeal_outcome, now.overturned_by) == ("authorized", "overturned", "hearing")
    assert ended(way, "hearing-packet")[0] == "void"  # it was never sent, and nobody needs it


def test_no_hearing_without_an_appeal_nor_of_a_request_that_only_may_be_one(there: County) -> None:
    with pytest.raises(Refused, match="has not appealed to the plan yet"):
        joe_denied(there).then(HearingAsked(NOW), APPEALS)
    with pytest.raises(Refused, match="may be an appeal"):
        may_be_an_appeal(there).then(HearingAsked(NOW + timedelta(days=3)), APPEALS, NOW + timedelta(days=3))


def test_what_the_appeal_changed_no_hearing_has_to_change(there: County) -> None:
    with pytest.raises(Refused, match="nothing for a hearing to change"):
        appealed(there).then(Overturn(ELM, WORDS), APPEALS).then(HearingAsked(NOW), APPEALS)


def test_the_packet_is_due_two_business_days_before_the_hearing_wherever_that_moves(there: County) -> None:
    way = hearing_noticed(there)  # to be held on Monday 2026-12-21
    assert running(way)["hearing-packet"] == at("Thursday 2026-12-17 23:59:59")
    with pytest.raises(Refused, match="on record already"):
        way.then(HearingAsked(NOW, hearing_on=date(2026, 12, 21)), APPEALS)
    way.then(HearingAsked(NOW, hearing_on=day("Monday 2026-12-28")), APPEALS)
    assert running(way)["hearing-packet"] == at("Wednesday 2026-12-23 23:59:59")  # Christmas between
    sent = at("Wednesday 2026-12-23 17:00")
    way.then(PacketSent("by the portal"), APPEALS, sent)
    assert ended(way, "hearing-packet") == ("met", sent)
    with pytest.raises(Refused, match="sent already"):
        way.then(PacketSent("by the portal"), APPEALS, sent)
    way.then(HearingUpheld(WORDS), APPEALS, at("Monday 2026-12-28 15:00"))
    assert row(way).state == "denied"
    with pytest.raises(Refused, match="has heard this case already"):
        way.then(HearingAsked(NOW), APPEALS, at("Tuesday 2026-12-29 09:00"))
    with pytest.raises(Refused, match="No State Hearing waits"):
        way.then(HearingUpheld(WORDS), APPEALS, at("Tuesday 2026-12-29 09:00"))


def test_a_hearing_turns_a_denial_that_the_plan_had_upheld(there: County) -> None:
    way = hearing_noticed(there)
    with pytest.raises(Refused, match="No appeal is open"):
        way.then(Overturn(ELM, WORDS), APPEALS)
    decided, written_down = at("Tuesday 2026-12-22 09:00"), at("Wednesday 2026-12-23 09:00")
    way.then(Overturn("The State", WORDS, "hearing", decided), APPEALS, written_down)
    now = row(way)
    assert (now.state, now.hearing_resolved_at) == ("authorized", written_down)
    assert now.appeal_resolved_at == NOW  # the plan's own answer stays where it was
    assert running(way)["effectuate"] == at("Friday 2026-12-25 09:00")


def test_a_hearing_lifts_a_limit_that_the_plan_had_upheld(there: County) -> None:
    way = with_a_physician(there).then(t.Answer(YES)).then(modify(outcomes.Limit, "II.G"), "physician@plan")
    way.then(contact()).then(Uphold(ELM, WORDS), APPEALS).then(HearingAsked(NOW, expedited=True), APPEALS)
    way.then(Lift("The State", WORDS, "hearing"), APPEALS)
    assert (row(way).decision, row(way).overturned_by) == ("authorize", "hearing")
    assert "hearing-packet" not in running(way)


def test_a_onecare_reversal_is_also_due_thirty_days_from_the_appeal(there: County) -> None:
    for bring, due in ((joe_denied, "Wednesday 2026-12-23 23:59:59"), (denied, "Friday 2026-12-25 09:00")):
        way = bring(there).then(contact())
        way.then(Overturn(ELM, WORDS), APPEALS, at("Tuesday 2026-12-22 09:00"))
        assert running(way)["effectuate"] == at(due)


def test_the_plans_own_change_of_mind_ends_the_hearing_and_the_reviewers_look(there: County) -> None:
    way = with_the_reviewer(there).then(HearingAsked(NOW, hearing_on=date(2026, 12, 21)), APPEALS)
    way.then(t.Answer(YES, "a letter")).then(outcomes.Reverse(WORDS))
    now = row(way)
    assert (now.appeal_outcome, now.hearing_resolved_at, now.reviewer_answered_at) == ("overturned", NOW, NOW)
    assert not {"hearing-packet", "external-review"} & set(running(way))


def test_the_same_decision_is_not_appealed_twice_and_what_may_be_a_complaint_is_one(there: County) -> None:
    way = upheld(there)
    with pytest.raises(Refused, match="What comes after that is the State Hearing"):
        way.then(contact())
    way.then(contact(appeal=None, complaint=None))
    assert (row(way).appeal_outcome, row(way).complaint_received_at) == ("upheld", NOW)


def test_a_new_appeal_waits_for_what_the_one_before_it_still_owes(there: County) -> None:
    way = with_a_physician(there).then(t.Answer(YES)).then(modify(outcomes.Limit, "II.G"), "physician@plan")
    way.then(contact()).then(Uphold(ELM, WORDS), APPEALS)
    License.objects.filter(staff=there.staff["lapsed@plan"]).update(to_on=None)  # another physician signs the next one
    way.then(outcomes.Rescind("not-enrolled", WORDS, date(2026, 12, 15)), "lapsed@plan")
    with pytest.raises(Refused, match="The new appeal counts from its receipt all the same"):
        way.then(contact())
    way.then(WriteAnswer("appeal", date(2026, 11, 23)), APPEALS).then(contact())
    assert (row(way).appeal_outcome, row(way).appeal_written_on) == ("", None)
