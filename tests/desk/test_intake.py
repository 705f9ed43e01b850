"""A request is taken in on one page, checked on another, and becomes one referral."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import NOW, TODAY, County, sign_in
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event, Referral

Browser = Callable[[str], Client]
DOUBT = {"fact_surgery_is_recommended": "yes", "fact_member_questions_surgery": "yes"}


def typed(**changes: str) -> dict[str, str]:
    """A form filled in for a call of Monday 2026-11-23 at 9:15 in California."""
    return {
        "entry": str(uuid4()), "do": "submit", "channel": "phone", "received_on": "2026-11-23",
        "received_time": "09:15", "program": "medi-cal", "urgency": "standard", "requester": "member",
        "opinion": "second", "about": "specialist-care", "condition": "surgery on the lower back",
    } | changes  # fmt: skip


def send(client: Client, member: str = "M0000003", **changes: str) -> str:
    """The page that answers; after a referral was made, the next page, which shows the message."""
    return after(client, client.post(reverse("intake", args=[member]), typed(**changes)))


def after(client: Client, answer: HttpResponse) -> str:
    """What the browser shows next."""
    return (client.get(reverse("work-list")) if answer.status_code == 302 else answer).content.decode()


def referrals() -> list[Referral]:
    with plan_scope(TODAY):
        return list(Referral.objects.select_related("clinician", "network").order_by("number"))


@pytest.mark.clause("II.C.1")
def test_two_answers_that_satisfy_the_policy_authorize_at_once(signed_in_as: Browser) -> None:
    page = send(signed_in_as("intake@plan"), **DOUBT)
    assert "Authorized by the policy (II.C.1)" in page
    (made,) = referrals()
    assert made.state == "authorized"
    assert made.requester_name == "Maria Reyes"  # the Member asks, so the name need not be typed
    assert made.received_at == datetime(2026, 11, 23, 17, 15, tzinfo=UTC)  # Monday 9:15 in California
    assert made.entered_at == NOW


def test_without_answers_it_is_received_and_says_by_when_it_must_be_decided(signed_in_as: Browser) -> None:
    page = send(signed_in_as("intake@plan"))
    assert "Received. Decide by Mon, Nov 30, 2026, 11:59 PM PT." in page
    assert referrals()[0].state == "received"


def test_the_check_page_shows_everything_and_makes_nothing(signed_in_as: Browser) -> None:
    page = send(signed_in_as("intake@plan"), do="check", **DOUBT)
    for words in ("Check answers", "Mon, Nov 23, 2026, 9:15 AM PT", "surgery on the lower back", "Authorize",
                  "Citrus Valley Medical Group", "binding"):  # fmt: skip
        assert words in page
    assert referrals() == []


def test_going_back_to_change_keeps_every_answer(signed_in_as: Browser) -> None:
    page = send(signed_in_as("intake@plan"), do="change", **DOUBT)
    assert 'value="surgery on the lower back"' in page
    assert 'id="surgery_is_recommended-yes" value="yes" checked' in page


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"received_on": ""}, "id_received_on", "Enter the day on which the request reached us."),
        ({"received_time": ""}, "id_received_time", "Enter the time at which the request reached us."),
        ({"received_on": "2026-11-24"}, "id_received_on", "This day lies ahead."),
        ({"received_time": "10:01"}, "id_received_time", "This time lies ahead."),
        ({"received_on": "2025-11-01"}, "id_received_on", "more than a year back"),
        ({"received_on": "2026-03-08", "received_time": "02:30"}, "id_received_time", "That hour did not exist"),
        ({"channel": ""}, "id_channel_0", "Choose how the request reached us."),
        ({"urgency": "expedited"}, "id_urgency_reason", "Say what could happen to the Member while waiting"),
        ({"program": "onecare"}, "id_program_0", "the Member was enrolled in Medi-Cal"),
        ({"program": "pace"}, "id_program_0", "Send the request to Orchard County PACE Center, 1-800-555-0149, today."),
        ({"requester": "physician"}, "id_requester_name", "Enter the name of the person who asks."),
        ({"requester_npi": "1234567890"}, "id_requester_npi", "This is no NPI"),
        ({"condition": ""}, "id_condition", "Say in plain words what it is about"),
        ({"condition_code": "back pain"}, "id_condition_code", "This has not the shape of an ICD-10 code"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_place(
    signed_in_as: Browser, changes: dict[str, str], field: str, words: str
) -> None:
    page = send(signed_in_as("intake@plan"), **changes)
    assert f'<a href="#{field}">' in page
    assert words in page
    assert f'id="{field}"' in page  # the link leads somewhere
    assert referrals() == []


def test_a_second_press_shows_the_referral_of_the_first(signed_in_as: Browser) -> None:
    client, form = signed_in_as("intake@plan"), typed()
    first = client.post(reverse("intake", args=["M0000003"]), form)
    second = client.post(reverse("intake", args=["M0000003"]), form)
    (made,) = referrals()
    assert first.headers["Location"] == reverse("referral", args=[made.number])
    assert f"This form made referral {made.number} already" in after(client, second)


def test_two_presses_at_the_same_instant_make_one_referral(signed_in_as: Browser) -> None:
    client, form = signed_in_as("intake@plan"), typed()
    places: list[str] = []

    def press() -> None:
        other = Client()
        other.cookies = client.cookies
        places.append(other.post(reverse("intake", args=["M0000003"]), form).headers["Location"])
        connections.close_all()

    presses = [Thread(target=press) for _ in range(3)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    (made,) = referrals()
    assert places == [reverse("referral", args=[made.number])] * 3


def test_a_request_like_one_there_is_must_be_called_another(signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    send(client)
    (first,) = referrals()
    assert first.number in client.get(reverse("intake", args=["M0000003"])).content.decode()
    page = send(client)
    assert "Say that this is another request, or open the referral there is" in page
    assert reverse("referral", args=[first.number]) in page
    assert len(referrals()) == 1
    send(client, another="yes")
    assert len(referrals()) == 2


def test_a_clinician_is_found_by_name_and_kept_with_the_specialty(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    page = send(client, do="find", clinician_name="dr holm")
    assert "Is it one of these?" in page
    assert "Peter Holm, MD" in page
    assert "need your attention" not in page
    send(client, clinician_name="dr holm", clinician=str(place.first.pk))
    (made,) = referrals()
    assert made.clinician == place.first
    assert made.clinician_taxonomy == place.first.taxonomy


def test_a_clinician_nobody_knows_is_kept_as_typed(signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    assert "Nobody in the directory" in send(client, do="find", clinician_name="Dr. Far Away")
    send(client, clinician_name="Dr. Far Away", clinician_taxonomy="207XS0117X")
    (made,) = referrals()
    assert (made.clinician, made.clinician_name, made.clinician_taxonomy) == (None, "Dr. Far Away", "207XS0117X")


def test_a_reviewers_judgment_is_not_asked_of_intake_nor_taken_from_it(signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    assert "reviewer_finds_another_reason" not in client.get(reverse("intake", args=["M0000003"])).content.decode()
    send(client, fact_reviewer_finds_another_reason="yes")
    assert referrals()[0].state == "received"
    nurse = signed_in_as("nurse@plan").get(reverse("intake", args=["M0000003"])).content.decode()
    assert "reviewer_finds_another_reason" in nurse


def test_the_panel_says_what_to_ask_next_and_writes_nothing(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    form = typed(member="M0000003", fact_surgery_is_recommended="yes")
    page = client.post(reverse("intake-findings"), form).content.decode()
    assert "Ask for more" in page
    assert "Does the Member doubt that the operation is reasonable or necessary?" in page
    assert "binding" in page
    assert "42 CFR 438.210(d)" in page
    assert "Citrus Valley Medical Group" in page
    with plan_scope(TODAY):
        assert not Event.objects.exists()


def test_the_panel_names_what_is_still_missing(signed_in_as: Browser) -> None:
    form = {"member": "M0000003", "urgency": "standard"}
    page = signed_in_as("intake@plan").post(reverse("intake-findings"), form).content.decode()
    assert "Still to fill in" in page
    assert "the day and time of receipt" in page


def test_a_onecare_representative_without_authority_is_taken_in_and_the_authority_waited_for(
    signed_in_as: Browser,
) -> None:
    send(
        signed_in_as("intake@plan"), "1122334455", program="onecare", requester="authorized-representative",
        requester_name="Ann Smith",
    )  # fmt: skip
    (referral,) = referrals()
    assert (referral.representative_needed, referral.due_kind) == (True, "authority")


def test_a_network_is_sent_to_the_plan_for_a_day_on_which_the_member_was_not_its_own(signed_in_as: Browser) -> None:
    page = send(
        signed_in_as("nurse@sierra"), "M0000004", program="onecare", received_on="2026-06-29", received_time="09:00"
    )
    assert "the Member was not with your Health Network" in page
    assert referrals() == []


def test_the_hour_that_autumn_shows_twice_is_taken_as_the_first(
    signed_in_as: Browser, front_door_at: Callable[[datetime], None]
) -> None:
    front_door_at(datetime(2026, 11, 2, 18, 0, tzinfo=UTC))  # Monday 10:00 in California
    send(signed_in_as("intake@plan"), received_on="2026-11-01", received_time="01:30")  # Sunday
    assert referrals()[0].received_at == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_a_physician_is_no_stranger_at_intake_but_a_network_sees_no_member_of_another(place: County) -> None:
    client = Client()
    sign_in(client, "nurse@sierra")
    answer = client.get(reverse("intake", args=["M0000003"]))
    assert answer.headers["Location"] == reverse("intake-start")


def test_an_expedited_request_is_due_in_72_hours_from_receipt(signed_in_as: Browser) -> None:
    send(signed_in_as("intake@plan"), urgency="expedited", urgency_reason="may lose the use of the leg")
    (made,) = referrals()
    assert made.due_at == made.received_at + timedelta(hours=72)


def test_a_onecare_request_that_the_policy_authorized_is_no_longer_due_for_decision(signed_in_as: Browser) -> None:
    page = send(signed_in_as("intake@plan"), "1122334455", program="onecare", **DOUBT)
    assert "Authorized by the policy (II.C.1)" in page
    with plan_scope(TODAY):
        (made,) = Referral.objects.all()
        assert made.due_kind != "decision"
        assert not made.clocks.filter(kind="decision", stopped_at=None).exists()


def test_what_nobody_would_type_is_refused_without_a_fault(signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    for name in (
        "condition",
        "clinician_name",
        "clinician",
        "entry",
        "received_on",
        "requester_name",
        "condition_code",
    ):
        for value in ("\x00", "x" * 5000, "<script>alert(1)</script>"):
            page = client.post(reverse("intake", args=["M0000003"]), typed(**{name: value}, do="check"))
            assert page.status_code == 200
            assert "<script>alert(1)" not in page.content.decode()
    for place in ("intake-findings", "intake-clinicians"):
        assert client.post(reverse(place), {"member": "\x00"}).status_code == 404
        assert client.post(reverse(place), {"member": "M0000003", "clinician_name": "\x00"}).status_code == 200
    assert referrals() == []
