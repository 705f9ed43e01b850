"""A request at the wrong desk: sent on from there, and taken in at the right one with its first receipt."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import TODAY, County
from secondopinion.people.models import AccessEntry
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral, RunningClock
from secondopinion.referrals.models_forwarding import Forwarded

Browser = Callable[[str], Client]
FRIDAY = datetime(2026, 11, 20, 22, 40, tzinfo=UTC)  # Friday 2026-11-20 14:40 in California
SAID = {
    "channel": "fax", "received_on": "2026-11-20", "received_time": "14:40", "urgency": "standard",
    "who": "Maria Reyes, May 17, 1985", "asked_by": "Dr. Holm, 1-714-555-0150", "words": "A second look at her back.",
}  # fmt: skip
REQUEST = {
    "program": "medi-cal", "urgency": "standard", "requester": "physician", "requester_name": "Peter Holm, MD",
    "opinion": "second", "about": "specialist-care", "condition": "surgery on the lower back",
    "request_words": "A second look at her back.",
}  # fmt: skip


def sent(place: County, signed_in_as: Browser, **other: str) -> Forwarded:
    answer = signed_in_as("nurse@sierra").post(reverse("forward"), {**SAID, "to": str(place.citrus.pk), **other})
    assert answer.status_code == 302, answer.content.decode()
    with plan_scope(TODAY):
        return Forwarded.objects.latest("forwarded_at")


def text(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_who_finds_nobody_is_led_to_forwarding(place: County, signed_in_as: Browser) -> None:
    nurse = signed_in_as("nurse@sierra")
    nobody = nurse.post(reverse("intake-start"), {"birth_date": "1985-05-17", "card": "M0000003"})
    assert f'href="{reverse("forward")}"' in nobody.content.decode()
    assert nurse.get(reverse("forward")).status_code == 200


def test_what_was_sent_stands_at_the_top_of_the_right_work_list_with_its_first_clock(
    place: County, signed_in_as: Browser
) -> None:
    sent(place, signed_in_as)
    top = text(signed_in_as("nurse@citrus").get("/"))
    assert "Forwarded to you (1)" in top
    assert "Maria Reyes, May 17, 1985" in top
    assert "First received Fri, Nov 20, 2026, 2:40 PM PT, sent by Sierra Oak Health" in top
    assert "Decide by Fri, Nov 27" in top
    for other in ("nurse@plan", "nurse@sierra", "physician@sierra"):
        assert "Forwarded to you" not in text(signed_in_as(other).get("/"))
    assert "Sent on from here, not yet taken in" in text(signed_in_as("nurse@sierra").get(reverse("forward")))


def test_taking_it_in_makes_a_referral_that_was_received_at_the_first_door(
    place: County, signed_in_as: Browser
) -> None:
    came = sent(place, signed_in_as)
    nurse = signed_in_as("nurse@citrus")
    page = nurse.post(
        reverse("forwarded", args=[came.pk]), {"do": "find", "birth_date": "1985-05-17", "card": "M0000003"}
    )
    address = f"{reverse('intake', args=['M0000003'])}?forwarded={came.pk}"
    assert f'href="{address}"' in page.content.decode()
    form = nurse.get(address).content.decode()
    assert "Forwarded to you by Sierra Oak Health." in text(nurse.get(address))
    assert re.search(r'name="received_on" value="2026-11-20"[^>]*disabled', form)
    assert re.search(r'name="received_time" value="14:40"[^>]*disabled', form)
    assert "A second look at her back." in form
    assert "the day and time of receipt" not in form  # nothing that came along is still to fill in
    entry = re.search(r'name="entry" value="([^"]+)"', form)
    assert entry
    # A later receipt that is typed in all the same is not read.
    filled = {**REQUEST, "entry": entry[1], "forwarded": str(came.pk), "received_on": "2026-11-23", "channel": "phone"}
    check = nurse.post(reverse("intake", args=["M0000003"]), {**filled, "do": "check"})
    assert "Fri, Nov 20, 2026, 2:40 PM PT, by fax" in text(check)
    done = nurse.post(reverse("intake", args=["M0000003"]), {**filled, "do": "submit"})
    assert done.status_code == 302, text(done)
    again = nurse.post(reverse("intake", args=["M0000003"]), {**filled, "do": "submit"})
    assert again.headers["Location"] == done.headers["Location"]
    with plan_scope(TODAY):
        referral = Referral.objects.get()
        assert (referral.received_at, referral.channel) == (FRIDAY, "fax")
        assert set(RunningClock.objects.exclude(started_at=None).values_list("started_at", flat=True)) == {FRIDAY}
        assert Forwarded.objects.get().taken_by == referral
    assert "Forwarded to you" not in text(nurse.get("/"))


def test_what_somebody_else_has_taken_in_makes_no_second_referral(place: County, signed_in_as: Browser) -> None:
    came = sent(place, signed_in_as)
    with plan_scope(TODAY):
        Forwarded.objects.filter(pk=came.pk).update(sent_on_at=came.forwarded_at)
    nurse = signed_in_as("nurse@citrus")
    filled = {**REQUEST, "entry": "7d1c8a60-8ad5-4b4a-9a5c-0c6f6d1f1a11", "forwarded": str(came.pk)}
    answer = nurse.post(reverse("intake", args=["M0000003"]), {**filled, "do": "submit"})
    assert "taken in or sent on already" in text(answer)
    with plan_scope(TODAY):
        assert not Referral.objects.exists()
    for address in (
        reverse("forwarded", args=[came.pk]),
        f"{reverse('intake', args=['M0000003'])}?forwarded={came.pk}",
    ):
        assert "taken in or sent on already" in text(nurse.get(address, follow=True))


def test_sent_on_again_it_goes_on_with_a_warning_to_and_fro(place: County, signed_in_as: Browser) -> None:
    came = sent(place, signed_in_as)
    nurse = signed_in_as("nurse@citrus")
    nobody = nurse.post(reverse("forwarded", args=[came.pk]), {"do": "send", "to": ""})
    assert "Choose to whom it goes." in text(nobody)
    nurse.post(reverse("forwarded", args=[came.pk]), {"do": "send", "to": "plan"})
    plan = signed_in_as("intake@plan")
    assert "Sent on 2 times" in text(plan.get("/"))
    with plan_scope(TODAY):
        later = Forwarded.objects.get(hops=2)
    assert "Do not send it on again" in text(plan.get(reverse("forwarded", args=[later.pk])))
    assert later.received_at == FRIDAY


@pytest.mark.parametrize("name", ["nurse@plan", "nurse@sierra"])
def test_nobody_opens_what_was_sent_to_another(place: County, signed_in_as: Browser, name: str) -> None:
    came = sent(place, signed_in_as)
    answer = signed_in_as(name).get(reverse("forwarded", args=[came.pk]), follow=True)
    assert "Maria Reyes" not in text(answer)
    with plan_scope(TODAY):
        assert AccessEntry.objects.filter(about=str(came.pk), what="forwarded").count() == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"who": ""}, "Write down how the request names the Member."),
        ({"to": ""}, "Choose to whom it goes."),
        ({"to": "sierra"}, "Choose to whom it goes."),
        ({"received_on": "2026-11-24"}, "lies ahead of now"),
        ({"received_on": "2026-03-08", "received_time": "02:30"}, "That hour did not exist"),
        ({"channel": "fhir"}, "Select a valid choice"),
    ],
)
def test_a_form_that_lacks_something_says_what(
    place: County, signed_in_as: Browser, said: dict[str, str], why: str
) -> None:
    answer = signed_in_as("nurse@sierra").post(reverse("forward"), {**SAID, "to": str(place.citrus.pk), **said})
    assert why in text(answer)
    with plan_scope(TODAY):
        assert not Forwarded.objects.exists()


def test_forwarding_is_for_those_who_take_in_requests(place: County, signed_in_as: Browser) -> None:
    assert signed_in_as("contracting@plan").get(reverse("forward")).status_code == 403
