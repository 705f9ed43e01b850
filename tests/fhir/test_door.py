"""`POST /fhir/pas/2.2.1/Claim/$submit`: a request on the wire becomes a referral and is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings

from county import NOW, TODAY, County
from fhir import bundles as b
from fhir.wire import Json, answer_of, decision, issue_of, notes, nothing_was_kept, post
from secondopinion.fhir.models import Submission
from secondopinion.people.models import AccessEntry
from secondopinion.referrals.models import Event, Referral


def test_a_complete_request_is_received_and_authorized_by_the_policy_at_the_door(orchard: County) -> None:
    answered = answer_of(post(b.request()), "certified")
    assert decision(answered) == "A1"
    referral = Referral.objects.get()
    assert (referral.channel, referral.received_at, referral.entered_at) == ("fhir", NOW, NOW)
    assert (referral.state, referral.opinion, referral.about) == ("authorized", "second", "specialist-care")
    assert (referral.requester, referral.requester_npi) == ("provider", "1245319599")
    assert referral.professional == orchard.sam
    assert answered["identifier"][0]["value"] == referral.number
    assert answered["preAuthPeriod"]["start"] == TODAY.isoformat()
    assert AccessEntry.objects.get(about=referral.number).person == "Example office"
    assert Submission.objects.get().referral == referral


def test_a_request_without_a_reason_is_pended_with_the_questions_that_would_settle_it(orchard: County) -> None:
    bundle = b.request()
    del b.resource(bundle, b.CLAIM)["supportingInfo"]
    answered = answer_of(post(bundle), "pended for information")
    assert decision(answered) == "A4"
    questions = [note["text"] for note in answered["processNote"]]
    assert "Has somebody recommended an operation that has not been done yet?" in questions
    assert all(question.endswith("?") or "(Ask when" in question for question in questions)
    assert Referral.objects.get().state == "received"


def test_answers_of_a_questionnaire_settle_the_request(orchard: County) -> None:
    bundle = b.request()
    del b.resource(bundle, b.CLAIM)["supportingInfo"]
    yes = [{"valueBoolean": True}]
    items = [{"linkId": name, "answer": yes} for name in (
        "member_questions_surgery", "surgery_is_recommended", "about_is_specialist_care",
        "reviewer_finds_another_reason", "somebody_elses_question",
    )]  # fmt: skip
    answers = {"resourceType": "QuestionnaireResponse", "id": "qr", "status": "completed", "item": items}
    bundle["entry"].append(b.entry(answers))
    assert decision(answer_of(post(bundle))) == "A1"
    # A licensed reviewer's judgment is not taken from outside.
    recorded = Event.objects.get(step="receive").details["answers"]
    assert recorded == {"member_questions_surgery": True, "surgery_is_recommended": True}


def test_an_unmarked_request_is_received_and_pended_for_a_person_to_classify(orchard: County) -> None:
    answered = answer_of(post(b.unmarked()), "pended for a person")
    assert decision(answered) == "A4"
    assert "A person will read this request" in notes(answered)
    referral = Referral.objects.get()
    assert (referral.state, referral.opinion, referral.about) == ("received", "", "")
    assert referral.due_at is not None


def test_a_third_opinion_is_received_as_one(orchard: County) -> None:
    bundle = b.saying("Third opinion: the two surgeons differ", b.marked(category="21"))
    assert decision(answer_of(post(bundle), "third")) == "A4"
    assert Referral.objects.get().opinion == "third"


def test_an_urgent_request_runs_the_urgent_clock(orchard: County) -> None:
    bundle = b.unmarked()
    b.resource(bundle, b.CLAIM)["extension"] = [
        b.extension("levelOfServiceCode", valueCodeableConcept=b.concept(b.X12 + "1338", "U"))
    ]
    answer_of(post(bundle))
    referral = Referral.objects.get()
    assert (referral.urgency, referral.urgency_reason) == ("expedited", "Sent as urgent: X12 UM06 U.")
    assert referral.due_at is not None
    assert referral.due_at <= NOW + timedelta(hours=72)


def test_the_receipt_is_the_servers_own_clock_whatever_the_sender_stamped(orchard: County) -> None:
    bundle = b.request() | {"timestamp": "2026-11-23T15:00:00-08:00"}
    answer_of(post(bundle))
    assert Referral.objects.get().received_at == NOW


@pytest.mark.parametrize(
    "name", ["second-opinion-samples/so-request", "examples/pas-2.2.1/Bundle-ReferralAuthorizationBundleExample"]
)
def test_the_samples_become_referrals(orchard: County, name: str) -> None:
    sample = settings.SHARED / "fhir" / f"{name}.json"
    if not sample.exists():
        pytest.skip(f"the guides' samples are not on this machine ({sample})")
    answered = answer_of(post(sample.read_bytes()), sample.stem)
    referral = Referral.objects.get()
    marked = "so-request" in name
    assert decision(answered) == ("A1" if marked else "A4")
    assert referral.member == (orchard.one if marked else orchard.joe)
    assert (referral.opinion == "") is not marked


def test_an_unknown_member_is_answered_with_code_75_and_nothing_is_kept(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.PATIENT)["birthDate"] = "1961-04-10"
    answered = answer_of(post(bundle), "unknown member")
    assert (answered["outcome"], answered["error"][0]["code"]["coding"][0]["code"]) == ("error", "75")
    assert "Nothing was recorded" in notes(answered)
    assert nothing_was_kept()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda p: p.pop("birthDate"), True),
        (lambda p: p.update(name=[{"family": "Quill-Vega", "given": ["Mari"]}]), True),
        (lambda p: p.update(birthDate="1961", name=[{"text": "MARISOL QUILL"}]), True),
        (lambda p: (p.pop("birthDate"), p.update(name=[{"family": "Quill", "given": ["Ana"]}])), False),
        (lambda p: (p.pop("birthDate"), p.pop("name")), False),
    ],
)
def test_two_identifiers_make_a_member(orchard: County, change: Callable[[Json], object], found: bool) -> None:
    bundle = b.request()
    change(b.resource(bundle, b.PATIENT))
    assert (answer_of(post(bundle))["outcome"] == "complete") is found


def test_the_number_alone_is_no_member(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.PATIENT)["identifier"][0]["value"] = "M0000001"
    b.resource(bundle, b.COVERAGE)["subscriberId"] = "M0000001"
    assert answer_of(post(bundle))["outcome"] == "error"


def test_pace_is_refused_with_where_to_go(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.COVERAGE)["type"] = {"text": "PACE"}
    issue = issue_of(post(bundle), 422)
    assert "Orchard County PACE Center" in issue["diagnostics"]
    assert "1-800-555-0149" in issue["diagnostics"]
    assert nothing_was_kept()


def test_a_program_the_member_is_not_in_is_answered_with_an_error(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.COVERAGE)["type"] = {"text": "OneCare"}
    answered = answer_of(post(bundle), "wrong program")
    assert answered["outcome"] == "error"
    assert "enrolled in medi-cal, not in onecare" in notes(answered)
    assert nothing_was_kept()


def test_a_professional_who_is_not_in_the_directory_is_written_down_for_a_person(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.DOCTOR)["identifier"][0]["value"] = "1003000126"
    answered = answer_of(post(bundle), "certified, nobody chosen")
    assert "The Member chooses one" in notes(answered)
    assert "Adwoa Osei, NPI 1003000126, who is not in the directory" in Referral.objects.get().request_words
