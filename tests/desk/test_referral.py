"""The referral page shows the whole of a referral in words, and takes its steps through the one door."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import TODAY, County
from desk.life import YES, again, authorized, received, step, with_a_nurse, with_a_physician
from secondopinion.desk.history import TELLERS
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Answer, Ask, Item

Browser = Callable[[str], Client]


def page(client: Client, referral: Referral) -> HttpResponse:
    return client.get(reverse("referral", args=[referral.number]))


def take(client: Client, referral: Referral, name: str, **said: str) -> HttpResponse:
    address = reverse("take-step", args=[referral.number, name])
    return client.post(address, {"seen": referral.position, "page": "referral", **said})


def text(response: HttpResponse) -> str:
    """What a person reads: no tags, one space."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


def events(referral: Referral) -> list[str]:
    with plan_scope(TODAY):
        return list(Event.objects.filter(referral=referral).order_by("position").values_list("step", flat=True))


def test_the_page_tells_the_whole_story_in_words(place: County, signed_in_as: Browser) -> None:
    referral = authorized(place)
    shown = page(signed_in_as("intake@plan"), referral)
    said = text(shown)
    assert shown.status_code == 200
    assert "Member One" in said
    assert "January 1, 1970" in said
    assert "M0000001" in said
    assert "Medi-Cal" in said
    assert "On Monday, November 23, 2026 at 10:00 AM PT, the policy authorized the second opinion, because" in said
    assert "(GG.1538 II.C.1)" in said
    assert "Approval to the Member" in said
    assert "Binding" in said


def test_every_step_of_the_table_has_its_sentence() -> None:
    assert set(TELLERS) == set(STEPS)


def test_no_code_of_the_tables_is_shown(place: County, signed_in_as: Browser) -> None:
    referral = with_a_nurse(place, requester="physician", requester_name="Dr. Peter Holm")
    ask = Ask((Item("The scan of the back", "II.C.1", "surgery_is_recommended"),))
    referral = step(place, referral, "nurse@plan", ask)
    said = text(page(signed_in_as("nurse@plan"), referral))
    for code in ("medi-cal", "specialist-care", "nurse_review", "take_up", "surgery_is_recommended",
                 "information_needed_to_member", "provider-notice", "walk-in"):  # fmt: skip
        assert code not in said


def test_facts_stand_beside_the_clauses_they_settle(place: County, signed_in_as: Browser) -> None:
    referral = received(place, answers={"surgery_is_recommended": True})
    said = text(page(signed_in_as("intake@plan"), referral))
    assert "II.C.1 Not yet known" in said
    assert "Ask next: Does the Member doubt that the operation is reasonable or necessary?" in said
    referral = step(place, referral, "intake@plan", Answer({"member_questions_surgery": True}))
    said = text(page(signed_in_as("intake@plan"), referral))
    assert "II.C.1 Satisfied" in said
    assert "Settled by Has somebody recommended an operation that has not been done yet? Yes" in said


