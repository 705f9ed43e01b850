"""Asking on the Member's own page: one thing a page, kept, checked, sent once, and received as intake receives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from county import NOW, TODAY, County
from desk.life import received
from portal.asks import ALL, ASK, answer, draft_on, sent
from portal.test_own_page import opened, rosa, text
from secondopinion.people.models import Enrollment
from secondopinion.people.rls import plan_scope
from secondopinion.policy.gg1538 import questions
from secondopinion.portal.questions import PAGES
from secondopinion.portal.words import ALL as WORDS
from secondopinion.referrals import asking
from secondopinion.referrals.models import Draft, Event, Notice, Referral
from secondopinion.referrals.reading import snapshot_of

Door = Callable[[datetime], None]


@pytest.fixture
def mine(place: County) -> Client:
    """Member One's browser, with the page open."""
    return opened(place)


def test_each_page_leads_to_the_next_and_the_last_to_the_check(mine: Client) -> None:
    begun = mine.post(f"{ASK}begin/")
    assert begun.headers["Location"] == f"{ASK}urgent/"
    for page, follows in zip(ALL, [*list(ALL)[1:], "check"], strict=True):
        assert answer(mine, [page]).headers["Location"] == f"{ASK}{follows}/"


def test_what_was_answered_is_received_as_intake_receives_it(place: County, mine: Client) -> None:
    answer(mine)
    made = sent(mine)
    assert (made.channel, made.requester, made.requester_name) == ("page", "member", "Member One")
    assert (made.received_at, made.entered_at) == (NOW, NOW)
    assert (made.opinion, made.about, made.clinician_id) == ("second", "specialist-care", place.first.pk)
    assert (made.condition, made.procedure, made.requester_phone) == (
        "pain in my lower back", "back surgery", "714-555-0100",
    )  # fmt: skip
    known = {fact: said for fact, said in snapshot_of(made).answers.items() if said is not None}
    assert known == {
        "surgery_is_recommended": True,
        "member_questions_surgery": True,
        "member_questions_diagnosis": True,
        "member_consulted_initial_provider": True,
        "condition_is_serious": False,
        "condition_persists_or_worsens": False,
        "condition_needs_ongoing_treatment": False,
        "treatment_is_in_progress": False,
    }, "what was not marked is not known"
    with plan_scope(TODAY):
        first = Event.objects.get(referral=made, position=1)
        assert (first.step, first.role, first.actor) == (
            "receive",
            "member",
            "The Member, on a page of the Member’s own",
        )
        assert [*Event.objects.filter(referral=made).values_list("step", flat=True)] == ["receive", "authorize"]
        assert Notice.objects.filter(referral=made, kind="approval_to_member").exists()


def test_the_receipt_tells_the_number_and_the_answer(mine: Client) -> None:
    answer(mine)
    made = sent(mine)
    said = text(mine.get(f"/your-page/requests/{made.number}/sent/"))
    assert made.number in said
    assert "The answer is yes." in said


def test_where_the_answers_settle_nothing_the_receipt_tells_the_latest_day(mine: Client) -> None:
    answer(mine, surgery={"choice": "unsure"}, doubts={"marked": ["unsure"]}, lasting={"marked": ["unsure"]},
           pages=[page for page in ALL if page != "tried"])  # fmt: skip
    made = sent(mine)
    assert made.state == "received"
    assert "We tell you our answer by Monday, November 30, 2026 at the latest." in text(
        mine.get(f"/your-page/requests/{made.number}/sent/")
    )


def test_sent_twice_it_is_one_referral(mine: Client) -> None:
    answer(mine)
    told = {"draft": draft_on(mine)}
    first, second = mine.post(f"{ASK}send/", told), mine.post(f"{ASK}send/", told)
    assert first.headers["Location"] == second.headers["Location"]
    with plan_scope(TODAY):
        assert Referral.objects.count() == 1


