"""Letters of acts against the Member and of time, owed by real steps, printed and sealed with what the law orders."""

from datetime import UTC, date, datetime, timedelta

import pytest

from county import NOW
from referrals.life import YES, asked, given_a_referral_with_a_physician, given_an_authorized_referral
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.people.person import SYSTEM
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Referral
from secondopinion.referrals.notices import WORDS
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import FoundVisit
from secondopinion.referrals.told import Answer, Choose, Item, Reason
from secondopinion.referrals.told_outcomes import (
    RESCISSIONS,
    Dismiss,
    Excuse,
    GrantInPart,
    Limit,
    Outreach,
    Rescind,
    TellCost,
)
from secondopinion.referrals.told_time import Deem, Delay, RefuseExpedite

OFFICE = {"requester": "physician", "requester_name": "Grace Lind, MD", "requester_address": "1 Main St\nOrange"}
PROGRAMS = pytest.mark.parametrize(("who", "program"), [("one", "medi-cal"), ("joe", "onecare")])
WHY = "A doctor in our network does the same kind of surgery and can see you soon."
RULES = {
    "medicare_reason": "Medicare lets a plan use the doctors of its network when they can help.",
    "medi_cal_reason": "Medi-Cal pays outside the network when nobody inside it can help.",
}


def letters_of(taken, tmp_path) -> dict[str, dict]:
    """The data of each letter that a step owes, by kind; every one of them is printed, sealed and posted."""
    found = Letter.objects.filter(pk__in=taken.letters)
    for letter in found:
        assert post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path)) is True
    return {letter.kind: letter.data for letter in found}


def with_a_physician(there, who, program, **other):
    return given_a_referral_with_a_physician(there, member=getattr(there, who), program=program, **other)


@PROGRAMS
def test_a_limited_yes_tells_what_differs_and_whom_to_choose(there, tmp_path, who, program):
    referral = with_a_physician(there, who, program, **OFFICE)
    physician = there.person("physician@plan")
    advance(referral.pk, Answer(YES), person=physician, now=NOW)
    told = Limit("A visit with Dr. Far.", "A visit with a doctor in our network.", (Reason("II.G", WHY),),
                 expertise="Trained in surgery of the spine for six years.", **RULES)  # fmt: skip
    data = letters_of(advance(referral.pk, told, person=physician, now=NOW), tmp_path)
    member, office = data["modification_to_member"], data["modification_to_requester"]
    assert member["change"] == {
        "how": "limited", "asked": "A visit with Dr. Far.", "approved": "A visit with a doctor in our network.",
    }  # fmt: skip
    assert {c["name"] for c in member["candidates"]} >= {there.sam.full_name}
    assert member["reasons"][0]["clause"] == "GG.1538 II.G"
    assert (member["rules"] is None) == (program == "medi-cal")
    assert member["appeal"]["days"] == {"medi-cal": 60, "onecare": 65}[program]
    assert "physician" not in member
    assert office["physician"]["name"] == physician.name
    assert office["authorization"]["codes"]


@PROGRAMS
def test_a_yes_in_part_names_the_chosen_doctor_who_is_told_too(there, tmp_path, who, program):
    referral = with_a_physician(there, who, program, wishes=there.sam)
    physician = there.person("physician@plan")
    advance(referral.pk, Answer(YES), person=physician, now=NOW)
    told = GrantInPart("Three visits and a new scan.", "One visit.", (Reason("III.G", WHY),),
                       clinical_reason="Your scan is new and clear.",
                       expertise="Trained in surgery of the spine for six years.", **RULES)  # fmt: skip
    data = letters_of(advance(referral.pk, told, person=physician, now=NOW), tmp_path)
    assert set(data) == {"modification_to_member", "modification_to_pcp", "authorization_to_professional"}
    assert data["modification_to_pcp"]["physician"]["phone"]
    assert data["modification_to_member"]["change"]["how"] == "partial"
    assert data["modification_to_member"]["professional"]["name"] == there.sam.full_name
    assert data["modification_to_member"]["clinical_reason"] == "Your scan is new and clear."