def test_an_answer_given_on_the_page_is_recorded_and_said(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    client = signed_in_as("intake@plan")
    facts = {"fact-surgery_is_recommended": "yes", "fact-member_questions_surgery": "unknown"}
    done = take(client, referral, "answer", source="The Member, by phone", **facts)
    assert done.status_code == 303
    said = text(page(client, referral))
    assert "recorded answers" in said
    assert "Has somebody recommended an operation that has not been done yet? Yes" in said
    assert "Where this comes from: The Member, by phone" in said


def test_a_clinical_judgment_is_not_offered_to_intake(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    shown = page(signed_in_as("intake@plan"), referral).content.decode()
    assert 'name="fact-surgery_is_recommended"' in shown
    assert 'name="fact-reviewer_finds_another_reason"' not in shown
    assert 'name="fact-reviewer_finds_another_reason"' in page(signed_in_as("nurse@plan"), referral).content.decode()
    refused = take(signed_in_as("intake@plan"), referral, "answer", **{"fact-reviewer_finds_another_reason": "yes"})
    assert refused.status_code == 422
    assert "clinical judgment" in text(refused)


@pytest.mark.parametrize(("who", "offered", "hidden"), [
    ("intake@plan", {"classify", "ask", "refer_up", "withdraw"}, {"take_up", "send_back", "deny", "schedule"}),
    ("nurse@plan", {"classify", "ask", "take_up", "withdraw"}, {"send_back", "deny", "report"}),
])  # fmt: skip
def test_only_the_steps_of_the_table_are_offered(
    place: County, signed_in_as: Browser, who: str, offered: set[str], hidden: set[str]
) -> None:
    shown = page(signed_in_as(who), received(place)).content.decode()
    steps = set(re.findall(r'id="step-(\w+)"', shown))
    assert offered <= steps
    assert not hidden & steps


def test_a_second_press_of_the_button_does_nothing_more(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    client = signed_in_as("nurse@plan")
    assert take(client, referral, "take_up").status_code == 303
    second = take(client, referral, "take_up")
    assert second.status_code == 409
    assert "The referral has moved on since you opened the page" in text(second)
    assert events(referral) == ["receive", "take_up"]


def test_a_page_without_its_position_is_a_stale_page(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    answer = take(signed_in_as("nurse@plan"), referral, "take_up", seen="nonsense")
    assert answer.status_code == 409
    assert events(referral) == ["receive"]


def test_nothing_typed_is_lost_when_a_step_is_refused(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    stale = received(place)
    note = "Two scans disagree; the surgeon has not answered."
    step(place, stale, "intake@plan", Answer({"surgery_is_recommended": True}))
    refused = take(signed_in_as("nurse@plan"), stale, "refer_up", note=note)
    assert refused.status_code == 409
    assert note in text(refused)
    missing = take(signed_in_as("nurse@plan"), referral, "withdraw", by="member", by_name="", words="I changed my mind")
    assert missing.status_code == 422
    assert "I changed my mind" in text(missing)
    assert "“Name of that person” is missing." in text(missing)


def test_answers_not_recorded_stay_on_the_form(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    step(place, referral, "intake@plan", Answer({"condition_is_serious": True}))
    refused = take(signed_in_as("intake@plan"), referral, "answer", **{"fact-surgery_is_recommended": "no"})
    assert refused.status_code == 409
    assert re.search(r'id="surgery_is_recommended-no"[^>]* checked', refused.content.decode())


def test_a_network_sees_nothing_of_another_networks_referral(place: County, signed_in_as: Browser) -> None:
    referral = received(place, member=place.maria, requester_name="Maria Reyes")
    sierra = signed_in_as("nurse@sierra")
    theirs, unknown = page(sierra, referral), sierra.get(reverse("referral", args=["SO-2026-999999"]))
    assert theirs.status_code == unknown.status_code == 404
    assert text(theirs) == text(unknown)
    assert take(sierra, referral, "take_up").status_code == 404
    assert page(signed_in_as("nurse@citrus"), referral).status_code == 200
    assert events(referral) == ["receive"]


def test_who_does_not_decide_is_told_who_does(place: County, signed_in_as: Browser) -> None:
    referral = received(place, member=place.maria, requester_name="Maria Reyes")
    nurse = signed_in_as("nurse@plan")
    said = text(page(nurse, referral))
    assert "Citrus Valley Medical Group decides this request" in said
    refused = take(nurse, referral, "take_up")
    assert refused.status_code == 422
    assert "The Member's Health Network decides this request" in text(refused)


def test_a_clerk_can_neither_open_the_decision_nor_deny(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    for who in ("intake@plan", "nurse@plan"):
        client = signed_in_as(who)
        assert client.get(reverse("decide", args=[referral.number])).status_code == 403
        assert client.post(reverse("decide", args=[referral.number]), {"act": "sign"}).status_code == 403
        assert take(client, referral, "deny").status_code == 404
    assert again(referral).state == State.PHYSICIAN_REVIEW


def test_reading_writes_nothing(place: County, signed_in_as: Browser) -> None:
    referral = authorized(place)
    client = signed_in_as("intake@plan")
    before = rows()
    for name in ("referral", "choose-professional", "consultation"):
        assert client.get(reverse(name, args=[referral.number])).status_code == 200
    assert client.get(reverse("take-step", args=[referral.number, "withdraw"])).status_code == 405
    assert rows() == before
    assert again(referral).position == referral.position


def rows() -> dict[str, int]:
    """How many rows every table of referrals and letters has."""
    tables = ("referrals_referral", "referrals_event", "referrals_runningclock", "referrals_notice",
              "referrals_paper", "letters_letter", "procrastinate_jobs")  # fmt: skip
    with plan_scope(TODAY), connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


def test_asking_for_information_names_the_clause_of_its_question(place: County, signed_in_as: Browser) -> None:
    referral = with_a_nurse(place)
    client = signed_in_as("nurse@plan")
    said = {"words_1": "The scan of the back from October", "fact_1": "surgery_is_recommended"}
    assert take(client, referral, "ask", **said).status_code == 303
    shown = text(page(client, referral))
    assert "asked for information" in shown
    assert "The scan of the back from October (for GG.1538 II.C.1)" in shown
    assert "Waiting for information" in shown


def test_information_is_recorded_at_the_instant_it_came_in(place: County, signed_in_as: Browser) -> None:
    ask = Ask((Item("The scan of the back", "II.C.1", "surgery_is_recommended"),))
    referral = step(place, with_a_nurse(place), "nurse@plan", ask)
    client = signed_in_as("nurse@plan")
    ahead = take(client, referral, "supply", day="2026-11-24", time="08:00", note="A scan", complete="on")
    assert ahead.status_code == 422
    assert "cannot have arrived in the future" in text(ahead)
    done = take(client, referral, "supply", day="2026-11-23", time="09:30", note="A scan", complete="on")
    assert done.status_code == 303
    assert again(referral).state == State.NURSE_REVIEW
    assert "information arrived on Monday, November 23, 2026 at 9:30 AM PT" in text(page(client, referral))


def test_an_hour_that_spring_skips_is_refused(
    place: County, signed_in_as: Browser, front_door_at: Callable[[datetime], None]
) -> None:
    referral = authorized(place)
    client = signed_in_as("intake@plan")
    said = {"day": "2027-03-14", "time": "02:30"}  # Sunday 2027-03-14: the clocks go forward
    refused = take(client, referral, "schedule", **said)
    assert refused.status_code == 422
    assert "That time does not exist" in text(refused)


def test_clocks_say_how_they_were_met(
    place: County, signed_in_as: Browser, front_door_at: Callable[[datetime], None]
) -> None:
    referral = authorized(place)
    said = text(page(signed_in_as("intake@plan"), referral))
    assert "Met, " in said
    assert "before it was due" in said
    front_door_at(datetime(2027, 1, 4, 18, 0, tzinfo=UTC))  # Monday 2027-01-04 10:00 in California
    late = text(page(signed_in_as("intake@plan"), received(place)))
    assert "overdue by" in late


def test_the_policy_that_finds_yes_asks_nobody(place: County, signed_in_as: Browser) -> None:
    referral = step(place, received(place), "intake@plan", Answer(YES))
    shown = page(signed_in_as("nurse@plan"), referral)
    assert "The policy finds a yes: authorize it." in text(shown)
    refused = take(signed_in_as("nurse@plan"), referral, "refer_up", note="Please look at this.")
    assert refused.status_code == 422
    assert "no physician is needed" in text(refused)
    assert take(signed_in_as("nurse@plan"), referral, "authorize").status_code == 303
    assert again(referral).state == State.AUTHORIZED


@pytest.mark.parametrize("odd", ["\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "x" * 9000])
def test_what_nobody_would_type_is_no_fault(place: County, signed_in_as: Browser, odd: str) -> None:
    referral = received(place)
    client = signed_in_as("nurse@plan")
    assert client.get("/referrals/SO-2026%00/").status_code == 404
    known = {"fact-condition_is_serious": "yes"}
    assert take(client, referral, "answer", **known, **{f"fact-{odd[:50]}": "yes"}).status_code == 422
    assert take(client, referral, "answer", source=odd, **known).status_code == 303
    for name, said in (("withdraw", {"by": odd, "by_name": odd, "words": odd}), ("supply", {"day": odd, "time": odd}),
                       ("refer_up", {"note": odd})):  # fmt: skip
        assert take(client, again(referral), name, **said).status_code in (303, 422)


def test_the_page_asks_the_database_few_questions_however_long_the_history(
    place: County, signed_in_as: Browser, django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    referral = received(place)
    for answer in (True, False) * 5:
        referral = step(place, referral, "nurse@plan", Answer({"condition_is_serious": answer}))
    client = signed_in_as("nurse@plan")
    page(client, referral)
    with django_assert_max_num_queries(32):
        assert page(client, referral).status_code == 200