def test_answers_are_kept_and_found_again_with_another_code(place: County, mine: Client) -> None:
    answer(mine, ["urgent", "doctor"])
    again = opened(place)
    assert "We keep your answers until Wednesday, December 23, 2026." in text(again.get("/your-page/"))
    assert again.post(f"{ASK}begin/").headers["Location"] == f"{ASK}which/"
    assert 'value="Dr. Holm"' in again.get(f"{ASK}doctor/").content.decode()


def test_answers_are_gone_after_their_days_and_at_once_when_the_member_says_so(mine: Client) -> None:
    answer(mine, ["urgent"])
    last = asking.gone_on(NOW)
    assert f"{last:%A %F}" == "Wednesday 2026-12-23"
    with plan_scope(last):
        assert asking.delete_old_drafts(last) == 0
    with plan_scope(last + timedelta(days=1)):
        assert asking.delete_old_drafts(last + timedelta(days=1)) == 1
    answer(mine, ["urgent"])
    mine.post(f"{ASK}forget/")
    with plan_scope(TODAY + timedelta(days=99)):
        assert not Draft.objects.exists()


def test_a_sent_draft_keeps_the_number_and_no_answer(mine: Client) -> None:
    answer(mine)
    made = sent(mine)
    with plan_scope(TODAY + timedelta(days=99)):
        draft = Draft.objects.get()
        assert (draft.sent_number, draft.answers) == (made.number, {})


@pytest.mark.parametrize(
    ("page", "said", "sentence"),
    [
        ("urgent", {}, "Please choose one answer."),
        ("urgent", {"choice": "yes"}, "what could happen while you wait"),
        ("urgent", {"choice": "perhaps"}, "Please choose one answer."),
        ("doctor", {"choice": "other"}, "Please type the name of the doctor."),
        ("condition", {"condition": " \x00 "}, "what your health problem is"),
        ("surgery", {"choice": "yes"}, "Please tell us which operation."),
        ("harm", {}, "Please mark what fits."),
        ("harm", {"marked": ["none", "condition_threatens_life"]}, "with something else"),
        ("harm", {"marked": ["made_up"]}, "Please mark what fits."),
    ],
)
def test_an_answer_that_lacks_something_says_what(
    mine: Client, page: str, said: dict[str, object], sentence: str
) -> None:
    refused = mine.post(f"{ASK}{page}/", said)
    assert (refused.status_code, sentence in text(refused)) == (422, True)
    assert mine.get(f"{ASK}check/").status_code == 303, "nothing was kept"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("urgent", {"choice": "yes", "urgency_reason": "I cannot feel my legs"}),
        ("condition", {"condition": "Chest pain, since today"}),
    ],
)
def test_urgent_words_lead_to_the_telephone(mine: Client, page: str, said: dict[str, str]) -> None:
    led = mine.post(f"{ASK}{page}/", said)
    assert led.headers["Location"] == f"{ASK}call/{page}/"
    shown = mine.get(f"{ASK}call/{page}/")
    assert "Please call us now" in text(shown)
    assert 'href="tel:' in shown.content.decode()
    assert "Call 911." in text(shown)


def test_an_urgent_request_is_expedited_from_its_receipt(mine: Client) -> None:
    answer(mine, urgent={"choice": "yes", "urgency_reason": "I cannot feel my legs"})
    made = sent(mine)
    assert (made.urgency, made.urgency_reason) == ("expedited", "I cannot feel my legs")
    assert (made.expedite_asked_at, made.expedite_supported) == (NOW, False)


def test_the_main_doctor_needs_no_name(place: County, mine: Client) -> None:
    pages = [page for page in ALL if page != "which"]
    answer(mine, pages, doctor={"choice": "main"})
    made = sent(mine)
    assert (made.about, made.clinician_id) == ("pcp-care", place.pcp.pk)


