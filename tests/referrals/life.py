"""A referral of the small county, brought to where a test begins, by real steps."""

from datetime import UTC, datetime

from county import NOW
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.told import (
    Deny,
    Reason,
    ReferUp,
    TakeUp,
)

RECEIVED = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # Monday 2026-11-23 09:00 in California
YES = {"surgery_is_recommended": True, "member_questions_surgery": True}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def asked(there, **other):
    said = {
        "member": there.one,
        "program": "medi-cal",
        "channel": "phone",
        "received_at": RECEIVED,
        "requester": "member",
        "requester_name": "Member One",
        "opinion": "second",
        "about": "specialist-care",
        "condition": "surgery on the lower back",
        "procedure": "back surgery",
        "clinician": there.first,
    }
    return Request(**{**said, **other})


def given_an_authorized_referral(there, **other):
    taken = receive(asked(there, answers=YES, **other), person=there.person("intake@plan"), now=NOW)
    return Referral.objects.get(pk=taken.referral_id)


def given_a_referral_with_a_physician(there, **other):
    taken = receive(asked(there, **other), person=there.person("intake@plan"), now=NOW)
    nurse = there.person("nurse@plan")
    advance(taken.referral_id, TakeUp(complete=True), person=nurse, now=NOW)
    advance(taken.referral_id, ReferUp("Nothing in the list fits; please look."), person=nurse, now=NOW)
    return Referral.objects.get(pk=taken.referral_id)


DENIAL = Deny(
    reasons=(Reason("II.C.4", "Your treatment started nine days ago, and your doctor planned six weeks."),),
    clinical_reason="Both scans show wear of the joint and no tear; exercise is the usual first step.",
    why_not_otherwise="There is no other doubt on record, and no open question of coverage or of another opinion.",
    would_change="A note from your doctor that six weeks of treatment did not help",
    expertise="Fifteen years of joint and back care in family practice, and a talk with a spine surgeon.",
)


def steps(referral):
    return list(Event.objects.filter(referral=referral).order_by("position").values_list("step", flat=True))
