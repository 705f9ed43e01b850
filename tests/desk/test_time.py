"""More time, the fast way, what came in late, and what is set right: each form the happy way and refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from county import NOW, County
from desk.life import again, authorized, received, step, visited, with_a_nurse, with_a_physician
from desk.test_referral import page, take, text
from secondopinion.desk.timing import clock_rows
from secondopinion.desk.words import words_of
from secondopinion.referrals.models import Referral, RunningClock
from secondopinion.referrals.told_time import RefuseExpedite

Browser = Callable[[str], Client]
SAFE = "The scan shows no change since summer, so waiting does no harm."
GOOD = "The scan shows whether the operation is needed at all."
FAST = {"urgency": "expedited", "urgency_reason": "The leg may go numb."}
BY_PROXY = {"program": "onecare", "requester": "authorized-representative", "requester_name": "Rosa Smith"}


def hints(response: HttpResponse, name: str) -> str:
    """What stands in the part of the page about one step."""
    body = response.content.decode()
    start = body.index(f'id="step-{name}"')
    return text(HttpResponse(body[start : body.index("</details>", start)]))


def test_authority_that_came_in_is_recorded_and_starts_the_time(place: County, signed_in_as: Browser) -> None:
    referral = received(place, member=place.joe, **BY_PROXY)
    client = signed_in_as("intake@plan")
    shown = text(page(client, referral))
    assert "The representative’s authority is not shown yet." in shown
    assert "Waits for authority" in text(client.get("/"))
    told = {"day": "2026-11-24", "time": "09:30", "evidence": "Form AOR-1696, in the fax archive"}
    ahead = take(client, referral, "show_authority", **told)
    assert ahead.status_code == 422
    assert "cannot have arrived in the future" in text(ahead)
    assert 'value="Form AOR-1696, in the fax archive"' in ahead.content.decode()
    assert take(client, referral, "show_authority", **{**told, "day": "2026-11-23"}).status_code == 303
    said = text(page(client, referral))
    assert "recorded that the representative’s authority arrived on Monday, November 23, 2026 at 9:30 AM PT" in said
    assert "step-show_authority" not in page(client, referral).content.decode()


def test_what_came_in_late_is_kept_after_a_no_too(place: County, signed_in_as: Browser) -> None:
    referral = with_a_nurse(place)
    client = signed_in_as("nurse@plan")
    told = {"day": "2026-11-23", "time": "09:40", "note": "A letter from the surgeon", "complete": "on"}
    early = take(client, referral, "late_information", **{**told, "day": "2026-11-20"})
    assert early.status_code == 422
    assert "cannot have arrived before the request itself" in text(early)
    assert "A letter from the surgeon" in text(early)
    assert take(client, referral, "late_information", **told).status_code == 303
    said = text(page(client, referral))
    assert "further information arrived on Monday, November 23, 2026 at 9:40 AM PT; with it, everything" in said


def test_a_providers_word_makes_it_expedited(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    client = signed_in_as("intake@plan")
    told = {"reason": "The leg may go numb.", "supported": "on", "by_name": ""}
    unnamed = take(client, referral, "expedite", **told)
    assert unnamed.status_code == 422
    assert "Name the provider who says" in text(unnamed)
    assert "The leg may go numb." in text(unnamed)
    assert take(client, referral, "expedite", **{**told, "by_name": "Dr. Grace Lind"}).status_code == 303
    assert again(referral).urgency == "expedited"
    said = text(page(client, referral))
    assert "made the request expedited, which Dr. Grace Lind supports" in said
    assert "Nothing faster exists." in said


def test_the_standard_time_is_kept_only_where_no_provider_stands_against_it(
    place: County, signed_in_as: Browser
) -> None:
    client = signed_in_as("nurse@plan")
    asked_by_member = received(place, **FAST)
    short = take(client, asked_by_member, "refuse_expedite", reason="No.")
    assert short.status_code == 422
    assert "why the standard time is safe to wait" in text(short)
    half = take(client, asked_by_member, "refuse_expedite", reason=SAFE, day="2026-11-23")
    assert half.status_code == 422
    assert "Give both the day and the time, or leave both empty." in text(half)
    assert SAFE in text(half)
    assert take(client, asked_by_member, "refuse_expedite", reason=SAFE).status_code == 303
    assert "kept the request at the standard time, counted from its receipt" in text(page(client, asked_by_member))
    by_a_physician = received(place, requester="physician", requester_name="Dr. Grace Lind", **FAST)
    assert "it is expedited and stays so" in hints(page(client, by_a_physician), "refuse_expedite")
    assert 'id="step-refuse_expedite"' not in page(client, received(place)).content.decode()


DELAYED = {"days": "14", "ground": "information", "interest": GOOD, "words_1": "The scan of October",
           "fact_1": "surgery_is_recommended"}  # fmt: skip


def test_more_time_names_what_is_missing_and_until_when(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    nothing = take(client, referral, "delay", **{**DELAYED, "words_1": "", "fact_1": ""})
    assert nothing.status_code == 422
    assert "Name what is missing" in text(nothing)
    assert GOOD in text(nothing)
    assert take(client, referral, "delay", **DELAYED).status_code == 303
    assert again(referral).extension_days == 14
    said = text(page(client, referral))
    assert "took 14 days more to decide, until Monday, December 14, 2026" in said
    assert "because information is missing that is needed to decide" in said
    assert "The scan of October (for GG.1538 II.C.1)" in said
    assert "Waiting since Mon, Nov 23, 2026, 10:00 AM PT for information" in said
    assert "More time was taken once already" in hints(page(client, referral), "delay")


def test_more_time_that_is_refused_on_the_decision_page_stays_there(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    refused = take(signed_in_as("physician@plan"), referral, "delay", **{**DELAYED, "page": "decide", "days": "15"})
    assert refused.status_code == 422
    assert "give 1 to 14" in text(refused)
    assert 'id="delay"' in refused.content.decode()
    assert "The scan of October" in text(refused)


def test_onecare_gives_no_more_time_and_says_so_first(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place, member=place.joe, program="onecare", requester_name="Joe Smith")
    client = signed_in_as("physician@plan")
    assert "OneCare gives no more time" in hints(page(client, referral), "delay")
    refused = take(client, referral, "delay", **DELAYED)
    assert refused.status_code == 422
    assert "decide within the time there is" in text(refused)


def test_telling_by_voice_is_offered_when_there_is_something_to_tell(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("nurse@plan")
    assert 'id="step-tell_member"' not in page(client, received(place)).content.decode()
    referral = step(place, received(place, **FAST), "nurse@plan", RefuseExpedite(SAFE))
    told = {"what": "expedite-refused", "whom": "Member One", "how": "by phone"}
    wrong = take(client, referral, "tell_member", **{**told, "what": "decision"})
    assert wrong.status_code == 422
    assert "choose one from the list" in text(wrong)
    assert 'value="Member One"' in wrong.content.decode()
    assert take(client, referral, "tell_member", **told).status_code == 303
    said = text(page(client, referral))
    assert (
        "told the Member on Monday, November 23, 2026 at 10:00 AM PT that the request keeps the standard time" in said
    )
    assert "Who was reached, and how: Member One, by phone" in said


def unchanged(referral: Referral, **other: str) -> dict[str, Any]:
    """The form of a correction as the page shows it, with something changed."""
    kept = {"why": "The fax header says so.", "day": "2026-11-23", "time": "09:00",
            "requester_name": referral.requester_name, "condition": referral.condition,
            "procedure": referral.procedure, "clinician_name": referral.clinician_name}  # fmt: skip
    return {**kept, **other}


def test_a_correction_changes_only_what_was_changed(place: County, signed_in_as: Browser) -> None:
    referral = received(place, received_at=datetime(2026, 11, 23, 17, 0, 30, tzinfo=UTC))  # Monday 09:00:30
    client = signed_in_as("intake@plan")
    nothing = take(client, referral, "correct", **unchanged(referral))
    assert nothing.status_code == 422
    assert "What you wrote is what stands there already" in text(nothing)
    later = take(client, referral, "correct", **unchanged(referral, time="09:30"))
    assert later.status_code == 422
    assert "time to decide is never gained by a correction" in text(later)
    assert 'value="The fax header says so."' in later.content.decode()
    right = unchanged(referral, time="08:05", condition="surgery on the neck")
    assert take(client, referral, "correct", **right).status_code == 303
    said = text(page(client, referral))
    assert "corrected the condition and when the request reached us" in said
    assert "Before: surgery on the lower back. Now: surgery on the neck." in said
    assert "Now: Monday, November 23, 2026 at 8:05 AM PT." in said
    assert again(referral).received_at == datetime(2026, 11, 23, 16, 5, tzinfo=UTC)


def test_the_day_of_a_visit_is_corrected_once_there_was_one(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    assert 'id="correct-visited_on"' not in page(client, received(place)).content.decode()
    referral = visited(place)
    ahead = take(client, referral, "correct", **unchanged(referral, visited_on="2026-11-30"))
    assert ahead.status_code == 422
    assert "must lie between the authorization and today" in text(ahead)


def test_the_first_practitioners_word_is_recorded(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    client = signed_in_as("nurse@plan")
    told = {"need": "needed", "procedure": "back surgery", "source": ""}
    unsourced = take(client, referral, "record_first", **told)
    assert unsourced.status_code == 422
    assert "“Where does it say so?” is not answered." in text(unsourced)
    assert take(client, referral, "record_first", **{**told, "source": "Note of November 2"}).status_code == 303
    assert "recorded what the first practitioner said: the procedure is needed" in text(page(client, referral))


def test_the_six_instants_say_how_long_each_took(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    open_still = text(page(client, received(place)))
    assert "Received Mon, Nov 23, 2026, 9:00 AM PT The clocks start here" in open_still
    assert "Logged Mon, Nov 23, 2026, 10:00 AM PT 1 h later" in open_still
    assert "Decided Not yet" in open_still
    assert "Provider told No office asked" in open_still
    decided = text(page(client, authorized(place)))
    assert "Decided Mon, Nov 23, 2026, 10:00 AM PT 0 min later" in decided
    assert "Report received Not yet" in decided


@pytest.mark.parametrize("name", ["expedite", "record_first", "correct"])
def test_nothing_is_written_when_a_form_lacks_its_reason(place: County, signed_in_as: Browser, name: str) -> None:
    referral = received(place)
    refused = take(signed_in_as("nurse@plan"), referral, name)
    assert refused.status_code == 422
    assert again(referral).position == referral.position


def clock(rule: str, hours: int | None, **other: Any) -> RunningClock:
    """A decision clock that started on Monday 2026-11-23 at 10:00 and is due so many hours later."""
    due_at = None if hours is None else NOW + timedelta(hours=hours)
    return RunningClock(kind="decision", rule=rule, label=rule, authority="HSC", started_at=NOW, due_at=due_at, **other)


def test_every_clock_says_how_it_ended_or_why_it_waits() -> None:
    done = NOW + timedelta(hours=2)
    rows = clock_rows(
        (
            clock("replaced", 1, stopped_at=done, outcome="replaced"),
            clock("void", 9, stopped_at=done, outcome="void"),
            clock("met", 5, stopped_at=done, outcome="met"),
            clock("late", 1, stopped_at=done, outcome="missed"),
            clock("ran-out", 3, stopped_at=done, outcome="missed"),
            clock("waits", None, paused_at=NOW),
            clock("runs", 30),
            clock("runs-longer", 60),
        ),
        NOW,
    )
    assert {row.label: row.how for row in rows} == {
        "replaced": "Another limit took its place",
        "void": "Not needed any more",
        "met": "Met, 3 h before it was due",
        "late": "Missed by 1 h",
        "ran-out": "Missed: the time ran out",
        "waits": "Waiting since Mon, Nov 23, 2026, 10:00 AM PT for information",
        "runs": "Running, 30 h left",
        "runs-longer": "Running, 60 h left",
    }
    assert [row.label for row in rows if row.binding] == ["runs"]


KINDS = (
    "decision", "parent-decision", "authority", "provider-notice", "member-notice", "written-notice", "refusal-notice",
    "withdrawal-notice", "appointment", "visit-record", "report", "report-delivery", "agreement", "appeal-acknowledge",
    "appeal-resolve", "complaint-acknowledge", "complaint-resolve", "effectuate",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_clock_has_words(kind: str) -> None:
    assert words_of(kind, "due") != kind
