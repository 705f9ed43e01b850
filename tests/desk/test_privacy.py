"""Why somebody looks is asked and kept; who looked and who was told can be shown; sensitive care has fewer eyes."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.urls import reverse

from county import NOW, TODAY, County, sign_in
from desk.life import again, received, step
from desk.ways import Browser, Clock, text
from referrals.life import DENIAL, given_a_referral_with_a_physician
from secondopinion.letters.carriers import PrintHouse
from secondopinion.people.models import AccessEntry, Disclosure
from secondopinion.people.rls import network_scope, plan_scope
from secondopinion.referrals.access import visible_to, work_list
from secondopinion.referrals.advance import advance
from secondopinion.referrals.disclosures import disclosures_of
from secondopinion.referrals.models import Notice, Referral, RunningClock
from secondopinion.referrals.posting import post
from secondopinion.referrals.sensitive import mark
from secondopinion.referrals.told import Withdraw

GONE = Withdraw("member", "Member One", "I changed my mind.")
SAID = {"purpose": "asked", "words": "The Member called and asks what became of it."}


def finished(place: County, tmp_path) -> Referral:
    """Withdrawn by intake, and the letter mailed: nothing is open any more."""
    referral = step(place, received(place), "intake@plan", GONE)
    with plan_scope(TODAY):
        for notice in Notice.objects.filter(referral=referral):
            post(notice.letter_id, now=NOW, carrier=PrintHouse(tmp_path))
    return again(referral)


def purposes() -> list[AccessEntry]:
    with plan_scope(TODAY):
        return list(AccessEntry.objects.exclude(purpose=""))


def test_whoever_opens_what_is_not_their_work_says_why_once_a_day(
    place: County, signed_in_as: Browser, front_door_at: Clock, tmp_path
):
    referral = finished(place, tmp_path)
    page, why = (reverse(name, args=[referral.number]) for name in ("referral", "say-why"))
    nurse = signed_in_as("nurse@plan")
    asked = nurse.get(page)
    assert asked.status_code == 303
    question = text(nurse.get(asked["Location"]))
    assert f"Why do you open {referral.number}?" in question
    assert "Member One" not in question
    assert "lower back" not in question
    answer = nurse.post(why, {**SAID, "next": page})
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert "Member One" in text(nurse.get(page))
    assert nurse.get(reverse("consultation", args=[referral.number])).status_code == 200
    (kept,) = purposes()
    assert (kept.person, kept.about, kept.purpose, kept.words) == (
        "Nurse of Plan", referral.number, "asked", SAID["words"],
    )  # fmt: skip
    assert signed_in_as("physician@plan").get(page).status_code == 303, "one person's word is not another's"
    front_door_at(datetime(2026, 11, 24, 7, 59, tzinfo=UTC))  # Monday 23:59 in California
    assert nurse.get(page).status_code == 200
    front_door_at(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))  # Tuesday 0:00 in California
    assert nurse.get(page).status_code == 303


@pytest.mark.parametrize(
    "name", ["referral", "consultation", "packet-pdf", "decide", "sensitive", "choose-professional"]
)
def test_every_page_of_it_asks(place: County, signed_in_as: Browser, tmp_path, name):
    address = reverse(name, args=[finished(place, tmp_path).number])
    answer = signed_in_as("physician@plan").get(address)
    assert answer.status_code == 303
    assert "/why/" in answer["Location"]


def test_a_letter_is_not_read_and_a_form_not_taken_before_it_is_said(place: County, signed_in_as: Browser, tmp_path):
    referral = finished(place, tmp_path)
    with plan_scope(TODAY):
        letter = Notice.objects.filter(referral=referral).first().letter_id
    nurse = signed_in_as("nurse@plan")
    for name in ("letter", "letter-pdf"):
        assert nurse.get(reverse(name, args=[referral.number, letter])).status_code == 303
    taken = nurse.post(
        reverse("sensitive", args=[referral.number]), {"segment": "violence", "holds": "yes", "why": "x"}
    )
    assert "/why/" in taken["Location"]
    assert again(referral).position == referral.position


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"purpose": "", "words": "x"}, "Choose why you open it."),
        ({"purpose": "curious", "words": "x"}, "curious"),
        ({"purpose": "asked", "words": " "}, "“In a sentence” is missing."),
        ({"purpose": "asked", "words": "x" * 301}, "at most 300"),
    ],
)
def test_a_purpose_that_is_none_opens_nothing(place: County, signed_in_as: Browser, tmp_path, said, sentence):
    referral = finished(place, tmp_path)
    refused = signed_in_as("nurse@plan").post(reverse("say-why", args=[referral.number]), said)
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert purposes() == []


@pytest.mark.parametrize(
    "wanted", ["https://example.org/", "//example.org", "/", "/referrals/x/../../", "\\\\example.org"]
)
def test_the_question_leads_to_no_other_place(place: County, signed_in_as: Browser, tmp_path, wanted):
    referral = finished(place, tmp_path)
    answer = signed_in_as("nurse@plan").post(reverse("say-why", args=[referral.number]), {**SAID, "next": wanted})
    assert answer["Location"] == reverse("referral", args=[referral.number])


def test_nobody_is_asked_about_the_own_work(place: County, signed_in_as: Browser, front_door_at: Clock, tmp_path):
    open_one, over = received(place), finished(place, tmp_path)
    assert signed_in_as("nurse@plan").get(reverse("referral", args=[open_one.number])).status_code == 200
    intake, page = signed_in_as("intake@plan"), reverse("referral", args=[over.number])
    assert intake.get(page).status_code == 200, "who took the last step reads it on"
    front_door_at(NOW + timedelta(days=30, minutes=1))
    assert intake.get(page).status_code == 303


def test_a_network_is_not_asked_about_its_own_members(place: County, signed_in_as: Browser, tmp_path):
    referral = received(place, member=place.maria, requester_name="Maria Reyes")
    referral = step(place, referral, "nurse@citrus", GONE)
    with plan_scope(TODAY):
        for notice in Notice.objects.filter(referral=referral):
            post(notice.letter_id, now=NOW, carrier=PrintHouse(tmp_path))
    page = reverse("referral", args=[referral.number])
    assert signed_in_as("physician@citrus").get(page).status_code == 200
    assert signed_in_as("physician@sierra").get(page).status_code == 404
    assert signed_in_as("physician@sierra").get(reverse("say-why", args=[referral.number])).status_code == 404


def test_the_log_tells_the_member_who_looked_when_and_why(place: County, signed_in_as: Browser, tmp_path):
    referral = finished(place, tmp_path)
    nurse = signed_in_as("nurse@plan")
    nurse.post(reverse("say-why", args=[referral.number]), SAID)
    nurse.get(reverse("referral", args=[referral.number]))
    signed_in_as("intake@plan").get(reverse("intake", args=["M0000001"]))
    signed_in_as("intake@plan").get(reverse("intake", args=["M0000003"]))
    page = text(signed_in_as("intake@plan").get(reverse("looks", args=["M0000001"])))
    assert "Nurse of Plan Orchard County Health Plan Opened your request" in page
    said = f"Said why your request is opened {referral.number} The Member, or who acts for the Member, asks about it: "
    assert said + SAID["words"] in page
    assert "Took in a request for you" in page
    assert "M0000003" not in page


@pytest.mark.parametrize("name", ["looks", "disclosures", "disclosures-csv"])
def test_a_network_sends_the_member_to_the_plan(place: County, signed_in_as: Browser, name):
    answer = signed_in_as("nurse@citrus").get(reverse(name, args=["M0000003"]))
    assert answer.status_code == 403
    assert "Send the Member to the plan." in text(answer)


def test_a_letter_stands_among_the_disclosures_with_its_address_and_purpose(place: County, tmp_path):
    with plan_scope(TODAY):
        office = {
            "requester": "physician",
            "requester_name": "Grace Lind, MD",
            "requester_address": "1 Main St\nOrange",
        }
        referral = given_a_referral_with_a_physician(place, **office)
        advance(referral.pk, DENIAL, person=place.person("physician@plan"), now=NOW)
        assert disclosures_of(place.one, TODAY) == [], "what has not left is no disclosure"
        for notice in Notice.objects.filter(referral=referral):
            post(notice.letter_id, now=NOW, carrier=PrintHouse(tmp_path))
        found = disclosures_of(place.one, TODAY)
    own = next(each for each in found if each.what == "Letter: Denial, to the Member")
    office = next(each for each in found if each.to == "Grace Lind, MD")
    assert (own.purpose.key, own.accounted, own.address) == ("member", False, "12 Grove Street, Orchard City, CA 92999")
    assert (office.to, office.purpose.key, office.accounted) == ("Grace Lind, MD", "payment", False)


LEFT = {
    "on": "2026-11-20", "to_name": "The County Coroner", "to_address": "1 Civic Way", "what": "The whole file",
    "purpose": "coroner", "why": "A request in writing of Thursday 2026-11-19",
}  # fmt: skip


def test_what_left_otherwise_is_written_down_and_accounted_for(place: County, signed_in_as: Browser):
    client, page = signed_in_as("nurse@plan"), reverse("disclosures", args=["M0000001"])
    assert "Nothing was disclosed that the law has in the accounting." in text(client.get(page))
    assert client.post(page, LEFT).status_code == 303
    client.post(page, {**LEFT, "purpose": "operations", "to_name": "=cmd|' /C calc'!A0"})
    said = text(client.get(page))
    accounted, _, others = said.partition("What the law leaves out of it")
    assert "The County Coroner 1 Civic Way The whole file To a coroner" in accounted
    assert "To run the plan" in others
    assert "To run the plan" not in accounted.partition("The accounting")[2]
    rows = list(csv.DictReader(StringIO(client.get(reverse("disclosures-csv", args=["M0000001"])).content.decode())))
    assert {(row["To"], row["In the accounting"]) for row in rows} == {
        ("The County Coroner", "yes"), ("'=cmd|' /C calc'!A0", "no"),
    }  # fmt: skip
    assert "The County Coroner" not in text(client.get(reverse("disclosures", args=["M0000003"])))


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"on": "2026-11-24"}, "Nothing can have left in the future."),
        ({"on": "2020-11-22"}, "further back than an accounting reaches"),
        ({"to_name": ""}, "“To whom” is missing."),
        ({"purpose": "gossip"}, "gossip"),
        ({"why": " "}, "“Why” is missing."),
    ],
)
def test_a_disclosure_that_lacks_something_is_refused(place: County, signed_in_as: Browser, other, sentence):
    refused = signed_in_as("nurse@plan").post(reverse("disclosures", args=["M0000001"]), {**LEFT, **other})
    assert refused.status_code == 422
    assert sentence in text(refused)
    with plan_scope(TODAY):
        assert not Disclosure.objects.exists()


@pytest.mark.parametrize(("who", "sees"), [
    ("intake@plan", True), ("nurse@plan", True), ("physician@plan", True), ("appeals@plan", True),
    ("contracting@plan", False),
])  # fmt: skip
def test_sensitive_referrals_have_fewer_eyes(place: County, signed_in_as: Browser, who, sees):
    plain, coded = received(place, condition_code="M54.5"), received(place, condition_code="F32.1")
    said = received(place, condition_code="M54.5")
    cleared = received(place, condition_code="F32.1")
    with plan_scope(TODAY):
        nurse = place.person("nurse@plan")
        mark(said, "reproductive", True, "The notes say so.", person=nurse, now=NOW)
        mark(cleared, "behavioural_health", False, "A slip of the code.", person=nurse, now=NOW)
        hidden = {coded.pk, said.pk}
        everything = hidden | {plain.pk, cleared.pk}
        for rows in (visible_to(place.person(who)), work_list(place.person(who))):
            assert set(rows.values_list("pk", flat=True)) == (everything if sees else everything - hidden)
    if not sees:
        for each in (coded, said):
            assert signed_in_as(who).get(reverse("referral", args=[each.number])).status_code == 404


def test_contracting_sees_a_sensitive_referral_while_an_agreement_is_to_be_made(place: County):
    referral = received(place, condition_code="F32.1")
    with plan_scope(TODAY):
        RunningClock.objects.create(
            referral=referral, kind="agreement", rule="agreement", label="x", authority="x", started_at=NOW,
            due_at=NOW + timedelta(days=3),
        )  # fmt: skip
        assert visible_to(place.person("contracting@plan")).filter(pk=referral.pk).exists()


def test_the_last_word_on_what_is_sensitive_counts_and_every_word_is_kept(place: County, signed_in_as: Browser):
    referral = received(place, condition_code="M54.5")
    client, page = signed_in_as("nurse@plan"), reverse("sensitive", args=[referral.number])
    assert "No, by the code of the condition" in text(client.get(page))
    word = {"segment": "substance_use", "holds": "yes", "why": "The intake notes of Friday."}
    assert client.post(page, word).status_code == 303
    assert "Yes: substance use." in text(client.get(page))
    assert "Sensitive: substance use" in text(client.get(reverse("referral", args=[referral.number])))
    client.post(page, {**word, "holds": "no", "why": "It was another Member's note."})
    said = text(client.get(page))
    assert "No, by the code of the condition" in said
    assert "The intake notes of Friday." in said
    refused = client.post(page, {"segment": "substance_use", "holds": "yes", "why": ""})
    assert refused.status_code == 422


def test_without_a_code_nobody_knows_and_the_page_says_so(place: County, signed_in_as: Browser):
    referral = received(place)
    said = text(signed_in_as("nurse@plan").get(reverse("sensitive", args=[referral.number])))
    assert "Nobody knows yet" in said


def test_marks_belong_to_the_network_of_the_referral(place: County):
    referral = received(place, member=place.maria, requester_name="Maria Reyes", condition_code="M54.5")
    with plan_scope(TODAY):
        mark(referral, "gender", True, "The notes say so.", person=place.person("nurse@citrus"), now=NOW)
        for network, count in ((place.citrus, 1), (place.sierra, 0)):
            with network_scope(network.pk, on=date(2026, 11, 23)):  # Monday
                assert referral.sensitive_marks.count() == count


def test_signing_in_opens_no_log_of_another_member(place: County, client):
    sign_in(client, "nurse@sierra")
    assert client.get(reverse("representatives", args=["M0000003"])).status_code == 404