def test_more_time_names_what_is_missing_and_the_new_day(there, tmp_path):
    referral = with_a_physician(there, "one", "medi-cal", **OFFICE)
    told = Delay(14, "information", (Item("The pictures of your back", "II.C.3", holder="Harbor Light"),),
                 interest="With the pictures we may be able to say yes.")  # fmt: skip
    data = letters_of(advance(referral.pk, told, person=there.person("physician@plan"), now=NOW), tmp_path)
    delay = data["delay_to_member"]["delay"]
    assert delay["missing"] == [{"item": "The pictures of your back", "holder": "Harbor Light"}]
    assert delay["decision_expected_on"] == "2026-12-14"  # a Monday, 21 days after Monday 2026-11-23
    assert (delay["expert"], delay["examination"]) == (None, None)
    assert data["delay_to_member"]["fast_complaint_within_hours"] is None
    assert data["delay_to_requester"]["physician"]["phone"] == there.person("physician@plan").phone


@PROGRAMS
def test_a_refusal_to_decide_fast_keeps_the_first_receipt(there, tmp_path, who, program):
    referral = with_a_physician(there, who, program, urgency="expedited", urgency_reason="Pain.")
    told = RefuseExpedite("Your pain is the same as last month, and you can walk.")
    data = letters_of(advance(referral.pk, told, person=there.person("nurse@plan"), now=NOW), tmp_path)
    assert set(data) == {"expedite_refused_to_member"}
    letter = data["expedite_refused_to_member"]
    assert letter["expedite"]["asked_on"] == "2026-11-23"  # Monday
    assert letter["expedite"]["decision_due_on"] == "2026-11-30"  # Monday
    assert letter["fast_complaint_within_hours"] == {"medi-cal": None, "onecare": 24}[program]


def test_a_representative_without_a_form_is_told_that_no_time_runs_yet(there, tmp_path):
    request = asked(there, member=there.joe, program="onecare", urgency="expedited", urgency_reason="Pain.",
                    requester="authorized-representative", requester_name="Ann Smith")  # fmt: skip
    taken = receive(request, person=there.person("intake@plan"), now=NOW)
    told = RefuseExpedite("His pain is the same as last month, and he can walk.")
    data = letters_of(advance(taken.referral_id, told, person=there.person("nurse@plan"), now=NOW), tmp_path)
    assert set(data) == {"expedite_refused_to_member", "expedite_refused_to_requester"}
    assert {x["expedite"]["decision_due_on"] for x in data.values()} == {None}


@pytest.mark.parametrize(
    ("urgency", "late", "words"),
    [
        ("standard", datetime(2026, 12, 1, 18, tzinfo=UTC), "7 calendar days"),  # Tuesday
        ("expedited", datetime(2026, 11, 27, 18, tzinfo=UTC), "72 hours"),  # Friday
    ],
)
@PROGRAMS
def test_a_decision_not_made_in_time_says_how_long_it_was(there, tmp_path, who, program, urgency, late, words):
    office = {**OFFICE, "urgency": urgency, "urgency_reason": "Pain." if urgency == "expedited" else ""}
    referral = with_a_physician(there, who, program, **office)
    data = letters_of(advance(referral.pk, Deem(), person=SYSTEM, now=late), tmp_path)
    assert set(data) == {"deemed_denial_to_member", "deemed_denial_to_requester"}
    member = data["deemed_denial_to_member"]
    assert member["time_limit"]["words"] == words
    assert member["reasons"][0]["clause"] == "GG.1538 II.J"
    assert "there was no decision" in member["reasons"][0]["reason"]


def test_time_that_was_made_longer_is_counted_from_the_request(there, tmp_path):
    referral = with_a_physician(there, "one", "medi-cal")
    told = Delay(14, "expert", expert="a doctor who does surgery on the spine", interest="It may help us say yes.")
    advance(referral.pk, told, person=there.person("physician@plan"), now=NOW)
    late = datetime(2026, 12, 15, 18, tzinfo=UTC)  # Tuesday
    data = letters_of(advance(referral.pk, Deem(), person=SYSTEM, now=late), tmp_path)
    limit = data["deemed_denial_to_member"]["time_limit"]
    assert limit == {"words": "21 calendar days", "due_on": "2026-12-14"}  # Monday