def test_who_does_not_know_which_doctor_it_is_leaves_it_to_a_person(mine: Client) -> None:
    answer(mine, doctor={"choice": "unsure", "doctor_name": "Nowhere"}, pages=[page for page in ALL if page != "which"])
    made = sent(mine)
    assert (made.opinion, made.about, made.clinician_name, made.state) == ("", "", "Nowhere", "received")


def test_another_name_asks_anew_which_doctor_it_is(mine: Client) -> None:
    answer(mine, ["urgent", "doctor", "which"])
    changed = mine.post(f"{ASK}doctor/", {"choice": "other", "doctor_name": "Watson", "back": "check"})
    assert changed.headers["Location"] == f"{ASK}which/"
    assert "Susan Watson, MD" in text(mine.get(f"{ASK}which/"))


def test_a_request_like_one_before_is_sent_only_as_a_new_one(place: County, mine: Client) -> None:
    earlier = received(place)
    answer(mine)
    shown = text(mine.get(f"{ASK}check/"))
    assert f"Request {earlier.number}, from Monday, November 23, 2026" in shown
    refused = mine.post(f"{ASK}send/", {"draft": draft_on(mine)})
    assert (refused.status_code, "please mark the box" in text(refused)) == (422, True)
    assert sent(mine, another="yes").number != earlier.number


def test_what_the_house_refuses_is_said_plainly_and_nothing_is_lost(place: County, mine: Client) -> None:
    answer(mine)
    draft = draft_on(mine)
    with plan_scope(TODAY):
        Enrollment.objects.filter(member=place.one).update(to_on=TODAY - timedelta(days=1))
    refused = mine.post(f"{ASK}send/", {"draft": draft})
    assert (refused.status_code, "nothing was sent" in text(refused)) == (422, True)
    assert "pain in my lower back" in text(refused)


def test_a_representative_asks_in_their_own_name_and_says_whether_the_member_wants_it(place: County) -> None:
    client = opened(place, rosa(place))
    answer(client, ["urgent", "concurs", *list(ALL)[1:]], concurs={"choice": "yes"})
    made = sent(client)
    assert (made.requester, made.requester_name) == ("authorized-representative", "Rosa One")
    assert snapshot_of(made).answers["member_concurs"] is True
    with plan_scope(TODAY):
        assert "representative" in Event.objects.get(referral=made, position=1).actor


def test_the_draft_of_a_representative_is_not_the_members(place: County, mine: Client) -> None:
    theirs = opened(place, rosa(place))
    answer(theirs, ["urgent"])
    assert "You began to ask" not in text(mine.get("/your-page/"))
    assert "You began to ask" in text(theirs.get("/your-page/"))


def test_who_is_in_two_programs_says_which(place: County, mine: Client) -> None:
    with plan_scope(TODAY):
        Enrollment.objects.create(member=place.one, program="onecare", from_on=TODAY)
    assert answer(mine, ["urgent"]).headers["Location"] == f"{ASK}program/"
    answer(mine, ["program", *list(ALL)[1:]], program={"choice": "onecare"})
    assert sent(mine).program == "onecare"


def test_every_box_is_a_fact_of_the_policy_with_words_and_none_is_a_reviewers_own() -> None:
    facts = questions.facts(questions.edition_on(TODAY))
    asked = {fact for page in PAGES for fact in page.facts}
    assert asked <= set(facts)
    assert not {fact for fact in asked if facts[fact].only_licensed}
    boxes = {fact for page in PAGES if page.kind == "boxes" for fact in page.facts}
    assert boxes == set(WORDS["en"]["ask_fact"])


@pytest.mark.parametrize("address", [f"{ASK}nothing/", f"{ASK}which/", f"{ASK}concurs/", f"{ASK}check/"])
def test_a_page_that_is_not_asked_leads_back(mine: Client, address: str) -> None:
    assert mine.get(address).status_code == 303


def test_looking_at_a_question_keeps_nothing(mine: Client) -> None:
    assert mine.get(f"{ASK}urgent/").status_code == 200
    with plan_scope(TODAY + timedelta(days=99)):
        assert not Draft.objects.exists()
