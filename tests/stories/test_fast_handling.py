"""Fast handling: a doctor's word is enough, a Member's is looked at, and a refusal costs no time (rules 9.2, 9.3)."""

from datetime import timedelta

import pytest

from policy.when import at
from secondopinion.referrals import told as t
from secondopinion.referrals.told_time import Expedite, RefuseExpedite, TellMember
from stories.telling import DOUBTS, OFFICE, Story, denial, end_of, ended

FEAR = {"urgency": "expedited", "urgency_reason": "I am afraid to wait."}
SAFE = RefuseExpedite("Your pain is the same as last month, and you can walk and work.")
GETS_WORSE = Expedite("Her leg gets weaker from day to day.", supported=True, by_name="Grace Lind, MD")


def joe(story: Story) -> dict[str, object]:
    """A OneCare Member whose requests the plan decides."""
    return {"member": story.there.joe, "program": "onecare", "requester_name": "Joe Smith"}


def test_a_doctors_word_makes_it_fast_and_nobody_may_take_that_back(story: Story) -> None:
    # Vector V9: 72 hours run over the holiday and the weekend.
    story.comes_in("Wednesday 2026-11-25 17:30", **OFFICE, urgency="expedited",
                   urgency_reason="Weakness of the leg gets worse.")  # fmt: skip
    assert story.binds() == ("decision", at("Saturday 2026-11-28 17:30"))
    story.then("Wednesday 2026-11-25 18:00", "nurse@plan", t.TakeUp(complete=True))
    assert "stays so" in story.refused("Wednesday 2026-11-25 18:05", "nurse@plan", SAFE)

    story.then("Saturday 2026-11-28 16:30", "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then("Saturday 2026-11-28 16:30", "nurse@plan", t.Authorize())
    assert ended(story.clock("decision")) == ("met", timedelta(hours=1))
    # The answer itself must be told within the same 72 hours: an hour is left, not a day.
    within = story.row.clocks.filter(due_at=at("Saturday 2026-11-28 17:30"), stopped_at=None)
    assert {clock.kind for clock in within} == {"provider-notice", "member-notice"}
    assert story.row.due_at == at("Saturday 2026-11-28 17:30")
    story.post_goes("Saturday 2026-11-28 16:45")
    assert story.row.provider_told_at == story.row.member_notice_at == at("Saturday 2026-11-28 16:45")
    assert {c.outcome for c in story.row.clocks.filter(kind__in=("provider-notice", "member-notice"))} == {"met"}


def given_a_member_who_was_refused_fast_handling(story: Story) -> None:
    """Joe asked on Tuesday 2026-12-01; the nurse kept the standard time, and he was told by phone and by letter."""
    story.comes_in("Tuesday 2026-12-01 09:00", **joe(story), **FEAR)
    assert story.binds()[1] == at("Wednesday 2026-12-02 09:00"), "whether it is fast must be said within a day"
    assert story.clock("decision").due_at == at("Friday 2026-12-04 09:00"), "until then it runs as fast"
    story.then("Tuesday 2026-12-01 09:30", "nurse@plan", t.TakeUp())
    assert "not yours to do" in story.refused("Tuesday 2026-12-01 14:00", "intake@plan", SAFE)
    story.then("Tuesday 2026-12-01 15:00", "nurse@plan", SAFE)
    assert story.owed("refuse_expedite") == {"expedite_refused_to_member to member"}

    # The standard time counts from the first receipt: the refusal has cost nothing.
    assert story.clock("decision", "OC-STD").due_at == end_of("Tuesday 2026-12-08")
    assert story.clock("decision", "OC-STD").started_at == at("Tuesday 2026-12-01 09:00")

    # Saying it and writing it have clocks of their own.
    story.then("Tuesday 2026-12-01 16:00", "nurse@plan", TellMember("expedite-refused", "the Member"))
    assert ended(story.clock("refusal-notice")) == ("met", timedelta(hours=17))
    assert story.clock("written-notice").due_at == end_of("Friday 2026-12-04")
    story.post_goes("Wednesday 2026-12-02 08:00")
    assert story.clock("written-notice").outcome == "met"


def test_a_refusal_is_told_by_phone_and_in_writing_and_counts_from_the_first_receipt(story: Story) -> None:
    given_a_member_who_was_refused_fast_handling(story)
    letter = story.reads("expedite_refused_to_member")
    assert SAFE.reason in letter
    assert "December 8" in letter
    assert "24 hours" in letter, "a fast complaint about it is answered in a day"
    assert "doctor" in letter, "a doctor's word would make it fast"
    assert "said already" in story.refused("Wednesday 2026-12-02 09:00", "nurse@plan", SAFE)
    # It is decided within the standard time, and the instants are those of one request.
    story.then("Monday 2026-12-07 10:00", "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then("Monday 2026-12-07 10:05", "nurse@plan", t.Authorize())
    assert story.clock("decision", "OC-STD").outcome == "met"
    story.post_goes("Tuesday 2026-12-08 09:00")
    assert story.instants() == {
        "received_at": at("Tuesday 2026-12-01 09:00"), "entered_at": at("Tuesday 2026-12-01 09:00"),
        "decided_at": at("Monday 2026-12-07 10:05"), "provider_told_at": None,
        "member_notice_at": at("Tuesday 2026-12-08 09:00"), "report_received_at": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("supported", "due"),
    [
        ("Thursday 2026-12-03 10:00", "Sunday 2026-12-06 10:00:00"),  # 72 hours from then
        ("Monday 2026-12-07 10:00", "Tuesday 2026-12-08 23:59:59"),  # never later than the old limit
    ],
)
def test_a_doctor_who_supports_it_later_makes_it_fast_from_then_and_never_later(
    story: Story, supported: str, due: str
) -> None:
    given_a_member_who_was_refused_fast_handling(story)
    story.then(supported, "intake@plan", GETS_WORSE)
    assert (story.row.urgency, story.row.upgraded_at) == ("expedited", at(supported))
    assert story.binds() == ("decision", at(due))
    assert "with a provider's support" in story.refused(supported, "nurse@plan", GETS_WORSE)
    assert "stays so" in story.refused(supported, "nurse@plan", SAFE)
    story.then(supported, "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then(supported, "nurse@plan", t.Authorize())
    assert {c.outcome for c in story.row.clocks.filter(kind="decision", due_at=at(due))} == {"met"}
    story.post_goes(supported)
    assert story.row.member_notice_at == at(supported)


def test_a_clerk_does_not_find_harm_and_a_nurse_does(story: Story) -> None:
    story.comes_in("Tuesday 2026-12-01 09:00")
    found = Expedite("The Member fell twice this week.", supported=False)
    assert "clinical judgment" in story.refused("Wednesday 2026-12-02 09:00", "intake@plan", found)
    story.then("Wednesday 2026-12-02 10:00", "nurse@plan", found)
    assert story.binds() == ("decision", at("Saturday 2026-12-05 10:00"))


def test_a_fast_no_given_by_voice_in_time_is_written_within_three_days_of_the_call(story: Story) -> None:
    story.comes_in("Tuesday 2026-12-01 09:00", **OFFICE, member=story.there.joe, program="onecare",
                   urgency="expedited", urgency_reason="Weakness of the leg gets worse.")  # fmt: skip
    story.then("Tuesday 2026-12-01 10:00", "nurse@plan", t.TakeUp(complete=True))
    story.then("Tuesday 2026-12-01 10:30", "nurse@plan", t.ReferUp("Nothing on the list fits; please look."))
    told = TellMember("decision", "the Member")
    assert "not decided yet" in story.refused("Thursday 2026-12-03 13:00", "nurse@plan", told)
    rules = {
        "medicare_reason": "Medicare covers a visit that is needed now; this treatment has just begun.",
        "medi_cal_reason": "Medi-Cal covers what protects health; this treatment has just begun.",
    }
    story.then("Thursday 2026-12-03 14:00", "physician@plan", denial(**rules))
    assert story.clock("member-notice").due_at == at("Friday 2026-12-04 09:00"), "within the 72 hours"
    story.then("Thursday 2026-12-03 15:00", "nurse@plan", told)
    assert story.row.member_told_at == at("Thursday 2026-12-03 15:00")
    assert story.clock("written-notice").due_at == end_of("Sunday 2026-12-06")
    story.post_goes("Friday 2026-12-04 08:00")
    assert story.clock("written-notice").outcome == "met"
    assert {c.outcome for c in story.row.clocks.filter(kind="provider-notice")} == {"met"}
    assert story.row.provider_told_at == at("Friday 2026-12-04 08:00")