def test_a_dismissal_tells_both_of_the_tries_and_of_both_ways_against_it(there, tmp_path):
    request = asked(there, member=there.joe, program="onecare", requester="authorized-representative",
                    requester_name="Ann Smith")  # fmt: skip
    taken = receive(request, person=there.person("intake@plan"), now=NOW)
    told = Dismiss("no-authority", "The form that names Ann Smith did not come.",
                   (Outreach(NOW - timedelta(hours=1), "by phone", "We asked for the form."),))  # fmt: skip
    data = letters_of(advance(taken.referral_id, told, person=there.person("nurse@plan"), now=NOW), tmp_path)
    assert set(data) == {"dismissal_to_member", "dismissal_to_requester"}
    said = data["dismissal_to_member"]["dismissal"]
    assert said["outreach"] == [{"on": "2026-11-23", "how": "by phone", "what": "We asked for the form."}]  # Monday
    assert (said["review_days"], said["review_by"]) == (65, "2027-01-27")  # Wednesday
    assert said["vacate_by"] == "2027-05-23"  # Sunday, within six months of Monday 2026-11-23


def test_a_dismissal_after_a_death_goes_to_the_family(there, tmp_path):
    request = asked(there, member=there.joe, program="onecare", requester_name="Joe Smith")
    taken = receive(request, person=there.person("intake@plan"), now=NOW)
    told = Dismiss("died", "Nobody told us that the request is still needed.")
    data = letters_of(advance(taken.referral_id, told, person=there.person("nurse@plan"), now=NOW), tmp_path)
    assert set(data) == {"dismissal_to_member"}
    assert data["dismissal_to_member"]["recipient"]["name"] == "The family of Joe Smith"


@pytest.mark.parametrize("ground", RESCISSIONS)
def test_an_approval_taken_back_can_be_kept_while_the_member_appeals(there, tmp_path, ground):
    referral = given_an_authorized_referral(there)
    nurse = there.person("nurse@plan")
    advance(referral.pk, Choose(there.sam.pk, "member", "phone"), person=nurse, now=NOW)
    told = Rescind(ground, "You told us something that we must act on now.", date(2026, 12, 7))  # Monday
    data = letters_of(advance(referral.pk, told, person=there.person("physician@plan"), now=NOW), tmp_path)
    assert set(data) == {"rescission_to_member", "rescission_to_professional"}
    letter = data["rescission_to_member"]
    assert letter["continuation_by"] == "2026-12-07"  # the later of ten days and the last day
    assert letter["reasons"][0]["criterion"] == WORDS["rescission"][ground]
    assert letter["authorization"]["number"] == Referral.objects.get(pk=referral.pk).authorization_number
    assert data["rescission_to_professional"]["ends_on"] == "2026-12-07"


def found_visit(there, **other):
    found = FoundVisit("claim", date(2026, 11, 12), "Elena Marsh, MD")  # Thursday
    taken = receive(asked(there, found=found, **other), person=there.person("intake@plan"), now=NOW)
    return taken.referral_id


@PROGRAMS
def test_an_unapproved_visit_is_told_with_its_rule_and_the_right_to_appeal(there, tmp_path, who, program):
    nothing_excuses = {
        "visit_was_outside_network": True,
        "visit_was_emergency_or_urgent": False,
        "visit_was_sensitive_service": False,
        "visit_continued_earlier_care": False,
        "provider_made_the_error": False,
        "decision_was_pending_or_late": False,
        "visit_was_authorized": False,
    }
    key = found_visit(there, member=getattr(there, who), program=program, answers=nothing_excuses)
    told = TellCost("We did not get a request before the visit, and it was not urgent.")
    data = letters_of(advance(key, told, person=there.person("physician@plan"), now=NOW), tmp_path)
    letter = data["cost_notice_to_member"]
    assert letter["visit"] == {"on": "2026-11-12", "professional_name": "Elena Marsh, MD", "found_by": "claim"}
    assert letter["reasons"][0]["clause"] == "GG.1538 III.D"
    assert "outside our network" in letter["reasons"][0]["criterion"]
    assert letter["hearing"]["days"] == 120


def test_a_visit_excused_is_told_why(there, tmp_path):
    key = found_visit(there)
    told = Excuse("The visit was for surgery that could not wait.")
    data = letters_of(advance(key, told, person=there.person("nurse@plan"), now=NOW), tmp_path)
    assert data["visit_excused_to_member"]["why"] == told.why
