"""Somebody is not content: what was said opens an appeal, a complaint, or both; and what comes back is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from county import NOW, TODAY, County
from desk.ways import Browser, brought, stage_for
from referrals.brought import authorized, contact, denied, reported, with_a_physician
from referrals.life import PDF
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral

Clock = Callable[[datetime], None]
SAID = {
    "words": "Nobody called me back, and I still want the other doctor.", "wants_change": "yes", "unhappy": "no",
    "by": "member", "by_name": "Member One", "day": "2026-11-23", "time": "09:45",
}  # fmt: skip
HAPPY: dict[str, tuple[dict[str, str], str]] = {
    "acknowledge": ({"which": "appeal"}, "acknowledged the appeal in writing"),
    "uphold": ({"by_name": "Dr. Elm", "why": "The scan shows no change."}, "the appeal left the decision as it was"),
    "overturn": (
        {"by_name": "Dr. Elm", "why": "A surgery was named.", "level": "appeal"},
        "recorded that the decision was changed to a yes"),
    "lift": (
        {"by_name": "Dr. Elm", "why": "Nobody inside is near.", "level": "appeal"},
        "recorded that the decision was changed in the Member's favor"),
    "answer_complaint": (
        {"by_name": "Ann Oak", "outcome": "We are sorry, and call today."},
        "Ann Oak answered the complaint in writing"),
}  # fmt: skip


@pytest.mark.parametrize("step", HAPPY)
def test_each_form_of_the_appeals_team_takes_its_step(
    place: County, signed_in_as: Browser, front_door_at: Clock, step: str
) -> None:
    stage = stage_for(step, place, signed_in_as, front_door_at)
    said, sentence = HAPPY[step]
    taken = stage.take(step, **said)
    assert taken.status_code == 303
    assert stage.last().step == step
    assert sentence in stage.page()


@pytest.mark.parametrize("step", HAPPY)
def test_each_form_of_the_appeals_team_keeps_what_was_typed_when_it_lacks_something(
    place: County, signed_in_as: Browser, front_door_at: Clock, step: str
) -> None:
    stage = stage_for(step, place, signed_in_as, front_door_at)
    said, _ = HAPPY[step]
    first = next(iter(said))
    refused = stage.take(step, **{**said, first: ""})
    assert refused.status_code == 422
    assert f'href="#{step}-{first}' in refused.content.decode()
    for typed in [value for name, value in said.items() if name in ("why", "outcome")]:
        assert typed in refused.content.decode()
    assert stage.last().step != step


@pytest.mark.clause("II.K.2")
def test_what_is_said_after_a_denial_opens_an_appeal_by_its_policies(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, denied, "intake@plan", signed_in_as)
    assert stage.take("dispute", **SAID).status_code == 303
    now = stage.now()
    assert now.appeal_received_at == NOW - timedelta(minutes=15)
    assert now.complaint_received_at is None
    page = stage.page()
    for words in ("Appeals and complaints", "Appeal, open", "It objects to the denial", "GG.1510", "HH.1108",
                  "Acknowledge the appeal", "Decide the appeal by Wed, Dec 23, 2026"):  # fmt: skip
        assert words in page


def test_the_form_asks_in_plain_words_and_shows_which_way_each_answer_goes(
    place: County, signed_in_as: Browser
) -> None:
    page = brought(place, denied, "intake@plan", signed_in_as).page()
    form = page.split("Write down that somebody is not content")[1].split("Facts beside clauses")[0]
    for words in ("What did the person say?", "Does the person want the decision changed?",
                  "Is the person unhappy with something else?", "Not sure", "GG.1510", "HH.1102"):  # fmt: skip
        assert words in form
    assert form.count("Acknowledge") == 2


@pytest.mark.parametrize(("answers", "appeal", "complaint"), [
    (("yes", "yes"), True, True),
    (("unsure", "unsure"), True, True),
    (("no", "unsure"), False, True),
    (("yes", "unsure"), True, True),
    (("yes", "no"), True, False),
    (("no", "yes"), False, True),
])  # fmt: skip
def test_what_may_be_a_complaint_is_one_and_one_contact_opens_both(
    place: County, signed_in_as: Browser, answers: tuple[str, str], appeal: bool, complaint: bool
) -> None:
    stage = brought(place, denied, "intake@plan", signed_in_as)
    wants, unhappy = answers
    assert stage.take("dispute", **{**SAID, "wants_change": wants, "unhappy": unhappy}).status_code == 303
    now = stage.now()
    assert (now.appeal_received_at is not None, now.complaint_received_at is not None) == (appeal, complaint)
    page = stage.page()
    assert ("Appeal, open" in page, "Complaint, open" in page) == (appeal, complaint)


def test_twice_no_opens_nothing_and_keeps_the_words(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, denied, "intake@plan", signed_in_as)
    refused = stage.take("dispute", **{**SAID, "wants_change": "no"})
    assert refused.status_code == 422
    assert "Twice no: then there is nothing to open." in refused.content.decode()
    assert SAID["words"] in refused.content.decode()
    assert stage.last().step != "dispute"


def test_where_nothing_was_refused_the_form_says_to_record_a_complaint(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, authorized, "intake@plan", signed_in_as)
    refused = stage.take("dispute", **SAID)
    assert refused.status_code == 422
    assert "there is nothing to appeal. Record it as a complaint" in refused.content.decode()
    assert SAID["words"] in refused.content.decode()
    unsure = stage.take("dispute", **{**SAID, "wants_change": "unsure"})
    assert unsure.status_code == 303
    assert "Complaint, open" in stage.page()


def test_a_physician_without_the_members_consent_is_told_what_to_do(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, denied, "intake@plan", signed_in_as)
    physician = {**SAID, "by": "physician", "by_name": "Dr. Peter Holm", "supported": "on"}
    refused = stage.take("dispute", **physician)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Get the consent, or take the appeal from the Member by phone: a spoken appeal counts." in page
    assert 'value="Dr. Peter Holm"' in page
    assert SAID["words"] in page
    assert stage.take("dispute", **physician, consent="on").status_code == 303
    assert stage.now().appeal_expedited is True
    assert "Fast" in stage.page()


def test_what_came_of_an_appeal_stands_beside_what_was_said(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, lambda c: denied(c).then(contact(), "intake@plan"), "appeals@plan", signed_in_as)
    assert stage.take("uphold", by_name="Dr. Elm", why="The scan shows no change.").status_code == 303
    page = stage.page()
    for words in ("Appeal, answered", "This is not right.", "The decision stands", "Dr. Elm",
                  "The scan shows no change."):  # fmt: skip
        assert words in page


def test_the_appeals_team_sees_what_is_open_the_least_time_left_first(place: County, signed_in_as: Browser) -> None:
    slow = brought(place, lambda c: denied(c).then(contact(), "intake@plan"), "appeals@plan", signed_in_as)
    fast = brought(place, lambda c: denied(c).then(contact(expedited=True), "intake@plan"), "appeals@plan",
                   signed_in_as)  # fmt: skip
    quiet = brought(place, with_a_physician, "appeals@plan", signed_in_as)
    page = slow.client.get(reverse("work-list")).content.decode()
    rows = [row.partition("/referrals/")[2][:14] for row in page.split('<th scope="row"')[1:]]
    assert rows == [fast.referral.number, slow.referral.number]
    assert quiet.now().state == "physician_review"
    assert "Appeals and complaints" in page
    assert fast.take("uphold", by_name="Dr. Elm", why="The scan shows no change.").status_code == 303
    listed = slow.client.get(reverse("work-list")).content.decode()
    assert "Write the answer to the appeal by" in listed  # it is answered, and the letter has not left
    assert fast.take("write_answer", which="appeal", mailed_on="2026-11-23").status_code == 303
    assert fast.referral.number not in slow.client.get(reverse("work-list")).content.decode()
    intake = signed_in_as("intake@plan").get(reverse("work-list"), {"view": "appeals"}).content.decode()
    assert "Decide the appeal by" not in intake


@pytest.mark.clause("II.D")
def test_after_a_report_that_differs_a_third_opinion_is_asked_for_in_one_step(
    place: County, signed_in_as: Browser, front_door_at: Clock
) -> None:
    front_door_at(NOW + timedelta(days=5))  # Saturday 2026-11-28
    stage = brought(place, reported, "intake@plan", signed_in_as)
    for name in ("referral", "consultation"):
        assert "Ask for a third opinion" in stage.page(name)
    said = {"requester": "member", "requester_name": "Member One", "channel": "phone", "day": "2026-11-28",
            "time": "09:00", "seen": str(stage.now().position), "page": "consultation"}  # fmt: skip
    address = reverse("ask-another", args=[stage.referral.number])
    lacking = stage.client.post(address, {**said, "requester_name": "", "words": "I want to be sure"})
    assert lacking.status_code == 422
    assert "“Name of that person” is missing." in lacking.content.decode()
    assert "I want to be sure" in lacking.content.decode()
    done = stage.client.post(address, said)
    assert done.status_code == 303
    with plan_scope(TODAY):
        third = Referral.objects.get(follows=stage.referral)
    assert (third.state, third.opinion, third.opinion_number) == ("authorized", "third", 3)
    assert done.headers["Location"] == reverse("referral", args=[third.number])
    page = stage.page()
    assert f"Third opinion {third.number}" in page
    assert "Differs from the first" in page
    assert "Ask for a third opinion" not in page
    again = stage.client.post(address, said)
    assert again.status_code == 409
    assert "The next opinion was asked for already." in again.content.decode()


def test_a_report_can_be_said_to_differ_otherwise_and_a_person_may_settle_the_need(
    place: County, signed_in_as: Browser, front_door_at: Clock
) -> None:
    stage = stage_for("report", place, signed_in_as, front_door_at)
    said = {"signed_on": "2026-11-27", "need": "needed", "summary": "I agree that it is needed, at another level.",
            "other_disparity": "The consultant sees another diagnosis.", "differs": "yes"}  # fmt: skip
    bare = stage.take("report", file=SimpleUploadedFile("r.pdf", PDF, "application/pdf"), **said)
    assert bare.status_code == 422
    assert "Say in a sentence why." in bare.content.decode()
    assert "The consultant sees another diagnosis." in bare.content.decode()
    why = {"differs_why": "The operation is another one."}
    done = stage.take("report", file=SimpleUploadedFile("r.pdf", PDF, "application/pdf"), **said, **why)
    assert done.status_code == 303
    page = stage.page("consultation")
    assert "The consultant sees another diagnosis." in page
    assert "differs from the first opinion on the need" in page
